"""What do other platforms' definitions make of the same chats? One vendor's, or all nine beside ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.errors import StudyError, short
from sim.importers.folder import Recorded, read_log
from sim.importers.measured import chat_log
from sim.importers.simulated import recorded_of
from sim.kpis.definitions import BY_NAME as FIGURES
from sim.kpis.estimate import Estimates
from sim.kpis.measure import measure_all
from sim.kpis.vendors.definitions import BY_NAME, QUESTIONS, VENDORS, Question, Vendor
from sim.kpis.vendors.seen import Seen
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table
from sim.scenario.targets import Targets
from sim.scenario.units import plural
from sim.scenario.words import did_you_mean

ALL, OURS = "all", "here"
"""For all vendors; and what our own row is called."""
NO_FIGURE = "no such figure"


def by_definitions(log: Recorded | str | Path, vendor: str = ALL, *, threshold_s: float = 30.0) -> Result:
    """Measure an imported *log* by the definitions of a *vendor*, or of all, beside ours.

    Service levels look at *threshold_s*.

    Raises
    ------
    LogError
        If the folder is no imported log.
    StudyError
        For a vendor whose definitions are not known.
    """
    vendors = _asked(vendor)
    found = log if isinstance(log, Recorded) else read_log(log)
    ours = Estimates(measure_all([chat_log(found)], Targets(threshold_s=threshold_s)))
    return _result(found, ours, vendors, threshold_s, found.name.removesuffix(".log"))


def by_definitions_simulated(scenario: Any, vendor: str = ALL, *, seed: int = 1) -> Result:
    """Measure the days of a *scenario* likewise: what a platform would see of them, beside all that happened.

    Raises
    ------
    StudyError
        For a vendor whose definitions are not known.
    """
    from sim.draws.sampling import draw  # noqa: PLC0415  heavy
    from sim.engines import simulate  # noqa: PLC0415

    vendors = _asked(vendor)
    log = simulate(scenario, draw(scenario, seed, 0))
    ours = Estimates(measure_all([log], scenario.targets))
    return _result(recorded_of(log), ours, vendors, scenario.targets.threshold_s, scenario.name, seed)


def _asked(vendor: str) -> list[Vendor]:
    if vendor == ALL:
        return list(VENDORS)
    if vendor not in BY_NAME:
        known = [*BY_NAME, ALL]
        hint = did_you_mean(vendor, known) or f"; there are {', '.join(known)}"
        raise StudyError(f"--definitions: no vendor is called {short(vendor)!r}{hint}")
    return [BY_NAME[vendor]]


def _result(
    log: Recorded,
    ours: Estimates,
    vendors: list[Vendor],
    threshold_s: float,
    name: str,
    seed: int | None = None,
) -> Result:
    seen = Seen.of(log)
    here = {question.name: ours.figure(question.ours).value for question in QUESTIONS}
    answers = {vendor.name: dict(_answers(vendor, seen, ours, threshold_s)) for vendor in vendors}
    if len(vendors) == 1:
        tables: tuple[Table, ...] = (_one(vendors[0], answers[vendors[0].name], here),)
        word = f"By the definitions of {vendors[0].title}, beside ours."
    else:
        tables = (_side_by_side(vendors, answers, here), _differences(vendors, answers, here))
        word = f"Same chats, {_WORDS.get(len(vendors), str(len(vendors)))} answers."
    basis = f"{plural(len(log.chats), 'chat')}; service levels within {threshold_s:g} s"
    head = Head("definitions", (name,), basis, seed, None, title=name)
    facts = {"threshold_s": threshold_s, "sources": {vendor.name: vendor.source for vendor in vendors}}
    return Result(head, (), (word,), tables, facts)


_WORDS = {9: "nine"}


def _answers(
    vendor: Vendor, seen: Seen, ours: Estimates, threshold_s: float
) -> Iterator[tuple[str, float | None]]:
    for question in QUESTIONS:
        found = vendor.definitions[question.name]
        if found.figure:
            yield question.name, ours.figure(found.figure).value
        else:
            yield question.name, None if found.answer is None else found.answer(seen, threshold_s)


def _one(vendor: Vendor, answers: dict[str, float | None], here: dict[str, float | None]) -> Table:
    columns = (
        Column("question", "What"),
        Column("word", "There called"),
        Column("value", vendor.title, PER_ROW, "number"),
        Column("ours", "Here", PER_ROW, "number"),
        Column("told", "How it is defined there", look="span"),
        Column("figure", is_shown=False),
        Column("unit", is_shown=False),
    )
    rows = [_row(vendor, question, answers[question.name], here[question.name]) for question in QUESTIONS]
    return Table("definitions", "", columns, rows, key="question", notes=(f"Read in: {vendor.source}.",))


def _row(vendor: Vendor, question: Question, value: float | None, ours: float | None) -> Row:
    found = vendor.definitions[question.name]
    return {
        "question": question.title, "vendor": vendor.title, "word": found.word or NO_FIGURE, "value": value,
        "ours": ours, "told": found.told, "figure": question.ours, "unit": question.unit,
    }  # fmt: skip


def _side_by_side(
    vendors: list[Vendor], answers: dict[str, dict[str, float | None]], here: dict[str, float | None]
) -> Table:
    columns = (
        Column("vendor", "By"),
        *(Column(each.name, each.title, each.unit, "number") for each in QUESTIONS),
    )
    rows: list[Row] = [{"vendor": OURS, **here}]
    rows += [{"vendor": vendor.title, **answers[vendor.name]} for vendor in vendors]
    return Table("answers", "The same chats", columns, rows, key="vendor", wraps=True, notes=(
        "–: the vendor has no such figure, or the log does not say what it takes; see below.",
    ))  # fmt: skip


def _differences(
    vendors: list[Vendor], answers: dict[str, dict[str, float | None]], here: dict[str, float | None]
) -> Table:
    columns = (
        Column("question", is_shown=False),
        Column("vendor", "By"),
        Column("word", "There called"),
        Column("value", "Value", PER_ROW, "number"),
        Column("told", "What it is", look="span"),
        *(Column(name, is_shown=False) for name in ("ours", "figure", "unit")),
    )
    rows: list[Row] = []
    for question in QUESTIONS:
        ours = FIGURES[question.ours]
        rows.append({
            "question": question.title, "vendor": OURS, "word": ours.name, "value": here[question.name],
            "ours": here[question.name], "told": ours.definition, "figure": ours.name, "unit": question.unit,
        })  # fmt: skip
        rows += [
            _row(vendor, question, answers[vendor.name][question.name], here[question.name])
            for vendor in vendors
        ]
    return Table("differences", "What each of them counts", columns, rows, section="question")
