// What does the page say? Numbers and sentences, in the language that is spoken.

import { LANGUAGES, TEXTS } from "./texts.js";

/** @typedef {import("./figures.js").Quantity} Quantity */
/** @typedef {import("./texts.js").Language} Language */
/** @typedef {import("./texts.js").Key} Key */

export const THIN = "\u202f";
const MINUS = "\u2212";
const DASH = "\u2013";

/** What is spoken, by its place in the table, and how its numbers are written. */
let place = 0;
/** @type {(n: number) => boolean} */
let is_one = (n) => n === 1;
let decimal = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
let whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/**
 * From now on, all is said in this language.
 * @param {Language} language
 */
export function speak(language) {
  place = Object.keys(LANGUAGES).indexOf(language);
  const rules = new Intl.PluralRules(language);
  is_one = (n) => rules.select(n) === "one";
  decimal = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
}

/**
 * A text with its values; with a count `n`, in the form for it.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const forms = TEXTS[key][place].split("|");
  const form = forms.length > 1 && !is_one(Number(values.n)) ? forms[1] : forms[0];
  return form.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** How a figure is scaled. @type {Record<string, "share" | "s">} */
export const UNITS = { missed_rate: "share", service_level: "share", asa_s: "s", response_s: "s", attention: "share" };

/**
 * What a figure is called.
 * @param {string} name
 */
export const titleOf = (name) => say(/** @type {Key} */ (name));

/**
 * A number: one decimal below 10, above none.
 * @param {number} value
 */
export function plain(value) {
  if (!Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  const is_small = size < 9.95;
  const text = is_small ? decimal.format(size) : whole.format(Math.round(size));
  const is_zero = is_small ? size < 0.05 : false;
  return value < 0 && !is_zero ? MINUS + text : text;
}

/**
 * A number without a decimal that says nothing: 8, not 8.0.
 * @param {number} value
 */
export const short = (value) => (Number.isInteger(Math.round(value * 10) / 10) ? whole.format(Math.round(value)) : plain(value));

/**
 * A figure without its unit.
 * @param {string} name
 * @param {number} value
 */
export const bare = (name, value) => plain(UNITS[name] === "share" ? 100 * value : value);

/**
 * A figure with its unit.
 * @param {string} name
 * @param {number} value
 */
export function written(name, value) {
  if (!Number.isFinite(value)) return DASH;
  return `${bare(name, value)}${THIN}${UNITS[name] === "share" ? "%" : "s"}`;
}

/**
 * The interval of a figure, within what it can be; empty where there is none.
 * @param {string} name
 * @param {Quantity} quantity
 */
export function interval(name, { low, high }) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "";
  const most = UNITS[name] === "share" ? 1 : Infinity;
  return `${bare(name, Math.max(low, 0))} … ${written(name, Math.min(high, most))}`;
}

/** @typedef {"kept" | "maybe kept" | "maybe broken" | "broken" | "unknown"} Verdict */

/**
 * How a promise went, by the rule of `sim run`: for sure, or "maybe" where the interval holds the promised value,
 * or too few days carry the figure.
 * @param {{name: string, at_most: boolean, value: number}} promise
 * @param {Quantity} quantity
 * @returns {Verdict}
 */
export function verdictOf({ name, at_most, value }, quantity) {
  if (!Number.isFinite(quantity.value)) return "unknown";
  const is_kept = at_most ? quantity.value <= value : quantity.value >= value;
  const [low, high] = certain(quantity, UNITS[name]);
  const is_sure = low > value || high < value;
  if (is_kept) return is_sure ? "kept" : "maybe kept";
  return is_sure ? "broken" : "maybe broken";
}

/**
 * Ends within which a figure is, for sure; NaN where that is not known. A kind of day that was not seen moves a share
 * by no more than its own share of days.
 * @param {Quantity} quantity
 * @param {"share" | "s"} unit
 */
function certain({ value, low, high, p10, p90, unseen }, unit) {
  const is_alike = Number.isNaN(low) && Math.abs(p90 - p10) <= 1e-9 * Math.abs(p90);
  const ends = unseen > 0 && is_alike ? [value, value] : [low, high];
  if (unseen > 0 && unit !== "share") return [NaN, NaN];
  return [ends[0] - unseen, ends[1] + unseen];
}

/** The worst comes last. @type {Verdict[]} */
export const WORSE = ["kept", "maybe kept", "unknown", "maybe broken", "broken"];

/** @type {Record<Verdict, string>} */
export const MARKS = { kept: "✓", "maybe kept": "(✓)", "maybe broken": "(✗)", broken: "✗", unknown: "?" };

/**
 * What a figure comes to, in words.
 * @param {string} name
 * @param {number} value
 */
export const clause = (name, value) => say(/** @type {Key} */ (`is_${name}`), { value: written(name, value) });

/**
 * The answer, in a sentence.
 * @param {string} team
 * @param {string[]} incidents
 * @param {Record<string, Quantity>} figures
 * @param {{name: string, verdict: Verdict} | null} worst
 */
export function answer(team, incidents, figures, worst) {
  const who = [team, ...incidents].join(", ");
  const value = figures.missed_rate.value;
  if (!Number.isFinite(value)) return say("no_customers", { who });
  const missed = clause("missed_rate", value);
  if (worst === null) return say("answer", { who, missed });
  const verdict = say(worst.verdict);
  if (worst.name === "missed_rate") return say("answer_judged", { who, missed, verdict });
  const joined = worst.verdict.endsWith("kept") ? "answer_and" : "answer_but";
  return say(joined, { who, missed, verdict, clause: clause(worst.name, figures[worst.name].value) });
}

/**
 * More or fewer missed chats a day, on the same customers; "no clear difference" where that is not sure.
 * @param {{value: number, low: number, high: number}} difference
 */
export function moreOrFewer({ value, low, high }) {
  if (!(low > 0 || high < 0)) return say("no_difference");
  const [least, most] = value > 0 ? [low, high] : [-high, -low];
  return say(value > 0 ? "more_missed" : "fewer_missed", { value: plain(Math.abs(value)), range: `${plain(least)} … ${plain(most)}` });
}

/**
 * A time of the day.
 * @param {number} time_s
 */
export function clock(time_s) {
  const minutes = Math.floor(time_s / 60);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}
