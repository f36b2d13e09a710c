// What has an agent's attention? Their inbox, message by message (R13 to R15, R21).

import { HERE } from "./centre.js";
import { endOf, timeOf } from "./pace.js";
import { NONE, Order } from "./rules.js";

/** @typedef {import("./centre.js").Centre} Centre */

/**
 * Put a chat's message in its agent's inbox; they take it up if nothing has their attention (R13, R37).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 * @param {number} took_s how long the message took (R42)
 */
export function receive(c, row, now, took_s) {
  const agent = c.chats.agent[row];
  const turn = c.turns.turn[row];
  c.turns.message_s[turn] = now - took_s;
  if (c.queues.patient[c.chats.queue[row]] && c.chats.customer[row] === HERE && c.turns.reply_patience_s[turn] < Infinity) {
    const ends_s = c.turns.message_s[turn] + c.turns.reply_patience_s[turn];
    c.heap.push(Math.max(ends_s, now), Order.REPLY_PATIENCE, row); // R21, R43
  }
  if (!c.agents.attending[agent] && !c.is_down) {
    c.agents.attending[agent] = 1;
    compose(c, row, now);
    return;
  }
  const tail = c.agents.inbox_tail[agent];
  c.chats.inbox_next[row] = NONE;
  if (tail === NONE) c.agents.inbox_head[agent] = row;
  else c.chats.inbox_next[tail] = row;
  c.agents.inbox_tail[agent] = row;
}

/**
 * Let an agent turn to the next message in their inbox (R37).
 * @param {Centre} c
 * @param {number} agent
 * @param {number} now
 */
export function attendNext(c, agent, now) {
  const row = c.agents.inbox_head[agent];
  if (row === NONE || c.is_down) {
    c.agents.attending[agent] = 0;
    return;
  }
  c.agents.inbox_head[agent] = c.chats.inbox_next[row];
  if (c.agents.inbox_head[agent] === NONE) c.agents.inbox_tail[agent] = NONE;
  compose(c, row, now);
}

/**
 * Begin a reply (R14, R30, R36, R37).
 * @param {Centre} c
 * @param {number} row
 * @param {number} now
 */
function compose(c, row, now) {
  const turn = c.turns.turn[row];
  const agent = c.chats.agent[row];
  const n_open = c.agents.n_open[agent];
  let compose_s = c.turns.agent_s[turn];
  if (c.differs) compose_s = timeOf(c, agent, compose_s, now);
  if (n_open > 1) compose_s *= 1 + c.groups.switching[c.agents.group[agent]];
  c.chats.open_chats[row] += n_open;
  c.turns.start_s[turn] = now;
  const sent_s = endOf(c, now, compose_s);
  c.turns.reply_s[turn] = sent_s + c.deliver_s; // R43
  c.heap.push(sent_s, Order.REPLY, row);
}

/**
 * Take a message that nobody has taken up out of its agent's inbox (R21).
 * @param {Centre} c
 * @param {number} row
 */
export function withdraw(c, row) {
  const agent = c.chats.agent[row];
  let before = NONE;
  for (let here = c.agents.inbox_head[agent]; here !== row; here = c.chats.inbox_next[here]) before = here;
  const after = c.chats.inbox_next[row];
  if (before === NONE) c.agents.inbox_head[agent] = after;
  else c.chats.inbox_next[before] = after;
  if (after === NONE) c.agents.inbox_tail[agent] = before;
}
