"""`wushi hypothesis` as typed: what it prints and what it warns of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from kit.hypotheses import SMALL
from typer.testing import CliRunner

from simulation.command import hypothesis as cli_hypothesis
from simulation.command import main as cli
from simulation.hypotheses import report as hypotheses_report
from simulation.hypotheses.findings import Findings
from simulation.text import say


def test_verdicts_are_printed_where_neither_report_nor_page_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SMALL, encoding="utf-8")
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
