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
 * How far the interval of a figure reaches; empty where there is none.
 * @param {string} name
 * @param {Quantity} quantity
 */
export function reach(name, { value, low, high }) {
  const far = Math.max(high - value, value - low);
  return Number.isFinite(far) ? `± ${written(name, far)}` : "";
}

/** @typedef {"kept" | "just kept" | "just broken" | "broken" | "unknown"} Verdict */

/**
 * How a promise went: "just" where the interval holds the promised value, or there is none.
 * @param {{at_most: boolean, value: number}} promise
 * @param {Quantity} quantity
 * @returns {Verdict}
 */
export function verdictOf({ at_most, value }, quantity) {
  if (!Number.isFinite(quantity.value)) return "unknown";
  const is_kept = at_most ? quantity.value <= value : quantity.value >= value;
  const is_sure = quantity.low > value || quantity.high < value;
  if (is_kept) return is_sure ? "kept" : "just kept";
  return is_sure ? "broken" : "just broken";
}

/** The worst comes last. @type {Verdict[]} */
export const WORSE = ["kept", "just kept", "unknown", "just broken", "broken"];

/** @type {Record<Verdict, string>} */
export const SAID = {
  kept: "promise kept",
  "just kept": "promise kept, but only just",
  "just broken": "promise broken, but only just",
  broken: "promise broken",
  unknown: "promise can't be judged",
};

/** @type {Record<Verdict, string>} */
export const MARKS = { kept: "✓", "just kept": "just ✓", "just broken": "just ✗", broken: "✗", unknown: "?" };

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
  const first = `${who}: ${written("missed_rate", missed)} missed`;
  if (worst === null) return `${first}.`;
  const said = SAID[worst.verdict];
  if (worst.name === "missed_rate") return `${first} ${DASH} ${said}.`;
  const value = written(worst.name, figures[worst.name].value);
  /** @type {Record<string, string>} */
  const clause = {
    service_level: `${value} accepted in time`,
    asa_s: `they wait ${value}`,
    response_s: `replies take ${value}`,
    attention: `attention used is ${value}`,
  };
  const but = worst.verdict === "kept" || worst.verdict === "just kept" ? "and" : "but";
  return `${first}, ${but} ${clause[worst.name]} ${DASH} ${said}.`;
}

/**
 * More or fewer missed chats a day, on the same customers; "no clear difference" where that is not sure.
 * @param {{value: number, low: number, high: number}} difference
 */
export function moreOrFewer({ value, low, high }) {
  if (!(low > 0 || high < 0)) return "no clear difference in missed chats";
  const by = `${plain(Math.abs(value))} ± ${plain(Math.max(high - value, value - low))}`;
  return `${by} ${value > 0 ? "more" : "fewer"} missed chats a day`;
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
