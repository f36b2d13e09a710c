"""Does `sim trust` tell right from wrong? Its verdicts, and what it names when the simulator is made wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.rules import Policy
from sim.scenario.scenario import Scenario
from sim.validation import formulas
from sim.validation.case import Case, Check
from sim.validation.suite import ALPHA, Row, Trust, judged, suite, trust

pytestmark = pytest.mark.slow

SHARE = 0.12
"""Of the replications of `sim trust`, those that the normal run of the tests has."""
SLOW = ("P4", "P5", "P13", "B6 sharing, random", "V08 sharing, lognormal")
"""Cases left out of it, for they take seconds."""


def cases() -> list[Case]:
    return [case for case in suite() if not case.name.startswith(SLOW)]


@cache
def right() -> Trust:
    return trust(1, cases(), share=SHARE)


# What is in the table


def test_the_table_has_all_kinds_of_rows_the_published_ones_first():
    """More than sixty rows; every published case before the first that is only solved for; no name twice."""
    every = suite()
    published = [case.is_published for case in every]

    assert sum(len(case.checks) for case in every) >= 200
    assert published == sorted(published, reverse=True)
    assert sum(published) >= 9
    assert len({case.name for case in every}) == len(every)
    for case in every:
        assert len({check.name for check in case.checks}) == len(case.checks)
        assert len({check.heading() for check in case.checks}) == len(case.checks)
        assert case.source


def number(text: str) -> tuple[float, float, str]:
    """A published value, half a unit of its last digit, and its unit."""
    value, _, unit = text.partition(" ")
    if value.endswith("²"):
        return float(value[:-1]) ** 2, np.inf, ""
    decimals = len(value.partition(".")[2])
    return float(value), 0.5 * 10**-decimals, unit.split("(")[0].strip()


@pytest.mark.parametrize("case", [case for case in cases() if case.is_published], ids=lambda case: case.name)
def test_exact_values_are_those_published_or_say_why_not(case: Case):
    """To the printed digits or within the printed interval; else the row says why."""
    known = case.known()
    for check in case.checks:
        if not check.published or check.why:
            continue
        value, half, unit = number(check.published)
        scale = {"min": 60.0, "%": 0.01}.get(unit, 1.0)
        exact = known[check.name] / scale
        if "(" in check.published:
            low, high = (float(end) for end in check.published.split("(")[1].rstrip(")").split(", "))
            # Ends are printed as rounded as the value.
            assert low - half <= exact <= high + half, check.name
        elif np.isfinite(half):
            assert abs(exact - value) <= 1.01 * half, check.name


# Holm's procedure


SOME_CASE = suite()[0]


def row(p: float) -> Row:
    return Row(SOME_CASE, Check("asa_s"), 1.0, 1.0, 0.1, 10, 0.0, p, agrees=True)


def test_holms_procedure_by_hand():
    """0.01 / 4, 0.01 / 3, 0.01 / 2, 0.01: the first that passes ends it, whatever comes after."""
    verdicts = judged([row(0.2), row(0.0024), row(0.004), row(0.0033)])
    stops = judged([row(0.0024), row(0.0035), row(0.004), row(0.2)])
    none = judged([row(0.0026), row(0.009), row(0.009), row(0.009)])

    assert [found.agrees for found in verdicts] == [True, False, False, False]
    assert [found.agrees for found in stops] == [False, True, True, True]
    assert all(found.agrees for found in none)


def test_false_alarms_are_as_rare_as_stated():
    """Of 4,000 tables of 20 honest rows, 1 in 100 has a row called wrong (the bound is all but sharp)."""
    tables = np.random.default_rng(1).uniform(size=(4000, 20))
    alarms = [not all(found.agrees for found in judged([row(p) for p in table])) for table in tables.tolist()]

    assert np.mean(alarms) == pytest.approx(ALPHA, abs=0.006)


# The simulator, as it is and changed


def test_the_simulator_is_trusted():
    """All rows agree, on a part of the replications."""
    assert [(found.case.name, found.check.name, found.z) for found in right().failed] == []


def test_scores_are_normal():
    """Of the independent cases' first rows, the z-scores have mean 0 and deviation 1, as far as can be told."""
    first = {found.case.name: found.z for found in reversed(right().rows) if found.half > 0}
    scores = np.array(list(first.values()))

    assert abs(scores.mean()) < 4 / len(scores) ** 0.5
    assert 0.6 < scores.std() < 1.4


def again(scenario: Scenario, **update: Any) -> Scenario:
    """A scenario with other parts, made anew."""
    return Scenario.model_validate(scenario.model_copy(update=update).model_dump(by_alias=True))


def most_loaded(scenario: Scenario) -> Scenario:
    return again(scenario, routing=scenario.routing.model_copy(update={"policy": Policy.MOST_LOADED}))


def less_patient(scenario: Scenario) -> Scenario:
    """Patience in the queue cut by 10 %."""
    queues = [
        queue
        if queue.patience is None
        else queue.model_copy(
            update={"patience": queue.patience.model_copy(update={"mean_s": 0.9 * queue.patience.mean_s})}
        )
        for queue in scenario.queues
    ]
    return again(scenario, queues=tuple(queues))


def without_wrap_up(scenario: Scenario) -> Scenario:
    queues = [
        queue.model_copy(update={"service": queue.service.model_copy(update={"wrap_up_s": None})})
        for queue in scenario.queues
    ]
    return again(scenario, queues=tuple(queues))


def busier_at_one(scenario: Scenario) -> Scenario:
    """A tenth more chats from 13:00 to 14:00, where rates are given by the hour."""
    queues = []
    for queue in scenario.queues:
        rates = queue.arrivals.per_hour
        if isinstance(rates, tuple):
            shifted = tuple(rate * (1.1 if hour == 13 else 1.0) for hour, rate in enumerate(rates))
            arrivals = queue.arrivals.model_copy(update={"per_hour": shifted})
            queues.append(queue.model_copy(update={"arrivals": arrivals}))
        else:
            queues.append(queue)
    return again(scenario, queues=tuple(queues))


def has_a_choice(case: Case) -> bool:
    """Whether routing can matter: several agents with several slots, and not most loaded routing already."""
    groups = case.scenario.groups
    several = sum(group.n_agents for group in groups) > 1 and max(group.concurrency for group in groups) > 1
    return several and case.scenario.routing.policy is not Policy.MOST_LOADED


def has_patience(case: Case) -> bool:
    return not case.is_published and any(queue.patience is not None for queue in case.scenario.queues)


def has_wrap_up(case: Case) -> bool:
    return any(queue.service.wrap_up_s is not None for queue in case.scenario.queues)


def has_rates_by_the_hour(case: Case) -> bool:
    return isinstance(case.scenario.queues[0].arrivals.per_hour, tuple)


Change = tuple[Callable[[Scenario], Scenario], Callable[[Case], bool], set[str]]
CHANGES: dict[str, Change] = {
    "most loaded routing": (
        most_loaded,
        has_a_choice,
        {
            "B2 three agents, least loaded: Occupancy",
            "B2 three agents, random: Occupancy",
            "B5 no slowdown, least loaded: Occupancy",
            "B6 sharing, least loaded: Chat duration",
            "P11 CCmath Erlang Chat: Occupancy",
            "Routing: longest idle: Busy agents",
            "Routing: in turn: Busy agents",
        },
    ),
    "patience cut by 10 %": (
        less_patient,
        has_patience,
        {
            "D1 shared work, patience 4 min: Chat 3 ends after",
            "D1 shared work, patience 6 min: Chat 4 ends after",
            "Patience: fixed: Wait, all",
            "Patience: lognormal: Wait, all",
            "Priorities, customers leave: Queue length, queue 2",
            "Wrap-up beside, by work: Queue length",
            "Retries: Abandoned ÷ offered",
            "Balking by place: Abandoned ÷ offered",
        },
    ),
    "no wrap-up": (
        without_wrap_up,
        has_wrap_up,
        {
            "Wrap-up beside, by work: Abandoned ÷ offered",
            "Wrap-up with attention: Abandoned ÷ offered",
            "Wrap-up beside, by turns: Chats in slots",
            "All that may end a chat: Chats in slots",
            "Agents of different speed: Slow agent busy",
        },
    ),
    "one hour's rate raised by 10 %": (
        busier_at_one,
        has_rates_by_the_hour,
        {"Rates and staff by the hour: Offered, 13:00", "Rates and staff by the hour: Present, 13:00"},
    ),
}
"""A change, the cases it concerns, and rows that must fail."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_simulator_is_found_out_by_name(name: str):
    """The rows of what was changed fail, and none of a centre that the change does not concern."""
    changed, concerns, expected = CHANGES[name]
    concerned = [case for case in cases() if concerns(case)]
    found = trust(1, concerned, share=SHARE, changed=changed)
    names = {case.name for case in concerned}
    rest = [row for row in right().rows if row.case.name not in names]
    failed = [row for row in judged([*found.rows, *rest]) if not row.agrees]

    assert expected <= {f"{row.case.name}: {row.check.heading()}" for row in failed}
    assert {row.case.name for row in failed} <= names
    hours = {row.check.name.split()[-1] for row in failed if row.case.name.startswith("Rates")}
    assert hours <= {"13"} if name.startswith("one hour") else True


def test_changes_that_concern_nobody_change_nothing():
    """Routing is nothing to a single agent or to agents with a slot each: their rows are the same to the last bit."""
    alone = [case for case in cases() if case.name.startswith(("M2", "P9"))]

    as_is, changed = (trust(1, alone, share=0.05, changed=how).rows for how in (None, most_loaded))
    assert [row.value for row in as_is] == [row.value for row in changed]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_whole_table_on_three_seeds(seed: int):
    """All replications of all cases, on other customers."""
    assert [(found.case.name, found.check.name, found.z) for found in trust(seed).failed] == []


# Formulas for chat


@cache
def points() -> dict[tuple[int, float], formulas.Point]:
    """What formulas and the simulator say, at a few loads."""
    found = formulas.compared(share=0.3)
    return {(point.slots, point.load): point for point in found}


def error(slots: int, load: float, name: str) -> float:
    """Points of the service level by which a formula is off."""
    point = points()[slots, load]
    assert point.simulated.value is not None
    return 100 * (point.predicted[name] - point.simulated.value)


def test_machine_repair_is_near_and_the_spreadsheet_is_not():
    """Within 3 points everywhere; 30 points and more off at 120 % load, to either side."""
    worst = max(abs(error(slots, load, "repair")) for slots, load in points())

    assert worst < 3
    assert error(2, 1.2, "erlang_c") < -30
    assert error(4, 1.2, "erlang_c") > 30
    assert error(4, 1.2, "erlang_a") > 30
    assert error(4, 1.2, "factors") > 30
    assert -12 < error(3, 1.1, "measured") < -2


def test_all_are_right_while_nobody_waits():
    """At half the load every formula and the simulator serve all but everybody in time."""
    for slots in (2, 3, 4):
        assert all(abs(error(slots, 0.5, name)) < 1 for name in formulas.FORMULAS)
