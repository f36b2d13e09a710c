"""What has come so far today? Volumes by interval, who is logged in, and the chats of this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from sim.arrays import Floats, Ints
from sim.errors import ScenarioError
from sim.scenario.files import data_of, text_of
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.scenario.units import FROM_FILE, Clock, Count, Name, PositiveCount, PositiveSeconds, clock_text
from sim.scenario.words import Place, Words, did_you_mean, problem, problems


class SoFar(Record):
    """What came in a planning interval of a queue that is over."""

    start: Clock = Field(examples=["10:30:00"])
    queue: Name | None = None
    """Omitted: the only one."""
    offered: Count
    """Chats that came, further attempts too."""
    missed: Count | None = None
    """Of those, who got no human reply, as far as it is decided."""
    in_time: Count | None = None
    """Of those, accepted within the threshold of the service level."""
    aht_s: PositiveSeconds | None = None
    """Their mean handling time."""


class LoggedIn(Record):
    """How many of a group are logged in now."""

    group: Name | None = None
    agents: Count


class WaitingNow(Record):
    """A chat that waits."""

    queue: Name | None = None
    since: Clock = Field(examples=["10:58:20"])


class OpenNow(Record):
    """A chat that an agent holds."""

    group: Name | None = None
    agent: PositiveCount
    """Number within the group, from 1."""
    queue: Name | None = None
    since: Clock = Field(examples=["10:57:40"])
    """By turns: when the last message was sent. By work: when the chat was accepted."""
    turn: PositiveCount | None = None
    """By turns: which reply of the agent comes next, or is being written: 1 for the first."""
    whose: Literal["agent", "customer"] | None = None
    """By turns: who writes next."""


class Actuals(Record):
    """What has come up to now. All but the volumes may be left out, and is then as the scenario says."""

    intervals: Annotated[tuple[SoFar, ...], Field(min_length=1)]
    logged_in: tuple[LoggedIn, ...] = ()
    waiting: tuple[WaitingNow, ...] | None = None
    """Omitted: nobody knows, unless `open` is given; an empty list: nobody waits."""
    open: tuple[OpenNow, ...] | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat of this moment, in the numbers of a scenario."""

    queue: int
    agent: int
    """Over all groups; −1 while it waits."""
    since_s: float
    turn: int
    """From 0."""
    is_customers: bool
    """Whether the customer writes next."""


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """What has come up to now, in the numbers of a scenario: shapes (n_queues, n_intervals) up to now."""

    now_s: float
    offered: Ints
    missed: Floats
    """NaN where that is not known, as in all that follows."""
    in_time: Floats
    aht_s: Floats
    logged_in: Ints
    """Of each group; −1 where that is not known."""
    chats: tuple[Chat, ...] | None
    """None where nobody knows."""


def load_actuals(path: str | Path, scenario: Scenario, now_s: float) -> Day:
    """Read what has come up to *now_s*, seconds since midnight, on a day of a *scenario* from a TOML file.

    Raises
    ------
    ScenarioError
        With every problem found, each with file, line and column, place, rule and value.
    """
    data, where = data_of(text_of(Path(path)), str(path))
    try:
        actuals = Actuals.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        raise ScenarioError(list(problems(error, data, str(path), _advice, where))) from None
    broken = [
        problem(place, law, got, data, str(path), where)
        for place, law, got in _laws(actuals, scenario, now_s)
    ]
    if broken:
        raise ScenarioError(broken)
    return day_of(actuals, scenario, now_s)


def _advice(detail: Mapping[str, Any], place: Place) -> str:
    """What may have been meant by an unknown key."""
    if detail["type"] != "extra_forbidden":
        return ""
    kinds: dict[str, type[Record]] = {
        "intervals": SoFar,
        "logged_in": LoggedIn,
        "waiting": WaitingNow,
        "open": OpenNow,
    }
    above = [key for key in place[:-1] if isinstance(key, str) and key in kinds]
    kind = kinds[above[-1]] if above else Actuals
    return did_you_mean(str(place[-1]), kind.names()).removeprefix("; ")


Broken = tuple[Place, str, Any]


def _laws(actuals: Actuals, scenario: Scenario, now_s: float) -> Iterator[Broken]:
    """Laws between the actuals, the scenario and now."""
    named = list(_name_laws(actuals, scenario))
    yield from named
    if not named:
        yield from _interval_laws(actuals, scenario, now_s)
        yield from _chat_laws(actuals, scenario, now_s)


def _name_laws(actuals: Actuals, scenario: Scenario) -> Iterator[Broken]:
    queues, groups = [each.name for each in scenario.queues], [each.name for each in scenario.groups]
    tables: tuple[tuple[str, Sequence[Any]], ...] = (
        ("intervals", actuals.intervals), ("logged_in", actuals.logged_in),
        ("waiting", actuals.waiting or ()), ("open", actuals.open or ()),
    )  # fmt: skip
    for table, rows in tables:
        for k, row in enumerate(rows):
            for key, known in (("queue", queues), ("group", groups)):
                if key not in type(row).model_fields:
                    continue
                name = getattr(row, key)
                if name is None and len(known) > 1:
                    yield (table, k), f"needs a {key}: there are {', '.join(known)}", row
                elif name is not None and name not in known:
                    yield (
                        (table, k, key),
                        f"no {key} of the scenario has this name{did_you_mean(name, known)}",
                        name,
                    )


def _interval_laws(actuals: Actuals, scenario: Scenario, now_s: float) -> Iterator[Broken]:
    width, seen = scenario.interval_s, set()
    for k, row in enumerate(actuals.intervals):
        place, q = ("intervals", k), _place(row.queue, scenario.queues)
        if row.start % width:
            law = f"no planning interval starts then: they last {scenario.interval_min} minutes from 00:00 on"
            yield (*place, "start"), law, Words(clock_text(row.start))
        elif row.start + width > now_s:
            yield (*place, "start"), f"is not over at {clock_text(now_s)}", Words(clock_text(row.start))
        if (q, row.start) in seen:
            yield (*place, "start"), "stands here twice", Words(clock_text(row.start))
        seen.add((q, row.start))
        if (row.missed or 0) + (row.in_time or 0) > row.offered:
            law = "missed and in_time are more than offered"
            yield place, law, Words(f"{row.missed or 0} + {row.in_time or 0} of {row.offered}")
    for q, queue in enumerate(scenario.queues):
        for start in _open_starts(scenario, now_s):
            if (q, start) not in seen:
                at = f"{clock_text(start)} of queue {queue.name!r}"
                law = f"has no interval at {at}; if nobody came, offered = 0"
                yield ("intervals",), law, Words(f"{len(actuals.intervals)} intervals")
                break


def _open_starts(scenario: Scenario, now_s: float) -> list[float]:
    """Starts of the intervals that are over, in which the centre was open."""
    starts = np.arange(0.0, now_s - scenario.interval_s + 1e-6, scenario.interval_s).tolist()
    spans = scenario.opening_spans
    return [at for at in starts if any(on < at + scenario.interval_s and at < off for on, off in spans)]


def _chat_laws(actuals: Actuals, scenario: Scenario, now_s: float) -> Iterator[Broken]:
    held: dict[tuple[int, int], int] = {}
    left = [0] * len(scenario.queues)
    for row in actuals.intervals:
        left[_place(row.queue, scenario.queues)] += row.offered
    here: list[tuple[Place, WaitingNow | OpenNow]] = [
        *((("waiting", k), each) for k, each in enumerate(actuals.waiting or ())),
        *((("open", k), each) for k, each in enumerate(actuals.open or ())),
    ]
    for place, each in here:
        if each.since >= now_s:
            yield (*place, "since"), f"must be before now, {clock_text(now_s)}", Words(clock_text(each.since))
        q = _place(each.queue, scenario.queues)
        left[q] -= 1
        if left[q] == -1:
            yield place, f"more chats are here than came to queue {scenario.queues[q].name!r}", each
    for k, chat in enumerate(actuals.open or ()):
        g, q = _place(chat.group, scenario.groups), _place(chat.queue, scenario.queues)
        yield from _open_laws(("open", k), chat, scenario.groups[g], scenario, q)
        held[g, chat.agent] = held.get((g, chat.agent), 0) + 1
        slots = scenario.groups[g].slots
        if chat.agent <= len(slots) and held[g, chat.agent] == slots[chat.agent - 1] + 1:
            law = f"the agent has {slots[chat.agent - 1]} slots, and holds more chats"
            yield ("open", k), law, Words(f"agent {chat.agent}")
    places = [_place(each.group, scenario.groups) for each in actuals.logged_in]
    for k, each_group in enumerate(actuals.logged_in):
        group = scenario.groups[places[k]]
        if each_group.agents > group.n_agents:
            law = f"group {group.name!r} has {group.n_agents} agents"
            yield ("logged_in", k, "agents"), law, each_group.agents
        if places[k] in places[:k]:
            yield ("logged_in", k), "the group stands here twice", group.name


def _open_laws(place: Place, chat: OpenNow, group: Group, scenario: Scenario, q: int) -> Iterator[Broken]:
    queue = scenario.queues[q]
    if chat.agent > group.n_agents:
        yield (*place, "agent"), f"group {group.name!r} has {group.n_agents} agents", chat.agent
    if queue.name not in group.queues:
        yield place, f"group {group.name!r} does not serve queue {queue.name!r}", group.name
    if queue.by_turns and (chat.turn is None or chat.whose is None):
        yield place, "needs turn and whose: its queue is served by turns", chat
    if not queue.by_turns and (chat.turn is not None or chat.whose is not None):
        yield place, "has no turn and whose: its queue is served by work", chat
    if chat.turn == 1 and chat.whose == "customer":
        yield (
            (*place, "turn"),
            "the first message came with the chat: from the customer is at least turn 2",
            1,
        )


def _place(name: str | None, known: Sequence[Any]) -> int:
    """Number of a queue or group by name; of none, the first."""
    return 0 if name is None else [each.name for each in known].index(name)


def day_of(actuals: Actuals, scenario: Scenario, now_s: float) -> Day:
    """Put valid *actuals* in the numbers of a *scenario*."""
    n_intervals = int(now_s // scenario.interval_s)
    shape = len(scenario.queues), n_intervals
    offered = np.zeros(shape, dtype=np.int64)
    told = {name: np.full(shape, np.nan) for name in ("missed", "in_time", "aht_s")}
    for row in actuals.intervals:
        cell = _place(row.queue, scenario.queues), int(row.start // scenario.interval_s)
        offered[cell] = row.offered
        for name, column in told.items():
            value = getattr(row, name)
            column[cell] = np.nan if value is None else value
    logged_in = np.full(len(scenario.groups), -1, dtype=np.int64)
    for each in actuals.logged_in:
        logged_in[_place(each.group, scenario.groups)] = each.agents
    return Day(
        now_s=now_s, offered=offered, logged_in=logged_in, chats=_chats(actuals, scenario), **told
    )  # fmt: skip


def _chats(actuals: Actuals, scenario: Scenario) -> tuple[Chat, ...] | None:
    if actuals.waiting is None and actuals.open is None:
        return None
    first = np.cumsum([0, *(group.n_agents for group in scenario.groups)])
    waiting = [
        Chat(_place(row.queue, scenario.queues), -1, row.since, 0, is_customers=False)
        for row in actuals.waiting or ()
    ]
    held = [
        Chat(
            _place(row.queue, scenario.queues),
            int(first[_place(row.group, scenario.groups)]) + row.agent - 1,
            row.since,
            (row.turn or 1) - 1,
            row.whose == "customer",
        )
        for row in actuals.open or ()
    ]
    return (*sorted(waiting, key=lambda chat: chat.since_s), *held)
