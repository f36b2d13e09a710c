"""What does the compiled engine read and write? Its records, and how they are laid out before a run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from sim.compiled import IS_COMPILED
from sim.draws.record import Draws
from sim.world.demand import ByWork, Queue
from sim.world.rota import Rota, rota
from sim.world.rules import NO_AGENT, Order, Outcome, Policy
from sim.world.scenario import Same, Scenario
from sim.world.units import DAY_S, Floats, Ints

POLICIES = list(Policy)
"""A policy's number is its place here."""
NONE = -1
ROWS = 2**32
"""An event's key is order × ROWS + row."""
DAY = float(DAY_S)

Records: TypeAlias = Any
"""A structured array, or a record array where nothing is compiled."""

CHAT = np.dtype(
    [
        *((name, np.int32) for name in ("queue", "agent", "turn", "end_turn", "inbox_next")),
        *((name, np.bool_) for name in ("queued", "waiting")),
    ],
    align=True,
)
"""What is looked at with each message of a chat, kept small for the processor's cache: `turn` is the turn it
is at, `inbox_next` links the messages in an agent's inbox by row."""
VISIT = np.dtype(
    [
        *((name, np.float64) for name in ("arrival_s", "patience_s", "work_s", "wrap_up_s", "route_u")),
        *((name, np.float64) for name in ("accepted_s", "ended_s", "released_s", "mark_s")),
        *((name, np.int32) for name in ("outcome", "wait_next", "wait_previous")),
    ],
    align=True,
)
"""The rest of a chat: what is looked at once or twice. The waiting line is linked by row."""
TURN = np.dtype(
    [(name, np.float64) for name in ("agent_s", "customer_s", "message_s", "start_s", "reply_s")], align=True
)
AGENT = np.dtype(
    [
        *((name, np.int32) for name in ("group", "slots", "n_open", "inbox_head", "inbox_tail")),
        *((name, np.int32) for name in ("seat_next", "seat_previous")),
        *((name, np.bool_) for name in ("on_duty", "attending")),
        ("idle_since", np.float64),
    ],
    align=True,
)
"""What is looked at with each message of an agent: `seat_next` links those who may take a chat."""
SHARE = np.dtype(
    [
        *((name, np.int32) for name in ("span", "n_work", "next_finish")),
        *((name, np.float64) for name in ("since_s", "next_finish_s")),
    ],
    align=True,
)
"""The rest of an agent: his newest span of duty, and his work, with the chat announced to end first."""
QUEUE = np.dtype(
    [
        *((name, np.int64) for name in ("priority", "capacity", "first_tier", "end_tier")),
        *((name, np.int64) for name in ("wait_head", "wait_tail", "n_waiting", "chosen_last")),
        *((name, np.bool_) for name in ("by_turns", "wrap_up_attention")),
        ("max_wait_s", np.float64),
    ],
    align=True,
)
GROUP = np.dtype(
    [
        *((name, np.int64) for name in ("first_skill", "end_skill", "first_agent", "end_agent")),
        ("shares", np.bool_),
        ("switching", np.float64),
    ],
    align=True,
)
"""A group: `shares` says that it serves by work."""
RANGE = np.dtype([("first", np.int64), ("end", np.int64)])
SPAN = np.dtype([("agent", np.int64), ("out_s", np.float64)])
EVENT = np.dtype([("time_s", np.float64), ("key", np.int64)])
SEATS = np.dtype([("head", np.int64), ("tail", np.int64)])
DESK = np.dtype(
    [
        *((name, np.int64) for name in ("policy", "heap_size", "n_events")),
        ("open_s", np.float64),
        ("close_s", np.float64),
    ]
)


class Centre(NamedTuple):
    """All that the engine reads and writes."""

    chats: Records
    visits: Records
    turns: Records
    agents: Records
    shares: Records
    queues: Records
    groups: Records
    tiers: Records
    """Groups of a tier: a range of `tier_group`."""
    tier_group: Ints
    skill: Ints
    """Queues of each group, one after the other."""
    spans: Records
    duty: Records
    """Log-ins and log-offs in order."""
    heap: Records
    seats: Records
    """Shape (n_groups, n_slots): agents who may take a chat and hold so many, as a linked list."""
    free_tree: Ints
    """Fenwick tree over agents: 1 for each who may take a chat. Kept for R7's orders by number alone."""
    pulled: Ints
    """Chats that an agent has just taken from the queue."""
    work_row: Ints
    """Shape (n_agents, n_slots): chats being worked on."""
    clock_s: Floats
    """Shape (n_agents, n_queues)."""
    speed: Floats
    """Shape (n_queues, n_slots + 1): speed of each chat with so many open (R17)."""
    desk: Records
    """The rest: one record."""


def records(n: int | tuple[int, ...], dtype: np.dtype[Any], **fields: Any) -> Records:
    """Records with these fields; the others are zero."""
    rows = np.zeros(n, dtype=dtype)
    for name, values in fields.items():
        rows[name] = values
    return rows if IS_COMPILED else rows.view(np.recarray)


class Fixed(NamedTuple):
    """What is the same in every run of a scenario, and what every run begins with a copy of."""

    team: Rota
    agents: Records
    queues: Records
    groups: Records
    tiers: Records
    tier_group: Ints
    skill: Ints
    spans: Records
    duty: Records
    speed: Floats
    desk: Records
    n_slots: int


@lru_cache(maxsize=8)
def fixed(same: Same) -> Fixed:
    """What a scenario brings, prepared once: replications ask for it again and again."""
    scenario = same.scenario
    queues, groups, team = scenario.queues, scenario.groups, rota(scenario)
    names = [queue.name for queue in queues]
    tiers = [_tiers(scenario, queue) for queue in queues]
    skills = [sorted(names.index(name) for name in group.queues) for group in groups]
    n_slots = max(group.concurrency for group in groups)
    tier_ends = np.cumsum([0] + [len(tier) for queue_tiers in tiers for tier in queue_tiers])
    hours = scenario.hours
    return Fixed(
        team=team,
        agents=records(
            len(team.group), AGENT, group=team.group, slots=team.slots,
            inbox_head=NONE, inbox_tail=NONE,
        ),
        queues=_queues(scenario, tiers),
        groups=_groups(scenario, skills, team),
        tiers=records(len(tier_ends) - 1, RANGE, first=tier_ends[:-1], end=tier_ends[1:]),
        tier_group=np.array([g for qt in tiers for tier in qt for g in tier], dtype=np.int64),
        skill=np.array([q for skill in skills for q in skill], dtype=np.int64),
        spans=records(len(team.agent), SPAN, agent=team.agent, out_s=team.off_s),
        duty=_duty(team),
        speed=np.array([_speeds(queue, n_slots) for queue in queues]),
        desk=records(
            1, DESK, policy=POLICIES.index(scenario.routing.policy),
            open_s=hours.open if hours else 0.0, close_s=hours.close if hours else DAY,
        ),
        n_slots=n_slots,
    )  # fmt: skip


def centre(fixed: Fixed, draws: Draws) -> Centre:
    """Everything as it is at the beginning."""
    n_agents, n_queues, n_groups = len(fixed.agents), len(fixed.queues), len(fixed.groups)
    nan = np.nan
    # Six events a chat at most (wait, work, its agent's announcements); untouched memory is free.
    heap = _aligned(6 * draws.n_chats + 16)
    return Centre(
        chats=_chats(draws),
        visits=_visits(draws),
        turns=records(
            draws.n_turns, TURN, agent_s=draws.agent_s, customer_s=draws.customer_s,
            message_s=nan, start_s=nan, reply_s=nan,
        ),
        agents=fixed.agents.copy(),
        shares=records(n_agents, SHARE, span=NONE, next_finish=NONE),
        queues=fixed.queues.copy(),
        groups=fixed.groups,
        tiers=fixed.tiers,
        tier_group=fixed.tier_group,
        skill=fixed.skill,
        spans=fixed.spans.copy(),
        duty=fixed.duty,
        heap=heap if IS_COMPILED else heap.view(np.recarray),
        seats=records((n_groups, fixed.n_slots), SEATS, head=NONE, tail=NONE),
        free_tree=np.zeros(n_agents + 1, dtype=np.int64),
        pulled=np.zeros(fixed.n_slots, dtype=np.int64),
        work_row=np.zeros((n_agents, fixed.n_slots), dtype=np.int64),
        clock_s=np.zeros((n_agents, n_queues)),
        speed=fixed.speed,
        desk=fixed.desk.copy(),
    )  # fmt: skip


def _aligned(n: int) -> Records:
    """Room for a heap of *n* events: with its top in place 3, four children share a line of the cache."""
    room = np.empty(n + 8, dtype=EVENT)
    first = -room.ctypes.data % 64 // room.itemsize
    return room[first : first + n + 4]


def _chats(draws: Draws) -> Records:
    return records(
        draws.n_chats,
        CHAT,
        queue=draws.queue,
        agent=NO_AGENT,
        turn=draws.turn_offset[:-1],
        end_turn=draws.turn_offset[1:],
    )


def _visits(draws: Draws) -> Records:
    columns = ("arrival_s", "patience_s", "work_s", "wrap_up_s", "route_u")
    return records(
        draws.n_chats,
        VISIT,
        outcome=int(Outcome.UNFINISHED),
        **dict.fromkeys(("accepted_s", "ended_s", "released_s"), np.nan),
        **{name: getattr(draws, name) for name in columns},
    )


def _queues(scenario: Scenario, tiers: list[list[list[int]]]) -> Records:
    queues = scenario.queues
    tier_ends = np.cumsum([0] + [len(queue_tiers) for queue_tiers in tiers])
    return records(
        len(queues),
        QUEUE,
        priority=[queue.priority for queue in queues],
        capacity=[ROWS if queue.capacity is None else queue.capacity for queue in queues],
        first_tier=tier_ends[:-1],
        end_tier=tier_ends[1:],
        wait_head=NONE,
        wait_tail=NONE,
        chosen_last=NONE,
        by_turns=[queue.by_turns for queue in queues],
        wrap_up_attention=[queue.wrap_up_attention for queue in queues],
        max_wait_s=[np.inf if queue.max_wait_s is None else queue.max_wait_s for queue in queues],
    )


def _groups(scenario: Scenario, skills: list[list[int]], team: Rota) -> Records:
    groups = scenario.groups
    skill_ends = np.cumsum([0] + [len(skill) for skill in skills])
    agent_ends = np.searchsorted(team.group, np.arange(len(groups) + 1))
    return records(
        len(groups),
        GROUP,
        first_skill=skill_ends[:-1],
        end_skill=skill_ends[1:],
        first_agent=agent_ends[:-1],
        end_agent=agent_ends[1:],
        shares=[not scenario.queues[skill[0]].by_turns for skill in skills],
        switching=[group.switching for group in groups],
    )


def _duty(team: Rota) -> Records:
    """Log-ins and log-offs in order of time and key."""
    span = np.arange(len(team.agent))
    ends = team.off_s < np.inf
    times = np.concatenate([team.on_s, team.off_s[ends]])
    keys = np.concatenate([int(Order.LOG_ON) * ROWS + span, int(Order.LOG_OFF) * ROWS + span[ends]])
    order = np.lexsort((keys, times))
    return records(len(times), EVENT, time_s=times[order], key=keys[order])


def _tiers(scenario: Scenario, queue: Queue) -> list[list[int]]:
    """Groups that may take a chat of a queue: the preferred one by one, then the others (R7)."""
    able = [g for g, group in enumerate(scenario.groups) if queue.name in group.queues]
    names = [group.name for group in scenario.groups]
    tiers = [[names.index(name)] for name in queue.prefer]
    rest = [g for g in able if names[g] not in queue.prefer]
    return [*tiers, rest] if rest else tiers


def _speeds(queue: Queue, n_slots: int) -> list[float]:
    """Speed of a queue's chats with 0, 1, 2, … open; 1 where the scenario has no such number."""
    service = queue.service
    if not isinstance(service, ByWork):
        return [1.0] * (n_slots + 1)
    n_given = n_slots if service.aht_s is None else min(len(service.aht_s), n_slots)
    return [1.0] + [service.speed(n) if n <= n_given else 1.0 for n in range(1, n_slots + 1)]
