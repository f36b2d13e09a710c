"""What is offered, at what price, and what does it cost? The record of `[bid]`, which `sim bid` judges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator

from sim.scenario.bid_clauses import MONTHS, Clause
from sim.scenario.bid_cost import Cost
from sim.scenario.bid_price import Price
from sim.scenario.capacity import Growth, Months
from sim.scenario.money import Currency, ExactShare, Multiple, mixed_currencies
from sim.scenario.record import BrokenLaw, Record, law_broken, laws_and_all, repeated
from sim.scenario.units import Count, Factor, PositiveCount, Share, Spread
from sim.scenario.words import Words

Wanted = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False, strict=True)]
"""How sure something has to be."""


class Bid(Record):
    """An offer: cost, prices, and what the contract says of service. The scenario is its first month."""

    currency: Currency = Field(examples=["EUR"])
    """Of all amounts."""
    months: Months = 12
    """How long the contract is looked at."""
    days_per_month: PositiveCount | None = None
    """Open days in a month, all months being alike. Omitted: as the scenario's days suggest."""
    growth: Growth = 0.0
    """Chats of a month, more than in the month before: 0.02 is 2 %."""
    volume: tuple[Factor, ...] | None = Field(default=None, examples=[[1.0, 1.1]])
    """Chats of each month, times the scenario's, instead of growth: season and all."""
    forecast_cv: Spread = 0.0
    """How far off the forecast may be: standard deviation of a month's volume, relative to it."""
    forecast_correlation: Share = 0.0
    """How much the errors of a year's months agree: 0 not at all, 1 one error for all."""
    agents_added: tuple[Count, ...] | None = Field(default=None, examples=[[0, 0, 1]])
    """Agents of the first group in each month beyond those of the scenario."""
    margin_share: ExactShare = Decimal("0.15")
    """Wanted margin: what is left, a share of what is received."""
    confidence: Wanted = 0.9
    """How likely the wanted margin has to be reached, over the whole contract."""
    indexation_per_year: Multiple = Decimal(0)
    """How much dearer all prices are from each 13th month on."""
    at_risk_share: ExactShare | None = Field(default=None, examples=[0.2])
    """Sum at risk: most that all maluses of a month come to, a share of its charges. Omitted: no limit."""
    cost: Cost
    prices: tuple[Price, ...] = Field(min_length=1, max_length=20)
    """Price models: the first is offered, the others are compared with it."""
    clauses: tuple[Clause, ...] = Field(default=(), max_length=100)
    """What the contract says of service. Omitted: nothing."""

    @model_validator(mode="wrap")
    @classmethod
    def _in_one_currency(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        currency = data.get("currency") if isinstance(data, Mapping) else None
        mixed = list(mixed_currencies(data, currency)) if isinstance(currency, str) else []
        try:
            bid = handler(data)
        except ValidationError as error:
            raise laws_and_all(error, mixed) from None
        if mixed:
            raise law_broken(*mixed)
        return bid

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken = list(self._broken())
        if broken:
            raise law_broken(*broken)
        return self

    def _broken(self) -> Iterator[BrokenLaw]:
        for key in ("volume", "agents_added"):
            said = getattr(self, key)
            if said is not None and len(said) != self.months:
                law = f"needs a number for each of the {self.months} months"
                yield (key,), law, Words(f"{len(said)} of them")
        if self.volume is not None and self.growth:
            yield ("growth",), "volume says already how chats grow: leave one of them out", self.growth
        for k in repeated([clause.name for clause in self.clauses]):
            yield ("clauses", k, "name"), "another clause is called the same", self.clauses[k].name
        for k, clause in enumerate(self.clauses):
            if MONTHS.get(clause.window, 0) > self.months:
                law = f"a {clause.window} is longer than what is simulated, {self.months} months"
                yield ("clauses", k, "window"), f"{law}; give more months", clause.window
            if clause.grace_months >= self.months:
                law = f"nothing would ever be due: the bid has {self.months} months"
                yield ("clauses", k, "grace_months"), law, clause.grace_months
            cap, most = clause.cap_share_of_charges, self.at_risk_share
            if clause.kind == "malus" and cap is not None and most is not None and cap > most:
                law = f"is above the sum at risk, {most:f} of the charges"
                yield ("clauses", k, "cap_share_of_charges"), law, float(cap)

    @property
    def factors(self) -> tuple[float, ...]:
        """Chats of each month, times the scenario's own."""
        if self.volume is not None:
            return self.volume
        return tuple((1 + self.growth) ** month for month in range(self.months))
