"""`wushi compare` as typed: what it runs, and that its result can be read in both languages."""

from __future__ import annotations

import pandas as pd
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.text import say

SMALL = ["--set", "structure.citizens=200", "--workers", "0", "--progress", "quiet"]


def compare(*words: str, columns: str = "100"):
    done = CliRunner().invoke(app, ["compare", *map(str, words)], env={"COLUMNS": columns, "WUSHI_LANG": "en"})
    assert done.exit_code == 0, done.output + str(done.exception)
    return done.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("compare")


@pytest.mark.parametrize(("lang", "columns"), [("en", "80"), ("zh", "100")])
def test_a_scenario_is_compared_with_itself_changed_and_the_result_is_said(out, lang, columns):
    folder = out / lang
    words = ["classroom", *SMALL, "--set", "weeks=12", "--seeds", "3 from 5", "--out", folder, "--lang", lang]
    text = compare(*words, columns=columns)
    assert max(cell_len(line) for line in text.splitlines()) <= int(columns)
    joined = "".join(text.split())
    name = "classroom, structure.citizens=200, weeks=12"
    assert name.replace(" ", "") in joined
    table = pd.read_csv(folder / "differences.csv")
    assert table["arm"].tolist() == [name]
    assert pd.read_csv(folder / "runs.csv")["seed"].tolist() == [5, 6, 7] * 2
    words = {"en": ("Columns", "Result", "same sign", "3 seeds"), "zh": ("各列含义", "结果", "同向占比", "3 个种子")}
    for word in words[lang]:
        assert word.replace(" ", "") in joined
    assert {path.suffix for path in folder.iterdir()} >= {".csv", ".svg"}


def test_means_of_every_scenario_are_shown_with_their_intervals(out):
    text = compare("classroom", *SMALL, "--seeds", "2", "--out", out / "means")
    arms = pd.read_csv(out / "means" / "arms.csv")
    assert len(arms) == 2
    for row in arms.itertuples():
        assert f"{row.mean:.4f}" in text
        assert f"[{row.low:.4f}, {row.high:.4f}]" in text


def test_a_width_that_is_not_reached_is_said(out):
    text = compare("classroom", *SMALL, "--set", "weeks=60", "--seeds", "2", "--until", "± 0.00000001", "--most", "3")
    assert "NOT reached after 3 seeds" in " ".join(text.split())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_ablation_names_the_metric_and_explains_its_columns(lang):
    words = ["ablate", "classroom", "--replicates", "2", "--workers", "0", "--progress", "quiet", "--lang", lang]
    scenario = ["--metric", "effectiveness"]
    done = CliRunner().invoke(app, [*words, *scenario], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert say("metric.effectiveness", lang) in lines[0]
    joined = "".join(done.stdout.split())
    for key in ("shapley", "share", "removed", "alone"):
        assert "".join(say(f"experiments.ablation.{key}", lang).split()) in joined.replace("–", "")
