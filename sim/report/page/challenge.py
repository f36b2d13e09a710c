"""Can a room staff a day as well as the search does? A plan, and so the hours that a room may use.

The plan is found on other days than those on which rooms are judged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import SimError
from sim.report.page.lessons import is_drawn, promises_missed
from sim.runs.executor import Progress
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S
from sim.studies.staffing.staff import staff

SEARCH_SEED = 20_000
"""Added to a page's seed, so that no room is judged on the days of the search."""
N_SEARCHED = 100
"""Days that the search's plan is held against."""
SPARE = 4
"""How many agents more than the search's most may be planned in an interval."""


def challenge_of(scenario: Scenario, seed: int, progress: Progress | None = None) -> dict[str, Any]:
    """What the page knows of a challenge (`Challenge` in `model.js`): the search's plan by planning interval.

    Raises
    ------
    SimError
        If the scenario can't be staffed half-hour by half-hour on the page: with what is in the way.
    """
    missing = _lacking(scenario)
    if missing is not None:
        raise SimError(f"challenge: needs {missing}")
    found = staff(scenario, seed=seed + SEARCH_SEED, replications=N_SEARCHED, progress=progress)
    plan = found.scenario.groups[0].staffing
    assert plan is not None, "the search staffs by interval"
    width_s = DAY_S / len(plan)
    used = np.flatnonzero(plan)
    open_s, close_s = scenario.opening_spans[0] if scenario.opening_spans else (0.0, float(DAY_S))
    first = min(int(open_s // width_s), int(used[0]))
    last = max(int(-(-close_s // width_s)), int(used[-1]) + 1)
    return {
        "width_s": width_s,
        "first_s": first * width_s,
        "plan": [int(n) for n in plan[first:last]],
        "most": int(max(plan)) + SPARE,
    }


def _lacking(scenario: Scenario) -> str | None:
    """What a challenge needs and a scenario has not."""
    group = scenario.groups[0]
    needs = [
        (len(scenario.groups) == 1, "one group"),
        (scenario.days == 1, "one day"),
        (scenario.zone is None, "a day without a time zone"),
        (
            not (group.speed or group.absence or group.late_s),
            "agents who are all alike, present and punctual",
        ),
        (promises_missed(scenario), "a promised share missed (targets.max_missed)"),
        (is_drawn(scenario), "demand that is drawn (no exact arrival times)"),
    ]
    return next((need for is_there, need in needs if not is_there), None)
