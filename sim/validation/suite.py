"""Is the simulator right? Simulate every case with the kernel, and judge the table as a whole.

Replications are independent; a row's value is the ratio of the sums over them, its error the delta method's,
and its probability Student's t with one degree of freedom less than replications. The z-score is the normal
score of that probability, so rows with few replications can be compared with the others.

A table of a hundred rows has some beyond any two standard errors when all is well. So the rows are judged
together: by Holm's step-down procedure (Scandinavian J. of Statistics 6 (1979) 65-70) the probability
that any row of a right simulator is called wrong is at most `ALPHA`, however the rows depend on each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from scipy import special

from sim.arrays import Floats
from sim.kpis.intervals import t_quantile
from sim.log.chatlog import ChatLog
from sim.runs.replicate import Replications, replicate
from sim.scenario.scenario import Scenario
from sim.studies.paired import holm
from sim.validation.case import Case, Check, Pair, key_figure
from sim.validation.lines import lines
from sim.validation.models import models
from sim.validation.published import published
from sim.validation.rules import rules

ALPHA = 0.01
"""False alarms: the share of tables of a right simulator in which any row is called wrong."""
FEWEST = 10
"""Replications of a case, unless it has no chance in it, however small the share that is simulated."""
EXACT = 1e-9
"""Relative error allowed where nothing is random."""
Changed = Callable[[Scenario], Scenario]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure that is known, and what the simulator says."""

    case: Case
    check: Check
    exact: float
    value: float
    half: float
    """Half-width of the 95 % interval; 0 where nothing is random."""
    n: int
    """Replications."""
    z: float
    """Standard errors between the value and the exact one; infinite where none is allowed."""
    p: float
    """Probability of a larger difference if the simulator is right."""
    agrees: bool
    """By Holm's procedure over the whole table."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The table."""

    rows: tuple[Row, ...]
    seed: int
    interrupted: bool

    @property
    def failed(self) -> list[Row]:
        """Rows that disagree."""
        return [row for row in self.rows if not row.agrees]


def suite() -> list[Case]:
    """All cases, the published ones first."""
    cases = [*published(), *models(), *lines(), *rules()]
    return sorted(cases, key=lambda case: not case.is_published)


def trust(
    seed: int = 1,
    cases: Sequence[Case] | None = None,
    *,
    share: float = 1.0,
    changed: Changed | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Trust:
    """Simulate the *cases*, all if none are given, and compare them with what is known.

    *share* of their replications are simulated; each case has customers of its own, whatever the others are.
    *changed* makes another scenario of each, while what is known stays: the rows it concerns should then
    fail. *progress* is shown the cases done and wanted; Ctrl-C ends with those that are.
    """
    chosen = suite() if cases is None else list(cases)
    rows: list[Row] = []
    interrupted = False
    try:
        for k, case in enumerate(chosen):
            rows += _rows(case, seed, share, changed, workers)
            if progress is not None:
                progress(k + 1, len(chosen))
    except KeyboardInterrupt:
        if not rows:
            raise
        interrupted = True
    return Trust(tuple(judged(rows)), seed, interrupted)


def judged(rows: Sequence[Row], alpha: float = ALPHA) -> list[Row]:
    """Rows with Holm's verdict: the least probable one is held to α/m, the next to α/(m − 1), and so on."""
    refused = holm([row.p for row in rows], alpha)
    return [replace(row, agrees=not wrong) for row, wrong in zip(rows, refused, strict=True)]


def _rows(case: Case, seed: int, share: float, changed: Changed | None, workers: int | None) -> Iterator[Row]:
    scenario = case.scenario if changed is None else changed(case.scenario)
    of_logs: dict[str, list[Pair]] = {check.name: [] for check in case.checks if check.of_log is not None}

    def look(_: int, log: ChatLog) -> None:
        for check in case.checks:
            if check.of_log is not None:
                of_logs[check.name].append(check.of_log(log))

    n = max(min(FEWEST, case.replications), round(share * case.replications))
    own_seed = seed + crc32(case.name.encode())
    found = replicate(scenario, own_seed, n, workers=workers, each=look if of_logs else None)
    if found.interrupted:
        raise KeyboardInterrupt
    known = case.known()
    for check in case.checks:
        pairs = of_logs[check.name] if check.of_log is not None else list(_pairs(check, found))
        yield _row(case, check, known[check.name], pairs)


def _pairs(check: Check, found: Replications) -> Iterable[Pair]:
    seen = check.seen or key_figure(check.name)
    return (seen(kpis) for kpis in found.estimates.runs)


def _row(case: Case, check: Check, exact: float, pairs: Sequence[Pair]) -> Row:
    """Compare the ratio of the sums of *pairs*, a replication each, with the *exact* value."""
    top, bottom = np.array(pairs, dtype=np.float64).T
    n, value = len(top), float(top.sum() / bottom.sum()) if bottom.sum() else float("nan")
    error = _error(top, bottom, value)
    if error == 0 or not np.isfinite(error):
        same = abs(value - exact) <= EXACT * abs(exact)
        return Row(case, check, exact, value, 0.0, n, 0.0 if same else np.inf, float(same), same)
    t = (value - exact) / error
    p = float(2 * special.stdtr(n - 1, -abs(t)))
    z = float(np.sign(t) * -special.ndtri(max(p, 1e-300) / 2))
    return Row(case, check, exact, value, float(t_quantile(n)) * error, n, z, p, agrees=True)


def _error(top: Floats, bottom: Floats, value: float) -> float:
    """Standard error of a ratio of sums (Law, *Simulation Modeling and Analysis*, 5th ed., section 9.5)."""
    if len(top) < 2:
        return 0.0
    return float((top - value * bottom).std(ddof=1) / len(top) ** 0.5 / bottom.mean())
