"""With which accounts and keys does an adapter log in? Those of the environment, or of files it names.

They are in no address, log, result or message of an error; those name the variable alone.
"""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import LoadError
from sim.scenario.source import read_bytes

ACCOUNTS_FILE = "SIM_LOAD_ACCOUNTS_FILE"
"""Variable with the path of a file of accounts: ``name:password``, a line an agent."""
KEY, KEY_FILE = "SIM_LOAD_KEY", "SIM_LOAD_KEY_FILE"
"""Variables with a key, or with the path of a file that holds it alone."""


def accounts(adapter: str, wanted: int) -> list[tuple[str, str]]:
    """Names and passwords of agents, in the order of the file.

    Raises
    ------
    LoadError
        If there is no such file, a line is no account, or it has fewer than *wanted*.
    """
    text = _file(adapter, ACCOUNTS_FILE, "a file with the agents' accounts, one name:password a line")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    found = []
    for number, line in lines:
        name, _, password = line.strip().partition(":")
        if not name or not password:
            raise LoadError(f"{ACCOUNTS_FILE}: line {number} must be name:password")
        found.append((name, password))
    if len(found) < wanted:
        raise LoadError(
            f"{ACCOUNTS_FILE}: the scenario has {wanted:,} agents, the file accounts for {len(found):,}"
        )
    return found


def key(adapter: str) -> str:
    """Give the key that an adapter signs with.

    Raises
    ------
    LoadError
        If there is none.
    """
    given = os.environ.get(KEY)
    return given or _file(adapter, KEY_FILE, f"a file with the server's key; or set {KEY}").strip()


def _file(adapter: str, variable: str, meaning: str) -> str:
    """Read the file that a variable of the environment names."""
    path = os.environ.get(variable)
    if not path:
        raise LoadError(f"the adapter {adapter} needs {variable} in the environment: {meaning}")
    try:
        return read_bytes(Path(path)).decode()
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is no text"
        raise LoadError(f"{variable}: can't read {path}: {cause}") from None
