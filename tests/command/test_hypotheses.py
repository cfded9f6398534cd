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


def test_worlds_are_fetched_by_the_command_counted_in_the_plan_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def few(number: int) -> list[dict[str, float]]:
        asked.append(number)
        return [{"execution.q_half": 0.02 + 0.001 * place} for place in range(number)]

    monkeypatch.setattr("simulation.evidence.worlds.worlds", few)
    file = tmp_path / "mine.toml"
    file.write_text(SMALL, encoding="utf-8")
    words = [file, "--quick", "--worlds", 2, "--workers", 0, "--lang", "en", "--store", tmp_path / "runs"]
    done = CliRunner().invoke(cli.app, ["hypothesis", *map(str, words), "--publish", str(tmp_path / "page.md")])
    assert done.exit_code == 0, done.output
    assert asked == [2]
    assert "2 plausible worlds" in done.output
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert f"wushi hypothesis {file} --quick --worlds 2`" in page
    assert "of 2 plausible worlds" in page


def test_without_worlds_none_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(number: int) -> list[dict[str, float]]:
        raise AssertionError(number)

    monkeypatch.setattr("simulation.evidence.worlds.worlds", never)
    assert cli_hypothesis._worlds(0) == ()
