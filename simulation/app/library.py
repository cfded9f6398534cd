"""The scenarios that the page offers, made small enough to play in a classroom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulation.files.errors import nearest
from simulation.scenario import InputError, Scenario, load_scenario, shipped

#: A city of 5,000 citizens runs a week in about a millisecond and differs from 20,000 by sampling noise only.
CITIZENS = 5_000
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
        for path in files:
            name = load_scenario(path).name
            if name in self._files:
                raise InputError("two of the files have this name", file=path, given=name, allowed="one file per name")
            self._files[name] = path

    @property
    def names(self) -> list[str]:
        """Names of the scenarios: the user's own, then the case, then the others."""
        rest = [name for name in shipped() if name not in self._files]
        rest.sort(key=lambda name: (name != "zhaoqing", name != "classroom", name))
        return [*self._files, *rest]

    def load(self, name: str, changes: dict[str, Any] | None = None) -> Scenario:
        """Return a scenario with the changes made, and with few enough citizens and weeks for a classroom.

        Raises
        ------
        InputError
            An unknown name, or a change that is refused.
        """
        if name not in self.names:
            raise InputError(
                "no such scenario on this page",
                given=name,
                allowed=", ".join(self.names),
                suggestion=nearest(name, self.names),
            )
        spec = load_scenario(self._files.get(name, name))
        kept: dict[str, Any] = {}
        citizens = spec.structure.citizens
        if citizens == "all" or citizens > CITIZENS:
            kept["structure.citizens"] = CITIZENS
        if spec.weeks > MOST_WEEKS:
            kept["weeks"] = MOST_WEEKS
        kept |= changes or {}
        return spec.with_values(kept) if kept else spec

    def titles(self, lang: str) -> dict[str, str]:
        """Return name to title; the name itself where a scenario has no title or cannot be read."""
        titles = {}
        for name in self.names:
            try:
                titles[name] = load_scenario(self._files.get(name, name)).title.label(lang) or name
            except InputError:
                titles[name] = name
        return titles
