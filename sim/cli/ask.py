"""`sim new --ask`: what does a planner know, question by question? Ends with a scenario and its agents."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.common import give, stderr
from sim.cli.progress import progress
from sim.errors import ScenarioError, SimError, StudyError, printable
from sim.scenario.amounts import AmountError, number, numbers, seconds, share, step, step_s
from sim.scenario.averages_answers import FIRST_LINE, OF_TABLES, answers_in, text_of_answers
from sim.scenario.averages_asked import QUESTIONS, Asked, said
from sim.scenario.averages_shown import usual_step

if TYPE_CHECKING:
    from sim.studies.averages.calibrate import Calibration

MOST_AGAIN = 3
"""So often is asked again what contradicts, and what would help most."""
STEPS_ALIKE = 1e-6
"""Last digits that differ by less are the same."""
MOST_TRIES = 10
"""Answers to a question that are not understood after which no more is asked: a pipe may hold anything."""
TAKE_OUT = "-"
"""Typed where an answer is to be forgotten."""


def ask(target: Path, *, seed: int, workers: int | None, force: bool) -> None:
    """Ask, keep each answer in a file beside *target*, and write the scenario that fits them to *target*."""
    from sim.output import refuse_target, write_text  # noqa: PLC0415
    from sim.report.averages import result, scenario_of  # noqa: PLC0415

    refuse_target(target, force=force)
    interview = Interview(target, force=force)
    try:
        interview.ask_all()
        found = interview.fitted(seed, workers)
    except KeyboardInterrupt:
        if interview.answers:
            shown = printable(str(interview.file))
            stderr(
                f"\nkept so far: {shown}. Go on with the same command, or fill the file in yourself and: "
                f"sim calibrate --averages {shown}"
            )
        raise
    write_text(target, scenario_of(found), force=force)
    answer = result(found)
    pictures = _pictures(answer, target)
    file, scenario = printable(str(interview.file)), printable(str(target))
    stderr(
        f"\nanswers in {file}, the scenario in {scenario}, given beside reproduced averages in "
        f"{printable(str(pictures))}. Next: sim check {scenario}, then sim run {scenario}\n"
    )
    give(answer, json=False)


def _pictures(answer: Any, target: Path) -> Path:
    """Write the picture of given beside reproduced averages beside the scenario."""
    from sim.output import problems_told, scratch  # noqa: PLC0415
    from sim.report.plots.files import save  # noqa: PLC0415

    place = target.with_name(f"{target.stem}.averages.png")
    with problems_told(place), scratch(place.resolve().parent, place.name) as beside:
        save({"averages": answer.pictures()["averages"]()}, beside)
        os.replace(beside / "averages.png", place)
    return place


class Interview:
    """Answers so far, and where they are kept."""

    def __init__(self, target: Path, *, force: bool) -> None:
        from sim.output import refuse_target  # noqa: PLC0415

        self.folder = target.parent
        self.file = target.with_name(f"{target.stem}.averages.toml")
        self.answers: dict[str, Any] = {}
        self._has_ended = False
        self._tries = 0
        if self.file.is_file() and not force:
            text = self.file.read_text(encoding="utf-8", errors="replace")
            if not text.startswith(FIRST_LINE):
                refuse_target(self.file, force=False)
            self.answers = answers_in(text, str(self.file))
            stderr(
                f"going on with {printable(str(self.file))}: Enter keeps an answer, {TAKE_OUT} takes it out"
            )

    def has_ended(self) -> bool:
        """Whether nothing more is typed: the input has ended."""
        return self._has_ended

    def ask_all(self) -> None:
        """Ask every question that matters after the answers before."""
        stderr("What you know of your centre. Enter leaves a question out; Ctrl-C keeps what is answered.")
        for k, question in enumerate(QUESTIONS, 1):
            if question.name == "messages_per_chat" and "averages.turns_per_chat" in self.answers:
                continue
            is_typed = not self.has_ended()
            self.ask(question, f"{k}/{len(QUESTIONS)} ")
            if is_typed and self.has_ended() and k < len(QUESTIONS):
                stderr(f"the input ended at question {k}: it and those after it are left out, or as usual")

    def ask(self, question: Asked, mark: str = "") -> bool:
        """Ask a question until the answer is understood; whether there is a new one."""
        if self.has_ended():
            if question.usual and question.key not in self.answers:
                self.put(question, question.usual)
            return False
        stderr(f"\n{mark}{question.title}: {question.means}")
        for what, words in (("Shown as", question.shown), ("Beware", question.trap)):
            if words:
                stderr(f"  {what}: {words}")
        self._tries = 0
        while True:
            typed = self.typed(self.prompt(question)) or (
                "" if question.key in self.answers else question.usual
            )
            if typed == TAKE_OUT:
                self.answers.pop(question.key, None)
                self.keep()
                return True
            try:
                if typed:
                    self.put(question, typed)
                    return True
                if not question.is_needed or question.key in self.answers:
                    return False
                self.refuse("nothing can be said without it", question.title)
            except AmountError as error:
                self.refuse(str(error), question.title)
            if self.has_ended():
                return False

    def refuse(self, words: str, title: str) -> None:
        """Say why an answer is none.

        Raises
        ------
        StudyError
            If that was so too often.
        """
        stderr(f"  {words}")
        self._tries += 1
        if self._tries >= MOST_TRIES:
            kept = f"; {printable(str(self.file))} has the answers before it" if self.answers else ""
            law = f"{title!r} has had {MOST_TRIES} answers that are none, so no more is asked"
            raise StudyError(f"{law}{kept}")

    def prompt(self, question: Asked) -> str:
        """What Enter does."""
        if question.key in self.answers:
            return f"[Enter keeps {_shown(self.answers[question.key])}]"
        if question.is_needed:
            return ""
        return f"[{question.usual or question.without}]"

    def typed(self, prompt: str) -> str:
        """Read a line that is typed, or comes through a pipe; nothing where the input has ended."""
        if self.has_ended():
            return ""
        sys.stderr.write(f"  {prompt}{' ' if prompt else ''}> ")
        sys.stderr.flush()
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            self._has_ended = True
            stderr("")
        elif not sys.stdin.isatty():
            stderr(line.strip())
        return line.strip()

    def put(self, question: Asked, typed: str) -> None:
        """Understand an answer, say how, ask how the platform counts it, and keep it."""
        value = self.understood(question, typed)
        if question.name == "aht_s":
            value = self.undivided(value)
        if question.key.startswith("averages.") and value is not None:
            value = self.read_as(question, value, typed)
        if value is None:
            return
        self.answers[question.key] = value
        self.keep()

    def understood(self, question: Asked, typed: str) -> Any:
        """An answer as it stands in the file."""
        if question.kind in {"volumes", "agents"}:
            return self.listed(typed, question.kind)
        return _READERS[question.kind](typed)

    def listed(self, typed: str, kind: str) -> Any:
        """One number, those of a day, or the name of a file."""
        if not re.fullmatch(r"[\d\s.,;\[\]]+", typed):
            return self.named(typed, kind)
        found = numbers(typed)
        if len(found) not in {1, 24, 48, 96}:
            raise AmountError(f"{len(found)} numbers: type one, or 24, 48 or 96 from midnight on")
        if kind == "agents" and any(each % 1 for each in found):
            raise AmountError("agents are whole numbers")
        whole = [int(each) if kind == "agents" else _plain(each) for each in found]
        return whole[0] if len(whole) == 1 else whole

    def named(self, typed: str, kind: str) -> str:
        """The name of a file; behind that of volumes may stand how it is read: --zone Europe/Berlin."""
        name, *options = re.split(r"\s+--(?=[a-z])", typed)
        place = Path(name.strip("\"'")).expanduser()
        if not place.is_file():
            raise AmountError(f"there is no file {printable(str(place))}")
        if kind == "volumes":
            said = _options(options)
            _look_at(place, said)
            if "mapping" in said:
                said["mapping"] = os.path.relpath(Path(said["mapping"]).expanduser(), self.folder)
            self.answers = {key: each for key, each in self.answers.items() if key not in OF_TABLES} | said
        return os.path.relpath(place, self.folder)

    def undivided(self, value: Any) -> Any:
        """Handling time by the clock: one that is divided by the chats held is multiplied by them again."""
        if self.typed("Is it already divided by the chats held at once? [y/N]").casefold() not in {
            "y",
            "yes",
            "j",
        }:
            return value
        while True:
            typed = self.typed("By how many? [not known: AHT is left out]")
            if not typed:
                stderr("  AHT is left out: divided by nobody knows what, it says nothing")
                return None
            try:
                return _echoed(f"{value:g} s × {typed}", _plain(round(value * number(typed), 3)), "s")
            except AmountError as error:
                self.refuse(str(error), "By how many?")

    def read_as(self, question: Asked, value: Any, typed: str) -> Any:
        """An average with the way in which the platform counts it, and how exactly it is known."""
        table: dict[str, Any] = {"value": value}
        exact = step_s(typed) if question.kind == "seconds" else step(typed)
        if abs(exact / usual_step(question.name, value) - 1) > STEPS_ALIKE:
            table["step"] = exact
        readings = [reading for reading in question.ways if reading != "replies"]
        if len(readings) > 1:
            for k, reading in enumerate(readings, 1):
                stderr(f"    {k}  {said(question.name, reading)}")
            chosen = self.chosen(readings)
            table[question.ways[chosen]] = chosen
        if question.name == "messages_per_chat":
            table["burst"] = self.burst()
        return table if len(table) > 1 else value

    def chosen(self, readings: Sequence[str]) -> str:
        """Ask which reading is the platform's."""
        while True:
            typed = self.typed("How is it counted? [1]") or "1"
            if typed in readings:
                return typed
            if typed.isdigit() and 1 <= int(typed) <= len(readings):
                return readings[int(typed) - 1]
            self.refuse(f"type a number from 1 to {len(readings)}", "How is it counted?")

    def burst(self) -> float:
        """Ask how many messages stand together."""
        while True:
            typed = self.typed("How many stand in a row, on average? 1.0 to 1.9 have been seen [1]") or "1"
            try:
                if 1 <= number(typed) <= 20:
                    return number(typed)
                words = "from 1 to 20"
            except AmountError as error:
                words = str(error)
            self.refuse(words, "How many stand in a row?")

    def keep(self) -> None:
        """Write what is answered so far."""
        from sim.output import write_text  # noqa: PLC0415

        write_text(self.file, text_of_answers(self.answers), force=True)

    def fitted(self, seed: int, workers: int | None) -> Calibration:
        """Fit the answers; ask again what contradicts, and once more what would help most."""
        from sim.studies.averages.calibrate import calibrate  # noqa: PLC0415
        from sim.studies.averages.file import load_averages  # noqa: PLC0415

        self.keep()
        for turn in range(MOST_AGAIN + 1):
            try:
                known, remarks = load_averages(self.file)
            except ScenarioError as error:
                if turn == MOST_AGAIN or self.has_ended() or not self.asked_again(error):
                    raise
                continue
            for remark in remarks:
                stderr(remark)
            with progress("Steps of the fit") as bar:
                found = calibrate(known, seed=seed, workers=workers, progress=bar)
            if turn == MOST_AGAIN or not self.asked_best(found):
                return found
        raise AssertionError("the last turn returns or raises")

    def asked_again(self, error: ScenarioError) -> bool:
        """Tell what contradicts, and ask it again; whether anything was changed."""
        stderr(f"\n{error}")
        places = {problem.place for problem in error.problems}
        if any(place.startswith("averages.") for place in places):
            places.add("averages.aht_s")
        asked = [self.ask(question) for question in QUESTIONS if question.key in places]
        return any(asked)

    def asked_best(self, found: Calibration) -> bool:
        """Ask for the average that would narrow the answer most; whether it is known after all."""
        from sim.report.averages import next_best  # noqa: PLC0415

        best = next_best(found)
        question = next(
            (each for each in QUESTIONS if best and each.key == f"averages.{best.seen.name}"), None
        )
        if best is None or question is None or self.has_ended() or question.key in self.answers:
            return False
        low, high = found.answers[0].low or 0.0, found.answers[0].high or 0.0
        stderr(
            f"\nSo far {low:.1f} to {high:.1f} agents. One more average would narrow that to about "
            f"{best.low:.1f} to {best.high:.1f}:"
        )
        return self.ask(question)


def _options(options: Sequence[str]) -> dict[str, Any]:
    """What is said behind a file's name, by its key in a file of averages."""
    said: dict[str, Any] = {}
    for option in options:
        match = re.fullmatch(r"([a-z]+)[\s=]*(.*)", option.strip())
        key, value = (match[1], match[2].strip("\"'")) if match else (option, "")
        if key not in OF_TABLES or not value:
            known = ", ".join(f"--{each}" for each in OF_TABLES)
            raise AmountError(f"--{key} {value} says nothing here; there are {known}, each with a value")
        said[key] = [*said[key], value] if key in said else [value] if key in {"media", "queue"} else value
    return said


def _look_at(place: Path, said: dict[str, Any]) -> None:
    """Read volumes, so that what is wrong with them is told where they are named."""
    from sim.studies.averages.file import looked_at  # noqa: PLC0415

    try:
        for words in looked_at(place, said):
            stderr(f"  {words}")
    except SimError as error:
        raise AmountError(str(error)) from None


def _whole(typed: str) -> int:
    """A number of things."""
    value = number(typed)
    if value < 1 or value % 1:
        raise AmountError(f"{typed} is no whole number from 1 on")
    return int(value)


def _amount(typed: str) -> float:
    """A number that is not below 0."""
    value = number(typed)
    if value < 0:
        raise AmountError(f"{typed} is below 0")
    return _plain(value)


def _plain(value: float) -> float:
    """A number as a person writes it: 660, not 660.0."""
    return int(value) if value % 1 == 0 else value


def _echoed(typed: str, value: float, unit: str) -> float:
    """Say how an answer was understood, where it was typed otherwise."""
    if typed.strip() not in {f"{value:g}", f"{value:g} {unit}"}:
        stderr(f"  = {value:g} {unit}")
    return value


def _shown(answer: Any) -> str:
    """An answer as it is shown beside Enter."""
    if isinstance(answer, dict) and "value" in answer:
        return f"{answer['value']:g}"
    if isinstance(answer, dict):
        return "-".join(str(each) for each in answer.values())
    if isinstance(answer, list):
        return f"{len(answer)} numbers"
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def _hours(typed: str) -> dict[str, str]:
    """Opening hours: 8-20, 08:00-20:30, 22-6."""
    match = re.fullmatch(
        r"(\d{1,2})(?::?(\d{2}))?\s*(?:-|–|to|until)\s*(\d{1,2})(?::?(\d{2}))?", typed.strip()
    )
    if not match:
        raise AmountError(f"{typed} are no hours: type them as 8-20, 08:00-20:30 or 22-6")
    begin, until = (f"{int(match[k]):02d}:{match[k + 1] or '00'}" for k in (1, 3))
    for clock in (begin, until):
        if clock > "24:00" or clock[3:] > "59":
            raise AmountError(f"{clock} is no clock time")
    if begin == until:
        raise AmountError("it must close after it opens; if it never closes, press Enter")
    return {"open": begin, "close": until}


_READERS: dict[str, Callable[[str], Any]] = {
    "text": str, "count": _whole, "number": _amount, "share": share, "hours": _hours,
    "seconds": lambda typed: _echoed(typed, _plain(seconds(typed)), "s"),
}  # fmt: skip
"""How answers are read, by kind."""
