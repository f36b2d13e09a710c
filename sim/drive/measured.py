"""What did the centre on the server look like? The log of a driven day, from what the server said.

It has the tables of any log, so that the product's own key figures are made of it. A customer came when they
wanted to; all else is when the server said so to the client concerned: an agent has a chat when the agent is
told, a reply is there when the customer is shown it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from sim.drive.adapters.base import Message
from sim.drive.record import Event, Kind, Who
from sim.drive.schedule import Day
from sim.log.chatlog import ChatLog
from sim.rules import After, Outcome

if TYPE_CHECKING:
    import polars as pl

_NEVER_TAKEN = {Outcome.ABANDONED, Outcome.OVERFLOWED}
"""Chats that waited, whether an agent was shown them or not."""
WAYS: Mapping[str, Outcome] = {
    After.ABANDONED: Outcome.ABANDONED,
    After.OVERFLOWED: Outcome.OVERFLOWED,
    After.UNANSWERED: Outcome.LEFT,
    After.LEFT: Outcome.LEFT,
}
"""What became of chats that their customer left, by the way."""


@dataclass(slots=True)
class Heard:
    """What was heard of one chat."""

    row: int
    arrival_s: float
    outcome: Outcome = Outcome.UNFINISHED
    queued: bool = False
    agent: int | None = None
    accepted_s: float = nan
    ended_s: float = nan
    released_s: float = nan
    left_s: float = nan
    is_stopped: bool = False
    """The run ended, or the customer was lost, before it was over: what its agent does then is no end."""
    began_s: dict[str, float] = field(default_factory=dict)
    """When agents began to compose a reply, by message."""
    sent: dict[str, float] = field(default_factory=dict)
    """Messages of customers when they sent them, replies when customers saw them, or in vain."""

    def hear(self, event: Event) -> None:
        """Take in one event."""
        at_s, by_agent = event.at_s, event.who is Who.AGENT
        match event.kind:
            case Kind.WAITING if event.note:
                self.queued = True
            case Kind.ASSIGNED if by_agent and self.agent is None:
                self.agent, self.accepted_s = event.agent, at_s
            case Kind.BEGAN:
                self.began_s.setdefault(event.message, at_s)
            case Kind.SENT if not by_agent:
                self.sent.setdefault(event.message, at_s)
            case Kind.SEEN if not by_agent:
                self.sent.setdefault(event.message, at_s)
            case Kind.IN_VAIN:
                self.sent.setdefault(event.message, at_s)
            case Kind.ENDED:
                self.ended_s = at_s
                self.outcome = Outcome.TIMED_OUT if event.note else Outcome.SERVED
            case Kind.DONE if not self.is_stopped:
                self.released_s = at_s
            case Kind.LEFT if not by_agent:
                self._leave(event)
            case Kind.CLOSED if by_agent and event.note != "stopped" and not self.is_stopped:
                self._close(event)
            case _:
                pass

    def _leave(self, event: Event) -> None:
        """Their customer has gone; those who did because the server failed them were turned away."""
        self.is_stopped = event.note in {"stopped", "lost"}
        if event.note == "failed" and self.agent is None:
            self.outcome, self.ended_s = Outcome.BLOCKED, event.at_s
        elif event.note in WAYS:
            self.outcome, self.ended_s = WAYS[event.note], event.at_s
            self.left_s = event.at_s

    def _close(self, event: Event) -> None:
        """An agent has closed it, or is told that the server has."""
        if isnan(self.released_s):
            self.released_s = event.at_s
        if self.outcome is Outcome.UNFINISHED:
            self.outcome, self.ended_s = Outcome.TIMED_OUT, event.at_s

    @property
    def waited(self) -> bool:
        """Whether it was in line, be it that nobody ever took it."""
        still_there = self.outcome is Outcome.UNFINISHED and self.agent is None
        return self.queued or still_there or self.outcome in _NEVER_TAKEN

    @property
    def was_held(self) -> bool:
        """Whether an agent had it: not if it was given to one after its customer had gone."""
        return self.agent is not None and self.outcome not in {*_NEVER_TAKEN, Outcome.BLOCKED}


def heard(events: Iterable[Event]) -> list[Heard]:
    """What was heard of each chat that came, in order of arrival."""
    found: dict[int, Heard] = {}
    earlier: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in {Kind.ARRIVED, Kind.OFFLINE}:
            found[event.row] = chat = Heard(event.row, event.at_s)
            if event.kind is Kind.OFFLINE:
                chat.outcome, chat.ended_s = Outcome.OFFLINE, event.at_s
            for before in earlier.pop(event.row, []):
                chat.hear(before)
        elif event.row in found:
            found[event.row].hear(event)
        else:
            earlier[event.row].append(event)
    return sorted(found.values(), key=lambda chat: (chat.arrival_s, chat.row))


def log_of_day(day: Day, events: Sequence[Event], *, routes: bool) -> ChatLog:
    """Log of a *day* as it was on a server; where that *routes*, nobody knows who had to wait in line."""
    import polars as pl  # noqa: PLC0415  slow to import

    chats = heard(events)
    columns = _chats(day, chats)
    if routes:
        del columns["queued"]
    return ChatLog.of(
        pl.DataFrame(columns),
        messages=_messages(chats),
        agents=_agents(day, events, chats),
        facts=replace(day.twin.centre, deliver_s=0.0),  # the server's own delays are in its times
    )


def _chats(day: Day, chats: Sequence[Heard]) -> dict[str, Any]:
    draws, queues = day.draws, day.scenario.queues
    rows = [chat.row for chat in chats]
    columns: dict[str, Any] = {
        "chat_id": rows,
        "queue": [queues[draws.queue[row]].name for row in rows],
        "number": draws.number[rows],
        "arrival_s": [chat.arrival_s for chat in chats],
        "outcome": [chat.outcome.name.lower() for chat in chats],
        "queued": [chat.waited for chat in chats],
        "accepted_s": [chat.accepted_s if chat.was_held else nan for chat in chats],
        "ended_s": [chat.ended_s for chat in chats],
        "released_s": [chat.released_s for chat in chats],
        "agent_id": [chat.agent if chat.was_held else None for chat in chats],
        "true_patience_s": draws.patience_s[rows],
    }
    if any(queue.reply_patience is not None for queue in queues):
        left = [chat.left_s if chat.outcome is Outcome.LEFT else nan for chat in chats]
        columns["true_left_s"] = left
    if draws.chains is not None:
        columns |= {"customer_id": draws.chains.customer[rows], "attempt": draws.chains.attempt[rows]}
    return columns


def _messages(chats: Sequence[Heard]) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415  as above

    rows: list[tuple[int, int, str, float, float]] = []
    for chat in chats:
        if not chat.was_held:
            continue
        for name, at_s in chat.sent.items():
            message = Message.of(f"[{name}]")
            assert message is not None
            role = "agent" if message.by_agent else "customer"
            place = 2 * message.turn + message.by_agent
            rows.append((chat.row, place, role, at_s, chat.began_s.get(name, nan)))
    kinds = {"chat_id": pl.Int64, "seq": pl.Int64, "role": pl.String}
    kinds |= {"sent_s": pl.Float64, "started_s": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _agents(day: Day, events: Sequence[Event], chats: Sequence[Heard]) -> pl.DataFrame:
    """Spans of duty as planned, with the log-ins and log-outs that there were.

    A run may end before somebody has logged out who stayed for their last chat: they were there until it was
    over (R11).
    """
    import polars as pl  # noqa: PLC0415  as above

    team, groups = day.team, day.scenario.groups
    times: dict[Kind, dict[int, float]] = {Kind.LOGGED_IN: {}, Kind.LOGGED_OUT: {}}
    for event in events:
        if event.kind in times:
            times[event.kind].setdefault(int(event.note), event.at_s)
    agent = [*team.agent.tolist(), *team.lost_agent.tolist()]
    planned_s, spans = team.on_s.tolist(), range(len(team.agent))
    off_s, none = team.off_s.tolist(), [nan] * len(team.lost_agent)
    on_s = [times[Kind.LOGGED_IN].get(k, planned_s[k]) for k in spans] + team.lost_on_s.tolist()
    held_s = [0.0] * len(team.agent)
    for chat in chats:
        if chat.was_held and chat.released_s == chat.released_s:
            mine = (k for k in spans if agent[k] == chat.agent and on_s[k] <= chat.accepted_s)
            last = max(mine, default=None)
            if last is not None:
                held_s[last] = max(held_s[last], chat.released_s)
    return pl.DataFrame(
        {
            "agent_id": agent,
            "group": [groups[team.group[each]].name for each in agent],
            "status": ["worked"] * len(spans) + ["late" if late else "absent" for late in team.lost_late],
            "slots": team.slots[agent],
            "speed": [day.speed(each, time_s) for each, time_s in zip(agent, on_s, strict=True)],
            "on_s": on_s,
            "off_s": off_s + team.lost_off_s.tolist(),
            "out_s": [times[Kind.LOGGED_OUT].get(k, max(off_s[k], held_s[k])) for k in spans] + none,
        }
    )
