"""How Hypothesis runs, which tests are fast, and where the project's files lie."""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Derandomised: a run of the tests gives the same result twice. SIM_SCALE makes more worlds, not other luck.
settings.register_profile("normal", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
settings.load_profile("normal")

ROOT = Path(__file__).parent.parent
LONG = ("theory", "benchmarks", "notebooks", "servers")
"""Folders whose tests simulate many days, time, open a browser, or start chat servers."""
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose what `-m fast` runs: the first case of each test, but none of long folders, studies and nights."""
    seen = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        is_long = item.path.parent.name in LONG or any(map(item.get_closest_marker, ("slow", "nightly")))
        if test not in seen and not is_long:
            item.add_marker("fast")
        seen.add(test)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare Python's search for cycles the million objects of modules and tests, which stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def scenario_file(request: pytest.FixtureRequest) -> Path:
    """Each scenario that the project ships."""
    path: Path = request.param
    return path
