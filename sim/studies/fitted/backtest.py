"""Would the scenario have told what came? Fitted to the days before a date, held against those from it on.

The later days are simulated with who was on duty then, and with the arrivals that were to be expected (the
forecast of `sim.studies.volumes.forecast`), or with those that came. Each replication is the whole of the
later part, with numbers drawn from their intervals: so the band is that of chance and of how sure the numbers
are. They are spread evenly over their laws by Halton's sequence, and not at random.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import norm, qmc

from sim.arrays import Flags, Floats, Ints
from sim.draws.profile import expected_overall
from sim.errors import StudyError
from sim.importers.folder import Recorded
from sim.kpis.definitions import BY_NAME
from sim.kpis.loops import By
from sim.kpis.measure import Kpis, measure_all, ratio
from sim.runs.executor import Executor, Progress, executing
from sim.runs.tasks import Task
from sim.scenario.scenario import Scenario
from sim.scenario.units import DAY_S, FROM_FILE, plural
from sim.studies.fitted.again import chains_of
from sim.studies.fitted.calibrate import Fitted, fit
from sim.studies.fitted.demand import NOT_ASKED
from sim.studies.fitted.scenario import rounded, whole
from sim.studies.fitted.seen import Seen, look_at
from sim.studies.fitted.team import staffed_of
from sim.studies.volumes.forecast import Settings, forecast_of

FIGURES = ("offered", "missed_rate", "asa_s", "service_level", "frt_s", "response_s", "duration_s")
"""What is predicted, as far as the log has it."""
BAND = 0.90
"""Share that a band is to hold."""
LEAST_DAYS = 7
"""Days with chats before the split, at least."""
_REPLICATIONS, _FEWEST, _MOST_CHATS = 60, 20, 2_000_000
_DIMENSIONS = 5
"""Numbers that are drawn: volume, patience, an agent's time, a customer's time, turns."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """A figure as it came, and as it was predicted: the whole, and by interval of the day."""

    kpi: str
    observed: float
    predicted: float
    low: float
    high: float
    by_interval: Mapping[str, Floats]
    """observed, predicted, low, high, each of shape (n_intervals,); NaN where there is nothing to compare."""

    @property
    def is_inside(self) -> bool:
        """Whether what came lies within the band."""
        return self.low <= self.observed <= self.high

    @property
    def inside(self) -> Flags:
        """Whether it does in each interval."""
        of = self.by_interval
        return np.asarray((of["observed"] >= of["low"] - 1e-9) & (of["observed"] <= of["high"] + 1e-9))

    @property
    def known(self) -> Flags:
        """Intervals that can be compared."""
        return np.asarray(np.isfinite(self.by_interval["observed"]) & np.isfinite(self.by_interval["low"]))

    @property
    def share_inside(self) -> float | None:
        """Share of intervals within the band."""
        known = self.known
        return float(self.inside[known].mean()) if known.any() else None


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Predictions of the later part of a log."""

    fitted: Fitted
    """To the days before."""
    later: Seen
    split: dt.date
    given: str
    """Whose arrivals: "forecast" or "arrivals"."""
    scenario: Scenario
    predictions: tuple[Prediction, ...]
    replications: int
    seed: int
    is_recorded: bool
    """Whether it was recorded who was on duty."""


def backtest(
    log: Recorded,
    split: dt.date,
    *,
    given: str | None = None,
    interval_min: int = 30,
    seed: int = 1,
    without: frozenset[dt.date] = frozenset(),
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Backtest:
    """Fit the days of a *log* before the *split*, predict those from it on, and give both.

    Parameters
    ----------
    given
        "arrivals": the true arrivals are given; omitted: they are forecast.
    without
        Days before the split that were not usual.

    Raises
    ------
    StudyError
        If the split is not within the log, too few days are before it, or something else can't be given.
    """
    if given not in {None, "arrivals"}:
        raise StudyError(f"given: must be arrivals, or be omitted, got {given!r}")
    earlier, later = parts(log, split)
    fitted = fit(earlier, interval_min=interval_min, without=without)
    seen = look_at(later, interval_min)
    data, is_recorded = predicted_data(fitted, seen, split, given, without)
    scenario = Scenario.model_validate(data, context=FROM_FILE)
    n = int(np.clip(_MOST_CHATS / max(expected_overall(scenario), 1.0), _FEWEST, _REPLICATIONS))
    tasks = [Task(each, seed, range(r, r + 1)) for r, each in enumerate(drawn(fitted, data, n))]
    runs: list[Kpis] = []
    with executing(workers, given=executor) as ours, closing(ours.measured(tasks, progress)) as results:
        for _, done in results:
            runs += done.runs
    (measured,) = measure_all([seen.asked], scenario.targets)
    first = (seen.asked.centre.start - split).days
    compared = (_compared(name, measured, runs, first, seen) for name in FIGURES)
    found = tuple(each for each in compared if each is not None)
    return Backtest(fitted, seen, split, given or "forecast", scenario, found, n, seed, is_recorded)


# The two parts


def parts(log: Recorded, split: dt.date) -> tuple[Recorded, Recorded]:
    """Cut a log in two at a midnight by its own clocks."""
    zone = log.fact("zone", "UTC")
    local = log.chats["requested_at"].dt.convert_time_zone(zone).dt.date()
    first, last = local.min(), local.max()
    assert isinstance(first, dt.date)
    assert isinstance(last, dt.date)
    if not first < split <= last:
        raise StudyError(f"split: {split} must lie within the log, after {first} and up to {last}")
    n_days = int(local.filter(local < split).n_unique())
    if n_days < LEAST_DAYS:
        raise StudyError(
            f"split: {plural(n_days, 'day')} with chats before {split}, and it takes a week at least"
        )
    midnight = pl.Series([dt.datetime.combine(split, dt.time())]).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    )
    at = midnight.dt.convert_time_zone("UTC").fill_null(dt.datetime.combine(split, dt.time(1), dt.UTC))[0]
    return _part(log, local < split, at, is_later=False), _part(log, local >= split, at, is_later=True)


def _part(log: Recorded, chosen: pl.Series, at: dt.datetime, *, is_later: bool) -> Recorded:
    chats = log.chats.filter(chosen)
    duty = log.duty
    if is_later:
        kept = duty.filter(pl.col("end").is_null() | (pl.col("end") > at)).with_columns(
            pl.max_horizontal("start", pl.lit(at).cast(duty.schema["start"])).alias("start")
        )
    else:
        kept = duty.filter(pl.col("start") < at).with_columns(
            pl.min_horizontal("end", pl.lit(at).cast(duty.schema["end"])).alias("end")
        )
    return replace(
        log,
        chats=chats,
        duty=kept,
        messages=log.messages.join(chats.select("chat_id"), on="chat_id", how="semi"),
        legs=log.legs.join(chats.select("chat_id"), on="chat_id", how="semi"),
    )


# The scenario of the later part


def predicted_data(
    fitted: Fitted, later: Seen, split: dt.date, given: str | None, without: frozenset[dt.date]
) -> tuple[dict[str, Any], bool]:
    """Scenario of the later part as a file has it, and whether its staffing was recorded."""
    data: dict[str, Any] = {
        k: v for k, v in deepcopy(dict(fitted.data)).items() if k not in {"hours", "zone"}
    }
    days = (later.start - split).days + later.n_days
    data |= {"name": f"{fitted.name} from {split}", "start": split, "days": days}
    if given == "arrivals":
        _true_arrivals(data, fitted, later, split)
    else:
        _forecast_arrivals(data, fitted, split, days, without)
    recorded = [
        _staffing(data["groups"][g], members, later) for g, members in enumerate(_members(fitted, later))
    ]
    return data, all(recorded)


def _true_arrivals(data: dict[str, Any], fitted: Fitted, later: Seen, split: dt.date) -> None:
    """First attempts of the later part, to the second."""
    first = chains_of(later).first & ~np.isin(later.chats.chat.outcome, NOT_ASKED)
    behind_s = (later.start - split).days * float(DAY_S)
    for queue, each in zip(data["queues"], fitted.queues, strict=True):
        mine = first & _is_of(later, each.name)
        queue["arrivals"] = {"times_s": np.sort(later.chats.chat.arrival_s[mine] + behind_s).tolist()}


def _forecast_arrivals(
    data: dict[str, Any], fitted: Fitted, split: dt.date, days: int, without: frozenset[dt.date]
) -> None:
    """What was to be expected from the last weeks before the split."""
    for queue, each in zip(data["queues"], fitted.queues, strict=True):
        series, spread = each.volumes.series, each.volumes.dispersion
        skipped = (split - series.last).days - 1
        made = forecast_of(series, skipped + days, Settings(without=without), spread)
        mean = np.nan_to_num(made.mean[skipped:]).ravel()
        spreads = {k: v for k, v in queue["arrivals"].items() if k in {"busyness_cv", "interval_cv"}}
        queue["arrivals"] = {"per_interval": [float(f"{value:.6g}") for value in mean]} | spreads


def _is_of(seen: Seen, name: str) -> Flags:
    queues = list(seen.chats.centre.queues)
    place = queues.index(name) if name in queues else -1
    return np.asarray(seen.chats.chat.queue == place)


def _members(fitted: Fitted, later: Seen) -> list[Ints]:
    """Agents of each group in the later part; whoever is new belongs to the largest."""
    if not fitted.teams:
        return []
    agents = _names(later)
    before = _names(fitted.seen)
    group = {before[member]: g for g, team in enumerate(fitted.teams) for member in team.members.tolist()}
    largest = int(np.argmax([len(team.members) for team in fitted.teams]))
    of = np.array([group.get(name, largest) for name in agents], dtype=np.int64)
    return [np.flatnonzero(of == g) for g in range(len(fitted.teams))]


def _names(seen: Seen) -> list[str]:
    identity = seen.chats.identity
    return [
        str(name) for name in (identity.agents if identity is not None else range(len(seen.chats.team.group)))
    ]


def _staffing(group: dict[str, Any], members: Ints, later: Seen) -> bool:
    """Put who was on duty on each later day into a group."""
    staffed = staffed_of(later, members)
    levels = {
        str(later.start + dt.timedelta(days=day)): whole(row).tolist()
        for day, row in enumerate(staffed.agents)
        if row.any()
    }
    nobody = {str(later.start): [0] * staffed.agents.shape[1]}
    group["staffing_by_day"] = {"dates": levels or nobody}
    group.pop("agents", None)
    return staffed.is_recorded


# Drawn numbers


def drawn(fitted: Fitted, data: Mapping[str, Any], n: int) -> Iterator[Scenario]:
    """Scenarios whose numbers are spread over their intervals, one for each replication."""
    points = norm.ppf(qmc.Halton(_DIMENSIONS, scramble=False).random(n + 1)[1:])
    for volume, patience, agent, customer, turns in points:
        own = deepcopy(dict(data))
        for q, queue in enumerate(own["queues"]):
            place = f"queues.{q}"
            if "per_interval" in queue["arrivals"]:
                factor = _factor(fitted, f"{place}.arrivals.per_hour", volume)
                queue["arrivals"]["per_interval"] = [
                    factor * each for each in queue["arrivals"]["per_interval"]
                ]
            _scale(queue["patience"], _factor(fitted, f"{place}.patience", patience))
            service = queue["service"]
            for key, z in (("agent_s", agent), ("work_s", agent), ("customer_s", customer), ("turns", turns)):
                if key in service:
                    _scale(service[key], _factor(fitted, f"{place}.service.{key}", z))
        yield Scenario.model_validate(own, context=FROM_FILE)


def _factor(fitted: Fitted, place: str, z: float) -> float:
    """How far a number is off, *z* standard errors from its value; 1 where that is not known."""
    names = (place, f"{place}.mean_s", f"{place}.mean")
    known = next((each for each in fitted.known if each.place in names and each.low and each.high), None)
    if known is None or not known.low or not known.high or known.low <= 0:
        return 1.0
    return float((known.high / known.low) ** (z / (2 * 1.96)))


def _scale(law: dict[str, Any], factor: float) -> None:
    """Make a law's mean so many times as large."""
    for key in ("mean_s", "mean"):
        if key in law:
            law[key] = max(float(law[key]) * factor, 1.0 if key == "mean" else 1e-3)
    if "hazard_per_s" in law:
        law["hazard_per_s"] = [each / factor for each in law["hazard_per_s"]]
    if "values_s" in law:
        law["values_s"] = [rounded(each * factor) for each in law["values_s"]]


# What came, and what was predicted


def _compared(name: str, measured: Kpis, runs: Sequence[Kpis], first: int, seen: Seen) -> Prediction | None:
    """A figure by interval of the day over all later days, and as a whole; None where the log has none."""
    per_day = round(DAY_S / seen.chats.centre.interval_s)
    kpi = BY_NAME[name]
    is_count = name == "offered"

    def folded(kpis: Kpis, skip: int) -> tuple[Floats, Floats]:
        sums = (np.nan_to_num(each)[skip * per_day :] for each in kpis.sums(kpi, By.INTERVAL))
        days = [each.reshape(-1, per_day) for each in sums]
        if is_count:
            return days[0].mean(axis=0), np.ones(per_day)
        return days[0].sum(axis=0), days[1].sum(axis=0)

    if measured[name] is None:
        return None
    top, bottom = folded(measured, 0)
    observed = ratio(top, bottom)
    tops, bottoms = (np.stack(each) for each in zip(*(folded(run, first) for run in runs), strict=True))
    by_run = ratio(tops, bottoms)
    fine = np.isfinite(observed) & (np.isfinite(by_run).mean(axis=0) > 0.9) & ((tops.any(axis=0)) | (top > 0))
    low, middle, high = _band(np.where(fine, by_run, np.nan))
    of_all = ratio(tops.sum(axis=1), bottoms.sum(axis=1)) * (per_day if is_count else 1)
    ends = _band(of_all[:, None])
    whole_ = float(ratio(top.sum(keepdims=True), bottom.sum(keepdims=True))[0]) * (per_day if is_count else 1)
    return Prediction(
        name,
        whole_,
        float(ends[1][0]),
        float(ends[0][0]),
        float(ends[2][0]),
        {"observed": np.where(fine, observed, np.nan), "predicted": middle, "low": low, "high": high},
    )


def _band(by_run: Floats) -> tuple[Floats, Floats, Floats]:
    """Ends and middle of what replications say: a further one lies between, as often as the band holds."""
    found = np.full((3, by_run.shape[1]), np.nan)
    for k, column in enumerate(by_run.T):
        known = column[np.isfinite(column)]
        if len(known) >= _FEWEST / 2:
            found[:, k] = np.quantile(known, [(1 - BAND) / 2, 0.5, (1 + BAND) / 2], method="weibull")
    return found[0], found[1], found[2]
