"""How good was it? Key figures of a log, and how sure they are.

The package is also the function: ``sim.measure(log, targets)`` is :func:`sim.measure.kpis.measure`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.log.chatlog import ChatLog
    from sim.measure.kpis import Kpis
    from sim.world.scenario import Targets


class _Measure(ModuleType):
    """A package that can be called, because the floor and what one does there bear the same name."""

    def __call__(self, log: ChatLog, targets: Targets | None = None) -> Kpis:
        """Measure the key figures of a *log*; service levels look at the threshold of the *targets*."""
        from sim.measure.kpis import measure  # noqa: PLC0415  the floor is imported when it is used

        return measure(log, targets)


sys.modules[__name__].__class__ = _Measure
