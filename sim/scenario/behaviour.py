"""What do customers do besides waiting? Silence, balking, and coming again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from sim.rules import After, Estimate, From
from sim.scenario.distributions import Distribution, finite_means
from sim.scenario.record import BrokenLaw, Record, law_broken, repeated
from sim.scenario.units import Seconds, Share
from sim.scenario.words import Words


class Silence(Record):
    """Customers who leave without a signal: the agent finds out only after having replied to nobody.

    Of the companies studied by Castellanos, Yom-Tov and Goldberg (arXiv 2304.11754), between 3 and 70 % of
    the customers left silently.
    """

    share: Share = Field(examples=[0.5])
    """Of the customers whose patience ends, those who leave without a signal."""
    detect_s: Distribution
    """Time from the reply (by work: from the acceptance) until the agent notices and closes the chat."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        finite_means(detect_s=self.detect_s)
        return self


class Balking(Record):
    """Customers who do not join when they would have to wait: a curve over the line or over its estimate."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"places": [0, 10], "shares": [0.0, 0.6]}]})

    estimate: Estimate = Estimate.HEAD
    """Which wait is announced: that of the chat at the head of the line, or of the one accepted last."""
    places: tuple[Seconds, ...] | None = Field(default=None, min_length=1, examples=[[0.0, 10.0]])
    """Points of the curve: chats that wait already."""
    waits_s: tuple[Seconds, ...] | None = Field(default=None, min_length=1, examples=[[30.0, 300.0]])
    """Or: the announced wait."""
    shares: tuple[Share, ...] = Field(min_length=1, examples=[[0.0, 0.6]])
    """Of each point, the share that does not join; straight lines between the points."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self._broken())
        if broken:
            raise law_broken(*broken)
        return self

    def _broken(self) -> Iterator[BrokenLaw]:
        if (self.places is None) == (self.waits_s is None):
            ways = 0 if self.places is None else 2
            yield (), "give exactly one of places and waits_s", Words(f"{ways} of them")
            return
        if len(self.shares) != len(self.points):
            law = f"needs a share for each of the {len(self.points)} points"
            yield ("shares",), law, Words(f"{len(self.shares)} of them")
        if any(late <= early for early, late in pairwise(self.points)):
            name = "places" if self.places is not None else "waits_s"
            yield (name,), "points must rise", list(self.points)

    @property
    def points(self) -> tuple[float, ...]:
        """Points of the curve, rising."""
        return self.places if self.places is not None else self.waits_s or ()

    def share(self, x: float) -> float:
        """Share that does not join at *x* chats waiting, or seconds announced (R26)."""
        if x <= self.points[0]:
            return self.shares[0]
        for k in range(len(self.points) - 1):
            if x < self.points[k + 1]:
                low, high = self.shares[k], self.shares[k + 1]
                return low + (high - low) * (x - self.points[k]) / (self.points[k + 1] - self.points[k])
        return self.shares[-1]


class Again(Record):
    """Customers who come again: how many of them, and when."""

    probability: Share = Field(examples=[0.4])
    delay_s: Distribution
    """Time until the next attempt."""


class Retry(Again):
    """Customers who try again because their chat went wrong."""

    after: tuple[After, ...] = Field(
        default=tuple(way for way in After if way not in {After.LEFT, After.OFFLINE}), min_length=1
    )
    """What they try again after; omitted: all but `left`, leaving the chat after a reply, and `offline`."""
    offline_from: From = From.OPENING
    """From when the delay of those who found it closed is counted: the next opening, or when they left."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = [
            (("after", k), "names the same twice", self.after[k]) for k in repeated(self.after)
        ]
        if broken:
            raise law_broken(*broken)
        return self
