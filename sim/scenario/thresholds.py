"""When has a load been too much? Thresholds in words: ``missed_rate > 10% over stage``.

A threshold says when a figure fails, as the thresholds of load testers do: it is broken above a value, or
below one. It binds the centre, or a queue or group that is named before the figure: ``orders.asa_s > 60``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast, get_args

from pydantic import ValidationError

from sim.errors import ThresholdError
from sim.scenario.figures import FIGURES, Sided
from sim.scenario.targets import elsewhere, value_reader
from sim.scenario.words import did_you_mean

Over = Literal["stage", "run", "interval"]
"""Over what the figure is taken: each stage; the whole run; each planning interval."""
EXAMPLE = "write one such as missed_rate > 0.1, or orders.asa_s > 60 over run"
_FORM = re.compile(r"(?P<figure>[^<>]+?)\s*(?P<sign>[<>]=?)\s*(?P<value>[^\s<>]+)\s*(?P<unit>%)?(?P<rest>.*)")
_REST = re.compile(r"\s*over\s+(?P<over>\S+)")


class Threshold(NamedTuple):
    """A figure, and the value beyond which it fails."""

    text: str
    """As it was written."""
    figure: str
    side: Sided
    """On which side of the value it is kept."""
    value: float
    over: Over
    kind: Literal["", "queue", "group"] = ""
    """Whose figure it is; empty for the centre's."""
    name: str = ""


def read_threshold(text: str, queues: Sequence[str], groups: Sequence[str]) -> Threshold:
    """Read ``FIGURE > VALUE``, or ``QUEUE.FIGURE < VALUE over run``; shares may be per cent.

    >>> read_threshold("orders.missed_rate > 10% over run", ["orders"], [])[1:]
    ('missed_rate', 'at most', 0.1, 'run', 'queue', 'orders')

    Raises
    ------
    ThresholdError
        If it says something else; tells what, and what may have been meant.
    """
    match = _FORM.fullmatch(text.strip())
    rest = None if match is None else _REST.fullmatch(match["rest"])
    if match is None or (match["rest"].strip() and rest is None):
        raise ThresholdError(f"is no threshold; {EXAMPLE}")
    figure, kind, name = _whose(match["figure"], queues, groups)
    over = cast("Over", "stage" if rest is None else rest["over"])
    if over not in get_args(Over):
        raise ThresholdError(f"is judged over stage, run or interval, not over {over}")
    side: Sided = "at most" if match["sign"].startswith(">") else "at least"
    value = _value(match["value"] + (match["unit"] or ""), figure)
    return Threshold(text.strip(), figure, side, value, over, kind, name)


def _whose(
    text: str, queues: Sequence[str], groups: Sequence[str]
) -> tuple[str, Literal["", "queue", "group"], str]:
    """Figure, and the kind and name of whose it is."""
    name, _, figure = text.rpartition(".")
    if figure not in FIGURES:
        known = did_you_mean(figure, list(FIGURES)) or "; `sim kpis` has all of them"
        raise ThresholdError(f"no key figure is called {figure!r}{known}")
    if not name:
        return figure, "", ""
    if name in queues and FIGURES[figure].queue:
        return figure, "queue", name
    if name in groups and FIGURES[figure].group:
        return figure, "group", name
    if name in queues or name in groups:
        raise ThresholdError(elsewhere(figure, "queue" if name in queues else "group"))
    raise ThresholdError(f"no queue or group is called {name!r}{did_you_mean(name, [*queues, *groups])}")


def _value(text: str, figure: str) -> float:
    """Value of a figure, per cent being hundredths."""
    is_share = FIGURES[figure].unit == "share"
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        raise ThresholdError(f"has no number on the right of its sign but {text!r}; {EXAMPLE}") from None
    if text.endswith("%"):
        if not is_share:
            raise ThresholdError(f"{figure} is no share: give it in {FIGURES[figure].unit}, without %")
        value /= 100
    try:
        return value_reader(figure).validate_python(value)
    except ValidationError:
        if text.endswith("%"):
            raise ThresholdError(f"{figure} can't be {text}: it is from 0 to 100 %") from None
        hint = f"; {value:g} % is {value / 100:g}" if is_share and 1 < value <= 100 else ""
        where = "from 0 to 1" if is_share else f"in {FIGURES[figure].unit}"
        raise ThresholdError(f"{figure} can't be {value:g}: it is {where}{hint}") from None
