// What happens next, until nothing more can? The rules of `sim/rules.py`, for the browser: the same log as the
// other engines, to the last bit. Arrays in, arrays out; nothing is drawn here.

import { centreOf } from "./centre.js";
import { close, endWrapUp, finish, giveUp, goWrong, losePatience, reply, timeOut } from "./endings.js";
import { LATEST, ROWS } from "./heap.js";
import { receive } from "./inbox.js";
import { balks, beginToWait, limitWait } from "./line.js";
import { route } from "./routing.js";
import { NONE, Order, Outcome } from "./rules.js";
import { come, logOff, logOn, recover, take } from "./slots.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * Run a centre with the customers of some draws; give its columns, and how many events happened.
 * @param {import("./plan.js").Plan} plan
 * @param {import("./plan.js").Team} team
 * @param {import("./plan.js").Draws} draws
 */
export function simulate(plan, team, draws) {
  const c = centreOf(plan, team, draws);
  const n_events = run(c);
  return {
    arrival_s: c.chats.arrival_s,
    outcome: c.chats.outcome,
    agent: c.chats.agent,
    queued: c.chats.queued,
    accepted_s: c.chats.accepted_s,
    ended_s: c.chats.ended_s,
    released_s: c.chats.released_s,
    gone_s: c.chats.gone_s,
    estimate_s: c.chats.estimate_s,
    balked: c.chats.balked,
    open_chats: c.chats.open_chats,
    resolved: c.chats.resolved,
    message_s: c.turns.message_s,
    start_s: c.turns.start_s,
    // Where a reply had begun and nothing more could happen, it has its end all the same.
    reply_s: c.turns.reply_s,
    out_s: c.agents.out_s,
    n_events,
  };
}

/**
 * Let everything happen until nothing more can (R5).
 * @param {Centre} c
 */
function run(c) {
  const { heap } = c;
  announceDuty(c);
  let row = 0;
  for (;;) {
    const has_heap = heap.size > 0;
    let now = has_heap ? heap.times[0] : Infinity;
    let key = has_heap ? heap.keys[0] : LATEST;
    if (row < c.chats.n_customers) {
      const arrival_s = c.chats.arrival_s[row];
      const arrival = Order.ARRIVAL * ROWS + row;
      if (arrival_s < now || (arrival_s === now && arrival < key)) {
        arrive(c, row++, arrival_s);
        continue;
      }
    }
    if (!has_heap) return heap.announced + c.chats.n_customers;
    heap.pop();
    happen(c, Math.floor(key / ROWS), key % ROWS, now);
  }
}

/**
 * Announce log-ins and log-offs, and beginnings and ends of outages (R11, R12, R37).
 * @param {Centre} c
 */
function announceDuty(c) {
  for (let span = 0; span < c.agents.span_agent.length; span++) {
    c.heap.push(c.agents.on_s[span], Order.LOG_ON, span);
    if (c.agents.off_s[span] < Infinity) c.heap.push(c.agents.off_s[span], Order.LOG_OFF, span);
  }
  c.outages.forEach(([begins_s, over_s], outage) => {
    c.heap.push(begins_s, Order.FAILURE, outage);
    c.heap.push(over_s, Order.RECOVERY, outage);
  });
}

/**
 * Let one event happen.
 * @param {Centre} c
 * @param {number} order
 * @param {number} row
 * @param {number} now
 */
function happen(c, order, row, now) {
  switch (order) {
    case Order.REPLY:
      return reply(c, row, now);
    case Order.MESSAGE:
      return receive(c, row, now, c.deliver_s);
    case Order.ACCEPT:
      return come(c, row, now);
    case Order.WRAP_UP:
      return endWrapUp(c, row, now);
    case Order.FINISH:
      return finish(c, row, now);
    case Order.OVERFLOW:
    case Order.PATIENCE:
      return giveUp(c, row, order, now);
    case Order.REPLY_PATIENCE:
      return losePatience(c, row, now);
    case Order.ARRIVAL:
      return arrive(c, row, now);
    case Order.CLOSE:
      return close(c, row, now);
    case Order.TIMEOUT:
      return timeOut(c, row, now);
    case Order.LOG_ON:
      return logOn(c, row, now);
    case Order.LOG_OFF:
      return logOff(c, row);
    case Order.FAILURE:
      c.is_down = true;
      return undefined;
    case Order.RECOVERY:
      return recover(c, now);
    default:
      throw new Error(`no event has the order ${order}`);
  }
}

/**
 * Let a chat arrive (R1 to R3).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
function arrive(c, row, now) {
  const q = c.chats.queue[row];
  if (!isOpen(c, now)) {
    turnAway(c, row, Outcome.OFFLINE, now);
    return;
  }
  const agent = route(c, row);
  if (agent !== NONE) {
    take(c, row, agent, now);
    if (c.accept_s > 0) limitWait(c, row, now);
    else if (c.queues.by_turns[q]) receive(c, row, now, 0);
  } else if (c.queues.n_waiting[q] >= c.queues.capacity[q] || balks(c, row, now)) {
    turnAway(c, row, Outcome.BLOCKED, now);
  } else {
    beginToWait(c, row, now);
  }
}

/**
 * Whether chats may arrive (R2); time does not go back, so openings that have ended are left behind.
 * @param {Centre} c
 * @param {number} now
 */
function isOpen(c, now) {
  const { openings } = c.plan;
  while (c.opening < openings.length && openings[c.opening][1] <= now) c.opening++;
  return c.opening < openings.length && openings[c.opening][0] <= now;
}

/**
 * Let a chat end as it arrives: offline (R2) or blocked (R3, R26).
 * @param {Centre} c
 * @param {number} row
 * @param {number} outcome
 * @param {number} now
 */
function turnAway(c, row, outcome, now) {
  c.chats.ended_s[row] = now;
  goWrong(c, row, outcome, now);
}
