"""Where does a roster fall short, and what must then be otherwise? Cuts, by simulation.

A roster that misses a bound in an interval gives an alternative: of the intervals around it, one must have
more agents than this. It holds for every roster if more agents never make service worse, and it is the
stronger the more it is told: the roster is simulated again with ample agents elsewhere, and with some more
around the interval, as long as it surely still falls short. Where the day falls short (targets over the day,
or on a share of days), a linear cut takes its place: what one agent more in each interval does, on the same
customers, is extrapolated.

Linear cuts: Atlason, Epelman and Henderson, Annals of Operations Research 127 (2004) 333-358, and Management
Science 54 (2008) 295-309; Cezik and L'Ecuyer, Management Science 54 (2008) 310-323. They may cut off what is
best, as service is not concave where there are few agents; alternatives don't.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.scenario import Scenario
from sim.scenario.shifts import Shift
from sim.scenario.team import Group
from sim.studies.staffing.choice import Per
from sim.studies.staffing.cover import Alternative, Linear
from sim.studies.staffing.patterns import Candidates
from sim.studies.staffing.plan import NOBODY
from sim.studies.staffing.search import Search
from sim.studies.staffing.trial import Evaluation

NEAR = ((-1, 0), (-3, 1), (-6, 2))
"""Intervals, before and after one that falls short, that may be the cause: the first window that suffices."""
APART = 3
"""Intervals so many apart don't feel each other, if those between have ample agents."""
MOST_ALTERNATIVES = 4
"""A round cuts at so many intervals, the worst."""


class Cutter:
    """Simulates rosters, and says what those that fall short must have more.

    Parameters
    ----------
    candidates
        Shifts that may be planned.
    search
        Simulates, and knows what is promised.
    required
        Agents in each interval that keep the promise, (n_groups, n_intervals): the scale of what is ample.
    """

    def __init__(self, candidates: Candidates, search: Search, required: Ints) -> None:
        self.candidates, self.search, self.required = candidates, search, required
        self.scenario, self.promise = candidates.scenario, search.promise
        self.ample = int(2 * required.max() + 3)
        self._known: dict[tuple[bytes, range], Evaluation] = {}

    def staffed(self, agents: Ints, extra: Ints | None = None) -> Scenario:
        """Give the scenario with *agents* on each shift, and *extra* ones, (n_groups, n_intervals)."""
        groups = []
        for g, group in enumerate(self.scenario.groups):
            shifts = [
                candidate.shift.model_copy(update={"agents": n})
                for candidate, n in zip(self.candidates.all, agents.tolist(), strict=True)
                if n and candidate.group == g
            ]
            shifts.sort(key=by_clock)
            if extra is not None:
                shifts += self._runs(extra[g])
            groups.append(_with_shifts(group, shifts, self.scenario.intervals_per_day))
        return self.scenario.model_copy(update={"groups": tuple(groups)})

    def trial(self, agents: Ints, runs: range, extra: Ints | None = None) -> Evaluation:
        """What comes of *agents* on each shift, and of *extra* ones, on some replications."""
        key = agents.tobytes(), runs
        if extra is None and key in self._known:
            return self._known[key]
        scenario = self.staffed(agents, extra)
        (kpis,) = self.search.simulated_on([scenario], runs, in_search=True)
        self.search.simulated += len(runs)
        trial = Evaluation.of(self.promise, scenario, kpis)
        if extra is None:
            self._known[key] = trial
        return trial

    def short(self, trial: Evaluation) -> Floats:
        """How much each interval misses of its bounds, shape (n_intervals,); 0 if days alone are promised."""
        if self.promise.per is not Per.INTERVAL:
            return np.zeros(self.scenario.intervals_per_day)
        values = zip(self.promise.bounds, trial.of_intervals(), strict=True)
        return np.asarray(sum(bound.shortfall(value) for bound, value in values))

    def surely_short(self, trial: Evaluation) -> Flags:
        """Intervals that miss a bound by more than a standard error.

        What agents elsewhere change is partly chance: other agents are asked, and then all goes otherwise.
        """
        missed = np.zeros(self.scenario.intervals_per_day, dtype=np.bool_)
        if self.promise.per is Per.INTERVAL:
            told = zip(self.promise.bounds, trial.of_intervals(), trial.errors(), strict=True)
            for bound, values, errors in told:
                better = np.nan_to_num(errors) * (1 if bound.side == "at least" else -1)
                missed |= bound.shortfall(values + better) > 0
        return missed

    def alone(self, runs: range) -> Ints:
        """Agents that each group must have in each interval however many are elsewhere, by bisection.

        Shape (n_groups, n_intervals). Intervals a few apart are tried together.
        """
        blocks = self.search.blocks
        least = np.zeros_like(self.required)
        if self.promise.per is not Per.INTERVAL:
            return least
        required = self.required[:, blocks.first]
        low, high = np.full_like(required, -1), required.copy()
        for g, colour in np.ndindex(len(required), APART):
            mine = np.arange(colour, len(blocks), APART)
            while len(tried := mine[high[g, mine] - low[g, mine] > 1]):
                plan = np.full_like(required, self.ample)
                plan[g, tried] = (low[g, tried] + high[g, tried]) // 2
                misses = self.surely_short(self.search.trial(plan, runs))[blocks.first]
                around = np.convolve(misses, [1, 1, 1], "same")[tried] > 0
                low[g, tried[around]] = plan[g, tried[around]]
                high[g, tried[~around]] = plan[g, tried[~around]]
        least[:, blocks.first] = high
        return least

    def alternatives(
        self, agents: Ints, covered: Floats, trial: Evaluation, runs: range
    ) -> Iterator[Alternative]:
        """What must be otherwise, of each interval that falls short with *agents*, who *covered* so much."""
        short = self.short(trial)
        for k in np.argsort(-short, kind="stable")[:MOST_ALTERNATIVES].tolist():
            if short[k] > 0:
                extra = self._largest(agents, k, runs)
                rows = np.argwhere(extra < self.ample)
                n = self.scenario.intervals_per_day
                yield frozenset(
                    (int(g * n + j), int(np.floor(covered[g * n + j] + 1e-9) + extra[g, j] + 1))
                    for g, j in rows
                )

    def _largest(self, agents: Ints, k: int, runs: range) -> Ints:
        """As many extra agents as may be, with whom intervals still fall short: ample ones far from *k*."""
        for before, after in NEAR:
            extra = np.full_like(self.required, self.ample)
            extra[:, max(0, k + before) : k + after + 1] = 0
            if self._falls_short(agents, extra, runs):
                break
        else:  # everything else might be the cause, or it is chance: who has no more anywhere falls short
            return np.zeros_like(self.required)
        around = sorted(np.argwhere(extra == 0).tolist(), key=lambda place: -abs(place[1] - k))
        left: list[tuple[int, int]] = []
        for g, j in around:
            more = extra.copy()
            more[g, j] = self.ample
            if len(left) + 1 < len(around) and self._falls_short(agents, more, runs):
                extra = more
            else:
                left.append((g, j))
        for g, j in left:
            more = extra.copy()
            more[g, j] += 1
            if self._falls_short(agents, more, runs):
                extra = more
        return extra

    def _falls_short(self, agents: Ints, extra: Ints, runs: range) -> bool:
        return bool(self.surely_short(self.trial(agents, runs, extra)).any())

    def linear(self, covered: Floats, runs: range) -> Linear:
        """A cut for a day that falls short with so many agents *covered*: what one agent more would do."""
        blocks, n = self.search.blocks, self.scenario.intervals_per_day
        plan = np.floor(covered.reshape(-1, n)[:, blocks.first] + 1e-9).astype(np.int64)
        base = self.search.trial(plan, runs)
        weights = np.zeros((len(plan), n))
        for move in self.search.moves(plan, runs, 1) if not base.kept else ():
            gain = base.shortfall() - base.with_effect_of(base, move.tried, move.window).shortfall()
            weights[move.group, blocks.first[move.block]] = max(gain, 0.0)
        wanted = (
            base.shortfall() / 2
        )  # half of it: what is gained falls off, and the next cut asks for the rest
        if wanted <= 0 or not weights.any():  # shift changes or several agents matter: one more, anywhere
            weights[:, blocks.first], wanted = 1.0, 1.0
        flat = weights.ravel()
        return Linear(flat / flat.max(), float(flat @ np.floor(covered + 1e-9) + wanted) / float(flat.max()))

    def _runs(self, extra: Ints) -> list[Shift]:
        """Shifts of extra agents: one for each run of intervals with the same number."""
        edges = [0, *(np.flatnonzero(np.diff(extra)) + 1).tolist(), len(extra)]
        width_s = self.scenario.interval_s
        return [
            Shift(agents=int(extra[a]), start=a * width_s, end=b * width_s)
            for a, b in pairwise(edges)
            if extra[a]
        ]


def by_clock(shift: Shift) -> tuple[float, float, list[float]]:
    """Key to sort shifts by: start, end, and breaks."""
    return shift.start, shift.end, [pause.start for pause in shift.breaks]


def _with_shifts(group: Group, shifts: list[Shift], intervals_per_day: int) -> Group:
    """The group with shifts; with nobody, where there are none."""
    staff = {"shifts": tuple(shifts)} if shifts else {"staffing": (0,) * intervals_per_day}
    return group.model_copy(update=NOBODY | staff)
