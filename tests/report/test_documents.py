"""A result as a document: its five answers in four languages, names that do nothing, and the same numbers in all forms."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont
from openpyxl import load_workbook

import sim
from sim.report.documents.answers import answers
from sim.report.documents.build import document
from sim.report.documents.content import Document, Logo
from sim.report.documents.html import html
from sim.report.documents.local import Local
from sim.report.documents.names import NAMES
from sim.report.documents.pdf import pdf
from sim.report.documents.texts import TEXTS, Language
from sim.report.documents.write import content
from sim.report.overview import overview
from sim.report.result import Result
from sim.studies.bid.contract import Contract
from tests.results import holds
from tests.worlds import by_turns, fixed, group, queue, world

HOSTILE = "<script>alert(1)</script> #eval $x$ *b* @a \\n =cmd()"
NAMES_ABROAD = "Straße, Łódź, España, Béziers"
BID = {
    "currency": "EUR",
    "days_per_month": 22,
    "cost": {"wage_per_hour": 20, "on_cost_share": 0.25},
    "prices": [{"kind": "hour", "per_hour": 40}],
}
LOGO = Logo(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#174a7c"/></svg>',
    "svg",
)
SENT: dict[str, Any] = {"language": Language.GERMAN, "company": "Köhler & Söhne", "logo": LOGO}
_TAG = re.compile(r"<svg.*?</svg>|<style>.*?</style>|<head>.*?</head>|<[^>]+>", re.DOTALL)
_BLANKS = re.compile(r"[ \n\t\f]+")
_NUMBER = re.compile(r"\d[\d.,\u202f\xa0:]*\d|\d")


def centre(**more: Any) -> sim.Scenario:
    return world(
        [
            queue(
                {"per_hour": [0] * 9 + [40] * 6 + [0] * 9},
                by_turns(30, 60, 3) | {"agent_s": 30},
                HOSTILE,
                patience=fixed(90),
            )
        ],
        [group(3, concurrency=2, queues=[HOSTILE], name="=cmd()")],
        targets={"service_level": 0.9, "max_response_s": 60},
        name=NAMES_ABROAD,
        bid=BID,
        hours={"open": "09:00:00", "close": "15:00:00"},
        **more,
    )


@pytest.fixture(scope="module")
def found() -> Result:
    return overview(centre(), replications=20, workers=1)


@pytest.fixture(scope="module")
def german(found: Result) -> Document:
    return document(found, **SENT)


@pytest.fixture(scope="module")
def english(found: Result) -> Document:
    return document(found)


def words(page: str) -> str:
    """What one reads in a page, without its pictures."""
    return _BLANKS.sub(" ", unescape(_TAG.sub(" ", page)))


def numbers(text: str) -> list[str]:
    """All numbers of a text, as they are written."""
    return _NUMBER.findall(text)


def text_of(written: bytes, tmp_path: Path) -> str:
    """What `pdftotext` finds in a PDF, on one line."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("poppler (pdftotext) is not installed")
    (tmp_path / "report.pdf").write_bytes(written)
    done = subprocess.run(
        [program, "-raw", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True, timeout=60
    )
    return _BLANKS.sub(" ", done.stdout.decode())


def test_an_overview_is_a_result_and_the_same_on_any_number_of_workers(
    found: Result, english: Document, german: Document, tmp_path: Path
):
    again = overview(centre(), replications=20, workers=2)
    assert again == found
    read = holds(found, tmp_path)
    assert content(read, ".pdf", **SENT) == pdf(german)
    assert content(again, ".html") == html(english).encode()
    assert content(again, ".xlsx") == content(found, ".xlsx")

    base = sim.run(centre(), seed=1, replications=20)
    fewer = sim.run(sim.vary(centre(), {"groups.0.agents": 2}), seed=1, replications=20)
    rows = {row["kpi"]: row for row in found.table("agent_fewer").rows}
    for kpi in ("service_level", "response_s"):
        assert rows[kpi]["now"].value == base[kpi].value
        assert rows[kpi]["fewer"].quantity == fewer[kpi]
        by = fewer[kpi].value - base[kpi].value
        assert rows[kpi]["difference"].value == pytest.approx(by, abs=2e-3 if kpi == "service_level" else 0.2)
    assert found.kept != fewer.kept
    kinds = [row["kind"] for row in found.table("changes").rows]
    assert kinds == ["fewer", "more"] + ["input"] * (len(kinds) - 2)
    assert {row["what"] for row in found.table("changes").rows if row["kind"] == "input"} >= {
        "Forecast volume",
        "Handling time",
        "Patience",
    }


def test_what_the_planned_hours_cost(found: Result):
    """Three agents of 6 h, at 20 an hour, with a quarter on top."""
    days = Contract.of(centre()).month_days
    assert days == 22
    assert found.facts["month_cost"] == days * 450.0
    (total,) = (row for row in found.table("cost").rows if row["part"] == "total")
    assert (total["now"], total["fewer_0"]) == (days * 450.0, days * 300.0)
    none = sim.vary(centre(), {"bid": None, "targets": sim.Targets()})
    told = answers(overview(none, replications=3, workers=1), Local(Language.FRENCH))
    assert all(each.sentences for each in told)
    assert told[0].sentences[0].startswith("Aucun objectif n’est jugé ici")
    assert re.search(r" pèse le plus : Part manquée passe à .+\s%\.", told[-1].sentences[0])
    (cost,) = (each.sentences for each in told if each.question == "Combien cela coûte-t-il ?")
    assert cost[0] == "Aucun coût n’est indiqué."
    assert "€" not in "".join(cost)


def test_the_report_alone_answers_five_questions(english: Document, german: Document, tmp_path: Path):
    """A search for the answers, in English in the page and in German in both forms."""
    page = words(html(english))
    assert "Is the promise kept? Yes. Targets met: 2 of 2." in page
    assert (
        "How sure is that? Sure: every 95 % interval lies on one side of its target. Replications: 20" in page
    )
    assert "What does it cost? €9,900.00 a month" in page
    assert re.search(r"What binds\? (Service level|Response)\S* .* against [≥≤] [\d.]+.(%|s)\.", page)
    assert re.search(
        r"fewer do\? =cmd\(\): .* becomes .* instead of .*\. Then missed: .* It saves €3,300\.00 a month\.",
        page,
    )
    assert re.search(r"What would change it\? Each alone would break it: .*Agents, =cmd\(\) −1", page)
    for read in (words(html(german)), text_of(pdf(german), tmp_path)):
        told = read.replace("\xa0", " ")
        assert "Wird das Versprechen gehalten? Ja. Erreichte Ziele: 2 von 2." in told
        assert "9.900,00 €" in told
        assert "Das spart 3.300,00 €" in told
        for question in ("Wie sicher ist das?", "Was ist der Engpass?", "Was macht ein Agent weniger aus?"):
            assert question in told


def test_a_pdf_has_every_number_of_the_page_and_every_letter(german: Document, tmp_path: Path):
    written = pdf(german)
    told = text_of(written, tmp_path)
    found = set(_NUMBER.findall(told))
    wanted = _NUMBER.findall(words(html(german)))
    assert len(wanted) > 200
    assert [number for number in wanted if number not in found] == []
    for name in (NAMES_ABROAD, "Köhler & Söhne"):
        assert name in told
    font = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    letters = set(words(html(german))) - set(" \N{NO-BREAK SPACE}")
    assert [letter for letter in letters if ord(letter) not in TTFont(font).getBestCmap()] == []
    assert 2 <= len(re.findall(r"Seite \d von \d", told)) <= 4


def test_names_do_nothing_in_any_form(found: Result, german: Document, tmp_path: Path):
    page = html(german)
    assert "<script" not in page
    assert HOSTILE in unescape(page)
    assert " ".join(HOSTILE.split()) in text_of(pdf(german), tmp_path).replace("\u00ad", "")
    book = load_workbook(BytesIO(content(found, ".xlsx")))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=cmd()"].count("f") == 0
    assert any(cell.value == "=cmd()" for cell in cells)


def test_a_page_asks_for_nothing_and_is_small(german: Document):
    page = html(german)
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)
    assert len(page.encode()) <= 400_000
    assert re.findall(r'(?:src|href)="(?!#|data:)', page) == []
    assert " style=" not in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_all_languages_say_the_same(found: Result, english: Document, german: Document):
    """Each text has the same values in all languages; numbers are written as each language does."""
    for key, texts in TEXTS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts]
        assert fields == [fields[0]] * 4, key
        assert [text.count("|") for text in texts] == [texts[0].count("|")] * 4, key
    assert all(len(names) == 3 and all(names) for names in NAMES.values())
    assert {Local(each).numbers("1,234.5 at 08:00") for each in Language} == {
        "1,234.5 at 08:00", "1.234,5 at 08:00", "1\u202f234,5 at 08:00",
    }  # fmt: skip
    documents = (english, replace(german, company=""), document(found, language=Language.SPANISH))
    pages = {each.language: words(html(each)) for each in documents}
    counts = {
        each: len(_NUMBER.findall(re.sub(r"[.,\u202f\xa0](?=\d)", "", page))) for each, page in pages.items()
    }
    assert len(set(counts.values())) == 1, counts
    assert "What does it cost?" not in "".join(pages[each] for each in pages if each != "en")


def test_words_are_dark_enough():
    """Contrast of 4.5 at least, as the WCAG reckons it, of each colour of letters on white."""
    style = (Path(sim.__file__).parent / "report" / "documents" / "report.css").read_text(encoding="utf-8")
    colours = re.findall(r"[; {]color: #([0-9a-f]{6})", style)
    assert len(colours) >= 3
    for colour in colours:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (light + 0.05) >= 4.5, colour
