"""Every run of the program ends with one message and the right exit code, whatever the machine or the user did."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from simulation.command import ending
from simulation.command.ending import Fault, check_surroundings, code_of
from simulation.files.errors import InputError
from simulation.text import say

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a matter of POSIX systems")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")


def wushi(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WUSHI_LANG": "en", **more.pop("env", {})}  # type: ignore[dict-item]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(
        [sys.executable, "-m", "simulation", *words], text=True, check=False, timeout=300, env=environment, **streams
    )  # type: ignore[call-overload, no-any-return]


@FULL
@pytest.mark.parametrize("words", [("schema",), ("show", "classroom"), ("show", "classroom", "--json"), ("--help",)])
def test_a_full_device_is_said_in_one_message(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = wushi(*words, stdout=full)
    assert done.returncode == 1
    assert done.stderr == f"wushi: {say('cli.fault.full', 'en')}\n"


@FULL
def test_a_full_device_for_everything_that_is_printed_is_no_more_than_an_exit_code() -> None:
    with Path("/dev/full").open("w") as full:
        assert wushi("schema", stdout=full, stderr=full).returncode == 1
        assert wushi("run", "no such scenario", stderr=full).returncode in (1, 2)


@POSIX
def test_a_reader_that_has_seen_enough_is_not_complained_of() -> None:
    line = f'"{sys.executable}" -m simulation show zhaoqing | head -1'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@POSIX
def test_closed_streams_hinder_no_command(tmp_path: Path) -> None:
    line = f'"{sys.executable}" -m simulation init "{tmp_path}/new" >&- 2>&-'
    assert subprocess.run(["sh", "-c", line], check=False, timeout=300).returncode == 0
    assert (tmp_path / "new" / "scenario.toml").exists()


@POSIX
def test_a_working_folder_that_is_gone_is_said() -> None:
    line = f'mkdir -p "$0" && cd "$0" && rmdir "$0" && "{sys.executable}" -P -m simulation scenarios'
    place = str(Path(os.environ.get("TMPDIR", "/tmp")) / f"gone-{os.getpid()}")
    found = {**os.environ, "WUSHI_LANG": "en", "PYTHONPATH": str(Path(ending.__file__).parents[2])}
    done = subprocess.run(["sh", "-c", line, place], capture_output=True, text=True, check=False, env=found)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"wushi: {say('cli.fault.folder', 'en')}"


@pytest.mark.parametrize("given", ["0", "-1", "abc", "1e3", "100000000", "9" * 5000, "²"])
def test_a_number_of_threads_that_numba_cannot_take_is_said_before_it_is_loaded(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_NUM_THREADS", given)
    with pytest.raises(Fault, match="NUMBA_NUM_THREADS"):
        check_surroundings()


def test_a_layer_of_threads_that_there_is_not_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_THREADING_LAYER", "nonsense")
    with pytest.raises(Fault, match="workqueue"):
        check_surroundings()


@pytest.mark.parametrize("settings", [{}, {"NUMBA_NUM_THREADS": "1"}, {"NUMBA_THREADING_LAYER": "omp"}])
def test_ordinary_surroundings_are_taken(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    check_surroundings()


def test_a_setting_of_the_environment_is_a_fault_of_the_machine_and_no_traceback() -> None:
    done = wushi("scenarios", env={"NUMBA_NUM_THREADS": "0"})
    assert done.returncode == 1
    assert done.stderr.startswith("wushi: the environment variable NUMBA_NUM_THREADS")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a program to its address space")
@pytest.mark.parametrize("kilobytes", [300_000, 700_000, 1_000_000])
def test_too_little_memory_is_said(kilobytes: int, tmp_path: Path) -> None:
    words = f'run classroom --weeks 2 --citizens 200 --no-figures --out "{tmp_path}/out"'
    line = f'ulimit -v {kilobytes}; "{sys.executable}" -m simulation {words}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=300)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.returncode == 1
        assert "emory" in done.stderr


def test_an_interrupt_while_numpy_gets_no_memory_is_no_interrupt_of_the_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ending, "_address_space", lambda: 1_500_000_000)
    assert code_of(KeyboardInterrupt()) == 130
    monkeypatch.setattr(ending, "_numpy_half_loaded", lambda: True)
    assert code_of(KeyboardInterrupt()) == 1
    assert "1.5 GB" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("problem", "code", "key"),
    [
        (OSError(errno.ENOSPC, "full"), 1, "full"),
        (MemoryError(), 1, "memory"),
        (ImportError("libx.so: failed to map segment from shared object"), 1, "memory"),
        (OSError(errno.EMFILE, "too many"), 1, "files"),
        (Fault("as it is"), 1, ""),
        (OSError(errno.ENAMETOOLONG, "too long"), 2, "system"),
        (OSError(errno.EIO, "broken"), 1, "system"),
    ],
)
def test_a_fault_of_the_machine_is_one_message(
    problem: Exception, code: int, key: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "LANG", "zh")
    assert code_of(problem) == code
    told = capsys.readouterr().err
    words = {"reason": problem.strerror} if isinstance(problem, OSError) else {}
    message = say(f"cli.fault.{key}", "zh", **words) if key else "as it is"
    assert told == say("cli.error", "zh", message=message) + "\n"


def test_a_fault_names_its_file_without_obeying_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(PermissionError(errno.EACCES, "Permission denied", "a\x1b[31m\nb")) == 1
    told = capsys.readouterr().err
    assert "\\x1b[31m\\nb" in told
    assert "\x1b" not in told


def test_an_error_of_the_program_itself_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_address_space", lambda: None)
    for problem in (ZeroDivisionError(), RuntimeError("a bug"), OSError("without a number")):
        with pytest.raises(type(problem)):
            code_of(problem)


def test_libraries_that_fail_for_want_of_memory_are_not_taken_for_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ending, "_address_space", lambda: 700_000_000)
    assert code_of(SystemError("error return without exception set")) == 1
    assert "0.7 GB" in capsys.readouterr().err


def test_wrong_input_and_an_interrupt_have_codes_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(InputError("wrong")) == 2
    assert code_of(KeyboardInterrupt()) == 130
    assert code_of(typer.Abort()) == 130
    assert "wrong" in capsys.readouterr().err


@pytest.mark.parametrize("columns", ["0", "-5", "abc", "3", "²"])
def test_columns_that_no_table_fits_are_forgotten(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ending.prepare_streams()
    assert "COLUMNS" not in os.environ
    monkeypatch.setenv("COLUMNS", "100")
    ending.prepare_streams()
    assert os.environ["COLUMNS"] == "100"
