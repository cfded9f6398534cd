"""`wushi case`, as typed: starters, checks and agreement, their exit codes, and nothing half written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from case_commands import done, ended, refused, typed
from typer.testing import CliRunner

from simulation import RunResult, run
from simulation.cases import Case, ProblemsError, shipped_cases
from simulation.command.case import GROUP
from simulation.command.main import app
from simulation.command.starter import CASE_FILES, FORMS
from simulation.files.errors import InputError
from simulation.files.shipped import shipped_folder

FIRST, SECOND = (shipped_folder() / "cases" / "coders" / f"{name}.csv" for name in ("first", "second"))
WRONG = """date,unit,domain,measure,value
2021-06-01,Nowhere,waste,sites,2
2021-06-01,Old Town,waste,reported,92
2031-06-01,Old Town,waste,sites,1
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    done("init", tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def wrong(case: Path) -> Path:
    (case / "observed.csv").write_text(WRONG, encoding="utf-8")
    return case


# --- init ---


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", FORMS)
def test_a_starter_in_every_form_and_language_checks(tmp_path: Path, form: str, lang: str) -> None:
    text = done("init", tmp_path / "mine", "--format", form, lang=lang)
    assert "wushi case check" in text
    names = {Path(name).with_suffix(f".{form}").name if name.endswith(".csv") else name for name in CASE_FILES}
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {*names, f"city.{form}"}
    text = done("check", tmp_path / "mine", lang=lang)
    assert "mine" in text
    assert ("未发现问题" if lang == "zh" else "no problem found") in text


def test_every_column_of_the_starters_tables_is_explained_in_its_readme(case: Path) -> None:
    text = (case / "README.md").read_text(encoding="utf-8")
    for file in case.glob("*.csv"):
        columns = set(pd.read_csv(file, encoding="utf-8-sig").columns) - {"note", "source"}
        line = next(line for line in text.splitlines() if line.startswith(f"| `{file.name}`"))
        if file.name != "city.csv":
            assert [name for name in columns if name not in line] == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert refused("init", tmp_path).key == "DIR"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    assert refused("init", tmp_path / "mine").key == "DIR"
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"


def test_a_starter_in_a_place_that_cannot_be_written_speaks_of_the_folder() -> None:
    problem = refused("init", "/proc/mine" if Path("/proc").is_dir() else "\0")
    assert problem.key == "DIR"
    assert "--out" not in problem.message


@pytest.mark.parametrize(("words", "key"), [(["--format", "ods"], "--format"), (["--lang", "fr"], "--lang")])
def test_an_unknown_form_or_language_is_refused_and_nothing_is_made(tmp_path: Path, words: list[str], key: str) -> None:
    assert refused("init", tmp_path / "mine", *words).key == key
    assert list(tmp_path.iterdir()) == []


def test_a_starter_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulation.command import starter

    def full(file: Path, form: str) -> None:
        if file.name == "meetings.csv":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(starter, "_converted", full)
    assert typed("init", tmp_path / "mine", "--format", "xlsx").exit_code != 0
    assert list(tmp_path.iterdir()) == []


# --- list and check ---


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_shipped_cases_are_listed_with_their_titles(lang: str) -> None:
    text = done("list", lang=lang)
    for name in shipped_cases():
        assert name in text
        assert Case.load(name).spec.title.label(lang) in text


def test_a_check_says_what_was_read_and_what_it_can_inform(case: Path) -> None:
    text = " ".join(done("check", case).split())
    loaded = Case.load(case)
    for word in ("2021-03-01", "severity.csv", "observed.csv", "open sites", *loaded.free):
        assert word in text
    assert f"{len(loaded.free) + len(loaded.worlds.keys)} searched parameters" in text


def test_a_check_in_chinese_has_no_english_sentence(case: Path) -> None:
    text = done("check", case, lang="zh")
    assert "未发现问题" in text
    assert re.search(r"[a-z]+ [a-z]+ [a-z]+", text) is None


def test_the_check_as_json_is_data_alone(case: Path) -> None:
    result = typed("check", case, "--json")
    data: dict[str, Any] = json.loads(result.stdout)
    loaded = Case.load(case)
    assert set(data) == {"case", "digest", "rows", "notes"}
    assert (data["case"], data["digest"]) == ("mine", loaded.digest)
    assert data["rows"]["observed"] == len(loaded.rows)
    assert result.stderr == ""


def test_every_problem_of_every_row_is_named_at_once_with_exit_code_2(wrong: Path) -> None:
    for words in (("check", wrong), ("check", wrong, "--json"), ("fit", wrong, "--quick")):
        found = ended(*words)
        assert found.returncode == 2
        assert (found.stdout == "") == ("--json" not in words)
        for part in (
            "3 problems",
            "line 2, column unit",
            "'Nowhere'",
            "line 3, column value",
            "'0.92'",
            "line 4, column",
        ):
            assert part in found.stderr
        assert "Traceback" not in found.stderr
    assert not (wrong / "fit").exists()


def test_the_problems_as_json_are_data_alone(wrong: Path) -> None:
    for lang, place in (("en", "line 2, column unit"), ("zh", "第 2 行，unit 列")):
        data = json.loads(ended("check", wrong, "--json", "--lang", lang).stdout)
        assert set(data) == {"case", "problems"}
        assert len(data["problems"]) == 3
        first = data["problems"][0]
        assert set(first) == {"file", "key", "problem", "given", "allowed", "suggestion"}
        assert (first["key"], first["given"], first["file"]) == (place, "Nowhere", str(wrong / "observed.csv"))


def test_a_problem_of_any_kind_is_one_entry_as_json(case: Path) -> None:
    text = (case / "case.toml").read_text(encoding="utf-8")
    for changed, given in ((text.replace("start_date", "begin_date"), case), ("[", case), (text, "nowhere")):
        (case / "case.toml").write_text(changed, encoding="utf-8")
        result = typed("check", given, "--json")
        assert isinstance(result.exception, InputError)
        data = json.loads(result.stdout)
        assert set(data) == {"case", "problems"}
        assert len(data["problems"]) == 1
        assert data["problems"][0]["problem"]


def test_the_remarks_as_json_are_in_the_language_that_is_asked_for(case: Path) -> None:
    (case / "observed.csv").unlink()
    for lang, words in (("en", "can be run, and not be fitted"), ("zh", "拟合")):
        for first in ("en", "zh"):
            found = typed("check", case, "--json", "--lang", lang, lang=first)
            assert words in " ".join(json.loads(found.stdout)["notes"])


def test_a_case_is_run_as_its_tables_say(case: Path, tmp_path: Path) -> None:
    for number, given in enumerate((case, case / "case.toml")):
        words = ["run", given, "--seed", 3, "--citizens", 600, "--no-figures", "--out", tmp_path / str(number)]
        result = CliRunner().invoke(app, [*map(str, words)])
        assert result.exit_code == 0, result.output
    expected = run(Case.load(case).spec.with_values({"structure.citizens": 600}), 3)
    for number in (0, 1):
        assert RunResult.load(tmp_path / str(number)).weekly.equals(expected.weekly)


def test_the_problems_are_named_in_chinese(wrong: Path) -> None:
    found = ended("check", wrong, "--lang", "zh")
    assert found.returncode == 2
    for part in ("共 3 处问题", "第 2 行，unit 列", "第 3 行，value 列", "是否想写“0.92”"):
        assert part in found.stderr


def test_no_case_names_the_shipped_ones_and_the_nearest(tmp_path: Path) -> None:
    problem = refused("check", "zhaoqin")
    assert problem.suggestion == "zhaoqing"
    assert all(name in problem.allowed for name in shipped_cases())
    assert refused("check", tmp_path).given == str(tmp_path)


def test_a_case_in_two_forms_of_one_table_is_refused(case: Path) -> None:
    shutil.copy(case / "observed.csv", case / "observed.dta")
    text = refused("check", case).message
    assert "observed.csv" in text
    assert "observed.dta" in text


def test_a_case_without_observed_rows_checks_and_is_not_fitted(case: Path) -> None:
    (case / "observed.csv").unlink()
    assert "can be run, and not be fitted" in " ".join(done("check", case).split())
    assert refused("fit", case, "--quick").file == str(case)
    assert not (case / "fit").exists()


# --- agree ---


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_coders_are_compared_and_their_differences_written(tmp_path: Path, lang: str) -> None:
    text = done("agree", FIRST, SECOND, "--out", tmp_path / "differences.csv", lang=lang)
    assert "value (reported)" in text
    assert ("有序" if lang == "zh" else "ordered") in text
    differences = pd.read_csv(tmp_path / "differences.csv")
    assert {"date", "unit", "domain", "measure", "column", "first", "second"} == set(differences.columns)
    cells = differences[differences["column"] != "row"]
    assert 0 < len(cells) < len(differences)
    assert str(len(cells)) in text


def test_the_agreement_as_json_is_its_table_and_its_counts(tmp_path: Path) -> None:
    from simulation.cases.coding import agreement

    found = agreement(FIRST, SECOND)
    result = typed("agree", FIRST, SECOND, "--json", "--out", tmp_path / "differences.csv")
    data = json.loads(result.stdout)
    assert set(data) == {"table", "columns", "only_first", "only_second", "disagreements"}
    assert (data["only_first"], data["only_second"]) == (found.only_first, found.only_second)
    assert data["disagreements"] == len(found.disagreements)
    assert len(pd.read_csv(tmp_path / "differences.csv")) == len(found.to_settle) > len(found.disagreements)
    assert [set(column) for column in data["columns"]] == [set(found.table.columns)] * len(found.table)
    for column, row in zip(data["columns"], found.table.to_dict("records"), strict=True):
        assert column == {key: None if value != value else value for key, value in row.items()}


def test_a_kappa_that_is_not_defined_is_null(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(
            "date,unit,domain,measure,value\n2021-06-01,A,waste,adopted,1\n2021-06-02,B,waste,adopted,1\n",
            encoding="utf-8",
        )
    text = typed("agree", tmp_path / "one.csv", tmp_path / "two.csv", "--json").stdout
    assert "NaN" not in text
    assert json.loads(text)["columns"][0]["kappa"] is None


def test_tables_of_two_kinds_and_a_table_that_is_none_are_refused(tmp_path: Path) -> None:
    assert refused("agree", FIRST, shipped_folder() / "cases" / "qingwan" / "severity.csv").given == "severity"
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert refused("agree", FIRST, other).file == str(other)
    assert refused("agree", FIRST, tmp_path / "none.csv").file == str(tmp_path / "none.csv")


# --- the group itself ---


def test_every_subcommand_and_each_of_its_options_is_explained_in_both_languages() -> None:
    import typer

    group = typer.main.get_command(GROUP)
    names = set(group.commands)  # type: ignore[attr-defined]  # a group has commands
    assert names == {"init", "list", "check", "fit", "report", "agree"}
    for command in group.commands.values():  # type: ignore[attr-defined]  # as above
        assert command.help
        assert [one.name for one in command.params if one.param_type_name == "option" and not one.help] == []
    for command in ("report", "agree"):
        assert "parquet" in " ".join(ended(command, "--help").stdout.split())
    helped = ended("fit", "--help", WUSHI_LANG="zh")
    assert helped.returncode == 0
    assert "种子" in helped.stdout


def test_a_subcommand_that_there_is_not_suggests_the_nearest() -> None:
    found = ended("chek", "mine")
    assert found.returncode == 2
    assert "'check'" in found.stderr
    assert "case -h" in found.stderr


def test_problems_are_one_error_that_holds_each(wrong: Path) -> None:
    problem = refused("check", wrong)
    assert isinstance(problem, ProblemsError)
    assert [one.key for one in problem.problems] == [
        "line 2, column unit",
        "line 3, column value",
        "line 4, column date",
    ]


def test_the_list_of_differences_never_takes_the_place_of_a_coders_table(tmp_path: Path) -> None:
    mine = tmp_path / "first.csv"
    shutil.copy(FIRST, mine)
    before = mine.read_bytes()
    assert refused("agree", mine, SECOND, "--out", mine).key == "--out"
    assert mine.read_bytes() == before


def test_a_check_waits_for_no_library_that_draws_counts_or_compiles(case: Path) -> None:
    heavy = "{'pandas', 'numba', 'scipy', 'mesa', 'networkx', 'matplotlib'}"
    code = (
        "import sys; from simulation.command.main import app\n"
        f"try: app(['case', 'check', {str(case)!r}])\n"
        f"finally: print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "no problem found" in shown.stdout
    assert shown.stderr.strip().splitlines()[-1] == "[]"
