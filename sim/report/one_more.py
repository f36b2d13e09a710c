"""From where on does one more chat per agent make it worse? The first steps that do, and all steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sim.kpis.definitions import BY_NAME
from sim.kpis.targets import Bound
from sim.report.numbers import in_words, number
from sim.report.result import PER_ROW, Column, Table, change
from sim.report.variables import column, plain, value_text, variable
from sim.studies.frontier import Step, one_more
from sim.studies.paired import ALPHA
from sim.studies.sweep import Sweep


def tables(found: Sweep) -> tuple[Table, ...]:
    """The first step of each row that makes a figure worse, and all steps; nothing if none is judged."""
    steps = one_more(found)
    if not steps:
        return ()
    inner = next(v for v, vary in enumerate(found.varies) if vary.path.endswith(".concurrency"))
    others = [v for v in range(len(found.varies)) if v != inner]
    columns = tuple(column(found.scenario, found.varies[v]) for v in others)
    return _firsts(steps, columns, inner, others), _all(found, steps, columns, inner, others)


def _all(
    found: Sweep, steps: Sequence[Step], columns: tuple[Column, ...], inner: int, others: Sequence[int]
) -> Table:
    """A row a step and judged figure."""
    rows = [
        {
            **_place(step, columns, others),
            "from": plain(step.before.values[inner]),
            "to": plain(step.after.values[inner]),
            "kpi": name,
            "title": BY_NAME[name].title,
            "value": change(by),
            "unit": BY_NAME[name].unit,
            "p": by.p,
            "seen": "worse" if name in step.worse else "better" if name in step.better else "",
        }
        for step in steps
        for name, by in step.changes.items()
    ]
    title = variable(found.scenario, found.varies[inner])
    columns += (
        Column("from", f"{title}, from", form="setting"),
        Column("to", "to", form="setting"),
        Column("kpi", is_shown=False),
        Column("title", "Figure"),
        Column("value", "Change", PER_ROW, "difference", "interval"),
        Column("unit"),
        Column("p", is_shown=False, form="number"),
        Column("seen", "Seen"),
    )
    return Table("one_more_chat", "One more chat per agent, step by step", columns, rows, is_shown=False)


def _firsts(steps: Sequence[Step], columns: tuple[Column, ...], inner: int, others: Sequence[int]) -> Table:
    """For each row and judged figure the first step that makes it worse."""
    judged = dict.fromkeys(name for step in steps for name in step.changes)
    names = [name for name in judged if any(name in step.worse for step in steps)]
    rows = []
    for _, some in groupby(steps, key=lambda step: step.row):
        row = list(some)
        only = next((step for step in row if step.worse and not step.better), None)
        rows.append(
            _place(row[0], columns, others)
            | {name: _first_worse(row, name, inner) for name in names}
            | {"nothing_improves": "–" if only is None else _span(only, inner)}
            | {"target_lost": _first_lost(row, inner)}
        )
    columns += tuple(Column(name, f"{BY_NAME[name].title}\nworse from", look="span") for name in names)
    columns += (
        Column("nothing_improves", "Worse, nothing\nseen to improve", look="span"),
        Column("target_lost", "Target lost\nfrom", look="span"),
    )
    title = "Where one more chat per agent makes it worse"
    return Table("worse_from", title, columns, rows, notes=(_note(judged, names),))


def _place(step: Step, columns: Sequence[Column], others: Sequence[int]) -> dict[str, Any]:
    """Value of what stands still in the row of a step."""
    return {each.name: plain(step.before.values[v]) for each, v in zip(columns, others, strict=True)}


def _note(judged: Iterable[str], worse: Sequence[str]) -> str:
    note = (
        "The first step for the worse, on the same customers; all steps and figures are judged together by "
        f"Holm's procedure at {100 * ALPHA:.0f} %. –: none seen. Worse, nothing seen to improve: a judged "
        "figure gets worse and none is seen to get better, though some may."
    )
    spared = [in_words(BY_NAME[name].title) for name in judged if name not in worse]
    return f"{note} Never seen to get worse: {', '.join(spared)}." if spared else note


def _first_lost(steps: Sequence[Step], inner: int) -> str:
    """First of *steps* by which a target is lost, and which."""
    for step in steps:
        both = zip(step.before.verdicts, step.after.verdicts, strict=True)
        lost = [_target(after.bound) for before, after in both if before.met and after.met is False]
        if lost:
            return f"{_span(step, inner)}  ({', '.join(lost)})"
    return "–"


def _target(bound: Bound) -> str:
    """Figure that a target binds within a sentence, with the queue or group that it is of."""
    title = in_words(BY_NAME[bound.kpi].title)
    return title if bound.where is None else f"{title}, {bound.where.name}"


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
