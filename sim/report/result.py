"""What does every study answer with? One `Result`: who asked what, targets, sentences, tables, pictures.

All that leaves the project is made of it, once for every study: the terminal, JSON, CSV, frames, pages. A
result is read back from its JSON and says, shows and draws the same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from sim import __version__
from sim.errors import StudyError, UnknownNameError
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.kpis.targets import Verdict, all_kept, title
from sim.report.naming import where_of
from sim.scenario.scenario import Scenario
from sim.scenario.units import plural
from sim.scenario.words import did_you_mean
from sim.studies.paired import Paired

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.figure import Figure

P = ParamSpec("P")
Found = TypeVar("Found")
PER_ROW = "per row"
"""Unit of a column whose rows name theirs, under ``unit``."""
Form = Literal["text", "setting", "number", "quantity", "judged", "difference", "clock", "flag"]
"""What stands in a column's cells: words; what was set, a number or a word, as it is; a number; a `Quantity`;
a `Judged`, or a `Quantity` that has no target; a `Quantity` that is a difference; seconds since midnight;
true or false."""
Look = Literal["", "interval", "spread", "reach", "span", "misses", "digits"]
"""How much of a quantity is shown: its value alone; its 95 % interval too; that and the band of 10–90 %; both
in one cell as ``value ± longer side``, or as ``value (low … high)``. Words that ``span`` may go on below. Of
what is judged, ``misses`` alone may be marked. Numbers to many ``digits`` are written without their unit."""
Row = Mapping[str, Any]
"""Cells of a row by column."""
_LINE = 120
"""Letters of a line that names a result."""
_MANY = 30
"""Names that are not worth listing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A target, what was found, and whether it is met."""

    target: str
    """Its key in the scenario."""
    kpi: str
    title: str
    """The figure in words, the service level with its threshold."""
    unit: str
    side: Literal["at least", "at most"]
    bound: float | None
    quantity: Quantity
    met: bool | None
    """None where it could not be judged: nothing was measured, or nothing is asked for."""
    sure: bool
    where: str = ""
    """Queue or group that it binds; empty for the centre."""
    worst: float | None = None
    """Value in the interval where it is worst, where intervals were judged too."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it is called, in what unit it is, and how it is shown."""

    name: str
    """Its key in rows, in JSON and in frames."""
    title: str = ""
    """Its head where people read it; that of its figure if it is named like one."""
    unit: str = ""
    """As of key figures: share, s, h, chats …; `PER_ROW` where each row names its own."""
    form: Form = "text"
    look: Look = ""
    is_shown: bool = True
    """Whether a table for people has it; data have all."""
    spare: int = 0
    """Place in the order in which columns go where a terminal is too narrow; 0 stays."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a result. Its name is its key in JSON, its file among CSVs and its sheet in a workbook."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    key: str = ""
    """Column whose value names each row, where rows are looked up by it."""
    notes: tuple[str, ...] = ()
    """Sentences below it: what marks mean, and how it was made."""
    section: str = ""
    """Column whose rows with one value stand together, below it as a heading."""
    divide: str = ""
    """Column at whose changes a line is drawn; where it repeats, it is shown once."""
    is_shown: bool = True
    """Whether it is shown where nothing else is asked for."""
    wraps: bool = False
    """Whether columns for which there is no room go on below, instead of being left out."""

    def __repr__(self) -> str:
        return (
            f"<table {self.name!r}: {plural(len(self.rows), 'row')}, {plural(len(self.columns), 'column')}>"
        )

    @property
    def shown_rows(self) -> list[Row]:
        """Rows for people: those that don't say of themselves that nothing happens in them."""
        return [row for row in self.rows if row.get("shown", True)]

    def frame(self) -> pl.DataFrame:
        """All rows and columns; a quantity has a column for its value and one for each end."""
        from sim.report.data import frame  # noqa: PLC0415  heavy

        return frame(self)


@dataclass(frozen=True, slots=True)
class Head:
    """Who asked what: the same for every study."""

    study: str
    scenarios: tuple[str, ...]
    """Names; of a comparison the baseline first."""
    basis: str
    """How many days, replications, which seed, in a sentence or two."""
    seed: int | None = None
    replications: int | None = None
    interrupted: bool = False
    version: str = __version__
    title: str = ""
    """What it is called, where that is not its scenario's name."""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of a study."""

    head: Head
    judged: tuple[Judged, ...] = ()
    """Targets, and what became of them."""
    words: tuple[str, ...] = ()
    """What was found, in sentences: the answer first."""
    tables: tuple[Table, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Numbers and names that are no table, by their key in JSON."""
    found: Any = field(default=None, compare=False, repr=False)
    """The study's own record, with the simulated figures; none in a result that was read from a file."""

    def __repr__(self) -> str:
        return (
            textwrap.shorten(
                f"<{self.head.study} {self.title!r}: {self._gist()}", _LINE - 1, placeholder=" …"
            )
            + ">"
        )

    def __str__(self) -> str:
        from sim.report.text import text  # noqa: PLC0415  heavy

        return text(self)

    def _repr_html_(self) -> str:
        from sim.report.html import fragment  # noqa: PLC0415  heavy

        return fragment(self)

    def __getitem__(self, name: str) -> Quantity:
        """Figure of the whole centre by name; raises `UnknownNameError` for what it has not."""
        rows = {row["kpi"]: row["value"] for row in self.table("kpis").rows} if self.has("kpis") else {}
        return rows[_known(name, list(rows), "figure")]  # type: ignore[no-any-return]

    @property
    def title(self) -> str:
        """Scenario, or scenarios, in a few words."""
        first, *others = self.head.scenarios or (self.head.title or self.head.study,)
        if not others:
            return first
        return f"{first} and {others[0] if len(others) == 1 else plural(len(others), 'other')}"

    @property
    def kept(self) -> bool | None:
        """Whether all targets that could be judged are met; None if there is none."""
        return all_kept(self.judged)

    def has(self, name: str) -> bool:
        """Whether there is a table of this name."""
        return any(table.name == name for table in self.tables)

    def table(self, name: str) -> Table:
        """Table by name; raises `UnknownNameError` for one that it has not."""
        tables = {table.name: table for table in self.tables}
        return tables[_known(name, list(tables), "table")]

    def frame(self, table: str | None = None, *, by: str | None = None) -> pl.DataFrame:
        """A table as a frame, by name; or the figures *by* interval, queue, group or day; else the first."""
        if by is not None:
            return self.table(f"by_{by}").frame()
        if table is None and not self.tables:
            raise StudyError(f"the result of {self.head.study} has no table")
        return self.table(self.tables[0].name if table is None else table).frame()

    def document(self) -> dict[str, Any]:
        """All of it as plain data, ready for JSON."""
        from sim.report.data import document  # noqa: PLC0415  heavy

        return document(self)

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Pictures by name, each drawn when it is called."""
        from sim.report.plots import HOMES  # noqa: PLC0415

        home = HOMES.get(self.head.study)
        return {} if home is None else dict(import_module(home).pictures(self))

    def plot(self, name: str | None = None) -> Figure:
        """One picture, the first if not named, as a matplotlib figure; raises `UnknownNameError`."""
        known = self.pictures()
        if not known:
            raise StudyError(f"the result of {self.head.study} has no picture")
        return known[next(iter(known)) if name is None else _known(name, list(known), "picture")]()

    def save(self, folder: str | Path, *, svg: bool = False, force: bool = False) -> None:
        """Write all of it into a *folder*: result.json, a CSV for each table, a PNG for each picture.

        Raises
        ------
        OutputError
            If the folder can't be written, or holds something and *force* is not given.
        """
        from sim.report.folder import save  # noqa: PLC0415  heavy

        save(self, Path(folder), svg=svg, force=force)

    def report(
        self,
        file: str | Path,
        *,
        language: str = "en",
        company: str = "",
        logo: str | Path | None = None,
        force: bool = False,
    ) -> None:
        """Write it as a *file* that can be sent: a page (.html), a PDF or a workbook (.xlsx).

        Pages and PDFs speak a *language* (en, de, fr, es) and say who sends them: a *company*, with the
        *logo* of a PNG or SVG file.

        Raises
        ------
        OutputError
            If the file can't be written, exists and *force* is not given, or the libraries of the extra
            `report` (of a workbook: `excel`) are missing.
        ResultError
            If the logo can't be read.
        UnknownNameError
            If it is another language.
        """
        from sim.report.documents.texts import Language  # noqa: PLC0415  heavy
        from sim.report.documents.write import read_logo, save  # noqa: PLC0415  heavy

        spoken = Language(_known(language, [str(each) for each in Language], "language"))
        picture = None if logo is None else read_logo(Path(logo))
        save(self, Path(file), language=spoken, company=company, logo=picture, force=force)

    def _gist(self) -> str:
        """Replications, service level and targets of a run; the answer of another study."""
        from sim.report.numbers import interval, number  # noqa: PLC0415  above

        if not self.has("kpis"):
            return self.words[0] if self.words else f"tables {', '.join(each.name for each in self.tables)}"
        level = self["service_level"]
        parts = [plural(self.head.replications or 0, "replication")]
        parts.append(f"service level {number(level.value, 'share')} ({interval(level, 'share') or '–'})")
        known = [each for each in self.judged if each.met is not None]
        met = sum(bool(each.met) for each in known)
        return ", ".join([*parts, *([f"{met} of {plural(len(known), 'target')} met"] if known else [])])


def _known(name: str, known: list[str], what: str) -> str:
    """A *name*, if it is *known*; raises `UnknownNameError` with the nearest if it is not."""
    if name in known:
        return name
    there = f"there are {', '.join(known)}" if len(known) < _MANY else "`kpis` has all"
    hint = did_you_mean(name, known) or f"; {there}" if known else "; there is none"
    raise UnknownNameError(f"this result has no {what} {name!r}{hint}")


def judged(verdict: Verdict, scenario: Scenario) -> Judged:
    """A verdict as results have it."""
    bound, unit = verdict.bound, BY_NAME[verdict.bound.kpi].unit
    return Judged(
        bound.target, bound.kpi, title(bound, scenario), unit, bound.side, bound.value, verdict.figure,
        verdict.met, verdict.sure, where_of(bound),
    )  # fmt: skip


def change(by: Paired) -> Quantity:
    """A difference as results have it: with a band of days only where it is the same in all of them."""
    band = by.value if by.steady or by.same else None
    return Quantity(by.value, by.low, by.high, by.few_days, by.value, band, band)


def figure_column(
    name: str, *, form: Form = "number", look: Look = "", spare: int = 0, title: str = ""
) -> Column:
    """Column of a key figure, headed as in tables that have one for each figure."""
    kpi = BY_NAME[name]
    return Column(name, title or kpi.shown.head or kpi.title, kpi.unit, form, look, spare=spare)


def answering(study: Callable[P, Found], result: Callable[[Found], Result]) -> Callable[P, Result]:
    """Give a *study* that answers with a `Result`, which *result* makes of what it found."""

    @wraps(study)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Result:
        return result(study(*args, **kwargs))

    asked.__annotations__ = {**study.__annotations__, "return": Result}
    asked.__module__ = result.__module__
    return asked
