"""The command line, run as a user runs it."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulation import __version__
from simulation.command import ending
from simulation.command import main as cli
from simulation.text import say

QUICK = ["--citizens", "400", "--weeks", "30", "--no-figures"]


def wushi(*words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulation", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        check=False,
        env={**os.environ, "WUSHI_LANG": "en", "PYTHONIOENCODING": "utf-8", **environment},
        timeout=300,
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
        if file.is_file() and file.name != "provenance.json"
    }


def test_help_names_every_command_and_teaches_the_first_step() -> None:
    done = wushi("--help")
    assert done.returncode == 0
    for command in ("run", "scenarios", "show", "validate", "schema", "init", "compare", "sweep"):
        assert command in done.stdout
    assert "wushi run zhaoqing" in " ".join(done.stdout.split())


def test_help_speaks_chinese_when_asked() -> None:
    assert "政治势能" in wushi("--help", WUSHI_LANG="zh").stdout
    assert "随机种子" in wushi("run", "--help", "--lang", "zh").stdout


def test_equal_scenario_and_seed_give_identical_data_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = wushi("run", "zhaoqing", *QUICK, "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    wushi("run", "zhaoqing", *QUICK, "--seed", "1", "--out", str(tmp_path / "two"))
    assert digests(tmp_path / "one")["weekly.csv"] != digests(tmp_path / "two")["weekly.csv"]


def test_json_mode_prints_exactly_one_object(tmp_path: Path) -> None:
    done = wushi("run", "zhaoqing", *QUICK, "--json", "--out", str(tmp_path / "out"))
    content = json.loads(done.stdout)
    assert list(content) == ["scenario", "seed", "summary", "out"]
    assert content["scenario"] == "zhaoqing"
    assert content["seed"] == 0
    assert content["summary"]["persistence"] is None
    assert 0 <= content["summary"]["effectiveness"] <= 1
    assert content["out"] == str(tmp_path / "out")


def test_the_default_output_folder_is_out_and_the_scenario_with_its_changes(tmp_path: Path) -> None:
    assert wushi("run", "classroom", *QUICK, cwd=tmp_path).returncode == 0
    assert {file.name for file in (tmp_path / "out" / "classroom--citizens-400--weeks-30").iterdir()} == {
        "cells.csv",
        "departments.csv",
        "executors.csv",
        "ledger.csv",
        "flows.csv",
        "provenance.json",
        "summary.json",
        "units.csv",
        "weekly.csv",
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_names_what_was_instructed_passed_on_lost_and_achieved(tmp_path: Path, lang: str) -> None:
    done = wushi("run", "classroom", *QUICK, "--lang", lang, "--out", str(tmp_path / "out"))
    words = {
        "en": ["the instruction", "Passed on by", "Lost to", "Achieved", "How to read this", "Results in"],
        "zh": ["批示", "传导", "流失于", "成效", "如何阅读", "结果写入"],
    }[lang]
    for word in words:
        assert word in done.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_traded_against_each_other_is_shown_together(tmp_path: Path, lang: str) -> None:
    done = wushi("run", "classroom", *QUICK, "--lang", lang, "--out", str(tmp_path / "out"))
    lines = done.stdout.splitlines()
    names = [say(f"metric.{name}", lang) for name in ("agenda", "depth", "core_effect", "effectiveness")]
    shown = [next(place for place, line in enumerate(lines) if line.strip().startswith(f"{name} ")) for name in names]
    assert shown == list(range(shown[0], shown[0] + 4))
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert f"{summary['agenda']:.1f}" in lines[shown[0]].split()
    assert f"{summary['effectiveness']:.3f}" in lines[shown[3]].split()


def test_a_folder_with_other_files_is_left_alone_and_nothing_runs(tmp_path: Path) -> None:
    precious = tmp_path / "mine" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work", encoding="utf-8")
    done = wushi("run", "zhaoqing", *QUICK, "--out", str(precious.parent))
    assert done.returncode == 2
    assert str(precious.parent) in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in precious.parent.iterdir()] == ["thesis.txt"]


def test_earlier_results_are_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    wushi("run", "classroom", *QUICK, "--out", str(out))
    (out / "stale.txt").write_text("old", encoding="utf-8")
    assert wushi("run", "classroom", *QUICK, "--out", str(out)).returncode == 0
    assert not (out / "stale.txt").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "zhaoquing"], "zhaoqing"),
        (["run", "zhaoqing", "--set", "plan.knd=uniform"], "plan.kind"),
        (["run", "zhaoqing", "--set", "execution.oversight=1.5"], "execution.oversight"),
        (["run", "zhaoqing", "--set", "execution.oversight=nan"], "execution.oversight"),
        (["run", "zhaoqing", "--set", "plan.kind=9"], "plan.kind"),
        (["run", "zhaoqing", "--set", "nonsense"], "KEY=VALUE"),
        (["run", "zhaoqing", "--citizens", "many"], "--citizens"),
        (["run", "zhaoqing", "--seed", "-1"], "seed"),
        (["run", "zhaoqing", "--weeks", "0"], "weeks"),
        (["run", "zhaoqing", "--lang", "fr"], "--lang"),
        (["run", "zhaoqing", "--format", "xlsx"], "format"),
        (["run"], "SCENARIO"),
        (["nonsense"], "nonsense"),
        (["validate", "missing.toml"], "missing.toml"),
        (["init", "/dev/null/x"], "/dev/null/x"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_2(tmp_path: Path, words: list[str], expected: str) -> None:
    done = wushi(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a child on Windows")
def test_ctrl_c_leaves_nothing_half_written_and_exits_with_130(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-m", "simulation", "run", "zhaoqing", "--weeks", "100000", "--out", str(out)],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        # A runner in the background may hand down a SIGINT that is ignored; a user's terminal does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        time.sleep(6)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_show_prints_value_unit_range_source_and_origin() -> None:
    rows = json.loads(wushi("show", "point-only", "--json", "--set", "execution.oversight=0.5").stdout)
    by_key = {row["key"]: row for row in rows}
    assert by_key["execution.oversight"]["value"] == 0.5
    assert by_key["execution.oversight"]["origin"] == "given"
    assert by_key["plan.kind"]["value"] == "point"
    assert by_key["plan.kind"]["origin"] == "point-only.toml"
    assert all(row["source"] for row in rows if row["key"] not in {"title", "question"})
    plain = wushi("show", "point-only")
    assert "execution.oversight" in plain.stdout


def test_schema_is_a_json_schema_that_accepts_the_default() -> None:
    schema = json.loads(wushi("schema").stdout)
    assert schema["type"] == "object"
    assert "plan" in schema["properties"]


def test_scenarios_lists_a_question_for_each() -> None:
    rows = json.loads(wushi("scenarios", "--json").stdout)
    assert {"zhaoqing", "point-only", "all-at-once", "classroom"} <= {row["name"] for row in rows}
    assert all(row["question"] for row in rows)


def test_validate_says_what_it_found(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "zhaoqing"\n[plan]\nkind = "uniform"\n', encoding="utf-8")
    done = wushi("validate", str(file))
    assert done.returncode == 0
    assert "units 9" in done.stdout
    file.write_text(
        'extends = "zhaoqing"\n[plan]\nkind = "table"\n[plan.table]\nNowhere = ["nimby"]\n', encoding="utf-8"
    )
    done = wushi("validate", str(file))
    assert done.returncode == 2
    assert "Nowhere" in done.stderr


def test_the_module_that_starts_the_command_does_nothing_when_it_is_imported() -> None:
    spec = importlib.util.find_spec("simulation.__main__")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from simulation.command.main import main

    assert module.main is main


def test_the_version_is_printed_and_nothing_else() -> None:
    done = CliRunner().invoke(cli.app, ["--version"])
    assert done.exit_code == 0
    assert done.output == f"wushi {__version__}\n"


def test_the_command_writes_to_a_stream_that_is_no_console(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.StringIO()
    assert not hasattr(plain, "reconfigure")
    monkeypatch.setattr(sys, "stdout", plain)
    monkeypatch.setattr(sys, "argv", ["wushi", "--version"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert plain.getvalue() == f"wushi {__version__}\n"


def test_a_fault_is_not_taken_for_wrong_input() -> None:
    with pytest.raises(ZeroDivisionError):
        ending.code_of(ZeroDivisionError("a fault"))
