"""Tools of JavaScript for the tests: installed into a folder of their own on first use, never into the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import ROOT

FOLDER = Path(os.environ.get("SIM_NPM", ROOT / ".npm-tools"))
VERSIONS = {"typescript": "5.9.3", "@types/node": "20", "axe-core": "4.11.0"}
INSTALLING_S = 180


def package(name: str) -> Path:
    """Give the folder of a package of npm; skip the test where it can't be installed."""
    program = shutil.which("npm")
    if program is None:
        pytest.skip(f"npm is not installed: {name} can't be had")
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = FOLDER / "installed.json"
    with FileLock(f"{FOLDER}.lock"):
        if not done.exists() or json.loads(done.read_text()) != VERSIONS:
            wanted = [f"{each}@{version}" for each, version in VERSIONS.items()]
            flags = ["--no-save", "--no-package-lock", "--silent", "--prefix", str(FOLDER)]
            try:
                subprocess.run([program, "install", *flags, *wanted], check=True, timeout=INSTALLING_S)
            except (OSError, subprocess.SubprocessError) as error:
                pytest.skip(f"npm can't install {', '.join(wanted)}: {error}")
            done.write_text(json.dumps(VERSIONS))
    return FOLDER / "node_modules" / name
