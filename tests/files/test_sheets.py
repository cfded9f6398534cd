"""Tables of users: what stands in the cells is read, and what cannot be read is refused by its place."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import re
import tracemalloc
import zipfile
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.files import sheets
from simulation.files.errors import InputError
from simulation.files.sheets import OTHER_FORMS, Fault, read_sheet
from simulation.files.stata_cells import Labelled
from simulation.files.tables import save_table

TABLE = pd.DataFrame({"unit": ["Duanzhou", "端州区", "=1+1"], "value": [0.5, 2.0, None]})


def made(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(folder, rows, change=None, name="t.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(folder / name)
    return folder / name


def repacked(path, replace):
    """Rewrite members of a workbook: name to a function of their bytes."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, replace(name, content))
    return path


def cells(path, most=100):
    return [row for _, row in read_sheet(path, most).rows]


def refusal(path, most=100):
    with pytest.raises(InputError) as caught:
        read_sheet(path, most)
    assert str(path) in caught.value.message
    return caught.value


@pytest.mark.parametrize("form", ["csv", "xlsx", "dta"])
def test_what_is_saved_is_read_back(form, tmp_path):
    sheet = read_sheet(save_table(TABLE, tmp_path / f"t.{form}"), 100)
    assert (sheet.kind, sheet.header) == (form, ("unit", "value"))
    expected = [("Duanzhou", 0.5), ("端州区", 2.0), ("=1+1", None)]
    if form == "csv":
        expected = [(unit, None if value is None else str(value)) for unit, value in expected]
    assert [row for _, row in sheet.rows] == expected


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
    lambda text: not text.startswith("'") and not re.search("_x[0-9A-Fa-f]{4}_", text)
)


@pytest.mark.parametrize("form", ["csv", "xlsx", "dta"])
@given(texts=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_comes_back_as_it_was(form, texts, tmp_path_factory):
    path = tmp_path_factory.mktemp("texts") / f"t.{form}"
    save_table(pd.DataFrame(texts, columns=["a", "b"]), path)
    assert cells(path) == texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_encodings_and_separators_make_no_difference(encoding, between, tmp_path):
    text = f"单位{between}数值\r\n端州区{between}1\r\n"
    sheet = read_sheet(made(tmp_path, "t.csv", text.encode(encoding)), 100)
    assert (sheet.header, sheet.rows) == (("单位", "数值"), ((2, ("端州区", "1")),))


def test_quotes_within_quotes_and_lines_within_cells_are_kept(tmp_path):
    sheet = read_sheet(made(tmp_path, "t.csv", 'a,b\n"say ""yes""","two\nlines"\nc,d\n'), 100)
    assert sheet.rows == ((3, ('say "yes"', "two\nlines")), (4, ("c", "d")))


def test_a_quote_that_never_ends_is_refused_by_its_line(tmp_path):
    assert "line 3" in refusal(made(tmp_path, "t.csv", 'a,b\n1,2\n"1,2\n')).message


def test_a_line_with_too_many_cells_is_marked_and_the_others_are_read(tmp_path):
    rows = cells(made(tmp_path, "t.csv", "a,b\n1,2\n1,200,3\n4,5\n"))
    assert rows[0] == ("1", "2")
    assert rows[2] == ("4", "5")
    assert isinstance(rows[1][0], Fault)
    assert rows[1][0].given == "1,200,3"


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_separator_is_that_of_the_first_line_with_content(between, end, tmp_path):
    sheet = read_sheet(made(tmp_path, "t.csv", end.join(["", " ", f"a{between}b", f"1{between}2", ""])), 100)
    assert (sheet.header, sheet.rows) == (("a", "b"), ((4, ("1", "2")),))


@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_empty_lines_before_the_header_are_passed_over(between, tmp_path):
    sheet = read_sheet(made(tmp_path, "t.csv", f"{between}a,b,\n1,2,\n"), 100)
    assert (sheet.header, sheet.first) == (("a", "b"), 1 + len(between))


def test_values_keep_their_kind_in_a_workbook_and_empty_rows_and_columns_are_left_out(tmp_path):
    day = datetime(2020, 3, 5)
    rows = [[], ["a", "b", "c", "d", None], [], [day, True, "12 ", 0.5, None], [None, None, None, None, " "]]
    sheet = read_sheet(workbook(tmp_path, rows), 100)
    assert (sheet.header, sheet.first, sheet.head(1)) == (("a", "b", "c", "d"), 2, "B2")
    assert sheet.rows == ((4, (day, True, "12", 0.5)),)


def test_what_a_merged_cell_covers_is_refused_with_its_range(tmp_path):
    path = workbook(tmp_path, [["a", "b"], [1, 2], [None, 3]], lambda book: book.active.merge_cells("A2:A3"))
    first, (fault, beside) = cells(path)
    assert first == (1, 2)
    assert isinstance(fault, Fault)
    assert "A2:A3" in fault.problem
    assert beside == 3


def merging(path, *refs):
    """Add merged ranges to a workbook as they stand in its file, unchecked."""
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    part = f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
    return repacked(path, lambda name, old: old.replace(b"</sheetData>", part) if name.endswith("sheet1.xml") else old)


@pytest.mark.parametrize("ref", ["B2:B1048576", "A1:XFD1048576"])
def test_a_merged_range_of_the_whole_sheet_costs_no_more_than_its_text(ref, tmp_path):
    path = merging(workbook(tmp_path, [["a", "b"], [1, 2], [3, 4]]), ref)
    tracemalloc.start()
    (_, first), (_, second) = cells(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 50_000_000
    assert isinstance(second, Fault)
    assert ref in second.problem
    assert isinstance(first, Fault) == (ref != "B2:B1048576")


def test_what_is_merged_is_told_in_every_cell_of_its_range_and_nowhere_else(tmp_path):
    rows = [["a", "b", "c"], *([number, number, number] for number in range(6))]
    path = merging(workbook(tmp_path, rows), "$B$2:$C$3", "A4:A4", "B5:B6", "ZZ1:ZZ9", "C7:C7")
    found = [
        [isinstance(cell, Fault) and re.search(r"\w+:\w+", cell.problem)[0] for cell in row] for row in cells(path)
    ]
    assert found == [
        [False, False, "B2:C3"],
        [False, "B2:C3", "B2:C3"],
        [False, False, False],
        [False, False, False],
        [False, "B5:B6", False],
        [False, False, False],
    ]


def test_merged_cells_of_another_sheet_mean_nothing(tmp_path):
    def beside(book):
        other = book.create_sheet("second")
        other.append([1, 2])
        other.merge_cells("A1:C9")

    assert cells(workbook(tmp_path, [["a", "b"], [1, 2]], beside)) == [(1, 2)]


def test_more_merged_cells_than_the_limit_are_refused_and_as_many_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_MERGED", 3)
    rows = [["a"], [1]]
    refs = [f"B{row}:C{row}" for row in range(10, 14)]
    assert cells(merging(workbook(tmp_path, rows), *refs[:3])) == [(1,)]
    assert "too many merged" in refusal(merging(workbook(tmp_path, rows), *refs)).message


@pytest.mark.parametrize("ref", ["nonsense", "A1:", "A1:B"])
def test_a_merged_range_that_is_none_is_refused(ref, tmp_path):
    assert "no workbook" in refusal(merging(workbook(tmp_path, [["a"], [1]]), ref)).message


def test_the_first_sheet_that_is_seen_is_read(tmp_path):
    def hide(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("second").append(["seen"])

    assert read_sheet(workbook(tmp_path, [["hidden"]], hide), 100).header == ("seen",)


def test_a_formula_without_a_value_is_refused_and_one_with_a_value_is_read(tmp_path):
    path = workbook(tmp_path, [["a", "b"], [1, "=A2+1"], [2, "=A3+1"], [3, '=""']])

    def keep(name, content):
        if name != "xl/worksheets/sheet1.xml":
            return content
        content = re.sub(rb'(r="B3"[^>]*><f>[^<]*</f>)<v ?/?>(</v>)?', rb"\1<v>3</v>", content)
        return re.sub(rb'r="B4"([^>]*><f>[^<]*</f>)<v ?/?>(</v>)?', rb'r="B4" t="str"\1<v></v>', content)

    first, second, third = cells(repacked(path, keep))
    assert isinstance(first[1], Fault)
    assert first[1].problem == "the cell holds a formula without a value"
    assert second == (2, 3)
    assert third == (3, None)


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!"])
def test_an_error_of_excel_is_refused(error, tmp_path):
    ((cell, beside),) = cells(workbook(tmp_path, [["a", "b"], [error, 1]]))
    assert isinstance(cell, Fault)
    assert error in cell.problem
    assert beside == 1


@pytest.mark.parametrize(
    ("form", "english", "chinese"),
    [
        ("csv", "line 7, column unit", "第 7 行，unit 列"),
        ("xlsx", "C7, column unit", "C7，unit 列"),
        ("dta", "observation 7, column unit", "第 7 条观测，unit 列"),
    ],
)
def test_a_place_is_said_in_the_words_of_its_program(form, english, chinese, tmp_path):
    place = sheets.Sheet(tmp_path, form, ("a", "b", "unit"), ()).place(7, 2)
    assert str(place) == english
    assert place.zh.replace(" ", "") == chinese.replace(" ", "")


@pytest.mark.parametrize(("column", "name"), [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")])
def test_columns_are_named_as_in_excel(column, name, tmp_path):
    assert sheets.Sheet(tmp_path, "xlsx", (), ()).head(column) == name


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_another_form_is_refused_with_advice(form, tmp_path):
    error = refusal(made(tmp_path, f"t.{form}", "a,b\n"))
    assert ".xlsx" in error.allowed


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "password"),
        ("t.xlsx", b"a,b\n1,2\n", "no workbook"),
        ("t.xlsx", b"PK\x03\x04 cut off", "no workbook"),
        ("t.dta", b"a,b\n1,2\n", "no Stata file"),
        ("t.csv", b"a\0b\xff", "neither UTF-8 nor"),
    ],
)
def test_a_file_that_is_not_what_its_ending_says_is_refused(name, content, words, tmp_path):
    assert words in refusal(made(tmp_path, name, content)).message


def test_a_workbook_with_damaged_members_is_refused(tmp_path):
    path = workbook(tmp_path, [["a", "b"], ["one", 1]])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        start = packed.getinfo("xl/worksheets/sheet1.xml").header_offset
    content[start + 60 : start + 90] = bytes(30)
    path.write_bytes(content)
    assert "no workbook" in refusal(path).message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_unread(encoding, tmp_path):
    path = workbook(tmp_path, [["a"], ["b"]])
    secret = made(tmp_path, "secret.txt", "secret")
    evil = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY y SYSTEM "file://{secret}">]><x>&y;</x>'
    repacked(path, lambda name, old: evil.encode(encoding) if name.endswith("sheet1.xml") else old)
    error = refusal(path)
    assert "no workbook" in error.message
    assert "secret" not in error.message.replace(str(tmp_path), "")


def test_a_workbook_that_unpacks_beyond_the_limit_is_refused_unread(tmp_path):
    path = workbook(tmp_path, [["a"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("bomb.xml", "w") as stream:
        for _ in range(201):
            stream.write(bytes(1_000_000))
    assert path.stat().st_size < 1_000_000
    assert "too large" in refusal(path).message


def test_a_row_beyond_the_last_of_a_sheet_does_not_keep_the_reader(tmp_path):
    path = workbook(tmp_path, [["a"], [1]])
    repacked(path, lambda name, old: old.replace(b'row r="2"', b'row r="999999999"').replace(b'"A2"', b'"A999999999"'))
    assert cells(path) == []


def test_more_columns_than_the_limit_are_refused(tmp_path):
    wide = [f"c{number}" for number in range(sheets.MOST_COLUMNS + 1)]
    for path in (workbook(tmp_path, [wide]), made(tmp_path, "t.csv", ",".join(wide))):
        assert "too many columns" in refusal(path).message


@pytest.mark.parametrize("form", ["csv", "xlsx", "dta"])
def test_more_rows_than_the_limit_are_refused_and_as_many_are_read(form, tmp_path):
    path = save_table(TABLE, tmp_path / f"t.{form}")
    assert len(cells(path, 3)) == 3
    assert "too many rows" in refusal(path, 2).message


def test_a_larger_file_than_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_FILE", 10)
    assert "too large" in refusal(made(tmp_path, "t.csv", "a,b\n1,2,3,4\n")).message


def test_folders_pipes_and_missing_files_are_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    for name in ("folder.csv", "pipe.csv", "device.csv"):
        assert "not a file" in refusal(tmp_path / name).message
    assert "no such file" in refusal(tmp_path / "none.csv").message


def test_dates_labels_and_gaps_of_stata_are_read(tmp_path):
    table = pd.DataFrame(
        {
            "day": pd.to_datetime(["2020-03-05", None]),
            "unit": pd.Categorical(["Duanzhou", None]),
            "value": [1.5, None],
            "count": pd.array([3, 4], dtype="int8"),
        }
    )
    table.to_stata(tmp_path / "t.dta", write_index=False)
    assert cells(tmp_path / "t.dta") == [(datetime(2020, 3, 5), "Duanzhou", 1.5, 3), (None, None, None, 4)]


def labelled_stata(path, values, labels):
    table = pd.DataFrame({"value": values, "other": range(len(values))})
    table.to_stata(path, write_index=False, value_labels={"value": labels})
    return path


def test_a_labelled_value_of_stata_is_its_label_as_text_and_its_code_as_number(tmp_path):
    path = labelled_stata(tmp_path / "t.dta", [0, 1, 7, None], {0: "no", 1: " yes "})
    found = [row[0] for row in cells(path)]
    assert found == ["no", "yes", 7, None]
    assert [float(cell) for cell in found[:3]] == [0, 1, 7]
    assert [isinstance(cell, Labelled) for cell in found] == [True, True, False, False]
    assert [cell.code for cell in found[:2]] == [0, 1]


def test_a_labelled_value_keeps_its_code_in_a_copy():
    copy = pickle.loads(pickle.dumps(Labelled("yes", 1)))
    assert (copy, copy.code, type(copy)) == ("yes", 1, Labelled)


@given(values=st.lists(st.floats(-1e6, 1e6, width=32).filter(lambda one: one == 0 or abs(one) > 1e-30), min_size=1))
def test_a_number_of_stata_in_single_precision_is_its_shortest_decimal(values, tmp_path_factory):
    path = tmp_path_factory.mktemp("single") / "t.dta"
    pd.DataFrame({"value": np.array([0.3, *values], "float32")}).to_stata(path, write_index=False)
    assert [row[0] for row in cells(path)] == [0.3, *(float(str(np.float32(value))) for value in values)]


@given(content=st.binary(max_size=300), form=st.sampled_from(["csv", "xlsx", "dta"]))
def test_any_bytes_are_read_or_refused(content, form, tmp_path_factory):
    path = tmp_path_factory.mktemp("bytes") / f"t.{form}"
    path.write_bytes(content)
    with contextlib.suppress(InputError):  # most bytes are no table
        sheet = read_sheet(path, 100)
        assert all(len(row) in (1, len(sheet.header)) for _, row in sheet.rows)


def test_any_cut_of_a_workbook_is_read_or_refused(tmp_path):
    whole = workbook(tmp_path, [["a", "b"], [1, "two"]]).read_bytes()
    for length in range(0, len(whole), 97):
        with pytest.raises(InputError):
            read_sheet(tmp_path / "t.xlsx", 100, io.BytesIO(whole[:length]).getvalue())
