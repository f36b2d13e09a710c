"""Days that differ, in all that reads them: forecasts, changes, written files, plans of one day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.log.build import Facts
from sim.scenario.files import load, parse
from sim.scenario.vary import Change, varied
from sim.scenario.write import written
from sim.studies.staffing.plan import usual_hours
from tests.conftest import ROOT

CENTRE = """
days = 7
interval_min = 60

[hours]
open = 08:00:00
close = 10:00:00
sat = { open = 22:00:00, close = 01:00:00 }
sun = "closed"

[[queues]]
name = "orders"
arrivals = { file = "v.csv" }
service = { work_s = { law = "exponential", mean_s = 60 } }

[[groups]]
name = "team"
queues = ["orders"]
agents = 3
"""
SHIFTS = """shifts = [
    { agents = 4, start = 08:00:00, end = 10:00:00, days = ["mon"], crew = "A" },
    { agents = 4, start = 22:00:00, end = 01:00:00, days = ["sat"], dates = [2026-03-05], crew = "A" },
    { agents = 2, start = 08:00:00, end = 10:00:00 },
]"""


def forecast(*rows: str) -> str:
    """A forecast of one chat in each of these hours."""
    return "start,chats\n" + "".join(f"{row},1\n" for row in rows)


def test_a_forecast_needs_rows_while_it_is_open_and_no_others(tmp_path: Path):
    """Five mornings, the night of Saturday to Sunday; of the closed Sunday only its first hour."""
    mornings = [f"2026-03-{day:02d} {hour:02d}:00" for day in range(2, 7) for hour in (8, 9)]
    nights = ["2026-03-07 22:00", "2026-03-07 23:00", "2026-03-08 00:00"]
    (tmp_path / "c.toml").write_text(CENTRE)
    (tmp_path / "v.csv").write_text(forecast(*mornings, *nights))
    volumes = load(tmp_path / "c.toml").queues[0].arrivals.per_interval
    assert volumes is not None
    assert sum(volumes) == 13

    (tmp_path / "v.csv").write_text(forecast(*mornings, *nights[:-1]))
    with pytest.raises(
        sim.ScenarioError, match="no day of the scenario may be missing, got no row for 2026-03-08"
    ):
        load(tmp_path / "c.toml")
    (tmp_path / "v.csv").write_text(forecast(*mornings[:-1], *nights))
    with pytest.raises(
        sim.ScenarioError,
        match="every interval of the opening hours must have a row, got no row for 2026-03-06 09:00",
    ):
        load(tmp_path / "c.toml")


def centre(duty: str) -> str:
    """A centre with other duty, and a rate instead of a file."""
    return CENTRE.replace('{ file = "v.csv" }', "{ per_hour = 10 }").replace("agents = 3", duty)


def test_agents_of_shifts_are_scaled_by_crew():
    """Four of a crew and two others are made three: two in both shifts of the crew, and one."""
    (group,) = varied(parse(centre(SHIFTS)), [Change("groups.0.agents", "=", 3)]).groups

    assert group.n_agents == 3
    assert [shift.agents for shift in group.shifts or ()] == [2, 2, 1]


def test_staffing_of_some_days_is_scaled_by_the_peak_of_all():
    """A peak of 8 on Saturday alone is made 4."""
    staffing = f"staffing = {[4] * 24}\nstaffing_by_day = {{ sat = {[8] * 24}, dates = {{ 2026-03-05 = {[2] * 24} }} }}"
    (group,) = varied(parse(centre(staffing)), [Change("groups.0.agents", "=", 4)]).groups

    assert [set(levels) for _, levels in group.staffings] == [{2}, {4}, {1}]


def test_shifts_are_written_with_their_days():
    """And read back as they were."""
    groups = parse(centre(SHIFTS)).groups
    text = written(centre("agents = 3"), groups)

    assert parse(text).groups == groups
    assert 'days = ["sat"], dates = [2026-03-05], crew = "A"' in text


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"open": "08:00", "close": "20:00", "sun": "closed"}, "opening hours differ between these"),
        ({"open": "22:00", "close": "06:00"}, "from midnight to midnight"),
    ],
)
def test_plans_of_one_day_refuse_days_that_differ(hours: dict[str, Any], said: str):
    """By weekday, and over midnight."""
    scenario = parse(centre("agents = 3")).model_copy(update={"hours": sim.OpeningHours(**hours)})

    with pytest.raises(sim.StudyError, match=said):
        usual_hours(scenario)


def test_a_log_of_nights_is_read_back_as_it_was():
    """Speeds of agents who learn, over midnight, in nights without breaks."""
    scenario = sim.load(ROOT / "scenarios" / "night_desk.toml")
    nights = tuple(shift.model_copy(update={"breaks": ()}) for shift in scenario.groups[0].shifts or ())
    ramp = sim.Ramp(new_hires=2, speed=0.5, days=5)
    group = scenario.groups[0].model_copy(update={"ramp": ramp, "shifts": nights})
    scenario = scenario.model_copy(update={"groups": (group,)})
    log = sim.simulate(scenario, sim.draw(scenario, 1))
    facts = Facts(start=scenario.start, days=scenario.days, interval_min=scenario.interval_min)
    again = sim.ChatLog.of(log.chats(), log.messages(), log.legs(), log.agents(), facts)

    assert again.agents().equals(log.agents())
    np.testing.assert_array_equal(again.team.day_s, log.team.day_s)
