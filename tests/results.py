"""What holds of the result of every study, whatever it found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path as Path2D
from matplotlib.text import Text

from sim.report.data import document, read_result, schema, to_json
from sim.report.html import page
from sim.report.result import Result
from sim.report.text import plain
from sim.report.workbook.write import workbook

_DRAWN: dict[tuple[str, tuple[str, ...]], int] = {}
"""How often pictures of a kind were drawn: they take long, and are drawn from tables that are the same."""
_MOST = 2
"""So often they are drawn from both results, and what is in them compared; to find the places of all takes
longest, and is done the first time alone."""


def holds(result: Result, folder: Path) -> Result:
    """The *result* as it was read back, after all that holds of every one was seen to hold of it."""
    written = document(result)
    _fits(written, schema(), "")
    _has_its_tables(written)
    file = folder / "result.json"
    file.write_text(to_json(written), encoding="utf-8")
    again = read_result(file)

    assert again == result
    assert again.found is None
    assert document(again) == written
    assert plain(again, 110) == plain(result, 110)
    assert all(len(line.rstrip()) <= 80 for line in plain(again, 80).splitlines())
    assert page(again) == page(result)
    assert repr(again) == repr(result)
    assert "\n" not in repr(result)
    for table in result.tables:
        frame = result.frame(table.name)
        assert again.frame(table.name).equals(frame), table.name
        assert len(frame) == len(table.rows)
    assert list(again.pictures()) == list(result.pictures())
    kind = (result.head.study, tuple(result.pictures()))
    times = _DRAWN.get(kind, 0)
    if times < _MOST:
        _DRAWN[kind] = times + 1
        assert workbook(again) == workbook(result)
        for name, draw in result.pictures().items():
            picture = again.plot(name)
            assert contents(picture) == contents(draw()), name
            _draw(picture, with_layout=not times)
    return again


def _draw(figure: Figure, *, with_layout: bool) -> None:
    """Draw a picture once: `savefig` draws twice, the first time for the layout alone."""
    figure.set_dpi(50)
    if not with_layout:
        figure.set_layout_engine("none")
    FigureCanvasAgg(figure).draw()


def contents(figure: Figure) -> list[Any]:
    """All that a picture has been told to show: words, lines, areas, colours, and the ends and marks of axes."""
    found: list[Any] = [("size", *figure.get_size_inches())]
    waiting: list[Artist] = [figure]
    while waiting:
        artist = waiting.pop()
        named = "" if isinstance(artist, Axis) else artist.get_label()  # an axis gives the text that it has
        found.append((type(artist).__name__, named, artist.get_visible(), *_shown(artist)))
        if not isinstance(artist, Axis):  # whose marks are made when it is drawn
            waiting += artist.get_children()
    return found


def _shown(artist: Artist) -> list[Any]:
    """What an artist shows, as numbers and words that can be compared."""
    match artist:
        case Text():
            look = (artist.get_position(), artist.get_color(), artist.get_fontsize())
            shown = [artist.get_text(), *map(str, look)]
        case Line2D():
            look = (artist.get_color(), artist.get_linestyle(), artist.get_marker(), artist.get_linewidth())
            shown = [*map(str, look), artist.get_xydata().tobytes()]  # a colour may be an array
        case Patch():
            look = (
                artist.get_facecolor(),
                artist.get_edgecolor(),
                artist.get_hatch(),
                artist.get_linestyle(),
            )
            shown = [*map(str, look), _points(artist.get_path())]
        case Collection():
            values = [artist.get_offsets(), artist.get_facecolor(), artist.get_edgecolor()]
            values += [] if artist.get_array() is None else [artist.get_array()]
            shown = [np.asarray(value).tobytes() for value in values]
            shown += [_points(path) for path in artist.get_paths()]
        case Axes():
            shown = [artist.get_xlim(), artist.get_ylim(), artist.get_xscale(), artist.get_yscale()]
        case Axis():
            marks = (artist.get_major_locator(), artist.get_minor_locator())
            names = (artist.get_major_formatter(), artist.get_minor_formatter())
            shown = [artist.label.get_text()]
            shown += [(type(each).__name__, str(getattr(each, "locs", ""))) for each in marks]
            shown += [(type(each).__name__, str(getattr(each, "seq", ""))) for each in names]
        case _:
            shown = []
    return shown


def _points(path: Path2D | None) -> bytes:
    return b"" if path is None else path.vertices.tobytes()


def _has_its_tables(written: dict[str, Any]) -> None:
    """Each table stands under its name, and its rows have its columns and no others."""
    for name, told in written["tables"].items():
        rows, key = written[name], told.get("key")
        assert isinstance(rows, dict if key else list), name
        columns = {column["name"] for column in told["columns"]} - {key}
        flat = {
            c["name"]
            for c in told["columns"]
            if c["name"] == "value" and c.get("form") in {"quantity", "difference"}
        }
        for row in rows.values() if key else rows:
            if flat:
                assert columns <= set(row), name
            else:
                assert columns == set(row), name


def _fits(value: Any, wanted: dict[str, Any], place: str) -> None:
    """A *value* is as its schema says; the few words of JSON Schema that ours uses."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    if "type" in wanted:
        types = [wanted["type"]] if isinstance(wanted["type"], str) else wanted["type"]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = [
            is_number and (name == "number" or isinstance(value, int))
            if name in {"number", "integer"}
            else isinstance(value, kinds[name])
            for name in types
        ]
        assert any(fits), f"{place}: {value!r} is no {types}"
    if "const" in wanted:
        assert value == wanted["const"], place
    if "enum" in wanted:
        assert value in wanted["enum"], place
    if isinstance(value, list) and "items" in wanted:
        for k, item in enumerate(value):
            _fits(item, wanted["items"], f"{place}[{k}]")
    if isinstance(value, dict):
        assert set(wanted.get("required", ())) <= set(value), place
        for name, inner in value.items():
            known, others = wanted.get("properties", {}), wanted.get("additionalProperties", True)
            assert name in known or others is not False, f"{place}.{name}"
            if name in known or isinstance(others, dict):
                _fits(inner, known.get(name, others), f"{place}.{name}")
