"""Who comes, with what patience and what needs? Columns drawn before anything happens."""

from __future__ import annotations

from dataclasses import dataclass

from sim.world.units import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """The customers of one replication, a row each in order of arrival (then of queue and number).

    Columns of chats have shape (n_chats,). Columns of turns are flat: the turns of chat i are the rows
    ``turn_offset[i]`` to ``turn_offset[i + 1]``. Engines read, and never draw.
    """

    seed: int
    replication: int
    queue: Ints
    """Queue of each chat."""
    number: Ints
    """Number within its queue: the same customer, whatever the other queues and the staffing."""
    arrival_s: Floats
    patience_s: Floats
    """Longest time in the queue; infinite where the queue has no patience law."""
    work_s: Floats
    """Work brought (service by work); NaN by turns."""
    wrap_up_s: Floats
    route_u: Floats
    """Uniform that chooses among free agents under random routing (R7); 0 under the other policies."""
    turn_offset: Ints
    """Shape (n_chats + 1,)."""
    agent_s: Floats
    """Composing time of each turn's reply, before any switching."""
    customer_s: Floats
    """Time from each turn's reply to the customer's next message; that of the last turn is not used."""

    @property
    def n_chats(self) -> int:
        """Customers that come."""
        return len(self.arrival_s)

    @property
    def n_turns(self) -> int:
        """Turns of all chats."""
        return len(self.agent_s)
