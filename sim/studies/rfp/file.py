"""How does a request come from a file? TOML text in, a valid request out, or every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Problem, ScenarioError
from sim.scenario.files import data_of, text_of
from sim.scenario.hours import OpeningHours
from sim.scenario.record import Record
from sim.scenario.rfp import ChatService, Language, Offer, Rfp, Speakers, Volume
from sim.scenario.targets import Targets
from sim.scenario.toml_positions import Places
from sim.scenario.units import FROM_FILE
from sim.scenario.words import Place, did_you_mean, problems

_TABLES: dict[str, type[Record]] = {
    "volume": Volume, "service": ChatService, "languages": Language, "teams": Speakers,
    "hours": OpeningHours, "targets": Targets, "bid": Offer,
}  # fmt: skip


def load_rfp(path: str | Path) -> Rfp:
    """Read the request for proposal in the TOML file at *path*.

    Raises
    ------
    ScenarioError
        With every problem found, each with line, place, law and value.
    """
    path = Path(path)
    data, where = data_of(text_of(path), str(path))
    try:
        return Rfp.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        found = list(problems(error, data, str(path), _advice, where))
        found += problems_between(error, data, str(path), where)
        found.sort(key=lambda each: (each.line or 0, each.column or 0))
        raise ScenarioError(list(dict.fromkeys(found))) from None


def problems_between(
    error: ValidationError, data: Mapping[str, Any], file: str, where: Places
) -> Iterator[Problem]:
    """Laws between the tables that are valid by themselves, where others are not."""
    broken = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    sound = {key: value for key, value in data.items() if key not in broken and key in Rfp.model_fields}
    if "languages" in broken:
        sound.pop("teams", None)
    if broken & {"languages", "teams", "service"}:
        sound.pop("bid", None)
    sound = {"volume": {"per_month": 1.0}, "service": {"aht_s": 1.0}} | sound
    try:
        Rfp.model_validate(sound, context=FROM_FILE)
    except ValidationError as more:
        yield from problems(more, sound, file, _advice, where)


def _advice(detail: Any, place: Place) -> str:
    """What may have been meant by an unknown key."""
    if detail["type"] != "extra_forbidden":
        return ""
    above = [key for key in place[:-1] if isinstance(key, str)]
    kind = _TABLES.get(above[0]) if len(above) == 1 else None if above else Rfp
    return did_you_mean(str(place[-1]), kind.names()).removeprefix("; ") if kind else ""
