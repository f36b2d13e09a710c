"""Sweeps: points are what each scenario gives alone, and the frontier is found as by looking at all of them."""

from __future__ import annotations

import gc
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from sim.errors import ScenarioError, StudyError, VaryError
from sim.kpis.measure import Kpis
from sim.kpis.targets import verdicts
from sim.report.data import document, to_json
from sim.report.sweep import result
from sim.report.text import plain
from sim.report.variables import setting, variable
from sim.runs.replicate import replicate
from sim.scenario.demand import ByTurns
from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, read_vary, varied
from sim.studies.frontier import cheapest, frontier, nearest, one_more, shortfall, staffing, surest
from sim.studies.paired import holm, paired
from sim.studies.sweep import FIGURES, Point, Sweep, is_decided, read_varies, scalings, sweep
from sim.theory.attention import Attention
from sim.theory.sharing import concurrencies
from tests.conftest import ROOT
from tests.worlds import by_turns, fixed, group, queue, world

pytestmark = pytest.mark.slow

AGENTS, CONCURRENCY, LOAD = "groups.0.agents=1:5", "groups.0.concurrency=1:3", "queues.0.arrivals.per_hour"


@pytest.fixture(scope="module")
def shop() -> Scenario:
    """A day of about 40 chats an hour."""
    return world(
        [queue(40, by_turns(30, 60, 3) | {"agent_s": 30}, patience=fixed(90))],
        [group(2, concurrency=2)],
        targets={"service_level": 0.8, "max_missed": 0.1, "max_response_s": 45},
    )


@pytest.fixture(scope="module")
def grid(shop: Scenario) -> Sweep:
    """Agents and chats at once."""
    return sweep(shop, [read_vary(CONCURRENCY), read_vary(AGENTS)], replications=12)


@pytest.fixture(scope="module")
def line(shop: Scenario) -> Sweep:
    """Agents alone."""
    return sweep(shop, [read_vary(AGENTS)], replications=12)


def text(found: Sweep) -> str:
    """Table as it is printed."""
    return plain(result(found), 200)


def test_a_point_is_what_its_scenario_gives_alone(shop: Scenario, grid: Sweep):
    """Figures, verdicts, and what replications say of the judged ones; the last variable changes fastest."""
    assert [point.values for point in grid.points] == list(product((1, 2, 3), (1, 2, 3, 4, 5)))
    for place in (0, 7, 14):
        point = grid.points[place]
        alone = replicate(varied(shop, point.changes), replications=12).estimates
        assert point.figures == {name: alone.figure(name) for name in FIGURES}
        assert point.verdicts == tuple(verdicts(alone, shop))
        assert set(point.said) == {"service_level", "missed_rate", "response_s", "frt_s"}
        for name in point.said:
            assert np.array_equal(point.said[name], alone.pseudo_values(name)[:, 0])


def test_all_points_have_the_same_customers(grid: Sweep):
    """Agents and slots change who is served, not who comes."""
    assert len({point.figures["offered"].value for point in grid.points}) == 1
    assert grid.chats == round(15 * 12 * (grid.points[0].figures["offered"].value or 0))


def test_points_and_rows_are_where_they_should_be(grid: Sweep):
    """By the places of their values, and along each variable."""
    at = grid.at(2, 3)
    assert at is not None
    assert at.values == (3, 4)
    assert [[point.values for point in row] for row in grid.along(0)][1] == [(1, 2), (2, 2), (3, 2)]
    assert [[point.values[1] for point in row] for row in grid.along(1)] == [[1, 2, 3, 4, 5]] * 3


def test_runs_are_dropped(shop: Scenario):
    """Nothing of a sweep holds a run; replications that are kept do."""
    gc.collect()
    before = sum(type(thing) is Kpis for thing in gc.get_objects())
    found = sweep(shop, [read_vary(AGENTS)], replications=3)
    gc.collect()
    assert sum(type(thing) is Kpis for thing in gc.get_objects()) == before
    kept = replicate(shop, replications=3)
    assert sum(type(thing) is Kpis for thing in gc.get_objects()) == before + 3
    assert (len(found.points), kept.wanted) == (5, 3)


def test_a_constant_agent_costs_the_opening_hours(shop: Scenario):
    """Twelve hours in a centre that is open for twelve."""
    open_ = varied(shop, [Change("hours", "=", {"open": "08:00", "close": "20:00"})])
    found = sweep(open_, [read_vary("groups.0.agents=1,3")], replications=2)

    assert [point.paid_h for point in found.points] == [12, 36]


def test_one_result_on_any_number_of_workers(shop: Scenario, line: Sweep):
    """To the last digit of the document."""
    again = sweep(shop, [read_vary(AGENTS)], replications=12, workers=1)

    assert to_json(document(result(again))) == to_json(document(result(line)))


def test_ctrl_c_keeps_the_points_that_are_done(shop: Scenario, grid: Sweep):
    """As they are in the whole sweep; pictures leave the others out."""

    def stop(done: int, _: int) -> None:
        if done > 8:
            raise KeyboardInterrupt

    found = sweep(shop, grid.varies, replications=12, workers=1, progress=stop)
    n = len(found.points)

    assert found.interrupted
    assert 5 < n < 10
    assert [point.values for point in found.points] == [point.values for point in grid.points[:n]]
    assert found.points[n - 1].figures == grid.points[n - 1].figures
    assert found.at(2, 0) is None
    pictures = result(found).pictures()
    assert set(pictures) == {"heat", "staffing"}
    assert all(draw().axes for draw in pictures.values())
    assert document(result(found))["interrupted"]

    def stop_at_once(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(shop, grid.varies, replications=12, workers=1, progress=stop_at_once)


# The frontier


def test_the_frontier_has_the_fewest_agents_of_each_concurrency(grid: Sweep):
    """As by looking at every point; where none keeps all targets, the nearest one."""
    best = frontier(grid)
    assert best is not None
    for row, points in zip(best.rows, grid.along(1), strict=True):
        fine = [point for point in points if all(verdict.met for verdict in point.verdicts)]
        assert row.keeps == bool(fine)
        if fine:
            assert row.point.values == min(point.values for point in fine)
        else:
            worst = [max(map(shortfall, point.verdicts)) for point in points]
            assert row.point is points[int(np.argmin(worst))]
    kept = [point for point in grid.points if point.keeps]
    assert 0 < len(kept) < len(grid.points)
    assert best.cheapest is not None
    assert best.cheapest.paid_h == min(point.paid_h for point in kept)
    assert staffing(grid) == 1


def test_of_points_that_cost_the_same_a_sure_one_counts_then_the_best_service(grid: Sweep):
    """To a tenth of a point; of equals the first."""

    def point(
        paid_h: float, level: float, missed: float = 0.01, *, met: bool = True, sure: bool = True
    ) -> Point:
        some = grid.points[0]
        figures = {
            name: replace(some.figures[name], value=value)
            for name, value in (("paid_hours", paid_h), ("service_level", level), ("missed_rate", missed))
        }
        verdict = replace(some.verdicts[0], met=met, sure=sure)
        return replace(some, figures=figures, verdicts=(verdict,))

    maybe = point(10, 0.99, sure=False)
    worse, better, like, dear = point(10, 0.9), point(10, 0.95), point(10, 0.9502), point(11, 1.0)
    assert cheapest([worse, better, like, dear]) is better
    assert cheapest([worse, point(10, 0.95, met=False), dear]) is worse
    assert cheapest([point(10, 0.9, 0.02), worse]) is worse
    assert cheapest([point(1, 1.0, met=False)]) is None
    assert cheapest([maybe, worse, better]) is better
    assert cheapest([maybe, dear]) is maybe
    assert surest([maybe, dear]) is dear
    assert surest([maybe]) is None


def test_nearest_is_the_least_of_the_worst_misses(grid: Sweep):
    """Of misses relative to their targets, and of equals the cheaper point."""
    level, missed, response = grid.points[0].verdicts

    def point(*values: float) -> Point:
        each = zip((level, missed, response), values, strict=True)
        told = [replace(v, figure=replace(v.figure, value=x)) for v, x in each]
        met = (values[0] >= 0.8, values[1] <= 0.1, values[2] <= 45)
        return replace(
            grid.points[0], verdicts=tuple(replace(v, met=m) for v, m in zip(told, met, strict=True))
        )

    low, many, slow = point(0.4, 0.05, 40), point(0.9, 0.2, 40), point(0.9, 0.05, 54)
    assert [max(map(shortfall, p.verdicts)) for p in (low, many, slow)] == pytest.approx([0.5, 1.0, 0.2])
    assert nearest([low, many, slow]) is slow


@pytest.mark.parametrize(
    ("path", "decided"),
    [
        ("groups.0.agents", True),
        ("groups.0.shifts.1.start", True),
        ("groups.*.concurrency", True),
        ("routing.policy", True),
        ("queues.0.capacity", True),
        ("queues.0.arrivals.per_hour", False),
        ("queues.0.patience.mean_s", False),
        ("groups.0.absence", False),
        ("targets.threshold_s", False),
    ],
)
def test_a_planner_decides_on_some_things_and_not_on_others(path: str, decided: bool):
    """Staff, slots and routing; not load, patience or absence."""
    assert is_decided(read_vary(f"{path}=1:2")) == decided


def test_over_loads_there_is_a_best_for_each_and_no_cheapest_of_all(shop: Scenario):
    """Nobody chooses the load."""
    best = frontier(sweep(shop, [read_vary(f"{LOAD}=20,40"), read_vary(AGENTS)], replications=3))
    assert best is not None
    assert [row.row for row in best.rows] == [(20,), (40,)]
    assert best.rows[0].point.paid_h < best.rows[1].point.paid_h
    assert best.cheapest is None
    loads = sweep(shop, [read_vary(f"{LOAD}*=0.2,1,2")], replications=2)
    assert frontier(loads) is None
    assert [point.keeps for point in loads.points] == [True, False, False]
    assert "All targets are kept at chats an hour ×0.2 (not for sure)." in result(loads).words
    promiseless = shop.model_copy(update={"targets": shop.targets.model_copy(
        update={"service_level": None, "max_missed": None, "max_response_s": None})})  # fmt: skip
    assert frontier(sweep(promiseless, [read_vary(AGENTS)], replications=2)) is None


def test_one_more_chat_is_judged_step_by_step(grid: Sweep):
    """Paired differences of neighbours, all judged together; worse by which way is better."""
    steps = one_more(grid)
    assert [(step.before.values, step.after.values) for step in steps[:3]] == [
        ((1, 1), (2, 1)),
        ((2, 1), (3, 1)),
        ((1, 2), (2, 2)),
    ]
    p = [change.p for step in steps for change in step.changes.values()]
    refused = iter(holm(p))
    for step in steps:
        for name, change in step.changes.items():
            assert change == paired(step.before.said[name], step.after.said[name])
            assert next(refused) == (name in step.worse or name in step.better)
            assert change.value is not None
            if name in step.worse:
                assert (change.value < 0) == (name == "service_level")
    assert any("response_s" in step.worse for step in steps)
    assert any("missed_rate" in step.better for step in steps)
    assert one_more(sweep(grid.scenario, [read_vary(AGENTS)], replications=2)) == []


# What theory says


def test_the_best_concurrency_changes_with_the_load_as_theory_says():
    """`concurrency.toml`: of the caps with replies in time the one that accepts most in time, as the balanced
    chain with the machine-repair model has it: more slots up to 40 chats an hour, then ever fewer.

    Where it turns, replies with one chat more are late for sure, and with one fewer fewer are accepted in time.
    """
    shop = load(ROOT / "scenarios" / "concurrency.toml")
    alone = shop.targets.model_copy(update={"service_level": None, "max_missed": None})
    loads = (20, 40, 48, 60)
    varies = [read_vary(f"{LOAD}={','.join(map(str, loads))}"), read_vary("groups.0.concurrency=1:5")]
    found = sweep(shop.model_copy(update={"targets": alone}), varies, replications=40)
    best = frontier(found)
    assert best is not None
    assert all(row.keeps for row in best.rows)
    caps = [row.point.values[1] for row in best.rows]

    assert caps == [in_theory(shop, load, 60.0) for load in loads]
    assert caps[0] < caps[1] > caps[2] > caps[3]
    for place, cap in ((2, 2), (3, 1)):
        mine, more = found.at(place, cap - 1), found.at(place, cap)
        assert mine is not None
        assert more is not None
        assert (more.figures["response_s"].low or 0) > 60 > (mine.figures["response_s"].high or 99)
    fewer, mine = found.at(2, 0), found.at(2, 1)
    assert fewer is not None
    assert mine is not None
    gain = paired(fewer.said["service_level"], mine.said["service_level"])
    assert (gain.low or 0) > 0.3


def in_theory(scenario: Scenario, per_hour: float, within_s: float) -> int:
    """Cap with the highest service level among those with replies in time; to a tenth of a point the first."""
    queue_, team = scenario.queues[0], scenario.groups[0]
    service = queue_.service
    assert isinstance(service, ByTurns)
    assert team.agents is not None
    means = [law.mean for law in (service.agent_s, service.customer_s, service.turns, service.wrap_up_s)]
    options = concurrencies(
        team.agents, per_hour / 3600, Attention(*means, team.switching),
        scenario.targets.threshold_s, queue_.patience, 5,
    )  # fmt: skip
    fine = [option for option in options if option.response_s <= within_s]
    return max(fine, key=lambda option: round(float(option.figures.service_level), 3)).slots


# Bad input


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "one or two variables, got 0"),
        ([AGENTS, CONCURRENCY, f"{LOAD}=40,50"], "one or two variables, got 3"),
        ([AGENTS, AGENTS], "groups.0.agents: is varied twice"),
        (["groups.0.agent=1:2"], "did you mean 'agents'"),
        (["groups.1.agents=1:2"], "groups has no '1'"),
        (["groups.0.agents=2:1", "nonsense"], "the range is empty(.|\n)*must be PATH=VALUES"),
    ],
)
def test_variables_that_make_no_sense_are_refused(shop: Scenario, texts: list[str], words: str):
    """Before anything is simulated, with what is known."""
    with pytest.raises(VaryError, match=words):
        sweep(shop, read_varies(texts, shop, 20), replications=20)


def test_an_explosion_is_refused_with_its_runs_and_its_time(shop: Scenario):
    """Also where a range alone has no end; a higher limit lets it through."""
    with pytest.raises(
        StudyError, match=r"at most 100,000 replications in all, got 250,000 \(50 × 50 points × 100\).*about"
    ):
        sweep(shop, [read_vary("groups.0.agents=1:50"), read_vary(f"{LOAD}=1:50")], replications=100)
    endless = ["groups.0.agents=1:1000000000"]
    with pytest.raises(StudyError, match=r"got 20,000,000,000 \(1,000,000,000 points .* about 2.\d years"):
        read_varies(endless, shop, 20)
    with pytest.raises(VaryError, match="at most 1,000 values"):
        read_varies(endless, shop, 20, most_runs=10**12)
    assert len(read_varies(["groups.0.agents=1:900"], shop, 200, most_runs=180_000)[0].values) == 900


def test_points_that_break_a_law_are_all_told(shop: Scenario, monkeypatch: pytest.MonkeyPatch):
    """With place, law and value, before anything is simulated."""
    monkeypatch.setattr("sim.studies.sweep.executing", lambda *_, **__: pytest.fail("simulated"))
    with pytest.raises(ScenarioError) as caught:
        sweep(shop, [read_vary("groups.0.concurrency=-1:1")])
    told = str(caught.value)
    assert [problem.got for problem in caught.value.problems] == ["-1", "0"]
    assert "groups.0.concurrency" in told


# How it reads


def test_the_table_has_a_row_a_point_and_the_frontier_in_words(grid: Sweep, line: Sweep):
    """Marks, ±, the cheapest, and where one more chat makes it worse."""
    told = text(grid)
    best = frontier(grid)
    assert best is not None
    assert best.cheapest is not None
    slots, agents = best.cheapest.values
    assert "SL ≥ 80" in told
    assert "±" in told
    assert f"Cheapest of all that keep all targets: {slots} chats at once, {agents} agents" in told
    assert "Where one more chat per agent makes it worse" in told
    assert "one more chat" not in text(line)
    assert f"Cheapest that keeps all targets is {cheapest(line.points).values[0]} agents" in text(line)  # type: ignore[union-attr]


def test_a_recommendation_that_is_not_sure_says_so_and_what_is(grid: Sweep):
    """In every sentence that names the point; and what was not seen to improve is not called worse."""

    def doubted(point: Point, *, sure: bool) -> Point:
        return replace(point, verdicts=tuple(replace(each, sure=sure) for each in point.verdicts))

    best = frontier(grid)
    assert best is not None
    cheap = best.cheapest
    assert cheap is not None
    dearest = max((point for point in grid.points if point.keeps), key=lambda point: point.values[::-1])
    unsure = replace(grid, points=tuple(doubted(point, sure=point is dearest) for point in grid.points))
    slots, agents = dearest.values
    told = " ".join(text(unsure).split())

    assert (
        f"Cheapest of all that keep all targets: {cheap.values[0]} chats at once, {cheap.values[1]} agents"
        in told
    )
    assert told.count("(not for sure") == 1 + sum(r.keeps for r in best.rows)
    assert f"(not for sure; for sure: {slots} chats at once, {agents} agents" in told
    assert list(result(unsure).facts["cheapest_for_sure"].values()) == [slots, agents]
    assert "only worse" not in told.lower()
    assert "Worse, nothing" in told


def test_the_document_and_the_frame_have_every_point(grid: Sweep):
    """With values, figures, targets and the frontier."""
    told, frame = document(result(grid)), result(grid).frame()
    paths = ("groups.0.concurrency", "groups.0.agents")
    assert [tuple(row[path] for path in paths) for row in told["points"]] == [p.values for p in grid.points]
    cheapest_ = frontier(grid).cheapest.values  # type: ignore[union-attr]
    assert told["cheapest"] == dict(zip(paths, cheapest_, strict=True))
    assert [row["groups.0.concurrency"] for row in told["frontier"]] == [1, 2, 3]
    assert len(told["one_more_chat"]) == sum(len(step.changes) for step in one_more(grid))
    assert frame["groups.0.agents"].to_list() == [point.values[1] for point in grid.points]
    assert frame["missed_rate_low"][3] == grid.points[3].figures["missed_rate"].low
    assert frame["keeps_all_targets"].to_list() == [point.keeps for point in grid.points]


def test_variables_are_called_by_what_planners_call_them(shop: Scenario):
    """Whose they are, if there are several; what is done to them, if they are not set."""
    two = varied(shop, [])
    data = two.model_dump(by_alias=True)
    data["groups"] = [*data["groups"], dict(data["groups"][0], name="night")]
    two = Scenario.model_validate(data)
    for scenario, words, name, first in (
        (shop, AGENTS, "agents", "1 agent"),
        (shop, "groups.0.concurrency=2,3", "chats at once", "2 chats at once"),
        (two, "groups.night.agents=2,3", "agents, night", "2 agents, night"),
        (two, "groups.*.agents+=1,2", "agents, all groups +", "agents, all groups +1"),
        (shop, f"{LOAD}*=0.9,1.1", "chats an hour ×", "chats an hour ×0.9"),
        (shop, "queues.0.patience.mean_s=60,90", "patience.mean_s", "patience.mean_s 60"),
        (shop, "routing.policy=random,longest_idle", "routing.policy", "routing.policy random"),
    ):
        vary = read_vary(words)
        assert variable(scenario, vary) == name
        assert setting(name, vary.changes()[0]) == first


def test_what_became_of_shifts_and_staffing_is_told(shop: Scenario):
    """At the fewest and the most agents; a constant number is no scaling."""
    shifts = [{"agents": n, "start": "09:00", "end": "15:00"} for n in (3, 1)]
    planned = varied(shop, [Change("groups.0.shifts", "=", shifts)])
    staffed = varied(shop, [Change("groups.0.staffing", "=", [0, 1, 4] * 8)])

    def told(centre: Scenario, words: str) -> list[str]:
        return scalings(centre, [varied(centre, [change]) for change in read_vary(words).changes()])

    assert told(planned, "groups.0.agents=1:6") == [
        "the shifts of 'g' are scaled: 3 + 1 agents by largest remainders from 1 to 5 + 1"
    ]
    assert told(planned, "groups.0.agents=4,7") == [
        "the shifts of 'g' are scaled: 3 + 1 agents by largest remainders to 5 + 2"
    ]
    assert told(staffed, "groups.0.agents*=0.5:2:0.5") == [
        "the staffing of 'g' keeps its shape: 4 agents at the peak, scaled from 2 to 8"
    ]
    assert told(planned, "groups.0.agents=4") == told(planned, "groups.0.concurrency=3") == []
    assert told(shop, "groups.0.agents=1:6") == []
