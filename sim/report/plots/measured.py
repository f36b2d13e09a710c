"""What did real days look like? The pictures of a simulated day, of an imported log."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from sim.report.plots.run import agents, day, waits
from sim.report.result import Result


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """Pictures of a log by name: of a month at most, of agents and waits where these are known."""
    if not result.has("intervals"):
        return {}
    drawn = {"day": (day, "offered"), "agents": (agents, "agent_hours"), "waits": (waits, "asa_s")}
    return {
        name: partial(draw, result)
        for name, (draw, needed) in drawn.items()
        if result[needed].value is not None
    }
