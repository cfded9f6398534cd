"""Executors: the towns and subdistricts that work a county's communities, or a unit's own staff where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulation.places.hierarchy import Hierarchy, Sample
    from simulation.scenario import Scenario
    from simulation.world.fixed import World

#: Tiers below the city at which an executor stands.
STAFF, TOWN = 1, 2


class Executors(NamedTuple):
    """The executors of all units, unit by unit, and which of them works each place."""

    names: tuple[str, ...]  # [x] of the town, or of the unit whose staff it is
    unit: NDArray[np.int64]  # [x]
    tier: NDArray[np.int64]  # [x] STAFF or TOWN
    of_place: NDArray[np.int64]  # [j]


def lay_out(
    spec: Scenario,
    hierarchy: Hierarchy,
    chosen: NDArray[np.int64],
    place_unit: NDArray[np.int64],
    place_community: NDArray[np.int64],
) -> Executors:
    """Gather the towns that have a simulated community; others work through a staff of their own.

    A department does, a county for communities without a town, and every county with ``structure.towns = "none"``.
    ``chosen`` are the simulated communities, to which ``place_community`` points.
    """
    town = hierarchy.community_town[chosen][place_community]
    staff = hierarchy.unit_is_department[place_unit] | (town < 0)
    if spec.structure.towns == "none":
        staff[:] = True
    none = len(hierarchy.towns)  # stands behind all towns of the unit
    pairs, of_place = np.unique(place_unit * (none + 1) + np.where(staff, none, town), return_inverse=True)
    unit, town = np.divmod(pairs, none + 1)
    names = tuple(
        hierarchy.units[u] if t == none else hierarchy.towns[t]
        for u, t in zip(unit.tolist(), town.tolist(), strict=True)
    )
    return Executors(names, unit, np.where(town == none, STAFF, TOWN), of_place)


def executor_names(world: World, hierarchy: Hierarchy, sample: Sample) -> tuple[str, ...]:
    """Return every executor's name: of its town, or of the unit whose staff it is."""
    first = np.unique(world.place_executor, return_index=True)[1]
    town = hierarchy.community_town[sample.communities[world.place_community[first]]]
    return tuple(
        hierarchy.units[u] if tier == STAFF else hierarchy.towns[t]
        for u, t, tier in zip(world.executor_unit.tolist(), town.tolist(), world.executor_tier.tolist(), strict=True)
    )
