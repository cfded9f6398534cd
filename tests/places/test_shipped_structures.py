"""The shipped structures: real places, and totals that are the paper's."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest

from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import load_scenario, shipped_folder

SPEC = load_scenario("zhaoqing")
ZHAOQING = load_hierarchy(SPEC)
GUANGDONG = load_hierarchy(SPEC.with_values({"structure.file": "structures/guangdong.csv"}))


def rows(name):
    path = shipped_folder() / "structures" / name
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_zhaoqing_has_the_papers_totals():
    assert ZHAOQING.community_population.sum() == pytest.approx(4_501_500)
    assert Counter(ZHAOQING.community_is_village.tolist()) == {False: 296, True: 1255}
    assert ZHAOQING.units == (
        *("Duanzhou", "Dinghu", "Gaoyao", "Sihui", "Guangning", "Huaiji", "Fengkai", "Deqing"),
        "City Procuratorate",
    )
    assert ZHAOQING.unit_is_department.tolist() == [False] * 8 + [True]


def test_zhaoqings_townships_are_those_of_the_national_list_without_the_prison_and_the_zone():
    towns = [row for row in rows("zhaoqing.csv") if row["tier"] == "town"]
    assert Counter(row["kind"] for row in towns) == {"subdistrict": 16, "town": 88}
    count = Counter(row["parent"] for row in towns)
    assert list(count.values()) == [4, 7, 17, 13, 15, 19, 16, 13]
    assert not [row for row in towns if "监狱" in row["zh"] or "开发区" in row["zh"]]
    assert all(row["code"].startswith("4412") for row in towns)


def test_every_pilot_of_the_case_stands_in_its_county():
    where = {
        ZHAOQING.communities[index]: (
            ZHAOQING.units[ZHAOQING.community_county[index]],
            ZHAOQING.community_pilot[index],
        )
        for index in range(len(ZHAOQING.communities))
    }
    assert where["Chutou"] == ("Duanzhou", "village-to-community")
    assert where["Xinghu"] == ("Duanzhou", "grid")
    assert where["First Community"] == ("Dinghu", "urban-fringe")
    assert where["Luogang"] == ("Guangning", "land")
    assert where["Dazhou"] == ("Fengkai", "corridor")
    assert where["Taiyuan Village"] == ("Huaiji", "corridor")
    piloted = {pair for pair in where.values() if pair[1]}
    assert {
        ("Gaoyao", "nimby"),
        ("Deqing", "rural-revitalisation"),
        ("Sihui", "rural-revitalisation"),
    } < piloted
    assert {pair[1] for pair in piloted} == set(SPEC.domains) - {"environment"}


def test_the_cases_ten_matches_name_the_units_that_pilot_them():
    matches = [(unit, key) for key, domain in SPEC.domains.items() for unit in domain.matched]
    assert len(matches) == 10
    assert len({unit for unit, _ in matches}) == 9
    assert len(SPEC.domains) == 8
    assert SPEC.point == "nimby"


def test_guangdong_has_21_cities_and_the_provinces_population():
    assert len(GUANGDONG.cities) == 21
    assert GUANGDONG.community_population.sum() == pytest.approx(126_010_000)
    assert (np.bincount(GUANGDONG.unit_city) >= 1).all()
    assert GUANGDONG.label("Zhaoqing", "zh") == "肇庆市"
    assert {"Dongguan City", "Zhongshan City"} < set(GUANGDONG.units)


def test_zhaoqings_part_of_guangdong_is_zhaoqing():
    part = GUANGDONG.cities.index("Zhaoqing")
    inside = GUANGDONG.community_city == part
    names = [name for name, own in zip(GUANGDONG.communities, inside, strict=True) if own]
    assert tuple(names) == ZHAOQING.communities
    assert GUANGDONG.community_population[inside] == pytest.approx(ZHAOQING.community_population)
    units = [name for name, city in zip(GUANGDONG.units, GUANGDONG.unit_city, strict=True) if city == part]
    assert tuple(units) == ZHAOQING.units
    own = [row for row in rows("zhaoqing.csv") if row["tier"] != "province"]
    assert all(row in rows("guangdong.csv") for row in own)


@pytest.mark.parametrize("name", ["zhaoqing.csv", "guangdong.csv"])
def test_every_real_place_has_a_chinese_label_a_plain_english_name_and_a_source(name):
    for row in rows(name):
        assert row["zh"]
        assert row["unit"].isascii()
        assert row["source"][0] in "PSA"


def test_the_classroom_city_is_small():
    spec = load_scenario("classroom")
    places = load_hierarchy(spec)
    assert len(places.cities) == 1
    assert len(places.units) == 4
    assert len(places.communities) == 40
    assert len(spec.domains) == 4
