"""Tables with a column per dotted key: alike whatever the form of the file, each fault at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from simulation.evidence.worlds.file import shipped_worlds, worlds
from simulation.experiments.design.design import Design
from simulation.files.errors import InputError
from simulation.files.tables import save_table

POINTS = pd.DataFrame(
    {
        "execution.oversight": [0.25, 1.0, 0.5],
        "stages.authority.rank": ["deputy", "secretary", "none"],
        "evaluation.review_every": [13, 26, 13],
    }
)
FORMS = ("csv", "xlsx", "dta")


def design_of(table: Path) -> Design:
    return Design.of({"sweep": {"design": "list", "file": str(table)}})


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        design_of(path)
    assert caught.value.file == str(path)
    return caught.value


def workbook(path: Path, *lines: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_a_list_of_points_is_the_same_design_from_every_form_of_file(tmp_path: Path, form: str) -> None:
    design = design_of(save_table(POINTS, tmp_path / f"points.{form}"))
    assert [factor.name for factor in design.factors] == list(POINTS.columns)
    assert list(design.points()) == list(POINTS.itertuples(index=False, name=None))


@pytest.mark.parametrize("form", FORMS)
def test_a_set_of_worlds_is_the_same_from_every_form_of_file(tmp_path: Path, form: str) -> None:
    some = pd.read_csv(shipped_worlds()).head(3)
    assert worlds(file=save_table(some, tmp_path / f"mine.{form}")) == worlds(3)


def test_a_table_of_points_in_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes("stages.authority.rank,题目\nnone,甲\n".encode("gb18030"))
    assert [factor.name for factor in design_of(path).factors] == ["stages.authority.rank", "题目"]


def test_rows_keep_their_numbers_where_others_are_empty(tmp_path: Path) -> None:
    path = workbook(tmp_path / "mine.xlsx", ["effect.wear"], [None], [0.01], [None], ["much"])
    with pytest.raises(InputError) as caught:
        worlds(file=path)
    assert str(caught.value.key) == "row 5, column effect.wear"
    assert caught.value.given == "much"


def test_an_observation_of_stata_is_counted_as_stata_counts_it(tmp_path: Path) -> None:
    path = save_table(pd.DataFrame({"effect.wear": [0.01, 7.0]}), tmp_path / "mine.dta")
    with pytest.raises(InputError) as caught:
        worlds(file=path)
    assert str(caught.value.key) == "observation 2, column effect.wear"


def test_a_formula_without_a_value_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "points.xlsx", ["effect.wear"], [0.01], ["=A2*2"])
    assert str(refused(path).key) == "A3, column effect.wear"


def test_a_form_that_is_not_read_is_refused_with_the_advice_to_save_it_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "points.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    assert ".xlsx" in str(refused(path).allowed)


@pytest.mark.parametrize("form", FORMS)
def test_truth_values_and_days_are_the_same_from_every_form_of_file(tmp_path: Path, form: str) -> None:
    day = pd.Timestamp("2020-03-02")
    table = pd.DataFrame({"plan.keep_point": [True, False], "start_date": [day, day], "effect.wear": [0.01, 0.02]})
    path = tmp_path / f"points.{form}"
    if form == "csv":
        path.write_text(
            "plan.keep_point,start_date,effect.wear\ntrue,2020-03-02,0.01\nfalse,2020-03-02,0.02\n", encoding="utf-8"
        )
    elif form == "xlsx":
        table.to_excel(path, index=False)
    else:
        names = {"plan.keep_point": "plan_keep_point", "effect.wear": "effect_wear"}
        table.rename(columns=names).astype({"plan_keep_point": "int8"}).to_stata(path, write_index=False)
    assert list(design_of(path).points()) == [(True, "2020-03-02", 0.01), (False, "2020-03-02", 0.02)]


def test_worlds_below_a_blank_row_are_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "mine.xlsx", [None], ["effect.wear"], [0.01])
    assert list(worlds(file=path)) == [{"effect.wear": 0.01}]


def test_a_cell_beside_the_table_is_refused_by_the_place_where_its_columns_name_would_stand(tmp_path: Path) -> None:
    path = workbook(tmp_path / "points.xlsx", ["effect.wear"], [0.01, None, "a remark"], [0.02])
    error = refused(path)
    assert (str(error.key), error.problem) == ("C1", "this column has no name, but has content")
