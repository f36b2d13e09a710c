"""Lines in a rush: the exact course and the fluid, against what is known of them and against the simulator."""

from __future__ import annotations

from itertools import pairwise
from math import exp, inf

import numpy as np
import pytest
from scipy import integrate, stats

import sim
from sim.errors import TheoryError
from sim.theory.erlang import erlang
from sim.theory.rush import Rush, course, fluid, longest, mean_longest
from tests.agree import assert_agrees


def test_at_one_rate_it_stays_where_it_is_in_the_long_run():
    """Erlang A, at each time: those who wait, and those who are accepted within 20 s."""
    found = course(Rush(((3600.0, 0.07),), agents=20, aht_s=300.0, patience_s=150.0), step_s=600.0)
    line = erlang(20, 0.07, 300.0, 150.0)

    np.testing.assert_allclose(found.waiting, line.per_s * line.wait_s, rtol=1e-7)
    np.testing.assert_allclose(found.within(20.0), line.accepted_within(20.0), rtol=1e-7)


def test_where_patience_is_as_long_as_service_the_number_there_is_poisson():
    """M(t)/M/∞: its mean follows m' = rate − m / AHT, so the line is known exactly."""
    rush = Rush(((1200.0, 0.05), (600.0, 0.3), (1800.0, 0.02)), agents=20, aht_s=300.0, patience_s=300.0)
    found, mean = course(rush, step_s=300.0, start=np.array([1.0])), 0.0
    ends = np.cumsum([0.0, 1200.0, 600.0, 1800.0])
    for k, (length_s, per_s) in enumerate(rush.pieces):
        mean = per_s * 300 + (mean - per_s * 300) * exp(-length_s / 300)
        at = int(np.flatnonzero(found.times_s == ends[k + 1])[0])
        n = np.arange(400)
        line = stats.poisson.pmf(n, mean) @ np.maximum(n - 20, 0)
        assert found.waiting[at] == pytest.approx(line, rel=1e-9)
        assert fluid(rush, ends[k + 1 : k + 2], 0.0)[0] == pytest.approx(mean, rel=1e-12)


def test_where_nobody_leaves_the_longest_line_is_who_came():
    """Handling times without end: never more than m wait if no more than n + m have come."""
    chances = longest(Rush(((100.0, 0.1), (50.0, 0.2)), agents=3, aht_s=1e15), start=np.array([1.0]))

    np.testing.assert_allclose(chances, stats.poisson.cdf(3 + np.arange(len(chances)), 20.0), rtol=1e-9)


def test_the_fluid_follows_its_equation():
    """Against a solver of differential equations, from below and above n, with patience and without."""
    for patience_s in (150.0, inf):
        rush = Rush(((600.0, 0.03), (900.0, 0.2), (6000.0, 0.01)), 20, 300.0, patience_s)
        times_s = np.linspace(0, 7500, 26)
        for start in (0.0, 35.0):
            x, levels = start, [start]
            for begin_s, end_s in pairwise(times_s.tolist()):
                per_s = rush.pieces[int(np.searchsorted([600, 1500], begin_s, side="right"))][1]
                solved = integrate.solve_ivp(
                    lambda _, y, r=per_s, c=rush: [r - c.leaving(y[0])],
                    (begin_s, end_s),
                    [x],
                    rtol=1e-9,
                    atol=1e-9,
                )
                x = solved.y[0, -1]
                levels.append(x)
            np.testing.assert_allclose(fluid(rush, times_s, start), levels, rtol=1e-5, atol=1e-5)


def test_of_four_hundred_agents_the_line_is_nearly_a_fluid():
    """Its highest mean is within 3 % of the exact one, of twenty agents it is not."""
    off = {}
    for agents in (20, 400):
        pieces = (300.0, agents / 400), (900.0, agents / 230), (600.0, agents / 400)
        rush = Rush(pieces, agents, 300.0, 150.0)
        found = course(rush, step_s=100.0)
        line = np.maximum(fluid(rush, found.times_s, 0.75 * agents) - agents, 0)
        off[agents] = abs(line.max() / found.waiting.max() - 1)

    assert off[400] < 0.03
    assert off[20] > 0.03


@pytest.fixture(scope="module")
def days() -> list[sim.ChatLog]:
    """Three hundred simulated hours with four times the demand for a quarter of an hour."""
    spike = {"start": "2026-03-02T00:20:00", "minutes": 15.0, "factor": 4.0}
    scenario = sim.Scenario.model_validate(
        {
            "queues": [
                {
                    "name": "q",
                    "arrivals": {"per_hour": [72.0, *[0.0] * 23], "spikes": [spike]},
                    "patience": {"law": "exponential", "mean_s": 150.0},
                    "service": {"work_s": {"law": "exponential", "mean_s": 300.0}},
                }
            ],
            "groups": [{"name": "g", "queues": ["q"], "agents": 8}],
        }
    )
    return [sim.simulate(scenario, sim.draw(scenario, 1, r)) for r in range(300)]


def lines(log: sim.ChatLog, times_s: np.ndarray) -> np.ndarray:
    """Chats that wait at some times."""
    chat = log.chat
    left_s = np.where(chat.agent < 0, chat.ended_s, chat.accepted_s)
    return np.array([np.sum(chat.queued & (chat.arrival_s <= t) & (t < left_s)) for t in times_s])


def test_the_simulator_goes_through_a_spike_as_the_chain_does(days: list[sim.ChatLog]):
    """Mean line every five minutes, and the longest line."""
    rush = Rush(((1200.0, 0.02), (900.0, 0.08), (1500.0, 0.02)), 8, 300.0, 150.0)
    empty = np.array([1.0])
    found = course(rush, step_s=300.0, start=empty)
    at = np.flatnonzero(found.times_s < 3600)
    seen = np.array([lines(log, found.times_s[at]) for log in days])
    for k, time in enumerate(at):
        if found.waiting[time] > 0.1:
            assert_agrees(seen[:, k], found.waiting[time])
    peaks = [lines(log, log.chat.arrival_s[log.chat.arrival_s < 3600]).max() for log in days]

    assert_agrees(peaks, mean_longest(rush, empty), sees=0.05)


def test_what_can_not_be_is_refused():
    """More than can be served for ever has no long run; and numbers obey their laws."""
    with pytest.raises(TheoryError, match="no long run"):
        course(Rush(((100.0, 1.0),), 2, 300.0))
    with pytest.raises(TheoryError, match="agents"):
        Rush(((100.0, 1.0),), 0, 300.0)
    with pytest.raises(TheoryError, match="length_s"):
        Rush(((0.0, 1.0),), 1, 300.0)
