"""How do figures leave as data? The JSON document of a run, and its table of intervals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.engines import Engine
from sim.kpis.definitions import BY_NAME, KPIS, Kpi
from sim.kpis.estimate import Estimates, Figure
from sim.kpis.loops import By
from sim.kpis.targets import Verdict, verdicts
from sim.kpis.waterfall import waterfall
from sim.report.tables import ACROSS, labels, number
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl


def run_document(scenario: Scenario, estimates: Estimates, seed: int, engine: Engine) -> dict[str, Any]:
    """Document of a run: the same scenario, seed and version give the same bytes."""
    return {
        "scenario": scenario.name,
        "seed": seed,
        "replications": estimates.n,
        "engine": str(engine),
        "version": __version__,
        "targets": [target_document(verdict) for verdict in verdicts(estimates, scenario)],
        "kpis": {kpi.name: figure_document(kpi.name, estimates.figure(kpi.name)) for kpi in KPIS},
        "hours": {name: [step._asdict() for step in steps] for name, steps in waterfall(scenario, estimates)},
        "by_queue": _named(scenario, estimates, By.QUEUE),
        "by_group": _named(scenario, estimates, By.GROUP),
        "by_interval": _rows(scenario, estimates, By.INTERVAL),
        "by_day": _rows(scenario, estimates, By.DAY),
    }


def kpis_document(kpis: Iterable[Kpi] = KPIS) -> list[dict[str, Any]]:
    """Document of key figures: what each of them is, and by what it can be broken down."""
    names = ("name", "title", "unit", "better", "section", "definition", "source")
    return [
        {name: getattr(kpi, name) for name in names} | {"by": [by for by in By if by in kpi.form.breakdowns]}
        for kpi in kpis
    ]


def to_json(document: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Text of a document."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def interval_table(scenario: Scenario, estimates: Estimates, *, everything: bool = False) -> pl.DataFrame:
    """One row a planning interval in which something happens, for a spreadsheet.

    The usual figures (*everything*: all), as the tables name and round them: the value, and the ends of its
    95 % interval.
    """
    import polars as pl  # noqa: PLC0415  heavy

    known = [kpi.name for kpi in KPIS if By.INTERVAL in kpi.form.breakdowns]
    names = known if everything else [name for name in known if name in ACROSS[By.INTERVAL]]
    figures = {name: estimates.figures(name, By.INTERVAL) for name in names}
    usual = [figures[name] for name in names if name in ACROSS[By.INTERVAL]]
    starts = [k * scenario.interval_s for k in range(scenario.days * scenario.intervals_per_day)]
    shown = [k for k in range(len(starts)) if any((figure[k].value or 0) > 0 for figure in usual)]
    midnight = dt.datetime.combine(scenario.start, dt.time())
    columns: dict[str, list[Any] | pl.Series] = {
        head: [f"{midnight + dt.timedelta(seconds=starts[k] + end_s):%Y-%m-%d %H:%M}" for k in shown]
        for head, end_s in (("From", 0.0), ("To", scenario.interval_s))
    }
    for name, cells in figures.items():
        unit = BY_NAME[name].unit
        for side, end in (("", "value"), (" low", "low"), (" high", "high")):
            values = [rounded(getattr(cells[k], end), unit) for k in shown]
            columns[heading(name, side)] = pl.Series(values, dtype=pl.Float64)
    return pl.DataFrame(columns)


def heading(name: str, more: str = "") -> str:
    """Head of a column of a figure in a table for a spreadsheet: its title, what *more* it is, and its unit.

    >>> heading("asa_s"), heading("missed_rate", " low")
    ('ASA, s', 'Missed share low, %')
    """
    kpi = BY_NAME[name]
    unit = "%" if kpi.unit == "share" else kpi.unit
    return f"{kpi.title}{more}" + ("" if unit in kpi.title.lower().split() else f", {unit}")


def rounded(value: float | None, unit: str) -> float | None:
    """A *value* as the tables round it; a share in per cent.

    >>> rounded(0.8768, "share"), rounded(3.14159, "s"), rounded(1234.5, "chats"), rounded(None, "s")
    (87.7, 3.14, 1234.0, None)
    """
    text = number(value, unit)
    return None if value is None else float(text.removesuffix(" %").replace(",", ""))


def figure_document(name: str, figure: Figure) -> dict[str, Any]:
    """Document of a figure of this *name*."""
    kpi = BY_NAME[name]
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "few_days": figure.few_days,
        "unit": kpi.unit,
        "better": kpi.better,
        "mean_of_runs": figure.mean_of_runs,
        "p10": figure.p10,
        "p90": figure.p90,
    }


def target_document(verdict: Verdict) -> dict[str, Any]:
    """Document of a target and what was measured."""
    bound, figure = verdict.bound, verdict.figure
    return {
        "target": bound.target,
        "kpi": bound.kpi,
        "side": bound.side,
        "bound": bound.value,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "few_days": figure.few_days,
        "met": verdict.met,
        "sure": verdict.sure,
    }


def _named(scenario: Scenario, estimates: Estimates, by: By) -> dict[str, Any]:
    columns = {kpi.name: estimates.figures(kpi.name, by) for kpi in KPIS if by in kpi.form.breakdowns}
    return {
        label: {name: figure_document(name, figures[cell]) for name, figures in columns.items()}
        for cell, label in enumerate(labels(scenario, by))
    }


def _rows(scenario: Scenario, estimates: Estimates, by: By) -> list[dict[str, Any]]:
    columns = {kpi.name: estimates.values(kpi.name, by) for kpi in KPIS if by in kpi.form.breakdowns}
    width_s = scenario.interval_s if by is By.INTERVAL else 86_400.0
    return [
        {"start_s": cell * width_s, "start": label}
        | {
            name: None if values[cell] != values[cell] else float(values[cell])
            for name, values in columns.items()
        }
        for cell, label in enumerate(labels(scenario, by))
    ]
