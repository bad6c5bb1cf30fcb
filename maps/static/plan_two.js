// Two plans on two maps that move together, and the table of who gains and loses by the change.

let twin = null;
const other = (which) => (which === "a" ? "b" : "a");
const yearIn = (item, which) => (which === "b" ? item.yearB ?? item.year : item.year);
const inPane = (item, which) => !which || (item.side !== other(which) && (!state.year || yearIn(item, which) === state.year));
// What only the other plan brings is not solved in this one.
const lookIn = (look, which) => (which && look === other(which) ? "left" : look);

function openTwin() {
  const box = el("div", { class: "folium-map twin", id: "map-b" });
  map.getContainer().after(box);
  document.body.classList.add("two");
  map.invalidateSize({ animate: false });
  const { zoomSnap, zoomDelta, minZoom, maxZoom } = map.options;
  const second = L.map(box, { center: map.getCenter(), zoom: map.getZoom(), zoomSnap, zoomDelta, minZoom, maxZoom, zoomControl: false, attributionControl: false });
  twin = { map: second, sheet: new Sheet((view) => draw(view, "b")).addTo(second) };
  let moving = false;
  const follow = (one, two) => one.on("move", () => {
    if (moving) return;
    moving = true;
    two.setView(one.getCenter(), one.getZoom(), { animate: false });
    moving = false;
  });
  follow(map, second);
  follow(second, map);
  second.on("click", (e) => click(e.latlng, second, "b"));
  new ResizeObserver(() => second.invalidateSize({ animate: false })).observe(box);
  data.panes.forEach((name, n) => document.getElementById("main").append(el("p", { class: `pane pane-${"ab"[n]}` }, name)));
}

function changeTable() {
  const shown = data.changes.map((_, n) => n).filter((n) => { const [v, k] = data.changes[n]; return !state.off.has(k) && (state.commune < 0 || communeOf("village", v) === state.commune); });
  const headings = [t("From A to B"), t("Village"), t("Kind"), t("A: year"), t("B: year"), t("People"), t("Why")];
  const line = (n) => {
    const [v, k, what, why, a, b, people] = data.changes[n];
    const place = v < 0 ? "" : button(nameOf("village", v), () => show({ item: null, village: v, fit: true }), { class: "link", "data-key": `change-${n}` });
    const cells = [pick(what), [place, el("small", {}, communeName(communeOf("village", v)))], pick(data.kinds[k][0]), a ?? "–", b ?? "–", people === null ? t("not known") : number(people, 0), pick(why)];
    return el("tr", {}, cells.map((cell, at) => el(at === 1 ? "th" : "td", at === 1 ? { scope: "row" } : { class: at === 6 ? "says" : "year" }, cell)));
  };
  return [
    el("p", { class: "watermark" }, page.mark.textContent),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "caption" }, el("table", { class: "changes" }, el("caption", { id: "caption" }, t("Who gains and loses")), el("thead", {}, el("tr", {}, headings.map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, shown.slice(0, state.listed).map(line)))),
    shown.length > state.listed ? el("nav", { class: "pager" }, button(t("Show more"), () => show({ listed: state.listed + LISTED }), { "data-key": "more-rows" })) : null,
  ];
}
