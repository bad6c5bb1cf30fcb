// What the page shows, in the address after "#" so that a link opens the same view.

const state = { criterion: "", level: "village", operator: "", unit: "", time: "", district: "", commune: "", view: "map", lang: "vi", off: new Set(), layers: new Set(), sort: "status", down: true, page: 0 };
const KEYS = { c: "criterion", l: "level", o: "operator", u: "unit", t: "time", d: "district", x: "commune", v: "view", g: "lang" };

function readHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [short, name] of Object.entries(KEYS)) state[name] = given.get(short) ?? first(name);
  if (!["map", "table"].includes(state.view)) state.view = "map";
  if (!["vi", "en"].includes(state.lang)) state.lang = data.lang;
  if (state.time) state.level = "commune"; // of villages only the newest run is here
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
const seriesOf = (level, criterion = state.criterion) => data.results.series.filter((s) => LEVELS[s.level] === level && s.criterion === criterion && (s.time ?? newest()) === timeAt());
const LEVELS = ["village", "commune", "province"];

function chosenSeries(level, criterion = state.criterion) {
  const every = seriesOf(level, criterion);
  return every.find((s) => seriesKey(s) === state.operator) ?? every[0] ?? null;
}

function rowAt(level, n, series = chosenSeries(level)) {
  return series ? rowOf(series, n, data.results, at(data.areas[level].people ?? [], n)) : null;
}

// The runs on the slider, oldest first: day, run, vintage, how many former communes were judged (0: these ones).
const newest = () => Math.max(0, data.times.length - 1);
const timeAt = () => { const found = data.times.findIndex(([asOf]) => asOf === state.time); return found < 0 ? newest() : found; };
const asOf = () => data.times[timeAt()]?.[0] ?? data.run.as_of;
const formerly = () => data.times[timeAt()]?.[3] ?? 0;

const communeOf = (level, n) => (level === "commune" ? n : at(data.areas.village.commune, n));
const nameOf = (level, n) => cell(data.areas[level].name, n);
const communeName = (c) => (c < 0 ? "" : cell(data.areas.commune.name, c));
const districtsOf = (c) => districtOf(c).split("; ").filter(Boolean); // a commune may be made of parts of several
const districtOf = (c) => (c < 0 ? "" : cell(data.areas.commune.district, c));

function inFilter(level, n) {
  const c = communeOf(level, n);
  if (state.commune) return c >= 0 && data.areas.commune.id[c] === state.commune;
  return !state.district || districtsOf(c).includes(state.district);
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
  const one = (edge) => interval(edge, edge, unit);
  if (n === 0) return t("under {b}", { b: one(edges[0]) });
  return n < edges.length ? t("{a} to under {b}", { a: amount(edges[n - 1], unit), b: one(edges[n]) }) : t("{a} or more", { a: one(edges[n - 1]) });
}

function unitOf(series) {
  const [tag] = tagsOf(series), said = data.results.said;
  return tag === undefined ? ["number", "", ""] : said.words.unit[said.tags[tag][said.columns.indexOf("unit")]];
}

// Legend entry of every area for a series, worked out once.
const known = new WeakMap();
function entries(level, series) {
  if (!series) return [];
  if (!known.has(series)) known.set(series, data.areas[level].id.map((_, n) => entryOf(series, rowAt(level, n, series))));
  return known.get(series);
}

// What the rows of a series say in words, each once.
function tagsOf(series) {
  const since = series.changed ? tagsOf(data.results.series[series.base]) : [];
  return new Set([...ownTags(series), ...since]);
}

function ownTags(series) {
  const place = series.few.indexOf("tag"), column = place < 0 ? series.tag : series.rows;
  const every = column.of ?? (place < 0 ? [column].flat() : [column]);
  return every.map((value) => (place < 0 ? value : value[place])).filter((tag) => tag >= 0);
}

// Of each commune, whether any of its villages is drawn: at village level the others would look empty of gaps.
let drawnIn = null;
function hasVillages(c) {
  drawnIn ??= new Set(shapes.village.map((shape, n) => (shape ? communeOf("village", n) : -1)));
  return drawnIn.has(c);
}

// What lies under the villages: unknown where a commune shows none, else land that no village's border covers.
function groundOf(c, series) {
  if (state.level !== "village" || !series || !inFilter("commune", c)) return data.style.paper;
  return hasVillages(c) ? data.style.ground : data.style.status.unknown;
}

// Entries of the legend with their counts within the filter: statuses, or classes where nothing is judged.
function counts(level, series) {
  const found = new Map();
  entries(level, series).forEach((entry, n) => {
    if (entry && inFilter(level, n)) found.set(entry, (found.get(entry) ?? 0) + 1);
  });
  const judged = entries(level, series).some((entry) => entry === "pass" || entry === "fail" || entry === "unknown");
  const always = judged ? ["pass", "fail", "unknown"] : series.breaks.length ? [...series.breaks, 0].map((_, n) => `class${n}`) : [];
  const order = [...always, "class0", "class1", "class2", "class3", "class4", "unknown", "unsure", "shown", "not_applicable"];
  return [...new Set(order)].filter((entry) => found.has(entry) || always.includes(entry)).map((entry) => [entry, found.get(entry) ?? 0]);
}

const isShown = (level, n, entry) => entry && !state.off.has(entry) && inFilter(level, n);
