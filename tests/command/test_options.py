"""Shared parts of commands: options written once, one way to end with an error, one set of languages."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.command.options import _language_of, kept
from simulation.experiments.running.engines import EngineError
from simulation.experiments.store.database import StoreError
from simulation.files.errors import InputError


def options(command: str) -> dict[str, object]:
    made = typer.main.get_command(app).commands[command]
    return {one.opts[0]: one.default for one in made.params if one.opts[0].startswith("--")}


def test_compare_takes_every_option_of_ablate():
    compare, ablate = options("compare"), options("ablate")
    assert ablate.items() <= compare.items()
    assert {"--metric", "--replicates", "--seed", "--interval", "--store", "--out", "--lang"} <= ablate.keys()
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


NUMBERS = [
    ("run", "--seed", ["-1", str(2**63)], "0"),
    ("run", "--threads", ["-1", "0", "100000000"], "2"),
    ("compare", "--seed", ["-1"], "1"),
    ("compare", "--precision", ["nan", "inf", "0", "-1"], "0.1"),
    ("compare", "--run-timeout", ["nan", "inf", "0", "-1"], "60"),
    ("compare", "--replicates", ["-1", "0", "1", "1000000000000"], "2"),
    ("compare", "--workers", ["-1", "100000000"], "1"),
    ("ablate", "--seed", ["-1"], "1"),
    ("ablate", "--replicates", ["1"], "2"),
    ("sweep", "--memory-limit", ["nan", "inf", "0", "-1", "0.5", "1e30"], "1"),
    ("sweep", "--workers", ["-1", "100000000"], "1"),
    ("ensemble", "--citizens", ["0", "-1"], "200"),
    ("ensemble", "--cities", ["0", "1"], "2"),
    ("ensemble", "--seed", ["-1"], "1"),
    ("ensemble", "--workers", ["-1"], "1"),
    ("calibrate", "--workers", ["-1"], "1"),
]
WRONG = [(command, option, value) for command, option, values, _ in NUMBERS for value in values]


@pytest.mark.parametrize(("command", "option", "value"), WRONG)
def test_a_number_that_means_nothing_is_refused_by_its_option_before_anything_is_read_or_written(
    command: str, option: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["no such file"] if command != "ensemble" else []  # would be said first, were anything read
    error = CliRunner().invoke(app, [command, *words, option, value]).exception
    assert isinstance(error, InputError)
    assert error.key == option
    assert error.allowed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "option", "value"), [(one, option, good) for one, option, _, good in NUMBERS])
def test_a_number_that_means_something_is_taken(command: str, option: str, value: str) -> None:
    words = ["no such file"] if command != "ensemble" else ["--draws", "no such file"]
    error = CliRunner().invoke(app, [command, *words, option, value]).exception
    assert isinstance(error, InputError)
    assert "no such" in error.message
    assert error.key != option


def test_a_city_that_cannot_be_run_leaves_no_store(tmp_path: Path) -> None:
    from simulation.evidence.cities import run_cities
    from simulation.evidence.ensemble import Ensemble

    with pytest.raises(InputError, match=r"structure\.citizens"):
        run_cities(Ensemble(values={"structure.citizens": 0}), 2, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
