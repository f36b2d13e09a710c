"""What will the rest of today be, is the promise still kept, and what helps most?

Today's volumes correct the forecast (`volume`), a morning with exactly those volumes is simulated up to now,
or the chats that are here are taken as they are told (`begin`), and the rest of the day is simulated from
there. Every replication is one way in which the day may go on; bands are order statistics of them: between
the k-th smallest and the k-th largest of n lies a further one with probability (n + 1 − 2k) / (n + 1),
whatever the law.
Moves see the same customers and begin from the same states, so their differences are paired.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.draws.record import Draws
from sim.draws.sampling import draw_all
from sim.draws.taken import exactly
from sim.engines import simulate_all, state_at
from sim.engines.state import CentreState
from sim.errors import StudyError
from sim.kpis.intervals import wilson
from sim.kpis.loops import By, Column
from sim.kpis.measure import Kpis, bound_of, measure_all, ratio
from sim.kpis.promised import of_sums
from sim.kpis.targets import Bound, bounds
from sim.log.batch import LogBatch
from sim.rules import Outcome, Stage
from sim.runs.executor import Progress
from sim.scenario.actuals import Day
from sim.scenario.duty import DutyPlan, duty_plan
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S, clock_s, clock_text
from sim.studies.intraday.begin import with_chats
from sim.studies.intraday.moves import Move, hours_more, moves, numbers_with_spare, with_logged_in, with_spare
from sim.studies.intraday.volume import Busyness, busyness, expected, one_day, with_volumes
from sim.studies.paired import Paired, paired

BAND = 0.80
FEWEST = 9
"""From fewer replications there is no band of 80 %."""
_AT_ONCE = 25
LEVELS = ("service_level", "service_level_offered")
"""Service levels of which a morning's own numbers say the sums."""


@dataclass(frozen=True, slots=True)
class Band:
    """A number that is not known yet: its median, and the ends of its 80 % band."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance that a target, or all of them (None), are kept, with its 95 % interval over replications."""

    bound: Bound | None
    value: float
    low: float
    high: float
    figure: Band | None
    """What the day's figure will be; None for all targets."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A move, and what it does on the same customers."""

    move: Move
    hours: float
    """Paid hours more, a mean; below 0 for fewer."""
    chance: Paired
    missed: Paired
    """Chats missed on the day, more or fewer."""
    kept: float
    """Chance that all targets are kept with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Intraday:
    """The day so far, and what is to come."""

    centre: Scenario
    day: Day
    seed: int
    n: int
    factors: tuple[Busyness, ...]
    """What each queue's factor of the day is thought to be."""
    edges_s: Floats
    """Of the intervals of the day."""
    forecast: Floats
    """Chats forecast before the day, in each interval."""
    offered: Floats
    """Chats of each interval in each replication, shape (n, n_intervals): what came, then what may come."""
    missed: Floats
    """Likewise; those of the morning as told, else as simulated."""
    in_time: Floats
    """Accepted within the threshold, likewise."""
    levels: Floats
    """Chats that count for the service level, likewise."""
    wait_s: Floats
    """Mean wait of those who come from now on, in each replication; NaN where nobody waited."""
    chances: tuple[Chance, ...]
    """Of each target, then of all; none where nothing is promised."""
    moves: tuple[Tried, ...]
    """Those that help most first."""
    assumed: tuple[str, ...]
    """What was not told, and was taken from the simulated morning."""

    @property
    def now(self) -> int:
        """Number of the interval that begins now."""
        return int(self.day.offered.shape[1])

    def rest(self, values: Floats) -> Band:
        """Band of what an interval's *values* add up to from now on."""
        return band(values[:, self.now :].sum(axis=1))

    def __repr__(self) -> str:
        to_come = self.rest(self.offered)
        at = clock_text(self.day.now_s)
        chats = f"{to_come.value:,.0f} chats ({to_come.low:,.0f} … {to_come.high:,.0f}) to come"
        text = f"<Intraday of {self.centre.name!r} at {at}: {chats}"
        return text + (f", promise kept with {self.chances[-1].value:.0%}>" if self.chances else ">")


def band(values: Floats) -> Band:
    """Median and 80 % band of a number of which these are equally likely *values*; NaN is left out.

    The ends are order statistics, interpolated, so that a further value lies between them in 80 %.
    """
    known = np.sort(values[~np.isnan(values)])
    n = len(known)
    if n < FEWEST:
        return Band(float(np.median(known)) if n else np.nan, np.nan, np.nan)
    place = (n + 1) * (1 - BAND) / 2 - 1
    at = np.array([place, n - 1 - place])
    low, high = np.interp(at, np.arange(n), known)
    return Band(float(np.median(known)), float(low), float(high))


def intraday(
    scenario: Scenario,
    day: Day,
    *,
    date: dt.date | None = None,
    seed: int = 1,
    replications: int = 200,
    with_moves: bool = True,
    progress: Progress | None = None,
) -> Intraday:
    """Say how a *day* of a *scenario* goes on, of which so much is known, and what can be done.

    Raises
    ------
    StudyError
        If the date is no day of the scenario, or there are fewer than `FEWEST` replications, or nothing is to
        come.
    """
    if replications < FEWEST:
        raise StudyError(f"intraday needs at least {FEWEST} replications for its band, got {replications}")
    centre = one_day(scenario, date)
    if expected(centre)[:, day.offered.shape[1] :].sum() == 0:
        raise StudyError(f"nothing is forecast from {clock_text(day.now_s)} on")
    mornings = _Mornings(centre, day, seed, replications)
    rest = _Rest(mornings.run(mornings.plans, progress), mornings)
    tried: list[Tried] = []
    if with_moves:
        planned = with_logged_in(
            with_spare(duty_plan(centre), centre), day.logged_in, day.now_s, mornings.close_s
        )
        for move in moves(planned, centre, day.now_s, mornings.close_s):
            plans = [move.change(plan) for plan in mornings.plans]
            hours = float(np.mean([hours_more(a, b) for a, b in zip(mornings.plans, plans, strict=True)]))
            after = _Rest(mornings.run(plans, progress), mornings)
            tried.append(_tried(move, hours, rest, after))
    return Intraday(
        centre=centre,
        day=day,
        seed=seed,
        n=replications,
        factors=tuple(mornings.factors),
        edges_s=centre.interval_s * np.arange(rest.offered.shape[1] + 1),
        forecast=expected(centre).sum(axis=0),
        offered=rest.offered,
        missed=rest.missed,
        in_time=rest.in_time,
        levels=rest.levels,
        wait_s=rest.wait_s,
        chances=tuple(_chances(rest)),
        moves=tuple(sorted(tried, key=_rank)),
        assumed=tuple(_assumed(centre, day)),
    )


def _assumed(centre: Scenario, day: Day) -> list[str]:
    """What was not told."""
    found = []
    came = day.offered > 0
    for name, column in (("missed chats", day.missed), ("chats accepted in time", day.in_time)):
        if np.isnan(column[came]).any():
            found.append(f"{name} of the morning")
    if (day.logged_in < 0).any():
        found.append("who is logged in")
    if day.chats is None:
        found.append("the chats that wait and are open now")
    if any(queue.comes_again for queue in centre.queues):
        found.append("customers of the morning who will come again")
    return found


def now_of(scenario: Scenario, text: str) -> float:
    """Read the time of day at which a planning interval begins, in seconds.

    Raises
    ------
    StudyError
        If it is no such time.
    """
    try:
        now_s = clock_s(text)
    except ValueError:
        raise StudyError(f"--now: must be a clock time such as 11:00, got {text!r}") from None
    if now_s % scenario.interval_s or not scenario.interval_s <= now_s < DAY_S:
        law = f"must be the start of a planning interval of {scenario.interval_min} minutes, after the first"
        raise StudyError(f"--now: {law}, got {text!r}")
    return now_s


class _Mornings:
    """States from which the rest of the day begins: a morning for each replication."""

    def __init__(self, centre: Scenario, day: Day, seed: int, n: int) -> None:
        self.centre, self.day, self.n, self.seed = centre, day, n, seed
        spans = [off for _, off in centre.opening_spans if off < np.inf]
        self.close_s = float(max(spans, default=DAY_S))
        first = self._first_attempts()
        self.factors = busyness(centre, first)
        self.simulated = 0
        self.draws: list[Draws] = []
        self.plans: list[DutyPlan] = []
        self.states: list[CentreState] = []
        volumes = with_volumes(centre, day, self.factors, first)
        chats = None if day.chats is None else _renumbered(day, centre)
        for begin in range(0, n, _AT_ONCE):
            some = range(begin, min(begin + _AT_ONCE, n))
            for drawn in draw_all(volumes, seed, some):
                self._begin(exactly(drawn, first, centre.interval_s), chats)

    def _begin(self, draws: Draws, chats: tuple | None) -> None:  # type: ignore[type-arg]
        plan = with_spare(duty_plan(self.centre, draws.people), self.centre)
        state = state_at(self.centre, draws, self.day.now_s, duty=plan)
        if chats is not None:
            draws, state = with_chats(self.centre, draws, state, chats)
        self.draws.append(draws)
        self.states.append(state)
        self.plans.append(with_logged_in(plan, self.day.logged_in, self.day.now_s, self.close_s))

    def _first_attempts(self) -> Ints:
        """How many of those who came made their first attempt, as far as the scenario tells."""
        if not any(queue.comes_again for queue in self.centre.queues):
            return self.day.offered
        logs = simulate_all(self.centre, draw_all(self.centre, self.seed, range(20)))
        chats = logs.together.chat
        early = chats.arrival_s < self.day.now_s
        share = float((chats.attempt[early] == 1).mean()) if early.any() else 1.0
        return np.round(self.day.offered * share).astype(np.int64)

    def run(self, plans: Sequence[DutyPlan], progress: Progress | None) -> list[LogBatch]:
        """Simulate the rest of all days by these *plans*, which have the same agents with the same slots."""
        found = []
        for begin in range(0, self.n, _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            found.append(
                simulate_all(self.centre, self.draws[some], begin=self.states[some], duty=plans[some])
            )
            self.simulated += len(self.draws[some])
            if progress is not None:
                progress(self.simulated, None)
        return found


def _renumbered(day: Day, centre: Scenario) -> tuple:  # type: ignore[type-arg]
    """Chats of this moment, with agents as a plan with agents to spare numbers them."""
    numbers = numbers_with_spare(centre)
    return tuple(
        chat if chat.agent < 0 else replace(chat, agent=int(numbers[chat.agent])) for chat in day.chats or ()
    )


class _Rest:
    """Figures of the days of all replications, the morning's as they are told."""

    def __init__(self, batches: list[LogBatch], mornings: _Mornings) -> None:
        self.promise = bounds(mornings.centre)
        self.day = mornings.day
        runs: list[Kpis] = []
        for batch in batches:
            runs += measure_all(batch, mornings.centre, bounds=self.promise)
        n = len(runs)
        self.n_now = self.day.offered.shape[1]

        def column(name: Column) -> Floats:
            return np.stack([run.tables[By.INTERVAL][:, name] for run in runs])

        self.offered, self.missed = column(Column.OFFERED), column(Column.MISSED)
        self.in_time, self.levels = column(Column.ACCEPTED_IN_TIME), column(Column.ENTERED_IN_EARNEST)
        waited, wait_s = (
            column(name)[:, self.n_now :].sum(axis=1) for name in (Column.WAITED, Column.WAIT_S)
        )
        self.wait_s = ratio(wait_s, waited)
        self.sums = bound_of(runs) if self.promise else np.zeros((n, 0, 2, self.offered.shape[1]))
        undecided = _undecided(mornings, batches)
        self._as_told(undecided)

    def _as_told(self, undecided: Floats) -> None:
        """Put what was told of the morning in the place of what was simulated.

        *undecided* are those of the chats waiting now who will be missed, and accepted in time: (n, 2).
        """
        now, came = self.n_now, self.day.offered
        offered = came.sum(axis=0)
        self.offered[:, :now] = offered
        is_told = {
            "missed": not np.isnan(self.day.missed[came > 0]).any(),
            "in_time": not np.isnan(self.day.in_time[came > 0]).any(),
        }
        if is_told["missed"]:
            self.missed[:, :now] = np.nansum(self.day.missed, axis=0)
            self.missed[:, now - 1] += undecided[:, 0]
        if is_told["in_time"]:
            self.in_time[:, :now] = np.nansum(self.day.in_time, axis=0)
            self.in_time[:, now - 1] += undecided[:, 1]
            self.levels[:, :now] = np.maximum(offered, self.in_time[:, :now])
        for k, bound in enumerate(self.promise):
            if bound.where is not None:
                continue
            if bound.kpi == "missed_rate" and is_told["missed"]:
                self.sums[:, k, 0, :now], self.sums[:, k, 1, :now] = self.missed[:, :now], offered
            if bound.kpi in LEVELS and is_told["in_time"]:
                self.sums[:, k, 0, :now], self.sums[:, k, 1, :now] = (
                    self.in_time[:, :now],
                    self.levels[:, :now],
                )

    @property
    def missed_a_day(self) -> Floats:
        """Chats missed on the whole day, shape (n,)."""
        return np.asarray(self.missed.sum(axis=1), dtype=np.float64)

    @property
    def values(self) -> Floats:
        """Each target's figure of the whole day, shape (n, n_bounds)."""
        total = self.sums.sum(axis=3)
        return ratio(total[:, :, 0], total[:, :, 1])

    @property
    def all_kept(self) -> Floats:
        """1 where a day keeps all targets, 0 where not, shape (n,)."""
        return np.asarray(self.kept.all(axis=1), dtype=np.float64)

    @property
    def kept(self) -> Flags:
        """Whether each target is kept, shape (n, n_bounds)."""
        values = self.values
        return (
            np.array(
                [of_sums(bound).kept(values[:, k]) for k, bound in enumerate(self.promise)], dtype=np.bool_
            )
            .reshape(len(self.promise), len(values))
            .T
        )


def _undecided(mornings: _Mornings, batches: list[LogBatch]) -> Floats:
    """What becomes of the chats that wait now: how many are missed, and how many are in time."""
    found = np.zeros((mornings.n, 2))
    thresholds = np.array(mornings.centre.thresholds_s)
    r = 0
    for batch in batches:
        for k in range(len(batch)):
            state, draws, chats = mornings.states[r], mornings.draws[r], batch[k].chat
            waiting = state.chat[np.isin(state.stage, [Stage.WAITING, Stage.COMING])]
            arrival_s, queue = state.happened.arrival_s[waiting], draws.queue[waiting]
            for at_s, q in zip(arrival_s.tolist(), queue.tolist(), strict=True):
                mine = np.flatnonzero((chats.arrival_s == at_s) & (chats.queue == q))[:1]
                in_time = chats.accepted_s[mine] - at_s <= thresholds[q]
                gone = chats.outcome[mine] == Outcome.SILENT
                found[r] += [np.isnan(chats.accepted_s[mine]).sum() + gone.sum(), (in_time & ~gone).sum()]
            r += 1
    return found


def _chances(rest: _Rest) -> list[Chance]:
    kept, values, n = rest.kept, rest.values, len(rest.offered)
    found = []
    for k, bound in enumerate(rest.promise):
        share = float(kept[:, k].mean())
        found.append(Chance(bound, share, *wilson(share, n), band(values[:, k])))
    if found:
        share = float(kept.all(axis=1).mean())
        found.append(Chance(None, share, *wilson(share, n), None))
    return found


def _tried(move: Move, hours: float, before: _Rest, after: _Rest) -> Tried:
    kept, kept_then = before.all_kept, after.all_kept
    missed, missed_then = before.missed_a_day, after.missed_a_day
    return Tried(move, hours, paired(kept, kept_then), paired(missed, missed_then), float(kept_then.mean()))


def _rank(tried: Tried) -> tuple[float, float]:
    """Order of moves: what they add to the chance for an hour, then what they take off the missed chats."""
    hours = max(abs(tried.hours), 0.25)  # what costs nothing counts as a quarter of an hour
    return -(tried.chance.value or 0.0) / hours, (tried.missed.value or 0.0) / hours
