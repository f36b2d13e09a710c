"""Which durations stand behind each law of the scenario? For pictures of the fit with its data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.arrays import Floats
from sim.scenario.demand import ByTurns
from sim.scenario.distributions import Distribution
from sim.studies.fitted.calibrate import Fitted

_LEAST = 8


def samples_of(fitted: Fitted) -> Iterator[tuple[str, str, Floats, Distribution]]:
    """Queue, what, durations known to their end, and the law that the scenario has for them."""
    seen, chat = fitted.seen, fitted.seen.chats.chat
    turns = seen.turns
    for q, each in enumerate(fitted.queues):
        service = fitted.scenario.queues[q].service
        mine = np.asarray(chat.queue == q) if each.is_own else np.ones(len(seen.day), dtype=np.bool_)
        found: list[tuple[str, Floats, Distribution | None]] = []
        if isinstance(service, ByTurns):
            if turns is not None and each.talk is not None:
                own = mine[turns.chat]
                switching = fitted.scenario.groups[0].switching
                compose = turns.compose_s[own] / np.where(turns.held[own] > 1, 1 + switching, 1.0)
                found.append(("agent_s", compose, service.agent_s))
                found.append(("customer_s", (turns.next_s - turns.reply_s)[own], service.customer_s))
            found.append(("wrap_up_s", seen.wrap_up_s[mine], service.wrap_up_s))
        elif each.work:
            found.append(
                ("work_s", (chat.ended_s - chat.accepted_s)[mine & seen.is_accepted], service.work_s)
            )
        for what, values, law in found:
            known = values[np.isfinite(values)]
            if law is not None and len(known) >= _LEAST:
                yield each.name, what, known, law
