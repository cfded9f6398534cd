"""A run with its pictures and report, from the command to the folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from kit.cities import SMALL

from simulation import load_scenario
from simulation.drawing import fonts
from simulation.report import run_folder
from simulation.report import run_pictures as drawing


def test_a_first_run_says_that_it_compiles_and_draws_everything_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(run_folder, "compiled_before", lambda: False)
    monkeypatch.setattr(drawing, "SEEDS", range(1))
    monkeypatch.setattr(drawing, "run_pictures", lambda *given: asked.append(given))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    spec = load_scenario("classroom").with_values({**SMALL, "weeks": 3})
    run_folder.make_run_folder(spec, 0, tmp_path / "out", lang="en")
    assert asked == []
    assert "compil" in capsys.readouterr().err.lower()
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
    assert len(list((tmp_path / "out" / "figures").glob("*.svg"))) > 5


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
