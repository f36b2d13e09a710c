"""What does trust answer with? A row a figure that is known, what was simulated, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from sim.report.numbers import digits
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table
from sim.validation.formulas import AGENTS, THRESHOLD_S, Point
from sim.validation.suite import ALPHA, Trust
from sim.validation.suite import Row as Known

METHOD = (
    f"Judged together by Holm's procedure: of {1 / ALPHA:.0f} tables of a right simulator, each with another "
    "seed, at most one has a row that fails. z is in standard errors."
)

_NUMBERS = ("half", "low", "high", "replications", "z", "p")
"""Columns that are data alone."""


def result(found: Trust, points: Sequence[Point] = ()) -> Result:
    """Result of trust; with *points*, also of how wrong formulas for chat are."""
    reasons = list(dict.fromkeys(row.check.why for row in found.rows if row.check.why))
    basis = f"figures that are published or exact, and the simulator's, seed {found.seed}"
    head = Head("trust", (), basis, found.seed, interrupted=found.interrupted, title="Trust")
    facts = {"method": "Holm", "alpha": ALPHA, "failed": len(found.failed)}
    notes = (METHOD, *(f"[{k}] {reason}" for k, reason in enumerate(reasons, start=1)), *_sources(found))
    columns = (
        Column("case", is_shown=False),
        Column("figure", is_shown=False),
        Column("title", is_shown=False),
        Column("label", "Figure"),
        Column("published", "Published", spare=1),
        Column("exact", "Exact", PER_ROW, "number", "digits"),
        Column("simulated", "Simulated", PER_ROW, "number", "digits"),
        Column("half_text", "± 95 %"),
        *(
            Column(name, form="number", is_shown=False)
            for name in ("half", "low", "high", "replications", "z", "p")
        ),
        Column("z_text", "z"),
        Column("agrees", form="flag"),
        *(Column(name, is_shown=False) for name in ("unit", "source", "differs_because")),
    )
    rows = [_row(row, reasons) for row in found.rows]
    tables = [Table("rows", "Figures", columns, rows, section="case", notes=notes)]
    if points:
        tables.append(_formulas(points))
    return Result(head, (), (verdict(found),), tuple(tables), facts, found)


def verdict(found: Trust) -> str:
    """The table in one sentence."""
    n, centres = len(found.rows), len({row.case.name for row in found.rows})
    head = f"{n} figures of {centres} centres whose figures are known, simulated with seed {found.seed}: "
    if found.interrupted:
        head = f"interrupted; {head}"
    if not found.failed:
        return f"{head}all agree."
    return f"{head}{len(found.failed)} disagree{'s' * (len(found.failed) == 1)}."


def _row(row: Known, reasons: Sequence[str]) -> Row:
    unit = row.check.in_unit()
    note = f" [{reasons.index(row.check.why) + 1}]" if row.check.why else ""
    known = isfinite(row.value)
    return {
        "case": row.case.name, "source": row.case.source, "figure": row.check.name,
        "title": row.check.heading(),
        "label": f"{row.check.heading()}{' [s]' if unit == 's' else ''}{note}", "unit": unit,
        "published": row.check.published or "", "differs_because": row.check.why or None,
        "exact": row.exact, "simulated": row.value if known else None, "half": row.half,
        "half_text": f"{digits(row.half, unit, 2)}{' %' * (unit == 'share')}" if row.half else "0",
        "low": row.value - row.half if known else None, "high": row.value + row.half if known else None,
        "replications": row.n, "z": row.z if isfinite(row.z) else None,
        "z_text": f"{row.z:+.1f}" if isfinite(row.z) else "∞", "p": row.p, "agrees": row.agrees,
    }  # fmt: skip


def _sources(found: Trust) -> Iterator[str]:
    """Say where the values come from."""
    by_source: dict[str, list[str]] = {}
    for name, source in {row.case.name: row.case.source for row in found.rows}.items():
        by_source.setdefault(source, []).append(name)
    for source, names in by_source.items():
        yield f"{' · '.join(names)}: {source}"


def _formulas(points: Sequence[Point]) -> Table:
    """Service levels as simulated and as each formula has them, by slots and load; for a picture."""
    names = list(points[0].predicted)
    title = f"service level in {THRESHOLD_S:g} s of {AGENTS} agents who answer message by message"
    columns = (
        Column("slots", form="number", is_shown=False),
        Column("load", form="number", is_shown=False),
        Column("simulated", unit="share", form="quantity", is_shown=False),
        *(Column(name, unit="share", form="number", is_shown=False) for name in names),
    )
    rows: list[Row] = [
        {"slots": point.slots, "load": point.load, "simulated": point.simulated, **point.predicted}
        for point in points
    ]
    return Table("formulas", title, columns, rows, is_shown=False)
