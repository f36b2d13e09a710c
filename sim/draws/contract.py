"""Which months does a contract have? Normal scores, by which simulated months are taken."""

from __future__ import annotations

import numpy as np
from scipy import special

from sim.arrays import Floats
from sim.draws.streams import Stream, Streams


def contract_scores(seed: int, contracts: int, columns: int) -> Floats:
    """Independent standard normal scores, shape (contracts, columns)."""
    uniforms = Streams(seed, [0]).uniforms(0, Stream.CONTRACT, np.array([0, contracts * columns]))
    return np.asarray(special.ndtri(np.clip(uniforms, 1e-12, 1 - 1e-12)).reshape(contracts, columns))
