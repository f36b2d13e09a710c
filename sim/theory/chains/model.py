"""What is a small centre whose rates can be written down? States, the steps between them, what they mean.

A model gives of a state the steps that may follow: the state after, the rate a second, and what happened (the
outcome of a chat, or nothing that is counted). :func:`long_run` solves it; what it gives are rates of what
happened and time averages of levels, so a figure is a ratio of two of them. Arrivals are Poisson, so an
arriving chat finds the centre as it is on average (Wolff, Operations Research 30 (1982) 223-231).

In the models a line is a word, its first letter the head: `h` for a customer who is here, `g` for one who is
gone without a signal. Numbers would not do: who has waited longer is likelier to be gone. Fields said to be
*wrong* break one rule, so that a check can show that it would see it broken.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, Protocol

from sim.theory.markov import explore

Step = tuple[Any, float, str]
"""State after, rate a second, what happened."""
Figures = dict[str, float]
"""Rates a second of what happened, and time averages, by name."""


class Model(Protocol):
    """A small centre."""

    @property
    def empty(self) -> Hashable:
        """State of the centre with nobody there."""

    def steps(self, state: Any) -> Iterator[Step]:
        """Give the steps that may follow a state; one that leaves it as it is may still be counted."""

    def levels(self, state: Any) -> Figures:
        """Give what is averaged over time."""

    def __hash__(self) -> int:
        """Tell models apart: they are frozen."""


@cache
def long_run(model: Model) -> Figures:
    """Rates of what happens and time averages of a *model* in the long run."""
    chain = explore(lambda state: ((after, rate) for after, rate, _ in model.steps(state)), model.empty)
    figures: Figures = {"time": 1.0}
    for state, weight in zip(chain.states, chain.stationary.tolist(), strict=True):
        for name, level in model.levels(state).items():
            figures[name] = figures.get(name, 0.0) + weight * level
        for _, rate, happened in model.steps(state):
            if happened:
                figures[happened] = figures.get(happened, 0.0) + weight * rate
    return figures
