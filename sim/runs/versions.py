"""What must be the same wherever figures come from? Versions, our own sources, the processor's arithmetic.

Figures are the same to the last bit on machines where all of these are the same.
"""

from __future__ import annotations

import hashlib
import math
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

import sim

PACKAGES = ("numpy", "scipy", "numba", "llvmlite")
"""What figures are computed with."""
_SOURCES = (
    *("compiled.py", "compiler.py", "rules.py", "arrays.py"),
    *("scenario", "draws", "log", "engines", "kpis", "runs"),
)  # fmt: skip
"""What figures are computed by."""
OURS, SOURCES, ARITHMETIC = "livechat-sim", "sources of livechat-sim", "arithmetic"


@cache
def versions(packages: tuple[str, ...] = PACKAGES) -> dict[str, str]:
    """Name and version of everything that figures may depend on, and of some *packages*."""
    return {
        OURS: sim.__version__,
        SOURCES: _digest(*(path.read_bytes() for path in _sources())),
        ARITHMETIC: _arithmetic(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{package: _version(package) for package in packages},
    }


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """Say the first thing that is another one in *theirs*, in words; empty if nothing is."""
    for name, version in ours.items():
        if theirs.get(name) == version:
            continue
        if name == ARITHMETIC:
            return "its processor or C library rounds otherwise: figures would differ in their last digits"
        return f"{name} {theirs.get(name, 'missing')} there, {version} here"
    return ""


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def _sources() -> list[Path]:
    home = Path(sim.__file__).parent
    places = [home / place for place in _SOURCES]
    return sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*.py")))


def _arithmetic() -> str:
    """Digest of logarithms, exponentials and powers: libraries choose code that fits the processor."""
    x = np.geomspace(1e-3, 1e2, 2_000)
    of_numpy = (np.exp(-x), np.log(x), np.log1p(x), np.power(x, 0.3), np.cos(x))
    of_c = [f(v) for v in x.tolist() for f in (math.exp, math.log, math.log1p, math.cos, math.lgamma)]
    return _digest(*(values.tobytes() for values in of_numpy), np.array(of_c).tobytes())


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:12]
