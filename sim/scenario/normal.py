"""Which value does a normal variable stay below with a given probability?

Wichura, *Algorithm AS 241: The percentage points of the normal distribution*, Applied Statistics 37 (1988)
477-484: PPND16, with a relative accuracy of about 1e-16. Compiled, since most of what is drawn is lognormal.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.compiled import IS_COMPILED, compiled, inner

BLOCK = 1024
"""Values that are worked on at once: they stay in the processor's nearest cache."""
MIDDLE = 0.425
"""Probabilities between 0.075 and 0.925 lie in the middle, the others in the tails."""


def lognormal_quantiles(u: Floats, mu: float, sigma: float) -> Floats:
    """Quantiles of exp(*mu* + *sigma* Z), Z standard normal, at the probabilities *u* in [0, 1]."""
    values = np.empty(u.size)
    with np.errstate(all="ignore"):  # beyond what numbers can hold, and at the ends, is infinite
        if IS_COMPILED:
            _fill(np.ravel(u), mu, sigma, np.empty(BLOCK, dtype=np.int64), values)
        else:
            _fill_as_arrays(np.ravel(u), mu, sigma, values)
    return values.reshape(u.shape)


def _fill_as_arrays(u: Floats, mu: float, sigma: float, values: Floats) -> None:
    """Fill *values* with the same, where nothing is compiled: numpy's arrays in place of a loop."""
    z = mu + sigma * np.asarray(middle(u))  # type: ignore[arg-type]
    for k in np.flatnonzero(np.abs(u - 0.5) > MIDDLE):
        z[k] = mu + sigma * tail(u[k])
    np.exp(z, out=values)


@compiled
def _fill(u: Floats, mu: float, sigma: float, in_tail: Ints, values: Floats) -> None:
    """Fill *values* with the quantiles of mu + sigma Z, block by block.

    First all as if they were in the middle: without a branch, several are computed at a time. Then those in
    the tails, noted in *in_tail*, again.
    """
    for first in range(0, len(u), BLOCK):
        p, z = u[first : first + BLOCK], values[first : first + BLOCK]
        for k in range(len(p)):
            z[k] = mu + sigma * middle(p[k])
        n = 0
        for k in range(len(p)):
            in_tail[n] = k
            n += abs(p[k] - 0.5) > MIDDLE
        for i in range(n):
            z[in_tail[i]] = mu + sigma * tail(p[in_tail[i]])
        for k in range(len(p)):
            z[k] = np.exp(z[k])


@inner
def middle(p: float) -> float:
    """Quantile of the standard normal law for a probability in the middle."""
    q = p - 0.5
    r = MIDDLE**2 - q * q
    top = 2.5090809287301226727e3
    top = top * r + 3.3430575583588128105e4
    top = top * r + 6.7265770927008700853e4
    top = top * r + 4.5921953931549871457e4
    top = top * r + 1.3731693765509461125e4
    top = top * r + 1.9715909503065514427e3
    top = top * r + 1.3314166789178437745e2
    top = top * r + 3.3871328727963666080e0
    bottom = 5.2264952788528545610e3
    bottom = bottom * r + 2.8729085735721942674e4
    bottom = bottom * r + 3.9307895800092710610e4
    bottom = bottom * r + 2.1213794301586595867e4
    bottom = bottom * r + 5.3941960214247511077e3
    bottom = bottom * r + 6.8718700749205790830e2
    bottom = bottom * r + 4.2313330701600911252e1
    bottom = bottom * r + 1.0
    return q * top / bottom


@inner
def tail(p: float) -> float:
    """Quantile of the standard normal law for a probability in a tail: beyond 1.4e-11 in the far tail."""
    r = np.sqrt(-np.log(min(p, 1.0 - p)))
    z = near_tail(r - 1.6) if r <= 5.0 else far_tail(r - 5.0)
    if r == np.inf:
        z = r
    return z if p > 0.5 else -z


@inner
def near_tail(r: float) -> float:
    """Distance from the middle, √(-log p) being r + 1.6."""
    top = 7.74545014278341407640e-4
    top = top * r + 2.27238449892691845833e-2
    top = top * r + 2.41780725177450611770e-1
    top = top * r + 1.27045825245236838258e0
    top = top * r + 3.64784832476320460504e0
    top = top * r + 5.76949722146069140550e0
    top = top * r + 4.63033784615654529590e0
    top = top * r + 1.42343711074968357734e0
    bottom = 1.05075007164441684324e-9
    bottom = bottom * r + 5.47593808499534494600e-4
    bottom = bottom * r + 1.51986665636164571966e-2
    bottom = bottom * r + 1.48103976427480074590e-1
    bottom = bottom * r + 6.89767334985100004550e-1
    bottom = bottom * r + 1.67638483018380384940e0
    bottom = bottom * r + 2.05319162663775882187e0
    bottom = bottom * r + 1.0
    return top / bottom


@inner
def far_tail(r: float) -> float:
    """Distance from the middle, √(-log p) being r + 5."""
    top = 2.01033439929228813265e-7
    top = top * r + 2.71155556874348757815e-5
    top = top * r + 1.24266094738807843860e-3
    top = top * r + 2.65321895265761230930e-2
    top = top * r + 2.96560571828504891230e-1
    top = top * r + 1.78482653991729133580e0
    top = top * r + 5.46378491116411436990e0
    top = top * r + 6.65790464350110377720e0
    bottom = 2.04426310338993978564e-15
    bottom = bottom * r + 1.42151175831644588870e-7
    bottom = bottom * r + 1.84631831751005468180e-5
    bottom = bottom * r + 7.86869131145613259100e-4
    bottom = bottom * r + 1.48753612908506148525e-2
    bottom = bottom * r + 1.36929880922735805310e-1
    bottom = bottom * r + 5.99832206555887937690e-1
    bottom = bottom * r + 1.0
    return top / bottom
