"""Which engines are there to choose from?"""

from __future__ import annotations

from enum import StrEnum


class Engine(StrEnum):
    """Engines to choose from."""

    REFERENCE = "reference"
    """SimPy: the specification."""
