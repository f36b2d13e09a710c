"""How wrong are formulas for chat? What planners compute, beside the simulation of the same centre.

Ten agents answer message by message; a customer's patience is exponential. Loads are shares of what the
agents can carry at most with all slots taken, as the machine-repair model has it. Every formula is given the
scenario's true means, which is more than a planner has:

- `erlang_c`: the spreadsheet: the handling time of a chat alone ÷ slots, and nobody leaves;
- `erlang_a`: the same, and customers leave;
- `measured`: Erlang A again, with the handling time measured in this very centre, at this load ÷ slots;
- `factors`: the balanced chain, with the planners' rule that 1, 2, 3, … chats at once make an agent 1, 1.7,
  2.5, 2.9, 3.5 times as fast (Call Centre Helper, *Erlang C for chat*);
- `repair`: the balanced chain, with handling times from the machine-repair model: `sim theory concurrency`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.kpis.estimate import Quantity
from sim.runs.replicate import replicate
from sim.scenario.demand import ByTurns, Queue
from sim.scenario.distributions import Lognormal
from sim.scenario.scenario import Scenario
from sim.theory.attention import Attention, saturated
from sim.theory.erlang import erlang
from sim.theory.sharing import factors, sharing
from sim.validation.scenarios import centre

AGENTS, PATIENCE_S, THRESHOLD_S = 10, 180.0, 30.0
ATTENTION = Attention(agent_s=40.0, customer_s=55.0, turns=6.0)
SLOTS = (2, 3, 4)
LOADS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2)
TIMES_FASTER = (1.0, 1.7, 2.5, 2.9, 3.5)
REPLICATIONS = 30
FORMULAS = ("erlang_c", "erlang_a", "measured", "factors", "repair")


@dataclass(frozen=True, slots=True)
class Point:
    """A number of slots and a load: the service level as simulated, and as each formula has it."""

    slots: int
    load: float
    per_hour: float
    simulated: Quantity
    predicted: dict[str, float]


def compared(
    seed: int = 1,
    share: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> list[Point]:
    """Service levels over slots and loads; *share* of the replications are simulated."""
    points: list[Point] = []
    for slots in SLOTS:
        capacity = AGENTS * float(saturated(ATTENTION, slots).chats_per_s[-1])
        for load in LOADS:
            points.append(_point(slots, load, load * capacity, seed, share, workers))
            if progress is not None:
                progress(len(points), len(SLOTS) * len(LOADS))
    return points


def _point(slots: int, load: float, per_s: float, seed: int, share: float, workers: int | None) -> Point:
    n = max(2, round(share * REPLICATIONS))
    found = replicate(scenario(slots, per_s), seed, n, workers=workers).estimates
    measured_s = found.figure("aht_s").value or 0.0
    levels = predicted(slots, per_s, measured_s)
    return Point(slots, load, 3600 * per_s, found.figure("service_level"), levels)


def scenario(slots: int, per_s: float) -> Scenario:
    """The centre: the web shop's chats, at a constant rate."""
    service = ByTurns(
        turns=ATTENTION.turns,
        agent_s=Lognormal(mean_s=ATTENTION.agent_s, cv=0.9),
        customer_s=Lognormal(mean_s=ATTENTION.customer_s, cv=1.4),
    )
    demand = Queue(name="chats", arrivals=3600 * per_s, patience=PATIENCE_S, service=service)
    return centre(demand, AGENTS, slots, THRESHOLD_S)


def predicted(slots: int, per_s: float, measured_s: float) -> dict[str, float]:
    """Service level by each formula."""
    agent = saturated(ATTENTION, slots)
    alone_s = float(agent.aht_s[0])
    lines = {
        "erlang_c": erlang(AGENTS, per_s, alone_s / slots),
        "erlang_a": erlang(AGENTS, per_s, alone_s / slots, PATIENCE_S),
        "measured": erlang(AGENTS, per_s, measured_s / slots, PATIENCE_S),
        "factors": sharing(AGENTS, per_s, factors(TIMES_FASTER[:slots], alone_s), PATIENCE_S),
        "repair": sharing(AGENTS, per_s, agent.aht_s, PATIENCE_S),
    }
    return {name: float(line.figures(THRESHOLD_S).service_level) for name, line in lines.items()}
