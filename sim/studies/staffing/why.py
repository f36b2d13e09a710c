"""Why so many and not one fewer? What binds in each block, what one agent fewer does, what agents are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from sim.arrays import Floats, Ints
from sim.kpis.estimate import Quantity, ratios_over_days
from sim.kpis.loops import By, Column
from sim.kpis.measure import Kpis, columns
from sim.kpis.promised import is_of_time
from sim.kpis.targets import Bound
from sim.scenario.scenario import Scenario
from sim.studies.staffing.choice import Per
from sim.studies.staffing.plan import Blocks, expected_a_day, open_edges
from sim.studies.staffing.search import Found, Move
from sim.studies.staffing.trial import Evaluation
from sim.theory.applies import handling_s


@dataclass(frozen=True, slots=True)
class Value(Quantity):
    """A promised figure in a block, or over the day; its value is None in a block without a chat."""

    bound: Bound
    kept: bool
    sure: bool
    """Whether the whole interval is on the same side of the bound, as far as days that were seen tell."""

    @property
    def kpi(self) -> str:
        """Figure that is promised."""
        return self.bound.kpi


@dataclass(frozen=True, slots=True)
class Fewer:
    """What would be with one agent fewer in a block."""

    group: str
    values: tuple[Value, ...]
    """Of the block, in order of the promise's bounds."""
    breaks: Bound | None
    """What is broken by most, here or soon after; None if only the share of days falls short."""
    worst: float | None
    """That figure, where it is broken most; over the day, if that is promised."""
    days_kept: float
    """Share of days that would keep every bound."""
    is_needed: bool
    """Whether the promise is broken without the agent ..."""
    on_fresh_days: bool
    """... but only on days that the search did not see."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the agents of a block are for, in agents; they add up to those paid."""

    replies: float
    """Composing and wrapping up all the time for the chats that come: with fewer, work is left over."""
    concurrency: float
    """More, as slots are full of chats whose customers type (or, by work, of chats that are worked on)."""
    queue: float
    """More, so that customers wait as little as is promised although they come by chance."""
    absence: float
    """Planned, and lost to absence and lateness."""
    shrinkage: float
    """Paid, and not planned for chats."""


@dataclass(frozen=True, slots=True)
class Need:
    """The requirement of one block, with its reasons."""

    start_s: float
    """Clock time, in seconds since midnight."""
    end_s: float
    chats: float
    """Expected a day."""
    agents: dict[str, int]
    """By group."""
    values: tuple[Value, ...]
    """In order of the promise's bounds."""
    binding: Bound | None
    """What would be missed first with fewer and fewer agents; None where no chat is measured."""
    fewer: tuple[Fewer, ...]
    """For each group that has somebody here."""
    parts: Parts


def needs(blocks: Blocks, found: Found, runs: Sequence[Kpis]) -> list[Need]:
    """Give the requirement of each block that was *found*, with its reasons.

    *runs* are its figures on fresh days.
    """
    scenario, interval_s = blocks.scenario, blocks.scenario.interval_s
    chats = expected_a_day(scenario).sum(axis=0)
    ends = list(zip(blocks.first.tolist(), blocks.end.tolist(), strict=True))
    found_needs = []
    for b, (first, end) in enumerate(ends):
        fewer = tuple(_fewer(blocks, found, move, (first, end)) for move in found.fewer if move.block == b)
        values = values_of(found.trial, slice(first, end))
        found_needs.append(
            Need(
                start_s=first * interval_s,
                end_s=end * interval_s,
                chats=float(chats[first:end].sum()),
                agents={g.name: int(n) for g, n in zip(scenario.groups, found.plan[:, b], strict=True)},
                values=values,
                binding=_binding(found.trial, values, fewer),
                fewer=fewer,
                parts=_parts(scenario, runs, found.plan[:, b], first, end),
            )
        )
    return found_needs


def values_of(trial: Evaluation, window: slice) -> tuple[Value, ...]:
    """Promised figures of a *window* of intervals, pooled over days, with their intervals."""
    top, bottom = trial.top[:, :, window].sum(axis=2), trial.bottom[:, :, window].sum(axis=2)
    bounds = trial.promise.bounds
    if trial.planned is not None and not trial.planned[window].any():
        of_time = [is_of_time(bound) for bound in bounds]
        top[of_time] = bottom[of_time] = 0.0
    figures = ratios_over_days(top.T, bottom.T, [bound.counted for bound in bounds])
    return tuple(_judged(bound, figure, trial.n_days) for bound, figure in zip(bounds, figures, strict=True))


def _judged(bound: Bound, figure: Quantity, n_days: int) -> Value:
    kept = figure.value is None or bool(bound.kept(np.array(figure.value)))
    ends = figure.certain(bound.counted.unit, n_days)
    sure = ends is not None and all(bool(bound.kept(np.array(end))) == kept for end in ends)
    return Value(**asdict(figure), bound=bound, kept=kept, sure=sure)


def _binding(trial: Evaluation, values: Sequence[Value], fewer: Sequence[Fewer]) -> Bound | None:
    """What one agent fewer breaks, or that would be first if more left, each doing as much harm."""
    broken = next((without.breaks for without in fewer if without.breaks is not None), None)
    if broken is not None:
        return broken
    ways = {}
    for k, (bound, now) in enumerate(zip(trial.promise.bounds, values, strict=True)):
        sign = 1 if bound.side == "at least" else -1
        left = [without.values[k].value for without in fewer if without.values[k].value is not None]
        if now.value is not None:
            slack = sign * (now.value - bound.value) / (bound.value or 1.0)
            harm = max([0.0, *(sign * (now.value - value) for value in left if value is not None)])
            ways[bound] = slack / (harm / (bound.value or 1.0) + 1e-6)
    return min(ways, key=lambda bound: ways[bound]) if ways else None


def _fewer(blocks: Blocks, found: Found, move: Move, ends: tuple[int, int]) -> Fewer:
    base = found.base
    without = base.with_effect_of(base, move.tried, move.window)
    figures, lacks = _misses(without, move.window)
    worst = np.unravel_index(int(lacks.argmax()), lacks.shape) if lacks.any() else None
    was_added = (move.group, move.block) in found.added
    return Fewer(
        group=blocks.scenario.groups[move.group].name,
        values=values_of(without, slice(*ends)),
        breaks=None if worst is None else base.promise.bounds[int(worst[0])],
        worst=None if worst is None else float(figures[worst]),
        days_kept=without.share_kept(),
        is_needed=without.shortfall() > base.shortfall() or was_added,
        on_fresh_days=was_added and without.shortfall() <= base.shortfall(),
    )


def _misses(trial: Evaluation, window: slice) -> tuple[Floats, Floats]:
    """Figures in each interval of a *window*, or of the day if that is promised, and what each misses.

    Both of shape (n_bounds, n_intervals), or (n_bounds, 1).
    """
    is_by_interval = trial.promise.per is Per.INTERVAL
    figures = trial.of_intervals()[:, window] if is_by_interval else trial.overall()[:, None]
    bounds = zip(trial.promise.bounds, figures, strict=True)
    return figures, np.array([bound.shortfall(values) for bound, values in bounds])


def _parts(scenario: Scenario, runs: Sequence[Kpis], levels: Ints, first: int, end: int) -> Parts:
    """What the agents of a window of intervals are for, on average over days.

    The load is that of the chats which come in the window, whenever it is worked off: of all of them, and
    with all slots full, for that is the least with which no work is left over in the long run.
    """

    def mean(column: Column) -> float:
        by_day = columns(runs, By.INTERVAL, [column]).reshape(len(runs), runs[0].sizes[By.DAY], -1)
        return float(by_day[:, :, first:end].sum())

    edges_s = open_edges(scenario)
    open_s = float(edges_s[end] - edges_s[first])
    is_open = open_s / ((end - first) * scenario.interval_s)
    measured_s = mean(Column.WINDOW_S) * is_open or 1.0
    lost = (mean(Column.ABSENT_S) + mean(Column.LATE_S)) / measured_s
    planned = mean(Column.PLANNED_S) / measured_s
    duty = planned - lost  # what runs over the end of a duty is nobody's plan
    expected = expected_a_day(scenario)[:, first:end].sum(axis=1)
    comes_again = any(queue.comes_again for queue in scenario.queues)
    per_s = mean(Column.OFFERED) / measured_s if comes_again else float(expected.sum()) / open_s
    handled = mean(Column.HANDLED) or 1.0
    replies = per_s * mean(Column.FOCUS_S) / handled
    slots = mean(Column.SLOT_S) / (mean(Column.DUTY_S) or 1.0)
    held = per_s * mean(Column.HANDLING_S) / handled / (slots or 1.0)
    full = float(expected @ _agents_a_chat(scenario, levels)) / open_s
    load = max(replies, held, full)
    return Parts(
        replies=min(replies, duty),
        concurrency=min(load, duty) - min(replies, duty),
        queue=max(duty - load, 0.0),
        absence=lost,
        shrinkage=mean(Column.PAID_H) * 3600 / measured_s - planned,
    )


def _agents_a_chat(scenario: Scenario, levels: Ints) -> Floats:
    """Seconds of an agent with all slots full that a chat of each queue takes, shape (n_queues,)."""
    seconds = []
    for queue in scenario.queues:
        team = [g for g, group in enumerate(scenario.groups) if queue.name in group.queues]
        each = [handling_s(queue.service, scenario.groups[g]) for g in team]
        weights = levels[team] if levels[team].any() else None
        seconds.append(np.average([full[-1] / len(full) for full in each], weights=weights))
    return np.array(seconds)
