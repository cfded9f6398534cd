"""Names as a reader knows them: scenario, units, cities and domains in a language, captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.files.errors import InputError
from simulation.scenario.calendar import told_span
from simulation.scenario.variation import with_changes
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.results import RunResult


class Names:
    """Labels of one run's places and domains.

    Attributes
    ----------
    lang : str
        'en' or 'zh'.
    places : dict
        Name in the structure to its Chinese label; empty when the structure is not at hand.
    """

    def __init__(self, result: RunResult, lang: str) -> None:
        self.lang, self._spec = lang, result.spec
        self.places = chinese_places(result) if lang == "zh" else {}

    def place(self, name: str) -> str:
        """Return a province's, city's, unit's, town's or community's label."""
        return self.places.get(str(name), str(name))

    def domain(self, key: str) -> str:
        """Return a domain's label; its key where the scenario gives none."""
        entry = self._spec.domains.get(key)
        return (getattr(entry, self.lang, "") or entry.en or key) if entry else key


def chinese_places(result: RunResult) -> dict[str, str]:
    """Return name to Chinese label of a run's places, as far as its structure can still be read."""
    from simulation.places.hierarchy import load_hierarchy

    try:
        return load_hierarchy(result.spec).zh
    except InputError:
        return {}


def scenario_title(result: RunResult, lang: str) -> str:
    """Return the scenario's title, else its name, and what was changed in it."""
    title = result.spec.title
    name = getattr(title, lang) or title.en or title.zh or scenario_name(result)
    return with_changes(name, result.provenance.get("changes", {}), lang)


def scenario_name(result: RunResult) -> str:
    """Return the name under which the scenario was run."""
    return str(result.provenance.get("scenario_name", result.spec.name))


def caption(result: RunResult, lang: str) -> str:
    """Return the line under every picture: scenario, seed, weeks, source."""
    return say(
        "figure.caption",
        lang,
        title=scenario_title(result, lang),
        name=scenario_name(result),
        seed=result.seed,
        span=told_span(result.spec, len(result.weekly), lang),
        version=result.provenance["versions"]["wushi"],
    )


def ordered(column: pd.Series) -> list[str]:
    """Return the values of a column, each once, in the order in which they first appear."""
    return [str(value) for value in column.unique()]
