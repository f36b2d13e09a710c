"""How does it look? Pictures of results, and of days."""

HOMES: dict[str, str] = {
    "backtest": "sim.report.plots.backtest",
    "best": "sim.report.plots.best",
    "calibrate": "sim.report.plots.averages",
    "calibrate_log": "sim.report.plots.fitted",
    "capacity": "sim.report.plots.capacity",
    "compare": "sim.report.plots.compare",
    "kpis": "sim.report.plots.measured",
    "forecast": "sim.report.plots.forecast",
    "intraday": "sim.report.plots.intraday",
    "load": "sim.report.plots.load",
    "overview": "sim.report.plots.run",
    "run": "sim.report.plots.run",
    "risk": "sim.report.plots.risk",
    "sensitivity": "sim.report.plots.sensitivity",
    "staff": "sim.report.plots.staffing",
    "staff_week": "sim.report.plots.staffing_week",
    "head_count": "sim.report.plots.staffing_week",
    "people_roster": "sim.report.plots.people_roster",
    "roster": "sim.report.plots.roster",
    "stress": "sim.report.plots.stress",
    "trust": "sim.report.plots.trust",
    "sweep": "sim.report.plots.sweep",
    "volumes": "sim.report.plots.volumes",
}
"""Where the pictures of each study are drawn, by a function ``pictures`` of its result."""
