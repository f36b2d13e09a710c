"""What holds where a run was stopped? Its records, read as a state (R48)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Ints
from sim.draws.record import Draws
from sim.engines.happened import Happened
from sim.engines.kernel.records import HERE, NONE, ROWS, TOP, Centre, Team
from sim.engines.state import CentreState, Stages, with_turns
from sim.rules import NO_AGENT, Stage

UNTIMED = (Stage.WAITING, Stage.INBOX, Stage.WORKED_ON)


def stopped(c: Centre, happened: Happened, draws: Draws, team: Team, now_s: float) -> CentreState:
    """Read the state of a centre that was stopped at an instant, of which this has *happened*."""
    held = np.isnan(c.chat_cold["released_s"]) & ~np.isnan(c.chat_cold["accepted_s"])
    lines = [
        (row, Stage.WAITING)
        for q in range(len(c.queues))
        for row in _linked(c.queues["wait_head"][q], c.chat_cold["wait_next"])
    ]
    for agent in range(len(c.agents)):
        lines += [(row, Stage.INBOX) for row in _linked(c.agents["inbox_head"][agent], c.chats["inbox_next"])]
    ordered = np.array([row for row, _ in lines], dtype=np.int64)
    rest = np.setdiff1d(np.flatnonzero(held | c.chats["coming"]), ordered)
    ends = _announced(c)
    works = ~c.queues["by_turns"][c.chats["queue"][rest]] & np.isnan(c.chat_cold["ended_s"][rest])
    works &= (c.chats["customer"][rest] == HERE) & ~c.chats["coming"][rest]
    stages = [
        Stage.WORKED_ON if work else ends[row][0]
        for row, work in zip(rest.tolist(), works.tolist(), strict=True)
    ]
    chat = np.concatenate([ordered, rest]).astype(np.int64)
    stage = np.array([*(stage for _, stage in lines), *stages], dtype=np.int64)
    until_s = [
        np.nan if s in UNTIMED else ends[row][1] for row, s in zip(chat.tolist(), stage.tolist(), strict=True)
    ]
    waiting, working = stage == Stage.WAITING, stage == Stage.WORKED_ON
    columns = Stages(
        chat=chat,
        stage=stage,
        agent=np.where(waiting, NO_AGENT, c.chats["agent"][chat]).astype(np.int64),
        until_s=np.array(until_s, dtype=np.float64),
        mark_s=np.where(working, c.chat_cold["mark_s"][chat], np.nan),
    )
    return CentreState(
        now_s=now_s,
        team=team.duty_plan,
        on_duty=c.agents["on_duty"].copy(),
        idle_since=c.agents["idle_since"].copy(),
        since_s=c.shares["since_s"].copy(),
        clock_s=c.clock_s.copy(),
        chosen_last=c.queues["chosen_last"].copy(),
        last_wait_s=c.queues["last_wait_s"].copy(),
        **with_turns(columns, happened, draws),
    )


def _linked(first: int, following: Ints) -> list[int]:
    """Rows of a linked list, in order."""
    rows, row = [], int(first)
    while row != NONE:
        rows.append(row)
        row = int(following[row])
    return rows


def _announced(c: Centre) -> dict[int, tuple[Stage, float]]:
    """Of each chat whose stage ends at a time known beforehand: the stage, and when that is."""
    size = int(c.state["heap_size"][0])
    instants, keys = [c.heap["instant"][TOP : TOP + size]], [c.heap["key"][TOP : TOP + size]]
    noted = [i for page in c.buckets[c.buckets != NONE] for i in _linked(page, c.entries["next"])]
    instants.append(c.entries["instant"][noted])
    keys.append(c.entries["key"][noted])
    times = np.concatenate(instants).view(np.float64)
    orders, rows = np.divmod(np.concatenate(keys), ROWS)
    stages = {int(stage.end): stage for stage in Stage if stage.end is not None}
    found = zip(orders.tolist(), rows.tolist(), times.tolist(), strict=True)
    return {row: (stages[order], time_s) for order, row, time_s in found if order in stages}
