// How does the chart follow the sliders? The present point and its neighbours at once, the others outwards from it.

import { drawChart } from "./chart.js";
import { byId } from "./dom.js";
import { say, written } from "./words.js";

/** @typedef {import("./model.js").Settings} Settings */
/** @typedef {Record<string, import("./figures.js").Quantity>} Figures */
/**
 * What the chart asks of the page.
 * @typedef {object} Answers
 * @property {(settings: Settings) => Figures} figuresOf
 * @property {(settings: Settings) => boolean} isFound Whether they were simulated before.
 * @property {(figures: Figures) => boolean} isBroken Whether any promise is.
 */

/** Missed, and wait or reply, over agents or over chats at once. */
export class TradeOff {
  /**
   * @param {import("./model.js").Desk} desk
   * @param {Answers} answers
   */
  constructor(desk, answers) {
    this.desk = desk;
    this.answers = answers;
    this.group = 0;
    this.over = "agents";
    this.timer = 0;
    const missed = desk.promises.find((promise) => promise.name === "missed_rate")?.value ?? 0.05;
    /** Upper ends of the axes: they belong to the scenario and never move. @type {Record<string, number>} */
    this.most = { missed_rate: Math.max(20, Math.ceil(100 * missed) * 4), asa_s: 40, response_s: 120 };
  }

  /**
   * Turn the chart to an axis.
   * @param {string} over
   * @param {number} [group]
   */
  turn(over, group = this.group) {
    this.over = over;
    this.group = group;
    byId("over-agents").setAttribute("aria-selected", String(over === "agents"));
    byId("over-slots").setAttribute("aria-selected", String(over === "slots"));
  }

  /** @param {Settings} settings */
  xOf(settings) {
    return this.over === "agents" ? settings.agents[this.group] : this.desk.slots + settings.slots;
  }

  /** @param {Settings} settings @param {number} x @returns {Settings} */
  settingsAt(settings, x) {
    if (this.over === "slots") return { ...settings, slots: x - this.desk.slots };
    return { ...settings, agents: settings.agents.with(this.group, x) };
  }

  /** @returns {number[]} */
  axis() {
    return this.over === "slots" ? [1, 2, 3, 4, 5, 6] : this.desk.groups[this.group].counts;
  }

  /**
   * @param {Settings} settings
   * @param {Settings | null} before
   * @param {import("./tiles.js").Promised[]} promises
   * @param {import("./chart.js").Ring | null} ring the room's guess; while it is open, nothing else is shown
   */
  show(settings, before, promises, ring) {
    clearTimeout(this.timer);
    if (ring?.is_open) {
      this.draw(settings, before, promises, ring, []);
      return;
    }
    const { isFound, figuresOf, isBroken } = this.answers;
    const draw = () => {
      const points = this.axis().map((x) => {
        const at = this.settingsAt(settings, x);
        const figures = isFound(at) ? figuresOf(at) : null;
        return { x, figures, is_broken: figures !== null && isBroken(figures) };
      });
      this.draw(settings, before, promises, ring, points);
    };
    const now = this.xOf(settings);
    const next = () => {
      const missing = this.axis().filter((x) => !isFound(this.settingsAt(settings, x)));
      missing.sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
      if (missing.length === 0) return;
      figuresOf(this.settingsAt(settings, missing[0]));
      draw();
      this.timer = window.setTimeout(next, 10);
    };
    draw();
    this.timer = window.setTimeout(next, 30);
  }

  /**
   * @param {Settings} settings
   * @param {Settings | null} before
   * @param {import("./tiles.js").Promised[]} promises
   * @param {import("./chart.js").Ring | null} ring
   * @param {import("./chart.js").Point[]} points
   */
  draw(settings, before, promises, ring, points) {
    const promised = (/** @type {string} */ name) => promises.find((each) => each.name === name) ?? null;
    const is_reply = this.over === "slots" || (promised("response_s") && !promised("asa_s") && !promised("service_level"));
    const second = is_reply ? "response_s" : "asa_s";
    const panels = [
      { figure: "missed_rate", title: say("axis_missed_rate"), most: this.most.missed_rate, promise: promised("missed_rate") },
      { figure: second, title: say(`axis_${second}`), most: this.most[second], promise: promised(second) },
    ];
    const now = this.xOf(settings);
    const was = before === null ? now : this.xOf(before);
    const ghost = before === null || (was === now && ring === null) ? null : { x: was, figures: this.answers.figuresOf(before) };
    byId("marks").hidden = promises.length === 0;
    drawChart(byId("curves"), panels, this.axis(), points, { now, before: ghost, ring });
    const rows = points
      .filter((point) => point.figures !== null)
      .map((point) => {
        const row = document.createElement("tr");
        for (const text of [String(point.x), ...panels.map(({ figure }) => written(figure, /** @type {Figures} */ (point.figures)[figure].value))]) {
          const cell = document.createElement("td");
          cell.textContent = text;
          row.append(cell);
        }
        return row;
      });
    byId("values").tBodies[0].replaceChildren(...rows);
  }
}
