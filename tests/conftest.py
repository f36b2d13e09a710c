"""How Hypothesis runs, and where the project's files lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Derandomised: a run of the tests gives the same result twice. SIM_SCALE makes more worlds, not other luck.
settings.register_profile("normal", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
settings.load_profile("normal")

ROOT = Path(__file__).parent.parent
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def scenario_file(request: pytest.FixtureRequest) -> Path:
    """Each scenario that the project ships."""
    path: Path = request.param
    return path
