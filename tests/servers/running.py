"""How is a server started and stopped? On a free port of 127.0.0.1, with an empty database, in a folder of its own.

`python -m tests.servers.running supchat` starts one to try things with, until Ctrl-C.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.servers.environments import python_of
from tests.servers.settings import FILES

STARTING_S = 60
"""Longest that a server may take until it answers."""
AGENTS = 30
"""Accounts of agents that a server has."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    environ: dict[str, str]
    """What the adapter reads from the environment: where the credentials are."""

    @property
    def target(self) -> str:
        """As ``--target`` names it."""
        return f"{self.name}+{self.url}"


@contextmanager
def running(server: str, folder: Path, *, detuned: bool = False) -> Iterator[Running]:
    """Start a server in an empty folder, wait until it answers, and stop it at the end.

    Raises
    ------
    NotInstalledError
        If it can't be installed.
    """
    python = python_of(server)
    for name, text in FILES[server].items():
        (folder / name).write_text(text)
    key = secrets.token_urlsafe(60)
    heartbeat = {} if detuned else {"HEARTBEAT_INTERVAL": 1}
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "chat_settings",
        "PYTHONPATH": str(folder),
        "CHAT_KEY": key,
        "CHAT_SETTINGS": json.dumps({"RATE_LIMIT": {"MESSAGES": 0, "WINDOW": 60}, **heartbeat}),
    }
    secret = folder / "credentials.txt"
    secret.write_text(key if server == "stapel" else _accounts())
    port = _free_port()
    with (folder / "server.log").open("wb") as log:

        def run(*command: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([python, *command], cwd=folder, env=environ, stdout=log, stderr=log)

        for step in _preparation(server, secret):
            assert run(*step).wait(STARTING_S) == 0, (folder / "server.log").read_text()[-2000:]
        process = run("serve.py", str(port), "8" if detuned else "300")
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process, folder / "server.log")
            variable = "SIM_LOAD_KEY_FILE" if server == "stapel" else "SIM_LOAD_ACCOUNTS_FILE"
            yield Running(server, f"http://127.0.0.1:{port}", process, {variable: str(secret)})
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()


def _preparation(server: str, secret: Path) -> Iterator[tuple[str, ...]]:
    yield "-m", "django", "migrate", "-v", "0"
    if server == "supchat":
        yield "accounts.py", str(secret)


def _accounts() -> str:
    """Names and passwords of agents, a line each."""
    return "".join(f"agent{number}:{secrets.token_urlsafe(12)}\n" for number in range(AGENTS))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers anything, 404 too."""
    until = time.monotonic() + STARTING_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(url, timeout=5).close()
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not start: {log.read_text()[-2000:]}")


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as place,
        running(sys.argv[1], Path(place)) as server,
        suppress(KeyboardInterrupt),
    ):
        print(f"{server.target}\n" + "\n".join(f"{name}={value}" for name, value in server.environ.items()))
        server.process.wait()
