"""What do customers think of it? One model of resolution and satisfaction; all its numbers are assumptions.

The satisfaction of a served chat is a number on a logit scale,

    satisfaction = intercept + first_response * ln(1 + first response in s)
                   + later_response * ln((1 + mean later response in s) / 46)
                   + (resolved, or else unresolved),

and each score is read off it by an ordered logit: P(score >= k) = 1 / (1 + exp(-(satisfaction + cut[k]))).
A score of 4 or 5 has the cut 0. Intercept and slope of the first response are the least-squares fit
through the satisfaction that LiveChat published for four bands of response time (85.9 % from 0 to 5 s,
80.7 % to 10 s, 76.7 % to 20 s, 75.8 % to 30 s); the rest is a guess in the direction that Goes, Ilk,
Lin and Zhao (Management Science 64, 2018) report: more chats at once, slower replies and lower resolution.
Organisations with longer waits often have *higher* satisfaction, for other reasons: do not fit these numbers
to averages over organisations.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.record import BrokenLaw, Record, law_broken
from sim.scenario.units import Hours, Share
from sim.scenario.words import Words

Coefficient = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False, strict=True)]


class Quality(Record):
    """Resolution, satisfaction, surveys and conversion: a stated model, each coefficient an assumption."""

    resolution: Share = 0.8
    """Assumption: share resolved of the chats whose agent held no other."""
    multitasking: Share = 0.05
    """Assumption: how far that share falls with each further chat that the agent held meanwhile (R28)."""
    fcr_window_h: Hours = 24.0
    """A chat counts as resolved at first contact if its customer does not come again so soon."""
    intercept: Coefficient = 2.204
    """Assumption: satisfaction (logit) at an instant first response."""
    first_response: Coefficient = -0.345
    """Assumption: its slope in ln(1 + first response in s)."""
    later_response: Coefficient = -0.15
    """Assumption: its slope in ln((1 + mean later response in s) / 46), which is 0 at 45 s."""
    resolved: Coefficient = 0.3
    """Assumption: what is added if the chat was resolved."""
    unresolved: Coefficient = -1.2
    """Assumption: what is added if it was not."""
    csat_cuts: tuple[Coefficient, ...] = (2.2, 1.2, 0.0, -1.0)
    """Assumption: cuts of the scores 2, 3, 4 and 5; that of 4 is 0 where "satisfied" means 4 or 5."""
    nps_cuts: tuple[Coefficient, ...] = (0.2, -0.9)
    """Assumption: cuts of passives (7 or more of 10) and of promoters (9 or 10)."""
    ces_cuts: tuple[Coefficient, ...] = (3.2, 2.4, 1.6, 0.8, -0.2, -1.4)
    """Assumption: cuts of the scores 2 to 7 for "it was easy", 7 being easiest."""
    survey_response: tuple[Share, ...] = (0.35, 0.25, 0.15, 0.15, 0.25)
    """Assumption: share of served customers with the CSAT 1, 2, … 5 who answer the survey."""
    conversion: Share = 0.12
    """Assumption: share of satisfied served customers (CSAT 4 or 5) who go on to buy."""
    conversion_dissatisfied: Share = 0.05
    """Assumption: share of the others."""

    @model_validator(mode="after")
    def _laws(self) -> Self:
        broken: list[BrokenLaw] = []
        for name, n in {"csat_cuts": 4, "nps_cuts": 2, "ces_cuts": 6, "survey_response": 5}.items():
            values = getattr(self, name)
            if len(values) != n:
                broken.append(((name,), f"needs {n} numbers", Words(f"{len(values)} of them")))
            elif name != "survey_response" and list(values) != sorted(values, reverse=True):
                broken.append(((name,), "cuts must not rise", list(values)))
        if broken:
            raise law_broken(*broken)
        return self
