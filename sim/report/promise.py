"""How does a promise read? Its targets over the day and where they are worst, and its figures bit by bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from sim.kpis.estimate import Quantity
from sim.kpis.intervals import wilson
from sim.kpis.targets import Bound, title
from sim.report.naming import head_of, where_of
from sim.report.numbers import interval, number, percent
from sim.report.result import Column, Judged
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per
from sim.studies.staffing.promise import Promise
from sim.studies.staffing.roster import Roster
from sim.studies.staffing.staff import Staffing
from sim.studies.staffing.trial import Evaluation
from sim.studies.staffing.why import Value, values_of

WITHIN = "share_within"
"""Stands for a percentile's name where the share within its bound is judged instead."""
DAYS_KEPT = "days_kept"
"""Stands for a figure's name where the share of days that keep every target is judged."""


def basis(what: str, promise: Promise, n_days: int, seed: int) -> str:
    """Say of which promise *what* was found is the answer, and which days it was held against."""
    span = "in every interval" if promise.per is Per.INTERVAL else "over the day"
    text = f"{what} that keep the targets {span}, on average over days"
    if promise.confidence is not None:
        text += f", and on {percent(promise.confidence)} of days"
    return f"{text}\n{n_days:,} days that the search did not see, seed {seed}"


def judged(promise: Promise, trial: Evaluation, scenario: Scenario) -> tuple[Judged, ...]:
    """Every target over the day, and in each interval if that is promised; then the share of days."""
    day, intervals = values_of(trial, slice(None)), list[tuple[Value, ...]]()
    if promise.per is Per.INTERVAL:
        intervals = [values_of(trial, slice(k, k + 1)) for k in range(scenario.intervals_per_day)]
    targets = (
        _target(bound, scenario, day[k], [values[k] for values in intervals if values[k].value is not None])
        for k, bound in enumerate(promise.bounds)
    )
    return (*targets, _days_kept(promise, trial))


def _target(bound: Bound, scenario: Scenario, day: Value, intervals: Sequence[Value]) -> Judged:
    values = [day, *intervals]
    met = all(value.kept for value in values)
    sure = all(value.sure for value in values) if met else any(v.sure for v in values if not v.kept)
    known = [value.value for value in intervals if value.value is not None]
    worst = (min if bound.side == "at least" else max)(known, default=None)
    return _judged(bound, scenario, day, met=met, sure=sure, worst=worst)


def _judged(
    bound: Bound, scenario: Scenario, value: Value, *, met: bool, sure: bool, worst: float | None = None
) -> Judged:
    kpi = bound.kpi if bound.within is None else WITHIN
    return Judged(
        bound.target, kpi, title(bound, scenario), bound.counted.unit, bound.side, bound.value,
        _quantity(value), met if value.value is not None else None, sure, where_of(bound), worst,
    )  # fmt: skip


def _quantity(value: Value) -> Quantity:
    return Quantity(**{field.name: getattr(value, field.name) for field in fields(Quantity)})


def _days_kept(promise: Promise, trial: Evaluation) -> Judged:
    """Share of days that keep all targets, against the confidence asked for, if one was."""
    found, wanted = days_kept(trial), promise.confidence
    met = sure = None
    if wanted is not None and found.value is not None and found.low is not None and found.high is not None:
        met = found.value >= wanted
        sure = (found.low >= wanted) if met else (found.high < wanted)
    return Judged(
        "confidence", DAYS_KEPT, "Days that keep all", "share", "at least", wanted, found, met, bool(sure)
    )


def days_kept(trial: Evaluation) -> Quantity:
    """Share of days that keep every target, with Wilson's 95 % interval."""
    share = trial.share_kept()
    return Quantity(share, *wilson(share, trial.n_days), False, None, None, None)


def on_days(trial: Evaluation) -> str:
    """Say on which share of days all targets are kept, and how sure that is."""
    share = days_kept(trial)
    return (
        f"{number(share.value, 'share')} of days keep all targets (95 % interval {interval(share, 'share')})."
    )


def unless_kept(found: Staffing | Roster) -> str:
    """Say so, if an answer does not keep its promise."""
    if found.kept:
        return ""
    days = "days that the search did not see" if found.is_whole else "the few days on which it was checked"
    return f" The targets are not kept on {days}."


def name_of(bound: Bound, promise: Promise) -> str:
    """Name of a column for a bound: that of its figure, for the centre's if it is the only one of it."""
    of_centre = [other.kpi for other in promise.bounds if other.where is None]
    is_only = bound.where is None and of_centre.count(bound.kpi) == 1
    return bound.kpi if is_only and bound.within is None else bound.key


def columns(promise: Promise, spare: int = 0) -> Iterator[Column]:
    """A column for each promised figure; misses are marked if it is promised in each interval.

    The first is *spare*, so that there is room for what says more.
    """
    for bound in promise.bounds:
        name, head, unit = name_of(bound, promise), head_of(bound), bound.counted.unit
        if promise.per is Per.INTERVAL:
            yield Column(name, head, unit, "judged", "misses", spare=spare)
        else:
            yield Column(name, head, unit, "quantity", spare=spare)
        spare = 0


def cells(promise: Promise, values: Sequence[Value], scenario: Scenario) -> dict[str, Any]:
    """Promised figures of a bit of the day, by the names of their `columns`."""
    is_judged = promise.per is Per.INTERVAL
    return {
        name_of(bound, promise): _judged(bound, scenario, value, met=value.kept, sure=value.sure)
        if is_judged
        else _quantity(value)
        for bound, value in zip(promise.bounds, values, strict=True)
    }
