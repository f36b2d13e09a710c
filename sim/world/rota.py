"""Who is on duty, and when? Agents as rows, and their spans of duty (R11, R12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.world.scenario import Scenario
from sim.world.team import Group, Shift
from sim.world.units import DAY_S, Floats, Ints

Span = tuple[float, float]
"""Log-in and log-off in seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Rota:
    """Agents of all groups, and their spans of duty in order of agent, then of time."""

    group: Ints
    """Group of each agent; agents stand in order of group, then of number within it."""
    slots: Ints
    """Chats that each agent may hold at once."""
    agent: Ints
    """Agent of each span."""
    on_s: Floats
    """Log-in of each span."""
    off_s: Floats
    """Log-off of each span; infinite for constant agents."""


def rota(scenario: Scenario) -> Rota:
    """Agents and spans of duty of a *scenario*."""
    groups: list[int] = []
    slots: list[int] = []
    spans: list[tuple[int, float, float]] = []
    for g, group in enumerate(scenario.groups):
        for agent_spans in _spans(group, scenario):
            spans += [(len(groups), on, off) for on, off in agent_spans]
            groups.append(g)
            slots.append(group.concurrency)
    columns = np.array(spans, dtype=np.float64).reshape(-1, 3)
    return Rota(
        group=np.array(groups, dtype=np.int64),
        slots=np.array(slots, dtype=np.int64),
        agent=columns[:, 0].astype(np.int64),
        on_s=columns[:, 1].copy(),
        off_s=columns[:, 2].copy(),
    )


def _spans(group: Group, scenario: Scenario) -> Iterator[list[Span]]:
    """Spans of each agent of a group, in order of number."""
    if group.agents is not None:
        yield from ([(0.0, float("inf"))] for _ in range(group.agents))
    elif group.staffing is not None:
        width = DAY_S / len(group.staffing)
        levels = np.tile(group.staffing, scenario.days)
        for number in range(group.n_agents):
            yield _runs(levels > number, width)
    for shift in group.shifts or ():
        days = [day * float(DAY_S) for day in range(scenario.days)]
        spans = _joined([(day + on, day + off) for day in days for on, off in _pieces(shift)])
        yield from (spans for _ in range(shift.agents))


def _runs(on_duty: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], width: float) -> list[Span]:
    """Maximal runs of intervals on duty."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on_duty, [False]]).astype(np.int8)))
    return [(float(on * width), float(off * width)) for on, off in edges.reshape(-1, 2)]


def _pieces(shift: Shift) -> list[Span]:
    """A shift's spans between its breaks, as clock times."""
    pauses = sorted((pause.start, pause.end) for pause in shift.breaks)
    starts = [shift.start, *(end for _, end in pauses)]
    ends = [*(start for start, _ in pauses), shift.end]
    return [(on, off) for on, off in zip(starts, ends, strict=True) if on < off]


def _joined(spans: list[Span]) -> list[Span]:
    """Spans with those that touch (24:00 and 00:00 of the next day) joined."""
    joined: list[Span] = []
    for on, off in spans:
        if joined and joined[-1][1] == on:
            joined[-1] = (joined[-1][0], off)
        else:
            joined.append((on, off))
    return joined
