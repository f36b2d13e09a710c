"""Which centre does a request make? A week of chats, the teams that answer them, and their staffing.

A team's staffing goes by its load, agents who would always hold as many chats as they may, and a spare that
grows with the root of it; all of it is scaled by one number until the promise is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.scenario.hours import OpeningHours, Weekday
from sim.scenario.rfp import CHATS, Group, Language, Rfp, Speakers, mix
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S, HOUR_S, clock_text, end_text
from sim.studies.rfp.open import MISSED
from sim.studies.rfp.times import times_of
from sim.theory.applies import handling_s

MONTHS_A_YEAR, DAYS_A_YEAR = 12, 365.25
AGENT_CV, CUSTOMER_CV, WORK_CV, PATIENCE_CV = 0.9, 1.2, 0.9, 1.1
"""Spreads as assumed of averages."""
GOLDEN = (5**0.5 - 1) / 2
_DIGITS = 4


def chats_a_month(rfp: Rfp) -> float:
    """Chats offered in a mean month of the contract's first year, of a completed request."""
    said = rfp.volume
    times = (1 + (said.growth or 0.0)) / (1 - MISSED * (said.counted == "handled"))
    return times * sum(said.per_month) / len(said.per_month)


def chats_a_week(rfp: Rfp) -> float:
    """The same in a mean week."""
    return chats_a_month(rfp) * MONTHS_A_YEAR * 7 / DAYS_A_YEAR


def open_share(hours: OpeningHours | str, grid_min: int) -> Floats:
    """Share of each part of the week in which it is open, Monday first, shape (7, parts of a day)."""
    minutes = np.zeros(7 * 1440)
    for day in range(7):
        span = (0.0, float(DAY_S)) if isinstance(hours, str) else _usual(hours, list(Weekday)[day])
        if span is not None:
            begin, until = (round(each / 60) for each in span)
            minutes[(day * 1440 + np.arange(begin, until)) % len(minutes)] = 1.0
    return np.asarray(minutes.reshape(7, -1, grid_min).mean(axis=2))


def _usual(hours: OpeningHours, weekday: Weekday) -> tuple[float, float] | None:
    """Hours of a weekday, without those of single dates."""
    monday = dt.date(1900, 1, 1)
    day = monday + dt.timedelta(days=list(Weekday).index(weekday))
    return hours.model_copy(update={"dates": {}}).on(day) if hours.dates else hours.on(day)


@dataclass(frozen=True)
class Centre:
    """The centre of a completed request."""

    rfp: Rfp

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """Its languages; one without a name, where the request has none."""
        return self.rfp.languages or (Language(name=CHATS, share=1.0),)

    @cached_property
    def teams(self) -> tuple[Speakers, ...]:
        """Its teams."""
        return self.rfp.speakers

    @cached_property
    def groups(self) -> list[Group]:
        """Its groups."""
        return self.rfp.groups

    @cached_property
    def per_hour(self) -> Floats:
        """Chats offered an hour, of all languages, shape (7, 24)."""
        said, hours = self.rfp.volume, self.rfp.hours
        assert said.by_hour is not None
        assert said.by_weekday is not None
        assert hours is not None
        share = open_share(hours, 60)
        weights = share * np.array(said.by_hour)
        days = weights.sum(axis=1, keepdims=True)
        weights = np.divide(weights, days, out=np.zeros_like(weights), where=days > 0)
        weights *= np.array(said.by_weekday)[:, None]
        # A rate is of an open hour: of one that is half closed half of it comes.
        rates = np.divide(weights, share, out=np.zeros_like(weights), where=share > 0)
        return np.asarray(rates * chats_a_week(self.rfp) / max(weights.sum(), 1e-300))

    @cached_property
    def grid_min(self) -> int:
        """Minutes for which staffing stays the same: an hour, or less where it opens within one."""
        hours = self.rfp.hours
        assert hours is not None
        return next(
            (grid for grid in (60, 30) if set(np.unique(open_share(hours, grid))) <= {0.0, 1.0}),
            15,
        )

    @cached_property
    def load(self) -> Floats:
        """Agents of each team who hold as many chats as they may, all the time, shape (n_teams, cells)."""
        is_open = open_share(self.rfp.hours or "always", self.grid_min).ravel() > 0
        rates = np.repeat(self.per_hour, 60 // self.grid_min, axis=1).ravel() / HOUR_S * is_open
        base = self.scenario
        load = np.zeros((len(self.teams), len(rates)))
        for language, queue in zip(self.languages, base.queues, strict=True):
            speak = [t for t, team in enumerate(self.teams) if language.name in team.languages]
            weight = sum(self.teams[t].share for t in speak)
            for t in speak:
                own = [g for g in range(len(self.groups)) if self.groups[g].team == t]
                capacity = 0.0
                for g in own:
                    aht_s = handling_s(queue.service, base.groups[g])
                    capacity += self.groups[g].share * len(aht_s) / float(aht_s[-1])
                load[t] += rates * language.share * self.teams[t].share / weight / capacity
        return load

    def parts(self, scale: float) -> Floats:
        """Agents of each team in each cell of the week, not whole numbers: at least 1 where chats come."""
        return np.where(self.load > 0, np.maximum(scale * (self.load + np.sqrt(self.load)), 1.0), 0.0)

    def levels(self, scale: float, offset: float = 0.5) -> Ints:
        """Agents of each group in each cell of the week, shape (n_groups, cells).

        Parts of agents are rounded by an *offset* that differs from cell to cell: over offsets from 0 to 1
        the mean is what it was. 0.5 rounds them as usual, in all cells.
        """
        parts = self.parts(scale)
        cells = np.arange(parts.shape[1])
        shift = 0.5 if offset == 0.5 else (offset + GOLDEN * cells) % 1.0
        whole = np.floor(parts + shift * (parts > 0)).astype(np.int64)
        levels = np.zeros((len(self.groups), len(cells)), dtype=np.int64)
        for t in range(len(self.teams)):
            own = [g for g in range(len(self.groups)) if self.groups[g].team == t]
            begin, until = np.zeros(len(cells), dtype=np.int64), 0.0
            for g in own:
                until += self.groups[g].share
                end = np.floor(whole[t] * until + 0.5 + 1e-9).astype(np.int64)
                levels[g], begin = end - begin, end
        return levels

    def staffed(self, levels: Ints) -> Scenario:
        """Give the scenario with so many agents. A group that nobody is in stays: all have the same ones."""
        nobody = {Weekday.MON.value: (0,) * (levels.shape[1] // 7)}
        groups = tuple(
            group.model_copy(update={"agents": None, "staffing_by_day": by_day(level) or nobody})
            for group, level in zip(self.scenario.groups, levels, strict=True)
        )
        return self.scenario.model_copy(update={"groups": groups})

    @cached_property
    def scenario(self) -> Scenario:
        """Its week, with an agent of each group round the clock."""
        data = self.data()
        for group in data["groups"]:
            group["agents"] = 1
        return Scenario.model_validate(data)

    def data(self) -> dict[str, Any]:
        """The same as it is written in a file, without staffing."""
        rfp = self.rfp
        assert rfp.targets is not None
        assert rfp.hours is not None
        data: dict[str, Any] = {"name": rfp.name, "start": rfp.start, "days": 7}
        if rfp.zone is not None:
            data["zone"] = rfp.zone
        data |= {"interval_min": min(self.grid_min, 30), "fte_hours_per_week": rfp.fte_hours_per_week}
        if isinstance(rfp.hours, OpeningHours):
            data["hours"] = _hours(rfp.hours)
        targets = rfp.targets.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        data["targets"] = {"threshold_s": rfp.targets.threshold_s} | targets
        data["queues"] = [self._queue(language) for language in self.languages]
        data["groups"] = [self._group(group) for group in self.groups]
        return data

    def _queue(self, language: Language) -> dict[str, Any]:
        service = self.rfp.service
        rates = [_short(each) for each in (self.per_hour * language.share).ravel().tolist()]
        return {
            "name": language.name,
            "arrivals": {"per_hour": rates, "busyness_cv": self.rfp.volume.busyness_cv},
            "patience": {"law": "lognormal", "mean_s": service.patience_s, "cv": PATIENCE_CV},
            "service": self._by_work(language) if service.kind == "work" else self._by_turns(language),
        }

    def _by_turns(self, language: Language) -> dict[str, Any]:
        said, times = self.rfp.service, times_of(self.rfp.service, language.aht_factor)
        assert said.turns is not None
        assert said.wrap_up_s is not None
        service = {
            "turns": {"law": "geometric", "mean": said.turns},
            "agent_s": {"law": "lognormal", "mean_s": _short(times.agent_s), "cv": AGENT_CV},
            "customer_s": {"law": "lognormal", "mean_s": _short(times.customer_s), "cv": CUSTOMER_CV},
        }
        if said.wrap_up_s > 0:
            mean_s = _short(said.wrap_up_s * language.aht_factor)
            service["wrap_up_s"] = {"law": "exponential", "mean_s": mean_s}
        return service

    def _by_work(self, language: Language) -> dict[str, Any]:
        """Handling times with 1, 2, … chats open, so that it is the request's with as many as were held."""
        said = self.rfp.service
        assert said.slowdown is not None
        assert said.held is not None
        assert said.concurrency is not None
        alone_s = said.undivided_s * language.aht_factor / (1 + said.slowdown * (said.held - 1))
        most = max(slots for slots, _ in mix(said.concurrency))
        times = [_short(alone_s * (1 + said.slowdown * k)) for k in range(most)]
        work = {"law": "lognormal", "mean_s": times[0], "cv": WORK_CV}
        return {"work_s": work} if most == 1 else {"work_s": work, "aht_s": times}

    def _group(self, group: Group) -> dict[str, Any]:
        found: dict[str, Any] = {
            "name": group.name, "queues": list(self.teams[group.team].languages), "concurrency": group.slots,
        }  # fmt: skip
        if self.rfp.service.switching:
            found["switching"] = self.rfp.service.switching
        return found | {"shrinkage": dict(self.rfp.shrinkage or {})}


def by_day(level: Ints) -> dict[str, tuple[int, ...]]:
    """Staffing of each weekday, of a level for each cell of the week; days without anybody are left out."""
    rows: Sequence[list[int]] = level.reshape(7, -1).tolist()
    return {day.value: tuple(row) for day, row in zip(Weekday, rows, strict=True) if any(row)}


def _hours(hours: OpeningHours) -> dict[str, Any]:
    """Opening hours as they are written in a file."""

    def said(open_s: float, close_s: float) -> dict[str, str]:
        return {"open": clock_text(open_s), "close": end_text(close_s)}

    found: dict[str, Any] = {}
    if hours.open is not None and hours.close is not None:
        found |= said(hours.open, hours.close)
    days = {day.value: hours.of_weekday(day) for day in Weekday} | {
        each.isoformat(): opening for each, opening in hours.dates.items()
    }
    named = {
        day: opening if isinstance(opening, str) else said(opening.open, opening.close)
        for day, opening in days.items()
        if opening is not None
    }
    found |= {day: opening for day, opening in named.items() if len(day) == len("mon")}
    dates = {day: opening for day, opening in named.items() if day not in found}
    return found | ({"dates": dates} if dates else {})


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
