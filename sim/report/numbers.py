"""How are numbers written? With the digits that can be read, their unit, and how sure they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import floor, isfinite, isinf, isnan, log10
from typing import Literal

from sim.kpis.definitions import Kpi, Quantile
from sim.kpis.estimate import Quantity
from sim.kpis.intervals import FEW, unseen
from sim.kpis.targets import titled as figure_title
from sim.scenario.scenario import Scenario
from sim.scenario.units import HOUR_S, clock_text, end_text

HARD = "\u00a0"
"""A blank at which no line ends."""
SIGNS = {"at least": "≥", "at most": "≤"}
"""How the sides of targets read."""
ENOUGH_FOR_MEANS, ENOUGH_FOR_PERCENTILES = 20, 100
"""Replications from which on intervals without a mark hold."""
_MOST_DECIMALS = 9
"""Of a figure that is hardly off its target."""
_DUST = 1e-9
"""Smaller differences are shown as none."""


def number(value: float | None, unit: str, beside: float | None = None) -> str:
    """Text of a figure: shares as per cent, the rest with as many digits as can be read.

    Where a figure stands *beside* another, its target, it has as many as show on which side of it it is.

    >>> number(0.8768, "share"), number(1234.5, "chats"), number(3.14159, "s"), number(None, "s")
    ('87.7 %', '1,234', '3.14', '–')
    >>> number(0.0502, "share", 0.05), number(60.004, "s", 60.0), number(60.0, "s", 60.0)
    ('5.02 %', '60.004', '60.0')
    """
    if value is None or isnan(value):
        return "–"
    if isinf(value):
        return "∞"
    if unit == "share":
        return f"{_digits(100 * value, 1, None if beside is None else 100 * beside)} %"
    if is_currency(unit):
        return f"{value:,.2f}"
    return _digits(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2, beside)


def is_currency(unit: str) -> bool:
    """Whether a *unit* is a currency by its code, whose amounts are written to the hundredth."""
    return len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()


def _digits(value: float, decimals: int, beside: float | None) -> str:
    """A number with so many decimals, or as many more as show on which side of another it is."""
    if beside is None:
        return f"{value:,.{decimals}f}"
    other = round(beside, _MOST_DECIMALS)  # a share in per cent may have dust at its end
    for more in range(decimals, _MOST_DECIMALS):
        rounded = round(value, more)
        if (rounded < other, rounded > other) == (value < beside, value > beside):
            return f"{value:,.{more}f}"
    return f"{value:,.{decimals}f}"


def target_text(unit: str, bound: float, side: Literal["at least", "at most"]) -> str:
    """Text of a target, none of whose digits is rounded off: ``≤ 5.25 %``."""
    return f"{SIGNS[side]} {with_unit(unit, bound, bound)}"


def with_unit(unit: str, value: float | None, beside: float | None = None) -> str:
    """Text of a figure with its unit; *beside* its target with the digits that it takes."""
    text = number(value, unit, beside)
    return text if value is None or unit in {"share", ""} else f"{text} {unit}"


UNSURE = "In brackets: met or missed, but not for sure."
"""What brackets around the mark of a target mean."""
FEW_SIGN = " *"
"""Mark of an interval that fewer than five replications carry."""
ALIKE = "all alike"
"""In place of an interval, where all replications say the same."""


def interval(figure: Quantity, unit: str, *, is_difference: bool = False) -> str:
    """Text of a 95 % interval, with its mark; of its lower end where there is no upper."""
    if figure.alike:
        return ALIKE
    if figure.low is None:
        return ""

    def text(end: float) -> str:
        return signed(end, unit, bare=True) if is_difference else number(end, unit)

    ends = f"≥ {text(figure.low)}" if figure.high is None else f"{text(figure.low)} … {text(figure.high)}"
    return ends + FEW_SIGN * figure.few_days


def reach(figure: Quantity, unit: str) -> str:
    """Text of an interval's longer side: ± and the number, without the sign of a share, with its mark."""
    if figure.reach is None:
        return ""
    return f"± {number(figure.reach, unit).removesuffix(' %')}{FEW_SIGN.strip() * figure.few_days}"


def heading(title: str, unit: str) -> str:
    """Head of a column where units stand in heads: its title, and its unit on a line of its own."""
    return f"{title}\n{sign(unit)}" if unit else title


def sign(unit: str, *, is_difference: bool = False) -> str:
    """Unit as it is written: shares in per cent, their differences in points."""
    if unit != "share":
        return unit
    return "points" if is_difference else "%"


def caveats(n: int, figures: Iterable[tuple[Kpi, Quantity]]) -> list[str]:
    """What the marks of some *figures* over *n* replications mean, and what so few of them can't tell."""
    if n < 2:
        return []
    if n == 2:
        return ["Two replications give no interval: it takes three, and for most figures a hundred."]
    some, told = list(figures), []
    if any(figure.few_days and not figure.alike for _, figure in some):
        carried = f"fewer than {FEW} of {n:,} replications carry this figure, all others being alike"
        told.append(
            f"*: {carried if n >= FEW else f'{n} replications are fewer than {FEW}'}. The "
            "interval may be far too short, for worse ones may come: more replications (-n) tell."
        )
    if any(figure.alike for _, figure in some):
        told.append(
            f"{ALIKE.capitalize()}: the same in each of {n:,} replications, which says no more than that "
            f"fewer than {100 * unseen(n):.2g} % of all differ."
        )
    if any(figure.high is None and figure.low is not None for _, figure in some):
        told.append("≥: so few replications set no upper limit.")
    if n < ENOUGH_FOR_PERCENTILES:
        if n < ENOUGH_FOR_MEANS:
            told.append(
                f"{n:,} replications are few: intervals hold less often than 95 times in 100. Those with no "
                f"mark do from {ENOUGH_FOR_MEANS} on; of percentiles, from {ENOUGH_FOR_PERCENTILES}."
            )
        elif any(isinstance(kpi.form, Quantile) for kpi, _ in some):
            told.append(
                f"From {n:,} replications, intervals of percentiles hold about 90 times in 100; from "
                f"{ENOUGH_FOR_PERCENTILES} on, 95 times."
            )
    return told


def signed(value: float, unit: str, *, bare: bool = False) -> str:
    """Text of a difference with its sign: shares in points; *bare*: without the unit.

    >>> signed(0.0213, "share"), signed(-12.34, "s"), signed(3.0, "h", bare=True)
    ('+2.13 points', '−12.3 s', '+3.00')
    >>> signed(-0.00212, "chats"), signed(-1e-12, "s")
    ('−0.002 chats', '0.00 s')
    """
    sign = "−" if value < 0 else "+"
    text = size_text(abs(value), unit, bare=bare)
    return f"{sign}{text}" if re.search("[1-9]", text) else text


def size_text(value: float, unit: str, *, bare: bool = False) -> str:
    """Text of the size of a difference, shares in points; *bare*: without the unit."""
    if unit == "share":
        text = f"{100 * value:.1f}" if value >= 0.0995 else _small(100 * value)
        return text if bare else f"{text} points"
    text = number(value, unit) if value >= 1 else _small(value)
    return text if bare else f"{text} {unit}"


def _small(value: float) -> str:
    """A number with two decimals, or with one digit if those are naught and it is not."""
    return f"{value:.2f}" if value >= 0.005 or value < _DUST else f"{value:.{-floor(log10(value))}f}"


def titled(kpi: Kpi, scenario: Scenario) -> str:
    """Title of a figure within a sentence, that of the service level with its threshold."""
    return in_words(figure_title(kpi.name, scenario))


def in_words(title: str) -> str:
    """*title* of a figure within a sentence: abbreviations stay in capitals."""
    return title if title[:2].isupper() else title[0].lower() + title[1:]


def percent(share: float) -> str:
    """A *share* in words.

    >>> percent(0.804), percent(0.003), percent(0.9999)
    ('80 %', '0.3 %', '99.9 %')
    """
    few = 0 < share < 0.095 or 0.995 <= share < 1
    share = min(share, 0.999) if share < 1 else share
    return f"{100 * share:.1f} %" if few else f"{100 * share:.0f} %"


def duration_unit(longest_s: float) -> tuple[float, str]:
    """Seconds in the unit in which durations up to *longest_s* read best, and its name.

    >>> duration_unit(240), duration_unit(3000), duration_unit(90000)
    ((1.0, 's'), (60.0, 'min'), (3600.0, 'h'))
    """
    if longest_s <= 900:
        return 1.0, "s"
    return (60.0, "min") if longest_s <= 4 * HOUR_S else (float(HOUR_S), "h")


def digits(value: float, unit: str, significant: int = 5) -> str:
    """Text of a value with so many *significant* digits, a share in per cent.

    >>> digits(0.0986286, "share"), digits(1815.27, "chats"), digits(0.00021, "s", 2)
    ('9.8629', '1815.3', '0.00021')
    """
    shown = 100 * value if unit == "share" else value
    if not isfinite(shown):
        return "–"
    return f"{shown:.{significant}g}" if abs(shown) < 10**significant else f"{shown:.0f}"


def time_of_day(cell: float | None, name: str) -> str:
    """A time of day in a column of a *name*; where that is of ends, the end of a day is 24:00."""
    if cell is None:
        return ""
    return end_text(cell) if name in {"to", "end", "end_s", "to_s"} else clock_text(cell)
