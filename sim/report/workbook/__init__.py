"""How does a result become a workbook? A sheet a table, the answer first, with formulas to check.

A study may add formulas, charts and sheets of its own: a module of `HOMES` with a function ``complete``.
"""

HOMES: dict[str, str] = {
    "bid": "sim.report.workbook.bid",
    "capacity": "sim.report.workbook.capacity",
    "forecast": "sim.report.workbook.forecast",
    "head_count": "sim.report.workbook.staffing_week",
    "roster": "sim.report.workbook.roster",
    "run": "sim.report.workbook.waterfall",
    "staff": "sim.report.workbook.staffing",
    "staff_week": "sim.report.workbook.staffing_week",
}
"""What each study adds to its workbook, by a function ``complete`` of its result and the `Book`.

It is called when all tables have their places, and before anything is written.
"""
