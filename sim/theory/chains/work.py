"""One agent by work, or several with a slot each: silence, wrap-up, balking, retries, returns. In seconds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.theory.chains.model import Figures, Step


@dataclass(frozen=True)
class Work:
    """One agent with slots, by work; or, without slowdown, as many agents with a slot each.

    A state is (chats worked on, in wrap-up, held for a customer who is gone; line; customers who will come
    again). Each of the chats worked on ends at rate 1 / aht[j] where j is all that is held (R17, R18, R20).
    A patience ends at rate 1 / patience for each customer here in the line: they leave, or with the silence
    share stay in it as a `g` (R20), and holds a slot for the detection time once they are its head. Who is
    missed goes into the orbit with the probability of a retry and comes again at rate 1 / delay from the
    moment they left (R27). An arriving chat that would have to wait balks with a share that depends on the
    line (R26).
    """

    arrival: float
    aht: tuple[float, ...]
    """Mean handling time with 1, 2, … chats open; as many as there are slots."""
    patience: float
    capacity: int
    share: float = 0.0
    """Of those whose patience ends, who leave without a signal."""
    detect: float = 1.0
    wrap_up: float = 0.0
    balking: tuple[float, ...] = ()
    """Share that does not join with 0, 1, … chats waiting, the last one beyond; omitted: 0."""
    retry: float = 0.0
    delay: float = 1.0
    orbit: int = 0
    """Most who are between two attempts: so many that more hardly ever are."""
    counted: bool = True
    """Wrong if not: chats in wrap-up, and of customers who are gone, don't slow the others down."""
    from_close: bool = False
    """Wrong: who left silently decides when their chat is closed whether they come again."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (0, 0, 0, "", 0)

    def steps(self, state: tuple[int, int, int, str, int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        working, wrapping, gone, line, orbit = state
        held = working + wrapping + gone
        for rate, after in ((self.arrival, orbit), (orbit / self.delay, orbit - 1)):
            yield from self._arrives((working, wrapping, gone, line, after), rate)
        if working:
            open_chats = held if self.counted else working
            ended = (working - 1, wrapping + 1, gone, line, orbit)
            after_end = ended if self.wrap_up else self._filled(working - 1, wrapping, gone, line, orbit)
            yield after_end, working / self.aht[open_chats - 1], "served"
        if wrapping:
            yield self._filled(working, wrapping - 1, gone, line, orbit), wrapping / self.wrap_up, ""
        if gone:
            closed = self._filled(working, wrapping, gone - 1, line, orbit)
            if self.from_close:
                yield from self._missed(closed, gone / self.detect, "")
            else:
                yield closed, gone / self.detect, ""
        for k, who in enumerate(line):
            if who == "h":
                left = (working, wrapping, gone, line[:k] + line[k + 1 :], orbit)
                silent = (working, wrapping, gone, line[:k] + "g" + line[k + 1 :], orbit)
                yield from self._missed(left, (1 - self.share) / self.patience, "abandoned")
                if self.from_close:
                    yield silent, self.share / self.patience, "silent"
                else:
                    yield from self._missed(silent, self.share / self.patience, "silent")

    def _arrives(self, state: tuple[int, int, int, str, int], rate: float) -> Iterator[Step]:
        working, wrapping, gone, line, orbit = state
        if working + wrapping + gone < len(self.aht):
            yield (working + 1, wrapping, gone, line, orbit), rate, ""
        elif len(line) < self.capacity:
            balks = self.balking[min(len(line), len(self.balking) - 1)] if self.balking else 0.0
            yield (working, wrapping, gone, line + "h", orbit), rate * (1 - balks), "queued"
            yield from self._missed(state, rate * balks, "balked")
        else:
            yield from self._missed(state, rate, "blocked")

    def _missed(self, state: Any, rate: float, happened: str) -> Iterator[Step]:
        again = self.retry * (state[-1] < self.orbit)
        yield state, rate * (1 - again), happened
        yield (*state[:-1], state[-1] + 1), rate * again, happened

    @staticmethod
    def _filled(working: int, wrapping: int, gone: int, line: str, orbit: int) -> Any:
        """State once the freed slot has gone to the head of the line."""
        is_here, is_gone = line[:1] == "h", line[:1] == "g"
        return (working + is_here, wrapping, gone + is_gone, line[1:], orbit)

    def levels(self, state: tuple[int, int, int, str, int]) -> Figures:
        """Give what is averaged over time."""
        working, wrapping, gone, line, orbit = state
        held = working + wrapping + gone
        return {
            "customers": self.arrival,
            "offered": self.arrival + orbit / self.delay,
            "waiting": len(line),
            "waiting_here": line.count("h"),
            "held": held,
            "wasted": gone,
            "wrapping": wrapping,
            "full_orbit": orbit == self.orbit,
        }


@dataclass(frozen=True)
class Returns:
    """One agent with slots, by work, whose unresolved customers come again.

    A state is (the chats held, each by the number that its agent held once they had accepted it, in rising
    order; number waiting; customers who will return). That number m decides, at the end, whether the chat is
    resolved: with probability resolution - multitasking * (m - 1) (R28).
    """

    arrival: float
    aht: tuple[float, ...]
    patience: float
    capacity: int
    resolution: float
    multitasking: float
    probability: float
    delay: float
    orbit: int
    """Most who are between two attempts: so many that more hardly ever are."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return ((), 0, 0)

    def steps(self, state: tuple[tuple[int, ...], int, int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        held, waiting, orbit = state
        for rate, after in ((self.arrival, orbit), (orbit / self.delay, orbit - 1)):
            if len(held) < len(self.aht):
                yield (tuple(sorted((*held, len(held) + 1))), waiting, after), rate, ""
            elif waiting < self.capacity:
                yield (held, waiting + 1, after), rate, ""
            else:
                yield (held, waiting, after), rate, "blocked"
        yield (held, max(waiting - 1, 0), orbit), waiting / self.patience, "abandoned"
        for k, m in enumerate(held):
            rate = 1 / self.aht[len(held) - 1]
            rest = held[:k] + held[k + 1 :]
            if waiting:
                rest = tuple(sorted((*rest, len(held))))
            resolved = self.resolution - self.multitasking * (m - 1)
            again = (1 - resolved) * self.probability * (orbit < self.orbit)
            yield (rest, max(waiting - 1, 0), orbit), rate * resolved, "resolved"
            yield (rest, max(waiting - 1, 0), orbit), rate * (1 - resolved - again), "unresolved"
            yield (rest, max(waiting - 1, 0), orbit + 1), rate * again, "unresolved"

    def levels(self, state: tuple[tuple[int, ...], int, int]) -> Figures:
        """Give what is averaged over time."""
        held, waiting, orbit = state
        return {
            "customers": self.arrival,
            "offered": self.arrival + orbit / self.delay,
            "waiting": waiting,
            "held": len(held),
            "served": len(held) / self.aht[len(held) - 1] if held else 0.0,
            "full_orbit": orbit == self.orbit,
        }
