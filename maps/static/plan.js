// The page of a plan, or of two plans side by side: filters, totals, list, card, table, kept in step with the state.

const LISTED = 200; // rows of list and table at once
const STEP = 1e-5; // degrees
const page = {};
const state = { off: new Set(), sides: new Set(), year: 0, commune: -1, item: null, village: null, view: "map", listed: LISTED, sort: "year", down: true };
let map, sheet, shapes, aboutOpen = false;

async function open(leafletMap, [tooOld, broken]) {
  const notice = document.getElementById("notice");
  if (typeof DecompressionStream === "undefined") { notice.textContent = tooOld; return; }
  let topology;
  try { [data, topology] = await Promise.all(["content", "shapes"].map(block)); } catch { notice.textContent = broken; return; }
  lang = data.lang;
  map = leafletMap;
  shapes = Object.assign(shapesOf(topology), { tolerance: topology.tolerance });
  data.items.forEach((item) => { item.spot = item.at && [worldX(item.at[0]), worldY(item.at[1])]; item.paths = item.lines.map(pathOf); });
  notice.remove();
  frame();
  map.invalidateSize({ animate: false });
  fit(false);
  sheet = new Sheet((view) => draw(view, data.sides.length ? "a" : "")).addTo(map);
  if (data.sides.length) { openTwin(); fit(false); }
  L.control.zoom({ position: "topleft", zoomInTitle: t("Zoom in"), zoomOutTitle: t("Zoom out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.on("click", (e) => click(e.latlng, map, data.sides.length ? "a" : ""));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && !page.card.hidden) { show({ item: null, village: null }); document.getElementById("search")?.focus(); } });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  render();
  document.documentElement.dataset.ready = "yes";
}

function pathOf(steps) {
  const path = new Float64Array(steps.length);
  let x = 0, y = 0;
  for (let n = 0; n < steps.length; n += 2) { x += steps[n]; y += steps[n + 1]; path[n] = worldX(x * STEP); path[n + 1] = worldY(y * STEP); }
  return path;
}

function frame() {
  const main = document.getElementById("main");
  page.top = el("header", { class: "top" });
  page.panel = el("aside", { id: "panel", "aria-label": t("Choices and legend") });
  page.parts = el("div", { class: "parts" });
  page.card = el("section", { id: "card", "aria-live": "polite", "aria-labelledby": "card-title", hidden: true });
  page.table = el("section", { id: "table", tabindex: "-1", "aria-label": t("Table") });
  page.mark = el("p", { class: "watermark onmap" });
  page.rough = el("p", { class: "rough" });
  page.handle = button("", () => { page.panel.classList.toggle("open"); handle(); }, { class: "handle" });
  page.skip = el("a", { class: "skip", href: "#", onclick: (e) => { e.preventDefault(); show({ view: "table" }); page.table.focus(); } });
  page.panel.append(page.handle, page.parts);
  document.body.prepend(page.skip);
  main.before(page.top, page.panel);
  main.append(page.mark, page.rough, page.card, page.table);
}

const inYear = (item) => !state.year || item.year === state.year || item.yearB === state.year;
const passes = (item) => inYear(item) && (state.commune < 0 || item.commune === state.commune);
const isShown = (item) => passes(item) && !state.off.has(item.kind) && !state.sides.has(item.side);
const shownItems = () => data.items.map((_, n) => n).filter((n) => isShown(data.items[n]));

// How each village stands by what is shown.
function villageStates(listed) {
  const found = new Map();
  const better = (n, key) => { if (!found.has(n) || Object.keys(data.villages).indexOf(key) < Object.keys(data.villages).indexOf(found.get(n))) found.set(n, key); };
  for (const n of listed) {
    const item = data.items[n], add = (side) => ([village]) => found.set(village, (found.get(village) ?? side) === side ? side : "both");
    if (!data.sides.length) item.gains.forEach(([village, sure]) => better(village, sure ? "sure" : "possible"));
    else { if (item.side !== "b") item.gains.forEach(add("a")); if (item.side !== "a") (item.gainsB ?? item.gains).forEach(add("b")); }
  }
  for (const [village, commune, kind] of data.left) if (village >= 0 && !state.off.has(kind) && (state.commune < 0 || commune === state.commune) && !found.has(village)) found.set(village, "left");
  return found;
}

let looks = new Map();
function draw(view, which) {
  drawAreas(view, shapes.commune, (c) => (state.commune < 0 || state.commune === c ? data.paper : data.ground));
  drawAreas(view, shapes.village, (n) => (looks.has(n) ? data.villages[lookIn(looks.get(n), which)][1] : null));
  if (view.zoom >= 10) drawLines(view, shapes.arcs, 0.6, "#9aa4ae");
  drawBorders(view, shapes.commune, (n) => cell(data.areas.commune.shape, n) === "approximate");
  const listed = shownItems().filter((n) => inPane(data.items[n], which));
  drawRoutes(view, listed);
  if (state.village !== null) drawSelected(view, shapes.village[state.village]);
  drawMarks(view, listed);
  if (data.watermark) drawWatermark(view, pick(data.watermark));
}

function click(latlng, on, which) {
  const view = { zoom: on.getZoom(), scale: 256 * 2 ** on.getZoom() };
  const hit = under(view, worldX(latlng.lng), worldY(latlng.lat), shownItems().filter((n) => inPane(data.items[n], which)));
  if (hit.communes) { fitTo(hit.communes.map((n) => shapes.commune[n])); return; }
  show({ item: hit.item ?? null, village: hit.village ?? null });
}

function show(change) {
  const { fit: refit, ...rest } = change;
  Object.assign(state, rest);
  if (rest.view === "table" || rest.item != null || rest.village != null) page.panel.classList.remove("open");
  if (refit) state.view = "map";
  render();
  if (refit) fit(true);
}

function fit(animate) {
  const item = state.item === null ? null : data.items[state.item];
  if (item) {
    const xy = item.paths.flatMap((p) => [...p]), xs = xy.filter((_, n) => n % 2 === 0), ys = xy.filter((_, n) => n % 2);
    if (xs.length) fitTo([{ box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] }], animate);
    else if (item.spot) fitTo([{ box: [...item.spot, ...item.spot] }], animate);
  } else if (state.village !== null) fitTo([shapes.village[state.village] ?? shapes.commune[communeOf("village", state.village)]], animate);
  else fitTo(state.commune >= 0 ? [shapes.commune[state.commune]] : shapes.commune, animate);
}

function fitTo(found, animate = true) {
  const boxes = found.filter(Boolean).map((s) => s.box);
  if (!boxes.length) return;
  const x = boxes.flatMap((b) => [b[0], b[2]]), y = boxes.flatMap((b) => [b[1], b[3]]);
  const corner = (wx, wy) => map.unproject([wx * 256, wy * 256], 0);
  const bounds = L.latLngBounds(corner(Math.min(...x), Math.max(...y)), corner(Math.max(...x), Math.min(...y))).pad(found.length === 1 ? 0.4 : 0);
  const aside = innerWidth > 800 && !twin, card = page.card.hidden ? 0 : aside ? 360 : twin ? 0 : page.card.offsetHeight;
  // Of two maps the top is under the name of the plan.
  map.fitBounds(bounds, { animate, maxZoom: 16, paddingTopLeft: [20, twin ? 64 : 20], paddingBottomRight: [aside ? 20 + card : 20, aside ? 20 : 20 + card] });
}

const heading = () => (data.sides.length ? t("Two investment plans compared") : t("Map of the investment plan"));

function render() {
  const listed = shownItems();
  looks = villageStates(listed);
  document.documentElement.lang = lang;
  document.title = [heading(), pick(data.title)].filter(Boolean).join(" – ");
  document.body.dataset.view = state.view;
  document.body.classList.add("plan");
  page.skip.textContent = t("Go to the table");
  top_();
  refill(page.parts, filters(), totals(listed), legend(), list(listed), about());
  handle();
  page.mark.textContent = [data.watermark && pick(data.watermark), data.note && pick(data.note)].filter(Boolean).join(" · ");
  page.mark.hidden = !page.mark.textContent;
  const rough = data.areas.commune.id.some((_, c) => cell(data.areas.commune.shape, c) === "approximate");
  page.rough.textContent = rough ? t("Boundaries are APPROXIMATE, only to show where places are") : "";
  page.rough.hidden = !rough;
  card();
  state.view === "table" ? refill(page.table, data.sides.length ? changeTable() : table(listed)) : page.table.replaceChildren();
  sheet?.redraw();
  twin?.sheet.redraw();
}

function top_() {
  if (page.top.dataset.lang !== lang) {
    page.top.dataset.lang = lang;
    page.tools = el("div", { class: "tools" });
    page.top.replaceChildren(el("div", { class: "title" }, el("h1", {}, heading()), el("p", {}, [pick(data.title), pick(data.run.title), day(data.run.as_of)].filter(Boolean).join(" · "))), searchBox(find), page.tools);
  }
  refill(page.tools, switcher(t("View"), [["map", t("Map")], ["table", t("Table")]], state.view, (view) => show({ view })),
    button(t("Whole province"), () => show({ commune: -1, item: null, village: null, fit: true }), { class: "tool", "data-key": "whole" }),
    button(lang === "vi" ? "EN" : "VI", () => { lang = lang === "vi" ? "en" : "vi"; render(); }, { class: "tool", "data-key": "lang", "aria-label": lang === "vi" ? "English" : "Tiếng Việt" }),
    button(t("Print"), () => window.print(), { class: "tool print", "data-key": "print" }));
}

function find(place) {
  if (place.level === "commune") show({ commune: place.n, item: null, village: null, fit: true });
  else show({ commune: -1, item: null, village: place.n, fit: true });
}

function handle() {
  const opened = page.panel.classList.contains("open");
  page.handle.textContent = opened ? `▾ ${t("Less")}` : `▴ ${t("Filters, items, how good the plan is")}`;
  page.handle.setAttribute("aria-expanded", String(opened));
}

function filters() {
  const years = [...new Set(data.items.flatMap((i) => [i.year, i.yearB].filter(Boolean)))].sort();
  return el("section", { class: "choices", "aria-label": t("What to show") },
    years.length > 1 ? switcher(t("Year"), [[0, t("All years")], ...years.map((y) => [y, String(y)])], state.year, (year) => show({ year, item: null })) : null,
    state.commune >= 0 ? button(`${communeName(state.commune)} ×`, () => show({ commune: -1, fit: true, item: null }), { class: "chosen", "data-key": "commune", "aria-label": t("Show every commune again") }) : null);
}

function totals(listed) {
  const shown = listed.map((n) => data.items[n]);
  const ofB = (i) => ({ money: i.moneyB ?? i.money, people: i.peopleB ?? i.people, gains: i.gainsB ?? i.gains });
  const parts = data.sides.length ? [["A: ", shown.filter((i) => i.side !== "b")], ["B: ", shown.filter((i) => i.side !== "a").map(ofB)]] : [["", shown]];
  return el("section", { class: data.sides.length ? "totals two" : "totals" }, parts.map(([name, those]) => summed(name, those)), data.note ? el("p", { class: "unchecked" }, pick(data.note)) : null);
}

function summed(name, those) {
  const sum = (of) => those.reduce((all, one) => all + of(one), 0), villages = new Set(those.flatMap((i) => i.gains.map(([v]) => v)));
  return [
    el("p", {}, name, el("b", {}, number(those.length, 0)), ` ${t("items")} · `, el("b", {}, moneyRange(sum((i) => i.money[0]), sum((i) => i.money[2])))),
    el("p", {}, el("b", {}, peopleOf([sum((i) => i.people[0]), sum((i) => i.people[1])])), ` ${t("people gain")} · `, el("b", {}, number(villages.size, 0)), ` ${t("villages")}`),
  ];
}

function legend() {
  const toggle = (set, key) => { set.has(key) ? set.delete(key) : set.add(key); show({ item: null }); };
  const row = (image, text, count, on, press, key) => { const made = button("", press, { "aria-pressed": String(on), "data-key": key }); made.append(image, el("span", {}, text), el("b", {}, number(count, 0))); return el("li", {}, made); };
  const counted = (test) => data.items.filter((i) => passes(i) && test(i)).length;
  const states = [...looks.values()];
  return el("section", { class: "legend" },
    data.sides.length ? [el("h2", {}, t("Side by side")), el("ul", { class: "sides" }, data.sides.map(([key, title, colour]) => row(swatch([colour, "", "solid"]), pick(title), counted((i) => i.side === key), !state.sides.has(key), () => toggle(state.sides, key), `side-${key}`)))] : null,
    el("h2", {}, t("Items by kind")),
    el("ul", {}, data.kinds.map(([title, colour, figure_], k) => row(picture(figure_, data.sides.length ? "#37474f" : colour), pick(title), counted((i) => i.kind === k), !state.off.has(k), () => toggle(state.off, k), `kind-${k}`))),
    el("h2", {}, t("Villages")),
    Object.entries(data.villages).map(([key, [title, look]]) => el("p", { class: "note" }, swatch(look), el("span", {}, pick(title)), el("b", {}, number(states.filter((s) => s === key).length, 0)))));
}

const gainers = (item) => (item.people[0] + item.people[1] === 0 && item.unknown ? t("not known") : peopleOf(item.people));
const label = (item) => pick(item.place);

function list(listed) {
  const row = (n) => {
    const item = data.items[n], press = button("", () => show({ item: n, village: null, fit: true }), { "data-key": `item-${n}`, "aria-current": String(n === state.item) });
    press.append(picture(data.kinds[item.kind][2], colourOf(item)), el("b", {}, label(item)), el("span", { class: "number" }, years(item)), el("small", {}, `${pick(data.kinds[item.kind][0])} · ${moneyRange(item.money[0], item.money[2])}`));
    return el("li", {}, press);
  };
  return el("section", { class: "list" }, el("h2", {}, t("List of items")),
    listed.length ? el("ol", {}, listed.slice(0, state.listed).map(row)) : el("p", { class: "small" }, t("Nothing chosen is in the list.")),
    listed.length > state.listed ? button(t("Show more"), () => show({ listed: state.listed + LISTED }), { "data-key": "more" }) : null);
}

const years = (item) => (item.yearB && item.yearB !== item.year ? `${item.year} → ${item.yearB}` : String(item.year));

function about() {
  return el("details", { class: "about", open: aboutOpen, ontoggle: (e) => { aboutOpen = e.target.open; } }, el("summary", { "data-key": "about" }, t("How good the plan is")),
    el("ul", {}, pick(data.certificate).map((line) => el("li", {}, line))),
    el("p", { class: "small" }, `${t("Made in run")} `, el("code", {}, data.run.id), ` · ${t("simplified by at most {n} m", { n: number(shapes.tolerance) })}`));
}

function card() {
  const item = state.item === null ? null : data.items[state.item], hidden = state.view === "table" || (!item && state.village === null);
  page.card.hidden = hidden;
  document.body.classList.toggle("carded", !hidden);
  if (hidden) page.card.replaceChildren();
  else refill(page.card, ...(item ? itemCard(item) : villageCard(state.village)));
}

const head = (title, line) => el("div", { class: "head" }, el("h2", { id: "card-title" }, title), el("p", {}, line), button("×", () => show({ item: null, village: null }), { class: "close", "aria-label": t("Close") }));
const villageLink = (v) => button(nameOf("village", v), () => show({ item: null, village: v, fit: true }), { class: "link", "data-key": `to-${v}` });

function itemCard(item) {
  const side = data.sides.find((s) => s[0] === item.side);
  return [
    head(pick(data.kinds[item.kind][0]), label(item)),
    side ? el("p", { class: "small" }, swatch([side[2], "", "solid"]), ` ${pick(side[1])}`) : null,
    pick(item.says).split("\n").map((line) => el("p", { class: "says" }, line)),
    el("dl", {}, definition(t("Year"), years(item)), definition(t("Likely cost"), moneyRange(item.money[1], item.money[1])), definition(t("People"), gainers(item)),
      item.gains.length ? definition(t("Villages"), ...item.gains.map(([v]) => el("div", {}, villageLink(v)))) : []),
  ];
}

function villageCard(v) {
  const by = data.items.map((_, n) => n).filter((n) => data.items[n].gains.some(([one]) => one === v)), left = data.left.filter(([one]) => one === v);
  return [
    head(nameOf("village", v), communeName(communeOf("village", v))),
    by.length ? el("div", { class: "rows" }, el("h3", {}, t("Gains by")), by.map((n) => el("p", { class: "says" }, button(pick(data.items[n].says), () => show({ item: n, village: null, fit: true }), { class: "link", "data-key": `by-${n}` })))) : el("p", {}, t("Gains nothing by this plan.")),
    left.length ? el("div", {}, el("h3", {}, t("Not solved")), left.map(([, , k, why]) => el("p", {}, `${pick(data.kinds[k][0])}: ${pick(why)}`))) : null,
  ];
}

function table(listed) {
  const collator = new Intl.Collator("vi", { numeric: true });
  const columns = [["year", t("Year"), (i) => years(i)], ["kind", t("Kind"), (i) => pick(data.kinds[i.kind][0])], ["place", t("Place"), label], ["people", t("People"), gainers], ["money", t("Cost"), (i) => moneyRange(i.money[0], i.money[2])], ["says", t("Item"), (i) => pick(i.says)]];
  const by = { year: (a, b) => a.year - b.year, people: (a, b) => b.people[0] - a.people[0] || b.people[1] - a.people[1], money: (a, b) => b.money[1] - a.money[1] }[state.sort] ?? ((a, b) => collator.compare(columns.find((c) => c[0] === state.sort)[2](a), columns.find((c) => c[0] === state.sort)[2](b)));
  const rows = [...listed].sort((m, n) => (state.down ? by(data.items[m], data.items[n]) : by(data.items[n], data.items[m])) || m - n);
  const heading_ = ([key, text]) => el("th", { scope: "col", "aria-sort": state.sort === key ? (state.down ? "descending" : "ascending") : "none" }, button(text + (state.sort === key ? (state.down ? " ▼" : " ▲") : ""), () => show({ sort: key, down: state.sort === key ? !state.down : true }), { "data-key": `sort-${key}` }));
  const line = (n) => el("tr", {}, columns.map(([key, , of]) => (key === "place" ? el("th", { scope: "row" }, button(of(data.items[n]), () => show({ item: n, village: null, fit: true }), { class: "link", "data-key": `row-${n}` })) : el("td", { class: key }, of(data.items[n])))));
  return [
    el("p", { class: "watermark" }, page.mark.textContent),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "caption" }, el("table", {}, el("caption", { id: "caption" }, t("List of items")), el("thead", {}, el("tr", {}, columns.map(heading_))), el("tbody", {}, rows.slice(0, state.listed).map(line)))),
    rows.length > state.listed ? el("nav", { class: "pager" }, button(t("Show more"), () => show({ listed: state.listed + LISTED }), { "data-key": "more-rows" })) : null,
  ];
}

window.hatangso = { open };
