"""`sim report`: from a result, a folder or a scenario to a file, and what it says of wrong input."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import SimError
from sim.report.documents.build import document
from sim.report.documents.local import Local
from sim.report.documents.texts import Language
from sim.report.documents.write import read_logo
from sim.report.result import Column, Head, Result, Table
from tests.commands import sim as command
from tests.conftest import ROOT

SHOP = str(ROOT / "scenarios" / "web_shop.toml")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `--out` wrote of a study that nobody draws."""
    result = Result(Head("nothing", ("Shop",), "One day", 1, 20), words=("All is well.",))
    result.save(tmp_path / "results")
    return tmp_path / "results"


def test_a_result_or_its_folder_becomes_a_report_in_each_form(folder: Path, tmp_path: Path):
    files = [tmp_path / f"report.{form}" for form in ("html", "pdf", "xlsx")]
    outputs = [word for file in files for word in ("-o", file)]
    done = command("report", folder, *outputs, "--language", "fr", "--company", "Société <b>")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(" (")[0] for line in done.stdout.splitlines()] == [f"wrote {file}" for file in files]
    page = files[0].read_text(encoding="utf-8")
    assert '<p lang="en">All is well.</p>' in page
    assert "Société &lt;b&gt;" in page
    assert "Rien n’est jugé ici" in page
    assert files[1].read_bytes().startswith(b"%PDF-")
    first = [file.read_bytes() for file in files]
    again = command(
        "report", folder / "result.json", *outputs, "--force", "--language", "fr", "--company", "Société <b>"
    )
    assert again.returncode == 0
    assert [file.read_bytes() for file in files] == first


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "report.doc"], "report.doc: a report's name must end in .html, .pdf or .xlsx"),
        (["-o", "report.pdf", "--language", "german"], "'german'"),
        (["-o", "nowhere/report.pdf"], "there is no directory nowhere"),
        (["-o", "report.pdf", "--logo", SHOP], f"{SHOP}: a logo must be a PNG or SVG picture"),
        (["-o", "report.pdf", "--logo", "none.png"], "none.png: can't be read"),
    ],
)
def test_wrong_input_is_told_before_anything_is_simulated(words: list[str], told: str):
    done = command("report", SHOP, *words)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_what_is_no_result_is_told(tmp_path: Path):
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    done = command("report", tmp_path / "other.json", "-o", tmp_path / "report.html")
    assert (done.returncode, "is no result of format 1" in done.stderr) == (2, True)
    assert not (tmp_path / "report.html").exists()


def test_from_python_a_result_is_written_and_what_is_unknown_is_told(tmp_path: Path):
    result = Result(Head("nothing", ("Shop",), "One day", 1, 20), words=("All is well.",))
    result.report(tmp_path / "a.html", language="es", company="Ñandú")
    assert "<p>Ñandú</p>" in (tmp_path / "a.html").read_text(encoding="utf-8")
    for more, told in (
        ({"language": "eo"}, "no language 'eo'"),
        ({}, "exists; add --force"),
        ({"force": True, "logo": "none.png"}, "none.png: can't be read"),
    ):
        with pytest.raises(SimError, match=told):
            result.report(tmp_path / "a.html", **more)


def test_tables_of_other_studies_that_are_called_like_those_of_a_run_are_shown_as_they_are(tmp_path: Path):
    columns = (Column("date", "Date"), Column("chats", "Chats", "chats", "number"))
    tables = [
        Table(name, "Ahead", columns, [{"date": "d", "chats": 7.25}]) for name in ("by_day", "by_interval")
    ]
    Result(Head("nothing", ("Shop",), "One day"), tables=tuple(tables)).report(
        tmp_path / "a.html", language="de"
    )
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.count('<td class="right">7,25</td>') == 2


def test_a_long_table_leaves_room_for_short_ones_and_numbers_alone_are_no_day():
    shown = (Column("start_s", "From", "s", "clock"), Column("offered", "Chats", form="number"))
    long = Table(
        "intervals", "Month by month", shown, [{"start_s": 60.0 * k, "offered": 1.0} for k in range(30)]
    )
    short = Table("clauses", "Clauses", shown, long.rows[:20])
    facts = {"interval_s": 60.0, "days": 1}
    result = Result(Head("bid", ("Shop",), "One day", 1, 20), tables=(long, short), facts=facts)
    made = document(result)
    assert [part.title for part in made.parts] == ["The answer", "Tables", "Definitions and assumptions"]
    grid, left_out = made.parts[1].blocks
    assert (grid.title, left_out.text) == (
        "Clauses",
        Local(Language.ENGLISH).say("left_out", list="Month by month"),
    )


def test_logos_that_would_grow_without_end_are_refused(tmp_path: Path):
    logos = {
        "good.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "good.png": PNG,
        "evil.svg": b'<!DOCTYPE a [<!ENTITY b "c">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
        "large.png": PNG + b"0" * 100_001,
        "page.svg": b"<html/>",
    }
    told = {}
    for name, written in logos.items():
        (tmp_path / name).write_bytes(written)
        try:
            told[name] = read_logo(tmp_path / name).form
        except SimError as error:
            told[name] = f"{type(error).__name__}: {str(error).rpartition(': ')[2]}"
    assert told == {
        "good.svg": "svg",
        "good.png": "png",
        "evil.svg": "ResultError: a logo must be a PNG or SVG picture",
        "large.png": "ResultError: a logo may have 100,000 bytes at most, got 100,009",
        "page.svg": "ResultError: a logo must be a PNG or SVG picture",
    }
