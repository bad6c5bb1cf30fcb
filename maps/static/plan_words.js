// Words and figures of a plan: money as maps/money.py writes it, names of units.

const UNITS = [[1e9, 0.9995e9, "tỷ", "billion"], [1e6, 1e5, "triệu", "million"]];

function amountOf(value) {
  for (const [size, least, vi, en] of UNITS) {
    if (value < least) continue;
    const scaled = value / size;
    return [number(scaled, scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2), lang === "vi" ? vi : en];
  }
  return [number(value, 0), ""];
}

const whole = (one) => (lang === "vi" ? `${one.filter(Boolean).join(" ")} đồng` : `VND ${one.filter(Boolean).join(" ")}`);

function moneyRange(low, high) {
  const first = amountOf(low), last = amountOf(high);
  if (low && first[1] !== last[1]) {
    if (lang === "en") return `${whole(first)}–${last.filter(Boolean).join(" ")}`;
    return `${first[1] ? first.join(" ") : `${first[0]} đồng`}–${whole(last)}`;
  }
  return whole([[...new Set([first[0], last[0]])].join("–"), last[1]]);
}

const communeOf = (level, n) => (level === "commune" ? n : at(data.areas.village.commune, n));
const nameOf = (level, n) => cell(data.areas[level].name, n);
const communeName = (c) => (c < 0 ? "" : cell(data.areas.commune.name, c));
const districtOf = (c) => (c < 0 ? "" : cell(data.areas.commune.district, c));

function peopleOf([sure, more]) {
  const said = number(sure, 0);
  return more ? (sure ? t("{n}, possibly {more} more", { n: said, more: number(more, 0) }) : t("possibly {n}", { n: number(more, 0) })) : said;
}
