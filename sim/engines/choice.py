"""Which engines are there to choose from?"""

from __future__ import annotations

from enum import StrEnum


class Engine(StrEnum):
    """Engines to choose from."""

    KERNEL = "kernel"
    """Compiled, and fast."""
    REFERENCE = "reference"
    """SimPy: the specification."""
