"""Rosters of people: rules by hand, all rosters enumerated, an independent checker, and why there is none."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.arrays import Ints
from sim.cli.commands import app
from sim.errors import ScenarioError, StudyError
from sim.report.people_roster import result, rows_of
from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from sim.scenario.write import written_weeks
from sim.studies.rostering.allowed import barred, unmet
from sim.studies.rostering.check import check
from sim.studies.rostering.conflict import conflict
from sim.studies.rostering.model import Model, solve
from sim.studies.rostering.place import Placed
from sim.studies.rostering.problem import Problem, on_duty, problem_of
from sim.studies.rostering.roster import roster_people, with_shifts
from tests.conftest import ROOT
from tests.results import holds

pytestmark = pytest.mark.slow

MONDAY = "2026-03-02"


def centre(people: list[sim.Person], rules: sim.RosterRules | None = None, **more: Any) -> Scenario:
    """A centre open round the clock, whose shifts are of 8 h at 06:00, 14:00 and 22:00."""
    pattern = sim.Pattern(
        lengths_h=[8.0], grid_min=480, earliest="06:00", latest="06:00", over_midnight=True
    )  # fmt: skip
    usual: dict[str, Any] = {
        "start": MONDAY, "days": 7, "interval_min": 60, "people": people, "roster": rules,
        "queues": [sim.Queue(name="q", arrivals=4, patience=90, service=sim.ByWork(work_s=300))],
        "groups": [sim.Group(name="g", queues=["q"], agents=1, patterns=[pattern])],
    }  # fmt: skip
    return Scenario(**usual | more)


def person(name: str = "Agent 01", **more: Any) -> sim.Person:
    return sim.Person(**{"name": name, "group": "g", "hours_per_week": 40.0} | more)


def needs(scenario: Scenario, *needed: tuple[int, int, int]) -> Ints:
    """Needed agents: of (day, hour, agents), for the hour."""
    required = np.zeros((1, len(scenario.cells.edges_s) - 1), dtype=np.int64)
    for day, hour, agents in needed:
        required[0, day * scenario.cells.per_day + hour] = agents
    return required


def solved(problem: Problem) -> tuple[float, list[dict[str, Any]]]:
    found = solve(Model(problem), gap=0.0, seconds=60)
    assert found.status == "best"
    placed = Placed(problem, found)
    assert not placed.short.any()
    return found.cost, list(rows_of(problem.scenario, placed))


# Small instances, each solved in all ways


def instance(seed: int, grid_min: int = 480) -> Problem:
    """Two people, a week, and some rules at random; shifts begin every so many minutes from 06:00 on."""
    rng = np.random.default_rng(seed)

    def maybe(value: Any, p: float = 0.5) -> Any:
        return value if rng.random() < p else None

    rules = sim.RosterRules(
        rest_h=maybe(11.0),
        most_consecutive_days=maybe(int(rng.integers(1, 5))),
        days_off_together=maybe(int(rng.integers(1, 5)), 0.3),
        same_start_min=maybe(float(rng.choice([0, 480])), 0.3),
        most_hours_a_week=maybe(float(rng.choice([16, 24, 32])), 0.3),
        weekends_off=int(rng.integers(0, 2)),
        weekends_of=1,
    )
    shift = {"start": "06:00", "end": "23:00"}
    people = [
        person(
            f"Agent {k:02d}",
            hours_per_week=float(rng.choice([16, 24, 40])),
            least_hours_per_week=float(rng.choice([0, 0, 8])),
            cost_per_hour=float(rng.choice([1, 1, 2])),
            days_off=[dt.date(2026, 3, 2) + dt.timedelta(days=int(rng.integers(7)))][: rng.integers(2)],
            available=maybe(dict.fromkeys(("mon", "tue", "wed", "sat"), shift), 0.3),
            wishes=[{"off_on": ["wed"], "weight": 3.0}, {"within": shift, "weight": 0.5}][: rng.integers(3)],
        )
        for k in range(2)
    ]
    pattern = sim.Pattern(
        lengths_h=[8.0], grid_min=grid_min, earliest="06:00", latest="06:00", over_midnight=True
    )
    group = sim.Group(name="g", queues=["q"], agents=1, patterns=[pattern])
    scenario = centre(people, rules, groups=[group])
    hours = [7, 15, 23] if grid_min == 480 else [7, 23]
    needed = [(int(rng.integers(6)), int(rng.choice(hours)), 1) for _ in range(rng.integers(2, 8))]
    return problem_of(scenario, needs(scenario, *needed))


def plans(problem: Problem, number: int) -> list[tuple[float, np.ndarray[Any, Any]]]:
    """All weeks of a person that the checker passes: cost and cover."""
    worker = problem.workers[number]
    alone = problem.scenario.model_copy(update={"people": (worker.person,)})
    duties = problem.duties[worker.group]
    found = []
    for chosen in product(*([None, *of_day] for of_day in duties)):
        mine = [duty for duty in chosen if duty is not None]
        if any(late.on_s < early.off_s for early, late in pairwise(mine)):
            continue
        date = problem.scenario.calendar.date
        midnight = dt.datetime.combine(date(0), dt.time())
        rows = [
            {"person": worker.name, "group": "g", "activity": "work"}
            | {"start": midnight + dt.timedelta(seconds=duty.on_s)}
            | {"end": midnight + dt.timedelta(seconds=duty.off_s)}
            for duty in mine
        ]
        if check(rows, alone, 1):
            continue
        rate = worker.person.cost_per_hour
        cost = sum(duty.paid_min / 60 * rate + unmet(worker, duty, date(duty.day)) for duty in mine)
        cover = problem.opened.covered([span for duty in mine for span in duty.pieces(0)])
        found.append((cost, cover))
    return found


def brute_force(problem: Problem) -> float | None:
    """Least cost of all rosters that the checker passes and that cover the requirement; None if none does."""
    at = np.flatnonzero(problem.required[0])
    need = problem.required[0, at] * 60
    best: dict[int, dict[tuple[float, ...], float]] = {}
    for number in range(2):
        least: dict[tuple[float, ...], float] = {}
        for cost, cover in plans(problem, number):
            key = tuple(cover[at])
            least[key] = min(cost, least.get(key, np.inf))
        best[number] = least
    costs = [
        a + b
        for one, a in best[0].items()
        for other, b in best[1].items()
        if (np.array(one) + np.array(other) >= need).all()
    ]
    return min(costs, default=None)


def agrees(seed: int) -> bool:
    """Whether the programme finds what enumeration finds; of what can't be, a smallest conflict."""
    problem = instance(seed, grid_min=960)  # mornings and nights: 3 to the 7th weeks of a person
    least = brute_force(problem)
    found = solve(Model(problem), gap=0.0, seconds=60)
    if least is None:
        assert found.status == "infeasible"
        why = conflict(problem)
        assert why is not None
        assert why.is_smallest
        assert why.reasons
        return False
    assert found.cost == pytest.approx(least)
    placed = Placed(problem, found)
    assert not check(rows_of(problem.scenario, placed), problem.scenario, 1)
    assert not placed.short.any()
    return True


SHORT, LONG = (1, 2, 3), range(100)


def test_small_rosters_are_the_cheapest_of_all():
    """Every week of each person that the checker passes is tried; some instances have none."""
    kept = [agrees(seed) for seed in SHORT]
    assert kept == [True, False, True]


@pytest.mark.nightly
def test_many_small_rosters_are_the_cheapest_of_all():
    kept = [agrees(seed) for seed in LONG]
    assert 0 < sum(kept) < len(kept)


def obeys(seed: int) -> bool:
    """Whether there is a roster; that no rule is broken is asserted, and that what can't be is explained."""
    problem = instance(seed)
    found = solve(Model(problem), gap=0.0, seconds=60)
    if found.status == "infeasible":
        why = conflict(problem)
        assert why is not None
        assert why.reasons
        return False
    placed = Placed(problem, found)
    assert not check(rows_of(problem.scenario, placed), problem.scenario, 1), seed
    assert not placed.short.any()
    return True


def test_no_rule_is_broken_in_random_rosters():
    kept = [obeys(seed) for seed in range(1_000, 1_060)]
    assert 0 < sum(kept) < len(kept)


@pytest.mark.nightly
def test_no_rule_is_broken_in_many_random_rosters():
    kept = [obeys(seed) for seed in range(2_000, 3_000)]
    assert 0 < sum(kept) < len(kept)


# By hand


def test_the_checker_finds_each_rule_broken():
    """A roster that breaks everything, each rule named with who and when."""
    rules = sim.RosterRules(
        rest_h=11.0, most_hours_a_day=7.0, most_hours_a_week=24.0, most_consecutive_days=3,
        days_off_together=4, weekends_off=1, weekends_of=1, same_start_min=60.0,
        activities=[sim.Activity(name="Training", minutes=60.0)],
    )  # fmt: skip
    mornings = {"start": "06:00", "end": "15:00"}
    scenario = centre(
        [
            person(
                hours_per_week=32.0,
                days_off=["2026-03-03"],
                available=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), mornings),
                rotation=[{"earliest": "06:00", "latest": "07:00"}],
            ),
            person("Agent 02", least_hours_per_week=8.0),
        ],
        rules,
    )

    def row(day: int, start: int, hours: int = 8, activity: str = "work", group: str = "g") -> dict[str, Any]:
        begin = dt.datetime(2026, 3, 2) + dt.timedelta(days=day, hours=start)
        end = begin + dt.timedelta(hours=hours)
        return {"person": "Agent 01", "group": group, "start": begin, "end": end, "activity": activity}

    rows = [row(0, 14), row(1, 6), row(2, 6), row(3, 6), row(5, 6), row(4, 6, 1, "Training")]
    broken = check(rows, scenario, 1)
    assert {each.rule for each in broken if each.person == "Agent 01"} == {
        "rest_h", "most_hours_a_day", "most_hours_a_week", "most_consecutive_days", "days_off_together",
        "weekends_off", "same_start_min", "Training", "hours_per_week", "days_off", "available", "rotation",
    }  # fmt: skip
    assert {each.rule for each in broken if each.person == "Agent 02"} == {
        "least_hours_per_week",
        "activities",
    }
    assert "Agent 01, 2026-03-02: rest_h: 8 h" in [str(each) for each in broken]
    other = check([row(0, 6, group="h"), row(0, 15), row(9, 6), row(2, 0, 30)], scenario, 1)
    assert {"group", "one shift a day", "weeks", "shift"} <= {each.rule for each in other}
    assert check([rows[0] | {"person": "Nobody"}], scenario, 1)[0].rule == "people"


def test_nights_and_clock_changes_count_by_the_clock_that_passes():
    """The night of 2026-03-28 has 7 hours, and that of 2026-10-24 nine; both are paid so, and played so."""
    nights = sim.Pattern(lengths_h=[8.0], earliest="22:00", latest="06:00", over_midnight=True)
    for start, hours in (("2026-03-23", 7.0), ("2026-10-19", 9.0)):
        group = sim.Group(name="g", queues=["q"], agents=1, patterns=[nights])
        scenario = centre([person()], start=start, zone="Europe/Berlin", groups=[group])
        required = np.zeros((1, len(scenario.cells.edges_s) - 1), dtype=np.int64)
        for day in (4, 5):
            at = np.searchsorted(scenario.cells.edges_s, scenario.local.at(day, 23 * 3600.0))
            required[0, at] = 1
        problem = problem_of(scenario, required)
        cost, rows = solved(problem)
        assert cost == 8 + hours
        assert [row["paid_hours"] for row in rows] == [8, hours]
        assert not check(rows, scenario, 1)
        placed = Placed(problem, solve(Model(problem), gap=0.0, seconds=60))
        played = on_duty(with_shifts(problem, placed))
        assert (played[0] * problem.opened.minutes).sum() / 60 == 8 + hours  # the missing hour has no minutes


def test_the_night_before_the_roster_is_of_another():
    """Its morning, before the first shift can begin, asks nothing of the people, and is played all the same."""
    scenario = centre([person()])
    problem = problem_of(scenario, needs(scenario, (0, 3, 2), (0, 7, 1)))
    cost, _ = solved(problem)
    placed = Placed(problem, solve(Model(problem), gap=0.0, seconds=60))
    played = on_duty(with_shifts(problem, placed))[0]

    assert cost == 8
    assert played[:14].tolist() == [2] * 6 + [1] * 8
    assert not played[14:].any()


def test_shifts_do_not_begin_where_the_clocks_leave_it_open():
    """02:30 is left out on 2026-03-29, and comes twice on 2026-10-25: no shift begins then."""
    early = sim.Pattern(lengths_h=[8.0], earliest="02:30", latest="10:30")
    group = sim.Group(name="g", queues=["q"], agents=1, patterns=[early])
    for start in ("2026-03-23", "2026-10-19"):
        scenario = centre([person()], start=start, zone="Europe/Berlin", groups=[group])
        problem = problem_of(scenario, needs(scenario))
        assert [len(of_day) for of_day in problem.duties[0]] == [1] * 6 + [0]


def test_a_conflict_is_the_smallest_and_names_people_and_dates():
    """Two days need one agent, one is their day off; other rules have nothing to do with it."""
    rules = sim.RosterRules(rest_h=11.0, most_consecutive_days=5)
    scenario = centre([person(days_off=["2026-03-04"])], rules)
    problem = problem_of(scenario, needs(scenario, (0, 7, 1), (2, 7, 1)))
    why = conflict(problem)

    assert why is not None
    assert why.is_smallest
    assert {str(reason) for reason in why.reasons} == {
        "days_off, Agent 01, 2026-03-04",
        "cover of g, 2026-03-04",
    }
    possible = problem_of(scenario, needs(scenario, (0, 7, 1)))
    assert conflict(possible) is None
    assert [barred(problem, problem.workers[0], d, dt.date(2026, 3, 4)) for d in problem.duties[0][2]] == [
        "days_off"
    ] * len(problem.duties[0][2])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"people": [{"name": "A", "group": "G", "hours_per_week": 8.0}]}, "no group has this name"),
        ({"people": [{"name": "A", "hours_per_week": 8.0}]}, "people.0.group"),
        ({"people": [person(), person()]}, "people.0 has this name too"),
        (
            {"people": [person(least_hours_per_week=30.0)], "roster": {"most_hours_a_week": 20.0}},
            "contradicts",
        ),
        ({"roster": {"rest_h": 25.0}}, "roster.rest_h"),
        ({"roster": {"weekends_off": 3}}, "must be at most weekends_of"),
    ],
)
def test_what_contradicts_itself_is_told(change: dict[str, Any], said: str):
    with pytest.raises(ScenarioError, match=said):
        centre(**{"people": [person()], **change})


def test_weeks_begin_on_mondays_and_have_people():
    for scenario, said in ((centre([]), "people"), (centre([person()], start="2026-03-03"), "Monday")):
        with pytest.raises(StudyError, match=said):
            problem_of(scenario, needs(scenario))


# As a whole


def test_a_team_gets_a_roster_that_keeps_rules_and_promise(tmp_path: Any):
    """Simulated on fresh weeks of another seed it keeps its target; the picture and the tables are whole."""
    path = ROOT / "scenarios" / "team_of_named.toml"
    scenario = load(path)
    found = roster_people(scenario, weeks=2, replications=20, gap=0.03, workers=1)
    again = roster_people(scenario, weeks=2, replications=20, gap=0.03, workers=2)
    answer = result(found)
    rows = answer.table("roster").rows

    assert rows == result(again).table("roster").rows
    assert found.kept
    assert found.gap <= 0.03
    assert not check(rows, found.scenario, 2)
    assert answer.facts["rules_broken"] == 0
    assert found.wage_cost + found.wish_cost == pytest.approx(found.solved.cost)
    assert sum(row["activity"] == "Training" for row in rows) == 12
    fresh = sim.replicate(found.scenario, seed=9, replications=20, workers=1).estimates
    assert (fresh.figure("service_level").value or 0) > 0.8
    holds(answer, tmp_path)
    copy, folder = tmp_path / "shifts.toml", tmp_path / "roster"
    copy.write_text(written_weeks(path.read_text(), found.scenario, path.parent, tmp_path))
    assert load(copy).groups == found.scenario.groups
    answer.save(folder)
    file = folder / "result.json"
    asked = ("roster", str(path), "--weeks", "2", "--check-roster")
    assert CliRunner().invoke(app, (*asked, str(file))).stdout == "no rule is broken\n"
    file.write_text(file.read_text().replace("T08:00:00", "T00:00:00"))
    told = CliRunner().invoke(app, (*asked, str(file)))
    assert told.exit_code == 99
    assert "rules broken" in told.stdout
    late = [dict(row) for row in rows]
    late[0] |= {"end": "2026-03-03T06:00:00"}
    assert check(late, found.scenario, 2)


@pytest.mark.nightly
def test_forty_people_get_four_weeks():
    """A team of forty in some 200 seconds, to a gap of 3 %, without a rule broken."""
    scenario = load(ROOT / "scenarios" / "team_of_named.toml")
    rates = tuple(3.3 * rate for rate in scenario.queues[0].arrivals.per_hour)
    people = [
        sim.Person(
            name=f"Agent {k:02d}", group="Orders", hours_per_week=40.0 if k % 3 else 24.0,
            wishes=[{"off_on": [("mon", "wed", "fri")[k % 3]], "weight": 1.0}],
            days_off=[f"2026-03-{2 + k % 28:02d}"],
        )
        for k in range(40)
    ]  # fmt: skip
    queue = sim.vary(scenario, {"queues.0.arrivals.per_hour": list(rates)}).queues[0]
    large = scenario.model_copy(update={"people": tuple(people), "queues": (queue,)})
    found = roster_people(large, weeks=4, replications=20, workers=2)

    assert found.kept
    assert found.gap < 0.03
    assert not check(result(found).table("roster").rows, found.scenario, 4)
