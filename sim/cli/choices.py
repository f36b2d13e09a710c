"""Which words does an option take? One of a few names; of another the nearest is told."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import typer

from sim.errors import printable, short

E = TypeVar("E", bound=StrEnum)


def one_of(kind: type[E], what: str) -> Callable[[Any], E]:
    """Give what reads the name of a *kind*, called *what* in errors: `parser` of a typer option."""

    def named(value: Any) -> E:
        text = str(value).strip()
        if text in list(kind):
            return kind(text)
        from sim.scenario.words import unknown  # noqa: PLC0415  slow to import, and seldom needed

        raise typer.BadParameter(unknown(what, printable(short(text, 40)), list(map(str, kind))))

    return named


def names_of(kind: type[StrEnum]) -> str:
    """Names of a *kind*, as help shows them: `metavar` of a typer option."""
    return "|".join(kind)
