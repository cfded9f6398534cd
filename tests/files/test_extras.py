"""A missing optional library is named before work is done, with a line that installs it anywhere."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pandas as pd
import pytest
from packaging.requirements import Requirement

from simulation.evidence.optimise import first_look
from simulation.experiments.running.clusters import Dask
from simulation.files import extras
from simulation.files.errors import InputError
from simulation.files.tables import save_table

ROOT = Path(__file__).resolve().parents[2]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch):
    """Return a function that makes packages look as if they were not installed."""

    def hide(*names: str) -> None:
        def found(name: str) -> object:
            if name in names:
                raise PackageNotFoundError(name)
            return distribution(name)

        monkeypatch.setattr(extras, "distribution", found)

    return hide


@pytest.mark.parametrize("extra", ["app", "notebooks", "cluster", "mpi", "parquet", "calibrate", "worlds"])
def test_the_line_names_exactly_what_the_extra_declares_and_never_the_package_itself(extra: str) -> None:
    words = shlex.split(extras.install_line(extra))
    named = {str(Requirement(word)) for word in words[words.index("install") + 1 :]}
    assert named == {str(Requirement(line)) for line in DECLARED[extra]}
    assert not any(word.startswith(extras.PROJECT) for word in words)


def test_the_line_begins_with_the_python_that_runs_and_pip_understands_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(extras.install_line("parquet"))
    assert words[0] == sys.executable
    done = subprocess.run([*words, "--dry-run", "--no-index", "--no-deps"], capture_output=True, text=True)
    assert "already satisfied: pyarrow" in done.stdout, done.stderr


def test_a_python_below_the_present_folder_is_named_as_one_types_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert shlex.split(extras.install_line("app"))[0] == str(Path(".venv", "bin", "python"))


def test_nothing_is_said_where_all_is_there() -> None:
    assert extras.missing("parquet") == []
    extras.require_extra("parquet", "Parquet")


def test_a_library_behind_another_librarys_extra_is_missed_too(without) -> None:
    without("distributed")
    assert extras.missing("cluster") == ["distributed"]


def test_without_an_installed_package_the_projects_own_file_says_what_an_extra_needs(without) -> None:
    without("wushi", "nicegui")
    assert extras.missing("app") == ["nicegui"]


@pytest.mark.parametrize(
    ("extra", "hidden", "ask"),
    [
        ("parquet", "pyarrow", lambda folder: save_table(pd.DataFrame({"a": [1]}), folder / "t", "parquet")),
        ("cluster", "distributed", lambda folder: Dask(b"", "tcp://127.0.0.1:1")),
        ("calibrate", "optuna", lambda folder: first_look(folder / "targets.toml", 10)),
    ],
)
def test_each_part_that_needs_an_extra_says_the_line(without, tmp_path: Path, extra, hidden, ask) -> None:
    without(hidden)
    with pytest.raises(InputError) as caught:
        ask(tmp_path)
    assert hidden in caught.value.message
    assert extras.install_line(extra) in caught.value.message
