"""Draws: named streams, inversion, and the same customers whatever the staffing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.draws import sampling
from sim.draws.profile import busy_edges, expected_chats, expected_total
from sim.draws.record import Draws
from sim.draws.sampling import draw
from sim.errors import TooLargeError
from sim.world.scenario import Scenario
from tests.worlds import by_work, group, queue, world

LOGNORMAL = {"law": "lognormal", "mean_s": 60.0, "cv": 1.0}
TURNS = {"turns": {"law": "geometric", "mean": 6.0}, "agent_s": LOGNORMAL, "customer_s": LOGNORMAL}


def shop(groups: list[dict[str, Any]] | None = None, **arrivals: Any) -> Scenario:
    queues = [
        queue([], TURNS, "a", patience=LOGNORMAL)
        | {"arrivals": {"per_hour": 50, "busyness_cv": 0.2} | arrivals},
        queue([], TURNS, "b", patience=LOGNORMAL) | {"arrivals": {"per_hour": 20}},
    ]
    return world(queues, groups or [group(3, queues=("a", "b"))])


def columns(draws: Draws) -> dict[str, np.ndarray]:
    return {name: getattr(draws, name) for name in Draws.__slots__ if name not in {"seed", "replication"}}


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
    scenario = world([queue([], by_work(1)) | {"arrivals": {"per_hour": rates}}], days=200)
    hours = np.bincount((draw(scenario, 1).arrival_s % 86_400 // 3600).astype(int), minlength=24)

    assert hours[:6].sum() == hours[10:].sum() == 0
    expected = 200 * np.array(rates[6:10])
    assert stats.chi2.sf(((hours[6:10] - expected) ** 2 / expected).sum(), 4) > 1e-6
    flat = np.full(4, hours.sum() / 4)
    assert stats.chi2.sf(((hours[6:10] - flat) ** 2 / flat).sum(), 4) < 1e-6


def test_busy_days_are_over_dispersed_as_stated():
    """Variance of 2,000 days' counts: 100 + (0.3 × 100)² = 1,000 within 5 standard errors; Poisson's 100 is not."""
    scenario = world(
        [queue([], by_work(1)) | {"arrivals": {"per_hour": 100 / 24, "busyness_cv": 0.3}}], days=2000
    )
    counts = np.bincount((draw(scenario, 1).arrival_s // 86_400).astype(int), minlength=2000)
    error = 1000 * np.sqrt((2 + 6 * 0.3**2) / 2000)

    assert abs(counts.var() - 1000) < 5 * error
    assert abs(counts.var() - 100) > 5 * error


def test_interval_factors_are_independent_between_intervals():
    """Counts of neighbouring half-hours, 4,800 of them: variance 10 + (0.5 × 10)², no correlation."""
    scenario = world([queue([], by_work(1)) | {"arrivals": {"per_hour": 20, "interval_cv": 0.5}}], days=100)
    counts = np.bincount((draw(scenario, 1).arrival_s // 1800).astype(int), minlength=4800)

    assert counts.var() == pytest.approx(35, rel=0.15)
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 5 / np.sqrt(4800)


def test_weekdays_spikes_and_forecasts_shape_the_expected_chats():
    """Monday × 2, Tuesday × 0; from 13:30 on Monday four times as much for an hour."""
    spike = {"start": "2026-03-02T13:30:00", "minutes": 60, "factor": 4}
    arrivals = {"per_hour": 10, "weekday": [2, 0, 1, 1, 1, 1, 1], "spikes": [spike]}
    scenario = world([queue([], by_work(1)) | {"arrivals": arrivals}], days=2)
    chats = expected_chats(scenario, scenario.queues[0], busy_edges(scenario, scenario.queues[0]))

    assert expected_total(scenario, 0) == 20 * 23 + 80
    assert chats[26:30].tolist() == [10, 40, 40, 10]
    forecast = world([queue([], by_work(1)) | {"arrivals": {"per_interval": [1.0, 2.0] + [0.0] * 46}}])
    assert expected_total(forecast, 0) == 3


def test_no_demand_is_no_customers():
    """Rates of zero."""
    assert draw(world([queue([], by_work(1)) | {"arrivals": {"per_hour": 0}}]), 1).n_chats == 0


def test_a_demand_beyond_memory_is_refused_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch):
    """A million chats an hour for a thousand days, with the figure."""
    scenario = world([queue([], by_work(1)) | {"arrivals": {"per_hour": 1_000_000}}], days=1000)
    monkeypatch.setattr(sampling, "_queue_columns", lambda *_: pytest.fail("drawn"))

    with pytest.raises(TooLargeError, match="24,000,000,000 chats"):
        draw(scenario, 1)
