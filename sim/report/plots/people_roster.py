"""What does a roster of people look like? A row a person, a column a day; and cover against need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from sim.report.plots import style
from sim.report.plots.style import DARK, INK, MID, PALE, styled
from sim.report.result import Result


def pictures(result: Result) -> dict[str, Callable[[], Figure]]:
    """All pictures of a roster of people by name."""
    return {"roster": partial(roster, result), "cover": partial(cover, result)}


@styled
def roster(result: Result) -> Figure:
    """Who works on which day: the later a shift begins, the darker it is."""
    people = [row["person"] for row in result.table("people").rows]
    first, days = dt.date.fromisoformat(result.facts["start"]), result.facts["days"]
    figure = style.canvas(result.title, "who works when", 1.8 + 0.2 * len(people))
    axes = figure.subplots()
    for row in result.table("roster").rows:
        if row["activity"] == "work":
            start = dt.datetime.fromisoformat(row["start"])
            day = (dt.date.fromisoformat(row["date"]) - first).days
            hour = start.hour + start.minute / 60
            colour = PALE if hour < 10 else MID if hour < 16 else DARK
            axes.broken_barh(
                [(day + 0.06, 0.88)], (people.index(row["person"]) - 0.4, 0.8), facecolors=colour
            )
    axes.set_yticks(range(len(people)), people)
    axes.set_ylim(len(people) - 0.4, -0.6)
    axes.set_xlim(0, days)
    mondays = range(0, days + 1, 7)
    axes.set_xticks(mondays, [f"{first + dt.timedelta(days=day):%d %b}" for day in mondays])
    axes.set_title("Shifts that begin before 10:00 (pale), before 16:00, and later (dark)")
    axes.grid(visible=False, axis="y")
    return figure


@styled
def cover(result: Result) -> Figure:
    """Agent hours needed and on chats on each day."""
    rows = result.table("cover_by_day").rows
    figure = style.canvas(result.title, "agent hours needed and on chats", 3.4)
    axes, places = figure.subplots(), np.arange(len(rows))
    axes.bar(places, [row["on_duty"] for row in rows], color=PALE, edgecolor=DARK, label="on chats")
    axes.step(places, [row["needed"] for row in rows], where="mid", color=INK, linestyle="--", label="needed")
    every = max(1, len(rows) // 7)
    axes.set_xticks(
        places[::every], [rows[k]["day"][:3] + " " + rows[k]["day"][-5:] for k in places[::every]]
    )
    axes.set_ylabel("agent hours")
    axes.legend()
    return figure
