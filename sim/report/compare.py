"""What does a comparison answer with? Verdicts in words, a row a figure, and where the files differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sim.kpis.definitions import BY_NAME, KPIS
from sim.kpis.estimate import Quantity
from sim.kpis.targets import Bound, in_order
from sim.report.numbers import UNSURE, caveats, number, signed, size_text
from sim.report.result import (
    PER_ROW,
    Column,
    Head,
    Judged,
    Result,
    Row,
    Table,
    answering,
    change,
    judged,
)
from sim.report.run import SECTIONS
from sim.scenario.units import clock_text, plural
from sim.studies.compare import Comparison, Contrast, Difference, Part, Plan, Seen
from sim.studies.compare import compare as study_compare
from sim.studies.paired import ALPHA

METHOD = (
    "Differences are taken between the same customers; intervals are each figure's own, 95 %. Verdicts are "
    f"given together, by Holm's procedure over all figures, at {100 * ALPHA:.0f} %. In brackets: the "
    "figure's own interval leaves out zero, which among so many may be chance. Counts are better or worse "
    "only where as many customers came. Runs saved: how many times more runs it would take without common "
    "random numbers."
)
_WORDS = {Seen.NONE: "none seen", Seen.UNKNOWN: "–"}
"""Verdicts of the table that are not as they are called."""
_MOST_CHANGES = 20
"""More differences of the files are counted, not listed."""
_LONGEST = 40
"""Letters of a value in the list of differences."""


def result(found: Comparison, *, everything: bool = False) -> Result:
    """Result of a comparison; *everything* is shown and not only the usual."""
    names = tuple(plan.scenario.name for plan in found.plans)
    head = Head(
        "compare", names, _basis(found), found.seed, found.replications, interrupted=found.interrupted
    )
    words = tuple(line for contrast in found.contrasts for line in _words(found, contrast))
    facts = {
        "method": "paired differences, Student's t without its skewness (Hall); verdicts by Holm's procedure "
        "over all figures",
        "alpha": ALPHA,
    }
    tables = (_changed(found), _differences(found, everything=everything), _plans(found))
    return Result(head, (), words, tables, facts, found)


def _basis(found: Comparison) -> str:
    """Which scenario has which letter, and how often each is simulated."""
    lines = [f"{each.label}  {each.name}{' (baseline)' * (each is found.baseline)}" for each in found.plans]
    runs = plural(found.replications, "replication")
    return "\n".join([*lines, f"{runs} each, seed {found.seed}, the same customers"])


# Words


def _words(found: Comparison, contrast: Contrast) -> Iterator[str]:
    """Who keeps the promise at which cost; then the figures with targets, or the usual ones, one by one."""
    label = contrast.plan.label
    if not contrast.changed:
        yield f"{label} and A are the same scenario."
    if first := "; ".join([*_promise_words(found.baseline, contrast.plan), *_cost_words(found, contrast)]):
        yield f"{first}."
    for name in _bound(found) or ["service_level", "missed_rate", "asa_s"]:
        if contrast.differences[name].by.value is not None:
            yield f"{BY_NAME[name].title}: {verdict_text(contrast.differences[name], label)}."
    for part, each in contrast.parts.items():
        if each.by.value is not None:
            yield f"{_title(part)}: {verdict_text(each, label)}."


def _promise_words(baseline: Plan, plan: Plan) -> list[str]:
    """Who of the two keeps what it promises; nothing if one of them promises nothing."""
    if baseline.keeps is None or plan.keeps is None:
        return []
    a, b = baseline.label, plan.label
    doubted = [each.label for each in (baseline, plan) if not each.sure]
    doubt = f" ({' and '.join(doubted)} not for sure)" if doubted else ""
    if baseline.keeps == plan.keeps:
        both = f"Both {a} and {b} keep" if plan.keeps else f"Neither {a} nor {b} keeps"
        return [f"{both} the promise{doubt}"]
    kept, broken = (b, a) if plan.keeps else (a, b)
    return [f"{kept} keeps the promise, {broken} does not{doubt}"]


def _cost_words(found: Comparison, contrast: Contrast) -> list[str]:
    """How many paid hours more or fewer; nothing of scenarios of different lengths."""
    one, other, hours = found.baseline.scenario, contrast.plan.scenario, contrast.differences["paid_hours"]
    if one.days != other.days or hours.by.value is None or not found.baseline.figures["paid_hours"].value:
        return []
    if hours.seen is Seen.SAME:
        return ["the paid hours are the same"]
    if hours.seen is Seen.NONE:
        return ["no difference in paid hours is seen"]
    span = "" if one.days == 1 else f" in {one.days} days"
    doubt = ", though not for sure" if hours.seen in {Seen.UNSURE, Seen.UNKNOWN} else ""
    size = number(abs(hours.by.value), "h").removesuffix(".0").removesuffix(".00")
    more = "fewer" if hours.by.value < 0 else "more"
    return [f"{contrast.plan.label} needs {size} paid hours {more}{span}{doubt}"]


def verdict_text(difference: Difference, label: str) -> str:
    """Verdict with its size: ``B is better by 2.13 points, +3 % (95 %: +1.30 … +2.90 points)``."""
    kpi, by = BY_NAME[difference.kpi], difference.by
    assert by.value is not None
    if difference.seen is Seen.SAME:
        return "the same in every replication"
    if by.steady:
        return f"{label} is {difference.way} by {size_text(abs(by.value), kpi.unit)} in every replication"
    if by.low is None or by.high is None:
        return f"{label} − A is {signed(by.value, kpi.unit)}; so few replications say no more"
    span = f"{signed(by.low, kpi.unit, bare=True)} … {signed(by.high, kpi.unit)}"
    if difference.seen is Seen.NONE:
        return f"no difference seen; {label} − A is between {span.replace(' … ', ' and ')}"
    doubt = ", though not for sure" if difference.seen is Seen.UNSURE else ""
    relative = (
        "" if difference.relative is None else f", {signed(100 * difference.relative, '', bare=True)} %"
    )
    size = size_text(abs(by.value), kpi.unit)
    return f"{label} is {difference.way} by {size}{relative} (95 %: {span}){doubt}"


# The figures


def _differences(found: Comparison, *, everything: bool) -> Table:
    """A row a scenario and figure, those with a target first: both figures, and their difference."""
    bound = _bound(found)
    others = [kpi.name for kpi in KPIS if kpi.name not in bound]
    shown = {name for name in others if everything or _is_usual(found, name)}
    keys: dict[str, list[str | Part]] = {
        contrast.plan.label: [*bound, *contrast.parts, *others] for contrast in found.contrasts
    }
    rows = [
        _row(found, contrast, key, is_bound=key not in others, is_shown=key not in others or key in shown)
        for contrast in found.contrasts
        for key in keys[contrast.plan.label]
    ]
    is_one = len(found.contrasts) == 1
    label = found.contrasts[0].plan.label if is_one else "Other"
    columns = (
        Column("scenario", "Scenario", is_shown=False),
        Column("kpi", is_shown=False),
        Column("where", is_shown=False),
        Column("section", is_shown=False),
        Column("title", "Figure"),
        Column("unit"),
        Column("baseline", "A", PER_ROW, "judged"),
        Column("other", label, PER_ROW, "judged"),
        Column("difference", f"{label} − A" if is_one else "Other\n− A", PER_ROW, "difference", "interval"),
        Column("verdict", "Verdict"),
        Column("runs_saved", "Runs\nsaved", "×", "number", spare=1),
        Column("relative", "Share of A", "share", "number", is_shown=False),
        Column("p", form="number", is_shown=False),
        Column("seen", is_shown=False),
        Column("better", is_shown=False),
        Column("shown", form="flag", is_shown=False),
    )
    title = f"{label} against A" if is_one else "Each against A"
    notes = tuple(_notes(found, [row for row in rows if row["shown"]]))
    return Table("differences", title, columns, rows, section="section", notes=notes)


def _title(key: str | Part) -> str:
    """Title of a figure, with the queue or group that it is of."""
    return f"{BY_NAME[key.kpi].title}, {key.name}" if isinstance(key, Part) else BY_NAME[key].title


def _row(found: Comparison, contrast: Contrast, key: str | Part, *, is_bound: bool, is_shown: bool) -> Row:
    difference = contrast.parts[key] if isinstance(key, Part) else contrast.differences[key]
    kpi, label = BY_NAME[difference.kpi], contrast.plan.label
    section = "Targets" if is_bound else SECTIONS.get(kpi.section, kpi.section.capitalize())
    return {
        "scenario": label,
        "kpi": kpi.name,
        "where": key.name if isinstance(key, Part) else "",
        "section": section if len(found.contrasts) == 1 else f"{label}: {section}",
        "title": _title(key),
        "unit": kpi.unit,
        "baseline": _cell(found.baseline, key, difference.baseline),
        "other": _cell(contrast.plan, key, difference.value),
        "difference": change(difference.by),
        "verdict": _verdict(difference),
        "runs_saved": difference.by.saved,
        "relative": difference.relative,
        "p": difference.by.p,
        "seen": str(difference.seen),
        "better": kpi.better,
        "shown": is_shown,
    }


def _cell(plan: Plan, key: str | Part, value: float | None) -> Quantity | Judged:
    """Figure of a scenario, held against its target if it has one; of two the one that is missed."""
    mine = [verdict for verdict in plan.verdicts if _key(verdict.bound) == key]
    if mine:
        return judged(min(mine, key=lambda verdict: verdict.met is not False), plan.scenario)
    if isinstance(key, Part):
        return Quantity(value, None, None, False, value, None, None)
    return plan.figures[key]


def _key(bound: Bound) -> str | Part:
    """Figure that a target binds, and of what."""
    return bound.kpi if bound.where is None else Part(bound.kpi, bound.where.by, bound.where.name)


def _bound(found: Comparison) -> list[str]:
    """Figures of the centre with a target in any of the scenarios."""
    every = in_order(verdict.bound for plan in found.plans for verdict in plan.verdicts)
    return list(dict.fromkeys(bound.kpi for bound in every if bound.where is None))


def _verdict(difference: Difference) -> str:
    seen = difference.seen
    return f"({difference.way})" if seen is Seen.UNSURE else _WORDS.get(seen, str(seen))


def _is_usual(found: Comparison, name: str) -> bool:
    """Whether a figure is usual, and says something in any of the scenarios."""
    shown = BY_NAME[name].shown
    if not shown.usual:
        return False
    sign, idle = shown.idle or (name, None)
    plans = [plan for plan in found.plans if plan.figures[name].value is not None]
    plans = [plan for plan in plans if idle is None or plan.figures[sign].value != idle]
    return any(BY_NAME[name].section != "volume" or plan.figures[name].value for plan in plans)


def _notes(found: Comparison, rows: list[Row]) -> Iterator[str]:
    """What makes scenarios hard to compare, what marks mean, and how it is judged."""
    for contrast in found.contrasts:
        for note in contrast.notes:
            yield f"Note on {contrast.plan.label}: {note}."
    marked = [
        (BY_NAME[row["kpi"]], row["difference"])
        for row in rows
        if row["difference"].value is not None and row["seen"] != Seen.SAME
    ]
    yield from caveats(found.replications, marked)
    cells = [row[side] for row in rows for side in ("baseline", "other")]
    if any(isinstance(cell, Judged) and cell.met is not None and not cell.sure for cell in cells):
        yield UNSURE
    yield METHOD


# The files


def _changed(found: Comparison) -> Table:
    """Where the files differ, a row a scenario and path; the first of many are shown."""
    rows = [
        {
            "scenario": contrast.plan.label,
            "path": path,
            "baseline": _plain(first),
            "value": _plain(second),
            "baseline_text": _brief(path, first),
            "value_text": _brief(path, second),
            "shown": place < _MOST_CHANGES,
        }
        for contrast in found.contrasts
        for place, (path, first, second) in enumerate(contrast.changed)
    ]
    is_one = len(found.contrasts) == 1
    label = found.contrasts[0].plan.label if is_one else "Other"
    columns = (
        Column("scenario", "Scenario", is_shown=not is_one),
        Column("path", "Path"),
        Column("baseline", form="setting", is_shown=False),
        Column("value", form="setting", is_shown=False),
        Column("baseline_text", "A", look="span"),
        Column("value_text", label, look="span"),
        Column("shown", form="flag", is_shown=False),
    )
    notes = tuple(
        f"… and {len(contrast.changed) - _MOST_CHANGES} more{'' if is_one else f' of {contrast.plan.label}'}."
        for contrast in found.contrasts
        if len(contrast.changed) > _MOST_CHANGES
    )
    title = f"Where {label} is another scenario" if is_one else "Where the scenarios differ from A"
    divide = "" if is_one else "scenario"
    return Table("changed", title, columns, rows, notes=notes, divide=divide, is_shown=bool(rows))


def _brief(path: str, value: Any) -> str:
    """Value at a path, cut if it is long: clock times as such, tables and items by their names."""
    if isinstance(value, float) and path.rsplit(".", 1)[-1] in {"open", "close", "start", "end"}:
        return clock_text(value)
    if isinstance(value, dict):
        value = value.get("name") or value.get("law") or ", ".join(value)
    text = "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _plain(value: Any) -> bool | int | float | str | None:
    """Value of a scenario as a cell: a number or word as it is, what has parts as JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return json.dumps(_parts(value), ensure_ascii=False)


def _parts(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(key): _parts(inner) for key, inner in value.items()}
    return [_parts(inner) for inner in value] if isinstance(value, Iterable) else str(value)


def _plans(found: Comparison) -> Table:
    """Which letter is which scenario, and whether it keeps its promise."""
    rows = [
        {"label": plan.label, "name": plan.name, "keeps_all_targets": plan.keeps}
        | {"sure": None if plan.keeps is None else plan.sure}
        for plan in found.plans
    ]
    columns = (
        Column("label", "Scenario"),
        Column("name", "Name"),
        Column("keeps_all_targets", "Keeps all targets", form="flag"),
        Column("sure", "For sure", form="flag"),
    )
    return Table("plans", "Scenarios", columns, rows, key="label", is_shown=False)


compare = answering(study_compare, result)
