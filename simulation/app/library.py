"""The scenarios that the page offers, made small enough to play in a classroom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulation.app.choice import Later
from simulation.cases.case import FILE, Case, shipped_cases
from simulation.files.errors import listed, nearest, told
from simulation.scenario import InputError, Scenario, load_scenario, shipped
from simulation.text import say

#: More are not taken: a run of so many takes a fifth of a second and some megabytes, and a class opens forty tabs.
MOST_CITIZENS = 100_000
MOST_WEEKS = 520
#: Before the name of a case, whose folder may have the name of a scenario.
CASE = "case-"


class Library:
    """The shipped scenarios and cases, and the files that were named when the page was started.

    A link can name only these scenarios, so it never makes the page read another file.

    Parameters
    ----------
    files : sequence of Path
        Scenario files of the user, and folders of cases; one whose name is also that of a shipped one replaces it.

    Raises
    ------
    InputError
        When a file cannot be used, or two have one name.
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files: dict[str, Path] = {}
        self._smaller: dict[str, dict[str, tuple[Any, int]]] = {}
        self._titles: dict[str, dict[str, str]] = {}
        self._cases: dict[str, Case] = {}
        self._own_cases: list[str] = []
        for path in files:
            name = self._name_of(path)
            if name in self._files or name in self._own_cases:
                raise InputError(
                    told("error.page.same_name"), file=path, given=name, allowed=told("error.page.same_name.allowed")
                )
            if name in self._cases:
                self._own_cases.append(name)
            else:
                self._files[name] = path

    def _name_of(self, path: Path) -> str:
        if path.name != FILE and not (path / FILE).is_file():
            return load_scenario(path).name
        case = Case.load(path)
        self._cases[CASE + case.name] = case
        return CASE + case.name

    def case(self, name: str) -> Case | None:
        """Return the case of this name; None where it is a scenario.

        Raises
        ------
        InputError
            When a shipped case cannot be read.
        """
        if not name.startswith(CASE) or name in self._files:
            return None
        if name not in self._cases:
            self._cases[name] = Case.load(name.removeprefix(CASE))
        return self._cases[name]

    def _loaded(self, name: str) -> Scenario:
        case = self.case(name)
        return load_scenario(self._files.get(name, name)) if case is None else case.spec

    @property
    def names(self) -> list[str]:
        """Names: the user's own cases and scenarios, then the default scenario, the others, and the shipped cases."""
        rest = [name for name in shipped() if name not in self._files]
        rest.sort(key=lambda name: (name != "zhaoqing", name != "classroom", name))
        cases = [CASE + name for name in shipped_cases() if CASE + name not in self._own_cases]
        return [*self._own_cases, *self._files, *rest, *cases]

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
        spec = self._loaded(name)
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
            self._smaller[name] = _excess(self._loaded(name))
        return self._smaller[name]

    def titles(self, lang: str) -> dict[str, str]:
        """Return name to title; the name itself where a scenario has no title or cannot be read."""
        if lang not in self._titles:  # all scenarios are read for it
            self._titles[lang] = {name: self._title(name, lang) for name in self.names}
        return dict(self._titles[lang])

    def _title(self, name: str, lang: str) -> str:
        try:
            title = self._loaded(name).title.label(lang) or name
            return say("app.case.title", lang, title=title) if name.startswith(CASE) else title
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
