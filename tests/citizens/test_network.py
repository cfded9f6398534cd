"""Contacts: ties are mutual, in the requested number and distance, and every view of the network agrees."""

from __future__ import annotations

import networkx
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.cities import finished, small_city

from simulation.citizens import network
from simulation.citizens.network import given_graph, small_world
from simulation.citizens.reference import social_share
from simulation.compute.randomness import keys, name_keys


def _world(
    sizes: list[int], contacts: int = 8, rewire: float = 0.05, across: float = 0.01, county: list[int] | None = None
) -> network.Contacts:
    names = name_keys(f"community {number}" for number in range(len(sizes)))
    return network.small_world(
        keys(7, "contacts", names),
        np.array([0] * len(sizes) if county is None else county),
        np.array(sizes),
        contacts=contacts, rewire=rewire, across=across,
    )  # fmt: skip


def _home(contacts: network.Contacts) -> np.ndarray:
    return np.repeat(np.arange(len(contacts.first) - 1), np.diff(contacts.first))


def _seen(contacts: network.Contacts) -> list[list[int]]:
    return [sorted(network.contacts_of(contacts, int(k), i).tolist()) for i, k in enumerate(_home(contacts))]


WORLDS = st.tuples(
    st.lists(st.integers(1, 60), min_size=1, max_size=7),
    st.sampled_from([2, 4, 8, 12]),
    st.floats(0, 0.6),
    st.floats(0, 0.4),
)


@settings(max_examples=60)
@given(WORLDS)
def test_ties_are_mutual_and_everybody_has_as_many_as_asked(world: tuple[list[int], int, float, float]) -> None:
    sizes, width, rewire, across = world
    county = [number // 3 for number in range(len(sizes))]
    contacts = _world(sizes, width, rewire, across, county)
    seen, home = _seen(contacts), _home(contacts)
    for i, those in enumerate(seen):
        assert len(those) == min(sizes[home[i]] - 1, width)
        for j in those:
            assert seen[j].count(i) == those.count(j)  # counted: a tie may be double
            assert county[home[i]] == county[home[j]]


@settings(max_examples=40)
@given(WORLDS)
def test_all_ties_are_listed_once(world: tuple[list[int], int, float, float]) -> None:
    sizes, width, rewire, across = world
    contacts = _world(sizes, width, rewire, across)
    ties = network.edges(contacts)
    assert (ties[:, 0] < ties[:, 1]).all()
    expected = sorted((i, j) for i, those in enumerate(_seen(contacts)) for j in those if i < j)
    assert sorted(map(tuple, ties.tolist())) == expected


def test_nobody_knows_himself_and_few_know_somebody_twice() -> None:
    contacts = _world([40] * 60, 8, 0.05, 0.01)
    seen = _seen(contacts)
    assert not any(i in those for i, those in enumerate(seen))
    assert np.mean([len(set(those)) == len(those) for those in seen]) > 0.98


@pytest.mark.parametrize(("rewire", "across"), [(0.0, 0.0), (0.05, 0.01), (0.3, 0.0), (0.0, 0.2), (0.4, 0.3)])
def test_as_many_ties_are_far_as_asked(rewire: float, across: float) -> None:
    size, many = 80, 40
    contacts = _world([size] * many, 8, rewire, across)
    ties, home = network.edges(contacts), _home(contacts)
    total = size * many * 4
    outside = home[ties[:, 0]] != home[ties[:, 1]]
    apart = (ties[:, 1] - ties[:, 0]) % size
    off_ring = ~outside & (np.minimum(apart, size - apart) > 4)
    assert abs(outside.mean() - across) <= 5 * np.sqrt(across / total) + 0.01 * across
    assert abs(off_ring.mean() - rewire) <= 5 * np.sqrt(rewire / total) + 0.01 * rewire
    assert len(ties) == total


def test_small_communities_know_everybody() -> None:
    contacts = _world([9, 5, 1, 2], 8, 0.5, 0.5)
    home = _home(contacts)
    for i, those in enumerate(_seen(contacts)):
        assert those == [j for j in np.flatnonzero(home == home[i]).tolist() if j != i]


def test_a_communitys_ties_do_not_depend_on_other_counties() -> None:
    county = [0, 0, 0, 1, 1]
    both, alone = _world([30, 40, 50, 35, 45], across=0.1, county=county), _world([30, 40, 50], across=0.1)
    assert _seen(both)[:120] == _seen(alone)


def test_complete_mixing_shows_everybody_in_the_community() -> None:
    contacts = network.complete_mixing(np.array([4, 1, 3]))
    assert _seen(contacts) == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [], [6, 7], [5, 7], [5, 6]]
    assert len(network.edges(contacts)) == 6 + 0 + 3


def test_a_given_graph_comes_back_as_given() -> None:
    graph = networkx.barabasi_albert_graph(320, 3, seed=2)
    model = finished(small_city({"weeks": 3}), network=graph)
    assert sorted(map(tuple, network.edges(model.population.contacts).tolist())) == sorted(
        (min(tie), max(tie)) for tie in graph.edges
    )
    for i in (0, 7, 319):
        assert model.citizens.contacts_of(i).tolist() == sorted(graph.neighbors(i))
        assert [citizen.index for citizen in model.citizens[i].contacts] == sorted(graph.neighbors(i))


def test_a_graph_of_other_people_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 319"):
        finished(small_city({"weeks": 1}), network=networkx.path_graph(319))


def test_who_took_part_is_seen_in_other_communities_too() -> None:
    model = finished(small_city({"citizens.across": 0.3, "weeks": 2}))
    took = np.arange(320) % 3 == 0
    model.citizens.set("took_part", took)
    contacts, population = model.population.contacts, model.population
    position = population.position()
    assert len(contacts.outside) > 50
    for i in range(320):
        row = contacts.table[i, : contacts.degree[population.home[i]]]
        around = population.seen[contacts.base[population.home[i]] + row.astype(np.int64)]
        assert around.sum() == took[model.citizens.contacts_of(i)].sum()
    assert np.array_equal(population.seen[position].astype(bool), took)


def test_nobody_is_his_own_contact() -> None:
    graph = nx.path_graph(4)
    graph.add_edge(2, 2)
    with pytest.raises(ValueError, match="self-loop"):
        given_graph(graph, np.array([4]))


def test_each_outsider_is_known_by_the_one_citizen_noted_and_telling_equals_asking():
    sizes, county = np.array([40, 9, 25, 60, 3]), np.array([0, 0, 0, 1, 1])
    names = name_keys([f"community {k}" for k in range(5)])
    ties = small_world(keys(1, "contacts", names), county, sizes, contacts=8, rewire=0.3, across=0.3)
    assert len(ties.outside) > 20
    seen = (np.arange(ties.base[-1]) % 3 == 0).astype(np.uint8)
    told = np.zeros(int(ties.first[-1]))
    for k, n in enumerate(sizes):
        rows = slice(ties.first[k], ties.first[k + 1])
        start, stop = ties.outside_start[k], ties.outside_start[k + 1]
        table = ties.table[rows, : ties.degree[k]]
        for m in range(start, stop):
            viewers = np.flatnonzero((table == n + m - start).any(axis=1))
            assert viewers.tolist() == [ties.viewer[m]]
            told[ties.first[k] + ties.viewer[m]] += seen[ties.base[k] + n + m - start]
        for j in np.flatnonzero(seen[ties.base[k] : ties.base[k] + n]):
            inside = table[j][table[j] < n]
            np.add.at(told, ties.first[k] + inside.astype(np.int64), 1)
    degree = np.repeat(ties.degree, sizes)
    np.testing.assert_array_equal(told / degree, social_share(ties, seen))
