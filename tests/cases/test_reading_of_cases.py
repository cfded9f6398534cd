"""The tables of a case: rows as they are meant, and every problem of every row by its cell."""

from __future__ import annotations

import math
import os
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.cases.measures import MEASURES
from simulation.cases.reading import read_tables
from simulation.cases.tables import COLUMN_WORDS, MOST_ROWS, TABLES, Known
from simulation.files.tables import save_table

KNOWN = Known(
    units=("Duanzhou", "Gaoyao", "Health"),
    cities=("Linhe", "Zhaoqing"),
    city="Linhe",
    domains=("nimby", "lifts"),
    labels={"Duanzhou": "端州区", "Gaoyao": "高要区", "Linhe": "临河市", "nimby": "邻避效应治理", "lifts": "加装电梯"},
    start=date(2020, 1, 6),
    weeks=104,
)
LEAST = {
    "severity": {"unit": "Duanzhou", "domain": "nimby", "severity": "0.5"},
    "capacity": {"unit": "Duanzhou", "capacity": "1.2"},
    "signals": {"date": "2020-03-05", "rank": "secretary", "channel": "speech"},
    "meetings": {"month": "2020-03", "meetings": "4", "head": "secretary"},
    "observed": {"date": "2020-03-05", "unit": "Duanzhou", "domain": "nimby", "measure": "reported", "value": "0.5"},
}


def write(folder, table, *rows, form="csv"):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [[row.get(name, "") for name in columns] for row in rows]
    if form == "xlsx":
        book = openpyxl.Workbook()
        for line in [columns, *lines]:
            book.active.append([None if cell == "" else cell for cell in line])
        book.save(folder / f"{table}.xlsx")
    else:
        save_table(pd.DataFrame(lines, columns=columns), folder / f"{table}.{form}")
    return read_tables(folder, KNOWN)


def problem(folder, table, **cells):
    """Return the one problem of a table's second row; the first is right."""
    columns = [one.name for one in TABLES[table].columns if one.name in {**LEAST[table], **cells}]
    other = {"observed": {"date": "2020-04-02"}, "severity": {"unit": "Gaoyao"}, "capacity": {"unit": "Gaoyao"}}
    other |= {"meetings": {"month": "2020-04"}}
    right = {**LEAST[table], **other.get(table, {})}
    bad = {**LEAST[table], **cells}
    tables, found = write(folder, table, *({name: row.get(name, "") for name in columns} for row in (right, bad)))
    assert len(getattr(tables, table)) == 1
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", ["csv", "xlsx", "dta"])
def test_each_table_is_read_from_each_form(table, form, tmp_path):
    tables, found = write(tmp_path, table, LEAST[table], form=form)
    assert found == []
    (row,) = getattr(tables, table)
    assert row.where == (f"{table}.{form}", 1 if form == "dta" else 2)
    assert tables.files == {table: tmp_path / f"{table}.{form}"}


def test_rows_hold_what_the_cells_mean(tmp_path):
    signal = {
        **LEAST["signals"],
        "domain": "nimby",
        "wording": "0.8",
        "cities": "临河市；Zhaoqing、Linhe",
        "issuer": "A",
    }
    write(tmp_path, "signals", signal, {**signal, "domain": "", "wording": "", "cities": ""})
    write(tmp_path, "capacity", LEAST["capacity"])
    write(tmp_path, "severity", {**LEAST["severity"], "sd": "0.1", "source": "annual report"})
    tables, found = write(tmp_path, "observed", {**LEAST["observed"], "unit": ""})
    assert found == []
    first, second = tables.signals
    assert first[1:] == (date(2020, 3, 5), "A", "secretary", "speech", "nimby", 0.8, ("Linhe", "Zhaoqing"), "")
    assert (second.domain, second.cities, math.isnan(second.wording)) == ("", (), True)
    assert math.isnan(tables.capacity[0].zeal)
    assert tables.severity[0][1:] == ("Duanzhou", "nimby", 0.5, 0.1, "annual report")
    assert tables.observed[0].unit == "Linhe"
    assert tables.meetings == ()


def test_chinese_columns_names_and_words_are_the_english_ones(tmp_path):
    row = {
        "日期": "2020年3月5日",
        "单位": "端州区",
        "领域": "邻避效应治理",
        "指标": "上报",
        "数值": "０．５",
        "来源": "公报",
    }
    tables, found = write(tmp_path, "observed", row)
    assert found == []
    assert tables.observed[0][1:6] == (date(2020, 3, 5), "Duanzhou", "nimby", "reported", 0.5)


@pytest.mark.parametrize("table", TABLES)
def test_every_chinese_word_is_read_as_its_english_one(table, tmp_path):
    for column in TABLES[table].columns:
        for number, (word, chinese) in enumerate((column.words or {}).items()):
            if table == "observed":
                continue
            (folder := tmp_path / f"{column.name}{number}").mkdir()
            tables, found = write(folder, table, {**LEAST[table], column.name: chinese})
            assert (found, getattr(getattr(tables, table)[0], column.name)) == ([], word)
    assert set(COLUMN_WORDS.values()) >= {one.name for one in TABLES[table].columns}


NAMES = "no county or department of this name"


@pytest.mark.parametrize(
    ("table", "cells", "column", "english", "chinese", "suggestion"),
    [
        ("severity", {"unit": "Duanzho"}, "unit", "Duanzho", "Duanzho", "Duanzhou"),
        ("severity", {"unit": "端洲区"}, "unit", "端洲区", "端洲区", "Duanzhou"),
        ("severity", {"unit": "Linhe"}, "unit", "Linhe", "Linhe", None),
        ("severity", {"unit": ""}, "unit", "empty", "空", None),
        ("severity", {"domain": "nimbi"}, "domain", "nimbi", "nimbi", "nimby"),
        ("severity", {"severity": "50"}, "severity", "from 0 to 1", "0 至 1", "0.5"),
        ("severity", {"severity": "50%"}, "severity", "not a number", "不是数", "0.5"),
        ("severity", {"severity": "-0.1"}, "severity", "from 0 to 1", "0 至 1", None),
        ("severity", {"severity": "nan"}, "severity", "from 0 to 1", "0 至 1", None),
        ("severity", {"severity": "high"}, "severity", "not a number", "不是数", None),
        ("severity", {"sd": "-1"}, "sd", "from 0", "0", None),
        ("capacity", {"capacity": "0"}, "capacity", "above 0", "大于 0", None),
        ("capacity", {"zeal": "1.5"}, "zeal", "from 0 to 1", "0 至 1", None),
        ("signals", {"date": "2019-12-31"}, "date", "2020-01-06 to 2022-01-02", "2020-01-06 至 2022-01-02", None),
        ("signals", {"date": "2022-01-03"}, "date", "2020-01-06 to 2022-01-02", "2020-01-06 至 2022-01-02", None),
        ("signals", {"date": "3/5/2020"}, "date", "2020-03-05 / 2020-05-03", "2020-03-05 / 2020-05-03", None),
        ("signals", {"date": "2021-02-29"}, "date", "no such day", "没有这一天", None),
        ("signals", {"rank": "secretry"}, "rank", "unknown rank", "rank", "secretary"),
        ("signals", {"channel": "letter"}, "channel", "written, speech", "批示（written）、讲话（speech）", None),
        ("signals", {"cities": "Linhe;Zhaoqin"}, "cities", "Zhaoqin", "Zhaoqin", "Zhaoqing"),
        ("signals", {"wording": "80"}, "wording", "from 0 to 1", "0 至 1", "0.8"),
        ("signals", {"source": "a\x01b"}, "source", "control", "控制", None),
        ("meetings", {"meetings": "-1"}, "meetings", "from 0", "0", None),
        ("meetings", {"month": "spring"}, "month", "March 2020", "2020年3月", None),
        ("meetings", {"head": "mayor"}, "head", "secretary, deputy", "书记（secretary）、副职（deputy）", None),
        ("observed", {"date": "2020-01-05"}, "date", "outside the run", "不在模拟期内", None),
        ("observed", {"measure": "report"}, "measure", "unknown measure", "measure", "reported"),
        ("observed", {"value": "92"}, "value", "from 0 to 1", "0 至 1", "0.92"),
        ("observed", {"sd": "0"}, "sd", "above 0", "大于 0", None),
        ("observed", {"measure": "agenda", "value": "1"}, "unit", "whole city", "全市", None),
        ("observed", {"measure": "agenda", "unit": "", "value": "0.5"}, "value", "yes or no", "是或否", None),
        (
            "observed",
            {"measure": "agenda", "unit": "", "domain": "", "value": "3"},
            "value",
            "from 0 to 2",
            "0 至 2",
            None,
        ),
        (
            "observed",
            {"measure": "agenda", "unit": "", "value": "1", "sd": "1"},
            "sd",
            "no standard",
            "没有标准差",
            None,
        ),
        (
            "observed",
            {"measure": "adopted", "unit": "", "value": "1"},
            "unit",
            "county or department",
            "区县或部门",
            None,
        ),
        ("observed", {"measure": "adopted", "domain": "", "value": "1"}, "domain", "empty", "空", None),
        ("observed", {"measure": "adopted", "value": "2"}, "value", "1 (it is so", "1（是", None),
        ("observed", {"measure": "withdrawn", "value": "0.5"}, "value", "1 (it is so", "1（是", None),
        ("observed", {"measure": "participation", "domain": ""}, "domain", "empty", "空", None),
    ],
)
def test_each_wrong_cell_is_named_in_both_languages(table, cells, column, english, chinese, suggestion, tmp_path):
    found = problem(tmp_path, table, **cells)
    for lang, where, part in (("en", f"line 3, column {column}", english), ("zh", f"第 3 行，{column} 列", chinese)):
        message = found.in_language(lang)
        assert f"{table}.csv" in message
        assert where in message
        assert part in message
    assert found.suggestion == suggestion


@pytest.mark.parametrize(
    ("header", "places", "words"),
    [
        ("unit,domian,severity", ["domian"], ["did you mean 'domain'"]),
        ("unit,domain,severity,colour", ["colour"], ["unknown column"]),
        ("unit,domain,severity,unit", ["unit"], ["twice"]),
        ("unit,severity", ["domain"], ["missing"]),
        ("unit", ["domain", "severity"], ["missing", "missing"]),
        ("单元,domain,severity", ["单元", "unit"], ["unknown column", "missing"]),
    ],
)
def test_wrong_columns_are_named_all_at_once(header, places, words, tmp_path):
    (tmp_path / "severity.csv").write_text(header + "\n", encoding="utf-8")
    _, found = read_tables(tmp_path, KNOWN)
    assert len(found) == len(places)
    for one, place, word in zip(found, places, words, strict=True):
        assert place in one.message
        assert word in one.message


def test_wrong_columns_hide_no_wrong_cell(tmp_path):
    (tmp_path / "severity.csv").write_text("unit,domian,colour\nDuanzhou,nimbi,red\nNowhere,nimby,\n", encoding="utf-8")
    (tmp_path / "observed.csv").write_text("measure,value\nsites,many\nsights,2\n", encoding="utf-8")
    tables, found = read_tables(tmp_path, KNOWN)
    assert not tables.severity
    assert not tables.observed
    told = [str(one) for one in found]
    assert len(told) == 8
    for part in ("domian", "colour", "missing", "nimbi", "Nowhere", "date", "many", "sights"):
        assert any(part in one for one in told), part


@pytest.mark.parametrize(
    ("table", "again"),
    [
        ("severity", {"severity": "0.6"}),
        ("capacity", {"capacity": "2"}),
        ("meetings", {"month": "2020年3月9日"}),
        ("observed", {"date": "2020/3/5", "unit": "端州区"}),
    ],
)
def test_what_is_said_twice_is_refused_and_the_first_is_named(table, again, tmp_path):
    _, found = write(tmp_path, table, LEAST[table], {**LEAST[table], **again})
    assert len(found) == 1
    assert "line 3" in found[0].message
    assert "line 2" in found[0].message
    assert "第 2 行" in found[0].in_language("zh")


@pytest.mark.parametrize(
    ("events", "wrong", "words"),
    [
        ([("2020-03-05", "adopted", 1), ("2020-05-05", "adopted", 0)], 3, "had happened already"),
        ([("2020-05-05", "adopted", 0), ("2020-03-05", "adopted", 1)], 2, "had happened already"),
        ([("2020-03-05", "adopted", 1), ("2020-02-05", "withdrawn", 1)], 3, "drops the domain before"),
        ([("2020-03-05", "adopted", 1), ("2020-04-05", "adopted", 1)], 3, "dated already"),
        ([("2020-03-05", "adopted", 0), ("2020-04-05", "adopted", 1), ("2020-05-05", "withdrawn", 1)], None, ""),
    ],
)
def test_events_that_cannot_both_be_true_are_refused(events, wrong, words, tmp_path):
    rows = [{**LEAST["observed"], "date": day, "measure": name, "value": str(value)} for day, name, value in events]
    _, found = write(tmp_path, "observed", *rows)
    assert len(found) == (wrong is not None)
    for one in found:
        assert f"line {wrong}" in one.message
        assert words in one.message


@pytest.mark.parametrize(
    ("number", "sd", "right"), [(0, "", False), (1, "", False), (2, "", True), (1, "0.5", True), (1.5, "", False)]
)
def test_a_number_of_domains_agrees_with_those_that_are_named(number, sd, right, tmp_path):
    named = [{"date": "2020-03-05", "domain": domain, "measure": "agenda", "value": 1} for domain in KNOWN.domains]
    whole = {"date": "2020-03-05", "domain": "", "measure": "agenda", "value": number, "sd": sd}
    _, found = write(tmp_path, "observed", *named, whole)
    assert (not found) == right
    for one in found:
        assert "line 4, column value" in one.message


def test_domains_named_on_another_day_contradict_no_number(tmp_path):
    named = [{"date": "2020-03-05", "domain": domain, "measure": "agenda", "value": 1} for domain in KNOWN.domains]
    _, found = write(tmp_path, "observed", *named, {"date": "2020-02-05", "measure": "agenda", "value": 0})
    assert not found


def test_sites_are_counted_whole(tmp_path):
    found = problem(tmp_path, "observed", measure="sites", value="2.5")
    assert "not a whole number" in found.message


def test_all_problems_come_in_the_order_of_tables_and_rows(tmp_path):
    late = {"date": "2030-01-01", "unit": "X", "value": "92"}
    write(tmp_path, "observed", *({**LEAST["observed"], **late} for _ in range(2)))
    _, found = write(tmp_path, "severity", {**LEAST["severity"], "unit": "X", "severity": "2"})
    assert [f"{one.file.rpartition('/')[2]} {one.key}" for one in found] == [
        "severity.csv line 2, column unit",
        "severity.csv line 2, column severity",
        *[f"observed.csv line {line}, column {column}" for line in (2, 3) for column in ("unit", "date", "value")],
    ]


def test_cells_of_a_workbook_are_named_as_in_excel(tmp_path):
    bad = {"unit": "Duanzho", "domain": "nimby", "severity": 7}
    _, found = write(tmp_path, "severity", LEAST["severity"], bad, form="xlsx")
    assert [str(one.key) for one in found] == ["A3, column unit", "C3, column severity"]


def test_a_table_that_is_no_file_is_one_problem_and_the_others_are_read(tmp_path):
    os.mkfifo(tmp_path / "observed.csv")
    tables, found = write(tmp_path, "severity", LEAST["severity"])
    assert len(tables.severity) == 1
    assert [one.file for one in found] == [str(tmp_path / "observed.csv")]


def test_more_rows_than_the_limit_are_refused(tmp_path):
    lines = ["month,meetings,head"] + ["2020-03,1,none"] * (MOST_ROWS + 1)
    (tmp_path / "meetings.csv").write_text("\n".join(lines), encoding="utf-8")
    tables, found = read_tables(tmp_path, KNOWN)
    assert tables.meetings == ()
    assert len(found) == 1
    assert f"{MOST_ROWS}" in found[0].message.replace(",", "")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_ten_thousand_rows_are_read_without_a_problem(form, tmp_path):
    days = pd.date_range("2020-01-06", periods=700).strftime("%Y-%m-%d")
    places = [(day, unit, domain) for day in days for unit in KNOWN.units for domain in KNOWN.domains]
    rows = [
        {"date": day, "unit": unit, "domain": domain, "measure": measure, "value": 1}
        for measure in ("reported", "participation", "sites")
        for day, unit, domain in places
    ][:10_000]
    write(tmp_path, "observed", *rows, form=form)
    tables, found = read_tables(tmp_path, KNOWN)
    assert (len(tables.observed), found) == (10_000, [])


CELLS = st.one_of(
    st.sampled_from(["2020-03-05", "Duanzhou", "端州区", "nimby", "reported", "adopted", "1", "0.5", "=1", "'", "50%"]),
    st.text(st.characters(codec="utf-8"), max_size=6),
)


@given(lines=st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=5))
def test_any_cells_are_rows_or_problems(lines, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells")
    columns = ["date", "unit", "domain", "measure", "value", "sd"]
    save_table(pd.DataFrame(lines, columns=columns, dtype=object), folder / "observed.csv")
    tables, found = read_tables(folder, KNOWN)
    assert all(one.in_language("en") and one.in_language("zh") for one in found)
    assert all(row.measure in MEASURES and math.isfinite(row.value) for row in tables.observed)
