"""Draws of people and of chains: the same agent and the same customer whatever else changes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.draws.people import SLOWEST
from sim.draws.record import Chains, Draws
from sim.draws.sampling import draw, draw_all
from sim.scenario.duty import People
from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from tests.agree import ALPHA, assert_agrees, assert_disagrees
from tests.conftest import ROOT
from tests.worlds import by_turns, by_work, fixed, group, queue, world

EXPONENTIAL = {"law": "exponential", "mean_s": 120.0}
SHIFT = {"start": "08:00", "end": "16:00"}
PER_HOUR = [0.0] * 8 + [60.0] * 8 + [0.0] * 8


def flat(record: Any, path: str = "") -> dict[str, Any]:
    """Columns of draws, those of the records within them by their paths."""
    if not is_dataclass(record):
        return {path: record}
    parts = (flat(getattr(record, each.name), f"{path}.{each.name}".strip(".")) for each in fields(record))
    return {name: column for part in parts for name, column in part.items()}


def assert_equal(first: Draws, second: Draws, but: tuple[str, ...] = ()) -> None:
    """All columns are the same, except for those whose path begins with one of *but*."""
    columns, others = (
        {n: c for n, c in flat(draws).items() if not n.startswith(but or ("-",))} for draws in (first, second)
    )
    assert columns.keys() == others.keys()
    for name, column in columns.items():
        np.testing.assert_array_equal(column, others[name], err_msg=name)


# Agents


def staffed(agents: int = 3, days: int = 5, **more: Any) -> Scenario:
    """Two groups with shifts; the first has so many agents, who differ in all they can."""
    people = {"speed": {"law": "lognormal", "cv": 0.3}, "absence": 0.3, "late_s": EXPONENTIAL} | more
    team = [
        group(shifts=[SHIFT | {"agents": n}], name=name, **people) for n, name in ((agents, "a"), (4, "b"))
    ]
    return world([queue([0], by_work(10))], team, days=days)


def drawn_people(scenario: Scenario, seed: int = 1, replication: int = 0) -> People:
    """People of a replication."""
    people = draw(scenario, seed, replication).people
    assert people is not None
    return people


def test_agents_who_are_all_alike_present_and_punctual_are_not_drawn():
    """Neither a ramp nor seniority nor planned shrinkage is drawn."""
    ramp = {"new_hires": 1, "speed": 0.5, "days": 3}
    seniority = [{"agents": 1, "concurrency": 3}]
    scenario = world(
        [queue([0], by_work(10))], [group(2, ramp=ramp, seniority=seniority, shrinkage={"a": 0.1})]
    )

    assert draw(scenario, 1).people is None


def test_the_same_agent_is_the_same_person_when_the_team_grows():
    """Agents 0 to 2 of the first group and all of the second; the new ones are others."""
    few, many = drawn_people(staffed(3)), drawn_people(staffed(6))
    for name in ("speed", "absent", "late_s"):
        small, large = getattr(few, name), getattr(many, name)
        assert (len(small), len(large)) == (7, 10)
        np.testing.assert_array_equal(small[:3], large[:3])
        np.testing.assert_array_equal(small[3:], large[6:])
    assert len(np.unique(many.speed)) == 10


def test_what_agents_are_like_is_drawn_from_streams_of_their_own():
    """Without absence and late log-ins the speeds are the same; without speeds, the absences."""
    all_of_them = drawn_people(staffed())
    speed_only = drawn_people(staffed(absence=0.0, late_s=None))
    absence_only = drawn_people(staffed(speed=None, late_s=None))

    np.testing.assert_array_equal(speed_only.speed, all_of_them.speed)
    assert not speed_only.absent.any()
    assert not speed_only.late_s.any()
    np.testing.assert_array_equal(absence_only.absent, all_of_them.absent)
    assert np.all(absence_only.speed == 1)


def test_a_slow_agent_is_neither_absent_nor_late_for_it():
    """Uniforms of 300 agents on one day: those of speeds, absences and delays are not in the same order."""
    law, shifts = {"law": "uniform", "low": 0.5, "high": 1.5}, [SHIFT | {"agents": 300}]
    team = [group(shifts=shifts, speed=law, absence=0.5, late_s=EXPONENTIAL)]
    people = drawn_people(world([queue([0], by_work(10))], team))
    speed, late_s, absent = people.speed, people.late_s[:, 0], people.absent[:, 0]

    assert speed[absent].max() > speed[~absent].min()
    assert late_s[absent].max() > late_s[~absent].min()
    assert np.argsort(speed).tolist() != np.argsort(late_s).tolist()


def test_another_seed_another_replication_or_another_group_has_other_people():
    """Nobody's speed is drawn twice."""
    speeds = [drawn_people(staffed(), seed, replication).speed for seed in (1, 2) for replication in (0, 1)]

    assert len(np.unique(np.concatenate(speeds))) == 4 * 7


def test_only_a_group_with_a_law_differs():
    """Two groups, one of which has speeds and absences."""
    team = [group(2, "a"), group(2, "b", speed={"law": "uniform", "low": 0.5, "high": 0.9}, absence=1.0)]
    people = drawn_people(world([queue([0], by_work(10))], team, days=2))

    assert people.speed[:2].tolist() == [1, 1]
    assert np.all((people.speed[2:] >= 0.5) & (people.speed[2:] < 0.9))
    assert people.absent.tolist() == [[False, False]] * 2 + [[True, True]] * 2


@pytest.mark.parametrize(
    ("law", "mean", "cv"),
    [
        ({"law": "lognormal", "mean": 1.1, "cv": 0.2}, 1.1, 0.2),
        ({"law": "gamma", "mean": 0.9, "cv": 0.2}, 0.9, 0.2),
        ({"law": "uniform", "low": 0.7, "high": 1.1}, 0.9, 0.4 / 12**0.5 / 0.9),
        ({"law": "empirical", "values": [0.5, 1.0], "weights": [1.0, 3.0]}, 0.875, 0.75**0.5 / 4 / 0.875),
    ],
    ids=["lognormal", "gamma", "uniform", "empirical"],
)
def test_speeds_follow_their_law(law: dict[str, Any], mean: float, cv: float):
    """Mean of 5,000 agents' speeds; false alarm 1e-4, sees 2 %, and 3 % more is seen. Their spread is within 10 %."""
    speed = drawn_people(world([queue([0], by_work(10))], [group(5000, speed=law)])).speed

    assert_agrees(speed, mean, sees=0.02)
    assert_disagrees(speed, 1.03 * mean)
    assert abs(speed.std() / mean / cv - 1) < 0.1


def test_a_fixed_speed_is_that_of_all_and_nobody_stands_still():
    """Some fixed speed, and a law that is mostly below the slowest."""
    same = drawn_people(world([queue([0], by_work(10))], [group(3, speed={"law": "fixed", "mean": 1.5})]))
    crawling = {"law": "lognormal", "mean": 0.06, "cv": 1.0}
    slow = drawn_people(world([queue([0], by_work(10))], [group(300, speed=crawling)]))

    assert same.speed.tolist() == [1.5] * 3
    assert slow.speed.min() == SLOWEST


def test_so_many_agent_days_are_absences():
    """Exact binomial test over 700 agents and 28 days; false alarm 1e-4, and a fifth more is seen."""
    absent = drawn_people(world([queue([0], by_work(10))], [group(700, absence=0.08)], days=28)).absent
    found, n = int(absent.sum()), absent.size

    assert n == 700 * 28
    assert stats.binomtest(found, n, 0.08).pvalue > ALPHA
    assert stats.binomtest(found, n, 0.096).pvalue < ALPHA


def test_absences_are_independent_of_each_other():
    """Of an agent's successive days, and of neighbours on a day, both are absent in the square of the share.

    Exact binomial tests on disjoint pairs; false alarm 1e-4 each, and pairs that always agree would be seen.
    """
    absent = drawn_people(world([queue([0], by_work(10))], [group(700, absence=0.3)], days=28)).absent
    for first, second in ((absent[:, ::2], absent[:, 1::2]), (absent[::2], absent[1::2])):
        both = int((first & second).sum())
        assert stats.binomtest(both, first.size, 0.09).pvalue > ALPHA
        assert stats.binomtest(int(first.sum()), first.size, 0.09).pvalue < ALPHA


def test_delays_follow_their_law_and_are_drawn_anew_each_day():
    """Mean over 400 agents and 20 days; false alarm 1e-4, sees 10 %, and 15 % more is seen."""
    shifts = [SHIFT | {"agents": 400}]
    late_s = drawn_people(
        world([queue([0], by_work(10))], [group(shifts=shifts, late_s=EXPONENTIAL)], days=20)
    ).late_s

    assert late_s.shape == (400, 20)
    assert_agrees(late_s.ravel(), 120, sees=0.1)
    assert_disagrees(late_s.ravel(), 138)
    assert len(np.unique(late_s)) == late_s.size


# Chains


def chained(per_hour: float = 60.0, **changes: Any) -> Scenario:
    """Two queues by turns whose customers come again, with different laws, and a third whose customers don't."""
    service = by_turns(10, 5, 2) | {"turns": {"law": "geometric", "mean": 3.0}}
    a: dict[str, Any] = {
        "patience": EXPONENTIAL,
        "retry": {"probability": 0.6, "delay_s": EXPONENTIAL},
        "return": {"probability": 0.3, "delay_s": {"law": "exponential", "mean_s": 3600.0}},
        "max_attempts": 5,
    }
    b: dict[str, Any] = {"retry": {"probability": 0.4, "delay_s": fixed(60)}}
    queues = [
        queue(per_hour, service, "a", **(a | changes)),
        queue({"per_hour": PER_HOUR}, service, "b", **b),
        queue(30, service, "c"),
    ]
    return world(queues, [group(3, queues=("a", "b", "c"))], quality={})


def chains_of(draws: Draws) -> Chains:
    """Chains of draws that have some."""
    assert draws.chains is not None
    return draws.chains


def test_first_attempts_come_first_and_the_reserved_rows_stand_in_order():
    """By attempt, queue and number; a reserved row has no time of arrival."""
    draws = draw(chained(), 1)
    chains, n = chains_of(draws), draws.n_customers

    assert 0 < n < draws.n_chats
    assert np.all(chains.attempt[:n] == 1)
    assert chains.customer[:n].tolist() == list(range(n))
    assert np.all(np.diff(draws.arrival_s[:n]) >= 0)
    assert np.isnan(draws.arrival_s[n:]).all()
    keys = list(zip(chains.attempt[n:], draws.queue[n:], draws.number[n:], strict=True))
    assert keys == sorted(keys)
    assert chains.attempt[n] == 2


def test_attempts_are_linked_from_the_first_to_the_last():
    """The next attempt is of the same customer and queue, each reserved row is someone's next, and no one's twice."""
    draws = draw(chained(), 1)
    chains = chains_of(draws)
    on = np.flatnonzero(chains.next_row >= 0)
    after = chains.next_row[on]

    assert sorted(after.tolist()) == list(range(draws.n_customers, draws.n_chats))
    np.testing.assert_array_equal(chains.attempt[after], chains.attempt[on] + 1)
    for column in (chains.customer, draws.queue, draws.number):
        np.testing.assert_array_equal(column[after], column[on])
    assert np.all(chains.next_row[chains.next_row < 0] == -1)


def test_who_wants_to_come_again_has_a_row_reserved():
    """A flag at the end of a chain would lead nowhere; a queue without retries and returns has no chain."""
    draws = draw(chained(), 1)
    chains = chains_of(draws)
    on = chains.next_row >= 0

    assert not (chains.retries | chains.returns)[~on].any()
    assert np.all((chains.retries | chains.returns)[on])
    assert not on[draws.queue == 2].any()
    assert not chains.returns[draws.queue == 1].any()
    assert np.all(chains.retry_delay_s[draws.queue == 1] == 60)


def test_no_chain_is_longer_than_it_may_be():
    """At most 5 attempts in the first queue, and 3 after a change."""
    for most in (5, 3):
        draws = draw(chained(max_attempts=most, retry={"probability": 0.9, "delay_s": fixed(60)}), 1)
        assert chains_of(draws).attempt[draws.queue == 0].max() == most


def test_lengths_of_chains_are_geometric():
    """At each attempt 60 % and 40 % go on: exact binomial tests, false alarm 1e-4 each; 5 points more are seen."""
    draws = [draw(chained(), 1, replication) for replication in range(10)]
    for q, share in ((0, 0.6), (1, 0.4)):
        seen = []
        for attempt in (1, 2, 3):
            on = np.concatenate(
                [
                    (chains_of(d).next_row >= 0)[(d.queue == q) & (chains_of(d).attempt == attempt)]
                    for d in draws
                ]
            )
            assert stats.binomtest(int(on.sum()), len(on), share).pvalue > ALPHA
            seen.append((int(on.sum()), len(on)))
        going_on, n = np.sum(seen, axis=0).tolist()
        assert stats.binomtest(going_on, n, share + 0.05).pvalue < ALPHA


def test_retries_and_returns_have_their_own_shares():
    """Of all attempts before the last possible one 60 % would retry and 30 % return; false alarm 1e-4 each."""
    draws = [draw(chained(), 1, replication) for replication in range(10)]
    for name, share in (("retries", 0.6), ("returns", 0.3)):
        flags = np.concatenate(
            [getattr(chains_of(d), name)[(d.queue == 0) & (chains_of(d).attempt < 5)] for d in draws]
        )
        assert stats.binomtest(int(flags.sum()), len(flags), share).pvalue > ALPHA
        assert stats.binomtest(int(flags.sum()), len(flags), share + 0.05).pvalue < ALPHA


def test_delays_of_further_attempts_follow_their_laws():
    """Means of the delays of all rows of the first queue; false alarm 1e-4, and 15 % more are seen."""
    draws = [draw(chained(), 1, replication) for replication in range(3)]
    for name, mean_s in (("retry_delay_s", 120), ("return_delay_s", 3600)):
        delays_s = np.concatenate([getattr(chains_of(d), name)[d.queue == 0] for d in draws])
        assert_agrees(delays_s, mean_s, sees=0.1)
        assert_disagrees(delays_s, 1.15 * mean_s)


def test_a_further_attempt_is_drawn_anew():
    """Patience and turns of a second attempt are not those of the first."""
    draws = draw(chained(), 1)
    chains = chains_of(draws)
    second = np.flatnonzero((chains.attempt == 2) & (draws.queue == 0))
    first = chains.customer[second]

    assert not np.any(draws.patience_s[second] == draws.patience_s[first])
    assert np.any(np.diff(draws.turn_offset)[second] != np.diff(draws.turn_offset)[first])


def of_turns(draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Rows of turns of some chats, in their order."""
    pairs = zip(draws.turn_offset[rows], draws.turn_offset[rows + 1], strict=True)
    return np.concatenate([np.arange(first, end) for first, end in pairs])


def test_more_load_appends_to_each_block_of_attempts_and_changes_nobody():
    """+10 %: the k-th attempts of a queue are those they were, and then those of the new customers."""
    base, more = draw(chained(60), 1), draw(chained(66), 1)
    chains, others = chains_of(base), chains_of(more)
    for attempt in (1, 2, 3):
        rows, wider = (
            np.flatnonzero((d.queue == 0) & (chains_of(d).attempt == attempt)) for d in (base, more)
        )
        assert len(wider) > len(rows) > 0
        kept = wider[: len(rows)]
        for column in ("number", "patience_s"):
            np.testing.assert_array_equal(getattr(base, column)[rows], getattr(more, column)[kept])
        for column in ("retries", "returns", "retry_delay_s", "return_delay_s"):
            np.testing.assert_array_equal(getattr(chains, column)[rows], getattr(others, column)[kept])
        np.testing.assert_array_equal(chains.next_row[rows] >= 0, others.next_row[kept] >= 0)
        turns, their_turns = of_turns(base, rows), of_turns(more, kept)
        np.testing.assert_array_equal(base.agent_s[turns], more.agent_s[their_turns])
    for q in (1, 2):
        rows, same_rows = (np.flatnonzero(d.queue == q) for d in (base, more))
        np.testing.assert_array_equal(chains.attempt[rows], others.attempt[same_rows])
        np.testing.assert_array_equal(base.number[rows], more.number[same_rows])


def test_first_attempts_are_those_that_would_come_if_nobody_came_again():
    """All columns of the first attempts and of their turns, and no chains without retries and returns."""
    data = chained().model_dump()
    for each in data["queues"]:
        each["retry"] = each["returns"] = None
    once, often = draw(Scenario.model_validate(data), 1), draw(chained(), 1)
    n, n_turns = once.n_chats, once.n_turns

    assert once.chains is None
    assert often.n_customers == n
    for name, column in flat(once).items():
        if isinstance(column, np.ndarray):
            size = n_turns if name in {"agent_s", "customer_s"} else len(column)
            np.testing.assert_array_equal(flat(often)[name][:size], column, err_msg=name)


def test_a_change_of_what_makes_them_come_again_moves_nobody_else():
    """More retries in the first queue: the attempts of the second are those they were."""
    base, more = draw(chained(), 1), draw(chained(retry={"probability": 0.9, "delay_s": EXPONENTIAL}), 1)
    for q in (1, 2):
        first, second = (np.flatnonzero(d.queue == q) for d in (base, more))
        np.testing.assert_array_equal(chains_of(base).attempt[first], chains_of(more).attempt[second])
        np.testing.assert_array_equal(base.number[first], more.number[second])
        np.testing.assert_array_equal(
            base.agent_s[of_turns(base, first)], more.agent_s[of_turns(more, second)]
        )


def test_a_batch_of_replications_is_the_same_as_one_at_a_time():
    """Chains, opinions, people and all other columns."""
    data = chained().model_dump()
    data["groups"][0].update(speed={"law": "lognormal", "cv": 0.3}, absence=0.2)
    data["queues"][0].update(silence={"share": 0.5, "detect_s": EXPONENTIAL}, reply_patience=EXPONENTIAL)
    scenario = Scenario.model_validate(data)
    replications = [3, 0, 7]

    for replication, drawn in zip(replications, draw_all(scenario, 5, replications), strict=True):
        assert_equal(drawn, draw(scenario, 5, replication))
        assert drawn.chains is not None
        assert drawn.opinions is not None
        assert drawn.people is not None


# Features that are off


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ({"quality": {}}, ("opinions",)),
        ({"silence": {"share": 0.5, "detect_s": fixed(30)}}, ("silent", "detect_s")),
        ({"reply_patience": EXPONENTIAL}, ("reply_patience_s",)),
        ({"idle_timeout_s": 300.0}, ()),
        ({"balking": {"places": [0.0], "shares": [0.5]}}, ("balk_u",)),
        ({"speed": {"law": "lognormal", "cv": 0.2}, "absence": 0.1, "late_s": fixed(60)}, ("people",)),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else "",
)
def test_a_feature_adds_its_columns_and_changes_no_other(change: dict[str, Any], new: tuple[str, ...]):
    """The web shop without it and with it: all customers are the same; what is off is empty."""
    data = load(ROOT / "scenarios" / "web_shop.toml").model_dump() | {"quality": None}
    off = draw(Scenario.model_validate(data), 1)
    for record in (data, data["queues"][0], data["groups"][0]):
        record |= {name: value for name, value in change.items() if name in record}
    on = draw(Scenario.model_validate(data), 1)

    assert off.chains is off.opinions is off.people is None
    assert not any(map(len, (off.silent, off.detect_s, off.reply_patience_s, off.balk_u)))
    assert_equal(off, on, but=new)
    for name in new:
        column = getattr(on, name)
        assert column is not None
        assert not isinstance(column, np.ndarray) or len(column)
