"""First steps: what `make` says and installs, and that `wushi` is found afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make and sh are not part of Windows")


def said(*words: str, folder: Path = ROOT, typed: str = "", **environment: str) -> str:
    """Return what a command prints, typed in a folder, with the language of the environment left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "WUSHI_", "MAKE"))}
    done = subprocess.run(
        words, cwd=folder, env={**kept, **environment}, input=typed, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the scripts and a finished environment whose commands only say their names."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    for name in ("wushi", "python"):
        command = bin_folder / name
        command.write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/called"\n', encoding="utf-8")
        command.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "prepares", "runs"),
    [
        ("run", "scripts/environment.sh\n", ".venv/bin/wushi run zhaoqing"),
        ("app", "scripts/environment.sh app\n", ".venv/bin/wushi app"),
        ("lessons", "scripts/environment.sh notebooks\n", "-m jupyterlab notebooks/en/1-one-instruction.ipynb"),
        ("shell", "scripts/environment.sh\n", "scripts/shell.sh"),
    ],
)
def test_each_target_installs_what_it_needs_and_then_runs(target: str, prepares: str, runs: str) -> None:
    shown = said("make", "-n", target)
    assert prepares in shown
    assert runs in shown[shown.index(prepares) :]


@pytest.mark.parametrize("named", ["WUSHI_LANG", "LANG"])
def test_the_lessons_open_in_the_language_of_the_commands(named: str) -> None:
    assert "notebooks/zh/1-one-instruction.ipynb" in said("make", "-n", "lessons", **{named: "zh_CN.UTF-8"})


def test_make_run_ends_by_saying_where_wushi_is_found() -> None:
    assert said("make", "-n", "run").splitlines()[-1] == "sh scripts/next_step.sh .venv/bin"
    for lang, word in (("en", "Next:"), ("zh", "接下来")):
        shown = said("sh", "scripts/next_step.sh", ".venv/bin", WUSHI_LANG=lang)
        assert word in shown
        for way in ("make shell", ".venv/bin/wushi", "make app", "make lessons"):
            assert way in shown


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_make_shell_finds_wushi_and_python_even_where_a_start_up_file_sets_the_path(clone: Path, shell: str) -> None:
    (clone / ".bashrc").write_text("PATH=/usr/bin:/bin\n", encoding="utf-8")
    script = str(clone / "scripts" / "shell.sh")
    shown = said("sh", script, typed="command -v wushi\ncommand -v python\nexit\n", SHELL=shell, HOME=str(clone))
    assert shown.split()[-2:] == [str(clone / ".venv" / "bin" / name) for name in ("wushi", "python")]


@pytest.mark.parametrize(
    ("installed", "wanted", "again"),
    [
        ("[test,app]", "", False),
        ("[test,app]", "app", False),
        ("[test,app]", "app,test", False),
        ("[]", "app", True),
        ("[app-not]", "app", True),
        ("[test,app]", "notebooks", True),
    ],
)
def test_what_an_earlier_command_installed_is_not_installed_again(
    clone: Path, installed: str, wanted: str, again: bool
) -> None:
    stamp = clone / ".venv" / ".wushi-ready"
    sum_of = said("cksum", folder=clone, typed=(ROOT / "pyproject.toml").read_text(encoding="utf-8")).strip()
    stamp.write_text(f"{clone.resolve()}\n{sum_of}\n{installed}\n", encoding="utf-8")
    said("sh", "scripts/environment.sh", *([wanted] if wanted else []), folder=clone)
    called = (clone / "called").read_text(encoding="utf-8")
    assert ("-m pip install" in called) is again


def test_the_readmes_name_each_way_to_go_on_for_each_system() -> None:
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for way in (
            "make run", "make shell", "make app", "make lessons", ". .venv/bin/activate", ".venv\\Scripts\\activate",
            "python3.12 -m venv .venv", ".venv/bin/python -m pip install -e .", ".venv/bin/wushi run zhaoqing",
            "py -3.12 -m venv .venv", ".venv\\Scripts\\python -m pip install -e .",
        ):  # fmt: skip
            assert way in text, (name, way)


def test_no_page_asks_for_a_release_that_does_not_exist() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "simulation").rglob("*.py")]
    assert len(pages) > 100
    text = {page.name: page.read_text(encoding="utf-8") for page in pages}
    assert [name for name, said in text.items() if re.search(r"pip install ['\"]?wushi[\['\"\s]", said)] == []
