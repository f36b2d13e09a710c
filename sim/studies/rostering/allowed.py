"""Which duties may somebody not be given, whatever else they work, and why?"""

from __future__ import annotations

import datetime as dt

from sim.scenario.people import Wish
from sim.studies.rostering.duties import Duty
from sim.studies.rostering.problem import WEEK, Problem, Worker


def barred(problem: Problem, worker: Worker, duty: Duty, date: dt.date) -> str:
    """The rule that bars a *duty* for a *worker*; empty if none does."""
    person, rules = worker.person, problem.rules
    span = duty.kind.start_s, duty.kind.end_s
    if date in person.days_off:
        return "days_off"
    if person.available is not None:
        window = person.available.on(date)
        if window is None or not window.holds(span):
            return "available"
    if person.rotation:
        turn = person.rotation[duty.day // WEEK % len(person.rotation)]
        if not turn.earliest <= duty.kind.start_s <= turn.latest:
            return "rotation"
    if rules.most_hours_a_day is not None and duty.paid_min > rules.most_hours_a_day * 60 + 1e-6:
        return "most_hours_a_day"
    return ""


def unmet(worker: Worker, duty: Duty, date: dt.date) -> float:
    """What the wishes of a *worker* that a *duty* on a *date* breaks cost together."""
    return sum(wish.weight for wish in worker.person.wishes if breaks_wish(wish, duty, date))


def breaks_wish(wish: Wish, duty: Duty, date: dt.date) -> bool:
    """Whether a duty breaks a wish."""
    outside = wish.within is not None and not wish.within.holds((duty.kind.start_s, duty.kind.end_s))
    return wish.wants_off(date) or outside
