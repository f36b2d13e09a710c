"""A bank's calls of 1999: the estimators give what was measured of them elsewhere, and the whole way from the log does."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gamma

import sim
from sim.studies.fitted.demand import unknown_days
from sim.studies.fitted.patience import Patience, Waits, patience_of
from sim.studies.fitted.queue import waits_of
from sim.studies.fitted.seen import look_at
from sim.studies.volumes.dispersion import dispersion

BANK = Path(os.environ.get("SIM_BANK_LOGS", "no such folder"))
FILES = [BANK / f"{month}.txt.gz" for month in ("january", "february")]
pytestmark = pytest.mark.skipif(
    not FILES[0].exists(),
    reason="the bank's calls are no part of this project: SIM_BANK_LOGS names their folder",
)
SPIKES = {dt.date(1999, 1, 3), dt.date(1999, 1, 10), dt.date(1999, 2, 3), dt.date(1999, 2, 14)}


def waits_in_the_files() -> Waits:
    """Times in the queue as the files have them, to the second."""
    rows: list[list[str]] = []
    for file in FILES:
        with gzip.open(file, "rt", encoding="latin-1") as opened:
            rows += [[cell.strip() for cell in row] for row in csv.reader(opened, delimiter="\t")][1:]
    queued = [row for row in rows if row[12] in {"AGENT", "HANG"} and int(row[11]) > 0]
    n = len(queued)
    return Waits(
        np.array([float(row[11]) for row in queued]), np.array([row[12] == "HANG" for row in queued]),
        np.array([int(row[5]) for row in queued]), np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_),
    )  # fmt: skip


def beyond(found: Patience, at_s: float) -> float:
    """Share who would wait longer, by Kaplan and Meier."""
    return float(found.curve.share[np.searchsorted(found.curve.at_s, at_s, side="right") - 1])


def weibull(found: Patience) -> tuple[float, float]:
    """Shape and scale."""
    numbers = next(each for each in found.fits if each.name == "weibull").numbers
    shape = numbers["shape"].value
    return shape, numbers["mean_s"].value / float(gamma(1 + 1 / shape))


def test_patience_is_what_other_packages_find():
    """34,693 waits, of which 7,012 were ended by hanging up: the digits of lifelines, reliability and R's survival."""
    found = patience_of(waits_in_the_files())
    assert found is not None
    assert (found.n, found.gave_up) == (34_693, 7_012)
    assert [round(beyond(found, at), 3) for at in (30, 60, 120, 300, 600)] == [
        0.904,
        0.826,
        0.718,
        0.499,
        0.304,
    ]
    shape, scale = weibull(found)
    assert shape == pytest.approx(0.9242, abs=5e-5)
    assert scale == pytest.approx(394.0, abs=0.05)
    fits = {each.name: each for each in found.fits}
    assert fits["lognormal"].aic == pytest.approx(96_161.6, abs=0.05)
    assert fits["exponential"].aic == pytest.approx(96_455.8, abs=0.05)
    assert fits["gamma"].aic == pytest.approx(96_405.6, abs=0.05)
    assert found.hazard is not None
    spike = list(found.hazard.edges_s).index(55)
    assert found.hazard.per_s[spike] == pytest.approx(0.0045, abs=5e-5)
    assert found.hazard.aic < fits["lognormal"].aic - 150
    assert found.law is not None
    assert found.law.law == "piecewise_hazard"


@pytest.mark.nightly
def test_the_imported_log_says_nearly_the_same(tmp_path: Path):
    """Agents begin a second or two before a call's queue time ends, and of 169 it is not known when: so waits are shorter."""
    sim.import_log(FILES, tmp_path / "bank.log")
    seen = look_at(sim.read_log(tmp_path / "bank.log"), 60)
    found = patience_of(waits_of(seen, np.ones(len(seen.day), dtype=np.bool_)))
    assert found is not None
    assert (found.n, found.gave_up) == (34_524, 7_012)
    assert beyond(found, 120) == pytest.approx(0.714, abs=5e-4)
    assert weibull(found) == (pytest.approx(0.925, abs=5e-4), pytest.approx(387, abs=0.5))
    assert found.hazard is not None
    assert found.hazard.per_s[list(found.hazard.edges_s).index(55)] == pytest.approx(0.0045, abs=5e-5)

    hours = np.zeros((seen.n_days, 24))
    np.add.at(hours, (seen.day, (seen.chats.chat.arrival_s % 86_400 // 3_600).astype(np.int64)), 1.0)
    hours[unknown_days(seen)] = np.nan
    weekdays = (seen.start.weekday() + np.arange(seen.n_days)) % 7
    usual = np.array([seen.start + dt.timedelta(days=day) not in SPIKES for day in range(seen.n_days)])
    rows = np.isin(weekdays, [6, 0, 1, 2, 3]) & usual
    measured = dispersion(hours[rows][:, 7:], weekdays[rows])
    assert measured is not None
    assert measured.cells == 595
    assert measured.index == pytest.approx(4.95, abs=0.005)
    assert measured.alpha.value == pytest.approx(0.0456, abs=5e-4), "by moments; 0.041 by likelihood"
