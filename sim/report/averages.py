"""What does a scenario from averages answer with? Agents, how sure that is, and how each number is known."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, exp
from typing import Any

from sim.kpis.definitions import BY_NAME
from sim.report.numbers import number, percent
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table, answering
from sim.scenario.averages import Averages
from sim.scenario.averages_laws import place_of
from sim.scenario.averages_write import scenario_text
from sim.scenario.units import plural
from sim.studies.averages.calibrate import Calibration, Number
from sim.studies.averages.calibrate import calibrate as find_scenario
from sim.studies.averages.doubt import Worth
from sim.studies.averages.model import OF, PRIORS
from sim.studies.averages.questions import Answer
from sim.studies.averages.readings import READINGS, slope
from sim.studies.averages.slips import OFF, likely_slips

NEARLY_ALL = 0.03
"""If the share of agents who are truly on duty is within this of 1, it is not said."""
NARROWER = 0.85
"""An average is worth asking for if the band is then at most so much of what it is."""
MEANING = (
    "Likely: ± one standard deviation. Told: averages tell it; partly told: they narrow it; assumed: they "
    "don't, and it is as usual."
)
BAND = "Agents at the peak that keep the targets; 90 % of the centres that these averages allow need so many."


def result(found: Calibration) -> Result:
    """Result of a fit to averages."""
    averages = found.averages
    basis = (
        f"{plural(len(found.fit.told.names), 'average')} of {plural(averages.days, 'day')}; "
        f"{found.days} simulated days at each point, seed {found.seed}"
    )
    head = Head("calibrate", (averages.name,), basis, found.seed, found.days)
    facts: dict[str, Any] = {
        "misfit": found.fit.misfit,
        "shared": list(_shared(found)),
        "averages_given": len(found.fit.told.names),
        "promise": found.scenario.targets.model_dump(exclude_none=True, mode="json"),
    }
    tables = (_agents(found), _averages(found), _numbers(found), _worth(found))
    return Result(head, (), tuple(_words(found)), tables, facts, found)


def whole(agents: float) -> int:
    """Give whole agents: what is a fiftieth above a whole number is that number."""
    return max(1, ceil(agents - 0.02))


def _words(found: Calibration) -> Iterator[str]:
    """The answer; slips; what would narrow it; what contradicts; what is assumed and how it was read."""
    for answer in found.answers[:1]:
        yield _answer(answer, found)
    yield from (f"Look again: {slip}" for slip in likely_slips(found.averages))
    available = next(each.value for each in found.numbers if each.name == "available")
    if abs(available - 1) > NEARLY_ALL:
        yield (
            f"Agents are counted as you count them: about {percent(available)} of those are truly on duty, "
            "as the averages tell."
        )
    if best := next_best(found):
        low, high = found.answers[0].low or 0.0, found.answers[0].high or 0.0
        yield (
            f"Ask for {_lower(best.words)} next: knowing it would narrow {low:.1f}–{high:.1f} agents to "
            f"about {best.low:.1f}–{best.high:.1f}."
        )
    yield from _doubts(found)
    assumed = [each for each in found.numbers if each.how == "assumed"]
    if assumed:
        names = "; ".join(f"{_lower(each.words)} {_value(each)}" for each in assumed)
        yield f"Assumed, as no average tells it: {names}."
    yield from _read_as(found.averages)
    if shared := list(_shared(found)):
        names = "; ".join(_lower(PRIORS[name].words) for name in shared)
        yield f"Shared by all queues: {names}; and each group's chats at once."


ASKED = {
    "aht_s": 'AHT by the clock, not divided by chats held, with the wrap-up (or includes = "conversation")',
    "response_s": 'response over all replies of people (or counts = "after the first", averaged = "chats"); '
    "greetings and canned replies left out",
    "messages_per_chat": "messages one at a time (or burst = 1.3: so many stand together)",
    "asa_s": 'ASA of all accepted, zeros included (or of = "waited")',
    "missed_rate": 'missed chats of all offered (or of = "queued")',
    "service_level": 'service level without those who left early (or of = "offered", "lenient", "answered")',
    "concurrency": 'concurrency of agents who hold a chat (or while = "on duty")',
    "occupancy": 'occupancy as time with a chat (or of = "slots", "attention")',
}
"""What a mere number is read as, and no average shows: asked for where it is not said."""


def _read_as(averages: Averages) -> Iterator[str]:
    """How averages were read of which the file does not say it."""
    mere = {seen.name for seen, each in averages.given.items() if not each.is_said}
    if read := [words for name, words in ASKED.items() if name in mere]:
        yield f"Read, as nothing else is said: {'; '.join(read)}. Is that how your platform counts?"
    for name in averages.not_used:
        yield f"{name} of the whole is not used: it is known by queue or by interval."


def _answer(answer: Answer, found: Calibration) -> str:
    if answer.agents is None or answer.low is None or answer.high is None:
        return "No number of agents keeps the targets: replies alone take longer than they allow."
    low, high = whole(answer.low), whole(answer.high)
    band = f"90 %: {low} to {high}"
    promise = "the targets" if found.averages.has_targets else "80 % in time (no targets are given)"
    mix = "" if found.averages.groups is None else " (of all groups, in the mix of today)"
    return f"{whole(answer.agents)} agents on duty at the peak{mix} keep {promise} as today ({band})."


def next_best(found: Calibration) -> Worth | None:
    """Give the average that would narrow the first answer most; None if none would by much."""
    best, answer = next(iter(found.worth), None), next(iter(found.answers), None)
    if best is None or answer is None or answer.low is None or answer.high is None:
        return None
    return best if best.high - best.low < NARROWER * (answer.high - answer.low) else None


def _doubts(found: Calibration) -> Iterator[str]:
    """Averages that don't go together, and slips of units."""
    if found.hours is not None and abs(found.hours - 1) > OFF:
        hours = found.averages.agent_hours_a_day
        yield (
            f"Chats, AHT, concurrency and occupancy speak of {hours * found.hours:,.1f} hours on duty a day, "
            f"not of {hours:,.1f}: agents on duty are about {percent(found.hours)} of those given, or a "
            "definition differs."
        )
    for k, suspect in enumerate(found.suspects[:3]):
        name, given = suspect.seen.name, found.fit.told.given[suspect.seen].value
        usual = READINGS[name][next(iter(READINGS[name]))].words
        of = place_of(found.fit.model.base, suspect.seen)
        start = "These averages contradict each other: they" if k == 0 else "Or they"
        if suspect.reading:
            words = _lower(READINGS[name][suspect.reading].words)
            yield f"{start} would agree if {name} = {given:g}{of} were {words}."
        else:
            yield f"{start} agree best without {name} = {given:g} ({_lower(usual)}{of})."


def _lower(words: str) -> str:
    """Words within a sentence."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _value(each: Number) -> str:
    return f"{number(each.value, each.unit)}{' s' if each.unit == 's' else ''}"


def _agents(found: Calibration) -> Table:
    """Agents of each question, with the band."""
    rows: list[Row] = [
        {
            "question": answer.question.words,
            "agents": None if answer.agents is None else whole(answer.agents),
            "low": None if answer.low is None else whole(answer.low),
            "high": None if answer.high is None else whole(answer.high),
            "exact": answer.agents, "exact_low": answer.low, "exact_high": answer.high,
        }
        for answer in found.answers
    ]  # fmt: skip
    columns = (
        Column("question", "Question"),
        Column("agents", "Agents", "agents", "setting"),
        Column("low", "90 %: from", "agents", "setting"),
        Column("high", "to", "agents", "setting"),
        Column("exact", unit="agents", form="number", is_shown=False),
        Column("exact_low", unit="agents", form="number", is_shown=False),
        Column("exact_high", unit="agents", form="number", is_shown=False),
    )
    return Table("agents_needed", "Agents needed", columns, rows, notes=(BAND,))


def _averages(found: Calibration) -> Table:
    """Each average, given and reproduced."""
    fit = found.fit
    rows: list[Row] = []
    for k, seen in enumerate(fit.told.names):
        average, name = fit.told.given[seen], seen.name
        error = float(fit.noise[k, k]) ** 0.5
        of = place_of(found.fit.model.base, seen)
        rows.append(
            {
                "average": name, "of": of.removeprefix(", "), "title": f"{fit.told.reading(seen).words}{of}",
                "unit": unit_of(name), "given": average.value,
                "reproduced": fit.told.value(seen, fit.estimates), "difference": float(fit.apart[k]) / error,
                "error": error / max(abs(slope(name, average.value)), 1e-12),
            }
        )  # fmt: skip
    columns = (
        Column("average", is_shown=False),
        Column("of", is_shown=False),
        Column("title", "Average"),
        Column("given", "Given", PER_ROW, "number"),
        Column("reproduced", "Reproduced", PER_ROW, "number"),
        Column("error", "± its error", PER_ROW, "number", spare=1),
        Column("difference", "Off by, errors", "", "number"),
        Column("unit", is_shown=False),
    )
    note = "Its error: of the days behind it and of those simulated, of rounding, and as definitions differ."
    return Table("averages", "Averages, given and reproduced", columns, rows, notes=(note,))


def unit_of(name: str) -> str:
    """Give the unit of an average."""
    return BY_NAME[name].unit if name in BY_NAME else "s"  # the wrap-up is no key figure of its own


def _numbers(found: Calibration) -> Table:
    """Each number of the scenario, and how it is known."""
    rows: list[Row] = [
        {
            "number": each.name, "title": each.words, "unit": each.unit,
            "value": each.value, "from": each.value * exp(-each.spread),
            "to": each.value * exp(each.spread), "how": each.how,
            "spread": each.spread, "spread_before": each.before,
        }
        for each in found.numbers
    ]  # fmt: skip
    columns = (
        Column("number", is_shown=False),
        Column("title", "Number"),
        Column("value", "Value", PER_ROW, "number"),
        Column("from", "Likely from", PER_ROW, "number", spare=2),
        Column("to", "to", PER_ROW, "number", spare=1),
        Column("how", "How known"),
        Column("spread", form="number", is_shown=False),
        Column("spread_before", form="number", is_shown=False),
        Column("unit", is_shown=False),
    )
    return Table("numbers", "Numbers of the scenario", columns, rows, notes=(MEANING,))


def _worth(found: Calibration) -> Table:
    """What further averages would do for the first answer."""
    rows: list[Row] = [
        {"average": each.seen.name, "title": each.words, "low": each.low, "high": each.high}
        for each in found.worth
    ]
    columns = (
        Column("average", "Key"),
        Column("title", "Average"),
        Column("low", "Agents from", "agents", "number"),
        Column("high", "to", "agents", "number"),
    )
    return Table("ask_next", "What one more average would tell", columns, rows[:5])


_PLACES = {
    "turns": "service.turns.mean", "agent_s": "service.agent_s.mean_s", "agent_cv": "service.agent_s.cv",
    "customer_s": "service.customer_s.mean_s", "customer_cv": "service.customer_s.cv",
    "wrap_up_s": "service.wrap_up_s.mean_s", "patience_s": "patience.mean_s", "patience_cv": "patience.cv",
    "handling": "service.work_s.mean_s", "handling_cv": "service.work_s.cv",
}  # fmt: skip
"""Where each number stands in a queue of the scenario."""


def scenario_of(found: Calibration) -> str:
    """Give the scenario as a file, each number with how it is known."""
    comments: dict[str, str] = {}
    for each in found.numbers:
        base, _, of = each.name.partition(OF)
        for q, line in enumerate(found.averages.lines):
            if base in _PLACES and of in {"", line.name}:
                comments[f"queues.{q}.{_PLACES[base]}"] = _known(each)
    available = next(each for each in found.numbers if each.name == "available")
    for g in range(len(found.averages.teams)):
        told = f"those given × {available.value:.2f} are truly on duty: {_known(available)}"
        comments[f"groups.{g}.agents"] = told
    names = ", ".join(dict.fromkeys(seen.name for seen in found.fit.told.names))
    laws = "lognormal" if found.averages.by_work else "lognormal, geometric"
    head = [
        f"Fitted to {plural(len(found.fit.told.names), 'average')}: {names}.",
        f"Told: an average tells it; partly told: narrowed; assumed: as usual. Laws ({laws})",
        "and switching = 0 are assumed. Try: sim check THIS_FILE, then sim run THIS_FILE",
    ]
    return scenario_text(found.scenario, comments, head)


def _known(each: Number) -> str:
    """How a number is known."""
    return f"{each.how} (± {100 * (exp(each.spread) - 1):.0f} %)"


def _shared(found: Calibration) -> Iterator[str]:
    """Numbers that all of several queues have in common."""
    if found.averages.queues is not None:
        yield from (each.name for each in found.numbers if OF not in each.name)


calibrate = answering(find_scenario, result)
