"""`sim theory`: formulas as a calculator for one interval."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import Json, give, handles_errors
from sim.cli.help import Command, Family, examples
from sim.cli.numbers import TINY, real, reals, whole
from sim.errors import TheoryError, short

if TYPE_CHECKING:
    from sim.arrays import Floats
    from sim.report.formulas import Answer
    from sim.scenario.distributions import Distribution
    from sim.theory.inverse import Goal
    from sim.theory.line import Line

FEWEST = "sim theory erlang-c --per-hour 200 --aht 180 --service-level 0.8 --threshold 20"
app = typer.Typer(
    cls=Family,
    no_args_is_help=True,
    help="Formulas for one interval in the long run: Erlang B, C and A, and chat.",
    epilog=examples(FEWEST),
)

MOST_ROWS = 1_000
"""Longest table."""
_AGENTS = re.compile(r"([0-9]{1,9})(?::([0-9]{1,9})(?::([0-9]{1,9}))?)?")
APPROXIMATE = (
    "For several agents it is an approximation: chats are taken to be spread evenly over them at all times, "
    "which no routing does."
)
EXACT_BUT = (
    "Exact in the long run for exponential handling times, but for occupancy and concurrency: they depend on "
    "the routing, and chats are taken to be spread evenly over agents at all times."
)

Agents = Annotated[
    str | None,
    typer.Option(
        metavar="N|A:B[:STEP]",
        help="Agents on duty; 5:20 makes a table. Omitted: the fewest that keep the target.",
        show_default=False,
    ),
]
PerHour = Annotated[
    float, typer.Option(parser=real(TINY, 1e7), metavar="CHATS", help="Chats that arrive in an hour.")
]
Aht = Annotated[
    float, typer.Option(parser=real(TINY, 1e7), metavar="S", help="Mean handling time in seconds.")
]
Threshold = Annotated[float, typer.Option(parser=real(0), metavar="S", help="Acceptable wait in seconds.")]
Level = Annotated[
    float | None,
    typer.Option(
        parser=real(TINY, 1 - TINY),
        metavar="SHARE",
        help="Target: least share accepted within it.",
        show_default=False,
    ),
]
Patience = Annotated[
    str | None,
    typer.Option(
        metavar="S|LAW",
        help="Mean patience in seconds (exponential), or a law as in a scenario: "
        "'{ law = \"lognormal\", mean_s = 180, cv = 1.2 }'. Omitted: nobody leaves.",
        show_default=False,
    ),
]
Room = Annotated[
    int | None,
    typer.Option(
        parser=whole(0, 1_000_000),
        metavar="N",
        help="Chats that may wait. Omitted: no limit.",
        show_default=False,
    ),
]
AgentS = Annotated[
    float, typer.Option("--agent", parser=real(TINY), metavar="S", help="Seconds of attention for a reply.")
]
CustomerS = Annotated[
    float,
    typer.Option(
        "--customer", parser=real(0), metavar="S", help="Seconds from a reply to the customer's next message."
    ),
]
Turns = Annotated[float, typer.Option(parser=real(1, 100_000), metavar="N", help="Mean replies in a chat.")]
WrapUp = Annotated[
    float, typer.Option(parser=real(0), metavar="S", help="Seconds of attention after a chat.")
]
Switching = Annotated[
    float,
    typer.Option(
        parser=real(0, 1_000),
        metavar="SHARE",
        help="How much longer a reply takes with more than one chat open.",
    ),
]
MostSlots = Annotated[
    int, typer.Option("--slots", parser=whole(1, 1_000), metavar="N", help="Most chats an agent may hold.")
]


@app.command(
    "erlang-b", cls=Command, epilog=examples("sim theory erlang-b --per-hour 60 --aht 600 --agents 15")
)
@handles_errors
def erlang_b(
    per_hour: PerHour,
    aht: Aht,
    agents: Agents = None,
    blocking: Annotated[
        float | None,
        typer.Option(
            parser=real(TINY, 1 - TINY),
            metavar="SHARE",
            help="Target: largest share blocked.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Erlang B: chats that find no free agent are turned away."""
    from sim.theory.erlang import erlang  # noqa: PLC0415
    from sim.theory.inverse import Goal  # noqa: PLC0415

    def line(n: Floats) -> Line:
        return erlang(n, per_hour / 3600, aht, room=0)

    given = {"chats_per_hour": per_hour, "aht_s": aht, "blocking": blocking}
    goal = None if blocking is None else Goal("blocked_rate", blocking)
    _print(_by_agents("Erlang B", given, line, per_hour, agents, goal, 0.0, "--blocking"), json=json)


@app.command(
    "erlang-c",
    cls=Command,
    epilog=examples(FEWEST, "sim theory erlang-c --per-hour 200 --aht 180 --agents 10:16"),
)
@handles_errors
def erlang_c(
    per_hour: PerHour,
    aht: Aht,
    agents: Agents = None,
    threshold: Threshold = 30.0,
    service_level: Level = None,
    json: Json = False,
) -> None:
    """Erlang C: nobody leaves the queue."""
    from sim.theory.erlang import erlang  # noqa: PLC0415

    _line("Erlang C", erlang, per_hour, aht, agents, threshold, service_level, None, None, json=json)


@app.command(
    "erlang-a",
    cls=Command,
    epilog=examples("sim theory erlang-a --per-hour 240 --aht 180 --patience 60 --agents 10:16"),
)
@handles_errors
def erlang_a(
    per_hour: PerHour,
    aht: Aht,
    patience: Patience = None,
    agents: Agents = None,
    room: Room = None,
    threshold: Threshold = 30.0,
    service_level: Level = None,
    json: Json = False,
) -> None:
    """Erlang A: who waits too long leaves; with any law of patience, or a finite waiting room."""
    from sim.theory.erlang import erlang  # noqa: PLC0415

    _line("Erlang A", erlang, per_hour, aht, agents, threshold, service_level, patience, room, json=json)


@app.command(
    cls=Command, epilog=examples("sim theory chat --per-hour 240 --aht 180,210,240 --patience 60 --agents 5")
)
@handles_errors
def chat(
    per_hour: PerHour,
    aht: Annotated[
        str, typer.Option(metavar="S,S,…", help="Handling times with 1, 2, … chats open: 360,450,570.")
    ],
    agents: Agents = None,
    patience: Patience = None,
    room: Room = None,
    threshold: Threshold = 30.0,
    service_level: Level = None,
    json: Json = False,
) -> None:
    """Several chats an agent, from handling times: the balanced chain."""
    from sim.theory.sharing import sharing  # noqa: PLC0415

    aht_s = reals(aht, "--aht", TINY, 1e7)
    _line(
        "Balanced chain",
        sharing,
        per_hour,
        aht_s,
        agents,
        threshold,
        service_level,
        patience,
        room,
        json=json,
        remark=_spread(aht_s),
    )


@app.command(cls=Command, epilog=examples("sim theory attention --agent 30 --customer 60 --turns 5"))
@handles_errors
def attention(
    agent: AgentS,
    customer: CustomerS,
    turns: Turns,
    wrap_up: WrapUp = 0.0,
    switching: Switching = 0.0,
    slots: MostSlots = 6,
    json: Json = False,
) -> None:
    """One message at a time: an agent who always holds 1, 2, 3, … chats, by machine repair."""
    from sim.report.formulas import Answer, rows  # noqa: PLC0415
    from sim.theory.attention import Attention, saturated  # noqa: PLC0415

    found = saturated(Attention(agent, customer, turns, wrap_up, switching), slots)
    columns = {"response_s": found.reply_s, "attention": found.attention, "aht_s": found.aht_s,
               "slowdown": found.slowdown, "chats_per_hour": 3600 * found.chats_per_s}  # fmt: skip
    given = {"agent_s": agent, "customer_s": customer, "turns": turns, "wrap_up_s": wrap_up,
             "switching": switching}  # fmt: skip
    _print(Answer("Machine repair", given, "slots", rows(range(1, slots + 1), columns)), json=json)


@app.command(
    cls=Command,
    epilog=examples("sim theory concurrency --agents 4 --per-hour 60 --agent 30 --customer 60 --turns 5"),
)
@handles_errors
def concurrency(
    per_hour: PerHour,
    agents: Annotated[int, typer.Option(parser=whole(1, 100_000), metavar="N", help="Agents on duty.")],
    agent: AgentS,
    customer: CustomerS,
    turns: Turns,
    wrap_up: WrapUp = 0.0,
    switching: Switching = 0.0,
    patience: Patience = None,
    threshold: Threshold = 30.0,
    max_response: Annotated[
        float | None,
        typer.Option(
            parser=real(TINY), metavar="S", help="Target: longest mean reply time.", show_default=False
        ),
    ] = None,
    slots: MostSlots = 6,
    json: Json = False,
) -> None:
    """How many chats an agent should hold: machine repair, then the balanced chain."""
    from dataclasses import asdict  # noqa: PLC0415
    from math import inf  # noqa: PLC0415

    from sim.report.formulas import Answer  # noqa: PLC0415
    from sim.theory.attention import Attention  # noqa: PLC0415
    from sim.theory.sharing import best_of, concurrencies  # noqa: PLC0415

    service = Attention(agent, customer, turns, wrap_up, switching)
    options = concurrencies(agents, per_hour / 3600, service, threshold, _patience(patience), slots)
    best = best_of(options, inf if max_response is None else max_response)
    found = [
        (option.slots, {name: float(value) for name, value in asdict(option.figures).items()}
         | {"response_s": option.response_s})
        for option in options
    ]  # fmt: skip
    given = {"chats_per_hour": per_hour, "agents": agents, "agent_s": agent, "customer_s": customer,
             "turns": turns, "wrap_up_s": wrap_up, "switching": switching, "patience_s": patience,
             "threshold_s": threshold, "max_response_s": max_response}  # fmt: skip
    in_time = " with replies in time" if max_response else ""
    remark = f"Best service level{in_time}: {best.slots} slot{'s' * (best.slots != 1)}."
    remark += " Handling times are taken for exponential."
    remark += f" {APPROXIMATE}" if agents > 1 else ""
    _print(Answer("Machine repair and balanced chain", given, "slots", found, remark), json=json)


@app.command(cls=Command, epilog=examples("sim theory priorities --per-hour 60,90 --aht 180 --agents 10"))
@handles_errors
def priorities(
    per_hour: Annotated[
        str, typer.Option(metavar="CHATS,…", help="Chats an hour, the most urgent first: 60,90.")
    ],
    aht: Aht,
    agents: Annotated[int, typer.Option(parser=whole(1, 100_000), metavar="N", help="Agents on duty.")],
    threshold: Threshold = 30.0,
    json: Json = False,
) -> None:
    """Several queues before one team, the most urgent first; nobody leaves."""
    import numpy as np  # noqa: PLC0415

    from sim.report.formulas import Answer, rows  # noqa: PLC0415
    from sim.theory.priorities import priorities as formula  # noqa: PLC0415

    rates = reals(per_hour, "--per-hour", TINY, 1e7)
    found = formula(agents, [rate / 3600 for rate in rates], aht)
    columns = {"service_level": found.accepted_within(threshold),
               "wait_probability": np.full(len(rates), found.delayed), "asa_s": found.wait_s}  # fmt: skip
    given = {"chats_per_hour": rates, "aht_s": aht, "agents": agents, "threshold_s": threshold}
    _print(Answer("Priorities", given, "queue", rows(range(1, len(rates) + 1), columns)), json=json)


@app.command(
    cls=Command,
    epilog=examples("sim theory retrials --per-hour 240 --aht 180 --again 0.5 --patience 60 --agents 10:16"),
)
@handles_errors
def retrials(
    per_hour: PerHour,
    aht: Aht,
    again: Annotated[
        float,
        typer.Option(parser=real(0, 1), metavar="SHARE", help="Of those lost, the share that comes again."),
    ],
    agents: Annotated[str, typer.Option(metavar="N|A:B[:STEP]", help="Agents on duty; 5:20 makes a table.")],
    patience: Patience = None,
    room: Room = None,
    json: Json = False,
) -> None:
    """Who is blocked or leaves comes again, after a long pause; without patience and room, as Erlang B."""
    import numpy as np  # noqa: PLC0415

    from sim.report.formulas import Answer, rows  # noqa: PLC0415
    from sim.theory.erlang import erlang  # noqa: PLC0415
    from sim.theory.retrials import retrials as formula  # noqa: PLC0415

    numbers, law = _agents(agents), _patience(patience)
    places = 0 if room is None and law is None else room
    first = np.full(len(numbers), per_hour / 3600)
    found = formula(lambda rate: erlang(numbers, rate, aht, law, places), first, again)
    columns = {"lost": found.lost, "attempts": found.attempts, "arrivals_per_hour": 3600 * found.per_s}
    given = {"chats_per_hour": per_hour, "aht_s": aht, "again": again, "patience_s": patience, "room": places}
    _print(Answer("Retrials", given, "agents", rows(numbers, columns)), json=json)


def _line(
    name: str,
    formula: Callable[..., Line],
    per_hour: float,
    aht: float | list[float],
    agents: str | None,
    threshold: float,
    level: float | None,
    patience: str | None,
    room: int | None,
    *,
    json: bool,
    remark: str = "",
) -> None:
    """Print what a *formula* (`erlang` or `sharing`) says of a line."""
    law = _patience(patience)

    def line(n: Floats) -> Line:
        return formula(n, per_hour / 3600, aht, law, room)

    given = {"chats_per_hour": per_hour, "aht_s": aht, "patience_s": patience, "room": room,
             "threshold_s": threshold, "service_level": level}  # fmt: skip
    goal = _level(level, threshold)
    _print(_by_agents(name, given, line, per_hour, agents, goal, threshold, remark=remark), json=json)


def _spread(aht_s: list[float]) -> str:
    """What is not exact for several agents who hold up to as many chats as there are handling times."""
    if len(aht_s) == 1:
        return ""
    return EXACT_BUT if len(set(aht_s)) == 1 else APPROXIMATE


def _by_agents(
    name: str,
    given: dict[str, Any],
    line_of: Callable[[Floats], Line],
    per_hour: float,
    agents: str | None,
    goal: Goal | None,
    threshold: float,
    target: str = "--service-level",
    remark: str = "",
) -> Answer:
    """Figures for the agents asked for, or for the fewest that keep the goal."""
    import numpy as np  # noqa: PLC0415

    from sim.report.formulas import Answer, line_columns, rows  # noqa: PLC0415
    from sim.theory.inverse import agents_for  # noqa: PLC0415

    if agents is not None:
        numbers = _agents(agents)
    elif goal is not None:
        numbers = [max(1, int(agents_for(line_of, per_hour / 3600, goal)))]
    else:
        raise TheoryError(f"agents: must be given, or a target, {target}")
    columns = line_columns(line_of(np.array(numbers, dtype=np.float64)), threshold)
    several = any(number > 1 for number in numbers)
    return Answer(name, given, "agents", rows(numbers, columns), remark if several else "")


def _level(level: float | None, threshold: float) -> Goal | None:
    from sim.theory.inverse import Goal  # noqa: PLC0415

    return None if level is None else Goal("service_level", level, threshold)


def _agents(text: str) -> list[int]:
    """Whole numbers of `7`, `5:20` (both ends included) or `5:20:5`."""
    match = _AGENTS.fullmatch(text.strip())
    if not match:
        raise TheoryError(f"agents: must be a whole number, or a range such as 5:20, got {short(text)!r}")
    low, high, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
    if step == 0:
        raise TheoryError(f"agents: the step of a range must be above 0, got {short(text)!r}")
    numbers = range(low, high + 1, step)
    if not 1 <= len(numbers) <= MOST_ROWS:
        raise TheoryError(f"agents: a range must hold from 1 to {MOST_ROWS:,} numbers, got {short(text)!r}")
    return list(numbers)


def _patience(text: str | None) -> Distribution | float | None:
    """Mean patience in seconds, or a law in the notation of scenarios."""
    if text is None:
        return None
    if not text.lstrip().startswith("{"):
        try:
            return real(TINY)(text)
        except typer.BadParameter:
            law = 'must be seconds, or a law such as { law = "fixed", mean_s = 60 }'
            raise TheoryError(f"--patience: {law}, got {short(text)!r}") from None
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    from sim.scenario.distributions import Distribution as AnyLaw  # noqa: PLC0415
    from sim.scenario.toml import read_toml  # noqa: PLC0415

    try:
        found: Distribution = TypeAdapter(AnyLaw).validate_python(read_toml(f"law = {text}")["law"])
    except ValueError as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise TheoryError(f"--patience: {first}, got {short(text)!r}") from None
    return found


def _print(found: Answer, *, json: bool) -> None:
    from sim.report.formulas import result  # noqa: PLC0415

    give(result(found), json=json)
