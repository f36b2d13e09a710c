"""Histograms of times: percentiles are the library's own, means are exact, and they travel from process to process."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

pytest.importorskip("hdrh", reason="driving servers needs the extra `load`")

from sim.drive.latency import LONGEST_S, Times

NOTED_S = [0.0, 1e-6, 0.0005, *np.geomspace(1e-5, 2 * LONGEST_S, 300).tolist(), 2.5, 2.5]


def noted(times_s: list[float]) -> Times:
    found = Times()
    for time_s in times_s:
        found.note(time_s)
    return found


def test_percentiles_are_those_of_the_library():
    times = noted(NOTED_S)
    for percent in (0.1, 1, 10, 50, 90, 95, 99, 99.9, 100):
        expected = times._histogram.get_value_at_percentile(percent) / 1e6
        assert times.percentile_s(percent) == expected
    assert noted([]).percentile_s(50) == 0


def test_the_mean_is_exact_and_so_is_that_of_several_together():
    """What is shorter than a microsecond counts as one, what is longer than an hour as an hour."""
    expected = np.mean(np.clip(np.round(NOTED_S, 6), 1e-6, LONGEST_S))
    assert noted(NOTED_S).mean_s == pytest.approx(expected, rel=1e-12)
    assert noted([]).mean_s == 0

    together = noted(NOTED_S[::2])
    together.add(pickle.loads(pickle.dumps(noted(NOTED_S[1::2]))))
    assert together.n == len(NOTED_S)
    assert together.mean_s == pytest.approx(expected, rel=1e-12)
    assert together.percentile_s(50) == noted(NOTED_S).percentile_s(50)
