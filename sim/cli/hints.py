"""What may one try after a run? One line, by what came of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.kpis.targets import Verdict
    from sim.scenario.scenario import Scenario
    from sim.scenario.team import Group

MORE = 4
"""So many times the replications halve an interval."""


def after_run(path: Path, centre: Scenario, promise: Sequence[Verdict], replications: int, width: int) -> str:
    """Command that answers the next question, and the question if both fit into a *width*."""
    command, question = _next(shlex.quote(str(path)), centre, promise, replications)
    whole = f"Next: {command}   ({question})"
    return whole if len(whole) <= width else f"Next: {command}"


def _next(file: str, centre: Scenario, promise: Sequence[Verdict], replications: int) -> tuple[str, str]:
    known = [verdict for verdict in promise if verdict.met is not None]
    if not known:
        return f"sim run {file} --by interval", "when does it go wrong?"
    if not all(verdict.met for verdict in known):
        from sim.studies.staffing.promise import why_not  # noqa: PLC0415  only after a run that missed

        if any(why_not(verdict.bound) for verdict in promise):
            return f"sim run {file} --by interval", "when does it go wrong?"
        return f"sim staff {file}", "how few agents keep the promise?"
    if not all(verdict.sure for verdict in known):
        return f"sim run {file} -n {MORE * replications}", "is that sure?"
    most = max(range(len(centre.groups)), key=lambda g: centre.groups[g].n_agents)
    n, least = centre.groups[most].n_agents, _least(centre.groups[most])
    agents = f"groups.{most}.agents={max(least, n - 3)}:{n + 3}"
    return f"sim sweep {file} --vary {agents}", "what would fewer or more agents do?"


def _least(group: Group) -> int:
    """Fewest agents that the group's laws allow."""
    return max(1, group.ramp.new_hires if group.ramp else 0, sum(level.agents for level in group.seniority))
