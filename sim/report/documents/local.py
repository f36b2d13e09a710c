"""How are numbers, money and dates written in a language? As its readers are used to."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from sim.report.documents.names import name
from sim.report.documents.texts import Language, say
from sim.report.numbers import HARD, number, target_text, with_unit
from sim.report.result import Judged

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")
"""A number that has something in it which other languages write otherwise."""
_POINTS = re.compile(r" points$")
_UNIT = re.compile(r"(?<=[\d∞]) (?=\S)")
_THIN = "\u202f"


@dataclass(frozen=True, slots=True)
class Local:
    """A language, and how it writes."""

    language: Language

    def say(self, key: str, **values: object) -> str:
        """A text of the table with its values."""
        return say(self.language, key, **values)

    def name(self, english: str) -> str:
        """Name of a figure or column; in English where nobody translated it."""
        return name(self.language, english) or english

    def knows(self, english: str) -> bool:
        """Whether a name is there in this language."""
        return name(self.language, english) is not None

    def numbers(self, text: str) -> str:
        """All numbers of a *text* that was written in English, with this language's signs.

        >>> Local(Language.GERMAN).numbers("1,234.5 … 60"), Local(Language.ENGLISH).numbers("1,234.5")
        ('1.234,5 … 60', '1,234.5')
        """
        from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415  an extra

        point, comma = get_decimal_symbol(self.language), get_group_symbol(self.language)
        signs = str.maketrans({",": comma, ".": point})
        return _NUMBER.sub(lambda found: found[0].translate(signs), text)

    def cell(self, text: str) -> str:
        """A cell of numbers: its numbers and points in this language."""
        return _POINTS.sub(f" {self.name('points')}", self.numbers(text))

    def number(self, value: float | None, unit: str, beside: float | None = None) -> str:
        """A figure with its unit, on one line; *beside* its target with the digits that it takes."""
        text = with_unit(unit, value, beside)
        if value is not None and unit not in {"share", ""}:
            text = f"{number(value, unit, beside)} {self.name(unit)}"
        return _UNIT.sub(HARD, self.numbers(text))

    def bound(self, each: Judged) -> str:
        """What is asked for."""
        assert each.bound is not None
        return _UNIT.sub(HARD, self.numbers(target_text(each.unit, each.bound, each.side)))

    def money(self, amount: float, currency: str | None) -> str:
        r"""An amount of money.

        >>> Local(Language.FRENCH).money(1234.5, "EUR").replace("\u202f", " ").replace("\xa0", " ")
        '1 234,50 €'
        """
        from babel.numbers import format_currency, format_decimal  # noqa: PLC0415  an extra

        exact = Decimal(repr(amount))
        if not currency:
            return str(format_decimal(exact, "#,##0.00", locale=self.language))
        return str(format_currency(exact, currency, locale=self.language))

    def date(self, date: dt.date, form: str = "full") -> str:
        """A date in words."""
        from babel.dates import format_date  # noqa: PLC0415  an extra

        return str(format_date(date, form, locale=self.language))

    def days(self, n: int) -> str:
        """So many days."""
        return self.say("n_days", n=n)

    def title(self, each: Judged) -> str:
        """Figure of a target, with the queue or group that it binds."""
        title = self.name(each.title)
        return f"{title}, {each.where}" if each.where else title
