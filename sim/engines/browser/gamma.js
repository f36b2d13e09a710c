// Which value does a gamma variable stay below with a given probability? The regularised incomplete gamma function
// by its series and its continued fraction, turned round by Halley's method.
//
// Press, Teukolsky, Vetterling, Flannery, Numerical Recipes, 3rd ed., sections 6.1, 6.2 and 6.2.1; the logarithm of
// the gamma function by Stirling's series (Abramowitz and Stegun, 6.1.41).

import { normalQuantile } from "./normal.js";

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
const TINY = 1e-300;

/**
 * How far the logarithm of the gamma function is from Stirling's formula, (a − ½) log a − a + ½ log 2π.
 * @param {number} a at least 10
 */
function beyondStirling(a) {
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum / (a * a) + STIRLING[k];
  return sum / a;
}

/**
 * The logarithm of the gamma function.
 * @param {number} a above 0
 */
export function logGamma(a) {
  let product = 1;
  while (a < 15) product *= a++;
  return (a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + beyondStirling(a) - Math.log(product);
}

/**
 * log(1 + x) − x, also where x is near 0.
 * @param {number} x above −1
 */
function logLess(x) {
  if (Math.abs(x) > 0.3) return Math.log1p(x) - x;
  let [sum, power] = [0, x];
  for (let k = 2; k < 60; k++) {
    power *= -x;
    sum += power / k;
  }
  return sum;
}

/**
 * x^a e^(−x) / Γ(a), the density times x.
 * @param {number} a
 * @param {number} x
 */
function densityTimes(a, x) {
  if (a < 15) return Math.exp(a * Math.log(x) - x - logGamma(a));
  // Far from 0 and 1 the large terms cancel each other: with x = a (1 + d) only a (log(1 + d) − d) is left.
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(a * logLess((x - a) / a) - beyondStirling(a));
}

/**
 * The regularised incomplete gamma function: lower and upper.
 * @param {number} a
 * @param {number} x above 0
 * @returns {[number, number]}
 */
function incompleteGamma(a, x) {
  const front = densityTimes(a, x);
  if (x < a + 1) {
    let [sum, term] = [1 / a, 1 / a];
    for (let n = 1; n < 100_000 && term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return [front * sum, 1 - front * sum];
  }
  // Lentz's method.
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 100_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || TINY);
    c = b + an / c || TINY;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return [1 - front * fraction, front * fraction];
}

/**
 * The quantile of the gamma law of scale 1.
 * @param {number} a the shape, above 0
 * @param {number} u
 */
export function gammaQuantile(a, u) {
  if (u <= 0) return 0;
  if (u >= 1) return Infinity;
  if (a === 1) return -Math.log1p(-u);
  let x = begin(a, u);
  for (let k = 0; k < 60; k++) {
    const [lower, upper] = incompleteGamma(a, x);
    const slope = densityTimes(a, x) / x;
    if (!(slope > 0)) break;
    const newton = (u < 0.5 ? lower - u : 1 - u - upper) / slope;
    const step = newton / (1 - 0.5 * Math.min(1, newton * ((a - 1) / x - 1)));
    const next = Math.max(x - step, x / 10);
    const is_near = Math.abs(next - x) <= 4e-16 * x;
    x = next;
    if (is_near) break;
  }
  return x;
}

/**
 * Where to begin: Wilson and Hilferty's cube, or the law's lower end where the shape is small.
 * @param {number} a
 * @param {number} u
 */
function begin(a, u) {
  const low = Math.exp((Math.log(u) + logGamma(a + 1)) / a);
  if (a < 0.5) return Math.max(low, 1e-300);
  const cube = 1 - 1 / (9 * a) + normalQuantile(u) / (3 * Math.sqrt(a));
  return cube > 0.05 ? a * cube ** 3 : Math.max(low, 1e-300);
}
