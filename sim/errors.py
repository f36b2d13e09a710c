"""What can go wrong: one exception tree.

::

    SimError                a problem of the user's input or machine; shown without a traceback
    ├── ScenarioError       a scenario or a file it names breaks a law; carries every Problem
    ├── TheoryError         a formula is asked about numbers it has no answer for
    ├── VaryError           a change of a scenario that leads nowhere or can't be made
    │   └── TooManyValuesError  a range without an end in reach
    ├── StudyError          a question that has no answer, or too many
    ├── ClusterError        machines that don't answer, or are not as they should be
    ├── TooLargeError       the demand would not fit into memory
    └── OutputError         a place that can't be written to
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
        place = f"{self.place}: " if self.place else ""
        got = f", got {self.got}" if self.got else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}: {place}{self.law}{got}{hint}"


class SimError(Exception):
    """A problem of the user's input or machine, said in one sentence."""


class ScenarioError(SimError):
    """A scenario, or a file that it names, breaks one or more laws."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        """Every problem found, in the order of the file."""
        super().__init__("\n".join(str(problem) for problem in self.problems))


class TheoryError(SimError):
    """A formula is asked about numbers that it has no answer for; names the number and its law."""


class VaryError(SimError):
    """A path leads nowhere in a scenario, or the values it is to take can't be read."""


class TooManyValuesError(VaryError):
    """A range of values has no end in reach."""

    def __init__(self, text: str, n: int) -> None:
        self.n = n
        """Values it has."""
        super().__init__(text)


class StudyError(SimError):
    """A study's question has no answer, as when no staffing keeps the targets, or would take too long."""


class ClusterError(SimError):
    """A cluster does not answer, lost its work, or runs another version."""


class TooLargeError(SimError):
    """The demand would need more memory than the machine has."""


class OutputError(SimError):
    """A place that can't be written to, or that would be overwritten."""
