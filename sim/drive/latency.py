"""How long did the server take? Times of each verb, from the intended instant, as HdrHistograms.

A request that leaves late because others were slow counts from when it should have left: no coordinated
omission (Tene, *How NOT to Measure Latency*, 2013; HdrHistogram, hdrhistogram.org).
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np

from sim.errors import LoadError

LONGEST_S = 3600.0
"""Longer times count as an hour."""
DIGITS = 3
"""Significant digits of the microseconds."""


class Verb(StrEnum):
    """What a client asks of a server, or what happens to a message of theirs."""

    OPEN = "open"
    """A chat, from the drawn arrival until the server has named it."""
    SEND = "send"
    """A message, until the server has taken it."""
    DELIVER = "deliver"
    """A message, until the other side is shown it."""
    LIST = "list"
    """The chats that wait, until the agent who asked is shown them."""
    ASSIGN = "assign"
    """A chat, from the agent's wish until they have it."""
    CLOSE = "close"
    """A chat, until the server has closed it."""
    RECONNECT = "reconnect"
    """A connection that broke on purpose, from the wish to come back until it is there again."""


class Times:
    """A histogram of times, in wall-clock seconds, and their sum.

    The histogram could tell a mean, but looks at all its cells for it, and knows each to three digits.
    """

    def __init__(self, encoded: bytes | None = None, total_us: int = 0) -> None:
        try:
            from hdrh.histogram import HdrHistogram  # noqa: PLC0415  of the extra `load`
        except ModuleNotFoundError:
            extra = "pip install 'livechat-sim[load]'"
            raise LoadError(f"to drive a server needs the package 'hdrhistogram': {extra}") from None
        self._microseconds: Any = HdrHistogram(1, int(LONGEST_S * 1e6), DIGITS)
        self._total_us = total_us
        self._noted = array("d")
        """Not in the histogram yet: a driver notes now, and has time for it later."""
        if encoded is not None:
            self._microseconds.decode_and_add(encoded)

    def note(self, time_s: float) -> None:
        """Count a time; below a microsecond it is one."""
        self._noted.append(time_s)

    @property
    def _histogram(self) -> Any:
        """The histogram, with all that was noted."""
        noted, self._noted = self._noted, array("d")
        for time_s in noted:
            time_us = min(max(round(time_s * 1e6), 1), int(LONGEST_S * 1e6))
            self._microseconds.record_value(time_us)
            self._total_us += time_us
        return self._microseconds

    def add(self, other: Times) -> None:
        """Count those of *other* too."""
        self._histogram.add(other._histogram)
        self._total_us += other._total_us

    @property
    def n(self) -> int:
        """How many."""
        return int(self._histogram.get_total_count())

    @property
    def max_s(self) -> float:
        """The longest; 0 if there is none."""
        return float(self._histogram.get_max_value()) / 1e6 if self.n else 0.0

    @property
    def mean_s(self) -> float:
        """The mean; 0 if there is none."""
        n = self.n
        return self._total_us / n / 1e6 if n else 0.0

    def percentile_s(self, percent: float) -> float:
        """A percentile; 0 if there is none.

        As the histogram's own, which looks at its cells one by one.
        """
        if not self.n:
            return 0.0
        cells = self._histogram
        reached = np.cumsum(np.ctypeslib.as_array(cells.counts))
        cell = int(np.searchsorted(reached, cells.get_target_count_at_percentile(percent)))
        return float(cells.get_highest_equivalent_value(cells.get_value_from_index(cell))) / 1e6

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel compressed."""
        return Times, (self._histogram.encode(), self._total_us)


class Latencies:
    """Times of each verb."""

    def __init__(self, times: Mapping[Verb, Times] | None = None) -> None:
        self._times = dict(times or {})

    def __getitem__(self, verb: Verb) -> Times:
        """Those of a verb."""
        if verb not in self._times:
            self._times[verb] = Times()
        return self._times[verb]

    def add(self, other: Latencies) -> None:
        """Count those of *other* too."""
        for verb, times in other._times.items():
            self[verb].add(times)


def copies(of_parts: Sequence[Latencies]) -> tuple[Latencies, ...]:
    """Copies that do not go on with what is noted."""
    found = tuple(Latencies() for _ in of_parts)
    for copy, latencies in zip(found, of_parts, strict=True):
        copy.add(latencies)
    return found
