"""Draws: named streams, inversion, and the same customers whatever the staffing."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.draws import arrivals, sampling
from sim.draws.memory import expected_bytes
from sim.draws.profile import busy_edges, expected_chats, expected_total
from sim.draws.record import Draws, DrawsBatch
from sim.draws.sampling import Column, draw, draw_all
from sim.draws.streams import Stream, Streams
from sim.engines import simulate, simulate_all
from sim.errors import ScenarioError, SimError, TooLargeError
from sim.log.batch import LogBatch
from sim.scenario.files import load, parse
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.worlds import by_work, fixed, group, queue, world

LOGNORMAL = {"law": "lognormal", "mean_s": 60.0, "cv": 1.0}
TURNS = {"turns": {"law": "geometric", "mean": 6.0}, "agent_s": LOGNORMAL, "customer_s": LOGNORMAL}


def shop(groups: list[dict[str, Any]] | None = None, **arrivals: Any) -> Scenario:
    queues = [
        queue({"per_hour": 50, "busyness_cv": 0.2} | arrivals, TURNS, "a", patience=LOGNORMAL),
        queue(20, TURNS, "b", patience=LOGNORMAL),
    ]
    return world(queues, groups or [group(3, queues=("a", "b"))])


def columns(draws: Draws) -> dict[str, np.ndarray]:
    found = {name: getattr(draws, name) for name in Draws.__slots__}
    return {name: column for name, column in found.items() if isinstance(column, np.ndarray)}


def test_the_same_seed_and_replication_give_the_same_customers():
    """Twice the same; another seed or another replication, others."""
    first, again = draw(shop(), 7, 2), draw(shop(), 7, 2)
    for name, column in columns(first).items():
        np.testing.assert_array_equal(column, columns(again)[name])
    for other in (draw(shop(), 8, 2), draw(shop(), 7, 3)):
        assert other.n_chats != first.n_chats or not np.array_equal(other.arrival_s, first.arrival_s)


def test_doubling_the_agents_leaves_every_customer_as_he_was():
    """Every column of the draws, bit for bit."""
    few, many = (draw(shop([group(n, queues=("a", "b"))]), 1) for n in (3, 6))
    for name, column in columns(few).items():
        np.testing.assert_array_equal(column, columns(many)[name])


def test_more_load_moves_every_customer_earlier_and_appends_new_ones():
    """+10 %: customer i of a queue is the same person, and comes no later."""
    base, more = draw(shop(), 1), draw(shop(per_hour=55), 1)
    for name in ("patience_s", "arrival_s"):
        first, second = (columns(d)[name][d.queue == 0] for d in (base, more))
        assert len(second) > len(first)
        if name == "patience_s":
            np.testing.assert_array_equal(first, second[: len(first)])
        else:
            assert np.all(second[: len(first)] <= first)
    np.testing.assert_array_equal(
        base.agent_s[np.repeat(base.queue, np.diff(base.turn_offset)) == 1],
        more.agent_s[np.repeat(more.queue, np.diff(more.turn_offset)) == 1],
    )


def test_a_change_of_one_law_moves_no_other_stream():
    """Twice the patience: arrivals and turns stay, patience doubles."""
    base = shop()
    data = base.model_dump()
    data["queues"][0]["patience"]["mean_s"] *= 2
    first, second = draw(base, 1), draw(Scenario.model_validate(data), 1)

    np.testing.assert_array_equal(first.arrival_s, second.arrival_s)
    np.testing.assert_array_equal(first.agent_s, second.agent_s)
    np.testing.assert_allclose(2 * first.patience_s[first.queue == 0], second.patience_s[second.queue == 0])


def test_rows_are_in_order_of_arrival_and_turns_stay_with_their_chat():
    """A merged queue's turns are those that the queue has when it is alone."""
    both = draw(shop(), 3)
    alone = draw(world([shop().queues[0].model_dump()], [group(3, queues=("a",))]), 3)

    assert np.all(np.diff(both.arrival_s) >= 0)
    mine = np.repeat(both.queue, np.diff(both.turn_offset)) == 0
    np.testing.assert_array_equal(both.agent_s[mine], alone.agent_s)
    np.testing.assert_array_equal(both.number[both.queue == 0], np.arange(alone.n_chats))


def test_arrivals_follow_the_profile():
    """Chi-square over the hours of 200 days against steep rates; false alarm 1e-6, and a flat profile is seen."""
    rates = [0.0] * 6 + [0.6, 60.0, 12.0, 30.0] + [0.0] * 14
    scenario = world([queue({"per_hour": rates}, by_work(1))], days=200)
    hours = np.bincount((draw(scenario, 1).arrival_s % 86_400 // 3600).astype(int), minlength=24)

    assert hours[:6].sum() == hours[10:].sum() == 0
    expected = 200 * np.array(rates[6:10])
    assert stats.chi2.sf(((hours[6:10] - expected) ** 2 / expected).sum(), 4) > 1e-6
    flat = np.full(4, hours.sum() / 4)
    assert stats.chi2.sf(((hours[6:10] - flat) ** 2 / flat).sum(), 4) < 1e-6


def test_busy_days_are_over_dispersed_as_stated():
    """Variance of 2,000 days' counts: 100 + (0.3 × 100)² = 1,000 within 5 standard errors; Poisson's 100 is not."""
    scenario = world([queue({"per_hour": 100 / 24, "busyness_cv": 0.3}, by_work(1))], days=2000)
    counts = np.bincount((draw(scenario, 1).arrival_s // 86_400).astype(int), minlength=2000)
    error = 1000 * np.sqrt((2 + 6 * 0.3**2) / 2000)

    assert abs(counts.var() - 1000) < 5 * error
    assert abs(counts.var() - 100) > 5 * error


def test_interval_factors_are_independent_between_intervals():
    """Counts of neighbouring half-hours, 4,800 of them: variance 10 + (0.5 × 10)², no correlation."""
    scenario = world([queue({"per_hour": 20, "interval_cv": 0.5}, by_work(1))], days=100)
    counts = np.bincount((draw(scenario, 1).arrival_s // 1800).astype(int), minlength=4800)

    assert counts.var() == pytest.approx(35, rel=0.15)
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 5 / np.sqrt(4800)


def test_weekdays_spikes_and_forecasts_shape_the_expected_chats():
    """Monday × 2, Tuesday × 0; from 13:30 on Monday four times as much for an hour."""
    spike = {"start": "2026-03-02T13:30:00", "minutes": 60, "factor": 4}
    arrivals = {"per_hour": 10, "weekday": [2, 0, 1, 1, 1, 1, 1], "spikes": [spike]}
    scenario = world([queue(arrivals, by_work(1))], days=2)
    chats = expected_chats(scenario, scenario.queues[0], busy_edges(scenario, scenario.queues[0]))

    assert expected_total(scenario, 0) == 20 * 23 + 80
    assert chats[26:30].tolist() == [10, 40, 40, 10]
    forecast = world([queue({"per_interval": [1.0, 2.0] + [0.0] * 46}, by_work(1))])
    assert expected_total(forecast, 0) == 3


def test_no_demand_is_no_customers():
    """Rates of zero."""
    assert draw(world([queue(0, by_work(1))]), 1).n_chats == 0


def test_a_demand_beyond_memory_is_refused_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch):
    """A million chats an hour for a thousand days, with the figure."""
    scenario = world([queue(1_000_000, by_work(1))], days=1000)
    monkeypatch.setattr(sampling, "arrivals", lambda *_: pytest.fail("drawn"))

    with pytest.raises(TooLargeError, match="24,000,000,000 chats"):
        draw(scenario, 1)


SEEDS = [0, 1, 7, 2**32 - 1, 2**32, 2**64 + 5, 2**130 + 3, 2**200 - 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_streams_are_those_of_numpy_bit_for_bit(seed: int):
    """Seeds of one word and of many, keys, none to a hundred numbers; replications one by one and together."""
    for replications in ([0], [3, 1, 2**32 - 1]):
        ends = np.cumsum([0] + [(17 * replication) % 101 for replication in replications])
        for place, stream in ((0, Stream.DAY), (3, Stream.CUSTOMER), (2**32 - 1, Stream.ROUTE)):
            u = Streams(seed, replications).uniforms(place, stream, ends)
            for r, replication in enumerate(replications):
                key = (replication, place, int(stream))
                numpys = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
                np.testing.assert_array_equal(u[ends[r] : ends[r + 1]], numpys.random(ends[r + 1] - ends[r]))


def test_streams_of_a_place_are_the_same_together_and_one_by_one():
    """Three of them, of two replications; none at all."""
    streams, ends = Streams(1, [4, 9]), np.array([0, 3, 8])
    names = [Stream.AGENT, Stream.DAY, Stream.CES]

    together = streams.columns(2, names, ends)

    assert together.tolist() == [streams.uniforms(2, name, ends).tolist() for name in names]
    assert streams.columns(2, [], ends).shape == (0, 8)


def test_a_long_stream_stays_that_of_numpy():
    """A million uniforms."""
    numpys = np.random.Generator(np.random.PCG64(np.random.SeedSequence(5, spawn_key=(1, 2, 3))))
    u = Streams(5, [1]).uniforms(2, Stream.PATIENCE, np.array([0, 1_000_000]))

    np.testing.assert_array_equal(u, numpys.random(1_000_000))


def test_seeds_and_replications_that_no_key_holds_are_refused():
    """Below zero, and from 2³² on."""
    for seed, replication in ((-1, 0), (1, -1), (1, 2**32)):
        with pytest.raises(SimError, match=f"got {seed} and {replication}"):
            draw(shop(), seed, replication)


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_a_replication_is_the_same_in_any_batch(path: Any):
    """Alone, with others, in any order: every column, bit for bit."""
    scenario = load(path)
    for batch in ([3, 4, 5, 6, 7], [5, 3]):
        for replication, drawn in zip(batch, draw_all(scenario, 11, batch), strict=True):
            alone = draw(scenario, 11, replication)
            assert (drawn.seed, drawn.replication) == (11, replication)
            assert columns(drawn).keys() == columns(alone).keys()
            for name, column in columns(alone).items():
                np.testing.assert_array_equal(columns(drawn)[name], column, err_msg=name)


def test_too_little_room_for_arrivals_is_made_good(monkeypatch: pytest.MonkeyPatch):
    """Room for half of the arrivals, as if many more came than expected: all come, the same."""
    usual = draw_all(shop(), 3, range(4))
    monkeypatch.setattr(arrivals, "ROOM", -20.0)
    tight = draw_all(shop(), 3, range(4))

    for first, second in zip(usual, tight, strict=True):
        assert first.n_chats > 0
        for name, column in columns(first).items():
            np.testing.assert_array_equal(columns(second)[name], column)


def test_ties_go_to_the_first_queue_and_the_first_number():
    """Three queues with the same instants, one of them empty; by turns and by work."""
    service = {"turns": {"law": "fixed", "mean": 2}, "agent_s": fixed(1), "customer_s": fixed(2)}
    queues = [queue([0, 5, 5, 9], by_work(3), "a"), queue([], by_work(1), "b"), queue([0, 5], service, "c")]
    scenario = world(queues, [group(queues=("a", "b")), group(name="h", queues=("c",))])
    for draws in draw_all(scenario, 1, range(2)):
        assert draws.arrival_s.tolist() == [0, 0, 5, 5, 5, 9]
        assert draws.queue.tolist() == [0, 2, 0, 0, 2, 0]
        assert draws.number.tolist() == [0, 0, 1, 2, 1, 3]
        assert draws.turn_offset.tolist() == [0, 0, 2, 2, 2, 4, 4]
        np.testing.assert_array_equal(draws.work_s, [3, np.nan, 3, 3, np.nan, 3])


def test_an_optional_column_is_empty_where_no_queue_has_its_law(monkeypatch: pytest.MonkeyPatch):
    """And full where one has it: the others get the stated value. No other column moves."""
    base = draw(shop(), 1)
    for law, patience in ((lambda *_: None, []), (lambda _, q: q.patience if q.name == "a" else None, None)):
        column = Column("patience_s", Stream.PATIENCE, law, -1.0, optional=True)
        monkeypatch.setattr(sampling, "OF_CHATS", (column, *sampling.OF_CHATS[1:]))
        drawn = draw(shop(), 1)

        assert np.array_equal(drawn.arrival_s, base.arrival_s)
        assert np.array_equal(drawn.wrap_up_s, base.wrap_up_s)
        expected = np.where(base.queue == 0, base.patience_s, -1.0) if patience is None else patience
        np.testing.assert_array_equal(drawn.patience_s, expected)


def test_rows_reserved_for_further_attempts_count_against_memory():
    """With probability 1/2 and at most three attempts, a customer is 1 + 1/2 + 1/4 rows."""
    again = {"probability": 0.5, "delay_s": fixed(60)}
    arrivals = {"per_hour": 1e6}
    once, chains = (
        world([queue(arrivals, by_work(10), **more)], [group()])
        for more in ({}, {"retry": again, "max_attempts": 3})
    )

    assert expected_bytes(chains) / expected_bytes(once) == pytest.approx(1.75, rel=0.01)


@pytest.mark.parametrize("name", ["unresolved", "new_hires"])
def test_draws_and_logs_are_put_together_and_cut_apart_again(name: str):
    """What is drawn and simulated one by one, put together, is the batch; and what is cut out of it is each."""
    scenario = load(ROOT / "scenarios" / f"{name}.toml")
    drawn = draw_all(scenario, 4, range(3))
    logs = simulate_all(scenario, drawn)
    again = DrawsBatch.of(list(drawn))

    assert_same(again.together, drawn.together)
    assert again.first_chat.tolist() == drawn.first_chat.tolist()
    assert_same(LogBatch.of(list(logs)).together, logs.together)
    for r, draws in enumerate(drawn):
        assert_same(simulate(scenario, draws), logs[r])


def assert_same(record: Any, other: Any) -> None:
    """Assert that two records are equal in every column, bit for bit."""
    assert type(record) is type(other)
    if is_dataclass(record):
        for field in fields(record):
            assert_same(getattr(record, field.name), getattr(other, field.name))
    else:
        np.testing.assert_array_equal(record, other)


def test_a_week_s_profile_begins_with_its_monday():
    """Rates of 168 hours, on four days from a Saturday: 5 × 24 + k for the k-th hour, and Monday's again."""
    week = [float(k) for k in range(168)]
    scenario = parse(
        f"""name = "x"
start = 2026-03-07
days = 4
[[queues]]
name = "q"
arrivals = {{ per_hour = {week} }}
service = {{ work_s = {{ law = "fixed", mean_s = 60.0 }} }}
[[groups]]
name = "g"
queues = ["q"]
agents = 1
concurrency = 1
"""
    )
    edges_s = np.arange(4 * 24 + 1) * 3600.0

    expected = expected_chats(scenario, scenario.queues[0], edges_s)
    assert expected.tolist() == [*range(120, 168), *range(48)]
    assert busy_edges(scenario, scenario.queues[0]).size == 4 * 48 + 1
    arrivals = scenario.queues[0].arrivals
    assert arrivals.is_weekly
    with pytest.raises(ScenarioError, match="says again what the week's profile"):
        arrivals.model_copy(update={"weekday": (1.0,) * 7})


def test_a_week_s_profile_of_one_day_is_that_day_s():
    """Bit for bit, whichever weekday it begins on."""
    day = [float(k % 7) for k in range(48)]
    text = (
        'name = "x"\nstart = 2026-03-05\ndays = 9\n[[queues]]\nname = "q"\narrivals = {{ per_hour = {} }}\n'
        'service = {{ work_s = {{ law = "fixed", mean_s = 60.0 }} }}\n[[groups]]\nname = "g"\nqueues = ["q"]\nagents = 1\nconcurrency = 1\n'
    )
    daily, weekly = (parse(text.format(rates)) for rates in (day, day * 7))

    one, other = (draw(each, seed=3, replication=0) for each in (daily, weekly))
    np.testing.assert_array_equal(one.arrival_s, other.arrival_s)
