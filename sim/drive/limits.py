"""When is a server too slow? Limits in words, ``deliver_p99_ms > 500``, and what became of them.

A limit names what is too much, as in `sim stress`: it is missed where what it says is so. It may name the
time of a verb (`open`, `send`, `deliver`, `list`, `assign`, `close`) at p50, p90, p95, p99 or its max in
milliseconds of the wall clock; `errors`, requests that failed; `skipped`, customers who could not be sent;
`lost`, messages that never arrived; `unanswered`, the share of customers missed beyond what is predicted; or
any key figure as it was measured, also of a queue or a group (`orders.asa_s > 60`). Where a day goes in
stages it is judged over each, or `over run`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sim.drive.latency import Latencies, Verb
from sim.errors import LoadError, ThresholdError
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.scenario.figures import Sided
from sim.scenario.scenario import Scenario
from sim.scenario.thresholds import read_threshold
from sim.scenario.words import did_you_mean

PERCENTS = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
COUNTS = ("errors", "skipped", "lost")
"""What is counted, and is not to be."""
GROWING = ("errors", "skipped")
"""Of these, what is counted while a day goes on, and is never less later."""
UNANSWERED = "unanswered"
"""Share of customers who were missed, less that of the simulated twin."""
OWN = (*COUNTS, UNANSWERED)
OF_SERVERS = ("deliver_p99_ms > 1000", "errors > 0", "lost > 0", "unanswered > 10%")
"""Limits of a server under load, if nobody says otherwise."""
TIMES = {f"{verb}_{name}_ms": (verb, percent) for verb in Verb for name, percent in PERCENTS.items()}
"""Times that may be limited: verb and percent by name."""
_NAME = re.compile(r"\s*(?:[^<>.]*\.)?([a-z][a-z0-9_]*)\s*[<>]")
_OWN = re.compile(
    r"\s*([a-z][a-z0-9_]*)\s*([<>])=?\s*([0-9]+(?:\.[0-9]*)?)\s*(%?)(?:\s*\bover\s+(stage|run))?\s*"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """What must not be."""

    text: str
    """As it was written."""
    figure: str
    side: Sided
    """On which side of the bound it is kept."""
    bound: float
    kind: Literal["", "queue", "group"] = ""
    """Whose figure it is; empty for the centre's."""
    name: str = ""
    over: Literal["stage", "run"] = "stage"
    """Whether it is judged over each stage, where there are any."""

    @property
    def unit(self) -> str:
        """Unit of its figure."""
        if self.figure in TIMES:
            return "ms"
        if self.figure in OWN:
            return "share" if self.figure == UNANSWERED else ""
        return BY_NAME[self.figure].unit if self.figure in BY_NAME else ""


def read_limit(text: str, scenario: Scenario) -> Limit:
    """Read ``FIGURE > NUMBER``; shares may be written in per cent.

    Raises
    ------
    LoadError
        If it is none, with the nearest figure's name.
    """
    named, own = _NAME.match(text), _OWN.fullmatch(text)
    if own is not None and (own[1] in TIMES or own[1] in OWN):
        return _own(text, own)
    known = [*TIMES, *OWN, *BY_NAME]
    if named is not None and named[1] not in known:
        hint = did_you_mean(named[1], known) or "; `sim kpis` has all key figures"
        raise LoadError(f"--fail-if: no figure is called {named[1]!r}{hint}")
    if named is None or named[1] not in BY_NAME:
        raise LoadError(f"--fail-if: {text!r} is no limit: write one such as 'deliver_p99_ms > 500'")
    try:
        found = read_threshold(
            text, [queue.name for queue in scenario.queues], [group.name for group in scenario.groups]
        )
    except ThresholdError as error:
        raise LoadError(f"--fail-if: {text!r}: {error}") from None
    if found.over == "interval":
        raise LoadError(f"--fail-if: {text!r}: a driven day is judged over the run, not over intervals")
    return Limit(text.strip(), found.figure, found.side, found.value, found.kind, found.name, found.over)


def _own(text: str, own: re.Match[str]) -> Limit:
    """A limit on a figure that only driven days have."""
    figure, is_share, bound = own[1], own[1] == UNANSWERED, float(own[3])
    if own[4] and not is_share:
        raise LoadError(f"--fail-if: {text!r}: {figure} is no share: give it without %")
    bound = bound / 100 if own[4] else bound
    if is_share and bound > 1:
        raise LoadError(f"--fail-if: {text!r}: {figure} is a share, from 0 to 100 %; write {bound:g}%")
    over: Literal["stage", "run"] = "run" if own[5] == "run" else "stage"
    return Limit(text.strip(), figure, "at most" if own[2] == ">" else "at least", bound, over=over)


@dataclass(frozen=True, slots=True)
class Checked:
    """A limit, and what was measured."""

    limit: Limit
    value: float | None
    """None where there is none."""
    part: str = ""
    """Part of the day over which it was measured; empty: all of it."""

    @property
    def met(self) -> bool | None:
        """Whether it is kept; None if nobody knows."""
        if self.value is None:
            return None
        if self.limit.side == "at most":
            return self.value <= self.limit.bound
        return self.value >= self.limit.bound


def checked(
    limit: Limit,
    scenario: Scenario,
    latencies: Latencies,
    counts: Mapping[str, float | None],
    measured: Estimates,
    part: str = "",
) -> Checked:
    """Hold a limit against what was measured in a *part* of the day; *counts* has the values of `OWN`."""
    return Checked(limit, _value(limit, scenario, latencies, counts, measured), part)


def _value(
    limit: Limit,
    scenario: Scenario,
    latencies: Latencies,
    counts: Mapping[str, float | None],
    measured: Estimates,
) -> float | None:
    if limit.figure in TIMES:
        verb, percent = TIMES[limit.figure]
        times = latencies[verb]
        return 1000 * times.percentile_s(percent) if times.n else None
    if limit.figure in OWN:
        return counts[limit.figure]
    if not limit.kind:
        return measured.figure(limit.figure).value
    places = scenario.queues if limit.kind == "queue" else scenario.groups
    cell = [place.name for place in places].index(limit.name)
    return measured.figures(limit.figure, By(limit.kind))[cell].value
