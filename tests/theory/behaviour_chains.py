"""What would customers and agents as they are do, exactly? Markov chains of small centres with behaviour.

Each model is the state space of a centre whose times are exponential, written from the rule book and not from
an engine. It gives of a state the steps that may follow: the state after, the rate a second, and what happened
(the outcome of a chat, or nothing that is counted). :func:`long_run` solves it; what it gives are rates of
what happened and time averages of levels, so a figure is a ratio of two of them. Arrivals are Poisson, so an
arriving chat finds the centre as it is on average (Wolff, Operations Research 30 (1982) 223-231).

A line is a word, its first letter the head: `h` for a customer who is here, `g` for one who is gone without
a signal. Numbers would not do: who has waited longer is likelier to be gone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from math import exp
from typing import Any, Protocol

from sim.theory.markov import explore
from tests.theory.chains import erlang_b

Step = tuple[Any, float, str]
"""State after, rate a second, what happened."""
Figures = dict[str, float]
"""Rates a second of what happened, and time averages, by name."""


class Model(Protocol):
    """A small centre."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""

    def steps(self, state: Any) -> Iterator[Step]:
        """Give the steps that may follow a state; one that leaves it as it is may still be counted."""

    def levels(self, state: Any) -> Figures:
        """Give what is averaged over time."""

    def __hash__(self) -> int:
        """Tell models apart: they are frozen."""


@cache
def long_run(model: Model) -> Figures:
    """Rates of what happens and time averages of a *model* in the long run."""
    chain = explore(lambda state: ((after, rate) for after, rate, _ in model.steps(state)), model.empty)
    figures: Figures = {"time": 1.0}
    for state, weight in zip(chain.states, chain.stationary.tolist(), strict=True):
        for name, level in model.levels(state).items():
            figures[name] = figures.get(name, 0.0) + weight * level
        for _, rate, happened in model.steps(state):
            if happened:
                figures[happened] = figures.get(happened, 0.0) + weight * rate
    return figures


# By work


@dataclass(frozen=True)
class Work:
    """One agent with slots, by work; or, without slowdown, as many agents with a slot each.

    A state is (chats worked on, in wrap-up, held for a customer who is gone; line; customers who will come
    again). Each of the chats worked on ends at rate 1 / aht[j] where j is all that is held (R17, R18, R20). A
    patience ends at rate 1 / patience for each customer here in the line: he leaves, or with the silence share
    stays in it as a `g` (R20), and holds a slot for the detection time once he is its head. Who is missed goes
    into the orbit with the probability of a retry and comes again at rate 1 / delay from the moment he left
    (R27). An arriving chat that would have to wait balks with a share that depends on the line (R26).
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
    """Wrong: who left silently decides when his chat is closed whether he comes again."""

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

    A state is (the chats held, each by the number that its agent held once he had accepted it, in rising
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


@dataclass(frozen=True)
class Priorities:
    """Agents with a slot each and two queues, the first of which is served first, without interruption.

    A state is (agents with a chat of the first queue, of the second; waiting in the first, in the second). A
    freed agent takes who waits in the first queue if anybody does (R9); customers of each queue have a
    patience and a work of their own.
    """

    agents: int
    arrival: tuple[float, float]
    work: tuple[float, float]
    patience: tuple[float, float]
    capacity: int
    first: int = 0
    """The queue that is served first."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (0, 0, 0, 0)

    def steps(self, state: tuple[int, int, int, int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        busy, lines = state[:2], state[2:]
        for q, rate in enumerate(self.arrival):
            if sum(busy) < self.agents:
                yield (*_moved(busy, q, 1), *lines), rate, ""
            elif lines[q] < self.capacity:
                yield (*busy, *_moved(lines, q, 1)), rate, ""
            else:
                yield state, rate, f"blocked {q}"
            if lines[q]:
                yield (*busy, *_moved(lines, q, -1)), lines[q] / self.patience[q], f"abandoned {q}"
            if busy[q]:
                yield self._filled(_moved(busy, q, -1), lines), busy[q] / self.work[q], f"served {q}"

    def _filled(self, busy: tuple[int, ...], lines: tuple[int, ...]) -> tuple[int, ...]:
        for q in (self.first, 1 - self.first):
            if lines[q]:
                return (*_moved(busy, q, 1), *_moved(lines, q, -1))
        return (*busy, *lines)

    def levels(self, state: tuple[int, int, int, int]) -> Figures:
        """Give what is averaged over time."""
        offered = {f"offered {q}": rate for q, rate in enumerate(self.arrival)}
        return offered | {"waiting 0": state[2], "waiting 1": state[3], "held": state[0] + state[1]}


def _moved(counts: tuple[int, ...], k: int, by: int) -> tuple[int, ...]:
    return (*counts[:k], counts[k] + by, *counts[k + 1 :])


@dataclass(frozen=True)
class Speeds:
    """Agents with a slot each who differ in speed, by work with a wrap-up; a chat goes to the one idle longest.

    A state is (the agents who are idle, the one idle longest first; those who work; those in wrap-up; number
    waiting). Work and wrap-up end at their rate times the agent's speed (R30); an agent who ends is the last of
    the idle ones, or takes who waits (R7 to R9).
    """

    arrival: float
    speeds: tuple[float, ...]
    work: float
    wrap_up: float
    patience: float
    capacity: int
    lowest: bool = False
    """Wrong: a chat goes to the idle agent with the lowest number."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (tuple(range(len(self.speeds))), (), (), 0)

    def steps(self, state: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        idle, working, wrapping, waiting = state
        if idle:
            taker = min(idle) if self.lowest else idle[0]
            rest = tuple(agent for agent in idle if agent != taker)
            yield (rest, _with(working, taker), wrapping, waiting), self.arrival, ""
        elif waiting < self.capacity:
            yield (idle, working, wrapping, waiting + 1), self.arrival, ""
        else:
            yield state, self.arrival, "blocked"
        yield (idle, working, wrapping, max(waiting - 1, 0)), waiting / self.patience, "abandoned"
        for agent in working:
            after = (idle, _without(working, agent), _with(wrapping, agent), waiting)
            yield after, self.speeds[agent] / self.work, f"served by {agent}"
        for agent in wrapping:
            rest = _without(wrapping, agent)
            if waiting:
                after = (idle, _with(working, agent), rest, waiting - 1)
            else:
                after = ((*idle, agent), working, rest, 0)
            yield after, self.speeds[agent] / self.wrap_up, ""

    def levels(self, state: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]) -> Figures:
        """Give what is averaged over time."""
        idle, _, wrapping, waiting = state
        busy = {f"busy {agent}": float(agent not in idle) for agent in range(len(self.speeds))}
        return busy | {"offered": self.arrival, "waiting": waiting, "wrapping": len(wrapping)}


def _with(agents: tuple[int, ...], agent: int) -> tuple[int, ...]:
    return tuple(sorted((*agents, agent)))


def _without(agents: tuple[int, ...], agent: int) -> tuple[int, ...]:
    return tuple(other for other in agents if other != agent)


# By turns


@dataclass(frozen=True)
class Talk:
    """One agent with slots, by turns, with silence, patience in the queue and in the chat, and a wrap-up.

    A state is (inbox, whether the reply being composed was begun with more than one chat, customers thinking,
    slots held for customers who are gone, in wrap-up, line). The inbox is a word in the order in which
    messages came in; the first one is being composed, unless a wrap-up has the attention. Its letters are `h` and
    `g` as in the line, and `x`, at its head alone, for a customer known to have left during the reply (R21).

    A reply ends at rate 1 / compose, over 1 + switching (R14). It is a chat's last with probability 1 /
    mean_turns, and else its customer thinks. After a reply to a `g` the chat holds its slot for the detection
    time (R20, R22), after one to an `x` the slot is free (R21). Each `h` of the inbox leaves at rate 1 /
    reply_patience: without a signal he becomes a `g`, else an `x` or, if his message is not taken up yet, his
    slot is free at once. A freed slot goes to the head of the line, whose message goes behind all others (R13).
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
    """Wrong: nobody leaves any more once his message is taken up."""

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

    A state is (inbox, number of chats that the agent held as he began the reply being composed, customers
    thinking, number waiting, customers who will return). The inbox is a word in the order in which messages came
    in: 0 for a chat without a reply, else the number held as its first reply was begun; a thinking customer has
    that number, too. The two numbers add up to m, and the chat is resolved with probability resolution -
    multitasking * (m / 2 - 1) (R28).
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


@dataclass(frozen=True)
class Idle:
    """One agent with slots and no waiting room, by turns, who closes a chat after a time of quiet.

    A chain can't hold a fixed timeout T, but need not. A customer who is quiet is one of two kinds: with
    probability p = exp(-T / think) he would think longer than T, and his chat is closed after exactly T;
    else he writes again after a time of mean think - T p / (1 - p). A reply of exponential time, first come
    first served, and quiet times beside each other, with arrivals that are lost when all slots are full, are a
    network of the kind in which the law of a quiet time matters by its mean alone (Baskett, Chandy, Muntz and
    Palacios, J. ACM 22 (1975) 248-260). So any other law with these means gives the same figures: here that of
    some exponential *stages*, and a test says that their number is nothing to them.

    A state is (messages in the inbox, customers in each stage of quiet before they write, and before the end).
    """

    arrival: float
    slots: int
    compose: float
    think: float
    mean_turns: float
    timeout: float
    stages: int = 1
    for_all: bool = False
    """Wrong: a chat that is closed has been quiet for as long as one that goes on."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""
        return (0, (0,) * self.stages, (0,) * self.stages)

    @property
    def closed(self) -> float:
        """Share of quiet times that are too long."""
        return exp(-self.timeout / self.think)

    @property
    def quiet(self) -> float:
        """Mean quiet time of a customer who writes again."""
        return self.think - self.timeout * self.closed / (1 - self.closed)

    def steps(self, state: tuple[int, tuple[int, ...], tuple[int, ...]]) -> Iterator[Step]:
        """Give the steps that may follow a state."""
        inbox, quiet, lost = state
        if inbox + sum(quiet) + sum(lost) < self.slots:
            yield (inbox + 1, quiet, lost), self.arrival, ""
        else:
            yield state, self.arrival, "blocked"
        if inbox:
            goes_on = (1 - 1 / self.mean_turns) / self.compose
            yield (inbox - 1, quiet, lost), 1 / self.compose - goes_on, "served"
            yield (inbox - 1, _moved(quiet, 0, 1), lost), goes_on * (1 - self.closed), "reply"
            yield (inbox - 1, quiet, _moved(lost, 0, 1)), goes_on * self.closed, "reply"
        for k in range(self.stages):
            is_last = k == self.stages - 1
            if quiet[k]:
                after = _moved(quiet, k, -1)
                after = after if is_last else _moved(after, k + 1, 1)
                yield (inbox + is_last, after, lost), quiet[k] * self.stages / self.quiet, ""
            if lost[k]:
                after = _moved(lost, k, -1)
                after = after if is_last else _moved(after, k + 1, 1)
                mean = self.quiet if self.for_all else self.timeout
                yield (inbox, quiet, after), lost[k] * self.stages / mean, "timed_out" * is_last

    def levels(self, state: tuple[int, tuple[int, ...], tuple[int, ...]]) -> Figures:
        """Give what is averaged over time."""
        inbox, quiet, lost = state
        return {"offered": self.arrival, "held": inbox + sum(quiet) + sum(lost), "composing": inbox > 0}


@dataclass(frozen=True)
class OneChat:
    """Agents with a slot each and no waiting room, by turns, with everything that may end a chat.

    Nobody waits, so a chat is by itself: a reply of mean `compose` is too late with probability
    compose / (compose + reply_patience), and the customer has left (R21): silently for a share of them, whose
    slot is then held for min(detection, timeout), of mean detect * (1 - exp(-timeout / detect)) (R22, R23).
    Else it is the last with probability 1 / mean_turns, and a wrap-up follows; else the customer is quiet for
    min(his time, timeout), and the chat is closed with probability exp(-timeout / think). The number of
    replies is geometric. What is lost follows Erlang B, whatever the law of the holding time (Sevastyanov 1957).
    """

    arrival: float
    agents: int
    compose: float
    think: float
    mean_turns: float
    reply_patience: float
    timeout: float
    share: float
    detect: float
    wrap_up: float
    cut: bool = True
    """Wrong if not: who is gone is not closed by the idle timeout."""

    def figures(self) -> Figures:
        """Rates and time averages."""
        late = self.compose / (self.compose + self.reply_patience)
        quiet = (1 - late) * (1 - 1 / self.mean_turns)
        closed = exp(-self.timeout / self.think)
        replies = 1 / (1 - quiet * (1 - closed))
        hold = self.detect * (1 - exp(-self.timeout / self.detect) if self.cut else 1.0)
        wrap_up = (1 - late) / self.mean_turns * self.wrap_up
        spent = self.compose + quiet * self.think * (1 - closed) + late * self.share * hold + wrap_up
        held = replies * spent
        blocked = erlang_b(self.agents, self.arrival * held)
        accepted = self.arrival * (1 - blocked)
        return {
            "time": 1.0,
            "offered": self.arrival,
            "blocked": self.arrival * blocked,
            "served": accepted * replies * (1 - late) / self.mean_turns,
            "left": accepted * replies * late,
            "timed_out": accepted * replies * quiet * closed,
            "held": accepted * held,
            "replies": accepted * replies,
        }
