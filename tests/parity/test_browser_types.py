"""The types that the browser's modules say they have are checked, as mypy checks Python's."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.conftest import ROOT
from tests.npm import package

STRICT = ("--noEmit", "--allowJs", "--checkJs", "--strict", "--noUnusedLocals", "--noImplicitReturns")
LIBRARY = ("--skipLibCheck",)
"""The declarations of the language and of browsers are not ours, and are most of what there is to check."""
MODERN = ("--target", "es2023", "--module", "es2022", "--lib", "es2023,dom")


@pytest.mark.slow
def test_the_browsers_modules_have_the_types_that_they_say():
    compiler = package("typescript") / "bin" / "tsc"
    node = shutil.which("node")
    assert node is not None, "npm is there and Node is not"
    files = sorted(str(file) for file in (ROOT / "sim").rglob("*.js"))
    assert files

    found = subprocess.run(
        [node, str(compiler), *STRICT, *LIBRARY, *MODERN, *files], capture_output=True, text=True, check=False
    )

    assert found.returncode == 0, found.stdout
