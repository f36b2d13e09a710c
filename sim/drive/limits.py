"""When is a server too slow? Limits in words, ``deliver_p99_ms > 500``, and what became of them.

A limit names what is too much, as in `sim stress`: it is missed where what it says is so. It may name the
time of a verb (`open`, `send`, `deliver`, `assign`, `close`) at p50, p90, p95, p99 or its max in milliseconds
of the wall clock; `errors`, requests that failed; `skipped`, customers who could not be sent; or any key
figure, as it was measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.drive.latency import Latencies, Verb
from sim.errors import LoadError
from sim.kpis.definitions import BY_NAME
from sim.scenario.words import did_you_mean

PERCENTS = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
COUNTS = ("errors", "skipped")
TIMES = {f"{verb}_{name}_ms": (verb, percent) for verb in Verb for name, percent in PERCENTS.items()}
"""Times that may be limited: verb and percent by name."""
_FORM = re.compile(r"\s*([a-z_][a-z0-9_]*)\s*(>=|<=|>|<)\s*([0-9.]+)\s*(%?)\s*")
_TOO: Mapping[str, Callable[[float, float], bool]] = {
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """What must not be."""

    figure: str
    sign: str
    bound: float

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.figure} {self.sign} {self.bound:g}"

    @property
    def unit(self) -> str:
        """Unit of its figure."""
        if self.figure in TIMES:
            return "ms"
        return "" if self.figure in COUNTS else BY_NAME[self.figure].unit

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read ``FIGURE > NUMBER``; shares may be written in per cent.

        >>> Limit.parse("missed_rate > 10%").text
        'missed_rate > 0.1'

        Raises
        ------
        LoadError
            If it is none, with the nearest figure's name.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise LoadError(f"--fail-if: {text!r} is no limit: write one such as 'deliver_p99_ms > 500'")
        figure, sign, number, percent = match.groups()
        known = [*TIMES, *COUNTS, *BY_NAME]
        if figure not in known:
            hint = did_you_mean(figure, known) or "; `sim kpis` has all figures"
            raise LoadError(f"--fail-if: no figure is called {figure!r}{hint}")
        try:
            bound = float(number)
        except ValueError:
            raise LoadError(f"--fail-if: {number!r} in {text!r} is no number") from None
        is_share = figure in BY_NAME and BY_NAME[figure].unit == "share"
        if percent and not is_share:
            raise LoadError(f"--fail-if: {figure} is no share: write {text!r} without %")
        return cls(figure, sign, bound / 100 if percent else bound)


@dataclass(frozen=True, slots=True)
class Checked:
    """A limit, and what was measured."""

    limit: Limit
    value: float | None
    """None where there is none."""

    @property
    def met(self) -> bool | None:
        """Whether it is not so; None if nobody knows."""
        return None if self.value is None else not _TOO[self.limit.sign](self.value, self.limit.bound)


def checked(
    limit: Limit, latencies: Latencies, counts: Mapping[str, int], figures: Mapping[str, float | None]
) -> Checked:
    """Hold a limit against what was measured: *counts* of errors and of those skipped."""
    if limit.figure in TIMES:
        verb, percent = TIMES[limit.figure]
        times = latencies[verb]
        return Checked(limit, 1000 * times.percentile_s(percent) if times.n else None)
    if limit.figure in COUNTS:
        return Checked(limit, float(counts[limit.figure]))
    return Checked(limit, figures.get(limit.figure))
