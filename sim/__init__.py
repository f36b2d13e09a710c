"""A live-chat contact centre in a box.

Customers arrive, wait, lose patience; agents hold several chats at once and give their attention to one
message at a time; every chat is recorded with the time of every message, and the key figures are computed
from that record::

    scenario = sim.load("scenarios/web_shop.toml")
    draws = sim.draw(scenario, seed=1, replication=0)
    log = sim.simulate(scenario, draws)
    kpis = sim.measure(log, scenario)

The floors of the house; imports only go down:

=========== ==================================== =====================================
floor       question                             folder
=========== ==================================== =====================================
cli         what does the user type?             one file per family of commands
report      how do we show it?                   text, documents, pictures
validation  is it right?                         `sim trust`: cases with known answers
studies     what is the user's question?         a file or folder a question
drive       how does a real server do?           a day's customers and agents as its clients
runs        how are many runs run?               in threads, on machines, kept and gone on with
kpis        how good was it?                     key figures, intervals, targets
theory      what do formulas say?                Erlang, sharing, exact chains
engines     what happens?                        the reference, the kernel
importers   what did a real centre record?       platforms' exports, one form for all
exporters   how does a simulated log leave?      as platforms' exports, which importers read
log         what is recorded?                    the schema, chats, legs, messages; tables
draws       who comes?                           the only randomness
history     what came so far?                    volumes by interval, of WFM tools' exports
scenario    what is a chat centre?               records, distributions, files
rules       how does it behave?                  the rule book
arrays      what are columns?                    their types; stacking and cutting
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
    from sim.engines import Engine, simulate, state_at
    from sim.engines.state import CentreState
    from sim.errors import (
        LoadError,
        LogError,
        OutputError,
        Problem,
        ResultError,
        ScenarioError,
        SimError,
        StudyError,
        TooLargeError,
        UnknownNameError,
        VaryError,
    )
    from sim.importers.folder import Recorded, read_log
    from sim.kpis.estimate import Estimates, Quantity, mean_of
    from sim.kpis.measure import Kpis, measure
    from sim.log.chatlog import ChatLog
    from sim.report.averages import calibrate
    from sim.report.backtest import backtest
    from sim.report.best import best
    from sim.report.bid import bid
    from sim.report.capacity import capacity
    from sim.report.compare import compare
    from sim.report.data import read_result
    from sim.report.driving import load_test
    from sim.report.exported import export_log
    from sim.report.fitted import calibrate_log
    from sim.report.forecast import forecast
    from sim.report.imported import import_log
    from sim.report.intraday import intraday
    from sim.report.measured import measure_log
    from sim.report.overview import overview
    from sim.report.result import Column, Head, Judged, Result, Table
    from sim.report.rfp import size_rfp
    from sim.report.risk import risk
    from sim.report.roster import roster
    from sim.report.run import run
    from sim.report.sensitivity import sensitivity
    from sim.report.staffing import staff
    from sim.report.staffing_week import head_count, staff_week
    from sim.report.stress import stress
    from sim.report.sweep import sweep
    from sim.report.vendors import by_definitions
    from sim.report.volumes import volumes
    from sim.rules import Outcome
    from sim.runs.executor import executing
    from sim.runs.replicate import Replications, replicate
    from sim.scenario.actuals import load_actuals
    from sim.scenario.averages import Averages
    from sim.scenario.behaviour import Again, Balking, Retry, Silence
    from sim.scenario.bid import Bid
    from sim.scenario.bid_clauses import Clause
    from sim.scenario.bid_cost import Cost
    from sim.scenario.capacity import Capacity, HiringClass
    from sim.scenario.demand import Arrivals, ByTurns, ByWork, Queue, Spike
    from sim.scenario.distributions import (
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
    from sim.scenario.factors import EmpiricalFactor, FixedFactor, GammaFactor, LognormalFactor, UniformFactor
    from sim.scenario.files import load, parse, schema
    from sim.scenario.hours import Holidays, Opening, OpeningHours
    from sim.scenario.incidents import AgentsOut, Burst, Outage, ShiftGap, SlowSystem
    from sim.scenario.platform import Platform
    from sim.scenario.quality import Quality
    from sim.scenario.rfp import Rfp
    from sim.scenario.scenario import Routing, Scenario, under_stress
    from sim.scenario.shifts import Break, Shift
    from sim.scenario.stress import Stress
    from sim.scenario.targets import GroupTargets, QueueTargets, Targets
    from sim.scenario.team import BreakWindow, Group, Pattern, Ramp, Seniority, StaffingByDay
    from sim.scenario.vary import vary
    from sim.studies.capacity import CapacityPlan
    from sim.studies.compare import Comparison
    from sim.studies.intraday.study import Intraday
    from sim.studies.rfp.file import load_rfp
    from sim.studies.risk import Risk
    from sim.studies.selection import Best
    from sim.studies.sensitivity import Sensitivity
    from sim.studies.staffing.headcount import HeadCount
    from sim.studies.staffing.roster import Roster
    from sim.studies.staffing.staff import Staffing
    from sim.studies.staffing.week import WeekStaffing
    from sim.studies.stress.breakpoint import Breakpoints
    from sim.studies.sweep import Sweep

__version__ = "0.2.0"

__all__ = [
    "Activity",
    "Again",
    "AgentsOut",
    "Arrivals",
    "Available",
    "Averages",
    "Balking",
    "Best",
    "Bid",
    "Break",
    "BreakWindow",
    "Breakpoints",
    "Burst",
    "ByTurns",
    "ByWork",
    "Capacity",
    "CapacityPlan",
    "CentreState",
    "ChatLog",
    "Clause",
    "Column",
    "Comparison",
    "Cost",
    "Draws",
    "Empirical",
    "EmpiricalCount",
    "EmpiricalFactor",
    "Engine",
    "Erlang",
    "Estimates",
    "Exponential",
    "Fixed",
    "FixedCount",
    "FixedFactor",
    "Gamma",
    "GammaFactor",
    "GeometricCount",
    "Group",
    "GroupTargets",
    "Head",
    "HeadCount",
    "HiringClass",
    "Holidays",
    "Hyperexponential",
    "Intraday",
    "Judged",
    "Kpis",
    "LoadError",
    "LogError",
    "Lognormal",
    "LognormalFactor",
    "Opening",
    "OpeningHours",
    "Outage",
    "Outcome",
    "OutputError",
    "Pattern",
    "PeopleRoster",
    "Person",
    "PiecewiseHazard",
    "Platform",
    "PoissonCount",
    "Problem",
    "Quality",
    "Quantity",
    "Queue",
    "QueueTargets",
    "Ramp",
    "Recorded",
    "Replications",
    "Result",
    "ResultError",
    "Retry",
    "Rfp",
    "Risk",
    "Roster",
    "RosterRules",
    "Routing",
    "Scenario",
    "ScenarioError",
    "Seniority",
    "Sensitivity",
    "Shift",
    "ShiftGap",
    "Silence",
    "SimError",
    "SlowSystem",
    "Spike",
    "Staffing",
    "StaffingByDay",
    "StartWindow",
    "Stress",
    "StudyError",
    "Sweep",
    "Table",
    "Targets",
    "TooLargeError",
    "Uniform",
    "UniformFactor",
    "UnknownNameError",
    "VaryError",
    "WeekStaffing",
    "Weibull",
    "Window",
    "Wish",
    "backtest",
    "best",
    "bid",
    "by_definitions",
    "calibrate",
    "calibrate_log",
    "capacity",
    "compare",
    "draw",
    "executing",
    "export_log",
    "forecast",
    "head_count",
    "import_log",
    "intraday",
    "load",
    "load_actuals",
    "load_rfp",
    "load_test",
    "mean_of",
    "measure",
    "measure_log",
    "overview",
    "parse",
    "read_log",
    "read_result",
    "replicate",
    "risk",
    "roster",
    "roster_people",
    "run",
    "schema",
    "sensitivity",
    "simulate",
    "size_rfp",
    "staff",
    "staff_week",
    "state_at",
    "stress",
    "sweep",
    "under_stress",
    "vary",
    "volumes",
]

_HOMES = {
    "sim.draws.record": "Draws",
    "sim.draws.sampling": "draw",
    "sim.engines": "Engine simulate state_at",
    "sim.engines.state": "CentreState",
    "sim.errors": (
        "LoadError LogError OutputError Problem ResultError ScenarioError "
        "SimError StudyError TooLargeError UnknownNameError VaryError"
    ),
    "sim.importers.folder": "Recorded read_log",
    "sim.kpis.estimate": "Estimates Quantity mean_of",
    "sim.kpis.measure": "Kpis measure",
    "sim.log.chatlog": "ChatLog",
    "sim.report.averages": "calibrate",
    "sim.report.backtest": "backtest",
    "sim.report.best": "best",
    "sim.report.bid": "bid",
    "sim.report.capacity": "capacity",
    "sim.report.compare": "compare",
    "sim.report.data": "read_result",
    "sim.report.driving": "load_test",
    "sim.report.exported": "export_log",
    "sim.report.fitted": "calibrate_log",
    "sim.report.forecast": "forecast",
    "sim.report.imported": "import_log",
    "sim.report.intraday": "intraday",
    "sim.report.measured": "measure_log",
    "sim.report.overview": "overview",
    "sim.report.people_roster": "roster_people",
    "sim.report.result": "Column Head Judged Result Table",
    "sim.report.rfp": "size_rfp",
    "sim.report.risk": "risk",
    "sim.report.roster": "roster",
    "sim.report.run": "run",
    "sim.report.sensitivity": "sensitivity",
    "sim.report.staffing": "staff",
    "sim.report.staffing_week": "head_count staff_week",
    "sim.report.stress": "stress",
    "sim.report.sweep": "sweep",
    "sim.report.vendors": "by_definitions",
    "sim.report.volumes": "volumes",
    "sim.rules": "Outcome",
    "sim.runs.executor": "executing",
    "sim.runs.replicate": "Replications replicate",
    "sim.scenario.actuals": "load_actuals",
    "sim.scenario.averages": "Averages",
    "sim.scenario.behaviour": "Again Balking Retry Silence",
    "sim.scenario.bid": "Bid",
    "sim.scenario.bid_clauses": "Clause",
    "sim.scenario.bid_cost": "Cost",
    "sim.scenario.capacity": "Capacity HiringClass",
    "sim.scenario.demand": "Arrivals ByTurns ByWork Queue Spike",
    "sim.scenario.distributions": (
        "Empirical EmpiricalCount Erlang Exponential Fixed FixedCount Gamma "
        "GeometricCount Hyperexponential Lognormal PiecewiseHazard PoissonCount Uniform Weibull"
    ),
    "sim.scenario.factors": "EmpiricalFactor FixedFactor GammaFactor LognormalFactor UniformFactor",
    "sim.scenario.files": "load parse schema",
    "sim.scenario.hours": "Holidays Opening OpeningHours",
    "sim.scenario.incidents": "AgentsOut Burst Outage ShiftGap SlowSystem",
    "sim.scenario.people": "Activity Available Person RosterRules StartWindow Window Wish",
    "sim.scenario.platform": "Platform",
    "sim.scenario.quality": "Quality",
    "sim.scenario.rfp": "Rfp",
    "sim.scenario.scenario": "Routing Scenario under_stress",
    "sim.scenario.shifts": "Break Shift",
    "sim.scenario.stress": "Stress",
    "sim.scenario.targets": "GroupTargets QueueTargets Targets",
    "sim.scenario.team": "BreakWindow Group Pattern Ramp Seniority StaffingByDay",
    "sim.scenario.vary": "vary",
    "sim.studies.capacity": "CapacityPlan",
    "sim.studies.compare": "Comparison",
    "sim.studies.rfp.file": "load_rfp",
    "sim.studies.intraday.study": "Intraday",
    "sim.studies.risk": "Risk",
    "sim.studies.selection": "Best",
    "sim.studies.sensitivity": "Sensitivity",
    "sim.studies.rostering.roster": "PeopleRoster",
    "sim.studies.staffing.roster": "Roster",
    "sim.studies.staffing.headcount": "HeadCount",
    "sim.studies.staffing.staff": "Staffing",
    "sim.studies.staffing.week": "WeekStaffing",
    "sim.studies.stress.breakpoint": "Breakpoints",
    "sim.studies.sweep": "Sweep",
}
"""Where the public names live: each is imported when it is first asked for."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that the command line answers at once."""
    for home, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, "__version__"])
