"""Columns that follow from scenario and seed: which are as drawn, and whether what is made anew is the same.

Citizens are drawn again in pieces of whole communities, so that a city of millions needs no second copy of its columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.citizens.network import GRAPH, Contacts, complete_mixing
from simulation.citizens.population import populate
from simulation.citizens.settling import _thresholds as draw_thresholds
from simulation.compute import randomness
from simulation.saving.parts import BY_WEEK, DRAWN, OF_WORLD
from simulation.saving.streams import pieces
from simulation.world.fixed import names_of

if TYPE_CHECKING:
    from simulation.model import MomentumModel

#: Citizens drawn at once, about.
AT_ONCE = 50_000


def changed_by_hand(model: MomentumModel) -> list[str]:
    """Return the names of those columns of citizens that are not as scenario and seed draw them."""
    people, left = model.population, set(DRAWN)
    for communities, fresh in _drawn_again(model):
        citizens = slice(int(people.contacts.first[communities.start]), int(people.contacts.first[communities.stop]))
        for name in sorted(left):
            mine, own = getattr(people, name), getattr(fresh, name)
            if name in ("keys", "concerned"):
                same = np.array_equal(mine[communities], own)
            else:
                same = np.array_equal(mine[citizens], own)
            if not same:
                left.discard(name)
    return [name for name in DRAWN if name not in left]


def _drawn_again(model: MomentumModel) -> Iterator[tuple[slice, Any]]:
    """Yield slices of communities, each with its citizens as they are drawn."""
    spec, g, first = model.spec.citizens, model.world, model.population.contacts.first
    names = names_of(model.hierarchy.communities)[model.sample.communities]
    born, weekly = (randomness.keys(model.seed, purpose, names) for purpose in ("citizen", "participation"))
    home = randomness.keys(model.seed, "threshold", names)
    begin = 0
    while begin < len(names):
        end = max(begin + 1, int(np.searchsorted(first, first[begin] + AT_ONCE, side="right")) - 1)
        part = slice(begin, min(end, len(names)))
        sizes = np.diff(first[part.start : part.stop + 1])
        contacts, thresholds = complete_mixing(sizes), None
        if spec.rule == "threshold":
            thresholds = draw_thresholds(model.spec, home[part], contacts, sizes)
        yield (
            part,
            populate(
                born[part],
                weekly[part],
                contacts,
                g.community_county[part],
                g.severity,
                thresholds,
                walk=np.argsort(model.domain_keys),
                salience_spread=spec.salience_spread,
            ),
        )
        begin = part.stop


def ground_digest(model: MomentumModel, saved: list[str]) -> str:
    """Return the SHA-256 of all that a model makes anew from scenario and seed: world, network, columns as drawn.

    Parameters
    ----------
    model : MomentumModel
        The model.
    saved : list of str
        Columns that the state holds itself, and which do not count therefore.
    """
    found = hashlib.sha256()
    people = model.population
    _add(found, "seed keys", model.domain_keys)
    for name, value in model.world._asdict().items():
        if name not in (*OF_WORLD, *BY_WEEK):
            _add(found, name, np.asarray(value))
    if people.contacts.kind != GRAPH:
        for name, value in people.contacts._asdict().items():
            _add(found, name, np.asarray(value))
    for name in DRAWN:
        if name not in saved:
            _add(found, name, getattr(people, name))
    return found.hexdigest()


def _add(found: Any, name: str, array: NDArray[Any]) -> None:
    found.update(f"{name} {array.dtype.str} {array.shape}".encode())
    for piece in pieces(array):
        found.update(piece)


def contacts_from(network: dict[str, NDArray[np.int64]], first: NDArray[np.int64]) -> Contacts:
    """Return a given network, as `simulation.citizens.network.given_graph` makes it.

    Raises
    ------
    ValueError
        When it names citizens that there are not.
    """
    start, neighbour = network["indptr"], network["neighbour"]
    total = int(first[-1])
    if len(start) != total + 1 or start[0] != 0 or start[-1] != len(neighbour) or (np.diff(start) < 0).any():
        raise ValueError("indptr")
    if len(neighbour) and (neighbour.min() < 0 or neighbour.max() >= total):
        raise ValueError("neighbour")
    laid_out = complete_mixing(np.diff(first))
    return laid_out._replace(kind=GRAPH, indptr=start, neighbour=neighbour)
