"""What are columns? Their types, and records of them: put one below the other, and cut apart again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Floats = NDArray[np.float64]
"""Times and durations; NaN is a time that did not happen."""
Ints = NDArray[np.int64]
"""Counts, offsets and rows."""
Flags = NDArray[np.bool_]
"""Truth, a row each."""

Number = TypeVar("Number", bound=np.generic)
Record = TypeVar("Record", bound="DataclassInstance")
"""A dataclass whose fields are columns, some of which may be empty because nobody needs them."""


def stacked(records: Sequence[Record]) -> Record:
    """Put the columns of *records* one below the other."""
    first = records[0]
    if len(records) == 1:
        return first
    names = [field.name for field in fields(first)]
    return type(first)(*(np.concatenate([getattr(record, name) for record in records]) for name in names))


def cut(record: Record, rows: slice | Ints) -> Record:
    """Take some *rows* of all columns of a *record*."""
    return type(record)(*(getattr(record, field.name)[rows] for field in fields(record)))


def firsts(counts: Iterable[int]) -> Ints:
    """Where the rows of each begin that has so many of them, and where those of the last end."""
    return np.array([0, *accumulate(counts)], dtype=np.int64)


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """Give the *values* in order, each once: as `np.unique`, which imports `numpy.ma` for it."""
    ordered = np.sort(values)
    each: NDArray[Number] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return each
