"""The table of docs/trust.md says what `sim trust` says."""

from __future__ import annotations

import re

import pytest

from sim.report.data import document
from sim.report.numbers import digits
from sim.report.trust import result
from sim.validation.suite import suite, trust
from tests.readme_trust import BEGIN, END, PAGE, SHOWN, section

pytestmark = pytest.mark.slow

TEXT = PAGE.read_text(encoding="utf-8")


def shown() -> str:
    return TEXT.split(BEGIN)[1].split(END)[0]


def test_its_rows_are_those_of_the_suite():
    """Names, titles, published and exact values as the suite has them now; intervals hold what is exact."""
    cases = {case.name: case for case in suite()}
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in shown().splitlines()
        if line[:2] == "| "
    ]

    assert [row[0] for row in rows[1:]] == [name for name, _ in SHOWN]
    for (name, figure), row in zip(SHOWN, rows[1:], strict=True):
        check = next(check for check in cases[name].checks if check.name == figure)
        assert row[1:3] == [check.heading(), check.published]
        assert row[3].split(" ")[0] == digits(cases[name].known()[figure], check.in_unit())
        value, half = (float(part) for part in re.findall(r"[\d.]+", row[4]))
        assert abs(value - float(row[3].split(" ")[0])) < 2.2 * half
        assert abs(float(row[5])) < 4
    n = sum(len(case.checks) for case in cases.values())
    assert f"{n} figures of {len(cases)} centres, all agree" in shown()


@pytest.mark.nightly
def test_it_is_the_table_of_seed_1():
    """Simulated anew, to the last digit."""
    assert section(document(result(trust(1)))) == shown()
