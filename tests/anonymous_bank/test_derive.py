"""The derivation's estimators on made-up rows and on examples worked by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
from derive import (
    busy_while_waiting,
    carried,
    hazard,
    in_progress,
    main,
    ordinary,
    over_dispersion,
    read_log,
    tidy,
)

HEADER = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t"
    "q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver"
)


def row(
    kind: str = "PS",
    *,
    date: str = "990104",
    queue: tuple[str, str, int] = ("0:00:00", "0:00:00", 0),
    outcome: str = "AGENT",
    service: tuple[str, str, int] = ("0:00:00", "0:00:00", 0),
    server: str = "ANY",
) -> str:
    """One line of a log, as the file has them: padded fields, a trailing tab."""
    fields = ["AA0101", "1", "0", "0", f"{kind} ", date, "9:00:00", "9:00:09", "9"]
    fields += [*map(str, queue), outcome, *map(str, service), server]
    return "\t".join(fields) + "\t"


def write(folder: Path, *rows: str) -> Path:
    """Write a month with Windows line ends and a malformed last row."""
    path = folder / "month.txt"
    path.write_text("\r\n".join([HEADER, *rows, "AA0101\t7\tbroken"]), newline="")
    return path


def test_tidy_keeps_demand_only(tmp_path: Path) -> None:
    """Answered calls and queue abandonments stay; phantoms and calls hung up in the menu go."""
    log = read_log(
        write(
            tmp_path,
            row(service=("9:00:10", "9:01:00", 50)),
            row("PE", queue=("10:00:00", "10:00:30", 30), outcome="HANG", server="NO_SERVER"),
            row(outcome="HANG", server="NO_SERVER"),
            row(queue=("11:00:00", "11:00:30", 30), outcome="PHANTOM", server="NO_SERVER"),
        )
    )
    calls = tidy(log)

    assert len(log) == 4
    assert calls["type"].to_list() == ["PS", "PS"]
    assert calls["arrival_s"].to_list() == [32410, 36000]
    assert calls["answered"].to_list() == [True, False]


def test_tidy_carries_services_past_midnight(tmp_path: Path) -> None:
    """A service that ends before it starts ended the next day."""
    late = row(queue=("23:58:00", "23:59:00", 60), service=("23:59:00", "0:01:00", 120))
    calls = tidy(read_log(write(tmp_path, late)))

    assert calls["handle_s"].to_list() == [120]
    assert calls["end_wait_s"].to_list() == [86_340]


def test_ordinary_drops_weekends_and_spike_days(tmp_path: Path) -> None:
    """Of Sunday 3 (a spike), Monday 4, Friday 8, Saturday 9 and Sunday 17 January, two stay."""
    dates = ["990103", "990104", "990108", "990109", "990117"]
    rows = [row(date=date, service=("9:00:10", "9:01:00", 50)) for date in dates]

    assert ordinary(tidy(read_log(write(tmp_path, *rows))))["date"].to_list() == ["990104", "990117"]


def test_hazard_counts_censored_waits_as_exposure() -> None:
    """Waits 5 (left), 10 (answered), 30 (left): 25 s and one leaver up to 10 s, 20 s and one after."""
    figures = hazard(np.array([5, 10, 30]), np.array([True, False, True]), (0, 10, np.inf))

    assert figures["edges_s"] == [0, 10]
    np.testing.assert_array_equal(np.asarray(figures["exposure_s"]), [25.0, 20.0])
    np.testing.assert_array_equal(np.asarray(figures["hazard_per_s"]), [1 / 25, 1 / 20])


def test_capacity_is_the_busy_while_somebody_waits() -> None:
    """Services [0, 100) and [50, 150), waits [60, 110): two busy for 40 s and one for 10 s, 1.8 agents."""
    busy = in_progress(np.array([0, 50]), np.array([100, 150]))
    waiting = in_progress(np.array([60]), np.array([110]))
    agent_s, waited_s = busy_while_waiting(waiting, busy)

    assert (agent_s[0], waited_s[0]) == (90.0, 50.0)
    assert waited_s[1:].sum() == 0


def test_carried_keeps_the_total() -> None:
    """Rounding carries what it cuts off, so 4 times 1.5 are 6 agents, not 8."""
    np.testing.assert_array_equal(carried(np.full(4, 1.5)).cumsum(), [2, 3, 5, 6])


def test_over_dispersion_sees_no_factor_in_poisson_counts_and_finds_a_day_factor() -> None:
    """Equal days have no day factor; days of 50 and 150 calls an interval have var D = 0.5."""
    weekdays = np.array([1, 1])
    apart = over_dispersion(np.array([[50.0] * 9, [150.0] * 9]), weekdays)
    alike = over_dispersion(np.full((2, 9), 100.0), weekdays)

    assert apart["busyness_cv"] == pytest.approx(0.5**0.5)
    assert alike["busyness_cv"] == 0.0


def test_main_writes_json(tmp_path: Path) -> None:
    """Two made-up Mondays go in; one JSON comes out."""
    rows = [
        row(
            date=date,
            queue=(f"{h}:{m}:00", f"{h}:{m + 1}:30", 90),
            outcome=outcome,
            service=(f"{h}:{m + 1}:30", f"{h}:{m + 5}:{s}", s + 210),
        )
        for date, outcome, s in [
            ("990104", "AGENT", 10),
            ("990104", "HANG", 20),
            ("990104", "AGENT", 30),
            ("990111", "AGENT", 40),
            ("990111", "HANG", 50),
        ]
        for h in range(7, 24)
        for m in (10, 40)
    ]
    # The same agent goes on, 5 s later, to a caller who waits already.
    rows.append(row(queue=("7:14:00", "7:15:35", 95), service=("7:15:35", "7:16:00", 25)))
    written: list[str] = []
    main([str(write(tmp_path, *rows))], written.append)
    figures = json.loads(written[0])

    assert figures["days"] == 2
    assert figures["demand"]["PS"]["per_hour"][8] == 5.0
    assert figures["outcomes"]["all"]["abandonment"] == pytest.approx(68 / 171, rel=1e-3)
