"""How sure a figure is: intervals that hold on skewed days, and none where nothing is known.

The numbers were worked once with mpmath and by brute force, independently of the code.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from sim.arrays import Floats
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import pseudo_values, ratios_over_days
from sim.kpis.intervals import chance_of, few_days, moments, skewed_t, unseen
from sim.kpis.loops import By
from sim.kpis.ranked import Ranked
from sim.kpis.samples import Samples

MISSED = np.array([0.0, 2, 0, 1, 0, 15])
OFFERED = np.array([150.0, 160, 140, 170, 155, 210])
WAITS = [[0, 0, 0, 10], [0, 0, 0, 0, 20], [0, 0, 5], [0, 0, 0, 0], [0, 15, 40, 60, 90, 120], [0, 0, 0, 8, 30]]
"""Of six days."""


def ends(values: Floats) -> tuple[float, float]:
    """Interval of the mean of one column."""
    low, high = skewed_t(values[:, None])
    return float(low[0]), float(high[0])


def said(top: Floats, bottom: Floats = OFFERED) -> Floats:
    """What each day says of a ratio."""
    return pseudo_values(top[:, None], bottom[:, None])[:, 0]


def ranked(days: list[list[float]]) -> Ranked:
    """Values of days, in one cell."""
    return Ranked([Samples.of_one(np.array(day, dtype=float)) for day in days], By.OVERALL, 1)


def test_a_share_that_one_day_carries():
    """Six days, fifteen of the eighteen missed on the last: long above, short below, and its own inverse."""
    values = said(MISSED)
    n, mean, error, lean = (float(part[0]) for part in moments(values[:, None]))

    assert (n, mean) == (6, pytest.approx(18 / 985))
    assert (error, lean) == pytest.approx((0.013710016367, 0.160872497343), abs=1e-11)
    assert ends(values) == pytest.approx((-0.002720360315, 0.111100273527), abs=1e-11)
    assert [chance_of(values, end) for end in ends(values)] == pytest.approx([0.05, 0.05], abs=1e-11)
    assert chance_of(values, 0.05) == pytest.approx(0.430155746066, abs=1e-11)


def test_who_is_not_missed_is_in_time_and_waits_are_as_skewed():
    """A share and what it leaves of 1 have the same interval from above; a mean wait by the same function."""
    low, high = ends(said(MISSED))
    waits = said(np.array([0.0, 90, 0, 12, 0, 2400]), OFFERED - MISSED)

    assert ends(said(OFFERED - MISSED)) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    assert waits.mean() == pytest.approx(2.587383660807, abs=1e-11)
    assert ends(waits) == pytest.approx((-0.977982870830, 18.175912891009), abs=1e-10)


def test_a_paired_difference_of_ratios():
    """B misses one, then nine: not seen to be better at 5 %."""
    difference = said(np.array([0.0, 1, 0, 0, 0, 9])) - said(MISSED)

    assert difference.mean() == pytest.approx(-0.008121827411, abs=1e-11)
    assert ends(difference) == pytest.approx((-0.045638343923, 0.000202780878), abs=1e-11)
    assert chance_of(difference) == pytest.approx(0.055259404308, abs=1e-11)


def test_without_skewness_it_is_students():
    """Against scipy; of days that are all alike, or fewer than three, nobody knows."""
    even = np.arange(1.0, 6.0)

    assert ends(even) == pytest.approx(stats.t.interval(0.95, 4, 3, stats.sem(even)))
    assert ends(even) == pytest.approx((1.036756838522, 4.963243161478), abs=1e-11)
    assert chance_of(even, 2.5) == pytest.approx(stats.ttest_1samp(even, 2.5).pvalue)
    for nothing in (np.full(5, 0.1 + 0.2), np.array([1.0, 2.0]), np.array([np.nan, 1.0, np.nan])):
        assert np.isnan(ends(nothing)).all()


@given(
    hnp.arrays(float, st.integers(3, 30), elements=st.integers(-50, 50).map(float)),
    st.sampled_from([0.5, 3.0, -2.0, 1e-200, 1e200]),
    st.integers(-9, 9),
)
def test_units_do_not_matter(values: Floats, factor: float, shift: int):
    """Times and plus anything, the interval is that of the values, times and plus it; NaN is left out."""
    low, high = ends(values)
    there = sorted((factor * (low + shift), factor * (high + shift)))

    assert ends(factor * (values + shift)) == pytest.approx(
        there, rel=1e-6, abs=abs(factor) * 1e-8, nan_ok=True
    )
    assert ends(np.append(values, np.nan)) == pytest.approx((low, high), nan_ok=True)


def test_cells_side_by_side_are_each_as_alone():
    """One call for many columns, some of which know less."""
    columns = np.random.default_rng(3).exponential(size=(40, 7))
    columns[5:, 2], columns[:, 4], columns[::3, 6] = np.nan, 8.0, np.nan
    together = np.array(skewed_t(columns)).T

    for k, pair in enumerate(together):
        assert tuple(pair) == pytest.approx(ends(columns[:, k]), nan_ok=True)
    assert np.isnan(together[:, 0]).tolist() == [False] * 4 + [True] + [False] * 2


def test_the_mark_counts_days_that_differ_from_the_commonest():
    """None missed on most days; all alike; no two alike; and days without a chat are none."""
    columns = {
        "four of ten": ([0, 0, 0, 0, 0, 0, 1, 1, 2, 3], True),
        "five of ten": ([0, 0, 0, 0, 0, 1, 1, 2, 3, 9], False),
        "the commonest is not 0": ([5, 5, 5, 5, 5, 5, 0, 0, 0, 0], True),
        "all alike, but for rounding": ([0.1 + 0.2] * 5 + [0.3] * 5, True),
        "no two alike": (list(range(10)), False),
        "four known": ([1, 2, 3, 4] + [np.nan] * 6, True),
        "five known": ([1, 2, 3, 4, 5] + [np.nan] * 5, False),
        "nothing known": ([np.nan] * 10, True),
    }
    found = few_days(np.array([values for values, _ in columns.values()], dtype=float).T)

    assert dict(zip(columns, found.tolist(), strict=True)) == {
        name: few for name, (_, few) in columns.items()
    }


def test_days_that_were_not_seen():
    """1 − 0.05^(1/n): all of n days are of one kind with 5 % probability if so many are of another."""
    for n in (5, 20, 200):
        assert (1 - unseen(n)) ** n == pytest.approx(0.05)
    missed, level = ratios_over_days(
        np.array([[0.0, 10.0]] * 20),
        np.array([[10.0, 10.0]] * 20),
        [BY_NAME["missed_rate"], BY_NAME["service_level"]],
    )

    assert (missed.value, missed.low, missed.high, missed.few_days, missed.alike) == (
        0.0,
        None,
        None,
        True,
        True,
    )
    assert missed.certain("share", 20) == pytest.approx((-0.139, 0.139), abs=1e-3)
    assert level.certain("share", 20) == pytest.approx((0.861, 1.139), abs=1e-3)
    assert level.certain("s", 20) is None


def test_pooled_percentiles_by_hand():
    """Woodruff's ends of six days; where the share may be 1 the highest value seen is no limit."""
    days = ranked(WAITS)
    expected = {
        0.5: (0, 0, 29.535818122979),
        0.8: (19, 0, np.inf),
        0.9: (48, 2.253188977757, np.inf),
        0.95: (81, 15.335459318505, np.inf),
    }

    for share, (value, low, high) in expected.items():
        found = days.woodruff(share)
        assert days.quantile(share)[0] == pytest.approx(value)
        assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=1e-10)
    for alike in ([[7.0, 7.0]] * 6, [[1.0, 9.0]] * 6, WAITS[:2], [[]] * 6):
        assert np.isnan(ranked(alike).woodruff(0.9)).all()


def test_what_a_day_says_of_a_percentile_is_told_by_leaving_it_out():
    """Quantiles of the other days; the pseudo-values' mean is not the pooled value by chance."""
    days = ranked(WAITS)

    assert days.without(0.8, 0) == pytest.approx([26, 27, 24, 26, 5, 19])
    assert days.without(0.9, 0) == pytest.approx([56, 58, 54, 56, 10, 58])
    assert not days.without(0.5, 0).any()
    assert np.isnan(ranked([[1.0], []]).without(0.5, 0)).tolist() == [True, False]


@given(
    st.lists(st.lists(st.integers(0, 6).map(float), max_size=7), min_size=2, max_size=6).filter(
        lambda days: sum(map(bool, days)) > 1
    ),
    st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]),
)
def test_leaving_a_day_out_is_to_take_the_others(days: list[list[float]], share: float):
    """Against numpy, with ties everywhere and days without a value; and in cells as overall."""
    naive = [np.quantile(np.concatenate(days[:r] + days[r + 1 :]), share) for r in range(len(days))]
    cells = [np.array([k % 2 for k in range(len(day))], dtype=np.int32) for day in days]
    samples = [Samples.of_one(np.array(day), {By.QUEUE: cell}) for day, cell in zip(days, cells, strict=True)]
    pooled = [[x for day in days for k, x in enumerate(day) if k % 2 == cell] for cell in range(2)]

    assert ranked(days).without(share, 0).tolist() == pytest.approx(naive)
    by_queue = Ranked(samples, By.QUEUE, 3).quantile(share)
    assert by_queue.tolist() == pytest.approx(
        [np.quantile(each, share) if each else np.nan for each in (*pooled, [])], nan_ok=True
    )


def test_percentiles_of_each_day_are_those_of_its_own_values(monkeypatch: pytest.MonkeyPatch):
    """In every cell, to the bit, however many days are sorted at a time; NaN where a day has no value there."""
    days = [([3.0, 1.0, 2.0, 9.0, 4.0], [0, 2, 0, 0, 2]), ([], []), ([5.0, 0.5, 7.25], [2, 2, 2])]
    samples = [
        Samples.of_one(np.array(values), {By.QUEUE: np.array(cells, dtype=np.int32)})
        for values, cells in days
    ]
    order = Ranked(samples, By.QUEUE, 3)
    own = [[[v for v, c in zip(*day, strict=True) if c == cell] for cell in range(3)] for day in days]

    expected = [[np.quantile(cell, 0.8) if cell else np.nan for cell in day] for day in own]
    for at_a_time in (1, 2, 32):
        monkeypatch.setattr("sim.kpis.ranked._AT_A_TIME", at_a_time)
        assert np.array_equal(order.of_days(0.8), expected, equal_nan=True)
