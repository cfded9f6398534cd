"""A run with its pictures and report, from the command to the folder."""

from __future__ import annotations

import json

import pytest
from kit.cities import SMALL
from kit.fans import alone
from kit.runs import data_of

from simulation import load_scenario
from simulation.drawing import fonts
from simulation.figures import stages
from simulation.report import run_folder
from simulation.report.run_pictures import REPORT
from simulation.results import RunResult

SPEC = load_scenario("classroom").with_values({**SMALL, "weeks": 6})


def test_a_first_run_says_that_it_compiles(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(run_folder, "compiled_before", lambda: False)
    run_folder.make_run_folder(SPEC, 0, tmp_path / "out", lang="en", figures=())
    assert "compil" in capsys.readouterr().err.lower()


def test_the_data_are_in_the_folder_before_the_first_picture_is_drawn(tmp_path) -> None:
    seen: list[set[str]] = []

    def saved(_: RunResult) -> None:
        seen.append({path.name for path in (tmp_path / "out").iterdir()})

    made = run_folder.make_run_folder(SPEC, 0, tmp_path / "out", lang="en", saved=saved)
    assert made.failed == {}
    assert {"provenance.json", "summary.json", "weekly.csv", "cells.csv", "ledger.csv"} <= seen[0]
    assert not seen[0] & {"figures", REPORT}
    assert (tmp_path / "out" / REPORT).stat().st_size > 10_000
    assert len(list((tmp_path / "out" / "figures").glob("*.svg"))) == len(alone())
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_picture_that_cannot_be_drawn_is_named_and_costs_no_data_and_no_other_picture(tmp_path, monkeypatch) -> None:
    whole = run_folder.make_run_folder(SPEC, 0, tmp_path / "whole", lang="en", figures=())
    assert whole.failed == {}

    def broken(*_: object) -> None:
        raise RuntimeError("no such font")

    monkeypatch.setattr(stages, "draw", broken)
    made = run_folder.make_run_folder(SPEC, 0, tmp_path / "out", lang="en")
    assert list(made.failed) == ["1-stages"]
    assert data_of(tmp_path / "out") == data_of(tmp_path / "whole")
    drawn = {path.stem for path in (tmp_path / "out" / "figures").iterdir()}
    assert len(drawn) == len(alone()) - 1
    assert (tmp_path / "out" / REPORT).read_text(encoding="utf-8").count("data:image/") == len(drawn)


def test_pictures_that_are_interrupted_leave_the_data_and_nothing_half_made(tmp_path, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stages, "draw", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_folder.make_run_folder(SPEC, 0, tmp_path / "out", lang="en")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert RunResult.load(tmp_path / "out").seed == 0
    assert not (tmp_path / "out" / "figures").exists()


def test_pictures_never_land_in_the_folder_of_another_run(tmp_path) -> None:
    def replaced(_: RunResult) -> None:
        run_folder.make_run_folder(SPEC, 1, tmp_path / "out", lang="en", figures=())

    run_folder.make_run_folder(SPEC, 0, tmp_path / "out", lang="en", saved=replaced)
    assert json.loads((tmp_path / "out" / "provenance.json").read_text(encoding="utf-8"))["seed"] == 1
    assert not (tmp_path / "out" / "figures").exists()


def test_a_missing_chinese_font_is_said_once_when_pictures_are_drawn(monkeypatch, capsys) -> None:
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    fonts._once.cache_clear()
    fonts.announce("zh")
    first = capsys.readouterr().err
    fonts.announce("zh")
    assert fonts.PACKAGE in first
    assert capsys.readouterr().err == ""
