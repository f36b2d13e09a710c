"""Which averages can't all be true, and what must a file of averages not say? Refused with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING

from sim.scenario.averages_shown import SHARES, Average, Shown
from sim.scenario.demand import RATE_COUNTS
from sim.scenario.figures import FIGURES
from sim.scenario.record import BrokenLaw, repeated
from sim.scenario.units import DAY_S, HOUR_S, clock_text, plural
from sim.scenario.words import Place, Words, did_you_mean

if TYPE_CHECKING:
    from sim.scenario.averages import Averages, Seen, Team

OF_MESSAGES = (
    "response_s", "turns_per_chat", "messages_per_chat", "wrap_up_s", "frt_s", "frt_agent_s", "focus_aht_s",
    "attention",
)  # fmt: skip
"""Averages that service by work has none of."""
BY_INTERVAL = (
    "aht_s", "response_s", "missed_rate", "asa_s", "wait_s", "service_level", "concurrency", "occupancy",
)  # fmt: skip
"""Averages that may be known by interval."""


def is_of_queues(name: str) -> bool:
    """Whether an average is known of each queue by itself."""
    return _is_of(name, "queue")


def _is_of(name: str, whose: str) -> bool:
    """Whether an average is known of a "queue" or a "group" by itself."""
    return bool(getattr(FIGURES["aht_s" if name == "wrap_up_s" else name], whose))


def place_of(centre: Averages, seen: Seen) -> str:
    """Say of what an average is, after its words: nothing where it is of the whole."""
    match seen.by:
        case "queue":
            return f", {centre.lines[seen.cell].name}"
        case "group":
            return f", {centre.teams[seen.cell].name}"
        case "interval":
            size = len(next(iter(centre.by_interval.values())))
            return f", {clock_text(seen.cell * DAY_S / size)}"
        case _:
            return ""


def broken_laws(centre: Averages) -> list[BrokenLaw]:
    """Laws that *centre* breaks: those of its parts, or else those between its averages."""
    parts = [
        *_way_laws(centre),
        *_name_laws(centre),
        *_day_laws(centre),
        *_work_laws(centre),
        *_place_laws(centre),
        *_interval_laws(centre),
    ]
    return parts or list(contradictions(centre))


def _way_laws(centre: Averages) -> Iterator[BrokenLaw]:
    """One queue and team at the top of the file, or several in tables."""
    if centre.queues is None and centre.offered is None:
        yield (
            ("offered",),
            "is missing: the chats offered an hour (or tables [[queues]], each with its own)",
            None,
        )
    if centre.queues is not None:
        for key in ("offered", "handling_s_by_open"):
            if getattr(centre, key) is not None:
                yield (key,), "stands in each of the [[queues]], where there are any", Words("both")
    if centre.groups is None:
        if centre.slots is None:
            yield ("slots",), "is missing: the most chats that an agent may hold at once", None
        yield from _staff_laws(centre, ())
        return
    for key in ("slots", "agents", "shifts"):
        if getattr(centre, key) is not None:
            yield (key,), "stands in each of the [[groups]], where there are any", Words("both")
    for g, team in enumerate(centre.groups):
        yield from _staff_laws(team, ("groups", g))


def _staff_laws(team: Averages | Team, place: Place) -> Iterator[BrokenLaw]:
    ways = (team.agents is not None) + (team.shifts is not None)
    if ways != 1:
        yield place, "give exactly one of agents and shifts", Words(f"{ways} of them")
    if isinstance(team.agents, tuple) and len(team.agents) not in RATE_COUNTS:
        law = "agents of a day are 24, 48 or 96 (by hour, half-hour or quarter)"
        yield (*place, "agents"), law, Words(f"{len(team.agents)} numbers")
    for k, shift in enumerate(team.shifts or ()):
        if shift.days or shift.dates:
            law = "averages are of a mean day: give its shifts without days and dates"
            yield (*place, "shifts", k), law, Words("of some days")


def _name_laws(centre: Averages) -> Iterator[BrokenLaw]:
    """Names that differ, and queues that somebody serves."""
    names = [line.name for line in centre.lines]
    for kind, parts in (("queues", names), ("groups", [team.name for team in centre.teams])):
        for k in repeated(tuple(parts)):
            yield (kind, k, "name"), f"names of {kind} must differ", parts[k]
    served = {name for team in centre.teams for name in centre.served(team)}
    for g, team in enumerate(centre.groups or ()):
        for k, name in enumerate(team.queues or ()):
            if name not in names:
                law = f"no queue has this name{did_you_mean(name, names)}"
                yield ("groups", g, "queues", k), law, name
    for q, name in enumerate(names):
        if name not in served:
            yield ("queues", q, "name"), "no group serves this queue", name


def _day_laws(centre: Averages) -> Iterator[BrokenLaw]:
    """What a mean day can't have."""
    for q, line in enumerate(centre.lines):
        if isinstance(line.offered, tuple) and len(line.offered) not in RATE_COUNTS:
            law = "chats of a day are 24, 48 or 96 rates (by hour, half-hour or quarter)"
            place: Place = ("offered",) if centre.queues is None else ("queues", q, "offered")
            yield place, law, Words(f"{len(line.offered)} numbers")
    if centre.hours is not None and centre.hours.span[1] - centre.hours.span[0] > 23.75 * HOUR_S:
        law = "is open nearly round the clock: leave hours out, and nights count as they are"
        if centre.hours.close < centre.hours.open:
            yield ("hours", "close"), law, clock_text(centre.hours.close)


def _work_laws(centre: Averages) -> Iterator[BrokenLaw]:
    """Service by work, in all queues or none, and what it does not know."""
    by_work = [line.handling_s_by_open is not None for line in centre.lines]
    if not any(by_work):
        return
    if not all(by_work):
        law = "is missing: all queues have handling times by chats open, or none has"
        yield ("queues", by_work.index(False), "handling_s_by_open"), law, None
    for place, shown in _tables(centre):
        for name in shown.given():
            if name in OF_MESSAGES:
                law = "by work there are no messages, and the wrap-up is part of handling_s_by_open"
                yield (*place, name), law, shown.given()[name].value
    for q, line in enumerate(centre.lines):
        times = line.handling_s_by_open or ()
        if any(late < early for early, late in pairwise(times)):
            place = ("queues", q) if centre.queues is not None else ()
            law = "a chat takes no less time beside more chats; is it divided by them already?"
            yield (*place, "handling_s_by_open"), law, Words(", ".join(f"{each:g}" for each in times))


def _tables(centre: Averages) -> Iterator[tuple[Place, Shown]]:
    """Tables of averages, each with its place."""
    yield ("averages",), centre.averages
    for kind, parts in (("queues", centre.queues or ()), ("groups", centre.groups or ())):
        for k, part in enumerate(parts):
            yield (kind, k, "averages"), part.averages  # type: ignore[attr-defined]


def _place_laws(centre: Averages) -> Iterator[BrokenLaw]:
    """Averages that a queue or a group has none of."""
    for place, shown in _tables(centre):
        if place[0] == "averages":
            continue
        whose = "queue" if place[0] == "queues" else "group"
        for name in shown.given():
            if not _is_of(name, whose):
                law = f"is not known of a {whose} by itself: give it of all chats, under [averages]"
                yield (*place, name), law, shown.given()[name].value


def _interval_laws(centre: Averages) -> Iterator[BrokenLaw]:
    """Averages by interval: of the day, a value each."""
    tables = centre.by_interval
    for name, values in tables.items():
        if name not in BY_INTERVAL:
            law = f"no average by interval is called so (there are {', '.join(BY_INTERVAL)})"
            yield ("by_interval", name), law + did_you_mean(name, list(BY_INTERVAL)), Words("unknown")
        elif len(values) not in RATE_COUNTS or len(values) != len(next(iter(tables.values()))):
            law = "averages of a day are 24, 48 or 96, all as many (by hour, half-hour or quarter)"
            yield ("by_interval", name), law, Words(f"{len(values)} numbers")
        elif any(value < 0 for value in values):
            yield ("by_interval", name), "must not be below 0", min(values)
        elif name in SHARES and any(value > 1 for value in values):
            most = max(value for value in values if not isnan(value))
            law = f"must be shares, at most 1; {most:g} % is {most / 100:g}"
            yield ("by_interval", name), law, most


def contradictions(centre: Averages) -> Iterator[BrokenLaw]:
    """Averages that can't all be true, each with the arithmetic."""
    for q, line in enumerate(centre.lines):
        place: Place = ("averages",) if centre.queues is None else ("queues", q, "averages")
        shown = centre.averages if centre.queues is None else centre.shown(q)
        if centre.queues is None or line.averages.given():
            yield from _of_chats(shown, centre.slots_of(q), place)
            yield from _too_fast(shown, line.targets.threshold_s or centre.threshold_s, place)
    most = max(team.slots for team in centre.teams)
    yield from _held(centre.averages, most, ("averages",))
    for g, team in enumerate(centre.groups or ()):
        yield from _held(team.averages, team.slots, ("groups", g, "averages"))
    yield from _too_much_work(centre)


def _of_chats(shown: Shown, slots: int, place: Place) -> Iterator[BrokenLaw]:
    """What a chat of a queue can't be."""
    turns, duration_s = shown.turns, shown.duration_s
    if shown.messages_per_chat is not None and shown.turns_per_chat is not None and turns is not None:
        told = shown.messages_per_chat.value / 2 / shown.messages_per_chat.burst
        if not 0.4 < told / max(turns, 1e-9) < 2.5:
            law = (
                f"{shown.messages_per_chat.value:g} messages are not those of {turns:g} replies; "
                "do messages come in bursts? then say burst"
            )
            yield (*place, "messages_per_chat"), law, shown.messages_per_chat.value
    if turns is not None and turns < 1:
        key = "turns_per_chat" if shown.turns_per_chat is not None else "messages_per_chat"
        yield (*place, key), "a chat has at least one reply", turns
    if shown.aht_s is not None and duration_s is not None and duration_s <= 0:
        wrap_up_s = shown.wrap_up_s.value if shown.wrap_up_s is not None else 0.0
        law = f"must be longer than the wrap-up in it, {wrap_up_s:g} s; is AHT in minutes?"
        yield (*place, "aht_s"), law, shown.aht_s.value
    elif shown.response_s is not None and turns is not None and duration_s is not None:
        yield from _replies_too_long(shown, place, turns, duration_s)
    if shown.focus_aht_s is not None and shown.aht_s is not None:
        if shown.focus_aht_s.value > shown.aht_s.value * 1.01:
            law = (
                f"an agent's own time for a chat can't be above its AHT, {shown.aht_s.value:g} s; "
                "is AHT already divided by concurrency?"
            )
            yield (*place, "focus_aht_s"), law, shown.focus_aht_s.value
        if shown.response_s is not None and turns is not None:
            most = 1.2 * slots * shown.focus_aht_s.value / turns
            if shown.response_s.value > most:
                law = (
                    f"with {slots} chats at once of {shown.focus_aht_s.value:g} s of work in "
                    f"{turns:g} replies nobody waits longer than about {most:.0f} s for a reply; "
                    "is it the first response, waiting included?"
                )
                yield (*place, "response_s"), law, shown.response_s.value


def _held(shown: Shown, slots: int, place: Place) -> Iterator[BrokenLaw]:
    """Chats held at once, within the limit."""
    if shown.concurrency is None:
        return
    if shown.concurrency.value > slots:
        law = (
            f"is above the {plural(slots, 'chat')} that an agent may hold (slots); "
            "is it of the team, or is the limit higher?"
        )
        yield (*place, "concurrency"), law, shown.concurrency.value
    if shown.concurrency.reading == "busy" and shown.concurrency.value < 1:
        law = 'who holds any chat holds at least 1; is it while on duty? then say while = "on duty"'
        yield (*place, "concurrency"), law, shown.concurrency.value


def _replies_too_long(shown: Shown, place: Place, turns: float, duration_s: float) -> Iterator[BrokenLaw]:
    """Replies that take longer than the chat."""
    response = shown.response_s
    assert response is not None, "asked of shown responses"
    n = turns if response.reading != "after the first" else turns - 1
    replies_s = n * response.value
    if replies_s <= duration_s * 1.01:
        return
    left_s = duration_s - replies_s
    each = (
        f", {left_s / (turns - 1):.0f} s for each of the customer's {turns - 1:g} messages"
        if turns > 1
        else ""
    )
    minutes = " Is AHT in minutes?" if duration_s < 60 else ""
    law = (
        f"{n:g} replies of {response.value:g} s are {replies_s:.0f} s, and a chat of {duration_s:g} s leaves "
        f"{left_s:.0f} s{each}; is AHT already divided by concurrency? Do messages come in bursts?{minutes}"
    )
    yield (*place, "response_s"), law, response.value


def _too_much_work(centre: Averages) -> Iterator[BrokenLaw]:
    """More handling than slots on duty hold."""
    need = handled = 0.0
    times: list[Average] = []
    for q in range(len(centre.lines)):
        shown = centre.shown(q)
        if shown.aht_s is None:
            return
        chats = sum(centre.chats_by(1, q)) * (1 - min(shown.missed, 1.0))
        handled, need = handled + chats, need + chats * shown.aht_s.value / HOUR_S
        times.append(shown.aht_s)
    hours = centre.agent_hours_a_day
    have = sum(team.hours_a_day(centre.open_h) * team.slots for team in centre.teams)
    if need <= have * 1.03:
        return
    aht = " and ".join(dict.fromkeys(f"{each.value:g} s" for each in times))
    slots = list(dict.fromkeys(team.slots for team in centre.teams))
    held = " or ".join(map(str, [*slots[:-1], plural(slots[-1], "chat")])) if slots else ""
    law = (
        f"{handled:,.0f} chats a day of {aht} are {need:,.1f} hours, and {hours:,.1f} hours on "
        f"duty with {held} at once are {have:,.1f}; "
        "is somebody missing from the agents, or are the chats those of more days?"
    )
    is_of_all = centre.averages.aht_s is not None
    place: Place = ("averages", "aht_s") if is_of_all else ("queues", 0, "averages", "aht_s")
    yield place, law, times[0].value


def _too_fast(shown: Shown, threshold_s: float, place: Place) -> Iterator[BrokenLaw]:
    """A mean wait below what those who waited longer than the threshold make alone."""
    asa, level = shown.asa_s, shown.service_level
    if asa is None or level is None or asa.reading != "answered":
        return
    missed = 0.0
    if level.reading != "answered":
        if shown.missed_rate is None:
            return
        missed = shown.missed_rate.value
    late = 1 - level.value - level.step - missed
    least_s = late * threshold_s
    if asa.value + asa.step < least_s:
        law = (
            f"at least {100 * late:.1f} % were accepted after {threshold_s:g} s, which alone makes a "
            f"mean of {least_s:.1f} s; is it another threshold?"
        )
        yield (*place, "asa_s"), law, asa.value
