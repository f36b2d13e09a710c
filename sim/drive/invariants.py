"""What must never happen, however late it is? Laws that any chat server keeps, checked over a record.

Each has been broken by a real server (see the page on load). A law is a function of the record that yields
its failures: its name, the chats and the moment. What may still be on its way is no failure: a server has
*grace* before anything that it has not done counts as not done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from sim.drive.adapters.base import Desk, Message
from sim.drive.record import NO_ONE, Event, Kind, Who
from sim.rules import Policy

GRACE_S = 5.0
"""Seconds of the wall clock that a server may take over anything: longer than a stall of one or two."""
MOST_UNEVEN = 0.05
"""Share of the assignments that may be others than the policy says, by what was on its way."""
FEWEST_UNEVEN = 3
"""So many, at least, are no accident."""


class Invariant(StrEnum):
    """Name of a law."""

    OVER_CAP = "over_cap"
    TAKEN_TWICE = "taken_twice"
    SLOT_IDLE = "slot_idle"
    MESSAGE_LOST = "message_lost"
    MESSAGE_TWICE = "message_twice"
    MESSAGE_DISORDERED = "message_disordered"
    CHAT_VANISHED = "chat_vanished"
    CHAT_CAME_BACK = "chat_came_back"
    CLOSE_UNTOLD = "close_untold"
    NOT_SPREAD = "not_spread"
    STOPPED = "stopped"

    @property
    def words(self) -> str:
        """What happened."""
        return _WORDS[self]


_WORDS = {
    Invariant.OVER_CAP: "An agent had more chats than slots",
    Invariant.TAKEN_TWICE: "Two agents were given one chat",
    Invariant.SLOT_IDLE: "A slot stayed free while somebody waited",
    Invariant.MESSAGE_LOST: "A message never arrived",
    Invariant.MESSAGE_TWICE: "A message arrived twice",
    Invariant.MESSAGE_DISORDERED: "Messages arrived out of order",
    Invariant.CHAT_VANISHED: "A waiting chat was not in the list",
    Invariant.CHAT_CAME_BACK: "A closed chat came back",
    Invariant.CLOSE_UNTOLD: "A customer was not told that their chat was closed",
    Invariant.NOT_SPREAD: "Chats were not spread as the policy says",
    Invariant.STOPPED: "The server stopped answering",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A law that was broken."""

    name: Invariant
    chats: tuple[str, ...]
    """As the server calls them."""
    at_s: float
    """Simulated seconds since the first midnight."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What a check must know of the centre."""

    desks: Sequence[Desk]
    policy: Policy
    routes: bool
    """Whether the server assigns chats itself; if not, the driver does, by the policy."""
    grace_s: float
    """Simulated seconds that a server may take over anything."""
    queues: dict[int, str] = field(default_factory=dict)
    """Name of the queue of each row."""
    off_s: dict[str, float] = field(default_factory=dict)
    """When spans of duty end in which an agent takes no chats afterwards, by the note of their log-in."""

    def may_take(self, queue: str) -> Iterator[Desk]:
        """Agents with the skill."""
        return (desk for desk in self.desks if queue in desk.queues)


Check = Callable[[Sequence[Event], Centre], Iterator[Failure]]


def check(events: Iterable[Event], centre: Centre) -> list[Failure]:
    """All failures of all laws, in order of time.

    Of what happened at one instant, a chat's end comes first: its slot was free before it was filled.
    """
    ordered = sorted(events, key=lambda event: (event.at_s, event.kind not in _ENDS))
    found = [failure for law in LAWS for failure in law(ordered, centre)]
    return sorted(found, key=lambda failure: (failure.at_s, failure.name, failure.chats))


_ENDS = {Kind.CLOSED, Kind.LEFT}


# Who has which chat


def over_cap(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """An agent has more chats than slots; told once for each time that the cap is passed."""
    slots = {desk.number: desk.slots for desk in centre.desks}
    held: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for event in events:
        if _is_taken(event):
            held[event.agent][event.chat] = None
            if len(held[event.agent]) > slots.get(event.agent, 0):
                yield Failure(Invariant.OVER_CAP, tuple(held[event.agent]), event.at_s)
        elif event.kind in _ENDS:
            for mine in held.values():
                mine.pop(event.chat, None)


def taken_twice(events: Sequence[Event], _: Centre) -> Iterator[Failure]:
    """One chat is given to an agent while another has it."""
    holder: dict[str, int] = {}
    for event in events:
        if _is_taken(event):
            if holder.setdefault(event.chat, event.agent) != event.agent:
                yield Failure(Invariant.TAKEN_TWICE, (event.chat,), event.at_s)
                holder[event.chat] = event.agent
        elif event.kind is Kind.CLOSED:
            holder.pop(event.chat, None)


def _is_taken(event: Event) -> bool:
    return event.kind is Kind.ASSIGNED and event.agent != NO_ONE and event.chat != ""


def slot_idle(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """Longer than the grace a chat waits, somebody has a free slot for it, and nothing is assigned."""
    floor = _Floor(centre)
    since: dict[str, float] = {}
    told: set[str] = set()
    for event in [*events, _end(events)]:
        idle = {
            queue: max(floor.until_s[desk.number] for desk in free)
            for queue, line in floor.line.items()
            if line and (free := list(floor.free(queue)))
        }
        for queue in list(since):
            if queue not in idle:
                del since[queue]
                told.discard(queue)
        for queue, until_s in idle.items():
            began = since.setdefault(queue, floor.now_s)
            if min(event.at_s, until_s) - began > centre.grace_s and queue not in told:
                told.add(queue)
                yield Failure(Invariant.SLOT_IDLE, (next(iter(floor.line[queue])),), began)
        floor.see(event)
        if event.kind is Kind.ASSIGNED:
            since.pop(floor.queue_of.get(event.chat, ""), None)


def not_spread(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """A server that routes gives many chats to others than the policy chooses.

    An agent whose state has changed within the grace is no reason to complain: the server may not have known.
    Under `random` any of them may be right.
    """
    if not centre.routes:
        return
    floor, wrong, n = _Floor(centre), list[Event](), 0
    for event in events:
        if _is_taken(event) and event.chat in floor.queue_of:
            queue = floor.queue_of[event.chat]
            free = [
                desk
                for desk in floor.free(queue)
                if event.at_s - floor.changed_s[desk.number] > centre.grace_s
            ]
            mine = next((desk for desk in centre.desks if desk.number == event.agent), None)
            if mine is not None and queue in mine.queues:
                n += 1
                wrong += [event] * any(floor.is_rather(desk, mine, queue) for desk in free)
        floor.see(event)
    if len(wrong) >= FEWEST_UNEVEN and len(wrong) > MOST_UNEVEN * n:
        yield Failure(Invariant.NOT_SPREAD, tuple(event.chat for event in wrong), wrong[0].at_s)


class _Floor:
    """Who waits, who is there and who holds what, as far as the record has come."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.now_s = -inf
        self.line: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """Waiting chats of each queue, in order of arrival."""
        self.queue_of: dict[str, str] = {}
        self.held: dict[int, set[str]] = {desk.number: set() for desk in centre.desks}
        self.present: set[int] = set()
        self.until_s = {desk.number: inf for desk in centre.desks}
        """When their duty ends."""
        self.changed_s = {desk.number: -inf for desk in centre.desks}
        """When an agent took a chat, let go of one, or logged in, last."""
        self.idle_s = {desk.number: -inf for desk in centre.desks}
        self.over: set[str] = set()
        """Chats that have left the line: maybe at the instant at which they were opened."""
        self.last_of: dict[str, int] = {}
        """Agent who was given a chat of a queue last."""

    def free(self, queue: str) -> Iterator[Desk]:
        """Agents who may take a chat of a *queue* now (R6)."""
        for desk in self.centre.may_take(queue):
            k = desk.number
            if k in self.present and self.now_s < self.until_s[k] and len(self.held[k]) < desk.slots:
                yield desk

    def is_rather(self, one: Desk, other: Desk, queue: str) -> bool:
        """Whether the policy would surely have chosen *one* and not the *other* (R7)."""
        tiers = [desk.prefer[desk.queues.index(queue)] if desk.prefer else 0 for desk in (one, other)]
        if one.number == other.number or tiers[0] != tiers[1]:
            return tiers[0] < tiers[1]
        mine, theirs = len(self.held[one.number]), len(self.held[other.number])
        match self.centre.policy:
            case Policy.LEAST_LOADED:
                return mine < theirs
            case Policy.MOST_LOADED:
                return mine > theirs
            case Policy.LONGEST_IDLE:
                return self.idle_s[one.number] < self.idle_s[other.number] - self.centre.grace_s
            case Policy.ROUND_ROBIN:
                last, n = self.last_of.get(queue, NO_ONE), 1 + max(self.held)
                return (one.number - last - 1) % n < (other.number - last - 1) % n
            case Policy.RANDOM:
                return False

    def see(self, event: Event) -> None:
        """Go on by an event."""
        self.now_s = event.at_s
        match event.kind:
            case Kind.OPENED:
                self.queue_of[event.chat] = self.centre.queues.get(event.row, "")
                if event.chat not in self.over:
                    self.line[self.queue_of[event.chat]][event.chat] = None
            case Kind.ASSIGNED if _is_taken(event):
                self._leaves_line(event.chat)
                if event.chat not in self.held.setdefault(event.agent, set()):
                    self.held[event.agent].add(event.chat)
                    self._changes(event)
                    self.last_of[self.queue_of.get(event.chat, "")] = event.agent
            case Kind.LEFT:
                self._leaves_line(event.chat)
            case Kind.CLOSED:
                self._leaves_line(event.chat)
                for agent, mine in self.held.items():
                    if event.chat in mine:
                        mine.discard(event.chat)
                        self.changed_s[agent] = self.idle_s[agent] = event.at_s
            case Kind.LOGGED_IN:
                self.present.add(event.agent)
                self.until_s[event.agent] = self.centre.off_s.get(event.note, inf)
                self._changes(event)
            case Kind.LOGGED_OUT:
                self.present.discard(event.agent)
            case _:
                pass

    def _changes(self, event: Event) -> None:
        self.changed_s[event.agent] = self.idle_s[event.agent] = event.at_s

    def _leaves_line(self, chat: str) -> None:
        self.line[self.queue_of.get(chat, "")].pop(chat, None)
        self.over.add(chat)


def _end(events: Sequence[Event]) -> Event:
    """An event at the end of the record that says nothing."""
    return Event(events[-1].at_s if events else 0.0, Kind.GONE, Who.DRIVER)


# Messages


def message_lost(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """A message that the server took is never shown to the other side, who was there for it."""
    taken_s, over_s = _first(events, Kind.ASSIGNED), _first(events, Kind.CLOSED, Kind.LEFT)
    away = _away(events)
    seen = {event.message for event in events if event.kind is Kind.SEEN}
    end_s = _end(events).at_s
    for event in events:
        if event.kind is Kind.SENT and event.message and event.message not in seen:
            there_s = max(event.at_s, taken_s.get(event.chat, inf))
            for gone_s, back_s in away.get(event.chat, {}).get(event.who, ()):
                if gone_s < there_s + centre.grace_s and back_s > there_s:
                    there_s = back_s
                    break
            due_s = there_s + centre.grace_s
            if due_s < min(over_s.get(event.chat, inf), end_s):
                yield Failure(Invariant.MESSAGE_LOST, (event.chat,), event.at_s)


def _away(events: Sequence[Event]) -> dict[str, dict[Who, list[tuple[float, float]]]]:
    """Of each chat, by who sends: from and until when the other side's connection was broken, on purpose."""
    gone: dict[tuple[Who, int], list[tuple[float, float]]] = {}
    for event in events:
        whose = event.who, event.row if event.who is Who.CUSTOMER else event.agent
        if event.kind is Kind.DROPPED:
            gone.setdefault(whose, []).append((event.at_s, inf))
        elif event.kind is Kind.BACK:
            gone[whose][-1] = gone[whose][-1][0], event.at_s
    found: dict[str, dict[Who, list[tuple[float, float]]]] = {}
    for event in events if gone else ():
        if _is_taken(event) or event.kind is Kind.OPENED:
            mine = (Who.AGENT, event.agent) if event.kind is Kind.ASSIGNED else (Who.CUSTOMER, event.row)
            other = Who.CUSTOMER if mine[0] is Who.AGENT else Who.AGENT
            found.setdefault(event.chat, {})[other] = gone.get(mine, [])
    return found


def message_twice(events: Sequence[Event], _: Centre) -> Iterator[Failure]:
    """Somebody is shown the same message again."""
    seen: set[tuple[Who, int, str]] = set()
    for event in events:
        if event.kind is Kind.SEEN and event.message:
            key = event.who, event.agent, event.message
            if key in seen:
                yield Failure(Invariant.MESSAGE_TWICE, (event.chat,), event.at_s)
            seen.add(key)


def message_disordered(events: Sequence[Event], _: Centre) -> Iterator[Failure]:
    """Somebody is shown a message after one that was sent later by the same side."""
    latest: dict[tuple[Who, int, int], int] = {}
    seen: set[tuple[Who, int, str]] = set()
    for event in events:
        message = Message.of(f"[{event.message}]") if event.kind is Kind.SEEN else None
        if message is None or (event.who, event.agent, event.message) in seen:
            continue
        seen.add((event.who, event.agent, event.message))
        key = event.who, event.agent, message.chat
        if message.turn < latest.get(key, -1):
            yield Failure(Invariant.MESSAGE_DISORDERED, (event.chat,), event.at_s)
        latest[key] = max(message.turn, latest.get(key, -1))


# The list of those who wait


def chat_vanished(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """A chat that waits is not in the agents' list, longer than the grace, while somebody looks at it."""
    if not any(event.kind is Kind.WAITING for event in events):
        return
    hidden_s: dict[str, float] = {}
    told, over, listed = set[str](), set[str](), set[str]()
    present, looked_s = set[int](), -inf
    for event in [*events, _end(events)]:
        if present:
            for chat, since_s in hidden_s.items():
                if event.at_s - max(since_s, looked_s) > centre.grace_s and chat not in told:
                    told.add(chat)
                    yield Failure(Invariant.CHAT_VANISHED, (chat,), max(since_s, looked_s))
        match event.kind:
            case Kind.OPENED if event.chat not in listed | over:
                hidden_s[event.chat] = event.at_s
            case Kind.GONE if event.chat and event.chat not in over:
                hidden_s[event.chat] = event.at_s
            case Kind.WAITING:
                hidden_s.pop(event.chat, None)
                listed.add(event.chat)
            case Kind.ASSIGNED | Kind.LEFT | Kind.CLOSED:
                hidden_s.pop(event.chat, None)
                over.add(event.chat)
            case Kind.LOGGED_IN:
                looked_s = looked_s if present else event.at_s
                present.add(event.agent)
            case Kind.LOGGED_OUT:
                present.discard(event.agent)
            case _:
                pass


def chat_came_back(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """A chat that an agent has closed is in the list again, or assigned, later than the grace."""
    closed_s: dict[str, float] = {}
    told: set[str] = set()
    for event in events:
        if event.kind is Kind.CLOSED:
            closed_s.setdefault(event.chat, event.at_s)
        elif (
            event.kind in {Kind.WAITING, Kind.ASSIGNED}
            and event.at_s > closed_s.get(event.chat, inf) + centre.grace_s
            and event.chat not in told
        ):
            told.add(event.chat)
            yield Failure(Invariant.CHAT_CAME_BACK, (event.chat,), event.at_s)


def close_untold(events: Sequence[Event], centre: Centre) -> Iterator[Failure]:
    """A customer whose connection broke and came back is never told that an agent has closed their chat.

    Whom nobody tells it though they were there all along keeps the run from its end.
    """
    told = {
        event.row for event in events if event.kind in {Kind.CLOSED, Kind.LEFT} and event.who is Who.CUSTOMER
    }
    came = {event.row for event in events if event.kind is Kind.BACK and event.who is Who.CUSTOMER}
    end_s = _end(events).at_s
    for event in events:
        if event.kind is Kind.CLOSED and event.who is Who.AGENT and event.row in came - told:
            if event.at_s + centre.grace_s < end_s:
                yield Failure(Invariant.CLOSE_UNTOLD, (event.chat,), event.at_s)
            told.add(event.row)


_ANSWERS = {Kind.OPENED, Kind.WAITING, Kind.ASSIGNED, Kind.REFUSED, Kind.SENT, Kind.SEEN, Kind.LOGGED_IN}


def stopped(events: Sequence[Event]) -> Failure:
    """A server that is known to have stopped answering: since when, and which chats were there then."""
    since_s = max((event.at_s for event in events if event.kind in _ANSWERS), default=_end(events).at_s)
    there: dict[str, None] = {}
    for event in events:
        if event.chat and event.kind in {Kind.OPENED, Kind.ASSIGNED}:
            there[event.chat] = None
        elif event.kind in _ENDS and event.note != "stopped":
            there.pop(event.chat, None)
    return Failure(Invariant.STOPPED, tuple(there), since_s)


def _first(events: Sequence[Event], *kinds: Kind) -> dict[str, float]:
    """First moment at which each chat was seen so."""
    found: dict[str, float] = {}
    for event in events:
        if event.kind in kinds and event.chat:
            found.setdefault(event.chat, event.at_s)
    return found


LAWS: tuple[Check, ...] = (
    over_cap, taken_twice, slot_idle, message_lost, message_twice, message_disordered, chat_vanished,
    chat_came_back, close_untold, not_spread,
)  # fmt: skip
"""All laws."""
