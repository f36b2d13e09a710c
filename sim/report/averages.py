"""What does a scenario from averages answer with? Agents, how sure that is, and how each number is known."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, exp
from typing import Any

from sim.kpis.definitions import BY_NAME
from sim.report.numbers import number, percent
from sim.report.result import PER_ROW, Column, Head, Result, Row, Table, answering
from sim.scenario.averages_write import scenario_text
from sim.scenario.units import plural
from sim.studies.averages.calibrate import Calibration, Number
from sim.studies.averages.calibrate import calibrate as find_scenario
from sim.studies.averages.doubt import OFF, Worth, likely_slips
from sim.studies.averages.model import PRIORS
from sim.studies.averages.questions import Answer
from sim.studies.averages.readings import READINGS, slope

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
        "averages_given": len(found.fit.told.names),
        "promise": found.scenario.targets.model_dump(exclude_none=True, mode="json"),
    }
    tables = (_agents(found), _averages(found), _numbers(found), _worth(found))
    return Result(head, (), tuple(_words(found)), tables, facts, found)


def whole(agents: float) -> int:
    """Give whole agents: what is a fiftieth above a whole number is that number."""
    return max(1, ceil(agents - 0.02))


def _words(found: Calibration) -> Iterator[str]:
    """The answer; what would narrow it; what contradicts; what is assumed."""
    for answer in found.answers[:1]:
        yield _answer(answer, found)
    best = next(iter(found.worth), None)
    if best is not None and found.answers and _is_worth(best, found.answers[0]):
        low, high = found.answers[0].low or 0.0, found.answers[0].high or 0.0
        yield (
            f"Ask for {_lower(best.words)} next: knowing it would narrow {low:.1f}–{high:.1f} agents to "
            f"about {best.low:.1f}–{best.high:.1f}."
        )
    yield from _doubts(found)
    assumed = [each for each in found.numbers if each.how == "assumed"]
    if assumed:
        names = "; ".join(f"{_lower(PRIORS[each.name].words)} {_value(each)}" for each in assumed)
        yield f"Assumed, as no average tells it: {names}."


def _answer(answer: Answer, found: Calibration) -> str:
    if answer.agents is None or answer.low is None or answer.high is None:
        return "No number of agents keeps the targets: replies alone take longer than they allow."
    low, high = whole(answer.low), whole(answer.high)
    band = f"90 %: {low} to {high}"
    promise = "the targets" if found.averages.has_targets else "80 % in time (no targets are given)"
    return f"{whole(answer.agents)} agents on duty at the peak keep {promise} as today ({band})."


def _is_worth(best: Worth, answer: Answer) -> bool:
    if answer.low is None or answer.high is None:
        return False
    return best.high - best.low < NARROWER * (answer.high - answer.low)


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
        given = found.averages.given[suspect.name].value
        name = READINGS[suspect.name][next(iter(READINGS[suspect.name]))].words
        start = "These averages contradict each other: they" if k == 0 else "Or they"
        if suspect.reading:
            words = _lower(READINGS[suspect.name][suspect.reading].words)
            yield f"{start} would agree if {suspect.name} = {given:g} were {words}."
        else:
            yield f"{start} agree best without {suspect.name} = {given:g} ({_lower(name)})."
    yield from likely_slips(found.averages)


def _lower(words: str) -> str:
    """Words within a sentence."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _value(each: Number) -> str:
    return f"{number(each.value, PRIORS[each.name].unit)}{' s' if PRIORS[each.name].unit == 's' else ''}"


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
    for k, name in enumerate(fit.told.names):
        average, reading = fit.told.given[name], fit.told.reading(name)
        error = float(fit.noise[k, k]) ** 0.5
        value = reading.value(fit.estimates)
        rows.append(
            {
                "average": name, "title": reading.words, "unit": unit_of(name), "given": average.value,
                "reproduced": value, "difference": float(fit.apart[k]) / error,
                "error": error / max(abs(slope(name, average.value)), 1e-12),
            }
        )  # fmt: skip
    columns = (
        Column("average", is_shown=False),
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
            "number": each.name, "title": PRIORS[each.name].words, "unit": PRIORS[each.name].unit,
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
        {"average": each.name, "title": each.words, "low": each.low, "high": each.high}
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
    "turns": "turns.mean", "agent_s": "agent_s.mean_s", "agent_cv": "agent_s.cv",
    "customer_s": "customer_s.mean_s", "customer_cv": "customer_s.cv", "wrap_up_s": "wrap_up_s.mean_s",
    "patience_s": "patience.mean_s",
    "patience_cv": "patience.cv",
}  # fmt: skip
"""Where each number stands in the scenario."""


def scenario_of(found: Calibration) -> str:
    """Give the scenario as a file, each number with how it is known."""
    comments = {_PLACES[each.name]: _known(each) for each in found.numbers if each.name in _PLACES}
    available = next(each for each in found.numbers if each.name == "available")
    comments["agents"] = f"those given × {available.value:.2f} are truly on duty: {_known(available)}"
    head = [
        f"Fitted to {plural(len(found.fit.told.names), 'average')}: {', '.join(found.fit.told.names)}.",
        "Told: an average tells it; partly told: narrowed; assumed: as usual. Laws (lognormal, geometric)",
        "and switching = 0 are assumed. Try: sim check THIS_FILE, then sim run THIS_FILE",
    ]
    return scenario_text(found.scenario, comments, head)


def _known(each: Number) -> str:
    """How a number is known."""
    return f"{each.how} (± {100 * (exp(each.spread) - 1):.0f} %)"


calibrate = answering(find_scenario, result)
