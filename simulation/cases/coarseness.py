"""How coarsely a case's communities are simulated, and whether its rows of sites can be told at that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.cases.naming import unit_told
from simulation.drawing.numbers import amount
from simulation.places.sampling import CITIZENS_EACH, sample
from simulation.text.told import Told, told

if TYPE_CHECKING:
    from simulation.cases.case import Case

ENOUGH = 150
"""Simulated communities from which results hardly depend on their number (the known limits of the model measure it)."""


def notes(case: Case) -> list[Told]:
    """Return remarks: too few simulated communities, and units in which one stands for more sites than a row can err.

    Numbers of sites of a unit are multiples of what one simulated community stands for.
    """
    places, structure = case.hierarchy, case.spec.structure
    chosen = sample(places, structure.citizens, structure.communities).communities
    units, home = len(places.units), places.cities.index(case.city)
    mine = np.asarray(places.unit_city) == home
    real, simulated = (
        np.bincount(counties, minlength=units) * mine
        for counties in (places.community_county, places.community_county[chosen])
    )
    whole = {"real": int(real.sum()), "simulated": int(simulated.sum())}
    all_places = len(places.community_county)
    advice = (
        told("case.note.coarse.citizens", citizens=CITIZENS_EACH * all_places)
        if structure.communities is None
        else told("case.note.coarse.communities", communities=all_places, each=CITIZENS_EACH)
    )
    found = []
    if whole["simulated"] < min(ENOUGH, whole["real"]):
        found.append(told("case.note.few_communities", enough=ENOUGH, advice=advice, **whole))
    counties = dict(zip(places.units, real / np.maximum(simulated, 1), strict=True))
    # Rows of the whole city, and of departments, which work in all of it.
    mean = whole["real"] / max(whole["simulated"], 1)
    steps = {row.unit: counties.get(row.unit, 0.0) or mean for row in case.rows if row.measure == "sites"}
    coarse = {
        row.unit: steps[row.unit]
        for row in case.rows
        if row.measure == "sites" and steps[row.unit] > max(case.sd_of(row), 1.0)
    }
    if coarse:
        worst = max(coarse, key=coarse.__getitem__)
        words = {"number": len(coarse), "unit": unit_told(case, worst), "step": amount(coarse[worst]), "advice": advice}
        found.append(told("case.note.coarse_sites", **words))
    return found
