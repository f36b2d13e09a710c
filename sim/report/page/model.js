// What if? The scenario with the sliders as they stand: its days are simulated, always with the same customers.

import { drawn } from "../../engines/browser/draws.js";
import { simulate } from "../../engines/browser/engine.js";
import { sumsOf } from "./figures.js";

/** @typedef {import("../../engines/browser/plan.js").Plan} Plan */
/** @typedef {import("../../engines/browser/plan.js").Team} Team */
/** @typedef {import("../../engines/browser/plan.js").Draws} Draws */
/** @typedef {import("../../engines/browser/draws.js").Demand} Demand */

/**
 * What the page is about, written by `desk.py`.
 * @typedef {object} Desk
 * @property {string} name
 * @property {number} seed
 * @property {number} n_days Replications.
 * @property {number} t Quantile of Student's t for as many.
 * @property {number} days Days of a replication.
 * @property {number} interval_s
 * @property {Plan} plan
 * @property {Demand} demand
 * @property {import("./figures.js").Rules} rules
 * @property {{name: string, agents: number, counts: number[], teams: Record<string, Team[]>}[]} groups
 *   Of each group: its agents, as many as there may be, and their duty on each day (one for all where days are alike).
 * @property {{name: string, at_most: boolean, value: number}[]} promises
 * @property {string[]} unshown Promises that the page does not judge.
 * @property {boolean} ordinary Whether what the scenario has under stress does not happen here.
 * @property {number} patience_s Mean, or 0 where nobody leaves.
 * @property {number} reply_s Mean time that a reply takes; 0 by work.
 * @property {number} slots Most chats at once; 0 where they can't be changed.
 * @property {number} opens_s
 * @property {number} closes_s
 * @property {Challenge | null} challenge Null where the page has none.
 * @property {string[]} lessons Those that this centre can show.
 * @property {string | null} lesson The one that the page begins with.
 */

/**
 * A day that a room may staff, written by `challenge.py`.
 * @typedef {object} Challenge
 * @property {number} width_s Of an interval.
 * @property {number} first_s When the first one begins.
 * @property {number[]} plan The search's agents in each interval; the room may use as many hours.
 * @property {number} most Most agents in an interval.
 */
/**
 * Where the sliders stand, and what if.
 * @typedef {object} Settings
 * @property {number} demand Factor.
 * @property {number} patience Factor.
 * @property {number} reply Factor.
 * @property {number[]} agents Of each group.
 * @property {number} slots Chats at once, more or fewer than the scenario's.
 * @property {number} sick Agents of the highest numbers who are not there.
 * @property {boolean} burst A newsletter: a tenth of a day's customers within a quarter of an hour.
 * @property {boolean} slow Agents' times × 1.5 for two hours.
 * @property {boolean} outage Nobody can answer for ten minutes.
 * @property {number[] | null} [plan] A room's agents in each interval, instead of the scenario's.
 * @property {number} [seed] A room's customers, instead of the page's.
 */

const INCIDENT_AT_S = 11 * 3600;

/** Simulates, and remembers who comes. */
export class Model {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Map<string, Draws>} */
    this.customers = new Map();
  }

  /** @returns {Settings} */
  asGiven() {
    const agents = this.desk.groups.map((group) => group.agents);
    return { demand: 1, patience: 1, reply: 1, agents, slots: 0, sick: 0, burst: false, slow: false, outage: false };
  }

  /**
   * Sums of each figure on each day.
   * @param {Settings} settings
   */
  days(settings) {
    const plan = this.planOf(settings);
    return Array.from({ length: this.desk.n_days }, (_, day) => this.day(settings, day, plan).sums);
  }

  /**
   * One day: who came, the team, what happened, and its sums.
   * @param {Settings} settings
   * @param {number} day
   */
  day(settings, day, plan = this.planOf(settings)) {
    const draws = this.drawsOf(settings, day);
    const team = this.teamOf(settings, day);
    const log = simulate(plan, team, draws);
    return { plan, draws, team, log, sums: sumsOf(plan, this.desk.rules, draws, team, log) };
  }

  /**
   * @param {Settings} settings
   * @returns {Plan}
   */
  planOf({ slots, slow, outage }) {
    const { plan } = this.desk;
    const begins_s = this.incidentAt();
    return {
      ...plan,
      slowdowns: slow ? [...plan.slowdowns, [begins_s, begins_s + 7200, 1.5]] : plan.slowdowns,
      outages: outage ? joined([...plan.outages, [begins_s, begins_s + 600]]) : plan.outages,
      queues: slots > 0 ? plan.queues.map((queue) => ({ ...queue, speed: stretched(queue.speed, slots) })) : plan.queues,
    };
  }

  /** How many call in sick: two, or who there is, of the first group. */
  mostSick() {
    return Math.min(2, this.desk.groups[0].agents);
  }

  /** When incidents begin: at eleven, or at the middle of the day where the centre is closed then. */
  incidentAt() {
    const { opens_s, closes_s } = this.desk;
    return opens_s <= INCIDENT_AT_S && INCIDENT_AT_S < closes_s ? INCIDENT_AT_S : (opens_s + closes_s) / 2;
  }

  /**
   * Who comes on a day: the same customers at all settings, sooner where more come.
   * @param {Settings} settings
   * @param {number} day
   * @returns {Draws}
   */
  drawsOf({ demand, patience, reply, burst, seed = this.desk.seed }, day) {
    const key = `${demand} ${burst} ${seed} ${day}`;
    let draws = this.customers.get(key);
    if (draws === undefined) {
      if (this.customers.size > 8 * this.desk.n_days) this.customers.clear();
      draws = /** @type {Draws} */ (drawn(this.demandOf(demand, burst), seed, day));
      this.customers.set(key, draws);
    }
    return {
      ...draws,
      patience_s: times(draws.patience_s, patience),
      agent_s: times(draws.agent_s, reply),
      work_s: times(draws.work_s, reply),
    };
  }

  /**
   * @param {number} factor
   * @param {boolean} burst
   * @returns {Demand}
   */
  demandOf(factor, burst) {
    const { demand } = this.desk;
    const queues = demand.queues.map((queue) => ({ ...queue, expected: times(queue.expected, factor) }));
    const start_s = this.incidentAt();
    const customers = Math.round(Array.from(demand.queues[0].expected).reduce((sum, n) => sum + n, 0) / this.desk.days / 10);
    const more = burst ? [{ queue: 0, customers, start_s, end_s: start_s + 900 }] : [];
    return { ...demand, queues, bursts: [...demand.bursts, ...more] };
  }

  /**
   * Agents of all groups, one after the other, without those who are sick.
   * @param {Settings} settings
   * @param {number} day
   * @returns {Team}
   */
  teamOf({ agents, slots, sick, plan }, day) {
    if (plan && this.desk.challenge !== null) return planned(plan, this.desk.challenge, this.desk.groups[0].teams[agents[0]][0]);
    /** @type {{group: number[], slots: number[], speed: ArrayLike<number>[], day_s: ArrayLike<number>[], agent: number[], on_s: number[], off_s: number[], stays: number[]}} */
    const all = { group: [], slots: [], speed: [], day_s: [], agent: [], on_s: [], off_s: [], stays: [] };
    this.desk.groups.forEach((group, g) => {
      const teams = group.teams[agents[g]];
      const team = teams[Math.min(day, teams.length - 1)];
      const first = all.group.length;
      const n = team.slots.length;
      for (let a = 0; a < n; a++) {
        all.group.push(g);
        all.slots.push(Math.max(1, team.slots[a] + slots));
        all.speed.push(team.speed[a]);
        all.day_s.push(team.day_s[a]);
      }
      const is_there = (/** @type {number} */ agent) => g > 0 || agent < n - sick;
      for (let span = 0; span < team.agent.length; span++) {
        if (!is_there(team.agent[span])) continue;
        all.agent.push(first + team.agent[span]);
        all.on_s.push(team.on_s[span]);
        all.off_s.push(team.off_s[span]);
        all.stays.push(Number(team.stays[span]));
      }
    });
    return all;
  }

  /**
   * Hours on duty a day, as planned, those of the sick included: they are paid.
   * @param {Settings} settings
   */
  hours(settings) {
    const { days, rules } = this.desk;
    const team = this.teamOf({ ...settings, sick: 0 }, 0);
    let sum_s = 0;
    for (let span = 0; span < team.agent.length; span++) {
      sum_s += Math.min(team.off_s[span], rules.horizon_s) - Math.max(team.on_s[span], 0);
    }
    return sum_s / 3600 / days;
  }
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} factor
 */
function times(values, factor) {
  return factor === 1 ? values : Float64Array.from(values, (value) => value * factor);
}

/**
 * The team of a plan: in each interval the agents of the lowest numbers, all like the first one of the scenario's.
 * @param {number[]} plan
 * @param {Challenge} challenge
 * @param {Team} usual
 * @returns {Team}
 */
function planned(plan, { width_s, first_s }, usual) {
  const n = Math.max(1, ...plan);
  const all = Array.from({ length: n }, (_, agent) => agent);
  const spans = all.flatMap((agent) => {
    const starts = plan.flatMap((agents, k) => (agents > agent && !(plan[k - 1] > agent) ? [k] : []));
    return starts.map((from) => {
      const off = plan.findIndex((agents, k) => k > from && agents <= agent);
      return { agent, on_s: first_s + from * width_s, off_s: first_s + (off < 0 ? plan.length : off) * width_s };
    });
  });
  return {
    group: all.map(() => 0),
    slots: all.map(() => usual.slots[0]),
    speed: all.map(() => usual.speed[0]),
    day_s: all.map(() => usual.day_s[0]),
    agent: spans.map((span) => span.agent),
    on_s: spans.map((span) => span.on_s),
    off_s: spans.map((span) => span.off_s),
    stays: spans.map(() => 0),
  };
}

/**
 * Outages that overlap or touch are one (R37).
 * @param {number[][]} spans
 */
function joined(spans) {
  /** @type {number[][]} */
  const apart = [];
  for (const [begin, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = apart[apart.length - 1];
    if (last !== undefined && begin <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([begin, end]);
  }
  return apart;
}

/**
 * Speeds for more chats at once: those by turns are all 1.
 * @param {number[]} speed
 * @param {number} more
 */
function stretched(speed, more) {
  return [...speed, ...new Array(more).fill(1)];
}
