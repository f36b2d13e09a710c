"""Where does the search begin? A first guess by theory: each block for itself, in the long run.

Chats are shared as in the balanced chain (:mod:`sim.theory.sharing`), each queue with a team of its own. It
is a guess, and nothing of it is in the answer.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.errors import TheoryError
from sim.kpis.definitions import BY_NAME
from sim.kpis.loops import By
from sim.scenario.demand import Queue
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group
from sim.studies.staffing.plan import Blocks, expected_a_day, open_edges
from sim.studies.staffing.promise import Promise
from sim.theory.applies import handling_s
from sim.theory.inverse import BOUNDED, Goal
from sim.theory.sharing import chat_agents


def guess(blocks: Blocks, promise: Promise) -> Ints:
    """Agents of each group in each block, shape (n_groups, n_blocks); at least 1 for somebody."""
    scenario = blocks.scenario
    levels = np.zeros((len(scenario.groups), len(blocks)))
    per_s = _rates(blocks)
    for q, queue in enumerate(scenario.queues):
        team = _team(scenario, queue)
        agents = _agents(scenario, q, scenario.groups[team[0]], per_s[q], promise)
        for g in team:
            levels[g] += agents / len(team) / (1 - scenario.groups[g].absence or 1.0)
    whole = np.ceil(levels - 1e-9).astype(np.int64)
    for g, least in enumerate(blocks.least_peak()):
        whole[g, whole[g].argmax()] = max(least, whole[g].max())
    return np.asarray(whole)


def _rates(blocks: Blocks) -> Floats:
    """Chats a second of each queue in each block, at its busiest."""
    expected = expected_a_day(blocks.scenario) / np.maximum(np.diff(open_edges(blocks.scenario)), 1.0)
    ends = zip(blocks.first.tolist(), blocks.end.tolist(), strict=True)
    return np.array([expected[:, a:b].max(axis=1) for a, b in ends]).T


def _team(scenario: Scenario, queue: Queue) -> list[int]:
    """Groups that a queue's chats are guessed to go to: those preferred first, or with the fewest skills."""
    skilled = [g for g, group in enumerate(scenario.groups) if queue.name in group.queues]
    if queue.prefer:
        return [g for g in skilled if scenario.groups[g].name == queue.prefer[0]]
    fewest = min(len(scenario.groups[g].queues) for g in skilled)
    return [g for g in skilled if len(scenario.groups[g].queues) == fewest]


def _agents(scenario: Scenario, q: int, group: Group, per_s: Floats, promise: Promise) -> Floats:
    """Agents that keep a queue's bounds, as far as formulas know them; at least its load and a little."""
    queue, threshold_s = scenario.queues[q], scenario.thresholds_s[q]
    aht_s = handling_s(queue.service, group)
    load = per_s * aht_s[-1] / len(aht_s)
    agents = np.maximum(np.ceil(load + np.sqrt(load)), per_s > 0)
    mine = [each for each in promise.bounds if each.where is None or (each.by, each.cell) == (By.QUEUE, q)]
    for bound in mine:
        if bound.kpi not in BOUNDED or not 0 < bound.value < 1 or BY_NAME[bound.kpi].unit != "share":
            continue
        goal = Goal(bound.kpi, bound.value, threshold_s if bound.kpi.startswith("service_level") else 0.0)
        try:
            found = chat_agents(per_s, aht_s, goal, queue.patience)
        except TheoryError:
            continue
        agents = np.maximum(agents, found) if bound is not mine[0] else found
    return np.asarray(agents, dtype=np.float64)
