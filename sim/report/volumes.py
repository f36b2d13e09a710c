"""What do volumes answer with? A usual week, how much days and intervals vary, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.history.account import Account
from sim.kpis.estimate import Quantity
from sim.report.numbers import number, percent
from sim.report.result import Column, Head, Result, Row, Table, answering
from sim.scenario.units import clock_text, plural
from sim.studies.volumes.dispersion import Dispersion, Spread
from sim.studies.volumes.pattern import WEEK, Trend
from sim.studies.volumes.study import QueueVolumes, Volumes, a_day
from sim.studies.volumes.study import volumes as look_at_volumes

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SURE = 0.001
"""Probability below which a test is told as sure."""
_DOUBTFUL = 0.05
_ODD = 3
"""Odd days that are named in words."""
BEYOND = (
    "χ²/df: 1 for chance alone. Spreads are beyond weekday, interval and chance; their 95 % intervals are "
    "those of weeks (jackknife)."
)


def result(found: Volumes) -> Result:
    """Result of a look at volumes."""
    history = found.history
    first = min(each.series.first for each in found.queues)
    last = max(each.series.last for each in found.queues)
    basis = f"{plural(len(history.files), 'file')}, {first} to {last}" + (
        f", times of {history.zone}" if history.zone else ""
    )
    head = Head("volumes", (), basis, title=", ".join(history.files))
    facts: dict[str, Any] = {
        "interval_min": found.queues[0].series.interval_min,
        "zone": history.zone,
        "rows_read": history.account.rows,
        "rows_kept": history.account.kept,
        "understood": list(history.account.understood),
        "remarks": list(history.account.remarks),
        "profile": None if found.profile is None else found.profile.told,
    }
    tables = [queues_table(found), _weekdays(found), week_table(found), days_table(found), _odd(found)]
    tables.append(left_out(history.account))
    return Result(head, (), tuple(_words(found)), tuple(tables), facts, found)


def _words(found: Volumes) -> Iterator[str]:
    for each in found.queues:
        yield _came(each)
        yield _varies(each)
        yield from _more(each)
    if found.profile is not None:
        what = "months" if any(each.read.kind == "months" for each in found.queues) else "days"
        yield f"Totals of {what} were spread over intervals by {found.profile.told}."
    yield from read_words(found.history.account)


def read_words(account: Account) -> Iterator[str]:
    """How files were read: rows, what was left out, and what is to be known."""
    yield "; ".join(account.words()) + "."
    yield from (f"{said}." for said in account.understood)
    yield from (said if said.endswith("?") else f"{said}." for said in account.remarks)


def _came(each: QueueVolumes) -> str:
    """How many came, and when most."""
    days = a_day(each.pattern)
    known = int(each.series.has_rows.sum())
    week = float(np.nansum(days))
    sentence = (
        f"{each.name}: {each.series.total:,.0f} chats on {plural(known, 'day')}; a usual week has {week:,.0f}"
    )
    if week <= 0:
        return f"{sentence}."
    busiest = int(np.nanargmax(days))
    mean = np.nan_to_num(each.pattern.mean)
    day, slot = np.unravel_index(int(mean.argmax()), mean.shape)
    start_s = float(slot) * each.series.interval_min * 60
    return (
        f"{sentence}, {DAYS[busiest]}s most ({days[busiest]:,.0f}); the busiest interval is {DAYS[int(day)]} "
        f"{clock_text(start_s)} with {number(float(mean[day, slot]), 'chats')}."
    )


def _varies(each: QueueVolumes) -> str:
    """Whether there is more than chance."""
    found = each.dispersion
    if not each.is_counts:
        return (
            f"{each.name}: not all volumes are whole numbers: they are forecasts or means, and say nothing "
            "of how much days vary."
        )
    if found is None:
        why = "totals of months" if each.read.kind == "months" else "no weekday was seen twice"
        return f"{each.name}: how much days vary is not known: {why}."
    what = "day" if found.interval is None else "interval"
    index = f"χ²/df {found.index:.2f} on {found.freedom:,} degrees of freedom"
    if found.p > _DOUBTFUL:
        return f"{each.name}: {what}s vary as chance alone would make them ({index}, p = {found.p:.2g})."
    sure = "p < 0.001" if found.p < _SURE else f"p = {found.p:.2g}"
    within = "" if found.interval is None else f", intervals within a day by {_spread(found.interval)}"
    return (
        f"{each.name}: not Poisson, {index} ({sure}): days differ by {_spread(found.day)}{within}, beyond "
        "weekday and chance. A plan for the mean is short on busy days."
    )


def _spread(spread: Spread) -> str:
    value = f"± {percent(spread.value)}"
    if spread.low is None or spread.high is None:
        return value
    return f"{value} ({_bare(spread.low)} to {percent(spread.high)})"


def _bare(share: float) -> str:
    return percent(share).removesuffix(" %").removesuffix("\u00a0%")


def _more(each: QueueVolumes) -> Iterator[str]:
    aht = each.series.aht_s
    if aht is not None:
        yield (
            f"{each.name}: mean handling time {number(aht, 's')} s, weighted by contacts. If your tool has "
            "divided it by the chats held at once, multiply it by them again."
        )
    if each.trend is not None:
        yield f"{each.name}: {_growth(each.trend)}."
    if each.odd:
        named = "; ".join(f"{odd.day:%a} {odd.day} {odd.ratio:.2g} times as many" for odd in each.odd[:_ODD])
        more = f", and {len(each.odd) - _ODD} more" if len(each.odd) > _ODD else ""
        yield (
            f"{each.name}: {plural(len(each.odd), 'day')} unlike others of the weekday: {named}{more}. They "
            "count in all figures here; --without DATE leaves a day out."
        )
    if each.holidays:
        factor = (
            "" if each.holiday_factor is None else f", with {each.holiday_factor:.2g} times the usual chats"
        )
        yield (
            f"{each.name}: {plural(len(each.holidays), 'public holiday')} left out of the usual week and of "
            f"spreads{factor}."
        )


def _growth(trend: Trend) -> str:
    span = f"95 %: {_points(trend.low)} to {_points(trend.high)} % a week"
    if not trend.is_sure:
        return f"no growth from week to week is sure ({span})"
    words = "grow" if trend.a_week > 0 else "shrink"
    return f"volumes {words} by {_points(abs(trend.a_week))} % a week ({span})"


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _quantity(spread: Spread | None) -> Quantity | None:
    if spread is None:
        return None
    return Quantity(spread.value, spread.low, spread.high, False, spread.value, None, None)


def queues_table(found: Volumes) -> Table:
    """Volumes of each queue, and how much they vary."""
    rows: list[Row] = [_queue(each) for each in found.queues]
    columns = (
        Column("queue", "Queue"),
        Column("days", "Days", "days", "setting"),
        Column("missing_days", "missing", "days", "setting", spare=3),
        Column("chats", "Chats", "chats", "number"),
        Column("week", "a week", "chats", "number", spare=4),
        Column("index", "χ²/df", "", "number"),
        Column("p", "p", "", "number", is_shown=False),
        Column("freedom", "df", form="setting", is_shown=False),
        Column("busyness_cv", "Days differ by", "share", "quantity", "span"),
        Column("interval_cv", "Intervals by", "share", "quantity", "span"),
        Column("alpha", "NB2 α", "", "quantity", is_shown=False),
        Column("aht_s", "AHT", "s", "number", spare=2),
        Column("growth_a_week", "Growth a week", "share", "quantity", is_shown=False),
        Column("holiday_factor", "Holidays", form="number", is_shown=False),
    )
    return Table("queues", "Volumes by queue", columns, rows, notes=(BEYOND,))


def _queue(each: QueueVolumes) -> Row:
    spread: Dispersion | None = each.dispersion
    trend = each.trend
    growth = None if trend is None else Quantity(
        trend.a_week, trend.low, trend.high, False, trend.a_week, None, None
    )  # fmt: skip
    return {
        "queue": each.name,
        "days": int(each.series.has_rows.sum()), "missing_days": len(each.series.missing_days),
        "chats": each.series.total, "week": float(np.nansum(a_day(each.pattern))),
        "index": None if spread is None else spread.index,
        "p": None if spread is None else spread.p,
        "freedom": None if spread is None else spread.freedom,
        "busyness_cv": None if spread is None else _quantity(spread.day),
        "interval_cv": None if spread is None else _quantity(spread.interval),
        "alpha": None if spread is None else _quantity(spread.alpha),
        "aht_s": each.series.aht_s,
        "growth_a_week": growth,
        "holiday_factor": each.holiday_factor,
    }  # fmt: skip


def _weekdays(found: Volumes) -> Table:
    """A usual day of each weekday."""
    rows: list[Row] = []
    for each in found.queues:
        days = a_day(each.pattern)
        for weekday in range(WEEK):
            n = int((each.series.has_rows & (each.series.weekdays == weekday)).sum())
            mean = each.pattern.mean[weekday]
            busiest = None if not n or np.nansum(mean) <= 0 else int(np.nanargmax(mean))
            rows.append(
                {
                    "queue": each.name, "weekday": DAYS[weekday], "days": n,
                    "chats": float(days[weekday]) if n else None,
                    "busiest_s": None if busiest is None else busiest * each.series.interval_min * 60.0,
                    "most": None if busiest is None else float(mean[busiest]),
                }
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("weekday", "Weekday"),
        Column("days", "Days", "days", "setting"),
        Column("chats", "Chats", "chats", "number"),
        Column("busiest_s", "Busiest at", form="clock"),
        Column("most", "with", "chats", "number"),
    )
    return Table("by_weekday", "A usual day", columns, rows, divide="queue")


def week_table(found: Volumes) -> Table:
    """Mean of each weekday and interval, for spreadsheets and pictures."""
    rows: list[Row] = []
    for each in found.queues:
        for weekday, slot in np.ndindex(each.pattern.mean.shape):
            mean = float(each.pattern.mean[weekday, slot])
            rows.append(
                {
                    "queue": each.name, "weekday": DAYS[weekday],
                    "start_s": slot * each.series.interval_min * 60.0,
                    "chats": None if np.isnan(mean) else mean, "days": int(each.pattern.days[weekday, slot]),
                }
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("weekday", "Weekday"),
        Column("start_s", "Start", form="clock"),
        Column("chats", "Chats", "chats", "number"),
        Column("days", "Days", "days", "setting"),
    )
    return Table("usual_week", "A usual week by interval", columns, rows, is_shown=False)


def days_table(found: Volumes) -> Table:
    """Chats of each day, beside what is usual of its weekday."""
    rows: list[Row] = []
    for each in found.queues:
        usual, known = a_day(each.pattern), each.series.has_rows
        totals = np.nansum(each.series.offered, axis=1)
        odd = {one.day for one in each.odd}
        for day in range(each.series.days):
            date, expected = each.series.date(day), float(usual[each.series.weekdays[day]])
            rows.append(
                {
                    "queue": each.name, "day": str(date), "weekday": DAYS[date.weekday()],
                    "chats": float(totals[day]) if known[day] else None,
                    "usual": None if np.isnan(expected) else expected,
                    "odd": date in odd, "holiday": each.holidays.get(date, ""),
                }
            )  # fmt: skip
    columns = (
        Column("queue", "Queue"),
        Column("day", "Day"),
        Column("weekday", "Weekday"),
        Column("chats", "Chats", "chats", "number"),
        Column("usual", "Usually", "chats", "number"),
        Column("odd", "Unlike others", form="flag"),
        Column("holiday", "Holiday"),
    )
    return Table("by_day", "Day by day", columns, rows, is_shown=False)


def _odd(found: Volumes) -> Table:
    rows: list[Row] = [
        {"queue": each.name, "day": str(odd.day), "weekday": DAYS[odd.day.weekday()], "ratio": odd.ratio}
        for each in found.queues
        for odd in each.odd
    ]
    columns = (
        Column("queue", "Queue"),
        Column("day", "Day"),
        Column("weekday", "Weekday"),
        Column("ratio", "Times the usual", form="number"),
    )
    return Table("odd_days", "Days unlike others of their weekday", columns, rows, is_shown=False)


def left_out(account: Account) -> Table:
    """Rows that were left out, and why."""
    rows: list[Row] = [
        {"why": why, "rows": left.n, "contacts": left.contacts, "places": ", ".join(left.places)}
        for why, left in account.left_out.items()
    ]
    columns = (
        Column("why", "Rows left out"),
        Column("rows", "Rows", "rows", "setting"),
        Column("contacts", "Contacts", "chats", "number"),
        Column("places", "First places", look="span"),
    )
    return Table("left_out", "Rows left out", columns, rows, is_shown=False)


volumes = answering(look_at_volumes, result)
