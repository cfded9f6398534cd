"""The communities and citizens that represent a structure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.places.hierarchy import load_hierarchy, sample
from simulation.places.sampling import apportion
from simulation.scenario import InputError, load_scenario

ZHAOQING = load_hierarchy(load_scenario("zhaoqing"))


@st.composite
def structures(draw):
    rows = [{"unit": "C", "tier": "city"}]
    for number in range(draw(st.integers(1, 5))):
        residential, villages = draw(st.integers(0, 12)), draw(st.integers(1, 12))
        rows.append(
            {
                "unit": f"K{number}",
                "parent": "C",
                "tier": "county",
                "population": draw(st.integers(100, 10**6)),
                "urban_share": draw(st.floats(0.05, 0.95)),
                "residential": residential,
                "villages": villages,
            }
        )
    return rows


def of(rows):
    return load_hierarchy(load_scenario({"domains": {"d": {}}, "structure": {"units": rows}}))


@given(structures(), st.integers(100, 5000))
def test_a_sample_keeps_every_county_and_kind_and_the_whole_population(rows, citizens):
    places = of(rows)
    chosen = sample(places, citizens)
    assert chosen.citizens.sum() == citizens
    assert chosen.citizens.min() >= 1
    assert (np.diff(chosen.communities) > 0).all()
    for county in range(len(places.units)):
        everyone = places.community_county == county
        kept = chosen.communities[everyone[chosen.communities]]
        assert len(kept) >= min(2, everyone.sum())
        for village in (False, True):
            group = everyone & (places.community_is_village == village)
            inside = group[chosen.communities]
            assert chosen.weights[inside].sum() == pytest.approx(places.community_population[group].sum())


@given(structures(), st.integers(100, 5000), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_chooses_nobody(rows, citizens, random):
    shuffled = rows[:1] + random.sample(rows[1:], len(rows) - 1)
    pictures = []
    for order in (rows, shuffled):
        places = of(order)
        chosen = sample(places, citizens)
        pictures.append(
            {places.communities[place]: count for place, count in zip(chosen.communities, chosen.citizens, strict=True)}
        )
    assert pictures[0] == pictures[1]


@given(st.integers(1, 1500), st.data())
def test_apportioning_is_exact_within_bounds_and_near_the_quota(total, data):
    size = data.draw(st.integers(1, 12))
    shares = np.array(data.draw(st.lists(st.floats(0.01, 100), min_size=size, max_size=size)))
    least = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    most = least + np.array(data.draw(st.lists(st.integers(0, 400), min_size=size, max_size=size)))
    total = int(np.clip(total, least.sum(), most.sum()))
    given_out = apportion(total, shares, least, most, np.arange(size, dtype=np.uint64))
    assert given_out.sum() == total
    assert (given_out >= least).all()
    assert (given_out <= most).all()
    inside = (given_out > least) & (given_out < most)
    if inside.sum() > 1:
        rate = given_out[inside] / shares[inside]
        assert (
            np.abs(given_out[inside] - rate.mean() * shares[inside]) <= 1 + shares[inside] / shares[inside].min()
        ).all()


def test_without_bounds_apportioning_is_the_largest_remainder():
    ties = np.arange(3, dtype=np.uint64)
    none, many = np.zeros(3, dtype=np.int64), np.full(3, 100)
    assert apportion(10, np.array([1.0, 1.0, 1.0]), none, many, ties).tolist() == [4, 3, 3]
    assert apportion(10, np.array([1.0, 1.0, 1.0]), none, many, ties[::-1].copy()).tolist() == [3, 3, 4]
    assert apportion(7, np.array([5.0, 3.0, 1.0]), none, many, ties).tolist() == [4, 2, 1]


def test_about_forty_citizens_stand_in_each_community_of_zhaoqing():
    chosen = sample(ZHAOQING, 20_000)
    assert len(chosen.communities) == 500
    assert chosen.citizens.sum() == 20_000
    per_head = chosen.weights / chosen.citizens
    assert np.abs(per_head / (ZHAOQING.community_population.sum() / 20_000) - 1).max() < 0.05


def test_named_pilots_are_kept_first():
    named = {"Chutou", "Xinghu", "First Community", "Luogang", "Dazhou", "Taiyuan Village"}
    kept = {ZHAOQING.communities[place] for place in sample(ZHAOQING, 2000).communities}
    assert named <= kept


def test_a_larger_sample_contains_the_smaller_one_stratum_by_stratum():
    small, large = (set(sample(ZHAOQING, 40 * count, count).communities.tolist()) for count in (60, 600))
    assert small < large


def test_all_keeps_every_citizen_of_every_community():
    chosen = sample(ZHAOQING, "all")
    assert len(chosen.communities) == 1551
    assert chosen.citizens.sum() == pytest.approx(4_501_500, abs=1551)
    assert chosen.weights.sum() == pytest.approx(4_501_500)


def test_the_number_of_communities_can_be_set_within_what_there_is():
    assert len(sample(ZHAOQING, 5000, 300).communities) == 300
    assert len(sample(ZHAOQING, 62_040, 1551).communities) == 1551
    for wrong in (10, 1552):
        with pytest.raises(InputError) as caught:
            sample(ZHAOQING, 5000, wrong)
        assert caught.value.key == "structure.communities"


def test_too_few_citizens_are_refused_with_the_least_number():
    # Two in each of eight counties.
    with pytest.raises(InputError) as caught:
        sample(ZHAOQING, 10)
    assert (caught.value.key, caught.value.given) == ("structure.citizens", 10)
    assert caught.value.allowed.startswith("16 or more")
    assert len(sample(ZHAOQING, 16).communities) == 16


def test_a_community_far_away_changes_no_other_citys_sample():
    rows = [{"unit": "C", "tier": "city"}] + [
        {"unit": f"K{n}", "parent": "C", "tier": "county", "population": 4000, "residential": 9} for n in range(3)
    ]
    before, after = of(rows), of([*rows, rows[1] | {"unit": "Far"}])
    near = {before.communities[place] for place in sample(before, 360, 9).communities}
    with_far = {after.communities[place] for place in sample(after, 480, 12).communities}
    assert near == {name for name in with_far if not name.startswith("Far")}
