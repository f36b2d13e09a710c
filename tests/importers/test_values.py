"""Cells of exports: times, durations, flags, in whatever way they are written."""

from __future__ import annotations

import datetime as dt

import pytest

from sim.errors import LogError
from sim.importers.values import Clock, UnreadableError, flag, seconds, text, zone_of

NINE = 1_772_442_000_000_000
"""2026-03-02 09:00 UTC."""


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T09:00:00Z", "2026-03-02 09:00:00", "2026-03-02T10:00:00+01:00", "2026-03-02 09:00:00.000+0000",
        "2026-03-02 09:00:00 UTC", 1_772_442_000, "1772442000", 1_772_442_000_000, "1772442000000.0", NINE,
    ],
)  # fmt: skip
def test_a_time_is_a_time_however_it_is_written(written: object):
    """ISO with any zone, seconds, milliseconds, microseconds."""
    assert Clock().moment(written) == NINE


@pytest.mark.parametrize("nothing", [None, "", "undefined", "null", " - ", "N/A"])
def test_nothing_is_nothing(nothing: object):
    """Not zero, and no error."""
    assert Clock().moment(nothing) is text(nothing) is flag(nothing) is seconds(nothing) is None


@pytest.mark.parametrize(
    "bad",
    ["2026-04-2T09:00:00Z", "yesterday", "02/03/2026 09:00", 0, -5, "1e30", True, [], {}, 9e18, "2026-13-01"],
)
def test_what_is_no_time_is_said_so(bad: object):
    """Days without their zero, years that can't be, other shapes."""
    with pytest.raises(UnreadableError):
        Clock().moment(bad)


def test_local_times_know_clock_changes():
    """An hour that is skipped is none; one that is doubled is the earlier, and counted."""
    doubled = []
    clock = Clock(zone_of("Europe/Berlin"), lambda: doubled.append(1))

    assert clock.moment("2026-07-01 11:00:00") == clock.moment("2026-07-01T09:00:00Z")
    with pytest.raises(UnreadableError, match="skip"):
        clock.moment("2026-03-29 02:30:00")
    assert doubled == []
    assert clock.moment("2026-10-25 02:30:00") == clock.moment("2026-10-25T00:30:00Z")
    assert doubled == [1]


def test_formats_are_those_that_are_said():
    """And then no other."""
    clock = Clock()
    clock.formats = ["%d.%m.%Y %H:%M"]

    assert clock.moment("02.03.2026 09:00") == NINE
    with pytest.raises(UnreadableError, match=r"like %d\.%m\.%Y"):
        clock.moment("2026-03-02T09:00:00Z")


def test_a_skipped_hour_is_called_so_in_a_format_of_ones_own():
    clock = Clock(zone_of("Europe/Berlin"))
    clock.formats = ["%d.%m.%Y %H:%M"]
    with pytest.raises(UnreadableError, match="skip"):
        clock.moment("29.03.2026 02:30")


def test_durations_and_flags():
    """Seconds, clock and units; yes in several words."""
    assert [seconds(each) for each in (1.5, "90", "1:30", "0:01:30")] == [
        1_500_000,
        90_000_000,
        90_000_000,
        90_000_000,
    ]
    assert seconds(250, unit_s=1e-3) == 250_000
    assert [flag(each) for each in ("TRUE", "false", "Y", "n", 1, 0, True)] == [
        True,
        False,
        True,
        False,
        True,
        False,
        True,
    ]
    with pytest.raises(UnreadableError):
        flag("maybe")


def test_an_unknown_zone_has_a_nearest():
    """By name."""
    with pytest.raises(LogError, match=r"did you mean 'Europe/Berlin'"):
        zone_of("Europe/Berlim")
    assert zone_of("UTC").utcoffset(dt.datetime(2026, 1, 1)) == dt.timedelta(0)
