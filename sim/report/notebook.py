"""How do results get onto a live page? Pictures as PNG with what they say in words, figures as Markdown.

For notebooks, which hold widgets and prose and leave the rest to the project.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import ParamSpec

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing

from sim.engines import Engine
from sim.kpis.definitions import BY_NAME
from sim.kpis.estimate import Estimates, Quantity
from sim.kpis.targets import Verdict, named
from sim.report.numbers import interval, number, target_text, with_unit
from sim.report.plots.style import INK, styled
from sim.runs import first
from sim.runs.replicate import replicate
from sim.runs.tasks import Task
from sim.scenario.scenario import Scenario
from sim.studies.caps import Cap
from sim.studies.frontier import Step

DPI = 130
"""Dots an inch: sharp on a projector, and drawn quickly."""

FITS = {"max-width": "100%", "max-height": "55vh", "object-fit": "contain", "object-position": "left"}
"""Style of a picture that stands on the first screen, below the question and the sliders."""

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a page."""

    png: bytes
    alt: str
    """What its titles say, for those who can't see it."""


def estimated(scenario: Scenario, seed: int, days: int) -> tuple[Estimates, str]:
    """Figures of some *days* of a *scenario*, and what is to be said of them, if anything.

    While the engine is still to be compiled another process does that, and the first answer is of as many
    days as the reference engine does in a moment.
    """
    n = first.replications(scenario) if first.has_to_compile() else None
    if n is None:
        return replicate(scenario, seed=seed, replications=days).estimates, ""
    first.compile_behind()
    n = min(n, days)
    runs = first.run_plainly(Task(scenario, seed, range(n), Engine.REFERENCE)).runs
    return Estimates(runs), (
        f"The engine is being compiled for this machine: once, about half a minute. Until then these are the "
        f"first {n} days, by the reference engine; move a slider for all that you ask for."
    )


def picture(
    size_in: tuple[float, float], draw: Callable[P, Drawing], /, *args: P.args, **kwargs: P.kwargs
) -> Picture:
    """Let *draw* make a figure, and lay it out anew for a page of *size_in* inches.

    One picture at a time: readers are served by threads, and matplotlib's settings are the process's.
    """
    with _TURN:
        figure = draw(*args, **kwargs)
        figure.set_size_inches(*size_in)
        return Picture(_png(figure), _words(figure))


def marked(draw: Callable[P, Drawing], place: float, told: str) -> Callable[P, Drawing]:
    """*draw*, with a line at a *place* of the horizontal axis of every panel and a word on it."""

    @styled
    def drawing(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        figure = draw(*args, **kwargs)
        for axes in figure.axes:
            axes.axvline(place, color=INK, linewidth=1.0, linestyle="-.", zorder=0.7)
            axes.annotate(told, (place, 1.0), (4, -2), xycoords=("data", "axes fraction"),
                          textcoords="offset points", va="top", fontweight="bold")  # fmt: skip
        return figure

    return drawing


@styled
def _png(figure: Drawing) -> bytes:
    buffer = BytesIO()
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)  # for savefig draws twice
    canvas.print_png(buffer, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _words(figure: Drawing) -> str:
    titles = [figure.get_suptitle(), *(axes.get_title(loc="left") for axes in figure.axes)]
    return ". ".join(" ".join(title.split()) for title in titles if title)


def columns(*parts: object) -> str:
    """Parts of a page beside each other in HTML, as many as fit, and the rest below them."""
    look = "display: grid; gap: 0.25rem 1.5rem; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr))"
    return f'<div style="{look}">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def answer(*parts: object) -> str:
    """Columns that are a page's answer: screen readers read them out whenever they change."""
    return f'<div role="status">{columns(*parts)}</div>'


def figures_table(estimates: Estimates, names: Sequence[str]) -> str:
    """Some figures as a table in Markdown: value, 95 % interval of the mean, 10–90 % of replications."""
    lines = ["| Figure | Value | 95 % interval of the mean | 10–90 % of days |", "|:--|--:|--:|--:|"]
    for name in names:
        kpi, figure = BY_NAME[name], estimates.figure(name)
        cells = [with_unit(kpi.unit, figure.value), interval(figure, kpi.unit) or "–"]
        cells.append(" … ".join(number(end, kpi.unit) for end in (figure.p10, figure.p90)))
        lines.append(f"| {kpi.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def promise_text(verdict: Verdict, scenario: Scenario) -> str:
    """A target and what became of it, in two lines of HTML."""
    bound, unit = verdict.bound, BY_NAME[verdict.bound.kpi].unit
    promised = f"promised {target_text(unit, bound.value, bound.side)}"
    mark, said = {True: ("✓", "kept"), False: ("✗", "broken"), None: ("–", "not measured")}[verdict.met]
    said = said if verdict.sure or verdict.met is None else f"probably {said}"
    figure = with_unit(unit, verdict.figure.value, bound.value)
    return f"<strong>{mark} {named(bound, scenario)}: {figure}</strong><br>{said}; {promised}"


def figure_text(name: str, figure: Quantity) -> str:
    """A figure and how sure it is, in two lines of HTML."""
    kpi = BY_NAME[name]
    sure = interval(figure, kpi.unit)
    told = f"95 % interval {sure}" if sure else "without an interval"
    return f"<strong>{kpi.title}: {with_unit(kpi.unit, figure.value)}</strong><br>{told}"


def caps_table(simulated: Sequence[Cap], chain: Sequence[Cap]) -> str:
    """Caps on an agent's chats as a table in Markdown, as simulated and, in brackets, by theory's chain."""
    names = ("service_level", "missed_rate", "response_s")
    titles = [BY_NAME[name].title for name in names]
    lines = [f"| Chats at once | {' | '.join(titles)} |", f"|--:|{'--:|' * len(names)}"]
    said = {cap.chats: cap for cap in chain}
    for cap in simulated:
        cells = [with_unit(BY_NAME[name].unit, getattr(cap, name)) for name in names]
        if (other := said.get(cap.chats)) is not None:
            told = (with_unit(BY_NAME[name].unit, getattr(other, name)) for name in names)
            cells = [f"{cell} ({text})" for cell, text in zip(cells, told, strict=True)]
        lines.append(f"| {cap.chats} | {' | '.join(cells)} |")
    return "\n".join(lines)


def steps_table(steps: Sequence[Step]) -> str:
    """What one more chat per agent makes better and worse, as far as it is sure, as a table in Markdown."""
    lines = ["| One more chat | Better | Worse |", "|:--|:--|:--|"]
    for step in steps:
        told = [", ".join(BY_NAME[name].title for name in some) or "–" for some in (step.better, step.worse)]
        lines.append(f"| {step.before.values[-1]} → {step.after.values[-1]} | {' | '.join(told)} |")
    return "\n".join(lines)


_TURN = Lock()
