"""Places are read from CSV files and inline rows, and wrong rows are refused."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
from kit.odd import told
from kit.tables import TABLE, structure

from simulation import RunResult
from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import InputError, load_scenario

HEAD = "unit,parent,tier,zh,population,urban_share,residential,villages,kind,pilot,platforms\n"
BODY = """P,,province,省,,,,,,,
C,P,city,市,,,,,,,
K,C,county,县,1000,0.6,2,3,,,
D,C,department,局,,,,,,,
T1,K,town,镇,,,,,town,land,
T2,K,town,街道,,,,,subdistrict,,
N,T1,community,新村,,,,,resident,grid,0.25
"""


def of(text: str, tmp_path, encoding: str = "utf-8"):
    path = tmp_path / "city.csv"
    path.write_bytes(text.encode(encoding))
    return load_hierarchy(load_scenario({"domains": {"land": {}}, "structure": {"file": str(path)}}))


def refusal(text, tmp_path, encoding="utf-8") -> InputError:
    with pytest.raises(InputError) as caught:
        of(text, tmp_path, encoding)
    assert "\n" not in caught.value.message
    return caught.value


def inline(*rows):
    return load_hierarchy(load_scenario({"domains": {"d": {}}, "structure": {"units": list(rows)}}))


CITY = {"unit": "C", "parent": "", "tier": "city"}
COUNTY = {"unit": "K", "parent": "C", "tier": "county", "population": 900, "residential": 3}


def test_places_keep_their_names_parents_kinds_and_labels(tmp_path):
    places = of(HEAD + BODY, tmp_path)
    assert places.units == ("K", "D")
    assert places.unit_is_department.tolist() == [False, True]
    assert places.communities == ("N", "K R001", "K R002", "K V001", "K V002", "K V003")
    assert places.community_is_village.tolist() == [False, False, False, True, True, True]
    assert [places.towns[town] for town in places.community_town] == ["T1", "T2", "T1", "T1", "T1", "T1"]
    assert places.community_pilot == ("grid", "", "land", "land", "land", "land")
    assert places.community_platforms[0] == 0.25
    assert np.isnan(places.community_platforms[1:]).all()
    assert places.label("N", "zh") == "新村"
    assert places.label("K V002", "zh") == "县村002"
    assert places.label("N", "en") == "N"


def test_population_is_split_by_urban_share_and_then_equally(tmp_path):
    places = of(HEAD + BODY, tmp_path)
    assert places.community_population == pytest.approx([200, 200, 200, 400 / 3, 400 / 3, 400 / 3])
    own = of(HEAD + BODY.replace("N,T1,community,新村,,", "N,T1,community,新村,500,"), tmp_path)
    assert own.community_population == pytest.approx([500, 50, 50, 400 / 3, 400 / 3, 400 / 3])


def test_a_department_answers_for_every_community_of_its_city_and_has_no_children(tmp_path):
    places = of(HEAD + BODY, tmp_path)
    assert places.jurisdiction(1).tolist() == list(range(6))
    assert places.unit_population == pytest.approx([1000, 1000])
    assert places.graph.nodes["D"]["jurisdiction"] == "C"
    assert list(places.graph.successors("D")) == []


def test_the_graph_is_a_tree_whose_populations_add_up(tmp_path):
    graph = of(HEAD + BODY, tmp_path).graph
    assert networkx.is_arborescence(graph)
    for node, data in graph.nodes.items():
        below = [graph.nodes[child] for child in graph.successors(node)]
        below = [child for child in below if child["tier"] != "department"]
        if below and data["tier"] != "department":
            assert sum(child["population"] for child in below) == pytest.approx(data["population"])
    assert [node for node, tier in graph.nodes("tier") if tier == "town"] == ["T1", "T2"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_tables_saved_by_chinese_spreadsheets_are_read(tmp_path, encoding):
    assert of(HEAD + BODY, tmp_path, encoding).zh == of(HEAD + BODY, tmp_path).zh


def test_a_table_that_kept_its_byte_order_mark_when_it_was_converted_to_gb18030_is_read(tmp_path):
    assert of("\ufeff" + HEAD + BODY, tmp_path, "gb18030").zh == of(HEAD + BODY, tmp_path).zh


def test_line_ends_blank_lines_and_the_order_of_rows_do_not_matter(tmp_path):
    plain = of(HEAD + BODY, tmp_path)
    lines = BODY.splitlines()
    turned = of(HEAD.replace("\n", "\r\n") + "\r\n\r\n".join(reversed(lines)) + "\r\n", tmp_path)
    assert set(turned.communities) == set(plain.communities)
    assert dict(zip(turned.communities, turned.community_population, strict=True)) == pytest.approx(
        dict(zip(plain.communities, plain.community_population, strict=True))
    )


def test_inline_rows_make_the_same_places_as_a_file(tmp_path):
    from_file = of("unit,parent,tier,population,residential\nC,,city,,\nK,C,county,900,3\n", tmp_path)
    from_rows = inline(CITY, COUNTY)
    assert from_rows.communities == from_file.communities
    assert from_rows.graph.edges == from_file.graph.edges


def test_cities_under_nothing_share_one_province_only_where_none_is_named():
    places = inline(CITY, COUNTY, {"unit": "C2", "tier": "city"}, COUNTY | {"unit": "K2", "parent": "C2"})
    assert places.provinces == ("Province",)
    assert places.city_province.tolist() == [0, 0]
    with pytest.raises(InputError, match="'C' has no parent"):
        inline({"unit": "P", "tier": "province"}, CITY, COUNTY)


def test_units_and_communities_stand_city_by_city():
    places = inline(
        CITY, CITY | {"unit": "C2"}, COUNTY | {"unit": "X", "parent": "C2"}, COUNTY,
        COUNTY | {"unit": "Y", "parent": "C2"},
    )  # fmt: skip
    assert places.units == ("K", "X", "Y")
    assert (np.diff(places.community_county) >= 0).all()


def test_one_structure_is_built_once_and_a_changed_file_anew(tmp_path):
    first = of(HEAD + BODY, tmp_path)
    assert of(HEAD + BODY, tmp_path) is first
    assert of(HEAD + BODY.replace("1000", "2000"), tmp_path).community_population.sum() == pytest.approx(2000)


def test_arrays_cannot_be_written(tmp_path):
    places = of(HEAD + BODY, tmp_path)
    with pytest.raises(ValueError, match="read-only"):
        places.community_population[0] = 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",parent,", ",above,", ["parent", "missing column"]),
        ("population", "populaton", ["unknown column", "population"]),
        ("urban_share", "population", ["column given twice"]),
        ("K,C,county,县,1000", "K,C,county,县,many", ["line 4, column population", "not a number", "'many'"]),
        ("K,C,county,县,1000", "K,C,county,县,nan", ["line 4, column population", "out of range"]),
        ("K,C,county,县,1000", "K,C,county,县,-5", ["line 4, column population", "out of range"]),
        ("0.6,2,3", "60,2,3", ["column urban_share", "from 0 to 1"]),
        ("0.6,2,3", "0.6,2.5,3", ["column residential", "whole number"]),
        ("0.6,2,3", "0.6,2,3,4", ["line 4", "12 cells under 11 columns"]),
        ("0.6,2,3", "0,2,3", ["'N'", "without people"]),
        (",1000,", ",,", ["'K'", "population"]),
        ("T2,K,town", "T2,J,town", ["parent of 'T2'", "'J'"]),
        ("T2,K,town", "T2,,town", ["'T2' has no parent"]),
        ("T2,K,town", "T2,D,town", ["'T2' is a town under a department"]),
        ("T2,K,town", "T1,K,town", ["duplicate name", "line 6"]),
        ("T2,K,town", ",K,town", ["line 7", "unit", "empty"]),
        ("T2,K,town", "T2,T2,town", ["circle", "T2 -> T2"]),
        ("T2,K,town", "T2,K,twon", ["unknown tier", "did you mean 'town'"]),
        ("resident,grid", "residnet,grid", ["unknown kind", "resident"]),
        ("0.25", "7", ["column platforms", "from 0 to 1"]),
        ("C,P,city", "C,P,county", ["'C' is a county under a province"]),
        ("N,T1,community", "K R001,T1,community", ["name is taken", "K R001"]),
        ("N,T1,community,新村", 'N,T1,community,"新村', ["not a CSV table"]),
    ],
)
def test_a_wrong_table_is_refused_by_name(tmp_path, old, new, words):
    assert old in HEAD + BODY
    message = refusal((HEAD + BODY).replace(old, new, 1), tmp_path).message
    assert "city.csv" in message
    for word in words:
        assert word in message


def test_units_above_each_other_in_a_circle_are_refused_with_the_circle():
    with pytest.raises(InputError, match=r"A -> B -> A|B -> A -> B"):
        inline(
            CITY,
            COUNTY,
            {"unit": "A", "parent": "B", "tier": "town"},
            {"unit": "B", "parent": "A", "tier": "town"},
        )


def test_a_county_without_communities_is_refused_by_name_with_the_ways_to_give_it_some(tmp_path):
    error = refusal("unit,parent,tier,population\nC,,city,\nK,C,county,900\n", tmp_path)
    assert "county 'K' has no communities" in error.message
    for way in ("residential", "villages", "tier community"):
        assert way in error.message


def test_a_structure_without_city_or_county_is_refused(tmp_path):
    assert refusal("unit,parent,tier\nP,,province\n", tmp_path).problem == "no city"
    assert refusal("unit,parent,tier\nC,,city\n", tmp_path).problem == "no county"
    assert refusal("", tmp_path).problem == "missing column"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_other_encodings_are_refused_by_name(tmp_path, encoding):
    assert "neither UTF-8 nor GB18030" in refusal(HEAD + BODY, tmp_path, encoding).message


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "city.csv"
    path.write_bytes(b"unit,parent,tier\n\xff\xff\xff\n")
    with pytest.raises(InputError, match="neither UTF-8 nor GB18030"):
        load_hierarchy(load_scenario({"domains": {"d": {}}, "structure": {"file": str(path)}}))


def test_a_missing_file_suggests_its_neighbour_and_a_folder_is_no_file(tmp_path):
    (tmp_path / "my-city.csv").write_text(HEAD + BODY, encoding="utf-8")
    spec = load_scenario("zhaoqing").with_values({"structure.file": str(tmp_path / "mycity.csv")})
    with pytest.raises(InputError, match="no such file") as caught:
        load_hierarchy(spec)
    assert caught.value.key == "structure.file"
    with pytest.raises(InputError, match="not a file"):
        load_hierarchy(spec.with_values({"structure.file": str(tmp_path)}))


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (COUNTY | {"population": "many"}, "structure.units[2], column population"),
        (COUNTY | {"population": True}, "structure.units[2], column population"),
        (COUNTY | {"population": math.nan}, "structure.units[2], column population"),
        (COUNTY | {"people": 3}, "structure.units[2], column people"),
        (COUNTY | {"unit": 3}, "structure.units[2], column unit"),
        ({"unit": "K", "parent": "C"}, "structure.units[2], column tier"),
    ],
)
def test_wrong_inline_rows_are_refused_by_place_and_column(row, key):
    with pytest.raises(InputError) as caught:
        inline(CITY, row)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("row", "en", "zh"),
    [
        (
            COUNTY | {"population": "many"},
            "structure.units, entry 2, column population: ",
            "structure.units 第 2 项，population 列：",
        ),
        (CITY, "duplicate name, first on structure.units, entry 1", "名称重复，首次出现处：structure.units 第 1 项"),
    ],
)
def test_the_entry_of_an_inline_row_is_named_in_words_in_both_languages(row, en, zh):
    with pytest.raises(InputError) as caught:
        inline(CITY, row)
    assert en in caught.value.in_language("en")
    assert zh in caught.value.in_language("zh")


def test_a_city_without_counties_is_refused_by_name() -> None:
    units = [
        {"unit": "Full", "parent": "", "tier": "city"},
        {"unit": "Only County", "parent": "Full", "tier": "county", "population": 1000, "villages": 4},
        {"unit": "Empty City", "parent": "", "tier": "city"},
    ]
    spec = load_scenario({"domains": {"point": {"en": "Point"}}, "structure": {"units": units}})
    with pytest.raises(InputError, match="Empty City"):
        load_hierarchy(spec)


def test_a_county_answers_for_its_own_communities_and_a_department_for_the_citys(small_run: RunResult) -> None:
    places = load_hierarchy(small_run.spec)
    for unit, department in enumerate(places.unit_is_department):
        mine = places.jurisdiction(unit)
        assert len(mine)
        if department:
            assert set(places.community_city[mine]) == {places.unit_city[unit]}
        else:
            assert set(places.community_county[mine]) == {unit}


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("note", [math.nan, math.inf, datetime.date(2020, 3, 1), [1], {"a": 1}, None])
def test_a_remark_in_inline_rows_that_no_result_could_hold_is_refused(note: Any) -> None:
    units = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        {"unit": "A", "parent": "C", "tier": "county", "population": 9, "residential": 2},
    ]
    spec = {"domains": {"d": {}}, "structure": {"units": [*units[:2], {**units[2], "note": note}]}}
    assert "note" in str(told(lambda: load_hierarchy(load_scenario(spec))))
    load_hierarchy(load_scenario({**spec, "structure": {"units": [*units[:2], {**units[2], "code": 441200}]}}))


def test_a_long_chain_of_parents_is_refused_without_walking_it_again_for_every_row(tmp_path: Path) -> None:
    path = tmp_path / "chain.csv"
    chain = "".join(f"t{number},t{number - 1},town\n" for number in range(1, 30_000))
    path.write_text(f"unit,parent,tier\nP,,province\nC,P,city\nt0,C,county\n{chain}", encoding="utf-8")
    assert "is a town under a town" in str(told(lambda: structure(path)))


def test_more_communities_than_allowed_are_refused_before_they_are_made(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    counties = "".join(f"A{number},C,county,9,1e6,1e6\n" for number in range(300))
    path.write_text(
        f"unit,parent,tier,population,residential,villages\nP,,province,,,\nC,P,city,,,\n{counties}", encoding="utf-8"
    )
    assert "too many communities" in str(told(lambda: structure(path)))


@pytest.mark.parametrize("population", ["1e11", "nan", "inf", "1e400", "-1", "1e-300", "5e-324", "0"])
def test_a_population_that_nobody_has_is_refused(tmp_path: Path, population: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(TABLE.replace(b"900", population.encode()))
    assert told(lambda: structure(path))


def test_a_town_that_carries_no_community_is_refused_by_name():
    county = {"unit": "K", "parent": "C", "tier": "county", "population": 400, "residential": 1, "villages": 1}
    rows = [
        {"unit": "P", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        county,
        *({"unit": f"T{n}", "parent": "K", "tier": "town", "kind": "town"} for n in range(3)),
    ]
    with pytest.raises(InputError, match="carries no community") as refused:
        load_hierarchy(load_scenario({"structure": {"units": rows, "citizens": 20}, "domains": {"x": {}}}))
    assert "T" in refused.value.key


@pytest.mark.parametrize(
    ("cell", "near"),
    [("98", "0.98"), ("5", "0.05"), ("98%", "0.98"), ("98 ％", "0.98"), ("0,98", "0.98"), ("1.5", None), ("abc", None)],
)
def test_a_share_given_in_another_way_is_suggested_as_a_share(cell, near, tmp_path):
    error = refusal(HEAD + BODY.replace("1000,0.6", f'1000,"{cell}"'), tmp_path)
    assert (error.suggestion, error.allowed) == (near, "a number from 0 to 1")
    assert (error.problem == "must be a share, not a percentage") == (cell in ("98", "5"))


@pytest.mark.parametrize(
    ("cell", "near"),
    [("12,000", "12000"), ("1 200 000", "1200000"), ("12.5万", "125000"), ("4亿", "400000000"), ("many", None)],
)
def test_a_population_given_in_another_way_is_suggested_as_a_number(cell, near, tmp_path):
    assert refusal(HEAD + BODY.replace("1000,0.6", f'"{cell}",0.6'), tmp_path).suggestion == near


@pytest.mark.parametrize(
    ("column", "word", "meant"),
    [
        ("tier", "district", "county"),
        ("tier", "区", "county"),
        ("tier", "街道", "town"),
        ("tier", "village", "community"),
        ("tier", "conty", "county"),
        ("tier", "thing", None),
        ("kind", "district", None),
        ("kind", "社区", "resident"),
        ("kind", "vilage", "village"),
    ],
)
def test_a_word_for_a_tier_or_kind_is_led_to_what_it_means(column, word, meant, tmp_path):
    cells = f"X,K,{word},,,,,,,," if column == "tier" else f"X,K,community,,,,,,{word},,"
    error = refusal(HEAD + BODY + cells + "\n", tmp_path)
    assert (error.problem, error.suggestion) == (f"unknown {column}", meant)


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_separated_as_spreadsheets_do_where_the_comma_stands_in_numbers_is_read(sign, tmp_path):
    assert of((HEAD + BODY).replace(",", sign), tmp_path).communities == of(HEAD + BODY, tmp_path).communities


def test_a_cell_is_named_by_line_and_column_in_both_languages(tmp_path):
    error = refusal(HEAD + BODY.replace("0.6", "2"), tmp_path)
    assert error.key == "line 4, column urban_share"
    assert "：第 4 行，urban_share 列：超出范围（给定值：'2'）；允许：0 至 1 的数" in error.in_language("zh")


@pytest.mark.parametrize(
    ("column", "meant"),
    [("名称", "unit"), ("Level", "tier"), ("人口", "population"), ("popualtion", "population"), ("gdp", None)],
)
def test_an_unknown_column_is_led_to_the_one_that_it_means(column, meant, tmp_path):
    error = refusal(f"{column},{HEAD}x,{BODY}", tmp_path)
    assert (error.problem, error.key, error.suggestion) == ("unknown column", "line 1", meant)
