"""Cells of a case's tables: long texts, labelled values of Stata, and many wrong names."""

from __future__ import annotations

import pandas as pd
from linhe import KNOWN

from simulation.cases.cells import LONGEST_TEXT, MOST_SUGGESTED
from simulation.cases.reading import read_tables
from simulation.files.tables import save_table


def test_thousands_of_wrong_names_are_told_without_a_search_for_each(tmp_path):
    units = tuple(f"County{number:04}" for number in range(1000))
    wrong = [f"Conty{number:04}" for number in range(3000)]
    pd.DataFrame({"unit": wrong, "capacity": 1}).to_csv(tmp_path / "capacity.csv", index=False)
    _, found = read_tables(tmp_path, KNOWN._replace(units=units, labels={}))
    assert len(found) == len(wrong)
    assert all(one.suggestion for one in found[:MOST_SUGGESTED])
    assert not any(one.suggestion for one in found[MOST_SUGGESTED:])


def test_each_kind_of_column_has_its_own_suggestions(tmp_path):
    rows = [*((f"X{number}", "nimby", 1) for number in range(MOST_SUGGESTED + 1)), ("Duanzhou", "nimbi", 1)]
    save_table(pd.DataFrame(rows, columns=["unit", "domain", "severity"]), tmp_path / "severity.csv")
    _, found = read_tables(tmp_path, KNOWN)
    assert found[-1].suggestion == "nimby"


def test_a_text_that_is_too_long_is_told_as_a_text_with_its_limit(tmp_path):
    rows = [("Duanzhou", 1, "x" * LONGEST_TEXT), ("Gaoyao", 1, "x" * (LONGEST_TEXT + 1))]
    save_table(pd.DataFrame(rows, columns=["unit", "capacity", "source"]), tmp_path / "capacity.csv")
    _, (found,) = read_tables(tmp_path, KNOWN)
    assert "line 3, column source: text longer than 2,000 characters" in found.in_language("en")
    assert "文本超过 2,000 个字符" in found.in_language("zh")


def test_lines_of_a_text_end_as_on_any_system(tmp_path):
    for end in ("\n", "\r\n"):
        text = f'unit,capacity,source\nDuanzhou,1.2,"one{end}two"\n'
        (tmp_path / "capacity.csv").write_text(text, encoding="utf-8", newline="")
        tables, found = read_tables(tmp_path, KNOWN)
        assert (found, tables.capacity[0].source) == ([], "one\ntwo")


def test_labelled_values_of_stata_are_codes_where_a_number_belongs_and_labels_elsewhere(tmp_path):
    table = pd.DataFrame(
        {"date": ["2020-03-05", "2020-04-05"], "unit": [1, 1], "domain": ["nimby"] * 2, "measure": [3, 3]}
        | {"value": [0, 1]}
    )
    labels = {"unit": {1: "端州区"}, "measure": {3: "adopted"}, "value": {0: "no", 1: "yes"}}
    table.to_stata(tmp_path / "observed.dta", write_index=False, value_labels=labels, version=118)
    tables, found = read_tables(tmp_path, KNOWN)
    assert found == []
    assert [row[2:6] for row in tables.observed] == [("Duanzhou", "nimby", "adopted", value) for value in (0, 1)]


def test_a_labelled_number_out_of_range_is_told_by_its_code(tmp_path):
    table = pd.DataFrame({"unit": ["Duanzhou"], "domain": ["nimby"], "severity": [7]})
    table.to_stata(tmp_path / "severity.dta", write_index=False, value_labels={"severity": {7: "grave"}})
    _, found = read_tables(tmp_path, KNOWN)
    assert [one.given for one in found] == [7]
    assert "from 0 to 1" in found[0].message


def test_a_number_in_single_precision_of_stata_is_that_of_the_csv(tmp_path):
    table = pd.DataFrame({"unit": ["Duanzhou"], "capacity": [0.3]})
    made = []
    for form in ("csv", "dta"):
        (folder := tmp_path / form).mkdir()
        save = table.astype({"capacity": "float32"}).to_stata if form == "dta" else table.to_csv
        save(folder / f"capacity.{form}", **({"write_index": False} if form == "dta" else {"index": False}))
        made += [row.capacity for row in read_tables(folder, KNOWN)[0].capacity]
    assert made == [0.3, 0.3]
