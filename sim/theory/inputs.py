"""Which numbers does a formula take? Arrays in, or a sentence that names the law they break."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Flags, Floats
from sim.errors import TheoryError

MOST_AGENTS = 10_000_000
"""Largest team that is looked at."""


def whole(value: ArrayLike, name: str, least: int = 0, most: float = MOST_AGENTS) -> Floats:
    """Whole numbers, as floats, from *least* to *most*."""
    numbers = _numbers(value, name)
    _hold(numbers, np.floor(numbers) == numbers, name, "must be a whole number")
    return _hold(
        numbers, (numbers >= least) & (numbers <= most), name, f"must be from {least} to {most:,.0f}"
    )


def amount(value: ArrayLike, name: str, least: float = 0.0) -> Floats:
    """Finite numbers of at least *least*."""
    numbers = _numbers(value, name)
    law = f"must be at least {least:g}, and finite"
    return _hold(numbers, np.isfinite(numbers) & (numbers >= least), name, law)


def positive(value: ArrayLike, name: str, *, may_be_endless: bool = False) -> Floats:
    """Numbers above 0; finite unless they *may be endless*."""
    numbers = _numbers(value, name)
    law = "must be above 0" if may_be_endless else "must be above 0, and finite"
    return _hold(numbers, (numbers > 0) & (may_be_endless | np.isfinite(numbers)), name, law)


def inner_share(value: ArrayLike, name: str) -> Floats:
    """Shares between 0 and 1, neither of which any finite team gives or can miss."""
    numbers = _numbers(value, name)
    return _hold(numbers, (numbers > 0) & (numbers < 1), name, "must lie between 0 and 1, both excluded")


def _numbers(value: ArrayLike, name: str) -> Floats:
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise TheoryError(f"{name}: must be a number, got {value!r}") from None
    return _hold(numbers, ~np.isnan(numbers), name, "must be a number")


def _hold(numbers: Floats, holds: Flags, name: str, law: str) -> Floats:
    if not np.all(holds):
        raise TheoryError(f"{name}: {law}, got {numbers[~holds].flat[0]:g}")
    return numbers
