// Finding a commune or village by name without accents: a text field with a list, used by keys or fingers.

const MOST = 12;

function searchable() {
  const { commune, village } = data.areas;
  const one = (level, n, context) => {
    const name = nameOf(level, n), id = data.areas[level].id[n];
    return { level, n, id, name, context, folded: fold(name), text: ` ${fold(name)} ${fold(context)} ${fold(id)}` };
  };
  const district = (c) => (districtOf(c) ? t("formerly {district}", { district: districtOf(c) }) : "");
  return [
    ...commune.id.map((_, n) => one("commune", n, district(n))),
    ...village.id.map((_, n) => one("village", n, [communeName(communeOf("village", n)), district(communeOf("village", n))].filter(Boolean).join(" · "))),
  ];
}

function matches(all, query) {
  const folded = fold(query), words = folded.split(" ").filter(Boolean);
  if (!words.length) return [];
  const rank = (a) => (a.folded === folded || a.folded.replace(/^(xa|phuong|thon|ban|khu pho|thi tran) /, "") === folded ? 0 : ` ${a.folded}`.includes(` ${folded}`) ? 1 : 2) + (a.level === "village" ? 0.5 : 0);
  return all.filter((a) => words.every((w) => a.text.includes(` ${w}`))).sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
}

function searchBox(choose) {
  let all = null, found = [], active = -1;
  const list = el("ul", { id: "found", role: "listbox", "aria-label": t("Places found"), hidden: true });
  const input = el("input", {
    id: "search", type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false",
    "aria-controls": "found", "aria-autocomplete": "list", "aria-label": t("Search village or commune"),
    placeholder: t("Search village or commune"),
  });
  const close = () => { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const take = (place) => { input.value = place.name; close(); choose(place); };
  const mark = () => {
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === active)));
    if (active >= 0) { input.setAttribute("aria-activedescendant", `found-${active}`); list.children[active].scrollIntoView({ block: "nearest" }); }
  };
  const show = () => {
    all ??= searchable();
    found = matches(all, input.value);
    active = -1;
    const item = (place, n) => el("li", { id: `found-${n}`, role: "option", "aria-selected": "false", onpointerdown: (e) => { e.preventDefault(); take(place); } }, el("b", {}, place.name), " ", el("span", {}, place.context));
    const none = input.value.trim() ? [el("li", { class: "none", role: "option", "aria-disabled": "true" }, t("Nothing found"))] : [];
    list.replaceChildren(...(found.length ? found.map(item) : none));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && list.hidden) show();
    if (step && found.length) { e.preventDefault(); active = (active + step + found.length) % found.length; mark(); }
    else if (e.key === "Enter" && found.length) { e.preventDefault(); take(found[Math.max(active, 0)]); }
    else if (e.key === "Escape" && !list.hidden) { e.preventDefault(); e.stopPropagation(); close(); }
  });
  return el("div", { class: "search" }, input, list);
}
