// How does shared work go on? Service by work: clocks, and the chat that will be done first (R17).

import { endOf, stoodStill } from "./pace.js";
import { NONE, Order } from "./rules.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * Bring an agent's clocks to now, before the number of their chats changes.
 * @param {Centre} c
 * @param {number} agent
 * @param {number} now
 */
export function advance(c, agent, now) {
  const n_open = c.agents.n_open[agent];
  if (n_open > 0) {
    const still_s = c.stops ? stoodStill(c, c.agents.since_s[agent], now) : 0;
    const clocks = c.agents.clock_s[agent];
    for (const q of c.groups.skills[c.agents.group[agent]]) {
      clocks[q] += (now - c.agents.since_s[agent] - still_s) * c.queues.speed[q][n_open];
    }
  }
  c.agents.since_s[agent] = now;
}

/**
 * Announce which of an agent's chats will be done first; what was announced before is void.
 * @param {Centre} c
 * @param {number} agent
 * @param {number} now
 */
export function announceFinish(c, agent, now) {
  let first = NONE;
  let first_s = Infinity;
  for (const row of c.agents.work[agent]) {
    const q = c.chats.queue[row];
    const rest_s = Math.max(0, c.chats.mark_s[row] - c.agents.clock_s[agent][q]);
    const time_s = endOf(c, now, rest_s / c.queues.speed[q][c.agents.n_open[agent]]);
    if (time_s < first_s || (time_s === first_s && row < first)) {
      first = row;
      first_s = time_s;
    }
  }
  c.agents.next_finish[agent] = first;
  c.agents.next_finish_s[agent] = first_s;
  if (first !== NONE) c.heap.push(first_s, Order.FINISH, first);
}

/**
 * Take a chat whose work is done out of its agent's work.
 * @param {Centre} c
 * @param {number} agent
 * @param {number} row
 * @param {number} now
 */
export function endWork(c, agent, row, now) {
  advance(c, agent, now);
  c.agents.work[agent].splice(c.agents.work[agent].indexOf(row), 1);
  announceFinish(c, agent, now);
}
