"""The grid of a week, and figures by weekday."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.kpis.estimate import Estimates
from sim.kpis.loops import By
from sim.kpis.weekdays import figures
from sim.runs.replicate import replicate
from sim.scenario.scenario import Scenario
from sim.studies.week import grid, week
from tests.worlds import by_work, fixed, group, queue, world

HOURS = {"open": "08:00", "close": "20:00", "sat": {"open": "22:00", "close": "02:00"}, "sun": "closed"}


def a_week(days: int = 7, **more: Any) -> Scenario:
    """Twelve chats an hour; five agents in the morning, a night on Saturday, nobody in the afternoon."""
    shifts = [
        {"agents": 5, "start": "08:00", "end": "14:00", "days": ["mon", "tue", "wed", "thu", "fri"]},
        {"agents": 2, "start": "22:00", "end": "02:00", "days": ["sat"]},
    ]
    queues = [queue({"per_hour": 12.0, "busyness_cv": 0.3}, by_work(900), patience=fixed(300))]
    return world(queues, [group(shifts=shifts)], days=days, hours=HOURS, **more)


def test_the_grid_says_when_it_is_open_who_is_there_and_how_many_come():
    """By hand: closed nights, open mornings, afternoons with nobody, and the night of Saturday to Sunday."""
    found = week(a_week())

    assert found.titles == ("Mon 2", "Tue 3", "Wed 4", "Thu 5", "Fri 6", "Sat 7", "Sun 8")
    assert found.open[0].tolist() == [8 <= hour < 20 for hour in range(24)]
    assert found.open[5].tolist() == [hour >= 22 for hour in range(24)]
    assert found.open[6].tolist() == [hour < 2 for hour in range(24)]
    assert found.agents[0].tolist() == [5 * (8 <= hour < 14) for hour in range(24)]
    assert found.agents[6].tolist() == [2 * (hour < 2) for hour in range(24)]
    assert found.chats == pytest.approx(12.0)
    lines = list(grid(found))
    assert [line.split()[1] for line in lines[3:]] == [
        "(12|0)",
        "(12|0)",
        "12|5",
        "12|0!",
        "(12|0)",
        "(12|0)",
    ]
    assert lines[-1].split() == ["22:00-24:00", *["(12|0)"] * 5, "12|2", "(12|0)"]


def test_no_line_of_the_grid_is_wider_than_eighty_letters_whatever_stands_in_it():
    """Thousands of chats and halves of agents: days for which there is no room go on below, whole."""
    queues = [queue({"per_hour": 12_345.0}, by_work(900), patience=fixed(300))]
    many = world(queues, [group(agents=1234)], days=7, hours=HOURS)
    lines = list(grid(week(many)))

    assert max(map(len, lines)) <= 80
    heads = [line.split() for line in lines if line.startswith(" ")]
    assert [word for head in heads for word in head] == [
        word for title in week(many).titles for word in title.split()
    ]
    assert len(heads) == 2
    assert "(12345|0)" in lines[4]


def test_more_than_a_week_is_shown_by_weekday():
    """Fifteen days from a Monday on are three Mondays and two of each other day: means."""
    found = week(a_week(15, start="2026-03-02"))

    assert found.titles == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert found.agents[0].tolist() == [5 * (8 <= hour < 14) for hour in range(24)]
    # The eve of the first day is a Sunday, whose night nobody works; both Saturdays' nights are.
    assert found.agents[6].tolist() == [2 * (hour < 2) for hour in range(24)]


@pytest.fixture(scope="module")
def two_weeks() -> Estimates:
    """Three replications of two weeks and a Monday."""
    return replicate(a_week(15), seed=1, replications=3).estimates


def test_figures_by_weekday_are_those_of_all_its_days_together(two_weeks: Estimates):
    """Sums over the three Mondays; the percentile of their waits pooled; the mean of the highest of them."""
    top, bottom = two_weeks.sums("missed_rate", By.DAY)
    mondays = [0, 7, 14]
    found = figures(two_weeks, "missed_rate", 0)[0]
    assert found is not None
    assert found.value == pytest.approx(top[:, mondays].sum() / bottom[:, mondays].sum())
    assert found.low is not None
    assert found.low < found.value

    waits = [run.samples["wait_p90_s"].of_cell(By.DAY, 15, day) for run in two_weeks.runs for day in mondays]
    pooled = np.concatenate([piece for pieces in waits for piece in pieces])
    p90 = figures(two_weeks, "wait_p90_s", 0)[0]
    assert p90 is not None
    assert p90.value == pytest.approx(np.quantile(pooled, 0.9))

    highest = figures(two_weeks, "queue_length_max", 0)[0]
    assert highest is not None
    days = two_weeks.own_values("queue_length_max", By.DAY)
    assert highest.value == pytest.approx(days[:, mondays].max(axis=1).mean())


def test_of_a_single_week_a_weekday_is_its_day(two_weeks: Estimates):
    """The values by day of seven days from a Thursday on, Monday first; and a weekday that is not there is none."""
    of_week = replicate(a_week(7, start="2026-03-05"), seed=1, replications=3).estimates
    for name in ("offered", "service_level", "wait_p90_s", "occupancy"):
        by_day, by_weekday = of_week.figures(name, By.DAY), figures(of_week, name, 3)
        assert [each and each.value for each in by_weekday] == [by_day[(k - 3) % 7].value for k in range(7)]
    of_days = replicate(a_week(2), seed=1, replications=2).estimates
    assert [each is not None for each in figures(of_days, "offered", 0)] == [True] * 2 + [False] * 5
    assert two_weeks.n == 3


def test_a_run_by_weekday_has_a_row_a_weekday():
    """Monday first, from a Thursday on."""
    result = sim.run(a_week(6, start="2026-03-05"), replications=2, by="weekday")
    rows = result.table("by_weekday").rows

    assert [row["weekday"] for row in rows] == [
        "Monday",
        "Tuesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
