"""Erlang's formulas and their relatives: delay, impatience, loss, and an agent who shares their attention.

Digits of the packages CCmath (Erlang C and X) and R ErlangC, and of Garnett, Mandelbaum and Reiman
(Manufacturing & Service Oper. Management 4 (2002) 208-227), are reproduced by the chains; the simulator is
held against the chains. Each check has a false-alarm rate of 1e-4 on a new seed, and states the bias it sees.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from math import exp

import pytest

from sim.kpis.estimate import Estimates
from sim.scenario.distributions import Distribution, Exponential, Fixed, Lognormal
from sim.theory.chains.pool import Pool
from tests.agree import assert_agrees, assert_disagrees, figure, ratio, tops
from tests.theory.centres import by_work, centre, run
from tests.theory.chains import erlang_b, erlang_c, limited_sharing, shared_loss

DELAY = Pool(4.0, 14, (3.0,), lines=300)
IMPATIENT = Pool(4.0, 14, (3.0,), patience=1.0, lines=100)
GARNETT = Pool(48.0, 50, (1.0,), patience=2.0, lines=200)


def test_erlang_c_gives_the_printed_digits() -> None:
    """CCmath (4 a minute, 3 minutes, 14 agents) and R ErlangC (100 in half an hour, 3 minutes, 14 agents)."""
    ccmath, package = erlang_c(14, 12.0), erlang_c(14, 10.0)

    assert 60 * ccmath / (14 / 3 - 4) == pytest.approx(60 * 0.7226, abs=60 * 5e-5)
    assert 1 - ccmath * exp(-(14 / 3 - 4) * 0.333) == pytest.approx(0.6142, abs=5e-5)
    assert package == pytest.approx(0.1741319, abs=5e-8)
    assert 1 - package * exp(-4 / 3 * 1 / 3) == pytest.approx(0.88835, abs=5e-6)
    assert 60 * package * 3 / 4 == pytest.approx(7.83594, abs=5e-6)


def test_chain_without_impatience_is_erlang_c() -> None:
    """The chain that later tests rely on gives the closed form."""
    figures = DELAY.figures()

    assert figures["wait_probability"] == pytest.approx(erlang_c(14, 12.0), rel=1e-9)
    assert figures["wait_s"] == pytest.approx(60 * erlang_c(14, 12.0) / (14 / 3 - 4), rel=1e-9)
    assert figures["asa_s"] == pytest.approx(figures["wait_s"], rel=1e-9)


def test_chain_with_impatience_gives_the_printed_digits() -> None:
    """CCmath's Erlang X, and Garnett et al.'s 50 agents with calls of a minute and a patience of two."""
    ccmath, garnett = IMPATIENT.figures(), GARNETT.figures()

    assert ccmath["abandonment"] == pytest.approx(0.074325, abs=5e-7)
    assert ccmath["occupancy"] == pytest.approx(0.79344, abs=5e-6)
    assert garnett["abandonment"] == pytest.approx(0.0309122, abs=5e-8)
    assert garnett["wait_s"] == pytest.approx(3.7095, abs=5e-5)
    assert garnett["asa_s"] == pytest.approx(3.6159, abs=5e-5)
    assert garnett["wait_probability"] == pytest.approx(0.467774, abs=5e-7)
    assert garnett["occupancy"] == pytest.approx(0.930324, abs=5e-7)


def test_fewest_agents_for_80_in_20() -> None:
    """With 5 minutes a call: the fewest agents that answer 80 % within 20 s, by Erlang C and by Erlang A."""
    rates = [1.0, 2.0, 5.0, 10.0, 20.0]

    def fewest(rate: float, patience: float | None) -> int:
        agents = int(5 * rate) + 1 if patience is None else int(4.5 * rate)
        while Pool(rate, agents, (5.0,), patience).figures()["service_level_offered"] < 0.8:
            agents += 1
        return agents

    assert [fewest(rate, None) for rate in rates] == [8, 14, 30, 57, 108]
    assert [fewest(rate, 2.0) for rate in rates] == [7, 12, 27, 51, 98]


# Delay and impatience


@cache
def line(model: Pool) -> Estimates:
    """Days of a centre in the long run, after four hours."""
    scenario = centre(
        arrivals=60 * model.arrival,
        service=by_work(model.aht),
        agents=model.agents,
        patience=model.patience,
        warm_up_h=4,
    )
    return run(scenario, 20)


@pytest.mark.parametrize(
    ("name", "digits", "sees"),
    [
        ("asa_s", 60 * 0.7226, 0.3),
        ("service_level", 0.6142, 0.1),
        ("wait_probability", 0.48171, 0.1),
        ("occupancy", 0.8571, 0.025),
    ],
)
def test_erlang_c_centre(name: str, digits: float, sees: float) -> None:
    """CCmath's Erlang C centre: waits and levels agree, and not with an agent more."""
    found, theory = figure(line(DELAY), name), DELAY.figures()[name]

    assert theory == pytest.approx(digits, rel=1e-3)
    assert_agrees(found, theory, sees=sees)
    assert_disagrees(found, Pool(4.0, 15, (3.0,), lines=300).figures()[name])


@pytest.mark.parametrize(
    ("name", "digits", "sees"),
    [
        ("service_level_offered", 0.861544, 0.02),
        ("service_level_answered", 0.930720, 0.01),
        ("service_level", 0.909091, 0.012),
        ("service_level_lenient", 0.913846, 0.01),
        ("wait_s", 4.4595, 0.1),
        ("asa_s", 3.53508, 0.1),
        ("abandonment", 0.074325, 0.12),
        ("wait_probability", 0.250571, 0.1),
        ("occupancy", 0.79344, 0.02),
    ],
)
def test_erlang_a_centre(name: str, digits: float, sees: float) -> None:
    """CCmath's Erlang X centre tells every definition of the service level and of the wait from the others."""
    found, theory = figure(line(IMPATIENT), name), IMPATIENT.figures()[name]

    assert theory == pytest.approx(digits, rel=1e-5)
    assert_agrees(found, theory, sees=sees)
    assert_disagrees(found, Pool(4.0, 15, (3.0,), 1.0, lines=100).figures()[name])


def test_definitions_of_the_service_level_differ() -> None:
    """Negative control: a service level fails against the theory of another definition."""
    names = ["service_level_offered", "service_level_answered", "service_level"]
    theory = IMPATIENT.figures()

    for name in names:
        for other in names:
            if other != name:
                assert_disagrees(figure(line(IMPATIENT), name), theory[other])


def test_patience_is_the_waiting_time_per_abandonment() -> None:
    """All waiting time over the number of those who left is the mean patience, a minute; 0.9 minutes is not."""
    estimates = line(IMPATIENT)
    patience_s = ratio(tops(estimates, "wait_s"), tops(estimates, "abandonment"))

    assert_agrees(patience_s, 60.0, sees=0.07)
    assert_disagrees(patience_s, 54.0)


# Loss: what no law of the work can change

LAWS: dict[str, Callable[..., Distribution]] = {
    "exponential": Exponential,
    "lognormal": partial(Lognormal, cv=1.5),
    "fixed": Fixed,
}


@pytest.mark.parametrize("law", LAWS)
def test_erlang_b_whatever_the_law(law: str) -> None:
    """Fifteen agents, ten erlangs, no waiting: 3.65 % are blocked for every law of the work."""
    scenario = centre(
        arrivals=60, service=by_work((10.0,), LAWS[law](mean_s=600)), agents=15, capacity=0, warm_up_h=4
    )
    found = figure(run(scenario, 20), "missed_rate")

    assert erlang_b(15, 10.0) == pytest.approx(0.0364969, abs=5e-8)
    assert_agrees(found, erlang_b(15, 10.0), sees=0.4)
    assert_disagrees(found, erlang_b(18, 10.0))


@pytest.mark.parametrize("law", LAWS)
def test_shared_attention_whatever_the_law(law: str) -> None:
    """An agent who shares their attention over three chats blocks the same share of them for every law of the work."""
    rate, aht = 0.3, (6.0, 7.5, 9.5)
    scenario = centre(
        arrivals=60 * rate,
        service=by_work(aht, LAWS[law](mean_s=360)),
        agents=1,
        slots=3,
        capacity=0,
        warm_up_h=4,
        days=3,
    )
    found = figure(run(scenario, 20), "missed_rate")

    assert_agrees(found, shared_loss(rate, aht), sees=0.1)
    assert_disagrees(found, shared_loss(rate, (6.0, 6.0, 6.0)))


# Limited processor sharing


@cache
def sharing(slots: int) -> Estimates:
    """An agent who shares their attention evenly over some slots, at a load of 0.8; the others wait."""
    scenario = centre(
        arrivals=60 * 0.8,
        service=by_work((1.0, 2.0, 3.0, 4.0, 5.0)),
        agents=1,
        slots=slots,
        warm_up_h=4,
        days=2,
    )
    return run(scenario, 20)


PRINTED = {2: (0.64, 3.2, 1.8), 3: (0.512, 2.56, 2.44), 5: (0.32768, 1.6384, 3.3616)}
"""Slots: probability of waiting, mean wait and mean time in service in minutes."""


@pytest.mark.parametrize("slots", PRINTED)
def test_limited_sharing_in_closed_form(slots: int) -> None:
    """Wait and time in service add up to the five minutes of M/M/1, for every number of slots."""
    theory = limited_sharing(0.8, 1.0, slots)
    chances, wait, service = PRINTED[slots]

    assert theory["wait_probability"] == pytest.approx(chances)
    assert (theory["wait_s"], theory["duration_s"]) == pytest.approx((60 * wait, 60 * service))
    chain = Pool(0.8, 1, (1.0, 2.0, 3.0, 4.0, 5.0)[:slots], lines=300).figures()
    assert {name: chain[name] for name in theory} == pytest.approx(theory)


SHARED = [
    (2, "wait_probability", 0.06),
    (2, "wait_s", 0.35),
    (2, "duration_s", 0.04),
    (2, "occupancy", 0.03),
    (3, "wait_probability", 0.1),
    (3, "wait_s", 0.4),
    (3, "duration_s", 0.05),
    (5, "wait_probability", 0.2),
    (5, "wait_s", 0.6),
    (5, "duration_s", 0.07),
]
"""Slots, figure, and the smallest relative bias that is seen."""


@pytest.mark.parametrize(("slots", "name", "sees"), SHARED)
def test_limited_sharing(slots: int, name: str, sees: float) -> None:
    """Waits, times in service and occupancy of a shared agent agree; with 0.9 of the work they don't."""
    found = figure(sharing(slots), name)

    assert_agrees(found, limited_sharing(0.8, 1.0, slots)[name], sees=sees)
    assert_disagrees(found, limited_sharing(0.8, 0.9 if name == "occupancy" else 0.6, slots)[name])


@pytest.mark.parametrize("slots", [2, 3])
def test_number_of_slots_is_seen(slots: int) -> None:
    """Negative control: times in service do not agree with those of a slot more."""
    assert_disagrees(figure(sharing(slots), "duration_s"), limited_sharing(0.8, 1.0, slots + 1)["duration_s"])
