"""How does a sweep read? A row a point, the frontier in words, and all of it as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from sim import __version__
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Figure
from sim.kpis.targets import Verdict
from sim.report.documents import figure_document, target_document
from sim.report.tables import (
    FEW_SIGN,
    PIPED_WIDTH,
    SIGNS,
    Row,
    below,
    caveats,
    narrowed,
    number,
    with_unit,
)
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, Operator, Vary
from sim.studies.frontier import Best, Frontier, Step, frontier, one_more, shortfall, staffing
from sim.studies.paired import ALPHA
from sim.studies.sweep import FIGURES, Point, Sweep, scalings

_BESIDE = ("service_level", "missed_rate", "asa_s", "frt_s", "response_s", "occupancy", "attention")
"""Columns of the table, besides those of the targets."""
_HEAD = 12
"""Letters of a line in the head of a variable, where words allow."""
_KEYS = {"agents": "agents", "concurrency": "chats at once", "per_hour": "chats an hour"}
"""Keys of scenarios in a planner's words."""
_SIGNS: dict[Operator, str] = {"=": "", "*=": "×", "+=": "+"}


def variable(scenario: Scenario, vary: Vary) -> str:
    """What varies, in words; whose it is only if there are several.

    A path of another kind is its own best name.
    """
    first, *rest = vary.path.split(".")
    owners = {"queues": scenario.queues, "groups": scenario.groups}.get(first)
    if owners is None or len(rest) < 2:
        return f"{vary.path} {_SIGNS[vary.operator]}".rstrip()
    owner, *keys = rest
    is_plain = keys[0] in {keys[-1], "arrivals", "shifts"}
    name = _KEYS.get(keys[-1], ".".join(keys)) if is_plain else ".".join(keys)
    sign = _SIGNS[vary.operator]
    if len(owners) > 1:
        name += f", all {first}" if owner == "*" else f", {_owner(owners, owner)}"
    return f"{name} {sign}".rstrip()


def value_text(change: Change) -> str:
    """Value of a variable: as it is, or what it does to what stands there."""
    value = change.value
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if change.operator == "+=" and text.startswith("-"):
        return text
    return f"{_SIGNS[change.operator]}{text}"


def table(found: Sweep, width: int = PIPED_WIDTH) -> RenderableType:
    """Head, a row a point, and what follows from them in words; as far as it can, within a *width*."""
    days = "1 day" if found.scenario.days == 1 else f"{found.scenario.days} days"
    runs = "1 replication" if found.replications == 1 else f"{found.replications} replications"
    head = Text(found.scenario.name, style="bold")
    points = f"{prod(found.shape)} points"
    if found.interrupted:
        points = f"Interrupted after {len(found.points)} of {points}"
    basis = Text(f"{points}, each {days}, {runs}, seed {found.seed}, the same customers")
    said = [Text(textwrap.fill(line, width, subsequent_indent="  ")) for line in words(found)]
    return Group(head, basis, _listed(found, width), *said, *_one_more_table(found, width))


def document(found: Sweep) -> dict[str, Any]:
    """The same as data: the same scenario, variables, seed and version give the same bytes."""
    best = frontier(found)
    return {
        "scenario": found.scenario.name,
        "seed": found.seed,
        "replications": found.replications,
        "version": __version__,
        "interrupted": found.interrupted,
        "chats": found.chats,
        "vary": [
            {"path": vary.path, "operator": vary.operator, "values": [_plain(value) for value in vary.values]}
            for vary in found.varies
        ],
        "points": [_point(point) for point in found.points],
        "frontier": None if best is None else _frontier(best),
        "one_more_chat": [_step(step) for step in one_more(found)],
        "words": words(found),
        "remarks": scalings(found.scenario, [point.scenario for point in found.points]),
    }


def frame(found: Sweep) -> pl.DataFrame:
    """One row a point: its values, its figures with their intervals and bands, and whether it keeps all."""
    columns: dict[str, list[Any]] = {
        vary.path: [_plain(point.values[v]) for point in found.points] for v, vary in enumerate(found.varies)
    }
    for name in FIGURES:
        for side in ("value", "low", "high", "p10", "p90"):
            key = name if side == "value" else f"{name}_{side}"
            columns[key] = [getattr(point.figures[name], side) for point in found.points]
    columns["keeps_all_targets"] = [point.keeps if point.verdicts else None for point in found.points]
    return pl.DataFrame(columns, strict=False)


def _below(note: str, width: int) -> Text:
    """Note below a table."""
    return Text(textwrap.fill(note, width, initial_indent="  ", subsequent_indent="  "), style="dim")


def reach_text(figure: Figure, unit: str) -> str:
    """Text of an interval's longer side: ± and the number, without the sign of a share, with its mark."""
    if figure.reach is None:
        return ""
    return f"± {number(figure.reach, unit).removesuffix(' %')}{FEW_SIGN.strip() * figure.few_days}"


def _owner(owners: Sequence[Any], owner: str) -> str:
    return str(owners[int(owner)].name) if owner.isdigit() and int(owner) < len(owners) else owner


def _listed(found: Sweep, width: int) -> RenderableType:
    bound = [verdict.bound.kpi for verdict in found.points[0].verdicts]
    others = [
        name
        for name in _BESIDE
        if name not in bound and any(point.figures[name].value is not None for point in found.points)
    ]
    columns = [
        Column(textwrap.fill(variable(found.scenario, vary), _HEAD, break_long_words=False), justify="right")
        for vary in found.varies
    ]
    columns += [Column(_head(name, found.points[0]), justify="right") for name in bound]
    columns += [Column(_head(name), justify="right") for name in others]
    columns.append(Column("paid\nh/day", justify="right"))
    rows: list[Row | None] = []
    for before, point in zip((found.points[0], *found.points), found.points, strict=False):
        if len(found.varies) > 1 and point.changes[0] != before.changes[0]:
            rows.append(None)
        cells: list[str | Text] = [value_text(change) for change in point.changes]
        cells += [_judged(verdict) for verdict in point.verdicts]
        cells += [_plain_cell(name, point.figures[name]) for name in others]
        cells.append(number(point.paid_h / found.scenario.days, "h"))
        rows.append(cells)
    first = len(found.varies) + len(bound)
    rare = (*range(first + len(others) - 1, first - 1, -1), len(columns) - 1)
    listed = narrowed("Points", columns, rows, width, spare=rare)
    notes = "±: the longer side of the 95 % interval." + (
        " ✓ target kept, ✗ missed; in brackets where it is not sure." if bound else ""
    )
    if found.scenario.warm_up_h:
        notes += f" Hours are without the warm-up of {found.scenario.warm_up_h:g} h."
    names = (*bound, *others)  # a figure that is all alike has nothing beside it that wants a note
    figures = [
        (BY_NAME[name], each) for p in found.points for name in names if not (each := p.figures[name]).alike
    ]
    return Group(listed, _below(notes, width), *below(caveats(found.replications, figures), width))


def _head(name: str, point: Point | None = None) -> str:
    unit, head = BY_NAME[name].unit, BY_NAME[name].shown.head
    sign = "%" if unit == "share" else unit
    for verdict in point.verdicts if point is not None else ():
        if verdict.bound.kpi == name:
            bound = (
                number(verdict.bound.value, unit).removesuffix(" %").removesuffix(".0").removesuffix(".00")
            )
            return f"{head} {SIGNS[verdict.bound.side]} {bound}\n{sign}"
    return f"{head}\n{sign}"


def _plain_cell(name: str, figure: Figure) -> str:
    unit = BY_NAME[name].unit
    return f"{number(figure.value, unit).removesuffix(' %')} {reach_text(figure, unit)}".rstrip()


def _judged(verdict: Verdict) -> Text:
    text = Text(_plain_cell(verdict.bound.kpi, verdict.figure))
    if verdict.met is None:
        return text.append("  – ")
    mark = "✓" if verdict.met else "✗"
    text.append(f"  {mark} " if verdict.sure else f" ({mark})", "bold blue" if verdict.met else "bold yellow")
    return text


def words(found: Sweep) -> list[str]:
    """The frontier in sentences, or where all targets are kept; none if there are no targets."""
    best = frontier(found)
    if best is None:
        return _kept_words(found)
    costs = staffing(found) is not None
    lines = [_row_words(found, best, row, costs=costs) for row in best.rows]
    if best.cheapest is not None and len(best.rows) > 1 and costs:
        sure = None if best.sure is None else _priced(found, best.sure)
        cheapest = _priced(found, best.cheapest) + _doubt(best.cheapest, sure)
        lines.append(f"Cheapest of all that keep all targets: {cheapest}.")
    if any(row.keeps for row in best.rows):
        first = "Of those that cost the same, a sure one" if costs else "Best: a sure one"
        lines.append(f"{first} comes first, then the highest service level, to a tenth of a point.")
    return [line[0].upper() + line[1:] for line in lines]


def _doubt(point: Point, sure: str | None) -> str:
    """That a *point* does not keep its targets for sure, and what does; nothing if it does."""
    if point.sure:
        return ""
    instead = f"; for sure: {sure}" if sure is not None else ""
    return f" (not for sure{instead})"


def _kept_words(found: Sweep) -> list[str]:
    """Where nothing is decided: at which points all targets are kept."""
    if not any(point.verdicts for point in found.points):
        return []
    kept = [
        _setting(found, point) + " (not for sure)" * (not point.sure) for point in found.points if point.keeps
    ]
    if len(kept) in {0, len(found.points)}:
        return [f"All targets are kept {'everywhere' if kept else 'nowhere'}."]
    return [f"All targets are kept at {'; '.join(kept)}."]


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


def setting(scenario: Scenario, vary: Vary, change: Change) -> str:
    """Variable and its value, as one says it: ``8 agents``, ``1 chat at once``."""
    name, value = variable(scenario, vary), value_text(change)
    words_ = _KEYS.get(vary.path.rsplit(".", 1)[-1])
    if words_ is None or not name.startswith(words_) or change.operator != "=":
        return f"{name.removesuffix(_SIGNS[change.operator]).rstrip()} {value}"
    one = words_.split(" ", 1)
    return " ".join([value, name if value != "1" else name.replace(one[0], one[0].removesuffix("s"), 1)])


def _setting(found: Sweep, point: Point, without: int | None = None, only: int | None = None) -> str:
    """Variables and their values, all but one or one alone."""
    return ", ".join(
        setting(found.scenario, vary, change)
        for v, (vary, change) in enumerate(zip(found.varies, point.changes, strict=True))
        if v != without and only in {None, v}
    )


def _priced(found: Sweep, point: Point, only: int | None = None) -> str:
    """Setting and what it costs."""
    return f"{_setting(found, point, only=only)}, {_hours(found, point)}"


def _hours(found: Sweep, point: Point) -> str:
    return f"{number(point.paid_h / found.scenario.days, 'h').removesuffix('.0')} paid hours a day"


def _missed(point: Point) -> str:
    """Targets that a point misses, the worst first."""
    missed = sorted((v for v in point.verdicts if v.met is False), key=shortfall, reverse=True)
    return ", ".join(
        f"{BY_NAME[v.bound.kpi].title.lower()} {with_unit(BY_NAME[v.bound.kpi], v.figure.value)} "
        f"(target {SIGNS[v.bound.side]} {with_unit(BY_NAME[v.bound.kpi], v.bound.value)})"
        for v in missed
    )


def _one_more_table(found: Sweep, width: int) -> list[RenderableType]:
    """For each row and judged figure the first step that makes it worse; nothing if no step is judged."""
    steps = one_more(found)
    if not steps:
        return []
    inner = next(v for v, vary in enumerate(found.varies) if vary.path.endswith(".concurrency"))
    judged = dict.fromkeys(name for step in steps for name in step.changes)
    names = [name for name in judged if any(name in step.worse for step in steps)]
    columns = [Column(variable(found.scenario, vary)) for v, vary in enumerate(found.varies) if v != inner]
    columns += [Column(f"{BY_NAME[name].title}\nworse from") for name in names]
    columns += [Column("Worse, nothing\nseen to improve"), Column("Target lost\nfrom")]
    rows: list[Row | None] = []
    for row in _rows_of(steps):
        cells = [value_text(change) for v, change in enumerate(row[0].before.changes) if v != inner]
        cells += [_first_worse(row, name, inner) for name in names]
        only = next((step for step in row if step.worse and not step.better), None)
        rows.append([*cells, "–" if only is None else _span(only, inner), _first_lost(row, inner)])
    title = "Where one more chat per agent makes it worse"
    listed = narrowed(title, columns, rows, width, spare=(), fold="  (")
    return [listed, _below(_one_more_note(judged, names), width)]


def _one_more_note(judged: Iterable[str], worse: Sequence[str]) -> str:
    note = (
        "The first step for the worse, on the same customers; all steps and figures are judged together by "
        f"Holm's procedure at {100 * ALPHA:.0f} %. –: none seen. Worse, nothing seen to improve: a judged "
        "figure gets worse and none is seen to get better, though some may."
    )
    spared = [BY_NAME[name].title for name in judged if name not in worse]
    return f"{note} Never seen to get worse: {', '.join(spared).lower()}." if spared else note


def _first_lost(steps: Sequence[Step], inner: int) -> str:
    """First of *steps* by which a target is lost, and which."""
    for step in steps:
        both = zip(step.before.verdicts, step.after.verdicts, strict=True)
        lost = [BY_NAME[after.bound.kpi].title for before, after in both if before.met and after.met is False]
        if lost:
            return f"{_span(step, inner)}  ({', '.join(lost).lower()})"
    return "–"


def _rows_of(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps of one row together."""
    rows: list[list[Step]] = []
    for step in steps:
        if not rows or rows[-1][0].row != step.row:
            rows.append([])
        rows[-1].append(step)
    return rows


def _first_worse(steps: Sequence[Step], name: str, inner: int) -> str:
    """First of *steps* that makes a figure worse, and what it does to it."""
    step = next((step for step in steps if name in step.worse), None)
    if step is None:
        return "–"
    unit = BY_NAME[name].unit
    before, after = (number(point.figures[name].value, unit) for point in (step.before, step.after))
    sign = "" if unit == "share" else f" {unit}"
    return f"{_span(step, inner)}  ({before.removesuffix(' %')} → {after}{sign})"


def _span(step: Step, inner: int) -> str:
    return f"{value_text(step.before.changes[inner])} → {value_text(step.after.changes[inner])}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str) else str(value)


def _values(point: Point) -> list[Any]:
    return [_plain(value) for value in point.values]


def _point(point: Point) -> dict[str, Any]:
    return {
        "values": _values(point),
        "keeps_all_targets": point.keeps if point.verdicts else None,
        "sure": point.sure if point.verdicts else None,
        "targets": [target_document(verdict) for verdict in point.verdicts],
        "kpis": {name: figure_document(name, figure) for name, figure in point.figures.items()},
    }


def _frontier(best: Frontier) -> dict[str, Any]:
    return {
        "rows": [
            {
                "row": [_plain(value) for value in row.row],
                "best": _values(row.point),
                "keeps_all": row.keeps,
                "sure": None if row.sure is None else _values(row.sure),
            }
            for row in best.rows
        ],
        "cheapest": None if best.cheapest is None else _values(best.cheapest),
        "sure": None if best.sure is None else _values(best.sure),
    }


def _step(step: Step) -> dict[str, Any]:
    changes = {
        name: {"change": change.value, "low": change.low, "high": change.high, "p": change.p}
        for name, change in step.changes.items()
    }
    return {
        "from": _values(step.before),
        "to": _values(step.after),
        "changes": changes,
        "worse": list(step.worse),
        "better": list(step.better),
    }
