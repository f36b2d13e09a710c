"""What does a sweep answer with? The frontier in words, a row a point, what one more chat per agent does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from sim.kpis.definitions import BY_NAME, Kpi
from sim.kpis.estimate import Quantity
from sim.kpis.targets import Bound
from sim.report import one_more
from sim.report.numbers import SIGNS, caveats, number
from sim.report.result import (
    Column,
    Head,
    Judged,
    Result,
    Row,
    Table,
    answering,
    figure_column,
    judged,
)
from sim.report.run import missed_words
from sim.report.variables import column, plain, setting, variable
from sim.scenario.units import plural
from sim.studies.frontier import Best, Frontier, frontier, shortfall, staffing
from sim.studies.sweep import FIGURES, Point, Sweep, is_decided, scalings
from sim.studies.sweep import sweep as study_sweep

_BESIDE = ("service_level", "missed_rate", "asa_s", "frt_s", "response_s", "occupancy", "attention")
"""Columns that are shown, besides those of the targets."""
_FIRST = 80
"""Place of the first target's column in the order in which columns go: after all that have none."""
PAID = "paid_h_a_day"
"""Column of what a point costs."""


def result(found: Sweep) -> Result:
    """Result of a sweep."""
    best = frontier(found)
    points = f"{prod(found.shape)} points"
    if found.interrupted:
        points = f"Interrupted after {len(found.points)} of {points}"
    runs = f"{plural(found.scenario.days, 'day')}, {plural(found.replications, 'replication')}"
    basis = f"{points}, each {runs}, seed {found.seed}, the same customers"
    head = Head(
        "sweep", (found.scenario.name,), basis, found.seed, found.replications, interrupted=found.interrupted
    )
    words = tuple(line[0].upper() + line[1:] for line in _words(found, best))
    tables = (_points(found), *one_more.tables(found), _frontier(found, best))
    return Result(head, (), words, tables, _facts(found, best), found)


def _facts(found: Sweep, best: Frontier | None) -> dict[str, Any]:
    size = staffing(found)
    return {
        "days": found.scenario.days,
        "chats": found.chats,
        "vary": [
            {
                "path": vary.path,
                "operator": vary.operator,
                "values": [plain(value) for value in vary.values],
                "title": variable(found.scenario, vary),
                "decided": is_decided(vary),
            }
            for vary in found.varies
        ],
        "best_of": None if best is None else found.varies[best.inner].path,
        "changes_paid_hours": None if size is None else found.varies[size].path,
        "cheapest": None if best is None or best.cheapest is None else _values(best.cheapest),
        "cheapest_for_sure": None if best is None or best.sure is None else _values(best.sure),
        "remarks": scalings(found.scenario, [point.scenario for point in found.points]),
    }


def _values(point: Point) -> dict[str, Any]:
    """Values of a point, by the paths of what varies."""
    return {change.path: plain(change.value) for change in point.changes}


# The points


def _points(found: Sweep) -> Table:
    """A row a point: its values, its figures, and what it costs."""
    names = _names(found)
    bounds = {names[v.bound.key]: v.bound for point in found.points for v in point.verdicts}
    others = [
        name
        for name in _BESIDE
        if name not in bounds and any(point.figures[name].value is not None for point in found.points)
    ]
    hidden = [name for name in FIGURES if name not in bounds and name not in others]
    columns = (
        *(column(found.scenario, vary) for vary in found.varies),
        *(_bound_column(found, name, bound, _FIRST - place)
          for place, (name, bound) in enumerate(bounds.items())),
        *(figure_column(name, form="quantity", look="reach", spare=len(others) - place)
          for place, name in enumerate(others)),
        Column(PAID, "paid", "h/day", "number", spare=len(others) + 1),
        *(Column(name, BY_NAME[name].title, BY_NAME[name].unit, "quantity", is_shown=False)
          for name in hidden),
        Column("keeps_all_targets", form="flag", is_shown=False),
        Column("sure", form="flag", is_shown=False),
    )  # fmt: skip
    rows = [_point(found, point, [*others, *hidden], names) for point in found.points]
    divide = found.varies[0].path if len(found.varies) > 1 else ""
    notes = _notes(found, rows, [*bounds, *others])
    return Table("points", "Points", columns, rows, divide=divide, notes=notes)


def _names(found: Sweep) -> dict[str, str]:
    """Column of each target, by its key: its figure's, or its own if that is taken or not the centre's."""
    names: dict[str, str] = {}
    for bound in (verdict.bound for point in found.points for verdict in point.verdicts):
        is_plain = bound.where is None and bound.kpi not in names.values()
        names.setdefault(bound.key, bound.kpi if is_plain else bound.key)
    return names


def _bound_column(found: Sweep, name: str, bound: Bound, spare: int) -> Column:
    """Column of a figure with a target, which its head says if it is the same everywhere."""
    kpi = BY_NAME[bound.kpi]
    every = {v.bound.value for point in found.points for v in point.verdicts if v.bound.key == bound.key}
    title = kpi.shown.head or kpi.title
    if bound.where is not None:
        title += f"\n{bound.where.name}"
    if len(every) == 1:
        told = number(bound.value, kpi.unit).removesuffix(" %").removesuffix(".0").removesuffix(".00")
        title += f" {SIGNS[bound.side]} {told}"
    return Column(name, title, kpi.unit, "judged", "reach", spare=spare)


def _point(found: Sweep, point: Point, others: Sequence[str], names: Mapping[str, str]) -> dict[str, Any]:
    verdicts: dict[str, Judged | Quantity] = {v.bound.key: judged(v, point.scenario) for v in point.verdicts}
    return {
        **_values(point),
        **{name: verdicts.get(key, point.figures.get(name)) for key, name in names.items()},
        **{name: point.figures[name] for name in others},
        PAID: _paid(found, point),
        "keeps_all_targets": point.keeps if point.verdicts else None,
        "sure": point.sure if point.verdicts else None,
    }


def _paid(found: Sweep, point: Point) -> float:
    return point.paid_h / found.scenario.days


def _notes(found: Sweep, rows: Sequence[Row], names: Sequence[str]) -> tuple[str, ...]:
    """What ±, ✓ and marks of figures of these *names* mean; beside what is all alike stands no mark."""
    note = "±: the longer side of the 95 % interval."
    if any(point.verdicts for point in found.points):
        note += " ✓ target kept, ✗ missed; in brackets where it is not sure."
    if found.scenario.warm_up_h:
        note += f" Hours are without the warm-up of {found.scenario.warm_up_h:g} h."
    marked = [_figure(name, row[name]) for row in rows for name in names if row[name] is not None]
    return note, *caveats(found.replications, ((kpi, each) for kpi, each in marked if not each.alike))


def _figure(name: str, cell: Quantity | Judged) -> tuple[Kpi, Quantity]:
    """What is measured in a cell."""
    return (BY_NAME[cell.kpi], cell.quantity) if isinstance(cell, Judged) else (BY_NAME[name], cell)


# The frontier


def _frontier(found: Sweep, best: Frontier | None) -> Table:
    """The best point of each row of the grid, by its values; no row where nothing is decided."""
    rows = [] if best is None else [
        _values(row.point)
        | {"keeps_all": row.keeps}
        | {"sure": None if row.sure is None else plain(row.sure.values[best.inner])}
        for row in best.rows
    ]  # fmt: skip
    columns = (
        *(column(found.scenario, vary) for vary in found.varies),
        Column("keeps_all", "Keeps all targets", form="flag"),
        Column("sure", "For sure", form="setting"),
    )
    title = "Best point of each row: the cheapest that keeps all targets, or the nearest"
    return Table("frontier", title, columns, rows, is_shown=False)


def _words(found: Sweep, best: Frontier | None) -> Iterator[str]:
    """The frontier in sentences, or where all targets are kept; none if there are no targets."""
    if best is None:
        yield from _kept_words(found)
        return
    costs = staffing(found) is not None
    if best.cheapest is not None and len(best.rows) > 1 and costs:
        sure = None if best.sure is None else _priced(found, best.sure)
        cheapest = _priced(found, best.cheapest) + _doubt(best.cheapest, sure)
        yield f"Cheapest of all that keep all targets: {cheapest}."
    for row in best.rows:
        yield _row_words(found, best, row, costs=costs)
    if any(row.keeps for row in best.rows):
        first = "Of those that cost the same, a sure one" if costs else "Best: a sure one"
        yield f"{first} comes first, then the highest service level, to a tenth of a point."


def _doubt(point: Point, sure: str | None) -> str:
    """That a *point* does not keep its targets for sure, and what does; nothing if it does."""
    if point.sure:
        return ""
    instead = f"; for sure: {sure}" if sure is not None else ""
    return f" (not for sure{instead})"


def _kept_words(found: Sweep) -> Iterator[str]:
    """Where nothing is decided: at which points all targets are kept."""
    if not any(point.verdicts for point in found.points):
        return
    kept = [
        _setting(found, point) + " (not for sure)" * (not point.sure) for point in found.points if point.keeps
    ]
    if len(kept) in {0, len(found.points)}:
        yield f"All targets are kept {'everywhere' if kept else 'nowhere'}."
    else:
        yield f"All targets are kept at {'; '.join(kept)}."


def _row_words(found: Sweep, best: Frontier, row: Best, *, costs: bool) -> str:
    at = _setting(found, row.point, without=best.inner)
    at = f"{at}: " if at else ""
    value = _setting(found, row.point, only=best.inner)
    if not row.keeps:
        return f"{at}no point keeps all targets; closest is {value}, with {_missed(row.point)}."
    if not costs:
        return f"{at}best that keeps all targets is {value}{_doubt(row.point, None)}."
    value = _priced(found, row.point, only=best.inner)
    sure = None if row.sure is None else _priced(found, row.sure, only=best.inner)
    return f"{at}cheapest that keeps all targets is {value}{_doubt(row.point, sure)}."


def _setting(found: Sweep, point: Point, without: int | None = None, only: int | None = None) -> str:
    """Variables and their values, all but one or one alone."""
    return ", ".join(
        setting(variable(found.scenario, vary), change)
        for v, (vary, change) in enumerate(zip(found.varies, point.changes, strict=True))
        if v != without and only in {None, v}
    )


def _priced(found: Sweep, point: Point, only: int | None = None) -> str:
    """Setting and what it costs."""
    hours = number(_paid(found, point), "h").removesuffix(".0")
    return f"{_setting(found, point, only=only)}, {hours} paid hours a day"


def _missed(point: Point) -> str:
    """Targets that a point misses, the worst first."""
    missed = sorted((v for v in point.verdicts if v.met is False), key=shortfall, reverse=True)
    return ", ".join(missed_words(judged(verdict, point.scenario)) for verdict in missed)


sweep = answering(study_sweep, result)
