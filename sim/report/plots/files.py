"""How do pictures get into files? As PNG, and as SVG for whoever enlarges or edits them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.report.plots.style import styled

DPI = 150
"""Dots per inch of pictures in files."""


@styled
def save(figures: Mapping[str, Figure], folder: Path, *, svg: bool = False) -> list[Path]:
    """Write each figure as PNG, and as SVG if that is wanted, under its name.

    The same picture is the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        figure.set_dpi(DPI)
        canvas = FigureCanvasAgg(figure)  # for savefig draws twice
        canvas.print_png(paths[-1], metadata={"Software": None})  # type: ignore[no-untyped-call]
        if svg:
            paths.append(folder / f"{name}.svg")
            figure.savefig(paths[-1], metadata={"Date": None, "Creator": None})
    return paths
