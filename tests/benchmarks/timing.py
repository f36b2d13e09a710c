"""How are benchmarks timed? Side by side in one run, so that the machine's moods touch all alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Timed:
    """What a task took and returned, round by round."""

    seconds: list[float]
    results: list[Any]

    @property
    def median_s(self) -> float:
        """Median of the rounds."""
        return statistics.median(self.seconds)

    def each(self, n: int) -> list[float]:
        """Seconds for each of *n* things, round by round."""
        return [second / n for second in self.seconds]


def interleaved(rounds: int, *tasks: Callable[[int], Any]) -> list[Timed]:
    """Time the *tasks* in turn, A B A B …; each is called with the number of the round."""
    timed = [Timed([], []) for _ in tasks]
    for round_ in range(rounds):
        for task, kept in zip(tasks, timed, strict=True):
            gc.collect()
            start = time.perf_counter()
            result = task(round_)
            kept.seconds.append(time.perf_counter() - start)
            kept.results.append(result)
    return timed


def ratio(costs: list[float], base: list[float], meaning: str) -> str:
    """Ratio of the medians and its *meaning*, with the smallest and the largest ratio of a round."""
    of_rounds = [cost / other for cost, other in zip(costs, base, strict=True)]
    middle = statistics.median(costs) / statistics.median(base)
    return f"**{_short(middle)} ×** {meaning} ({_short(min(of_rounds))} to {_short(max(of_rounds))})"


def rate(costs: list[float]) -> str:
    """How many a second, by the median of what each *costs* in seconds."""
    per_s = 1 / statistics.median(costs)
    return f"{per_s / 1e6:.2f} M" if per_s >= 1e6 else f"{per_s / 1e3:,.1f} k"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of `table.py`."""

    what: str
    size: str
    measured: str
    ratio: str = ""

    def __str__(self) -> str:
        return f"| {self.what} | {self.size} | {self.measured} | {self.ratio} |"
