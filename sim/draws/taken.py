"""Who of those who were drawn shall come? Some rows of draws, in an order, as draws of their own."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from sim.arrays import Flags, Ints
from sim.draws.record import OF_CHATS, OF_TURNS, Chains, Draws, Opinions
from sim.draws.streams import Stream, Streams


def taken(draws: Draws, rows: Ints) -> Draws:
    """Take the chats in *rows*, in that order: first attempts by arrival, then rows reserved for the same."""
    turns = turns_of(draws, rows)
    counts = np.diff(draws.turn_offset)[rows]
    chains = None
    if draws.chains is not None:
        place = np.full(draws.n_chats + 1, -1, dtype=np.int64)  # and that of row −1
        place[rows] = np.arange(len(rows))
        columns = {each.name: getattr(draws.chains, each.name)[rows] for each in fields(Chains)}
        chains = Chains(**columns | {name: place[columns[name]] for name in ("customer", "next_row")})
    opinions = draws.opinions
    return replace(
        draws,
        turn_offset=np.concatenate([[0], np.cumsum(counts)]),
        chains=chains,
        opinions=None
        if opinions is None
        else Opinions(**{each.name: getattr(opinions, each.name)[rows] for each in fields(Opinions)}),
        **{name: getattr(draws, name)[rows] for name in OF_CHATS if len(getattr(draws, name))},
        **{name: getattr(draws, name)[turns] for name in OF_TURNS if len(getattr(draws, name))},
    )


def turns_of(draws: Draws, rows: Ints) -> Ints:
    """Rows of the turns of some chats, in their order."""
    counts = np.diff(draws.turn_offset)[rows]
    first = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum()) + np.repeat(draws.turn_offset[rows] - first, counts))


def customers_taken(draws: Draws, keeps: Flags) -> Ints:
    """Rows of the customers whose first attempts are kept, a flag each, with all rows reserved for them."""
    return np.flatnonzero(keeps if draws.chains is None else keeps[draws.chains.customer])


def exactly(draws: Draws, counts: Ints, interval_s: float) -> Draws:
    """Keep so many first attempts in each queue and interval as *counts* says, (n_queues, n_intervals).

    Which of them is drawn by a stream of its own; later intervals are left alone. Where fewer were drawn, all
    of them come.
    """
    n = draws.n_customers
    streams = Streams(draws.seed, [draws.replication])
    u = streams.uniforms(0, Stream.MORNING, np.array([0, n]))
    queue, interval = draws.queue[:n], (draws.arrival_s[:n] // interval_s).astype(np.int64)
    keeps = interval >= counts.shape[1]
    order = np.lexsort((u, interval, queue))
    cell = queue[order] * (int(interval.max(initial=0)) + 1) + interval[order]
    begins = np.concatenate([[True], np.diff(cell) != 0])[: len(cell)]
    place = np.arange(len(cell)) - np.maximum.accumulate(np.where(begins, np.arange(len(cell)), 0))
    early = interval[order] < counts.shape[1]
    wanted = counts[queue[order][early], interval[order][early]]
    keeps[order[early]] = place[early] < wanted
    return taken(draws, customers_taken(draws, keeps))
