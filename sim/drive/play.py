"""What do all clients of a run share? The day, the clock, the server, and the record of what is seen.

Every request goes through `ask`, which takes its time and notes its failure.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.drive.adapters.base import AgentSession, CustomerSession, Message, RefusedError, Seen, Server
from sim.drive.clock import Clock
from sim.drive.latency import Latencies, Times, Verb
from sim.drive.options import Options, Trouble
from sim.drive.record import NO_ONE, NO_ROW, Event, Kind, Record, Who
from sim.drive.schedule import Day
from sim.errors import LoadError

T = TypeVar("T")
ANSWER_S = 10.0
"""A request that is not answered by then, on the wall clock, has failed."""
RECENT = 1000
"""So many messages are looked back on while it runs: a percentile of all takes long, some times a second."""
GOLDEN = (5**0.5 - 1) / 2
DEAD_S, DEAD_FAILURES = 5.0, 3
"""A server of which so many requests in a row have failed, and none was answered for so long, is gone."""


@dataclass(slots=True)
class Live:
    """How a run stands."""

    now_s: float
    offered: int
    """Customers who have come."""
    waiting: int
    open: int
    """Chats that agents hold."""
    over: int
    skipped: int
    failures: int
    deliver_p99_s: float | None = None
    """Of the messages that were delivered last, on the wall clock; None if there is none."""


def is_slow(trouble: Trouble, who: Who, whose: int) -> bool:
    """Whether a client is one of those that read slowly: so many of each hundred, evenly spread."""
    return trouble.slow_share > 0 and phase(who, whose) < trouble.slow_share


def phase(who: Who, whose: int) -> float:
    """A client's own number from 0 to 1, spread evenly over all (the golden section's multiples)."""
    return ((whose + 1) * GOLDEN + (who is Who.AGENT) / 2) % 1.0


Pending = Mapping[Verb, int]
"""How many are on their way of what a verb asks or sends."""


class Play:
    """One run of a day on a server."""

    def __init__(
        self, day: Day, server: Server, clock: Clock, options: Options, record: Record | None = None
    ) -> None:
        self.day, self.server, self.clock, self.options = day, server, clock, options
        self.record = Record() if record is None else record
        self.latencies, self.lag = Latencies(), Times()
        self.of_parts = [Latencies() for _ in options.parts]
        """Those of each part of the day, by when something should have begun."""
        self.row_of: dict[str, int] = {}
        """Row of each chat by the server's name of it."""
        self._chat_of: dict[int, str] = {}
        self.arrival_s: dict[int, float] = {}
        """Of each chat that has come."""
        self.waiting: set[int] = set()
        self.open: set[int] = set()
        self.over: set[int] = set()
        """Rows of chats that have come: waiting, held by an agent, over."""
        self.when_over: Callable[[int], None] = lambda _: None
        """Is called with the row of each chat that is over."""
        self.when_lost: Callable[[int], None] = lambda _: None
        """Is called with the row of each customer who is there and lost."""
        self.left: set[int] = set()
        """Rows of those whose customer has left."""
        self.lost: set[int] = set()
        """Rows of those who were lost with a process of ours that was killed."""
        self.last_part: int | None = None
        """The part of the day after which it is to end, as it surely broke a limit."""
        self.broken: BaseException | None = None
        """A mistake of ours."""
        self.skipped = self.failures = 0
        self.causes: dict[str, int] = {}
        """How often requests failed, by verb and cause."""
        self.gone = asyncio.Event()
        """The server is gone."""
        self._back_s: dict[tuple[Who, int], float] = {}
        """When a connection that broke wanted to come back, the last time, by its row or agent."""
        self._nameless: dict[str, list[Callable[[int], None]]] = {}
        """What is to be done when it becomes known whose a chat is."""
        self._in_a_row, self._answered_at = 0, clock.loop_s
        self._asked: Counter[str] = Counter()
        """Requests on their way, by verb."""
        self._sent_s: dict[Message, float] = {}
        self._seen_s: dict[Message, tuple[float, int]] = {}
        """When the other side was shown it, and the agent if it was one."""
        self._delivered_s: deque[float] = deque(maxlen=RECENT)
        self._tasks: set[asyncio.Task[None]] = set()

    def live(self) -> Live:
        """How it stands."""
        sizes = (len(self.arrival_s), len(self.waiting), len(self.open), len(self.over))
        recent = sorted(self._delivered_s)
        p99_s = recent[int(0.99 * len(recent))] if recent else None
        return Live(self.clock.now_s, *sizes, self.skipped, self.failures, p99_s)

    # What is seen

    def note(
        self,
        kind: Kind,
        who: Who,
        row: int = NO_ROW,
        *,
        at_s: float | None = None,
        chat: str = "",
        agent: int = NO_ONE,
        message: Message | None = None,
        note: str = "",
    ) -> None:
        """Note what somebody has seen or done, now unless told otherwise."""
        at_s = self.clock.now_s if at_s is None else at_s
        self.record.add(Event(at_s, kind, who, row, chat, agent, message.id if message else "", note))
        self._count(kind, who, row, at_s)

    def _count(self, kind: Kind, who: Who, row: int, at_s: float) -> None:
        """Keep up with where chats are."""
        match kind:
            case Kind.ARRIVED:
                self.arrival_s[row] = at_s
                self.waiting.add(row)
            case Kind.ASSIGNED if row in self.waiting:
                self.waiting.discard(row)
                self.open.add(row)
            case Kind.SKIPPED:
                self.skipped += 1
            case Kind.LEFT if who is Who.CUSTOMER:
                self.left.add(row)
                if row in self.waiting:
                    self._end(row)
            case Kind.CLOSED:
                self._end(row)
            case _:
                pass

    def dropped(self, who: Who, whose: int, at_s: float) -> None:
        """Know that a connection breaks on purpose: until it wants to come back it can be shown nothing."""
        self._back_s[who, whose] = at_s + self.options.trouble.away_s * self.clock.speed

    def lose(self, rows: Iterable[int]) -> None:
        """Know that customers are lost with a process of ours: those who are there go without a word."""
        for row in rows:
            if row in self.over:
                continue
            self.lost.add(row)
            if row in self.arrival_s:
                self.note(Kind.LEFT, Who.CUSTOMER, row, chat=self._chat_of.get(row, ""), note="lost")
                self.when_lost(row)

    def late(self, late_s: float) -> None:
        """Note how late the driver itself was."""
        self.lag.note(late_s)

    def pending(self) -> Pending:
        """How many are on their way."""
        asked = {verb: self._asked[verb] for verb in Verb}
        return asked | {Verb.DELIVER: len(self._sent_s)}

    def took(self, verb: Verb, due_s: float, took_s: float) -> None:
        """Note how long something took that was due at *due_s*."""
        self.latencies[verb].note(took_s)
        for part, latencies in zip(self.options.parts, self.of_parts, strict=True):
            if part.start_s <= due_s < part.end_s:
                latencies[verb].note(took_s)

    def _end(self, row: int) -> None:
        self.waiting.discard(row)
        self.open.discard(row)
        if row not in self.over:
            self.over.add(row)
            self.when_over(row)

    def named(self, chat: str, row: int) -> None:
        """Know whose a chat is."""
        self.row_of[chat], self._chat_of[row] = row, chat
        for call in self._nameless.pop(chat, []):
            call(row)

    def when_named(self, chat: str, call: Callable[[int], None]) -> None:
        """Call with the row of a chat once it is known: never, if it is somebody else's."""
        if chat in self.row_of:
            call(self.row_of[chat])
        else:
            self._nameless.setdefault(chat, []).append(call)

    def sending(self, message: Message, at_s: float) -> None:
        """Note when a message is sent, as intended."""
        if message.by_agent or message.turn:  # the first one is shown when an agent takes the chat
            self._sent_s[message] = at_s
            self._deliver(message)

    def seen(self, message: Message, who: Who, chat: str, agent: int = NO_ONE) -> None:
        """Note that the other side is shown a message."""
        self.note(Kind.SEEN, who, message.chat, chat=chat, agent=agent, message=message)
        self._be_seen(message, agent, self.clock.now_s)

    def _be_seen(self, message: Message, agent: int, at_s: float) -> None:
        if message.by_agent or message.turn:
            self._seen_s.setdefault(message, (at_s, agent))
            self._deliver(message)

    def _deliver(self, message: Message) -> None:
        """Note how long a message took, once both sides are known, be it in other processes.

        Whoever was away is shown it once they are back; whoever reads slowly says nothing of the server.
        """
        if message not in self._sent_s or message not in self._seen_s:
            return
        due_s, (seen_s, agent) = self._sent_s.pop(message), self._seen_s[message]
        who, whose = (Who.CUSTOMER, message.chat) if message.by_agent else (Who.AGENT, agent)
        if is_slow(self.options.trouble, who, whose):
            return
        back_s = self._back_s.get((who, whose), due_s)
        took_s = (seen_s - max(due_s, min(back_s, seen_s))) / self.clock.speed
        self.took(Verb.DELIVER, due_s, took_s)
        self._delivered_s.append(took_s)

    def take_in(self, event: Event) -> None:
        """Note what was seen in another process."""
        self.record.add(event)
        self._count(event.kind, event.who, event.row, event.at_s)
        message = Message.of(f"[{event.message}]")
        if event.kind is Kind.OPENED:
            self.named(event.chat, event.row)
        elif message is not None and event.kind is Kind.SENT:
            self.sending(message, event.at_s)
        elif message is not None and event.kind is Kind.SEEN:
            self._be_seen(message, event.agent, event.at_s)
        elif event.kind is Kind.DROPPED:
            self.dropped(event.who, event.row, event.at_s)
        elif event.kind is Kind.FAILED:
            self._count_failure(event.note)

    # What is asked

    async def listen(
        self,
        session: CustomerSession | AgentSession,
        hear: Callable[[Seen], None],
        who: Who,
        row: int,
        agent: int = NO_ONE,
    ) -> None:
        """Let a client *hear* all that it is told, to the end; what breaks on the way is noted."""
        is_over = False
        while not is_over:
            try:
                async for seen in session.events():
                    hear(seen)
                is_over = True
            except LoadError as error:
                self.failed("listen", error, who, row, agent)

    async def ask(
        self, verb: Verb | str, due_s: float, request: Awaitable[T], who: Who, row: int, agent: int = NO_ONE
    ) -> T:
        """Ask the server something that was due at *due_s*, and note how long it took.

        Raises
        ------
        LoadError
            If it fails, which is noted, or is refused.
        """
        self._asked[verb] += 1
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await request
        except TimeoutError:
            error = LoadError(f"no answer within {ANSWER_S:g} s")
            self.failed(verb, error, who, row, agent)
            raise error from None
        except RefusedError as error:
            self._answered()
            self.note(Kind.REFUSED, who, row, agent=agent, note=f"{verb}: {error}")
            raise
        except LoadError as error:
            self.failed(verb, error, who, row, agent)
            raise
        finally:
            self._asked[verb] -= 1
        self._answered()
        if isinstance(verb, Verb):
            self.took(verb, due_s, self.clock.loop_s - self.clock.wall(due_s))
        return answer

    def _answered(self) -> None:
        self._in_a_row, self._answered_at = 0, self.clock.loop_s

    def failed(self, verb: str, error: LoadError, who: Who, row: int, agent: int = NO_ONE) -> None:
        """Note a failure of the server."""
        cause = f"{verb}: {error}"
        self.note(Kind.FAILED, who, row, agent=agent, note=cause)
        self._count_failure(cause)
        self._in_a_row += 1
        if self._in_a_row >= DEAD_FAILURES and self.clock.loop_s - self._answered_at >= DEAD_S:
            self.gone.set()

    def _count_failure(self, cause: str) -> None:
        self.failures += 1
        self.causes[cause] = self.causes.get(cause, 0) + 1

    # Who does it

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let a client's work go on beside all else; it ends with the run."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broken = error
            self.gone.set()

    async def give_up(self) -> None:
        """Stop all that still goes on, and wait until it has."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
