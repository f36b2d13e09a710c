"""Which averages are plausible only in other units, or by another definition? Said before anything is fitted.

A fit finds numbers for almost any averages, so what no centre has is looked for in the averages themselves:
minutes given as seconds, hours given as agents, shares in per cent.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.averages import Averages, Shown
from sim.scenario.units import HOUR_S

OFF = 0.10
"""Hours on duty that are further off than this from what the other averages say are doubted."""
_FAR_OFF = 1.8
"""Agents that are so many times too many or too few are likely to be something else."""
_SHORTEST_AHT_S = 60.0
_SHORTEST_REPLY_S = 3.0
"""Nobody reads and answers faster, on average."""
_LEAST_SHARE = 0.05
"""Of a chat's time: less than this is hardly taken by all replies."""
_IMPATIENT_S, _PATIENT_S = 15.0, 7_200.0
"""Mean patience below or above which ASA and missed share hardly belong together."""
_MISSED, _LATE = 0.02, 0.95
"""Missed share from which, and service level up to which, customers wait for want of slots."""
_IDLE = 0.35
"""Share of slots held, at the peak, below which nobody waits."""
_LONG_DAY_H = 4.0
"""Agents and hours can be told apart on days that are no shorter."""


def hours_off(centre: Averages) -> float | None:
    """Agents on duty that chats, AHT, concurrency and occupancy speak of, over those said to be; or None.

    Little's law: chats handled × AHT = hours on duty × occupancy × concurrency.
    """
    chat_hours = 0.0
    for queue in range(len(centre.lines)):
        shown = centre.shown(queue)
        if shown.handled_s is None:
            return None
        chat_hours += centre.chats_by(1, queue)[0] * (1 - min(shown.missed, 1.0)) * shown.handled_s / HOUR_S
    slot_hours = 0.0
    for team in centre.teams:
        held = _held_on_duty(Shown.model_construct(**dict(centre.averages) | team.averages.given()))
        if held is None:
            return None
        slot_hours += held * team.hours_a_day(centre.open_h)
    return chat_hours / slot_hours if slot_hours > 0 else None


def _held_on_duty(shown: Shown) -> float | None:
    """Chats that an agent on duty holds, on average; None where that is not known."""
    if shown.concurrency is None:
        return None
    if shown.concurrency.reading == "on duty":
        return shown.concurrency.value
    if shown.occupancy is None or shown.occupancy.reading != "time":
        return None
    return shown.concurrency.value * shown.occupancy.value


def likely_slips(centre: Averages) -> Iterator[str]:
    """Averages that are plausible, but only in other units or by another definition."""
    found = [slip for queue in range(len(centre.lines)) for slip in _of_queue(centre, queue)]
    if 0 < centre.threshold_s <= _SHORTEST_REPLY_S:
        found.append(f"threshold_s = {centre.threshold_s:g}: is it in minutes?")
    yield from dict.fromkeys([*found, *_agents(centre)])


def _of_queue(centre: Averages, queue: int) -> Iterator[str]:
    """Slips in what is known of a queue, with its name where there are several."""
    shown = centre.shown(queue)
    name = f"{centre.lines[queue].name}: " if centre.queues is not None else ""
    yield from (f"{name}{slip}" for slip in [*_minutes(shown), *_patience(shown)])


def _minutes(shown: Shown) -> Iterator[str]:
    """Times that look like minutes."""
    turns, duration_s = shown.turns, shown.duration_s
    if shown.aht_s is not None and 0 < shown.aht_s.value < _SHORTEST_AHT_S:
        yield f"aht_s = {shown.aht_s.value:g} is a chat of {shown.aht_s.value:g} s: is it in minutes?"
    if shown.response_s is not None and shown.response_s.value > 0:
        value = shown.response_s.value
        replies_s = (turns or 1.0) * value
        if value < _SHORTEST_REPLY_S:
            yield (
                f"response_s = {value:g} is a reply within {value:g} s: is it in minutes (then write "
                f"{60 * value:g}), or are greetings counted?"
            )
        elif turns is not None and duration_s is not None and replies_s < _LEAST_SHARE * duration_s:
            yield (
                f"{turns:g} replies of {value:g} s are {replies_s:.0f} s of a chat of {duration_s:g} s: are "
                "canned replies or greetings counted, or is the response in another unit?"
            )
    if shown.wrap_up_s is not None and 0 < shown.wrap_up_s.value < _SHORTEST_REPLY_S:
        yield f"wrap_up_s = {shown.wrap_up_s.value:g}: is it in minutes?"


def _patience(shown: Shown) -> Iterator[str]:
    """A patience that nobody has: ASA and missed share don't belong together."""
    if shown.asa_s is None or shown.missed_rate is None or shown.asa_s.reading != "answered":
        return
    missed, asa_s = shown.missed_rate.value, shown.asa_s.value
    if shown.missed_rate.reading != "offered" or missed <= 0:
        return
    patience_s = asa_s / missed
    start = f"ASA {asa_s:g} s ÷ missed share {missed:g} is a patience of about {patience_s:,.0f} s"
    if patience_s > _PATIENT_S:
        yield f"{start}: are missed chats those of offered, and is ASA in seconds?"
    if patience_s < _IMPATIENT_S and missed >= _MISSED:
        yield (
            f"{start}: is ASA in minutes, or of only some of the chats, or is the share in per cent "
            f"({missed:g} % is {missed / 100:.3g})?"
        )


def _agents(centre: Averages) -> Iterator[str]:
    """Agents that are hours, heads, or those of another number of days."""
    hours, off = centre.open_h, hours_off(centre)
    if off is None:
        share = _held_at_peak(centre)
        if share is not None and share < _IDLE and _waits(centre):
            yield (
                f"at the peak about {100 * share:.0f} % of the slots on duty are held, so nobody "
                "should wait, and yet customers do: are agents given in hours, or all who are employed, or "
                "is AHT divided by concurrency?"
            )
        return
    if 1 / off > _FAR_OFF:
        is_of_hours = hours >= _LONG_DAY_H and 1 / _FAR_OFF < 1 / off / hours < _FAR_OFF
        what = (
            f"and the centre is open for {hours:g} hours: are agents given in hours"
            if is_of_hours
            else "are they all who are employed, rather than on duty at a time, or hours"
        )
        join = ", " if is_of_hours else ": "
        yield f"agents are about {1 / off:.1f} times as many as the other averages speak of{join}{what}?"
    elif off > _FAR_OFF:
        yield (
            f"agents are about {off:.1f} times too few for the other averages: is a team missing, or are the "
            "chats those of more days or channels?"
        )


def _held_at_peak(centre: Averages) -> float | None:
    """Share of the slots on duty that chats hold in the busiest hour; None where that is not known."""
    slots = centre.slots_by_hour()
    if slots is None:
        return None
    held = [0.0] * len(slots)
    for queue in range(len(centre.lines)):
        shown = centre.shown(queue)
        if shown.aht_s is None:
            return None
        for k, chats in enumerate(centre.chats_by(len(slots), queue)):
            held[k] += chats * shown.aht_s.value / HOUR_S
    return max((chats / n for chats, n in zip(held, slots, strict=True) if n > 0), default=None)


def _waits(centre: Averages) -> bool:
    """Whether customers wait so much that slots must be short."""
    shown = [centre.shown(queue) for queue in range(len(centre.lines))]
    levels = [each.service_level.value for each in shown if each.service_level is not None]
    return max(each.missed for each in shown) >= _MISSED or min(levels, default=1.0) <= _LATE
