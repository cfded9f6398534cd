"""A plausible world under a scenario: values that a scenario leaves open take those of the world.

A world is a set of parameter values that the findings do not rule out. A scenario tells a story of its own: what it
sets itself, what is set over it, and what an experiment varies stays as it is in every world.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from simulation.scenario.keys import refuse_unknown
from simulation.scenario.loading import load_scenario
from simulation.scenario.scenario import Scenario

BASE = "zhaoqing"
"""The scenario whose values a world replaces: the case that all shipped scenarios extend."""


def open_to(scenario: Scenario, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a world that a scenario leaves open.

    A parameter is open if it has its default, or the value that the base case gives it. It is not open if the
    scenario's own file (or another one that it extends) sets it, nor if `Scenario.with_values` or ``--set`` did.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    values : mapping
        Dotted key to value: a world.

    Raises
    ------
    InputError
        For a key that is no parameter.
    """
    for key in values:
        refuse_unknown(key)
    origins, own = scenario.origins, scenario.values
    return {
        key: value
        for key, value in values.items()
        # A user's own file may bear the name of the base case: then its values tell it from the shipped one.
        if origins[key] == "default" or (origins[key] == f"{BASE}.toml" and own[key] == _base()[key])
    }


def under(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario with a world laid under it; the scenario itself where it leaves nothing open.

    Parameters
    ----------
    scenario, values
        As for `open_to`.

    Raises
    ------
    InputError
        For a key that is no parameter, or a value that the scenario cannot have.
    """
    laid = open_to(scenario, values)
    return scenario.with_values(laid) if laid else scenario


@functools.cache
def _base() -> dict[str, Any]:
    return load_scenario(BASE).values
