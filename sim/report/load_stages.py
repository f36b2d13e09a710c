"""What does a server under a course of load answer with? What a load test does, and a row a stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sim.drive.latency import Verb
from sim.drive.parts import PartDriven
from sim.report.load import INCIDENTS, limit_text, said_of
from sim.report.load import result as result_of_load
from sim.report.result import Column, Judged, Result, Row, Table, figure_column
from sim.report.stages import load_text, time_text
from sim.scenario.units import plural
from sim.studies.driven.stages import LoadedStages
from sim.studies.stress.load import Span

USUAL = (
    "Limits are the usual ones of a server, as none were given: --fail-if says others. The thresholds of "
    "the scenario's "
    "[stress] are the team's, and sim stress judges them."
)
METHOD = (
    "Each stage is what began in it, of one driven day: one day says little of the luck of days. "
    "Unanswered: missed, "
    "beyond what the simulation predicts for that stage."
)


CUT = "The load ended with the last stage shown, and what was open was closed: --abort-on-fail."


def result(found: LoadedStages) -> Result:
    """Result of a server under a course of load."""
    plain = result_of_load(found.loaded)
    head = replace(plain.head, basis=f"{found.profile}: {found.told}\n{plain.head.basis}")
    first, *others = plain.words
    words = (
        _answer(found),
        *([CUT] if found.loaded.aborted else ()),
        first,
        *others,
        *([USUAL] if found.is_usual else ()),
        *([INCIDENTS] if found.has_incidents else ()),
    )
    facts = {**plain.facts, "profile": str(found.profile), "broken": _broken(found)}
    facts["aborted"] = found.loaded.aborted
    judged = tuple(_judged(found, plain.judged))
    return Result(head, judged, words, (_stages(found), *plain.tables), facts, found.loaded)


def _broken(found: LoadedStages) -> list[str]:
    return list(dict.fromkeys(each.limit.text for each in found.loaded.limits if each.met is False))


def _judged(found: LoadedStages, judged: Sequence[Judged]) -> Iterator[Judged]:
    """Each limit where it is missed first, or where it is nearest to that."""
    by_limit: dict[str, list[Judged]] = {}
    for each in judged:
        by_limit.setdefault(each.target, []).append(each)
    for some in by_limit.values():
        missed = [each for each in some if each.met is False]
        yield missed[0] if missed else max(some, key=_nearness)


def _nearness(each: Judged) -> float:
    value = each.quantity.value
    if value is None or each.bound is None:
        return float("-inf")
    return value - each.bound if each.side == "at most" else each.bound - value


def _answer(found: LoadedStages) -> str:
    """What breaks first and where, or that all holds."""
    spans = {span.name: span for span in found.stages}
    missed = [each for each in found.loaded.limits if each.met is False]
    if not missed:
        known = {each.limit.text for each in found.loaded.limits if each.met is not None}
        n = len({each.limit.text for each in found.loaded.limits})
        if not known:
            return "No limit can be judged: nothing of the kind happened."
        rest = "" if len(known) == n else f"; {n - len(known)} of {n} can't be judged"
        hold = (
            "The limit holds" if n == 1 else f"{'All ' * (len(known) == n)}{plural(len(known), 'limit')} hold"
        )
        return f"{hold} in {plural(len(found.stages), 'stage')}{rest}."
    names = list(spans)
    first = min(missed, key=lambda each: names.index(each.part) if each.part else len(names))
    span = spans.get(first.part)
    where = (
        "over the run"
        if span is None
        else f"in stage {span.name.removeprefix('stage ')}, at {load_text(span)} of the demand"
    )
    return f"{limit_text(first.limit)} breaks {where}: {said_of(first)}."


def _stages(found: LoadedStages) -> Table:
    """A row a stage."""
    rows = [_row(found, span, part) for span, part in zip(found.stages, found.loaded.parts, strict=True)]
    columns = (
        Column("stage", "Stage"),
        Column("start_s", form="number", is_shown=False),
        Column("end_s", form="number", is_shown=False),
        Column("time", "Time", spare=3),
        Column("load", "Load"),
        Column("from_factor", form="number", is_shown=False),
        Column("to_factor", form="number", is_shown=False),
        Column("met", "Limits\nkept"),
        figure_column("offered", spare=1),
        Column("send_p99_ms", "Send p99", "ms", "number", spare=2),
        Column("deliver_p50_ms", unit="ms", form="number", is_shown=False),
        Column("deliver_p99_ms", "Deliver p99", "ms", "number"),
        Column("errors", "Errors", form="number"),
        Column("lost", "Lost", form="number"),
        Column("unanswered", "Unanswered", "share", "number"),
        Column("skipped", "Not sent", form="number", is_shown=bool(found.loaded.skipped)),
    )
    return Table("stages", "Stages", columns, rows, notes=(METHOD,))


def _row(found: LoadedStages, span: Span, part: PartDriven) -> Row:
    mine = [each.met for each in found.loaded.limits if each.part == span.name and each.met is not None]
    row: dict[str, Any] = {
        "stage": span.name,
        "start_s": span.start_s,
        "end_s": span.end_s,
        "time": time_text(span.start_s, span.end_s, found.loaded.days[0].day.scenario),
        "load": load_text(span),
        "from_factor": span.before,
        "to_factor": span.factor,
        "met": f"{sum(mine)} of {len(mine)}" if mine else "",
        "offered": part.measured.figure("offered").value,
        **{name: None if value is None else value for name, value in part.counts.items()},
    }
    for verb, percent in ((Verb.SEND, 99), (Verb.DELIVER, 50), (Verb.DELIVER, 99)):
        times = part.latencies[verb]
        row[f"{verb}_p{percent}_ms"] = 1000 * times.percentile_s(percent) if times.n else None
    for name in ("errors", "lost", "skipped"):
        row[name] = int(part.counts[name] or 0)
    return row
