// One box that chooses every row of a list at once; without it each row has its own.
for (const form of document.querySelectorAll("form.many[data-all]")) {
  const boxes = [...form.querySelectorAll(".pick input[type=checkbox]")], head = form.querySelector("thead th");
  if (boxes.length < 2 || !head) continue;
  const label = document.createElement("label"), box = document.createElement("input"), words = document.createElement("span");
  label.className = "choice all";
  box.type = "checkbox";
  words.textContent = form.dataset.all;
  label.append(box, words);
  form.prepend(label);
  box.addEventListener("change", () => { for (const one of boxes) one.checked = box.checked; });
  form.addEventListener("change", () => { box.checked = boxes.every((one) => one.checked); });
}
