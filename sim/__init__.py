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
    from sim.errors import OutputError, Problem, ScenarioError, SimError, TooLargeError
    from sim.log.chatlog import ChatLog
    from sim.measure.estimate import Estimates, Figure
    from sim.measure.kpis import Kpis, measure
    from sim.studies.replicate import replicate
    from sim.world.files import load, parse, schema
    from sim.world.rules import Outcome
    from sim.world.scenario import Scenario, Targets

__version__ = "0.2.0"

__all__ = [
    "ChatLog",
    "Draws",
    "Engine",
    "Estimates",
    "Figure",
    "Kpis",
    "Outcome",
    "OutputError",
    "Problem",
    "Scenario",
    "ScenarioError",
    "SimError",
    "Targets",
    "TooLargeError",
    "draw",
    "load",
    "measure",
    "parse",
    "replicate",
    "schema",
    "simulate",
]

_HOMES = {
    "sim.draws.record": ("Draws",),
    "sim.draws.sampling": ("draw",),
    "sim.engines": ("Engine", "simulate"),
    "sim.errors": ("OutputError", "Problem", "ScenarioError", "SimError", "TooLargeError"),
    "sim.log.chatlog": ("ChatLog",),
    "sim.measure.estimate": ("Estimates", "Figure"),
    "sim.measure.kpis": ("Kpis",),
    "sim.studies.replicate": ("replicate",),
    "sim.world.files": ("load", "parse", "schema"),
    "sim.world.rules": ("Outcome",),
    "sim.world.scenario": ("Scenario", "Targets"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that the command line answers at once."""
    if name == "measure":
        return import_module("sim.measure")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, "__version__"])
