"""What is recorded of several runs? Their logs, one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sim.arrays import Floats, Ints, cut, firsts, stacked
from sim.log.chatlog import ChatLog, Legs, Messages, Turns


@dataclass(frozen=True, slots=True, eq=False)
class LogBatch:
    """The logs of some runs of one centre, one below the other; each can be cut out.

    Key figures are taken of them as they are: to cut columns and put them together again would be Python's
    work, with its lock, a column and a run at a time.
    """

    together: ChatLog
    """The rows of all. Offsets of turns count through all, rows of first attempts from their run's first.
    The team is the first's."""
    first_chat: Ints
    """Shape (n_runs + 1): the r-th has the chats ``first_chat[r]`` to ``first_chat[r + 1]``."""
    first_span: Ints
    """Spans of duty, likewise."""
    first_lost: Ints
    speed: Sequence[Floats]
    """Of agents, in each run: all that teams differ in."""
    n_events: Ints
    """Of each run."""

    @classmethod
    def of(cls, logs: Iterable[ChatLog]) -> LogBatch:
        """Put *logs* of one centre one below the other, where they are not yet."""
        if isinstance(logs, LogBatch):
            return logs
        logs = list(logs)
        n_events = np.array([log.n_events for log in logs])
        return cls(
            together=ChatLog(
                centre=logs[0].centre,
                chat=stacked([log.chat for log in logs]),
                turn=_stacked_lists([log.turn for log in logs]),
                leg=_legs(logs),
                duty=stacked([log.duty for log in logs]),
                team=logs[0].team,
                lost=stacked([log.lost for log in logs]),
                n_events=int(n_events.sum()),
                message=_messages([log.message for log in logs]),
                lacks=logs[0].lacks,
            ),
            first_chat=firsts(len(log.chat.queue) for log in logs),
            first_span=firsts(len(log.duty.agent) for log in logs),
            first_lost=firsts(len(log.lost.agent) for log in logs),
            speed=[log.team.speed for log in logs],
            n_events=n_events,
        )

    def __len__(self) -> int:
        """Count the runs."""
        return len(self.speed)

    def __iter__(self) -> Iterator[ChatLog]:
        """Cut out one after the other."""
        return (self[r] for r in range(len(self)))

    def __getitem__(self, r: int) -> ChatLog:
        """Cut out the r-th."""
        every = self.together
        chats, spans, lost = (
            slice(*first[r : r + 2].tolist()) for first in (self.first_chat, self.first_span, self.first_lost)
        )
        leg = every.leg
        legs = slice(*np.searchsorted(leg.chat, [chats.start, chats.stop]).tolist())
        return ChatLog(
            centre=every.centre,
            chat=cut(every.chat, chats),
            turn=_cut_lists(every.turn, chats),
            leg=replace(cut(leg, legs), chat=leg.chat[legs] - chats.start),
            duty=cut(every.duty, spans),
            team=replace(every.team, speed=self.speed[r]),
            lost=cut(every.lost, lost),
            n_events=int(self.n_events[r]),
            message=None if every.message is None else _cut_lists(every.message, chats),
            lacks=every.lacks,
        )


def _legs(logs: Sequence[ChatLog]) -> Legs:
    first_chat = firsts(len(log.chat.queue) for log in logs)
    together = stacked([log.leg for log in logs])
    counts = [len(log.leg.chat) for log in logs]
    return replace(together, chat=together.chat + np.repeat(first_chat[:-1], counts))


def _messages(parts: Sequence[Messages | None]) -> Messages | None:
    known = [part for part in parts if part is not None]
    return None if len(known) < len(parts) else _stacked_lists(known)


Lists = TypeVar("Lists", Turns, Messages)
"""Columns of which each chat has a list: chat i at ``offset[i]`` to ``offset[i + 1]``."""


def _stacked_lists(parts: Sequence[Lists]) -> Lists:
    """Put the lists of all *parts* one below the other."""
    if len(parts) == 1:
        return parts[0]
    first = firsts(int(part.offset[-1]) for part in parts)
    offsets: list[Ints] = [part.offset[:-1] + start for part, start in zip(parts, first, strict=False)]
    return replace(stacked(parts), offset=np.concatenate([*offsets, first[-1:]]))


def _cut_lists(every: Lists, chats: slice) -> Lists:
    """Take the lists of some *chats*."""
    offset = every.offset[chats.start : chats.stop + 1]
    return replace(cut(every, slice(offset[0], offset[-1])), offset=offset - offset[0])
