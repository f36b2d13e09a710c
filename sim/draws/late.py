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
    longest_s: float = 0.0
    """The longest that any one chat was held up before an agent had it; 0: unknown."""

    def __bool__(self) -> bool:
        return max(self.accept_s, self.deliver_s) > 0

    def beyond(self, known: Delays) -> Delays:
        """How far they are from those that are known."""
        accept_s, deliver_s = abs(self.accept_s - known.accept_s), abs(self.deliver_s - known.deliver_s)
        return Delays(accept_s, deliver_s, self.longest_s)


NONE = Delays()


def late(draws: Draws, delays: Delays, days: int, known: Delays = NONE) -> Iterator[Draws]:
    """Give so many *days* of the same customers, each with other *delays*.

    A chat taken late leaves its customer less of their patience, and a slot that is filled late is one
    that was held for longer. A message and its reply travel both ways between the customer and the agent. Of
    each delay that is left out which is *known*: the scenario's own (R39).
    """
    streams = Streams(draws.seed, [draws.replication])

    def drawn(place: int, stream: Stream, mean_s: float, n: int) -> Floats:
        u = streams.uniforms(place, stream, np.array([0, n]))
        return np.asarray(-mean_s * np.log1p(-u), dtype=np.float64)

    for day in range(days):
        accept_s = drawn(day, Stream.ACCEPTED_LATE, delays.accept_s, draws.n_chats) - known.accept_s
        release_s = drawn(day, Stream.RELEASED_LATE, delays.accept_s, draws.n_chats) - known.accept_s
        there_s = drawn(day, Stream.REPLY_LATE, delays.deliver_s, draws.n_turns) - known.deliver_s
        back_s = drawn(day, Stream.MESSAGE_LATE, delays.deliver_s, draws.n_turns) - known.deliver_s
        patience_s = draws.reply_patience_s
        if len(patience_s):
            patience_s = np.maximum(patience_s - there_s - back_s, 0.0)
        yield replace(
            draws,
            patience_s=np.maximum(draws.patience_s - accept_s, 0.0),
            wrap_up_s=np.maximum(draws.wrap_up_s + release_s, 0.0),
            customer_s=np.maximum(draws.customer_s + there_s + back_s, 0.0),
            reply_patience_s=patience_s,
        )
