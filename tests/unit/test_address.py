"""A centre is handed on by its address: what is read there is what lies there, whatever its columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from numba.core.errors import TypingError

from sim.compiled import IS_COMPILED
from sim.engines.kernel.address import by_address


class State(NamedTuple):
    table: Any
    numbers: Any


@numba.njit
def read_and_write(state: State) -> float:
    here = by_address(state)
    here.numbers[0] += 1
    return here.numbers[0] + here.table[1, 2] + here.table.shape[0]


@numba.njit
def read_what_is_not_there(state: State) -> float:
    return by_address(state).column


def test_what_is_read_and_written_is_what_lies_there():
    state = State(np.arange(12.0).reshape(4, 3)[:, :], np.array([10, 20]))
    assert read_and_write(state) == 11 + 5 + 4
    assert state.numbers.tolist() == [11, 20]


def test_columns_of_other_types_are_other_addresses():
    """Both times the tuple's name is the same."""
    whole = State(np.zeros((2, 3)), np.array([2**53 + 1]))
    real = State(np.zeros((2, 3), dtype=np.int64), np.array([0.25]))
    assert read_and_write(real) == 1.25 + 2
    assert read_and_write(whole) == 2**53 + 4
    assert whole.numbers.tolist() == [2**53 + 2]


@pytest.mark.skipif(not IS_COMPILED, reason="Python itself says so where nothing is compiled")
def test_an_attribute_that_is_none_is_told_by_the_compiler():
    with pytest.raises(TypingError, match="column"):
        read_what_is_not_there(State(np.zeros((1, 1)), np.zeros(1)))
