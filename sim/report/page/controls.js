// Where do the sliders stand? A native range each, with − and +, and the value before.

import { plain, THIN, TITLES, written } from "./words.js";

/** @typedef {import("./model.js").Settings} Settings */

/**
 * @typedef {object} Slider
 * @property {HTMLElement} row
 * @property {HTMLInputElement} input
 * @property {HTMLOutputElement} output
 * @property {(settings: Settings) => number} at Where it stands.
 * @property {(value: number) => string} said
 */

/** The sliders of a page. */
export class Controls {
  /**
   * @param {import("./model.js").Desk} desk
   * @param {Settings} settings where they stand at first
   * @param {HTMLElement} room
   * @param {(change: Partial<Settings>, group: number) => void} move
   */
  constructor(desk, settings, room, move) {
    this.desk = desk;
    this.room = room;
    this.move = move;
    /** @type {Slider[]} */
    this.sliders = [];
    /** Promises as they are moved. */
    this.promised = desk.promises.map((promise) => ({ ...promise }));
    this.settings = settings;
    this.head("Customers");
    if (desk.demand.queues.every((queue) => queue.times_s === null)) {
      this.factor("Demand", "demand", 50, 200, 5, 100, (percent) => `${percent}${THIN}%`);
    }
    if (desk.patience_s > 0) this.scaled("Patience", "patience", desk.patience_s);
    this.head("Team");
    desk.groups.forEach((group, g) => this.agents(group, g, desk.groups.length > 1));
    if (desk.slots > 0) this.slots();
    if (desk.reply_s > 0) this.scaled("One reply takes", "reply", desk.reply_s);
    if (this.promised.length > 0) this.head("Promise");
    this.promised.forEach((promise) => this.promise(promise));
  }

  promises() {
    return this.promised;
  }

  /** Promises as they were given. */
  asGiven() {
    this.promised.forEach((promise, k) => Object.assign(promise, this.desk.promises[k]));
  }

  /** @param {string} words */
  head(words) {
    const head = document.createElement("h2");
    head.textContent = words;
    this.room.append(head);
  }

  /**
   * A slider of a factor, in steps of its usual value.
   * @param {string} title
   * @param {"demand" | "patience" | "reply"} key
   * @param {number} low
   * @param {number} high
   * @param {number} step
   * @param {number} usual
   * @param {(value: number) => string} said
   */
  factor(title, key, low, high, step, usual, said) {
    this.add(title, low, high, step, said, (settings) => Math.round(settings[key] * usual * 1e6) / 1e6, (value) => this.move({ [key]: value / usual }, 0));
  }

  /**
   * @param {string} title
   * @param {"patience" | "reply"} key
   * @param {number} usual_s
   */
  scaled(title, key, usual_s) {
    const step = usual_s >= 100 ? 10 : usual_s >= 20 ? 2 : 1;
    const low = Math.max(step, Math.round(usual_s / 4 / step) * step);
    // The usual value is one that the slider can stand at.
    const offset = usual_s - Math.round((usual_s - low) / step) * step;
    this.factor(title, key, offset, offset + Math.round((3 * usual_s) / step) * step, step, usual_s, (value) => `${plain(value).replace(/\.0$/, "")}${THIN}s`);
  }

  /**
   * @param {{name: string, counts: number[]}} group
   * @param {number} g
   * @param {boolean} is_named
   */
  agents({ name, counts }, g, is_named) {
    const [low, high] = [counts[0], counts[counts.length - 1]];
    const move = (/** @type {number} */ value) => this.move({ agents: this.settings.agents.with(g, value) }, g);
    this.add(is_named ? `Agents, ${name}` : "Agents", low, high, 1, String, ({ agents }) => agents[g], move);
  }

  slots() {
    const usual = this.desk.slots;
    this.add("Chats at once", 1, 6, 1, String, ({ slots }) => usual + slots, (value) => this.move({ slots: value - usual }, 0));
  }

  /** @param {{name: string, at_most: boolean, value: number}} promise */
  promise(promise) {
    const is_share = TITLES[promise.name].unit === "share";
    const scale = is_share ? 100 : 1;
    const given = promise.value * scale;
    const high = is_share ? (promise.at_most ? Math.max(20, 2 * given) : 100) : 3 * given;
    const step = promise.at_most && is_share ? 0.5 : is_share ? 1 : Math.max(1, Math.round(given / 20));
    const title = `${TITLES[promise.name].title}, at ${promise.at_most ? "most" : "least"}`;
    const move = (/** @type {number} */ value) => {
      promise.value = value / scale;
      this.move({}, 0);
    };
    this.add(title, promise.at_most ? step : given % step, high, step, (value) => written(promise.name, value / scale), () => Math.round(promise.value * scale * 1e6) / 1e6, move);
  }

  /**
   * @param {string} title
   * @param {number} low
   * @param {number} high
   * @param {number} step
   * @param {(value: number) => string} said
   * @param {(settings: Settings) => number} at
   * @param {(value: number) => void} move
   */
  add(title, low, high, step, said, at, move) {
    const row = document.createElement("div");
    row.className = "slider";
    const label = document.createElement("label");
    const words = document.createElement("bdi");
    words.textContent = title;
    words.title = title;
    const output = document.createElement("output");
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: String(low), max: String(high), step: String(step), id: `slider-${this.sliders.length}` });
    label.htmlFor = input.id;
    label.append(words, output);
    const line = document.createElement("div");
    line.append(button("−", `${title}: less`, () => input.stepDown()), input, button("+", `${title}: more`, () => input.stepUp()));
    row.append(label, line);
    this.room.append(row);
    input.addEventListener("input", () => move(Number(input.value)));
    this.sliders.push({ row, input, output, at, said });

    /** @param {string} sign @param {string} name @param {() => void} press */
    function button(sign, name, press) {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = sign;
      made.setAttribute("aria-label", name);
      made.addEventListener("click", () => {
        press();
        move(Number(input.value));
      });
      return made;
    }
  }

  /**
   * Show where the sliders stand, and where they stood.
   * @param {Settings} settings
   * @param {Settings | null} before
   */
  show(settings, before) {
    this.settings = settings;
    for (const { row, input, output, at, said } of this.sliders) {
      const value = at(settings);
      const was = before === null ? value : at(before);
      input.value = String(value);
      input.setAttribute("aria-valuetext", was === value ? said(value) : `${said(value)}, was ${said(was)}`);
      const now = document.createElement("b");
      now.textContent = said(value);
      const then = document.createElement("s");
      then.textContent = was === value ? "" : `${said(was)} → `;
      output.replaceChildren(then, now);
      row.classList.toggle("changed", was !== value);
    }
  }

  /** @param {number} k */
  focus(k) {
    this.sliders[k]?.input.focus();
  }
}
