"""The tutorial's steps work in the order in which the page has them, and its numbers are those of the steps."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simulation.cases import Case, Fit
from simulation.command.main import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {"en": DOCS / "cases.md", "zh": DOCS / "cases.zh.md"}
WRITTEN = (
    "willow/fit/posterior.csv",
    "willow-report/report.html",
    "willow-report/coverage.csv",
    "willow-report/table.tex",
)


def commands(lang: str) -> list[str]:
    """Return the commands that stand as steps in a page, in order."""
    return re.findall(r"^    wushi (.+)$", PAGES[lang].read_text(encoding="utf-8"), re.MULTILINE)


def rounded(content: Any) -> Any:
    """Return plain data with numbers to nine digits: processors differ in the last ones."""
    return json.loads(json.dumps(content), parse_float=lambda text: f"{float(text):.9g}")


def quick(command: str) -> list[str]:
    """Return a command's words; the whole fit, which takes minutes, becomes a first look."""
    words = command.split()
    return [*words, "--quick"] if words[:2] == ["case", "fit"] and "--quick" not in words else words


def test_both_pages_have_the_same_steps() -> None:
    plain = {lang: [command.replace(" --lang zh", "") for command in commands(lang)] for lang in PAGES}
    assert plain["en"] == plain["zh"]
    assert len(plain["en"]) >= 7


def test_the_short_steps_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample of the thorough test below: everything but fits and their reports."""
    monkeypatch.chdir(tmp_path)
    for command in commands("en"):
        if command.split()[1] not in ("fit", "report"):
            done = CliRunner().invoke(app, command.split())
            assert done.exit_code == 0, (command, done.output, done.exception)


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.again)])
def test_the_steps_work_one_after_the_other(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WUSHI_LANG", lang)
    for command in commands(lang):
        done = CliRunner().invoke(app, quick(command))
        assert done.exit_code == 0, (command, done.output, done.exception)
    for name in WRITTEN:
        assert (tmp_path / name).stat().st_size > 0
    assert (tmp_path / "willow-report" / "figures").is_dir()
    if lang == "en":
        fit = Fit.load(Case.load(tmp_path / "willow"))
        said = runpy.run_path(str(DOCS / "making" / "case_tutorial.py"))["said"](fit, tmp_path / "willow-report")
        kept = json.loads((DOCS / "case_tutorial.json").read_text(encoding="utf-8"))
        assert rounded(said) == rounded(kept)


def test_the_counterfactual_on_the_page_is_that_of_the_starter() -> None:
    starter = (DOCS.parent / "simulation" / "command" / "starter_files" / "case" / "en" / "case.toml").read_text(
        encoding="utf-8"
    )
    lines = [line.partition("   #")[0].strip() for line in starter.splitlines()]
    for page in PAGES.values():
        block = re.search(r"```toml\n(.+?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        assert block is not None
        assert all(line in lines for line in block[1].strip().splitlines())


def test_recovery_was_measured_on_as_many_cases_as_the_page_says() -> None:
    found = json.loads((DOCS / "case_recovery.json").read_text(encoding="utf-8"))
    assert found["rows"] == 60
    for kind, entry in found["kinds"].items():
        assert entry["named as not fitting"]["cases"] >= (10 if kind.startswith("wrong") else 20)
