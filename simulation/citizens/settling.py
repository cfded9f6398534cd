"""Settling citizens: who lives in which community, with which contacts and thresholds, by a scenario and a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.citizens import network as networks
from simulation.citizens.population import Population, populate
from simulation.compute import randomness
from simulation.world.fixed import World, names_of

if TYPE_CHECKING:
    import networkx

    from simulation.places.hierarchy import Hierarchy, Sample
    from simulation.scenario import Scenario


def settle(
    spec: Scenario,
    hierarchy: Hierarchy,
    sample: Sample,
    world: World,
    seed: int,
    *,
    network: networkx.Graph | None = None,
    thresholds: NDArray[np.float64] | None = None,
) -> Population:
    """Return the citizens of a run before its first week.

    Parameters
    ----------
    spec, hierarchy, sample, world, seed
        Scenario, places, communities, fixed arrays and seed of the run.
    network : networkx.Graph, optional
        The network of contacts, with nodes 0 … citizens − 1, instead of the scenario's network.
    thresholds : array, optional
        One threshold per citizen, for the threshold rule, instead of drawn ones.
    """
    citizens = spec.citizens
    names = names_of(hierarchy.communities)[sample.communities]
    sizes = sample.citizens.astype(np.int64)
    if network is not None:
        contacts = networks.given_graph(network, sizes)
    elif citizens.network == "complete":
        contacts = networks.complete_mixing(sizes)
    else:
        contacts = networks.small_world(
            randomness.keys(seed, "contacts", names),
            world.community_county,
            sizes,
            contacts=citizens.contacts,
            rewire=citizens.rewire,
            across=citizens.across,
        )
    if citizens.rule == "threshold" and thresholds is None:
        thresholds = _thresholds(spec, randomness.keys(seed, "threshold", names), contacts, sizes)
    return populate(
        randomness.keys(seed, "citizen", names),
        randomness.keys(seed, "participation", names),
        contacts,
        world.community_county,
        world.severity,
        thresholds,
        walk=np.argsort(randomness.name_keys(spec.domains)),
        salience_spread=citizens.salience_spread,
    )


def _thresholds(spec: Scenario, keys: Any, contacts: networks.Contacts, sizes: NDArray[np.int64]) -> Any:
    numbers = np.arange(int(sizes.sum()), dtype=np.uint64)
    own = numbers - np.repeat(contacts.first[:-1].astype(np.uint64), sizes)
    draws = randomness.uniform(randomness.mix(np.repeat(keys, sizes) + randomness.GOLDEN * (own + np.uint64(1))))
    low, high = spec.citizens.threshold_low, spec.citizens.threshold_high
    return low + (high - low) * draws
