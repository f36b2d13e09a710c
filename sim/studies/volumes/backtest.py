"""How far off would it have been? The forecast made on past days, from what was known then, and what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Flags, Floats
from sim.history.series import Series
from sim.studies.volumes.forecast import BAND, Settings, forecast_of, quantile
from sim.studies.volumes.pattern import WEEK, counts

_LEAST_WEEKS = 2
"""Weeks of history that a forecast rests on, at least."""
MOST_ORIGINS = 26
"""Past days on which it is forecast, at most: half a year of weeks."""


@dataclass(frozen=True, slots=True)
class Score:
    """How far off a way of forecasting was."""

    wmape: float
    """Sum of misses of intervals, over the contacts that came."""
    wmape_day: float
    """The same of whole days."""
    bias: float
    """Contacts forecast over those that came, minus one."""
    band: float | None = None
    """Share of intervals within the band of a negative binomial ..."""
    poisson: float | None = None
    """... and within one of chance alone."""
    width: float | None = None
    """Mean width of the band, in contacts."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """Scores of the forecast, with and without its trend, and of the naive one: the same day last week."""

    scores: dict[str, Score]
    origins: int
    """Past days on which it was made."""
    ahead: int
    cells: int
    """Intervals that were compared."""
    wins: int
    """Past days on which the forecast was nearer than the naive one."""

    @property
    def gain(self) -> float:
        """By how much it is nearer than the naive one: the share of its misses that are gone."""
        mean, naive = (self.scores[way].wmape for way in ("mean", "naive"))
        return 1 - mean / naive if naive > 0 else 0.0 if mean == 0 else -1.0


def backtest(
    series: Series, ahead: int, settings: Settings, origins: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest | None:  # fmt: skip
    """Forecast from past days, a week apart, and compare with what came; None where history is too short.

    Parameters
    ----------
    ahead
        Days that each forecast is of; the last ones end with the history.
    origins
        Days on which it is made, by their place: the first of which nothing is known. Omitted: one a week.
    """
    if origins is None:
        first = WEEK * max(_LEAST_WEEKS, min(settings.weeks, series.days // WEEK - 1))
        origins = list(range(series.days - WEEK, first - 1, -WEEK))[:MOST_ORIGINS][::-1]
    truth = counts(series)
    gathered: dict[str, list[Floats]] = {"truth": [], "mean": [], "naive": [], "trend": [], "alpha": []}
    for k, origin in enumerate(origins):
        until = min(origin + ahead, series.days)
        known, n = series.tail(origin), until - origin
        if n <= 0 or np.isnan(known.offered).all():
            continue
        plain = forecast_of(known, n, replace(settings, trend=False))
        gathered["truth"].append(truth[origin:until])
        gathered["mean"].append(plain.mean)
        gathered["alpha"].append(plain.spread)
        gathered["trend"].append(forecast_of(known, n, replace(settings, trend=True)).mean)
        gathered["naive"].append(_week_ago(truth, origin, n))
        if progress is not None:
            progress(k + 1, len(origins))
    if not gathered["truth"]:
        return None
    return _scored(gathered, len(gathered["truth"]), ahead)


def _week_ago(truth: Floats, origin: int, n: int) -> Floats:
    """Counts of the same weekday in the last week that was known."""
    rows = [origin - WEEK + k % WEEK for k in range(n)]
    return np.asarray(truth[rows])


def _scored(gathered: dict[str, list[Floats]], origins: int, ahead: int) -> Backtest | None:
    truth = np.concatenate(gathered["truth"])
    ways = {name: np.concatenate(gathered[name]) for name in ("mean", "trend", "naive")}
    fine = np.isfinite(truth)
    for each in ways.values():
        fine &= np.isfinite(each)
    came = float(truth[fine].sum())
    if came <= 0:
        return None
    scores = {name: _score(truth, made, fine, came) for name, made in ways.items()}
    mean, alpha = ways["mean"][fine], np.concatenate(gathered["alpha"])[fine]
    low, high = (quantile(mean, alpha, share) for share in ((1 - BAND) / 2, (1 + BAND) / 2))
    chance = [quantile(mean, 0.0, share) for share in ((1 - BAND) / 2, (1 + BAND) / 2)]
    wins = sum(_is_nearer(*three) for three in zip(*(gathered[key] for key in _THREE), strict=True))
    there = truth[fine]
    busy = mean > 0
    busy &= np.isfinite(alpha)
    scores["mean"] = replace(
        scores["mean"],
        band=_share((there >= low) & (there <= high), busy),
        poisson=_share((there >= chance[0]) & (there <= chance[1]), busy),
        width=float((high - low)[busy].mean()) if busy.any() else None,
    )
    return Backtest(scores, origins, ahead, int(fine.sum()), wins)


_THREE = ("truth", "mean", "naive")


def _is_nearer(truth: Floats, mean: Floats, naive: Floats) -> bool:
    """Whether the mean missed by less than the naive forecast, where both are known."""
    fine = np.isfinite(truth) & np.isfinite(mean) & np.isfinite(naive)
    return float(np.abs(mean - truth)[fine].sum()) < float(np.abs(naive - truth)[fine].sum())


def _share(inside: Flags, among: Flags) -> float | None:
    return float(inside[among].mean()) if among.any() else None


def _score(truth: Floats, made: Floats, fine: Flags, came: float) -> Score:
    off = np.where(fine, made - truth, 0.0)
    return Score(
        float(np.abs(off).sum()) / came, float(np.abs(off.sum(axis=1)).sum()) / came, float(off.sum()) / came
    )
