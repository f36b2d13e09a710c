"""`sim new --ask`: a planner's answers become averages, a scenario and agents; whatever is typed."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from sim.cli.ask import Interview
from sim.errors import ScenarioError
from sim.scenario.averages import Seen
from sim.scenario.averages_asked import QUESTIONS
from sim.scenario.averages_shown import Shown
from sim.scenario.files import load
from sim.studies.averages import simulated
from sim.studies.averages.file import load_averages
from tests.commands import sim
from tests.history import exports

GOOD = {
    "name": "Web shop", "hours": "8-20", "days": "", "slots": "3", "offered": "75", "agents": "8",
    "averages.response_s": "64 s\n1", "averages.aht_s": "10 min 35 s\n\n", "averages.turns_per_chat": "6.0",
    "averages.wrap_up_s": "20", "averages.missed_rate": "2,6 %\n", "averages.asa_s": "4\n",
    "averages.service_level": "93 %\n", "threshold_s": "", "averages.concurrency": "",
    "averages.occupancy": "", "averages.focus_aht_s": "", "targets.service_level": "80 %",
    "targets.max_missed": "5 %", "targets.max_response_s": "",
}  # fmt: skip
"""Answers by question; further lines answer what is asked in turn."""


def typed(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))


def test_every_average_is_asked_for_by_a_question_or_told_by_another():
    asked = {question.name for question in QUESTIONS if question.key.startswith("averages.")}
    rare = {"wait_s", "slot_utilisation", "attention", "frt_s", "frt_agent_s"}

    assert asked | rare == set(Shown.model_fields)
    assert all(question.trap or question.key in {"name", "targets.max_missed"} for question in QUESTIONS)


def test_answers_through_a_pipe_make_averages_a_scenario_and_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(simulated, "CHATS", 2_000)
    monkeypatch.setattr(simulated, "FEWEST", 8)
    typed(monkeypatch, "\n".join(GOOD.values()) + "\n")
    done = sim("new", "--ask", tmp_path / "mine.toml")

    assert done.returncode == 0, done.stderr
    known, _ = load_averages(tmp_path / "mine.averages.toml")
    assert known.given[Seen("averages.aht_s".partition(".")[2])].value == 635
    assert known.given[Seen("turns_per_chat")].step == pytest.approx(0.1)
    assert known.given[Seen("missed_rate")].value == 0.026
    assert load(tmp_path / "mine.toml").groups[0].concurrency == 3
    assert (tmp_path / "mine.averages.png").read_bytes().startswith(b"\x89PNG")
    assert "agents on duty at the peak keep the targets" in done.stdout
    assert "Averages, given and reproduced" in done.stdout
    assert "= 635 s" in done.stderr
    assert "Beware: Not the first response" in done.stderr
    assert "Next: sim check" in done.stderr


def test_ctrl_c_keeps_what_was_answered_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            line = super().readline()
            if line.startswith("^C"):
                raise KeyboardInterrupt
            return line

    monkeypatch.setattr(sys, "stdin", Interrupted("Web shop\n22-6\n\n3\n75\n^C"))
    done = sim("new", "--ask", tmp_path / "mine.toml")

    assert done.returncode == 130
    assert "kept so far" in done.stderr
    assert not (tmp_path / "mine.toml").exists()
    again = Interview(tmp_path / "mine.toml", force=False)
    assert again.answers == {
        "name": "Web shop", "hours": {"open": "22:00", "close": "06:00"}, "days": 20, "slots": 3, "offered": 75,
    }  # fmt: skip
    typed(monkeypatch, "\n\n\n4\n\n9\n-\n")
    again.ask_all()
    assert again.answers["slots"] == 4
    assert again.answers["agents"] == 9
    assert again.answers["offered"] == 75


def test_what_contradicts_is_asked_again_and_a_divided_handling_time_is_multiplied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    divided = GOOD | {"averages.aht_s": "334\n\n"}
    typed(monkeypatch, "\n".join(divided.values()) + "\n")
    interview = Interview(tmp_path / "mine.toml", force=False)
    interview.ask_all()
    with pytest.raises(ScenarioError, match="already divided by concurrency") as caught:
        load_averages(interview.file)
    interview._has_ended = False
    typed(monkeypatch, "\n334\ny\n1.9\n1\n")

    assert interview.asked_again(caught.value)
    known, _ = load_averages(interview.file)
    assert known.given[Seen("aht_s")].value == pytest.approx(634.6)
    assert "334 s × 1.9" not in capsys.readouterr().out


def test_slips_of_the_hand_are_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    typed(
        monkeypatch,
        "\n25-20\n8-20\n2.5\n\nthree\n3\n40 50\nnone.csv\n75\n7.5\n8\n\n\n\n15.6\n1.3\n\n5.7\n5.7 %\n9\n1\n",
    )
    interview = Interview(tmp_path / "mine.toml", force=False)
    interview.ask_all()
    said = capsys.readouterr().err

    for words in (
        "25:00 is no clock time", "2.5 is no whole number", "'three' is no number", "2 numbers: type one, or 24",
        "there is no file none.csv", "agents are whole numbers", "for per cent type 5.7 %", "type a number from 1 to 2",
    ):  # fmt: skip
        assert words in said, words
    assert interview.answers["averages.messages_per_chat"] == {"value": 15.6, "burst": 1.3}
    assert interview.answers["averages.missed_rate"]["value"] == 0.057


def test_without_any_answer_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    typed(monkeypatch, "")
    done = sim("new", "--ask", tmp_path / "mine.toml")

    assert done.returncode == 2
    assert re.search(r"slots: is missing: the most chats", done.stderr)
    assert "Traceback" not in done.stderr


def test_where_the_input_ends_is_said_and_what_contradicts_then_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    answers = GOOD | {"averages.aht_s": "334\n\n"}
    typed(monkeypatch, "\n".join(list(answers.values())[:9]) + "\n")
    done = sim("new", "--ask", tmp_path / "mine.toml")

    assert done.returncode == 2
    assert "the input ended at question 11: it and those after it are left out, or as usual" in done.stderr
    assert done.stderr.count("leaves -50 s") == 1


def test_averages_that_were_written_by_hand_are_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine.averages.toml").write_text("slots = 3\n")
    typed(monkeypatch, "\n".join(GOOD.values()))
    done = sim("new", "--ask", tmp_path / "mine.toml")

    assert done.returncode == 2
    assert "mine.averages.toml: exists; add --force" in done.stderr
    assert (tmp_path / "mine.averages.toml").read_text() == "slots = 3\n"


def test_volumes_of_an_export_are_named_with_how_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """What is wrong with a file is told where it is named, and how it is read is kept with its name."""
    (tmp_path / "history.csv").write_text(exports.GENESYS)
    file = tmp_path / "history.csv"
    typed(
        monkeypatch,
        f"\n8-20\n\n3\n{file}\n{file} --media email\n{file} --kind chat\n"
        f"{file} --media chat --zone Europe/Berlin\n8\n300\n",
    )
    interview = Interview(tmp_path / "mine.toml", force=False)
    interview.ask_all()
    said = capsys.readouterr().err

    for words in (
        "choose with --media chat", "no row is of the medium email", "--kind chat says nothing here",
        "read by Genesys Cloud",
    ):  # fmt: skip
        assert words in said, words
    known, _ = load_averages(interview.file)
    assert known.zone == "Europe/Berlin"
    assert known.chats_a_day == 15
    assert Interview(tmp_path / "mine.toml", force=False).answers == interview.answers


@pytest.mark.parametrize("lines", ["x\n", "\n", "web shop\n8-20\n20\n3\n75\n8\n64 s\n9\n"])
def test_a_pipe_of_nonsense_without_end_is_not_listened_to_for_ever(
    lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Endless(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            return super().readline() or lines.splitlines(keepends=True)[-1]

    monkeypatch.setattr(sys, "stdin", Endless(lines))
    done = sim("new", "--ask", tmp_path / "mine.toml")

    assert done.returncode == 2
    assert re.search(r"'[\w ?]+' has had 10 answers that are none, so no more is asked", done.stderr)
    assert not (tmp_path / "mine.toml").exists()


def test_a_file_to_write_must_be_named_and_only_one_kind_is_asked_for(tmp_path: Path):
    assert "name the file to write" in sim("new").stderr
    assert "not both" in sim("new", "--ask", "--averages", tmp_path / "a.toml").stderr
