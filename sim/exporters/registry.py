"""As what can a log leave? The formats by name."""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import LogError, short
from sim.exporters.base import Export
from sim.exporters.chatwoot import CHATWOOT
from sim.exporters.intercom import INTERCOM
from sim.exporters.livechat import LIVECHAT
from sim.exporters.ocel import OCEL
from sim.exporters.tables import TABLES
from sim.exporters.zendesk import ZENDESK
from sim.scenario.words import did_you_mean

EXPORTS: Mapping[str, Export] = {
    each.name: each for each in (ZENDESK, LIVECHAT, INTERCOM, CHATWOOT, TABLES, OCEL)
}  # fmt: skip
"""Formats by name."""


def export_of(name: str) -> Export:
    """Format by *name*; raises `LogError` with the nearest for what is none."""
    if name not in EXPORTS:
        hint = did_you_mean(name, list(EXPORTS)) or f"; there are {', '.join(EXPORTS)}"
        raise LogError(f"--to: no format is called {short(name)!r}{hint}")
    return EXPORTS[name]
