// Who holds which chats? Slots: taking chats and freeing slots (R3, R9, R11, R12).

import { HERE } from "./centre.js";
import { attendNext, receive } from "./inbox.js";
import { endWait, nextWaiting } from "./line.js";
import { endOf, timeOf } from "./pace.js";
import { mayTake } from "./routing.js";
import { NONE, Order } from "./rules.js";
import { advance, announceFinish } from "./work.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * Let an agent who may take a chat hold a slot for it, and have it at once if the platform does (R40).
 * @param {Centre} c
 * @param {number} row
 * @param {number} agent
 * @param {number} now
 */
export function take(c, row, agent, now) {
  const shares = c.groups.shares[c.agents.group[agent]];
  if (shares) advance(c, agent, now);
  c.agents.n_open[agent]++;
  c.agents.idle_since[agent] = now; // R8
  c.chats.agent[row] = agent;
  if (c.accept_s > 0) {
    c.chats.coming[row] = 1;
    if (shares) announceFinish(c, agent, now);
    c.heap.push(endOf(c, now, c.accept_s), Order.ACCEPT, row);
    return;
  }
  accept(c, row, now);
  if (shares) beginWork(c, row, agent, now);
}

/**
 * Let an agent have a chat.
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
function accept(c, row, now) {
  c.chats.accepted_s[row] = now;
  c.queues.last_wait_s[c.chats.queue[row]] = now - c.chats.arrival_s[row]; // R25
}

/**
 * Let a chat be with its agent, unless it has ended on its way (R40).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function come(c, row, now) {
  if (!c.chats.coming[row]) return;
  const agent = c.chats.agent[row];
  c.chats.coming[row] = 0;
  accept(c, row, now);
  if (c.groups.shares[c.agents.group[agent]]) {
    advance(c, agent, now);
    beginWork(c, row, agent, now);
  } else {
    receive(c, row, now, 0);
  }
}

/**
 * Stop a chat on its way, and free the slot that was held for it (R41).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function stop(c, row, now) {
  const agent = c.chats.agent[row];
  c.chats.coming[row] = 0;
  c.chats.agent[row] = NONE;
  freeSlot(c, agent, now);
}

/**
 * Begin the work of a chat just accepted (R17), or notice that nobody is there (R20).
 * @param {Centre} c
 * @param {number} row
 * @param {number} agent
 * @param {number} now
 */
function beginWork(c, row, agent, now) {
  const q = c.chats.queue[row];
  if (c.chats.customer[row] === HERE) {
    const work_s = c.differs ? timeOf(c, agent, c.chats.work_s[row], now) : c.chats.work_s[row];
    c.chats.mark_s[row] = c.agents.clock_s[agent][q] + work_s;
    c.agents.work[agent].push(row);
    c.chats.open_chats[row] = c.agents.n_open[agent];
  } else {
    const hold_s = Math.min(c.chats.detect_s[row], c.queues.idle_timeout_s[q]);
    c.heap.push(now + hold_s, Order.CLOSE, row);
  }
  announceFinish(c, agent, now);
}

/**
 * Free a slot of an agent; they fill it if they may (R9).
 * @param {Centre} c
 * @param {number} agent
 * @param {number} now
 */
export function freeSlot(c, agent, now) {
  const shares = c.groups.shares[c.agents.group[agent]];
  if (shares) advance(c, agent, now);
  c.agents.n_open[agent]--;
  c.agents.idle_since[agent] = now; // R8
  if (shares) announceFinish(c, agent, now);
  fillSlots(c, agent, now);
  if (c.agents.leaving[agent] && c.agents.n_open[agent] === 0) {
    // R11, R12: the end of an overrun
    c.agents.out_s[c.agents.span[agent]] = now;
    c.agents.on_duty[agent] = 0;
  }
}

/**
 * Give an agent the waiting chats that they may take, in order (R9), and then their messages (R13).
 * @param {Centre} c
 * @param {number} agent
 * @param {number} now
 */
export function fillSlots(c, agent, now) {
  /** @type {number[] | null} */
  let taken = null;
  while (mayTake(c, agent) && !c.is_down) {
    const row = nextWaiting(c, c.agents.group[agent]);
    if (row === NONE) break;
    endWait(c, row);
    take(c, row, agent, now);
    (taken ??= []).push(row);
  }
  if (c.accept_s > 0) return;
  for (const row of taken ?? []) if (c.queues.by_turns[c.chats.queue[row]]) receive(c, row, now, 0);
}

/**
 * Free the slot of a chat that ends without a wrap-up (R24).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function release(c, row, now) {
  c.chats.released_s[row] = now;
  freeSlot(c, c.chats.agent[row], now);
}

/**
 * Let agents turn to what has gathered in an outage that is over: who waits, then their inbox (R37).
 * @param {Centre} c
 * @param {number} now
 */
export function recover(c, now) {
  c.is_down = false;
  for (let agent = 0; agent < c.agents.n_agents; agent++) {
    const turns_to_it = !c.agents.attending[agent] && c.agents.inbox_head[agent] !== NONE;
    if (turns_to_it) c.agents.attending[agent] = 1;
    fillSlots(c, agent, now);
    if (turns_to_it) attendNext(c, agent, now);
  }
}

/**
 * Begin a span of duty (R10, R11).
 * @param {Centre} c
 * @param {number} span
 * @param {number} now
 */
export function logOn(c, span, now) {
  const agent = c.agents.span_agent[span];
  if (c.agents.n_open[agent] > 0) c.agents.out_s[c.agents.span[agent]] = now;
  c.agents.span[agent] = span;
  c.agents.on_duty[agent] = 1;
  c.agents.leaving[agent] = 0;
  c.agents.idle_since[agent] = now; // R8
  fillSlots(c, agent, now);
}

/**
 * End a span of duty: no new chats (R11), but those that wait at closing (R12).
 * @param {Centre} c
 * @param {number} span
 */
export function logOff(c, span) {
  const agent = c.agents.span_agent[span];
  c.agents.leaving[agent] = 1;
  c.agents.on_duty[agent] = c.agents.stays[span] && c.agents.n_open[agent] > 0 ? 1 : 0;
}
