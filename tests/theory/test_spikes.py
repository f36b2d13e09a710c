"""What a spike does is exact where a chain knows it: M(t)/M/n+M by uniformisation, and a fluid for large teams."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import sim
from sim.report.result import Result
from sim.scenario.stress import Stage, Stress
from sim.theory.rush import Rush, course, fluid, mean_longest

BEGIN_S, OPEN_S, STEP_S, WITHIN_S, KEPT = 7_200.0, 21_600.0, 300.0, 30.0, 0.6
"""The spike comes two hours after midnight, when it opens; customers come for six hours. So many are to be
accepted within 30 s."""


class Spike(NamedTuple):
    """A team and a spike: by the hour, in seconds, in minutes."""

    per_hour: float
    agents: int
    aht_s: float
    patience_s: float
    factor: float
    minutes: float

    @property
    def scenario(self) -> sim.Scenario:
        """The same as a scenario."""
        law = {"law": "exponential", "mean_s": self.aht_s}
        queue = sim.Queue(
            name="q", arrivals=[self.per_hour] * 6 + [0.0] * 18,
            patience={"law": "exponential", "mean_s": self.patience_s}, service=sim.ByWork(work_s=law),
        )  # fmt: skip
        return sim.Scenario(
            queues=[queue], groups=[sim.Group(name="g", queues=["q"], agents=self.agents)],
            targets=sim.Targets(threshold_s=WITHIN_S, min_service_level_offered=KEPT),
            stress=Stress(start="2026-03-02T02:00:00", stages=[Stage(minutes=self.minutes, factor=self.factor)]),
        )  # fmt: skip

    @property
    def pieces(self) -> tuple[tuple[float, float], ...]:
        """Lengths and rates from midnight on."""
        per_s, long_s = self.per_hour / 3600, self.minutes * 60
        return (BEGIN_S, per_s), (long_s, self.factor * per_s), (OPEN_S - BEGIN_S - long_s, per_s)

    def rush(self, first: int = 0) -> Rush:
        """As theory has it, from its *first* piece on."""
        return Rush(self.pieces[first:], self.agents, self.aht_s, self.patience_s)


CASES = [
    Spike(60, 6, 300, 120, 3, 30), Spike(60, 7, 300, 300, 2, 45), Spike(30, 4, 300, 60, 4, 15),
    Spike(100, 10, 300, 180, 2.5, 30), Spike(20, 3, 400, 600, 3, 20), Spike(120, 11, 300, 240, 1.5, 60),
]  # fmt: skip
NIGHTLY = [pytest.param(case, marks=pytest.mark.nightly) for case in CASES[2:]]


def by_step(values: np.ndarray) -> np.ndarray:
    """Means over steps of what is known each minute (Simpson's rule would change nothing that is seen)."""
    minutes = (values[1:] + values[:-1]) / 2
    return np.asarray(minutes.reshape(-1, int(STEP_S / 60)).mean(axis=1))


def stressed(case: Spike, n: int) -> Result:
    return sim.stress(case.scenario, replications=n)


@pytest.mark.parametrize("case", [*CASES[:2], *NIGHTLY])
def test_the_peak_and_the_recovery_of_a_spike_are_those_of_the_chain(case: Spike):
    """Mean of the days' longest queues, the longest mean queue, and when the target is kept again."""
    exact = course(case.rush(), 60.0, np.array([1.0]))
    answer = stressed(case, 300)
    (event,), (kept,) = answer.table("events").rows, answer.table("recovery").rows
    at_begin = exact.chances[int(BEGIN_S / 60)]

    longest, worst = event["queue_length_max"], event["worst_queue"]
    waiting = by_step(exact.waiting)
    assert longest.low < mean_longest(case.rush(1), at_begin) < longest.high
    assert worst.low < waiting[int(event["worst_s"] / STEP_S)] < worst.high
    assert worst.low < waiting.max() < worst.high
    end = int((BEGIN_S + 60 * case.minutes) / STEP_S)
    back = int(np.argmax(by_step(exact.within(WITHIN_S))[end:] >= KEPT))
    assert kept["minutes"].low <= back * STEP_S / 60 <= kept["minutes"].high


@pytest.mark.nightly
def test_a_team_of_four_hundred_goes_through_a_spike_like_a_fluid():
    """The longest mean queue within 3 %."""
    case = Spike(4_600, 400, 300, 300, 1.6, 60)
    (event,) = stressed(case, 160).table("events").rows
    flow = fluid(case.rush(), np.arange(0.0, OPEN_S + 1, 60.0), 0.0)
    assert event["worst_queue"].value == pytest.approx(by_step(np.maximum(flow - 400, 0)).max(), rel=0.03)
