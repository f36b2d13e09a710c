"""What does the contract say of service? The records of `[[bid.clauses]]`: bonus and malus.

A clause promises one or more figures over a window of the contract. A malus is due for a window that breaks
the promise, a bonus for one that keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from sim.errors import ThresholdError
from sim.scenario.bid_cost import DayName
from sim.scenario.figures import FIGURES, Sided
from sim.scenario.money import ExactShare, Money, Multiple
from sim.scenario.record import BrokenLaw, Record, law_broken
from sim.scenario.thresholds import read_threshold
from sim.scenario.units import Clock, Name, clock_text
from sim.scenario.words import Words

Window = Literal["day", "week", "month", "quarter", "year"]
MONTHS: dict[Window, int] = {"month": 1, "quarter": 3, "year": 12}
"""Months of the windows that are made of months."""
Value = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False, strict=True)]


class Condition(NamedTuple):
    """A figure, and the value that it must not fall below or rise above."""

    text: str
    figure: str
    side: Sided
    value: float
    kind: Literal["", "queue", "group"] = ""
    """Whose figure it is; empty for the centre's."""
    name: str = ""


def read_condition(text: str, queues: Sequence[str], groups: Sequence[str]) -> Condition:
    """Read what is promised: ``FIGURE >= VALUE``, of a queue or group ``orders.asa_s <= 60``.

    >>> read_condition("orders.service_level >= 80%", ["orders"], [])[1:]
    ('service_level', 'at least', 0.8, 'queue', 'orders')

    Raises
    ------
    ThresholdError
        If it says something else; tells what, and what may have been meant.
    """
    if " over " in text:
        raise ThresholdError("the window of the clause says over what it is measured: leave out 'over ...'")
    found = read_threshold(text, queues, groups)
    side: Sided = "at least" if found.side == "at most" else "at most"  # a threshold says when it fails
    return Condition(found.text, found.figure, side, found.value, found.kind, found.name)


class _Amount(Record):
    """How much is due."""

    share_of_charges: ExactShare | None = Field(default=None, examples=[0.05])
    """A share of the charges of the window ..."""
    amount: Money | None = Field(default=None, examples=[7500.0])
    """... or a sum ..."""
    per_chat: Money | None = Field(default=None, examples=[0.5])
    """... or a sum for each chat offered in the window."""

    def amount_laws(self) -> Iterator[BrokenLaw]:
        """Broken laws of the amount alone."""
        ways = sum(each is not None for each in (self.share_of_charges, self.amount, self.per_chat))
        if ways != 1:
            law = "give exactly one of share_of_charges, amount and per_chat"
            yield (), law, Words(f"{ways} of them")


class Step(_Amount):
    """What is due instead, where the figure is beyond a value."""

    beyond: Value = Field(examples=[0.7])
    """Of a malus worse than this, of a bonus at least as good."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self.amount_laws())
        if broken:
            raise law_broken(*broken)
        return self


class Clause(_Amount):
    """A sentence of the contract on service."""

    name: Name = Field(examples=["Service level"])
    kind: Literal["malus", "bonus"] = "malus"
    """A malus is paid where the promise is broken, a bonus is received where it is kept."""
    promise: tuple[str, ...] = Field(min_length=1, max_length=20, examples=[["service_level >= 80%"]])
    """What is promised: figures, each with its bound; before the figure a queue or group, as orders.asa_s."""
    kept_if: Literal["all", "any"] = "all"
    """Whether all of them must be kept, or any is enough."""
    window: Window = "month"
    """Over what each figure is measured, once: all chats of the window together."""
    days: tuple[DayName, ...] = Field(default=(), examples=[["mon", "tue", "wed", "thu", "fri"]])
    """Measured on these days alone. Omitted: all."""
    start: Clock = Field(default=0.0, validate_default=False, examples=["09:00"])
    """Measured from this clock time on ..."""
    end: Clock = Field(default=86_400.0, validate_default=False, examples=["17:00"])
    """... until this."""
    per_point: Annotated[bool, Field(strict=True)] = False
    """Whether the amount is due for each point that the figure is off: 1 % of a share, 1 of its unit; parts
    of a point count as parts."""
    steps: tuple[Step, ...] = Field(default=(), max_length=20)
    """Other amounts further off; the last that is reached counts."""
    cap: Money | None = None
    """Most that a window comes to ..."""
    cap_share_of_charges: ExactShare | None = None
    """... also as a share of its charges."""
    grace_months: Annotated[int, Field(ge=0, le=60, strict=True)] = 0
    """Months from the first on in which nothing is due."""
    earn_back_windows: Annotated[int, Field(ge=0, le=60, strict=True)] = 0
    """A malus is paid back if so many windows that follow keep the promise. 0: never."""
    excluded_above_forecast: Multiple | None = Field(default=None, examples=[1.1])
    """Days with more than so many times the chats forecast are not measured. Omitted: all are."""
    excludes_outages: Annotated[bool, Field(strict=True)] = False
    """Whether days with an outage or a slow system of `[[stress.incidents]]` are not measured."""
    client_dictates_staffing: Annotated[bool, Field(strict=True)] = False
    """Whether the client says how many agents there are, and so nothing is due."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self._broken())
        if broken:
            raise law_broken(*broken)
        return self

    def _broken(self) -> Iterator[BrokenLaw]:
        if not (
            self.steps and all(each is None for each in (self.share_of_charges, self.amount, self.per_chat))
        ):
            yield from self.amount_laws()
        if self.end <= self.start:
            yield ("end",), "must be after the start", clock_text(self.end)
        if len(self.promise) > 1 and (self.per_point or self.steps):
            key = "per_point" if self.per_point else "steps"
            law = "needs a promise of one figure, how far off which the amount depends"
            yield (key,), law, Words(f"{len(self.promise)} figures")
        if self.per_point and self.steps:
            yield ("steps",), "steps or points, not both", Words("both")
        if self.kind == "bonus" and self.earn_back_windows:
            yield ("earn_back_windows",), "a bonus is never paid back", self.earn_back_windows
        yield from self._cap_laws()

    def _cap_laws(self) -> Iterator[BrokenLaw]:
        for place, each in (((), self), *((("steps", k), step) for k, step in enumerate(self.steps))):
            if self.cap is not None and each.amount is not None and each.amount > self.cap:
                law = f"is above the clause's cap, {self.cap:f}: it could never be due in full"
                yield (*place, "amount"), law, _plain(each.amount)
            share, most = each.share_of_charges, self.cap_share_of_charges
            if most is not None and share is not None and share > most:
                law = f"is above the clause's cap, {most:f} of the charges: it could never be due in full"
                yield (*place, "share_of_charges"), law, _plain(share)

    def conditions(self, queues: Sequence[str], groups: Sequence[str]) -> tuple[Condition, ...]:
        """Give what is promised, read."""
        return tuple(read_condition(text, queues, groups) for text in self.promise)


def _plain(value: Decimal) -> float:
    return float(value)


def points(figure: str) -> Decimal:
    """What a point of a *figure* is: a hundredth of a share, one of any other unit."""
    return Decimal("0.01") if FIGURES[figure].unit == "share" else Decimal(1)
