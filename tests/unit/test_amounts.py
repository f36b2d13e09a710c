"""Numbers as people type them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.scenario.amounts import AmountError, number, numbers, seconds, share, step, step_s


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (seconds, "11 min 20 s", 680),
        (seconds, "11,5 min", 690),
        (seconds, "1h", 3600),
        (seconds, "0:01:04", 64),
        (seconds, "11:20", 680),
        (seconds, " 64s ", 64),
        (seconds, "900 ms", 0.9),
        (share, "5,7%", 0.057),
        (share, "100 %", 1),
        (share, "1", 1),
        (share, "57 / 1000", 0.057),
        (number, "1'240", 1240),
        (number, "1.240,5", 1240.5),
        (number, "1,240,000", 1240000),
        (step_s, "11,5 min", 6),
        (step, "5.70 %", 0.0001),
    ],
)
def test_numbers_are_read_as_people_type_them(read: Callable[[str], float], text: str, value: float):
    assert read(text) == pytest.approx(value)


def test_several_numbers_stand_between_blanks():
    assert numbers("40 60,5; 80") == [40, 60.5, 80]


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        (share, "5.7", "type 5.7 %"),
        (share, "120 %", "from 0 % to 100 %"),
        (share, "3 of 0", "of nothing"),
        (number, "1,240", "may be 1240 or 1.24"),
        (number, "ten", "is no number"),
        (number, "1e400", "is too large"),
        (seconds, "5 fortnights", "no unit of time"),
        (seconds, "-3", "is below 0"),
        (seconds, "", "is no number"),
        (seconds, "5 min later", "is no number"),
        (numbers, "4 x", "is no number"),
    ],
)
def test_what_may_be_two_numbers_or_none_is_refused(read: Callable[[str], float], text: str, why: str):
    with pytest.raises(AmountError, match=why):
        read(text)
