// What does the page say? Numbers and sentences.

/** @typedef {import("./figures.js").Quantity} Quantity */

export const THIN = "\u202f";
const MINUS = "\u2212";
const DASH = "\u2013";

/** How a figure is called, written and scaled. @type {Record<string, {title: string, unit: "share" | "s"}>} */
export const TITLES = {
  missed_rate: { title: "Missed", unit: "share" },
  service_level: { title: "Accepted in time", unit: "share" },
  asa_s: { title: "Wait, mean", unit: "s" },
  response_s: { title: "Reply in chat", unit: "s" },
  attention: { title: "Attention used", unit: "share" },
};

/**
 * A number: one decimal below 10, above none.
 * @param {number} value
 */
export function plain(value) {
  if (!Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  const text = size < 9.95 ? size.toFixed(1) : Math.round(size).toLocaleString("en");
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/**
 * A figure with its unit.
 * @param {string} name
 * @param {number} value
 */
export function written(name, value) {
  const { unit } = TITLES[name];
  if (!Number.isFinite(value)) return DASH;
  return unit === "share" ? `${plain(100 * value)}${THIN}%` : `${plain(value)}${THIN}s`;
}

/**
 * The interval of a figure, within what it can be; empty where there is none.
 * @param {string} name
 * @param {Quantity} quantity
 */
export function interval(name, { low, high }) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "";
  const most = TITLES[name].unit === "share" ? 1 : Infinity;
  return between(written(name, Math.max(low, 0)), written(name, Math.min(high, most)));
}

/**
 * From one number to another; the unit stands once.
 * @param {string} low
 * @param {string} high
 */
const between = (low, high) => `${low.split(THIN)[0]} … ${high}`;

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
  const [low, high] = certain(quantity, TITLES[name].unit);
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
export const SAID = {
  kept: "promise kept",
  "maybe kept": "promise kept, but not for sure",
  "maybe broken": "promise broken, but not for sure",
  broken: "promise broken",
  unknown: "promise can't be judged",
};

/** @type {Record<Verdict, string>} */
export const MARKS = { kept: "✓", "maybe kept": "(✓)", "maybe broken": "(✗)", broken: "✗", unknown: "?" };

/**
 * What a figure comes to, in words.
 * @param {string} name
 * @param {number} value
 */
export function clause(name, value) {
  const said = written(name, value);
  /** @type {Record<string, string>} */
  const clauses = {
    missed_rate: `${said} missed`,
    service_level: `${said} accepted in time`,
    asa_s: `they wait ${said}`,
    response_s: `replies take ${said}`,
    attention: `attention used is ${said}`,
  };
  return clauses[name];
}

/**
 * The answer, in a sentence.
 * @param {string} team
 * @param {string[]} incidents
 * @param {Record<string, Quantity>} figures
 * @param {{name: string, verdict: Verdict} | null} worst
 */
export function answer(team, incidents, figures, worst) {
  const who = [team, ...incidents].join(", ");
  const missed = figures.missed_rate.value;
  if (!Number.isFinite(missed)) return `${who}: no customers, nothing to miss.`;
  const first = `${who}: ${clause("missed_rate", missed)}`;
  if (worst === null) return `${first}.`;
  const said = SAID[worst.verdict];
  if (worst.name === "missed_rate") return `${first} ${DASH} ${said}.`;
  const but = worst.verdict.endsWith("kept") ? "and" : "but";
  return `${first}, ${but} ${clause(worst.name, figures[worst.name].value)} ${DASH} ${said}.`;
}

/**
 * More or fewer missed chats a day, on the same customers; "no clear difference" where that is not sure.
 * @param {{value: number, low: number, high: number}} difference
 */
export function moreOrFewer({ value, low, high }) {
  if (!(low > 0 || high < 0)) return "no clear difference in missed chats";
  const [least, most] = value > 0 ? [low, high] : [-high, -low];
  return `${plain(Math.abs(value))} ${value > 0 ? "more" : "fewer"} missed chats a day (${between(plain(least), plain(most))})`;
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

/**
 * @param {number} n
 * @param {string} word
 */
export const counted = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
