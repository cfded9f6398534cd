"""Marks on the time line: the weeks in which something changes, each a way to that week."""

from __future__ import annotations

from nicegui import ui

from simulation.app.branch_points import BranchPoint
from simulation.app.faults import Do
from simulation.app.tab import Tab


class Timeline:
    """Under the slider of the weeks; empty for a run in which nothing changes.

    Parameters
    ----------
    tab : Tab
        The tab whose run is marked.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.do = do
        self.points: tuple[BranchPoint, ...] | None = None
        self.box = ui.element("div").classes("points").props("role=group data-test=points")
        self.box.props["aria-label"] = tab.text("points")

    def show(self) -> None:
        """Mark the branch points of the present run."""
        points = self.tab.scene().points()
        if points == self.points:
            return
        self.points = points
        self.box.clear()
        self.box.set_visibility(bool(points))
        with self.box:
            for point in points:
                self._mark(point)

    def _mark(self, point: BranchPoint) -> None:
        tab = self.tab
        mark = ui.element("button").classes("point").props(f"type=button data-test=point-{point.week}")
        mark.style(f"left: {100 * point.week / max(tab.session.weeks, 1):.3f}%")
        label = tab.text("points.go", title="; ".join(point.titles))
        mark.props["aria-label"] = mark.props["title"] = label
        mark.on("click", lambda: self.do(tab.go, point.week))
