"""What does a burst or an incident answer with? Sentences, and tables of what it did and what it cost."""

from __future__ import annotations

from collections.abc import Iterator

from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.kpis.targets import named
from sim.report.numbers import interval, number, target_text
from sim.report.result import PER_ROW, Column, Table, change
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.studies.stress.events import Aftermath, Recovery
from sim.studies.stress.stages import Staged

BACK = (
    "Back: minutes after its end until the queue, on half of the days, is no longer than usual, or than one "
    "chat. Longest queue, longest wait: until each day's is, or the next one begins."
)
RECOVERED = (
    "Minutes after its end until the mean over replications keeps the target again, in steps of {step:g} "
    "min; the interval goes from where it may be kept to where it surely is. What is missed "
    "after that counts no more."
)
COST = (
    "What is more than on the same days without it alone: all other stages and incidents happen on both. "
    "Of all "
    "who come from its beginning until the next one after its end."
)


def words(found: Staged) -> Iterator[str]:
    """A sentence or two for each."""
    for each in found.after:
        event, clock = each.event, found.scenario.calendar.local.text
        peak, wait, missed = (
            _with_ends(figure, BY_NAME[name].unit)
            for figure, name in (
                (each.peak, "queue_length_max"), (each.wait, "wait_max_s"),
                (each.within.figure("missed"), "missed"),
            )
        )  # fmt: skip
        yield (
            f"{event.name.capitalize()}, from {clock(event.start_s)}: the queue peaks at "
            f"{peak}, the longest wait is {wait}, and of those who come meanwhile {missed} are missed. "
            f"{_line(each)}."
        )
        late = [recovery for recovery in each.recoveries if recovery.was_missed]
        if late:
            yield f"{event.name.capitalize()}: {'; '.join(_kept_again(one, found.scenario) for one in late)}."


def _with_ends(figure: Quantity, unit: str) -> str:
    ends = interval(figure, unit)
    value = number(figure.value, unit) + ("" if unit in {"share", ""} else f" {unit}")
    return f"{value} ({ends})" if ends else value


def _line(each: Aftermath) -> str:
    """When the queue is back, and on how many days it is not."""
    never = f"; on {plural(each.never, 'day')} of {each.after.n:,} it is not" if each.never else ""
    if each.line.value is None:
        return f"The queue is not back to the usual on {each.never:,} of {each.after.n:,} days"
    if each.line.value == 0 and not each.never:
        return "When it ends the queue is back to the usual on half of the days"
    return f"The queue is back to the usual {_minutes(each.line)} after its end on half of the days{never}"


def _kept_again(one: Recovery, scenario: Scenario) -> str:
    bound = one.bound
    name = f"{named(bound, scenario)} {target_text(BY_NAME[bound.kpi].unit, bound.value, bound.side)}"
    if one.minutes.value is None:
        return f"{name} is not kept again as long as it is looked at"
    return f"{name} is kept again {_minutes(one.minutes)} after its end"


def _minutes(time: Quantity) -> str:
    """``35 min (30 to 45)``, or ``35 min (30 or more)`` where it may never be."""
    ends = ""
    if time.low is not None:
        ends = f" ({time.low:g} or more)" if time.high is None else f" ({time.low:g} to {time.high:g})"
    return f"{time.value:g} min{ends}"


def tables(found: Staged) -> tuple[Table, ...]:
    """Tables of all events, if there are any."""
    return (_events(found), _recovery(found), _cost(found)) if found.after else ()


def _events(found: Staged) -> Table:
    local = found.scenario.calendar.local
    rows = [
        {
            "event": each.event.name,
            "is_incident": bool(each.event.incidents),
            "start_s": each.event.start_s,
            "end_s": each.event.end_s,
            "until_s": each.event.until_s,
            "time": f"{local.text(each.event.start_s)}-{local.text(each.event.end_s)}",
            "queue_length_max": each.peak,
            "worst_queue": each.worst,
            "worst_s": each.worst_s,
            "wait_max_s": each.wait,
            "missed": each.within.figure("missed"),
            "missed_rate": each.within.figure("missed_rate"),
            "back": each.line,
            "never": each.never,
        }
        for each in found.after
    ]
    columns = (
        Column("event", "Event", look="span"),
        Column("is_incident", form="flag", is_shown=False),
        Column("start_s", form="number", is_shown=False),
        Column("end_s", form="number", is_shown=False),
        Column("until_s", form="number", is_shown=False),
        Column("time", "Time", spare=1),
        Column("queue_length_max", "Longest queue", "chats", "quantity", "span"),
        Column("worst_queue", "Mean queue at its worst", "chats", "quantity", "span", is_shown=False),
        Column("worst_s", form="number", is_shown=False),
        Column("wait_max_s", "Longest wait", "s", "quantity", "span"),
        Column("missed", "Missed in it", "chats", "quantity", "span"),
        Column("missed_rate", "Missed in it", "share", "quantity", spare=2),
        Column("back", "Back", "min", "quantity", "span"),
        Column("never", "Days not back", "days", "number", spare=3),
    )
    return Table("events", "Bursts and incidents", columns, rows, notes=(BACK,))


def _recovery(found: Staged) -> Table:
    rows = [
        {
            "event": each.event.name,
            "start_s": each.event.start_s,
            "target": one.bound.key,
            "title": f"{named(one.bound, found.scenario)} "
            f"{target_text(BY_NAME[one.bound.kpi].unit, one.bound.value, one.bound.side)}",
            "figure": one.bound.kpi,
            "minutes": one.minutes,
            "was_missed": one.was_missed,
        }
        for each in found.after
        for one in each.recoveries
    ]
    columns = (
        Column("event", "Event", look="span"),
        Column("start_s", form="number", is_shown=False),
        Column("target", is_shown=False),
        Column("title", "Target", look="span"),
        Column("figure", is_shown=False),
        Column("minutes", "Kept again", "min", "quantity", "span"),
        Column("was_missed", "Was missed", form="flag"),
    )
    step_min = (found.steps.end_s - found.steps.start_s) / found.steps.n / 60
    note = RECOVERED.format(step=step_min)
    return Table("recovery", "Until targets are kept again", columns, rows, notes=(note,))


def _cost(found: Staged) -> Table:
    rows = [
        {
            "event": each.event.name,
            "kpi": name,
            "title": BY_NAME[name].title,
            "unit": BY_NAME[name].unit,
            "ordinary": without,
            "stressed": each.after.figure(name),
            "difference": change(more),
            "p": more.p,
        }
        for each in found.after
        for name, (without, more) in each.cost.items()
    ]
    columns = (
        Column("event", "Event", look="span"),
        Column("kpi", is_shown=False),
        Column("title", "Figure", look="span"),
        Column("unit", is_shown=False),
        Column("ordinary", "Without", PER_ROW, "quantity"),
        Column("stressed", "With", PER_ROW, "quantity"),
        Column("difference", "Difference", PER_ROW, "difference", "interval"),
        Column("p", form="number", is_shown=False),
    )
    return Table("cost", "What they cost", columns, rows, notes=(COST,), divide="event")
