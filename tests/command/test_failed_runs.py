"""Commands that run many: failed runs are said by reason, with the way to run them again, and the exit code is 1."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kit.hypotheses import SMALL
from typer.testing import CliRunner, Result

from simulation.command.failures import end_with
from simulation.command.main import app
from simulation.evidence.cities import CityTask
from simulation.experiments import read_store, sweep
from simulation.experiments.failures import Failure
from simulation.experiments.running.task import ModelTask

type Fails = Callable[[Mapping[str, Any], int], bool]
HERE = ("--workers", "0", "--progress", "quiet")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fails], pytest.MonkeyPatch]:
    """Let chosen runs of the model fail, each with an error that names its seed."""

    def choose(fails: Fails) -> pytest.MonkeyPatch:
        for task in (ModelTask, CityTask):
            real = task.__call__

            def run(self: Any, parameters: Mapping[str, Any], seed: int, real: Any = real) -> Any:
                if fails(parameters, seed):
                    raise ValueError(f"no luck with seed {seed}")
                return real(self, parameters, seed)

            monkeypatch.setattr(task, "__call__", run)
        return monkeypatch

    return choose


def wushi(*words: object, lang: str = "en") -> Result:
    return CliRunner().invoke(app, [str(word) for word in (*words, "--lang", lang)])


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text('extends = "classroom"\nweeks = 20\n[structure]\ncitizens = 100\n', encoding="utf-8")
    return path


@pytest.fixture
def design(tmp_path: Path, scenario: Path) -> Path:
    path = tmp_path / "design.toml"
    head = f'[sweep]\nscenario = {json.dumps(str(scenario))}\nreplicates = 4\nmetrics = ["core_effect"]\n'
    path.write_text(f'{head}[factors]\n"execution.noise" = [0.1, 0.2]\n', encoding="utf-8")
    return path


def test_a_sweep_counts_failed_runs_by_reason_gives_an_example_and_runs_them_again_when_asked(
    failing: Any, design: Path, tmp_path: Path
) -> None:
    patch = failing(lambda parameters, seed: parameters["execution.noise"] == 0.2)
    words = ("sweep", design, "--out", tmp_path / "s.sqlite", *HERE)
    done = wushi(*words)
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert lines[0] == "4 of 8 runs failed:"
    assert lines[1].startswith("  4 ×  ValueError: no luck with seed ")
    assert "(for example execution.noise = 0.2, replicate = 0)" in lines[1]
    assert lines[2] == "The same command with --retry-failed runs them again"
    assert len(lines) == 3
    again = wushi(*words)
    assert (again.exit_code, again.stderr) == (1, done.stderr)
    patch.undo()
    mended = wushi(*words, "--retry-failed")
    assert (mended.exit_code, mended.stderr) == (0, "")
    assert wushi(*words).exit_code == 0


def test_failed_runs_are_said_in_chinese(failing: Any, design: Path, tmp_path: Path) -> None:
    failing(lambda parameters, seed: parameters["execution.noise"] == 0.2)
    done = wushi("sweep", design, "--out", tmp_path / "s.sqlite", *HERE, lang="zh")
    assert done.exit_code == 1
    assert "8 次运行中有 4 次失败：" in done.stderr
    assert "在同一命令后加 --retry-failed 即可重跑" in done.stderr


@pytest.mark.parametrize("kept", [False, True])
def test_a_comparison_writes_its_tables_and_then_ends_with_1(
    failing: Any, scenario: Path, tmp_path: Path, kept: bool
) -> None:
    failing(lambda parameters, seed: seed % 3 == 0)
    store = ("--store", tmp_path / "s.sqlite") if kept else ()
    words = ("compare", scenario, scenario, "--replicates", 9, "--interval", "t", *store, *HERE)
    done = wushi(*words, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert (tmp_path / "out" / "differences.csv").exists()
    assert "of 18 runs failed:" in done.stderr
    assert "for example arm = " in done.stderr
    assert ("--retry-failed" in done.stderr) is kept


def test_an_ablation_with_failed_runs_ends_with_1(failing: Any, scenario: Path) -> None:
    first: list[int] = []
    failing(lambda parameters, seed: seed == (first or first.append(seed) or first)[0] and len(parameters) == 5)
    done = wushi("ablate", scenario, "--replicates", 3, "--interval", "t", *HERE)
    assert done.exit_code == 1
    assert "1 of 96 runs failed:" in done.stderr


def test_an_ensemble_with_failed_cities_ends_with_1_and_its_cities_are_run_again_when_asked(
    failing: Any, tmp_path: Path
) -> None:
    patch = failing(lambda parameters, seed: parameters["city"] == 1)
    words = ("ensemble", "--cities", 3, "--citizens", 100, "--out", tmp_path / "out", *HERE)
    done = wushi(*words)
    assert done.exit_code == 1
    assert "1 of 3 runs failed:" in done.stderr
    assert (tmp_path / "out" / "cities.csv").exists()
    patch.undo()
    assert wushi(*words, "--retry-failed").exit_code == 0


def test_a_battery_with_failed_runs_ends_with_1_and_does_only_these_again_when_asked(
    failing: Any, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SMALL, encoding="utf-8")
    patch = failing(lambda parameters, seed: seed % 4 == 0)
    words = ("hypothesis", file, "--quick", "--store", tmp_path / "runs", "--no-alternatives", *HERE)
    done = wushi(*words)
    assert done.exit_code == 1, done.output
    assert "runs failed:" in done.stderr
    assert "--retry-failed" in done.stderr
    patch.undo()
    assert wushi(*words).exit_code == 1
    calls: list[int] = []
    failing(lambda parameters, seed: bool(calls.append(seed)))
    mended = wushi(*words, "--retry-failed")
    assert mended.exit_code == 0, mended.output
    assert calls
    assert all(seed % 4 == 0 for seed in calls)
    calls.clear()
    assert wushi(*words).exit_code == 0
    assert calls == []


def sobol(parameters: Mapping[str, Any], seed: int) -> dict[str, float]:
    """Fail in one corner."""
    if parameters["a"] > 0.97:
        raise ValueError("too far")
    return {"y": parameters["a"] + 2 * parameters["b"]}


def test_an_analysis_of_a_store_with_failed_runs_writes_and_ends_with_1(tmp_path: Path) -> None:
    box = {"low": 0.0, "high": 1.0}
    table = {"sweep": {"design": "sobol", "samples": 64}, "factors": {"a": box, "b": box}}
    sweep(table, sobol, store=tmp_path / "s.sqlite", workers=0)
    assert 0 < len(read_store(tmp_path / "s.sqlite").failed) < 20
    done = wushi("sensitivity", tmp_path / "s.sqlite", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "ValueError: too far" in done.stderr
    assert "The sweep that made the store runs them again" in done.stderr
    assert (tmp_path / "out" / "y" / "indices.csv").exists()


def test_a_calibration_with_failed_runs_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulation.evidence import report

    box = {"low": 0.0, "high": 1.0}
    table = {"sweep": {"design": "sobol", "samples": 64}, "factors": {"a": box, "b": box}}
    sweep(table, sobol, store=tmp_path / "s.sqlite", workers=0)
    found = SimpleNamespace(warnings=[], store=tmp_path / "s.sqlite", check_store=tmp_path / "none")
    monkeypatch.setattr(importlib.import_module("simulation.evidence.calibrate"), "calibrate", lambda *_, **__: found)
    monkeypatch.setattr(report, "headline", lambda *_: "headline")
    monkeypatch.setattr(report, "conflict_lines", lambda *_: [])
    for part in ("target", "parameter", "product", "verdict"):
        monkeypatch.setattr(report, f"{part}_rows", lambda *_: ([], []))
    done = wushi("calibrate", "responsiveness", "--out", tmp_path / "s.sqlite")
    assert done.exit_code == 1
    assert "ValueError: too far" in done.stderr
    assert "another --out searches anew" in done.stderr


def test_many_reasons_are_cut_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    failed = [Failure(f"reason {letter}", 2, {}) for letter in "abcdefghijk"]
    with pytest.raises(typer.Exit) as caught:
        end_with(failed, 40, "en")
    assert caught.value.exit_code == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "22 of 40 runs failed:"
    assert lines[-2].strip() == "6 ×  3 more reasons"
    end_with([], 40, "en")
