"""`wushi compare`, `ablate` and `sweep` as typed: their output, the runs that they keep, and their exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from simulation.command import main as cli
from simulation.command import sweep as cli_sweep
from simulation.command.main import app
from simulation.command.sweep import shipped_design
from simulation.experiments import read_store
from simulation.experiments import sweeping as driver
from simulation.experiments.store.database import StoreError
from simulation.files.errors import InputError
from simulation.text import say

HERE = ("--workers", "0", "--progress", "quiet", "--lang", "en")
SMALL = "weeks = 40\n[structure]\ncitizens = 200\n"


def wushi(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in (*words, *HERE)])


@pytest.fixture
def strong(tmp_path: Path) -> Path:
    path = tmp_path / "strong.toml"
    path.write_text(f'extends = "classroom"\n{SMALL}', encoding="utf-8")
    return path


@pytest.fixture
def weak(tmp_path: Path) -> Path:
    path = tmp_path / "weak.toml"
    path.write_text(f'extends = "classroom"\n{SMALL}[instruction]\nintensity = 0.0\n', encoding="utf-8")
    return path


def test_compare_gives_the_mean_difference_of_pairs_and_keeps_tables_and_pictures(
    strong: Path, weak: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = wushi("compare", strong, weak, "--replicates", 5, "--metric", "core_effect", "--interval", "t", "--out", out)
    assert done.exit_code == 0, done.output
    assert say("metric.core_effect", "en").lower() in done.output.lower()
    assert "weak" in done.output
    runs, found = pd.read_csv(out / "runs.csv"), pd.read_csv(out / "differences.csv").iloc[0]
    by_arm = runs.pivot(index="replicate", columns="arm", values="core_effect")
    assert found["mean"] == pytest.approx((by_arm["weak"] - by_arm["strong"]).mean(), rel=1e-12)
    assert found["high"] < 0  # without an instruction nothing happens
    assert {"core_effect.png", "core_effect.svg"} <= {path.name for path in out.iterdir()}


def test_compare_says_how_many_replicates_the_wished_precision_needs(strong: Path, weak: Path) -> None:
    words = ("compare", strong, weak, "--replicates", 4, "--interval", "t")
    needed = []
    for precision in (0.1, 0.001):
        done = wushi(*words, "--precision", precision)
        assert done.exit_code == 0, done.output
        assert f"± {precision}" in done.output
        needed.append(int(re.search(r"100%\s+\d+% \[\S+\]\s+([\d,]+)", done.output)[1].replace(",", "")))
    assert needed[0] < needed[1]


def test_contributions_of_the_stages_sum_to_what_all_of_them_do(strong: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--replicates", 2, "--metric", "core_effect", "--interval", "t", "--out", out)
    done = wushi("ablate", strong, *words)
    assert done.exit_code == 0, done.output
    parts, total = pd.read_csv(out / "contributions.csv"), pd.read_csv(out / "total.csv").iloc[0]
    assert len(parts) == 5
    assert parts["shapley"].sum() == pytest.approx(total["all"] - total["none"], rel=1e-9)
    assert len(pd.read_csv(out / "runs.csv")) == 2 * 2**5
    assert (out / "core_effect.svg").exists()


@pytest.fixture
def design(tmp_path: Path, strong: Path) -> Path:
    path = tmp_path / "design.toml"
    factors = '"stages.trend.length" = [4, 8]\n"execution.noise" = [0.1]\n'
    head = f'[sweep]\nscenario = {json.dumps(str(strong))}\nreplicates = 3\nmetrics = ["core_effect"]\n'
    path.write_text(f"{head}[factors]\n{factors}", encoding="utf-8")
    return path


def test_a_dry_run_counts_the_runs_and_keeps_nothing(design: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    done = wushi("sweep", design, "--dry-run", "--out", tmp_path / "s.sqlite")
    assert done.exit_code == 0, done.output
    assert "6" in done.output
    assert sorted(tmp_path.iterdir()) == before


def test_the_same_sweep_command_resumes_and_does_nothing_twice(design: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    first = wushi("sweep", design, "--out", store, "--memory-limit", 8)
    assert first.exit_code == 0, first.output
    runs = read_store(store).runs
    assert len(runs) == 6
    again = wushi("sweep", design, "--out", store)
    assert again.exit_code == 0
    pd.testing.assert_frame_equal(read_store(store).runs, runs)
    assert "6" in again.output


def test_runs_out_of_time_are_failed_runs_and_end_the_command_with_1(design: Path, tmp_path: Path) -> None:
    done = wushi("sweep", design, "--out", tmp_path / "s.sqlite", "--run-timeout", 1e-3)
    assert done.exit_code == 1
    assert read_store(tmp_path / "s.sqlite").counts.get("timeout") == 6
    assert "6 of 6 runs failed" in done.stderr
    assert "took longer than 0.001 s" in done.stderr


def test_a_store_that_somebody_else_is_writing_is_refused(design: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    with FileLock(f"{store}.lock"):
        done = wushi("sweep", design, "--out", store)
    assert isinstance(done.exception, InputError)
    assert done.exception.file == str(store)


def test_a_store_that_cannot_be_written_ends_the_command_with_1_and_one_line(
    design: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **options: object) -> None:
        raise StoreError("s.sqlite: the disk is full")

    monkeypatch.setattr(driver, "sweep", full)
    done = wushi("sweep", design, "--out", tmp_path / "s.sqlite")
    assert done.exit_code == 1
    assert done.stderr == "s.sqlite: the disk is full\n"


def test_an_interrupted_sweep_ends_with_130_and_names_its_store(
    design: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(driver, "sweep", interrupted)
    done = wushi("sweep", design, "--out", tmp_path / "s.sqlite")
    assert done.exit_code == 130
    assert "s.sqlite" in done.stderr


def test_a_shipped_design_is_found_by_its_name_and_a_file_by_its_path(tmp_path: Path) -> None:
    shipped = shipped_design(Path("campaign-routine"))
    assert shipped.is_file()
    assert shipped.name == "campaign-routine.toml"
    for given in (tmp_path / "mine.toml", Path("no-such-design")):
        assert shipped_design(given) == given


def test_what_a_sweep_warns_of_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    experiment = SimpleNamespace(counts={"ok": 2, "total": 2}, path="s.sqlite", warnings=["another version"])
    cli_sweep._report(experiment, "en")  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert "another version" in said.err
    assert "2" in said.out


@pytest.mark.parametrize("second", [False, True])
def test_pairs_of_factors_are_shown_where_they_were_asked_for(second: bool, tmp_path: Path) -> None:
    design = tmp_path / "design.toml"
    design.write_text(
        '[sweep]\nscenario = { extends = "classroom", weeks = 10, structure = { citizens = 100 } }\n'
        'design = "sobol"\nsamples = 8\nreplicates = 2\n'
        f'second_order = {str(second).lower()}\nmetrics = ["core_effect"]\n[factors]\n'
        '"execution.noise" = { low = 0.05, high = 0.3 }\n"stages.trend.intensity" = { low = 0.2, high = 0.9 }\n',
        encoding="utf-8",
    )
    quiet = ["--workers", "0", "--progress", "quiet", "--lang", "en"]
    done = CliRunner().invoke(cli.app, ["sweep", str(design), "--out", str(tmp_path / "s.sqlite"), *quiet])
    assert done.exit_code == 0, (done.output, done.exception)
    done = CliRunner().invoke(
        cli.app, ["sensitivity", str(tmp_path / "s.sqlite"), "--out", str(tmp_path / "out"), "--lang", "en"]
    )
    assert done.exit_code == 0, (done.output, done.exception)
    assert (say("experiments.second", "en") in done.output) is second
    assert (tmp_path / "out" / "core_effect" / "pairs.csv").exists() is second


def test_the_commands_are_registered_and_explain_themselves():
    for command in ("compare", "ablate", "sweep", "sensitivity", "export"):
        shown = CliRunner().invoke(app, [command, "--help"])
        assert shown.exit_code == 0
        assert command in shown.output


def test_wrong_input_reaches_the_program_as_an_input_error(tmp_path):
    for arguments in (
        ["sweep", "none.toml"],
        ["sensitivity", str(tmp_path / "none")],
        ["export", "none", "--out", "x.csv"],
    ):
        assert isinstance(CliRunner().invoke(app, arguments).exception, InputError)


def test_seeds_and_a_number_of_runs_beside_them_are_refused():
    refused = wushi("compare", "classroom", "point-only", "--seeds", "3", "--replicates", "5", "--workers", "0")
    assert isinstance(refused.exception, InputError)
    assert refused.exception.key == "--seeds"
    assert "--replicates" in refused.exception.message
