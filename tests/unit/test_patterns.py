"""Shifts that patterns allow, and the integer programme over them, against enumeration by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from sim.arrays import Ints
from sim.errors import ScenarioError, StudyError
from sim.scenario.files import parse
from sim.scenario.scenario import Scenario
from sim.scenario.units import clock_text
from sim.studies.staffing.cover import Demands, Linear, Programme
from sim.studies.staffing.patterns import Candidates, candidates, standard

CENTRE = """
interval_min = 60
[hours]
open = 08:00:00
close = 14:00:00
[targets]
service_level = 0.8
[[queues]]
name = "q"
arrivals = { per_hour = 30 }
service = { work_s = { law = "exponential", mean_s = 180 } }
"""
ONE = '[[groups]]\nname = "A"\nqueues = ["q"]\nagents = 1\n'
TWO = ONE.replace('"A"', '"B"')


def centre(patterns: str = "", more: str = "") -> Scenario:
    return parse(CENTRE + ONE + (f"patterns = [{patterns}]\n" if patterns else "") + more)


def shown(found: Candidates) -> list[tuple[str, ...]]:
    return [
        (clock_text(c.shift.start), clock_text(c.shift.end), *(clock_text(b.start) for b in c.shift.breaks))
        for c in found.all
    ]


# Patterns


def test_every_start_and_break_of_a_pattern_is_a_shift():
    """Lengths, starts on the grid, and breaks in their window; the short one goes without."""
    found = candidates(
        centre(
            "{ lengths_h = [5, 2], earliest = 08:30:00, latest = 14:30:00, grid_min = 60, cost_per_hour = 20, "
            "breaks = [{ minutes = 30, earliest_h = 2, latest_h = 3, least_length_h = 4 }] }"
        )
    )

    assert shown(found) == [
        ("08:30", "13:30", "10:30"),
        ("08:30", "13:30", "11:00"),
        ("08:30", "13:30", "11:30"),
        ("09:30", "14:30", "11:30"),
        ("09:30", "14:30", "12:00"),
        ("09:30", "14:30", "12:30"),
        ("08:30", "10:30"),
        ("09:30", "11:30"),
        ("10:30", "12:30"),
        ("11:30", "13:30"),
        ("12:30", "14:30"),
    ]
    assert {c.paid_h for c in found.all} == {4.5, 2.0}
    assert {c.cost for c in found.all} == {90.0, 40.0}
    assert found.presence[0, 7:15, 0].tolist() == [0, 0.5, 1, 0.5, 1, 1, 0.5, 0]


def test_paid_breaks_are_paid():
    """And two breaks never overlap."""
    breaks = "breaks = [{ minutes = 60, earliest_h = 1, latest_h = 2 }, { minutes = 60, earliest_h = 2, latest_h = 3 }]"
    found = candidates(centre(f"{{ lengths_h = [6], grid_min = 60, paid_breaks = true, {breaks} }}"))

    assert {c.paid_h for c in found.all} == {6.0}
    pairs = [row[2:] for row in shown(found)]
    assert pairs == [("09:00", "10:00"), ("09:00", "10:30"), ("09:00", "11:00"), ("09:30", "10:30"),
                     ("09:30", "11:00"), ("10:00", "11:00")]  # fmt: skip


def test_standard_shifts():
    """Eight hours with a break in the middle; no longer than the centre is open; own ones of the command line."""
    scenario = centre()
    (pattern,) = standard(scenario)
    assert pattern.lengths_h == (6.0,)
    day = scenario.model_copy(update={"hours": None})
    assert [c.length_h for c in candidates(day).all[:1]] == [8.0]
    assert {row[2] for row in shown(candidates(day)) if row[0] == "08:00"} == {
        "11:00", "11:30", "12:00", "12:30", "13:00",
    }  # fmt: skip
    short, long = standard(day, (4.0, 6.0), 15, 20.0)
    assert short.breaks == ()
    (window,) = long.breaks
    assert (window.minutes, window.grid_min, window.earliest_h, window.latest_h) == (20.0, 15, 2.25, 3.75)
    assert standard(day, (8.0,), 30, 0.0)[0].breaks == ()


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ("{ lengths_h = [] }", "groups.0.patterns.0.lengths_h: needs at least 1"),
        ("{ lengths_h = [8, 4, 8] }", "groups.0.patterns.0.lengths_h.2: names a length twice, got 8"),
        ("{ lengths_h = [25] }", "groups.0.patterns.0.lengths_h.0: must be at most 24, got 25"),
        ("{ lengths_h = [8], least_agents = 3, most_agents = 2 }", "most_agents: must be at least least_agents, 3, got 2"),
        ("{ lengths_h = [8], earliest = 09:00:00, latest = 00:00:00 }", 'latest: must be after the earliest start'),
        ("{ lengths_h = [8, 4], breaks = [{ earliest_h = 3, latest_h = 5 }] }",
         "patterns.0.breaks.0.latest_h: the break must end within a shift of 4 h, got 5; or give it a least_length_h"),
        ("{ lengths_h = [8], breaks = [{ earliest_h = 3, latest_h = 2 }] }", "latest_h: must be at least earliest_h, 3, got 2"),
        ("{ lengths_h = [8], length_h = 3 }", "unknown key; did you mean 'lengths_h'?"),
    ],
)  # fmt: skip
def test_a_pattern_that_makes_no_sense_is_told_with_its_place(patterns: str, said: str):
    with pytest.raises(ScenarioError) as error:
        centre(patterns)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ("{ lengths_h = [8] }", "groups.0.patterns.0: no shift of 8 h lies between 08:00 and 14:00"),
        (
            "{ lengths_h = [6], breaks = [{ earliest_h = 2, latest_h = 2 }, { earliest_h = 2, latest_h = 2 }] }",
            "its breaks overlap",
        ),
        (
            "{ lengths_h = [1], grid_min = 1, latest = 24:00 }".replace("24:00", '"24:00"'),
            "more than 900 shifts",
        ),
    ],
)
def test_patterns_without_an_end_or_a_shift(patterns: str, said: str):
    with pytest.raises(StudyError, match=said):
        candidates(centre(patterns), most=900)


@pytest.mark.parametrize(
    "options", [{"lengths_h": (0.0,)}, {"lengths_h": (25.0,)}, {"grid_min": 0}, {"break_min": -1}]
)
def test_standard_shifts_that_make_no_sense(options: dict[str, Any]):
    with pytest.raises(StudyError):
        standard(centre(), **options)


# The integer programme against enumeration

CASES = {
    "one length": "{ lengths_h = [3], grid_min = 60 }",
    "two lengths": "{ lengths_h = [4, 2], grid_min = 120 }",
    "a break": "{ lengths_h = [5], grid_min = 60, breaks = [{ minutes = 60, earliest_h = 2, latest_h = 3, grid_min = 60 }] }",
    "dear and few": "{ lengths_h = [6], cost_per_hour = 1 }, { lengths_h = [2], grid_min = 120, cost_per_hour = 1.5, most_agents = 2 }",
    "half hours": "{ lengths_h = [3, 3.5], grid_min = 90 }",
    "at least": "{ lengths_h = [3], grid_min = 180, least_agents = 3 }, { lengths_h = [6], cost_per_hour = 0.5 }",
}  # fmt: skip
REQUIRED = ([1, 2, 2, 1, 1, 1], [2, 0, 0, 2, 0, 0], [1, 1, 3, 3, 1, 1], [0, 0, 0, 0, 0, 3])
MOST = 3


def by_hand(found: Candidates, demands: Demands) -> tuple[float, list[Ints]]:
    """Least cost of all rosters with up to three agents on each shift, and those of it."""
    programme = Programme(found)
    best, rosters = float("inf"), []
    for levels in product(range(MOST + 1), repeat=len(found)):
        agents = np.array(levels)
        cost = float(found.costs @ agents)
        if cost <= best + 1e-9 and _keeps(found, agents, demands, programme):
            rosters = [*(rosters if cost > best - 1e-9 else []), agents]
            best = cost
    return best, rosters


def _keeps(found: Candidates, agents: Ints, demands: Demands, programme: Programme) -> bool:
    """Said again, without the programme's matrices."""
    counts = [0] * len(found.patterns[0])
    for candidate, n in zip(found.all, agents, strict=True):
        counts[candidate.pattern] += n
    for count, pattern in zip(counts, found.patterns[0], strict=True):
        if count < pattern.least_agents or (pattern.most_agents is not None and count > pattern.most_agents):
            return False
    covered = np.array([sum(found.presence[0, k, j] * n for j, n in enumerate(agents)) for k in range(24)])
    return (
        bool((covered >= demands.least - 1e-9).all())
        and all(any(covered[row] >= level - 1e-9 for row, level in one) for one in demands.alternatives)
        and all(cut.weights @ covered >= cut.at_least - 1e-9 for cut in demands.cuts)
    )


@pytest.mark.parametrize("required", REQUIRED, ids=str)
@pytest.mark.parametrize("case", CASES)
def test_cost_equals_that_of_all_rosters_enumerated(case: str, required: list[int]):
    """With least numbers, then with an alternative and a linear cut besides."""
    found = candidates(centre(CASES[case]))
    least = np.zeros(24)
    least[8:14] = required
    weights = np.zeros(24)
    weights[8:14] = [1, 1, 0, 0.5, 0.5, 0]
    programme = Programme(found)
    either = frozenset({(9, 3), (12, 2)})
    for demands in (Demands(least), Demands(least, [either, frozenset({(9, 2)})], [Linear(weights, 3.0)])):
        cost, rosters = by_hand(found, demands)
        solution = programme.solve(demands)

        assert solution.cost == pytest.approx(cost)
        if rosters:
            assert solution.bound == pytest.approx(cost)
            assert programme.allows(solution.agents, demands)
            assert programme.tidied(solution).cost == pytest.approx(cost)
            assert not programme.solve(demands, below=cost).is_there
            assert programme.solve(demands, below=cost + programme.step).cost == pytest.approx(cost)
        else:
            assert solution.bound == float("inf")


def test_what_is_allowed_is_what_enumeration_keeps():
    """`allows` and the programme's laws say the same of every roster."""
    found = candidates(centre(CASES["dear and few"]))
    least = np.zeros(24)
    least[8:14] = 1
    demands = Demands(least, [frozenset({(9, 2), (13, 3)})], [Linear(least, 8.0)])
    programme = Programme(found)
    answers = set()
    for levels in product(range(4), repeat=len(found)):
        agents = np.array(levels)
        answer = programme.allows(agents, demands)
        answers.add(answer)
        assert answer == _keeps(found, agents, demands, programme)
    assert answers == {True, False}


def test_fewer_different_shifts_at_the_same_cost():
    """Two agents on the same shift read better than on two."""
    found = candidates(centre("{ lengths_h = [2], grid_min = 60 }"))
    least = np.zeros(24)
    least[8:14] = 2
    programme = Programme(found)
    solution = programme.solve(Demands(least))
    tidy = programme.tidied(solution)

    assert np.count_nonzero(tidy.agents) == 3
    assert tidy.cost == solution.cost == 12


def test_what_lacks_within_limits():
    """The elastic programme: as little as possible is short, and nothing where the limits allow it."""
    found = candidates(centre("{ lengths_h = [3], grid_min = 180, most_agents = 3 }"))
    least = np.zeros(24)
    least[8:14] = [1, 2, 1, 2, 2, 2]
    programme = Programme(found)

    assert programme.solve(Demands(least)).bound == float("inf")
    assert programme.shortfall(least).sum() == pytest.approx(1)
    assert programme.shortfall(least)[9] == pytest.approx(1)
    assert not programme.shortfall(least / 2).any()


def test_groups_have_shifts_of_their_own():
    """And as many agents at least as they have seniors and new hires."""
    found = candidates(
        centre("{ lengths_h = [3], grid_min = 180 }", TWO + "patterns = [{ lengths_h = [6] }]\n")
    )
    least = np.zeros(48)
    least[[9, 24 + 9]] = 1
    programme = Programme(found, least_heads=[3, 0])
    solution = programme.solve(Demands(least))

    assert [c.group for c in found.all] == [0, 0, 1]
    assert solution.cost == 3 * 3 + 6
    assert programme.coverage(solution.agents)[24:].sum() == 6
