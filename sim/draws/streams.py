"""Where does randomness come from? Streams of uniforms, each with a name and a generator of its own.

A stream is that of numpy's PCG64 seeded by ``SeedSequence(seed, spawn_key=(replication, place, stream))``:
the same doubles that its ``Generator.random`` gives, bit for bit. They are made here and not by numpy, since
to set up its objects takes longer than to draw the few hundred numbers that a day asks of most streams, and
holds Python's lock; here one call fills a column for a whole batch of replications, and holds none.

The generator: O'Neill, *PCG: a family of simple fast space-efficient statistically good algorithms for
random number generation*, HMC-CS-2014-0905, 2014 (the variant XSL RR 128/64). The seeding: O'Neill,
*Developing a seed_seq alternative*, pcg-random.org, 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints
from sim.compiled import IS_COMPILED, compiled, inner
from sim.errors import SimError

Words = NDArray[np.uint32]
"""Whole numbers of any length in words of 32 bits, the lowest first."""
Longs = NDArray[np.uint64]


class Stream(IntEnum):
    """Names of the streams. Numbers are never used again for another purpose."""

    DAY = 0
    """Busyness of each day."""
    INTERVAL = 1
    """Busyness of each planning interval."""
    ARRIVAL = 2
    PATIENCE = 3
    TURNS = 4
    AGENT = 5
    CUSTOMER = 6
    WORK = 7
    WRAP_UP = 8
    ROUTE = 9
    SILENT = 10
    DETECT = 11
    BALK = 12
    REPLY_PATIENCE = 13
    PERSIST = 14
    """Whether a customer would come again."""
    RETRY_DELAY = 15
    RETURN_DELAY = 16
    RESOLVE = 17
    CSAT = 18
    NPS = 19
    CES = 20
    SURVEY = 21
    CONVERSION = 22
    SPEED = 23
    """Of agents; their place is their group."""
    ABSENCE = 24
    LATE = 25
    ABSENCE_ON_EVE = 26
    """From shifts that began on the eve of the first day."""
    LATE_ON_EVE = 27
    MORNING = 30
    """Who of those drawn came on a morning whose volumes are known."""
    GIVEN = 31
    """What is left of a chat that is here; its place is its number among them."""
    ACCEPTED_LATE = 40
    """Delays of a platform; their place is the day that is lived through again."""
    RELEASED_LATE = 41
    REPLY_LATE = 42
    MESSAGE_LATE = 43
    CONTRACT = 44
    """Which simulated months a contract is made of."""


class Streams:
    """The streams of some *replications* of one *seed*."""

    def __init__(self, seed: int, replications: Sequence[int]) -> None:
        if seed < 0 or min(replications, default=0) < 0 or max(replications, default=0) >= 2**32:
            law = "a seed is 0 or more, and a replication 0 or more and below 2**32"
            raise SimError(f"{law}, got {seed} and {', '.join(map(str, replications))}")
        self._seed = seed
        words = [seed >> shift & 2**32 - 1 for shift in range(0, max(seed.bit_length(), 1), 32)]
        # As numpy does: filled up with zeros to the pool's size, so that no seed with a key is another seed.
        words += [0] * (POOL - len(words))
        self.replications = np.array(replications, dtype=np.int64)
        self._seed_and_key = np.array([*words, 0, 0, 0], dtype=np.uint32)
        self._pool, self._state = np.empty(POOL, dtype=np.uint32), np.empty(4, dtype=np.uint64)

    def __len__(self) -> int:
        """Count the replications."""
        return len(self.replications)

    def uniforms(self, place: int, stream: int, ends: Ints) -> Floats:
        """Uniforms in [0, 1) of a *stream* in a *place* (a queue, a group): all replications', one by one.

        Those of the r-th are the rows ``ends[r]`` to ``ends[r + 1]``.
        """
        u: Floats = self.columns(place, [stream], ends)[0]
        return u

    def columns(self, place: int, streams: Sequence[int], ends: Ints) -> Floats:
        """Uniforms of several streams in a place, shape (n_streams, n_rows)."""
        u, numbers = np.empty((len(streams), ends[-1])), np.array(streams, dtype=np.int64)
        if IS_COMPILED:
            fill(self._seed_and_key, self.replications, place, numbers, ends, self._pool, self._state, u)
        else:
            self._fill_by_numpy(place, streams, ends, u)
        return u

    def _fill_by_numpy(self, place: int, streams: Sequence[int], ends: Ints, u: Floats) -> None:
        """Fill *u* with the same numbers, where nothing is compiled: one by one they would take seconds."""
        from numpy.random import PCG64, Generator, SeedSequence  # noqa: PLC0415, TID251  see the module

        for column, stream in enumerate(streams):
            for r, replication in enumerate(self.replications.tolist()):
                key = (replication, place, int(stream))
                generator = Generator(PCG64(SeedSequence(self._seed, spawn_key=key)))
                u[column, ends[r] : ends[r + 1]] = generator.random(int(ends[r + 1] - ends[r]))


POOL = 4
"""Words in the pool of entropy."""

# Seeding: the words of seed and key are stirred into a pool, and the generator's state is squeezed out of it.

INIT_A, MULTIPLIER_A = np.uint32(0x43B0D7E5), np.uint32(0x931E8875)
INIT_B, MULTIPLIER_B = np.uint32(0x8B51F9DD), np.uint32(0x58F38DED)
MIX_LEFT, MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
SHIFT = np.uint32(16)


@inner
def hashed(word: np.uint32, constant: np.uint32, multiplier: np.uint32) -> np.uint32:
    """A word, hashed by a constant and by what the *constant* is next."""
    word = np.uint32(np.uint32(word ^ constant) * np.uint32(constant * multiplier))
    return np.uint32(word ^ (word >> SHIFT))


@inner
def mixed(word: np.uint32, other: np.uint32) -> np.uint32:
    """One word of two."""
    word = np.uint32(np.uint32(MIX_LEFT * word) - np.uint32(MIX_RIGHT * other))
    return np.uint32(word ^ (word >> SHIFT))


@inner
def stir(entropy: Words, pool: Words) -> None:
    """Stir all words of the *entropy*, at least as many as the pool has, into the *pool*."""
    constant = INIT_A
    for i in range(POOL):
        pool[i] = hashed(entropy[i], constant, MULTIPLIER_A)
        constant = np.uint32(constant * MULTIPLIER_A)
    for i in range(POOL):
        for k in range(POOL):
            if i != k:
                pool[k] = mixed(pool[k], hashed(pool[i], constant, MULTIPLIER_A))
                constant = np.uint32(constant * MULTIPLIER_A)
    for i in range(POOL, len(entropy)):
        for k in range(POOL):
            pool[k] = mixed(pool[k], hashed(entropy[i], constant, MULTIPLIER_A))
            constant = np.uint32(constant * MULTIPLIER_A)


# The generator: state and increment of 128 bits, each in an upper and a lower half.

HIGH, LOW, HIGH_STEP, LOW_STEP = range(4)
"""Places of the halves."""
HIGH_FACTOR, LOW_FACTOR = np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645)
HALF, LOWER_HALF = np.uint64(32), np.uint64(2**32 - 1)
ONE, TOP_BIT, TOP_SIX, LOW_SIX = np.uint64(1), np.uint64(63), np.uint64(58), np.uint64(63)
UNUSED_BITS, UNIT = np.uint64(11), 2.0**-53


@inner
def upper_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """Upper 64 bits of the product of two numbers, by halves as on paper."""
    a_low, a_high, b_low, b_high = a & LOWER_HALF, a >> HALF, b & LOWER_HALF, b >> HALF
    middle = a_high * b_low + (a_low * b_low >> HALF)
    other = a_low * b_high + (middle & LOWER_HALF)
    return a_high * b_high + (middle >> HALF) + (other >> HALF)


@inner
def seed(pool: Words, state: Longs) -> None:
    """Squeeze two numbers of 128 bits out of the pool, the generator's start and its step."""
    constant = INIT_B
    for i in range(4):
        low = hashed(pool[2 * i % POOL], constant, MULTIPLIER_B)
        constant = np.uint32(constant * MULTIPLIER_B)
        high = hashed(pool[(2 * i + 1) % POOL], constant, MULTIPLIER_B)
        constant = np.uint32(constant * MULTIPLIER_B)
        state[i] = np.uint64(low) | np.uint64(high) << HALF
    state[HIGH_STEP] = state[HIGH_STEP] << ONE | state[LOW_STEP] >> TOP_BIT
    state[LOW_STEP] = state[LOW_STEP] << ONE | ONE
    low = state[LOW] + state[LOW_STEP]
    state[HIGH] += state[HIGH_STEP] + np.uint64(low < state[LOW])
    state[LOW] = low
    advance(state)


@inner
def advance(state: Longs) -> None:
    """Multiply and add: a linear congruential generator."""
    low = state[LOW] * LOW_FACTOR
    high = upper_product(state[LOW], LOW_FACTOR) + state[HIGH] * LOW_FACTOR + state[LOW] * HIGH_FACTOR
    state[LOW] = low + state[LOW_STEP]
    state[HIGH] = high + state[HIGH_STEP] + np.uint64(state[LOW] < low)


@inner
def uniform(state: Longs) -> float:
    """The next uniform in [0, 1): the halves folded and rotated, and of that the upper 53 bits."""
    advance(state)
    folded, turn = state[HIGH] ^ state[LOW], state[HIGH] >> TOP_SIX
    number = folded >> turn | folded << (-turn & LOW_SIX)
    return float(number >> UNUSED_BITS) * UNIT


@compiled
def fill(
    entropy: Words,
    replications: Ints,
    place: int,
    streams: Ints,
    ends: Ints,
    pool: Words,
    state: Longs,
    u: Floats,
) -> None:
    """Fill *u* with the uniforms of streams; a key goes into the last three words of the *entropy*."""
    key = len(entropy) - 3
    for column in range(len(streams)):
        for r in range(len(replications)):
            entropy[key], entropy[key + 1], entropy[key + 2] = replications[r], place, streams[column]
            stir(entropy, pool)
            seed(pool, state)
            for k in range(ends[r], ends[r + 1]):
                u[column, k] = uniform(state)
