"""One agent by turns: silence, patience in the queue and in the chat, wrap-up, returns. Times in seconds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from sim.theory.chains.model import Figures, Step


@dataclass(frozen=True)
class TurnTotals:
    """One agent with slots, by turns, with silence, patience in the queue and in the chat, and a wrap-up.

    A state is (inbox, whether the reply being composed was begun with more than one chat, customers
    thinking, slots held for customers who are gone, in wrap-up, line). The inbox is a word in the order in
    which messages came in; the first one is being composed, unless a wrap-up has the attention. Its letters
    are `h` and `g` as in the line, and `x`, at its head alone, for a customer known to have left during the
    reply (R21).

    A reply ends at rate 1 / compose, over 1 + switching (R14). It is a chat's last with probability 1 /
    mean_turns, and else its customer thinks. After a reply to a `g` the chat holds its slot for the
    detection time (R20, R22), after one to an `x` the slot is free (R21). Each `h` of the inbox leaves at
    rate 1 / reply_patience: without a signal they become a `g`, else an `x` or, if their message is not taken
    up yet, their slot is free at once. A freed slot goes to the head of the line, whose message goes behind
    all others (R13).
    """

    arrival: float
    slots: int
    compose: float
    think: float
    mean_turns: float
    capacity: int
    patience: float = float("inf")
    reply_patience: float = float("inf")
    share: float = 0.0
    detect: float = 1.0
    wrap_up: float = 0.0
    attention: bool = True
    """Whether the wrap-up takes the agent's attention."""
    switching: float = 0.0
    unread: bool = False
    """Wrong: a message from somebody who is gone takes no time."""
    stops: bool = False
    """Wrong: a reply to somebody who has left is broken off."""
    until_taken_up: bool = False
    """Wrong: nobody leaves any more once their message is taken up."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return ("", None, 0, 0, 0, "")

    def steps(self, state: tuple[str, bool | None, int, int, int, str]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        inbox, slow, thinking, closing, wrapping, line = state
        if len(inbox) + thinking + closing + wrapping < self.slots:
            yield self._settled(inbox + "h", slow, thinking, closing, wrapping, line), self.arrival, ""
        elif len(line) < self.capacity:
            yield (inbox, slow, thinking, closing, wrapping, line + "h"), self.arrival, ""
        else:
            yield state, self.arrival, "blocked"
        if slow is not None:
            yield from self._replies(state)
        if thinking:
            after = self._settled(inbox + "h", slow, thinking - 1, closing, wrapping, line)
            yield after, thinking / self.think, ""
        if closing:
            yield self._settled(inbox, slow, thinking, closing - 1, wrapping, line), closing / self.detect, ""
        if wrapping:
            yield (
                self._settled(inbox, slow, thinking, closing, wrapping - 1, line),
                wrapping / self.wrap_up,
                "",
            )
        yield from self._leave(state)

    def _replies(self, state: tuple[str, bool | None, int, int, int, str]) -> Iterator[Step]:
        """Give the ends of the reply that is being composed."""
        inbox, slow, thinking, closing, wrapping, line = state
        rate, last = 1 / (self.compose * (1 + self.switching * bool(slow))), 1 / self.mean_turns
        rest = inbox[1:]
        if inbox[0] == "h":
            wrapped = wrapping + (self.wrap_up > 0)
            yield self._settled(rest, None, thinking, closing, wrapped, line), rate * last, "served"
            if last < 1:
                yield (
                    self._settled(rest, None, thinking + 1, closing, wrapping, line),
                    rate * (1 - last),
                    "reply",
                )
        else:
            closing += inbox[0] == "g"
            yield self._settled(rest, None, thinking, closing, wrapping, line), rate, "vain"

    def _leave(self, state: tuple[str, bool | None, int, int, int, str]) -> Iterator[Step]:
        """Give the ends of patience, in the line and in the inbox."""
        inbox, slow, thinking, closing, wrapping, line = state
        for k, who in enumerate(line):
            if who == "h":
                rest = (inbox, slow, thinking, closing, wrapping)
                yield (*rest, line[:k] + line[k + 1 :]), (1 - self.share) / self.patience, "abandoned"
                yield (*rest, line[:k] + "g" + line[k + 1 :]), self.share / self.patience, "silent"
        more = (thinking, closing, wrapping, line)
        for k, who in enumerate(inbox):
            composed = k == 0 and slow is not None
            if who != "h" or (composed and self.until_taken_up):
                continue
            before, behind = inbox[:k], inbox[k + 1 :]
            silent = self._settled(before + "g" + behind, slow, *more)
            yield silent, self.share / self.reply_patience, "left"
            if composed and not self.stops:
                known = self._settled("x" + behind, slow, *more)
            else:
                known = self._settled(before + behind, None if composed else slow, *more)
            yield known, (1 - self.share) / self.reply_patience, "left"

    def _settled(
        self, inbox: str, slow: bool | None, thinking: int, closing: int, wrapping: int, line: str
    ) -> tuple[str, bool | None, int, int, int, str]:
        """State once free slots are filled and the next message is taken up; *slow* is None if none was."""
        while True:
            free = self.slots - len(inbox) - thinking - closing - wrapping
            inbox, line = inbox + line[:free], line[free:]
            if self.attention and wrapping:
                return (inbox, None, thinking, closing, wrapping, line)
            if slow is None and inbox:
                if self.unread and inbox[0] == "g":
                    inbox, closing = inbox[1:], closing + 1
                    continue
                held = len(inbox) + thinking + closing + wrapping
                slow = held > 1 and self.switching > 0
            return (inbox, slow, thinking, closing, wrapping, line)

    def levels(self, state: tuple[str, bool | None, int, int, int, str]) -> Figures:
        """Give what is averaged over time."""
        inbox, slow, thinking, closing, wrapping, line = state
        return {
            "offered": self.arrival,
            "waiting": len(line),
            "waiting_here": line.count("h"),
            "held": len(inbox) + thinking + closing + wrapping,
            "wasted": len(inbox) - inbox.count("h") + closing,
            "composing": slow is not None,
            "in_vain": slow is not None and inbox[0] != "h",
            "wrapping": wrapping,
        }


@dataclass(frozen=True)
class ReturnsByTurns:
    """One agent with slots, by turns, two in each chat, whose unresolved customers come again.

    A state is (inbox, number of chats that the agent held as they began the reply being composed, customers
    thinking, number waiting, customers who will return). The inbox is a word in the order in which messages
    came in: 0 for a chat without a reply, else the number held as its first reply was begun; a thinking
    customer has that number, too. The two numbers add up to m, and the chat is resolved with probability
    resolution - multitasking * (m / 2 - 1) (R28).
    """

    arrival: float
    slots: int
    compose: float
    think: float
    patience: float
    capacity: int
    resolution: float
    multitasking: float
    probability: float
    delay: float
    orbit: int
    """Most who are between two attempts: so many that more hardly ever are."""
    first_only: bool = False
    """Wrong: the first reply alone counts."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return ("", 0, "", 0, 0)

    def steps(self, state: tuple[str, int, str, int, int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        inbox, m, thinking, waiting, orbit = state
        for rate, after in ((self.arrival, orbit), (orbit / self.delay, orbit - 1)):
            if len(inbox) + len(thinking) < self.slots:
                yield self._settled(inbox + "0", m, thinking, waiting, after), rate, ""
            elif waiting < self.capacity:
                yield (inbox, m, thinking, waiting + 1, after), rate, ""
            else:
                yield (inbox, m, thinking, waiting, after), rate, "blocked"
        yield (inbox, m, thinking, max(waiting - 1, 0), orbit), waiting / self.patience, "abandoned"
        for k, before in enumerate(thinking):
            rest = thinking[:k] + thinking[k + 1 :]
            yield self._settled(inbox + before, m, rest, waiting, orbit), 1 / self.think, ""
        if inbox[:1] == "0":
            thinks = "".join(sorted(thinking + str(m)))
            yield self._settled(inbox[1:], 0, thinks, waiting, orbit), 1 / self.compose, "reply"
        elif inbox:
            mean = int(inbox[0]) if self.first_only else (int(inbox[0]) + m) / 2
            resolved = self.resolution - self.multitasking * (mean - 1)
            again = (1 - resolved) * self.probability * (orbit < self.orbit)
            ended = self._settled(inbox[1:], 0, thinking, waiting, orbit)
            yield ended, resolved / self.compose, "resolved"
            yield ended, (1 - resolved - again) / self.compose, "unresolved"
            yield (*ended[:-1], orbit + 1), again / self.compose, "unresolved"

    def _settled(
        self, inbox: str, m: int, thinking: str, waiting: int, orbit: int
    ) -> tuple[str, int, str, int, int]:
        """State once free slots are filled and the next message is taken up; *m* is 0 if none was."""
        filled = min(waiting, self.slots - len(inbox) - len(thinking))
        inbox += "0" * filled
        if m == 0 and inbox:
            m = len(inbox) + len(thinking)
        return (inbox, m, thinking, waiting - filled, orbit)

    def levels(self, state: tuple[str, int, str, int, int]) -> Figures:
        """Give what is averaged over time."""
        inbox, _, thinking, waiting, orbit = state
        return {
            "customers": self.arrival,
            "offered": self.arrival + orbit / self.delay,
            "served": (inbox[:1] > "0") / self.compose,
            "waiting": waiting,
            "held": len(inbox) + len(thinking),
            "composing": inbox != "",
            "full_orbit": orbit == self.orbit,
        }
