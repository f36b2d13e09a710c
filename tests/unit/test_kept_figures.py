"""How figures are kept of runs: tables without what says the same everywhere, values where they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kpis import order
from sim.kpis.estimate import _spreads
from sim.kpis.loops import By
from sim.kpis.order import quantiles_of
from sim.kpis.samples import Samples, together
from sim.kpis.sparse import SparseTables

ODD = st.sampled_from([0.0, -0.0, np.nan, 1.0, 2.5, np.inf])


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.data())
def test_tables_come_back_to_the_last_bit(n_runs: int, n_cells: int, n_columns: int, data: st.DataObject):
    """Whole and by column, NaN and the sign of zero with them."""
    shape, n = (n_runs, n_cells, n_columns), n_runs * n_cells * n_columns
    tables = np.array(data.draw(st.lists(ODD, min_size=n, max_size=n))).reshape(shape)
    kept = SparseTables.of(tables)

    assert [kept[run].tobytes() for run in range(n_runs)] == [table.tobytes() for table in tables]
    whole = SparseTables.whole(tables)
    for column in range(n_columns):
        assert kept.column(column).tobytes() == tables[:, :, column].tobytes()
        assert whole.column(column, slice(1, None)).tobytes() == tables[1:, :, column].tobytes()
    assert [whole[run].tobytes() for run in range(len(whole))] == [table.tobytes() for table in tables]


def test_what_is_the_same_everywhere_takes_no_memory():
    """Of ten runs' tables one column differs in one cell: ten numbers are kept."""
    tables = np.zeros((10, 48, 90))
    tables[..., 3] = 1800.0
    tables[:, 20, 7] = np.arange(10)

    assert SparseTables.of(tables).kept.shape == (1, 10, 1)


@given(
    st.lists(st.lists(st.integers(0, 30).map(float), min_size=1, max_size=40), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.1, 0.5, 0.95, 1.0]),
)
def test_percentiles_of_values_in_many_places_are_found_by_selection(places: list[list[float]], share: float):
    """To the bit as numpy finds them, with ties; also if a sample of four is to tell where they are."""
    pieces = [np.array(place) * 0.1 for place in places]
    expected = np.quantile(np.concatenate(pieces), [share, 0.5]).tolist()
    with pytest.MonkeyPatch.context() as patch:
        assert quantiles_of(pieces, [share, 0.5]) == expected
        for name, value in {"MANY": 8, "_SAMPLE": 4, "_MARGIN": 1}.items():
            patch.setattr(order, name, value)
        assert quantiles_of(pieces, [share, 0.5]) == expected


@pytest.mark.parametrize("n_runs", [1, 2, 3, 9, 128, 1000])
def test_means_and_bands_of_all_cells_are_those_of_each_by_itself(n_runs: int):
    """To the bit as numpy has them of one cell's known values, which are left as they are; none of none."""
    rng = np.random.default_rng(n_runs)
    values = rng.lognormal(size=(n_runs, 40))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[:, 0], values[:, 1] = np.nan, 0.1 + rng.random(n_runs)
    before = values.copy()
    found = list(zip(*_spreads(values), strict=True))

    assert values.tobytes() == before.tobytes()
    assert found[0] == (None, None, None)
    for cell, mine in enumerate(found[1:], start=1):
        known = values[~np.isnan(values[:, cell]), cell]
        expected = (known.mean(), *np.quantile(known, [0.1, 0.9])) if len(known) else (None, None, None)
        assert mine == expected


def test_of_many_values_few_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    """Those near the wanted ones; all where the sample misled, here because every hundredth is far off."""
    rng, looked_at = np.random.default_rng(1), []
    monkeypatch.setattr(order, "MANY", 10_000)
    found = order._together
    monkeypatch.setattr(
        order, "_together", lambda *values: looked_at.append(len(values[0])) or found(*values)
    )
    values = rng.exponential(size=409_600)
    misled = values.copy()
    misled[::100] = 1e9
    for each in (values, misled):
        assert quantiles_of([each[:200_000], each[200_000:]], [0.9])[0] == np.quantile(each, 0.9)

    assert looked_at[0] < 50_000
    assert looked_at[1:] == [409_600]


def test_values_stand_in_order_of_their_intervals_however_they_came():
    """Three runs of two intervals, one without a value; queues go along, and so do runs put together."""
    values, interval = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, 5, 4])
    samples = Samples.of(values, interval, 3, 2, {By.QUEUE: np.array([0, 1, 1, 0])})

    assert samples.values.tolist() == [2, 1, 4, 3]
    assert samples.edges.tolist() == [[0, 1, 2], [2, 2, 2], [2, 3, 4]]
    assert samples.cells[By.QUEUE].tolist() == [1, 0, 0, 1]
    assert samples.count(By.QUEUE, 2).tolist() == [[1, 1], [0, 0], [1, 1]]
    assert samples.count(By.INTERVAL, 2, samples.values > 1).tolist() == [[1, 0], [0, 0], [1, 1]]
    assert [each.tolist() for each in samples.of_cell(By.INTERVAL, 2, 1)] == [[1], [3]]
    assert [each.tolist() for each in samples.of_cell(By.QUEUE, 2, 1)] == [[2, 3]]
    again = together([samples[0], samples[1], samples[2]])
    assert (again.values.tolist(), again.edges.tolist()) == (samples.values.tolist(), samples.edges.tolist())
