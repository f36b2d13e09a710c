"""What does a load that rises until targets break answer with? What breaks first, and a row a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sim.errors import StudyError, UnknownNameError
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Quantity
from sim.kpis.targets import named
from sim.report.numbers import HARD, number, percent, target_text
from sim.report.result import Column, Head, Result, Row, Table, judged
from sim.report.stages import result as result_of_stages
from sim.runs.executor import Executor, Progress
from sim.scenario.scenario import Scenario, under_stress
from sim.scenario.units import plural
from sim.scenario.words import unknown
from sim.studies.doubts import never_settles
from sim.studies.stress.breakpoint import BreakPoint, Breakpoints
from sim.studies.stress.breakpoint import stress as load_until_it_breaks
from sim.studies.stress.choice import Profile
from sim.studies.stress.profiles import usual_profile
from sim.studies.stress.search import HIGHEST, LOWEST, MOST, WIDEST
from sim.studies.stress.stages import run_stages

METHOD = (
    "Demand that each target bears, with its 95 % interval; every load meets the same days. Agents to spare: "
    "so many fewer keep the target at today's demand, and one more does not; a minus sign says how many are "
    "missing. Worst at: where most of it is missed at that demand."
)
WIDE = f"Bounds more than {100 * WIDEST:g} % apart: more replications (--max-replications) bring them closer."


def result(found: Breakpoints) -> Result:
    """Result of a search for break points."""
    scenario = found.scenario
    runs = f"{found.replications:,} replications at {plural(len(found.loads), 'load')}"
    basis = (
        f"{plural(scenario.days, 'day')}, {runs} and with other agents, seed {found.seed}, the same customers"
    )
    head = Head(
        "stress", (scenario.name,), basis, found.seed, found.replications, interrupted=found.interrupted
    )
    targets = tuple(judged(verdict, scenario) for verdict in found.today)
    first = found.points[0]
    facts: dict[str, Any] = {
        "profile": "breakpoint",
        "breaks_first": None if first.root.upper is None else first.bound.key,
        "surely_first": _is_surely_first(found),
        "highest": HIGHEST,
    }
    return Result(head, targets, tuple(_words(found)), (_break_points(found), _loads(found)), facts, found)


def result_of_teams(found: Sequence[Breakpoints]) -> Result:
    """Result of searches for the break points of several teams, who met the same customers."""
    names = _distinct([each.scenario.name for each in found])
    n = sum(each.replications for each in found)
    others = _other_customers(found, names)
    customers = "" if others else ", the same customers"
    basis = f"{plural(len(found), 'team')}, {n:,} replications in all, seed {found[0].seed}{customers}"
    interrupted = any(each.interrupted for each in found)
    head = Head("stress", tuple(names), basis, found[0].seed, n, interrupted=interrupted)
    both = list(zip(names, found, strict=True))
    targets = tuple(
        replace(told, where=", ".join(filter(None, [told.where, name])))
        for name, each in both
        for told in (judged(verdict, each.scenario) for verdict in each.today)
    )
    table, loads = _break_points(found[0]), _loads(found[0])
    rows = [{"team": name, **_row(point, each.scenario)} for name, each in both for point in each.points]
    order = list(dict.fromkeys(row["title"] for row in rows))
    rows.sort(key=lambda row: order.index(row["title"]))
    columns = [Column("team", "Team"), *table.columns]
    shown = replace(table, columns=tuple(columns), rows=rows)
    by_load = [{"team": name, **row} for name, each in both for row in _loads(each).rows]
    counted = replace(loads, columns=(Column("team", "Team"), *loads.columns), rows=by_load)
    facts = {"profile": "breakpoint", "highest": HIGHEST, "teams": names}
    words = (*_bear_most(rows), *others)
    return Result(head, targets, words, (shown, counted), facts, list(found))


def _other_customers(found: Sequence[Breakpoints], names: Sequence[str]) -> tuple[str, ...]:
    """Say of teams that they meet other customers than the first: what differs is not the teams alone."""
    first, *others = (each.scenario for each in found)
    differing = [
        (name, what)
        for name, other in zip(names[1:], others, strict=True)
        if (what := _differing(first, other))
    ]
    return tuple(
        f"{name} has other customers than {names[0]} ({', '.join(what)} differ), and \u00d7{HARD}1 is each "
        "one's own "
        "demand: what differs is not the teams alone."
        for name, what in differing
    )


def _differing(one: Scenario, other: Scenario) -> list[str]:
    """What differs in who comes to two scenarios, in words."""
    if [queue.name for queue in one.queues] != [queue.name for queue in other.queues]:
        return ["queues"]
    own = {
        "targets",
        "priority",
        "prefer",
        "capacity",
        "max_wait_s",
        "idle_timeout_s",
    }  # the centre's, not customers'
    fields = [name for name in type(one.queues[0]).model_fields if name not in own]
    queues = [
        name
        for name in fields
        if any(getattr(a, name) != getattr(b, name) for a, b in zip(one.queues, other.queues, strict=True))
    ]
    whole = [
        name for name in ("start", "days", "hours", "holidays") if getattr(one, name) != getattr(other, name)
    ]
    return [name.replace("_", " ") for name in (*queues, *whole)]


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of teams, with a number where one comes again.

    >>> _distinct(["shop", "shop", "desk"])
    ['shop', 'shop (2)', 'desk']
    """
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _bear_most(rows: Sequence[Row]) -> Iterator[str]:
    """Of each target: which team bears most, and whether that is sure."""
    for title in dict.fromkeys(row["title"] for row in rows):
        mine = sorted((row for row in rows if row["title"] == title), key=_bears_up_to, reverse=True)
        if len(mine) < 2 or _bears_up_to(mine[0]) == 0:
            continue
        first, second = mine[:2]
        is_sure = (
            first["lower"] is not None and second["upper"] is not None and first["lower"] > second["upper"]
        )
        others = ", ".join(f"{row['team']} {_factor(row)}" for row in mine[1:])
        sure = "bears most" if is_sure else "may bear most, though not for sure"
        yield f"{title}: {first['team']} {sure}: {_factor(first)} of the demand; {others}."


def _bears_up_to(row: Row) -> float:
    return next((end for end in (row["load"].value, row["lower"]) if end is not None), 0.0)


def _factor(row: Row) -> str:
    """``× 1.11 (1.10 … 1.12)``, or what is known where nothing breaks."""
    value, low, high = (number(end, "×") for end in (row["load"].value, row["lower"], row["upper"]))
    if row["load"].value is None:
        return f"×{HARD}{low} or more" if row["upper"] is None else f"below ×{HARD}{high}"
    return f"×{HARD}{value} ({low} … {high})"


def _is_surely_first(found: Breakpoints) -> bool:
    """Whether the first target breaks before any other is in danger."""
    first, *others = (point.root for point in found.points)
    if first.upper is None:
        return False
    return all(other.lower is not None and other.lower > first.upper for other in others)


def _words(found: Breakpoints) -> Iterator[str]:
    """What breaks first and at which demand, what does not break, and what never settles."""
    if found.interrupted:
        yield "Interrupted: bounds are what single loads say for sure, and may be far apart."
    first, *others = found.points
    if first.root.value is None:
        yield _unreached(first, found.scenario)
    else:
        sure = " first" if _is_surely_first(found) else " first, though not for sure" if others else ""
        yield f"{_named(first, found.scenario)} {_breaks(first)}{sure}: {_bears(first)}. {_room(first)}"
    for point in others:
        if point.root.value is None:
            yield _unreached(point, found.scenario)
    doubt = never_settles(found.scenario)
    if doubt is not None:
        yield f"{doubt}."


def _named(point: BreakPoint, scenario: Scenario) -> str:
    """A target in words: ``Missed ≤ 5.0 %``."""
    bound = point.bound
    return f"{named(bound, scenario)} {target_text(BY_NAME[bound.kpi].unit, bound.value, bound.side)}"


def _breaks(point: BreakPoint) -> str:
    return "is missed already, and breaks" if (point.root.upper or 1.0) < 1 else "breaks"


def _bears(point: BreakPoint) -> str:
    """How much demand a target bears: ``× 1.11 of the demand (1.10 … 1.12)``."""
    value, low, high = (number(end, "×") for end in (point.root.value, point.root.lower, point.root.upper))
    return f"it bears ×{HARD}{value} of the demand ({low} … {high})"


def _room(point: BreakPoint) -> str:
    """Head-room in per cent of demand and in agents."""
    share = (point.root.value or 1.0) - 1
    demand = f"Head-room {percent(share)} of demand" if share >= 0 else f"{percent(-share)} too much comes"
    if point.agents is None:
        return f"{demand}."
    if point.agents >= 0:
        return f"{demand}, {plural(point.agents, 'agent')}."
    return f"{demand}; {plural(-point.agents, 'agent')} more would keep it."


def _unreached(point: BreakPoint, scenario: Scenario) -> str:
    """What can be said of a target without a break point."""
    name, root = _named(point, scenario), point.root
    if root.lower is None and root.upper is None:
        return f"{name}: nothing is known of it at any load."
    if root.upper is None:
        far = f"not reached up to ×{HARD}{number(root.lower, '×')}"
        return f"{name}: {far}{' of the demand' * (root.lower == HIGHEST)}."
    if root.lower is None and root.upper <= LOWEST:
        return f"{name} is missed even at ×{HARD}{LOWEST:g} of the demand."
    return f"{name} breaks between ×{HARD}{number(root.lower, '×')} and ×{HARD}{number(root.upper, '×')}."


def _break_points(found: Breakpoints) -> Table:
    """A row a target, what breaks first at the top."""
    rows = [_row(point, found.scenario) for point in found.points]
    columns = (
        Column("figure", is_shown=False),
        Column("target", is_shown=False),
        Column("title", "Target"),
        Column("load", "Bears, × demand", "×", "quantity", "interval"),
        Column("lower", unit="×", form="number", is_shown=False),
        Column("upper", unit="×", form="number", is_shown=False),
        Column("head_room", "Head-room", "share", "number"),
        Column("agents", "Agents\nto spare", "agents", "setting", spare=1),
        Column("worst_at", "Worst at", spare=2),
        Column("queue", "Queue", is_shown=any(row["queue"] for row in rows), spare=3),
        Column("replications", form="number", is_shown=False),
        Column("narrow", form="flag", is_shown=False),
    )
    is_wide = any(not row["narrow"] and row["load"].value is not None for row in rows)
    return Table("break_points", "Break points", columns, rows, notes=(METHOD, *[WIDE] * is_wide))


def _row(point: BreakPoint, scenario: Scenario) -> Row:
    root = point.root
    return {
        "figure": point.bound.kpi,
        "target": point.bound.key,
        "title": _named(point, scenario).replace(HARD, " "),
        "load": Quantity(root.value, root.lower, root.upper, False, None, None, None),
        "lower": root.lower,
        "upper": root.upper,
        "head_room": None if root.value is None else root.value - 1,
        "agents": point.agents,
        "worst_at": "" if point.at_s is None else _time_text(point.at_s, scenario),
        "queue": point.queue or "",
        "replications": root.replications,
        "narrow": root.is_narrow,
    }


def _time_text(at_s: float, scenario: Scenario) -> str:
    """An interval: ``16:30-17:00``, with its date where there are several days."""
    local = scenario.calendar.local
    date = f"{local.date(at_s):%a %d %b} " if scenario.days > 1 else ""
    return f"{date}{local.text(at_s)}-{local.end_text(at_s + scenario.interval_s)}"


def _loads(found: Breakpoints) -> Table:
    """Replications of each load."""
    columns = (
        Column("factor", "× demand", "×", "number"),
        Column("replications", "Replications", "", "number"),
    )
    rows = [{"factor": factor, "replications": n} for factor, n in sorted(found.loads.items())]
    return Table("loads", "Loads", columns, rows, is_shown=False)


def stress(
    scenario: Scenario | Sequence[Scenario],
    profile: Profile | str | None = None,
    *,
    fail_if: Sequence[str] | str = (),
    abort_on_fail: bool = False,
    seed: int = 1,
    replications: int | None = None,
    widest: float = WIDEST,
    most: int = MOST,
    workers: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Result:
    """Put a *scenario* under stress, its incidents in force, and answer with what breaks; or several teams.

    Without a *profile* it goes through the scenario's own stages; if it has none and nothing is judged by
    *fail_if* but its targets, demand rises until these break (``breakpoint``). *fail_if* are thresholds such
    as ``missed_rate > 10%`` beside the scenario's; with *abort_on_fail* load ends with the first stage that
    surely breaks one. Of a break point bounds are to be less than *widest* apart, unless that takes more than
    *most* replications at a load; several scenarios are compared by theirs, and by nothing else. An
    *executor* that is given simulates, else *workers* threads. Ctrl-C answers with what is done.

    Raises
    ------
    StudyError
        If there is nothing that could break, a threshold can't be read, or chats come at exact times and
        demand is to change.
    """
    texts = [fail_if] if isinstance(fail_if, str) else list(fail_if)
    teams = [scenario] if isinstance(scenario, Scenario) else list(scenario)
    if len(teams) == 1:
        how = usual_profile(teams[0], texts) if profile is None else profile_named(profile)
    else:
        how = Profile.BREAKPOINT if profile is None else profile_named(profile)
    common: dict[str, Any] = {"seed": seed, "workers": workers, "progress": progress, "executor": executor}
    if how is Profile.BREAKPOINT:
        if texts or abort_on_fail:
            raise StudyError("stress: the break point is that of targets: --fail-if is for other profiles")
        found = [
            load_until_it_breaks(under_stress(team), widest=widest, most=most, **common) for team in teams
        ]
        return result(found[0]) if len(found) == 1 else result_of_teams(found)
    if len(teams) > 1:
        raise StudyError("stress: several scenarios are compared by their break points: --profile breakpoint")
    staged = run_stages(
        teams[0], how, fail_if=texts, abort_on_fail=abort_on_fail, replications=replications, **common
    )
    return result_of_stages(staged)


def profile_named(name: Profile | str) -> Profile:
    """Profile by name; raises `UnknownNameError` with the nearest if there is none."""
    if name in list(Profile):
        return Profile(name)
    raise UnknownNameError(unknown("profile", str(name), map(str, Profile)))
