"""Commands, code and scenarios of the READMEs work as shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from simulation.scenario import load_scenario

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")


def fenced(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


def shown_commands(name: str) -> list[str]:
    lines = [line.split("#")[0].strip() for block in fenced(name, "sh") for line in block.splitlines()]
    return [line.removeprefix("wushi ") for line in lines if line.startswith("wushi ")]


@pytest.mark.parametrize("name", READMES)
def test_python_snippets_run(name: str, tmp_path: Path) -> None:
    snippets = fenced(name, "python")
    assert snippets
    for snippet in snippets:
        done = subprocess.run(
            [sys.executable, "-c", snippet], capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert done.returncode == 0, done.stderr
        assert float(done.stdout.split()[0]) > 0


@pytest.mark.parametrize("name", [READMES[0], pytest.param(READMES[1], marks=pytest.mark.again)])
def test_commands_run_as_shown_but_smaller(name: str, tmp_path: Path) -> None:
    commands = shown_commands(name)
    assert len(commands) >= 5
    for command in commands:
        words = command.split()
        if words[0] == "run":
            words = [word for word in words if word not in ("--citizens", "all")]
            words += ["--citizens", "300", "--no-figures", *([] if "--until" in words else ["--weeks", "20"])]
        done = subprocess.run(
            [sys.executable, "-m", "simulation", *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)


@pytest.mark.parametrize("name", READMES)
def test_the_scenario_shown_loads(name: str) -> None:
    (shown,) = fenced(name, "toml")
    spec = load_scenario(tomllib.loads(shown))
    assert spec.plan.kind == "uniform"
    assert spec.stages.authority.rank == "deputy"


@pytest.mark.parametrize("name", READMES)
def test_every_file_that_is_linked_exists(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_both_readmes_show_the_same_two_commands_and_extras() -> None:
    for word in ("make run", "make test", '".[test,app,cluster,parquet,docs,calibrate,worlds]"'):
        for name in READMES:
            assert word in (ROOT / name).read_text(encoding="utf-8"), (name, word)


def test_each_readme_links_every_page_in_its_language_where_there_is_one() -> None:
    pages = {page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").rglob("*.md") if "making" not in page.parts}
    chinese = {page for page in pages if page.endswith(".zh.md")}
    ours = {page for page in pages - chinese if page.replace(".md", ".zh.md") not in chinese} | chinese
    apart = {"docs/index.md", "docs/index.zh.md"}  # what the site opens with repeats the README
    for name, wanted in (("README.md", pages - chinese), ("README.zh.md", ours)):
        linked = set(re.findall(r"\]\((docs/[^)#]+)", (ROOT / name).read_text(encoding="utf-8")))
        assert wanted - linked - apart == set(), name
