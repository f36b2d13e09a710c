"""Figures as bytes: back to the last bit, and the same figures are the same bytes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kpis.loops import By
from sim.kpis.measure import Kpis, bound_of
from sim.kpis.packed import pack, unpack, unpack_checked
from sim.kpis.targets import Bound
from sim.kpis.timeline import Window
from sim.runs.tasks import Task, run
from sim.scenario.files import load
from sim.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.worlds import by_turns, by_work, fixed, group, queue, world

WORLDS = {
    "queues, groups and days": world(
        [
            queue(9, by_turns(30, 60, 3), "a", patience=fixed(90)),
            queue(5, by_turns(20, 30, 2), "b"),
        ],
        [group(1, "g", ("a",), concurrency=2), group(1, "h", ("a", "b"))],
        days=3,
        start="2026-03-02",
    ),
    "nobody": world([queue([], by_work(60))]),
    "quality": load(ROOT / "scenarios" / "unresolved.toml"),
}


def same(one: Kpis, other: Kpis) -> bool:
    """Whether all tables and samples are equal to the last bit, NaN and all."""
    assert one.sizes == other.sizes
    assert one.tables.keys() == other.tables.keys()
    assert one.samples.keys() == other.samples.keys()
    pairs = [(one.tables[by], other.tables[by]) for by in one.tables]
    for name, sample in one.samples.items():
        its = other.samples[name]
        assert sample.cells.keys() == its.cells.keys()
        pairs += [(sample.values, its.values), (sample.edges, its.edges)]
        pairs += [(sample.cells[by], its.cells[by]) for by in sample.cells]
    return all(
        (a.dtype, a.shape, np.ascontiguousarray(a).tobytes())
        == (b.dtype, b.shape, np.ascontiguousarray(b).tobytes())
        for a, b in pairs
    )


@pytest.mark.parametrize("scenario", WORLDS.values(), ids=WORLDS)
def test_figures_come_back_to_the_last_bit(scenario: Scenario):
    """Every table, and every sample with its cells."""
    runs = run(Task(scenario, 3, range(2, 5))).runs
    back = unpack(pack(runs))

    assert len(back) == len(runs)
    assert all(same(one, other) for one, other in zip(runs, back, strict=True))
    assert pack(back) == pack(runs)


def test_what_was_bound_comes_back_with_the_figures():
    """And figures with other bounds, or with none, are those of another task."""
    scenario = next(iter(WORLDS.values()))
    some = Bound("max_asa_s", "asa_s", "at most", 9.0), Bound("max_wait_p90_s", "wait_p90_s", "at most", 9.0)
    bound, free = (run(Task(scenario, 3, range(2, 5), bounds=bounds)).runs for bounds in (some, ()))
    sizes, data = free[0].sizes, pack(bound)

    assert bound_of(bound).shape == (3, 2, 2, sizes[By.INTERVAL])
    assert np.array_equal(bound_of(unpack_checked(data, [(3, sizes)], 2, 1e9)), bound_of(bound))
    assert bound_of(unpack(pack(free))).shape[1] == 0
    for wrong in (0, 1):
        with pytest.raises(ValueError, match="figures of other runs"):
            unpack_checked(data, [(3, sizes)], wrong, 1e9)
    with pytest.raises(ValueError, match="figures of other runs"):
        unpack_checked(pack(free), [(3, sizes)], 2, 1e9)


def test_figures_of_windows_come_back_window_after_window():
    """Of those with other intervals, and of two that are alike."""
    scenario = next(iter(WORLDS.values()))
    windows = None, Window(0.0, 600.0), Window(600.0, 900.0), Window(0.0, 900.0, 3)
    task = Task(scenario, 3, range(2, 5), windows=windows)
    runs = run(task).runs
    data = pack(runs)
    shapes = [(3, runs[3 * k].sizes) for k in range(4)]

    assert [each.sizes[By.INTERVAL] for each in runs[::3]] == [runs[0].sizes[By.INTERVAL], 1, 1, 3]
    for back in (unpack(data), unpack_checked(data, shapes, 0, 1e9)):
        assert all(same(one, other) for one, other in zip(runs, back, strict=True))
    with pytest.raises(ValueError, match="figures"):
        unpack_checked(data, shapes[:3], 0, 1e9)
