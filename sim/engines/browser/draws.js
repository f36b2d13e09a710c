// Who comes, with what patience and what needs? One replication, drawn as `sim/draws/sampling.py` draws it: the same
// uniforms, by inversion, so the same customers as Python's (times agree to about 1e-12, counts exactly).

import { arrivalsOf, burstOf } from "./arrivals.js";
import { count, duration } from "./laws.js";
import { NONE } from "./rules.js";
import { Stream, Uniforms } from "./streams.js";

/** The streams of the k-th attempts have the number of those of the first + (k − 1) times this (R29). */
const LEVEL = 1000;
/** The streams of the k-th burst, from 1, have the number of those of the usual customers + k times this (R38). */
const APART = 2_000_000;

/** @typedef {import("./laws.js").LawOf} LawOf */
/** @typedef {import("./laws.js").Law} Law */

/**
 * @typedef {object} QueueDemand
 * @property {ArrayLike<number> | null} times_s Exact arrivals, instead of a rate.
 * @property {ArrayLike<number>} edges_s Edges of the pieces with a constant rate.
 * @property {ArrayLike<number>} expected Chats expected in each piece.
 * @property {ArrayLike<number>} day Of each piece.
 * @property {ArrayLike<number>} interval Of each piece.
 * @property {number} busyness_cv
 * @property {number} interval_cv
 * @property {LawOf | null} turns
 * @property {LawOf | null} agent_s
 * @property {LawOf | null} customer_s
 * @property {LawOf | null} work_s
 * @property {LawOf | null} wrap_up_s
 * @property {LawOf | null} patience
 * @property {LawOf | null} reply_patience
 * @property {{share: number, detect_s: LawOf} | null} silence
 * @property {boolean} balks
 * @property {{probability: number, delay_s: LawOf} | null} retry
 * @property {{probability: number, delay_s: LawOf} | null} returns
 * @property {number} comes_again Share of attempts for which a further one is reserved.
 * @property {number} most_attempts
 * @property {string[]} keep What further attempts have of the first: patience, needs.
 */

/**
 * @typedef {object} Demand
 * @property {QueueDemand[]} queues
 * @property {{queue: number, customers: number, start_s: number, end_s: number}[]} bursts
 * @property {boolean} random_routing
 * @property {boolean} quality
 */

/**
 * The k-th attempts of one queue's customers, the usual ones or those of a burst.
 * @typedef {object} Block
 * @property {number} queue
 * @property {number} burst From 1; 0 for the usual customers.
 * @property {number} attempt
 * @property {number} n
 * @property {Float64Array} arrival_s
 * @property {Float64Array} persist_u
 * @property {number[]} again Rows with a further attempt, which are the rows of the next block.
 * @property {Block | null} before
 */

/**
 * Draw the customers of a replication.
 * @param {Demand} demand
 * @param {number} seed
 * @param {number} replication
 */
export function drawn(demand, seed, replication) {
  /** @param {Block} block @param {number} stream */
  const stream = (block, stream) =>
    new Uniforms(seed, replication, block.queue, stream + LEVEL * (block.attempt - 1) + APART * block.burst);
  const blocks = blocksOf(demand, stream);
  const firsts = [0];
  for (const block of blocks) firsts.push(firsts[firsts.length - 1] + block.n);
  const order = merged(blocks, firsts);
  const columns = new Columns(demand, blocks, stream);
  const n_turns = columns.all(Stream.TURNS, (queue) => queue.turns && count(queue.turns), 0, "needs");
  const turns = new Turns(blocks, n_turns, firsts, order);
  const quality = demand.quality ? () => asDrawn : () => null;

  /** @type {(stream: number, law: (queue: QueueDemand) => Law | null, otherwise: number, keep?: string) => Float64Array} */
  const ofChats = (name, law, otherwise, keep) => permuted(columns.all(name, law, otherwise, keep), order);
  /** @type {typeof ofChats} */
  const ifAny = (name, law, otherwise, keep) => (demand.queues.some((queue) => law(queue)) ? ofChats(name, law, otherwise, keep) : new Float64Array(0));
  /** @type {(stream: number, law: (queue: QueueDemand) => Law | null, otherwise: number) => Float64Array} */
  const ofTurns = (name, law, otherwise) => turns.permuted(columns.all(name, law, otherwise, "needs", turns));

  const retry_delay_s = ifAny(Stream.RETRY_DELAY, ({ retry }) => retry && duration(retry.delay_s), 0);
  const return_delay_s = ifAny(Stream.RETURN_DELAY, ({ returns }) => returns && duration(returns.delay_s), 0);
  return {
    n_customers: blocks.reduce((sum, block) => sum + (block.attempt === 1 ? block.n : 0), 0),
    queue: Int32Array.from(order, (row) => blocks[blockOf(firsts, row)].queue),
    arrival_s: permuted(joined(blocks.map((block) => (block.attempt === 1 ? block.arrival_s : unknown(block.n)))), order),
    patience_s: ofChats(Stream.PATIENCE, ({ patience }) => patience && duration(patience), Infinity, "patience"),
    work_s: ofChats(Stream.WORK, ({ work_s }) => work_s && duration(work_s), NaN, "needs"),
    wrap_up_s: ofChats(Stream.WRAP_UP, ({ wrap_up_s }) => wrap_up_s && duration(wrap_up_s), 0, "needs"),
    route_u: ofChats(Stream.ROUTE, () => (demand.random_routing ? asDrawn : null), 0),
    silent: Uint8Array.from(ifAny(Stream.SILENT, ({ silence }) => silence && below(silence.share), 0)),
    detect_s: ifAny(Stream.DETECT, ({ silence }) => silence && duration(silence.detect_s), 0),
    balk_u: ifAny(Stream.BALK, ({ balks }) => (balks ? asDrawn : null), 0),
    resolve_u: ifAny(Stream.RESOLVE, quality, 0),
    csat_u: ifAny(Stream.CSAT, quality, 0),
    nps_u: ifAny(Stream.NPS, quality, 0),
    turn_offset: turns.offset,
    agent_s: ofTurns(Stream.AGENT, ({ agent_s }) => agent_s && duration(agent_s), NaN),
    customer_s: ofTurns(Stream.CUSTOMER, ({ customer_s }) => customer_s && duration(customer_s), NaN),
    reply_patience_s: demand.queues.some((queue) => queue.reply_patience)
      ? ofTurns(Stream.REPLY_PATIENCE, ({ reply_patience }) => reply_patience && duration(reply_patience), Infinity)
      : new Float64Array(0),
    chains: chainsOf(demand, blocks, firsts, order, retry_delay_s, return_delay_s),
  };
}

/** @type {Law} */
const asDrawn = (u) => u;
/** @type {(share: number) => Law} */
const below = (share) => (u) => (u < share ? 1 : 0);
/** @param {number} n */
const unknown = (n) => new Float64Array(n).fill(NaN);

/**
 * All attempts: first the first ones, of the queues' usual customers and then of each burst; then the second, …
 * @param {Demand} demand
 * @param {(block: Block, stream: number) => Uniforms} stream
 */
function blocksOf(demand, stream) {
  const may_come_again = demand.queues.some((queue) => queue.most_attempts > 1);
  /** @type {(block: Omit<Block, "persist_u" | "again">) => Block} */
  const complete = (given) => {
    /** @type {Block} */
    const block = { ...given, persist_u: new Float64Array(0), again: [] };
    if (!may_come_again) return block;
    const { comes_again, most_attempts } = demand.queues[block.queue];
    block.persist_u = stream(block, Stream.PERSIST).take(block.n);
    if (block.attempt < most_attempts) {
      block.persist_u.forEach((u, row) => u < comes_again && block.again.push(row));
    }
    return block;
  };
  /** @type {(queue: number, burst: number) => Omit<Block, "persist_u" | "again">} */
  const empty = (queue, burst) => ({ queue, burst, attempt: 1, n: 0, arrival_s: new Float64Array(0), before: null });
  /** @type {(block: Omit<Block, "persist_u" | "again">, arrival_s: Float64Array) => Block} */
  const first = (block, arrival_s) => complete({ ...block, n: arrival_s.length, arrival_s });
  let level = demand.queues.map((queue, q) => {
    const block = empty(q, 0);
    return first(block, arrivalsOf(queue, (name) => stream(/** @type {Block} */ (block), name)));
  });
  demand.bursts.forEach((burst, k) => {
    const block = empty(burst.queue, k + 1);
    level.push(first(block, burstOf(burst, stream(/** @type {Block} */ (block), Stream.ARRIVAL))));
  });
  const every = [];
  while (level.length > 0) {
    every.push(...level);
    level = level
      .filter((block) => block.again.length > 0)
      .map((block) =>
        complete({
          queue: block.queue,
          burst: block.burst,
          attempt: block.attempt + 1,
          n: block.again.length,
          arrival_s: new Float64Array(block.again.length).fill(Infinity),
          before: block,
        }),
      );
  }
  return every;
}

/** Columns of all blocks, one after the other. */
class Columns {
  /**
   * @param {Demand} demand
   * @param {Block[]} blocks
   * @param {(block: Block, stream: number) => Uniforms} stream
   */
  constructor(demand, blocks, stream) {
    this.demand = demand;
    this.blocks = blocks;
    this.stream = stream;
  }

  /**
   * Values of a stream by each queue's law.
   * @param {number} name
   * @param {(queue: QueueDemand) => Law | null} law
   * @param {number} otherwise value of a queue without a law
   * @param {string} [keep] what it is part of, which further attempts may keep (R29)
   * @param {Turns} [turns] rows are turns, not chats
   */
  all(name, law, otherwise, keep, turns) {
    /** @type {Map<Block, Float64Array>} */
    const parts = new Map();
    this.blocks.forEach((block, b) => {
      const queue = this.demand.queues[block.queue];
      const mine = law(queue);
      const n = turns ? turns.count(b) : block.n;
      const earlier = block.before && keep && queue.keep.includes(keep) ? parts.get(block.before) : undefined;
      let part;
      if (mine === null) part = new Float64Array(n).fill(otherwise);
      else if (earlier && block.before) {
        const rows = turns ? turns.of(this.blocks.indexOf(block.before), block.before.again) : block.before.again;
        part = Float64Array.from(rows, (row) => earlier[row]);
      } else part = this.stream(block, name).take(n).map(mine);
      parts.set(block, part);
    });
    return joined(this.blocks.map((block) => /** @type {Float64Array} */ (parts.get(block))));
  }
}

/** Where the turns of chats are, block by block, and in the order of the draws. */
class Turns {
  /**
   * @param {Block[]} blocks
   * @param {Float64Array} n_turns
   * @param {number[]} firsts
   * @param {Int32Array} order
   */
  constructor(blocks, n_turns, firsts, order) {
    this.blocks = blocks;
    this.firsts = firsts;
    this.order = order;
    /** Of the rows of all blocks. */
    this.begins = new Int32Array(n_turns.length + 1);
    n_turns.forEach((n, row) => (this.begins[row + 1] = this.begins[row] + n));
    /** In the order of the draws. */
    this.offset = new Int32Array(n_turns.length + 1);
    order.forEach((row, k) => (this.offset[k + 1] = this.offset[k] + n_turns[row]));
  }

  /** @param {number} block */
  count(block) {
    return this.begins[this.firsts[block + 1]] - this.begins[this.firsts[block]];
  }

  /**
   * Turns of some rows of a block, within the block.
   * @param {number} block
   * @param {number[]} rows
   */
  of(block, rows) {
    const first = this.firsts[block];
    return rows.flatMap((row) => {
      const begin = this.begins[first + row] - this.begins[first];
      const n = this.begins[first + row + 1] - this.begins[first + row];
      return Array.from({ length: n }, (_, k) => begin + k);
    });
  }

  /** @param {Float64Array} column */
  permuted(column) {
    const values = new Float64Array(column.length);
    this.order.forEach((row, k) => {
      values.set(column.subarray(this.begins[row], this.begins[row + 1]), this.offset[k]);
    });
    return values;
  }
}

/**
 * Rows of all blocks in the order of the draws: by arrival, of equals that of the first block; reserved rows last.
 * @param {Block[]} blocks
 * @param {number[]} firsts
 */
function merged(blocks, firsts) {
  const order = new Int32Array(firsts[blocks.length]);
  const heads = blocks.map(() => 0);
  for (let k = 0; k < order.length; k++) {
    let best = NONE;
    for (let b = 0; b < blocks.length; b++) {
      if (heads[b] === blocks[b].n) continue;
      if (best === NONE || blocks[b].arrival_s[heads[b]] < blocks[best].arrival_s[heads[best]]) best = b;
    }
    order[k] = firsts[best] + heads[best]++;
  }
  return order;
}

/**
 * The block of a row.
 * @param {number[]} firsts
 * @param {number} row
 */
function blockOf(firsts, row) {
  let b = 0;
  while (firsts[b + 1] <= row) b++;
  return b;
}

/**
 * Who comes again (R27 to R29); null where nobody does.
 * @param {Demand} demand
 * @param {Block[]} blocks
 * @param {number[]} firsts
 * @param {Int32Array} order
 * @param {Float64Array} retry_delay_s
 * @param {Float64Array} return_delay_s
 */
function chainsOf(demand, blocks, firsts, order, retry_delay_s, return_delay_s) {
  const n = order.length;
  if (!demand.queues.some((queue) => queue.most_attempts > 1) || n === 0) return null;
  const next_row = new Int32Array(n).fill(NONE);
  const retries = new Uint8Array(n);
  const returns = new Uint8Array(n);
  const place = new Int32Array(n);
  order.forEach((row, k) => (place[row] = k));
  blocks.forEach((block, b) => {
    if (block.before === null) return;
    const before = firsts[blocks.indexOf(block.before)];
    const queue = demand.queues[block.queue];
    block.before.again.forEach((row, k) => {
      const at = place[before + row];
      const u = /** @type {Block} */ (block.before).persist_u[row];
      next_row[at] = place[firsts[b] + k];
      retries[at] = u < (queue.retry?.probability ?? 0) ? 1 : 0;
      returns[at] = u < (queue.returns?.probability ?? 0) ? 1 : 0;
    });
  });
  const none = new Float64Array(n);
  return {
    next_row,
    retries,
    returns,
    retry_delay_s: retry_delay_s.length > 0 ? retry_delay_s : none,
    return_delay_s: return_delay_s.length > 0 ? return_delay_s : none,
  };
}

/** @param {Float64Array[]} parts */
function joined(parts) {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * @param {Float64Array} column
 * @param {Int32Array} order
 */
function permuted(column, order) {
  return Float64Array.from(order, (row) => column[row]);
}
