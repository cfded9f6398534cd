"""A folder of results is the old one or the new one, whole, whatever happens while it is written."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from kit.odd import told
from kit.rights import as_nobody

from simulation import InputError
from simulation.experiments.sweeping import sweep
from simulation.files import output
from simulation.files.exchange import exchange
from simulation.files.output import _swap_in_two, fresh_folder, is_ours
from simulation.files.tables import save_table
from simulation.results import RunResult, run
from simulation.scenario import load_scenario

FILES = 6
WRITER = """
import json, sys
from simulation.files.output import fresh_folder
target, number, files, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
for _ in range(times):
    with fresh_folder(target) as made:
        for file in range(files):
            (made / f"{file}.txt").write_text(str(number) * 20_000)
        (made / "provenance.json").write_text(json.dumps({"tool": "wushi", "number": number}))
print("done", flush=True)
"""


def write(target: Path, number: int) -> None:
    with fresh_folder(target) as made:
        for file in range(FILES):
            (made / f"{file}.txt").write_text(str(number) * 20_000)
        (made / "provenance.json").write_text(json.dumps({"tool": "wushi", "number": number}))


def whole(target: Path) -> int:
    """Return the number of the writer whose folder stands there; fail unless every file is its own, and whole."""
    assert is_ours(target)
    number = json.loads((target / "provenance.json").read_text())["number"]
    assert len(list(target.iterdir())) == FILES + 1
    for file in range(FILES):
        assert (target / f"{file}.txt").read_text() == str(number) * 20_000
    return number


def start(target: Path, number: int, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(target), str(number), str(FILES), str(times)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_writer_killed_at_any_moment_leaves_a_whole_folder(tmp_path: Path) -> None:
    target, chance = tmp_path / "out", random.Random(3)
    write(target, 1)
    for number in range(2, 7):
        process = start(target, number, times=100_000)
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.communicate()
        assert whole(target) in (1, *range(2, number + 1))
    write(target, 9)
    assert whole(target) == 9


def test_two_writers_on_one_folder_leave_the_whole_folder_of_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    writers = [start(target, number, times=25) for number in (1, 2)]
    for process in writers:
        said, complaint = process.communicate(timeout=120)
        assert (said, complaint) == ("done\n", "")
    assert whole(target) in (1, 2)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_reader_never_finds_the_folder_missing_where_the_system_can_exchange(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, 1)
    write(tmp_path / "other", 2)
    if not exchange(tmp_path / "other", target):
        return  # this file system cannot exchange folders: then only the test below applies
    missing, finished = [], threading.Event()

    def look() -> None:
        while not finished.is_set():
            if not (target / "provenance.json").exists() and not (target / "provenance.json").exists():
                missing.append(time.monotonic())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(30):
        write(target, number)
    finished.set()
    reader.join()
    assert missing == []


def test_without_an_exchange_the_old_folder_comes_back_when_the_new_one_cannot_take_its_place(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, 1)
    with pytest.raises(FileNotFoundError):
        _swap_in_two(tmp_path / ".never-made", target)
    assert whole(target) == 1
    write(tmp_path / ".made", 2)
    _swap_in_two(tmp_path / ".made", target)
    assert whole(target) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


if sys.platform != "win32":  # limits of a process are a matter of Unix

    def test_a_full_disk_leaves_the_old_folder_and_no_other(tmp_path: Path) -> None:
        target = tmp_path / "out"
        write(target, 1)
        limited = (
            "import resource, signal, sys\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n" + WRITER
        )
        command = [sys.executable, "-B", "-c", limited, str(target), "2", str(FILES), "1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode != 0
        assert "InputError" in done.stderr
        assert "the output folder cannot be written: File too large" in done.stderr
        assert whole(target) == 1
        assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_table_that_does_not_fit_leaves_the_old_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    def full(file: Path) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    path = tmp_path / "runs.csv"
    path.write_text("earlier", encoding="utf-8")
    monkeypatch.setattr("simulation.files.output._flush", full)
    assert "cannot be written" in str(told(lambda: save_table(pd.DataFrame({"a": [1]}), path)))
    assert path.read_text(encoding="utf-8") == "earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["runs.csv"]


def test_a_failing_block_leaves_the_old_folder_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write(target, 1)

    def interrupted() -> None:
        with fresh_folder(target) as made:
            (made / "half.txt").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert whole(target) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_what_cannot_be_a_folder_of_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "provenance.json").write_text("[" * 100_000)
    before = sorted(tmp_path.rglob("*"))
    for name in ("file", "file/inside", "loop", "loop/inside", "foreign", "a" * 300, "a\0b", "\ud800"):
        assert told(lambda name=name: write(tmp_path / name, 1)), name
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    write(tmp_path / "real", 1)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", 2)
    assert (tmp_path / "link").is_symlink()
    assert whole(tmp_path / "real") == 2
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link", "real"]


def test_a_clock_that_runs_backwards_changes_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    straight = run("classroom", weeks=5)
    ticks = iter(range(10**6, 0, -1000))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))
    back = run("classroom", weeks=5)
    assert back.summary.keys() == straight.summary.keys()
    assert back.weekly.equals(straight.weekly)
    back.save(tmp_path / "out")
    assert (
        RunResult.load(tmp_path / "out").weekly["effectiveness"].iloc[-1] == straight.weekly["effectiveness"].iloc[-1]
    )


def test_a_folder_that_may_not_be_written_is_refused_and_what_is_in_it_stays() -> None:
    # Not below pytest's own folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as made:
        parent = Path(made) / "readonly"
        write(parent / "out", 1)
        Path(made).chmod(0o755)
        parent.chmod(0o555)
        spec = load_scenario("classroom")
        given = {"factors": {"weeks": [2, 3]}}
        # A checkout that only its owner may enter lets nobody import: what a sweep needs is imported before.
        sweep(given, task=spec, store=Path(made) / "before.sqlite", workers=0, progress="quiet")
        with as_nobody():
            for name in ("out", "new", "new/deeper"):
                message = str(told(lambda name=name: write(parent / name, 2)))
                assert "cannot be written" in message, name
            for name in ("runs.csv", "new/runs.csv"):
                assert "cannot be written" in str(
                    told(lambda name=name: save_table(pd.DataFrame({"a": [1]}), parent / name))
                )
            for name in ("s.sqlite", "new/s.sqlite"):
                message = str(
                    told(lambda name=name: sweep(given, task=spec, store=parent / name, workers=0, progress="quiet"))
                )
                assert str(parent) in message
        parent.chmod(0o755)
        assert whole(parent / "out") == 1
        assert [path.name for path in parent.iterdir()] == ["out"]


def written(target: Path, text: str) -> None:
    with fresh_folder(target) as made:
        (made / "file.txt").write_text(text)
        (made / "provenance.json").write_text(json.dumps({"tool": "wushi"}))


def test_a_folder_is_replaced_whole_where_two_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "out", "old")
    monkeypatch.setattr(output, "exchange", lambda *_: False)
    written(tmp_path / "out", "new")
    assert (tmp_path / "out" / "file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_who_is_overtaken_between_two_moves_tries_again_and_stands_there_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, raced, replace = tmp_path / "out", [], Path.replace
    written(target, "old")

    def overtaken(path: Path, goal: Path) -> Path:
        if goal == target and not raced:
            raced.append(path)
            target.mkdir()
            (target / "provenance.json").write_text(json.dumps({"tool": "wushi"}))
            (target / "file.txt").write_text("another's")
        return replace(path, goal)

    monkeypatch.setattr(output, "exchange", lambda *_: False)
    monkeypatch.setattr(Path, "replace", overtaken)
    written(target, "new")
    assert len(raced) == 1
    assert (target / "file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_who_is_overtaken_every_time_gives_up_and_leaves_the_others_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def overtaken(*_: Path) -> bool:
        tried.append(1)
        raise OSError(errno.ENOTEMPTY, "not empty")

    written(tmp_path / "out", "old")
    monkeypatch.setattr(output, "exchange", overtaken)
    with pytest.raises(OSError, match="not empty"):
        written(tmp_path / "out", "new")
    assert len(tried) == 10
    assert (tmp_path / "out" / "file.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_said_in_one_message_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No space left"), fresh_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []
