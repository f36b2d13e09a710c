"""What if everything came a little late? The same customers, with delays of a platform on top.

A server takes its time to show a chat to an agent and to carry a message over. Each such delay is drawn by
itself, exponential with the mean that was measured, so that days differ from each other as those of a healthy
server do: one chat that is taken a moment later may change who takes the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Floats
from sim.draws.record import Draws
from sim.draws.streams import Stream, Streams


@dataclass(frozen=True, slots=True)
class Delays:
    """How late things are on average, in simulated seconds."""

    accept_s: float = 0.0
    """From the moment when an agent could take a chat to the moment when they have it."""
    deliver_s: float = 0.0
    """From a message's being sent to the other side's having it."""
    answer_s: float = 0.0
    """For which an agent waits until the server has taken their reply."""

    def __bool__(self) -> bool:
        return max(self.accept_s, self.deliver_s, self.answer_s) > 0


def late(draws: Draws, delays: Delays, days: int) -> Iterator[Draws]:
    """Give so many *days* of the same customers, each with other *delays*.

    A chat taken late leaves its customer less of their patience, and a slot that is filled late is one
    that was held for longer. A message and its reply travel both ways between the customer and the agent.
    """
    streams = Streams(draws.seed, [draws.replication])

    def drawn(place: int, stream: Stream, mean_s: float, n: int) -> Floats:
        u = streams.uniforms(place, stream, np.array([0, n]))
        return np.asarray(-mean_s * np.log1p(-u), dtype=np.float64)

    for day in range(days):
        accept_s = drawn(day, Stream.ACCEPTED_LATE, delays.accept_s, draws.n_chats)
        release_s = drawn(day, Stream.RELEASED_LATE, delays.accept_s, draws.n_chats)
        there_s = drawn(day, Stream.REPLY_LATE, delays.deliver_s, draws.n_turns)
        answer_s = drawn(day, Stream.ANSWERED_LATE, delays.answer_s, draws.n_turns)
        back_s = drawn(day, Stream.MESSAGE_LATE, delays.deliver_s, draws.n_turns)
        patience_s = draws.reply_patience_s
        if len(patience_s):
            patience_s = np.maximum(patience_s - there_s - back_s, 0.0)
        yield replace(
            draws,
            patience_s=np.maximum(draws.patience_s - accept_s, 0.0),
            wrap_up_s=draws.wrap_up_s + release_s,
            agent_s=draws.agent_s + answer_s,
            customer_s=draws.customer_s + there_s + back_s,
            reply_patience_s=patience_s,
        )
