// Data blocks of the page: base64 of gzip of JSON; TopoJSON arcs; columns of results.

async function block(name) {
  const text = document.getElementById(`data-${name}`).textContent;
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(plain).text());
}

// A column is a list, one value for all rows, or few values with a letter per row (maps/payload.py, LETTERS).
function at(column, row) {
  if (Array.isArray(column)) return column[row];
  if (column === null || typeof column !== "object") return column;
  const code = column.at.charCodeAt(row);
  return column.of[code - (code < 92 ? 35 : 36)];
}
const cell = (column, row) => column.of[at(column.index, row)];
const real = (value) => (value === "inf" ? Infinity : value === "-inf" ? -Infinity : value);

// Positions in units of the whole world's width (Web Mercator, 0..1), so that a zoom is one multiplication.
function worldX(lon) { return lon / 360 + 0.5; }
function worldY(lat) {
  const s = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

function shapesOf(topology) {
  const { scale, translate } = topology.transform;
  const lonlat = (x, y) => [worldX(x * scale[0] + translate[0]), worldY(y * scale[1] + translate[1])];
  const arcs = topology.arcs.map((arc) => {
    const line = new Float64Array(arc.length * 2);
    let x = 0, y = 0;
    arc.forEach(([dx, dy], n) => {
      x += dx; y += dy;
      [line[2 * n], line[2 * n + 1]] = lonlat(x, y);
    });
    return line;
  });
  const ring = (refs) => {
    const points = [];
    for (const ref of refs) {
      const line = arcs[ref < 0 ? ~ref : ref], count = line.length / 2;
      for (let n = 0; n < count - 1; n++) {
        const from = ref < 0 ? count - 1 - n : n;
        points.push(line[2 * from], line[2 * from + 1]);
      }
    }
    return Float64Array.from(points);
  };
  const shape = (g) => {
    if (g.type === "Point") return pointShape(...lonlat(...g.coordinates));
    return g.type === "Polygon" ? withBox({ rings: g.arcs.map(ring) }) : null;
  };
  const objects = topology.objects;
  return { village: objects.villages.geometries.map(shape), commune: objects.communes.geometries.map(shape), arcs };
}

function pointShape(x, y) { return { point: [x, y], box: [x, y, x, y] }; }

function withBox(shape) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of shape.rings) {
    for (let n = 0; n < ring.length; n += 2) {
      box[0] = Math.min(box[0], ring[n]); box[2] = Math.max(box[2], ring[n]);
      box[1] = Math.min(box[1], ring[n + 1]); box[3] = Math.max(box[3], ring[n + 1]);
    }
  }
  return Object.assign(shape, { box });
}

function contains(shape, x, y) {
  let inside = false;
  for (const ring of shape.rings) {
    for (let n = 0, m = ring.length - 2; n < ring.length; m = n, n += 2) {
      if (ring[n + 1] > y !== ring[m + 1] > y && x < ((ring[m] - ring[n]) * (y - ring[n + 1])) / (ring[m + 1] - ring[n + 1]) + ring[n]) inside = !inside;
    }
  }
  return inside;
}

function pointsOf(layer) {
  let x = 0, y = 0;
  return layer.x.map((dx, n) => {
    x += dx; y += layer.y[n];
    return [worldX(x * layer.step), worldY(y * layer.step)];
  });
}

// One column of a series: by itself, or part of the rows that several columns share.
function part(series, name, n) {
  const place = series.few.indexOf(name);
  return place < 0 ? at(series[name], n) : shared(series, n)[place];
}
const shared = (series, n) => (Array.isArray(series.rows) ? series.rows : at(series.rows, n));
const has = (series, name) => series.few.includes(name) || series[name] !== undefined;

// One row of a series as an object; null where there is none. An earlier series may hold only rows that changed since.
function rowOf(series, n, { said, series: every }, all) {
  if (series.changed) {
    const place = series.changed.indexOf(n);
    if (place < 0) return rowOf(every[series.base], n, { said, series: every }, all);
    n = place;
  }
  const tag = part(series, "tag", n);
  if (tag < 0) return null;
  const row = { num_low: null, num_high: null, den_low: null, den_high: null };
  said.columns.forEach((name, c) => { row[name] = said.words[name][said.tags[tag][c]]; });
  for (const name of ["low", "num", "den"].filter((first) => has(series, first === "low" ? first : `${first}_low`))) {
    const [low, high] = name === "low" ? ["low", "high"] : [`${name}_low`, `${name}_high`];
    row[low] = real(part(series, low, n));
    const other = part(series, high, n);
    row[high] = other === "=" ? row[low] : real(other);
  }
  if (row.low === undefined) for (const end of ["low", "high"]) row[end] = row[`den_${end}`] ? row[`num_${end}`] / row[`den_${end}`] : null;
  row.low ??= row.high; row.high ??= row.low;
  for (const [name, end] of [["people_low", "high"], ["people_high", "low"]]) {
    const value = part(series, name, n);
    row[name] = value === "=" ? all : value === "~" ? Math.floor(all * (1 - row[end]) + 0.5) : value;
  }
  return row;
}
