"""One concept, one Chinese term: no Chinese text of the project uses a form that the table of terms turns down."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TERMS = tomllib.loads((ROOT / "docs" / "terms.toml").read_text(encoding="utf-8"))["terms"]
#: Texts in Chinese, or in both languages; what is made from them is not looked at twice.
TEXTS = (
    "simulation/**/*.toml",
    "simulation/**/*.html",
    "simulation/**/*.js",
    "simulation/**/*.md",
    "simulation/**/*.py",
    "scenarios/**/*.toml",
    "scenarios/**/*.md",
    "notebooks/source/*.md",
    "docs/**/*.md",
    "docs/making/*.py",
    "README*.md",
    "CONTRIBUTING.md",
)


def texts() -> list[Path]:
    return sorted({path for pattern in TEXTS for path in ROOT.glob(pattern) if "__pycache__" not in path.parts})


def refused(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, form and term for every form that the table turns down."""
    for number, line in enumerate(text.splitlines(), 1):
        for term in TERMS:
            plain = line
            for phrase in term.get("fine", ()):
                plain = plain.replace(phrase, "")
            for form in term["not"]:
                if form in plain:
                    yield number, form, term["zh"]


def test_no_chinese_text_uses_a_form_that_the_table_turns_down():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {form}, which is {term} here"
        for path in texts()
        # The table of the glossary names the forms themselves.
        for number, form, term in refused(path.read_text(encoding="utf-8").partition("<!-- made: terms -->")[0])
    ]
    assert found == []


def test_the_texts_are_there():
    names = {str(path.relative_to(ROOT)) for path in texts()}
    assert {"README.zh.md", "docs/glossary.zh.md", "simulation/text/app.toml", "scenarios/zhaoqing.toml"} <= names
    assert any(name.startswith("notebooks/source/") for name in names)
    assert any(name.startswith("simulation/command/starter_files/zh/") for name in names)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term["en"])
def test_each_term_is_used_and_no_form_of_it_is_the_term_of_another(term):
    everything = "\n".join(path.read_text(encoding="utf-8") for path in texts())
    assert term["zh"] in everything
    assert not {one["zh"] for one in TERMS} & set(term["not"])
    assert not [phrase for phrase in term.get("fine", ()) if not any(form in phrase for form in term["not"])]


def test_a_form_that_is_turned_down_is_found_and_one_in_another_phrase_is_not():
    assert list(refused("甲\n各站点")) == [(2, "站点", "点位")]
    assert list(refused("共建共治共享")) == []
    assert [form for _, form, _ in refused("共建共治共享，由各领域共享")] == ["共享"]
