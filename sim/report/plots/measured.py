"""What did real days look like? The pictures of a simulated day, of an imported log."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from sim.report.plots.run import agents, day, waits
from sim.report.result import Result


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Pictures of a log by name: of a month at most, and of agents where their status is known."""
    if not result.has("intervals"):
        return {}
    drawn = {"day": day, "waits": waits}
    if result["agent_hours"].value is not None:
        drawn = {"day": day, "agents": agents, "waits": waits}
    return {name: partial(draw, result) for name, draw in drawn.items()}
