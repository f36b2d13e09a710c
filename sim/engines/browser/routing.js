// Who takes an arriving chat? The routing policies (R6, R7).

import { NONE } from "./rules.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * Whether an agent is on duty with a free slot (R6).
 * @param {Centre} c
 * @param {number} agent
 */
export function mayTake(c, agent) {
  return c.agents.on_duty[agent] === 1 && c.agents.n_open[agent] < c.agents.slots[agent];
}

/**
 * The agent who takes an arriving chat; NONE if nobody may (R7, R37).
 * @param {Centre} c
 * @param {number} row
 */
export function route(c, row) {
  if (c.is_down) return NONE;
  const q = c.chats.queue[row];
  for (const tier of c.groups.tiers[q]) {
    const agent = choose(c, tier, row, q);
    if (agent !== NONE) return agent;
  }
  return NONE;
}

/**
 * Choose among the agents of a tier, who stand in order of number, by the policy.
 * @param {Centre} c
 * @param {Int32Array} tier
 * @param {number} row
 * @param {number} q
 */
function choose(c, tier, row, q) {
  if (c.policy === "random") return inPlace(c, tier, c.chats.route_u[row]);
  if (c.policy === "round_robin") {
    const agent = inTurn(c, tier, c.queues.chosen_last[q]);
    if (agent !== NONE) c.queues.chosen_last[q] = agent;
    return agent;
  }
  let best = NONE;
  for (const agent of tier) {
    if (mayTake(c, agent) && (best === NONE || comesBefore(c, agent, best))) best = agent;
  }
  return best;
}

/**
 * Whether the policy puts an agent before another of a lower number.
 * @param {Centre} c
 * @param {number} agent
 * @param {number} other
 */
function comesBefore(c, agent, other) {
  const more = c.agents.n_open[agent] - c.agents.n_open[other];
  if (c.policy !== "longest_idle" && more !== 0) return c.policy === "least_loaded" ? more < 0 : more > 0;
  return c.agents.idle_since[agent] < c.agents.idle_since[other];
}

/**
 * The free agent in place floor(u × how many there are).
 * @param {Centre} c
 * @param {Int32Array} tier
 * @param {number} u
 */
function inPlace(c, tier, u) {
  const free = tier.filter((agent) => mayTake(c, agent));
  return free.length === 0 ? NONE : free[Math.floor(u * free.length)];
}

/**
 * The next free agent after the one chosen last, beginning again at the lowest number.
 * @param {Centre} c
 * @param {Int32Array} tier
 * @param {number} last
 */
function inTurn(c, tier, last) {
  let lowest = NONE;
  for (const agent of tier) {
    if (!mayTake(c, agent)) continue;
    if (agent > last) return agent;
    if (lowest === NONE) lowest = agent;
  }
  return lowest;
}
