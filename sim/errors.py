"""What can go wrong: one exception tree.

::

    SimError                a problem of the user's input or machine; shown without a traceback
    ├── ScenarioError       a scenario or a file it names breaks a law; carries every Problem
    ├── TheoryError         a formula is asked about numbers it has no answer for
    ├── VaryError           a change of a scenario that leads nowhere or can't be made
    │   └── TooManyValuesError  a range without an end in reach
    ├── StudyError          a question that has no answer, or too many
    │   └── UnknownNameError    no key figure or breakdown is called so (also a KeyError)
    ├── LogError            tables of a log that don't fit together
    ├── LoadError           a chat server that does not answer, fails, or can't be driven
    ├── ClusterError        machines that don't answer, or are not as they should be
    ├── TooLargeError       the demand would not fit into memory
    └── OutputError         a place that can't be written to
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_TOLD = 50
"""Most problems of one input that are told."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that do something to a terminal, a page or a line, where they should be seen."""


def printable(text: str) -> str:
    r"""Text whose control characters are written out, so that they do nothing where it is shown.

    >>> print(printable("red: \x1b[31m"))
    red: \x1b[31m
    """
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def short(text: str, most: int = 80) -> str:
    """Text as it is shown: no longer than *most* letters.

    >>> short("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken law of an input file: where it stands, what the law is and what was found."""

    file: str
    """The file as the user named it."""
    place: str
    """Dotted path of the value, as in ``groups.0.concurrency``; empty for the file as a whole."""
    law: str
    """The law that was broken, in words."""
    got: str = ""
    """The value that broke it; empty where there is none."""
    hint: str = ""
    """What may have been meant."""
    line: int | None = None
    """Line in the file, from 1; None where the problem has no line."""
    column: int | None = None
    """Column in that line, from 1."""

    def __str__(self) -> str:
        """``file:line:column: place: law, got value; did you mean …``."""
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        place = f"{short(self.place, 200)}: " if self.place else ""
        got = f", got {short(self.got, 200)}" if self.got else ""
        hint = f"; {self.hint}" if self.hint else ""
        return printable(f"{where}: {place}{self.law}{got}{hint}")

    @property
    def kind(self) -> tuple[str, str, str]:
        """What it shares with the same mistake elsewhere: all but where in a list it is, and the value."""
        return self.file, re.sub(r"\.\d+(?=\.|$)", ".*", self.place), self.law

    @property
    def elsewhere(self) -> str:
        """Where the same mistake stands again, and its value, in short."""
        line = ":".join(str(part) for part in (self.line, self.column) if part is not None)
        got = f" ({short(self.got)})" if self.got else ""
        return printable(f"{line or short(self.place)}{got}")


class SimError(Exception):
    """A problem of the user's input or machine, said in one sentence."""


class ScenarioError(SimError):
    """A scenario, or a file that it names, breaks one or more laws."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        """Every problem found, in the order of the file."""
        super().__init__("\n".join(_told(self.problems)))


def _told(problems: Sequence[Problem]) -> Iterator[str]:
    """Say problems in lines: the same mistake, made more than three times, in one; and not too many."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        alike.setdefault(problem.kind, []).append(problem)
    lines = [line for same in alike.values() for line in _lines(same)]
    yield from lines[:MOST_TOLD]
    if len(lines) > MOST_TOLD:
        yield f"... and {len(lines) - MOST_TOLD:,} more problems"


def _lines(same: Sequence[Problem]) -> list[str]:
    first, *others = same
    if len(others) < 3:
        return [str(problem) for problem in same]
    others_told = ", ".join(problem.elsewhere for problem in others[:2])
    return [f"{first} ({len(same):,} times: also {others_told}, ...)"]


class TheoryError(SimError):
    """A formula is asked about numbers that it has no answer for; names the number and its law."""


class VaryError(SimError):
    """A path leads nowhere in a scenario, or the values it is to take can't be read."""


class ThresholdError(SimError):
    """A threshold that says nothing that could fail."""


class TooManyValuesError(VaryError):
    """A range of values has no end in reach."""

    def __init__(self, text: str, n: int) -> None:
        self.n = n
        """Values it has."""
        super().__init__(text)


class StudyError(SimError):
    """A study's question has no answer, as when no staffing keeps the targets, or would take too long."""


class UnknownNameError(StudyError, KeyError):
    """No key figure, or no breakdown, has this name; says which is nearest."""

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would show it in quotes


class LogError(SimError):
    """A table of a log lacks a column that it can't be without, or holds what it can't."""


class LoadError(SimError):
    """A chat server does not answer or fails, or a scenario can't be played on it; names the cause."""


class ResultError(SimError):
    """A file is no result, or one that this version can't read."""


class ClusterError(SimError):
    """A cluster does not answer, lost its work, or runs another version."""


class ClusterWarning(UserWarning):
    """A cluster lost a part of itself and goes on without it."""


class TooLargeError(SimError):
    """The demand would need more memory than the machine has."""


class OutputError(SimError):
    """A place that can't be written to, or that would be overwritten."""
