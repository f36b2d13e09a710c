"""Who works, when may they, and by which rules? The records of `[[people]]` and `[roster]`.

They change nothing in a run: `sim roster --weeks` plans with them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.hours import Span, Weekday
from sim.scenario.record import BrokenLaw, Record, law_broken, repeated
from sim.scenario.units import DAY_S, Clock, Count, Day, Minutes, Name, PositiveCount, Weight, clock_text
from sim.scenario.words import did_you_mean

WeekHours = Annotated[float, Field(gt=0, le=168, allow_inf_nan=False, strict=True)]
"""Hours of a week."""
DayHours = Annotated[float, Field(gt=0, le=24, allow_inf_nan=False, strict=True)]
"""Hours of a day, or between two shifts."""
Money = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False, strict=True)]
"""An amount in any currency."""


class Window(Record):
    """Clock times of a day, from and until; an end before the begin is on the next day."""

    start: Clock = Field(examples=["08:00"])
    end: Clock = Field(examples=["18:00"])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if self.start == self.end:
            law = "must end after it starts; a whole day is 00:00 to 24:00"
            raise law_broken((("end",), law, clock_text(self.end)))
        return self

    @property
    def span(self) -> Span:
        """From and until when, in seconds since midnight of its day."""
        return self.start, self.end if self.end > self.start else self.end + DAY_S

    def holds(self, span: Span) -> bool:
        """Whether a shift's *span*, counted likewise, lies within it."""
        return self.span[0] <= span[0] and span[1] <= self.span[1]


class Available(Record):
    """When somebody may work, by the weekday on which a shift begins; not on weekdays that are not named."""

    mon: Window | None = None
    tue: Window | None = None
    wed: Window | None = None
    thu: Window | None = None
    fri: Window | None = None
    sat: Window | None = None
    sun: Window | None = None

    def on(self, date: dt.date) -> Window | None:
        """When they may work on a date."""
        window: Window | None = getattr(self, Weekday.of(date).value)
        return window


class Wish(Record):
    """What somebody would like: days off, or shifts within some clock times."""

    off: tuple[Day, ...] = Field(default=(), examples=[["2026-03-20"]])
    """Dates that they would like off ..."""
    off_on: tuple[Weekday, ...] = Field(default=(), examples=[["wed"]])
    """... and weekdays."""
    within: Window | None = None
    """Clock times within which their shifts should lie."""
    weight: Weight = 1.0
    """What each date or shift that breaks it costs, in the currency of the paid hours."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if not (self.off or self.off_on or self.within):
            raise law_broken(((), "wishes for nothing: give off, off_on or within", ""))
        return self

    def wants_off(self, date: dt.date) -> bool:
        """Whether they would like to be off on a date."""
        return date in self.off or Weekday.of(date) in self.off_on


class StartWindow(Record):
    """Clock times at which the shifts of a week of a rotation begin."""

    earliest: Clock = Field(examples=["06:00"])
    latest: Clock = Field(examples=["10:00"])

    @model_validator(mode="after")
    def _laws(self) -> Self:
        if self.latest < self.earliest:
            law = f"must be at least the earliest, {clock_text(self.earliest)}"
            raise law_broken((("latest",), law, clock_text(self.latest)))
        return self


class Person(Record):
    """Somebody who is rostered, or several alike."""

    name: Name = Field(examples=["Agent 07"])
    count: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = Field(default=None, examples=[12])
    """So many alike, who are called by the name and a number. Omitted: one."""
    group: Name = Field(examples=["Tier 1"])
    """Their skills: the group in which they work."""
    hours_per_week: WeekHours = Field(examples=[40.0])
    """By contract: as a mean over the weeks of the roster, they are paid for no more ..."""
    least_hours_per_week: Annotated[float, Field(ge=0, le=168, allow_inf_nan=False, strict=True)] = 0.0
    """... and for no fewer than these. Omitted: they may be given fewer hours, or none."""
    available: Available | None = None
    """When they may work. Omitted: always."""
    days_off: tuple[Day, ...] = Field(default=(), examples=[["2026-03-12"]])
    """Dates on which no shift of theirs begins."""
    wishes: tuple[Wish, ...] = ()
    cost_per_hour: Money = 1.0
    """Of each paid hour, in any currency: 1 for all makes the cost the paid hours."""
    rotation: tuple[StartWindow, ...] = ()
    """When their shifts begin in the first week, in the second, ..., and again from the first."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        if self.least_hours_per_week > self.hours_per_week:
            law = f"must be at most hours_per_week, {self.hours_per_week:g}"
            broken.append((("least_hours_per_week",), law, self.least_hours_per_week))
        broken += [
            (("days_off", k), "names a date twice", str(self.days_off[k]))
            for k in repeated([*map(str, self.days_off)])
        ]
        if broken:
            raise law_broken(*broken)
        return self

    @property
    def all_names(self) -> list[str]:
        """Of each of them."""
        if self.count is None:
            return [self.name]
        wide = max(2, len(str(self.count)))
        return [f"{self.name} {number:0{wide}d}" for number in range(1, self.count + 1)]


class Activity(Record):
    """Training, a meeting or the like, for which each person leaves the chats within a shift."""

    name: Name = Field(examples=["Training"])
    minutes: Minutes = Field(examples=[60.0])
    times: PositiveCount = 1
    """How often each person has it in the roster."""
    groups: tuple[Name, ...] = ()
    """Whose people have it. Omitted: all."""


class RosterRules(Record):
    """What a roster of weeks must keep. A rule that is left out is none."""

    rest_h: DayHours | None = Field(default=None, examples=[11.0])
    """Hours between the end of a shift and the beginning of the next, by the clock that passes."""
    most_hours_a_day: DayHours | None = Field(default=None, examples=[10.0])
    """Paid hours of a shift, counted on the day on which it begins."""
    most_hours_a_week: WeekHours | None = Field(default=None, examples=[48.0])
    """Paid hours of the shifts that begin from Monday to Sunday."""
    most_consecutive_days: Annotated[int, Field(ge=1, le=366, strict=True)] | None = Field(
        default=None, examples=[6]
    )
    """Days in a row on which shifts begin."""
    days_off_together: Annotated[int, Field(ge=1, le=7, strict=True)] | None = Field(
        default=None, examples=[2]
    )
    """From Monday to Sunday there are so many days in a row on which no shift begins."""
    weekends_off: Count = 0
    """Of each `weekends_of` weekends in a row so many have no shift that begins on Saturday or Sunday ..."""
    weekends_of: Annotated[int, Field(ge=1, le=52, strict=True)] = 2
    """... of so many weekends."""
    same_start_min: Annotated[float, Field(ge=0, le=1440, allow_inf_nan=False, strict=True)] | None = Field(
        default=None, examples=[60.0]
    )
    """Shifts of a week begin within so many minutes of one another, by the clocks: 0 for the same time."""
    activities: tuple[Activity, ...] = ()
    """Training and meetings."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        if self.weekends_off > self.weekends_of:
            law = f"must be at most weekends_of, {self.weekends_of}"
            broken.append((("weekends_off",), law, self.weekends_off))
        names = [each.name for each in self.activities]
        broken += [(("activities", k, "name"), "names an activity twice", names[k]) for k in repeated(names)]
        if broken:
            raise law_broken(*broken)
        return self


def people_laws(
    people: list[Person | None], rules: RosterRules | None, groups: list[str] | None
) -> Iterator[BrokenLaw]:
    """Broken laws between people, rules and the names of the *groups*, as far as they are known."""
    seen: dict[str, int] = {}
    for k, person in enumerate(people):
        if person is None:
            continue
        if groups is not None and person.group not in groups:
            yield (
                ("people", k, "group"),
                f"no group has this name{did_you_mean(person.group, groups)}",
                person.group,
            )
        for name in person.all_names:
            if name in seen:
                yield ("people", k, "name"), f"people.{seen[name]} has this name too", name
            seen.setdefault(name, k)
        if (
            rules is not None
            and rules.most_hours_a_week is not None
            and person.least_hours_per_week > rules.most_hours_a_week
        ):
            law = f"contradicts roster.most_hours_a_week, {rules.most_hours_a_week:g}"
            yield ("people", k, "least_hours_per_week"), law, person.least_hours_per_week
    for k, activity in enumerate(rules.activities if rules is not None else ()):
        for j, name in enumerate(activity.groups):
            if groups is not None and name not in groups:
                law = f"no group has this name{did_you_mean(name, groups)}"
                yield ("roster", "activities", k, "groups", j), law, name
