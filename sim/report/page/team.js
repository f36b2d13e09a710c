// What does the team look like at a moment? Who waits, what each agent does, what has their attention: drawn on a canvas.

import { Outcome } from "../../engines/browser/rules.js";
import { clock, say } from "./words.js";

/** @typedef {ReturnType<import("./model.js").Model["day"]>} Day */
/** @typedef {"types" | "waits" | "writes" | "wraps"} Doing */

/**
 * A chat in a slot: from when to when, and its turns.
 * @typedef {{row: number, agent: number, slot: number, from_s: number, to_s: number}} Held
 */

const MOST_CARDS = 60;

/** The scenes of one simulated day. */
export class Scenes {
  /** @param {Day} day */
  constructor(day) {
    this.day = day;
    const { log } = day;
    this.held = heldBy(day);
    this.missed_at = Array.from(log.outcome.keys())
      .filter((row) => isMissed(log.outcome[row]) && log.arrival_s[row] >= 0)
      .map((row) => lastOf(log, row))
      .sort((a, b) => a - b);
    /** Until when a chat waits in its queue. */
    this.waits_until = Float64Array.from(log.arrival_s, (_, row) =>
      Number.isNaN(log.accepted_s[row]) ? (Number.isNaN(log.ended_s[row]) ? Infinity : log.ended_s[row]) : log.accepted_s[row],
    );
  }

  /**
   * Chats that wait for an agent, first in line first.
   * @param {number} now
   */
  waiting(now) {
    const { log } = this.day;
    const rows = [];
    for (let row = 0; row < log.queued.length; row++) {
      if (log.queued[row] && log.arrival_s[row] <= now && now < this.waits_until[row]) rows.push(row);
    }
    return rows.sort((a, b) => log.arrival_s[a] - log.arrival_s[b]);
  }

  /** @param {number} now */
  missed(now) {
    return this.missed_at.filter((time_s) => time_s <= now).length;
  }

  /**
   * What an open chat is about at a moment, and since when.
   * @param {Held} held
   * @param {number} now
   * @returns {{doing: Doing, since_s: number, until_s: number}}
   */
  doing({ row, from_s, to_s }, now) {
    const { log, draws, plan } = this.day;
    if (!plan.queues[draws.queue[row]].by_turns) {
      const is_over = now >= log.ended_s[row];
      return { doing: is_over ? "wraps" : "writes", since_s: is_over ? log.ended_s[row] : from_s, until_s: to_s };
    }
    /** @type {{doing: Doing, since_s: number, until_s: number}} */
    let found = { doing: "types", since_s: from_s, until_s: to_s };
    for (let turn = draws.turn_offset[row]; turn < draws.turn_offset[row + 1]; turn++) {
      if (!(log.message_s[turn] <= now)) break;
      if (!(log.start_s[turn] <= now)) return { doing: "waits", since_s: log.message_s[turn], until_s: log.start_s[turn] };
      if (now < log.reply_s[turn]) return { doing: "writes", since_s: log.start_s[turn], until_s: log.reply_s[turn] };
      found = { doing: "types", since_s: log.reply_s[turn], until_s: to_s };
    }
    if (now >= log.ended_s[row] && log.outcome[row] === Outcome.SERVED) {
      return { doing: "wraps", since_s: log.ended_s[row], until_s: to_s };
    }
    return found;
  }

  /**
   * Whether an agent is on duty, or still holds chats.
   * @param {number} agent
   * @param {number} now
   */
  isThere(agent, now) {
    const { team, log } = this.day;
    for (let span = 0; span < team.agent.length; span++) {
      if (team.agent[span] === agent && team.on_s[span] <= now && now < log.out_s[span]) return true;
    }
    return this.held.some((held) => held.agent === agent && held.from_s <= now && now < held.to_s);
  }

  /**
   * Chats that came, and those missed, in each half-hour of the first day.
   * @param {number} from_s
   * @param {number} to_s
   */
  halfHours(from_s, to_s) {
    const { log } = this.day;
    const n = Math.max(1, Math.ceil((to_s - from_s) / 1800));
    const came = new Array(n).fill(0);
    const missed = new Array(n).fill(0);
    for (let row = 0; row < log.outcome.length; row++) {
      const k = Math.floor((log.arrival_s[row] - from_s) / 1800);
      if (!(k >= 0 && k < n) || log.outcome[row] === Outcome.OFFLINE) continue;
      came[k]++;
      if (isMissed(log.outcome[row])) missed[k]++;
    }
    return { came, missed };
  }

  /**
   * In words, for those who can't see it.
   * @param {number} now
   */
  told(now) {
    const open = this.held.filter((held) => held.from_s <= now && now < held.to_s).map((held) => this.doing(held, now).doing);
    const n = (/** @type {Doing} */ doing) => open.filter((each) => each === doing).length;
    const line = this.waiting(now).length;
    const waits = line === 0 ? say("nobody_waits") : say("n_wait", { n: line });
    return say("told", { time: clock(now), line: waits, writes: n("writes"), waits: n("waits"), left: this.missed(now) });
  }
}

/** @param {number} outcome */
function isMissed(outcome) {
  return (
    outcome === Outcome.ABANDONED || outcome === Outcome.SILENT || outcome === Outcome.BLOCKED ||
    outcome === Outcome.OVERFLOWED || outcome === Outcome.UNFINISHED
  );
}

/**
 * When a customer left.
 * @param {Day["log"]} log
 * @param {number} row
 */
function lastOf(log, row) {
  if (!Number.isNaN(log.gone_s[row])) return log.gone_s[row];
  return Number.isNaN(log.ended_s[row]) ? Infinity : log.ended_s[row];
}

/**
 * Chats in slots: each takes its agent's lowest free one.
 * @param {Day} day
 */
function heldBy({ log }) {
  const rows = Array.from(log.agent.keys()).filter((row) => log.agent[row] >= 0);
  rows.sort((a, b) => log.accepted_s[a] - log.accepted_s[b]);
  /** @type {number[][]} */
  const free_at = [];
  /** @type {Held[]} */
  const held = [];
  for (const row of rows) {
    const slots = (free_at[log.agent[row]] ??= []);
    let slot = slots.findIndex((time_s) => time_s <= log.accepted_s[row]);
    if (slot < 0) slot = slots.length;
    slots[slot] = log.released_s[row];
    held.push({ row, agent: log.agent[row], slot, from_s: log.accepted_s[row], to_s: log.released_s[row] });
  }
  return held;
}

/**
 * Draw the team at a moment.
 * @param {CanvasRenderingContext2D} pen
 * @param {{width: number, height: number, unit: number}} size unit: one rem
 * @param {Scenes} scenes
 * @param {number} now
 * @param {{late_s: number, before: number, names: string[]}} how late_s: the promised reply; before: agents before
 */
export function draw(pen, { width, height, unit }, scenes, now, how) {
  const colours = coloursOf(pen.canvas);
  pen.clearRect(0, 0, width, height);
  drawLine(pen, { width, unit }, scenes, now, colours);
  const top = 5.2 * unit;
  const { team } = scenes.day;
  const n = Math.max(team.slots.length, how.before);
  const area = { left: 0, top, width, height: height - top, unit };
  if (n > MOST_CARDS) drawGroups(pen, area, scenes, now, colours, how.names);
  else drawCards(pen, area, scenes, now, colours, { ...how, n });
}

/** @typedef {Record<"ink" | "soft" | "att" | "onatt" | "mid" | "pale" | "wait" | "late" | "miss" | "grey" | "line" | "tint" | "card", string>} Colours */

/**
 * @param {Element} element
 * @returns {Colours}
 */
function coloursOf(element) {
  const style = getComputedStyle(element);
  const names = ["ink", "soft", "att", "onatt", "mid", "pale", "wait", "late", "miss", "grey", "line", "tint", "card"];
  return /** @type {Colours} */ (Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])));
}

/**
 * The waiting line: each customer with the patience that is left, and how many left today.
 * @param {CanvasRenderingContext2D} pen
 * @param {{width: number, unit: number}} size
 * @param {Scenes} scenes
 * @param {number} now
 * @param {Colours} colours
 */
function drawLine(pen, { width, unit }, scenes, now, colours) {
  const rows = scenes.waiting(now);
  const { log, draws } = scenes.day;
  const middle = 2.2 * unit;
  pen.font = `${1.05 * unit}px ${FONT}`;
  const side = Math.max(6.2 * unit, pen.measureText(say("left_today")).width + unit);
  count(pen, unit, 0, String(rows.length), say("waiting"), "left", colours.ink, colours.soft);
  count(pen, unit, width, String(scenes.missed(now)), say("left_today"), "right", colours.miss, colours.soft);
  pen.fillStyle = colours.tint;
  rounded(pen, side, 0.2 * unit, width - 2 * side, 4 * unit, 1.6 * unit);
  pen.fill();
  const pitch = 2.6 * unit;
  const room = Math.max(1, Math.floor((width - 2 * side - 2 * unit) / pitch));
  pen.font = `${1.05 * unit}px ${FONT}`;
  pen.textBaseline = "middle";
  if (rows.length === 0) {
    pen.fillStyle = colours.soft;
    pen.textAlign = "center";
    const said = say("nobody_waits");
    if (pen.measureText(said).width < width - 2 * side) pen.fillText(said, width / 2, middle);
    return;
  }
  const shown = rows.length > room ? room - 1 : rows.length;
  for (let k = 0; k < shown; k++) {
    const row = rows[k];
    const patience_s = draws.patience_s[row];
    const rest = patience_s === Infinity ? 1 : Math.max(0, 1 - (now - log.arrival_s[row]) / patience_s);
    drawCustomer(pen, side + unit + (k + 0.5) * pitch, middle, 0.95 * unit, rest, colours);
  }
  if (shown < rows.length) {
    pen.fillStyle = colours.ink;
    pen.textAlign = "center";
    pen.fillText(`+${rows.length - shown}`, side + unit + (shown + 0.5) * pitch, middle);
  }
}

/**
 * A customer: a face in a ring that shrinks with their patience.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {number} rest share of patience that is left
 * @param {Colours} colours
 */
function drawCustomer(pen, x, y, radius, rest, colours) {
  const colour = rest < 0.25 ? colours.miss : colours.att;
  pen.lineWidth = radius * 0.28;
  pen.strokeStyle = colours.line;
  ring(pen, x, y, radius, 1);
  pen.strokeStyle = colour;
  ring(pen, x, y, radius, rest);
  pen.lineWidth = radius * 0.14;
  pen.fillStyle = colour;
  for (const side of [-1, 1]) {
    pen.beginPath();
    pen.arc(x + side * radius * 0.3, y - radius * 0.18, radius * 0.1, 0, 7);
    pen.fill();
  }
  pen.beginPath();
  const bend = (rest - 0.35) * radius * 0.7;
  pen.moveTo(x - radius * 0.35, y + radius * 0.35);
  pen.quadraticCurveTo(x, y + radius * 0.35 + bend, x + radius * 0.35, y + radius * 0.35);
  pen.stroke();
}

/**
 * Agents, a card each.
 * @param {CanvasRenderingContext2D} pen
 * @param {{left: number, top: number, width: number, height: number, unit: number}} area
 * @param {Scenes} scenes
 * @param {number} now
 * @param {Colours} colours
 * @param {{late_s: number, n: number}} how
 */
function drawCards(pen, area, scenes, now, colours, how) {
  const { team } = scenes.day;
  const most = Math.max(1, ...Array.from(team.slots));
  const across = Math.min(3, most);
  const down = Math.ceil(most / 3);
  const { columns, u } = bestGrid(area, how.n, across, down);
  const gap = 0.5 * area.unit;
  const rows = Math.ceil(how.n / columns);
  const width = (area.width - gap * (columns - 1)) / columns;
  const height = Math.min((area.height - gap * (rows - 1)) / rows, u * (down * 0.95 + 2.2));
  const open = scenes.held.filter((held) => held.from_s <= now && now < held.to_s);
  for (let agent = 0; agent < how.n; agent++) {
    const x = area.left + (agent % columns) * (width + gap);
    const y = area.top + Math.floor(agent / columns) * (height + gap);
    const is_there = agent < team.slots.length && scenes.isThere(agent, now);
    pen.lineWidth = 1;
    pen.strokeStyle = colours.line;
    pen.setLineDash(is_there ? [] : [6, 4]);
    pen.fillStyle = colours.card;
    rounded(pen, x, y, width, height, 0.6 * area.unit);
    if (is_there) pen.fill();
    pen.stroke();
    pen.setLineDash([]);
    if (!is_there) {
      pen.fillStyle = colours.soft;
      pen.font = `${Math.min(1.05 * area.unit, width / 7)}px ${FONT}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(agent < team.slots.length ? say("off_duty") : say("empty_desk"), x + width / 2, y + height / 2);
      continue;
    }
    const mine = open.filter((held) => held.agent === agent);
    drawAgent(pen, { x, y, width, height, u, across, slots: team.slots[agent] }, agent, mine, scenes, now, colours, how.late_s);
  }
}

/**
 * As many columns as give the largest bubbles.
 * @param {{width: number, height: number, unit: number}} area
 * @param {number} n
 * @param {number} across
 * @param {number} down
 */
function bestGrid(area, n, across, down) {
  let best = { columns: 1, u: 0 };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const u = Math.min(area.width / columns / (across * 1.12 + 0.5), area.height / rows / (down * 0.95 + 2), 76);
    if (u > best.u) best = { columns, u };
  }
  return best;
}

/**
 * One agent: bubbles above, head and shoulders below, and the beam of attention from the head to one bubble.
 * @param {CanvasRenderingContext2D} pen
 * @param {{x: number, y: number, width: number, height: number, u: number, across: number, slots: number}} card
 * @param {number} agent
 * @param {Held[]} mine
 * @param {Scenes} scenes
 * @param {number} now
 * @param {Colours} colours
 * @param {number} late_s
 */
function drawAgent(pen, card, agent, mine, scenes, now, colours, late_s) {
  const { x, y, width, height, u, across, slots } = card;
  const n = Math.min(across, slots);
  const left = x + width / 2 - (n * 1.1 * u) / 2;
  const head = { x: x + width / 2, y: y + height - 0.78 * u };
  /** @param {number} slot */
  const place = (slot) => ({ x: left + (slot % n) * 1.1 * u + 0.05 * u, y: y + 0.25 * u + Math.floor(slot / n) * 0.92 * u });
  const states = mine.map((held) => ({ held, at: place(held.slot), ...scenes.doing(held, now) }));
  const busy = states.find((state) => state.doing === "writes" || state.doing === "wraps");
  if (busy) drawBeam(pen, head, busy.at, u, colours);
  for (let slot = 0; slot < slots; slot++) {
    const state = states.find((each) => each.held.slot === slot);
    drawBubble(pen, place(slot), u, state, now, colours, late_s);
  }
  drawHead(pen, head, u, busy !== undefined, String(agent + 1), colours);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{x: number, y: number}} head
 * @param {{x: number, y: number}} at
 * @param {number} u
 * @param {Colours} colours
 */
function drawBeam(pen, head, at, u, colours) {
  pen.save();
  pen.globalAlpha = 0.35;
  pen.fillStyle = colours.att;
  pen.beginPath();
  pen.moveTo(head.x, head.y);
  pen.lineTo(at.x + 0.12 * u, at.y + 0.75 * u);
  pen.lineTo(at.x + 0.88 * u, at.y + 0.75 * u);
  pen.closePath();
  pen.fill();
  pen.restore();
}

/**
 * A chat in its slot, or the free slot.
 * @param {CanvasRenderingContext2D} pen
 * @param {{x: number, y: number}} at
 * @param {number} u
 * @param {{doing: Doing, since_s: number, until_s: number} | undefined} state
 * @param {number} now
 * @param {Colours} colours
 * @param {number} late_s
 */
function drawBubble(pen, at, u, state, now, colours, late_s) {
  const [w, h] = [u, 0.75 * u];
  pen.lineWidth = Math.max(1, u / 30);
  if (state === undefined) {
    pen.strokeStyle = colours.grey;
    pen.setLineDash([u / 9, u / 12]);
    rounded(pen, at.x, at.y, w, h, u / 6);
    pen.stroke();
    pen.setLineDash([]);
    return;
  }
  const waits_s = now - state.since_s;
  const is_late = state.doing === "waits" && waits_s > late_s;
  const fill = { types: colours.pale, waits: is_late ? colours.late : colours.wait, writes: colours.att, wraps: colours.grey };
  pen.fillStyle = fill[state.doing];
  pen.strokeStyle = state.doing === "types" ? colours.mid : is_late ? colours.late : colours.ink;
  rounded(pen, at.x, at.y, w, h, u / 6);
  pen.fill();
  if (state.doing === "waits") hatch(pen, at.x, at.y, w, h, u, is_late ? colours.wait : "#ffffff");
  if (is_late) pen.lineWidth *= 3;
  rounded(pen, at.x, at.y, w, h, u / 6);
  if (state.doing === "types" || state.doing === "waits") pen.stroke();
  const middle = { x: at.x + w / 2, y: at.y + h / 2 };
  if (state.doing === "types") dots(pen, middle, u, colours.att);
  else if (state.doing === "writes") lines(pen, at, u, (now - state.since_s) / (state.until_s - state.since_s), colours.onatt);
  else if (state.doing === "wraps") tick(pen, middle, u);
  else if (u >= 26) badge(pen, middle, u, String(Math.floor(waits_s)), is_late ? colours.late : colours.wait, is_late ? "#ffffff" : "#1d2733");
}

/**
 * By group, where there are too many agents for cards.
 * @param {CanvasRenderingContext2D} pen
 * @param {{left: number, top: number, width: number, height: number, unit: number}} area
 * @param {Scenes} scenes
 * @param {number} now
 * @param {Colours} colours
 * @param {string[]} names
 */
function drawGroups(pen, area, scenes, now, colours, names) {
  const { team } = scenes.day;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const pitch = Math.min(area.height / names.length, 6.5 * area.unit);
  names.forEach((name, g) => {
    const y = area.top + g * pitch;
    const agents = Array.from(team.group.length ? Array.from(team.group).keys() : []).filter((a) => team.group[a] === g && scenes.isThere(a, now));
    const slots = agents.reduce((sum, a) => sum + team.slots[a], 0);
    const open = scenes.held.filter((held) => team.group[held.agent] === g && held.from_s <= now && now < held.to_s);
    /** @type {Record<Doing, number>} */
    const n = { writes: 0, waits: 0, types: 0, wraps: 0 };
    for (const held of open) n[scenes.doing(held, now).doing]++;
    pen.fillStyle = colours.ink;
    pen.font = `700 ${1.1 * area.unit}px ${FONT}`;
    pen.fillText(`${name}: ${say("n_agents", { n: agents.length })}`, area.left, y + 0.8 * area.unit);
    const fill = { writes: colours.att, waits: colours.wait, types: colours.pale, wraps: colours.grey };
    let x = area.left;
    for (const doing of /** @type {Doing[]} */ (["writes", "waits", "types", "wraps"])) {
      const width = (area.width * n[doing]) / Math.max(slots, open.length, 1);
      pen.fillStyle = fill[doing];
      pen.fillRect(x, y + 1.7 * area.unit, width, 1.8 * area.unit);
      if (doing === "waits" && width > 2) hatch(pen, x, y + 1.7 * area.unit, width, 1.8 * area.unit, 60, "#ffffff");
      x += width;
    }
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    pen.strokeRect(area.left, y + 1.7 * area.unit, area.width, 1.8 * area.unit);
    pen.fillStyle = colours.soft;
    pen.font = `${0.95 * area.unit}px ${FONT}`;
    const said = say("doing", { ...n, free: Math.max(0, slots - open.length) });
    pen.fillText(said, area.left, y + 4.4 * area.unit);
  });
}

const FONT = '"Segoe UI", -apple-system, Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif';

/** @param {CanvasRenderingContext2D} pen @param {number} unit @param {number} x @param {string} number @param {string} word @param {CanvasTextAlign} side @param {string} colour @param {string} soft */
function count(pen, unit, x, number, word, side, colour, soft) {
  pen.textAlign = side;
  pen.textBaseline = "alphabetic";
  pen.fillStyle = colour;
  pen.font = `700 ${2.2 * unit}px ${FONT}`;
  pen.fillText(number, x, 2.2 * unit);
  pen.fillStyle = soft;
  pen.font = `${1.05 * unit}px ${FONT}`;
  pen.fillText(word, x, 3.8 * unit);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} w @param {number} h @param {number} r */
function rounded(pen, x, y, w, h, r) {
  pen.beginPath();
  pen.roundRect(x, y, Math.max(w, 0), h, r);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} radius @param {number} share */
function ring(pen, x, y, radius, share) {
  pen.beginPath();
  pen.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} w @param {number} h @param {number} u @param {string} colour */
function hatch(pen, x, y, w, h, u, colour) {
  pen.save();
  rounded(pen, x, y, w, h, u / 6);
  pen.clip();
  pen.globalAlpha = 0.75;
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(1.5, u / 22);
  for (let k = -h; k < w; k += Math.max(5, u / 7)) {
    pen.beginPath();
    pen.moveTo(x + k, y + h);
    pen.lineTo(x + k + h, y);
    pen.stroke();
  }
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen @param {{x: number, y: number}} middle @param {number} u @param {string} colour */
function dots(pen, middle, u, colour) {
  pen.fillStyle = colour;
  for (const k of [-1, 0, 1]) {
    pen.beginPath();
    pen.arc(middle.x + k * 0.2 * u, middle.y, 0.06 * u, 0, 7);
    pen.fill();
  }
}

/** @param {CanvasRenderingContext2D} pen @param {{x: number, y: number}} at @param {number} u @param {number} share @param {string} colour */
function lines(pen, at, u, share, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(1.5, u / 16);
  for (const k of [0, 1, 2]) {
    const done = Math.max(0, Math.min(1, 3 * share - k));
    if (done === 0) break;
    pen.beginPath();
    pen.moveTo(at.x + 0.16 * u, at.y + (0.2 + 0.17 * k) * u);
    pen.lineTo(at.x + (0.16 + (k === 2 ? 0.45 : 0.68) * done) * u, at.y + (0.2 + 0.17 * k) * u);
    pen.stroke();
  }
}

/** @param {CanvasRenderingContext2D} pen @param {{x: number, y: number}} middle @param {number} u */
function tick(pen, middle, u) {
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = Math.max(2, u / 12);
  pen.beginPath();
  pen.moveTo(middle.x - 0.18 * u, middle.y);
  pen.lineTo(middle.x - 0.04 * u, middle.y + 0.14 * u);
  pen.lineTo(middle.x + 0.2 * u, middle.y - 0.14 * u);
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {{x: number, y: number}} middle @param {number} u @param {string} text @param {string} ground @param {string} ink */
function badge(pen, middle, u, text, ground, ink) {
  pen.font = `700 ${0.36 * u}px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const width = pen.measureText(text).width + 0.16 * u;
  pen.fillStyle = ground;
  rounded(pen, middle.x - width / 2, middle.y - 0.22 * u, width, 0.44 * u, 0.1 * u);
  pen.fill();
  pen.fillStyle = ink;
  pen.fillText(text, middle.x, middle.y + 0.02 * u);
}

/** @param {CanvasRenderingContext2D} pen @param {{x: number, y: number}} head @param {number} u @param {boolean} is_busy @param {string} number @param {Colours} colours */
function drawHead(pen, head, u, is_busy, number, colours) {
  pen.lineWidth = Math.max(1.5, u / 25);
  pen.strokeStyle = is_busy ? colours.att : colours.grey;
  pen.fillStyle = is_busy ? colours.att : colours.card;
  pen.beginPath();
  pen.arc(head.x, head.y, 0.2 * u, 0, 7);
  pen.fill();
  pen.stroke();
  pen.beginPath();
  pen.roundRect(head.x - 0.38 * u, head.y + 0.24 * u, 0.76 * u, 0.42 * u, [0.3 * u, 0.3 * u, 0, 0]);
  pen.fill();
  pen.stroke();
  if (u < 24) return;
  pen.fillStyle = is_busy ? colours.onatt : colours.ink;
  pen.font = `700 ${0.26 * u}px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(number, head.x, head.y + 0.48 * u);
}
