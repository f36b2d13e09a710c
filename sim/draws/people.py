"""Who are the agents? Their speeds, absences and late log-ins, drawn for each replication (R30 to R32)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Flags, Floats
from sim.draws.streams import Stream, Streams
from sim.scenario.duty import People, any_on_eve
from sim.scenario.scenario import Scenario
from sim.scenario.team import Group

SLOWEST = 0.05
"""No agent is slower than this."""
NOBODY: Flags = np.zeros(0, dtype=np.bool_)
ON_TIME: Floats = np.zeros(0)


def people(scenario: Scenario, streams: Streams) -> Sequence[People | None]:
    """Agents of each replication; None where all are alike, present and punctual.

    A group's agents stand in order of number, so agent k is the same person when the team grows.
    """
    groups = scenario.groups
    if not any(group.speed or group.absence or group.late_s for group in groups):
        return [None] * len(streams)
    drawn = [_group(scenario, g, group, streams) for g, group in enumerate(groups)]
    eves = [_eve(g, group, streams) for g, group in enumerate(groups)] if any_on_eve(scenario) else []
    return [
        People(
            speed=np.concatenate([speed[r] for speed, _, _ in drawn]),
            absent=np.concatenate([absent[r] for _, absent, _ in drawn]),
            late_s=np.concatenate([late_s[r] for _, _, late_s in drawn]),
            absent_on_eve=np.concatenate([NOBODY, *(absent[r] for absent, _ in eves)]),
            late_on_eve_s=np.concatenate([ON_TIME, *(late_s[r] for _, late_s in eves)]),
        )
        for r in range(len(streams))
    ]


def people_of(scenario: Scenario, seed: int, replications: Sequence[int]) -> Sequence[People | None]:
    """Agents of some *replications* of a *seed*, without their customers."""
    return people(scenario, Streams(seed, replications))


def _group(scenario: Scenario, g: int, group: Group, streams: Streams) -> tuple[Floats, Flags, Floats]:
    """Speeds, absences and delays of a group: shapes (n_replications, n_agents) and (…, n_agents, days)."""
    n, agents, days = len(streams), group.n_agents, scenario.days

    def uniforms(stream: Stream, size: int) -> Floats:
        return streams.uniforms(g, stream, np.arange(n + 1) * size)

    speed, late_s = np.ones((n, agents)), np.zeros((n, agents, days))
    absent = np.zeros((n, agents, days), dtype=np.bool_)
    if group.speed is not None:
        u = uniforms(Stream.SPEED, agents)
        speed = np.maximum(group.speed.sample(u), SLOWEST).reshape(speed.shape)
    if group.absence:
        absent = (uniforms(Stream.ABSENCE, agents * days) < group.absence).reshape(absent.shape)
    if group.late_s is not None:
        late_s = group.late_s.sample(uniforms(Stream.LATE, agents * days)).reshape(late_s.shape)
    return speed, absent, late_s


def _eve(g: int, group: Group, streams: Streams) -> tuple[Flags, Floats]:
    """Absences and delays of a group on the eve of the first day, shape (n_replications, n_agents) each."""
    shape = len(streams), group.n_agents
    ends = np.arange(shape[0] + 1) * shape[1]
    absent, late_s = np.zeros(shape, dtype=np.bool_), np.zeros(shape)
    if group.absence:
        absent = (streams.uniforms(g, Stream.ABSENCE_ON_EVE, ends) < group.absence).reshape(shape)
    if group.late_s is not None:
        late_s = group.late_s.sample(streams.uniforms(g, Stream.LATE_ON_EVE, ends)).reshape(shape)
    return absent, late_s
