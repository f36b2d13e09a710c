"""Three small centres, and what a desk would know of one of their days at an instant."""

from __future__ import annotations

import numpy as np

import sim
from sim.arrays import Flags
from sim.draws.record import Draws
from sim.engines import simulate, state_at
from sim.kpis.loops import By, Column
from sim.log.chatlog import ChatLog
from sim.rules import Outcome, Stage
from sim.scenario.actuals import Chat, Day
from sim.scenario.scenario import Scenario
from tests.worlds import world

NOW_S = 3 * 3600.0
HOURS = {"open": "00:00", "close": "06:00"}
SHIFT = [{"agents": 2, "start": "00:00", "end": "06:00"}]


def _law(mean_s: float, cv: float = 1.0) -> dict[str, object]:
    return {"law": "lognormal", "mean_s": mean_s, "cv": cv}


def centres() -> dict[str, Scenario]:
    """By turns with shifts; by work, two queues, that come again; by turns, silent, with idle timeouts."""
    by_turns = {
        "turns": {"law": "geometric", "mean": 4}, "agent_s": _law(40), "customer_s": _law(50),
        "wrap_up_s": _law(20),
    }  # fmt: skip
    work = {"work_s": _law(300), "aht_s": [300.0, 390.0, 480.0]}
    rates = [14.0] * 3 + [22.0] * 3 + [0.0] * 18
    more = {"hours": HOURS, "interval_min": 60, "targets": {"max_missed": 0.1, "service_level": 0.6}}
    shifts = world(
        [
            {
                "name": "q",
                "arrivals": {"per_hour": rates, "busyness_cv": 0.3},
                "service": by_turns,
                "patience": _law(120),
            }
        ],
        [{"name": "g", "queues": ["q"], "concurrency": 2, "shifts": SHIFT}],
        **more,
    )
    queues = [
        {
            "name": name, "arrivals": {"per_hour": rates, "busyness_cv": 0.2, "interval_cv": 0.2}, "service": work,
            "patience": _law(100), "retry": {"probability": 0.3, "delay_s": _law(600)},
        }
        for name in ("a", "b")
    ]  # fmt: skip
    works = world(
        queues,
        [
            {"name": "both", "queues": ["a", "b"], "concurrency": 3, "agents": 2},
            {"name": "one", "queues": ["a"], "concurrency": 2, "staffing": [1] * 6 + [0] * 18},
        ],
        **more,
    )
    silent = world(
        [
            {
                "name": "q", "arrivals": {"per_hour": rates, "busyness_cv": 0.15}, "service": by_turns,
                "patience": _law(90), "silence": {"share": 0.4, "detect_s": _law(40)}, "idle_timeout_s": 240.0,
                "reply_patience": _law(400),
            }
        ],
        [{"name": "g", "queues": ["q"], "concurrency": 3, "agents": 2, "switching": 0.2}],
        **more,
    )  # fmt: skip
    return {"shifts": shifts, "works": works, "silent": silent}


def told(scenario: Scenario, draws: Draws, *, with_chats: bool) -> tuple[Day, ChatLog]:
    """What is known at `NOW_S` of the day of *draws*, and how that day went on."""
    log = simulate(scenario, draws)
    n, width = int(NOW_S // scenario.interval_s), scenario.interval_s
    chats, shape = log.chat, (len(scenario.queues), n)
    offered, missed, in_time = (np.zeros(shape) for _ in range(3))
    thresholds = np.array(scenario.thresholds_s)
    for q in range(shape[0]):
        came = (chats.queue == q) & (chats.arrival_s < NOW_S)
        cell = (chats.arrival_s[came] // width).astype(np.int64)
        is_known = chats.ended_s[came] < NOW_S
        lost = ~answered(log)[came] & is_known
        wait_s = chats.accepted_s[came] - chats.arrival_s[came]
        soon = (
            (chats.accepted_s[came] < NOW_S)
            & (wait_s <= thresholds[q])
            & (chats.outcome[came] != Outcome.SILENT)
        )
        offered[q], missed[q], in_time[q] = (
            np.bincount(cell, weights, n) for weights in (np.ones(len(cell)), lost, soon)
        )
    here = _here(scenario, draws) if with_chats else None
    unknown = np.full(len(scenario.groups), -1)
    day = Day(NOW_S, offered.astype(np.int64), missed, in_time, np.full(shape, np.nan), unknown, here)
    return day, log


def answered(log: ChatLog) -> Flags:
    """Whether each chat got a reply; by work, whether it was accepted."""
    chats, turns = log.chat, log.turn
    first = turns.offset[:-1]
    by_turns = np.diff(turns.offset) > 0
    found = (chats.agent >= 0) & (chats.outcome != Outcome.SILENT)
    replied = ~np.isnan(np.append(turns.reply_s, np.nan)[np.where(by_turns, first, -1)])
    return np.where(by_turns, found & replied, found)


def _here(scenario: Scenario, draws: Draws) -> tuple[Chat, ...]:
    """The chats of this moment, as a desk sees them: who is gone without a signal seems to be there."""
    state = state_at(scenario, draws, NOW_S)
    since_s = np.nan_to_num(state.since(draws), nan=NOW_S - 1.0)
    found = []
    for k, row in enumerate(state.chat.tolist()):
        stage = Stage(state.stage[k])
        customers = stage in {Stage.WRITING, Stage.QUIET, Stage.UNNOTICED} and int(state.turn[k]) > 0
        agent = int(state.agent[k])
        found.append(Chat(int(draws.queue[row]), agent, float(since_s[k]), int(state.turn[k]), customers))
    return tuple(found)


def rest_of(log: ChatLog, scenario: Scenario) -> tuple[float, float, float]:
    """Chats that came from now on, those of them missed, and the mean wait."""
    table = sim.measure(log, scenario).tables[By.INTERVAL][int(NOW_S // scenario.interval_s) :]
    offered, missed, waited, wait_s = (
        float(table[:, column].sum())
        for column in (Column.OFFERED, Column.MISSED, Column.WAITED, Column.WAIT_S)
    )
    return offered, missed, wait_s / waited if waited else np.nan
