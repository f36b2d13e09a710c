"""What does a driven server answer with? A verdict, predicted beside measured, latencies, broken laws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from sim.arrays import Floats
from sim.drive.invariants import Invariant
from sim.drive.judge import Compared, Verdict
from sim.drive.latency import Verb
from sim.drive.limits import OWN, TIMES, Checked, Limit
from sim.drive.record import Kind
from sim.drive.run import Driven
from sim.drive.trial import Loaded
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.log.chatlog import ChatLog
from sim.report.naming import zone_of
from sim.report.numbers import in_words, target_text, with_unit
from sim.report.result import PER_ROW, Column, Head, Judged, Result, Row, Table
from sim.scenario.units import plural

METHOD = (
    "Predicted: the simulated twin of the very same day. Blur: how far a healthy server may be off because "
    "everything takes its time. A figure differs beyond its blur and {critical:.1f} standard errors, at "
    "which any figure of a healthy server is called different once in 100 runs."
)
OF_REPLAYS = "Intervals of so few days are those of {replays:,} replays of the same day with such delays."
INCIDENTS = "The scenario's incidents are not played: they happen to simulated centres alone (sim stress)."
MOST_ROWS = 20
"""More broken laws are counted, not shown."""
MOST_NAMED = 6
"""More figures that differ are counted, not named."""
POINTS = 300
"""Points in time of a picture."""
HEADLINES = (
    *("offered", "abandoned", "missed_rate", "service_level", "wait_s", "asa_s", "frt_s", "response_s"),
    *("duration_s", "aht_s", "occupancy", "concurrency"),
)
"""Figures that are shown even if they don't differ."""


def result(found: Loaded) -> Result:
    """Result of a load test."""
    head = Head(
        "load",
        (found.scenario.name,),
        one_of(found),
        found.seed,
        len(found.days),
        interrupted=found.interrupted,
    )
    tables = (
        _figures(found),
        _one_side(found, "predicted", "Predicted"),
        _one_side(found, "measured", "Measured"),
        _latencies(found),
        broken_laws(found),
        _platform(found),
        _over_time(found.days[0]),
    )
    limits = tuple(_limit(each) for each in found.limits)
    return Result(head, limits, tuple(_words(found)), tables, _facts(found), found)


def _place(found: Loaded) -> str:
    """The server: its adapter and its address, without what may follow it."""
    parts = urlsplit(found.target.url)
    if not parts.hostname:
        return found.target.adapter
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{found.target.adapter} at {parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def one_of(found: Loaded) -> str:
    """Server, days, speed and chats of a load."""
    chats = sum(day.live.offered for day in found.days)
    speed = "in virtual time" if found.options.virtual else f"at speed {found.options.speed:g}"
    days = plural(found.wanted, "replication")
    if len(found.days) < found.wanted:
        days = f"{len(found.days)} of {days}"
    return f"{_place(found)}, {days} {speed}, seed {found.seed}: {plural(chats, 'chat')}"


def _facts(found: Loaded) -> dict[str, Any]:
    causes: Counter[str] = Counter()
    for day in found.days:
        causes.update(day.causes)
    delays, scenario = found.judgement.delays, found.scenario
    return {
        "target": _place(found),
        "speed": found.options.speed,
        "virtual": found.options.virtual,
        "mode": str(found.options.mode),
        "judged": found.judgement.is_judged,
        "doubts": list(found.judgement.doubts),
        "differs": list(found.judgement.differs),
        "critical": found.judgement.critical,
        "replays": found.judgement.replays,
        "accept_s": delays.accept_s,
        "deliver_s": delays.deliver_s,
        "lag_p50_ms": 1000 * found.lag.percentile_s(50),
        "lag_p99_ms": 1000 * found.lag.percentile_s(99),
        "offered": sum(day.live.offered for day in found.days),
        "skipped": found.skipped,
        "errors": found.errors,
        "causes": dict(causes),
        "endings": [str(day.ending) for day in found.days],
        "start": str(scenario.start),
        **zone_of(scenario),
    }


# Words


def _words(found: Loaded) -> Iterator[str]:
    yield f"{_stopped(found)}{_answer(found)}"
    if found.failures:
        counts = Counter(told.failure.name for told in found.failures)
        which = "; ".join(
            f"{name.words[0].lower()}{name.words[1:]} ({plural(n, 'time')})" for name, n in counts.items()
        )
        yield f"Laws that no server may break were broken: {which}."
    if found.errors:
        worst = max(
            ((cause, n) for day in found.days for cause, n in day.causes.items()), key=lambda pair: pair[1]
        )
        yield f"The server failed {plural(found.errors, 'request')}, most often so: {worst[0]}."
    yield from _on_purpose(found)
    if found.scenario.stress is not None and found.scenario.stress.incidents:
        yield INCIDENTS
    if found.judgement.delays:
        yield from _blur(found)
    if not found.options.virtual and found.options.speed != 1 and found.judgement.differs:
        yield (
            "A server's own timers (time-outs, heartbeats, rate limits) do not scale: at speed "
            f"{found.options.speed:g} they seem as many times longer. Only a run at --speed 1 may fail a "
            "server on those."
        )


def _on_purpose(found: Loaded) -> Iterator[str]:
    """What was done to connections."""
    trouble = found.options.trouble
    events = [event.kind for day in found.days for event in day.record.events]
    if trouble.breaks:
        times = found.latencies[Verb.RECONNECT]
        took = f", after p50 {_ms_text(times.percentile_s(50))}, p99 {_ms_text(times.percentile_s(99))}"
        yield (
            f"Connections were broken {plural(events.count(Kind.DROPPED), 'time')} on purpose, each for "
            f"{trouble.away_s:g} s of the clock, and came back {plural(events.count(Kind.BACK), 'time')}"
            f"{took if times.n else ''}. Who is away is shown what was missed later: that counts from "
            "their return."
        )
    if trouble.slow_share:
        yield (
            f"{100 * trouble.slow_share:g} % of the clients read slowly, each {trouble.slow_s:g} s; times "
            "to deliver are "
            "those of the others."
        )


def _ms_text(time_s: float) -> str:
    return with_unit("ms", 1000 * time_s)


def _blur(found: Loaded) -> Iterator[str]:
    """How late all is, and how the prediction can know of it."""
    delays, known, measured = found.judgement.delays, found.scenario.platform, found.platform
    (accept, deliver), (has_accept, has_deliver) = (
        (with_unit("s", each.accept_s), with_unit("s", each.deliver_s)) for each in (delays, known)
    )
    late = f"an agent has a chat {accept} late and a message arrives {deliver} late, in simulated time"
    if known:
        yield (
            f"{late[0].upper()}{late[1:]}; the scenario's [platform] has {has_accept} and {has_deliver}. "
            "What differs is the blur."
        )
    else:
        yield f"Blur: {late}."
    if measured != known:
        yield (
            "To have these delays in the prediction, write into the scenario: [platform] accept_s = "
            f"{measured.accept_s:.4g}, deliver_s = {measured.deliver_s:.4g} (means, at this speed)."
        )


def _stopped(found: Loaded) -> str:
    """That the server stopped answering, and since when; nothing if it did not."""
    for told in found.failures:
        if told.failure.name is Invariant.STOPPED:
            why = found.cause or found.days[-1].cause
            cause = f" ({why})" if why else ""
            at = found.scenario.calendar.local.text(told.failure.at_s)
            name = found.target.adapter
            return f"{name} stopped answering at {at}{cause}, which is a failure. Until the end: "
    return ""


def _answer(found: Loaded) -> str:
    """The verdict over all figures."""
    verdict, name = found.judgement, found.target.adapter
    if verdict.doubts:
        return f"Not judged: {'; '.join(verdict.doubts)}."
    known = [
        each for each in verdict.figures.values() if each.verdict in {Verdict.AS_PREDICTED, Verdict.DIFFERS}
    ]
    if not known:
        return "Not judged: every figure is too blurred to tell (take a lower speed)."
    blurred = [each for each in verdict.figures.values() if each.verdict is Verdict.BLURRED]
    rest = (
        f" {plural(len(blurred), 'figure')} {'is' if len(blurred) == 1 else 'are'} too blurred to tell."
        * bool(blurred)
    )
    if not verdict.differs:
        return (
            f"{name} keeps the predicted figures: all {len(known)} that were judged are as predicted.{rest}"
        )
    names = [in_words(BY_NAME[each].title) for each in verdict.differs]
    more = f" and {len(names) - MOST_NAMED} more" * (len(names) > MOST_NAMED)
    return (
        f"{name} differs from what is predicted in {len(names)} of {plural(len(known), 'figure')}: "
        f"{'; '.join(names[:MOST_NAMED])}{more}.{rest}"
    )


# Figures


def _figures(found: Loaded) -> Table:
    """A row a figure: predicted, measured, and what is said of the difference."""
    rows = [_row(name, each) for name, each in found.judgement.figures.items()]
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure", look="span"),
        Column("unit"),
        Column("predicted", "Predicted", PER_ROW, "quantity"),
        Column("measured", "Measured", PER_ROW, "quantity"),
        Column("difference", "Difference", PER_ROW, "difference", "interval"),
        Column("blur", "Blur", PER_ROW, "number", spare=2),
        Column("errors", "Standard\nerrors", form="number", spare=1),
        Column("verdict", "Verdict"),
        Column("shown", form="flag", is_shown=False),
    )
    notes = [METHOD.format(critical=found.judgement.critical)]
    if len(found.days) < 3 and found.judgement.replays > 1:
        notes.append(OF_REPLAYS.format(replays=found.judgement.replays))
    return Table("figures", "Predicted and measured", columns, rows, notes=tuple(notes))


def _row(name: str, each: Compared) -> Row:
    kpi = BY_NAME[name]
    return {
        "kpi": name,
        "title": kpi.title,
        "unit": kpi.unit,
        "predicted": each.predicted,
        "measured": each.measured,
        "difference": each.difference,
        "blur": each.blur,
        "errors": each.errors,
        "verdict": str(each.verdict),
        "shown": name in HEADLINES or each.verdict in {Verdict.DIFFERS, Verdict.BLURRED},
    }


def _one_side(found: Loaded, name: str, title: str) -> Table:
    """All figures of one side, by name."""
    rows = [
        {"kpi": kpi, "title": BY_NAME[kpi].title, "unit": BY_NAME[kpi].unit, "value": getattr(each, name)}
        for kpi, each in found.judgement.figures.items()
    ]
    columns = (
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("value", title, PER_ROW, "quantity", "interval"),
        Column("unit"),
    )
    return Table(name, title, columns, rows, key="kpi", is_shown=False)


def titled_limit(limit: Limit) -> str:
    """What a limit is on, in words."""
    if limit.figure in TIMES:
        verb, _ = TIMES[limit.figure]
        name = limit.figure.removesuffix("_ms").rpartition("_")[2]
        return f"Time to {verb}, {'longest' if name == 'max' else name}"
    return _OWN[limit.figure] if limit.figure in OWN else BY_NAME[limit.figure].title


_OWN = {
    "errors": "Failed requests",
    "skipped": "Customers not sent",
    "lost": "Messages lost",
    "unanswered": "Unanswered beyond prediction",
}


def limit_text(limit: Limit) -> str:
    """A limit in words: ``Time to deliver, p99 ≤ 1000 ms``."""
    where = f", {limit.name}" if limit.name else ""
    return f"{titled_limit(limit)}{where} {target_text(limit.unit, limit.bound, limit.side)}"


def said_of(each: Checked) -> str:
    """What was measured."""
    return with_unit(each.limit.unit, each.value, each.limit.bound)


def _limit(each: Checked) -> Judged:
    """A limit as a target."""
    limit = each.limit
    stage = f"stage {each.part.removeprefix('stage ')}" if each.part else ""
    where = ", ".join(filter(None, [limit.name, stage]))
    quantity = Quantity(each.value, None, None, False, each.value, None, None)
    return Judged(
        limit.text, limit.figure, titled_limit(limit), limit.unit, limit.side, limit.bound, quantity,
        each.met, sure=True, where=where,
    )  # fmt: skip


# The server


def _latencies(found: Loaded) -> Table:
    """A row a verb, and one for the driver itself, in milliseconds of the wall clock."""
    broke = found.options.trouble.breaks
    rows = [
        {
            "verb": name,
            "count": times.n,
            **{f"p{percent}_ms": _ms(times.percentile_s(percent), times.n) for percent in (50, 95, 99)},
            "max_ms": _ms(times.max_s, times.n),
        }
        for name, times in [
            *((str(verb), found.latencies[verb]) for verb in Verb if verb is not Verb.RECONNECT or broke),
            ("driver's lag", found.lag),
        ]
    ]
    columns = (
        Column("verb", "Time to"),
        Column("count", "Count", form="number"),
        *(Column(f"p{percent}_ms", f"p{percent}", "ms", "number") for percent in (50, 95, 99)),
        Column("max_ms", "Longest", "ms", "number"),
    )
    notes = ["From the moment when it should have begun. Driver's lag: how late the driver itself was."]
    if found.options.virtual:
        notes.append(
            "In virtual time only what the server waits for on purpose takes any, so there is no picture "
            "of it."
        )
    return Table("latencies", "How long the server took", columns, rows, notes=tuple(notes))


def _platform(found: Loaded) -> Table:
    """A row a delay: as the scenario has it, and as it was measured."""
    meanings = {"accept_s": "An agent has a chat", "deliver_s": "A message arrives"}
    rows = [
        {
            "name": name,
            "title": f"{title} so late",
            "scenario": getattr(found.scenario.platform, name),
            "measured": getattr(found.platform, name),
        }
        for name, title in meanings.items()
    ]
    columns = (
        Column("name", "In [platform]"),
        Column("title", "Delay"),
        Column("scenario", "Scenario", "s", "number"),
        Column("measured", "Measured, mean", "s", "number"),
    )
    return Table(
        "platform", "Delays of the platform, in simulated time", columns, rows, key="name", is_shown=False
    )


def snippet(found: Loaded) -> str:
    """TOML of the delays that were measured, for the scenario's file."""
    return (
        f"# Means measured by sim load: {_place(found)} at speed {found.options.speed:g}\n[platform]\n"
        f"accept_s = {found.platform.accept_s!r}\ndeliver_s = {found.platform.deliver_s!r}\n"
    )


def _ms(time_s: float, n: int) -> float | None:
    return 1000 * time_s if n else None


def broken_laws(found: Loaded) -> Table:
    """A row a broken law."""
    rows = [
        {
            "name": str(told.failure.name),
            "title": Invariant(told.failure.name).words,
            "chats": list(told.failure.chats),
            "chats_text": _named(told.failure.chats),
            "at_s": told.failure.at_s,
            "at": found.scenario.calendar.local.text(told.failure.at_s),
            "replication": told.replication,
            "shown": place < MOST_ROWS,
        }
        for place, told in enumerate(found.failures)
    ]
    columns = (
        Column("name", is_shown=False),
        Column("title", "Broken law"),
        Column("chats", form="setting", is_shown=False),
        Column("chats_text", "Chats", look="span"),
        Column("at_s", unit="s", form="number", is_shown=False),
        Column("at", "At"),
        Column("replication", "Replication", form="setting", is_shown=len(found.days) > 1, spare=1),
        Column("shown", form="flag", is_shown=False),
    )
    notes = (f"… and {len(rows) - MOST_ROWS:,} more.",) if len(rows) > MOST_ROWS else ()
    return Table("invariants", "Broken laws", columns, rows, notes=notes, is_shown=bool(rows))


def _named(chats: tuple[str, ...]) -> str:
    return ", ".join(chats[:5]) + f" and {len(chats) - 5} more" * (len(chats) > 5)


# Over time


def _over_time(day: Driven) -> Table:
    """Chats that wait and chats that are held, in the twin and on the server, on the first day."""
    times_s = np.linspace(day.day.start_s, max(day.day.end_s, day.day.start_s + 1.0), POINTS)
    twin, measured = _levels(day.day.twin, times_s), _levels(day.log, times_s)
    rows = [
        {
            "at_s": float(at_s),
            "predicted_queue": int(twin[0][k]),
            "measured_queue": int(measured[0][k]),
            "predicted_open": int(twin[1][k]),
            "measured_open": int(measured[1][k]),
        }
        for k, at_s in enumerate(times_s)
    ]
    columns = (
        Column("at_s", "At", "s", "number"),
        Column("predicted_queue", "Waiting, predicted", "chats", "number"),
        Column("measured_queue", "Waiting, measured", "chats", "number"),
        Column("predicted_open", "Held, predicted", "chats", "number"),
        Column("measured_open", "Held, measured", "chats", "number"),
    )
    return Table("over_time", "The first day over time", columns, rows, is_shown=False)


def _levels(log: ChatLog, times_s: Floats) -> tuple[Floats, Floats]:
    """Chats that wait and chats that are held at each time."""
    chat = log.chat
    left_s = np.fmin(chat.accepted_s, chat.ended_s)
    waiting = _between(chat.arrival_s, left_s, times_s)
    return waiting, _between(chat.accepted_s, chat.released_s, times_s)


def _between(start_s: Floats, end_s: Floats, times_s: Floats) -> Floats:
    """How many spans hold each time; a span without an end goes on."""
    began = ~np.isnan(start_s)
    starts, ends = np.sort(start_s[began]), np.sort(np.nan_to_num(end_s[began], nan=np.inf))
    return np.asarray(np.searchsorted(starts, times_s, "right") - np.searchsorted(ends, times_s, "right"))
