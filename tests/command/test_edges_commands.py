"""Commands at their edges: no extra installed, no console as expected, nothing found, warnings that must be said."""

from __future__ import annotations

import importlib
import importlib.util
import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from simulation import InputError, __version__
from simulation.command import ensemble as cli_ensemble
from simulation.command import hypothesis as cli_hypothesis
from simulation.command import main as cli
from simulation.command import sweep as cli_sweep
from simulation.command.options import _language_of, kept
from simulation.drawing import fonts
from simulation.evidence.cities import Cities
from simulation.hypotheses import report as hypotheses_report
from simulation.hypotheses.findings import Findings
from simulation.text import say

LISTED = (
    "effectiveness",
    "core_effect",
    "site_effect",
    "surface",
    "participation",
    "substantive",
    "symbolic",
    "reporting_gap",
    "scale_up_penalty",
    "trials",
    "rolled_out",
)


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
        cli._exit_for(ZeroDivisionError("a fault"))


@pytest.mark.parametrize(
    ("words", "tongue"),
    [(["run", "--lang=zh"], "zh"), (["run", "--lang", "zh"], "zh"), (["--lang=en"], "en")],
)
def test_the_language_is_known_before_the_words_are_parsed(words: list[str], tongue: str) -> None:
    assert _language_of(words) == tongue


@pytest.mark.parametrize("sentence", ["", "kept in a store"])
def test_an_interrupt_ends_with_130_and_says_what_there_is_to_say(
    sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, kept(sentence):
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err.strip() == sentence


def test_the_page_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "nicegui" else find(name, *rest)
    )
    done = CliRunner().invoke(cli.app, ["app", "--no-browser"])
    assert isinstance(done.exception, InputError)
    assert done.exception.allowed is not None
    assert "wushi[app]" in done.exception.allowed


def test_a_missing_chinese_font_is_said_once_when_pictures_are_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    fonts._once.cache_clear()
    fonts.announce("zh")
    first = capsys.readouterr().err
    fonts.announce("zh")
    assert fonts.PACKAGE in first
    assert capsys.readouterr().err == ""


# Hypotheses ----------------------------------------------------------------------------------------------------------

HYPOTHESIS = """
id = "C1"
claim = { en = "More domains, less effect", zh = "领域越多，效果越差" }
source = "a test"
kind = "difference"
scenario = "classroom"
metric = "effectiveness"
expected = "decrease"
smallest_effect = 0.05
status = "emergent"
refuted_if = { en = "no less", zh = "并不更差" }
[treatment]
plan.kind = "uniform"
[setting]
structure.citizens = 100
weeks = 20
[mechanism]
label = "capacity without limit"
set = { "execution.capacity" = 1000.0 }
"""


def test_verdicts_are_printed_where_neither_report_nor_page_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(HYPOTHESIS, encoding="utf-8")
    words = [file, "--quick", "--workers", 0, "--lang", "en", "--store", tmp_path / "runs", "--no-alternatives"]
    done = CliRunner().invoke(cli.app, ["hypothesis", *map(str, words)])
    assert done.exit_code == 0, done.output
    assert "C1  More domains, less effect" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"mine.toml", "runs"}


@pytest.mark.parametrize("quick", [True, False])
def test_warnings_are_said_and_a_full_battery_is_not_called_quick(
    quick: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = SimpleNamespace(head=[str(place) for place in range(20)], rows=[])
    monkeypatch.setattr(hypotheses_report, "battery_table", lambda *_: grid)
    cli_hypothesis._show(Findings({}, quick, 0, {}, ["few replicates"]), "en")
    said = capsys.readouterr()
    assert "few replicates" in said.err
    assert (say("hypotheses.quick", "en") in said.out) is quick


# Calibration ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("errors", [[], ["the city has no county"]])
def test_cities_that_could_not_be_run_are_counted(errors: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({name: [0.25, 0.75] for name in LISTED})
    cli_ensemble._show_cities(Cities(table, list(LISTED), errors), "en")
    said = capsys.readouterr()
    assert "0.5" in said.out
    assert all(error in said.err for error in errors)
    assert bool(said.err) is bool(errors)


def test_a_calibration_says_its_warnings_and_tests_hypotheses_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulation.evidence import report

    tested: list[Any] = []
    found = SimpleNamespace(warnings=["few"], test_hypotheses=lambda number, **_: tested.append(number))
    monkeypatch.setattr(importlib.import_module("simulation.evidence.calibrate"), "calibrate", lambda *_, **__: found)
    monkeypatch.setattr(report, "headline", lambda *_: "headline")
    monkeypatch.setattr(report, "conflict_lines", lambda *_: [])
    for part in ("target", "parameter", "product", "verdict"):
        monkeypatch.setattr(report, f"{part}_rows", lambda *_: ([], []))
    for battery in (0, 3):
        words = ["calibrate", "responsiveness", "--battery", str(battery), "--lang", "en", "--out"]
        done = CliRunner().invoke(cli.app, [*words, str(tmp_path / "s.sqlite")])
        assert done.exit_code == 0, done.output
        assert done.stderr.strip() == say("calibration.warning.few", "en")
    assert tested == [3]


# Experiments ---------------------------------------------------------------------------------------------------------


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
