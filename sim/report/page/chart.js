// How does staffing trade against missed chats and waiting? Two panels over agents, or over chats at once (SVG).

import { say, short, written } from "./words.js";

/** @typedef {import("./figures.js").Quantity} Quantity */
/**
 * @typedef {object} Point
 * @property {number} x
 * @property {Record<string, Quantity> | null} figures Null while it is still simulated.
 * @property {boolean} is_broken Whether any promise is.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * One panel: a figure at each x, with its interval, the days' band, the promise, now and before.
 * @typedef {object} Panel
 * @property {string} figure
 * @property {string} title
 * @property {number} most Upper end of the axis: it never moves.
 * @property {{at_most: boolean, value: number} | null} promise
 */

/**
 * The room's guess of the share missed; NaN while it votes instead.
 * @typedef {{share: number, text: string, is_open: boolean}} Ring
 */
/**
 * @typedef {object} Marked
 * @property {number} now
 * @property {{x: number, figures: Record<string, Quantity>} | null} before
 * @property {Ring | null} ring
 */

const [WIDTH, HEIGHT] = [360, 420];
const SHARES = [0.55, 0.45];

/** @param {number} k */
function boxOf(k) {
  const top = k === 0 ? 0 : HEIGHT * SHARES[0];
  return { left: 44, right: WIDTH - 12, top: top + 36, bottom: top + HEIGHT * SHARES[k] - (k === 1 ? 26 : 10) };
}

/**
 * The share missed at a height of the screen.
 * @param {SVGSVGElement} svg
 * @param {number} client_y
 * @param {number} most per cent
 */
export function missedAt(svg, client_y, most) {
  const matrix = svg.getScreenCTM();
  if (matrix === null) return 0;
  const { top, bottom } = boxOf(0);
  const y = new DOMPoint(0, client_y).matrixTransform(matrix.inverse()).y;
  return (((bottom - y) / (bottom - top)) * most) / 100;
}

/**
 * Draw both panels anew.
 * @param {SVGSVGElement} svg
 * @param {Panel[]} panels
 * @param {number[]} axis
 * @param {Point[]} points
 * @param {Marked} marked
 */
export function drawChart(svg, panels, axis, points, marked) {
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.replaceChildren(...panels.map((panel, k) => drawPanel(panel, boxOf(k), axis, points, marked, k === panels.length - 1)));
}

/**
 * @param {Panel} panel
 * @param {{left: number, right: number, top: number, bottom: number}} box
 * @param {number[]} axis
 * @param {Point[]} points
 * @param {Marked} marked
 * @param {boolean} has_axis
 */
function drawPanel(panel, box, axis, points, { now, before, ring }, has_axis) {
  const scale = panel.figure.endsWith("_s") ? 1 : 100;
  const first = axis[0];
  const last = axis[axis.length - 1];
  /** @param {number} x */
  const at_x = (x) => box.left + 14 + ((box.right - box.left - 28) * (x - first)) / Math.max(1, last - first);
  /** @param {number} y */
  const at_y = (y) => box.bottom - (box.bottom - box.top) * Math.min(Math.max((y * scale) / panel.most, 0), 1);
  const group = element("g", {});
  const is_guessed = ring !== null && panel.figure === "missed_rate";
  if (is_guessed && ring.is_open && Number.isFinite(ring.share)) group.append(element("rect", { x: at_x(now) - 13, y: box.top, width: 26, height: box.bottom - box.top, class: "asked" }));
  group.append(element("text", { x: 4, y: box.top - 20, class: "title" }, panel.title));
  for (let k = 0; k <= 4; k++) {
    const value = (panel.most * k) / 4;
    const y = at_y(value / scale);
    group.append(element("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "rule" }));
    group.append(element("text", { x: box.left - 6, y: y + 4, class: "tick end" }, short(value)));
  }
  const known = points.filter((point) => point.figures !== null && Number.isFinite(point.figures[panel.figure].value));
  /** @param {Point} point */
  const figure = (point) => /** @type {Record<string, Quantity>} */ (point.figures)[panel.figure];
  if (known.length > 1) {
    const upper = known.map((point) => `${at_x(point.x)},${at_y(figure(point).p90)}`);
    const lower = known.map((point) => `${at_x(point.x)},${at_y(figure(point).p10)}`).reverse();
    group.append(element("polygon", { points: [...upper, ...lower].join(" "), class: "band" }));
    const line = known.map((point) => `${at_x(point.x)},${at_y(figure(point).value)}`).join(" ");
    group.append(element("polyline", { points: line, class: "curve" }));
  }
  if (panel.promise !== null) {
    const y = at_y(panel.promise.value);
    group.append(element("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "promise" }));
    group.append(element("text", { x: box.left + 4, y: y - 5, class: "promised" }, say("promise", { value: written(panel.figure, panel.promise.value) })));
  }
  for (const point of known) group.append(...marks(panel, point, figure(point), at_x(point.x), at_y, scale, box));
  if (before !== null && before.x >= first && before.x <= last) {
    const value = before.figures[panel.figure].value;
    const [x, y] = [at_x(before.x), at_y(value)];
    group.append(element("circle", { cx: x, cy: y, r: 9, class: "before" }));
  }
  const present = known.find((point) => point.x === now);
  if (present) {
    const [x, y] = [at_x(now), at_y(figure(present).value)];
    group.append(element("circle", { cx: x, cy: y, r: 10, class: present.is_broken ? "now breaks" : "now" }));
    const is_right = x > box.right - 70;
    group.append(
      element("text", { x: is_right ? x - 14 : x + 14, y: y - 8, class: is_right ? "value end" : "value" }, written(panel.figure, figure(present).value)),
    );
  }
  if (is_guessed && Number.isFinite(ring.share)) group.append(...ringAt(ring, at_x(now), at_y(ring.share), box));
  if (has_axis) {
    const every = last >= 100 ? 2 : 1;
    for (const x of axis) {
      if ((x - now) % every !== 0) continue;
      if (x === now) group.append(element("rect", { x: at_x(x) - 13, y: box.bottom + 5, width: 26, height: 19, rx: 5, class: "here" }));
      group.append(element("text", { x: at_x(x), y: box.bottom + 19, class: x === now ? "tick middle here" : "tick middle" }, String(x)));
    }
  }
  return group;
}

/**
 * The room's guess.
 * @param {Ring} ring
 * @param {number} x
 * @param {number} y
 * @param {{right: number}} box
 */
function ringAt(ring, x, y, box) {
  const is_right = x > box.right - 110;
  const place = { x: is_right ? x - 18 : x + 18, y: y + (ring.is_open ? 6 : 20), class: is_right ? "guess end" : "guess" };
  return [element("circle", { cx: x, cy: y, r: 13, class: ring.is_open ? "ring open" : "ring" }), element("text", place, ring.text)];
}

/**
 * A point with its interval; a triangle with its number where it lies beyond the axis.
 * @param {Panel} panel
 * @param {Point} point
 * @param {Quantity} quantity
 * @param {number} x
 * @param {(y: number) => number} at_y
 * @param {number} scale
 * @param {{top: number}} box
 */
function marks(panel, point, quantity, x, at_y, scale, box) {
  if (quantity.value * scale > panel.most) {
    const tip = `${x},${box.top} ${x - 5},${box.top + 8} ${x + 5},${box.top + 8}`;
    return [element("polygon", { points: tip, class: "beyond" }), element("text", { x, y: box.top - 2, class: "tick middle" }, short(Math.round(quantity.value * scale)))];
  }
  const made = [];
  if (Number.isFinite(quantity.low) && Number.isFinite(quantity.high)) {
    made.push(element("line", { x1: x, x2: x, y1: at_y(quantity.low), y2: at_y(quantity.high), class: "interval" }));
  }
  made.push(element("circle", { cx: x, cy: at_y(quantity.value), r: 5, class: point.is_broken ? "point breaks" : "point" }));
  return made;
}
