"""`wushi run`, `show` and `validate` tell of changes during the run and of dates, in both languages."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from simulation import load_scenario, run
from simulation.command import run_table
from simulation.command.main import app

SCENARIO = """
extends = "zhaoqing"
weeks = 40
structure.citizens = 200
[[changes]]
week = 20
length = 10
set = { "execution.oversight" = 0.2 }
title = { en = "Oversight withdrawn", zh = "督查撤出" }
[[changes]]
when = "effectiveness > 0.9"
set = { "rivals.campaigns" = 2 }
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def wushi(*words, columns="300"):
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": columns, "WUSHI_LANG": "en"})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_table_of_a_run_lists_its_changes_and_a_condition_that_never_held(file, tmp_path):
    text = wushi("run", file, "--no-figures", "--out", tmp_path / "out")
    assert "156 weeks" not in text
    assert "40 weeks from March 2020" in text
    assert "Changes during the run" in text
    sentence = "Oversight withdrawn: from week 20 (July 2020), for 10 weeks, everywhere; execution.oversight 0.8 → 0.2"
    assert sentence in text
    assert "Not made (the condition “effectiveness > 0.9” never held at a review): rivals.campaigns 0 → 2" in text


def test_the_table_is_chinese_where_it_is_asked_to_be(file, tmp_path):
    text = wushi("run", file, "--no-figures", "--out", tmp_path / "out", "--lang", "zh")
    assert "2020年3月起 40 周" in text
    assert "督查撤出：第 20 周（2020年7月）起，持续 10 周，各地；execution.oversight 0.8 → 0.2" in text


def test_a_run_without_changes_has_no_such_list(tmp_path):
    text = wushi("run", "classroom", "--weeks", 5, "--no-figures", "--out", tmp_path / "out")
    assert "Changes during the run" not in text
    assert " 5 weeks " in text


def test_of_many_changes_the_table_tells_the_first_and_counts_the_others(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    many = [{"week": 1, "length": 1, "set": {"execution.oversight": 0.2}}] * (run_table.CHANGES + 2)
    run_table.print_run(run(load_scenario("classroom").with_values({"weeks": 5, "changes": many})), "en")
    text = capsys.readouterr().out
    assert text.count("execution.oversight") == run_table.CHANGES
    assert "2 more, in changes.csv" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_show_prints_of_changes_loads_again(file, tmp_path, lang):
    text = wushi("show", file, "--lang", lang, columns="80")
    block = text[re.search(r"^# ", text, re.MULTILINE).start() :]
    again = tmp_path / "again.toml"
    again.write_text(f'extends = "zhaoqing"\nweeks = 40\nstructure.citizens = 200\n{block}', encoding="utf-8")
    assert load_scenario(again) == load_scenario(file)
    assert load_scenario(again).changes == load_scenario(file).changes


def test_show_prints_changes_only_where_they_are_asked_for_and_where_there_are_any(file):
    assert "[[changes]]" in wushi("show", file, "changes")
    assert "[[changes]]" not in wushi("show", file, "oversight").replace("([[changes]])", "")
    assert "[[changes]]" not in wushi("show", "zhaoqing", "start_date")


def test_show_has_the_start_date_and_takes_another(file):
    assert "2020-03-01" in wushi("show", file, "start_date")
    assert "2021-05-01" in wushi("show", file, "start_date", "--set", "start_date=2021-05-01")


def test_validate_counts_the_changes(file):
    assert "Changes during the run: 2." in wushi("validate", file)
    assert "运行中的变动 2 项。" in wushi("validate", file, "--lang", "zh")
    assert "Changes during" not in wushi("validate", "zhaoqing")
