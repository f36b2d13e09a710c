"""Several chats an agent, without simulation: printed digits, what is Erlang in disguise, and how near it comes.

Published: the package CCmath's Erlang Chat; Airbnb's and Lewis and Beshears' machine-repair model; planners'
concurrency factors. Exact routing without re-balancing is in test_markov.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import TheoryError
from sim.rules import Policy
from sim.scenario.scenario import Scenario
from sim.theory.applies import FIGURES, ROUTED, Formula, NoFormula, formula_for
from sim.theory.attention import Attention, machine_repair, saturated
from sim.theory.chains.pool import Pool
from sim.theory.erlang import erlang, erlang_b
from sim.theory.inverse import Goal
from sim.theory.sharing import (
    agent_loads,
    best_concurrency,
    chat_agents,
    chat_service_level,
    concurrencies,
    factors,
    limited_sharing,
    processor_sharing,
    shared_loss,
    sharing,
)

CCMATH = (180.0, 210.0, 240.0)
DESK = Attention(agent_s=30, customer_s=60, turns=5)


@pytest.mark.parametrize("room", [100, None])
def test_erlang_chat_has_the_printed_digits(room: int | None):
    """Published 15.44 % leave, 86.78 % of slots taken, a virtual wait of 0.22 minutes; with 100 lines or without end.

    The package prints a service level of 75.44 %, which its other figures rule out: the same model gives 74.44 %.
    """
    line = sharing(5, 4 / 60, CCMATH, patience=60, room=room)
    figures = line.figures(20)

    assert float(figures.abandonment) == pytest.approx(0.154391, abs=5e-7)
    assert float(figures.slot_utilisation) == pytest.approx(0.867770, abs=5e-7)
    assert float(figures.virtual_wait_s) / 60 == pytest.approx(0.22416, abs=5e-6)
    assert float(line.virtual_within(60 * 0.333)) == pytest.approx(0.7444, abs=5e-5)


@pytest.mark.parametrize(
    ("slots", "delayed", "wait", "service"),
    [(1, 0.8, 4.0, 1.0), (2, 0.64, 3.2, 1.8), (3, 0.512, 2.56, 2.44), (5, 0.32768, 1.6384, 3.3616)],
)
def test_limited_processor_sharing(slots: int, delayed: float, wait: float, service: float):
    """V08b: the fewer slots, the longer the wait and the shorter the chat; five minutes together, always."""
    figures = limited_sharing(0.8, 1.0, slots).figures(1.0)
    chats = float(figures.slot_utilisation) * slots

    assert float(figures.wait_probability) == pytest.approx(delayed, rel=1e-12)
    assert float(figures.wait_s) == pytest.approx(wait, rel=1e-12)
    assert chats / 0.8 == pytest.approx(service, rel=1e-12)
    assert float(figures.occupancy) == pytest.approx(0.8, rel=1e-12)


def test_unlimited_processor_sharing():
    """V08: five times the work, whatever the law; a variance of 58.3333 if it is exponential; endless if overloaded."""
    found = processor_sharing([0.8, 1.0], 1.0)

    assert found.mean_s.tolist() == [pytest.approx(5.0), np.inf]
    assert found.slowdown.tolist() == [pytest.approx(5.0), np.inf]
    assert found.variance_s2.tolist() == [pytest.approx(58.3333, abs=5e-5), np.inf]


@pytest.mark.parametrize(
    ("times", "replies", "attention", "slowdown"),
    [
        (
            (0.5, 1.0),
            (0.5, 0.666667, 0.9, 1.210526, 1.595238, 2.036697),
            (0.333333, 0.6, 0.789474, 0.904762, 0.963303, 0.987915),
            (1, 1.111111, 1.266667, 1.473684, 1.730159, 2.024465),
        ),
        (
            (3.0, 5.0),
            (3, 4.125, 5.712329, 7.799233, 10.312219),
            (0.375, 0.657534, 0.840153, 0.937556, 0.979610),
            None,
        ),
    ],
)
def test_machine_repair_has_the_printed_digits(times: Any, replies: Any, attention: Any, slowdown: Any):
    """M1: reply times, attention and slowdown with 1, 2, 3, … chats; and Airbnb's three and five minutes."""
    found = machine_repair(len(replies), *times)

    assert found.reply_s.tolist() == pytest.approx(replies, abs=5e-7)
    assert found.attention.tolist() == pytest.approx(attention, abs=5e-7)
    if slowdown is not None:
        assert found.slowdown.tolist() == pytest.approx(slowdown, abs=5e-7)


def test_saturated_agent():
    """With each chat followed by the next a fifth of the messages need no thinking: it counts four fifths."""
    found, repair = saturated(DESK, 4), machine_repair(4, 30, 0.8 * 60)

    assert found.reply_s == pytest.approx(repair.reply_s)
    assert found.attention == pytest.approx(repair.attention)
    assert found.chats_per_s == pytest.approx(repair.replies_per_s / 5)
    assert found.aht_s[0] == pytest.approx(5 * 30 + 4 * 60)
    assert found.aht_s * found.chats_per_s == pytest.approx([1, 2, 3, 4])
    assert found.slowdown == pytest.approx(found.aht_s / 390)


def test_wrap_up_and_switching():
    """A wrap-up takes attention or only the slot; switching slows all but an agent with a single chat."""
    alone = 5 * 30 + 4 * 60 + 25
    busy = saturated(Attention(30, 60, 5, wrap_up_s=25), 3)
    beside = saturated(Attention(30, 60, 5, wrap_up_s=25, wrap_up_attention=False), 3)
    torn = saturated(Attention(30, 60, 5, switching=0.18), 3)

    assert [busy.aht_s[0], beside.aht_s[0]] == pytest.approx([alone, alone])
    assert [agent.reply_s[0] for agent in (busy, beside, torn)] == pytest.approx([30, 30, 30])
    assert busy.attention[0] == pytest.approx((5 * 30 + 25) / alone)
    assert beside.attention[0] == pytest.approx(5 * 30 / alone)
    assert (busy.aht_s[1:] > beside.aht_s[1:]).all()
    assert torn.reply_s[1:] == pytest.approx(saturated(Attention(35.4, 60, 5), 3).reply_s[1:])


def test_planners_factors():
    """1, 1.7, 2.5, 2.9 and 3.5 times as fast are handling times × 1, 1.18, 1.20, 1.38, 1.43."""
    assert factors([1, 1.7, 2.5, 2.9, 3.5], 1.0).round(2).tolist() == [1, 1.18, 1.2, 1.38, 1.43]


# Erlang in disguise

teams = st.integers(1, 40)
ratios = st.floats(0.1, 1.8)
patiences = st.one_of(st.none(), st.floats(5, 600))
rooms = st.one_of(st.none(), st.integers(0, 50))
NAMES = ("abandonment", "blocked_rate", "wait_probability", "wait_s", "asa_s", "service_level", "occupancy")


@given(teams, ratios, patiences, rooms)
def test_one_slot_is_erlang(agents: int, ratio: float, patience: float | None, room: int | None):
    """Agents with one slot are Erlang's, with impatience and a finite room or without."""
    rate = ratio * agents / 60
    ours = sharing(agents, rate, 60, patience, room).figures(20)
    theirs = erlang(agents, rate, 60, patience, room).figures(20)

    for name in NAMES:
        expected = float(getattr(theirs, name))
        assert float(getattr(ours, name)) == pytest.approx(expected, rel=1e-9, abs=1e-12), name


@given(teams, st.integers(2, 4), ratios, patiences)
def test_without_slowdown_slots_are_agents(agents: int, slots: int, ratio: float, patience: float | None):
    """B5: without slowdown three agents with three slots are nine with one; only how many are busy differs."""
    rate = ratio * agents * slots / 60
    ours = sharing(agents, rate, [60] * slots, patience).figures(20)
    theirs = erlang(agents * slots, rate, 60, patience).figures(20)

    for name in NAMES[:-1]:
        expected = float(getattr(theirs, name))
        assert float(getattr(ours, name)) == pytest.approx(expected, rel=1e-9, abs=1e-12), name
    assert float(ours.slot_utilisation) == pytest.approx(float(theirs.occupancy), rel=1e-9)
    assert float(ours.occupancy) >= float(theirs.occupancy) * (1 - 1e-12)


def test_nine_slots_without_slowdown_have_the_printed_digits():
    """B5: 13.7661 % leave, 36.4303 % wait, 0.275321 minutes; nobody is busy more evenly than by balance."""
    figures = sharing(3, 1.4 / 60, [360] * 3, patience=120).figures(20)

    assert float(figures.abandonment) == pytest.approx(0.137661, abs=5e-7)
    assert float(figures.wait_probability) == pytest.approx(0.364303, abs=5e-7)
    assert float(figures.wait_s) / 60 == pytest.approx(0.275321, abs=5e-7)
    assert float(figures.occupancy) > 0.985091


@given(st.floats(0.01, 3), st.lists(st.floats(0.2, 5), min_size=1, max_size=6))
def test_loss_of_one_agent_by_its_product(rate: float, aht: list[float]):
    """One agent who lets nobody wait: weights are products of rate × handling time ÷ chats."""
    weights = np.cumprod([1.0, *(rate * minutes / j for j, minutes in enumerate(aht, 1))])

    assert float(shared_loss(rate, aht)) == pytest.approx(weights[-1] / weights.sum(), rel=1e-12)
    if len(aht) == 1:
        assert float(shared_loss(rate, aht)) == pytest.approx(float(erlang_b(1, rate * aht[0])))


# Questions


@settings(max_examples=15)
@given(st.floats(0.005, 0.3), st.floats(0.5, 0.95), patiences)
def test_chat_agents_are_the_fewest(rate: float, target: float, patience: float | None):
    """They keep the level, and one fewer does not."""
    n = int(chat_agents(rate, CCMATH, Goal("service_level", target, 20), patience))
    level = chat_service_level([n, max(n - 1, 1)], rate, CCMATH, 20, patience)

    assert level[0] >= target
    assert n == 1 or level[1] < target


def test_best_concurrency():
    """Without switching every further chat helps the line and slows replies; the promise of a reply decides.

    Where switching costs more than thinking gives, a chat at a time is best.
    """
    free = best_concurrency(1, 0.25 / 60, DESK, 20, 180, most=6)
    bound = best_concurrency(1, 0.25 / 60, DESK, 20, 180, max_response_s=48, most=6)
    torn = Attention(agent_s=30, customer_s=5, turns=5, switching=0.8)
    single = best_concurrency(4, 1.2 / 60, torn, 20, 180, most=4)

    assert (free.slots, bound.slots, single.slots) == (6, 3, 1)
    assert bound.response_s < 48 < concurrencies(1, 0.25 / 60, DESK, 20, 180, most=4)[3].response_s
    with pytest.raises(TheoryError, match="max_response_s: must be at least 30, got 29"):
        best_concurrency(1, 0.25 / 60, DESK, 20, max_response_s=29)
    assert concurrencies(1, 0, DESK, 20)[2].response_s == 30


def test_how_near_machine_repair_comes():
    """M2, one agent with three slots: 0.4 % of the exact abandonment, 0.1 % of the exact reply time.

    Exact by the chain over messages, thinkers and waiters: 15.9389 % and 0.777624 minutes.
    """
    found = concurrencies(1, 0.25 / 60, DESK, 20, 180, most=3)[2]

    assert float(found.figures.abandonment) == pytest.approx(0.159389, rel=0.005)
    assert float(found.figures.slot_utilisation) == pytest.approx(0.552570, rel=0.005)
    assert found.response_s / 60 == pytest.approx(0.777624, rel=0.002)


@given(st.integers(1, 10), st.floats(0.0, 0.3), patiences)
def test_loads_of_agents_add_up(agents: int, rate: float, patience: float | None):
    """Their shares are one; their chats are the slots taken; those with a chat are the busy ones."""
    line = sharing(agents, rate, CCMATH, patience, 30)
    loads, figures = agent_loads(line, agents, CCMATH), line.figures(20)

    assert loads.sum() == pytest.approx(1)
    assert loads @ np.arange(4) / 3 == pytest.approx(float(figures.slot_utilisation))
    assert 1 - loads[0] == pytest.approx(float(figures.occupancy))


def test_many_agents():
    """100,000 agents with three slots: shares are shares, and an overloaded team is Erlang's in the limit."""
    figures = sharing(100_000, 100_000 * 3 / 240 * np.array([0.5, 1.0, 1.2]), CCMATH, 60).figures(20)

    assert figures.abandonment[[0, 2]] == pytest.approx([0, 1 / 6], abs=1e-6)
    assert 0 < figures.abandonment[1] < 0.001
    assert figures.slot_utilisation[2] == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "law"),
    [
        (lambda: sharing(2, 1, []), "aht_s: must have a handling time, got none"),
        (lambda: sharing(2, 1, [60, 0]), "aht_s: must be above 0, and finite, got 0"),
        (lambda: sharing(2, 1, [[60, 70], [60, 70]]), "aht_s: must be a list of handling times, got 2 axes"),
        (lambda: sharing(1.5, 1, CCMATH), "agents: must be a whole number, got 1.5"),
        (lambda: sharing(5e6, 1, CCMATH), "slots of the team: must be from 1 to 10,000,000, got 1.5e"),
        (lambda: machine_repair(0, 1, 1), "slots: must be from 1 to 1,000, got 0"),
        (lambda: machine_repair(3, 0, 1), "agent_s: must be above 0, and finite, got 0"),
        (lambda: Attention(30, 60, 0.5), "turns: must be at least 1, and finite, got 0.5"),
        (lambda: Attention(30, -60, 5), "customer_s: must be at least 0, and finite, got -60"),
    ],
)
def test_bad_input_names_the_law(call: Any, law: str):
    """Each number that a formula has no answer for is refused in a sentence."""
    with pytest.raises(TheoryError, match=law):
        call()


# Which formula fits


def scenario(**changes: Any) -> Scenario:
    """Two agents, Erlang A, with changes to "queue", "group" and the rest."""
    queue = {
        "name": "chats",
        "arrivals": {"per_hour": 60},
        "patience": {"law": "exponential", "mean_s": 60},
        "service": {"work_s": {"law": "exponential", "mean_s": 90}},
    } | changes.pop("queue", {})
    group = {"name": "team", "queues": ["chats"], "agents": 2} | changes.pop("group", {})
    return Scenario.model_validate({"queues": [queue], "groups": [group]} | changes)


SHARED = {"work_s": {"law": "exponential", "mean_s": 180}, "aht_s": list(CCMATH)}
TURNS = {
    "turns": {"law": "geometric", "mean": 5},
    "agent_s": {"law": "exponential", "mean_s": 30},
    "customer_s": {"law": "exponential", "mean_s": 60},
}


@pytest.mark.parametrize(
    ("changes", "name", "is_exact"),
    [
        ({}, "Erlang A", True),
        ({"queue": {"patience": None}}, "Erlang C", True),
        ({"queue": {"patience": None, "capacity": 0}}, "Erlang B", True),
        ({"queue": {"patience": None, "capacity": 7}}, "M/M/n/k", True),
        ({"queue": {"capacity": 7}}, "M/M/n/k+M", True),
        ({"queue": {"patience": {"law": "fixed", "mean_s": 60}}}, "M/M/n+G", True),
        ({"queue": {"arrivals": {"per_hour": [60] * 24}}}, "Erlang A", True),
        ({"queue": {"service": SHARED}, "group": {"concurrency": 3}}, "balanced chain", False),
        ({"queue": {"service": SHARED}, "group": {"concurrency": 3, "agents": 1}}, "balanced chain", True),
        ({"group": {"concurrency": 3}}, "balanced chain", False),
        ({"group": {"concurrency": 3, "agents": 1}}, "balanced chain", True),
        ({"queue": {"service": {"work_s": {"law": "fixed", "mean_s": 90}}}}, "Erlang A", False),
        ({"queue": {"service": TURNS}, "group": {"concurrency": 3}}, "machine repair and balanced chain", False),
    ],
)  # fmt: skip
def test_formula_for_a_scenario(changes: dict[str, Any], name: str, is_exact: bool):
    """The formula is chosen by what the scenario has, and says whether it is exact."""
    found = formula_for(scenario(**changes))

    assert isinstance(found, Formula)
    assert (found.name, found.is_exact) == (name, is_exact)


UNSLOWED = {"work_s": {"law": "exponential", "mean_s": 600}}
SLOWED = UNSLOWED | {"aht_s": [600, 700, 900]}
CHAINED = ("least_loaded", "most_loaded", "random")


@pytest.mark.parametrize("policy", CHAINED)
@pytest.mark.parametrize(
    ("service", "agents", "slots", "patience", "n_exact"),
    [
        (UNSLOWED, 5, 1, None, 14),
        (UNSLOWED, 5, 3, None, 12),
        (UNSLOWED, 3, 2, 120.0, 12),
        (UNSLOWED, 1, 3, 120.0, 14),
        (SLOWED, 1, 3, 120.0, 14),
        (SLOWED, 3, 3, 120.0, 0),
    ],
)  # fmt: skip
def test_what_is_said_to_be_exact_is_what_the_chain_of_its_routing_says(
    policy: str, service: dict[str, Any], agents: int, slots: int, patience: float | None, n_exact: int
):
    """All other figures of several agents with several slots differ from the chain, and each says so."""
    law = None if patience is None else {"law": "exponential", "mean_s": patience}
    per_hour = 4.0 * agents if slots == 1 else 6.0 * agents
    found = formula_for(
        scenario(
            queue={"service": service, "patience": law, "arrivals": {"per_hour": per_hour}},
            group={"agents": agents, "concurrency": slots},
            routing={"policy": policy},
        )
    )
    assert isinstance(found, Formula)
    aht = tuple(s / 60 for s in service.get("aht_s", [600.0] * 3)[:slots])
    truth = Pool(per_hour / 60, agents, aht, None if patience is None else patience / 60, policy).figures(0.5)
    theirs = {name: float(getattr(found.figures, name)) for name in truth if hasattr(found.figures, name)}
    equal = {
        name for name, value in theirs.items() if value == pytest.approx(truth[name], rel=1e-6, abs=1e-9)
    }

    assert len(theirs) == 14
    assert equal >= found.exact & theirs.keys()
    assert len(found.exact & theirs.keys()) == n_exact
    assert found.is_exact == (n_exact == 14)
    if n_exact < 14:
        assert not equal & {"occupancy", "concurrency"}
        assert ROUTED[Policy(policy)] in found.why


@pytest.mark.parametrize(("policy", "truth"), [("least_loaded", 0.785), ("most_loaded", 0.472)])
def test_occupancy_of_several_slots_is_that_of_no_routing(policy: str, truth: float):
    """Five agents with three slots, 30 chats an hour of ten minutes: 82.5 % if spread evenly, which nobody does."""
    found = formula_for(
        scenario(
            queue={"service": UNSLOWED, "patience": None, "arrivals": {"per_hour": 30}},
            group={"agents": 5, "concurrency": 3},
            routing={"policy": policy},
        )
    )
    assert isinstance(found, Formula)

    assert Pool(0.5, 5, (10.0,) * 3, policy=policy).figures()["occupancy"] == pytest.approx(truth, abs=5e-4)
    assert float(found.figures.occupancy) == pytest.approx(0.825, abs=5e-4)
    assert FIGURES - found.exact == {"occupancy", "concurrency"}


def test_figures_for_a_scenario():
    """By work and by turns they are those of the same numbers given by hand."""
    by_work = formula_for(scenario(queue={"service": SHARED}, group={"concurrency": 2}))
    by_turns = formula_for(scenario(queue={"service": TURNS}, group={"concurrency": 3, "agents": 1}))
    expected = concurrencies(1, 1 / 60, DESK, 30, 60, most=3)[2]

    assert isinstance(by_work, Formula)
    assert isinstance(by_turns, Formula)
    assert by_work.figures.asa_s == sharing(2, 1 / 60, CCMATH[:2], 60).figures(30).asa_s
    assert by_turns.figures.asa_s == expected.figures.asa_s
    assert (by_work.response_s, by_turns.response_s) == (None, expected.response_s)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"hours": {"open": "08:00", "close": "20:00"}}, "formulas know no hours"),
        ({"queue": {"max_wait_s": 60}}, "formulas know no max_wait_s"),
        ({"queue": {"arrivals": {"per_hour": 60, "busyness_cv": 0.1}}}, "formulas know no busyness_cv"),
        ({"queue": {"arrivals": {"per_hour": [60] * 23 + [61]}}}, "formulas know one rate of arrivals"),
        ({"queue": {"arrivals": {"times_s": [1.0]}}}, "formulas know no times_s"),
        ({"group": {"agents": None, "staffing": [2] * 24}}, "formulas know no staffing"),
        ({"group": {"agents": 0}}, "formulas need an agent"),
        ({"queue": {"capacity": 7, "patience": {"law": "fixed", "mean_s": 60}}}, "a finite room takes exponential"),
    ],
)  # fmt: skip
def test_no_formula_for_a_scenario(changes: dict[str, Any], why: str):
    """Whatever a formula does not know is named, and nothing is left out in silence."""
    found = formula_for(scenario(**changes))

    assert isinstance(found, NoFormula)
    assert why in found.why
