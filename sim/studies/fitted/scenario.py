"""How does what was learnt become a scenario? As a file has it, each number with how it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.scenario.distributions import CountDistribution, Distribution
from sim.scenario.hours import Weekday
from sim.scenario.units import DAY_S, clock_text
from sim.studies.fitted.again import Again
from sim.studies.fitted.known import How, Known
from sim.studies.fitted.laws import Durations, Fit, Number, fits_of
from sim.studies.fitted.queue import QueueFit
from sim.studies.fitted.seen import Seen
from sim.studies.fitted.team import Staffed, Team, by_weekday
from sim.studies.volumes.draft import (
    AGENT_S,
    CONCURRENCY,
    CUSTOMER_S,
    TURNS,
    WRAP_UP_S,
    Draft,
    DraftQueue,
    draft,
    spread_of,
)
from sim.studies.volumes.study import Volumes

_DIGITS = 4
_PATIENCE = {"law": "lognormal", "mean_s": 180.0, "cv": 1.2}
_DETECT = {"law": "lognormal", "mean_s": 180.0, "cv": 0.5}
"""Assumed where nothing tells them."""


class Writer:
    """Puts the scenario together, and notes of each number how it is known."""

    def __init__(self, seen: Seen, volumes: Volumes, factor: float) -> None:
        self.seen, self.factor = seen, factor
        self.made: Draft = draft(volumes, f"Fitted to {seen.chats.centre.name}")
        self.known: list[Known] = []

    def note(
        self,
        place: str,
        title: str,
        how: How,
        source: str,
        number: Number | float | None = None,
        unit: str = "",
        n: float | None = None,
        of: str = "",
    ) -> None:
        """Note how a number is known."""
        given = (
            number if isinstance(number, Number) else Number(float(number)) if number is not None else None
        )
        ends = (None, None, None) if given is None else (given.value, given.low, given.high)
        self.known.append(Known(place, title, ends[0], unit, how, source, ends[1], ends[2], n, of))

    def assumed(self, place: str, title: str, why: str, value: float | None = None, unit: str = "") -> None:
        """Note that a number is assumed."""
        self.note(place, title, "assumed", why, value, unit)

    # Durations

    def law(self, place: str, title: str, fits: Sequence[Fit], source: str, of: str) -> dict[str, Any]:
        """Law of durations, its numbers noted."""
        best = fits[0]
        for name, number in best.numbers.items():
            unit = "s" if name == "mean_s" else ""
            what = {"mean_s": "mean", "cv": "cv"}.get(name, name)
            more = f", {best.censored:,} more were longer" if best.censored else ""
            self.note(
                f"{place}.{name}", f"{title}, {what}", "measured", source + more, number, unit, best.n, of
            )
        return dump(best.law)


def written(
    seen: Seen,
    volumes: Volumes,
    queues: Sequence[QueueFit],
    teams: Sequence[Team],
    switching: Number | None,
    factor: float,
) -> tuple[dict[str, Any], list[Known]]:
    """Give the scenario as a file has it, and how its numbers are known."""
    writer = Writer(seen, volumes, factor)
    made = writer.made
    zone = seen.recorded.fact("zone", "UTC")
    data: dict[str, Any] = {"name": made.name, "start": made.start, "days": 7}
    if zone != "UTC":
        data["zone"] = zone
    data["interval_min"] = made.interval_min
    if made.hours is not None:
        data["hours"] = _hours(made)
        writer.note("hours", "Opening hours", "measured", "first to last interval in which anybody ever came")
    data["targets"] = {"threshold_s": 30.0}
    writer.assumed("targets.threshold_s", "Acceptable wait", "a log has no promise: write yours", 30.0, "s")
    by_turns = any(each.talk is not None for each in queues) or not any(each.work for each in queues)
    if quality := _quality(writer, queues):
        data["quality"] = quality
    data["queues"] = [
        _queue(writer, f"queues.{q}", each, made.queues[q], by_turns=by_turns)
        for q, each in enumerate(queues)
    ]
    data["groups"] = _groups(writer, teams, [each.name for each in queues], switching, by_turns=by_turns)
    return data, writer.known


def dump(law: Distribution | CountDistribution) -> dict[str, Any]:
    """A law as a file has it."""
    raw = law.model_dump(exclude_none=True)
    found: dict[str, Any] = {"law": raw.pop("law")}
    for key, value in raw.items():
        if key == "zero" and value < 5e-4:
            continue
        found[key] = [rounded(each) for each in value] if isinstance(value, tuple) else rounded(value)
    return found


def rounded(value: Any) -> Any:
    """A number as it is written."""
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _hours(made: Draft) -> dict[str, Any]:
    assert made.hours is not None
    spans = [span for span in made.hours if span is not None]
    if len(spans) == len(made.hours) and len(set(spans)) == 1:
        return {"open": _clock(spans[0][0]), "close": _clock(spans[0][1])}
    return {
        name.value: "closed" if span is None else {"open": _clock(span[0]), "close": _clock(span[1])}
        for name, span in zip(Weekday, made.hours, strict=True)
    }


def _clock(seconds: float) -> str:
    return "24:00" if seconds == DAY_S else clock_text(seconds)


def _queue(
    writer: Writer, place: str, each: QueueFit, drafted: DraftQueue, *, by_turns: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {"name": each.name}
    found["arrivals"] = _arrivals(writer, f"{place}.arrivals", each, drafted)
    found["patience"] = _patience(writer, f"{place}.patience", each)
    if each.max_wait_s is not None:
        found["max_wait_s"] = rounded(each.max_wait_s.value)
        writer.note(
            f"{place}.max_wait_s",
            "Longest wait",
            "measured",
            "the wait of those the system sent away",
            each.max_wait_s,
            "s",
        )
    if (silence := _silence(writer, f"{place}.silence", each)) is not None:
        found["silence"] = silence
    if each.reply_patience and by_turns:
        found["reply_patience"] = writer.law(
            f"{place}.reply_patience",
            "Patience with a reply",
            each.reply_patience,
            "who left before the first reply; assumed alike for later ones",
            "customers",
        )
    if each.retry is not None:
        found["retry"] = _again(
            writer, f"{place}.retry", "Tries again", each.retry, "of those missed", "within 12 h"
        )
    if each.returns is not None:
        found["return"] = _again(
            writer, f"{place}.return", "Comes again", each.returns, "of those not resolved", "within 3 days"
        )
    service = f"{place}.service"
    found["service"] = _by_turns(writer, service, each) if by_turns else _by_work(writer, service, each)
    return found


def _arrivals(writer: Writer, place: str, each: QueueFit, drafted: DraftQueue) -> dict[str, Any]:
    found: dict[str, Any] = {"per_hour": [rounded(float(rate)) for rate in drafted.per_hour.ravel()]}
    days = int(each.volumes.series.has_rows.sum())
    a_week = float(drafted.per_hour.sum()) * each.volumes.series.interval_min / 60
    writer.note(
        f"{place}.per_hour",
        "Chats a week",
        "measured",
        "means of each weekday and interval; days without any chat are not known",
        _a_week(each, a_week),
        "chats",
        days,
        "days",
    )
    for key, spread, what in (
        ("busyness_cv", drafted.busyness, "days"),
        ("interval_cv", drafted.interval, "intervals"),
    ):
        value = spread_of(spread)
        if spread is None or value is None:
            writer.assumed(f"{place}.{key}", f"Spread of {what}", "no weekday was seen twice", 0.0)
            continue
        found[key] = value
        writer.note(
            f"{place}.{key}",
            f"Spread of {what} beyond chance",
            "measured",
            "variance within weekdays",
            Number(spread.value, spread.low, spread.high),
            "",
            days,
            "days",
        )
    return found


def _a_week(each: QueueFit, value: float) -> Number:
    """Chats of a usual week: each weekday's mean is of so many days, which vary beyond chance."""
    mean, days = each.volumes.pattern.mean, each.volumes.pattern.days.max(axis=1)
    of_day = np.nansum(mean, axis=1)
    alpha = 0.0 if each.volumes.dispersion is None else each.volumes.dispersion.day_alpha
    seen = (days > 0) & (of_day > 0)
    variance = float(((of_day + alpha * of_day**2)[seen] / days[seen]).sum())
    reach = 2.0 * float(np.sqrt(variance))
    return Number(value, value - reach, value + reach)


def _patience(writer: Writer, place: str, each: QueueFit) -> dict[str, Any]:
    title = "Patience in the queue"
    if each.hidden is not None:
        return _hazard(
            writer,
            place,
            title,
            each.hidden.hazard.law,
            len(each.waits.wait_s),
            "waits; those who left without a signal by expectation and maximisation",
        )
    if each.patience is None:
        return _few_gave_up(writer, place, each)
    if each.patience.pieces is not None:
        return _hazard(
            writer,
            place,
            title,
            each.patience.pieces.law,
            each.patience.gave_up,
            f"of {each.patience.n:,} who waited; answers cut waits off",
        )
    return writer.law(place, title, each.patience.fits, "who gave up; answers cut waits off", "customers")


def _hazard(writer: Writer, place: str, title: str, law: Distribution, n: int, source: str) -> dict[str, Any]:
    writer.note(
        f"{place}.hazard_per_s", f"{title}, hazard by pieces", "measured", source, None, "", n, "customers"
    )
    return dump(law)


def _few_gave_up(writer: Writer, place: str, each: QueueFit) -> dict[str, Any]:
    """Patience where hardly anybody gave up: time waited over those, or as usual."""
    seen = each.waits.seen
    waited = float(seen.value_s[seen.value_s > 0].sum())
    if seen.n and waited > 0:
        mean_s = waited / seen.n
        writer.note(
            f"{place}.mean_s",
            "Patience in the queue, mean",
            "inferred",
            "time waited over those who gave up, who are few",
            mean_s,
            "s",
            seen.n,
            "customers",
        )
        return {"law": "exponential", "mean_s": rounded(mean_s)}
    why = "nobody gave up" if each.chats else "no chats"
    writer.assumed(f"{place}.mean_s", "Patience in the queue, mean", f"{why}: as usual", 180.0, "s")
    return dict(_PATIENCE)


def _silence(writer: Writer, place: str, each: QueueFit) -> dict[str, Any] | None:
    silent = (
        each.hidden.silent if each.hidden is not None else each.patience.silent if each.patience else None
    )
    if silent is None or silent.share.value <= 0:
        return None
    writer.note(
        f"{place}.share",
        "Leave without a signal, of those whose patience ends",
        "measured",
        silent.how,
        silent.share,
        "share",
        silent.customers,
        "customers",
    )
    if each.detect:
        detect = writer.law(
            f"{place}.detect_s",
            "Until an agent notices",
            each.detect,
            "from the only reply to the end",
            "chats",
        )
    else:
        detect = dict(_DETECT)
        writer.assumed(f"{place}.detect_s.mean_s", "Until an agent notices", "not to be told", 180.0, "s")
    return {"share": rounded(silent.share.value), "detect_s": detect}


def _again(writer: Writer, place: str, title: str, again: Again, whose: str, when: str) -> dict[str, Any]:
    anyway = (
        f"; {100 * again.anyway:.0f} % come so soon anyway, and are taken off" if again.anyway > 0.005 else ""
    )
    source = f"{whose} whose customer is known, {when}{anyway}"
    writer.note(f"{place}.probability", title, "measured", source, again.share, "share", again.n, "chats")
    delay = writer.law(
        f"{place}.delay_s", f"{title}, delay", again.delay, "from leaving to the next chat", "chats"
    )
    return {"probability": rounded(again.share.value), "delay_s": delay}


def _quality(writer: Writer, queues: Sequence[QueueFit]) -> dict[str, Any] | None:
    """Resolution, where customers come again because of it: measured, or as many as come again."""
    if not any(each.returns for each in queues):
        return None
    known = [each for each in queues if each.resolved is not None]
    chats = sum(each.chats for each in known)
    value = sum(each.resolved.value * each.chats for each in known if each.resolved is not None) / chats
    number = known[0].resolved if len(known) == 1 else value
    writer.note(
        "quality.resolution",
        "Resolved, of served",
        "measured",
        "as recorded",
        number,
        "share",
        chats,
        "chats",
    )
    writer.assumed("quality.multitasking", "Less resolved with each further chat", "not to be told", 0.0)
    return {"resolution": rounded(value), "multitasking": 0.0}


def _by_turns(writer: Writer, place: str, each: QueueFit) -> dict[str, Any]:
    talk = each.talk
    whose = "" if each.is_own else "; of all queues together"
    if talk is None:
        for key, title, value in (
            ("turns", "Turns", TURNS),
            ("agent_s", "An agent's time for a reply", AGENT_S),
            ("customer_s", "A customer's time for a message", CUSTOMER_S),
            ("wrap_up_s", "Wrap-up", WRAP_UP_S),
        ):
            mean = "mean" if key == "turns" else "mean_s"
            writer.assumed(
                f"{place}.{key}.{mean}", title, "too few answered chats with messages: as usual", value, ""
            )
        return {
            "turns": {"law": "geometric", "mean": TURNS},
            "agent_s": {"law": "lognormal", "mean_s": AGENT_S, "cv": 0.9},
            "customer_s": {"law": "lognormal", "mean_s": CUSTOMER_S, "cv": 1.4},
            "wrap_up_s": {"law": "exponential", "mean_s": WRAP_UP_S},
        }
    found: dict[str, Any] = {"turns": dump(talk.turns.law)}
    key = "mean" if "mean" in found["turns"] else "values"
    writer.note(
        f"{place}.turns.{key}",
        "Replies of a chat, mean",
        "measured",
        f"replies over chats that came to their end{whose}",
        talk.turns.mean,
        "",
        talk.turns.chats,
        "chats",
    )
    found["agent_s"] = writer.law(
        f"{place}.agent_s",
        "An agent's time for a reply",
        talk.agent,
        f"from the message, or what they did before, to the reply{whose}",
        "replies",
    )
    if talk.customer:
        found["customer_s"] = writer.law(
            f"{place}.customer_s",
            "A customer's time for a message",
            talk.customer,
            f"from a reply to their next message{whose}",
            "messages",
        )
    else:
        found["customer_s"] = {"law": "lognormal", "mean_s": CUSTOMER_S, "cv": 1.4}
        writer.assumed(
            f"{place}.customer_s.mean_s",
            "A customer's time for a message",
            "too few: as usual",
            CUSTOMER_S,
            "s",
        )
    return found | _wrap_up(writer, place, each)


def _wrap_up(writer: Writer, place: str, each: QueueFit) -> dict[str, Any]:
    talk, seen = each.talk, writer.seen
    if talk is None or not talk.wrap_up:
        writer.assumed(f"{place}.wrap_up_s", "Wrap-up", "none is recorded: taken as none", 0.0, "s")
        return {}
    source = "from the end of the conversation to the release"
    if not seen.ends_with_reply:
        source = "from the last reply to the release: conversations are ended later than that"
    found: dict[str, Any] = {
        "wrap_up_s": writer.law(f"{place}.wrap_up_s", "Wrap-up", talk.wrap_up, source, "chats")
    }
    if not seen.wrap_up_attention:
        found["wrap_up_attention"] = False
        writer.note(
            f"{place}.wrap_up_attention",
            "Wrap-up takes attention",
            "inferred",
            "agents write in other chats meanwhile: it holds the slot alone",
        )
    return found


def _by_work(writer: Writer, place: str, each: QueueFit) -> dict[str, Any]:
    if not each.work:
        writer.assumed(
            f"{place}.work_s.mean_s", "Handling time, mean", "too few answered chats: as usual", 300.0, "s"
        )
        return {"work_s": {"law": "lognormal", "mean_s": 300.0, "cv": 1.0}}
    whose = "" if each.is_own else "; of all queues together"
    found = {
        "work_s": writer.law(
            f"{place}.work_s",
            "Handling time",
            each.work,
            f"from acceptance to the end, no messages being recorded{whose}",
            "chats",
        )
    }
    seen = writer.seen
    held_s = np.round(seen.chats.chat.released_s - seen.chats.chat.ended_s, 6)[seen.is_accepted]
    if np.isfinite(held_s).any() and float(np.nanmax(held_s)) > 0:
        fits = fits_of(Durations.of(held_s, seen.day[seen.is_accepted]))
        if fits:
            found["wrap_up_s"] = writer.law(
                f"{place}.wrap_up_s", "Wrap-up", fits, "from the end to the release", "chats"
            )
    return found


def _groups(
    writer: Writer, teams: Sequence[Team], queues: Sequence[str], switching: Number | None, *, by_turns: bool
) -> list[dict[str, Any]]:
    if not teams:
        writer.assumed(
            "groups.0.agents",
            "Agents",
            "nobody knows who answered: enough for the busiest interval",
            writer.made.agents,
            "agents",
        )
        writer.assumed("groups.0.concurrency", "Chats at once", "as usual", CONCURRENCY, "chats")
        slots = CONCURRENCY if by_turns else 1
        return [
            {"name": "Agents", "queues": list(queues), "concurrency": slots, "agents": writer.made.agents}
        ]
    return [_group(writer, f"groups.{g}", team, switching, by_turns=by_turns) for g, team in enumerate(teams)]


def _group(
    writer: Writer, place: str, team: Team, switching: Number | None, *, by_turns: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {"name": team.name, "queues": list(team.queues), "concurrency": team.cap.value}
    sources = {
        "recorded": "the platform's own limit",
        "reached": f"reached on {100 * team.cap.at_most:.0f} % of agents' days",
        "at least": f"at least: the most that were held, on {100 * team.cap.at_most:.0f} % of agents' days",
    }
    how: How = "inferred" if team.cap.how == "at least" else "measured"
    writer.note(
        f"{place}.concurrency",
        "Chats at once",
        how,
        sources[team.cap.how],
        team.cap.value,
        "chats",
        team.cap.days,
        "agents' days",
    )
    if by_turns:
        title = "Longer replies with several chats"
        if switching is None:
            writer.assumed(f"{place}.switching", title, "too few turns with one chat held, or with more", 0.0)
        else:
            writer.note(
                f"{place}.switching", title, "measured", "turns by chats held as they are begun", switching
            )
            if writer.factor:
                found["switching"] = rounded(writer.factor)
    found["staffing_by_day"] = staffing_by_day(writer.seen, team.staffed)
    hours = [
        float(each.sum()) * writer.made.interval_min / 60 for each in weeks_of(writer.seen, team.staffed)
    ]
    source = (
        "recorded status"
        if team.staffed.is_recorded
        else ("from chats: spells with chats, gaps of 15 minutes bridged, up to first chat to last")
    )
    writer.note(
        f"{place}.staffing_by_day",
        "Agents' hours a week",
        "measured" if team.staffed.is_recorded else "inferred",
        source,
        Number(hours[0], hours[1], hours[2]) if not team.staffed.is_recorded else hours[0],
        "h",
        writer.seen.n_days,
        "days",
    )
    return found


def weeks_of(seen: Seen, staffed: Staffed) -> Iterator[Floats]:
    """Agents by weekday and interval: what the scenario takes, and the ends of the range."""
    known = known_days(seen, staffed)
    for levels in (staffed.agents, staffed.low, staffed.high):
        yield by_weekday(seen, levels, known)


def known_days(seen: Seen, staffed: Staffed) -> Flags:
    """Days whose staffing is known: with duty, or without any chat where others of the weekday have none."""
    came = np.bincount(seen.day, minlength=seen.n_days) > 0
    on = staffed.agents.sum(axis=1) > 0
    return np.asarray(on if staffed.is_recorded else came)


def staffing_by_day(seen: Seen, staffed: Staffed) -> dict[str, list[int]]:
    """Whole agents by weekday, the remainder carried on from interval to interval."""
    week = next(weeks_of(seen, staffed))
    found = {name.value: whole(row).tolist() for name, row in zip(Weekday, week, strict=True) if row.any()}
    return found or {"mon": [0] * week.shape[1]}


def whole(levels: Floats) -> Ints:
    """Whole numbers whose running totals stay within a half of those of the levels."""
    found, left = np.zeros(len(levels), dtype=np.int64), 0.0
    for k, level in enumerate(levels):
        if level < 0.02:
            left = 0.0
            continue
        found[k] = max(int(np.floor(level + left + 0.5)), 0)
        left += float(level) - float(found[k])
    return found
