"""Which customers do many plans meet? Draws that are kept, as they don't depend on the staffing."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from sim.draws.record import DrawsBatch
from sim.draws.sampling import draw_all, with_people
from sim.scenario.scenario import Scenario

MOST_KEPT = 2**27
"""Bytes of draws that are kept."""
_OF_PLANS = {"name", "groups", "targets"}
"""Fields of a scenario on which its customers don't depend."""


class _Known(NamedTuple):
    centre: list[Any]
    """The rest of the scenario."""
    drawn: DrawsBatch
    size: int


class KeptDraws:
    """Draws of the batches used last, up to `MOST_KEPT` bytes. Threads share them: engines only read."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, range], _Known] = OrderedDict()
        self._size, self._lock = 0, Lock()

    def draw_all(self, scenario: Scenario, seed: int, replications: range) -> DrawsBatch:
        """Draw some *replications*, or find what was drawn for the same centre with other agents."""
        centre = [getattr(scenario, name) for name in Scenario.model_fields if name not in _OF_PLANS]
        known = self._found((seed, replications))
        if known is None or known.centre != centre:
            drawn = draw_all(scenario, seed, replications)
            self._keep((seed, replications), _Known(centre, drawn, _size(drawn)))
            return drawn
        return with_people(known.drawn, scenario)

    def _found(self, key: tuple[int, range]) -> _Known | None:
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
            return known

    def _keep(self, key: tuple[int, range], new: _Known) -> None:
        with self._lock:
            old = self._known.pop(key, None)
            self._known[key] = new
            self._size += new.size - (old.size if old is not None else 0)
            while self._size > MOST_KEPT:
                self._size -= self._known.popitem(last=False)[1].size


def _size(drawn: DrawsBatch) -> int:
    """Bytes of the columns of draws, but for those of who comes again."""
    columns = (getattr(drawn.together, name) for name in drawn.together.__slots__)
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))
