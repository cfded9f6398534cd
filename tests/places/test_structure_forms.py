"""A table of places may be a workbook or a Stata file; the places are the same, and mistakes are named by their row."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from simulation import InputError, load_scenario
from simulation.files.shipped import shipped_folder
from simulation.places.hierarchy import load_hierarchy

SCENARIO = 'extends = "zhaoqing"\n[structure]\nfile = "places.{}"\n'


def table():
    (path,) = (load_scenario("zhaoqing").structure_path,)
    assert path.is_relative_to(shipped_folder())
    return pd.read_csv(path)


def saved(folder, form, places):
    if form == "csv":
        places.to_csv(folder / "places.csv", index=False)
    elif form == "xlsx":
        places.to_excel(folder / "places.xlsx", index=False)
    else:
        words = places.select_dtypes(exclude="number").columns
        filled = places.fillna(dict.fromkeys(words, ""))
        filled.to_stata(folder / "places.dta", write_index=False, version=118)
    (folder / "s.toml").write_text(SCENARIO.format(form), encoding="utf-8")
    return load_scenario(folder / "s.toml")


def places_of(spec):
    hierarchy = load_hierarchy(spec)
    return {name: repr(getattr(hierarchy, name)) for name in hierarchy.__dataclass_fields__}


@pytest.mark.parametrize("form", ["xlsx", "dta"])
def test_the_places_do_not_depend_on_the_form(form, tmp_path):
    from_csv = places_of(saved(tmp_path, "csv", table()))
    assert places_of(saved(tmp_path, form, table())) == from_csv


@pytest.mark.parametrize(
    ("form", "english", "chinese"), [("xlsx", "row 4", "第 4 行"), ("dta", "observation 3", "第 3 条观测")]
)
def test_a_wrong_cell_is_named_by_its_row(form, english, chinese, tmp_path):
    places = table()
    places.loc[2, "tier"] = "countie"
    with pytest.raises(InputError) as caught:
        load_hierarchy(saved(tmp_path, form, places))
    assert f"{english}, column tier" in caught.value.message
    assert chinese in caught.value.in_language("zh")
    assert caught.value.suggestion == "county"


def test_a_cell_of_a_workbook_that_cannot_be_read_is_named(tmp_path):
    spec = saved(tmp_path, "xlsx", table())
    book = openpyxl.load_workbook(tmp_path / "places.xlsx")
    book.active["B3"] = "=A2"
    book.save(tmp_path / "places.xlsx")
    spec = load_scenario(tmp_path / "s.toml")
    with pytest.raises(InputError, match=r"B3, column .* formula without a value"):
        load_hierarchy(spec)


@pytest.mark.parametrize("form", ["xls", "ods", "numbers"])
def test_a_workbook_of_another_form_is_refused_with_advice(form, tmp_path):
    (tmp_path / f"places.{form}").write_bytes(b"anything")
    (tmp_path / "s.toml").write_text(SCENARIO.format(form), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_hierarchy(load_scenario(tmp_path / "s.toml"))
    assert ".xlsx" in caught.value.allowed


def test_the_nearest_workbook_is_suggested(tmp_path):
    saved(tmp_path, "xlsx", table())
    (tmp_path / "s.toml").write_text(
        SCENARIO.format("xlsx").replace("places", str(tmp_path / "place")), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_hierarchy(load_scenario(tmp_path / "s.toml"))
    assert caught.value.suggestion == "places.xlsx"
