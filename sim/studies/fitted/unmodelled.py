"""What is in the log that the scenario has not? Bots, transfers, offers in vain and more, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sim.log.schema import LegEnd, Role
from sim.rules import Outcome
from sim.studies.fitted.again import Chains, back_soon
from sim.studies.fitted.seen import Seen


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """Something that happens in the log and not in the scenario."""

    what: str
    count: float
    share: float
    """Of all chats; of offers or messages where it is about those."""
    remark: str
    """What becomes of it in the scenario."""


def unmodelled_of(seen: Seen, chains: Chains) -> list[Unmodelled]:
    """Count what the scenario has not; what does not occur is not listed."""
    return [each for each in (*_every(seen), *_visits(seen, chains)) if each.count]


def _every(seen: Seen) -> Iterator[Unmodelled]:
    n, chat, leg = len(seen.day), seen.chats.chat, seen.chats.leg
    by_outcome = np.bincount(chat.outcome, minlength=len(Outcome))

    def of_chats(what: str, count: int, remark: str) -> Unmodelled:
        return Unmodelled(what, float(count), count / n, remark)

    yield of_chats("contained by a bot", int(by_outcome[Outcome.CONTAINED]), "left out: they asked no agent")
    late = int((np.nan_to_num(seen.entered_s - chat.arrival_s) > 1).sum())
    yield of_chats("with a bot or a form before the queue", late, "they enter the queue as they arrive")
    moved = int((seen.rows["n_transfers"].fill_null(0) > 0).sum())
    yield of_chats(
        "handed on to another agent", moved, "the first agent keeps them; their replies' times are left out"
    )
    in_vain = int(np.isin(leg.end, [LegEnd.DECLINED, LegEnd.TIMED_OUT]).sum())
    yield Unmodelled(
        "offers declined or not taken",
        float(in_vain),
        in_vain / max(len(leg.end), 1),
        "agents take what is offered",
    )
    yield of_chats("blocked or turned away", int(by_outcome[Outcome.BLOCKED]), "nobody is turned away")
    yield of_chats("outside opening hours", int(by_outcome[Outcome.OFFLINE]), "nobody comes then")
    again = int((seen.rows["reopened"].fill_null(0) > 0).sum())
    yield of_chats("opened again", again, "once over they are over")
    begun = int((seen.rows["initiated_by"].cast(pl.String) != "customer").sum())
    yield of_chats("begun by an agent or the system", begun, "they come like any other")
    idle = sum(1 for by in seen.ended_by if by == "idle")
    yield of_chats("closed by an idle time-out", idle, "the slot is free with the end of the conversation")
    rated = int(seen.rows["rating"].is_not_null().sum())
    yield of_chats("rated by their customers", rated, "satisfaction is not fitted: [quality] has a model")
    yield from _bursts(seen)


def _visits(seen: Seen, chains: Chains) -> Iterator[Unmodelled]:
    """Customers who were served and are back soon, where nobody knows whether they had been helped."""
    if seen.rows["resolved"].is_not_null().any():
        return
    n, back = back_soon(seen, chains)
    yield Unmodelled("served, and there again within 3 days", float(back), back / max(n, 1),
                     "they come like any other: who had been helped is not recorded")  # fmt: skip


def _bursts(seen: Seen) -> Iterator[Unmodelled]:
    """Agents' messages that are no first reply to something."""
    message = seen.chats.message
    if message is None:
        return
    said = int((message.role == Role.AGENT).sum())
    more = said - int(np.isfinite(seen.chats.turn.reply_s).sum())
    if more > 0.01 * said:
        yield Unmodelled(
            "further messages of agents in a row",
            float(more),
            more / max(said, 1),
            "each reply is one message; writing the others takes no time",
        )
