// Which laws do durations and counts follow? The quantile functions of `sim/scenario/distributions.py`: a law is a
// function of a uniform.

import { gammaQuantile, logGamma } from "./gamma.js";
import { normalQuantile } from "./normal.js";

/** @typedef {(u: number) => number} Law */

/**
 * A law of durations or counts, as the scenario has it.
 * @typedef {{law: string, zero?: number} & Record<string, any>} LawOf
 */

/** @type {Record<string, (law: LawOf) => Law>} */
const DURATIONS = {
  exponential: ({ mean_s }) => (u) => -mean_s * Math.log1p(-u),
  fixed: ({ mean_s }) => () => mean_s,
  uniform: (law) => {
    const half = (law.mean_s ?? 0) * (law.cv ?? 0) * 3 ** 0.5;
    const [low, high] = law.cv != null ? [law.mean_s - half, law.mean_s + half] : [law.low_s, law.high_s];
    return (u) => low + (high - low) * u;
  },
  erlang: (law) => gammaLaw(law.mean_s, law.shape ?? Math.max(1, Math.round(law.cv ** -2))),
  gamma: ({ mean_s, cv }) => gammaLaw(mean_s, cv ** -2),
  lognormal: ({ mean_s, cv }) => {
    const sigma = Math.sqrt(Math.log1p(cv ** 2));
    const mu = Math.log(mean_s) - sigma ** 2 / 2;
    return (u) => Math.exp(mu + sigma * normalQuantile(u));
  },
  weibull: ({ mean_s, shape }) => {
    const scale = mean_s / Math.exp(logGamma(1 + 1 / shape));
    return (u) => scale * (-Math.log1p(-u)) ** (1 / shape);
  },
  hyperexponential: ({ weights, means_s }) => {
    const total = weights.reduce((/** @type {number} */ sum, /** @type {number} */ weight) => sum + weight, 0);
    const edges = [0];
    for (const weight of weights) edges.push(edges[edges.length - 1] + weight / total);
    return (u) => {
      const k = Math.min(placeAbove(edges, u) - 1, weights.length - 1);
      const rest = (u - edges[k]) / (edges[k + 1] - edges[k]);
      return -means_s[k] * Math.log1p(-Math.min(rest, 1 - 2 ** -53));
    };
  },
  empirical: ({ values_s, weights }) => discrete(values_s, weights),
  piecewise_hazard: ({ edges_s, hazard_per_s }) => {
    const cumulated = [0];
    for (let k = 0; k + 1 < hazard_per_s.length; k++) {
      cumulated.push(cumulated[k] + hazard_per_s[k] * (edges_s[k + 1] - edges_s[k]));
    }
    return (u) => {
      const target = -Math.log1p(-u);
      const k = placeAbove(cumulated, target) - 1;
      return edges_s[k] + (target === cumulated[k] ? 0 : (target - cumulated[k]) / hazard_per_s[k]);
    };
  },
};

/** @type {Record<string, (law: LawOf) => Law>} */
const COUNTS = {
  geometric: ({ mean }) => {
    if (mean === 1) return () => 1;
    const base = Math.log1p(-1 / mean);
    return (u) => Math.max(1, Math.ceil(Math.log1p(-u) / base));
  },
  fixed: ({ mean }) => () => mean,
  poisson: ({ mean }) => {
    const rate = mean - 1;
    /** @type {number[]} */
    const cumulated = [];
    let sum = 0;
    for (let k = 0; k < rate + 12 * Math.sqrt(rate + 1) + 30; k++) {
      sum += rate > 0 ? Math.exp(k * Math.log(rate) - rate - logGamma(k + 1)) : Number(k === 0);
      cumulated.push(sum);
    }
    return (u) => 1 + placeAbove(cumulated, u);
  },
  empirical: ({ values, weights }) => discrete(values, weights),
};

/**
 * A law of durations in seconds.
 * @param {LawOf} given
 * @returns {Law}
 */
export function duration(given) {
  const rest = DURATIONS[given.law](given);
  const zero = given.zero ?? 0;
  if (zero === 0) return rest;
  return (u) => (u < zero ? 0 : rest(Math.max(u - zero, 0) / (1 - zero)));
}

/**
 * A law of whole numbers from 1 on.
 * @param {LawOf} given
 * @returns {Law}
 */
export const count = (given) => COUNTS[given.law](given);

/**
 * Gamma factors of mean 1: busy and quiet days.
 * @param {number} cv
 * @returns {Law}
 */
export const gammaFactor = (cv) => (cv === 0 ? () => 1 : (u) => gammaQuantile(cv ** -2, u) * cv ** 2);

/**
 * @param {number} mean_s
 * @param {number} shape
 * @returns {Law}
 */
const gammaLaw = (mean_s, shape) => (u) => gammaQuantile(shape, u) * (mean_s / shape);

/**
 * How many of the values, which rise, are not above x.
 * @param {ArrayLike<number>} values
 * @param {number} x
 */
export function placeAbove(values, x) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The values themselves, with weights (alike where there are none).
 * @param {number[]} values
 * @param {number[] | null | undefined} weights
 * @returns {Law}
 */
function discrete(values, weights) {
  const shares = weights ?? values.map(() => 1);
  const order = values.map((_, k) => k).sort((a, b) => values[a] - values[b] || a - b);
  const total = shares.reduce((sum, share) => sum + share, 0);
  /** @type {number[]} */
  const cumulated = [];
  for (const k of order) cumulated.push((cumulated[cumulated.length - 1] ?? 0) + shares[k] / total);
  const sorted = order.map((k) => values[k]);
  return (u) => sorted[Math.min(placeAbove(cumulated, u), sorted.length - 1)];
}
