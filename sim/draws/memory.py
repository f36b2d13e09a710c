"""Does the demand fit into memory? Asked before anything is drawn."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import psutil

from sim.draws.profile import expected_total
from sim.errors import TooLargeError
from sim.scenario.demand import ByTurns, Queue
from sim.scenario.scenario import Same, Scenario
from sim.scenario.team import Group

BYTES_A_CHAT, BYTES_A_TURN = 500, 150
"""Memory that a chat (without its turns) and a turn take from draw to key figures; measured, generous."""
BYTES_AN_AGENT, BYTES_A_SPAN = 2_000, 400
"""Memory that an agent and one of their spans of duty take; generous."""
KEPT_A_CHAT, KEPT_A_TURN, KEPT_AT_MOST, KEPT_AN_INTERVAL = 80, 16, 100_000, 1_000
"""Memory kept of a replication: for percentiles, of no more than so many chats and turns; for intervals."""
LOGGED_A_CHAT, LOGGED_A_TURN = 400, 240
"""Memory kept of each replication where its log is kept for export."""
NEVER_ASKED = 2**27
"""A need below this is not held against the machine's memory: asking would take longer than drawing."""


def expected_bytes(scenario: Scenario, replications: int = 1, *, keeps_logs: bool = False) -> float:
    """Memory that some *replications* are expected to take, in bytes; *keeps_logs* for their export."""
    chats, turns = _expected_chats_and_turns(scenario)
    spans = sum(_most_spans(group) * scenario.days for group in scenario.groups)
    one = chats * BYTES_A_CHAT + turns * BYTES_A_TURN
    one += scenario.n_agents * BYTES_AN_AGENT + spans * BYTES_A_SPAN
    kept = min(chats, KEPT_AT_MOST) * KEPT_A_CHAT + min(turns, KEPT_AT_MOST) * KEPT_A_TURN
    kept += scenario.days * scenario.intervals_per_day * KEPT_AN_INTERVAL
    if keeps_logs:
        kept += chats * LOGGED_A_CHAT + turns * LOGGED_A_TURN
    return one + replications * kept


def refuse_too_large(scenario: Scenario, replications: int = 1, *, keeps_logs: bool = False) -> None:
    """Refuse, before anything is drawn, what does not fit into memory.

    Raises
    ------
    TooLargeError
        If the *replications* are expected to take more than the machine has available.
    """
    need = _expected_bytes(Same(scenario), replications, keeps_logs)
    if need < NEVER_ASKED:
        return
    have = psutil.virtual_memory().available
    if need > have:
        chats, _ = _expected_chats_and_turns(scenario)
        runs = "one replication" if replications == 1 else f"each of {replications:,} replications"
        raise TooLargeError(
            f"{runs} expects {chats:,.0f} chats, which need about {need / 2**30:,.1f} GiB of memory with "
            f"{scenario.n_agents:,} agents and {scenario.days:,} days; {have / 2**30:,.1f} GiB are free: "
            f"take {_less(scenario, replications)}"
        )


@lru_cache(maxsize=8)
def _expected_bytes(same: Same, replications: int, keeps_logs: bool) -> float:
    """Remembered, since every batch asks."""
    return expected_bytes(same.scenario, replications, keeps_logs=keeps_logs)


def _expected_chats_and_turns(scenario: Scenario) -> tuple[float, float]:
    chats = turns = 0.0
    for q, queue in enumerate(scenario.queues):
        expected = expected_total(scenario, q) * _attempts(queue)
        chats += expected
        turns += expected * (queue.service.turns.mean if isinstance(queue.service, ByTurns) else 0.0)
    return chats, turns


def _less(scenario: Scenario, replications: int) -> str:
    """What would need less."""
    ways = ["fewer days", "a lower rate"]
    ways += (
        ["fewer attempts of a customer (max_attempts)"] if any(q.comes_again for q in scenario.queues) else []
    )
    ways += ["fewer replications"] if replications > 1 else []
    return f"{', '.join(ways[:-1])} or {ways[-1]}"


def _attempts(queue: Queue) -> float:
    """Rows expected to be reserved for a customer: a geometric number of attempts, cut at the most."""
    share, most = queue.comes_again, queue.most_attempts
    return float(most) if share == 1 else (1 - share**most) / (1 - share)


def _most_spans(group: Group) -> int:
    """Spans of duty that a group has in a day, at most."""
    if group.staffings:
        return max(
            sum(max(late - early, 0) for early, late in pairwise([0, *levels]))
            for _, levels in group.staffings
        )
    return sum(shift.agents * (1 + len(shift.breaks)) for shift in group.shifts or ())
