// Where does randomness come from? The streams of `sim/draws/streams.py`: the same doubles, bit for bit.
//
// numpy's PCG64 seeded by SeedSequence(seed, spawn_key = (replication, place, stream)). O'Neill, PCG: a family of
// simple fast space-efficient statistically good algorithms for random number generation, HMC-CS-2014-0905, 2014
// (XSL RR 128/64), and Developing a seed_seq alternative, pcg-random.org, 2015. Numbers of 128 bits are eight
// words of 16: their products and sums are exact in doubles.

/** Names of the streams. */
export const Stream = Object.freeze({
  DAY: 0,
  INTERVAL: 1,
  ARRIVAL: 2,
  PATIENCE: 3,
  TURNS: 4,
  AGENT: 5,
  CUSTOMER: 6,
  WORK: 7,
  WRAP_UP: 8,
  ROUTE: 9,
  SILENT: 10,
  DETECT: 11,
  BALK: 12,
  REPLY_PATIENCE: 13,
  PERSIST: 14,
  RETRY_DELAY: 15,
  RETURN_DELAY: 16,
  RESOLVE: 17,
  CSAT: 18,
  NPS: 19,
  CES: 20,
  SURVEY: 21,
  CONVERSION: 22,
  SPEED: 23,
  ABSENCE: 24,
  LATE: 25,
  ABSENCE_ON_EVE: 26,
  LATE_ON_EVE: 27,
});

const POOL = 4;
const INIT_A = 0x43b0d7e5;
const MULTIPLIER_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULTIPLIER_B = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;
/** The generator's factor, lowest word first. */
const FACTOR = [0xf645, 0x9fcc, 0xdf64, 0x4385, 0x5da4, 0x1fc6, 0xed05, 0x2360];

/**
 * A word, hashed by a constant and by what the constant is next.
 * @param {number} word
 * @param {number} constant
 * @param {number} multiplier
 */
function hashed(word, constant, multiplier) {
  const product = Math.imul(word ^ constant, Math.imul(constant, multiplier));
  return product ^ (product >>> 16);
}

/**
 * One word of two.
 * @param {number} word
 * @param {number} other
 */
function mixed(word, other) {
  const both = (Math.imul(MIX_LEFT, word) - Math.imul(MIX_RIGHT, other)) | 0;
  return both ^ (both >>> 16);
}

/**
 * Stir words, at least as many as the pool has, into a pool.
 * @param {number[]} entropy
 */
function stirred(entropy) {
  let constant = INIT_A;
  /** @param {number} word */
  const hash = (word) => {
    const found = hashed(word, constant, MULTIPLIER_A);
    constant = Math.imul(constant, MULTIPLIER_A);
    return found;
  };
  const pool = entropy.slice(0, POOL).map(hash);
  for (let i = 0; i < POOL; i++) {
    for (let k = 0; k < POOL; k++) if (i !== k) pool[k] = mixed(pool[k], hash(pool[i]));
  }
  for (const word of entropy.slice(POOL)) {
    for (let k = 0; k < POOL; k++) pool[k] = mixed(pool[k], hash(word));
  }
  return pool;
}

/** A stream of uniforms in [0, 1). */
export class Uniforms {
  /**
   * @param {number} seed whole, from 0 to 2⁵³
   * @param {number} replication
   * @param {number} place a queue, or a group
   * @param {number} stream
   */
  constructor(seed, replication, place, stream) {
    const pool = stirred([seed >>> 0, Math.floor(seed / 2 ** 32), 0, 0, replication, place, stream]);
    let constant = INIT_B;
    const words = [];
    for (let i = 0; i < 8; i++) {
      const word = hashed(pool[i % POOL], constant, MULTIPLIER_B);
      constant = Math.imul(constant, MULTIPLIER_B);
      words.push(word & 0xffff, word >>> 16);
    }
    // Four numbers of 64 bits, each lower half first: start and step of 128 bits, each upper half first.
    const start = [...words.slice(4, 8), ...words.slice(0, 4)];
    const step = [...words.slice(12, 16), ...words.slice(8, 12)];
    /** Lowest word first. */
    this.step = Float64Array.from(step, (word, i) => ((word << 1) & 0xffff) | (i === 0 ? 1 : step[i - 1] >>> 15));
    this.state = new Float64Array(8);
    let carry = 0;
    for (let i = 0; i < 8; i++) {
      const sum = start[i] + this.step[i] + carry;
      this.state[i] = sum & 0xffff;
      carry = sum >>> 16;
    }
    this.advance();
  }

  /** Multiply and add: a linear congruential generator. */
  advance() {
    const { state, step } = this;
    const [s0, s1, s2, s3, s4, s5, s6, s7] = state;
    const [f0, f1, f2, f3, f4, f5, f6, f7] = FACTOR;
    let sum = s0 * f0 + step[0];
    state[0] = sum & 0xffff;
    sum = Math.floor(sum / 65536) + s0 * f1 + s1 * f0 + step[1];
    state[1] = sum & 0xffff;
    sum = Math.floor(sum / 65536) + s0 * f2 + s1 * f1 + s2 * f0 + step[2];
    state[2] = sum & 0xffff;
    sum = Math.floor(sum / 65536) + s0 * f3 + s1 * f2 + s2 * f1 + s3 * f0 + step[3];
    state[3] = sum & 0xffff;
    sum = Math.floor(sum / 65536) + s0 * f4 + s1 * f3 + s2 * f2 + s3 * f1 + s4 * f0 + step[4];
    state[4] = sum & 0xffff;
    sum = Math.floor(sum / 65536) + s0 * f5 + s1 * f4 + s2 * f3 + s3 * f2 + s4 * f1 + s5 * f0 + step[5];
    state[5] = sum & 0xffff;
    sum = Math.floor(sum / 65536) + s0 * f6 + s1 * f5 + s2 * f4 + s3 * f3 + s4 * f2 + s5 * f1 + s6 * f0 + step[6];
    state[6] = sum & 0xffff;
    sum =
      Math.floor(sum / 65536) +
      (s0 * f7 + s1 * f6 + s2 * f5 + s3 * f4 + s4 * f3 + s5 * f2 + s6 * f1 + s7 * f0 + step[7]);
    state[7] = sum & 0xffff;
  }

  /** The next uniform: the halves folded and rotated, and of that the upper 53 bits. */
  next() {
    this.advance();
    const [s0, s1, s2, s3, s4, s5, s6, s7] = this.state;
    let low = ((s1 << 16) | s0) ^ ((s5 << 16) | s4);
    let high = ((s3 << 16) | s2) ^ ((s7 << 16) | s6);
    const turn = s7 >>> 10;
    if (turn >= 32) [low, high] = [high, low];
    const by = turn & 31;
    if (by > 0) {
      [low, high] = [(low >>> by) | (high << (32 - by)), (high >>> by) | (low << (32 - by))];
    }
    return ((high >>> 0) * 2 ** 21 + (low >>> 11)) * 2 ** -53;
  }

  /**
   * The next *n*.
   * @param {number} n
   */
  take(n) {
    const values = new Float64Array(n);
    for (let k = 0; k < n; k++) values[k] = this.next();
    return values;
  }
}
