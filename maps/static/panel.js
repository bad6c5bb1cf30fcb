// The side panel (on a phone a sheet from below): what to show, the legend with counts, layers, where it comes from.

function panelParts(show, map) {
  return [
    data.criteria.length ? choices(show) : null,
    data.criteria.length ? legend(show) : null,
    layerTree(show),
    about(map),
  ];
}

function choices(show) {
  const criteria = data.criteria.map((c) => ({ value: c.id, text: pick(c.title), group: pick(c.group) }));
  const series = seriesOf(state.level), shown = chosenSeries(state.level);
  const operators = series.filter((s) => s.operator || s.technology).map((s) => ({ value: seriesKey(s), text: operatorText(s) }));
  return el("section", { class: "choices", "aria-label": t("What to show") },
    select("criterion", t("Criterion"), criteria, state.criterion, (value) => show({ criterion: value, off: new Set(), page: 0 })),
    slider(show),
    uncheckedNote(),
    switcher(t("Level"), [["village", t("By village")], ["commune", t("By commune")]], state.level, (value) => show({ level: value, unit: "", page: 0 })),
    operators.length > 1 ? select("operator", t("Operator"), operators, shown ? seriesKey(shown) : "", (value) => show({ operator: value, page: 0 })) : null,
    filters(show));
}

// Which run is shown: by dragging, by keys or by its date.
function slider(show) {
  const { times } = data, last = newest(), now = timeAt();
  if (!last) return null;
  const take = (n) => show({ time: n === last ? "" : times[n][0], page: 0 });
  const range = el("input", { id: "time", type: "range", min: 0, max: last, step: 1, "aria-valuetext": day(times[now][0]), oninput: (e) => take(Number(e.target.value)) });
  range.value = now;
  const tick = ([asOf], n) => button(day(asOf), () => take(n), { "aria-pressed": String(n === now), "data-key": `time-${asOf}` });
  return el("div", { class: "field timeline" },
    el("label", { for: "time" }, `${t("Assessed as of")}: `, el("b", {}, day(times[now][0]))), range,
    el("div", { class: "ticks" }, (last < 4 ? times : [times[0], times[last]]).map((one) => tick(one, times.indexOf(one)))),
    formerNote(),
    last && state.level === "village" ? el("p", { class: "small later" }, t("Villages: newest assessment only; an earlier date shows communes.")) : null);
}

const formerNote = () => (formerly() ? el("p", { class: "carried" }, t("carried over from {n} former communes", { n: number(formerly()) })) : null);

function operatorText(s) {
  const name = s.operator === "any" || s.operator === "each" ? styled(s.operator) : data.operators.find(([code]) => code === s.operator)?.[1] ?? s.operator;
  return [name, s.technology.replaceAll(",", ", ")].filter(Boolean).join(" · ");
}

function uncheckedNote() {
  const c = data.criteria.find((one) => one.id === state.criterion);
  if (!c || !sureness(c)) return null;
  const more = c.judged ? ` (${t("confidence: item {item}, threshold {threshold}", { item: c.confidence[0], threshold: c.confidence[1] })})` : "";
  return el("p", { class: "unchecked" }, sureness(c) + more);
}

// What is not sure about a criterion; one that nobody judges has no threshold to check.
function sureness(c) {
  if (c.judged) return c.unchecked ? styled("unchecked") : "";
  return c.confidence[0] === "A" ? "" : t("confidence: item {item}", { item: c.confidence[0] });
}

function filters(show) {
  const { commune } = data.areas, collator = new Intl.Collator("vi");
  const rows = commune.id.map((id, n) => ({ value: id, text: communeName(n), districts: districtsOf(n) }));
  const districts = [...new Set(rows.flatMap((r) => r.districts))].sort(collator.compare).map((d) => ({ value: d, text: d }));
  const inside = rows.filter((r) => !state.district || r.districts.includes(state.district)).sort((a, b) => collator.compare(a.text, b.text));
  const everywhere = { value: "", text: t("Whole province") };
  return el("div", { class: "pair" },
    districts.length > 1 ? select("district", t("Former district"), [everywhere, ...districts], state.district, (value) => show({ district: value, commune: "", page: 0, fit: true })) : null,
    select("commune", t("Commune"), [{ value: "", text: t("All communes") }, ...inside], state.commune, (value) => show({ commune: value, page: 0, fit: true })));
}

function legend(show) {
  const series = chosenSeries(state.level);
  const title = data.criteria.find((c) => c.id === state.criterion).title;
  const head = [el("h2", {}, pick(title)), el("h3", {}, state.level === "village" ? t("Villages by result") : t("Communes by result"))];
  if (!series) return el("section", { class: "legend" }, head, el("p", {}, t("This criterion is not reported at this level.")), wholes());
  const listed = counts(state.level, series), total = listed.reduce((sum, [, count]) => sum + count, 0);
  const item = ([entry, count]) => el("li", {}, el("button", {
    type: "button", "aria-pressed": String(!state.off.has(entry)), "data-key": `entry-${entry}`, title: t("Show or hide"),
    onclick: () => { const off = new Set(state.off); off.has(entry) ? off.delete(entry) : off.add(entry); show({ off, page: 0 }); },
  }, swatch(lookOf(entry)), el("span", {}, labelOf(entry, series)), el("b", {}, number(count))));
  return el("section", { class: "legend", "aria-live": "polite" }, head,
    el("ul", {}, listed.map(item)),
    el("p", { class: "total" }, `${t("Total")}: ${number(total)}${thresholdNote(series)}`),
    noPlace(series),
    ground(),
    wholes());
}

function thresholdNote(series) {
  const rows = data.results.said, found = new Set([...tagsOf(series)].map((x) => rows.tags[x][rows.columns.indexOf("threshold")]));
  const said = [...found].map((x) => pick(rows.words.threshold[x])).filter(Boolean);
  return said.length === 1 ? ` · ${t("threshold")}: ${said[0]}` : "";
}

function noPlace() {
  const lacking = shapes[state.level].filter((s, n) => !s && inFilter(state.level, n)).length;
  return lacking ? el("p", { class: "small" }, t("{n} without a place on the map: see the table", { n: number(lacking) })) : null;
}

// What the ground under the villages means, where any of it shows.
function ground() {
  if (state.level !== "village") return null;
  const inside = data.areas.commune.id.map((_, c) => c).filter((c) => shapes.commune[c] && inFilter("commune", c));
  const empty = inside.filter((c) => !hasVillages(c)).length;
  const open = shapes.village.some((shape, n) => !shape?.rings && inFilter("village", n) && hasVillages(communeOf("village", n)));
  return [
    empty ? el("p", { class: "note" }, swatch(data.style.status.unknown), t("commune without a list of villages, or whose villages have no place yet"), el("b", {}, number(empty))) : null,
    open ? el("p", { class: "note" }, swatch(data.style.ground), t("land in no village's known border")) : null,
  ];
}

// The rows of the whole province and of the chosen commune.
function wholes() {
  const c = data.areas.commune.id.indexOf(state.commune);
  return [[c < 0 ? null : rowAt("commune", c), communeName(c)], [rowAt("province", 0), t("Whole province")]].map(([row, name]) => (row ? wholeLine(row, name) : null));
}

function wholeLine(row, name) {
  return el("p", { class: "province" }, el("span", {}, `${name}: `), el("b", {}, valueText(row) || styled("open")), fraction(row) ? ` (${fraction(row)})` : "", " ", chip(row.status), shortThreshold(row));
}

const shortThreshold = (row) => (pick(row.threshold) ? ` · ${t("threshold")}: ${pick(row.threshold)}` : "");
const chip = (status) => el("span", { class: `chip ${status}` }, `${data.style.status[status][4]} ${pick(data.style.status[status][3])}`);

function layerTree(show) {
  if (!data.points.length) return null;
  const toggle = (name) => { const layers = new Set(state.layers); layers.has(name) ? layers.delete(name) : layers.add(name); show({ layers }); };
  const label = (layer) => `${pick(layer.title)} (${number(layer.count)})`;
  const item = (layer) => el("li", {}, layer.file
    ? el("a", { href: layer.file }, `${label(layer)}: ${t("separate map")}`)
    : el("label", {}, check(layer, toggle), dot(layer.colour), el("span", {}, label(layer))));
  return el("section", { class: "layers" }, el("h2", {}, t("More layers")), el("ul", {}, data.points.map(item)));
}

function check(layer, toggle) {
  const box = el("input", { type: "checkbox", id: `layer-${layer.name}`, onchange: () => toggle(layer.name) });
  box.checked = state.layers.has(layer.name);
  return box;
}

function dot(colour) {
  const made = el("i", { class: "dot", "aria-hidden": "true" });
  made.style.background = colour;
  return made;
}

// That borders are approximate, and of how many communes where not of all.
function roughly() {
  const { id, shape } = data.areas.commune, rough = id.filter((_, c) => cell(shape, c) === "approximate").length;
  const some = rough < id.length ? `${t("{n} of {total} communes", { n: number(rough), total: number(id.length) })}: ` : "";
  return rough ? some + t("Boundaries are APPROXIMATE, only to show where places are") : "";
}

let aboutOpen = false;
function about() {
  const { run } = data;
  const source = ([title, provider, asOf, file, hash]) => el("li", {}, [pick(title), provider, day(asOf), file].filter(Boolean).join(" · "), " ", hash ? el("code", {}, hash) : "");
  return el("details", { class: "about", open: aboutOpen, ontoggle: (e) => { aboutOpen = e.target.open; } }, el("summary", { "data-key": "about" }, t("Where the figures come from")),
    el("dl", {},
      definition(t("Criteria set"), pick(run.title), data.verified ? "" : el("em", {}, ` (${styled("unchecked")})`)),
      definition(t("Assessed as of"), day(run.as_of)),
      data.times.length ? definition(t("Earlier assessments"), data.times.slice(0, -1).map(([asOf, id, vintage]) => el("div", {}, `${day(asOf)} · ${t("vintage")} ${day(vintage)} · `, el("code", {}, id)))) : [],
      definition(t("Boundaries"), [`${t("vintage")} ${day(run.vintage)}`, roughly(), t("simplified by at most {n} m", { n: number(shapes.tolerance) })].filter(Boolean).join("; ")),
      definition(t("Made in run"), el("code", {}, run.id), ` · ${day(run.made_at)} · ${run.code}`),
      run.notes.length ? definition(t("Notes"), run.notes.map(pick).join("; ")) : []),
    run.sources.length ? el("h3", {}, t("Data used")) : null, el("ul", {}, run.sources.map(source)),
    el("p", { class: "small" }, t("Borders are for reading the figures, not for deciding where a border runs. Drawn with Leaflet 1.9.4.")));
}
