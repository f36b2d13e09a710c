"""How is a scenario written that comes from a request? As a file in which each number says its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sim.scenario.commented import commented, one_line, text_of
from sim.scenario.files import parse
from sim.scenario.record import Record
from sim.scenario.rfp import MONTHS, Offer, Rfp
from sim.scenario.units import clock_text, end_text
from sim.studies.averages.questions import NORMAL
from sim.studies.rfp.centre import AGENT_CV, CUSTOMER_CV, by_day, chats_a_month
from sim.studies.rfp.study import Sizing
from sim.studies.rfp.times import times_of


def scenario_of(found: Sizing) -> str:
    """Give the scenario as a file, each number with where it is from."""
    centre, bid = found.centre, found.rfp.bid
    data = centre.data()
    for group, level in zip(data["groups"], found.levels, strict=True):
        group["staffing_by_day"] = {day: list(row) for day, row in by_day(level).items()}
    data["groups"] = [group for group in data["groups"] if group["staffing_by_day"]]
    offered = None if bid is None else _offer(bid, found.rfp)
    if bid is not None and offered is not None and not bid.lacks:
        data["bid"] = offered
    text = commented(data, dict(_comments(found)), list(_head(found)))
    if bid is not None and offered is not None and bid.lacks:
        text += "\n".join(["", *_put_off(offered, bid.lacks)]) + "\n"
    text = _with_words(text, bid)
    parse(text, "the scenario to be written")
    return text


def _head(found: Sizing) -> Iterator[str]:
    yield f"From a request for proposal: {found.rfp.name}. A week of the contract's first year."
    yield "Request: said there. Assumed: not said there, and as usual; sim new --bid tells what it is worth."
    yield "Try: sim check THIS_FILE, then sim run THIS_FILE, sim staff THIS_FILE"


def _comments(found: Sizing) -> Iterator[tuple[str, str]]:
    said, full = found.rfp, found.centre.rfp
    first = f"{chats_a_month(full):,.0f} chats in a mean month of the first year"
    for q in range(len(found.centre.languages)):
        parts = [first]
        keys = ("by_weekday", "by_hour", "counted", "growth")
        parts += [f"{key} assumed" for key in keys if getattr(said.volume, key) is None]
        if said.languages:
            parts.append(f"{100 * said.languages[q].share:.3g} % of them")
        yield f"queues.{q}.arrivals.per_hour", f"{'; '.join(parts)}"
        yield f"queues.{q}.arrivals.busyness_cv", _source(said.volume.busyness_cv)
        yield f"queues.{q}.patience.mean_s", _source(said.service.patience_s)
        yield f"queues.{q}.patience.cv", "assumed"
        yield from _of_service(found, q)
    if said.hours is None:
        yield "hours", "assumed"
    if full.targets is not said.targets:
        yield "targets", "assumed"
    staffed = (group for group, level in zip(found.centre.groups, found.levels, strict=True) if level.any())
    for g, group in enumerate(staffed):
        said_of = said.service.concurrency
        told = _source(said_of)
        if said_of is not None and said_of % 1:
            told = f"request: {said_of:g} on average; {100 * group.share:.3g} % of the team hold so many"
        yield f"groups.{g}.concurrency", told
        if said.shrinkage is None:
            yield f"groups.{g}.shrinkage", "assumed"
        if said.languages and not said.teams:
            yield f"groups.{g}.queues", "assumed: each agent speaks one language"


def _of_service(found: Sizing, q: int) -> Iterator[tuple[str, str]]:
    said, full = found.rfp.service, found.centre.rfp.service
    place, factor = f"queues.{q}.service", found.centre.languages[q].aht_factor
    handled = f"AHT {full.undivided_s * factor:.4g} s with {full.held:.3g} chats held"
    if said.kind == "work":
        slower = f"{100 * (full.slowdown or 0):.3g} % longer with each further chat"
        yield f"{place}.work_s.mean_s", handled
        yield f"{place}.work_s.cv", "assumed"
        yield f"{place}.aht_s", f"with 1, 2, ... chats open: {slower} ({_source(said.slowdown)})"
        return
    times = times_of(full, factor)
    yield f"{place}.turns.mean", _source(said.turns)
    yield (
        f"{place}.agent_s.mean_s",
        (
            f"by the attention model: replies after {times.response_s:.3g} s "
            f"({_source(said.response_s)}) with {full.held:.3g} chats held"
        ),
    )
    yield f"{place}.agent_s.cv", f"assumed: {AGENT_CV:g}"
    yield f"{place}.customer_s.mean_s", f"what is left of {handled}"
    yield f"{place}.customer_s.cv", f"assumed: {CUSTOMER_CV:g}"
    yield f"{place}.wrap_up_s.mean_s", _source(said.wrap_up_s)


def _source(said: object) -> str:
    return "assumed" if said is None else "request"


def _offer(bid: Offer, rfp: Rfp) -> dict[str, Any]:
    """The bid as it was said, with the months of the year, and how far off the forecast may be."""
    found: dict[str, Any] = plain_of(bid)
    months, per_month = bid.months, rfp.volume.per_month
    if "volume" not in found and not bid.growth and max(per_month) > min(per_month):
        mean, first = sum(per_month) / MONTHS, rfp.start.month - 1
        found["volume"] = [float(f"{per_month[(first + k) % MONTHS] / mean:.4g}") for k in range(months)]
    if "forecast_cv" not in found and rfp.volume.forecast_error:
        found["forecast_cv"] = float(f"{rfp.volume.forecast_error / NORMAL:.3g}")
    clauses = [{"name": each["name"]} | each for each in found.get("clauses", ())]
    if clauses:
        found["clauses"] = [{key: value for key, value in each.items() if key != "text"} for each in clauses]
    tables = {key: found.pop(key) for key in ("cost", "prices", "clauses") if key in found}
    return found | tables


def plain_of(record: Record) -> Any:
    """What was said of a record, as a file has it: no defaults, amounts as numbers, clock times as text."""
    return _plain(record.model_dump(exclude_unset=True))


def _plain(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each, name) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if key in {"start", "end"} and isinstance(value, float):
        return clock_text(value) if key == "start" else end_text(value)
    return value


def _put_off(offered: Mapping[str, Any], lacks: list[str]) -> Iterator[str]:
    """A bid that can't be judged yet, as a comment."""
    yield f"# The bid still needs {', '.join(lacks)}; then take the # away, and: sim bid THIS_FILE"
    yield "# [bid]"
    for key, value in offered.items():
        if key == "cost":
            yield "# [bid.cost]"
            yield from (f"# {name} = {text_of(each)}" for name, each in value.items())
        elif key in {"prices", "clauses"}:
            for item in value:
                yield f"# [[bid.{key}]]"
                yield from (f"# {name} = {text_of(each)}" for name, each in item.items())
        else:
            yield f"# {key} = {text_of(value)}"


def _with_words(text: str, bid: Offer | None) -> str:
    """Text of a scenario with the contract's own words above its clauses."""
    words = [clause.text for clause in (() if bid is None else bid.clauses)]
    lines: list[str] = []
    for line in text.split("\n"):
        if line.lstrip("# ") == "[[bid.clauses]]" and words:
            told = words.pop(0)
            lines += [f"# The contract: {one_line(told)}"] if told else []
        lines.append(line)
    return "\n".join(lines)
