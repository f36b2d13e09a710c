// Who waits, and who is next? Waiting chats of each queue in order of arrival (R4, R9, R25, R26).

import { NONE, Order } from "./rules.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * Put a chat into its queue, with what will end its wait.
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function beginToWait(c, row, now) {
  const q = c.chats.queue[row];
  c.chats.queued[row] = 1;
  c.chats.waiting[row] = 1;
  c.queues.n_waiting[q]++;
  const tail = c.queues.wait_tail[q];
  c.chats.wait_previous[row] = tail;
  c.chats.wait_next[row] = NONE;
  if (tail === NONE) c.queues.wait_head[q] = row;
  else c.chats.wait_next[tail] = row;
  c.queues.wait_tail[q] = row;
  limitWait(c, row, now);
}

/**
 * Announce what will end a chat's wait, in line or on its way (R4, R41).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function limitWait(c, row, now) {
  const q = c.chats.queue[row];
  if (c.queues.max_wait_s[q] < Infinity) c.heap.push(now + c.queues.max_wait_s[q], Order.OVERFLOW, row);
  if (c.chats.patience_s[row] < Infinity) c.heap.push(now + c.chats.patience_s[row], Order.PATIENCE, row);
}

/**
 * Take a chat out of its queue.
 * @param {Centre} c
 * @param {number} row
 */
export function endWait(c, row) {
  const q = c.chats.queue[row];
  c.chats.waiting[row] = 0;
  c.queues.n_waiting[q]--;
  const before = c.chats.wait_previous[row];
  const after = c.chats.wait_next[row];
  if (before === NONE) c.queues.wait_head[q] = after;
  else c.chats.wait_next[before] = after;
  if (after === NONE) c.queues.wait_tail[q] = before;
  else c.chats.wait_previous[after] = before;
}

/**
 * The waiting chat that an agent of a group takes next (R9); NONE if none waits.
 * @param {Centre} c
 * @param {number} group
 */
export function nextWaiting(c, group) {
  let best = NONE;
  for (const q of c.groups.skills[group]) {
    const row = c.queues.wait_head[q];
    if (row !== NONE && (best === NONE || goesFirst(c, row, best))) best = row;
  }
  return best;
}

/**
 * Whether a waiting chat goes before another: by priority, then the longest wait, then the lowest row.
 * @param {Centre} c
 * @param {number} row
 * @param {number} other
 */
function goesFirst(c, row, other) {
  const sooner = c.queues.priority[c.chats.queue[row]] - c.queues.priority[c.chats.queue[other]];
  if (sooner !== 0) return sooner < 0;
  if (c.chats.arrival_s[row] !== c.chats.arrival_s[other]) return c.chats.arrival_s[row] < c.chats.arrival_s[other];
  return row < other;
}

/**
 * Announce the wait to a customer who would have to wait (R25); say whether they do not join (R26).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function balks(c, row, now) {
  const q = c.chats.queue[row];
  const balking = c.plan.queues[q].balking;
  if (balking === null) return false;
  let estimate_s = c.queues.last_wait_s[q];
  if (balking.estimate === "head") {
    const head = c.queues.wait_head[q];
    estimate_s = head === NONE ? 0 : now - c.chats.arrival_s[head];
  }
  c.chats.estimate_s[row] = estimate_s;
  const share = shareAt(balking, balking.by_place ? c.queues.n_waiting[q] : estimate_s);
  c.chats.balked[row] = c.chats.balk_u[row] < share ? 1 : 0;
  return c.chats.balked[row] === 1;
}

/**
 * Read the share that does not join off a curve (R26).
 * @param {import("./plan.js").Balking} curve
 * @param {number} at
 */
function shareAt({ x, share }, at) {
  if (at <= x[0]) return share[0];
  for (let k = 0; k + 1 < x.length; k++) {
    if (at < x[k + 1]) return share[k] + ((share[k + 1] - share[k]) * (at - x[k])) / (x[k + 1] - x[k]);
  }
  return share[share.length - 1];
}
