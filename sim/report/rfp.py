"""What does a client's request answer with? Agents, how sure they are, and what to ask the client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.kpis.targets import verdicts
from sim.report.numbers import number, percent
from sim.report.result import Column, Head, Result, Row, Table, answering, judged
from sim.scenario.units import plural
from sim.studies.rfp.centre import chats_a_month
from sim.studies.rfp.study import MOST_TIMES, SURER, Need, Priced, Sizing
from sim.studies.rfp.study import size_rfp as study
from sim.studies.rfp.times import times_of

ASKED = 3
"""Questions that are told in words."""
MATTERS = 0.02
"""A point that moves paid agents by less is not told in words."""
NOTE = (
    "FTE at the low and the high value of each point alone: those of the answer, times what simulation says, "
    "with parts of agents and the same customers."
)


def result(found: Sizing) -> Result:
    """Result of the sizing of a request."""
    basis = (
        f"{plural(SURER * found.weeks, 'week')} of the answer, {found.weeks} of each other case, "
        f"seed {found.seed}; "
        f"{plural(len(found.priced), 'point')} left open by the request"
    )
    head = Head("rfp", (found.rfp.name,), basis, found.seed, SURER * found.weeks)
    low, high = (None, None) if found.base is None else found.band()
    facts: dict[str, Any] = {
        "kept": found.base is not None, "agents_peak": found.whole.peak, "hours_per_week": found.whole.hours,
        "fte": found.whole.fte,
        "fte_low": low, "fte_high": high, "error": found.error,
        "chats_per_month": chats_a_month(found.centre.rfp),
        "fte_busiest_month": None if found.busiest is None else found.busiest.fte,
    }  # fmt: skip
    targets = tuple(judged(each, found.scenario) for each in verdicts(found.estimates, found.scenario))
    return Result(head, targets, tuple(_words(found)), (_needs(found), _open(found)), facts, found)


def _words(found: Sizing) -> Iterator[str]:
    if found.base is None:
        yield f"No number of agents keeps the promise, up to {MOST_TIMES:g} times a first guess."
        ends = (
            (each.open, end, said) for each in found.priced for end, said in _ends(each) if end is not None
        )
        for point, end, said in ends:
            yield f"It could be kept by {_one(end.fte)} FTE if this were {said}: {_lower(point.words)}."
        yield _taken(found)
        return
    whole = found.whole
    yield (
        f"{_one(whole.fte)} FTE: {number(whole.hours, '')} hours on duty a week, {whole.peak:.0f} agents "
        f"at the busiest time, for {number(chats_a_month(found.centre.rfp), '')} chats a month (a first cut)."
    )
    low, high = found.band()
    reach = f"{_one(low)} FTE or more" if high is None else f"{_one(low)} to {_one(high)} FTE"
    if found.priced:
        yield (
            f"{reach} are possible, as the request leaves {plural(len(found.priced), 'point')} open "
            "(about 90 %, if they are independent)."
        )
    else:
        yield f"{reach} (90 %): all that is open is how its weeks vary."
    if found.busiest is not None:
        yield f"The busiest month needs {_one(found.busiest.fte * whole.fte / found.base.fte)} FTE."
    asked = [each for each in found.priced if each.reach(found.base) > MATTERS][:ASKED]
    for k, each in enumerate(asked):
        yield f"{'Ask first' if k == 0 else 'Then'}: {each.open.ask} {_worth(each, found)}"
    yield _taken(found)
    if found.rfp.bid is not None and found.rfp.bid.lacks:
        lacks = ", ".join(found.rfp.bid.lacks)
        yield f"The bid still needs {lacks}: its clauses stand in the file as comments."
    for clause in () if found.rfp.bid is None else found.rfp.bid.clauses:
        if "window" not in clause.model_fields_set:
            yield f"Clause {clause.name!r} does not say over what it is measured: a month is assumed."


def _ends(each: Priced) -> Iterator[tuple[Need | None, str]]:
    """What is needed at the low and the high value, where these are not what is assumed."""
    for end, said in ((each.low, each.open.low), (each.high, each.open.high)):
        if said != each.open.used:
            yield end, said


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _worth(each: Priced, found: Sizing) -> str:
    assert found.base is not None
    ends = [
        f"{'no team keeps the promise' if ratio is None else _one(ratio * found.whole.fte) + ' FTE'} ({said})"
        for ratio, said in zip(each.ratios(found.base), (each.open.low, each.open.high), strict=True)
        if said != each.open.used
    ]
    return f"Assumed: {each.open.used}; otherwise {' or '.join(ends)}."


def _taken(found: Sizing) -> str:
    """How the handling time became times of a chat."""
    full = found.centre.rfp.service
    handled = f"AHT of {full.undivided_s:.4g} s while {full.held:.3g} chats are held"
    if full.kind == "work":
        slower = percent(full.slowdown or 0.0)
        return f"{handled} is taken by work: {slower} longer with each further chat."
    times = times_of(full)
    return (
        f"{handled} is taken by the attention model: {full.turns:.3g} replies, each of {times.agent_s:.3g} s "
        f"of an agent's own time and after {times.response_s:.3g} s in all, with {times.customer_s:.3g} s of "
        "the customer between them."
    )


def _one(value: float) -> str:
    return f"{value:,.1f}"


def _needs(found: Sizing) -> Table:
    """What is needed, on average and in the busiest month."""
    rows: list[Row] = [] if found.base is None else [_need("mean month", found.whole)]
    if found.busiest is not None and found.base is not None:
        times = found.whole.fte / found.base.fte
        busiest = Need(found.busiest.hours * times, found.busiest.peak * times, found.busiest.fte * times)
        rows.append(_need("busiest month", busiest))
    columns = (
        Column("month", "Month"),
        Column("agents", "Agents at the busiest time", "agents", "number"),
        Column("hours", "Hours on duty a week", "h", "number"),
        Column("fte", "FTE", "", "number"),
    )
    return Table("needs", "Needed", columns, rows)


def _need(month: str, need: Need) -> Row:
    return {"month": month, "agents": need.peak, "hours": need.hours, "fte": need.fte}


def _fte(each: Priced, found: Sizing) -> tuple[float | None, ...]:
    """Paid agents at the low and the high value."""
    if found.base is None:
        return tuple(None if end is None else end.fte for end in (each.low, each.high))
    return tuple(None if ratio is None else ratio * found.whole.fte for ratio in each.ratios(found.base))


def _open(found: Sizing) -> Table:
    """Points that are open, the one that matters most first."""
    rows: list[Row] = []
    for each in found.priced:
        low, high = _fte(each, found)
        peaks = [None if end is None else end.peak for end in (each.low, each.high)]
        rows.append(
            {
                "key": each.open.key, "point": each.open.words, "used": each.open.used, "low": each.open.low,
                "high": each.open.high, "span": f"{each.open.low} … {each.open.high}",
                "fte_low": low,
                "fte_high": high,
                "agents_low": peaks[0], "agents_high": peaks[1], "ask": each.open.ask,
            }
        )  # fmt: skip
    columns = (
        Column("point", "Left open"),
        Column("used", "Assumed"),
        Column("span", "Low … high", spare=2),
        Column("low", "Low", is_shown=False),
        Column("high", "High", is_shown=False),
        Column("fte_low", "FTE at low", "", "number"),
        Column("fte_high", "FTE at high", "", "number"),
        Column("agents_low", "Agents at low", "agents", "number", is_shown=False),
        Column("agents_high", "Agents at high", "agents", "number", is_shown=False),
        Column("key", "Key", spare=1),
        Column("ask", "What to ask", is_shown=False),
    )
    return Table("open", "What the request leaves open", columns, rows, key="key", notes=(NOTE,))


size_rfp = answering(study, result)
