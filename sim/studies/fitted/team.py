"""Who answers, which queues, how many chats at once, and how many are on duty when?

Agents are grouped as the log names their teams; else those who serve the same queues are one. Where no status
is recorded, duty shows in chats alone: idle agents can't be seen. But while somebody waits nobody is idle:
where that is so, those who hold chats are all. Elsewhere there is a range: from the spells in which an agent
holds chats, gaps of a quarter of an hour bridged, to the whole of each day from their first chat to their
last (measured on simulated centres: where agents are busy the first is right, where they are idle the
second).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.units import DAY_S
from sim.studies.fitted.seen import Seen

_BRIDGE_S = 15 * 60.0
_TURNAROUND_S = 30.0
"""Between two chats of an agent who is not idle, at most."""
_TELLS = 0.1
"""Share of an interval in which somebody waits, from which on it tells who is on duty."""
_BUSY, _IDLE = 0.75, 0.45
"""Share of the time from first chat to last in which agents hold chats: from one on they are on duty as
long as they show, up to the other from first chat to last."""
_A_PART = 0.02
"""Share of an agent's chats that a queue has, from which on they serve it."""
_TOLD = 30
"""Chats of an agent that tell which queues they serve."""
_MOST_GROUPS = 8
_ALIKE = 0.6
"""Share of chats that two kinds of agents have in common, from which on they are one."""
_HELD = 0.01
"""Share of the time with chats in which so many or more are held, from which on they count: two calls that
overlap by a second are no two at once."""
_OFTEN = 0.1
"""Share of agents' days on which the most chats at once were so many: then it is the limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Staffed:
    """Agents of a group on duty by day and interval, shape (n_days, n_intervals) each."""

    agents: Floats
    """What the scenario takes."""
    low: Floats
    """Ends of the range of what is inferred; the same where status is recorded."""
    high: Floats
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """Most chats that an agent may hold at once."""

    value: int
    how: str
    """Recorded, reached (so it is the limit), or at least."""
    days: int
    """Agents' days that it is of."""
    at_most: float
    """Share of them on which so many were held."""


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """A group of agents."""

    name: str
    queues: tuple[str, ...]
    members: Ints
    cap: Cap
    staffed: Staffed
    busy: float | None
    """Share of the time from first chat to last of a day in which they hold a chat."""


def teams_of(seen: Seen) -> list[Team]:
    """Groups of agents, the largest first; none where nobody knows who answered."""
    if not len(seen.held.agent):
        return []
    return [_team(seen, name, queues, members) for name, queues, members in _groups(seen)]


def _groups(seen: Seen) -> list[tuple[str, tuple[str, ...], Ints]]:
    """Name, queues and agents of each group."""
    log = seen.chats
    counts = np.zeros((len(log.team.group), len(log.centre.queues)))
    np.add.at(counts, (seen.held.agent, log.chat.queue[seen.held.chat]), 1.0)
    active = np.union1d(np.flatnonzero(counts.sum(axis=1) > 0), log.duty.agent)
    named = [name for name in log.centre.groups if name not in {"", "(no group)"}]
    if len(named) == len(log.centre.groups) and named:
        members: Mapping[str, Ints] = {
            name: active[log.team.group[active] == g] for g, name in enumerate(log.centre.groups)
        }
    else:
        members = _by_queues(counts, active, log.centre.queues)
    found = []
    for name, agents in members.items():
        if len(agents):
            share = counts[agents].sum(axis=0) / max(float(counts[agents].sum()), 1.0)
            queues = tuple(q for q, part in zip(log.centre.queues, share, strict=True) if part >= _A_PART)
            found.append((name, queues, agents))
    return _all_served(found, counts, log.centre.queues)


def _by_queues(counts: Floats, active: Ints, queues: Sequence[str]) -> Mapping[str, Ints]:
    """Agents by the queues that they serve; one group where these are too many kinds."""
    total = counts.sum(axis=1)
    kinds: dict[tuple[int, ...], list[int]] = {}
    told = [a for a in active if total[a] >= _TOLD]
    for a in told:
        kind = tuple(np.flatnonzero(counts[a] >= _A_PART * total[a]).tolist())
        kinds.setdefault(kind, []).append(int(a))
    kinds = _merged(kinds, counts.sum(axis=0) / max(float(counts.sum()), 1.0))
    if not 1 < len(kinds) <= _MOST_GROUPS:
        return {"Agents": active}
    for a in (a for a in active if total[a] < _TOLD):
        its = set(np.flatnonzero(counts[a]).tolist())
        holds = [kind for kind in kinds if its <= set(kind)]
        kind = max(holds or kinds, key=lambda each: len(kinds[each]))
        kinds[kind].append(int(a))
    ordered = sorted(kinds.items(), key=lambda pair: -len(pair[1]))
    return {
        f"Agents for {', '.join(queues[q] for q in kind)}"[:100]: np.array(sorted(agents))
        for kind, agents in ordered
    }


def _merged(kinds: dict[tuple[int, ...], list[int]], weight: Floats) -> dict[tuple[int, ...], list[int]]:
    """Put kinds together that share most chats, the most alike first; *weight* is that of each queue."""

    def alike(one: tuple[int, ...], other: tuple[int, ...]) -> float:
        both, either = set(one) & set(other), set(one) | set(other)
        return float(weight[list(both)].sum() / max(weight[list(either)].sum(), 1e-12))

    while len(kinds) > 1:
        pairs = list(combinations(sorted(kinds), 2))
        one, other = max(pairs, key=lambda pair: alike(*pair))
        if alike(one, other) < _ALIKE:
            break
        agents = kinds.pop(one) + kinds.pop(other)
        kinds.setdefault(tuple(sorted({*one, *other})), []).extend(agents)
    return kinds


def _all_served(
    found: list[tuple[str, tuple[str, ...], Ints]], counts: Floats, queues: Sequence[str]
) -> list[tuple[str, tuple[str, ...], Ints]]:
    """Every queue is somebody's: of one that is hardly served, those are who served it most, or all."""
    for q, queue in enumerate(queues):
        if any(queue in its for _, its, _ in found):
            continue
        did = [float(counts[agents, q].sum()) for _, _, agents in found]
        k = int(np.argmax(did))
        chosen = range(len(found)) if did[k] == 0 else [k]
        for g in chosen:
            name, its, agents = found[g]
            found[g] = (name, tuple(each for each in queues if each in {*its, queue}), agents)
    return found


def _team(seen: Seen, name: str, queues: tuple[str, ...], members: Ints) -> Team:
    *_, busy = _spells(seen, members)
    return Team(name, queues, members, _cap(seen, members), staffed_of(seen, members), busy)


def _cap(seen: Seen, members: Ints) -> Cap:
    """Most chats at once: what the platform says, else what agents reached on a tenth of their days."""
    most = _most_held(seen, members)
    days = len(most)
    limit = seen.recorded.fact("chat_limit")
    slots = seen.recorded.duty["max_slots"].drop_nulls()
    of_slots = int(np.median(slots.to_numpy())) if len(slots) else 0
    recorded = int(limit) if limit.isdigit() else of_slots
    if recorded >= 1:
        return Cap(recorded, "recorded", days, float((most >= recorded).mean()) if days else 0.0)
    time_s = _time_held(seen, members)
    share = np.cumsum(time_s[::-1])[::-1] / max(float(time_s.sum()), 1e-9)
    value = max(int(np.flatnonzero(share >= _HELD)[-1]) + 1 if (share >= _HELD).any() else 1, 1)
    on = float((most >= value).mean()) if days else 0.0
    return Cap(value, "reached" if on >= _OFTEN and share[value - 1] >= 2 * _HELD else "at least", days, on)


def _steps(seen: Seen, agent: int) -> tuple[Floats, Ints]:
    """Times at which the number of chats that an agent holds changes, and the number from then on."""
    held = seen.held
    mine = held.agent == agent
    begun, over = held.accepted_s[mine], held.released_s[mine]
    over = over[np.isfinite(over)]
    at = np.concatenate([begun, over])
    step = np.concatenate([np.ones(len(begun), dtype=np.int64), -np.ones(len(over), dtype=np.int64)])
    order = np.lexsort((step, at))  # a slot that is freed at an instant is free for a chat then
    return at[order], np.cumsum(step[order])


def _time_held(seen: Seen, members: Ints) -> Floats:
    """Time for which members held 1, 2, … chats."""
    found = np.zeros(1_000)
    for agent in members:
        at, level = _steps(seen, agent)
        if len(at) > 1:
            rows = (level[:-1] > 0) & (level[:-1] <= len(found))
            np.add.at(found, level[:-1][rows] - 1, np.diff(at)[rows])
    return found


def _most_held(seen: Seen, members: Ints) -> Ints:
    """Most chats at once of each agent on each day."""
    found = []
    for agent in members:
        at, level = _steps(seen, agent)
        day = at // DAY_S
        found += [int(level[day == each].max()) for each in np.unique(day)]
    return np.array(found, dtype=np.int64)


Spans = list[tuple[float, float]]


def _spells(seen: Seen, members: Ints) -> tuple[Spans, Spans, float | None]:
    """Spells with chats, gaps bridged; whole days; and the share of the whole that agents held chats."""
    held = seen.held
    bridged: Spans = []
    whole: Spans = []
    with_chats = all_s = 0.0
    for agent in members:
        mine = (held.agent == agent) & np.isfinite(held.released_s)
        begun, over = held.accepted_s[mine], held.released_s[mine]
        day = begun // DAY_S
        for each in np.unique(day):
            spans = _joined(begun[day == each], over[day == each], 0.0)
            with_chats += sum(end - start for start, end in spans)
            first, last = spans[0][0], max(end for _, end in spans)
            whole.append((first, last))
            all_s += last - first
            bridged += _joined(begun[day == each], over[day == each], _BRIDGE_S)
    return bridged, whole, with_chats / all_s if all_s > 0 else None


def _joined(begun: Floats, over: Floats, bridge_s: float) -> Spans:
    """Spans of chats, those joined between which there is no more than a bridge."""
    found: Spans = []
    for k in np.argsort(begun, kind="stable"):
        start, end = float(begun[k]), float(over[k])
        if found and start <= found[-1][1] + bridge_s:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def staffed_of(seen: Seen, members: Ints) -> Staffed:
    """Who of the *members* was on duty: as recorded, or as chats show it."""
    bridged, whole, busy = _spells(seen, members)
    duty = seen.chats.duty
    mine = np.isin(duty.agent, members)
    if mine.any():
        spans = list(zip(duty.on_s[mine].tolist(), duty.off_s[mine].tolist(), strict=True))
        agents = on_duty(seen, spans)
        return Staffed(agents, agents, agents, is_recorded=True)
    low, high = on_duty(seen, bridged), on_duty(seen, whole)
    toward = 0.0 if busy is None else float(np.clip((busy - _IDLE) / (_BUSY - _IDLE), 0.0, 1.0))
    usual = toward * low + (1 - toward) * high
    full, waited_s = while_waiting(seen, members)
    tells = waited_s >= _TELLS * seen.chats.centre.interval_s
    agents = np.where(tells, full, usual)
    return Staffed(agents, np.minimum(low, agents), np.maximum(high, agents), is_recorded=False)


def while_waiting(seen: Seen, members: Ints) -> tuple[Floats, Floats]:
    """Mean agents who hold chats while somebody waits, and for how long somebody does, by day and interval.

    Whoever could take a chat then would: so those who hold some are all who are on duty.
    """
    width_s = seen.chats.centre.interval_s
    n = seen.n_days * round(DAY_S / width_s)
    waits = np.isfinite(seen.wait_s) & (seen.wait_s > 0)
    begins_s = seen.entered_s[waits]
    line = _joined(begins_s, begins_s + seen.wait_s[waits], 0.0)
    busy = [span for agent in members for span in _busy(seen, int(agent))]
    edges_s = np.arange(n + 1) * width_s
    if not line or not busy:
        return np.zeros((seen.n_days, n // seen.n_days)), np.zeros((seen.n_days, n // seen.n_days))
    of_line, of_busy = np.array(line), np.array(busy)
    at = np.unique(np.concatenate([edges_s, of_line.ravel(), of_busy.ravel()]))
    at = at[(at >= 0) & (at <= edges_s[-1])]

    def open_at(spans: Floats) -> Ints:
        begun = np.searchsorted(np.sort(spans[:, 0]), at[:-1], side="right")
        return np.asarray(begun - np.searchsorted(np.sort(spans[:, 1]), at[:-1], side="right"))

    waiting_s = np.diff(at) * (open_at(of_line) > 0)
    cell = np.minimum(at[:-1] // width_s, n - 1).astype(np.int64)
    waited_s = np.bincount(cell, waiting_s, n).astype(np.float64)
    held_s = np.bincount(cell, waiting_s * open_at(of_busy), n)
    full = np.divide(held_s, waited_s, out=np.zeros(n), where=waited_s > 0)
    return full.reshape(seen.n_days, -1), waited_s.reshape(seen.n_days, -1)


def _busy(seen: Seen, agent: int) -> Spans:
    """Spells in which an agent holds chats; what passes between two calls is one with them."""
    mine = (seen.held.agent == agent) & np.isfinite(seen.held.released_s)
    return _joined(seen.held.accepted_s[mine], seen.held.released_s[mine], _TURNAROUND_S)


def on_duty(seen: Seen, spans: Spans) -> Floats:
    """Mean agents on duty by day and interval of spans of duty."""
    width_s = seen.chats.centre.interval_s
    n = seen.n_days * round(DAY_S / width_s)
    edges_s = np.arange(n + 1) * width_s
    if not spans:
        return np.zeros((seen.n_days, n // seen.n_days))
    on, off = np.sort([on for on, _ in spans]), np.sort([min(off, edges_s[-1]) for _, off in spans])

    def worked(sorted_s: Floats) -> Floats:
        """Time up to each edge since each of some moments, added up."""
        k = np.searchsorted(sorted_s, edges_s, side="right")
        return np.asarray(k * edges_s - np.concatenate([[0.0], np.cumsum(sorted_s)])[k])

    time = np.diff(worked(np.asarray(on)) - worked(np.asarray(off)))
    return np.asarray(np.maximum(time, 0.0) / width_s).reshape(seen.n_days, -1)


def by_weekday(seen: Seen, levels: Floats, known: Flags) -> Floats:
    """Usual level of each weekday and interval, the median of days that are known.

    A day off, or one with half a team, is no usual one.
    """
    weekdays = (seen.start.weekday() + np.arange(seen.n_days)) % 7
    found = np.zeros((7, levels.shape[1]))
    for day in range(7):
        mine = (weekdays == day) & known
        if mine.any():
            found[day] = np.median(levels[mine], axis=0)
    return found
