"""Shared parts of commands: options written once, one way to end with an error, one set of languages."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.command.options import _language_of, kept
from simulation.experiments.running.engines import EngineError
from simulation.experiments.store.database import StoreError


def options(command: str) -> dict[str, object]:
    made = typer.main.get_command(app).commands[command]
    return {one.opts[0]: one.default for one in made.params if one.opts[0].startswith("--")}


def test_compare_and_ablate_take_the_same_options_but_for_the_precision():
    compare, ablate = options("compare"), options("ablate")
    assert compare.pop("--precision") is None
    assert compare == ablate
    assert {"--metric", "--replicates", "--seed", "--interval", "--store", "--out", "--lang"} <= compare.keys()
    assert "--options" not in compare


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (StoreError("the disk is full"), 1, "the disk is full"),
        (EngineError("the scheduler has gone"), 1, "the scheduler has gone"),
        (KeyboardInterrupt(), 130, "kept in s.sqlite"),
    ],
    ids=["store", "engine", "interrupt"],
)
def test_what_finished_is_kept_and_said_without_a_traceback(error, code, said, capsys):
    with pytest.raises(typer.Exit) as caught, kept("kept in s.sqlite"):
        raise error
    assert caught.value.exit_code == code
    assert said in capsys.readouterr().err


def test_a_cluster_that_has_gone_ends_a_battery_with_one_message(monkeypatch, tmp_path):
    from simulation.hypotheses import Battery

    def gone(battery):
        raise EngineError("the scheduler has gone")

    monkeypatch.setattr(Battery, "test", gone)
    done = CliRunner().invoke(app, ["hypothesis", "oversight", "--store", str(tmp_path)])
    assert done.exit_code == 1
    assert "the scheduler has gone" in done.output


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
