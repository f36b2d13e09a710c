"""How a notebook is run without a page: its sliders are set, and what its cells define comes back."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sim.report import notebook as live
from tests.conftest import ROOT

mo = pytest.importorskip("marimo", reason="notebooks need the extra `notebooks`")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
Run = Callable[..., Mapping[str, Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the notebook of a name with its sliders at other values; its pictures, which take time, are blank."""
    monkeypatch.setattr(live, "picture", lambda *_, **__: live.Picture(b"", ""))
    return run_notebook


@pytest.fixture
def draw() -> Run:
    """Run a notebook with its pictures."""
    return run_notebook


def run_notebook(name: str, **values: float) -> Mapping[str, Any]:
    """Run a notebook with all its sliders at given *values*, or at their own if none is given."""
    spec = importlib.util.spec_from_file_location(f"notebook_{name}", ROOT / "notebooks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sliders = {key: mo.ui.slider(steps=[value], value=value) for key, value in values.items()}
    _, defined = module.app.run(defs=sliders) if sliders else module.app.run()
    return defined
