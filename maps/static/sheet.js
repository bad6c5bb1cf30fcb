// The drawing: one canvas over the map with areas, borders, points, the selection and the watermark.

const Sheet = L.Renderer.extend({
  initialize(draw) {
    L.Renderer.prototype.initialize.call(this, { padding: 0.25 });
    this._draw = draw;
  },
  _initContainer() {
    this._container = el("canvas", { class: "sheet", "aria-hidden": "true" });
  },
  _destroyContainer() {
    this._container.remove();
  },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const canvas = this._container, { min } = this._bounds, size = this._bounds.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(canvas, min);
    canvas.width = Math.round(ratio * size.x);
    canvas.height = Math.round(ratio * size.y);
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    this.redraw();
  },
  redraw() {
    if (!this._bounds) return;
    const canvas = this._container, ctx = canvas.getContext("2d"), { min, max } = this._bounds;
    const ratio = canvas.width / this._bounds.getSize().x, origin = this._map.getPixelOrigin();
    const scale = 256 * 2 ** this._map.getZoom();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    ctx.setTransform(ratio, 0, 0, ratio, -ratio * min.x, -ratio * min.y);
    const view = {
      ctx, scale, ox: origin.x, oy: origin.y, min, max,
      box: [(min.x + origin.x) / scale, (min.y + origin.y) / scale, (max.x + origin.x) / scale, (max.y + origin.y) / scale],
      zoom: this._map.getZoom(),
    };
    this._draw(view);
  },
});

const seen = (box, view) => box[0] <= view.box[2] && box[2] >= view.box[0] && box[1] <= view.box[3] && box[3] >= view.box[1];

function trace(view, line, close) {
  const { ctx, scale, ox, oy } = view;
  ctx.moveTo(line[0] * scale - ox, line[1] * scale - oy);
  for (let n = 2; n < line.length; n += 2) ctx.lineTo(line[n] * scale - ox, line[n + 1] * scale - oy);
  if (close) ctx.closePath();
}

const dotSize = (view) => Math.max(1.8, Math.min(6, view.zoom - 6.8));

function outline(view, shape) {
  const { ctx, scale, ox, oy } = view;
  ctx.beginPath();
  if (shape.point) ctx.arc(shape.point[0] * scale - ox, shape.point[1] * scale - oy, dotSize(view), 0, 7);
  else for (const ring of shape.rings) trace(view, ring, true);
}

function drawAreas(view, shapes, lookOf) {
  const { ctx } = view, fills = new Map();
  const fill = (look) => {
    const key = look.join();
    if (!fills.has(key)) fills.set(key, pattern(ctx, look));
    return fills.get(key);
  };
  for (const points of [false, true]) {
    shapes.forEach((shape, n) => {
      if (!shape || Boolean(shape.point) !== points || !seen(shape.box, view)) return;
      const look = lookOf(n);
      if (!look) return;
      outline(view, shape);
      ctx.fillStyle = fill(look);
      ctx.fill("evenodd");
      if (points) { ctx.lineWidth = view.zoom > 10 ? 0.8 : 0.4; ctx.strokeStyle = "#33404d"; ctx.stroke(); }
    });
  }
}

function drawLines(view, lines, width, colour) {
  const { ctx } = view;
  ctx.beginPath();
  for (const line of lines) trace(view, line, false);
  ctx.lineWidth = width;
  ctx.strokeStyle = colour;
  ctx.stroke();
}

function drawBorders(view, shapes, approximate) {
  const { ctx } = view;
  shapes.forEach((shape, n) => {
    if (!shape || shape.point || !seen(shape.box, view)) return;
    outline(view, shape);
    ctx.setLineDash(approximate(n) ? [5, 4] : []);
    ctx.lineWidth = view.zoom > 11 ? 1.6 : 0.9;
    ctx.strokeStyle = "#2b3440";
    ctx.stroke();
  });
  ctx.setLineDash([]);
}

function drawSelected(view, shape) {
  if (!shape) return;
  for (const [width, colour] of [[6, "#ffffff"], [3, "#111111"]]) {
    outline(view, shape);
    view.ctx.lineWidth = width;
    view.ctx.strokeStyle = colour;
    view.ctx.stroke();
  }
}

function drawPoints(view, points, colour) {
  const { ctx, scale, ox, oy } = view, radius = dotSize(view);
  ctx.fillStyle = colour;
  ctx.strokeStyle = "#fff";
  ctx.lineWidth = 1;
  for (const [x, y] of points) {
    if (!seen([x, y, x, y], view)) continue;
    ctx.beginPath();
    ctx.arc(x * scale - ox, y * scale - oy, radius, 0, 7);
    ctx.fill();
    ctx.stroke();
  }
}

function drawWatermark(view, text) {
  const { ctx, min, max } = view;
  ctx.save();
  ctx.font = "600 17px sans-serif";
  ctx.fillStyle = "rgba(90, 20, 20, 0.15)";
  ctx.textAlign = "center";
  const wide = Math.max(420, ctx.measureText(text).width + 60);
  for (let y = Math.ceil(min.y / 210) * 210; y < max.y + 210; y += 210) {
    for (let x = Math.floor(min.x / wide) * wide; x < max.x + wide; x += wide) {
      ctx.save();
      ctx.translate(x + (y / 210 % 2 ? wide / 2 : 0), y);
      ctx.rotate(-Math.PI / 9);
      ctx.fillText(text, 0, 0);
      ctx.restore();
    }
  }
  ctx.restore();
}
