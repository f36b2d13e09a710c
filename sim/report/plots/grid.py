"""Where are the points of a sweep? Rows of its table, by the places of their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.arrays import Floats
from sim.kpis.estimate import Quantity
from sim.report.result import Judged, Result, Row
from sim.report.variables import setting, value_text
from sim.scenario.vary import Change, Vary
from sim.studies import lattice


class Grid:
    """Points of a sweep; the last variable changes fastest."""

    def __init__(self, result: Result) -> None:
        facts, table = result.facts, result.table("points")
        self.name = result.title
        self.replications = result.head.replications or 0
        self.points: Sequence[Row] = table.rows
        self.varies = [Vary(each["path"], each["operator"], tuple(each["values"])) for each in facts["vary"]]
        self.titles: list[str] = [each["title"] for each in facts["vary"]]
        self.decided: list[bool] = [each["decided"] for each in facts["vary"]]
        self.targets = [column.name for column in table.columns if column.form == "judged"]
        """Columns of figures with a target."""
        self.days = "days" if facts["days"] == 1 else "replications"
        """What a replication is called."""
        self.size = self._variable(facts["changes_paid_hours"])
        """Variable that changes the paid hours: the team's size; None if none does."""
        self.best_of = self._variable(facts["best_of"])
        """Variable whose best value was looked for; None where nothing was decided."""
        self.cheapest = self._point(facts["cheapest"])
        """Of all that keep all targets."""
        self.best = [self._point(row) for row in result.table("frontier").rows if row["keeps_all"]]
        """Of each row, those that keep all targets."""

    def _variable(self, path: str | None) -> int | None:
        return None if path is None else [vary.path for vary in self.varies].index(path)

    def _point(self, values: Row | None) -> Row | None:
        """Point that has some *values*, if it is done."""
        if values is None:
            return None
        wanted = tuple(values[vary.path] for vary in self.varies)
        return next((point for point in self.points if self.values(point) == wanted), None)

    @property
    def shape(self) -> tuple[int, ...]:
        """Values of each variable."""
        return tuple(len(vary.values) for vary in self.varies)

    @property
    def basis(self) -> str:
        """What a picture rests on."""
        if self.replications == 1:
            return "one replication, so without bands"
        return f"{self.replications} {self.days} at each point"

    def values(self, point: Row) -> tuple[bool | int | float | str, ...]:
        """The value of each variable."""
        return tuple(point[vary.path] for vary in self.varies)

    def at(self, *places: int) -> Row | None:
        """Point at the places of its values, or None if the user stopped before it."""
        return lattice.at(self.points, self.shape, places)

    def along(self, variable: int) -> Iterator[list[Row]]:
        """Rows of points that differ in one *variable* alone, as far as they are done."""
        return lattice.along(self.points, self.shape, variable)

    def setting(self, variable: int, point: Row) -> str:
        """A variable and its value at a point, as one says it."""
        vary = self.varies[variable]
        return setting(self.titles[variable], Change(vary.path, vary.operator, point[vary.path]))

    def value_texts(self, variable: int) -> list[str]:
        """Values of a variable as axes name them."""
        return [value_text(change) for change in self.varies[variable].changes()]

    def is_numeric(self, variable: int) -> bool:
        """Whether all values of a variable are numbers."""
        values = self.varies[variable].values
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def figure(point: Row, name: str) -> Quantity | None:
    """A figure at a point, whether it has a target there or not."""
    cell = point[name]
    return cell.quantity if isinstance(cell, Judged) else cell


def target(point: Row | None, name: str) -> Judged | None:
    """What became of a figure's target at a point; None where it has none."""
    cell = None if point is None else point[name]
    return cell if isinstance(cell, Judged) else None


def bounds(points: Sequence[Row], name: str) -> list[float]:
    """Targets of the centre that bind a figure at any of the *points*."""
    judged = (cell for point in points for cell in point.values() if isinstance(cell, Judged))
    found = {each.bound for each in judged if each.kpi == name and not each.where}
    return sorted(bound for bound in found if bound is not None)


def exists(points: Sequence[Row], name: str) -> bool:
    """Whether a figure has a value at any of the *points*."""
    return any(not np.isnan(value) for value in column(points, name, "value"))


def column(points: Sequence[Row | None], name: str, side: str) -> Floats:
    """One side of a figure over *points*; NaN where there is none."""
    cells = [None if point is None else figure(point, name) for point in points]
    return np.array([None if cell is None else getattr(cell, side) for cell in cells], dtype=np.float64)
