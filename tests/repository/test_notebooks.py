"""The lessons run from a clean state, and their two languages do not drift apart."""

from __future__ import annotations

import runpy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks" / "source").glob("*.md"))
MAKE = runpy.run_path(str(ROOT / "docs" / "making" / "notebooks.py"), run_name="make_notebooks")


def test_there_are_six_lessons() -> None:
    assert [lesson.name[0] for lesson in LESSONS] == list("123456")


def test_notebooks_are_what_their_sources_make() -> None:
    for path, text in MAKE["wanted"]().items():
        assert path.read_text(encoding="utf-8") == text, path


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_asks_predicts_and_has_exercises_with_hidden_solutions_in_both_languages(lesson: Path) -> None:
    kinds = MAKE["blocks"](lesson.read_text(encoding="utf-8"))
    by_lang = {lang: [text for kind, text in kinds if kind == lang] for lang in ("en", "zh")}
    assert len(by_lang["en"]) == len(by_lang["zh"])
    for lang, words in {
        "en": ("**Question.**", "## Predict first", "## Exercises", "<details>"),
        "zh": ("**问题。**", "## 先作预测", "## 练习", "<details>"),
    }.items():
        for word in words:
            assert sum(word in text for text in by_lang[lang]) == 1, (lang, word)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq")
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_runs_from_a_clean_state(lesson: Path, tmp_path: Path) -> None:
    path = ROOT / "notebooks" / "en" / f"{lesson.stem}.ipynb"
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    errors = [o for cell in book.cells if cell.cell_type == "code" for o in cell.outputs if o.output_type == "error"]
    assert not errors
    assert any(cell.outputs for cell in book.cells if cell.cell_type == "code")
