// The same figures as a table: sorted, paged, filtered like the map. Printing shows every row.

const PAGE = 100;
const ORDER = ["fail", "unknown", "pass", "shown", "not_applicable"];

function tableRows() {
  const level = state.level, series = chosenSeries(level), listed = entries(level, series);
  const rows = [];
  listed.forEach((entry, n) => {
    if (isShown(level, n, entry)) rows.push({ n, name: nameOf(level, n), commune: communeName(communeOf(level, n)), district: districtOf(communeOf(level, n)), row: rowAt(level, n, series) });
  });
  const collator = new Intl.Collator("vi", { numeric: true });
  const by = {
    name: (a, b) => collator.compare(a.name, b.name), commune: (a, b) => collator.compare(a.commune, b.commune),
    district: (a, b) => collator.compare(a.district, b.district),
    value: (a, b) => (a.row.low ?? -1) - (b.row.low ?? -1) || (a.row.high ?? -1) - (b.row.high ?? -1),
    status: (a, b) => ORDER.indexOf(a.row.status) - ORDER.indexOf(b.row.status) || (b.row.people_high ?? 0) - (a.row.people_high ?? 0),
    people: (a, b) => (b.row.people_low ?? 0) - (a.row.people_low ?? 0) || (b.row.people_high ?? 0) - (a.row.people_high ?? 0),
    as_of: (a, b) => a.row.as_of.localeCompare(b.row.as_of), reason: (a, b) => collator.compare(pick(a.row.reason), pick(b.row.reason)),
  }[state.sort];
  rows.sort((a, b) => (state.down ? by(a, b) : by(b, a)) || a.n - b.n);
  return rows;
}

function tableParts(show, everything = false) {
  const rows = tableRows(), pages = Math.max(1, Math.ceil(rows.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const shownRows = everything ? rows : rows.slice(state.page * PAGE, (state.page + 1) * PAGE);
  const criterion = data.criteria.find((c) => c.id === state.criterion), series = chosenSeries(state.level);
  const columns = [["name", state.level === "village" ? t("Village") : t("Commune")], state.level === "village" ? ["commune", t("Commune")] : null, ["district", t("Former district")], ["value", t("Value")], ["status", t("Result")], ["people", t("People concerned")], ["reason", t("Reason")], ["as_of", t("Date")]].filter(Boolean);
  return [
    data.watermark ? el("p", { class: "watermark" }, pick(data.watermark)) : null,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "caption" }, el("table", {},
      el("caption", { id: "caption" }, criterion ? pick(criterion.title) : "", series && series.operator ? ` · ${operatorText(series)}` : "", series ? thresholdNote(series) : "", criterion && sureness(criterion) ? el("em", {}, ` · ${sureness(criterion)}`) : ""),
      el("thead", {}, el("tr", {}, columns.map(([key, text]) => heading(key, text, show)))),
      el("tbody", {}, shownRows.map((r) => line(r, columns, show))))),
    everything ? null : pager(rows.length, pages, show),
  ];
}

function heading(key, text, show) {
  const sorted = state.sort === key, mark = sorted ? (state.down ? " ▼" : " ▲") : "";
  return el("th", { scope: "col", class: key === "value" || key === "people" ? "number" : null, "aria-sort": sorted ? (state.down ? "descending" : "ascending") : "none" }, button(text + mark, () => show({ sort: key, down: sorted ? !state.down : true, page: 0 }), { "data-key": `sort-${key}` }));
}

function line({ n, name, commune, district, row }, columns, show) {
  const pick1 = {
    name: () => el("th", { scope: "row" }, button(name, () => show({ unit: data.areas[state.level].id[n], fit: true }), { class: "link", "data-key": `row-${n}` })),
    commune: () => el("td", {}, commune), district: () => el("td", { class: "district" }, district),
    value: () => el("td", { class: "number" }, valueText(row), fraction(row) ? el("small", {}, ` ${fraction(row)}`) : ""),
    status: () => el("td", {}, chip(row.status), row.conflict ? el("span", { title: t("Sources disagree") }, " ⚠") : ""),
    people: () => el("td", { class: "number" }, peopleText(row)),
    reason: () => el("td", { class: "reason" }, pick(row.reason)), as_of: () => el("td", {}, day(row.as_of)),
  };
  return el("tr", {}, columns.map(([key]) => pick1[key]()));
}

function pager(count, pages, show) {
  const from = count ? state.page * PAGE + 1 : 0, to = Math.min(count, (state.page + 1) * PAGE);
  return el("nav", { class: "pager", "aria-label": t("Pages") },
    button(`‹ ${t("Previous")}`, () => show({ page: state.page - 1 }), { disabled: state.page === 0, "data-key": "previous" }),
    el("span", { role: "status" }, t("{from}–{to} of {n}", { from: number(from), to: number(to), n: number(count) })),
    button(`${t("Next")} ›`, () => show({ page: state.page + 1 }), { disabled: state.page >= pages - 1, "data-key": "next" }));
}
