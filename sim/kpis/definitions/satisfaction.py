"""What do customers think of it? Figures of the scenario's model of quality, which is an assumption."""

from __future__ import annotations

from sim.kpis.definitions.forms import RUNS, Kpi, Ratio, Shown, handled
from sim.kpis.loops import Column

JUDGED = handled(Column.JUDGED)
SURVEYED = handled(Column.SURVEYED)
SATISFIED = handled(Column.SATISFIED)
MODEL = "Assumption: the model in the scenario's [quality]."

SATISFACTION: tuple[Kpi, ...] = (
    Kpi(
        "resolution",
        "Resolution",
        "share",
        "higher",
        "satisfaction",
        Ratio(handled(Column.RESOLVED), JUDGED),
        "Served chats that resolved what the customer came for ÷ served.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "first_contact_resolution",
        "First-contact resolution",
        "share",
        "higher",
        "satisfaction",
        Ratio(handled(Column.NO_REPEAT), handled(Column.KNOWN_WINDOW)),
        "Served chats whose customer did not come again within the window (fcr_window_h) ÷ served chats, in "
        "queues with returns. Chats that ended less than a window before the horizon are left out, as nobody "
        "knows: a scenario no longer than the window has no such figure.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "mean_open_chats",
        "Chats held meanwhile",
        "chats",
        "neither",
        "satisfaction",
        Ratio(handled(Column.HELD_MEANWHILE), JUDGED),
        "Mean number of chats that the agent held when they began a served chat's replies.",
        shown=Shown(),
    ),
    Kpi(
        "surveys",
        "Surveys answered",
        "chats",
        "neither",
        "satisfaction",
        Ratio(SURVEYED, RUNS),
        "Sample size of CSAT, NPS and CES.",
        MODEL,
        shown=Shown(idle=("surveys", 0)),
    ),
    Kpi(
        "survey_response",
        "Survey response",
        "share",
        "higher",
        "satisfaction",
        Ratio(SURVEYED, JUDGED),
        "Surveys answered ÷ served.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "csat",
        "CSAT",
        "share",
        "higher",
        "satisfaction",
        Ratio(SATISFIED, SURVEYED, SATISFIED),
        "Scores of 4 and 5 of 5 ÷ surveys answered.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "csat_score",
        "CSAT, mean score",
        "of 5",
        "higher",
        "satisfaction",
        Ratio(handled(Column.CSAT), SURVEYED, handled(Column.CSAT_2)),
        "Mean score from 1 to 5 of the surveys answered.",
        MODEL,
    ),
    Kpi(
        "csat_all",
        "CSAT, everybody",
        "share",
        "higher",
        "satisfaction",
        Ratio(handled(Column.SATISFIED_ALL), JUDGED, handled(Column.SATISFIED_ALL)),
        "What CSAT would be if every served customer answered: the truth that the survey's bias hides.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "nps",
        "NPS",
        "points",
        "higher",
        "satisfaction",
        Ratio(handled(Column.NPS), SURVEYED, handled(Column.NPS_2)),
        "Promoters (9, 10) − detractors (0 to 6) per 100 surveys answered.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "ces",
        "CES",
        "of 7",
        "higher",
        "satisfaction",
        Ratio(handled(Column.CES), SURVEYED, handled(Column.CES_2)),
        "Mean score from 1 to 7 of the surveys answered, 7 being easiest.",
        MODEL,
        shown=Shown(),
    ),
    Kpi(
        "conversion",
        "Conversion",
        "share",
        "higher",
        "satisfaction",
        Ratio(handled(Column.CONVERTED), JUDGED, handled(Column.CONVERTED)),
        "Served customers who went on to buy ÷ served.",
        MODEL,
        shown=Shown(),
    ),
)
"""Figures of resolution, surveys and conversion."""
