"""The house is as it says: floors, map, public names, and no randomness but in the sampler."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from tests.conftest import ROOT

SOURCES = sorted((ROOT / "sim").rglob("*.py"))


def test_imports_only_go_down():
    """The contracts in pyproject.toml."""
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert result.returncode == 0, result.stdout


def test_the_map_names_every_floor():
    """The docstring of the package against the disk."""
    floors = {
        path.parent.relative_to(ROOT / "sim").parts[0] for path in SOURCES if path.parent != ROOT / "sim"
    }
    assert sim.__doc__ is not None
    named = set(re.findall(r"^(\w+) {2,}\w.*\?", sim.__doc__, re.MULTILINE))

    assert named == floors | {"rules", "arrays", "compiled", "output", "interrupts", "errors"}


def test_the_public_names_are_there_and_no_others():
    """`__all__`, the lazy homes and the attributes agree."""
    homes = [name for names in sim._HOMES.values() for name in names.split()]

    assert sorted(sim.__all__) == sorted(homes)
    assert not {path.stem for path in (ROOT / "sim").iterdir()} & set(homes), "a name is a room or a function"
    assert all(getattr(sim, name).__name__ == name for name in homes)
    assert callable(sim.measure)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        sim.nonsense  # noqa: B018
    newest = re.search(r"^## Changelog\n\n- \*\*([\d.]+)\*\*", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert newest is not None
    assert sim.__version__ == newest[1]
    assert 'dynamic = ["version"]' in (ROOT / "pyproject.toml").read_text()


def test_randomness_enters_through_the_streams_alone():
    """No module of the package names a generator of another's, and only the sampler's ask for streams."""
    texts = {path.relative_to(ROOT / "sim").as_posix(): path.read_text() for path in SOURCES}

    named = [p for p, t in texts.items() if re.search(r"np\.random|import random|numpy\.random", t)]
    assert named == ["draws/streams.py"], "where nothing is compiled, numpy's own generators give the same"
    asking = [p for p, t in texts.items() if re.search(r"draws\.streams|draws import .*streams", t)]
    assert all(path.startswith("draws/") for path in asking)


def test_a_module_says_what_it_is_and_is_not_too_long():
    """A docstring at the top, and one question a file."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in SOURCES}

    assert len(texts) > 100
    assert [path for path, text in texts.items() if not text.startswith('"""')] == []
    assert [path for path, text in texts.items() if text.count("\n") >= 650] == []


def test_files_are_written_whole():
    """Every writer goes through `sim.output`, or into the folder that `whole_folder` gives."""
    writing = re.compile(
        r"^(?!.*(?:import|def) ).*(?:\.write_(?:text|bytes|csv|parquet|json|excel)|write_csv|savefig)\(.*|^.*open\([^)]*[\"'][wax].*",
        re.M,
    )
    inside = {"output.py", "log/export.py", "report/plots/files.py", "report/notebook.py", "report/folder.py"}
    found = {
        (path.relative_to(ROOT / "sim").as_posix(), line.strip())
        for path in SOURCES
        for line in writing.findall(path.read_text())
    }

    assert len(found) >= 10
    assert not [(file, line) for file, line in found if file not in inside and "folder / " not in line]


def test_the_fast_ones_are_first_cases_and_none_is_slow(request: pytest.FixtureRequest):
    """Of all tests of this run, this one among them; whoever adds a case or a mark need not think of it."""
    fast = [item for item in request.session.items if item.get_closest_marker("fast")]
    names = [item.nodeid.partition("[")[0] for item in fast]

    assert request.node in fast
    assert len(set(names)) == len(names)
    assert not [item for item in fast if item.get_closest_marker("slow") or item.path.parent.name == "theory"]
