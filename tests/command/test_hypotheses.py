"""`wushi hypothesis` as typed: what it prints and what it warns of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from kit.hypotheses import SMALL
from typer.testing import CliRunner

from simulation.command import hypothesis as cli_hypothesis
from simulation.command import main as cli
from simulation.hypotheses import tables
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
    monkeypatch.setattr(tables, "battery_table", lambda *_: grid)
    cli_hypothesis._show(Findings({}, quick, 0, {}, ["few replicates"]), "en")
    said = capsys.readouterr()
    assert "few replicates" in said.err
    assert (say("hypotheses.quick", "en") in said.out) is quick


def test_worlds_of_a_file_are_counted_in_the_plan_and_shown(tmp_path: Path) -> None:
    file, worlds = tmp_path / "mine.toml", tmp_path / "worlds.csv"
    file.write_text(SMALL, encoding="utf-8")
    worlds.write_text("execution.q_half\n0.02\n0.021\n0.022\n", encoding="utf-8")
    given = ["--worlds", 2, "--worlds-file", worlds]
    words = [file, "--quick", *given, "--workers", 0, "--lang", "en", "--store", tmp_path / "runs"]
    done = CliRunner().invoke(cli.app, ["hypothesis", *map(str, words), "--publish", str(tmp_path / "page.md")])
    assert done.exit_code == 0, done.output
    assert "2 plausible worlds" in done.output
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert f"wushi hypothesis {file} --quick --worlds 2 --worlds-file {worlds}`" in page
    assert "of 2 plausible worlds" in page


def test_more_worlds_than_a_file_has_are_refused(tmp_path: Path) -> None:
    file, worlds = tmp_path / "mine.toml", tmp_path / "worlds.csv"
    file.write_text(SMALL, encoding="utf-8")
    worlds.write_text("execution.q_half\n0.02\n", encoding="utf-8")
    words = ["hypothesis", str(file), "--quick", "--worlds", "5", "--worlds-file", str(worlds)]
    done = CliRunner().invoke(cli.app, [*words, "--store", str(tmp_path / "runs")])
    assert done.exit_code != 0
    assert not (tmp_path / "runs").exists()
