"""The space that plausible worlds are searched in: the constants of behaviour, each with its range."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from simulation.evidence.ensemble import ORDINARY
from simulation.experiments.design.assumptions import assumed_factors
from simulation.experiments.design.distributions import Range, parse_distribution
from simulation.files.forms import Form, validated
from simulation.files.reading import read_toml
from simulation.files.shipped import shipped_folder
from simulation.scenario import parameters

SITUATION = (
    "structure.",
    "issuers.",
    "channels.",
    "scouting.breadth",
    "scouting.depth",
    "scouting.strength",
    "stages.ready_at",
)
"""Parameters that describe where and by whom something is done, and not how people behave there."""
_PLANNED = (".start", ".length", ".intensity", ".rank", ".coverage", ".meetings_per_year")
"""Ends of keys of a stage's plan: its window, and what the city puts into it."""


class Space(Form):
    """The file of the space.

    Attributes
    ----------
    parameters : dict
        Dotted key to ``at``, the value that screening starts from, ``low``, ``high`` and ``scale``.
    """

    parameters: dict[str, dict[str, Any]] = Field(min_length=1)


def space_file() -> Path:
    """Return the path of the file of the space."""
    return shipped_folder() / "worlds" / "space.toml"


@dataclass(frozen=True)
class Axis:
    """A constant of behaviour: the range that is searched, and the value that screening starts from."""

    searched: Range
    at: float


def space() -> dict[str, Axis]:
    """Return every constant of behaviour, in the file's order.

    The file holds ranges and not a rule, so that the space stays what it was when the default moves in it.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    path = space_file()
    found: dict[str, Axis] = {}
    for name, given in validated(Space, read_toml(path), file=path).parameters.items():
        drawn = {key: value for key, value in given.items() if key != "at"}
        parsed = parse_distribution(drawn, file=path, key=f"parameters.{name}")
        assert isinstance(parsed, Range), name
        found[name] = Axis(parsed, float(given["at"]))
    return found


def behaviour() -> list[str]:
    """Return the keys that the space must have: numeric assumptions on how people and bodies behave.

    Left out are whole numbers, the situation (``SITUATION``, the stages' plans, all that ordinary cities are drawn
    by), and what is off by default: structural alternatives have the value 0.
    """
    defaults = {info.key: info.default for info in parameters()}
    return [
        one.name
        for one in assumed_factors()
        if isinstance(one.drawn, Range) and not one.drawn.integer and defaults[one.name] and not _situation(one.name)
    ]


def _situation(key: str) -> bool:
    planned = key.startswith("stages.") and key.endswith(_PLANNED)
    return planned or key in ORDINARY or key.startswith(SITUATION)
