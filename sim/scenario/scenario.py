"""What is the centre, and what is asked of it? The record of a scenario, and the laws between its parts.

A scenario is frozen and valid from birth: whoever holds one need not check it again. Units are in the
names. Clock times are seconds since midnight once they are read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from sim.errors import ThresholdError
from sim.rules import Policy
from sim.scenario.bid import Bid
from sim.scenario.bid_clauses import Clause
from sim.scenario.bid_cost import Wage
from sim.scenario.bid_laws import BidParts, bid_laws
from sim.scenario.bid_price import Price
from sim.scenario.capacity import Capacity
from sim.scenario.clock_laws import clock_laws
from sim.scenario.dates import date_laws
from sim.scenario.demand import RATE_COUNTS, ByWork, Queue
from sim.scenario.hours import Calendar, Holidays, OpeningHours, Span, joined
from sim.scenario.incidents import AgentsOut, Burst, Incident
from sim.scenario.local_time import Cells, LocalTime, cells
from sim.scenario.people import Person, RosterRules, people_laws
from sim.scenario.platform import Platform
from sim.scenario.quality import Quality
from sim.scenario.record import BrokenLaw, Record, law_broken, repeated
from sim.scenario.stress import Stage, Stress
from sim.scenario.targets import Targets
from sim.scenario.team import Group
from sim.scenario.thresholds import read_threshold
from sim.scenario.units import (
    HOUR_S,
    Day,
    Days,
    Hours,
    Moment,
    Name,
    PositiveCount,
    Zone,
    plural,
)
from sim.scenario.words import Place, Words, did_you_mean

ContractHours = Annotated[float, Field(gt=0, le=168, allow_inf_nan=False, strict=True)]
"""Hours of a week that somebody is paid for."""
MOST_TIMES_SHOWN = 10
"""A list of handling times is proposed if it has no more of them."""


class Routing(Record):
    """Which agent takes an arriving chat."""

    policy: Policy = Policy.LEAST_LOADED


class Scenario(Record):
    """A contact centre, its customers and its promise."""

    name: Name = "A live-chat centre"
    start: Day = dt.date(2026, 3, 2)
    """First day, local time; the default is a Monday."""
    days: Days = 1
    zone: Zone | None = Field(default=None, examples=["Europe/Berlin"])
    """Time zone, whose clocks change on some days. Omitted: clocks that never change."""
    interval_min: PositiveCount = 30
    """Planning interval; divides the day."""
    warm_up_h: Hours = 0.0
    """Chats that arrive earlier are simulated, not measured."""
    hours: OpeningHours | None = None
    """Opening hours; omitted: round the clock."""
    holidays: Holidays | None = None
    """Public holidays; omitted: days like others."""
    fte_hours_per_week: ContractHours = 40.0
    """Paid hours of a full-time agent's week, by contract: what makes hours into people."""
    targets: Targets = Targets()
    queues: tuple[Queue, ...] = Field(min_length=1, max_length=1_000)
    groups: tuple[Group, ...] = Field(min_length=1, max_length=1_000)
    routing: Routing = Routing()
    platform: Platform = Platform()
    """Delays of the chat platform itself. Omitted: none."""
    quality: Quality | None = None
    """What customers think of it: a stated model. Omitted: no figures of satisfaction."""
    stress: Stress | None = None
    """What goes wrong when `sim stress` puts it under stress. Omitted: nothing."""
    capacity: Capacity | None = None
    """People, growth and hiring over months, which `sim capacity` plans with. Omitted: no plan."""
    people: tuple[Person, ...] = Field(default=(), max_length=10_000)
    """Who is rostered by `sim roster --weeks`. Omitted: nobody by name."""
    roster: RosterRules | None = None
    """What a roster of weeks must keep. Omitted: contracts and availability alone."""
    bid: Bid | None = None
    """Cost, prices and clauses of an offer, which `sim bid` judges. Omitted: none."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(laws_between(Parts.of(self.__dict__)))
        if broken:
            raise law_broken(*broken)
        return self

    def __repr__(self) -> str:
        parts = (self.days, "day"), (len(self.queues), "queue"), (self.n_agents, "agent")
        return f"<Scenario {self.name!r}: {', '.join(plural(n, word) for n, word in parts)}>"

    __str__ = __repr__

    @property
    def horizon_s(self) -> float:
        """The last midnight: nobody arrives from then on (R1)."""
        return self.calendar.horizon_s

    @property
    def closes(self) -> bool:
        """Whether the centre is closed at any time (R12)."""
        return self.opening_spans != [(0.0, float("inf"))]

    @property
    def opening_spans(self) -> list[Span]:
        """From and until when it is open, in seconds (R2); (0, infinite) where the centre never closes."""
        if self.hours is None and self.holidays is None:
            return [(0.0, float("inf"))]
        spans = joined(list(self.calendar.openings()))
        never_closes = len(spans) == 1 and spans[0][0] == 0 and spans[0][1] >= self.horizon_s
        return [(0.0, float("inf"))] if never_closes else spans

    @property
    def calendar(self) -> Calendar:
        """What is said of the scenario's days."""
        return Calendar(self.start, self.days, self.hours, self.holidays, self.zone)

    @property
    def local(self) -> LocalTime:
        """Its clocks."""
        return self.calendar.local

    @property
    def cells(self) -> Cells:
        """Planning intervals of all days."""
        return cells(self.calendar.local, self.days, self.interval_s)

    @property
    def interval_s(self) -> float:
        """Length of the planning interval."""
        return self.interval_min * 60.0

    @property
    def intervals_per_day(self) -> int:
        """Planning intervals in a day; see `Cells` for days on which clocks change."""
        return 24 * 60 // self.interval_min if self.zone is None else self.cells.per_day

    @property
    def warm_up_s(self) -> float:
        """Chats that arrive before this are not measured."""
        return self.warm_up_h * 3600.0

    @property
    def thresholds_s(self) -> tuple[float, ...]:
        """Acceptable wait in each queue: the threshold of its service levels."""
        own = (queue.targets.threshold_s for queue in self.queues)
        return tuple(self.targets.threshold_s if mine is None else mine for mine in own)

    @property
    def short_abandons_s(self) -> tuple[float, ...]:
        """Who gives up so soon in each queue is not counted by its service level."""
        both = ((queue.targets.short_abandon_s, self.targets.short_abandon_s) for queue in self.queues)
        said = (centre if own is None else own for own, centre in both)
        return tuple(t if mine is None else mine for t, mine in zip(self.thresholds_s, said, strict=True))

    @property
    def n_agents(self) -> int:
        """Agents in all groups."""
        return sum(group.n_agents for group in self.groups)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What goes wrong in a run: nothing, unless the scenario is under stress (`under_stress`)."""
        return self.stress.incidents if self.stress is not None and self.stress.in_force else ()


def under_stress(scenario: Scenario) -> Scenario:
    """Give a *scenario* whose incidents happen."""
    if scenario.stress is None or scenario.stress.in_force:
        return scenario
    return scenario.model_copy(update={"stress": scenario.stress.model_copy(update={"in_force": True})})


@dataclass(frozen=True, slots=True, eq=False)
class Same:
    """A scenario told apart by identity: to hash a record is to hash all that it holds."""

    scenario: Scenario

    def __hash__(self) -> int:
        return id(self.scenario)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.scenario is self.scenario


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a scenario that are valid by themselves; None for one that is not."""

    queues: list[Queue | None]
    groups: list[Group | None]
    names: dict[str, list[str | None]]
    """Names of the "queues" and of the "groups", also of those that are broken elsewhere."""
    skills: list[tuple[str, ...]]
    """Queues that each group serves, as far as they can be read."""
    interval_min: int | None
    days: int | None
    start: dt.date | None
    zone: str | None
    warm_up_h: float | None
    hours: OpeningHours | None
    holidays: Holidays | None
    has_zone: bool
    """Whether there is a zone, valid or not."""
    has_hours: bool
    """Whether there are opening hours or holidays, valid or not."""
    has_quality: bool
    """Whether there is a table of quality, valid or not."""
    platform: Platform | None
    incidents: list[Incident | None]
    stages: list[Stage | None]
    stress_start: dt.datetime | None
    """When the first stage begins, where it is said."""
    fail_if: list[str | None]
    people: list[Person | None]
    roster: RosterRules | None
    bid: BidParts

    @classmethod
    def of(cls, data: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> Parts:
        """The valid parts of a scenario's raw *data*; *context* is that of the validation."""
        return cls(
            queues=[_valid(Queue, queue, context) for queue in _items(data.get("queues"))],
            groups=[_valid(Group, group, context) for group in _items(data.get("groups"))],
            names={
                kind: [_valid(Name, _field(record, "name")) for record in _items(data.get(kind))]
                for kind in ("queues", "groups")
            },
            skills=[
                _valid(tuple[Name, ...], _field(record, "queues")) or ()
                for record in _items(data.get("groups"))
            ],
            interval_min=_valid(PositiveCount, data.get("interval_min", 30)),
            days=_valid(Days, data.get("days", 1)),
            start=_valid(Day, data.get("start", Scenario.model_fields["start"].default)),
            zone=_valid(Zone, data.get("zone")),
            warm_up_h=_valid(Hours, data.get("warm_up_h", 0.0)),
            hours=_valid(OpeningHours, data.get("hours"), context),
            holidays=_valid(Holidays, data.get("holidays"), context),
            has_zone=data.get("zone") is not None,
            has_hours=any(data.get(name) is not None for name in ("hours", "holidays")),
            has_quality=data.get("quality") is not None,
            platform=_valid(Platform, data.get("platform", {}), context),
            incidents=[
                _valid(Incident, incident, context)
                for incident in _items(_field(data.get("stress"), "incidents"))
            ],
            stages=[_valid(Stage, stage) for stage in _items(_field(data.get("stress"), "stages"))],
            stress_start=_valid(Moment, _field(data.get("stress"), "start")),
            fail_if=[_valid(str, text) for text in _items(_field(data.get("stress"), "fail_if"))],
            people=[_valid(Person, person, context) for person in _items(data.get("people"))],
            roster=_valid(RosterRules, data.get("roster"), context),
            bid=_bid_parts(data.get("bid"), context),
        )

    @property
    def calendar(self) -> Calendar | None:
        """What is said of the days, as far as it is valid; None if it is not known which they are."""
        if self.days is None or self.start is None:
            return None
        return Calendar(self.start, self.days, self.hours, self.holidays, self.zone)

    def known(self, kind: str) -> list[str] | None:
        """Names of all "queues" or "groups", or None if there are none or one of them can't be read."""
        names = [name for name in self.names[kind] if name is not None]
        return names if names and len(names) == len(self.names[kind]) else None


def laws_between(parts: Parts) -> Iterator[BrokenLaw]:
    """Broken laws that concern more than one record, as far as the valid *parts* show them."""
    yield from _calendar_laws(parts)
    if parts.calendar is not None:
        yield from date_laws(parts.calendar, parts.queues, parts.groups)
        if parts.zone is not None or not parts.has_zone:
            yield from clock_laws(
                parts.calendar, parts.interval_min, parts.queues, parts.groups, _moments(parts)
            )
    yield from _forecast_laws(parts)
    yield from _name_laws(parts, "queues")
    yield from _name_laws(parts, "groups")
    yield from _skill_laws(parts)
    yield from _preference_laws(parts)
    yield from _model_laws(parts)
    yield from _staffing_laws(parts)
    yield from _late_laws(parts)
    yield from _quality_laws(parts)
    yield from _platform_laws(parts)
    yield from _incident_laws(parts)
    yield from _stage_laws(parts)
    yield from _threshold_laws(parts)
    yield from people_laws(parts.people, parts.roster, parts.known("groups"))
    yield from _bid_laws(parts)


def _calendar_laws(parts: Parts) -> Iterator[BrokenLaw]:
    if parts.interval_min is not None and 24 * 60 % parts.interval_min:
        yield ("interval_min",), "the planning interval must divide the day", parts.interval_min
    if parts.calendar is None:
        return
    horizon_s = parts.calendar.horizon_s
    if parts.warm_up_h is not None and parts.warm_up_h * HOUR_S >= horizon_s:
        law = f"the warm-up must end before the last day does, at {horizon_s / HOUR_S:g} h"
        yield ("warm_up_h",), law, parts.warm_up_h
    for q, queue in enumerate(parts.queues):
        if queue is None:
            continue
        for k, spike in enumerate(queue.arrivals.spikes):
            start_s, end_s = spike.span_s(parts.calendar.local_of(queue.arrivals.zone))
            if start_s >= horizon_s or end_s <= 0:
                yield (
                    ("queues", q, "arrivals", "spikes", k),
                    "a spike must touch the scenario's days",
                    Words(str(spike.start)),
                )
        if any(time_s >= horizon_s for time_s in queue.arrivals.times_s or ()):
            law = f"arrivals must lie before the horizon, {horizon_s:.0f} s"
            yield ("queues", q, "arrivals", "times_s"), law, max(queue.arrivals.times_s or ())


def _forecast_laws(parts: Parts) -> Iterator[BrokenLaw]:
    if parts.calendar is None or parts.interval_min is None or 24 * 60 % parts.interval_min:
        return
    n = round(parts.calendar.horizon_s / 60 / parts.interval_min)
    for q, queue in enumerate(parts.queues):
        per_interval = queue.arrivals.per_interval if queue else None
        if per_interval is not None and len(per_interval) != n:
            law = f"needs a number for each of the scenario's {n} planning intervals"
            yield ("queues", q, "arrivals", "per_interval"), law, Words(f"{len(per_interval)} numbers")


def _name_laws(parts: Parts, kind: str) -> Iterator[BrokenLaw]:
    seen = set[str]()
    for k, name in enumerate(parts.names[kind]):
        if name is not None and name in seen:
            yield (kind, k, "name"), f"names of {kind} must differ", name
        seen.add(name or "")


def _skill_laws(parts: Parts) -> Iterator[BrokenLaw]:
    queues = parts.known("queues")
    if queues is not None:
        for g, skills in enumerate(parts.skills):
            for k, name in enumerate(skills):
                if name not in queues:
                    yield (
                        ("groups", g, "queues", k),
                        f"no queue has this name{did_you_mean(name, queues)}",
                        name,
                    )
    if parts.skills and all(parts.skills):
        served = {name for skills in parts.skills for name in skills}
        for q, queue in enumerate(parts.names["queues"]):
            if queue is not None and queue not in served:
                yield ("queues", q, "name"), "no group serves this queue", queue


def _preference_laws(parts: Parts) -> Iterator[BrokenLaw]:
    groups = parts.known("groups")
    if groups is None:
        return
    for q, queue in enumerate(parts.queues):
        for k, name in enumerate(queue.prefer if queue else ()):
            place = ("queues", q, "prefer", k)
            if name not in groups:
                yield place, f"no group has this name{did_you_mean(name, groups)}", name
            elif queue is not None and queue.name not in parts.skills[groups.index(name)]:
                yield place, f"this group does not serve the queue {queue.name!r}", name


def _model_laws(parts: Parts) -> Iterator[BrokenLaw]:
    by_name = {queue.name: (q, queue) for q, queue in enumerate(parts.queues) if queue}
    for g, group in enumerate(parts.groups):
        served = [by_name[name] for name in (group.queues if group else ()) if name in by_name]
        if group is None:
            continue
        if len({queue.by_turns for _, queue in served}) > 1:
            yield ("groups", g, "queues"), "a group serves by turns or by work, not both", list(group.queues)
        for q, queue in served:
            aht_s = queue.service.aht_s if isinstance(queue.service, ByWork) else None
            if aht_s is not None and len(aht_s) < group.most_slots:
                law = f"needs a handling time for each of the {group.most_slots} slots of {group.name!r}"
                if group.most_slots <= MOST_TIMES_SHOWN:
                    more = [*aht_s, *[aht_s[-1]] * (group.most_slots - len(aht_s))]
                    shown = ", ".join(f"{each:.12g}" for each in more)
                    law += f"; write [{shown}] if further chats slow nobody down"
                yield ("queues", q, "service", "aht_s"), law, Words(f"{len(aht_s)} of them")


def _staffing_laws(parts: Parts) -> Iterator[BrokenLaw]:
    if parts.interval_min is None or 24 * 60 % parts.interval_min:
        return
    per_day = 24 * 60 // parts.interval_min
    for g, group in enumerate(parts.groups):
        for place, staffing in group.staffings[:1] if group else ():
            if len(staffing) not in {per_day, *RATE_COUNTS}:
                law = f"staffing has one number for each of a day's {per_day} intervals (or 24, 48 or 96)"
                yield ("groups", g, *place), law, Words(f"{len(staffing)} numbers")


def _late_laws(parts: Parts) -> Iterator[BrokenLaw]:
    for g, group in enumerate(parts.groups):
        if parts.has_hours or group is None or group.agents is None:
            continue
        if group.late_s is not None:
            law = "constant agents never log in: needs opening hours, staffing or shifts"
            yield ("groups", g, "late_s"), law, Words("agents")


def _quality_laws(parts: Parts) -> Iterator[BrokenLaw]:
    for q, queue in enumerate(parts.queues):
        if queue is not None and queue.returns is not None and not parts.has_quality:
            law = "needs a [quality] table, which says how many chats are resolved"
            yield ("queues", q, "return"), law, Words("none")


def _platform_laws(parts: Parts) -> Iterator[BrokenLaw]:
    """No agent closes a chat before an answer could have come: twice `deliver_s` after the reply."""
    both_ways_s = 2 * parts.platform.deliver_s if parts.platform is not None else 0.0
    for q, queue in enumerate(parts.queues):
        timeout_s = None if queue is None else queue.idle_timeout_s
        if both_ways_s and timeout_s is not None and timeout_s <= both_ways_s:
            way = f"to the customer and back, {both_ways_s:g} s ([platform])"
            law = f"must be longer than a message takes {way}"
            yield ("queues", q, "idle_timeout_s"), law, timeout_s


def _incident_laws(parts: Parts) -> Iterator[BrokenLaw]:
    for k, incident in enumerate(parts.incidents):
        place = ("stress", "incidents", k)
        if incident is None:
            continue
        if parts.calendar is not None:
            yield from _time_laws(incident, parts.calendar, place)
        for kind, name in (("group", _field(incident, "group")), ("queue", _field(incident, "queue"))):
            known = parts.known(f"{kind}s")
            if name is not None and known is not None and name not in known:
                yield (*place, kind), f"no {kind} has this name{did_you_mean(name, known)}", name
        if isinstance(incident, AgentsOut):
            yield from _out_laws(parts, incident, place)


def _moments(parts: Parts) -> Iterator[tuple[Place, dt.datetime, str | None]]:
    """Dates and times that stand in the valid parts, each with its place and the zone of its clocks."""
    if parts.stress_start is not None:
        yield ("stress", "start"), parts.stress_start, None
    for k, incident in enumerate(parts.incidents):
        if incident is not None:
            yield ("stress", "incidents", k, "start"), incident.start, None
    for q, queue in enumerate(parts.queues):
        for k, spike in enumerate(queue.arrivals.spikes if queue else ()):
            assert queue is not None
            yield ("queues", q, "arrivals", "spikes", k, "start"), spike.start, queue.arrivals.zone


def _time_laws(incident: Incident, calendar: Calendar, place: Place) -> Iterator[BrokenLaw]:
    start_s, end_s = incident.span_s(calendar.local)
    horizon_s = calendar.horizon_s
    if isinstance(incident, Burst) and (start_s < 0 or end_s > horizon_s):
        yield (*place, "start"), "a burst must lie within the scenario's days", Words(str(incident.start))
    elif start_s >= horizon_s or end_s <= 0:
        yield (*place, "start"), "an incident must touch the scenario's days", Words(str(incident.start))


def _out_laws(parts: Parts, incident: AgentsOut, place: Place) -> Iterator[BrokenLaw]:
    for group in parts.groups:
        if group is not None and group.name == incident.group and incident.agents > group.n_agents:
            yield (*place, "agents"), f"the group has {group.n_agents} agents", incident.agents


def _stage_laws(parts: Parts) -> Iterator[BrokenLaw]:
    stages = [stage for stage in parts.stages if stage is not None]
    names = [(stage and stage.name) or f"stage {k + 1}" for k, stage in enumerate(parts.stages)]
    for k in repeated(names):
        yield ("stress", "stages", k, "name"), "another stage is called the same", names[k]
    calendar, start = parts.calendar, parts.stress_start
    if calendar is None or len(stages) < len(parts.stages):
        return
    days_s = calendar.horizon_s
    start_s = 0.0 if start is None else calendar.local.moment_s(start)
    if not 0 <= start_s < days_s:
        yield ("stress", "start"), "stages must begin within the scenario's days", Words(str(start))
        return
    if start is None and parts.hours is not None:
        start_s = next((on_s for on_s, _ in joined(list(calendar.openings()))), 0.0)
    left_s = days_s - start_s
    for k, stage in enumerate(stages):
        left_s -= stage.minutes * 60
        if left_s < 0:
            law = f"stages must end with the scenario's days: it is {-left_s / 60:g} minutes too long"
            yield ("stress", "stages", k, "minutes"), law, stage.minutes
            return


def _threshold_laws(parts: Parts) -> Iterator[BrokenLaw]:
    queues, groups = parts.known("queues"), parts.known("groups")
    if queues is None or groups is None:
        return
    for k, text in enumerate(parts.fail_if):
        try:
            if text is not None:
                read_threshold(text, queues, groups)
        except ThresholdError as error:
            yield ("stress", "fail_if", k), str(error), text


def _bid_laws(parts: Parts) -> Iterator[BrokenLaw]:
    queues, groups = parts.known("queues"), parts.known("groups")
    if queues is None or groups is None:
        return
    has_turns = any(queue is None or queue.by_turns for queue in parts.queues)
    yield from bid_laws(parts.bid, queues, groups, has_quality=parts.has_quality, has_turns=has_turns)


def _bid_parts(bid: Any, context: Mapping[str, Any] | None) -> BidParts:
    return BidParts(
        wages=[_valid(Wage, each, context) for each in _items(_field(_field(bid, "cost"), "wages"))],
        prices=[_valid(Price, each, context) for each in _items(_field(bid, "prices"))],
        clauses=[_valid(Clause, each, context) for each in _items(_field(bid, "clauses"))],
    )


T = TypeVar("T")


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _valid(kind: type[T] | Any, value: Any, context: Mapping[str, Any] | None = None) -> T | None:
    try:
        valid: T = _reader(cast("Hashable", kind)).validate_python(value, context=context)
    except ValidationError:
        return None
    return valid


def _items(items: Any) -> list[Any]:
    return list(items) if isinstance(items, list | tuple) else []


def _field(record: Any, key: str) -> Any:
    if isinstance(record, Mapping):
        return record.get(key)
    return getattr(record, key, None)
