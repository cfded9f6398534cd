"""Tables for Excel and Stata: what goes out comes back, and nothing of it is run or silently changed."""

from __future__ import annotations

import math
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

from simulation.files import stata, workbook
from simulation.files.errors import InputError
from simulation.files.stata import stata_label, stata_names
from simulation.files.tables import checked_format, save_table

RUNS = pd.DataFrame(
    {
        "stages.authority.meetings_per_year": [12, 68, 68],
        "plan.kind": ["uniform", "点", None],
        "seed": [2**53 - 1, 0, 7],
        "effectiveness": [0.1, math.nan, 1 / 3],
        "error": ["=1+1", None, "two\nlines"],
    }
)


def test_a_workbook_gives_the_table_back(tmp_path):
    read = pd.read_excel(save_table(RUNS, tmp_path / "runs.xlsx"))
    pd.testing.assert_frame_equal(read.replace({np.nan: None}), RUNS.replace({np.nan: None}), check_dtype=False)


def test_a_text_that_excel_would_run_is_a_text_in_the_workbook(tmp_path):
    evil = ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(1)", "#N/A", "＝1"]
    path = save_table(pd.DataFrame({"=name": evil}), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path)["data"]
    cells = [row[0] for row in sheet.iter_rows()]
    assert len(cells) == len(evil) + 1
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells if cell.value != "#N/A"] == [True] * len(evil)


def test_signs_that_no_workbook_holds_stand_as_their_codes(tmp_path):
    path = save_table(pd.DataFrame({"a": ["one\x08two", "\u200b=1"]}), tmp_path / "t.xlsx")
    assert pd.read_excel(path)["a"].tolist() == [r"one\x08two", r"\u200b=1"]


def test_a_workbook_says_what_its_columns_mean_on_a_second_sheet(tmp_path):
    path = save_table(RUNS, tmp_path / "t.xlsx", labels={"effectiveness": "governance effectiveness"})
    rows = list(openpyxl.load_workbook(path)["columns"].values)
    assert rows == [("effectiveness", "governance effectiveness")]


@pytest.mark.parametrize(
    ("limit", "table"),
    [
        ("MOST_ROWS", pd.DataFrame({"a": range(3)})),
        ("MOST_COLUMNS", pd.DataFrame({"a": [1], "b": [1], "c": [1], "d": [1]})),
        ("LONGEST_TEXT", pd.DataFrame({"a": ["four"]})),
    ],
)
def test_a_table_beyond_a_limit_of_excel_is_refused_before_anything_is_written(monkeypatch, tmp_path, limit, table):
    assert (workbook.MOST_ROWS, workbook.MOST_COLUMNS, workbook.LONGEST_TEXT) == (1_048_576, 16_384, 32_767)
    monkeypatch.setattr(workbook, limit, 3)
    with pytest.raises(InputError, match="Excel") as caught:
        save_table(table, tmp_path / "t.xlsx")
    assert caught.value.key == "--format xlsx"
    assert list(tmp_path.iterdir()) == []


def test_excel_counts_characters_as_utf16(monkeypatch, tmp_path):
    monkeypatch.setattr(workbook, "LONGEST_TEXT", 3)
    with pytest.raises(InputError):
        save_table(pd.DataFrame({"a": ["𝔸𝔸"]}), tmp_path / "t.xlsx")


def test_stata_gives_the_numbers_and_texts_back_under_its_names(tmp_path):
    path = save_table(RUNS, tmp_path / "runs.dta")
    read = pd.read_stata(path)
    assert read.columns.tolist() == ["authority_meetings_per_year", "plan_kind", "seed", "effectiveness", "error"]
    assert read["seed"].astype("int64").tolist() == RUNS["seed"].tolist()
    assert read["plan_kind"].tolist() == ["uniform", "点", ""]
    np.testing.assert_array_equal(read["effectiveness"], RUNS["effectiveness"])
    assert read["error"].tolist() == ["=1+1", "", "two\nlines"]


def test_stata_labels_hold_the_full_name_and_the_meaning(tmp_path):
    key = "stages.authority.meetings_per_year"
    path = save_table(RUNS, tmp_path / "runs.dta", labels={key: "Meetings " * 20, "seed": "seed of the run"})
    with pd.read_stata(path, iterator=True) as reader:
        labels = reader.variable_labels()
    assert labels["seed"] == "seed of the run [seed]"
    assert labels["authority_meetings_per_year"].endswith(f"… [{key}]")
    assert len(labels["authority_meetings_per_year"]) == 80
    assert labels["plan_kind"] == "plan.kind"


def test_every_name_that_stata_gets_is_valid_and_stands_once():
    from simulation.metrics import METRICS
    from simulation.scenario import parameters

    columns = [info.key for info in parameters()] + list(METRICS)
    columns += ["if", "_n", "str12", "1st", "", "面", "Étape", "_", "a b", "a.b", "A_B", "x" * 40, "x" * 41]
    names = list(stata_names(dict.fromkeys(columns)).values())
    assert len(names) == len(set(columns))
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,31}", name)
        assert name not in stata._RESERVED
        assert not re.fullmatch(r"str\d+", name)


def test_a_label_is_never_longer_than_stata_takes():
    for column in ("a", "a" * 79, "a" * 200):
        for meaning in ("", "b", "b" * 200):
            assert len(stata_label(column, meaning)) <= 80


def test_a_text_that_would_become_a_strl_is_refused(tmp_path):
    save_table(pd.DataFrame({"a": ["x" * 2045]}), tmp_path / "fits.dta")
    with pytest.raises(InputError, match=r"2,045 bytes"):
        save_table(pd.DataFrame({"a": ["面" * 700]}), tmp_path / "t.dta")
    assert not (tmp_path / "t.dta").exists()


def test_infinity_is_missing_in_stata_and_truth_is_one(tmp_path):
    table = pd.DataFrame({"a": [math.inf, -math.inf, 1e308], "b": [True, False, True], "c": [1, 2.5, "chosen"]})
    read = pd.read_stata(save_table(table, tmp_path / "t.dta"))
    assert read["a"].isna().all()
    assert read["b"].tolist() == [1, 0, 1]
    assert read["c"].tolist() == ["1", "2.5", "chosen"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dta"])
def test_a_table_without_rows_keeps_its_columns(tmp_path, kind):
    path = save_table(RUNS.iloc[:0], tmp_path / f"t.{kind}")
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "dta": pd.read_stata}[kind](path)
    assert read.shape == (0, 5)


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(InputError) as caught:
        checked_format("runs.xls", None)
    assert caught.value.suggestion == "xlsx"
    assert checked_format("runs.anything", "DTA") == "dta"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dta"])
def test_every_table_of_a_saved_run_is_exported_and_comes_back(tmp_path, kind):
    from typer.testing import CliRunner

    from simulation import RunResult, load_scenario, run
    from simulation.command.main import app
    from simulation.results import TABLES

    folder = tmp_path / "run"
    short = load_scenario("classroom").with_values({"weeks": 12, "structure.citizens": 200})
    run(short.with_change(6, {"execution.oversight": 0.2}, length=3), seed=1).save(folder)
    saved = RunResult.load(folder)
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "dta": pd.read_stata}[kind]
    for name in TABLES:
        file = tmp_path / f"{name}.{kind}"
        done = CliRunner().invoke(app, ["export", str(folder), "--table", name, "--out", str(file), "--lang", "en"])
        assert done.exit_code == 0, done.output
        back, table = read(file), getattr(saved, name)
        assert back.columns.tolist() == table.columns.tolist()
        for column in table.columns:
            if table[column].dtype.kind in "iuf":
                np.testing.assert_allclose(back[column], table[column], rtol=1e-15)
            elif table[column].dtype.kind != "b":
                texts = [series.astype(object).where(series.notna(), "") for series in (back[column], table[column])]
                # A reader may take a text that is a number for one.
                assert texts[0].astype(str).tolist() == texts[1].astype(str).tolist()
    done = CliRunner().invoke(app, ["export", str(folder), "--table", "cels", "--out", str(tmp_path / "x.csv")])
    assert done.exception.suggestion == "cells"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_column_of_every_table_of_a_run_is_explained_when_it_is_exported(lang):
    from simulation import load_scenario, run
    from simulation.experiments.exporting import meanings
    from simulation.results import TABLES

    result = run(load_scenario("zhaoqing").with_values({"weeks": 8, "structure.citizens": 1000}))
    for name in TABLES:
        columns = list(getattr(result, name).columns)
        found = meanings(columns, lang, detailed=name != "weekly")
        assert [column for column in columns if column not in found] == [], name
    assert "number" in meanings(["substantive"], "en", detailed=True)["substantive"]
    assert "number" not in meanings(["substantive"], "en")["substantive"]
