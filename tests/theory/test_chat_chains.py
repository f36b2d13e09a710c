"""Several chats an agent, by work: exact answers of the chain over agents' loads.

The model is that of Cui and Tezcan (Math. Oper. Res. 41 (2016) 775-807): the mean handling time depends on
how many chats an agent holds, open chats are never moved. Three agents with three slots; five with
three, the input of the package CCmath's Erlang Chat example, whose own formula balances open chats over agents
(15.44 % abandon) and so is more hopeful than any routing can be; and three whose chats don't slow each other
down, which makes them nine agents with a slot each.

Each check has a false-alarm rate of 1e-4 on a new seed, and states the bias it sees.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sim.kpis.estimate import Estimates
from sim.scenario.scenario import Scenario
from sim.theory.chains.pool import Pool
from tests.agree import assert_agrees, assert_disagrees, bottoms, figure, ratio, tops
from tests.theory.centres import by_work, centre, logs, run

POLICIES = ("least_loaded", "random", "most_loaded")
THREE = Pool(0.85, 3, (6.0, 7.5, 9.5), patience=3.0, lines=100)
CCMATH = Pool(4.0, 5, (3.0, 3.5, 4.0), patience=1.0, lines=100)
UNSLOWED = Pool(1.4, 3, (6.0, 6.0, 6.0), patience=2.0, lines=100)
MODELS = {"three": THREE, "ccmath": CCMATH, "unslowed": UNSLOWED}

NAMES = ("abandonment", "wait_probability", "duration_s", "occupancy")
PRINTED = {
    THREE: {
        "least_loaded": (0.098629, 0.258741, 60 * 8.362793, 0.952909),
        "random": (0.102896, 0.269935, 60 * 8.581084, 0.924213),
        "most_loaded": (0.107267, 0.281400, 60 * 8.801248, 0.890427),
    },
    CCMATH: {
        "least_loaded": (0.155469, 0.424711, 60 * 3.86354, 0.994395),
        "random": (0.157067, 0.429077, 60 * 3.88635, 0.982649),
        "most_loaded": (0.158912, 0.434118, 60 * 3.91164, 0.964165),
    },
    UNSLOWED: {
        "least_loaded": (0.137661, 0.364303, 360.0, 0.985091),
        "most_loaded": (0.137661, 0.364303, 360.0, 0.943918),
    },
}
"""Exact figures, in the order of `NAMES`."""


@pytest.mark.parametrize("model", PRINTED, ids=MODELS)
def test_chain_gives_the_printed_digits(model: Pool) -> None:
    """The chain over agents' loads gives the exact figures for each routing."""
    for policy, digits in PRINTED[model].items():
        figures = replace(model, policy=policy).figures()

        assert [figures[name] for name in NAMES] == pytest.approx(digits, rel=1e-5)


def test_chain_without_slowdown_is_erlang_a() -> None:
    """Without slowdown three agents with three slots are nine agents with one, for every routing."""
    nine = Pool(1.4, 9, (6.0,), patience=2.0, lines=100).figures()
    for policy in POLICIES:
        figures = replace(UNSLOWED, policy=policy).figures()
        for name in ("abandonment", "wait_probability", "wait_s", "asa_s", "service_level"):
            assert figures[name] == pytest.approx(nine[name], rel=1e-9)


def test_more_figures_of_the_three_agents() -> None:
    """The chain gives waits, service levels and slot times of the three agents, too."""
    figures = THREE.figures()

    assert figures["wait_s"] == pytest.approx(60 * 0.295887, rel=1e-5)
    assert figures["asa_s"] == pytest.approx(60 * 0.214394, rel=1e-5)
    assert figures["service_level_offered"] == pytest.approx(0.774948, rel=1e-5)
    assert THREE.figures(threshold=1.0)["service_level_offered"] == pytest.approx(0.826515, rel=1e-5)
    assert figures["slot_utilisation"] == pytest.approx(0.711920, rel=1e-5)
    assert figures["concurrency"] == pytest.approx(2.241307, rel=1e-5)


# The simulator


def pool_centre(model: Pool, days: int) -> Scenario:
    """A pool in the long run, after four hours."""
    return centre(
        arrivals=60 * model.arrival,
        service=by_work(model.aht),
        agents=model.agents,
        slots=model.slots,
        patience=model.patience,
        policy=model.policy,
        warm_up_h=4,
        days=days,
    )


@cache
def pool(model: Pool) -> Estimates:
    """Simulated days of a pool."""
    return run(pool_centre(model, days=2 if model.arrival < 1 else 1), 12 if model.arrival > 2 else 20)


@cache
def exact(model: Pool) -> dict[str, float]:
    """Figures of a pool's chain, which is solved once for all of them."""
    return model.figures()


def neighbour(policy: str) -> str:
    """The routing whose figures are next to those of a *policy*."""
    return "random" if policy != "random" else "most_loaded"


SEEN = [
    ("three", "abandonment", 0.17),
    ("three", "wait_probability", 0.13),
    ("three", "wait_s", 0.18),
    ("three", "asa_s", 0.18),
    ("three", "service_level_offered", 0.05),
    ("three", "duration_s", 0.04),
    ("three", "slot_utilisation", 0.03),
    ("three", "occupancy", 0.02),
    ("three", "concurrency", 0.03),
    ("ccmath", "abandonment", 0.13),
    ("ccmath", "wait_probability", 0.10),
    ("ccmath", "service_level_offered", 0.06),
    ("ccmath", "duration_s", 0.04),
    ("ccmath", "slot_utilisation", 0.02),
    ("ccmath", "occupancy", 0.01),
    ("unslowed", "abandonment", 0.13),
    ("unslowed", "wait_probability", 0.10),
    ("unslowed", "wait_s", 0.15),
    ("unslowed", "occupancy", 0.02),
]
"""Model, figure, and the smallest relative bias that is seen."""


@pytest.mark.parametrize(("model_name", "name", "sees"), SEEN)
@pytest.mark.parametrize("policy", POLICIES)
def test_simulated_pool_agrees(model_name: str, name: str, sees: float, policy: str) -> None:
    """Figures of each routing agree with its chain, and not with that of an agent more.

    Occupancy, which tells routings apart, does not agree with that of the neighbouring routing.
    """
    model = replace(MODELS[model_name], policy=policy)
    found = figure(pool(model), name)

    assert_agrees(found, exact(model)[name], sees=sees)
    if name == "occupancy":
        assert_disagrees(found, exact(replace(model, policy=neighbour(policy)))[name])
    elif name != "duration_s":
        assert_disagrees(found, exact(replace(model, agents=model.agents + 1))[name])


@pytest.mark.parametrize("model", [THREE, CCMATH], ids=["three", "ccmath"])
def test_speeds_other_than_those_given_are_seen(model: Pool) -> None:
    """Negative control: durations do not agree with chats that never slow each other down, or 5 % less so."""
    less = replace(model, aht=(model.aht[0], *(0.95 * aht for aht in model.aht[1:])))
    unslowed = replace(model, aht=(model.aht[0],) * model.slots)
    for wrong in (less, unslowed):
        assert_disagrees(figure(pool(model), "duration_s"), exact(wrong)["duration_s"])


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_patience_is_the_waiting_time_per_abandonment(model: Pool) -> None:
    """All waiting time over the number of those who left is the mean patience, whatever the routing.

    Departures by impatience are a point process with rate queue length ÷ patience, so this holds for any
    service. Seen: 12 %, or less where more leave.
    """
    waited, left = tops(pool(model), "wait_s"), tops(pool(model), "abandonment")
    patience_s = 60 * (model.patience or 0.0)

    assert_agrees(ratio(waited, left), patience_s, sees=0.12)
    assert_disagrees(ratio(waited, left), 0.85 * patience_s)


def test_routing_matters_on_the_same_customers() -> None:
    """The customers are the same, so even the small difference in abandonment between routings is seen: 0.86 %."""
    least, most = (pool(replace(THREE, policy=policy)) for policy in ("least_loaded", "most_loaded"))
    more = tops(most, "abandonment") - tops(least, "abandonment")
    difference = ratio(more, bottoms(least, "abandonment"))
    theory = [
        exact(replace(THREE, policy=policy))["abandonment"] for policy in ("least_loaded", "most_loaded")
    ]

    assert theory[1] - theory[0] == pytest.approx(0.107267 - 0.098629, abs=1e-6)
    assert_agrees(difference, theory[1] - theory[0], sees=0.5)
    assert_disagrees(difference, 0.0)


def test_without_slowdown_routing_does_not_matter_to_anyone() -> None:
    """Without slowdown each customer waits as long under every routing, to rounding."""
    waits = []
    for policy in POLICIES:
        scenario = pool_centre(replace(UNSLOWED, policy=policy), days=1)
        log = next(logs(scenario, 1))
        waits.append(np.where(log.chat.agent >= 0, log.chat.accepted_s, log.chat.ended_s))

    assert waits[0] == pytest.approx(waits[1], abs=1e-6)
    assert waits[0] == pytest.approx(waits[2], abs=1e-6)
