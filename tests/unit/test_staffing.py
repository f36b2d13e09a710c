"""Staffing: the fewest agents equal formulas and brute force, and the reasons given for them hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from sim.arrays import Ints
from sim.errors import StudyError
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.kpis.targets import Bound
from sim.runs.executor import Executor, executing
from sim.scenario.demand import Arrivals
from sim.scenario.duty import duty_plan
from sim.scenario.files import load
from sim.scenario.scenario import OpeningHours, Scenario
from sim.scenario.targets import Targets
from sim.studies.staffing.choice import Per, Step
from sim.studies.staffing.guess import guess
from sim.studies.staffing.plan import blocks, expected_a_day
from sim.studies.staffing.promise import Promise, promised
from sim.studies.staffing.search import Days, Found, Search
from sim.studies.staffing.staff import MOST_WORK, _is_surely_missed, staff
from sim.studies.staffing.trial import Evaluation, Level
from sim.studies.staffing.why import needs
from sim.theory.erlang import erlang
from sim.theory.inverse import Goal, agents_for
from tests.conftest import ROOT, SCENARIOS

pytestmark = pytest.mark.slow

EXPONENTIAL = {"law": "exponential"}
BY_TURNS = {
    "turns": {"law": "geometric", "mean": 4.0},
    "agent_s": EXPONENTIAL | {"mean_s": 40.0},
    "customer_s": EXPONENTIAL | {"mean_s": 50.0},
}
IN_TIME, ANSWERED = {"service_level": 0.8}, {"max_missed": 0.05}
ALL = IN_TIME | ANSWERED | {"max_response_s": 60.0}


@pytest.fixture(scope="module")
def us() -> Iterator[Executor]:
    with executing() as executor:
        yield executor


def chats(
    per_hour: list[float], slots: int, targets: dict[str, float], groups: int = 1, **more: Any
) -> Scenario:
    """A short day from nine o'clock with a rate for each hour, and groups with one slot more each."""
    rates = [0.0] * 9 + per_hour + [0.0] * (15 - len(per_hour))
    queue = {
        "name": "q",
        "arrivals": {"per_hour": rates} | more,
        "patience": EXPONENTIAL | {"mean_s": 120.0},
        "service": BY_TURNS,
    }
    teams = [{"name": f"g{k}", "queues": ["q"], "concurrency": slots + k, "agents": 1} for k in range(groups)]
    hours = {"open": "09:00", "close": f"{9 + len(per_hour):02d}:00"}
    return Scenario.model_validate(
        {"interval_min": 60, "hours": hours, "targets": targets, "queues": [queue], "groups": teams}
    )


CASES = [
    (chats([20.0, 40.0], 2, IN_TIME), Per.INTERVAL, None),
    (chats([40.0, 20.0], 3, ALL), Per.INTERVAL, None),
    (chats([30.0, 50.0], 2, ALL), Per.DAY, None),
    (chats([40.0, 40.0], 1, IN_TIME), Per.INTERVAL, 0.8),
    (chats([20.0, 40.0], 2, ALL, busyness_cv=0.2), Per.DAY, 0.9),
    (chats([25.0, 50.0], 2, ANSWERED, groups=2), Per.INTERVAL, None),
    (chats([30.0, 60.0, 30.0], 2, ALL), Per.INTERVAL, None),
    (chats([60.0, 10.0, 40.0], 3, ANSWERED), Per.INTERVAL, None),
    (chats([20.0, 60.0, 20.0], 2, IN_TIME), Per.DAY, None),
    (chats([50.0, 20.0, 30.0], 3, ALL, busyness_cv=0.2), Per.DAY, 0.8),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_the_fewest_hours_are_those_of_brute_force(case: int, us: Executor):
    """No plan with fewer, of all there are, keeps them on these days; from the guess, too few and too many agents."""
    scenario, per, confidence = CASES[case]
    days, parts, promise = range(25), blocks(scenario), promised(scenario, per, confidence)
    start = guess(parts, promise)
    search = Search(parts, promise, us)

    def hours(plan: Ints) -> float:
        return float((plan * parts.hours).sum())

    found = [search.fewest(begin, days) for begin in (start, np.ones_like(start), np.full_like(start, 4))]
    (fewest,) = {hours(plan) for plan in found}
    assert all(search.trial(plan, days).kept for plan in found)

    levels = range(7 if start.size == 2 else 6 if start.size == 3 else 5)
    plans = [np.array(plan).reshape(start.shape) for plan in product(levels, repeat=start.size)]
    smaller = [plan for plan in plans if hours(plan) < fewest]
    assert len(smaller) > 5
    assert not any(trial.kept for trial in search.trials(smaller, days))


@pytest.mark.parametrize(
    ("per_min", "patient", "impatient", "days"),
    [(1, 8, 7, 40), (2, 14, 12, 40), (5, 30, 27, 20), (10, 57, 51, 12)],
)
def test_one_slot_teams_equal_erlang_c_and_a(
    per_min: int, patient: int, impatient: int, days: int, us: Executor
):
    """80 % of calls of 5 minutes in 20 s: of all offered if they leave after 2 minutes; and surely so.

    Fewer days where each has more calls: no team is told by fewer calls than another.
    """
    for agents, patience in ((patient, None), (impatient, EXPONENTIAL | {"mean_s": 120.0})):
        queue = {"name": "q", "arrivals": {"per_hour": 60.0 * per_min}}
        queue |= {"service": {"work_s": EXPONENTIAL | {"mean_s": 300.0}}, "patience": patience}
        scenario = Scenario.model_validate(
            {
                "warm_up_h": 2.0,
                "targets": {"threshold_s": 20.0, "service_level": 0.8},
                "queues": [queue],
                "groups": [{"name": "g", "queues": ["q"], "agents": 1}],
            }
        )
        figure = "service_level_offered" if patience else "service_level"
        goal = Goal(figure, 0.8, 20.0)
        mean_s = 120.0 if patience else None
        exact = int(agents_for(lambda n, m=mean_s: erlang(n, per_min / 60, 300, m), per_min / 60, goal))
        promise = Promise((Bound("service_level", figure, "at least", 0.8),), Per.DAY)
        parts = blocks(scenario, Step.DAY)
        search = Search(parts, promise, us)
        found = search.find(np.array([[exact + 2]]), Days(days))

        assert found.plan.tolist() == [[exact]] == [[agents]]
        margin = 1.96 * found.trial.of_days().std() / days**0.5
        assert found.trial.overall()[0] - margin > 0.8
        assert found.fewer[0].tried.overall()[0] < 0.8


def test_a_study_says_what_it_found_and_takes_no_more_than_it_may(us: Executor):
    """The answer on days of its own; each agent is needed; the work is counted as the executor did it."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL, busyness_cv=0.15)
    counted: list[int] = []

    class Counting(Executor):
        def measured(self, jobs: Any, progress: Any = None) -> Any:
            jobs = list(jobs)
            counted.extend(len(job.replications) for job in jobs)
            return super().measured(jobs, progress)

    found = staff(scenario, replications=120, executor=Counting(us.pool, us.n))

    assert found.kept
    assert found.settled
    assert sum(counted) == found.simulated <= MOST_WORK * 120
    assert found.estimates.n == found.replications >= 120
    days = Days(120)
    assert days.fine.stop == days.long.start < days.long.stop == days.fresh.start
    assert found.hours == sum(need.agents["g0"] for need in found.needs)
    staffing = found.scenario.groups[0].staffing
    assert (
        staffing
        == found.staffing()["g0"]
        == (0,) * 9 + tuple(n.agents["g0"] for n in found.needs) + (0,) * 12
    )
    for need in found.needs:
        assert need.binding is not None
        assert all(value.kept for value in need.values)
        assert all(fewer.is_needed for fewer in need.fewer)
        parts = need.parts
        total = parts.replies + parts.concurrency + parts.queue + parts.absence + parts.shrinkage
        assert total == pytest.approx(need.agents["g0"])
    for k, bound in enumerate(found.promise.bounds):
        figure = found.estimates.figure(bound.kpi)
        assert found.day[k].value == pytest.approx(figure.value)
        assert found.day[k].low == pytest.approx(figure.low)
        assert found.day[k].high == pytest.approx(figure.high)


@pytest.mark.parametrize("seed", range(2, 6))
@pytest.mark.parametrize(("per", "confidence"), [(Per.INTERVAL, None), (Per.DAY, 0.9)])
def test_the_answer_keeps_its_promise_and_nobody_can_be_spared(
    per: Per, confidence: float | None, seed: int, us: Executor
):
    """On few days, of several seeds: the search goes on until fresh days and its own agree."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL, busyness_cv=0.15)
    found = staff(scenario, per=per, confidence=confidence, seed=seed, replications=40, executor=us)

    assert found.kept
    assert found.settled


def test_where_the_day_is_promised_it_is_the_day_that_one_agent_fewer_breaks(us: Executor):
    """Its value is the day's, which moves by less than that of the interval without the agent."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL)
    found = staff(scenario, per=Per.DAY, replications=40, executor=us)
    day = {value.kpi: value for value in found.day}
    broken = [fewer for need in found.needs for fewer in need.fewer if fewer.breaks is not None]

    assert broken
    for fewer in broken:
        own = next(value for value in fewer.values if value.bound == fewer.breaks)
        assert abs(fewer.worst - day[own.kpi].value) < abs(own.value - day[own.kpi].value)


@pytest.mark.nightly
def test_pairs_of_seeds_agree(us: Executor):
    """A web shop's day of 24 half-hours: by one agent, and in at most two; a quarter of an hour.

    Seen of the pairs in order: 1, 0, 1, 1, 1, 1, 2, 2, 1 and 1.
    """
    scenario = load(next(path for path in SCENARIOS if path.stem == "web_shop"))
    found = [staff(scenario, seed=seed, executor=us) for seed in range(1, 21)]

    assert all(one.kept and one.settled for one in found)
    apart = np.array([np.abs(a.plan - b.plan) for a, b in zip(found[::2], found[1::2], strict=True)])
    assert apart.max() <= 1
    assert (apart > 0).sum(axis=(1, 2)).max() <= 2


def test_few_days_are_levelled_by_many_of_another_plan(us: Executor):
    """One agent fewer on 40 days, with what another plan had more on 400: nearer to the truth of 4,000."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL, busyness_cv=0.2)
    parts = blocks(scenario)
    search = Search(parts, promised(scenario), us)
    plan, other = np.array([[4, 6, 4]]), np.array([[4, 5, 4]])
    (few, fewer), (many, _) = (search.trials([plan, other], runs) for runs in (range(40), range(400)))
    truth = search.trial(other, range(4000))
    level = Level.of(few).beside(few, search.trial(plan, range(40, 400)))

    true = truth.of_intervals()[2, 9:12]
    by_few, by_both = (
        np.abs(trial.of_intervals()[2, 9:12] - true).mean() for trial in (fewer, replace(fewer, level=level))
    )
    assert by_both < 0.6 * by_few
    assert level.n_days == 400
    rest = search.trial(plan, range(40, 400)).expected()
    top = 0.1 * few.top.mean(axis=1) + 0.9 * rest[0]
    np.testing.assert_allclose(replace(few, level=level).means()[0], top)
    assert replace(few, level=level).share_kept() == pytest.approx(many.share_kept())


def test_who_came_makes_the_average_day_surer(us: Executor):
    """Of thirty times 100 busy and quiet days: replies scatter less, around the same; few days are as they are."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL, busyness_cv=0.3)
    search = Search(blocks(scenario), promised(scenario), us)
    plan = np.array([[3, 4, 3]])
    trials = [search.trial(plan, range(first, first + 100)) for first in range(0, 3000, 100)]
    surer, plain = (
        np.array([top[2, 9:12] / bottom[2, 9:12] for top, bottom in means])
        for means in ([one.expected() for one in trials], [one.means() for one in trials])
    )

    assert (surer.std(axis=0) < 0.9 * plain.std(axis=0)).all()
    assert (np.abs(surer.mean(axis=0) - plain.mean(axis=0)) < 3 * plain.std(axis=0) / 30**0.5).all()
    few = search.trial(plan, range(30))
    np.testing.assert_array_equal(few.expected(), few.means())


def test_only_what_is_surely_missed_on_fresh_days_gets_more(us: Executor):
    """Of an interval far beyond its bound and one just beyond it, on few days, the first."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL)
    parts, promise = blocks(scenario), promised(scenario)
    search, days, plan = Search(parts, promise, us), Days(40, share=1.0), np.array([[4, 5, 4]])
    good = search.trial(plan, days.fine)
    top, bottom = np.ones((3, 40, 24)), np.ones((3, 40, 24))
    top[1] = 0.0
    top[2, :, 9] = 90.0 + np.arange(40) % 2
    top[2, :, 10] = 61.0 + 40.0 * (np.arange(40) % 2 - 0.5)
    missed = replace(good, top=top, bottom=bottom)

    assert missed.of_intervals()[2, 9:12].tolist() == [90.5, 61.0, 1.0]
    assert search.repaired(plan, missed, days).tolist() == [[5, 5, 4]]
    top[2, :, 9] = 1.0
    assert search.repaired(plan, missed, days).tolist() == [[4, 6, 4]]


def test_close_decisions_are_put_to_many_days(us: Executor):
    """Whom few days can't surely tell to be needed is away when many days are asked: so these decide."""
    scenario = chats([30.0, 50.0, 20.0, 40.0], 3, ALL, busyness_cv=0.2)
    parts, promise = blocks(scenario), promised(scenario)
    search, days = Search(parts, promise, us, seed=3), Days(40, share=1.0)
    coarse = search.fewest(search._filled_up(guess(parts, promise), days.coarse), days.coarse, coarse=True)
    plan = search.enough(search.fewest(coarse, days.coarse), days.fine)
    daring = search.daring(plan, days.fine)
    found = search.find(guess(parts, promise), days)

    assert (daring <= plan).all()
    assert not search.trial(daring, days.fine).surely_missed()
    for move in search.moves(daring, days.fine, -1):
        base = search.trial(daring, days.fine)
        assert base.with_effect_of(base, move.tried, move.window).surely_missed()
    asked = search.simulated
    many = search.trial(daring, days.long)
    assert search.simulated == asked
    assert many.n_days == len(days.long) == 760
    is_close = daring < found.plan
    assert is_close.any()
    assert not is_close.all()


def test_days_that_are_known_are_not_simulated_again(us: Executor):
    scenario = chats([20.0, 40.0], 2, ALL)
    search, again = (Search(blocks(scenario), promised(scenario), us) for _ in range(2))
    plan = np.array([[3, 4]])
    search.trial(plan, range(20))

    np.testing.assert_array_equal(search.trial(plan, range(50)).top, again.trial(plan, range(50)).top)
    assert search.simulated == again.simulated == 50


class Impatient(Executor):
    """An executor at work when somebody presses Ctrl-C, after some replications."""

    left = 0

    def replications(self, scenarios: Any, seed: int, replications: range, *args: Any, **more: Any) -> Any:
        is_patient, self.left = self.left > 0, self.left - len(scenarios) * len(replications)
        if is_patient and self.left <= 0:
            raise KeyboardInterrupt
        return super().replications(scenarios, seed, replications, *args, **more)


def test_an_interrupted_search_gives_the_best_so_far(us: Executor):
    """It is a staffing that kept the promise, and it is marked; before there was one there is none."""
    scenario = chats([30.0, 50.0, 20.0], 3, ALL)
    impatient = Impatient(us.pool, us.n)
    impatient.left = 900
    found = staff(scenario, replications=120, executor=impatient)

    assert not found.is_whole
    assert not found.settled
    assert found.hours > staff(scenario, replications=120, executor=us).hours - 1
    assert found.estimates.n == found.replications == len(Days(120).coarse)
    impatient.left = 20
    with pytest.raises(KeyboardInterrupt):
        staff(scenario, replications=120, executor=impatient)


def test_more_confidence_takes_more_agents(us: Executor):
    found = staff(
        chats([30.0, 50.0], 3, ALL, busyness_cv=0.25), confidence=0.9, replications=120, executor=us
    )
    levels = [level.confidence for level in found.levels]
    hours = [level.hours for level in found.levels]

    assert levels == [0.5, 0.8, 0.9, 0.95]
    assert hours == sorted(hours)
    assert hours[0] < hours[-1]
    assert found.levels[2].hours == found.hours or hours[2] == hours[3]
    assert found.days_kept >= 0.9
    low, high = found.days_kept_between
    assert 0.8 < low < found.days_kept < high <= 1


def test_one_answer_on_any_number_of_workers():
    scenario = chats([20.0, 40.0], 2, IN_TIME)
    one, three = (staff(scenario, replications=40, workers=n) for n in (1, 3))

    assert one.needs == three.needs
    assert (one.simulated, one.days_kept) == (three.simulated, three.days_kept)


def test_shrinkage_and_absence_are_agents_for_something(us: Executor):
    """A tenth absent: more planned; a fifth planned away: a quarter more paid."""
    plain = chats([40.0, 40.0], 2, ANSWERED)
    group = plain.groups[0].model_copy(update={"absence": 0.1, "shrinkage": {"training": 0.2}})
    found = staff(plain.model_copy(update={"groups": (group,)}), replications=100, executor=us)
    planned = [need.agents["g0"] for need in found.needs]

    assert sum(planned) > staff(plain, replications=100, executor=us).hours
    for need, n in zip(found.needs, planned, strict=True):
        assert need.parts.absence == pytest.approx(0.1 * n, rel=0.35)
        assert need.parts.shrinkage == pytest.approx(0.25 * n)


@pytest.mark.parametrize(
    ("scenario", "how", "words"),
    [
        (
            chats([20.0], 2, {}),
            {},
            "needs at least one of service_level, max_missed, max_response_s, or min_ or max_ of any figure, got none",
        ),
        (chats([0.0], 2, ALL), {}, "no chat is expected on any day"),
        (
            chats([20.0], 2, {"max_response_s": 20.0}),
            {},
            r"no staffing keeps response_s at most 20 s: with \d+ agents it is [34]\d\.\d+ s at 09:00, when nobody",
        ),
        (chats([20.0], 2, IN_TIME), {"confidence": 1.0}, "must be above 0 and below 1, got 1"),
        (chats([20.0], 2, IN_TIME), {"replications": 5}, "must be at least 20 to staff by, got 5"),
    ],
)
def test_what_nobody_can_keep_is_refused_with_the_reason(
    scenario: Scenario, how: dict[str, Any], words: str, us: Executor
):
    with pytest.raises(StudyError, match=words):
        staff(scenario, **{"replications": 40, "executor": us} | how)


def test_what_no_agent_could_have_helped_is_named(us: Executor):
    """Who is gone before a reply can be written is nobody's fault but the promise's."""
    scenario = chats([20.0], 2, ANSWERED)
    hasty = scenario.model_dump()
    hasty["queues"][0]["reply_patience"] = EXPONENTIAL | {"mean_s": 5.0}

    with pytest.raises(StudyError, match=r"no staffing keeps missed_rate at most 5.0%.* left\)"):
        staff(Scenario.model_validate(hasty), per=Per.DAY, replications=20, executor=us)


def test_who_comes_at_night_is_nobodys_to_answer(us: Executor):
    """The same number of agents as without them: they are not offered, and so not missed."""
    scenario = chats([20.0], 2, ANSWERED)
    late = scenario.queues[0].arrivals.model_copy(update={"per_hour": (20.0,) * 24})
    queue = scenario.queues[0].model_copy(update={"arrivals": late})
    closed = staff(
        scenario.model_copy(update={"queues": (queue,)}), per=Per.DAY, replications=20, executor=us
    )

    assert closed.kept
    assert closed.plan[0].sum() > 0
    assert closed.estimates.figure("offline").value > 400  # type: ignore[operator]


@pytest.mark.parametrize("step", list(Step))
def test_nobody_is_staffed_while_the_centre_is_closed(step: Step):
    """Visitors come round the clock; open from 08:30 until 12:00, intervals of an hour that reach further."""
    arrivals = {"per_hour": [12.0] * 24}
    scenario = chats([20.0], 2, ANSWERED).model_copy(
        update={"hours": OpeningHours(open=8.5 * 3600, close=12 * 3600.0)}
    )
    queue = scenario.queues[0].model_copy(update={"arrivals": Arrivals.model_validate(arrivals)})
    parts = blocks(scenario.model_copy(update={"queues": (queue,)}), step)
    plan = np.full((1, len(parts)), 2)
    if step is not Step.DAY:
        plan[0, 1] = 3
    people = duty_plan(parts.apply(plan))

    assert expected_a_day(parts.scenario)[0, 7:13].tolist() == [0, 6, 12, 12, 12, 0]
    assert [parts.first[0], parts.end[-1]] == [8, 12]
    assert parts.hours.sum() == 3.5
    assert [people.on_s.min() / 3600, people.off_s.max() / 3600] == [8.5, 12.0]
    assert (people.off_s - people.on_s).sum() / 3600 == (plan * parts.hours).sum()


def test_agents_for_slots_carry_all_load_by_work(us: Executor):
    """72.2 chats each half-hour, 724 s of work, three slots: 72.2 · 724 / 1800 / 3 = 9.7 agents are capacity."""
    scenario = Scenario.model_validate(
        {
            "hours": {"open": "08:00", "close": "10:00"},
            "targets": IN_TIME,
            "queues": [
                {
                    "name": "q",
                    "arrivals": {"per_hour": [0.0] * 8 + [144.4] * 2 + [0.0] * 14},
                    "patience": EXPONENTIAL | {"mean_s": 300.0},
                    "service": {"work_s": {"law": "fixed", "mean_s": 724.0}},
                }
            ],
            "groups": [{"name": "g", "queues": ["q"], "concurrency": 3, "agents": 1}],
        }
    )
    parts = blocks(scenario)
    plan = np.full((1, 4), 12)
    promise = promised(scenario)
    (runs,) = us.replications([parts.apply(plan)], 1, range(20), bounds=promise.bounds)
    trial = Evaluation.of(promise, scenario, runs)

    for need in needs(parts, Found(plan, trial, runs, trial, [], frozenset()), runs):
        assert need.parts.replies == 0
        assert need.parts.concurrency == pytest.approx(72.2 * 724 / 1800 / 3)
        assert need.parts.queue == pytest.approx(12 - need.parts.concurrency)


def test_trials_add_up_like_estimates(us: Executor):
    """By interval, by day and overall; spliced from end to end, a change is itself."""
    scenario = chats([20.0, 40.0], 2, ALL)
    parts, promise = blocks(scenario), promised(scenario)
    (few,), (many,) = (
        us.replications([parts.apply(np.array([[n, n]]))], 1, range(9), bounds=promise.bounds) for n in (2, 4)
    )
    trial, other = Evaluation.of(promise, scenario, few), Evaluation.of(promise, scenario, many)
    estimates = Estimates(few)

    for k, kpi in enumerate(bound.kpi for bound in promise.bounds):
        np.testing.assert_allclose(trial.of_intervals()[k], estimates.values(kpi, By.INTERVAL))
        assert trial.overall()[k] == pytest.approx(estimates.figure(kpi).value)
        np.testing.assert_allclose(trial.of_days()[k], [run[kpi] for run in few])
    np.testing.assert_allclose(trial.with_effect_of(trial, other, slice(0, 24)).top, other.top, atol=1e-9)
    assert other.shortfall() < trial.shortfall()


def test_blocks_cover_the_hours_in_which_chats_come():
    scenario = chats([30.0, 0.0, 20.0], 2, ALL)
    half_hours = scenario.model_copy(update={"interval_min": 30})

    assert expected_a_day(scenario)[0, 8:13].tolist() == [0, 30, 0, 20, 0]
    assert [blocks(scenario).first.tolist(), blocks(scenario).end.tolist()] == [[9, 11], [10, 12]]
    assert blocks(half_hours).first.tolist() == [18, 19, 22, 23]
    assert blocks(half_hours, Step.HOUR).first.tolist() == [18, 22]
    assert [blocks(half_hours, Step.DAY).first.tolist(), blocks(half_hours, Step.DAY).end.tolist()] == [
        [18],
        [24],
    ]
    assert blocks(half_hours, Step.HOUR).hours.tolist() == [1.0, 1.0]


def test_agents_who_do_not_help_are_taken_back():
    """Twenty days, two of them coarse: what is luck there once got 43 agents where four are right."""
    scenario = Scenario.model_validate(
        {
            "hours": {"open": "08:00", "close": "18:00"},
            "targets": {"threshold_s": 60, "service_level": 0.8, "max_missed": 0.05},
            "queues": [
                {
                    "name": "Sales",
                    "arrivals": {"per_hour": 40},
                    "patience": {"law": "lognormal", "mean_s": 180, "cv": 1.2},
                    "service": {
                        "turns": {"law": "geometric", "mean": 6},
                        "agent_s": {"law": "lognormal", "mean_s": 45, "cv": 0.9},
                        "customer_s": {"law": "lognormal", "mean_s": 55, "cv": 1.4},
                    },
                }
            ],
            "groups": [{"name": "Desk", "queues": ["Sales"], "concurrency": 3, "agents": 9}],
        }
    )
    for seed in (1, 2):
        assert staff(scenario, replications=20, seed=seed).plan.max() <= 7


def test_only_what_is_missed_by_more_than_luck_is_called_impossible():
    """Of teams that are just good enough one in twenty is; half of what is promised always, as days all alike."""
    shop = load(ROOT / "scenarios" / "web_shop.toml").model_copy(
        update={"targets": Targets(service_level=0.8)}
    )
    shape = (1, 20, shop.intervals_per_day)
    noises = [np.random.default_rng(seed).normal(0.0, 0.1, size=shape) for seed in range(40)]
    chats = np.full(shape, 100.0)
    for per in Per:
        promise = promised(shop, per)
        just, half = (
            [Evaluation(promise, 100.0 * (level + noise), chats) for noise in noises] for level in (0.8, 0.4)
        )
        assert any(not trial.kept for trial in just)
        assert sum(_is_surely_missed(trial) for trial in just) <= 5
        assert all(_is_surely_missed(trial) for trial in half)
        assert _is_surely_missed(Evaluation(promise, np.full(shape, 40.0), chats))


def test_a_promise_is_kept_where_its_shortfall_is_none():
    """It is looked at more shortly, thousands of times in a search: in intervals, over days, on their share."""
    shop = load(ROOT / "scenarios" / "web_shop.toml")
    rng = np.random.default_rng(1)
    kept = []
    for per, confidence, level in product(Per, (None, 0.5), (0.79, 0.82, 0.95)):
        promise = replace(promised(shop, per, confidence), bounds=promised(shop).bounds[:1])
        for share in (-0.6, 0.0, 0.3):
            chats = rng.integers(0, 9, (1, 40, 48)).astype(float)
            top = chats * (level + rng.normal(0, 0.1, chats.shape))
            zeros = np.zeros((1, 48))
            trial = Evaluation(promise, top, chats, Level(zeros, zeros, share, 40))
            assert trial.kept == (trial.shortfall() == 0)
            kept.append(trial.kept)
    assert 4 < sum(kept) < len(kept) - 4
