// Building the document: text goes in as text, never as HTML.

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== ""));
  return made;
}

function select(id, label, options, chosen, change) {
  const groups = new Map();
  const box = el("select", { id, onchange: (e) => change(e.target.value) });
  for (const { value, text, group } of options) {
    let parent = box;
    if (group) {
      if (!groups.has(group)) { groups.set(group, el("optgroup", { label: group })); box.append(groups.get(group)); }
      parent = groups.get(group);
    }
    const option = el("option", { value }, text);
    option.selected = value === chosen;
    parent.append(option);
  }
  return el("div", { class: "field" }, el("label", { for: id }, label), box);
}

function button(text, press, attributes = {}) {
  return el("button", { type: "button", onclick: press, ...attributes }, text);
}

// Choices of which one is on.
function switcher(label, options, chosen, change) {
  const buttons = options.map(([value, text]) => button(text, () => change(value), { "aria-pressed": String(value === chosen), "data-key": `${label}-${value}` }));
  return el("div", { class: "switch", role: "group", "aria-label": label }, buttons);
}

// Replace the children of a node and keep the keyboard where it was.
function refill(node, ...children) {
  const active = document.activeElement, key = node.contains(active) ? active.id || active.dataset.key : "";
  const top = node.scrollTop;
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  node.scrollTop = top;
  if (key) (document.getElementById(key) ?? [...node.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key))?.focus({ preventScroll: true });
}

const definition = (term, ...said) => (said.flat().some(Boolean) ? [el("dt", {}, term), el("dd", {}, ...said)] : []);

// A small picture of a colour and pattern.
function swatch(look, size = 18) {
  const canvas = el("canvas", { width: 2 * size, height: 2 * size, class: "swatch", "aria-hidden": "true" });
  const ctx = canvas.getContext("2d");
  ctx.scale(2, 2);
  ctx.fillStyle = pattern(ctx, look);
  ctx.fillRect(0, 0, size, size);
  return canvas;
}

// Patterns tell statuses apart without colours: solid, dots, hatch, rings.
function pattern(ctx, [colour, ink, kind]) {
  if (kind === "solid") return colour;
  const tile = document.createElement("canvas"), p = tile.getContext("2d");
  tile.width = tile.height = 8;
  p.fillStyle = colour;
  p.fillRect(0, 0, 8, 8);
  p.fillStyle = p.strokeStyle = ink;
  p.beginPath();
  if (kind === "hatch") {
    p.lineWidth = 1.2;
    for (const from of [-8, 0, 8]) { p.moveTo(from - 1, 9); p.lineTo(from + 9, -1); }
    p.stroke();
  } else if (kind === "dots") {
    p.globalAlpha = 0.55;
    for (const [x, y] of [[2, 2], [6, 6]]) { p.moveTo(x + 0.8, y); p.arc(x, y, 0.8, 0, 7); }
    p.fill();
  } else {
    p.lineWidth = 0.8;
    p.arc(4, 4, 1.7, 0, 7);
    p.stroke();
  }
  return ctx.createPattern(tile, "repeat");
}
