// What pages do beyond plain HTML; each of them works without.

// A form is sent without leaving the page, so that nothing typed is lost where it is refused.
document.addEventListener("submit", async (event) => {
  const form = event.target, action = event.submitter?.getAttribute("formaction") || form.getAttribute("action") || "";
  if (!action.startsWith("/gui/") || form.querySelector("[name=_show]")) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  form.setAttribute("aria-busy", "true");
  const told = form.querySelector(".wrong");
  told.hidden = true;
  try {
    const answer = await fetch(action, { method: "POST", body: new FormData(form, event.submitter), headers: { accept: "application/json" } });
    const body = await answer.json();
    if (answer.ok) { location.assign(body.then); return; }
    tell(form, told, body);
  } catch {
    tell(form, told, { title: form.dataset.unsent || "Chưa gửi được: không có mạng. Hãy thử lại.", title_en: "Not sent: no network. Try again." });
  }
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
});

function tell(form, told, body) {
  const vi = document.documentElement.lang === "vi";
  const parts = [vi ? body.title : body.title_en, vi ? body.detail : body.detail_en];
  for (const wrong of body.errors || []) {
    parts.push((vi ? wrong.message : wrong.message_en) || [wrong.parameter, wrong.found, (wrong.allowed || []).join(", ")].filter(Boolean).join(": "));
    const field = form.elements.namedItem(wrong.parameter);
    if (field instanceof HTMLElement) field.setAttribute("aria-invalid", "true");
  }
  told.textContent = parts.filter(Boolean).join(" ");
  told.hidden = false;
  told.scrollIntoView({ block: "nearest" });
}

// A button that asks once more before something is taken away.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sure]");
  if (button && !window.confirm(button.dataset.sure)) event.preventDefault();
});

// Filters: the address says only what was chosen; where the answer is no page of ours, the browser goes there itself.
document.addEventListener("htmx:configRequest", (event) => {
  const given = event.detail.parameters;
  for (const name of Object.keys(given)) if (given[name] === "") delete given[name];
});
for (const failed of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failed, (event) => location.assign(event.detail.pathInfo.finalRequestPath || location.href));
}

// The link to a view into the clipboard; without one it is a plain link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.copy");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  try { await navigator.clipboard.writeText(link.href); link.textContent = link.dataset.copied; } catch { location.assign(link.href); }
});
