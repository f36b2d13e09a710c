"""Which numbers does the command line take? Finite ones within bounds, or a sentence that names them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import typer

from sim.errors import short

MOST_RUNS = 1_000_000_000
"""More replications than anybody waits for."""
MOST_SEED = 2**63 - 1
TINY, HUGE = 1e-6, 1e9
"""Bounds of what formulas are asked about, where nothing narrower is said: no product of them overflows."""

_WHOLE = re.compile(r"[-+]?[0-9]{1,20}")
_REAL = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


def whole(low: int, high: int = MOST_RUNS) -> Callable[[Any], int]:
    """Give what reads a whole number from *low* to *high*: `parser` of a typer option."""

    def number(value: Any) -> int:
        text = str(value).strip()
        found = int(text) if _WHOLE.fullmatch(text) else None
        if found is None or not low <= found <= high:
            raise typer.BadParameter(
                f"must be a whole number from {low:,} to {high:,}, got {short(text, 40)!r}"
            )
        return found

    return number


def real(low: float, high: float = HUGE) -> Callable[[Any], float]:
    """Give what reads a number from *low* to *high*."""

    def number(value: Any) -> float:
        text = str(value).strip()
        found = float(text) if _REAL.fullmatch(text) else math.nan
        if not low <= found <= high:
            raise typer.BadParameter(
                f"must be a number from {_plain(low)} to {_plain(high)}, got {short(text, 40)!r}"
            )
        return found

    return number


def reals(text: str, name: str, low: float, high: float = HUGE, most: int = 100) -> list[float]:
    """Numbers from *low* to *high* with commas between, at *most* so many."""
    parts = text.split(",")
    if len(parts) > most:
        raise typer.BadParameter(
            f"must be at most {most} numbers, got {len(parts):,}", param_hint=f"'{name}'"
        )
    try:
        return [real(low, high)(part) for part in parts]
    except typer.BadParameter as error:
        raise typer.BadParameter(error.message, param_hint=f"'{name}'") from None


def _plain(bound: float) -> str:
    return f"{bound:,.0f}" if float(bound).is_integer() else f"{bound:g}"
