"""`wushi calibrate` and `wushi cities` as typed: what they print and what they warn of."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from simulation.command import ensemble as cli_ensemble
from simulation.command import main as cli
from simulation.evidence.cities import Cities
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
    "scale_up_gap",
    "trials",
    "rolled_out",
)


def test_cities_are_described_by_means_and_quantiles(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({name: [0.25, 0.75] for name in LISTED})
    cli_ensemble._show_cities(Cities(table, list(LISTED), []), "en")
    said = capsys.readouterr()
    assert "0.5" in said.out
    assert said.err == ""


def test_a_calibration_says_its_warnings_and_tests_hypotheses_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulation.evidence import report

    tested: list[Any] = []
    found = SimpleNamespace(
        warnings=["few"],
        test_hypotheses=lambda number, **_: tested.append(number),
        store=tmp_path / "none",
        check_store=tmp_path / "none",
    )
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
