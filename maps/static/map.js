// The page: header, panel, map, card and table, kept in step with the state.

let shapes, sheet, map, points;
let chosenPoint = null;
const page = {};

async function open(leafletMap, [tooOld, broken]) {
  const notice = document.getElementById("notice");
  if (typeof DecompressionStream === "undefined") { notice.textContent = tooOld; return; }
  let blocks;
  try { blocks = await Promise.all(["content", "shapes"].map(block)); } catch { notice.textContent = broken; return; }
  begin(leafletMap, ...blocks);
}

// Draw the page from its data, wherever that came from.
function begin(leafletMap, content, topology) {
  data = content;
  shapes = Object.assign(shapesOf(topology), { tolerance: topology.tolerance, province: [] });
  points = Object.fromEntries(data.points.filter((layer) => !layer.file).map((layer) => [layer.name, pointsOf(layer)]));
  map = leafletMap;
  document.getElementById("notice").remove();
  const at = readHash();
  lang = state.lang;
  if (!data.criteria.length) state.layers = new Set(data.points.map((layer) => layer.name));
  frame();
  map.invalidateSize({ animate: false });
  at ? map.setView(at.centre, at.zoom, { animate: false }) : fit(false);
  moved = Boolean(at);
  sheet = new Sheet(draw).addTo(map);
  L.control.zoom({ position: "topleft", zoomInTitle: t("Zoom in"), zoomOutTitle: t("Zoom out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  listen();
  render();
  document.documentElement.dataset.ready = "yes";
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
  page.panel.append(page.handle, page.parts);
  page.skip = el("a", { class: "skip", href: "#table", onclick: (e) => { e.preventDefault(); show({ view: "table" }); page.table.focus(); } });
  document.body.prepend(page.skip);
  main.before(page.top, page.panel);
  main.append(page.mark, page.rough, page.card, page.table);
}

function listen() {
  map.on("moveend", () => { moved = true; writeHash(map); });
  map.on("click", (e) => click(e.latlng));
  window.addEventListener("hashchange", () => { const at = readHash(); if (at) map.setView(at.centre, at.zoom); show({}); });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && !page.card.hidden) { show({ unit: "" }); document.getElementById("search")?.focus(); } });
  window.addEventListener("beforeprint", () => printing(true));
  window.addEventListener("afterprint", () => { printing(false); render(); });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

// Paper: the table with all its rows, or the map redrawn at the size it has there.
function printing(on) {
  document.body.classList.toggle("printing", on);
  if (on && state.view === "table") page.table.replaceChildren(...tableParts(show, true).filter(Boolean));
  map.invalidateSize({ animate: false });
}

// Change the state and everything that depends on it.
function show(change) {
  const { fit: refit, ...rest } = change, before = { ...state };
  if (rest.time && state.level === "village") rest.level = "commune";
  else if (rest.level === "village") rest.time = "";
  Object.assign(state, rest);
  if ("unit" in rest) chosenPoint = null;
  if (rest.criterion && !seriesOf(state.level).length) state.level = LEVELS.find((level) => level !== "province" && seriesOf(level).length) ?? state.level;
  if (state.level !== before.level && !("unit" in rest)) state.unit = "";
  if (rest.view === "table" || rest.unit) page.panel.classList.remove("open");
  lang = state.lang;
  if (lang !== before.lang) page.top.replaceChildren();
  render();
  if (refit) { if (state.unit && state.view === "table") show({ view: "map" }); fit(true); }
}

function render() {
  document.documentElement.lang = lang;
  document.title = `${heading_()} – ${pick(data.run.title)}`;
  document.body.dataset.view = state.view;
  document.body.classList.toggle("timed", newest() > 0);
  document.body.classList.toggle("formerly", formerly() > 0);
  page.skip.textContent = t("Go to the table");
  top_();
  refill(page.parts, panelParts(show, map));
  handle();
  page.mark.textContent = data.watermark ? pick(data.watermark) : "";
  page.mark.hidden = !data.watermark;
  page.rough.textContent = roughly();
  page.rough.hidden = !roughly();
  card();
  if (state.view === "table") refill(page.table, tableParts(show));
  else page.table.replaceChildren();
  sheet?.redraw();
  writeHash(map);
}

const heading_ = () => (data.criteria.length ? t("Map of infrastructure gaps") : data.points.map((layer) => pick(layer.title)).join(", "));

function handle() {
  const opened = page.panel.classList.contains("open");
  page.handle.textContent = opened ? `▾ ${t("Less")}` : `▴ ${t("Filters, layers, sources")}`;
  page.handle.setAttribute("aria-expanded", String(opened));
}

function top_() {
  if (!page.top.firstChild) {
    page.tools = el("div", { class: "tools" });
    page.top.append(el("div", { class: "title" }, el("h1", {}, heading_()), el("p", {}, pick(data.run.title), " · ", page.day = el("span", {}))), searchBox(find), page.tools);
  }
  page.day.textContent = day(asOf());
  refill(page.tools, data.criteria.length ? switcher(t("View"), [["map", t("Map")], ["table", t("Table")]], state.view, (view) => show({ view })) : null,
    button(lang === "vi" ? "EN" : "VI", () => show({ lang: lang === "vi" ? "en" : "vi" }), { class: "tool", "data-key": "lang", "aria-label": lang === "vi" ? "English" : "Tiếng Việt" }),
    button(t("Print"), () => window.print(), { class: "tool print", "data-key": "print" }));
}

function find(place) {
  const level = seriesOf(place.level).length || !data.criteria.length ? place.level : state.level;
  const outside = !inFilter(place.level, place.n);
  show({ level, unit: level === place.level ? place.id : "", view: "map", ...(outside ? { district: "", commune: "" } : {}) });
  fitTo([shapes[place.level][place.n] ?? shapes.commune[communeOf(place.level, place.n)]]);
}

function card() {
  const n = selected(), hidden = state.view === "table" || (n === null && !chosenPoint); // the table needs the room
  const was = page.card.hidden;
  page.card.hidden = hidden;
  document.body.classList.toggle("carded", !hidden);
  if (hidden) { page.card.replaceChildren(); return; }
  refill(page.card, (chosenPoint ? pointCard(chosenPoint.layer, chosenPoint.n, show) : unitCard(state.level, n, show)).filter(Boolean));
  if (was) page.card.scrollTop = 0;
}

function fit(animate) {
  const n = selected();
  const inside = (level) => shapes[level].filter((s, k) => s && inFilter(level, k));
  fitTo(n !== null ? [shapes[state.level][n] ?? shapes.commune[communeOf(state.level, n)]] : inside("commune").length ? inside("commune") : inside("village"), animate);
}

function fitTo(found, animate = true) {
  const boxes = found.filter(Boolean).map((s) => s.box);
  if (!boxes.length) return;
  const x = boxes.flatMap((b) => [b[0], b[2]]), y = boxes.flatMap((b) => [b[1], b[3]]);
  const margin = found.length === 1 ? 0.8 : 0;
  const corner = (wx, wy) => map.unproject([wx * 256, wy * 256], 0);
  const bounds = L.latLngBounds(corner(Math.min(...x), Math.max(...y)), corner(Math.max(...x), Math.min(...y))).pad(margin);
  const right = !page.card.hidden && window.innerWidth > 800 ? 370 : 20;
  map.fitBounds(bounds, { animate, maxZoom: 14, paddingTopLeft: [20, 20], paddingBottomRight: [right, 20 + covered()] });
}

// Height of the map, in pixels from its lower end, that the card covers on a phone.
function covered() {
  if (page.card.hidden || window.innerWidth > 800) return 0;
  return Math.max(0, map.getContainer().getBoundingClientRect().bottom - page.card.getBoundingClientRect().top);
}

// Move a place that was tapped out from under the card.
function uncover(latlng) {
  const under = map.latLngToContainerPoint(latlng).y - (map.getSize().y - covered()) + 40;
  if (covered() && under > 0) map.panBy([0, under], { animate: false });
}

function draw(view) {
  const series = chosenSeries(state.level), listed = entries(state.level, series);
  drawAreas(view, shapes.commune, (c) => groundOf(c, series));
  drawAreas(view, shapes[state.level], (n) => (isShown(state.level, n, listed[n]) ? lookOf(listed[n]) : null));
  if (state.level === "village" && view.zoom >= 9.5) drawLines(view, shapes.arcs, view.zoom > 11 ? 0.9 : 0.35, view.zoom > 11 ? "#58626e" : "rgba(255,255,255,0.8)");
  drawBorders(view, shapes.commune, (n) => cell(data.areas.commune.shape, n) === "approximate");
  for (const layer of data.points) if (points[layer.name] && state.layers.has(layer.name)) drawPoints(view, points[layer.name], layer.colour);
  const n = selected();
  drawSelected(view, n === null ? null : shapes[state.level][n]);
  if (chosenPoint) drawSelected(view, pointShape(...points[chosenPoint.layer.name][chosenPoint.n]));
  if (data.watermark) drawWatermark(view, pick(data.watermark));
}

function click(latlng) {
  const x = worldX(latlng.lng), y = worldY(latlng.lat), near = 9 / (256 * 2 ** map.getZoom());
  const close = (p) => Math.hypot(p[0] - x, p[1] - y);
  for (const layer of data.points) {
    if (!points[layer.name] || !state.layers.has(layer.name)) continue;
    const best = points[layer.name].reduce((b, p, n) => (close(p) < b[0] ? [close(p), n] : b), [near, -1]);
    if (best[1] >= 0) { state.unit = ""; chosenPoint = { layer, n: best[1] }; render(); uncover(latlng); return; }
  }
  if (!data.criteria.length) return;
  const own = shapes[state.level], listed = entries(state.level, chosenSeries(state.level));
  const able = (n) => isShown(state.level, n, listed[n]);
  const dotHit = own.findIndex((s, n) => s?.point && close(s.point) < near && able(n));
  const hit = dotHit >= 0 ? dotHit : own.findIndex((s, n) => s?.rings && able(n) && x >= s.box[0] && x <= s.box[2] && y >= s.box[1] && y <= s.box[3] && contains(s, x, y));
  show({ unit: hit < 0 ? "" : data.areas[state.level].id[hit] });
  uncover(latlng);
}

window.hatangso = { open };
