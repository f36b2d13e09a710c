"""Which scenario fits a log? Everything learnt from it, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import StudyError
from sim.importers.folder import Recorded
from sim.rules import Outcome
from sim.scenario.scenario import Scenario
from sim.scenario.units import FROM_FILE, plural
from sim.studies.fitted.again import Chains, chains_of
from sim.studies.fitted.demand import volumes_of
from sim.studies.fitted.known import Known
from sim.studies.fitted.laws import Number
from sim.studies.fitted.queue import QueueFit, queue_of
from sim.studies.fitted.scenario import written
from sim.studies.fitted.seen import Seen, look_at
from sim.studies.fitted.talk import Slower, slower_by_held, switching_of
from sim.studies.fitted.team import Team, teams_of
from sim.studies.volumes.study import Volumes

LEAST_CHATS = 30
"""Chats without which nothing is fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A scenario with all that it was learnt from."""

    seen: Seen
    volumes: Volumes
    chains: Chains
    queues: tuple[QueueFit, ...]
    teams: tuple[Team, ...]
    switching: Number | None
    """By how much longer a reply takes with more than one chat held; None where nobody knows."""
    turns_held: tuple[int, int]
    """Turns with one chat held, and with more."""
    slower: tuple[Slower, ...]
    data: Mapping[str, Any]
    """The scenario as a file has it."""
    scenario: Scenario
    known: tuple[Known, ...]
    """How each of its numbers is known."""

    @property
    def name(self) -> str:
        """Of the log."""
        return self.seen.chats.centre.name


def fit(log: Recorded, *, interval_min: int = 30, without: frozenset[dt.date] = frozenset()) -> Fitted:
    """Learn a scenario of a week from an imported *log*.

    Parameters
    ----------
    interval_min
        Planning interval: 15, 30 or 60 minutes.
    without
        Days that were not usual: they count in everything but arrivals.

    Raises
    ------
    StudyError
        If the log has too few chats, or the interval is another one.
    """
    if interval_min not in {15, 30, 60}:
        raise StudyError(f"interval_min: must be 15, 30 or 60, is {interval_min}")
    seen = look_at(log, interval_min)
    offered = int((seen.chats.chat.outcome != Outcome.OFFLINE).sum())
    if offered < LEAST_CHATS:
        raise StudyError(
            f"{log.name}: has {plural(offered, 'chat')} that came while the centre was open, and a scenario "
            f"takes {LEAST_CHATS} at least"
        )
    chains = chains_of(seen)
    volumes = volumes_of(seen, chains.first, without)
    switching, *held = switching_of(seen)
    factor = used_switching(switching)
    queues = tuple(
        queue_of(seen, q, of, chains, factor, alone=len(volumes.queues) == 1)
        for q, of in enumerate(volumes.queues)
    )
    teams = tuple(teams_of(seen))
    data, known = written(seen, volumes, queues, teams, switching, factor)
    return Fitted(
        seen,
        volumes,
        chains,
        queues,
        teams,
        switching,
        (held[0], held[1]),
        tuple(slower_by_held(seen)),
        data,
        Scenario.model_validate(data, context=FROM_FILE),
        tuple(known),
    )


def used_switching(switching: Number | None) -> float:
    """What the scenario takes: none where it is not known, or may be none."""
    if switching is None or switching.low is None or switching.low <= 0:
        return 0.0
    return switching.value
