"""How are customers drawn? By inversion, from the uniforms of the named streams.

A draw belongs to a row, and all laws are sampled by inversion of one uniform a row: the same customer comes
with the same patience whatever the staffing (common random numbers). Replications are drawn in batches, each
column of all of them at once; they are the same in any batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints
from sim.draws.arrivals import arrivals
from sim.draws.attempts import Block, blocks, links
from sim.draws.bursts import NUMBERED, burst_arrivals
from sim.draws.memory import refuse_too_large
from sim.draws.merge import merged, numbers, turn_rows
from sim.draws.people import people
from sim.draws.record import Chains, Draws, DrawsBatch, Opinions
from sim.draws.streams import Stream, Streams
from sim.rules import Kept, Policy
from sim.scenario.demand import ByTurns, ByWork, Queue
from sim.scenario.scenario import Scenario
from sim.scenario.troubles import bursts


class Sampled(Protocol):
    """What turns uniforms into values: a law."""

    def sample(self, u: Floats) -> Floats:
        """Values from uniforms *u* in [0, 1), a value each."""


class Column(NamedTuple):
    """A column of draws: its name, its stream and the law of each queue, if it has one."""

    name: str
    stream: Stream
    law: Callable[[Scenario, Queue], Sampled | None]
    otherwise: float
    """Value of a queue without a law."""
    optional: bool = False
    """Whether it is empty, and costs nothing, where no queue has a law."""
    kept: Kept | None = None
    """What it is part of, of which a queue's further attempts may keep the first's (R29)."""


def _turns(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.service.turns if isinstance(queue.service, ByTurns) else None


def _agent_s(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.service.agent_s if isinstance(queue.service, ByTurns) else None


def _customer_s(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.service.customer_s if isinstance(queue.service, ByTurns) else None


def _work_s(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.service.work_s if isinstance(queue.service, ByWork) else None


def _detect_s(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.silence.detect_s if queue.silence else None


def _balk_u(_: Scenario, queue: Queue) -> Sampled | None:
    return AS_DRAWN if queue.balking else None


def _retry_delay_s(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.retry.delay_s if queue.retry else None


def _return_delay_s(_: Scenario, queue: Queue) -> Sampled | None:
    return queue.returns.delay_s if queue.returns else None


def _opinion_u(scenario: Scenario, _: Queue) -> Sampled | None:
    return AS_DRAWN if scenario.quality else None


class AsDrawn(NamedTuple):
    """The uniforms themselves."""

    def sample(self, u: Floats) -> Floats:
        """Give them back."""
        return u


class Below(NamedTuple):
    """One for a uniform below a share, else zero."""

    share: float

    def sample(self, u: Floats) -> Floats:
        """Ones and zeros."""
        return (u < self.share).astype(np.float64)


def _route_u(scenario: Scenario, _: Queue) -> Sampled | None:
    return AS_DRAWN if scenario.routing.policy is Policy.RANDOM else None


AS_DRAWN = AsDrawn()

TURNS = Column("n_turns", Stream.TURNS, _turns, 0, kept=Kept.NEEDS)
OF_CHATS = (
    Column("patience_s", Stream.PATIENCE, lambda _, queue: queue.patience, np.inf, kept=Kept.PATIENCE),
    Column("work_s", Stream.WORK, _work_s, np.nan, kept=Kept.NEEDS),
    Column("wrap_up_s", Stream.WRAP_UP, lambda _, q: q.service.wrap_up_s, 0.0, kept=Kept.NEEDS),
    Column("route_u", Stream.ROUTE, _route_u, 0.0),
    Column("silent", Stream.SILENT, lambda _, q: Below(q.silence.share) if q.silence else None, 0.0, True),
    Column("detect_s", Stream.DETECT, _detect_s, 0.0, True),
    Column("balk_u", Stream.BALK, _balk_u, 0.0, True),
    Column("retry_delay_s", Stream.RETRY_DELAY, _retry_delay_s, 0.0, True),
    Column("return_delay_s", Stream.RETURN_DELAY, _return_delay_s, 0.0, True),
    Column("resolve_u", Stream.RESOLVE, _opinion_u, 0.0, True),
    Column("csat_u", Stream.CSAT, _opinion_u, 0.0, True),
    Column("nps_u", Stream.NPS, _opinion_u, 0.0, True),
    Column("ces_u", Stream.CES, _opinion_u, 0.0, True),
    Column("survey_u", Stream.SURVEY, _opinion_u, 0.0, True),
    Column("conversion_u", Stream.CONVERSION, _opinion_u, 0.0, True),
)
"""A row a chat. A column more takes a stream, a row here and a field of `Draws`; it moves no other."""
OF_TURNS = (
    Column("agent_s", Stream.AGENT, _agent_s, np.nan, kept=Kept.NEEDS),
    Column("customer_s", Stream.CUSTOMER, _customer_s, np.nan, kept=Kept.NEEDS),
    Column(
        "reply_patience_s", Stream.REPLY_PATIENCE, lambda _, q: q.reply_patience, np.inf, True, Kept.NEEDS
    ),
)
"""A row a turn."""


def draw(scenario: Scenario, seed: int, replication: int = 0) -> Draws:
    """Draw the customers of one *replication* of a *scenario*.

    Raises
    ------
    TooLargeError
        If the expected demand needs more memory than the machine has available.
    """
    return draw_all(scenario, seed, [replication])[0]


def with_people(drawn: DrawsBatch, scenario: Scenario) -> DrawsBatch:
    """Give customers that are *drawn* already the agents of another staffing of the same centre."""
    return replace(drawn, people=people(scenario, Streams(drawn.together.seed, drawn.replications)))


def draw_all(scenario: Scenario, seed: int, replications: Sequence[int]) -> DrawsBatch:
    """Draw the customers of several *replications*, at a time for the price of hardly more than one.

    Raises
    ------
    TooLargeError
        If the expected demand of one needs more memory than the machine has available.
    """
    streams = Streams(seed, replications)
    refuse_too_large(scenario)
    came = [arrivals(scenario, q, streams) for q in range(len(scenario.queues))]
    came += [burst_arrivals(scenario, k, streams) for k in range(1, len(bursts(scenario)) + 1)]
    every = blocks(scenario, streams, [ends for _, ends in came])
    ends = np.array([block.ends for block in every])
    # What is reserved arrives after all others: when, the engine will tell.
    reserved = [np.full(block.ends[-1], np.inf) for block in every[len(came) :]]
    arrival_s = _joined([times_s for times_s, _ in came] + reserved)
    first = _offsets(ends[:, -1])[:-1, None]
    earlier = _earlier(every)
    n_turns = _drawn([TURNS], scenario, streams, every, ends, earlier)["n_turns"].astype(np.int64)
    offset = _offsets(n_turns)
    order = merged(arrival_s, first + ends) if len(ends) > 1 else None
    chats = _Table(ends, order, earlier)
    turns = _Table(
        offset[first + ends] - offset[first],
        None if order is None else turn_rows(order, offset),
        [None if each is None else each.turns(first[each.block, 0], offset) for each in earlier],
    )

    def drawn(columns: Sequence[Column], table: _Table) -> dict[str, Any]:
        parts = _drawn(columns, scenario, streams, every, table.ends, table.earlier)
        return {name: table.ordered(column) for name, column in parts.items()}

    queues, begins = [block.queue for block in every], [NUMBERED * block.burst for block in every]
    queue, number = numbers(np.array(queues), np.array(begins), ends)
    known = {"queue": queue, "number": number, "arrival_s": arrival_s}
    of_chats = {name: chats.ordered(column) for name, column in known.items()} | drawn(OF_CHATS, chats)
    first_chat = ends.sum(axis=0)
    if len(every[0].persist_u) or len(every) > len(came):
        of_chats |= _chained(links(scenario, every), of_chats, order, first_chat)
    columns = _nested(of_chats | drawn(OF_TURNS, turns))
    together = Draws(
        seed=seed,
        replication=replications[0],
        turn_offset=_offsets(chats.ordered(n_turns)),
        **columns,
    )
    return DrawsBatch(together, replications, first_chat, people(scenario, streams))


def _chained(
    linked: Mapping[str, NDArray[Any]], of_chats: Mapping[str, Any], order: Ints | None, ends: Ints
) -> dict[str, Any]:
    """Columns of chains in the order of the draws, with rows as each replication counts them."""
    n = int(ends[-1])
    order = np.arange(n) if order is None else order
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n) - np.repeat(ends[:-1], np.diff(ends))
    chained = {name: column[order] for name, column in linked.items()}
    customer = chained["customer"]
    chained["customer"] = place[customer]
    chained["next_row"] = np.where(chained["next_row"] < 0, -1, place[chained["next_row"]])
    begins = np.repeat(ends[:-1], np.diff(ends))
    chained["number"] = of_chats["number"][begins + chained["customer"]]
    chained["arrival_s"] = np.where(chained["attempt"] == 1, of_chats["arrival_s"], np.nan)
    for name in ("retry_delay_s", "return_delay_s"):
        chained[name] = of_chats[name] if len(of_chats[name]) else np.zeros(n)
    return chained


def _nested(columns: dict[str, Any]) -> dict[str, Any]:
    """Fields of `Draws` from flat columns."""
    nested = dict(columns)
    for name, record in (("chains", Chains), ("opinions", Opinions)):
        fields = {field: nested.pop(field) for field in record.__slots__ if field in nested}
        if len(fields) == len(record.__slots__) and len(fields[record.__slots__[0]]):
            nested[name] = record(**fields)
    return nested | {"silent": nested["silent"].astype(np.bool_)}


class _Earlier(NamedTuple):
    """Where a block's customers made their attempt before."""

    block: int
    rows: NDArray[np.intp]
    """Of that block."""

    def turns(self, first: int, offset: Ints) -> _Earlier:
        """Give the rows of their turns, where the block's chats begin at row *first* of all."""
        rows = first + self.rows
        counts = offset[rows + 1] - offset[rows]
        begins = offset[rows] - offset[first] - _offsets(counts)[:-1]
        return _Earlier(self.block, np.arange(counts.sum()) + np.repeat(begins, counts))


def _earlier(every: Sequence[Block]) -> list[_Earlier | None]:
    """Where the customers of each block made their attempt before; None for first attempts."""
    place = {(block.queue, block.burst, block.attempt): k for k, block in enumerate(every)}
    before = [place.get((block.queue, block.burst, block.attempt - 1)) for block in every]
    return [None if k is None else _Earlier(k, every[k].again) for k in before]


class _Table(NamedTuple):
    """The rows of chats, or of turns."""

    ends: Ints
    """Shape (n_queues, n_replications + 1).

    In queue q, the rows of the r-th replication are ``ends[q, r]`` to ``ends[q, r + 1]``.
    """
    order: Ints | None
    """Rows of the queues, one after the other, in the order of the draws; None for as they are."""
    earlier: Sequence[_Earlier | None]
    """Of each block."""

    def ordered(self, column: NDArray[Any]) -> NDArray[Any]:
        """Put a column of the queues, one after the other, in order."""
        return column if self.order is None or not len(column) else column[self.order]


def _drawn(
    columns: Sequence[Column],
    scenario: Scenario,
    streams: Streams,
    every: Sequence[Block],
    ends: Ints,
    earlier: Sequence[_Earlier | None],
) -> dict[str, Floats]:
    """Columns of all blocks, one after the other, and in each of all replications."""
    laws = [[column.law(scenario, queue) for column in columns] for queue in scenario.queues]
    needed = [
        not column.optional or any(law is not None for law in of_queues)
        for column, of_queues in zip(columns, zip(*laws, strict=True), strict=True)
    ]
    parts: list[list[Floats]] = []
    for block, rows, before in zip(every, ends, earlier, strict=True):
        keep = scenario.queues[block.queue].attempts_keep if before is not None else ()
        given = list(zip(columns, laws[block.queue], strict=True))
        names = [column.stream for column, law in given if law is not None and column.kept not in keep]
        u = iter(block.uniforms(streams, names, rows) if names else ())
        part = []
        for k, (column, law) in enumerate(given):
            if law is None:
                part.append(np.full(rows[-1] if needed[k] else 0, column.otherwise))
            elif before is not None and column.kept in keep:
                part.append(parts[before.block][k][before.rows])
            else:
                part.append(law.sample(next(u)))
        parts.append(part)
    return {c.name: _joined(column) for c, column in zip(columns, zip(*parts, strict=True), strict=True)}


def _joined(parts: Sequence[Floats]) -> Floats:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _offsets(counts: Ints) -> Ints:
    """Where the rows of each begin, and where those of the last end."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets
