"""From which load on does a real server break? Days with more and more customers and agents, driven on it.

Each load is driven once, on the same customers and ever more of them. Loads rise until a limit is missed, and
then go between the highest at which all held and the lowest at which one did not, until the two are close. So
bounds are what was seen, without a probability: what broke once may have broken by chance.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

from sim.drive.adapters import Target
from sim.drive.judge import REPLAYS
from sim.drive.limits import OF_SERVERS, TIMES, Checked, Limit, read_limit
from sim.drive.run import Ending
from sim.drive.trial import Announce, Loaded, Show, load_test
from sim.errors import LoadError
from sim.scenario.scenario import Scenario
from sim.studies.stress.load import ordinary, with_demand, with_team

HIGHEST, LOWEST = 5.0, 0.1
"""Factors of the load between which it is looked for, if nobody says otherwise."""
STEP = 1.5
"""Each load is so many times the last, until something breaks."""
CLOSEST = 0.1
"""Bounds are to be no further apart than this share."""
LATE = 0.2
"""A driver that is late by more than this share of the tightest limit of a time says nothing of the
server."""
SETTLE_S = 2.0
"""A server has so long between two loads to come to rest, on the wall clock."""
ENDS = Limit("ends", "ends", "at least", 1.0)
"""Beside all limits: the day is played to its end."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One load, driven."""

    factor: float
    agents: int
    loaded: Loaded
    doubt: str = ""
    """Why it says nothing of the server; empty if it does."""

    @property
    def checks(self) -> tuple[Checked, ...]:
        """Limits, and what became of them; last, whether the day came to its end."""
        ended = float(not self.loaded.gone and self.loaded.days[-1].ending is Ending.DONE)
        return (*self.loaded.limits, Checked(ENDS, ended))

    @property
    def is_broken(self) -> bool:
        """Whether any limit is missed."""
        return any(each.met is False for each in self.checks)


@dataclass(frozen=True, slots=True)
class ServerBreak:
    """What the loads say of one limit."""

    limit: Limit
    lower: float | None
    """The highest load at which it held, below the lowest at which it did not."""
    upper: float | None
    """The lowest at which it did not hold; None if it held at all."""
    held_again: tuple[float, ...]
    """Loads above that at which it held."""
    at_lower: float | None
    at_upper: float | None
    """What was measured at these."""


@dataclass(frozen=True, eq=False)
class ServerBreaks:
    """The loads that a server bore, and did not."""

    scenario: Scenario
    points: tuple[ServerBreak, ...]
    """What breaks first comes first."""
    trials: tuple[Trial, ...]
    """In the order in which they were driven."""
    same_team: bool
    highest: float
    is_usual: bool
    """Whether the limits are the usual ones of a server."""
    ended: str
    """Why the search ended before its bounds were close; empty if it did not."""
    interrupted: bool

    @property
    def is_missed(self) -> bool:
        """Whether something breaks at the scenario's own load, or a law was broken there."""
        first = self.trials[0]
        return (first.is_broken and not first.doubt) or bool(first.loaded.failures)


def find_break(
    scenario: Scenario,
    target: str | Target = "loopback",
    *,
    fail_if: Sequence[str] = (),
    highest: float = HIGHEST,
    closest: float = CLOSEST,
    same_team: bool = False,
    settle_s: float = SETTLE_S,
    replays: int = REPLAYS,
    probes: bool = True,
    announce: Callable[[float, float], None] | None = None,
    show: Callable[[float, int, Any], None] | None = None,
    **how: Any,
) -> ServerBreaks:
    """Drive the server at a *target* with ever more load until a limit is missed, and bound the load there.

    A load is a factor of the scenario's customers and, unless it is the *same team*, agents; at most
    *highest*. Bounds are to be at most *closest* apart, as a share. Limits (*fail_if*) are those of
    `load_test`; without any they are those of a server. The scenario's own load is judged as by `load_test`,
    with so many *replays*. *announce* and *show* are told the factor first; *how* is that of `load_test`.
    Ctrl-C ends it with what is known so far.

    Raises
    ------
    LoadError
        As `load_test` does, at the scenario's own load.
    StudyError
        If chats come at exact times.
    """
    plain = ordinary(scenario)
    limits = [read_limit(text, plain) for text in fail_if or OF_SERVERS]
    trials: list[Trial] = []

    def drive(factor: float) -> Trial:
        centre = with_demand(plain, factor)
        centre = centre if same_team else with_team(centre, factor)
        heard: Announce | None = None if announce is None else lambda wall_s: announce(factor, wall_s)
        shown: Show | None = (
            None if show is None else lambda replication, live: show(factor, replication, live)
        )
        loaded = load_test(
            centre, target, fail_if=[limit.text for limit in limits], replays=replays if factor == 1 else 1,
            probes=probes and factor == 1, announce=heard, show=shown, **how,
        )  # fmt: skip
        trial = Trial(factor, sum(group.n_agents for group in centre.groups), loaded, _doubt(loaded, limits))
        trials.append(trial)
        return trial

    search = _Search(drive, highest, closest, settle_s if _is_real(target, how.get("speed")) else 0.0)
    interrupted = False
    try:
        search.run()
    except KeyboardInterrupt:  # between two loads; within one it is heard of by the load itself
        if not trials:
            raise
        interrupted = True
    kept = [trial for trial in trials if not trial.loaded.interrupted]
    points = [_point(k, limit, kept) for k, limit in enumerate([*limits, ENDS])]
    points.sort(key=lambda point: inf if point.upper is None else point.upper)
    return ServerBreaks(
        scenario, tuple(points), tuple(trials), same_team, highest, not fail_if, search.ended,
        interrupted or any(trial.loaded.interrupted for trial in trials),
    )  # fmt: skip


def _is_real(target: str | Target, speed: float | None) -> bool:
    """Whether it goes on the wall clock."""
    return speed is not None or bool((target if isinstance(target, Target) else Target.parse(target)).url)


@dataclass(slots=True)
class _Search:
    """Which load is driven next."""

    drive: Callable[[float], Trial]
    highest: float
    closest: float
    settle_s: float
    holds: float = 0.0
    breaks: float = inf
    n: int = 0
    ended: str = ""

    def run(self) -> None:
        """Go up until something breaks, or down until nothing does; then between the two."""
        factor = 1.0
        if not self._tried(factor):
            return
        while self.breaks == inf and self.holds < self.highest:
            if not self._tried(min(round(self.holds * STEP, 2), self.highest)):
                return
        while not self.holds and self.breaks > LOWEST:
            if not self._tried(max(round(self.breaks / STEP, 2), LOWEST)):
                return
        while self.holds and self.breaks / self.holds > 1 + self.closest and self.breaks < inf:
            middle = round(sqrt(self.holds * self.breaks), 2)
            if middle in (self.holds, self.breaks) or not self._tried(middle):
                return

    def _tried(self, factor: float) -> bool:
        """Drive a load; False if the search is at its end."""
        if self.n and self.settle_s:
            time.sleep(self.settle_s)
        try:
            trial = self.drive(factor)
        except LoadError as error:
            if not self.n:
                raise
            self.ended = f"× {factor:g} could not be driven: {error}"
            return False
        self.n += 1
        if trial.loaded.interrupted:
            return False
        if trial.doubt:
            self.ended = f"at × {factor:g} {trial.doubt}"
            return False
        if trial.is_broken:
            self.breaks = min(self.breaks, factor)
        else:
            self.holds = max(self.holds, factor)
        return True


def _doubt(loaded: Loaded, limits: Sequence[Limit]) -> str:
    """Why a load says nothing of the server."""
    if loaded.interrupted:
        return "it was interrupted"
    late_ms = 1000 * loaded.lag.percentile_s(99)
    tightest = min((limit.bound for limit in limits if limit.figure in TIMES), default=1000.0)
    if late_ms > LATE * tightest:
        return (
            f"the driver itself was late, 1 % of its sends by more than {late_ms:,.0f} ms: more --workers "
            "or a "
            "lower --speed carry more"
        )
    if loaded.skipped and not any(limit.figure == "skipped" for limit in limits):
        return (
            f"{loaded.skipped:,} customers could not be sent, as too many chats were open (--max-in-flight)"
        )
    return ""


def _point(k: int, limit: Limit, trials: Sequence[Trial]) -> ServerBreak:
    """What the loads say of the limit that is the *k*-th of each."""
    seen = sorted(
        ((trial.factor, trial.checks[k]) for trial in trials if not trial.doubt), key=lambda pair: pair[0]
    )
    upper = next((pair for pair in seen if pair[1].met is False), None)
    held = [pair for pair in seen if pair[1].met]
    below = [pair for pair in held if upper is None or pair[0] < upper[0]]
    again = () if upper is None else tuple(factor for factor, _ in held if factor > upper[0])
    lower = below[-1] if below else None
    return ServerBreak(
        limit,
        None if lower is None else lower[0],
        None if upper is None else upper[0],
        again,
        None if lower is None else lower[1].value,
        None if upper is None else upper[1].value,
    )
