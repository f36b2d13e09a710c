"""Which are the fewest agents? A search by simulation on the same customers for every plan.

The search goes up and down. While a plan misses its promise, agents are added where they help most for an
hour of duty; once it keeps it, they are taken away where they are missed least, until one fewer anywhere
would break it. What one agent more or fewer does is simulated for every block and group, several distant
blocks in one run: what happens near a block is put down to it (`Trial.spliced`). What that predicts is
simulated again before it is believed. Queue and open chats are carried from block to block throughout.

An agent more or fewer moves a figure by little more than days differ, so it takes many days to know. They
are spent where most is learned: one plan is simulated on many days, and says by how much the few days on
which all others are tried are luckier than the average (`Level`). Where intervals are promised, it is the
plan without anybody whom few days can't surely tell to be needed, so that many decide what is close. The
answer is held against days of its own, more of them as long as they leave it open. If they miss the promise
they are days of the search from then on, and it is held against others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import ceil, isfinite

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.kpis.measure import Kpis
from sim.runs.executor import Executor, Progress
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per
from sim.studies.staffing.plan import Blocks
from sim.studies.staffing.promise import Promise
from sim.studies.staffing.trial import Evaluation, Level
from sim.theory.applies import handling_s

MOST_COLOURS = 8
"""Blocks are at most so many apart if they are changed in one run (fewer with several groups) ..."""
RUNS_A_ROUND = 12
"""... so that a round takes about so many runs."""
FELT_H, FELT_CHATS = 2.0, 6.0
"""What happens in a block is felt for so many hours, or as long as so many chats take one after the other."""
MOST_ROUNDS = 40
MOST_REPAIRS = 6
LONG = 20
"""So many times as many days as those of the search say how lucky those are."""
PATIENCE, LEAST_HELP = 3, 1e-9
"""Agents that are added where they don't help before a search gives up there, and what counts as help."""
MOST_FRESH = 16
"""The answer is held against at most so many times the fresh days asked for, if they leave it open."""
SURE = 3.0
"""A bound is surely missed on fresh days by so many standard errors: one of many, looked at several times."""
MOST_EXCHANGES = 8
"""So many exchanges that should keep the promise are tried in a round ..."""
FEW_CHEAP = 6
"""... of one agent for two of those who are missed least."""
COARSE = 8
"""The coarse search changes a level by an eighth at a time."""


@dataclass(frozen=True, slots=True)
class Days:
    """Replications for each purpose: more of them where more depends on it."""

    final: int
    """How many fresh ones the answer is held against, at least."""
    share: float = 0.5
    """Those of the search, in relation to them."""

    @property
    def fine(self) -> range:
        """For the search."""
        return range(max(int(self.final * self.share), 2))

    @property
    def long(self) -> range:
        """For how lucky those of the search are: one plan is simulated on them as well."""
        return range(self.fine.stop, LONG * self.fine.stop)

    @property
    def few(self) -> range:
        """For what one agent more does, if fresh days miss the promise."""
        return range(max(self.final // 4, 2))

    @property
    def coarse(self) -> range:
        """For finding the way."""
        return range(max(self.final // 8, 2))

    @property
    def fresh(self) -> range:
        """For the answer: no others saw them."""
        return range(self.long.stop, self.long.stop + self.final)


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one group's agents in one block, tried together with distant ones."""

    group: int
    block: int
    by: int
    """Agents more, or fewer if negative."""
    tried: Evaluation
    window: slice
    """Intervals in which what happened is put down to it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The fewest agents that were found."""

    plan: Ints
    """Agents, shape (n_groups, n_blocks)."""
    trial: Evaluation
    """What came of it on fresh days ..."""
    runs: list[Kpis]
    """... and their figures."""
    base: Evaluation
    """The same on the days of the search ..."""
    fewer: list[Move]
    """... and what one agent fewer does to it in each block and group."""
    added: frozenset[tuple[int, int]]
    """Groups and blocks that got one more because fresh days missed the promise without."""
    is_whole: bool = True
    """Whether the search came to its end, and was not interrupted."""


class Search:
    """The search for the fewest agents that keep a promise, and the days that it has simulated."""

    def __init__(
        self,
        blocks: Blocks,
        promise: Promise,
        executor: Executor,
        seed: int = 1,
        most_runs: float = float("inf"),
        progress: Progress | None = None,
        counted: str | None = None,
    ) -> None:
        self.blocks, self.promise, self.executor, self.seed = blocks, promise, executor, seed
        self.most_runs = most_runs
        """The search stops before it simulates more replications than this."""
        self.simulated = 0
        """Replications simulated so far."""
        self.progress, self.counted = progress, counted
        """Is told how many that are, and what they are called."""
        self.in_full = True
        """Whether all figures are wanted on the fresh days, and not only what is promised."""
        self._reserved = 0
        self._known: dict[tuple[bytes, int], Evaluation] = {}  # by plan and first replication
        self._levels: dict[range, Level] = {}  # by the replications that they level
        self._best: Ints | None = None
        self._hours = blocks.hours
        n_groups = len(blocks.scenario.groups)
        self.colours = min(len(blocks), _felt(blocks), max(3, RUNS_A_ROUND // n_groups))

    def trials(self, plans: Sequence[Ints], runs: range) -> list[Evaluation]:
        """What comes of some *plans*, each an array (n_groups, n_blocks), on the same replications *runs*."""
        known: dict[tuple[bytes, int], int] = {}
        waiting: dict[range, dict[tuple[bytes, int], Ints]] = {}
        keys = [(plan.tobytes(), runs.start) for plan in plans]
        for key, plan in zip(keys, plans, strict=True):
            known[key] = self._known[key].n_days // self.blocks.scenario.days if key in self._known else 0
            if known[key] < len(runs):
                waiting.setdefault(range(runs.start + known[key], runs.stop), {})[key] = plan
        for left, some in waiting.items():
            self._simulate(some, left)
        n_days = len(runs) * self.blocks.scenario.days
        level = self._levels.get(runs)
        return [replace(self._known[key].first(n_days), promise=self.promise, level=level) for key in keys]

    def _simulate(self, plans: dict[tuple[bytes, int], Ints], runs: range) -> None:
        """Simulate *plans* on more days, which follow those on which they are known."""
        scenarios = [self.blocks.apply(plan) for plan in plans.values()]
        figures = self.simulated_on(scenarios, runs, in_search=True)
        for key, scenario, kpis in zip(plans, scenarios, figures, strict=True):
            trial = Evaluation.of(self.promise, scenario, kpis)
            self._known[key] = self._known[key].joined(trial) if key in self._known else trial
            self._count(len(runs))

    def simulated_on(
        self, scenarios: Sequence[Scenario], runs: range, *, in_search: bool = False
    ) -> Iterator[list[Kpis]]:
        """Figures of some replications of each of the *scenarios*, with what the promise binds."""
        bounds = self.promise.bounds
        return self.executor.replications(scenarios, self.seed, runs, in_search=in_search, bounds=bounds)

    def _count(self, n_runs: int) -> None:
        self.simulated += n_runs
        if self.progress is not None:
            most = int(self.most_runs) if isfinite(self.most_runs) else None
            self.progress(self.simulated, most, self.counted)

    def promising(self, promise: Promise, most_runs: float, counted: str | None) -> Search:
        """Give a search for another *promise* of the same figures that knows the same trials."""
        other = Search(self.blocks, promise, self.executor, self.seed, most_runs, self.progress, counted)
        other._known = self._known
        other._levels = dict(self._levels)
        other.in_full = False
        return other

    def trial(self, plan: Ints, runs: range) -> Evaluation:
        """What comes of a *plan*."""
        return self.trials([plan], runs)[0]

    def affords(self, n_plans: int, runs: range) -> bool:
        """Whether so many more plans may be tried."""
        return self.simulated + n_plans * len(runs) + self._reserved <= self.most_runs

    def find(self, start: Ints, days: Days) -> Found:
        """Go from a plan to *start* with to the fewest agents, coarsely, then finely, then on fresh days."""
        plan = self._leanest(start, days, kept_back=2 * len(days.fresh))
        added: set[tuple[int, int]] = set()
        fresh, n = days.fresh, 1
        while True:
            plan, fewer = self._settled(plan, days.fine, added)
            trial, fresh, runs = self._held(plan, fresh, days)
            if trial.kept or n == MOST_REPAIRS or not self.affords(1, range(2 * days.final)):
                return Found(plan, trial, runs, self.trial(plan, days.fine), fewer, frozenset(added))
            plan, more = self._mended(plan, trial, days)
            added |= more
            fresh, n = range(fresh.stop, fresh.stop + days.final), n + 1

    def unchecked(self, start: Ints, days: Days) -> Found:
        """Find the same, and say what comes of it on a few fresh days, but change nothing for them.

        For plans that are held against days of their own elsewhere.
        """
        plan, fewer = self._settled(self._leanest(start, days, kept_back=len(days.few)), days.fine, set())
        (runs,) = self.simulated_on([self.blocks.apply(plan)], days.fresh[: len(days.few)])
        self._count(len(runs))
        trial = Evaluation.of(self.promise, self.blocks.scenario, runs)
        return Found(plan, trial, runs, self.trial(plan, days.fine), fewer, frozenset())

    def _leanest(self, start: Ints, days: Days, kept_back: int) -> Ints:
        """Go from a plan to *start* with to one that few days, levelled by many, can't make leaner.

        So many replications are *kept back* for what follows.
        """
        round_of_moves = (1 + self._n_moves()) * len(days.fine)
        self._reserved = len(days.long) + kept_back + 2 * round_of_moves
        plan = self.fewest(self._filled_up(start, days.coarse), days.coarse, coarse=True)
        if days.fine not in self._levels:
            if self.promise.per is Per.INTERVAL:
                plan = self.daring(self.enough(self.fewest(plan, days.coarse), days.fine), days.fine)
            few = self.trial(plan, days.fine)
            self._levels[days.fine] = Level.of(few).beside(few, self.trial(plan, days.long))
        self._reserved = kept_back + round_of_moves
        return self.fewest(plan, days.fine)

    def best_so_far(self, days: Days) -> Found | None:
        """Give the last plan that kept its promise, held against a few fresh days; None if there is none."""
        if (plan := self._best) is None:
            return None
        (runs,) = self.simulated_on([self.blocks.apply(plan)], days.fresh[: len(days.coarse)])
        self._count(len(runs))
        trial = Evaluation.of(self.promise, self.blocks.scenario, runs)
        return Found(plan, trial, runs, trial, [], frozenset(), is_whole=False)

    def _settled(self, plan: Ints, runs: range, added: set[tuple[int, int]]) -> tuple[Ints, list[Move]]:
        """Take whoever can go alone, and say what one agent fewer does in each block and group.

        What is only predicted to keep the promise is simulated. Who was *added* for fresh days stays.
        """
        while True:
            start = base = self.trial(plan, runs)
            moves = self.moves(plan, runs, -1)
            lower = plan
            for k in np.argsort([self._harm(base, move) for move in moves], kind="stable").tolist():
                move = moves[k]
                after = base.with_effect_of(start, move.tried, move.window)
                is_needed = after.shortfall() > base.shortfall() or (move.group, move.block) in added
                if is_needed or not self.affords(1, runs):
                    continue
                without = lower.copy()
                without[move.group, move.block] -= 1
                exactly = self.trial(without, runs)
                if exactly.shortfall() <= base.shortfall():
                    lower, base = without, exactly
                else:
                    moves[k] = replace(move, tried=exactly, window=slice(None))
            if lower is plan or not self.affords(self._n_moves(), runs):
                return plan, moves
            plan = lower

    def _held(self, plan: Ints, fresh: range, days: Days) -> tuple[Evaluation, range, list[Kpis]]:
        """Hold a plan against fresh days: more of them, as long as they miss the promise and may be wrong."""
        scenario, runs = self.blocks.apply(plan), list[Kpis]()
        while True:
            (more,) = self.simulated_on([scenario], fresh[len(runs) :], in_search=not self.in_full)
            self._count(len(more))
            runs += more
            trial = Evaluation.of(self.promise, scenario, runs)
            is_open = not trial.kept and not trial.surely_missed(SURE)
            if not is_open or len(fresh) >= MOST_FRESH * days.final or not self.affords(1, fresh):
                return trial, fresh, runs
            fresh = range(fresh.start, fresh.stop + len(fresh))

    def _mended(self, plan: Ints, missed: Evaluation, days: Days) -> tuple[Ints, set[tuple[int, int]]]:
        """The fewest agents once days that *missed* the promise are days of the search as well.

        If these say that the plan keeps it, agents are added where they missed it, for that is what counts.
        """
        level = self._levels[days.fine]
        self._levels[days.fine] = level.beside(self.trial(plan, days.fine), missed)
        if not self.trial(plan, days.fine).kept:
            return self.fewest(plan, days.fine), set()
        more = self.repaired(plan, missed, days)
        return more, set(zip(*(places.tolist() for places in np.nonzero(more - plan)), strict=True))

    def fewest(self, plan: Ints, runs: range, *, coarse: bool = False) -> Ints:
        """Go from a *plan* to one that keeps the promise on *runs* and from which nobody can be taken."""
        plan = self.enough(plan, runs, coarse=coarse)
        for _ in range(MOST_ROUNDS):
            if not self.affords(1 + self._n_moves(), runs) or not (base := self.trial(plan, runs)).kept:
                break
            self._best = plan
            lower = self._without(plan, base, runs, coarse=coarse)
            if lower is None and not coarse:
                lower = self._exchanged(plan, base, runs)
            if lower is None:
                break
            plan = lower
        return plan

    def enough(self, plan: Ints, runs: range, *, coarse: bool = False) -> Ints:
        """Add agents to a *plan* until it keeps the promise on *runs*.

        Where `PATIENCE` of them in a row don't help, they are taken back and no more are added: what is
        missing there may be these days' luck, which agents don't cure.
        """
        lean, before = plan, np.full(plan.shape[1], np.inf)
        in_vain = np.zeros(plan.shape[1], dtype=np.int64)
        for _ in range(MOST_ROUNDS):
            if not self.affords(1 + self._n_moves(), runs):
                break
            base = self.trial(plan, runs)
            if base.kept:
                self._best = plan
                break
            missing, has_more = self._missing(base), (plan != lean).any(axis=0)
            helps = ~has_more | (missing < before - LEAST_HELP)
            in_vain = np.where(in_vain >= PATIENCE, in_vain, np.where(helps, 0, in_vain + 1))
            lean = np.where(helps & (in_vain < PATIENCE), plan, lean)
            before = np.where(helps, missing, before)
            given_up = in_vain >= PATIENCE
            plan = np.where(given_up, lean, plan)
            more = self._with_more(plan, base, runs, given_up, coarse=coarse)
            if (more == plan).all():
                break
            plan = more
        return plan

    def _missing(self, trial: Evaluation) -> Floats:
        """How far each block is from the promise: all alike where the day is promised as a whole."""
        if self.promise.per is not Per.INTERVAL or self.promise.confidence is not None:
            return np.full(len(self.blocks.first), trial.shortfall())
        return self._missing_in_intervals(trial)

    def _missing_in_intervals(self, trial: Evaluation) -> Floats:
        """How far the intervals of each block are from their bounds."""
        pairs = zip(self.promise.bounds, trial.of_intervals(), strict=True)
        missing = np.sum([bound.shortfall(values) for bound, values in pairs], axis=0)
        ends = zip(self.blocks.first.tolist(), self.blocks.end.tolist(), strict=True)
        return np.array([missing[a:b].sum() for a, b in ends])

    def _filled_up(self, plan: Ints, runs: range) -> Ints:
        """Add agents wherever intervals miss a bound, all at once, before anything is weighed."""
        for _ in range(MOST_ROUNDS):
            short = self._short(self.trial(plan, runs))
            if self.promise.per is not Per.INTERVAL or not short.any() or not self.affords(2, runs):
                break
            plan = plan + short * np.maximum(1, plan // COARSE)
        return plan

    def _short(self, trial: Evaluation) -> Flags:
        """Blocks in which an interval misses a bound."""
        return np.asarray(self._missing_in_intervals(trial) > 0)

    def _blocks_of(self, intervals: Flags) -> Flags:
        """Blocks that have one of the *intervals*."""
        ends = zip(self.blocks.first.tolist(), self.blocks.end.tolist(), strict=True)
        return np.array([intervals[a:b].any() for a, b in ends])

    def repaired(self, plan: Ints, missed: Evaluation, days: Days) -> Ints:
        """Add to a plan that fails on fresh days: in each block that is surely short, or, if none is, short.

        Where no interval is, one is added where it helps most. Where there is no time to try, the largest
        group there gets one more.
        """
        short = self._blocks_of(missed.missed_by(SURE)) & (self.promise.per is Per.INTERVAL)
        if not short.any():
            short = self._short(missed) & (self.promise.per is Per.INTERVAL)
        tries = (len(plan) > 1 or not short.any()) and self.affords(
            1 + self._n_moves() + MOST_REPAIRS, days.few
        )
        moves = self.moves(plan, days.few, 1) if tries else []
        base = self.trial(plan, days.few) if tries else None
        ranked = sorted(moves, key=lambda move: self._harm(base, move)) if base is not None else []
        helpful = [(move.group, move.block) for move in ranked]
        helpful += [(int(plan[:, b].argmax()), b) for b in plan.sum(axis=0).argsort()[::-1].tolist()]
        plan = plan.copy()
        for block in np.flatnonzero(short) if short.any() else [helpful[0][1]]:
            group = next(g for g, b in helpful if b == block)
            plan[group, block] += 1
        return plan

    def moves(self, plan: Ints, runs: range, sign: int, *, coarse: bool = False) -> list[Move]:
        """Try one agent more (*sign* 1) or fewer (−1), or several if *coarse*, in each block and group."""
        size = np.maximum(1, plan // COARSE) if coarse else np.ones_like(plan)
        changed, tries = [], []
        for group, colour in np.ndindex(len(plan), self.colours):
            of_colour = [
                b for b in range(colour, len(self.blocks), self.colours) if plan[group, b] + sign >= 0
            ]
            other = plan.copy()
            other[group, of_colour] += sign * size[group, of_colour]
            if of_colour and self._is_possible(other):
                changed.append(other)
                tries.append((group, of_colour))
        results = self.trials(changed, runs)
        return [
            Move(group, block, sign * int(size[group, block]), trial, window)
            for (group, of_colour), trial in zip(tries, results, strict=True)
            for block, window in self._windows(of_colour)
        ]

    def _n_moves(self) -> int:
        return len(self.blocks.scenario.groups) * self.colours

    def _is_possible(self, plan: Ints) -> bool:
        peaks = plan.max(axis=1) if plan.shape[1] else np.zeros(len(plan))
        return bool((peaks >= self.blocks.least_peak()).all()) and bool((plan >= 0).all())

    def _windows(self, of_colour: Sequence[int]) -> Iterator[tuple[int, slice]]:
        """Of each block: the intervals from one before it to the next block that is changed as well.

        Those who wait when a block begins are counted in the interval in which they came.
        """
        starts = [max(0, int(self.blocks.first[b]) - 1) for b in of_colour]
        ends = [*starts[1:], self.blocks.scenario.intervals_per_day]
        yield from ((b, slice(start, end)) for b, start, end in zip(of_colour, starts, ends, strict=True))

    def _with_more(self, plan: Ints, base: Evaluation, runs: range, given_up: Flags, *, coarse: bool) -> Ints:
        """Add agents where they help most for their hours, until that should be enough.

        A single group gets them where intervals are short, which needs no trying. Blocks that were *given_up*
        get none.
        """
        short = self._short(base) & (self.promise.per is Per.INTERVAL)
        if len(plan) == 1 and short.any():
            return plan + (short & ~given_up)
        left = [move for move in self.moves(plan, runs, 1, coarse=coarse) if not given_up[move.block]]
        plan, now = plan.copy(), base
        while left and (shortfall := now.shortfall()) > 0:
            after = [now.with_effect_of(base, move.tried, move.window) for move in left]
            gains = [
                (shortfall - trial.shortfall()) / self._hours[m.block] / m.by
                for trial, m in zip(after, left, strict=True)
            ]
            best = int(np.argmax(gains))
            if gains[best] <= 1e-12:
                break
            move = left.pop(best)
            plan[move.group, move.block] += move.by
            now = after[best]
        if now is base:  # nobody alone helps: everybody gets one more
            plan += ~given_up
        return plan

    def _without(self, plan: Ints, base: Evaluation, runs: range, *, coarse: bool) -> Ints | None:
        """Take agents away where they are missed least; None if nobody can be spared."""
        chosen, now = list[Move](), base
        moves = self.moves(plan, runs, -1, coarse=coarse)
        for move in sorted(moves, key=lambda move: self._harm(base, move)):
            after = now.with_effect_of(base, move.tried, move.window)
            if after.kept:
                chosen.append(move)
                now = after
        while chosen and self.affords(1, runs):
            lower = plan.copy()
            for move in chosen:
                lower[move.group, move.block] += move.by
            if self._is_possible(lower) and self.trial(lower, runs).kept:
                return lower
            chosen = chosen[: len(chosen) // 2]
        return None

    def daring(self, plan: Ints, runs: range) -> Ints:
        """Take away at once whoever may be spared, as far as *runs* can tell: the decisions that are close.

        What many more days say of this plan decides them all.
        """
        if not self.affords(self._n_moves(), runs):
            return plan
        base = now = self.trial(plan, runs)
        lower = plan.copy()
        for move in sorted(self.moves(plan, runs, -1), key=lambda move: self._harm(base, move)):
            after = now.with_effect_of(base, move.tried, move.window)
            if not after.surely_missed():
                lower[move.group, move.block] += move.by
                now = after
        return lower if self._is_possible(lower) else plan

    def _exchanged(self, plan: Ints, base: Evaluation, runs: range) -> Ints | None:
        """Add one agent so that two others, of more hours, can go; None if none of those tried does.

        Only days as a whole give such a choice: an interval's agents can't make up for another's.
        """
        per_day = self.promise.per is Per.DAY or self.promise.confidence is not None
        if not per_day or not self.affords(2 * self._n_moves() + MOST_EXCHANGES, runs):
            return None
        fewer = sorted(self.moves(plan, runs, -1), key=lambda move: self._harm(base, move))[:FEW_CHEAP]
        hopeful = self._exchanges(plan, base, self.moves(plan, runs, 1), fewer)
        # What is predicted is too good, of the best of many: of those that even so miss it none is tried.
        kept = (lower for lower in islice(hopeful, MOST_EXCHANGES) if self.trial(lower, runs).kept)
        return next(kept, None)

    def _exchanges(
        self, plan: Ints, base: Evaluation, more: Sequence[Move], fewer: Sequence[Move]
    ) -> Iterator[Ints]:
        """Plans of fewer hours with a move of *more* and two of *fewer*, predicted to keep the promise."""
        for one in more:
            with_more = base.with_effect_of(base, one.tried, one.window)
            for first in range(len(fewer)):
                without = None
                for second in range(first, len(fewer)):
                    lower = plan.copy()
                    for move in (one, fewer[first], fewer[second]):
                        lower[move.group, move.block] += move.by
                    saved = float(((plan - lower) * self._hours).sum())
                    if saved <= 0 or not self._is_possible(lower):
                        continue
                    if without is None:
                        without = with_more.with_effect_of(base, fewer[first].tried, fewer[first].window)
                    if without.with_effect_of(base, fewer[second].tried, fewer[second].window).kept:
                        yield lower

    def _harm(self, base: Evaluation, move: Move) -> float:
        """What a move does to the mean day, for an hour of duty that it saves."""
        after = base.with_effect_of(base, move.tried, move.window)
        harm = sum(
            np.nanmean((value - then) * (1 if bound.side == "at least" else -1)) / (bound.value or 1.0)
            for bound, value, then in zip(self.promise.bounds, base.of_days(), after.of_days(), strict=True)
        )
        return float(harm) / float(self._hours[move.block]) / -move.by


def _felt(blocks: Blocks) -> int:
    """Blocks so many apart don't feel each other."""
    scenario = blocks.scenario
    longest_s = max(
        float(handling_s(queue.service, group)[-1])
        for queue in scenario.queues
        for group in scenario.groups
        if queue.name in group.queues
    )
    felt_h = max(FELT_H, FELT_CHATS * longest_s / 3600)
    return min(MOST_COLOURS, max(3, ceil(felt_h / float(blocks.hours.min()))))
