"""Published simulations and packages with complete inputs: their figures, exact theory, and ours.

Days of L'Ecuyer and Buist's *ContactCenters* (doc/examples MMC, MMCAb and MMCBlocked, .java and .res): 4.2
calls a minute for 480 minutes, from an empty centre that drains after it closes; calls of 2 minutes, 12
agents, 20 seconds. A day of SSJ's tutorial (CallCenter.java, .dat and .res): staffing by the hour, a busyness
gamma(400, 400), one in ten leaves rather than wait.

Each check has a false-alarm rate of 1e-4 on a new seed, and states the bias it sees.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.scenario.demand import Arrivals
from sim.scenario.distributions import Exponential
from sim.theory.chains.pool import Pool
from sim.theory.chains.staffing import Staffing
from sim.validation.published import EIGHT_HOURS, MINUTES, counts_of_a_day
from tests.agree import assert_agrees, assert_disagrees, evidence, figure, tops
from tests.theory.centres import by_work, centre, run

DAYS = {
    "MMC": Pool(4.2, 12, (2.0,), lines=80),
    "MMCAb": Pool(4.2, 12, (2.0,), patience=1.0, lines=80),
    "MMCBlocked": Pool(4.2, 12, (2.0,), lines=5),
}


counts = cache(counts_of_a_day)
"""Exact counts of a model's day, which take seconds."""


@cache
def days(name: str) -> Estimates:
    """Simulated days of a model."""
    model = DAYS[name]
    scenario = centre(
        arrivals=EIGHT_HOURS,
        service=by_work(model.aht),
        agents=model.agents,
        patience=model.patience,
        capacity=model.lines if name == "MMCBlocked" else None,
        interval_min=MINUTES,
    )
    return run(scenario, 50)


PUBLISHED = [
    ("MMC", "in_target", 1815.27, (1812.6, 1819.7)),
    ("MMC", "service_level", 0.90043, (0.900, 0.904)),
    ("MMC", "asa_s", 0.10068 * 60, (0.097 * 60, 0.102 * 60)),
    ("MMC", "occupancy", 0.69693, (0.694, 0.697)),
    ("MMCAb", "abandoned", 59.263, (57.66, 59.56)),
    ("MMCAb", "in_target", 1906.72, (1903.8, 1908.2)),
    ("MMCAb", "asa_s", 0.023825 * 60, (0.0235 * 60, 0.0245 * 60)),
    ("MMCAb", "service_level", 0.96819, (0.9675, 0.9685)),
    ("MMCAb", "service_level_answered", 0.97444, (0.974, 0.976)),
    ("MMCAb", "occupancy", 0.67656, (0.674, 0.677)),
    ("MMCBlocked", "blocked", 18.863, (18.05, 19.27)),
    ("MMCBlocked", "in_target", 1854.07, (1851.7, 1856.9)),
    ("MMCBlocked", "asa_s", 0.060450 * 60, (0.0595 * 60, 0.0605 * 60)),
    ("MMCBlocked", "service_level_answered", 0.92836, (0.928, 0.930)),
    ("MMCBlocked", "occupancy", 0.69047, (0.6885, 0.6905)),
]
"""Model, figure, exact value, and the published interval (or what rounds to the published value)."""


@pytest.mark.parametrize(("name", "key", "exact", "interval"), PUBLISHED)
def test_theory_gives_the_published_days(
    name: str, key: str, exact: float, interval: tuple[float, float]
) -> None:
    """The transient chain gives the exact value, and that lies in the interval that ContactCenters printed."""
    assert counts(DAYS[name])[key] == pytest.approx(exact, rel=1e-4)
    assert interval[0] <= exact <= interval[1]


COUNTS = {"in_target": "service_level_offered", "abandoned": "abandonment", "blocked": "blocked"}
"""Counts a day, each with the figure that adds it up above its line."""

SEEN = [
    ("MMC", "in_target", 0.025),
    ("MMC", "service_level", 0.03),
    ("MMC", "asa_s", 0.4),
    ("MMC", "occupancy", 0.02),
    ("MMCAb", "abandoned", 0.16),
    ("MMCAb", "in_target", 0.015),
    ("MMCAb", "asa_s", 0.16),
    ("MMCAb", "service_level", 0.007),
    ("MMCAb", "service_level_answered", 0.006),
    ("MMCAb", "occupancy", 0.015),
    ("MMCBlocked", "blocked", 0.4),
    ("MMCBlocked", "in_target", 0.02),
    ("MMCBlocked", "asa_s", 0.17),
    ("MMCBlocked", "service_level_answered", 0.015),
    ("MMCBlocked", "occupancy", 0.015),
]
"""Model, figure, and the smallest relative bias that is seen."""


@pytest.mark.parametrize(("name", "key", "sees"), SEEN)
def test_simulated_days_agree(name: str, key: str, sees: float) -> None:
    """A day's counts, levels and waits agree with the chain, and not with that of one agent more."""
    more = Pool(4.2, 13, (2.0,), DAYS[name].patience, lines=DAYS[name].lines)
    estimates = days(name)
    if key in COUNTS:
        found = evidence(tops(estimates, COUNTS[key]))
    else:
        # Agents stay for the night; the day of the theory is the first interval.
        by = By.INTERVAL if key == "occupancy" else By.OVERALL
        found = figure(estimates, key, by)

    assert_agrees(found, counts(DAYS[name])[key], sees=sees)
    assert_disagrees(found, counts(more)[key])


# SSJ's call centre

AGENTS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)
PER_HOUR = (100.0, 150.0, 150.0, 180.0, 200.0, 150.0, 150.0, 150.0, 120.0, 100.0, 80.0, 70.0, 60.0)
EXPECTED = sum(PER_HOUR)
SHAPE = 400.0
OURS = Staffing(AGENTS, PER_HOUR, call_h=100 / 3600, patience_h=1000 / 3600, balk=0.1)
THEIRS = Staffing(AGENTS, PER_HOUR, call_h=100 / 3600, patience_h=1000 / 3600, balk=0.1, by_number=False)


@cache
def ssj_theory(model: Staffing) -> tuple[float, float]:
    """Lost ÷ expected calls, and mean wait in seconds, of a day of the call centre."""
    lost, hours = model.mean(SHAPE) / EXPECTED
    return float(lost), 3600 * float(hours)


@cache
def ssj_days() -> Estimates:
    """Simulated days of the call centre; the last hour's agents stay while the queue drains."""
    scenario = centre(
        arrivals=Arrivals(per_hour=[*[0.0] * 8, *PER_HOUR, *[0.0] * 3], busyness_cv=SHAPE**-0.5),
        service=by_work((100 / 60,)),
        agents=[*[0] * 8, *AGENTS, *[AGENTS[-1]] * 3],
        patience=Exponential(mean_s=60 * (1000 / 60), zero=0.1),
    )
    return run(scenario, 60)


def test_theory_gives_the_published_call_centre() -> None:
    """The chain with SSJ's rule for leaving agents gives its printed figures; our rule shifts them by under 1 %.

    Printed: lost 0.020, wait 4.713 s in (4.680, 4.746). There, whoever finishes a call first goes while more
    are busy than on duty; here the agents with the highest numbers go and finish the calls in hand.
    """
    assert ssj_theory(THEIRS) == pytest.approx((0.019855, 4.7222), rel=1e-3)
    assert ssj_theory(OURS) == pytest.approx((0.019729, 4.683), rel=1e-3)
    assert 4.680 <= ssj_theory(OURS)[1] <= 4.746


SEEN_A_DAY = [("offered", 0.04), ("abandonment", 0.24), ("wait_s", 0.28), ("service_level_lenient", 0.03)]
"""What a day adds up above the line of a figure, and the smallest relative bias that is seen."""


@pytest.mark.parametrize(("name", "sees"), SEEN_A_DAY)
def test_simulated_call_centre_agrees(name: str, sees: float) -> None:
    """Lost calls, waits and calls in good time, per expected call, agree; with an agent less each hour they don't.

    The share of waits under 20 seconds is 0.92461 by SSJ's rule (printed: 0.925 in (0.924, 0.925)).
    """
    found = evidence(tops(ssj_days(), name))
    lost, wait_s = ssj_theory(OURS)
    theory = {"offered": 1.0, "abandonment": lost, "wait_s": wait_s, "service_level_lenient": 0.92461}

    assert_agrees(found, EXPECTED * theory[name], sees=sees)
    if name in {"abandonment", "wait_s"}:
        fewer = ssj_theory(replace(OURS, agents=tuple(agents - 1 for agents in AGENTS)))
        assert_disagrees(found, EXPECTED * dict(zip(("abandonment", "wait_s"), fewer, strict=True))[name])
