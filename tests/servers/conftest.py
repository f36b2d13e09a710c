"""Servers that run while a test does, all at once; skipped with the reason where they can't be installed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.environments import PACKAGES, NotInstalledError
from tests.servers.running import Running, running


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Running]]:
    """Each healthy server, fresh, by name."""
    with ExitStack() as stack, ThreadPoolExecutor() as pool:

        def start(name: str) -> Running:
            folder: Path = tmp_path_factory.mktemp(name)
            return stack.enter_context(running(name, folder))

        try:
            yield dict(zip(PACKAGES, pool.map(start, PACKAGES), strict=True))
        except NotInstalledError as error:
            pytest.skip(f"a chat server can't be installed here: {error}")
