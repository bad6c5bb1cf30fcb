// What the page shows, in the address after "#" so that a link opens the same view.

const state = { criterion: "", level: "village", operator: "", unit: "", district: "", commune: "", view: "map", lang: "vi", off: new Set(), layers: new Set(), sort: "status", down: true, page: 0 };
const KEYS = { c: "criterion", l: "level", o: "operator", u: "unit", d: "district", x: "commune", v: "view", g: "lang" };

function readHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [short, name] of Object.entries(KEYS)) state[name] = given.get(short) ?? first(name);
  if (!["map", "table"].includes(state.view)) state.view = "map";
  if (!["vi", "en"].includes(state.lang)) state.lang = data.lang;
  state.off = new Set((given.get("s") ?? "").split(",").filter(Boolean));
  state.layers = new Set((given.get("p") ?? "").split(",").filter(Boolean));
  const [lat, lon, zoom] = (given.get("m") ?? "").split(",").map(Number);
  return Number.isFinite(lat + lon + zoom) && zoom > 0 ? { centre: [lat, lon], zoom } : null;
}

const first = (name) => ({ criterion: data.criteria[0]?.id ?? "", level: "village", view: "map", lang: data.lang })[name] ?? "";

function writeHash(map) {
  const said = new URLSearchParams();
  for (const [short, name] of Object.entries(KEYS)) if (state[name] && state[name] !== first(name)) said.set(short, state[name]);
  if (state.off.size) said.set("s", [...state.off].join());
  if (state.layers.size) said.set("p", [...state.layers].join());
  if (moved) { const { lat, lng } = map.getCenter(); said.set("m", [lat.toFixed(4), lng.toFixed(4), map.getZoom()].join()); }
  try { history.replaceState(null, "", `#${said}`); } catch { /* inside a notebook's frame there is no address */ }
}

let moved = false;

// Series of the chosen criterion at a level; the operator chosen, else the first (the combined row).
const seriesKey = (s) => [s.operator, s.technology].join("/");
const seriesOf = (level, criterion = state.criterion) => data.results.series.filter((s) => LEVELS[s.level] === level && s.criterion === criterion);
const LEVELS = ["village", "commune", "province"];

function chosenSeries(level, criterion = state.criterion) {
  const every = seriesOf(level, criterion);
  return every.find((s) => seriesKey(s) === state.operator) ?? every[0] ?? null;
}

function rowAt(level, n, series = chosenSeries(level)) {
  return series ? rowOf(series, n, data.results.said, data.areas[level].people ?? []) : null;
}

const communeOf = (level, n) => (level === "commune" ? n : at(data.areas.village.commune, n));
const nameOf = (level, n) => cell(data.areas[level].name, n);
const communeName = (c) => (c < 0 ? "" : cell(data.areas.commune.name, c));
const districtOf = (c) => (c < 0 ? "" : cell(data.areas.commune.district, c));

function inFilter(level, n) {
  const c = communeOf(level, n);
  if (state.commune) return c >= 0 && data.areas.commune.id[c] === state.commune;
  return !state.district || districtOf(c) === state.district;
}

function selected() {
  const n = data.areas[state.level].id.indexOf(state.unit);
  return n < 0 ? null : n;
}

// Which class of its series a shown value falls in; null where the ends lie in different ones.
function classOf(series, row) {
  const edges = series.breaks;
  const place = (value) => edges.filter((edge) => value >= edge).length;
  if (row.low === null || row.high === null) return null;
  const low = place(row.low);
  return row.high === row.low || row.high <= (edges[low] ?? Infinity) ? low : null;
}

// What colour a row has and under which entry of the legend it counts.
function entryOf(series, row) {
  if (!row) return null;
  if (row.status !== "shown" || !series.breaks.length) return row.status;
  const found = classOf(series, row);
  return found === null ? "unsure" : `class${found}`;
}

function lookOf(entry) {
  if (entry === "unsure") return data.style.status.unknown;
  return entry.startsWith("class") ? [data.style.ramp[Number(entry.slice(5))], "", "solid"] : data.style.status[entry];
}

function labelOf(entry, series) {
  if (entry === "unsure") return styled("unsure");
  if (!entry.startsWith("class")) return pick(data.style.status[entry][3]);
  const n = Number(entry.slice(5)), edges = series.breaks, unit = unitOf(series);
  if (n === 0) return `< ${interval(edges[0], edges[0], unit)}`;
  return n < edges.length ? `${amount(edges[n - 1], unit)} – < ${interval(edges[n], edges[n], unit)}` : `≥ ${interval(edges[n - 1], edges[n - 1], unit)}`;
}

function unitOf(series) {
  const tag = [series.tag].flat().find((x) => x >= 0), said = data.results.said;
  return tag === undefined ? ["number", "", ""] : said.words.unit[said.tags[tag][said.columns.indexOf("unit")]];
}

// Entries of the legend with their counts, in the order of statuses, within the filter.
function counts(level, series) {
  const found = new Map();
  const order = ["pass", "fail", "unknown", ...data.style.ramp.map((_, n) => `class${n}`), "unsure", "shown", "not_applicable"];
  for (const entry of order) found.set(entry, 0);
  data.areas[level].id.forEach((_, n) => {
    const entry = inFilter(level, n) ? entryOf(series, rowAt(level, n, series)) : null;
    if (entry) found.set(entry, found.get(entry) + 1);
  });
  const judged = !series.breaks.length;
  return [...found].filter(([entry, count]) => count || (judged && ["pass", "fail", "unknown"].includes(entry) && unjudged(series) === false));
}

const unjudged = (series) => [series.tag].flat().every((tag) => tag < 0 || ["shown", "not_applicable"].includes(data.results.said.words.status[data.results.said.tags[tag][0]]));
