"""How is a scenario written that comes from volumes? As a file in which each number says where it is from."""

from __future__ import annotations

from collections.abc import Iterator

import tomlkit

from sim.report.numbers import percent
from sim.scenario.files import parse
from sim.scenario.units import DAY_S, clock_text, plural
from sim.studies.volumes.dispersion import Spread
from sim.studies.volumes.draft import (
    AGENT_S,
    CONCURRENCY,
    CUSTOMER_S,
    HELD,
    TURNS,
    WRAP_UP_S,
    Draft,
    DraftQueue,
    spread_of,
)
from sim.studies.volumes.study import Volumes

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AT = 33
"""Column at which comments begin."""


def scenario_text(made: Draft, found: Volumes) -> str:
    """TOML of a scenario that volumes make."""
    text = "\n".join(_lines(made, found)) + "\n"
    parse(text, "the scenario to be written")
    return text


def _lines(made: Draft, found: Volumes) -> Iterator[str]:
    first = min(each.series.first for each in found.queues)
    last = max(each.series.last for each in found.queues)
    files = ", ".join(found.history.files)
    yield f"# From the volumes of {_comment(files)}, {first} to {last}."
    yield "# Measured: there. Assumed: as usual; averages tell it (sim calibrate). Try: sim check THIS_FILE"
    for note in made.notes:
        yield f"# Note: {_comment(note)}."
    yield ""
    yield _said(f"name = {_text(made.name)}", "")
    yield _said(f"start = {made.start}", "the Monday after the volumes")
    yield "days = 7"
    yield _said(f"interval_min = {made.interval_min}", "as the volumes")
    yield from _hours(made)
    yield from _holidays(made)
    yield ""
    yield "[targets]"
    yield _said("threshold_s = 30", "assumed: write your promise")
    yield "service_level = 0.80"
    yield "max_missed = 0.05"
    for queue in made.queues:
        yield from _queue(queue, made, found)
    yield ""
    yield "[[groups]]"
    yield 'name = "Agents"'
    names = ", ".join(_text(queue.name) for queue in made.queues)
    yield _said(f"queues = [{names}]", "assumed: all serve all" if len(made.queues) > 1 else "")
    yield _said(f"concurrency = {CONCURRENCY}", "assumed: the limit of your platform")
    why = f"assumed: enough for the busiest interval with {HELD} chats each; sim staff finds how many"
    yield _said(f"agents = {made.agents}", why)


def _hours(made: Draft) -> Iterator[str]:
    if made.hours is None:
        return
    yield ""
    yield _said("[hours]", "measured: from the first to the last interval in which anybody came")
    open_days = [span for span in made.hours if span is not None]
    if len(open_days) == len(_DAYS) and len(set(open_days)) == 1:
        yield f"open = {_clock(open_days[0][0])}"
        yield f"close = {_clock(open_days[0][1])}"
        return
    for day, span in zip(_DAYS, made.hours, strict=True):
        if span is None:
            yield _said(f'{day} = "closed"', "nobody came")
        else:
            yield f"{day} = {{ open = {_clock(span[0])}, close = {_clock(span[1])} }}"


def _holidays(made: Draft) -> Iterator[str]:
    if made.holidays is None:
        return
    country, region, factor = made.holidays
    yield ""
    yield "[holidays]"
    yield f"country = {_text(country)}"
    if region is not None:
        yield f"region = {_text(region)}"
    yield "closed = false"
    if factor is None:
        yield _said("factor = 1.0", "assumed: the volumes have no holiday")
    else:
        yield _said(f"factor = {factor:.3g}", "measured: chats on holidays, times the usual")


def _clock(seconds: float) -> str:
    return '"24:00"' if seconds == DAY_S else f"{clock_text(seconds)}:00"


def _queue(queue: DraftQueue, made: Draft, found: Volumes) -> Iterator[str]:
    yield ""
    yield "[[queues]]"
    yield f"name = {_text(queue.name)}"
    yield ""
    yield "[queues.arrivals]"
    spread = found.profile is not None
    how = "totals, spread by a profile" if spread else "measured: means"
    yield _said(
        "per_hour = [", f"{how}; chats an hour from each {made.interval_min} minutes on, Monday first"
    )
    for day, rates, n in zip(_DAYS, queue.per_hour, queue.days, strict=True):
        numbers = ", ".join(_number(float(rate)) for rate in rates)
        unknown = "assumed: as the others" if rates.any() else "no day: closed"
        why = plural(n, "day") if n else unknown
        yield f"    {numbers},  # {day}, {why}"
    yield "]"
    yield from _spread("busyness_cv", queue.busyness, "how much days differ by more than chance")
    yield from _spread("interval_cv", queue.interval, "... and intervals within a day")
    yield ""
    yield _said("[queues.patience]", "assumed: volumes don't tell it")
    yield 'law = "lognormal"'
    yield "mean_s = 180"
    yield "cv = 1.2"
    yield ""
    yield from _service(queue)


def _spread(key: str, spread: Spread | None, what: str) -> Iterator[str]:
    value = spread_of(spread)
    if spread is None or value is None:
        yield f"# {key} = 0.15{' ' * max(1, _AT - len(key) - 9)}# {what}: not known from these volumes"
        return
    ends = ""
    if spread.low is not None and spread.high is not None:
        ends = f" (95 %: {percent(spread.low)} to {percent(spread.high)})"
    yield _said(f"{key} = {value:g}", f"measured{ends}: {what}")


def _service(queue: DraftQueue) -> Iterator[str]:
    yield _said("[queues.service]", "assumed in its shape")
    if queue.aht_s:
        yield f"# measured: a chat takes {queue.aht_s:.0f} s by the clock. The times below are scaled so that"
        yield f"# it does while its agent holds {HELD}. If your tool divides it by them, multiply it again."
    else:
        yield "# assumed: the volumes have no handling times"
    agent, customer, wrap = (_number(queue.scale * each) for each in (AGENT_S, CUSTOMER_S, WRAP_UP_S))
    yield f'turns = {{ law = "geometric", mean = {TURNS:g} }}'
    yield f'agent_s = {{ law = "lognormal", mean_s = {agent}, cv = 0.9 }}'
    yield f'customer_s = {{ law = "lognormal", mean_s = {customer}, cv = 1.4 }}'
    yield f'wrap_up_s = {{ law = "exponential", mean_s = {wrap} }}'


def _said(line: str, comment: str) -> str:
    return f"{line:<{_AT - 1}} # {comment}" if comment else line


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text or "0"


def _text(text: str) -> str:
    return tomlkit.string(text).as_string()


def _comment(text: str) -> str:
    """Text that may stand in a comment."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
