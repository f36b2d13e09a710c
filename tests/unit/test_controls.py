"""Control variates: right on average, as sure as they say, and surer than without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.draws.busyness import expected_volumes, interval_moments, volume_variances
from sim.draws.sampling import draw
from sim.kpis.estimate import Estimates
from sim.runs.executor import executing
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from sim.studies.controls import Adjusted, adjusted, arrival_controls, regressed
from sim.theory.erlang import erlang
from tests.worlds import by_turns, by_work, fixed, group, queue, world


def line(per_hour: float = 60, **arrivals: Any) -> Scenario:
    """M/M/5+M in its steady state, unless days are busy."""
    calls = queue({"per_hour": per_hour} | arrivals, {"work_s": 240}, patience=120)
    return world([calls], [group(5)], warm_up_h=2)


def test_intervals_hold_erlang_as_abandonment_at_the_stated_rate():
    """80 studies of 20 days: unbiased, 95 % of the intervals right, and as if days were more."""
    exact = float(erlang(5, per_s=60 / 3600, aht_s=240, patience=120).abandoned)
    scenario = line()
    with executing(1) as executor:
        runs = next(executor.replications([scenario], 1, range(1600)))
    studies = [Estimates(runs[k : k + 20]) for k in range(0, 1600, 20)]
    found = [adjusted("abandonment", study, scenario) for study in studies]

    values = np.array([each.value for each in found])  # type: ignore[union-attr]
    plain = np.array([study.figure("abandonment").value for study in studies])
    held = sum(each.low <= exact <= each.high for each in found)  # type: ignore[union-attr]
    assert held >= 69  # fewer have a probability of 0.1 % at 95 %
    assert values.mean() == pytest.approx(exact, abs=3.5 * values.std() / 80**0.5)
    gain = plain.var() / values.var()
    assert gain > 1.05
    assert np.median([each.gain for each in found]) == pytest.approx(gain, rel=0.4)  # type: ignore[union-attr]


def test_busy_days_are_where_controls_pay_most():
    """The number of chats says most of how good a day was, and a square what a line can't."""
    scenario = line(busyness_cv=0.2)
    study = replicate(scenario, replications=200).estimates
    found = adjusted("service_level", study, scenario)

    assert found is not None
    assert found.controls == 2
    assert found.gain > 3
    both = arrival_controls(study, scenario, most=2)
    values = study.pseudo_values("service_level")[:, 0]
    assert found.gain > 1.15 * regressed(values, both[:, :1]).gain
    figure = study.figure("service_level")
    assert found.high - found.low < 0.6 * (figure.high - figure.low)  # type: ignore[operator]


def test_volumes_vary_as_the_sampler_makes_them():
    """Mean and variance of what comes after the warm-up, over 1500 draws: days and intervals are busy."""
    scenario = line(
        4,
        busyness_cv=0.2,
        interval_cv=2.0,
        spikes=[{"start": "2026-03-02T13:10:00", "minutes": 25, "factor": 9}],
    )
    came = [(draw(scenario, 3, r).arrival_s >= 7200).sum() for r in range(1500)]

    mean, variance = expected_volumes(scenario).sum(), volume_variances(scenario)[0]
    assert mean == pytest.approx(4 * 22 + 8 * 4 * 25 / 60)
    assert np.mean(came) == pytest.approx(mean, abs=4 * (variance / 1500) ** 0.5)
    assert np.var(came) == pytest.approx(variance, rel=0.25)
    assert variance > 5 * mean


def test_chats_of_an_interval_have_their_mean_and_variance():
    """Of busy days and busy half-hours, a spike, a warm-up that ends within an interval, and exact times."""
    busy = {"per_hour": [60.0] * 12 + [20.0] * 12, "busyness_cv": 0.3, "interval_cv": 0.4}
    still = queue([4000.0, 4100.0, 8000.0], by_work(60), name="r")
    scenario = world(
        [queue(busy, by_work(60)), still],
        [group(2, queues=("q", "r"))],
        warm_up_h=0.75,
        interval_min=30,
    )
    means, variances = interval_moments(scenario)
    came = np.array(
        [
            np.histogram(a[a >= 2700], np.arange(49) * 1800.0)[0]
            for a in (draw(scenario, 3, r).arrival_s for r in range(1500))
        ]
    )

    assert means[0, [0, 1, 2, 4, 30]].tolist() == pytest.approx([0, 15, 32, 31, 10])
    assert (np.abs(came.mean(axis=0) - means[0]) <= 5 * (variances[0] / 1500) ** 0.5).all()
    assert came.var(axis=0)[1:] == pytest.approx(variances[0, 1:], rel=0.25)


def test_as_many_controls_as_replications_can_bear():
    """One for fifteen: of each queue with squares, of all together, without squares, none."""
    service = by_turns(30, 30, 2)
    scenario = world(
        [queue(2, service, "a"), queue(2, service, "b"), queue([60.0, 90.0], service, "c")],
        [group(2, queues=("a", "b", "c"))],
    )
    runs = replicate(scenario, replications=40).estimates.runs

    widths = [arrival_controls(Estimates(runs), scenario, most).shape[1] for most in range(5)]
    assert widths == [0, 1, 2, 2, 4]
    assert adjusted("service_level", Estimates(runs[:14]), scenario) is None
    still = world([queue([60.0], by_work(60))])
    assert adjusted("service_level", replicate(still, replications=20).estimates, still) is None


def test_those_who_come_again_are_no_control():
    """How many retry depends on the service; who comes first does not."""
    retry = {"probability": 0.9, "delay_s": fixed(60)}
    scenario = world([queue(10, by_work(600), patience=fixed(5), retry=retry)])
    study = replicate(scenario, replications=100).estimates
    controls = arrival_controls(study, scenario, most=2)

    assert study.figure("attempts_per_customer").value > 1.5  # type: ignore[operator]
    assert np.abs(controls[:, 0].mean()) < 0.35
    assert controls[:, 0].std() == pytest.approx(1, abs=0.3)


def test_regression_is_exact_where_controls_say_all():
    """A value that is a line in its control has no error left; one that has nothing to do with it keeps its own."""
    rng = np.random.default_rng(1)
    controls, noise = rng.normal(size=(200, 2)), rng.normal(size=200)
    exact = regressed(3 + controls @ np.array([2.0, -1.0]), controls)
    assert exact.value == pytest.approx(3)
    assert exact.high - exact.low < 1e-9
    assert regressed(noise, controls).gain == pytest.approx(1, abs=0.15)


def test_intervals_hold_where_spread_grows_with_the_control():
    """Busy days scatter more: least squares' own error would be too small."""
    rng = np.random.default_rng(7)

    def study() -> Adjusted:
        x = rng.normal(size=40)
        return regressed(2 * x + np.exp(x) * rng.normal(size=40), np.column_stack([x, x**2 - 1]))

    held = [found.low <= 0 <= found.high for found in (study() for _ in range(500))]
    assert 0.91 < np.mean(held) < 0.985
