"""A live-chat contact centre in a box.

Customers arrive, wait, lose patience; agents hold several chats at once and give their attention to one
message at a time; every chat is recorded with the time of every message, and the key figures are computed
from that record::

    scenario = sim.load("scenarios/web_shop.toml")
    draws = sim.draw(scenario, seed=1, replication=0)
    log = sim.simulate(scenario, draws)
    kpis = sim.measure(log, scenario.targets)

The floors of the house; imports only go down:

=========== ==================================== =====================================
floor       question                             folder
=========== ==================================== =====================================
cli         what does the user type?             one file per family of commands
show        how do we show it?                   tables, plots, reports
studies     what is the user's question?         many runs
measure     how good was it?                     key figures, intervals
theory      what do formulas say?                Erlang, sharing, exact chains
engines     what happens?                        the reference, the kernel
log         what is recorded?                    chats, messages, agents; export
draws       who comes?                           the only randomness
world       what is a chat centre?               rules, laws, scenarios, files
compiled    how are functions compiled?          words for it; compiler has the options
output      how does a file get to its place?    whole or not at all
interrupts  when may Ctrl-C break in?            not into what has to be whole
errors      what can go wrong?                   one exception tree
=========== ==================================== =====================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.draws.record import Draws
    from sim.draws.sampling import draw
    from sim.engines import Engine, simulate
    from sim.errors import (
        OutputError,
        Problem,
        ScenarioError,
        SimError,
        StudyError,
        TooLargeError,
        UnknownNameError,
        VaryError,
    )
    from sim.log.chatlog import ChatLog
    from sim.measure.estimate import Estimates, Figure
    from sim.measure.kpis import Kpis, measure
    from sim.studies.replicate import Replications, replicate
    from sim.world.behaviour import Again, Balking, Retry, Silence
    from sim.world.demand import Arrivals, ByTurns, ByWork, Queue, Spike
    from sim.world.factors import EmpiricalFactor, FixedFactor, GammaFactor, LognormalFactor, UniformFactor
    from sim.world.files import load, parse, schema
    from sim.world.laws import (
        Empirical,
        EmpiricalCount,
        Erlang,
        Exponential,
        Fixed,
        FixedCount,
        Gamma,
        GeometricCount,
        Hyperexponential,
        Lognormal,
        PiecewiseHazard,
        PoissonCount,
        Uniform,
        Weibull,
    )
    from sim.world.quality import Quality
    from sim.world.rules import Outcome
    from sim.world.scenario import OpeningHours, Routing, Scenario, Targets
    from sim.world.team import Break, BreakWindow, Group, Pattern, Ramp, Seniority, Shift
    from sim.world.vary import vary

__version__ = "0.2.0"

__all__ = [
    "Again",
    "Arrivals",
    "Balking",
    "Break",
    "BreakWindow",
    "ByTurns",
    "ByWork",
    "ChatLog",
    "Draws",
    "Empirical",
    "EmpiricalCount",
    "EmpiricalFactor",
    "Engine",
    "Erlang",
    "Estimates",
    "Exponential",
    "Figure",
    "Fixed",
    "FixedCount",
    "FixedFactor",
    "Gamma",
    "GammaFactor",
    "GeometricCount",
    "Group",
    "Hyperexponential",
    "Kpis",
    "Lognormal",
    "LognormalFactor",
    "OpeningHours",
    "Outcome",
    "OutputError",
    "Pattern",
    "PiecewiseHazard",
    "PoissonCount",
    "Problem",
    "Quality",
    "Queue",
    "Ramp",
    "Replications",
    "Retry",
    "Routing",
    "Scenario",
    "ScenarioError",
    "Seniority",
    "Shift",
    "Silence",
    "SimError",
    "Spike",
    "StudyError",
    "Targets",
    "TooLargeError",
    "Uniform",
    "UniformFactor",
    "UnknownNameError",
    "VaryError",
    "Weibull",
    "draw",
    "load",
    "measure",
    "parse",
    "replicate",
    "schema",
    "simulate",
    "vary",
]

_HOMES = {
    "sim.draws.record": "Draws",
    "sim.draws.sampling": "draw",
    "sim.engines": "Engine simulate",
    "sim.errors": (
        "OutputError Problem ScenarioError SimError StudyError TooLargeError UnknownNameError VaryError"
    ),
    "sim.log.chatlog": "ChatLog",
    "sim.measure.estimate": "Estimates Figure",
    "sim.measure.kpis": "Kpis",
    "sim.studies.replicate": "Replications replicate",
    "sim.world.behaviour": "Again Balking Retry Silence",
    "sim.world.demand": "Arrivals ByTurns ByWork Queue Spike",
    "sim.world.factors": "EmpiricalFactor FixedFactor GammaFactor LognormalFactor UniformFactor",
    "sim.world.files": "load parse schema",
    "sim.world.laws": (
        "Empirical EmpiricalCount Erlang Exponential Fixed FixedCount Gamma GeometricCount "
        "Hyperexponential Lognormal PiecewiseHazard PoissonCount Uniform Weibull"
    ),
    "sim.world.quality": "Quality",
    "sim.world.rules": "Outcome",
    "sim.world.scenario": "OpeningHours Routing Scenario Targets",
    "sim.world.team": "Break BreakWindow Group Pattern Ramp Seniority Shift",
    "sim.world.vary": "vary",
}
"""Where the public names live: each is imported when it is first asked for."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that the command line answers at once."""
    if name == "measure":
        return import_module("sim.measure")
    for home, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, "__version__"])
