"""What is an amount of money? A decimal number, in the one currency that a bid names.

TOML's numbers are binary once they are read; their shortest text is what was typed, and that is the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.record import BrokenLaw
from sim.scenario.words import Place

MOST = 10**12
"""Largest amount."""
_WITH_CODE = re.compile(r"(?:(?P<before>[A-Z]{3})\s*)?(?P<number>\d+(?:\.\d+)?)(?:\s*(?P<after>[A-Z]{3}))?")


def decimal(value: Any) -> Decimal:
    """Read an amount: a number, or text such as "25.50" or "25.50 EUR".

    >>> decimal(0.1), decimal("25.50 EUR")
    (Decimal('0.1'), Decimal('25.50'))
    """
    if isinstance(value, Decimal):
        found = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = Decimal(repr(value))
    elif isinstance(value, str) and (match := _WITH_CODE.fullmatch(value.strip())):
        found = Decimal(match["number"])
    else:
        raise PydanticCustomError("money", 'must be an amount such as 25.50, or "25.50 EUR"')
    if not found.is_finite():
        raise PydanticCustomError("money", "must be a finite number")
    return found


def _share(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("number", "must be a number")
    return decimal(value)


_AMOUNT = WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]})
_NUMBER = {"type": "number", "minimum": 0}
Money = Annotated[Decimal, BeforeValidator(decimal), Field(ge=0, le=MOST), _AMOUNT]
"""An amount, not rounded."""
ExactShare = Annotated[
    Decimal, BeforeValidator(_share), Field(ge=0, le=1), WithJsonSchema({**_NUMBER, "maximum": 1})
]
"""A share of an amount, from 0 to 1."""
Multiple = Annotated[
    Decimal, BeforeValidator(_share), Field(ge=0, le=1_000), WithJsonSchema({**_NUMBER, "maximum": 1_000})
]
"""How many times something is taken."""
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", strict=True)]
"""Code of a currency (ISO 4217)."""


def mixed_currencies(data: Any, currency: str, place: Place = ()) -> Iterator[BrokenLaw]:
    """Amounts of raw *data* that name another *currency*."""
    if isinstance(data, str):
        match = _WITH_CODE.fullmatch(data.strip())
        for code in () if match is None else (match["before"], match["after"]):
            if code is not None and code != currency:
                yield place, f"currencies are mixed: the bid is in {currency}", data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from mixed_currencies(value, currency, (*place, key))
    elif isinstance(data, Sequence) and not isinstance(data, bytes | bytearray):
        for k, value in enumerate(data):
            yield from mixed_currencies(value, currency, (*place, k))


def cents(amount: Decimal) -> Decimal:
    """An *amount* rounded to hundredths, halves away from zero, as invoices are: once, where it is shown.

    >>> cents(Decimal("2.675")), cents(Decimal("-0.005"))
    (Decimal('2.68'), Decimal('-0.01'))
    """
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
