// Words, numbers and dates. The rules of maps/style.py once more; a test compares them.

let data;
let lang = "vi";

const t = (text, values = {}) => {
  const said = lang === "vi" ? data.words[text] ?? text : text;
  return said.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
};
const pick = (pair) => pair[lang === "vi" ? 0 : 1];
const styled = (name) => pick(data.style[name]);

// Decimals shown: none from 1000, one from 10, else two (one per cent only), more near what must not be reached.
function placesOf(value, avoided = []) {
  let places = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 || avoided.includes(100) ? 1 : 2;
  const meets = (x) => Math.abs(value - x) > 1e-7 && Math.abs(value - x) < 0.5 * 10 ** -places;
  while (places < 4 && avoided.some(meets)) places++;
  return places;
}

function number(value, places = placesOf(value)) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "–∞" : "";
  let [whole, part = ""] = Math.abs(value).toFixed(places).split(".");
  part = part.replace(/0+$/, "");
  whole = whole.replace(/\B(?=(\d{3})+$)/g, lang === "vi" ? "." : ",");
  const text = part ? whole + (lang === "vi" ? "," : ".") + part : whole;
  return value < 0 && text !== "0" ? `-${text}` : text;
}

function amount(value, unit, limit) {
  if (!Number.isFinite(value)) return number(value);
  if (unit[0] === "yesno") return styled(value >= 0.5 ? "yes" : "no");
  const scale = unit[0] === "share" ? 100 : 1;
  const avoided = [0, ...(scale === 100 ? [100] : []), ...(limit === null || limit === undefined ? [] : [limit * scale])];
  return number(value * scale, placesOf(value * scale, avoided));
}

function interval(low, high, unit, limit) {
  if (low === null || high === null || low === undefined || high === undefined) return "";
  const suffix = pick([unit[1], unit[2]]);
  const tail = unit[0] === "share" ? (lang === "vi" ? " %" : "%") : unit[0] === "yesno" || !suffix ? "" : ` ${suffix}`;
  if (low === Infinity) return styled("nowhere");
  const ends = [low, high].map((end) => amount(end, unit, limit));
  if (low === high || (ends[0] === ends[1] && unit[0] !== "yesno")) return ends[0] + tail;
  if (unit[0] === "yesno" || (low <= 0 && (high === Infinity || (unit[0] === "share" && high >= 1)))) return styled("open");
  const shown = high === Infinity ? `≥ ${ends[0]}` : low <= 0 && unit[2] === "m" ? `≤ ${ends[1]}` : ends.join("–");
  return shown + tail;
}

const valueText = (row) => (row.status === "not_applicable" ? "–" : interval(row.low, row.high, row.unit, row.threshold[2]));
const day = (iso) => (lang === "vi" ? iso.split("-").reverse().join("/") : iso);

// "12–14/20" where the value is a share of counted things, else "".
function fraction(row) {
  if (row.unit[0] !== "share" || !(row.den_low > 1 || row.den_high > 1)) return "";
  const one = (num, den) => `${number(num)}/${number(den)}`;
  const low = one(row.num_low, row.den_low), high = one(row.num_high, row.den_high);
  if (low === high) return low;
  return row.den_low === row.den_high ? `${number(row.num_low)}–${high}` : `${low} … ${high}`;
}

function peopleText(row) {
  const { people_low: low, people_high: high } = row;
  if (low === null || high === null) return "";
  return low === high ? number(low) : `${number(low)}–${number(high)}`;
}

// Without accents, đ as d, small letters, single spaces: for searching only, never for joining.
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
