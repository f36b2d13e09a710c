"""What does the compiled engine read and write? Its records, and how they are laid out before a run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.compiled import IS_COMPILED
from sim.draws.record import Draws
from sim.rules import After, Estimate, From, Order, Outcome, Policy
from sim.scenario.demand import Queue
from sim.scenario.duty import DutyPlan, People, duty_plan
from sim.scenario.scenario import Same, Scenario
from sim.scenario.troubles import outages, slowdowns
from sim.scenario.units import DAY_S

POLICIES = list(Policy)
"""A policy's number is its place here."""
NONE = -1
HERE, GONE, LEFT_ALREADY = 0, 1, 2
"""Where a chat's customer is: gone without a signal (R20, R22), or with one during their reply (R21)."""
ESTIMATES = list(Estimate)
"""A wait's number is its place here; NONE where none is announced (R25)."""
UNANSWERED = len(Outcome)
WAYS = {way: UNANSWERED if way is After.UNANSWERED else int(Outcome[way.name]) for way in After}
"""The number of each way after which customers retry: that of the outcome, where it is one (R27)."""
HEAD = ESTIMATES.index(Estimate.HEAD)
TOP = 3
"""The heap's first event is in place 3, so that four children share a line of the cache."""
ROWS = 2**32
"""An event's key is order × ROWS + row."""
N_PAGES = 4096
"""Pages of the calendar, which are used again and again."""
DAY = float(DAY_S)

Records: TypeAlias = Any
"""A structured array, or a record array where nothing is compiled."""

CHAT = np.dtype(
    [
        *((name, np.int32) for name in ("queue", "agent", "turn", "end_turn", "inbox_next")),
        *((name, np.int32) for name in ("open_chats", "customer")),
        *((name, np.bool_) for name in ("queued", "waiting", "coming")),
    ],
    align=True,
)
"""What is looked at with each message of a chat, half a line of the processor's cache: `turn` is the turn it
is at, `inbox_next` links the messages in an agent's inbox by row, `open_chats` is m of R28, `coming` says: on
its way to its agent (R40)."""
VISIT = np.dtype(
    [
        *((name, np.float64) for name in ("arrival_s", "patience_s", "work_s", "wrap_up_s", "route_u")),
        *((name, np.float64) for name in ("accepted_s", "ended_s", "released_s", "mark_s")),
        *((name, np.int32) for name in ("outcome", "wait_next", "wait_previous")),
    ],
    align=True,
)
"""The rest of a chat: what is looked at once or twice. The waiting line is linked by row."""
FATE = np.dtype(
    [
        *((name, np.float64) for name in ("gone_s", "estimate_s", "detect_s", "balk_u", "resolve_u")),
        *((name, np.float64) for name in ("retry_delay_s", "return_delay_s")),
        ("next_row", np.int64),
        *((name, np.bool_) for name in ("silent", "balked", "resolved", "retries", "returns")),
    ],
    align=True,
)
"""What only some scenarios ask of a chat (R20 to R29); the others have no such records."""
TURN = np.dtype([(name, np.float64) for name in ("message_s", "start_s", "reply_s", "customer_s")])
"""A turn, half a line of the cache: until its reply begins, the time to compose it stands in `reply_s`."""
AGENT = np.dtype(
    [
        *((name, np.int32) for name in ("group", "slots", "n_open", "inbox_head", "inbox_tail")),
        *((name, np.int32) for name in ("seat_next", "seat_previous")),
        *((name, np.bool_) for name in ("on_duty", "attending", "leaving")),
        ("idle_since", np.float64),
    ],
    align=True,
)
"""What is looked at with each message of an agent: `seat_next` links those who may take a chat; `leaving`:
their span of duty is over, though they may stay (R12)."""
SHARE = np.dtype(
    [
        *((name, np.int32) for name in ("span", "n_work", "next_finish")),
        *((name, np.float64) for name in ("since_s", "next_finish_s")),
    ],
    align=True,
)
"""The rest of an agent: their newest span of duty, and their work, with the chat announced to end first."""
QUEUE = np.dtype(
    [
        *((name, np.int64) for name in ("priority", "capacity", "first_tier", "end_tier")),
        *((name, np.int64) for name in ("wait_head", "wait_tail", "n_waiting", "chosen_last")),
        *((name, np.int64) for name in ("estimate", "first_point", "end_point", "retry_after")),
        *((name, np.bool_) for name in ("by_turns", "wrap_up_attention", "patient", "by_place")),
        ("from_opening", np.bool_),
        *((name, np.float64) for name in ("max_wait_s", "idle_timeout_s", "last_wait_s")),
    ],
    align=True,
)
"""`retry_after`: a bit for each way after which customers retry; `from_opening`: the delay of those who were
offline is counted from the next opening (R27)."""
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
SPAN = np.dtype([("agent", np.int64), ("out_s", np.float64), ("stays", np.bool_)], align=True)
"""A span of duty: `stays` says that its agent leaves after it only when nobody waits (R12)."""
EVENT = np.dtype([("time_s", np.float64), ("key", np.int64)])
AT_HAND = np.dtype([("instant", np.int64), ("key", np.int64)])
"""An event in the heap."""
NOTE = np.dtype([("instant", np.int64), ("key", np.int64), ("next", np.int64)])
"""An event on a page of the calendar; notes of a page, and used notes, are linked."""
POINT = np.dtype([("x", np.float64), ("share", np.float64)])
SEATS = np.dtype([("head", np.int64), ("tail", np.int64)])
DESK = np.dtype(
    [
        *((name, np.int64) for name in ("policy", "heap_size", "n_events")),
        *((name, np.int64) for name in ("page", "n_noted", "n_notes", "used_note", "opening")),
        *((name, np.int64) for name in ("first_customer", "first_duty")),
        *((name, np.float64) for name in ("pages_per_s", "horizon_s", "resolution", "multitasking")),
        *((name, np.float64) for name in ("accept_s", "deliver_s", "stop_s")),
        *((name, np.bool_) for name in ("patient", "differs", "judges", "has_fates")),
        *((name, np.bool_) for name in ("slows", "stops", "is_down")),
    ]
)
"""`opening`: the first that has not ended. `patient`: some queue has patience with replies. `differs`: agents
differ in speed, or `slows`: the system is slow at times. `judges`: chats are resolved or not. `stops`: there
are outages; `is_down`: one is now. `first_customer`, `first_duty`: the first to come, for what is before them
is over as a run begins from a state (R49). `stop_s`: when it stops, or infinite. `accept_s`, `deliver_s`:
delays of the platform (R39)."""
TROUBLE = np.dtype([(name, np.float64) for name in ("begins_s", "over_s", "factor")])
"""A time with a slow system (R36), or an outage (R37), which has no end of a factor."""


class Centre(NamedTuple):
    """All that the engine reads and writes."""

    chats: Records
    chat_cold: Records
    chat_rare: Records
    turns: Records
    reply_patience_s: Floats
    turn_offset: Ints
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
    """Log-ins and log-offs in order, and beginnings and ends of outages."""
    heap: Records
    entries: Records
    buckets: Ints
    """The first note of each page of the calendar."""
    idle_lists: Records
    """Shape (n_groups, n_slots): agents who may take a chat and hold so many, as a linked list."""
    free_tree: Ints
    """Fenwick tree over agents: 1 for each who may take a chat. Kept for R7's orders by number alone."""
    taken: Ints
    """Chats that an agent has just taken from the queue."""
    work_row: Ints
    """Shape (n_agents, n_slots): chats being worked on."""
    clock_s: Floats
    """Shape (n_agents, n_queues)."""
    speed: Floats
    """Shape (n_queues, n_slots + 1): speed of each chat with so many open (R17)."""
    agent_speed: Floats
    """Shape (n_agents, days) (R30)."""
    day_s: Floats
    """When each agent's days begin, same shape."""
    opening_s: Floats
    """Shape (n_openings, 2): from and until when the centre is open, in order (R2)."""
    curve: Records
    """Points of the queues' curves of balking, one after the other."""
    troubles: Records
    """Slow systems as the scenario has them, then outages in order (R36, R37)."""
    state: Records
    """The rest: one record."""


def records(n: int | tuple[int, ...], dtype: np.dtype[Any], **fields: Any) -> Records:
    """Records with these fields; the others are zero."""
    rows = np.zeros(n, dtype=dtype)
    for name, values in fields.items():
        rows[name] = values
    return rows if IS_COMPILED else rows.view(np.recarray)


class Team(NamedTuple):
    """Agents and their duty in one replication."""

    duty_plan: DutyPlan
    spans: Records
    duty: Records
    differs: bool
    """Whether some of them are slower or faster than others."""


class Fixed(NamedTuple):
    """What is the same in every run of a scenario, and what every run begins with a copy of."""

    team: Team
    """As planned: nobody absent, late, or faster than others by nature."""
    agents: Records
    shares: Records
    queues: Records
    groups: Records
    tiers: Records
    tier_group: Ints
    skill: Ints
    speed: Floats
    opening_s: Floats
    curve: Records
    troubles: Records
    state: Records
    silent_queues: Flags
    idle_lists: Records
    n_slots: int


@lru_cache(maxsize=8)
def fixed(same: Same) -> Fixed:
    """What a scenario brings, prepared once: replications ask for it again and again."""
    return fixed_with(same.scenario, duty_plan(same.scenario))


def fixed_with(scenario: Scenario, planned: DutyPlan) -> Fixed:
    """What a scenario brings with a plan of duty, whose agents and slots may differ from its own."""
    queues, groups, team = scenario.queues, scenario.groups, with_duty(scenario, planned)
    names = [queue.name for queue in queues]
    tiers = [_tiers(scenario, queue) for queue in queues]
    skills = [sorted(names.index(name) for name in group.queues) for group in groups]
    n_slots = max([*(group.most_slots for group in groups), *team.duty_plan.slots.tolist()])
    tier_ends = np.cumsum([0] + [len(tier) for queue_tiers in tiers for tier in queue_tiers])
    curves = [queue.balking for queue in queues if queue.balking]
    return Fixed(
        team=team,
        agents=records(
            len(team.duty_plan.group), AGENT, group=team.duty_plan.group, slots=team.duty_plan.slots,
            inbox_head=NONE, inbox_tail=NONE,
        ),
        shares=records(len(team.duty_plan.group), SHARE, span=NONE, next_finish=NONE),
        queues=_queues(scenario, tiers),
        groups=_groups(scenario, skills, team.duty_plan),
        tiers=records(len(tier_ends) - 1, RANGE, first=tier_ends[:-1], end=tier_ends[1:]),
        tier_group=np.array([g for qt in tiers for tier in qt for g in tier], dtype=np.int64),
        skill=np.array([q for skill in skills for q in skill], dtype=np.int64),
        speed=np.array([queue.speeds(n_slots) for queue in queues]),
        opening_s=np.array(scenario.opening_spans, dtype=np.float64).reshape(-1, 2),
        curve=records(
            sum(len(curve.points) for curve in curves), POINT,
            x=[x for curve in curves for x in curve.points],
            share=[share for curve in curves for share in curve.shares],
        ),
        troubles=_troubles(scenario),
        state=_desk(scenario),
        silent_queues=np.array([queue.silence is not None for queue in queues]),
        idle_lists=records((len(groups), n_slots), SEATS, head=NONE, tail=NONE),
        n_slots=n_slots,
    )  # fmt: skip


def team_of(prepared: Fixed, scenario: Scenario, people: People | None) -> Team:
    """Agents and duty of a replication: as planned, or as its *people* are drawn."""
    return prepared.team if people is None else with_duty(scenario, duty_plan(scenario, people))


def room(n: int, dtype: np.dtype[Any], skipped: int = 0) -> Records:
    """Room for *n* records, of which record number *skipped* begins a line of the processor's cache."""
    line = 64  # bytes
    room = np.empty(n * dtype.itemsize + 2 * line, dtype=np.uint8)
    first = -(room.ctypes.data + skipped * dtype.itemsize) % line
    rows = room[first : first + n * dtype.itemsize].view(dtype)
    return rows if IS_COMPILED else rows.view(np.recarray)


def with_duty(scenario: Scenario, planned: DutyPlan) -> Team:
    """Agents and duty of a plan."""
    return Team(
        duty_plan=planned,
        spans=records(
            len(planned.agent), SPAN, agent=planned.agent, out_s=planned.off_s, stays=planned.stays
        ),
        duty=_duty(planned, outages(scenario)),
        differs=bool((planned.speed != 1).any()),
    )


def _desk(scenario: Scenario) -> Records:
    queues, quality = scenario.queues, scenario.quality
    rare = ("silence", "reply_patience", "balking", "retry", "returns")
    return records(
        1,
        DESK,
        policy=POLICIES.index(scenario.routing.policy),
        used_note=NONE,
        horizon_s=scenario.horizon_s,
        resolution=quality.resolution if quality else 0.0,
        multitasking=quality.multitasking if quality else 0.0,
        accept_s=scenario.platform.accept_s,
        deliver_s=scenario.platform.deliver_s,
        stop_s=np.inf,
        patient=any(queue.reply_patience is not None for queue in queues),
        judges=quality is not None,
        slows=bool(slowdowns(scenario)),
        stops=bool(outages(scenario)),
        has_fates=quality is not None or any(getattr(queue, name) for queue in queues for name in rare),
    )


def chat_rare(draws: Draws, prepared: Fixed) -> Records:
    """Records of what only some scenarios ask of a chat; none where nobody asks."""
    if not prepared.state[0]["has_fates"]:
        return records(0, FATE)
    chat_rare = records(draws.n_chats, FATE, gone_s=np.nan, estimate_s=np.nan, next_row=NONE)
    if len(draws.silent):
        chat_rare["silent"] = draws.silent & prepared.silent_queues[draws.queue]
        chat_rare["detect_s"] = draws.detect_s
    if len(draws.balk_u):
        chat_rare["balk_u"] = draws.balk_u
    if draws.opinions is not None:
        chat_rare["resolve_u"] = draws.opinions.resolve_u
    if draws.chains is not None:
        for name in ("next_row", "retries", "returns", "retry_delay_s", "return_delay_s"):
            chat_rare[name] = getattr(draws.chains, name)
    return chat_rare


def _queues(scenario: Scenario, tiers: list[list[list[int]]]) -> Records:
    queues = scenario.queues
    tier_ends = np.cumsum([0] + [len(queue_tiers) for queue_tiers in tiers])
    curves = [queue.balking for queue in queues]
    point_ends = np.cumsum([0] + [len(curve.points) if curve else 0 for curve in curves])
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
        estimate=[ESTIMATES.index(curve.estimate) if curve else NONE for curve in curves],
        first_point=point_ends[:-1],
        end_point=point_ends[1:],
        retry_after=[
            sum(1 << WAYS[way] for way in queue.retry.after) if queue.retry else 0 for queue in queues
        ],
        from_opening=[
            queue.retry is not None and queue.retry.offline_from is From.OPENING for queue in queues
        ],
        by_turns=[queue.by_turns for queue in queues],
        wrap_up_attention=[queue.wrap_up_attention for queue in queues],
        patient=[queue.reply_patience is not None for queue in queues],
        by_place=[curve is not None and curve.places is not None for curve in curves],
        max_wait_s=[np.inf if queue.max_wait_s is None else queue.max_wait_s for queue in queues],
        idle_timeout_s=[np.inf if queue.idle_timeout_s is None else queue.idle_timeout_s for queue in queues],
    )


def _groups(scenario: Scenario, skills: list[list[int]], team: DutyPlan) -> Records:
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


def _troubles(scenario: Scenario) -> Records:
    rows = [*slowdowns(scenario), *((*outage, np.inf) for outage in outages(scenario))]
    columns = np.array(rows).reshape(-1, 3).T
    return records(len(rows), TROUBLE, **dict(zip(TROUBLE.names or (), columns, strict=True)))


def _duty(team: DutyPlan, outages: list[tuple[float, float]]) -> Records:
    """Log-ins, log-offs, and beginnings and ends of outages, in order of time and key."""
    span, outage = np.arange(len(team.agent)), np.arange(len(outages))
    ends = team.off_s < np.inf
    begins_s, over_s = np.array(outages).reshape(-1, 2).T
    times = np.concatenate([team.on_s, team.off_s[ends], begins_s, over_s])
    orders = Order.LOG_ON, Order.LOG_OFF, Order.FAILURE, Order.RECOVERY
    rows = span, span[ends], outage, outage
    keys = np.concatenate([int(order) * ROWS + mine for order, mine in zip(orders, rows, strict=True)])
    order = np.lexsort((keys, times))
    return records(len(times), EVENT, time_s=times[order], key=keys[order])


def _tiers(scenario: Scenario, queue: Queue) -> list[list[int]]:
    """Groups that may take a chat of a queue: the preferred one by one, then the others (R7)."""
    able = [g for g, group in enumerate(scenario.groups) if queue.name in group.queues]
    names = [group.name for group in scenario.groups]
    tiers = [[names.index(name)] for name in queue.prefer]
    rest = [g for g in able if names[g] not in queue.prefer]
    return [*tiers, rest] if rest else tiers
