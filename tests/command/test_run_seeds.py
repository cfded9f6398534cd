"""``wushi run --seeds``: the fan beside the one run, in files, printed table, picture and report."""

from __future__ import annotations

import html
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kit.fans import alone
from kit.runs import data_of
from typer.testing import CliRunner

from simulation import InputError, load_scenario
from simulation.command.main import app
from simulation.experiments import fan
from simulation.text import LANGUAGES, say

SMALL = ["--citizens", "200", "--weeks", "30"]


def wushi(*words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WUSHI_LANG": "en", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "simulation", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=300)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_fan_stands_beside_a_run_that_it_does_not_change(lang: str, tmp_path: Path) -> None:
    words = ["run", "classroom", *SMALL, "--seed", "3", "--lang", lang]
    plain = wushi(*words, "--no-figures", "--out", tmp_path / "plain")
    assert plain.returncode == 0, plain.stderr
    done = wushi(*words, "--seeds", "5", "--threads", "2", "--out", tmp_path / "fan")
    assert done.returncode == 0, done.stderr
    data, own = data_of(tmp_path / "fan"), data_of(tmp_path / "plain")
    assert {name: data[name] for name in own} == own
    assert data.keys() - own.keys() == {"fan.csv", "fan_seeds.csv"}
    spec = load_scenario("classroom").with_values({"structure.citizens": 200, "weeks": 30})
    fan(spec, 5, seed=3, workers=1).save(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in ("fan.csv", "fan_seeds.csv")}.items() <= data.items()
    assert say("cli.fan.title", lang, n=5, first=3, last=7) in done.stdout
    assert say("report.fan.rank", lang) in done.stdout
    assert done.stdout.startswith(plain.stdout.split(say("cli.written", lang, folder="").rstrip("。. "))[0].rstrip())
    assert len(list((tmp_path / "fan" / "figures").iterdir())) == len(alone()) + 1
    report = html.unescape((tmp_path / "fan" / "report.html").read_text(encoding="utf-8"))
    assert report.count("data:image/") == len(alone()) + 1
    for text in ("report.heading.fan", "report.fan.own", "report.fan.median", "figure.fan.title"):
        assert say(text, lang) in report
    assert '<a href="#fan">' in report


def test_the_object_on_standard_output_is_the_same_with_seeds(tmp_path: Path) -> None:
    words = ["run", "classroom", *SMALL, "--json", "--no-figures", "--out", tmp_path / "out"]
    plain, seeded = wushi(*words), wushi(*words, "--seeds", "3")
    assert seeded.returncode == 0, seeded.stderr
    assert seeded.stdout == plain.stdout
    assert set(json.loads(seeded.stdout)) == {"scenario", "seed", "summary", "out"}


def test_without_seeds_there_is_no_fan_and_an_earlier_one_goes_with_its_run(tmp_path: Path) -> None:
    words = ["run", "classroom", *SMALL, "--no-figures", "--out", tmp_path / "out"]
    assert wushi(*words, "--seeds", "2").returncode == 0
    assert (tmp_path / "out" / "fan.csv").is_file()
    assert wushi(*words).returncode == 0
    assert not (tmp_path / "out" / "fan.csv").exists()


@pytest.mark.parametrize(
    "words", [["--seeds", "0"], ["--seeds", "-3"], ["--seeds", "10001"], ["--seeds", "2", "--seed", str(2**63 - 1)]]
)
def test_a_number_of_seeds_out_of_range_is_refused_before_the_run(words: list[str], tmp_path: Path) -> None:
    error = CliRunner().invoke(app, ["run", "classroom", *words, "--out", str(tmp_path / "out")]).exception
    assert isinstance(error, InputError)
    assert error.key in ("--seeds", "--seed")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal to a single process")
def test_an_interrupt_among_the_seeds_keeps_the_one_run_and_ends_with_130(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["run", "zhaoqing", "--seeds", "10000", "--out", str(out)]
    environment = {**os.environ, "WUSHI_LANG": "en"}
    with subprocess.Popen(
        [sys.executable, "-m", "simulation", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        give_up = time.monotonic() + 200
        while not (out / "summary.json").is_file() and time.monotonic() < give_up:
            time.sleep(0.05)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors.decode()
    assert "The one run is kept" in errors.decode()
    assert {"summary.json", "weekly.csv", "provenance.json"} <= {file.name for file in out.iterdir()}
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
