// The card of the selected village or commune, or of a point.

function unitCard(level, n, show) {
  const { id } = data.areas[level], c = communeOf(level, n), series = chosenSeries(level);
  const row = rowAt(level, n, series);
  const people = data.areas[level].people && at(data.areas[level].people, n), homes = at(data.areas[level].households, n);
  return [
    head(nameOf(level, n), [level === "village" ? communeName(c) : "", districtOf(c) && t("formerly {district}", { district: districtOf(c) }), `${t("code")} ${id[n]}`], show),
    el("p", { class: "small" }, [people !== null && `${number(people)} ${t("people")}`, homes !== null && `${number(homes)} ${t("households")}`].filter(Boolean).join(" · ")),
    data.site ? el("p", {}, el("a", { href: `${data.site[level]}${encodeURIComponent(id[n])}${data.site.query}` }, t("All values, sources and history of this place"))) : null,
    approximate(c),
    level === "commune" ? formerNote() : null,
    series ? detail(row) : el("p", {}, t("This criterion is not reported at this level.")),
    operators(level, n, series),
    others(level, n, show),
  ];
}

function head(title, lines, show) {
  return el("div", { class: "head" }, el("h2", { tabindex: "-1", id: "card-title" }, title), el("p", {}, lines.filter(Boolean).join(" · ")), button("×", () => { show({ unit: "" }); document.querySelector(".folium-map")?.focus({ preventScroll: true }); }, { class: "close", "aria-label": t("Close") }));
}

const approximate = (c) => (c >= 0 && cell(data.areas.commune.shape, c) === "approximate" ? el("p", { class: "unchecked" }, t("The commune's border is approximate.")) : null);

function detail(row) {
  const c = data.criteria.find((one) => one.id === state.criterion);
  if (!row) return el("p", {}, t("No result for this place."));
  return el("div", { class: "detail" },
    el("h3", {}, pick(c.title)),
    el("p", { class: "value" }, el("b", {}, valueText(row) || styled("open")), fraction(row) ? el("span", {}, ` (${fraction(row)})`) : "", " ", chip(row.status)),
    sureness(c) ? el("p", { class: "unchecked" }, sureness(c)) : null,
    row.conflict ? el("p", { class: "conflict" }, `⚠ ${t("Sources disagree")}`) : null,
    el("dl", {},
      definition(t("Threshold"), pick(row.threshold)),
      definition(t("Reason"), pick(row.reason)),
      definition(t("Rests on"), pick(row.basis)),
      definition(t("Source"), row.source),
      definition(t("Date"), day(row.as_of)),
      data.times.length ? definition(t("Assessed as of"), day(asOf())) : [],
      definition(t("People concerned"), peopleText(row) && [peopleText(row), pick(row.people_source) ? ` (${pick(row.people_source)})` : ""].join("")),
      definition(t("Legal basis"), c.legal)),
    witnesses(row));
}

function witnesses(row) {
  if (!row.others.length) return null;
  const one = ([low, high, basis, asOf, source]) => el("li", {}, [interval(real(low), real(high), row.unit), pick(basis), source, day(asOf)].filter(Boolean).join(" · "));
  return el("div", { class: "others" }, el("h4", {}, t("Other sources say")), el("ul", {}, row.others.map(one)));
}

function operators(level, n, shown) {
  const every = shown ? seriesOf(level).filter((s) => s.operator) : [];
  if (every.length < 2) return null;
  const line = (s) => {
    const row = rowAt(level, n, s);
    return row ? el("li", {}, el("span", {}, operatorText(s)), el("b", {}, valueText(row)), chip(row.status)) : null;
  };
  return el("div", { class: "rows" }, el("h4", {}, t("By operator")), el("ul", {}, every.map(line)));
}

function others(level, n, show) {
  const line = (c) => {
    const row = rowAt(level, n, chosenSeries(level, c.id));
    if (!row || c.id === state.criterion) return null;
    return el("li", {}, button(pick(c.title), () => show({ criterion: c.id, off: new Set() }), { class: "link", "data-key": `other-${c.id}` }), el("b", {}, valueText(row)), chip(row.status));
  };
  const lines = data.criteria.map(line).filter(Boolean);
  return lines.length ? el("div", { class: "rows" }, el("h4", {}, t("Other criteria here")), el("ul", {}, lines)) : null;
}

function pointCard(layer, n, show) {
  const value = (column) => (column.numbers !== undefined ? at(column.numbers, n) ?? "" : pick(cell(column, n)));
  const commune = cell(layer.commune, n), known = data.areas.commune.id.indexOf(commune);
  return [
    head(pick(layer.title), [communeName(known)], show),
    el("dl", {}, layer.columns.map((c) => { const said = value(c); return definition(pick(c.title), typeof said === "number" ? number(said) : said); })),
  ];
}
