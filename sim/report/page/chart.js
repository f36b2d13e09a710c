// How does staffing trade against missed chats and waiting? Two panels over agents, or over chats at once (SVG).

import { plain, written } from "./words.js";

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
 * Draw both panels anew.
 * @param {SVGSVGElement} svg
 * @param {Panel[]} panels
 * @param {Point[]} points
 * @param {number} now
 * @param {{x: number, figures: Record<string, Quantity>} | null} before
 */
export function drawChart(svg, panels, points, now, before) {
  const [width, height] = [360, 420];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const shares = [0.55, 0.45];
  let top = 0;
  const drawn = panels.map((panel, k) => {
    const box = { left: 44, right: width - 12, top: top + 36, bottom: top + height * shares[k] - (k === 1 ? 26 : 10) };
    top += height * shares[k];
    return drawPanel(panel, box, points, now, before, k === panels.length - 1);
  });
  svg.replaceChildren(...drawn);
}

/**
 * @param {Panel} panel
 * @param {{left: number, right: number, top: number, bottom: number}} box
 * @param {Point[]} points
 * @param {number} now
 * @param {{x: number, figures: Record<string, Quantity>} | null} before
 * @param {boolean} has_axis
 */
function drawPanel(panel, box, points, now, before, has_axis) {
  const scale = panel.figure.endsWith("_s") ? 1 : 100;
  const first = points[0].x;
  const last = points[points.length - 1].x;
  /** @param {number} x */
  const at_x = (x) => box.left + 14 + ((box.right - box.left - 28) * (x - first)) / Math.max(1, last - first);
  /** @param {number} y */
  const at_y = (y) => box.bottom - (box.bottom - box.top) * Math.min(Math.max((y * scale) / panel.most, 0), 1);
  const group = element("g", {});
  group.append(element("text", { x: 4, y: box.top - 20, class: "title" }, panel.title));
  for (let k = 0; k <= 4; k++) {
    const value = (panel.most * k) / 4;
    const y = at_y(value / scale);
    group.append(element("line", { x1: box.left, x2: box.right, y1: y, y2: y, class: "rule" }));
    group.append(element("text", { x: box.left - 6, y: y + 4, class: "tick end" }, plainTick(value)));
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
    group.append(element("text", { x: box.left + 4, y: y - 5, class: "promised" }, `promise ${written(panel.figure, panel.promise.value)}`));
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
  if (has_axis) {
    const every = last >= 100 ? 2 : 1;
    for (const { x } of points) {
      if ((x - now) % every !== 0) continue;
      if (x === now) group.append(element("rect", { x: at_x(x) - 13, y: box.bottom + 5, width: 26, height: 19, rx: 5, class: "here" }));
      group.append(element("text", { x: at_x(x), y: box.bottom + 19, class: x === now ? "tick middle here" : "tick middle" }, String(x)));
    }
  }
  return group;
}

/** @param {number} value */
const plainTick = (value) => (Number.isInteger(value) ? String(value) : plain(value));

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
    return [element("polygon", { points: tip, class: "beyond" }), element("text", { x, y: box.top - 2, class: "tick middle" }, plain(quantity.value * scale).replace(/\.\d$/, ""))];
  }
  const made = [];
  if (Number.isFinite(quantity.low) && Number.isFinite(quantity.high)) {
    made.push(element("line", { x1: x, x2: x, y1: at_y(quantity.low), y2: at_y(quantity.high), class: "interval" }));
  }
  made.push(element("circle", { cx: x, cy: at_y(quantity.value), r: 5, class: point.is_broken ? "point breaks" : "point" }));
  return made;
}
