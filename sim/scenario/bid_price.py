"""What is the work sold for? Price models, the records of `[[bid.prices]]`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.money import ExactShare, Money
from sim.scenario.record import BrokenLaw, Chosen, Record, law_broken
from sim.scenario.units import Name, PositiveCount
from sim.scenario.words import Words


class _Price(Chosen):
    """What all price models may have."""

    chosen_by: ClassVar[str] = "kind"

    name: Name | None = None
    """What it is called. Omitted: by its kind."""
    fixed_per_month: Money = Decimal(0)
    """A fee each month, on top: with it a price model is hybrid."""
    minimum_per_month: Money = Decimal(0)
    """What a month is charged at least."""


class PerHour(_Price):
    """A price for each production hour, as staffed."""

    kind: Literal["hour"] = "hour"
    per_hour: Money = Field(examples=[30.0])


class PerFte(_Price):
    """A price for each full-time equivalent on duty, trained people's hours over contract hours."""

    kind: Literal["fte"] = "fte"
    per_fte_month: Money = Field(examples=[4000.0])


class Tier(Record):
    """The price of the chats of a month beyond so many."""

    above_chats: PositiveCount = Field(examples=[10000])
    per_chat: Money = Field(examples=[2.5])


class PerChat(_Price):
    """A price for each chat."""

    kind: Literal["chat"] = "chat"
    per_chat: Money = Field(examples=[3.0])
    counted: Literal["offered", "handled", "resolved"] = "handled"
    """Which chats: all who came, those with a human reply, or those resolved."""
    tiers: tuple[Tier, ...] = Field(default=(), max_length=100)
    """Other prices for the chats of a month beyond so many, in rising order."""
    minimum_share_of_forecast: ExactShare = Decimal(0)
    """Chats that are charged at least, a share of those forecast for the month."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        edges = [tier.above_chats for tier in self.tiers]
        broken: list[BrokenLaw] = [
            (("tiers", k + 1, "above_chats"), f"each tier begins above the one before, {low}", high)
            for k, (low, high) in enumerate(pairwise(edges))
            if high <= low
        ]
        if broken:
            raise law_broken(*broken)
        return self


class PerMinute(_Price):
    """A price for each minute of handling time of chats."""

    kind: Literal["minute"] = "minute"
    per_minute: Money = Field(examples=[0.6])


class PerOutcome(_Price):
    """A price for each chat that ended as the client wants: a conversion, which `[quality]` models."""

    kind: Literal["outcome"] = "outcome"
    per_outcome: Money = Field(examples=[12.0])


class Band(Record):
    """The charge for each chat in a band of volumes outside the deadband."""

    until_chats: Annotated[int, Field(ge=0, strict=True)] | None = None
    """Where the band ends: its volume farthest from the baseline. The last band has no end."""
    per_chat: Money = Field(examples=[40.0])


class Anchored(_Price):
    """A fee for a baseline volume, which stays within a deadband; beyond it each chat is charged or refunded.

    Additional and reduced resource charges (ARC, RRC) count from the edges of the deadband.
    """

    kind: Literal["anchored"] = "anchored"
    baseline_chats: PositiveCount = Field(examples=[1000])
    """A month's."""
    per_month: Money = Field(examples=[50000.0])
    deadband_share: ExactShare = Decimal(0)
    """0.1: from 90 to 110 % of the baseline the fee is the same."""
    additional: tuple[Band, ...] = Field(default=(), max_length=100)
    """Charged for each chat above the deadband, band by band outwards."""
    reduced: tuple[Band, ...] = Field(default=(), max_length=100)
    """Refunded for each chat that is missing below it, band by band outwards."""
    counted: Literal["offered", "handled", "resolved"] = "offered"

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = [*self._bands("additional", self.additional, 1), *self._bands("reduced", self.reduced, -1)]
        if broken:
            raise law_broken(*broken)
        return self

    def edge(self, sign: int) -> Decimal:
        """Volume at the upper (1) or lower (−1) end of the deadband."""
        return self.baseline_chats * (1 + sign * self.deadband_share)

    def _bands(self, key: str, bands: tuple[Band, ...], sign: int) -> Iterator[BrokenLaw]:
        before = self.edge(sign)
        for k, band in enumerate(bands):
            end, is_last = band.until_chats, k == len(bands) - 1
            if end is None and not is_last:
                yield (key, k, "until_chats"), "is missing: only the last band has no end", Words("none")
            if end is not None and is_last:
                law = "the last band has no end: what lies beyond it would have no charge"
                yield (key, k, "until_chats"), law, end
            elif end is not None and sign * (end - before) <= 0:
                side = "above" if sign > 0 else "below"
                yield (
                    (key, k, "until_chats"),
                    f"a band ends {side} where it begins, at {before.normalize():f}",
                    end,
                )
            before = Decimal(end) if end is not None else before


Price = Annotated[PerHour | PerFte | PerChat | PerMinute | PerOutcome | Anchored, Field(discriminator="kind")]
"""A price model, chosen by its `kind`."""
