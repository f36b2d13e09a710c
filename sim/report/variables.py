"""What is a field called that is varied, and what its values? In the words of planners."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from sim.report.result import Column
from sim.scenario.scenario import Scenario
from sim.scenario.vary import Change, Operator, Vary

_KEYS = {"agents": "agents", "concurrency": "chats at once", "per_hour": "chats an hour"}
"""Keys of scenarios in a planner's words."""
_HEAD = 12
"""Letters of a line in the head of a variable, where words allow."""
_SIGNS: dict[Operator, str] = {"=": "", "*=": "×", "+=": "+"}


def variable(scenario: Scenario, vary: Vary) -> str:
    """What varies, in words; whose it is only if there are several.

    A path of another kind is its own best name.
    """
    first, *rest = vary.path.split(".")
    owners = {"queues": scenario.queues, "groups": scenario.groups}.get(first)
    if owners is None or len(rest) < 2:
        return f"{vary.path} {_SIGNS[vary.operator]}".rstrip()
    owner, *keys = rest
    is_plain = keys[0] in {keys[-1], "arrivals", "shifts"}
    name = _KEYS.get(keys[-1], ".".join(keys)) if is_plain else ".".join(keys)
    sign = _SIGNS[vary.operator]
    if len(owners) > 1:
        name += f", all {first}" if owner == "*" else f", {_owner(owners, owner)}"
    return f"{name} {sign}".rstrip()


def _owner(owners: Sequence[Any], owner: str) -> str:
    return str(owners[int(owner)].name) if owner.isdigit() and int(owner) < len(owners) else owner


def column(scenario: Scenario, vary: Vary) -> Column:
    """Column of the values of a variable."""
    return Column(vary.path, fill(variable(scenario, vary), _HEAD, break_long_words=False), form="setting")


def plain(value: Any) -> bool | int | float | str:
    """A value as a cell of a table: as it is, a table of a scenario in words."""
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return value if isinstance(value, bool | int | float | str) else str(value)


def value_text(change: Change) -> str:
    """Value of a variable: as it is, or what it does to what stands there."""
    value = plain(change.value)
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if change.operator == "+=" and text.startswith("-"):
        return text
    return f"{_SIGNS[change.operator]}{text}"


def setting(name: str, change: Change) -> str:
    """Variable of a *name* and its value, as one says it: ``8 agents``, ``1 chat at once``."""
    value = value_text(change)
    words = _KEYS.get(change.path.rsplit(".", 1)[-1])
    if words is None or not name.startswith(words) or change.operator != "=":
        return f"{name.removesuffix(_SIGNS[change.operator]).rstrip()} {value}"
    one = words.split(" ", 1)
    return " ".join([value, name if value != "1" else name.replace(one[0], one[0].removesuffix("s"), 1)])
