"""How do figures leave as data? The JSON document of a run, and its table of intervals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

import polars as pl

from sim import __version__
from sim.engines import Engine
from sim.measure.estimate import Estimates, Figure
from sim.measure.figures import BY_NAME, KPIS, Kpi
from sim.measure.promise import Verdict, verdicts
from sim.measure.tables import By
from sim.measure.waterfall import waterfall
from sim.show.tables import labels
from sim.world.scenario import Scenario


def run_document(scenario: Scenario, estimates: Estimates, seed: int, engine: Engine) -> dict[str, Any]:
    """Document of a run: the same scenario, seed and version give the same bytes."""
    return {
        "scenario": scenario.name,
        "seed": seed,
        "replications": estimates.n,
        "engine": str(engine),
        "version": __version__,
        "targets": [target_document(verdict) for verdict in verdicts(estimates, scenario.targets)],
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


def interval_table(scenario: Scenario, estimates: Estimates) -> pl.DataFrame:
    """One row a planning interval: of each figure the value, and the ends of its 95 % interval."""
    columns: dict[str, Any] = {}
    starts = [k * scenario.interval_s for k in range(scenario.days * scenario.intervals_per_day)]
    midnight = dt.datetime.combine(scenario.start, dt.time())
    columns["start_s"] = starts
    columns["start_at"] = [midnight + dt.timedelta(seconds=start) for start in starts]
    for kpi in KPIS:
        if By.INTERVAL in kpi.form.breakdowns:
            figures = estimates.figures(kpi.name, By.INTERVAL)
            columns[kpi.name] = [figure.value for figure in figures]
            columns[f"{kpi.name}_low"] = [figure.low for figure in figures]
            columns[f"{kpi.name}_high"] = [figure.high for figure in figures]
    return pl.DataFrame(columns)


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
    figure = verdict.figure
    return {
        "target": verdict.target,
        "kpi": verdict.kpi,
        "side": verdict.side,
        "bound": verdict.bound,
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
