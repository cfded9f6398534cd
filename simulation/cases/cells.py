"""One cell of a case's table: what it means, or why it means nothing."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from simulation.cases.dates import Unread, read_date, read_month
from simulation.cases.tables import UNBOUNDED, Column, Known
from simulation.files.errors import Told, listed, nearest, told
from simulation.files.forms import numbers_in_words
from simulation.files.meant_number import LEAST_PERCENTAGE, meant_number
from simulation.files.names import labelled
from simulation.files.sheets import Fault
from simulation.files.stata_cells import Labelled
from simulation.files.tables import holds_control

MOST_NAMES, LONGEST_TEXT = 16, 2000
MOST_SUGGESTED = 100
"""Wrong names, per kind of column, for which a near one is looked for: 20 problems are shown, and a search is slow."""
_BETWEEN = re.compile(r"[;；、|]")


class Wrong(NamedTuple):
    """A cell that cannot be used."""

    problem: Told
    given: Any = None
    allowed: Told | None = None
    suggestion: str | tuple[str, ...] | None = None


class Reader:
    """Reads cells; what a name means is looked up once.

    Parameters
    ----------
    known : Known
        The names and dates that rows may speak of.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self._units = _names(known.units, known.labels)
        self._places = {**self._units, **_names((known.city,), known.labels)}
        self._known_cities = _names(known.cities, known.labels)
        self._domains = _names(known.domains, known.labels)
        self._wrong: dict[str, dict[str, Wrong]] = {}

    def read(self, column: Column, cell: Any) -> Any:
        """Return the value of a cell, `Wrong` where it has none; None for an empty one that may be empty."""
        if isinstance(cell, Fault):
            return Wrong(cell.problem, cell.given, cell.allowed)
        if cell is None:
            return Wrong(told("error.cell.empty"), allowed=self.allowed(column)) if column.needed else None
        return getattr(self, f"_{column.kind}")(column, cell)

    def allowed(self, column: Column, *, bound: bool = False) -> Told:
        """Return in words what a column takes; ``bound`` names a bound that only keeps out absurd numbers too."""
        match column.kind:
            case "number":
                high = column.high if bound or column.high < UNBOUNDED else None
                return numbers_in_words(False, column.low, high, above=column.above)
            case "word":
                return listed(in_both(word, zh) for word, zh in (column.words or {}).items())
            case "date":
                return told("error.date.forms")
            case "month":
                return told("error.date.month")
            case "text":
                return told("error.text.any")
            case _:
                return self._some(self._of(column), self._meant(column))

    def _of(self, column: Column) -> Sequence[str]:
        known = self.known
        return {
            "unit": known.units,
            "place": (known.city, *known.units),
            "cities": known.cities,
            "domain": known.domains,
        }[column.kind]

    def _meant(self, column: Column) -> Mapping[str, str]:
        return {
            "unit": self._units,
            "place": self._places,
            "cities": self._known_cities,
            "domain": self._domains,
        }[column.kind]

    def _some(self, names: Sequence[str], meant: Mapping[str, str]) -> Told:
        """Return the first of some names; in Chinese with the label that is accepted in its place."""
        labels = self.known.labels
        shown = [
            in_both(name, labels[name]) if meant.get(labels.get(name, "")) == name else name
            for name in names[:MOST_NAMES]
        ]
        return listed([*shown, *(["…"] if len(names) > MOST_NAMES else [])])

    def _name(self, column: Column, cell: Any, meant: Mapping[str, str]) -> Any:
        text = str(cell).strip()
        if text in meant:
            return meant[text]
        if column.kind != "domain" and not self.known.units:
            return text
        wrong = self._wrong.setdefault(column.kind, {})
        if text not in wrong:
            valid = self._of(column)
            near = self._near(text, valid, meant) if len(wrong) < MOST_SUGGESTED else None
            # The same wrong name may stand in thousands of rows.
            wrong[text] = Wrong(_unknown(column), cell, self._some(valid, meant), near)
        return wrong[text]

    def _near(self, text: str, valid: Sequence[str], meant: Mapping[str, str]) -> str | tuple[str, ...] | None:
        near = nearest(text, valid) or labelled(text, {one: self.known.labels.get(one, one) for one in valid})
        return near or meant.get(nearest(text, meant) or "")

    def _unit(self, column: Column, cell: Any) -> Any:
        return self._name(column, cell, self._units)

    def _place(self, column: Column, cell: Any) -> Any:
        return self._name(column, cell, self._places)

    def _domain(self, column: Column, cell: Any) -> Any:
        return self._name(column, cell, self._domains)

    def _cities(self, column: Column, cell: Any) -> Any:
        found = []
        for part in _BETWEEN.split(str(cell)):
            if part.strip():
                name = self._name(column, part, self._known_cities)
                if isinstance(name, Wrong):
                    return name
                found.append(name)
        return tuple(dict.fromkeys(found))

    def _word(self, column: Column, cell: Any) -> Any:
        text = unicodedata.normalize("NFKC", str(cell)).strip()
        words = column.words or {}
        if text.lower() in words:
            return text.lower()
        found = next((word for word, zh in words.items() if zh == text), None)
        if found is not None:
            return found
        near = nearest(text, words) or labelled(text, words)
        return Wrong(told("error.cell.unknown", column=column.name), cell, self.allowed(column), near)

    def _date(self, column: Column, cell: Any) -> Any:
        return _dated(read_date, cell)

    def _month(self, column: Column, cell: Any) -> Any:
        return _dated(read_month, cell)

    def _text(self, column: Column, cell: Any) -> Any:
        text = str(cell).replace("\r\n", "\n")
        if holds_control(text.replace("\n", " ").replace("\t", " ")):
            return Wrong(told("error.name.control"), text)
        return text if len(text) <= LONGEST_TEXT else Wrong(told("error.text.long", most=LONGEST_TEXT), text[:80])

    def _number(self, column: Column, cell: Any) -> Any:
        cell = cell.code if isinstance(cell, Labelled) else cell
        text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else cell
        try:
            if isinstance(text, bool) or not isinstance(text, str | int | float) or "_" in str(text):
                raise ValueError("no number")
            value = float(text)
        except (ValueError, OverflowError):
            return Wrong(told("error.not_a_number"), cell, self.allowed(column), meant_number(text, column.high))
        inside = column.low < value if column.above else column.low <= value
        if math.isfinite(value) and inside and value <= column.high:
            return value
        share = column.high == 1 and LEAST_PERCENTAGE <= value <= 100
        problem = told("error.share") if share else told("error.out_of_range")
        allowed = self.allowed(column, bound=value > column.high)
        return Wrong(problem, cell, allowed, meant_number(text, column.high))


def _names(names: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return what means a name: itself, or its Chinese label where only one has it."""
    by_label: dict[str, list[str]] = {}
    for name in names:
        by_label.setdefault(labels.get(name, name), []).append(name)
    return {label: found[0] for label, found in by_label.items() if len(found) == 1} | {name: name for name in names}


def _dated(read: Callable[[Any], Any], cell: Any) -> Any:
    found = read(cell)
    return Wrong(found.problem, cell, found.allowed) if isinstance(found, Unread) else found


def _unknown(column: Column) -> Told:
    match column.kind:
        case "cities":
            return told("error.structure.no_such.city")
        case "domain":
            return told("error.no_such_domain")
        case _:
            return told("error.structure.no_such.unit")


def in_both(name: str, label: str) -> str:
    """Return a name, in Chinese after the label that is accepted in its place."""
    return name if label == name else Told(en=name, zh=f"{label}（{name}）")
