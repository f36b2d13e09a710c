"""When do benchmarks run? Only when this folder is named on the command line, or with --benchmark-only."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the benchmarks, unless they are asked for; modules that aren't tests have nothing to collect."""
    if collection_path.suffix == ".py" and not collection_path.name.startswith("test_"):
        return True
    if collection_path.name == "test_benchmarks.py" and not _asked_for(config):
        return True
    return None


def _asked_for(config: pytest.Config) -> bool:
    named = [Path(config.invocation_params.dir, arg.split("::")[0]) for arg in config.invocation_params.args]
    return bool(config.getoption("benchmark_only", default=False)) or any(
        path.resolve().is_relative_to(HERE) for path in named
    )
