"""What does the choice of the best plan answer with? What was chosen, a row a plan, and what it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.report.numbers import caveats, in_words
from sim.report.result import Column, Head, Result, Table, answering, change, judged
from sim.report.run import missed_words
from sim.scenario.units import plural
from sim.studies.selection import Best, Ranked
from sim.studies.selection import best as choose


def result(found: Best) -> Result:
    """Result of a choice."""
    done = found.selection
    names = tuple(dict.fromkeys(each.plan.scenario.name for each in found.ranked))
    used = sum(done.used)
    head = Head("best", names, _basis(found, used), found.seed, used, interrupted=done.interrupted)
    chosen = found.ranked[0]
    targets = tuple(judged(verdict, chosen.plan.scenario) for verdict in chosen.verdicts)
    return Result(head, targets, tuple(_words(found)), (_plans(found),), _facts(found), found)


def _basis(found: Best, used: int) -> str:
    runs = f"{plural(used, 'replication')} in all, {found.first} of each to begin with"
    return f"{plural(len(found.ranked), 'plan')}, {runs}, seed {found.seed}, the same customers"


def _facts(found: Best) -> dict[str, Any]:
    done, n = found.selection, len(found.selection.used)
    return {
        "figure": found.kpi.name,
        "unit": found.kpi.unit,
        "better": found.kpi.better,
        "best": found.ranked[0].plan.name,
        "decided": done.decided,
        "not_simulated": list(found.unseen),
        "confidence": found.confidence,
        "within": found.within,
        "first_stage": found.first,
        "had_none_been_given_up": None if done.interrupted else max(done.used) * n,
        "fixed_number": None if done.interrupted else done.fixed * n,
        "saved": None if done.interrupted else done.saved,
    }


def _plans(found: Best) -> Table:
    """A row a plan, from best to worst."""
    kpi = found.kpi
    rows = [
        {
            "plan": each.plan.name,
            "value": each.figure,
            "to_the_best": change(each.difference),
            "replications": each.replications,
            "given_up": not each.is_left,
            "keeps_all_targets": each.keeps,
            "sure": None if each.keeps is None else each.sure,
            "targets": _kept(each),
            "verdict": _verdict(found, each),
        }
        for each in found.ranked
    ]
    columns = (
        Column("plan", "Plan"),
        Column("value", kpi.title, kpi.unit, "quantity", "interval"),
        Column("to_the_best", "To the best,\nsame days", kpi.unit, "difference"),
        Column("replications", "Replications", form="number", spare=1),
        Column("given_up", form="flag", is_shown=False),
        Column("keeps_all_targets", form="flag", is_shown=False),
        Column("sure", form="flag", is_shown=False),
        Column("targets", "Targets", is_shown=any(each.keeps is not None for each in found.ranked), spare=3),
        Column("verdict", spare=2),
    )
    fewest = min(each.replications for each in found.ranked)
    notes = tuple(caveats(fewest, ((kpi, each.figure) for each in found.ranked)))
    return Table("plans", "Plans", columns, rows, notes=notes)


def _kept(each: Ranked) -> str:
    """Whether a plan keeps its targets, or how many it misses."""
    if each.keeps is None:
        return "–"
    missed = sum(verdict.met is False for verdict in each.verdicts)
    told = "all met" if each.keeps else f"{missed} missed"
    return told if each.sure else f"({told})"


def _verdict(found: Best, each: Ranked) -> str:
    if each is found.ranked[0]:
        return "best" if found.selection.decided else "leads"
    return "not told apart" if each.is_left else "given up"


def _words(found: Best) -> Iterator[str]:
    """What was chosen, what that means, and what it took."""
    name, done = found.ranked[0].plan.name, found.selection
    if done.interrupted:
        unseen = f" Not simulated yet: {', '.join(found.unseen)}." if found.unseen else ""
        n = len(done.left)
        yield f"Interrupted and undecided: {name} leads so far, of {n} plans not given up.{unseen}"
        return
    zone = _zone(found)
    if done.decided:
        sure = f"with a probability of at least {100 * found.confidence:g} %"
        figure = in_words(found.kpi.title)
        yield f"{name} is best: {sure}, no other is better by more than {zone} of {figure}."
    else:
        more = f"More --max-replications, or a wider zone than {zone}, would decide it."
        yield f"Undecided between {len(done.left)} plans; {name} leads. {more}"
    if misses := _misses(found.ranked[0]):
        yield misses
    used, n = sum(done.used), len(done.used)
    yield (
        f"It took {used:,} replications. Had none been given up, it would have taken {n} × "
        f"{max(done.used):,} = {n * max(done.used):,}: {100 * done.saved:.0f} % saved. With a number fixed "
        f"after the first stage, and the same guarantee, it is {n} × {done.fixed:,} = {n * done.fixed:,} "
        "(Clark and Yang)."
    )


def _misses(each: Ranked) -> str:
    """Targets that the chosen plan misses, in a sentence; nothing if there are none."""
    told = (judged(v, each.plan.scenario) for v in each.verdicts if v.met is False)
    missed = "; ".join(missed_words(one) for one in told)
    doubt = "" if each.sure else ", though not for sure"
    return f"{each.plan.name} misses its targets{doubt}: {missed}." if missed else ""


def _zone(found: Best) -> str:
    """The indifference zone in words."""
    if found.kpi.unit != "share":
        return f"{found.within:.3g} {found.kpi.unit}"
    points = f"{100 * found.within:.3g}"
    return f"{points} point{'s' * (points != '1')}"


best = answering(choose, result)
