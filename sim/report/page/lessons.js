// What does a lesson show, step by step? The desk with less on it, a question, and what the trainer says.

import { LESSON_TEXTS } from "./lesson_texts.js";
import { clock, plain, short, THIN, written } from "./words.js";

/** @typedef {import("./model.js").Settings} Settings */
/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {Record<string, import("./figures.js").Quantity>} Figures */

/**
 * A step of a lesson.
 * @typedef {object} Step
 * @property {(desk: Desk, usual: Settings) => Partial<Settings>} [set] Settings, as a change of those as given.
 * @property {boolean} [guess] Whether the room guesses the share missed, before it is shown.
 * @property {boolean} [vote] Whether the room votes; figures are hidden meanwhile.
 * @property {string[]} sliders Which stay.
 * @property {string[]} figures Which stay.
 * @property {"agents" | "slots"} [over]
 * @property {"worst" | "incident"} [jump]
 * @property {number} [speed]
 */

/** The settings that a lesson is about. @type {Record<string, (desk: Desk, usual: Settings) => Partial<Settings>>} */
const CHANGES = {
  power_of_one: (_, { agents }) => ({ agents: agents.with(0, agents[0] - 1) }),
  pooling: ({ groups }, { agents }) => {
    const half = Math.max(groups[0].counts[0], Math.round(agents[0] / 2), 1);
    return { agents: agents.with(0, half), demand: half / agents[0] };
  },
  chats_at_once: ({ slots }) => ({ slots: slots > 4 ? -2 : 2 }),
  patience: () => ({ patience: 0.5 }),
  spike: () => ({ burst: true }),
  penalty: () => ({}),
};

const SEEN = ["missed_rate", "asa_s"];

/** @type {Record<string, Step[]>} */
export const LESSONS = {
  power_of_one: [
    { sliders: [], figures: SEEN, jump: "worst" },
    { set: CHANGES.power_of_one, guess: true, sliders: [], figures: SEEN },
    { set: CHANGES.power_of_one, sliders: [], figures: SEEN },
    { set: CHANGES.power_of_one, sliders: [], figures: SEEN, jump: "worst", speed: 10 },
    { set: () => ({ demand: 1.1 }), sliders: ["agents", "demand"], figures: [...SEEN, "hours"] },
  ],
  pooling: [
    { sliders: [], figures: SEEN },
    { set: CHANGES.pooling, guess: true, sliders: [], figures: [...SEEN, "attention"] },
    { set: CHANGES.pooling, sliders: [], figures: [...SEEN, "attention"] },
    { set: CHANGES.pooling, sliders: ["agents"], figures: [...SEEN, "attention", "hours"] },
  ],
  chats_at_once: [
    { sliders: [], figures: [...SEEN, "response_s"], jump: "worst", speed: 10 },
    { set: CHANGES.chats_at_once, vote: true, sliders: [], figures: [...SEEN, "response_s"], over: "slots" },
    { set: CHANGES.chats_at_once, sliders: [], figures: [...SEEN, "response_s"], over: "slots", jump: "worst", speed: 10 },
    { set: CHANGES.chats_at_once, sliders: ["slots"], figures: [...SEEN, "response_s"], over: "slots" },
  ],
  patience: [
    { sliders: [], figures: SEEN },
    { set: CHANGES.patience, guess: true, sliders: [], figures: SEEN },
    { set: CHANGES.patience, vote: true, sliders: [], figures: SEEN },
    { set: CHANGES.patience, sliders: ["patience"], figures: SEEN },
  ],
  spike: [
    { sliders: [], figures: SEEN },
    { set: CHANGES.spike, vote: true, sliders: [], figures: SEEN, jump: "incident" },
    { set: CHANGES.spike, sliders: [], figures: SEEN, jump: "incident", speed: 120 },
    { set: CHANGES.spike, sliders: ["agents"], figures: [...SEEN, "hours"] },
  ],
  penalty: [
    { sliders: [], figures: ["missed_rate"] },
    { vote: true, sliders: [], figures: ["missed_rate"] },
    { sliders: [], figures: ["missed_rate"] },
    { sliders: ["agents"], figures: ["missed_rate", "hours"] },
  ],
};

/**
 * What the words of a lesson are about.
 * @typedef {object} Facts
 * @property {Desk} desk
 * @property {Settings} settings
 * @property {Settings} usual
 * @property {Figures} now
 * @property {Figures} before As given.
 * @property {[number, number][]} missed Of each day: missed and offered.
 * @property {number | null} promised Share missed, at most.
 * @property {number} began_s
 * @property {number | null} over_s When nobody waited again after an incident, on the day that is shown.
 */

/**
 * The values of a lesson's words.
 * @param {Facts} facts
 */
export function valuesOf({ desk, settings, usual, now, before, missed, promised, began_s, over_s }) {
  const n_broken = promised === null ? 0 : missed.filter(([above, below]) => above / below > promised).length;
  return {
    n: String(settings.agents[0]),
    usual: String(usual.agents[0]),
    slots: String(desk.slots + settings.slots),
    usual_slots: String(desk.slots),
    percent: `${short(100 * settings.demand)}${THIN}%`,
    missed: written("missed_rate", now.missed_rate.value),
    before: written("missed_rate", before.missed_rate.value),
    wait: written("asa_s", now.asa_s.value),
    wait_before: written("asa_s", before.asa_s.value),
    reply: written("response_s", now.response_s.value),
    reply_before: written("response_s", before.response_s.value),
    attention: written("attention", now.attention.value),
    attention_before: written("attention", before.attention.value),
    times: timesOf(now.missed_rate, before.missed_rate),
    promise: promised === null ? "–" : written("missed_rate", promised),
    broken: String(n_broken),
    days: String(missed.length),
    began: clock(began_s),
    over: over_s === null ? "–" : clock(over_s),
    minutes: over_s === null ? "–" : String(Math.floor(over_s / 60) - Math.floor(began_s / 60)),
  };
}

/**
 * How many times as many, in halves; below one and a half in tenths.
 * @param {import("./figures.js").Quantity} now
 * @param {import("./figures.js").Quantity} before
 */
function timesOf(now, before) {
  const ratio = now.value / before.value;
  if (!(ratio >= 1.5)) return plain(ratio);
  return (Math.round(2 * ratio) / 2).toFixed(1).replace(".0", "").replace(".5", "½");
}

/** A lesson that is given: where it stands, what the room votes. */
export class Lesson {
  /**
   * @param {string} name
   * @param {() => import("./texts.js").Language} language that is spoken
   */
  constructor(name, language) {
    this.name = name;
    this.steps = LESSONS[name];
    this.k = 0;
    /** @type {number[]} */
    this.votes = [];
    this.language = language;
  }

  texts() {
    return LESSON_TEXTS[this.language()][this.name];
  }

  /** The last one is the debrief. */
  get n_steps() {
    return this.steps.length + 1;
  }

  get is_debrief() {
    return this.k === this.steps.length;
  }

  /** @returns {Step} */
  get step() {
    return this.steps[Math.min(this.k, this.steps.length - 1)];
  }

  /**
   * The line of this step.
   * @param {Record<string, string>} values
   */
  line(values) {
    return filled(this.texts().lines[this.k] ?? this.texts().home, values);
  }

  /** What the trainer says at this step. @param {Record<string, string>} values */
  note(values) {
    return filled(this.texts().notes[this.k] ?? "", values);
  }

  /** What may be voted for. */
  choices() {
    return this.step.vote && !this.is_debrief ? this.texts().votes : [];
  }

  /** @param {number} by */
  go(by) {
    this.k = Math.min(Math.max(this.k + by, 0), this.n_steps - 1);
    this.votes = this.choices().map(() => 0);
  }
}

/**
 * @param {string} text
 * @param {Record<string, string>} values
 */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "–");
