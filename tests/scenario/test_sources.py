"""Where a parameter's value comes from is said in both languages, from one catalogue."""

from __future__ import annotations

import re

import pytest

from simulation.scenario import parameters
from simulation.scenario.sources import source_in
from simulation.text import catalogue


@pytest.mark.parametrize(
    ("source", "lang", "words", "said"),
    [
        ("", "zh", True, ""),
        ("A", "zh", False, "A"),
        ("A", "zh", True, "假定"),
        ("P: kind; A: value", "en", False, "P: kind; A: value"),
        ("P: kind; A: value", "en", True, "paper: kind; assumed: value"),
        ("P: kind; A: value", "zh", True, "论文：机制；假定：数值"),
        ("A; P: Party branches lead", "zh", False, "A；P：党支部引领"),
        ("instead of file", "zh", True, "用以代替文件"),
    ],
)
def test_a_source_is_said_in_a_language_with_marks_or_words(source, lang, words, said):
    assert source_in(source, lang, words) == said


def test_the_source_of_every_parameter_is_said_in_chinese_and_unchanged_in_english():
    sources = [info.source for info in parameters()]
    assert len(sources) > 200
    assert [source_in(source, "en") for source in sources] == sources
    chinese = [source_in(source, "zh") for source in sources]
    assert [text for text in chinese if "; " in text or ": " in text] == []


def test_no_phrase_of_the_catalogue_of_sources_is_left_over():
    parts = [part for info in parameters() for part in info.source.split("; ")]
    said = {re.sub(r"^[PSA](: |$)", "", part) for part in parts} - {""}
    kept = {key.removeprefix("source.") for key in catalogue() if key.startswith("source.")} - {"P", "S", "A"}
    assert kept == said
