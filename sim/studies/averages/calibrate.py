"""Which scenario reproduces averages, how sure is each of its numbers, and how many agents does it need?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.errors import StudyError
from sim.runs.executor import Executor, Progress, executing
from sim.scenario.averages import Averages
from sim.scenario.averages_scenario import turned
from sim.scenario.scenario import Scenario
from sim.studies.averages.doubt import Suspect, Worth, suspects, worth
from sim.studies.averages.fit import ROUNDS, Fit, fit
from sim.studies.averages.guess import first_guess
from sim.studies.averages.model import Model, prior_of, words_of
from sim.studies.averages.questions import Answer, Question, answered, asked
from sim.studies.averages.simulated import Bench, Told, days_of
from sim.studies.averages.slips import OFF, hours_off

TOLD, PARTLY = 1 / 3, 0.8
"""Spread after over spread before, below which a number is told by averages, or partly."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the scenario, and how sure it is."""

    name: str
    value: float
    spread: float
    """One standard deviation of its logarithm."""
    before: float
    """The same before any average was seen."""
    is_known: bool
    """Whether the planner gave it."""

    @property
    def words(self) -> str:
        """What it is, with the queue whose it is."""
        return words_of(self.name)

    @property
    def unit(self) -> str:
        """Its unit."""
        return prior_of(self.name).unit

    @property
    def how(self) -> str:
        """Whether averages tell it."""
        if self.is_known:
            return "given"
        share = self.spread / self.before
        return "told" if share < TOLD else "partly told" if share < PARTLY else "assumed"


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A scenario that reproduces averages."""

    averages: Averages
    fit: Fit
    numbers: tuple[Number, ...]
    scenario: Scenario
    """Of one day, with the agents that are truly on duty as a whole number."""
    answers: tuple[Answer, ...]
    suspects: tuple[Suspect, ...]
    worth: tuple[Worth, ...]
    """Averages that are not known, the most helpful first."""
    hours: float | None
    """Agents on duty that the averages speak of, over those said to be; None where they don't tell."""
    seed: int
    days: int
    """Simulated days of each point."""

    def __repr__(self) -> str:
        n = len(self.fit.told.names)
        return f"<Calibration of {self.averages.name!r}: {n} averages, χ² {self.fit.misfit:.1f}>"


def calibrate(
    averages: Averages,
    *,
    seed: int = 1,
    questions: Sequence[Question] | None = None,
    days: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Calibration:
    """Find the scenario that reproduces the *averages* of a centre.

    So many *days* are simulated at each point; if omitted, those of about 36,000 chats. *questions* are for
    the agents that keep the targets; if omitted those of :func:`sim.studies.averages.questions.asked`.

    Raises
    ------
    StudyError
        If no average is known that the fit could hold on to.
    """
    day = turned(averages)
    given = {seen: each for seen, each in day.given.items() if seen.name != "wrap_up_s" or each.value > 0}
    if not given:
        raise StudyError("averages: none is given; the handling time (aht_s) and the response time tell most")
    off = hours_off(averages)
    model = Model.of(day, unsure=off is not None and abs(off - 1) > OFF)
    questions = asked([team.slots for team in averages.teams]) if questions is None else questions
    steps = ROUNDS + 1 + len(questions)
    done = 0

    def tell(is_fitted: bool = False) -> None:
        nonlocal done
        done = ROUNDS + 1 if is_fitted and done < ROUNDS + 1 else done + 1
        if progress is not None:
            progress(min(done, steps), steps)

    with executing(workers, given=executor) as ours:
        bench = Bench(ours, seed, days_of(averages) if days is None else days)
        found = fit(model, Told(given), bench, averages.days, first_guess(model), tell)
        doubtful = suspects(found, bench)
        tell(is_fitted=True)
        answers: list[Answer] = []
        for answer in answered(found, bench, questions):
            answers.append(answer)
            tell()
    return Calibration(
        averages,
        found,
        _numbers(found),
        _scenario(found, averages),
        tuple(answers),
        tuple(doubtful),
        tuple(worth(found, answers[0], averages.days)) if answers else (),
        off,
        seed,
        bench.days,
    )


def _numbers(found: Fit) -> tuple[Number, ...]:
    values, spreads = found.model.numbers(found.x), found.spreads()
    before = dict(zip(found.model.names, found.model.spread, strict=True))
    known = found.model.known
    return tuple(
        Number(name, values[name], float(spreads[name]), float(before[name]), name in known)
        for name in found.model.names
    )


def _scenario(found: Fit, averages: Averages) -> Scenario:
    """The scenario of the fit, its agents rounded to whole numbers, by the clock of the *averages*."""
    return replace(found.model, base=averages).centre(found.x).in_whole_agents()
