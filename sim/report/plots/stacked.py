"""Where do panels go that stand one below the other? Measured once, for measuring text takes most time.

matplotlib's constrained layout measures everything twice, and draws it once more to do so: that takes longer
than the picture.
"""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine

_PAD_IN = 0.05
"""White around everything."""
_GAP_IN = 0.1
"""White between two panels, and below the title."""
_ABOUT = 0.09, 0.9
"""Left and width of panels while they are measured: legends of that width reach beyond narrower ones."""


class Stacked(LayoutEngine):
    """Panels of one width and height, one below the other, with room for all that is written around them."""

    _adjust_compatible = False
    _colorbar_gridspec = False

    def execute(self, fig: Figure) -> None:
        """Place the title and the panels of *fig*."""
        width, height = fig.bbox.width, fig.bbox.height
        pad, gap = _PAD_IN * fig.dpi, _GAP_IN * fig.dpi
        renderer = fig._get_renderer()  # type: ignore[attr-defined]  # as all layouts do
        title = fig.texts[0]
        title.set_y(1 - pad / height)
        for axes in fig.axes:
            _, y, _, its_height = axes.get_position().bounds
            axes.set_position((_ABOUT[0], y, _ABOUT[1], its_height))
        outside = [(axes.get_tightbbox(renderer) or axes.bbox, axes.bbox.frozen()) for axes in fig.axes]
        left = pad + max(inner.x0 - outer.x0 for outer, inner in outside)
        right = width - pad - max(outer.x1 - inner.x1 for outer, inner in outside)
        top = height - pad - title.get_window_extent(renderer).height - gap
        written = sum(outer.height - inner.height for outer, inner in outside)
        free = top - pad - written - gap * (len(outside) - 1)
        each = free / len(outside)
        for axes, (outer, inner) in zip(fig.axes, outside, strict=True):
            top -= outer.y1 - inner.y1 + each
            axes.set_position((left / width, top / height, (right - left) / width, each / height))
            top -= inner.y0 - outer.y0 + gap
