// Where do the sliders stand? A native range each, with − and +, and the value before.

import { say, short, THIN, titleOf, UNITS, written } from "./words.js";

/** @typedef {import("./model.js").Settings} Settings */

/**
 * @typedef {object} Slider
 * @property {string} key What it moves: a setting, or "promise".
 * @property {string} title
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
    this.build();
  }

  /** Every slider, in the language that is spoken. */
  build() {
    const { desk } = this;
    this.room.replaceChildren();
    this.sliders = [];
    this.head("customers");
    if (desk.demand.queues.every((queue) => queue.times_s === null)) {
      this.factor(say("demand"), "demand", 50, 200, 5, 100, (percent) => `${percent}${THIN}%`);
    }
    if (desk.patience_s > 0) this.scaled(say("patience"), "patience", desk.patience_s);
    this.head("team_head");
    desk.groups.forEach((group, g) => this.agents(group, g, desk.groups.length > 1));
    if (desk.slots > 0) this.slots();
    if (desk.reply_s > 0) this.scaled(say("reply_takes"), "reply", desk.reply_s);
    if (this.promised.length > 0) this.head("promise_head");
    this.promised.forEach((promise) => this.promise(promise));
  }

  promises() {
    return this.promised;
  }

  /** Promises as they were given. */
  asGiven() {
    this.promised.forEach((promise, k) => Object.assign(promise, this.desk.promises[k]));
  }

  /** @param {import("./texts.js").Key} key */
  head(key) {
    const head = document.createElement("h2");
    head.textContent = say(key);
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
    this.add(key, title, low, high, step, said, (settings) => Math.round(settings[key] * usual * 1e6) / 1e6, (value) => this.move({ [key]: value / usual }, 0));
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
    this.factor(title, key, offset, offset + Math.round((3 * usual_s) / step) * step, step, usual_s, (value) => `${short(value)}${THIN}s`);
  }

  /**
   * @param {{name: string, counts: number[]}} group
   * @param {number} g
   * @param {boolean} is_named
   */
  agents({ name, counts }, g, is_named) {
    const [low, high] = [counts[0], counts[counts.length - 1]];
    const move = (/** @type {number} */ value) => this.move({ agents: this.settings.agents.with(g, value) }, g);
    this.add("agents", is_named ? say("agents_of", { group: name }) : say("agents"), low, high, 1, String, ({ agents }) => agents[g], move);
  }

  slots() {
    const usual = this.desk.slots;
    this.add("slots", say("slots"), 1, 6, 1, String, ({ slots }) => usual + slots, (value) => this.move({ slots: value - usual }, 0));
  }

  /** @param {{name: string, at_most: boolean, value: number}} promise */
  promise(promise) {
    const is_share = UNITS[promise.name] === "share";
    const scale = is_share ? 100 : 1;
    const given = promise.value * scale;
    const high = is_share ? (promise.at_most ? Math.max(20, 2 * given) : 100) : 3 * given;
    const step = promise.at_most && is_share ? 0.5 : is_share ? 1 : Math.max(1, Math.round(given / 20));
    const title = say(promise.at_most ? "at_most" : "at_least", { title: titleOf(promise.name) });
    const move = (/** @type {number} */ value) => {
      promise.value = value / scale;
      this.move({}, 0);
    };
    this.add("promise", title, promise.at_most ? step : given % step, high, step, (value) => written(promise.name, value / scale), () => Math.round(promise.value * scale * 1e6) / 1e6, move);
  }

  /**
   * @param {string} key
   * @param {string} title
   * @param {number} low
   * @param {number} high
   * @param {number} step
   * @param {(value: number) => string} said
   * @param {(settings: Settings) => number} at
   * @param {(value: number) => void} move
   */
  add(key, title, low, high, step, said, at, move) {
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
    line.append(button("−", say("less", { title }), () => input.stepDown()), input, button("+", say("more", { title }), () => input.stepUp()));
    row.append(label, line);
    this.room.append(row);
    input.addEventListener("input", () => move(Number(input.value)));
    this.sliders.push({ key, title, row, input, output, at, said });

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
      input.setAttribute("aria-valuetext", was === value ? said(value) : say("was", { now: said(value), then: said(was) }));
      const now = document.createElement("b");
      now.textContent = said(value);
      const then = document.createElement("s");
      then.textContent = was === value ? "" : `${said(was)} → `;
      output.replaceChildren(then, now);
      row.classList.toggle("changed", was !== value);
    }
  }

  /**
   * What was moved, in words.
   * @param {Settings} settings
   * @param {Settings} before
   */
  changes(settings, before) {
    const moved = this.sliders.filter(({ at }) => at(settings) !== at(before));
    return moved.map(({ title, at, said }) => say("instead", { title, now: said(at(settings)), then: said(at(before)) }));
  }

  /**
   * Only these sliders, or all of them.
   * @param {string[] | null} keys
   */
  only(keys) {
    for (const { key, row } of this.sliders) row.hidden = keys !== null && !keys.includes(key);
    this.room.hidden = keys !== null && keys.length === 0;
    for (const head of Array.from(this.room.querySelectorAll("h2"))) head.hidden = keys !== null;
  }

  /** @param {number} k */
  focus(k) {
    this.sliders[k]?.input.focus();
  }
}
