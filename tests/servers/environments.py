"""Where is each server installed? In a Python environment of its own, made on first use.

`python -m tests.servers.environments` installs all of them. They come from PyPI in the versions written here, go
into the folder `.servers` (or that of ``SIM_SERVERS``), and nothing of them is ever imported into the product. The
product's own dependencies are enough to install them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

FOLDER = Path(os.environ.get("SIM_SERVERS", Path(__file__).parents[2] / ".servers"))
PACKAGES = {
    "supchat": ("django-supchat==1.8.0", "Django==5.2.*", "waitress==3.*"),
    "stapel": (
        "stapel-chat[realtime]==0.11.0",
        "stapel-core==0.95.0",
        "stapel-realtime==0.2.3",
        "uvicorn==0.*",
        "websockets",
    ),
}
"""What is installed for each server."""
INSTALLING_S = 900
"""Longest that the installation of a server may take."""


class NotInstalledError(Exception):
    """A server can't be installed here; says why."""


def python_of(server: str) -> Path:
    """Give the Python of a server's environment, which is made if it is missing or of other versions.

    Raises
    ------
    NotInstalledError
        If it can't be made, as without a package index.
    """
    folder = FOLDER / server
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "installed.txt"
    wanted = "\n".join(PACKAGES[server])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not done.exists() or done.read_text() != wanted:
            done.unlink(missing_ok=True)
            _run(sys.executable, "-m", "venv", "--clear", folder)
            _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES[server])
            done.write_text(wanted)
    return python


def _run(*command: str | Path) -> None:
    """Run a step of the installation."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALLING_S)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise NotInstalledError(said[-1] if said else str(error)) from error


if __name__ == "__main__":
    for name in PACKAGES:
        print(f"{name}: {python_of(name)}")
