"""The parameters that changes put in force: rows of numbers, the places that read them, and what is drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compute import randomness
from simulation.world.fixed import Ints, World, draw_zeal, given_zeal, names_of, pilot_sites
from simulation.world.parameters import compile_parameters
from simulation.world.rivals import attention_left, draw_arrivals

if TYPE_CHECKING:
    from simulation.places.hierarchy import Hierarchy
    from simulation.scenario import Scenario
    from simulation.scenario.changes import Change


class InForce(NamedTuple):
    """The parameters that hold in a week; row 0 holds wherever no change is limited to some places."""

    specs: tuple[Scenario, ...]  # one scenario per row, as it is while the changes hold
    numbers: NDArray[np.void]  # one record per row
    city_row: Ints  # [c]
    unit_row: Ints  # [u]


def in_force(spec: Scenario, holding: Sequence[Change], hierarchy: Hierarchy) -> InForce:
    """Return the parameters that hold while some changes do; of two that set one parameter, the later one.

    A change that names cities holds for them and their units, one that names units for these alone. A unit whose
    capacity the scenario gives has a row of its own.

    Raises
    ------
    InputError
        When values that changes set at the same time contradict each other.
    """
    cities, units = hierarchy.cities, hierarchy.units
    of_city = [tuple(n for n, one in enumerate(holding) if one.everywhere or name in one.cities) for name in cities]
    of_unit = [
        tuple(n for n, one in enumerate(holding) if n in of_city[hierarchy.unit_city[row]] or name in one.units)
        for row, name in enumerate(units)
    ]
    base = tuple(n for n, one in enumerate(holding) if one.everywhere)
    ratios = spec.structure.capacities or {}
    by_unit = [(together, ratios.get(name, 1.0)) for together, name in zip(of_unit, units, strict=True)]
    by_city = [(together, 1.0) for together in of_city]
    rows = {one: row for row, one in enumerate(dict.fromkeys([(base, 1.0), *by_city, *by_unit]))}
    as_changed = {together: _with_changes(spec, [holding[n] for n in together]) for together, _ in rows}
    compiled = {together: compile_parameters(one) for together, one in as_changed.items()}
    numbers = np.concatenate([compiled[together] for together, _ in rows]).view(np.recarray)
    for row, (_, ratio) in enumerate(rows):
        numbers[row].execution.capacity *= ratio
    return InForce(
        tuple(as_changed[together] for together, _ in rows),
        numbers,
        np.array([rows[one] for one in by_city], np.int64),
        np.array([rows[one] for one in by_unit], np.int64),
    )


def _with_changes(spec: Scenario, holding: Sequence[Change]) -> Scenario:
    """Return a scenario as it is while some of its changes hold."""
    settings: dict[str, Any] = {}
    for one in holding:
        settings |= one.set
    return spec.with_settings(settings) if spec.changes or settings else spec


def reread(world: World, held: InForce, hierarchy: Hierarchy, seed: int, week: int) -> World:
    """Return the world as the parameters in force have it from a week on; the same world where nothing differs.

    Numbers of pilot sites, the zeal of county groups and rival campaigns are drawn from parameters: the draws stay,
    what they are measured by changes. Rival campaigns that have begun go on, each for its own length.
    """
    by_unit, by_city = held.numbers[held.unit_row], held.numbers[held.city_row]
    changed: dict[str, Any] = {
        "pilots": pilot_sites(by_unit["plan"]["pilot_share"], world.unit_place),
        "zeal": draw_zeal(
            by_unit["transmission"]["zeal_low"],
            by_unit["transmission"]["zeal_high"],
            randomness.keys(seed, "zeal", names_of(hierarchy.units)),
            world.is_department,
            given_zeal(held.specs[0], hierarchy),
        ),
    }
    rivals, last = by_city["rivals"], len(world.arrivals)
    cities = randomness.keys(seed, "rivals", names_of(hierarchy.cities))
    arrivals = np.vstack([world.arrivals[:week], draw_arrivals(cities, rivals["rate"], week, last)])
    lasting = np.vstack([world.lasting[:week], np.tile(rivals["length"], (last - week, 1))])
    left = attention_left(arrivals, lasting, rivals["campaigns"])
    changed |= {"arrivals": arrivals, "lasting": lasting, "undivided": np.vstack([world.undivided[:week], left[week:]])}
    different = {name: new for name, new in changed.items() if not np.array_equal(new, getattr(world, name))}
    return world._replace(**different) if different else world


def with_room(world: World, held: InForce, hierarchy: Hierarchy, seed: int, weeks: int) -> World:
    """Return the world with rival campaigns for so many weeks in all."""
    rivals, have = held.numbers[held.city_row]["rivals"], len(world.arrivals)
    cities = randomness.keys(seed, "rivals", names_of(hierarchy.cities))
    arrivals = np.vstack([world.arrivals, draw_arrivals(cities, rivals["rate"], have, weeks)])
    lasting = np.vstack([world.lasting, np.tile(rivals["length"], (weeks - have, 1))])
    left = attention_left(arrivals, lasting, rivals["campaigns"])
    return world._replace(arrivals=arrivals, lasting=lasting, undivided=np.vstack([world.undivided, left[have:]]))
