"""The next run removes the leftovers of a killed run beside its target, and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.files import leftovers
from simulation.files.leftovers import MARK, marked, remove_leftovers
from simulation.files.output import fresh_folder
from simulation.results import run

WRITER = """
import sys, time
from simulation.files.output import fresh_folder
with fresh_folder(sys.argv[1]) as made:
    (made / "half.txt").write_text("half")
    print(made, flush=True)
    time.sleep(600)
"""


def writer(target: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def write(target: Path) -> None:
    with fresh_folder(target) as made:
        (made / "provenance.json").write_text('{"tool": "wushi"}')


if sys.platform != "win32":  # nothing is marked there, and nothing removed

    def test_the_folder_of_a_killed_writer_is_removed_by_the_next_run_and_that_of_a_living_one_is_not(
        tmp_path: Path,
    ) -> None:
        target = tmp_path / "out"
        killed, left = writer(target)
        living, busy = writer(target)
        try:
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            assert (left / "half.txt").exists()
            assert {path.name for path in tmp_path.iterdir()} == {left.name, busy.name}
            run("classroom", weeks=2).save(target)
            assert {path.name for path in tmp_path.iterdir()} == {"out", busy.name}
            assert (busy / "half.txt").read_text() == "half"
        finally:
            living.kill()
            living.communicate()
        write(target)
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("mark", [None, "", "of another machine"])
@pytest.mark.parametrize(
    "name", [".out-personal", ".out-12345678", ".out-abcdefgh-old", ".outer-abcdefgh", "out-abcdefgh"]
)
def test_folders_that_no_killed_run_of_this_machine_marked_are_left_alone(
    tmp_path: Path, name: str, mark: str | None
) -> None:
    mine = tmp_path / name
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    if mark is not None:
        (mine / MARK).write_text(mark)
    write(tmp_path / "out")
    assert (mine / "thesis.txt").read_text() == "mine"
    assert (mine / MARK).exists() == (mark is not None)


def test_a_link_of_such_a_name_is_not_followed(tmp_path: Path) -> None:
    killed = tmp_path / "elsewhere"
    killed.mkdir()
    with marked(killed):
        there = (killed / MARK).read_bytes() if (killed / MARK).exists() else b""
    (killed / MARK).write_bytes(there)
    (tmp_path / ".out-abcdefgh").symlink_to(killed, target_is_directory=True)
    remove_leftovers(tmp_path / "out")
    assert (killed / MARK).exists()


def test_no_result_holds_the_mark(tmp_path: Path) -> None:
    write(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["provenance.json"]


def test_without_file_locks_nothing_is_marked_and_nothing_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "fcntl", None)
    left = tmp_path / ".out-abcdefgh"
    left.mkdir()
    with leftovers.marked(left):
        assert list(left.iterdir()) == []
    leftovers.remove_leftovers(tmp_path / "out")
    assert left.is_dir()
