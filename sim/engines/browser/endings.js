// How does a chat end, and does its customer come again? By the last reply, or by what may come before.

import { GONE, HERE, LEFT_ALREADY } from "./centre.js";
import { attendNext, withdraw } from "./inbox.js";
import { endWait } from "./line.js";
import { endOf, timeOf } from "./pace.js";
import { Order, Outcome, UNANSWERED } from "./rules.js";
import { freeSlot, release, stop } from "./slots.js";
import { endWork } from "./work.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * End a reply: the customer's turn (R15), or the end of the conversation (R16).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function reply(c, row, now) {
  if (c.chats.customer[row] !== HERE) {
    replyToNobody(c, row, now);
    return;
  }
  const turn = c.turns.turn[row];
  const q = c.chats.queue[row];
  const goes_on = turn + 1 < c.turns.turn_offset[row + 1];
  if (goes_on || !c.queues.wrap_up_attention[q]) attendNext(c, c.chats.agent[row], now);
  if (!goes_on) {
    endConversation(c, row, now);
    return;
  }
  c.turns.turn[row] = turn + 1;
  const away_s = c.deliver_s + c.turns.customer_s[turn] + c.deliver_s; // R42
  if (away_s > c.queues.idle_timeout_s[q]) c.heap.push(now + c.queues.idle_timeout_s[q], Order.TIMEOUT, row); // R23
  else c.heap.push(now + away_s, Order.MESSAGE, row);
}

/**
 * End a reply whose customer has left: in vain (R21), or not noticed yet (R22).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
function replyToNobody(c, row, now) {
  const agent = c.chats.agent[row];
  if (c.chats.customer[row] === LEFT_ALREADY) {
    release(c, row, now);
    attendNext(c, agent, now);
  } else {
    attendNext(c, agent, now);
    const hold_s = Math.min(c.chats.detect_s[row], c.queues.idle_timeout_s[c.chats.queue[row]]);
    c.heap.push(now + hold_s, Order.CLOSE, row);
  }
}

/**
 * Begin the wrap-up (R16, R18).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
function endConversation(c, row, now) {
  c.chats.ended_s[row] = now;
  if (c.plan.quality !== null) resolve(c, row, c.plan.quality, now);
  const wrap_up_s = c.differs ? timeOf(c, c.chats.agent[row], c.chats.wrap_up_s[row], now) : c.chats.wrap_up_s[row];
  c.heap.push(endOf(c, now, wrap_up_s), Order.WRAP_UP, row);
}

/**
 * Note whether a conversation resolved what its customer came for; they may come again (R28).
 * @param {Centre} c
 * @param {number} row
 * @param {{resolution: number, multitasking: number}} quality
 * @param {number} now
 */
function resolve(c, row, quality, now) {
  const n_replies = Math.max(c.turns.turn_offset[row + 1] - c.turns.turn_offset[row], 1);
  const others = c.chats.open_chats[row] / n_replies - 1;
  c.chats.resolved[row] = c.chats.resolve_u[row] < quality.resolution - quality.multitasking * others ? 1 : 0;
  if (!c.chats.resolved[row] && c.chats.chains !== null && c.chats.chains.returns[row]) {
    comeAgain(c, row, now + c.chats.chains.return_delay_s[row]);
  }
}

/**
 * Free the slot, and then the attention if the wrap-up had it.
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function endWrapUp(c, row, now) {
  const agent = c.chats.agent[row];
  const q = c.chats.queue[row];
  c.chats.outcome[row] = Outcome.SERVED;
  c.chats.released_s[row] = now;
  freeSlot(c, agent, now);
  if (c.queues.by_turns[q] && c.queues.wrap_up_attention[q]) attendNext(c, agent, now);
}

/**
 * End the work of a chat, if the announcement still holds.
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function finish(c, row, now) {
  const agent = c.chats.agent[row];
  if (c.agents.next_finish[agent] === row && c.agents.next_finish_s[agent] === now) {
    endWork(c, agent, row, now);
    endConversation(c, row, now);
  }
}

/**
 * Let a chat that still waits leave (R4), or its customer without it (R20).
 * @param {Centre} c
 * @param {number} row
 * @param {number} order
 * @param {number} now
 */
export function giveUp(c, row, order, now) {
  if (!c.chats.waiting[row] && !c.chats.coming[row]) return;
  const is_impatient = order === Order.PATIENCE;
  if (is_impatient && isSilent(c, row)) {
    c.chats.customer[row] = GONE;
    c.chats.gone_s[row] = now;
    goWrong(c, row, Outcome.SILENT, now);
    return;
  }
  if (c.chats.coming[row]) stop(c, row, now);
  else endWait(c, row);
  c.chats.ended_s[row] = now;
  if (c.chats.customer[row] === HERE) goWrong(c, row, is_impatient ? Outcome.ABANDONED : Outcome.OVERFLOWED, now);
}

/**
 * Whether the customer of a chat would leave without a signal.
 * @param {Centre} c
 * @param {number} row
 */
function isSilent(c, row) {
  return c.queues.may_be_silent[c.chats.queue[row]] === 1 && c.chats.silent[row] === 1;
}

/**
 * Note how a chat went wrong; the customer may try again (R27).
 * @param {Centre} c
 * @param {number} row
 * @param {number} outcome
 * @param {number} now
 */
export function goWrong(c, row, outcome, now) {
  c.chats.outcome[row] = outcome;
  if (c.chats.chains === null || !c.chats.chains.retries[row]) return;
  const q = c.chats.queue[row];
  const is_unanswered = outcome === Outcome.LEFT && c.turns.turn[row] === c.turns.turn_offset[row];
  if (!((c.queues.retry_after[q] >> (is_unanswered ? UNANSWERED : outcome)) & 1)) return;
  const waits = outcome === Outcome.OFFLINE && c.plan.queues[q].from_opening;
  // As it arrived, openings that have ended were left behind.
  const from_s = waits ? (c.plan.openings[c.opening]?.[0] ?? Infinity) : now;
  comeAgain(c, row, from_s + c.chats.chains.retry_delay_s[row]);
}

/**
 * Let the customer of a chat make their next attempt (R29).
 * @param {Centre} c
 * @param {number} row
 * @param {number} arrival_s
 */
function comeAgain(c, row, arrival_s) {
  if (c.chats.chains === null || arrival_s >= c.plan.horizon_s) return;
  const attempt = c.chats.chains.next_row[row];
  c.chats.arrival_s[attempt] = arrival_s;
  c.heap.push(arrival_s, Order.ARRIVAL, attempt);
}

/**
 * Let a customer who still waits for a reply leave (R21), maybe without a signal (R22).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function losePatience(c, row, now) {
  const turn = c.turns.turn[row];
  // What was announced for an earlier turn is over, unless this one's patience ends now as well.
  const is_due = c.turns.message_s[turn] + c.turns.reply_patience_s[turn] <= now && Number.isNaN(c.chats.ended_s[row]);
  if (c.chats.customer[row] !== HERE || !is_due) return;
  goWrong(c, row, Outcome.LEFT, now);
  if (isSilent(c, row)) {
    c.chats.customer[row] = GONE;
    c.chats.gone_s[row] = now;
    return;
  }
  c.chats.customer[row] = LEFT_ALREADY;
  c.chats.ended_s[row] = now;
  if (Number.isNaN(c.turns.start_s[turn])) {
    withdraw(c, row);
    release(c, row, now);
  }
}

/**
 * Let an agent close a chat whose customer is gone (R20, R22).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function close(c, row, now) {
  c.chats.ended_s[row] = now;
  release(c, row, now);
}

/**
 * Let an agent close a chat whose customer has been quiet for too long (R23).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
export function timeOut(c, row, now) {
  goWrong(c, row, Outcome.TIMED_OUT, now);
  close(c, row, now);
}
