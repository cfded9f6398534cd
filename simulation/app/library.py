"""The scenarios that the page offers, made small enough to play in a classroom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulation.app.choice import Later
from simulation.files.errors import listed, nearest, told
from simulation.scenario import InputError, Scenario, load_scenario, shipped

#: More are not taken: a run of so many takes a fifth of a second and some megabytes, and a class opens forty tabs.
MOST_CITIZENS = 100_000
MOST_WEEKS = 520


class Library:
    """The shipped scenarios, and the files that were named when the page was started.

    A link can name only these scenarios, so it never makes the page read another file.

    Parameters
    ----------
    files : sequence of Path
        Scenario files of the user; one whose name is also a shipped scenario's replaces it.

    Raises
    ------
    InputError
        When a file cannot be used, or two have one name.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files: dict[str, Path] = {}
        self._smaller: dict[str, dict[str, tuple[Any, int]]] = {}
        self._titles: dict[str, dict[str, str]] = {}
        for path in files:
            name = load_scenario(path).name
            if name in self._files:
                raise InputError(
                    told("error.page.same_name"), file=path, given=name, allowed=told("error.page.same_name.allowed")
                )
            self._files[name] = path

    @property
    def names(self) -> list[str]:
        """Names of the scenarios: the user's own, then the case, then the others."""
        rest = [name for name in shipped() if name not in self._files]
        rest.sort(key=lambda name: (name != "zhaoqing", name != "classroom", name))
        return [*self._files, *rest]

    def load(self, name: str, changes: dict[str, Any] | None = None, later: Later | None = None) -> Scenario:
        """Return a scenario with the changes made, and with few enough citizens and weeks for a classroom.

        ``later`` maps weeks to values that hold from then on; they follow the scenario's own changes during the run,
        one for each week.

        Raises
        ------
        InputError
            An unknown name, a change that is refused, or one that asks for more than the page can run.
        """
        if name not in self.names:
            raise InputError(
                told("error.page.no_scenario"),
                given=name,
                allowed=listed(self.names),
                suggestion=nearest(name, self.names),
            )
        spec = load_scenario(self._files.get(name, name))
        kept = {**_reduced(spec), **(changes or {})}
        if later:
            own = [dict(one.__dict__) for one in spec.changes]
            kept["changes"] = (*own, *({"week": week, "set": dict(later[week])} for week in sorted(later)))
        made = spec.with_values(kept) if kept else spec
        _refuse_large(made)
        return made

    def reduced(self, name: str) -> dict[str, tuple[Any, int]]:
        """Return what the page makes smaller in a scenario: dotted key to its own value, and the page's."""
        if name not in self._smaller:  # asked for with every picture, and a scenario takes 10 ms to read
            self._smaller[name] = _excess(load_scenario(self._files.get(name, name)))
        return self._smaller[name]

    def titles(self, lang: str) -> dict[str, str]:
        """Return name to title; the name itself where a scenario has no title or cannot be read."""
        if lang not in self._titles:  # all scenarios are read for it
            self._titles[lang] = {name: self._title(name, lang) for name in self.names}
        return dict(self._titles[lang])

    def _title(self, name: str, lang: str) -> str:
        try:
            return load_scenario(self._files.get(name, name)).title.label(lang) or name
        except InputError:
            return name


def _excess(spec: Scenario) -> dict[str, tuple[Any, int]]:
    """Return key to (value of the scenario, most that the page runs) where a scenario is larger."""
    found = {}
    for key, most in (("structure.citizens", MOST_CITIZENS), ("weeks", MOST_WEEKS)):
        value = spec.values[key]
        if value == "all" or value > most:
            found[key] = (value, most)
    return found


def _reduced(spec: Scenario) -> dict[str, int]:
    return {key: most for key, (_, most) in _excess(spec).items()}


def _refuse_large(spec: Scenario) -> None:
    for key, (value, most) in _excess(spec).items():
        raise InputError(
            told("error.page.more"), key=key, given=value, allowed=told("error.limit.thousands", most=most)
        )
