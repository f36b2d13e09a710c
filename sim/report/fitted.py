"""What does a scenario fitted to a log answer with? Each number, how it is known, and what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.importers.folder import Recorded, read_log
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.report.measured import basis
from sim.report.numbers import number, with_unit
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table
from sim.report.volumes import DAYS, days_table, queues_table, week_table
from sim.runs.executor import Progress
from sim.scenario.commented import commented
from sim.scenario.hours import Weekday
from sim.scenario.units import plural
from sim.studies.fitted.calibrate import Fitted, fit
from sim.studies.fitted.compared import Compared, compare_with
from sim.studies.fitted.drawn import samples_of
from sim.studies.fitted.known import Known
from sim.studies.fitted.laws import Fit
from sim.studies.fitted.patience import Hazard
from sim.studies.fitted.queue import QueueFit
from sim.studies.fitted.scenario import weeks_of
from sim.studies.fitted.unmodelled import unmodelled_of

HOW = (
    "Measured: the log tells it. Inferred: it tells it by way of something else. Assumed: it does not. "
    "Intervals are 95 %, days being alike in themselves."
)
_POINTS = 60
"""Points of a curve that is drawn."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted scenario, and its figures beside those of the log."""

    fitted: Fitted
    compared: tuple[Compared, ...]
    seed: int


def calibrate_log(
    log: Recorded | str | Path,
    *,
    interval_min: int = 30,
    without: Collection[dt.date] = (),
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Fit a scenario of a usual week to an imported *log*, or to one in a folder.

    The result's `found.fitted.scenario` is the scenario, and `scenario_of(result.found)` its file.

    Parameters
    ----------
    interval_min
        Planning interval: 15, 30 or 60 minutes.
    without
        Days that were not usual: no arrivals are learnt from them.
    seed
        Of the weeks that are simulated to see whether the scenario gives the figures of the log.

    Raises
    ------
    LogError
        If the folder is no imported log.
    StudyError
        If there are too few chats, or a day is not in the log.
    """
    found = log if isinstance(log, Recorded) else read_log(log)
    fitted = fit(found, interval_min=interval_min, without=frozenset(without))
    _known_days(fitted, without)
    compared = compare_with(fitted.seen.asked, fitted.scenario, seed, progress, workers=workers)
    return result(Calibration(fitted, tuple(compared), seed))


def _known_days(fitted: Fitted, without: Collection[dt.date]) -> None:
    first = fitted.seen.start
    last = first + dt.timedelta(days=fitted.seen.n_days - 1)
    for day in without:
        if not first <= day <= last:
            raise StudyError(f"without: {day} is not in the log, which is of {first} to {last}")


def result(found: Calibration) -> Result:
    """Result of a fit to a log."""
    fitted = found.fitted
    centre = fitted.seen.chats.centre
    head = Head(
        "calibrate_log",
        (fitted.scenario.name,),
        basis(centre, fitted.seen.recorded),
        found.seed,
        title=centre.name,
    )
    tables = (
        _numbers(fitted),
        _compared(found.compared),
        _laws(fitted),
        _slower(fitted),
        _lacking(fitted),
        _unmodelled(fitted),
        replace(queues_table(fitted.volumes), is_shown=False),
        week_table(fitted.volumes),
        days_table(fitted.volumes),
        _curves(fitted),
        _hazard(fitted),
        _quantiles(fitted),
        _counts(fitted),
        _staffing(fitted),
    )
    facts: dict[str, Any] = {
        "interval_min": round(centre.interval_s / 60),
        "zone": fitted.seen.recorded.fact("zone", "UTC"),
        "days": centre.days,
        "start": str(centre.start),
    }
    return Result(head, (), tuple(_words(found)), tables, facts, found)


# Sentences


def _words(found: Calibration) -> Iterator[str]:
    fitted = found.fitted
    near = [each for each in found.compared if each.is_near]
    far = [each for each in found.compared if each.is_near is False]
    told = "; ".join(_beside(each) for each in (*far, *near)[:3])
    answer = (
        "the scenario gives the figures of the log"
        if not far
        else (f"of {plural(len(found.compared), 'figure')} of the log the scenario gives {len(near)}")
    )
    yield f"Fitted to {plural(len(fitted.seen.day), 'chat')}: {answer} ({told})."
    for each in fitted.queues:
        yield from _of_queue(each)
    yield from _of_teams(fitted)
    assumed = [each for each in fitted.known if each.how == "assumed"]
    if assumed:
        told = "; ".join(dict.fromkeys(_assumed(each) for each in assumed))
        yield f"Not told by this log, and assumed: {told}."
    if rows := unmodelled_of(fitted.seen, fitted.chains):
        told = "; ".join(f"{row.what} ({row.count:,.0f})" for row in rows)
        yield f"In the log, and not in the scenario: {told}."


def _beside(each: Compared) -> str:
    kpi = BY_NAME[each.kpi]
    of_log, simulated = (with_unit(kpi.unit, figure.value) for figure in (each.log, each.simulated))
    return f"{kpi.title} {of_log}, simulated {simulated}"


def _assumed(each: Known) -> str:
    value = "" if each.value is None else f" {number(each.value, each.unit)}"
    return f"{each.title[:1].lower()}{each.title[1:]}{value}"


def _of_queue(each: QueueFit) -> Iterator[str]:
    patience, silent = each.patience, None
    if each.hidden is not None:
        silent = each.hidden.silent
    elif patience is not None:
        silent = patience.silent
    if patience is not None:
        half = _at_half(each)
        when = "" if half is None else f"; half of them would within {half:,.0f} s"
        yield f"{each.name}: {patience.gave_up:,} of {patience.n:,} who had to wait gave up{when}."
    if silent is not None:
        share = silent.share
        ends = "" if share.low is None else f" ({100 * share.low:.0f} to {100 * (share.high or 0):.0f} %)"
        many = f"{100 * share.value:.0f} %{ends} of those who lose patience"
        yield f"{each.name}: {many} leave without a signal, {silent.how}."


def _at_half(each: QueueFit) -> float | None:
    assert each.patience is not None
    below = np.flatnonzero(each.patience.curve.share <= 0.5)
    return float(each.patience.curve.at_s[below[0]]) if len(below) else None


def _of_teams(fitted: Fitted) -> Iterator[str]:
    for team in fitted.teams:
        hours = [
            float(each.sum()) * fitted.scenario.interval_min / 60
            for each in weeks_of(fitted.seen, team.staffed)
        ]
        if team.staffed.is_recorded:
            yield f"{team.name}: {hours[0]:,.0f} agents' hours a week, as recorded."
        else:
            yield (
                f"{team.name}: nobody recorded who was on duty. Chats show {hours[1]:,.0f} to "
                f"{hours[2]:,.0f} agents' hours a week, and the scenario takes {hours[0]:,.0f}: idle "
                "agents can't be seen."
            )
        if team.cap.how == "at least":
            most = f"agents held {team.cap.value} chats at once at most, and rarely"
            yield f"{team.name}: {most}: their limit may be higher."


# Tables


def _quantity(value: float | None, low: float | None, high: float | None) -> Quantity:
    low, high = (None if end is None or np.isnan(end) else end for end in (low, high))
    return Quantity(value, low, high, False, value, None, None)


def _numbers(fitted: Fitted) -> Table:
    rows: list[Row] = [
        {
            "number": each.place,
            "title": _titled(fitted, each),
            "value": _quantity(each.value, each.low, each.high),
            "unit": each.unit,
            "n": each.n,
            "of": each.of,
            "how": each.how,
            "source": each.source,
        }
        for each in fitted.known
    ]
    columns = (
        Column("number", is_shown=False),
        Column("title", "Number"),
        Column("value", "Value", PER_ROW, "quantity", "span"),
        Column("unit", is_shown=False),
        Column("n", "Of", form="number", spare=2),
        Column("of", "", spare=3),
        Column("how", "How known"),
        Column("source", "From", look="span", spare=1),
    )
    return Table("numbers", "Numbers of the scenario", columns, rows, notes=(HOW,))


def _titled(fitted: Fitted, each: Known) -> str:
    """Title of a number with its queue or group, where there are several."""
    kind, _, rest = each.place.partition(".")
    names = {"queues": [q.name for q in fitted.queues], "groups": [g.name for g in fitted.scenario.groups]}
    if kind not in names or len(names[kind]) < 2:
        return each.title
    return f"{names[kind][int(rest.partition('.')[0])]}: {each.title}"


def _compared(compared: Sequence[Compared]) -> Table:
    rows: list[Row] = [
        {
            "kpi": each.kpi,
            "title": BY_NAME[each.kpi].title,
            "unit": BY_NAME[each.kpi].unit,
            "log": each.log,
            "simulated": each.simulated,
            "off": each.off,
            "near": each.is_near,
        }
        for each in compared
    ]
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("log", "Log", PER_ROW, "quantity", "span"),
        Column("simulated", "Simulated", PER_ROW, "quantity", "span"),
        Column("unit", is_shown=False),
        Column("off", "Off by", "share", "number"),
        Column("near", "Near", form="flag"),
    )
    note = (
        "Simulated: usual weeks; the log has its odd days. Near: within the log's interval, or a tenth "
        "(shares: 5 points)."
    )
    return Table("compared", "The log, and the scenario", columns, rows, notes=(note,))


def _fits(fitted: Fitted) -> Iterator[tuple[str, str, Sequence[Fit]]]:
    """Quantities to which laws were fitted: queue, what, laws."""
    for each in fitted.queues:
        if each.patience is not None:
            yield each.name, "patience", each.patience.fits
        if each.talk is not None:
            yield each.name, "agent_s", each.talk.agent
            yield each.name, "customer_s", each.talk.customer
            yield each.name, "wrap_up_s", each.talk.wrap_up
        yield each.name, "work_s", each.work
        yield each.name, "detect_s", each.detect
        yield each.name, "reply_patience", each.reply_patience
        if each.retry is not None:
            yield each.name, "retry.delay_s", each.retry.delay
        if each.returns is not None:
            yield each.name, "return.delay_s", each.returns.delay


def hazard_seen(each: QueueFit) -> Hazard | None:
    """Hazard of giving up by pieces, those who left without a signal allowed for."""
    if each.hidden is not None:
        return each.hidden.hazard
    return None if each.patience is None else each.patience.hazard


def _hazard(fitted: Fitted) -> Table:
    """Hazard of giving up by pieces, with what it is made of."""
    rows: list[Row] = []
    for each in fitted.queues:
        hazard = hazard_seen(each)
        if hazard is None:
            continue
        ends = [*hazard.edges_s[1:], None]
        rows += [
            {
                "queue": each.name, "from_s": float(hazard.edges_s[k]), "to_s": ends[k],
                "per_s": _quantity(*(float(part[k]) for part in (hazard.per_s, hazard.low, hazard.high))),
                "gave_up": float(hazard.events[k]), "waited_s": float(hazard.exposure_s[k]),
            }
            for k in range(len(hazard.edges_s))
        ]  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("from_s", "Wait from", "s", "number"),
        Column("to_s", "to", "s", "number"),
        Column("per_s", "Hazard", "1/s", "quantity", "span"),
        Column("gave_up", "Gave up", "customers", "number"),
        Column("waited_s", "Time waited", "s", "number"),
    )
    return Table("hazard", "Hazard of giving up", columns, rows, is_shown=False)


def _laws(fitted: Fitted) -> Table:
    """All laws that were fitted, best first."""
    rows: list[Row] = []
    for queue, what, fits in _fits(fitted):
        for each in fits:
            numbers = {name: _quantity(n.value, n.low, n.high) for name, n in each.numbers.items()}
            rows.append(
                {
                    "queue": queue,
                    "what": what,
                    "law": each.name,
                    "mean_s": numbers["mean_s"],
                    "cv": numbers.get("cv"),
                    "shape": numbers.get("shape"),
                    "aic": each.aic,
                    "n": each.n,
                    "censored": each.censored,
                }
            )
    for of_queue in fitted.queues:
        hazard = hazard_seen(of_queue)
        if hazard is not None:
            nothing = dict.fromkeys(("mean_s", "cv", "shape", "censored"))
            rows.append(
                {"queue": of_queue.name, "what": "patience", "law": "piecewise_hazard", "aic": hazard.aic,
                 "n": int(hazard.events.sum())} | nothing
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("what", "Of"),
        Column("law", "Law"),
        Column("mean_s", "Mean", "s", "quantity", "span"),
        Column("cv", "cv", "", "quantity", "span"),
        Column("shape", "Shape", "", "quantity", "span"),
        Column("aic", "AIC", "", "number"),
        Column("n", "Known", form="setting"),
        Column("censored", "Cut off", form="setting"),
    )
    note = "The lowest AIC is taken. Means of laws that were hardly seen to their end are far out."
    return Table(
        "laws", "Laws that were fitted", columns, rows, notes=(note,), divide="queue", is_shown=False
    )


def _slower(fitted: Fitted) -> Table:
    rows: list[Row] = [
        {"held": each.held, "turns": each.n, "attention_s": each.compose_s, "response_s": each.response_s}
        for each in fitted.slower
    ]
    columns = (
        Column("held", "Chats held", "chats", "setting"),
        Column("turns", "Replies", form="number"),
        Column("attention_s", "Attention", "s", "number"),
        Column("response_s", "Response", "s", "number"),
    )
    note = (
        "By chats that the agent held as the reply was begun. Attention: from the message, or from what they "
        "did before it."
    )
    return Table("by_held", "Replies by chats held", columns, rows, notes=(note,), is_shown=bool(rows))


def _lacking(fitted: Fitted) -> Table:
    """What is assumed, and why."""
    rows: list[Row] = [
        {
            "number": each.place,
            "title": _titled(fitted, each),
            "value": each.value,
            "unit": each.unit,
            "why": each.source,
        }
        for each in fitted.known
        if each.how == "assumed"
    ]
    columns = (
        Column("number", is_shown=False),
        Column("title", "Assumed"),
        Column("value", "Value", PER_ROW, "number"),
        Column("unit", is_shown=False),
        Column("why", "Why", look="span"),
    )
    return Table("assumed", "What the log does not tell", columns, rows, is_shown=bool(rows))


def _unmodelled(fitted: Fitted) -> Table:
    rows: list[Row] = [
        {"what": each.what, "count": each.count, "share": each.share, "remark": each.remark}
        for each in unmodelled_of(fitted.seen, fitted.chains)
    ]
    columns = (
        Column("what", "In the log"),
        Column("count", "Count", form="number"),
        Column("share", "Share", "share", "number"),
        Column("remark", "In the scenario", look="span"),
    )
    return Table("not_modelled", "What the scenario has not", columns, rows, is_shown=bool(rows))


def _curves(fitted: Fitted) -> Table:
    """Patience: Kaplan and Meier's curve, and the law of the scenario."""
    rows: list[Row] = []
    for q, each in enumerate(fitted.queues):
        if each.patience is None:
            continue
        curve, law = each.patience.curve, fitted.scenario.queues[q].patience
        assert law is not None
        if not len(curve.at_s):
            continue
        chosen = np.unique(np.linspace(0, len(curve.at_s) - 1, _POINTS).astype(int))
        grid = np.linspace(0, 0.9999, 4_000)
        beyond = 1 - np.interp(curve.at_s[chosen], law.quantile(grid), grid)
        rows += [
            {
                "queue": each.name,
                "at_s": float(curve.at_s[k]),
                "share": _quantity(*(float(part[k]) for part in (curve.share, curve.low, curve.high))),
                "law": float(of_law),
            }
            for k, of_law in zip(chosen, beyond, strict=True)
        ]
    columns = (
        Column("queue", "Queue"),
        Column("at_s", "Wait", "s", "number"),
        Column("share", "Would wait longer", "share", "quantity", "span"),
        Column("law", "By the law", "share", "number"),
    )
    return Table("patience", "How long customers wait", columns, rows, is_shown=False)


def _quantiles(fitted: Fitted) -> Table:
    """Durations that are known to their end: their quantiles, and those of the law."""
    shares = (np.arange(_POINTS) + 0.5) / _POINTS
    rows: list[Row] = []
    for queue, what, values, law in samples_of(fitted):
        seen, told = np.quantile(values, shares), law.quantile(shares)
        rows += [
            {"queue": queue, "what": what, "share": float(share), "seen_s": float(a), "law_s": float(b)}
            for share, a, b in zip(shares, seen, told, strict=True)
        ]
    columns = (
        Column("queue", "Queue"),
        Column("what", "Of"),
        Column("share", "Share below", "share", "number"),
        Column("seen_s", "Seen", "s", "number"),
        Column("law_s", "By the law", "s", "number"),
    )
    return Table("durations", "Durations, seen and by their laws", columns, rows, is_shown=False)


def _counts(fitted: Fitted) -> Table:
    """Replies of chats that came to their end, and by the law."""
    rows: list[Row] = []
    for each in fitted.queues:
        if each.talk is None:
            continue
        turns = each.talk.turns
        draws = turns.law.quantile((np.arange(20_000) + 0.5) / 20_000)
        told = np.bincount(draws.astype(int), minlength=len(turns.share) + 1)[1:] / 20_000
        rows += [
            {"queue": each.name, "replies": k + 1, "share": float(turns.share[k]), "law": float(told[k])}
            for k in range(min(len(turns.share), 40))
        ]
    columns = (
        Column("queue", "Queue"),
        Column("replies", "Replies", form="setting"),
        Column("share", "Chats", "share", "number"),
        Column("law", "By the law", "share", "number"),
    )
    return Table("replies", "Replies of a chat", columns, rows, is_shown=False)


def _staffing(fitted: Fitted) -> Table:
    """Agents on duty by weekday and interval, with the range of what is inferred."""
    rows: list[Row] = []
    for team, group in zip(fitted.teams, fitted.scenario.groups, strict=False):
        told, low, high = weeks_of(fitted.seen, team.staffed)
        by_day = group.staffing_by_day
        for day, slot in np.ndindex(told.shape):
            said = None if by_day is None else by_day.of_weekday(list(Weekday)[day])
            rows.append(
                {
                    "group": team.name,
                    "weekday": DAYS[day],
                    "start_s": slot * fitted.scenario.interval_min * 60.0,
                    "agents": said[slot] if said else 0,
                    "seen": float(told[day, slot]),
                    "low": float(low[day, slot]),
                    "high": float(high[day, slot]),
                }
            )
    columns = (
        Column("group", "Group"),
        Column("weekday", "Weekday"),
        Column("start_s", "Start", form="clock"),
        Column("agents", "Agents", "agents", "setting"),
        Column("seen", "Seen", "agents", "number"),
        Column("low", "From", "agents", "number"),
        Column("high", "to", "agents", "number"),
    )
    return Table("staffing", "Agents on duty", columns, rows, is_shown=False)


# The file


def scenario_of(found: Calibration) -> str:
    """Give the scenario as a file, each number with its interval, sample and source."""
    fitted = found.fitted
    centre = fitted.seen.chats.centre
    comments = {each.place: _comment(each) for each in fitted.known}
    head = [
        f"Fitted to {centre.name}: {basis(centre, fitted.seen.recorded)}.",
        "Measured: the log tells it, (95 % interval), n of what. Inferred: by way of something else.",
        "Assumed: not told.",
    ]
    lacking = [each for each in fitted.known if each.how == "assumed"]
    if lacking:
        head += ["", "Not told by the log, and assumed:"]
        head += list(dict.fromkeys(f"  {_titled(fitted, each)}: {each.source}" for each in lacking))
    if rows := unmodelled_of(fitted.seen, fitted.chains):
        head += ["", "In the log, and not in this scenario:"]
        head += [f"  {row.what}: {row.count:,.0f}; {row.remark}" for row in rows]
    head += ["", "Try: sim check THIS_FILE, then sim run THIS_FILE"]
    return commented(fitted.data, comments, head)


def _comment(each: Known) -> str:
    ends = (
        ""
        if each.low is None or each.high is None
        else f" ({number(each.low, '')} to {number(each.high, '')})"
    )
    value = (
        ""
        if each.value is None or not each.place.endswith(("per_hour", "staffing_by_day", "values"))
        else (f" {number(each.value, '')} {each.title[:1].lower()}{each.title[1:]}")
    )
    n = "" if each.n is None else f", n = {each.n:,.0f} {each.of}"
    return f"{each.how}{value}{ends}{n}: {each.source}"
