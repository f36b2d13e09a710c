"""What number does a person mean who types "11 min", "1:04", "5.7 %" or "1,240"?

A mere number is in the unit that is asked for. What can be meant in two ways is refused, with both.
"""

from __future__ import annotations

import re

from sim.scenario.units import HOUR_S

_NUMBER = r"[-+]?\d[\d .,'’\u00a0\u202f]*|[-+]?[.,]\d+"
_UNITS_S = {
    1.0: ("s", "sec", "secs", "second", "seconds"),
    60.0: ("m", "min", "mins", "minute", "minutes"),
    float(HOUR_S): ("h", "hr", "hrs", "hour", "hours"),
    0.001: ("ms", "msec"),
}
_SECONDS = {word: seconds for seconds, words in _UNITS_S.items() for word in words}
_PART = re.compile(rf"({_NUMBER})\s*([a-z]+)\.?\s*", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:[.,]\d{3})+")


class AmountError(ValueError):
    """A text that is no such number, or may be two; says what to type."""


def number(text: str) -> float:
    """Read a number, with a point or a comma before its decimals.

    >>> number("1 240"), number("5,7"), number("1,240.5")
    (1240.0, 5.7, 1240.5)

    Raises
    ------
    AmountError
        If it is none, or may be two: 1,240.
    """
    plain = re.sub(r"[\s'’\u00a0\u202f]", "", text)
    if _THOUSANDS.fullmatch(plain) and len(re.findall(r"[.,]", plain)) == 1:
        both = float(re.sub(r"[.,]", "", plain)), float(plain.replace(",", "."))
        raise AmountError(
            f"{text.strip()} may be {both[0]:g} or {both[1]:g}: type it without a mark of thousands"
        )
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        last = max(plain.rindex("."), plain.rindex(","))
        plain = re.sub(r"[.,]", "", plain[:last]) + "." + plain[last + 1 :]
    elif points + commas > 1:
        plain = re.sub(r"[.,]", "", plain)
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        raise AmountError(f"{text.strip()!r} is no number") from None
    if not abs(value) < 1e12:
        raise AmountError(f"{text.strip()!r} is too large")
    return value


def seconds(text: str) -> float:
    """Read a time: 64, 64 s, 11 min, 1 h 5 min; 1:04 is a minute and four seconds, 0:01:04 too.

    >>> seconds("11 min"), seconds("64 s"), seconds("1:04"), seconds("1 min 4 s"), seconds("90")
    (660.0, 64.0, 64.0, 64.0, 90.0)

    Raises
    ------
    AmountError
        If it is none.
    """
    plain = text.strip()
    if match := _CLOCK.fullmatch(plain):
        first, second, third = match[1], match[2], match[3]
        if third is None:
            return 60.0 * int(first) + int(second)
        return float(HOUR_S) * int(first) + 60.0 * int(second) + int(third)
    parts = list(_PART.finditer(plain))
    if not parts or "".join(part[0] for part in parts).strip() != plain:
        return _not_below_0(number(plain), plain)
    total = 0.0
    for part in parts:
        unit = _SECONDS.get(part[2].casefold())
        if unit is None:
            raise AmountError(f"{part[2]!r} is no unit of time that is known: s, min or h")
        total += unit * number(part[1])
    return _not_below_0(round(total, 9), plain)


def step_s(text: str) -> float:
    """Seconds of the last digit of a time as it is typed: 11 min is known to a minute, 1:04 to a second.

    >>> step_s("11 min"), step_s("11.5 min"), step_s("64"), step_s("1:04")
    (60.0, 6.0, 1.0, 1.0)
    """
    parts = list(_PART.finditer(text.strip()))
    digits = re.search(r"[.,](\d+)\s*$", parts[-1][1] if parts else text)
    unit = _SECONDS.get(parts[-1][2].casefold(), 1.0) if parts else 1.0
    return unit * 10.0 ** -(len(digits[1]) if digits else 0)


def step(text: str) -> float:
    """Last digit of a number or a share as it is typed: 6.0 is known to a tenth, 5.70 % to 0.0001.

    >>> step("6.0"), step("88 %"), step("0.057"), step("57 of 1000")
    (0.1, 0.01, 0.001, 0.001)
    """
    if match := re.fullmatch(r".+?\s*(?:of|/)\s*(.+)", text.strip()):
        return 1 / number(match[1])
    digits = re.search(r"[.,](\d+)\s*(?:%|per ?cent|pct)?\s*$", text, re.IGNORECASE)
    unit = 0.01 if re.search(r"%|per ?cent|pct", text, re.IGNORECASE) else 1.0
    return float(f"{unit * 10.0 ** -(len(digits[1]) if digits else 0):.9g}")


def share(text: str) -> float:
    """Read a share: 5.7 %, 0.057, or 57 of 1000.

    >>> share("5.7 %"), share("0.057"), share("57 of 1000")
    (0.057, 0.057, 0.057)

    Raises
    ------
    AmountError
        If it is none, or a number above 1 without a sign of per cent.
    """
    plain = text.strip()
    if match := re.fullmatch(r"(.+?)\s*(?:%|per ?cent|pct)", plain, re.IGNORECASE):
        value = round(number(match[1]) / 100, 12)
    elif match := re.fullmatch(r"(.+?)\s*(?:of|/)\s*(.+)", plain):
        whole = number(match[2])
        if whole <= 0:
            raise AmountError(f"{plain}: of nothing there is no share")
        value = number(match[1]) / whole
    else:
        value = number(plain)
        if 1 < value <= 100:
            raise AmountError(f"{value:g} is above 1: for per cent type {value:g} %")
    if not 0 <= value <= 1:
        raise AmountError(f"{plain} is no share: from 0 % to 100 %")
    return value


def numbers(text: str) -> list[float]:
    """Read several numbers, between blanks or semicolons: 40 60 80.

    Raises
    ------
    AmountError
        If one of them is none.
    """
    return [_not_below_0(number(part), part) for part in re.split(r"[;\s]+|,\s+", text.strip("[] ")) if part]


def _not_below_0(value: float, text: str) -> float:
    if value < 0:
        raise AmountError(f"{text.strip()} is below 0")
    return value
