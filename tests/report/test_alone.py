"""Processes that branch into one folder at the same time: one after the other, and no future is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from simulation import InputError, load_scenario, run
from simulation.report.alone import LOCK, alone_in
from simulation.report.futures import FILES

WUSHI = [sys.executable, "-m", "simulation", "branch", "--at", "12", "--no-figures", "--lang", "en"]
HOLD = """
import sys, time
from pathlib import Path
from simulation.report.alone import alone_in
with alone_in(Path(sys.argv[1]), "en"):
    print("held", flush=True)
    time.sleep(300)
"""


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parent") / "run"
    run(load_scenario("classroom").with_values({"structure.citizens": 200, "weeks": 30})).save(folder)
    return folder


def at_once(parent: Path, folder: Path, *futures: tuple[str, float]) -> list[tuple[int, str]]:
    """Return how `wushi branch` ended, and what it said, in as many processes as there are futures."""
    begun = [
        subprocess.Popen(
            [*WUSHI, str(parent), "--set", f"execution.oversight={value}", "--name", name, "--out", str(folder)],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8",
        )
        for name, value in futures
    ]  # fmt: skip
    said = [process.communicate(timeout=300)[1] for process in begun]
    return [(process.returncode, words) for process, words in zip(begun, said, strict=True)]


def test_two_futures_that_are_made_at_once_are_both_in_the_tree(parent: Path, tmp_path: Path) -> None:
    ended = at_once(parent, tmp_path / "f", ("a", 0.1), ("b", 0.3))
    assert [code for code, _ in ended] == [0, 0], ended
    assert set(pd.read_csv(tmp_path / "f" / "futures.csv")["future"]) == {"a", "b"}
    assert {path.name for path in (tmp_path / "f").iterdir()} <= {*FILES, "a", "b"}


def test_of_two_futures_of_one_name_that_are_made_at_once_the_later_is_refused(parent: Path, tmp_path: Path) -> None:
    (one, other), values = at_once(parent, tmp_path / "f", ("a", 0.1), ("a", 0.3)), (0.1, 0.3)
    assert sorted((one[0], other[0])) == [0, 2], (one, other)
    refused = one if one[0] else other
    assert "a-2" in refused[1]
    kept = (tmp_path / "f" / "a" / "provenance.json").read_text(encoding="utf-8")
    assert f'"execution.oversight": {values[0 if refused is other else 1]}' in kept


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold a folder from another process."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "f")], stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        yield held
        held.kill()


def test_a_folder_that_stays_held_is_refused_after_a_while(
    holder: subprocess.Popen[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for lang, words in (("en", "waiting for it, at most 1 seconds"), ("zh", "最多 1 秒")):
        began = time.monotonic()
        with pytest.raises(InputError, match="still writing"), alone_in(tmp_path / "f", lang, 1.0):
            pass
        assert 1 <= time.monotonic() - began < 20
        assert capsys.readouterr().err.count(words) == 1
    assert holder.poll() is None


def test_a_killed_process_keeps_nobody_out(
    holder: subprocess.Popen[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    holder.kill()
    holder.wait()
    assert (tmp_path / "f" / LOCK).exists()
    with alone_in(tmp_path / "f", "en", 10.0):
        pass
    assert list((tmp_path / "f").iterdir()) == []
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="--out"), alone_in(tmp_path / "file" / "f", "en", 1.0):
        pass
