// When do they come? Arrival times of a queue, by inversion of its cumulated rate, as `sim/draws/arrivals.py` (R1).

import { gammaFactor } from "./laws.js";
import { Stream } from "./streams.js";

/** @typedef {import("./streams.js").Uniforms} Uniforms */

/**
 * Arrivals of a queue's usual customers, in order.
 * @param {import("./draws.js").QueueDemand} queue
 * @param {(name: number) => Uniforms} stream
 */
export function arrivalsOf(queue, stream) {
  if (queue.times_s !== null) return Float64Array.from(queue.times_s);
  const cumulated = cumulatedChats(queue, stream);
  const edges_s = queue.edges_s;
  const last = cumulated[cumulated.length - 1];
  const uniforms = stream(Stream.ARRIVAL);
  const arrival_s = [];
  let piece = 0;
  for (let clock = -Math.log(1 - uniforms.next()); clock < last; clock -= Math.log(1 - uniforms.next())) {
    while (cumulated[piece + 1] <= clock) piece++; // past pieces where nobody comes
    const share = (clock - cumulated[piece]) / (cumulated[piece + 1] - cumulated[piece]);
    arrival_s.push(edges_s[piece] + share * (edges_s[piece + 1] - edges_s[piece]));
  }
  return Float64Array.from(arrival_s);
}

/**
 * Chats expected up to each edge, busy and quiet days and intervals counted in.
 * @param {import("./draws.js").QueueDemand} queue
 * @param {(name: number) => Uniforms} stream
 */
function cumulatedChats(queue, stream) {
  const by_day = factorsOf(queue, queue.day, queue.busyness_cv, () => stream(Stream.DAY));
  const by_interval = factorsOf(queue, queue.interval, queue.interval_cv, () => stream(Stream.INTERVAL));
  const cumulated = new Float64Array(queue.expected.length + 1);
  for (let k = 0; k < queue.expected.length; k++) {
    const expected = queue.expected[k] * (by_day[queue.day[k]] ?? 1) * (by_interval[queue.interval[k]] ?? 1);
    cumulated[k + 1] = cumulated[k] + expected;
  }
  return cumulated;
}

/**
 * Busyness of each span, a day or an interval; none where all are alike, or nobody is expected.
 * @param {import("./draws.js").QueueDemand} queue
 * @param {ArrayLike<number>} spans
 * @param {number} cv
 * @param {() => Uniforms} stream
 * @returns {number[]}
 */
function factorsOf(queue, spans, cv, stream) {
  if (cv === 0) return [];
  const busy = new Set(Array.from(spans).filter((_, k) => queue.expected[k] > 0));
  const law = gammaFactor(cv);
  return Array.from(stream().take(spans[spans.length - 1] + 1), (u, span) => (busy.has(span) ? law(u) : 1));
}

/**
 * Arrivals in a burst: exactly so many, at drawn times (R38).
 * @param {{customers: number, start_s: number, end_s: number}} burst
 * @param {Uniforms} uniforms
 */
export function burstOf({ customers, start_s, end_s }, uniforms) {
  const latest_s = end_s * (1 - 2 ** -53);
  return uniforms
    .take(customers)
    .sort()
    .map((u) => Math.min(start_s + u * (end_s - start_s), latest_s));
}
