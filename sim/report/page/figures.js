// What do the simulated days come to? The key figures of the page, defined as in `sim/kpis`: ratios of sums over all
// days, with the 95 % interval of `sim/kpis/intervals.py` (Hall 1992; Willink 2005).

import { Outcome } from "../../engines/browser/rules.js";

/** Figures that the page shows and judges: each a ratio. */
export const FIGURES = Object.freeze(["missed_rate", "service_level", "asa_s", "response_s", "attention"]);

/** @typedef {"missed_rate" | "service_level" | "asa_s" | "response_s" | "attention"} Figure */
/** @typedef {Record<string, [number, number]>} Sums Above and below the line. */
/**
 * @typedef {object} Quantity NaN where unknown.
 * @property {number} value
 * @property {number} low
 * @property {number} high
 * @property {number} p10
 * @property {number} p90
 * @property {number} unseen Where fewer than `FEW` days carry the figure: share of days that may be of a kind not seen.
 */
/** As in `sim.kpis.intervals`. */
const FEW = 5;

/**
 * @typedef {object} Rules
 * @property {number} warm_up_s
 * @property {number} horizon_s
 * @property {number[]} threshold_s Of each queue.
 * @property {number[]} short_s Of each queue.
 */

/** @typedef {ReturnType<typeof import("../../engines/browser/engine.js").simulate>} Columns */

/**
 * Sums of one day, or replication.
 * @param {import("../../engines/browser/plan.js").Plan} plan
 * @param {Rules} rules
 * @param {import("../../engines/browser/plan.js").Draws} draws
 * @param {import("../../engines/browser/plan.js").Team} team
 * @param {Columns} log
 * @returns {Sums}
 */
export function sumsOf(plan, rules, draws, team, log) {
  let [offered, missed, in_time, in_earnest, accepted, wait_s] = [0, 0, 0, 0, 0, 0];
  let [replies, response_s, composing_s] = [0, 0, 0];
  for (let row = 0; row < log.arrival_s.length; row++) {
    if (!(log.arrival_s[row] >= rules.warm_up_s)) continue; // a reserved attempt that did not happen has none
    const q = draws.queue[row];
    const outcome = log.outcome[row];
    const talk = talked(draws, log, row, leftOf(log, row));
    composing_s += talk.composing_s;
    if (outcome === Outcome.OFFLINE) continue;
    offered++;
    replies += talk.replies;
    response_s += talk.response_s;
    const has_agent = log.agent[row] >= 0;
    if (!isAnswered(plan, draws, log, row, talk.replies)) missed++;
    const is_silent = outcome === Outcome.SILENT;
    if (has_agent && !is_silent) {
      accepted++;
      wait_s += log.accepted_s[row] - log.arrival_s[row];
    }
    if (outcome === Outcome.BLOCKED) continue;
    const until_s = has_agent ? log.accepted_s[row] : log.ended_s[row];
    const customer_s = (is_silent ? log.gone_s[row] : until_s) - log.arrival_s[row];
    const gave_up = is_silent || outcome === Outcome.ABANDONED;
    if (has_agent && !is_silent && customer_s <= rules.threshold_s[q]) in_time++;
    if (!(gave_up && customer_s <= rules.short_s[q])) in_earnest++;
  }
  return {
    missed_rate: [missed, offered],
    service_level: [in_time, in_earnest],
    asa_s: [wait_s, accepted],
    response_s: [response_s, replies],
    attention: attended(plan, rules, draws, team, log),
  };
}

/**
 * Whether the customer of a chat got an answer.
 * @param {import("../../engines/browser/plan.js").Plan} plan
 * @param {import("../../engines/browser/plan.js").Draws} draws
 * @param {Columns} log
 * @param {number} row
 * @param {number} replies
 */
function isAnswered(plan, draws, log, row, replies) {
  if (plan.queues[draws.queue[row]].by_turns) return replies > 0;
  return log.agent[row] >= 0 && log.outcome[row] !== Outcome.SILENT;
}

/**
 * Missed and offered chats of a day, by when they arrived: in n intervals of a width.
 * @param {{plan: import("../../engines/browser/plan.js").Plan, draws: import("../../engines/browser/plan.js").Draws, log: Columns}} day
 * @param {Rules} rules
 * @param {number} first_s
 * @param {number} width_s
 * @param {number} n
 * @returns {[number, number][]}
 */
export function missedBetween({ plan, draws, log }, rules, first_s, width_s, n) {
  /** @type {[number, number][]} */
  const sums = Array.from({ length: n }, () => [0, 0]);
  for (let row = 0; row < log.arrival_s.length; row++) {
    const k = Math.floor((log.arrival_s[row] - first_s) / width_s);
    if (!(log.arrival_s[row] >= rules.warm_up_s) || !(k in sums) || log.outcome[row] === Outcome.OFFLINE) continue;
    const { replies } = talked(draws, log, row, leftOf(log, row));
    sums[k][1]++;
    if (!isAnswered(plan, draws, log, row, replies)) sums[k][0]++;
  }
  return sums;
}

/**
 * When the customer of a chat left that went on without them; NaN where they did not.
 * @param {Columns} log
 * @param {number} row
 */
function leftOf(log, row) {
  return log.outcome[row] === Outcome.LEFT && Number.isNaN(log.gone_s[row]) ? log.ended_s[row] : log.gone_s[row];
}

/**
 * Replies that the customer of a chat got, and how long they waited for them.
 * @param {import("../../engines/browser/plan.js").Draws} draws
 * @param {Columns} log
 * @param {number} row
 * @param {number} left_s
 */
function talked(draws, log, row, left_s) {
  const end = draws.turn_offset[row + 1];
  let [replies, response_s, composing_s] = [0, 0, 0];
  for (let turn = draws.turn_offset[row]; turn < end; turn++) {
    if (Number.isNaN(log.message_s[turn]) || Number.isNaN(log.reply_s[turn])) break;
    composing_s += log.reply_s[turn] - log.start_s[turn];
    const is_last = turn + 1 === end || Number.isNaN(log.message_s[turn + 1]);
    if (!Number.isNaN(left_s) && is_last) break; // to nobody
    replies++;
    response_s += log.reply_s[turn] - log.message_s[turn];
  }
  return { replies, response_s, composing_s };
}

/**
 * Time composing or wrapping up with attention, and time on duty of who serves by turns, in the measured days.
 * @param {import("../../engines/browser/plan.js").Plan} plan
 * @param {Rules} rules
 * @param {import("../../engines/browser/plan.js").Draws} draws
 * @param {import("../../engines/browser/plan.js").Team} team
 * @param {Columns} log
 * @returns {[number, number]}
 */
function attended(plan, rules, draws, team, log) {
  /** @param {number} from_s @param {number} to_s */
  const within = (from_s, to_s) =>
    Math.max(0, Math.min(to_s, rules.horizon_s) - Math.max(from_s, rules.warm_up_s));
  let [attention_s, duty_s] = [0, 0];
  for (let row = 0; row < log.arrival_s.length; row++) {
    if (log.agent[row] < 0) continue;
    const end = draws.turn_offset[row + 1];
    for (let turn = draws.turn_offset[row]; turn < end && !Number.isNaN(log.start_s[turn]); turn++) {
      attention_s += within(log.start_s[turn], log.reply_s[turn]);
    }
    if (plan.queues[draws.queue[row]].wrap_up_attention && log.outcome[row] === Outcome.SERVED) {
      attention_s += within(log.ended_s[row], log.released_s[row]);
    }
  }
  for (let span = 0; span < team.agent.length; span++) {
    const group = plan.groups[team.group[team.agent[span]]];
    if (plan.queues[group.skills[0]].by_turns) duty_s += within(team.on_s[span], log.out_s[span]);
  }
  return [attention_s, duty_s];
}

/**
 * A figure over days, by its sums of each.
 * @param {[number, number][]} days
 * @param {number} t quantile of Student's t for as many days
 * @returns {Quantity}
 */
export function quantityOf(days, t) {
  const [top, bottom] = days.reduce(([a, b], [top, bottom]) => [a + top, b + bottom], [0, 0]);
  const value = bottom > 0 ? top / bottom : NaN;
  const mean = bottom / days.length;
  const said = days.map(([top, bottom]) => value + (top - value * bottom) / mean);
  const own = days.filter(([, bottom]) => bottom > 0).map(([top, bottom]) => top / bottom);
  own.sort((a, b) => a - b);
  const [low, high] = ends(said, t);
  const unseen = carriers(own) < FEW ? 1 - 0.05 ** (1 / days.length) : 0;
  return { value, low, high, p10: quantile(own, 0.1), p90: quantile(own, 0.9), unseen };
}

/**
 * Days that differ from the commonest value.
 * @param {number[]} sorted
 */
function carriers(sorted) {
  const near = 1e-12 * Math.max(...sorted.map(Math.abs));
  let [alike, most] = [0, 0];
  sorted.forEach((each, day) => {
    alike = day > 0 && each - sorted[day - 1] <= near ? alike + 1 : 1;
    most = Math.max(most, alike);
  });
  return sorted.length - (most > 1 ? most : 0);
}

/**
 * The difference between two figures on the same days: its value and its 95 % interval.
 * @param {[number, number][]} now
 * @param {[number, number][]} before
 * @param {number} t
 */
export function differenceOf(now, before, t) {
  const said = now.map(([top], day) => top - before[day][0]);
  const value = said.reduce((sum, each) => sum + each, 0) / said.length;
  const [low, high] = ends(said, t);
  return { value, low, high };
}

/**
 * Ends of the 95 % interval of the mean of what days say; NaN where nothing varies.
 * @param {number[]} said
 * @param {number} t
 */
function ends(said, t) {
  const n = said.length;
  const mean = said.reduce((sum, each) => sum + each, 0) / n;
  const off = said.map((each) => each - mean);
  const widest = Math.max(...off.map(Math.abs));
  if (!(widest > 1e-12 * Math.max(...said.map(Math.abs))) || n < 3) return [NaN, NaN];
  const variance = off.reduce((sum, each) => sum + (each / widest) ** 2, 0) / (n - 1);
  const third = (n * off.reduce((sum, each) => sum + (each / widest) ** 3, 0)) / ((n - 1) * (n - 2));
  const error = Math.sqrt(variance / n) * widest;
  const lean = third / (6 * Math.sqrt(n) * variance ** 1.5);
  return [mean - bent(t, lean) * error, mean - bent(-t, lean) * error];
}

/**
 * A quantile with the skewness put back: the inverse of Hall's cubic.
 * @param {number} t
 * @param {number} lean
 */
function bent(t, lean) {
  return Math.abs(lean) > 1e-6 ? (Math.cbrt(1 + 6 * lean * (t - lean)) - 1) / (2 * lean) : t;
}

/**
 * @param {number[]} sorted
 * @param {number} share
 */
function quantile(sorted, share) {
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
