"""Which files are looked through for examples: those that have one."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Of several hundred modules three dozen have examples; of the others each class would be looked at."""
    found = yield
    others = [each for each in found if not isinstance(each, DoctestModule)]
    return found if len(others) == len(found) or ">>> " in file_path.read_text(encoding="utf-8") else others
