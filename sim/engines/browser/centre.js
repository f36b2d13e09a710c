// What does the engine read and write? The state of a centre in one run, in columns.

import { Heap } from "./heap.js";
import { NONE, Outcome, UNANSWERED } from "./rules.js";

/** Where a chat's customer is: here, gone without a signal (R20, R22), or with one during their reply (R21). */
export const HERE = 0;
export const GONE = 1;
export const LEFT_ALREADY = 2;

/**
 * Doubles to read; not copied where they are doubles already.
 * @param {ArrayLike<number>} values
 */
const floats = (values) => (values instanceof Float64Array ? values : Float64Array.from(values));
/** @param {number} n */
const unknown = (n) => new Float64Array(n).fill(NaN);
/** @param {number} n */
const none = (n) => new Int32Array(n).fill(NONE);
/** @param {ArrayLike<boolean | number>} values */
const flags = (values) => Uint8Array.from(values, Number);

/**
 * All that a run reads and writes.
 * @typedef {ReturnType<typeof centreOf>} Centre
 */

/**
 * The centre as it is before anything has happened.
 * @param {import("./plan.js").Plan} plan
 * @param {import("./plan.js").Team} team
 * @param {import("./plan.js").Draws} draws
 */
export function centreOf(plan, team, draws) {
  const slows = plan.slowdowns.length > 0;
  return {
    chats: chatsOf(draws),
    turns: turnsOf(draws),
    agents: agentsOf(team, plan.queues.length),
    queues: queuesOf(plan),
    groups: groupsOf(plan, team),
    plan,
    policy: plan.policy,
    accept_s: plan.accept_s,
    deliver_s: plan.deliver_s,
    heap: new Heap(1024 + 16 * team.group.length),
    /** The first opening that has not ended. */
    opening: 0,
    is_down: false,
    outages: plan.outages,
    slowdowns: plan.slowdowns,
    stops: plan.outages.length > 0,
    /** Whether agents differ in speed, or the system is slow at times. */
    differs: slows || Array.from(team.speed).some((days) => Array.from(days).some((speed) => speed !== 1)),
  };
}

/** @param {import("./plan.js").Draws} draws */
function chatsOf(draws) {
  const n = draws.arrival_s.length;
  return {
    n_customers: draws.n_customers,
    queue: Int32Array.from(draws.queue),
    patience_s: floats(draws.patience_s),
    work_s: floats(draws.work_s),
    wrap_up_s: floats(draws.wrap_up_s),
    route_u: floats(draws.route_u),
    silent: flags(draws.silent),
    detect_s: floats(draws.detect_s),
    balk_u: floats(draws.balk_u),
    resolve_u: floats(draws.resolve_u),
    chains: draws.chains,
    arrival_s: Float64Array.from(draws.arrival_s),
    outcome: new Int32Array(n).fill(Outcome.UNFINISHED),
    agent: none(n),
    queued: new Uint8Array(n),
    waiting: new Uint8Array(n),
    /** On its way to its agent (R40). */
    coming: new Uint8Array(n),
    accepted_s: unknown(n),
    ended_s: unknown(n),
    released_s: unknown(n),
    gone_s: unknown(n),
    estimate_s: unknown(n),
    balked: new Uint8Array(n),
    open_chats: new Int32Array(n),
    resolved: new Uint8Array(n),
    customer: new Uint8Array(n),
    mark_s: new Float64Array(n),
    wait_next: none(n),
    wait_previous: none(n),
    inbox_next: none(n),
  };
}

/** @param {import("./plan.js").Draws} draws */
function turnsOf(draws) {
  const n = draws.agent_s.length;
  return {
    turn_offset: Int32Array.from(draws.turn_offset),
    /** The turn that each chat is at. */
    turn: Int32Array.from(draws.turn_offset).slice(0, -1),
    agent_s: floats(draws.agent_s),
    customer_s: floats(draws.customer_s),
    reply_patience_s: floats(draws.reply_patience_s),
    message_s: unknown(n),
    start_s: unknown(n),
    reply_s: unknown(n),
  };
}

/**
 * @param {import("./plan.js").Team} team
 * @param {number} n_queues
 */
function agentsOf(team, n_queues) {
  const n = team.group.length;
  return {
    n_agents: n,
    group: Int32Array.from(team.group),
    slots: Int32Array.from(team.slots),
    agent_speed: Array.from(team.speed, floats),
    day_s: Array.from(team.day_s, floats),
    n_open: new Int32Array(n),
    on_duty: new Uint8Array(n),
    attending: new Uint8Array(n),
    leaving: new Uint8Array(n),
    idle_since: new Float64Array(n),
    inbox_head: none(n),
    inbox_tail: none(n),
    /** Span of duty that began last. */
    span: none(n),
    span_agent: Int32Array.from(team.agent),
    on_s: floats(team.on_s),
    off_s: floats(team.off_s),
    out_s: Float64Array.from(team.off_s),
    stays: flags(team.stays),
    /** Chats that an agent works on (R17). */
    work: Array.from({ length: n }, () => /** @type {number[]} */ ([])),
    since_s: new Float64Array(n),
    next_finish: none(n),
    next_finish_s: new Float64Array(n),
    /** Clocks of each agent, one a queue (R17). */
    clock_s: Array.from({ length: n }, () => new Float64Array(n_queues)),
  };
}

/** @param {import("./plan.js").Plan} plan */
function queuesOf(plan) {
  const n = plan.queues.length;
  return {
    by_turns: flags(plan.queues.map((queue) => queue.by_turns)),
    wrap_up_attention: flags(plan.queues.map((queue) => queue.wrap_up_attention)),
    patient: flags(plan.queues.map((queue) => queue.patient)),
    may_be_silent: flags(plan.queues.map((queue) => queue.silent)),
    priority: floats(plan.queues.map((queue) => queue.priority)),
    capacity: floats(plan.queues.map((queue) => queue.capacity ?? Infinity)),
    max_wait_s: floats(plan.queues.map((queue) => queue.max_wait_s ?? Infinity)),
    idle_timeout_s: floats(plan.queues.map((queue) => queue.idle_timeout_s ?? Infinity)),
    speed: plan.queues.map((queue) => floats(queue.speed)),
    /** Ways after which customers retry, a bit each (R27). */
    retry_after: plan.queues.map((queue) =>
      queue.retry_after.reduce((bits, way) => bits | (1 << wayOf(way)), 0),
    ),
    wait_head: none(n),
    wait_tail: none(n),
    n_waiting: new Int32Array(n),
    chosen_last: none(n),
    last_wait_s: new Float64Array(n),
  };
}

/**
 * @param {import("./plan.js").Plan} plan
 * @param {import("./plan.js").Team} team
 */
function groupsOf(plan, team) {
  const members = plan.groups.map((_, g) =>
    Array.from(team.group, (group, agent) => (group === g ? agent : NONE)).filter((agent) => agent !== NONE),
  );
  return {
    switching: floats(plan.groups.map((group) => group.switching)),
    skills: plan.groups.map((group) => Int32Array.from(group.skills)),
    /** Whether a group serves by work. */
    shares: plan.groups.map((group) => !plan.queues[group.skills[0]].by_turns),
    /** Agents who may take a queue's chats, tier by tier, in order of number (R7). */
    tiers: plan.queues.map((queue) =>
      queue.tiers.map((tier) => Int32Array.from(tier.flatMap((g) => members[g])).sort()),
    ),
  };
}

/**
 * The number of a way after which customers retry: that of the outcome, where it is one.
 * @param {string} way
 */
function wayOf(way) {
  if (way === "unanswered") return UNANSWERED;
  return /** @type {Record<string, number>} */ (Outcome)[way.toUpperCase()];
}
