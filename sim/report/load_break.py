"""What does a search for the load at which a server breaks answer with? Bounds, and a row a driven load."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sim.drive.latency import Verb
from sim.report.load import broken_laws, limit_text, one_of, titled_limit
from sim.report.load import result as result_of_load
from sim.report.numbers import HARD, number
from sim.report.result import PER_ROW, Column, Result, Row, Table
from sim.scenario.units import plural
from sim.studies.driven.breakpoint import ENDS, ServerBreak, ServerBreaks, Trial

METHOD = (
    "Held up to: the highest load that was driven at which it held; broke at: the lowest at which it did "
    "not. Each load "
    "was driven once, so these are what was seen and no interval: what broke once may have broken by chance."
)
SPEEDED = (
    "At speed {speed:g} the server is asked {speed:g} times as much each second as by the same customers "
    "in real time."
)
USUAL = "Limits are the usual ones of a server, as none were given: --fail-if says others."


def result(found: ServerBreaks) -> Result:
    """Result of a search for the load at which a server breaks."""
    first = found.trials[0].loaded
    plain = result_of_load(first)
    who = "customers" if found.same_team else "customers and agents"
    loads = f"breakpoint: {plural(len(found.trials), 'load')}, more and more {who}"
    head = replace(plain.head, basis=f"{loads}\n{one_of(first)}", interrupted=found.interrupted)
    broken = found.points[0]
    facts: dict[str, Any] = {
        **plain.facts,
        "profile": "breakpoint",
        "breaks_first": None if broken.upper is None else broken.limit.text,
        "lower": max((each.factor for each in found.trials if _holds(each, broken.upper)), default=None),
        "upper": broken.upper,
        "highest": found.highest,
        "same_team": found.same_team,
        "ended": found.ended,
    }
    tables = [
        _points(found),
        _trials(found),
        *(table for table in plain.tables if table.name != "invariants"),
    ]
    tables.append(_broken_laws(found))
    shown = tuple(
        replace(table, is_shown=False) if table.name in {"figures", "latencies"} else table
        for table in tables
    )
    words = (*_words(found), *plain.words[:1])
    is_told = not found.trials[0].doubt
    judged = plain.judged if is_told else tuple(replace(each, met=None) for each in plain.judged)
    return Result(head, judged, words, shown, facts, found)


def _holds(trial: Trial, upper: float | None) -> bool:
    return not trial.doubt and not trial.is_broken and (upper is None or trial.factor < upper)


def _load(factor: float | None) -> str:
    return f"×{HARD}{number(factor, '×')}"


def _words(found: ServerBreaks) -> Iterator[str]:
    first = found.points[0]
    what = "of the load" if not found.same_team else "of the demand"
    if first.upper is None:
        held = max((trial.factor for trial in found.trials if not trial.doubt), default=None)
        yield (
            "Nothing can be said of any load."
            if held is None
            else f"Nothing broke up to {_load(held)} {what}: higher loads were not driven."
        )
    else:
        together = [point for point in found.points if point.upper == first.upper]
        names = "; ".join(_named(point) for point in together)
        lower = max((trial.factor for trial in found.trials if _holds(trial, first.upper)), default=None)
        held_to = "it broke at every load" if lower is None else f"all held at {_load(lower)}"
        yield f"{names} broke at {_load(first.upper)} {what}; {held_to}."
    again = [point for point in found.points if point.held_again]
    for point in again:
        loads = ", ".join(map(_load, point.held_again))
        yield f"{_named(point)} held again at {loads}, so its bounds are not sure."
    if found.ended:
        yield f"The search ended before its bounds were close: {found.ended}."
    if found.interrupted:
        yield "Interrupted: bounds are those of the loads until then."
    speed = found.trials[0].loaded.options.speed
    if speed != 1 and not found.trials[0].loaded.options.virtual:
        yield SPEEDED.format(speed=speed)
    if found.is_usual:
        yield USUAL
    yield f"At {_load(1.0)}:"


def _named(point: ServerBreak) -> str:
    return "A day that comes to its end" if point.limit is ENDS else limit_text(point.limit)


def _points(found: ServerBreaks) -> Table:
    """A row a limit, what broke first at the top."""
    rows = [
        {
            "figure": point.limit.figure,
            "limit": point.limit.text,
            "title": "The day comes to its end" if point.limit is ENDS else limit_text(point.limit),
            "lower": point.lower,
            "upper": point.upper,
            "at_lower": point.at_lower,
            "at_upper": point.at_upper,
            "held_again": list(point.held_again),
            "unit": point.limit.unit,
            "shown": point.limit is not ENDS or point.upper is not None,
        }
        for point in found.points
    ]
    columns = (
        Column("figure", is_shown=False),
        Column("limit", is_shown=False),
        Column("title", "Limit"),
        Column("lower", "Held up to\n× load", form="number"),
        Column("at_lower", "Value there", PER_ROW, "number", spare=2),
        Column("upper", "Broke at\n× load", form="number"),
        Column("at_upper", "Value there", PER_ROW, "number", spare=1),
        Column("held_again", form="setting", is_shown=False),
        Column("unit", is_shown=False),
        Column("shown", form="flag", is_shown=False),
    )
    return Table("break_points", "Break points", columns, rows, notes=(METHOD,))


def _trials(found: ServerBreaks) -> Table:
    """A row a load, the lowest first."""
    rows = [_row(trial, place) for place, trial in enumerate(found.trials)]
    rows.sort(key=lambda row: row["factor"])
    columns = (
        Column("factor", "Load", "×", "number"),
        Column("agents", "Agents", form="number", spare=4),
        Column("order", form="number", is_shown=False),
        Column("chats", "Chats", form="number"),
        Column("messages_per_s", "Messages", "per s", "number", spare=3),
        Column("deliver_p50_ms", unit="ms", form="number", is_shown=False),
        Column("deliver_p99_ms", "Deliver p99", "ms", "number"),
        Column("send_p99_ms", "Send p99", "ms", "number", spare=2),
        Column("errors", "Errors", form="number"),
        Column("lost", "Lost", form="number"),
        Column("unanswered", "Unanswered", "share", "number"),
        Column("lag_p99_ms", "Driver's lag p99", "ms", "number", spare=1),
        Column("broken", "Broken", look="span"),
        Column("doubt", is_shown=False),
    )
    note = (
        "Messages: sent in a second of the clock. Unanswered: missed, beyond what is predicted of that load."
    )
    return Table("trials", "Loads that were driven", columns, rows, notes=(note,))


def _row(trial: Trial, place: int) -> Row:
    loaded = trial.loaded
    row: dict[str, Any] = {
        "factor": trial.factor,
        "agents": trial.agents,
        "order": place,
        "chats": sum(day.live.offered for day in loaded.days),
        "messages_per_s": loaded.latencies[Verb.SEND].n / max(sum(day.wall_s for day in loaded.days), 1e-9),
        "errors": int(loaded.counts["errors"] or 0),
        "lost": int(loaded.counts["lost"] or 0),
        "unanswered": loaded.counts["unanswered"],
        "lag_p99_ms": 1000 * loaded.lag.percentile_s(99),
        "doubt": trial.doubt,
    }
    for verb, percent in ((Verb.DELIVER, 50), (Verb.DELIVER, 99), (Verb.SEND, 99)):
        times = loaded.latencies[verb]
        row[f"{verb}_p{percent}_ms"] = 1000 * times.percentile_s(percent) if times.n else None
    broken = [
        "did not end" if each.limit is ENDS else titled_limit(each.limit)
        for each in trial.checks
        if each.met is False
    ]
    row["broken"] = "not judged" if trial.doubt else ", ".join(broken)
    return row


def _broken_laws(found: ServerBreaks) -> Table:
    """All broken laws, of every load."""
    rows: list[Row] = []
    table = None
    for trial in found.trials:
        table = broken_laws(trial.loaded)
        rows += [{**row, "factor": trial.factor, "shown": len(rows) < 10} for row in table.rows]
    assert table is not None
    columns = (Column("factor", "Load", "×", "number"), *table.columns)
    notes = (f"… and {len(rows) - 10:,} more.",) if len(rows) > 10 else ()
    return replace(table, columns=columns, rows=rows, notes=notes, is_shown=bool(rows))
