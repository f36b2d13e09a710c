"""How many came, by weekday and interval? A log's arrivals as a history of volumes, and what that says.

A day without any chat is not known, unless so few come that it may well be empty: a platform that was down
and one that was not asked look alike. On other days an interval without a chat had none.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.arrays import Flags, Floats
from sim.history.account import Account
from sim.history.history import History
from sim.history.series import Series
from sim.rules import Outcome
from sim.scenario.units import DAY_S
from sim.studies.fitted.seen import Seen
from sim.studies.volumes.study import Volumes, look

NOT_ASKED = (Outcome.OFFLINE, Outcome.CONTAINED)
"""Who came while closed, or was served by a bot, asked no agent."""
_MAY_BE_EMPTY = 0.01
"""Probability of an empty day by chance, from which on it is taken for one."""


def counts_of(seen: Seen, first: Flags) -> Floats:
    """First attempts by queue, day and interval, shape (n_queues, n_days, n_intervals)."""
    centre, chat = seen.chats.centre, seen.chats.chat
    per_day = round(DAY_S / centre.interval_s)
    mine = first & ~np.isin(chat.outcome, NOT_ASKED)
    slot = np.minimum((chat.arrival_s[mine] % DAY_S) // centre.interval_s, per_day - 1).astype(np.int64)
    found = np.zeros((len(centre.queues), centre.days, per_day))
    np.add.at(found, (chat.queue[mine], seen.day[mine], slot), 1.0)
    return found


def unknown_days(seen: Seen) -> Flags:
    """Days of which nothing is known: without a chat, where others of the weekday have some."""
    counts = np.bincount(seen.day, minlength=seen.n_days)
    weekdays = (seen.start.weekday() + np.arange(seen.n_days)) % 7
    usual = np.array(
        [
            counts[(weekdays == day) & (counts > 0)].mean() if (counts[weekdays == day] > 0).any() else 0.0
            for day in range(7)
        ]
    )
    may_be_empty = (usual > 0) & (np.exp(-usual) > _MAY_BE_EMPTY)
    return np.asarray((counts == 0) & ~may_be_empty[weekdays])


def series_of(seen: Seen, first: Flags) -> list[Series]:
    """Arrivals of each queue as a history; those of the *first* attempts."""
    counts, unknown = counts_of(seen, first), unknown_days(seen)
    minutes = round(seen.chats.centre.interval_s / 60)
    found = []
    for name, offered in zip(seen.chats.centre.queues, counts, strict=True):
        known = np.where(unknown[:, None], np.nan, offered)
        nothing = np.full_like(known, np.nan)
        found.append(
            Series(
                name,
                seen.start,
                minutes,
                known,
                nothing,
                nothing,
                nothing,
                np.ones_like(known),
                np.zeros(known.shape, dtype=np.bool_),
            )
        )
    return found


def volumes_of(seen: Seen, first: Flags, without: frozenset[dt.date] = frozenset()) -> Volumes:
    """What the arrivals of a log say: usual week, spreads, odd days."""
    n = len(seen.day)
    history = History(
        tuple(series_of(seen, first)), Account(n, n), seen.recorded.fact("zone", "UTC"), (seen.recorded.name,)
    )
    return look(history, without)
