"""
What a real call centre's log says of demand, patience, handling times and capacity.

The log is that of a small bank's call centre, January and February 1999, collected at the
Technion by Ilan Guedj and Avi Mandelbaum, whose documentation (9 February 2000) allows free
use and asks for acknowledgement, given here with thanks.  The same calls are studied in Brown
et al., "Statistical analysis of a telephone call center", JASA 100 (2005) 36-50.  Its rows are
no part of this project; what is derived from them is ``derived.json``, printed by

    python tests/anonymous_bank/derive.py january.txt.gz february.txt.gz > derived.json

The days are ordinary working days (Sunday to Thursday, without four days of disturbance).
*Demand* is every call that reached the agents' door: answered, or joined the queue.  Calls
hung up inside the voice menu and "phantom" calls are none.  A call belongs to the hour of the
day in which it reached that door.  All times are seconds since midnight.
"""

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

# fmt: off
COLUMNS = (
    "line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit", "vru_time",
    "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time", "server",
)
# fmt: on
TYPES = {"PS": "PS", "PE": "PS", "AA": "PS", "NW": "NW", "NE": "NE", "TT": "TT", "IN": "IN"}
"""Call types as simulated: PE (the regular service in English) and AA (a stray) count as PS."""

WORKDAYS = (7, 1, 2, 3, 4)
"""Sunday to Thursday, as ISO weekdays."""

SPIKE_DAYS = ("990103", "990110", "990203", "990214")
"""Days with an hour of three to five times its usual calls: for stress tests, not for means."""

DAY_S = 86_400
OPEN_H, CLOSE_H = 7, 24
THRESHOLD_S = 20
SHORT_SERVICE_S = 10
"""Shorter services are an artefact of the log: agents who hung up, calls lost in transfer."""

FINE_S = (0, 5, 10, 15, 20, 30, 40, 50, 55, 60, 65, 80, 100, 120, 180, 300, 600, np.inf)
COARSE_S = (0, 10, 20, 40, 60, 120, 300, np.inf)
FINE_FROM = 1_000
"""Abandonments from which a hazard is given on the fine edges."""

QUIET_S = 60
"""A day's half-hour with fewer seconds of waiting shows its capacity only by its busiest second."""


# ---------------------------------------------------------------- reading and cleaning


def read_log(path: Path) -> pl.DataFrame:
    """Read one month, gzipped or plain, as text: 17 columns, stripped, short and header rows gone."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("latin-1")
    rows = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    fields = [[field.strip() for field in row[: len(COLUMNS)]] for row in rows if len(row) >= len(COLUMNS)]
    return pl.DataFrame(fields, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").filter(
        pl.col("date").str.contains(r"^99\d{4}$")
        & pl.col("outcome").is_in(["AGENT", "HANG", "PHANTOM"])
        & pl.col("type").is_in(list(TYPES))
    )


def seconds(clock: str) -> pl.Expr:
    """Seconds since midnight of the column ``clock``, written h:mm:ss."""
    part = pl.col(clock).str.split(":")
    return sum(
        (part.list.get(place).cast(pl.Int64) * unit for place, unit in enumerate((3600, 60, 1))), pl.lit(0)
    )


def tidy(log: pl.DataFrame) -> pl.DataFrame:
    """
    Clean the log to demand, one call a row, with arrival, wait and service in seconds.

    A service or a wait that ends before it starts ran past midnight.
    """
    queued, answered = pl.col("wait_s") > 0, pl.col("answered")
    timed = log.select(
        pl.col("type").replace_strict(TYPES),
        "date",
        "outcome",
        "server",
        weekday=("19" + pl.col("date")).str.to_date("%Y%m%d").dt.weekday().cast(pl.Int64),
        wait_s=pl.col("q_time").cast(pl.Int64),
        answered=pl.col("outcome") == "AGENT",
        queue_s=seconds("q_start"),
        start_s=seconds("ser_start"),
        exit_s=seconds("ser_exit"),
    )
    demand = timed.filter((pl.col("outcome") != "PHANTOM") & (answered | queued))
    past_midnight = pl.when(pl.col("exit_s") < pl.col("start_s")).then(DAY_S).otherwise(0)
    return demand.with_columns(
        arrival_s=pl.when(queued).then("queue_s").otherwise("start_s"),
        end_s=pl.col("exit_s") + past_midnight,
    ).with_columns(
        end_wait_s=pl.col("arrival_s") + pl.col("wait_s"), handle_s=pl.col("end_s") - pl.col("start_s")
    )


def ordinary(calls: pl.DataFrame) -> pl.DataFrame:
    """Keep the working days without the spike days."""
    return calls.filter(pl.col("weekday").is_in(WORKDAYS) & ~pl.col("date").is_in(SPIKE_DAYS))


def ints(calls: pl.DataFrame, column: str) -> Ints:
    """One column as an array of integers."""
    return calls[column].to_numpy().astype(np.int64)


def by_type(calls: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """All calls and the calls of each type, the largest type first."""
    names = calls["type"].value_counts().sort("count", descending=True)["type"]
    return {"all": calls} | {str(name): calls.filter(pl.col("type") == name) for name in names}


# ---------------------------------------------------------------- demand


def counts(calls: pl.DataFrame, dates: Sequence[str], minutes: int) -> Floats:
    """Count calls by day and interval of the day, shape (days, intervals)."""
    day = np.searchsorted(np.array(dates), calls["date"].to_numpy().astype(str))
    table = np.zeros((len(dates), 24 * 60 // minutes))
    np.add.at(table, (day, ints(calls, "arrival_s") // (60 * minutes)), 1.0)
    return table


def over_dispersion(table: Floats, weekdays: Ints) -> dict[str, object]:
    """
    Day factor and interval factor of a doubly stochastic Poisson process, by moments.

    A count is Poisson with mean m D H: m the mean of its weekday and interval, D one factor a
    day, H one an interval, all independent with mean 1.  Then cov = m m' var D between
    intervals of a day, and var = m + m^2 (var D + var H + var D var H).  Sums over all cells
    are equated; the weekday means cost k / (k - 1) for k days of that weekday.

    Parameters
    ----------
    table
        Calls, shape (days, intervals), open intervals only.
    weekdays
        Weekday of each day, shape (days,).
    """
    mean, product = np.zeros_like(table), np.zeros((table.shape[1],) * 2)
    for weekday in np.unique(weekdays):
        rows = weekdays == weekday
        mean[rows] = table[rows].mean(axis=0)
        rest = table[rows] - mean[rows]
        product += rest.T @ rest * rows.sum() / (rows.sum() - 1)
    square = mean.T @ mean
    lag = np.abs(np.subtract.outer(*[np.arange(table.shape[1])] * 2))
    by_lag = [product[lag == k].sum() / square[lag == k].sum() for k in range(1, 9)]
    total = (np.trace(product) - mean.sum()) / np.trace(square)
    day = product[lag > 0].sum() / square[lag > 0].sum()
    interval = (total - day) / (1 + day)
    totals = (product.sum() - mean.sum()) / square.sum()
    return {
        "relative_variance": total,
        "busyness_cv": np.sqrt(max(day, 0.0)),
        "interval_cv": np.sqrt(max(interval, 0.0)),
        "day_total_cv": np.sqrt(max(totals, 0.0)),
        "relative_covariance_by_lag": by_lag,
    }


def demand(calls: pl.DataFrame, dates: Sequence[str]) -> dict[str, object]:
    """Give calls per hour of the day and over-dispersion in the open hours, overall and by type."""
    weekdays = np.array([calls.filter(pl.col("date") == date)["weekday"][0] for date in dates])
    figures: dict[str, object] = {}
    for name, some in by_type(calls).items():
        hours, halves = counts(some, dates, 60), counts(some, dates, 30)
        figures[name] = {
            "calls_per_day": hours.sum(axis=1).mean(),
            "calls_per_day_night": hours[:, :OPEN_H].sum(axis=1).mean(),
            "per_hour": hours.mean(axis=0),
            "per_hour_by_half_hour": 2 * halves.mean(axis=0),
            "hours": over_dispersion(hours[:, OPEN_H:CLOSE_H], weekdays),
            "half_hours": over_dispersion(halves[:, 2 * OPEN_H : 2 * CLOSE_H], weekdays),
        }
    return figures


# ---------------------------------------------------------------- patience and handling


def hazard(wait_s: Ints, abandoned: NDArray[np.bool_], edges_s: Sequence[float]) -> dict[str, object]:
    """
    Estimate the hazard of abandoning by pieces: abandonments over seconds waited.

    An answer censors a wait.  A piece nobody reached has hazard 0.
    """
    lower, upper = np.array(edges_s[:-1]), np.array(edges_s[1:])
    exposure = np.clip(wait_s[:, None] - lower, 0.0, upper - lower).sum(axis=0)
    events = ((wait_s[:, None] > lower) & (wait_s[:, None] <= upper) & abandoned[:, None]).sum(axis=0)
    return {
        "edges_s": list(edges_s[:-1]),
        "hazard_per_s": events / np.maximum(exposure, 1.0),
        "abandonments": events,
        "exposure_s": exposure,
        "mean_s": exposure.sum() / events.sum(),
    }


def patience(calls: pl.DataFrame) -> dict[str, object]:
    """Hazards of abandoning, overall and by type; the last piece is open-ended."""
    figures: dict[str, object] = {}
    for name, some in by_type(calls.filter(pl.col("wait_s") > 0)).items():
        abandoned = ~some["answered"].to_numpy()
        edges_s = FINE_S if abandoned.sum() >= FINE_FROM else COARSE_S
        figures[name] = hazard(ints(some, "wait_s"), abandoned, edges_s)
    return figures


def handling(calls: pl.DataFrame) -> dict[str, object]:
    """Describe handling times of answered calls: mean and cv of the full ones, share of the short ones."""
    figures: dict[str, object] = {}
    for name, some in by_type(calls.filter(pl.col("answered"))).items():
        handle_s = ints(some, "handle_s")
        full = handle_s[handle_s >= SHORT_SERVICE_S]
        figures[name] = {
            "short_share": (handle_s < SHORT_SERVICE_S).mean(),
            "mean_s": full.mean(),
            "cv": full.std(ddof=1) / full.mean(),
            "median_s": np.median(full),
            "log_sd": np.log(full).std(ddof=1),
        }
    return figures


def turnaround_s(calls: pl.DataFrame) -> float:
    """Median time from an agent's service to the next, when that next caller was already waiting."""
    served = calls.filter(pl.col("answered") & (pl.col("server") != "NO_SERVER"))
    served = served.sort("date", "server", "start_s")
    free_s = pl.col("end_s").shift(1).over("date", "server")
    waiting = served.with_columns(free_s=free_s).filter(
        pl.col("wait_s") > 0,
        pl.col("arrival_s") <= pl.col("free_s"),
        pl.col("free_s") <= pl.col("start_s"),
    )
    return float(np.median(waiting["start_s"].to_numpy() - waiting["free_s"].to_numpy()))


# ---------------------------------------------------------------- capacity


def in_progress(start_s: Ints, end_s: Ints) -> Ints:
    """How many of the spans are open in each second of a day, shape (86400,)."""
    change = np.zeros(DAY_S + 1, dtype=np.int64)
    np.add.at(change, np.clip(start_s, 0, DAY_S), 1)
    np.add.at(change, np.clip(end_s, 0, DAY_S), -1)
    return np.cumsum(change)[:DAY_S]


def busy_while_waiting(waiting: Ints, busy: Ints, minutes: int = 30) -> tuple[Floats, Floats]:
    """
    Agent-seconds in service while somebody waits, and the seconds so, by interval.

    While somebody waits every agent who could answer is busy, so the ratio of the two is the capacity.
    """
    shape = (DAY_S // (60 * minutes), 60 * minutes)
    is_waiting = (waiting > 0).reshape(shape)
    return (busy.reshape(shape) * is_waiting).sum(axis=1).astype(float), is_waiting.sum(axis=1).astype(float)


def carried(values: Floats) -> Ints:
    """Round to integers, carrying the remainder on, so that running totals stay within a half."""
    return np.diff(np.floor(np.cumsum(values) + 0.5), prepend=0.0).astype(np.int64)


def busy_and_waiting(day: pl.DataFrame, gap_s: int) -> tuple[Ints, Ints]:
    """Count the agents in service and the calls waiting, second by second of one day."""
    served, queued = day.filter("answered"), day.filter(pl.col("wait_s") > 0)
    # NOTE: the turnaround holds the agent too, or each change of caller would look like a free agent.
    busy = in_progress(ints(served, "start_s"), ints(served, "end_s") + gap_s)
    return busy, in_progress(ints(queued, "arrival_s"), ints(queued, "end_wait_s"))


def capacity(calls: pl.DataFrame, dates: Sequence[str], gap_s: int) -> dict[str, object]:
    """
    Infer agents by half-hour of the day, the mean over days of each day's own capacity.

    That is the mean number busy while somebody waits; in a half-hour with hardly a wait the
    number in its busiest second, a lower bound.  ``agents_pooled`` leaves those quiet
    half-hours out and pools the waiting seconds of all days.
    """
    tables = []
    for date in dates:
        busy, waiting = busy_and_waiting(calls.filter(pl.col("date") == date), gap_s)
        tables.append((*busy_while_waiting(waiting, busy), busy.reshape(48, -1).max(axis=1)))
    above, below, busiest = np.array(tables, dtype=np.float64).transpose(1, 0, 2)
    is_open = np.arange(48) // 2 >= OPEN_H
    is_telling = below >= QUIET_S
    per_day = np.where(is_telling, above / np.maximum(below, 1.0), busiest) * is_open
    agents = per_day.mean(axis=0)
    return {
        "interval_min": 30,
        "agents": agents,
        "agents_rounded": carried(agents),
        "agents_day_sd": per_day.std(axis=0, ddof=1),
        "agents_pooled": above.sum(axis=0) / np.maximum(below.sum(axis=0), 1.0) * is_open,
        "telling_days": is_telling.sum(axis=0),
        "waiting_share_of_time": below.mean(axis=0) / 1800,
        "busy_while_only_this_type_waits": busy_by_type(calls, dates, gap_s),
    }


def busy_by_type(calls: pl.DataFrame, dates: Sequence[str], gap_s: int) -> dict[str, float]:
    """Count agents busy, 9:00 to 17:00, while one type alone waits: alike for all if they share one pool."""
    names = [name for name in by_type(calls) if name != "all"]
    above, below = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for date in dates:
        day = calls.filter(pl.col("date") == date)
        busy, waiting = busy_and_waiting(day, gap_s)
        for name in names:
            own = busy_and_waiting(day.filter(pl.col("type") == name), gap_s)[1]
            alone = ((own > 0) & (own == waiting))[9 * 3600 : 17 * 3600]
            above[name] += busy[9 * 3600 : 17 * 3600][alone].sum()
            below[name] += alone.sum()
    return {name: above[name] / max(below[name], 1.0) for name in names}


# ---------------------------------------------------------------- what came of it


def outcome(calls: pl.DataFrame) -> dict[str, float]:
    """Measure waits and abandonment of some calls, each figure a ratio of two sums over them."""
    wait_s, answered = ints(calls, "wait_s"), calls["answered"].to_numpy()
    handle_s, fast = ints(calls, "handle_s")[answered], wait_s <= THRESHOLD_S
    n_calls = len(wait_s)
    return {
        "waits": (wait_s > 0).mean(),
        "mean_wait_s": wait_s.mean(),
        "asa_s": wait_s[answered].mean(),
        "mean_wait_of_queued_s": wait_s.sum() / (wait_s > 0).sum(),
        "abandonment": (~answered).mean(),
        "service_level": (answered & fast).sum() / (n_calls - (~answered & fast).sum()),
        "aht_s": handle_s.mean(),
    }


def standard_errors(calls: pl.DataFrame, dates: Sequence[str]) -> dict[str, float]:
    """Jackknife over days, the unit that is independent, of each figure of :func:`outcome`."""
    without = [outcome(calls.filter(pl.col("date") != date)) for date in dates]
    n_days = len(dates)
    return {
        key: float(np.sqrt((n_days - 1) ** 2 / n_days) * np.std([one[key] for one in without], ddof=1))
        for key in without[0]
    }


def outcomes(calls: pl.DataFrame, dates: Sequence[str]) -> dict[str, object]:
    """Measure what came of calls in the open hours: overall with errors, by type, by hour of the day."""
    hour = pl.col("arrival_s") // 3600
    groups = by_type(calls.filter(hour >= OPEN_H))
    figures: dict[str, object] = {
        name: {"calls_per_day": len(some) / len(dates)} | outcome(some) for name, some in groups.items()
    }
    figures["standard_error"] = standard_errors(groups["all"], dates)
    figures["by_hour"] = [
        {"hour": h, "calls_per_day": len(some) / len(dates)} | outcome(some)
        for h in range(OPEN_H, CLOSE_H)
        for some in [calls.filter(hour == h)]
    ]
    return figures


# ---------------------------------------------------------------- putting together


def derive(log: pl.DataFrame) -> dict[str, object]:
    """All figures of a log as read by :func:`read_log`."""
    calls = ordinary(tidy(log))
    dates = sorted(calls["date"].unique().to_list())
    gap_s = turnaround_s(calls)
    return {
        "source": "Call log of a small bank's call centre, January-February 1999, collected at the Technion "
        "by Ilan Guedj and Avi Mandelbaum; see Brown et al., JASA 100 (2005) 36-50.",
        "days": len(dates),
        "rows_read": len(log),
        "calls_kept": len(calls),
        "demand": demand(calls, dates),
        "patience": patience(calls),
        "handling": handling(calls) | {"turnaround_s": gap_s},
        "capacity": capacity(calls, dates, round(gap_s)),
        "outcomes": outcomes(calls, dates),
    }


def plain(value: object) -> object:
    """JSON's own types, with numbers of four significant figures."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.4g}")
    return int(value) if isinstance(value, np.integer) else value


def compact(text: str) -> str:
    """Put each list of numbers of an indented JSON text on one line."""
    lines: list[str] = []
    for line in text.splitlines():
        is_inside = bool(lines) and lines[-1].count("[") > lines[-1].count("]") and "{" not in line
        if is_inside:
            lines[-1] += ("" if lines[-1][-1] == "[" or line.strip()[0] == "]" else " ") + line.strip()
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def main(arguments: Iterable[str] | None = None, write: Callable[[str], object] = sys.stdout.write) -> None:
    """Read the months named on the command line and write the figures as JSON."""
    parser = argparse.ArgumentParser(description="Derive a scenario's inputs from the call log.")
    parser.add_argument("months", nargs="+", type=Path, help="january.txt.gz february.txt.gz, or unpacked")
    months = parser.parse_args(None if arguments is None else list(arguments)).months
    log = pl.concat([read_log(month) for month in months])
    write(compact(json.dumps(plain(derive(log)), indent=1)))


if __name__ == "__main__":
    main()
