// The page of boundary defects: header, legend with counts, list, map, card.

const LISTED = 300; // rows of the list at once
const STEP = 1e-7; // degrees
const page = {};
let map, chosen = null, off = new Set(), marks = [], outlines = [], halo = null, listed = LISTED;

async function open(leafletMap, [tooOld, broken]) {
  const notice = document.getElementById("notice");
  if (typeof DecompressionStream === "undefined") { notice.textContent = tooOld; return; }
  try { data = await block("content"); } catch { notice.textContent = broken; return; }
  lang = data.lang;
  map = leafletMap;
  notice.remove();
  frame();
  map.invalidateSize({ animate: false });
  map.options.maxZoom = 22;
  L.control.zoom({ position: "topleft", zoomInTitle: t("Zoom in"), zoomOutTitle: t("Zoom out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && chosen !== null) choose(null); });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  draw();
  render();
  whole();
  document.documentElement.dataset.ready = "yes";
}

function frame() {
  const main = document.getElementById("main");
  page.top = el("header", { class: "top" });
  page.panel = el("aside", { id: "panel", "aria-label": t("Choices and legend") });
  page.parts = el("div", { class: "parts" });
  page.card = el("section", { id: "card", "aria-live": "polite", "aria-labelledby": "card-title", hidden: true });
  page.handle = button("", () => { page.panel.classList.toggle("open"); handle(); }, { class: "handle" });
  page.panel.append(page.handle, page.parts);
  main.before(page.top, page.panel);
  main.append(page.card);
  document.body.dataset.view = "map";
}

// Rings of steps as Leaflet takes them.
function corners(ring) {
  const points = [];
  let x = 0, y = 0;
  for (let n = 0; n < ring.length; n += 2) { x += ring[n]; y += ring[n + 1]; points.push([y * STEP, x * STEP]); }
  return points;
}

function draw() {
  for (const rings of data.borders.filter((r) => r.length)) L.polygon(rings.map(corners), { color: "#3d4a58", weight: 1, fillColor: "#fbfaf7", fillOpacity: 0.85, interactive: false, smoothFactor: 1.5 }).addTo(map);
  data.defects.forEach((defect, n) => {
    const [colour, , kind] = data.kinds[defect.kind][2];
    if (defect.rings.length) {
      const shape = L.polygon(defect.rings.map(corners), { color: colour, weight: 2, fillColor: colour, fillOpacity: kind === "solid" ? 0.7 : 0.35, smoothFactor: 0.5 });
      outlines[n] = shape.on("click", (e) => { L.DomEvent.stop(e); choose(n, false); });
    }
    if (!defect.at) return;
    const weight = { error: 8, warning: 5.5, info: 3.5 }[defect.severity];
    marks[n] = L.circleMarker([defect.at[1], defect.at[0]], { radius: weight, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 0.95 })
      .on("click", (e) => { L.DomEvent.stop(e); choose(n, false); });
  });
  for (let n = data.defects.length - 1; n >= 0; n--) for (const layer of [outlines[n], marks[n]]) layer?.addTo(map);
}

// Only kinds that are switched on are drawn and listed.
function filter(kind) {
  off.has(kind) ? off.delete(kind) : off.add(kind);
  data.defects.forEach((defect, n) => {
    for (const layer of [outlines[n], marks[n]]) if (layer) off.has(defect.kind) ? layer.remove() : layer.addTo(map);
  });
  if (chosen !== null && off.has(data.defects[chosen].kind)) choose(null);
  render();
}

function whole() {
  const every = data.borders.flat().map(corners).flat();
  const bounds = L.latLngBounds(every.length ? every : data.defects.filter((d) => d.at).map((d) => [d.at[1], d.at[0]]));
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [16, 16], animate: false });
}

function boundsOf(defect) {
  const rings = defect.rings.length ? defect.rings : defect.units.flatMap((u) => data.borders[u]);
  const bounds = L.latLngBounds(rings.flatMap(corners));
  return bounds.isValid() ? bounds : defect.at ? L.latLngBounds([[defect.at[1], defect.at[0]]]) : bounds;
}

function choose(n, zoom = true) {
  chosen = n;
  halo?.remove();
  halo = null;
  if (n !== null) {
    const defect = data.defects[n], bounds = boundsOf(defect);
    page.panel.classList.remove("open");
    render();
    if (defect.units.length) halo = L.polygon(defect.units.map((u) => data.borders[u].map(corners)), { color: "#111", weight: 3, fill: false, interactive: false }).addTo(map);
    else if (defect.at) halo = L.circleMarker([defect.at[1], defect.at[0]], { radius: 15, color: "#111", weight: 3, fill: false, interactive: false }).addTo(map);
    if (bounds.isValid() && zoom) map.fitBounds(bounds.pad(0.6), { maxZoom: 19, animate: false, paddingBottomRight: [page.card.hidden || innerWidth < 800 ? 0 : 350, innerWidth < 800 ? page.card.offsetHeight : 0] });
    page.parts.querySelector(`[data-key="defect-${n}"]`)?.scrollIntoView({ block: "nearest" });
    return;
  }
  render();
}

function render() {
  document.documentElement.lang = lang;
  document.title = `${t("Map of boundary defects")} – ${data.name}`;
  document.body.classList.toggle("carded", chosen !== null);
  refill(page.top, el("div", { class: "title" }, el("h1", {}, t("Map of boundary defects")), el("p", {}, data.name)),
    el("div", { class: "tools" },
      button(t("Whole set"), whole, { class: "tool", "data-key": "whole" }),
      button(lang === "vi" ? "EN" : "VI", () => { lang = lang === "vi" ? "en" : "vi"; render(); }, { class: "tool", "data-key": "lang", "aria-label": lang === "vi" ? "English" : "Tiếng Việt" }),
      button(t("Print"), () => window.print(), { class: "tool print", "data-key": "print" })));
  refill(page.parts, legend(), list());
  card();
  handle();
}

function handle() {
  const opened = page.panel.classList.contains("open");
  page.handle.textContent = opened ? `▾ ${t("Less")}` : `▴ ${t("List of defects")}`;
  page.handle.setAttribute("aria-expanded", String(opened));
}

function legend() {
  const counts = data.kinds.map((_, k) => data.defects.filter((d) => d.kind === k).length);
  const rows = data.kinds.map(([, title, look], k) => el("li", {}, button("", () => filter(k), { "aria-pressed": String(!off.has(k)), "data-key": `kind-${k}` })));
  rows.forEach((row, k) => row.firstChild.append(swatch(data.kinds[k][2]), el("span", {}, pick(data.kinds[k][1])), el("b", {}, number(counts[k], 0))));
  return el("section", { class: "legend" }, el("h2", {}, t("Defects")), el("ul", {}, rows),
    data.all ? null : el("p", { class: "total" }, t("Nothing is wrong with this set.")));
}

function list() {
  const shown = data.defects.map((defect, n) => [defect, n]).filter(([d]) => !off.has(d.kind));
  if (!data.all) return null;
  const items = shown.slice(0, listed).map(([defect, n]) => {
    const press = button("", () => choose(n), { "data-key": `defect-${n}`, "aria-current": String(n === chosen) });
    press.append(swatch(data.kinds[defect.kind][2]), el("b", {}, pick(defect.who) || pick(data.kinds[defect.kind][1])), el("span", { class: "number" }, pick(defect.size)),
      el("small", {}, `${pick(data.kinds[defect.kind][1])}${pick(defect.effect) ? ` · ${pick(defect.effect)}` : ""}`));
    return el("li", {}, press);
  });
  const more = shown.length > listed ? button(t("Show more"), () => { listed += LISTED; render(); }, { "data-key": "more" }) : null;
  return el("section", { class: "list" }, el("h2", {}, t("List of defects")),
    el("p", { class: "small" }, shown.length ? t("Largest first; choose one to see it on the map.") : t("Nothing chosen is in the list.")),
    el("p", { class: "small" }, t("{shown} of {all} shown; the largest first.", { shown: number(items.length, 0), all: number(data.all, 0) })),
    el("ol", {}, items), more);
}

function card() {
  page.card.hidden = chosen === null;
  if (chosen === null) { page.card.replaceChildren(); return; }
  const defect = data.defects[chosen];
  refill(page.card,
    el("div", { class: "head" }, el("h2", { id: "card-title" }, pick(data.kinds[defect.kind][1])), el("p", {}, pick(defect.who)), button("×", () => choose(null), { class: "close", "aria-label": t("Close") })),
    el("p", {}, el("span", { class: `weight ${defect.severity}` }, pick(data.severity[defect.severity]))),
    el("p", {}, pick(defect.says)),
    el("dl", {}, definition(t("Effect"), pick(defect.effect)), definition(t("Size"), pick(defect.size)),
      definition(t("Place"), defect.at ? `${number(defect.at[0], 5)}; ${number(defect.at[1], 5)}` : "")),
    defect.at ? button(t("Zoom to it"), () => choose(chosen), { "data-key": "zoom" }) : null);
}

window.hatangso = { open };
