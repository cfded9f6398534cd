"""The lessons ship with outputs that their cells give now, and their two languages do not drift apart."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks" / "source").glob("*.md"))
MAKE = runpy.run_path(str(ROOT / "docs" / "making" / "notebooks.py"), run_name="make_notebooks")
BOOKS = sorted(path for lang in MAKE["LANGUAGES"] for path in (ROOT / "notebooks" / lang).glob("*.ipynb"))

kernel = pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client", "ignore::DeprecationWarning:zmq")


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def outputs(path: Path) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


def words(path: Path) -> str:
    """Return all text that a notebook's cells put out."""
    told = []
    for output in outputs(path):
        told += output.get("text", [])
        told += [line for kind, lines in output.get("data", {}).items() if kind.startswith("text/") for line in lines]
    return "".join(told)


def test_there_are_eight_lessons_each_in_both_languages() -> None:
    assert [lesson.name[0] for lesson in LESSONS] == list("12345678")
    assert {name_of(path) for path in BOOKS} == {f"{lang}/{les.stem}" for lang in ("en", "zh") for les in LESSONS}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_asks_predicts_and_has_exercises_with_hidden_solutions_in_both_languages(lesson: Path) -> None:
    kinds = MAKE["blocks"](lesson.read_text(encoding="utf-8"))
    by_lang = {lang: [text for kind, text in kinds if kind == lang] for lang in ("en", "zh")}
    assert len(by_lang["en"]) == len(by_lang["zh"])
    for lang, expected in {
        "en": ("**Question.**", "## Predict first", "## Exercises", "<details>"),
        "zh": ("**问题。**", "## 先作预测", "## 练习", "<details>"),
    }.items():
        for word in expected:
            assert sum(word in text for text in by_lang[lang]) == 1, (lang, word)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_both_languages_quote_the_same_numbers(lesson: Path) -> None:
    kinds = MAKE["blocks"](lesson.read_text(encoding="utf-8"))
    quoted = {
        lang: sorted(found.strip() for kind, text in kinds if kind == lang for found in MAKE["QUOTED"].findall(text))
        for lang in ("en", "zh")
    }
    assert set(quoted["en"]) == set(quoted["zh"])
    assert quoted["en"]


@pytest.mark.parametrize("book", BOOKS, ids=name_of)
def test_a_notebook_ships_with_outputs_without_errors_paths_or_addresses(book: Path) -> None:
    told = words(book)
    assert len(told) > 50
    assert not [output for output in outputs(book) if output["output_type"] == "error"]
    assert not [output for output in outputs(book) if output.get("name") == "stderr"]
    assert re.findall(r"0x[0-9a-f]{6,}|/(?:tmp|home|root|Users)\b|[A-Z]:\\", told) == []
    texts = [cell for cell in nbformat.read(book, as_version=4).cells if cell.cell_type == "markdown"]
    assert not [cell for cell in texts if "{{" in cell.source]


@pytest.mark.parametrize("book", [book for book in BOOKS if book.stem[0] in "1347"], ids=name_of)
def test_a_lesson_that_draws_ships_its_pictures(book: Path) -> None:
    pictures = [output["data"]["image/png"] for output in outputs(book) if "image/png" in output.get("data", {})]
    drawn = 2 if book.stem.startswith("7") else 1
    assert [len(picture) > 10_000 for picture in pictures] == [True] * drawn


def marks(book: Path) -> list[pytest.MarkDecorator]:
    """Return the marks of a book: the cells are the same in both languages but for LANG; four lessons run long."""
    return [pytest.mark.again] * (book.parent.name == "zh") + [pytest.mark.thorough] * (book.stem[0] in "3578")


@pytest.mark.slow
@kernel
@pytest.mark.parametrize(
    "book",
    [pytest.param(book, id=name_of(book), marks=marks(book)) for book in BOOKS],
)
def test_each_notebook_is_what_its_cells_give_now(book: Path) -> None:
    source = (ROOT / "notebooks" / "source" / f"{book.stem}.md").read_text(encoding="utf-8")
    made = MAKE["notebook"](source, book.parent.name)
    plain = MAKE["without_pictures"]
    assert plain(made) == plain(book.read_text(encoding="utf-8")), "run: python docs/making/notebooks.py"


@kernel
def test_text_quotes_what_the_cells_above_it_give_and_checks_are_not_shown() -> None:
    source = "%%% code\nx = 0.5\nx\n%%% check\ny = x / 4\n%%% en\nAbout {{ y:.1%}}.\n%%% zh\n约 {{ y:.1%}}。"
    made = json.loads(MAKE["notebook"](source, "zh"))
    assert ["".join(cell["source"]) for cell in made["cells"]] == ['LANG = "zh"', "x = 0.5\nx", "约 12.5 %。"]
    (shown,) = made["cells"][1]["outputs"]
    assert shown["data"]["text/plain"] == ["0.5"]
    assert shown["execution_count"] == made["cells"][1]["execution_count"] == 2


@kernel
def test_a_claim_that_no_longer_holds_stops_the_making() -> None:
    with pytest.raises(CellExecutionError, match="AssertionError"):
        MAKE["notebook"]("%%% code\nx = 1\n%%% check\nassert x > 2\n%%% en\nMore than two.", "en")
