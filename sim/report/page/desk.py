"""What stands in the page? The scenario, its teams of other sizes and who is expected, beside the script.

The page simulates with the browser's engine (`sim.engines.browser`): it asks nothing of a network, which its
policy forbids.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.draws.people import people_of
from sim.engines.browser import demand_of, plan_of, team_of
from sim.errors import SimError
from sim.kpis.intervals import t_quantile
from sim.kpis.targets import bounds, named
from sim.report.page.bundle import bundled
from sim.report.page.challenge import challenge_of
from sim.report.page.lessons import FEWER, MORE, check_lesson, lessons_of
from sim.runs.executor import Progress
from sim.scenario.demand import ByTurns
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S
from sim.scenario.vary import vary

_CSS_SPACE = re.compile(r"\s*([{};,])\s*")
"""Means nothing; no text of the style has such signs."""
HERE = Path(str(files("sim.report.page")))
FIGURES = ("missed_rate", "service_level", "asa_s", "response_s", "attention")
"""Figures that the page shows; it judges promises of these."""
N_DAYS = 20


def desk_page(
    scenario: Scenario,
    *,
    seed: int = 1,
    days: int = N_DAYS,
    lesson: str | None = None,
    challenge: bool = False,
    progress: Progress | None = None,
) -> str:
    """Write the live page of a *scenario*: HTML that simulates so many *days* whenever a slider moves.

    It begins with a *lesson*, if one is named (`sim.report.page.lessons.LESSONS`), and has a *challenge* if
    asked, for which a staffing is searched first.

    Raises
    ------
    SimError
        If the browser's engine lacks a rule that the scenario uses, days are fewer than three, or the
        scenario can't show the lesson or the challenge.
    """
    if days < 3:
        raise SimError(f"days: must be 3 or more, or nothing has an interval, got {days}")
    if lesson is not None:
        check_lesson(scenario, lesson)
    rivals = challenge_of(scenario, seed, progress) if challenge else None
    data = json.dumps(
        {**desk_data(scenario, seed, days), "lesson": lesson, "challenge": rivals},
        separators=(",", ":"),
        ensure_ascii=False,
    )
    script = bundled(HERE / "main.js")
    style = _CSS_SPACE.sub(r"\1", (HERE / "desk.css").read_text(encoding="utf-8"))
    # A script can't close its own element, whatever a queue is called; JSON has other ways to write "<".
    parts = {
        "policy": f"default-src 'none'; script-src {_hashed(script)}; style-src {_hashed(style)}",
        "title": escape(scenario.name),
        "style": style,
        "data": data.replace("<", "\\u003c"),
        "script": script,
    }
    page = (HERE / "desk.html").read_text(encoding="utf-8")
    before, *rest = page.split("@")
    assert rest[::2] == list(parts), "the page's places are those that are filled"
    return before + "".join(parts[name] + text for name, text in zip(rest[::2], rest[1::2], strict=True))


def _hashed(text: str) -> str:
    """What a policy calls a script or a style that stands in the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def desk_data(scenario: Scenario, seed: int, days: int) -> dict[str, Any]:
    """All that the page knows of a *scenario* (`Desk` in `model.js`)."""
    opens_s, closes_s = _first_day(scenario)
    shown, unshown = _promises(scenario)
    service = scenario.queues[0].service
    patience = scenario.queues[0].patience
    return {
        "name": scenario.name,
        "seed": seed,
        "n_days": days,
        "t": float(t_quantile(days)),
        "days": scenario.days,
        "interval_s": scenario.interval_s,
        "plan": plan_of(scenario),
        "demand": demand_of(scenario),
        "rules": {
            "warm_up_s": scenario.warm_up_s,
            "horizon_s": scenario.horizon_s,
            "threshold_s": list(scenario.thresholds_s),
            "short_s": list(scenario.short_abandons_s),
        },
        "groups": [_group(scenario, g, seed, days) for g in range(len(scenario.groups))],
        "promises": shown,
        "unshown": unshown,
        "ordinary": scenario.stress is not None and not scenario.stress.in_force,
        "patience_s": _finite(patience.mean) if patience else 0.0,
        "reply_s": service.agent_s.mean if isinstance(service, ByTurns) else 0.0,
        "slots": scenario.groups[0].most_slots if all(queue.by_turns for queue in scenario.queues) else 0,
        "opens_s": opens_s,
        "closes_s": closes_s,
        "lessons": lessons_of(scenario),
        "lesson": None,
        "challenge": None,
    }


def _group(scenario: Scenario, g: int, seed: int, days: int) -> dict[str, Any]:
    """A group with its duty at each number of agents that the slider reaches."""
    usual = scenario.groups[g].n_agents
    counts = list(range(max(min(1, usual), usual - FEWER), usual + MORE + 1))
    teams = {}
    for n in counts:
        other = scenario if n == usual else vary(scenario, {f"groups.{g}.agents": n})
        teams[str(n)] = _teams(other, g, seed, days)
    return {"name": scenario.groups[g].name, "agents": usual, "counts": counts, "teams": teams}


def _teams(scenario: Scenario, g: int, seed: int, days: int) -> list[dict[str, Any]]:
    """Duty of a group on each day; one for all where its agents are alike, present and punctual."""
    group = scenario.groups[g]
    if not (group.speed or group.absence or group.late_s):
        return [team_of(scenario, None, only=g)]
    return [team_of(scenario, each, only=g) for each in people_of(scenario, seed, range(days))]


def _promises(scenario: Scenario) -> tuple[list[dict[str, Any]], list[str]]:
    """Promises of the centre that the page judges, and what others are called."""
    shown, unshown = [], []
    for bound in bounds(scenario):
        if bound.where is None and bound.kpi in FIGURES and bound.within is None:
            shown.append({"name": bound.kpi, "at_most": bound.side == "at most", "value": bound.value})
        else:
            unshown.append(named(bound, scenario))
    return shown, unshown


def _first_day(scenario: Scenario) -> tuple[float, float]:
    """From and until when the living team is shown: while the centre is open, on the first day that it is."""
    open_s, close_s = next(iter(scenario.opening_spans), (0.0, float(DAY_S)))
    return open_s, min(close_s, open_s + DAY_S, scenario.horizon_s)


def _finite(mean_s: float) -> float:
    return mean_s if mean_s < float("inf") else 0.0
