// The drawing of a plan: villages by who gains, lines, marks whose figure tells the kind; and what was clicked.

const CROWDED = 150; // marks; more are drawn as one circle a commune where the map is small
const FIGURES = {
  triangle: [3, -Math.PI / 2, 1.25], square: [4, -Math.PI / 4, 1.2], diamond: [4, -Math.PI / 2, 1.25], pentagon: [5, -Math.PI / 2, 1.15],
};

function figure(ctx, kind, x, y, r) {
  ctx.beginPath();
  if (kind === "star") {
    for (let n = 0; n < 10; n++) { const a = -Math.PI / 2 + (n * Math.PI) / 5, d = n % 2 ? r * 0.55 : r * 1.35; ctx.lineTo(x + d * Math.cos(a), y + d * Math.sin(a)); }
  } else if (kind === "cross") {
    const w = r * 0.45;
    for (const [dx, dy] of [[-w, -r], [w, -r], [w, -w], [r, -w], [r, w], [w, w], [w, r], [-w, r], [-w, w], [-r, w], [-r, -w], [-w, -w]]) ctx.lineTo(x + dx, y + dy);
  } else if (FIGURES[kind]) {
    const [sides, turn, size] = FIGURES[kind];
    for (let n = 0; n < sides; n++) ctx.lineTo(x + r * size * Math.cos(turn + (n * 2 * Math.PI) / sides), y + r * size * Math.sin(turn + (n * 2 * Math.PI) / sides));
  } else ctx.arc(x, y, r, 0, 7);
  ctx.closePath();
}

// A small picture of a figure for the legend.
function picture(kind, colour) {
  const canvas = el("canvas", { width: 36, height: 36, class: "figure", "aria-hidden": "true" }), ctx = canvas.getContext("2d");
  ctx.scale(2, 2);
  figure(ctx, kind, 9, 9, 6);
  ctx.fillStyle = colour;
  ctx.fill();
  return canvas;
}

const size = (view) => Math.max(4.5, Math.min(9, view.zoom - 4.5));
const colourOf = (item) => (data.sides.length ? data.sides.find((s) => s[0] === item.side)[2] : data.kinds[item.kind][1]);
const screen = (view, [x, y]) => [x * view.scale - view.ox, y * view.scale - view.oy];

function crowds(view, listed) {
  if (view.zoom >= 10.5 || listed.length <= CROWDED) return null;
  const found = new Map();
  for (const n of listed) {
    const item = data.items[n];
    if (!item.spot) continue;
    if (!found.has(item.commune)) found.set(item.commune, { communes: [item.commune], x: 0, y: 0, count: 0 });
    const one = found.get(item.commune);
    one.x += item.spot[0]; one.y += item.spot[1]; one.count++;
  }
  return apart([...found.values()], view.scale).map((one) => ({ ...one, at: middle(one) }));
}

const middle = (one) => [one.x / one.count, one.y / one.count];
const reach = (one) => Math.min(18, 7 + Math.sqrt(one.count));

// Circles that would cover each other are one, whatever part of the map is seen: only the zoom decides.
function apart(groups, scale) {
  const kept = [];
  for (let one of groups.sort((a, b) => b.count - a.count)) {
    for (;;) {
      const [x, y] = middle(one), hit = kept.findIndex((k) => Math.hypot(middle(k)[0] - x, middle(k)[1] - y) * scale < reach(k) + reach(one));
      if (hit < 0) break;
      const [k] = kept.splice(hit, 1);
      one = { communes: [...k.communes, ...one.communes], x: k.x + one.x, y: k.y + one.y, count: k.count + one.count };
    }
    kept.push(one);
  }
  return kept;
}

function drawRoutes(view, listed) {
  const { ctx } = view;
  for (const n of listed) {
    const item = data.items[n];
    if (!item.paths.length) continue;
    const strong = state.item === n ? 6 : view.zoom > 10.5 ? 3 : 1.8;
    ctx.setLineDash(data.kinds[item.kind][2] === "star" ? [7, 4] : []);
    drawLines(view, item.paths, strong + 2, "#ffffff");
    drawLines(view, item.paths, strong, colourOf(item));
  }
  ctx.setLineDash([]);
}

function drawMarks(view, listed) {
  const { ctx } = view, groups = crowds(view, listed);
  if (groups) { groups.forEach((one) => drawCrowd(view, one)); return; }
  const r = size(view);
  for (const n of [...listed].reverse()) {
    const item = data.items[n];
    if (!item.spot || !seen([...item.spot, ...item.spot], view)) continue;
    const [x, y] = screen(view, item.spot);
    figure(ctx, data.kinds[item.kind][2], x, y, state.item === n ? r + 4 : r);
    ctx.fillStyle = colourOf(item);
    ctx.fill();
    ctx.lineWidth = state.item === n ? 3 : 1.2;
    ctx.strokeStyle = state.item === n ? "#111111" : "#ffffff";
    ctx.stroke();
  }
}

function drawCrowd(view, one) {
  const { ctx } = view, [x, y] = screen(view, one.at), r = reach(one);
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 7);
  ctx.fillStyle = "rgba(18, 57, 91, 0.88)";
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = "#ffffff";
  ctx.stroke();
  ctx.fillStyle = "#ffffff";
  ctx.font = "600 11px sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(number(one.count, 0), x, y);
}

// What is under a click: a crowd, a mark, a line, a village; nearest first.
function under(view, x, y, listed) {
  const near = 14 / view.scale, far = (p) => Math.hypot(p[0] - x, p[1] - y);
  const groups = crowds(view, listed);
  if (groups) {
    const best = groups.filter((one) => far(one.at) < 20 / view.scale).sort((a, b) => far(a.at) - far(b.at))[0];
    if (best) return { communes: best.communes };
  } else {
    const best = listed.filter((n) => data.items[n].spot && far(data.items[n].spot) < near).sort((a, b) => far(data.items[a].spot) - far(data.items[b].spot))[0];
    if (best !== undefined) return { item: best };
  }
  const line = listed.find((n) => data.items[n].paths.some((path) => beside(path, x, y, 8 / view.scale)));
  if (line !== undefined) return { item: line };
  const village = shapes.village.findIndex((s) => (s?.point ? far(s.point) < near : s?.rings && x >= s.box[0] && x <= s.box[2] && y >= s.box[1] && y <= s.box[3] && contains(s, x, y)));
  return village < 0 ? {} : { village };
}

function beside(path, x, y, near) {
  for (let n = 2; n < path.length; n += 2) {
    const [ax, ay, bx, by] = [path[n - 2], path[n - 1], path[n], path[n + 1]];
    const dx = bx - ax, dy = by - ay, long = dx * dx + dy * dy;
    const s = long ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long)) : 0;
    if (Math.hypot(ax + s * dx - x, ay + s * dy - y) < near) return true;
  }
  return false;
}
