"""Files of a case's folder: which are its tables, which seem to be, and which are left alone."""

from __future__ import annotations

import pytest
from linhe import KNOWN

from simulation.cases.reading import read_tables

OBSERVED = "date,unit,domain,measure,value\n2020-03-05,Duanzhou,nimby,reported,0.5\n"


def test_two_files_of_one_table_are_refused(tmp_path):
    for name in ("severity.csv", "severity.xlsx"):
        (tmp_path / name).write_bytes(b"anything")
    _, found = read_tables(tmp_path, KNOWN)
    assert len(found) == 1
    assert "severity.csv" in found[0].message
    assert "severity.xlsx" in found[0].message


@pytest.mark.parametrize("name", ["observed.xls", "observed.ods", "observed.numbers", "observed.XLS", "Observed.json"])
def test_a_table_of_another_form_is_not_passed_over(name, tmp_path):
    (tmp_path / name).write_bytes(b"anything")
    _, found = read_tables(tmp_path, KNOWN)
    assert len(found) == 1
    assert ".xlsx" in found[0].allowed


@pytest.mark.parametrize("name", ["Observed.csv", "OBSERVED.CSV", "observed.CSV"])
def test_capitals_in_the_name_of_a_table_make_no_difference(name, tmp_path):
    (tmp_path / name).write_text(OBSERVED, encoding="utf-8")
    tables, found = read_tables(tmp_path, KNOWN)
    assert (len(tables.observed), found, tables.files) == (1, [], {"observed": tmp_path / name})


def test_two_files_that_differ_in_capitals_are_two_files_of_one_table(tmp_path):
    for name in ("observed.csv", "Observed.xlsx"):
        (tmp_path / name).write_bytes(b"anything")
    _, found = read_tables(tmp_path, KNOWN)
    assert len(found) == 1
    assert "Observed.xlsx" in found[0].message
    assert "several files" in found[0].message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("observed (1).csv", "observed.csv"),
        ("Observed（2）.xlsx", "observed.xlsx"),
        ("observed - 副本.csv", "observed.csv"),
        ("副本observed.csv", "observed.csv"),
        ("observed - Copy (3).csv", "observed.csv"),
        ("Copy of observed.dta", "observed.dta"),
        ("obsreved.csv", "observed.csv"),
        ("signal.xls", "signals.csv"),
        ("meetings_2020.csv", "meetings.csv"),
    ],
)
def test_a_file_whose_name_is_nearly_a_tables_is_not_passed_over(name, meant, tmp_path):
    (tmp_path / name).write_bytes(b"anything")
    tables, found = read_tables(tmp_path, KNOWN)
    assert tables.files == {}
    assert [(one.file, one.suggestion) for one in found] == [(str(tmp_path / name), meant)]
    for lang in ("en", "zh"):
        assert meant in found[0].in_language(lang)


def test_a_copy_beside_its_table_is_no_problem(tmp_path):
    (tmp_path / "observed (1).csv").write_bytes(b"anything")
    (tmp_path / "observed.csv").write_text(OBSERVED, encoding="utf-8")
    tables, found = read_tables(tmp_path, KNOWN)
    assert (len(tables.observed), found) == (1, [])


NEIGHBOURS = (
    *("README.md", "README.zh.md", "case.toml", "city.csv", "city.xlsx", "City.dta", "notes.txt", "observed.md"),
    *("settings.json", "settings.csv", "posterior.csv", "prior.csv", "parameters.csv", "search.csv", "adequacy.csv"),
    *("scales.csv", "counterfactuals.csv", "table.csv", "places.csv", "units.csv", "codebook.xlsx", "sources.csv"),
    *("~$observed.xlsx", "._observed.csv", ".observed.csv", "单位.csv", "(1).csv", ".csv", "observed", "observed.png"),
)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_other_files_of_a_case_are_passed_over(name, tmp_path):
    (tmp_path / name).write_bytes(b"anything")
    assert read_tables(tmp_path, KNOWN)[1] == []


def test_folders_are_not_taken_for_tables(tmp_path):
    for name in ("observed", "signals (1).csv", "meeting.csv"):
        (tmp_path / name).mkdir()
    assert read_tables(tmp_path, KNOWN)[1] == []


def test_a_folder_that_cannot_be_listed_is_one_problem(tmp_path):
    tables, found = read_tables(tmp_path / "none", KNOWN)
    assert (tables.files, len(found), found[0].file) == ({}, 1, str(tmp_path / "none"))
