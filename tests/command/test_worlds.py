"""`wushi worlds`, and `--worlds` of other commands, as typed."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from kit.worlds import KEYS, save
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.evidence.worlds import making
from simulation.evidence.worlds.budget import QUICK
from simulation.evidence.worlds.space import space
from simulation.files.errors import InputError

QUIET = ["--workers", "0", "--progress", "quiet"]


def typed(*words, lang="en"):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160", "WUSHI_LANG": lang})


def done(*words, lang="en"):
    result = typed(*words, lang=lang)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return save(tmp_path_factory.mktemp("worlds") / "mine.csv", 12)


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text('extends = "classroom"\nweeks = 12\n[structure]\ncitizens = 200\n', encoding="utf-8")
    return path


def test_the_data_are_exactly_the_number_of_worlds_and_the_findings(file):
    data = json.loads(done("worlds", file, "--json").stdout)
    assert set(data) == {"worlds", "findings"}
    assert data["worlds"] == 12
    assert set(data["findings"]["trial-rollout"]) == {"low", "high", "tolerance", "default", "median", "share_met"}


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ["Plausible worlds", "pinned down"]), ("zh", ["可信世界", "得以确定"])]
)
def test_the_summary_is_printed_in_both_languages(file, lang, words):
    text = done("worlds", file, lang=lang).stdout
    for word in (*words, *KEYS, "make worlds"):
        assert word in text


def test_a_bad_file_ends_the_command_with_2_and_one_line(tmp_path, file):
    bad = tmp_path / "bad.csv"
    bad.write_text(file.read_text(encoding="utf-8").replace("execution.q_half", "execution.q_haf"), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "simulation", "worlds", str(bad)], capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(run.stderr.strip().splitlines()) == 1
    assert "execution.q_half" in run.stderr


def test_a_comparison_over_worlds_says_its_cost_first_and_its_share(file, small, tmp_path):
    out = tmp_path / "out"
    words = ["compare", small, "--set", "stages.authority.intensity=0", "--replicates", 3, "--worlds", 4]
    result = done(*words, "--world-replicates", 2, "--worlds-file", file, "--out", out, *QUIET)
    assert "22 runs: 6 in the default world, 16 in 4 plausible worlds with 2 seeds each." in result.stderr
    assert "of 4 plausible worlds" in " ".join(result.stdout.split())
    assert "share of worlds" in result.stdout
    table = pd.read_csv(out / "differences.csv")
    assert table["worlds"].tolist() == [4]
    assert pd.read_csv(out / "worlds.csv")["world"].tolist() == [0, 1, 2, 3]


def test_a_comparison_without_worlds_says_nothing_of_them(small, tmp_path):
    result = done("compare", small, "--set", "weeks=6", "--replicates", 2, "--out", tmp_path / "out", *QUIET)
    assert "world" not in result.output
    assert "share_of_worlds" not in pd.read_csv(tmp_path / "out" / "differences.csv").columns


def test_an_ablation_over_worlds_has_its_share_in_chinese_too(file, small, tmp_path):
    words = ["ablate", small, "--replicates", 2, "--worlds", 2, "--world-replicates", 2, "--worlds-file", file]
    result = done(*words, "--out", tmp_path / "out", *QUIET, lang="zh")
    assert "共运行 192 次" in result.stderr
    assert "成立的世界" in result.stdout
    table = pd.read_csv(tmp_path / "out" / "contributions.csv")
    assert table["share_of_worlds"].between(0, 1).all()
    assert table["removed.share_of_worlds"].between(0, 1).all()


def test_a_sweep_over_worlds_keeps_the_world_in_its_store_and_tells_the_share_of_each_effect(file, small, tmp_path):
    design = tmp_path / "two.toml"
    design.write_text(
        f'[sweep]\nscenario = "{small.as_posix()}"\nmetrics = ["effectiveness"]\n[factors]\n'
        '"stages.authority.intensity" = [0.0, 1.0]\n',
        encoding="utf-8",
    )
    store = tmp_path / "s.sqlite"
    words = ["sweep", design, "--worlds", 3, "--worlds-file", file, "--no-report"]
    assert "6 points" in done(*words, "--dry-run", "--workers", 1).stdout
    result = done(*words, "--out", store, *QUIET)
    assert "6 runs: 2 points in 3 plausible worlds; seeds per point: 1." in result.stderr
    assert "share of worlds" in result.stdout
    effects = pd.read_csv(tmp_path / "s-effects.csv")
    assert effects["factor"].tolist() == ["stages.authority.intensity"]
    assert effects["worlds"].tolist() == [3]
    done("export", store, "--format", "csv", "--out", tmp_path / "runs.csv")
    assert sorted(pd.read_csv(tmp_path / "runs.csv")["world"]) == [0, 0, 1, 1, 2, 2]


def test_more_worlds_than_there_are_and_a_negative_number_are_refused(file, small):
    for number in (13, -1):
        error = typed("compare", small, small, "--worlds", number, "--worlds-file", file, *QUIET).exception
        assert isinstance(error, InputError)
        assert error.key == "--worlds"


@pytest.fixture
def small_search(monkeypatch):
    """A search over five parameters with few runs."""
    names = ("departments.turf", "stages.settlement.convert", "execution.noise", "execution.w_need", "citizens.learn")
    some = {name: one for name, one in space().items() if name in names}
    budget = replace(
        QUICK, first=30, later=10, cities=8, candidates=24, looked_at=24, at_once=12, wanted=3, trajectories=2
    )
    monkeypatch.setattr(making, "space", lambda: some)
    monkeypatch.setattr(making, "make", partial(making.make, seed=2))
    monkeypatch.setattr("simulation.evidence.worlds.budget.QUICK", budget)
    return names


@pytest.mark.slow
def test_the_set_is_made_anew_by_one_command_and_read_as_any_other(small_search, tmp_path):
    first = done("worlds", "--remake", tmp_path / "new", "--quick", *QUIET)
    assert all(name in first.stdout for name in small_search[:1])
    table = (tmp_path / "new" / "plausible.csv").read_bytes()
    stores = {path: path.stat().st_size for path in (tmp_path / "new").glob("*.sqlite")}
    again = done("worlds", "--remake", tmp_path / "new", "--quick", *QUIET)
    assert again.stdout == first.stdout
    assert (tmp_path / "new" / "plausible.csv").read_bytes() == table
    assert {path: path.stat().st_size for path in stores} == stores
    steps = [line for line in first.stderr.splitlines() if line.startswith(("Screening", "Wave", "First candidates"))]
    assert len(steps) == 4
    assert done("worlds", tmp_path / "new" / "plausible.csv").stdout == first.stdout
    assert {"measured.csv", "screening.csv", "plausible.toml"} <= {path.name for path in (tmp_path / "new").iterdir()}


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["mine.csv", "--remake", "new"], "not both"),
        (["--quick"], "together with --remake DIR"),
        (["--remake", "."], "the folder holds something else"),
    ],
)
def test_a_search_that_cannot_begin_is_refused_before_anything_is_written(words, part, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = typed("worlds", *words)
    assert isinstance(result.exception, InputError)
    assert part in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
