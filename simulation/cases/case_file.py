"""The table ``[case]`` of a case file: which facts are not known, how exact rows are, which differences matter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from simulation.cases.measures import MEASURES
from simulation.experiments.design.distributions import Distribution, parse_distribution
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import BOTH_LANGUAGES, TEXT, Form, dotted, entry, numbers_in_words, validated
from simulation.scenario.conditions import metric_names
from simulation.scenario.fields import Labels
from simulation.scenario.keys import metas

TABLE = "case"
"""The table's name in the file; all else in the file is a scenario."""
MOST_FREE, MOST_COUNTERFACTUALS = 40, 20
FEWEST_WORLDS = 2
LONGEST_FORECAST = 520
_Positive = Annotated[float, Field(gt=0, le=1e6)]
_DRAWN = {"low", "high", "values"}


def _flat(given: Any) -> Any:
    """Return free parameters as dotted keys, however their tables are nested."""
    if not isinstance(given, dict):
        return given
    return dotted(given, lambda _, table: bool(_DRAWN & table.keys()) or not table)


def _settings(given: Any) -> Any:
    return dotted(given, lambda key, table: key in metas() or not table) if isinstance(given, dict) else given


class Counterfactual(Form):
    """A world in which the case had gone otherwise.

    Attributes
    ----------
    title : Labels
        Its name in tables and pictures.
    set : dict
        Dotted key to value, from the first week on.
    """

    title: Annotated[Labels, BOTH_LANGUAGES] = entry(Labels(), allowed=TEXT)
    set: Annotated[dict[str, Any], BeforeValidator(_settings)] = entry(
        allowed=lambda: told("error.case.set.allowed"), min_length=1
    )


class Forecast(Form):
    """How far beyond the last observation the case is run on."""

    weeks: int = entry(52, allowed=lambda: numbers_in_words(True, 0, LONGEST_FORECAST), ge=0, le=LONGEST_FORECAST)


class CaseSettings(Form):
    """The table ``[case]``.

    Attributes
    ----------
    city : str, optional
        The city that the case is about; needed only where the structure has several.
    worlds : int, optional
        Plausible worlds that stand for what is known beforehand; all by default.
    free : dict
        Facts of the case that are not known: dotted key to the table of a distribution. They are searched.
    sd : dict
        Standard deviation of a row that gives none, by measure.
    smallest : dict
        Smallest differences that matter, by metric. The first metric is the one that a next observation is to tell
        most of.
    forecast : Forecast
        How far the case is run on.
    counterfactuals : dict
        Worlds beside the standard ones.
    """

    city: str | None = None
    worlds: int | None = entry(None, allowed=lambda: numbers_in_words(True, FEWEST_WORLDS, None), ge=FEWEST_WORLDS)
    free: Annotated[dict[str, dict[str, Any]], BeforeValidator(_flat)] = entry(
        {}, allowed=lambda: told("error.distribution.allowed"), max_length=MOST_FREE
    )
    sd: dict[str, _Positive] = Field({})
    smallest: dict[str, _Positive] = Field({})
    forecast: Forecast = Forecast()
    counterfactuals: dict[str, Counterfactual] = Field({}, max_length=MOST_COUNTERFACTUALS)

    def distributions(self, file: Path | None = None) -> dict[str, Distribution]:
        """Return the free parameters, dotted key to distribution."""
        return {
            key: parse_distribution(given, file=file, key=f"{TABLE}.free.{key}") for key, given in self.free.items()
        }


class _CaseFile(Form):
    case: CaseSettings


SMALLEST = {"effectiveness": 0.02, "agenda": 1.0, "site_effect": 0.05, "participation": 0.02}
"""Smallest differences that matter where a case names none; assumptions, to be replaced by the case's own."""


def read_settings(given: Any, file: Path) -> CaseSettings:
    """Return the table ``[case]``, checked for itself.

    Raises
    ------
    InputError
        Unknown key, wrong type, unknown measure or metric.
    """
    settings = validated(_CaseFile, {TABLE: given}, file=file).case
    for key, names, known in (("sd", settings.sd, MEASURES), ("smallest", settings.smallest, metric_names())):
        for name in names:
            if name not in known:
                raise InputError(
                    told("error.no_such_measure" if key == "sd" else "error.no_such_metric"),
                    file=file,
                    key=f"{TABLE}.{key}",
                    given=name,
                    allowed=listed(known) if key == "sd" else None,
                    suggestion=nearest(name, list(known)),
                )
    return settings
