"""How long does something take an agent, and when does it end? Speeds, slow systems and outages."""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, inner
from sim.engines.kernel.records import DAY, Centre


@inner
def time_of(c: Centre, agent: int, drawn_s: float, now: float) -> float:
    """Give the time that something takes an agent who begins it now: at their speed (R30, R36)."""
    today = min(int(now // DAY) + 1, c.agent_speed.shape[1] - 1)  # one on: a day before may have had 23 hours
    while today > 0 and now < c.day_s[agent, today]:
        today -= 1
    takes_s = drawn_s / c.agent_speed[agent, today]
    for k in range(len(c.troubles)):
        if c.troubles[k].factor < np.inf and c.troubles[k].begins_s <= now < c.troubles[k].over_s:
            takes_s *= c.troubles[k].factor
    return float(takes_s)


@inlined
def end_of(c: Centre, now: float, takes_s: float) -> float:
    """Tell when something ends that is begun now and takes its agent so long."""
    if c.state[0].stops:
        return end_with_outages(c, now, takes_s)
    return now + takes_s


@inner
def end_with_outages(c: Centre, now: float, takes_s: float) -> float:
    """Tell the same where work may stand still: outages come on top (R37)."""
    end_s = now + takes_s
    for k in range(len(c.troubles)):
        begins_s, over_s = c.troubles[k].begins_s, c.troubles[k].over_s
        if c.troubles[k].factor == np.inf and now < over_s and begins_s < end_s:
            end_s += over_s - max(begins_s, now)
    return float(end_s)


@inner
def stood_still(c: Centre, since_s: float, now: float) -> float:
    """Time since then in which there was an outage (R37)."""
    still_s = 0.0
    for k in range(len(c.troubles)):
        if c.troubles[k].factor == np.inf:
            still_s += max(0.0, min(c.troubles[k].over_s, now) - max(c.troubles[k].begins_s, since_s))
    return still_s
