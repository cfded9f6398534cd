"""`wushi show`: everything, or what a word concerns; on a page of 80 or 100 columns; in both languages."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from simulation.command.main import app
from simulation.files.errors import InputError
from simulation.scenario import parameters
from simulation.scenario.sources import source_in
from simulation.text import say


def show(*words: str, columns: str = "100"):
    return CliRunner().invoke(app, ["show", *words], env={"COLUMNS": columns, "WUSHI_LANG": "en"})


def keys(*words: str) -> list[str]:
    return [row["key"] for row in json.loads(show(*words, "--json").stdout)]


def test_a_word_shows_only_what_it_concerns_in_key_meaning_or_section():
    every = keys("zhaoqing")
    found = keys("zhaoqing", "authority")
    assert 0 < len(found) < len(every)
    assert all(key in found for key in every if key.startswith("stages.authority."))
    assert "execution.oversight" in found, "its meaning names authority"
    assert "citizens.contacts" not in found


def test_several_words_narrow_it_down_in_either_language_and_case():
    both = keys("zhaoqing", "authority", "RANK")
    assert set(both) == set(keys("zhaoqing", "authority")) & set(keys("zhaoqing", "rank"))
    assert "stages.authority.rank" in keys("zhaoqing", "组长")
    assert "stages.authority.rank" in keys("zhaoqing", "secretary")


@pytest.mark.parametrize(("word", "near"), [("authorty", "authority"), ("oversigt", "oversight")])
def test_a_word_that_nothing_holds_gets_the_nearest(word, near):
    done = show("zhaoqing", word)
    assert isinstance(done.exception, InputError)
    assert near in done.exception.in_language("en")
    assert done.exception.in_language("zh") != done.exception.in_language("en")


def test_a_chinese_word_that_resembles_nothing_gets_no_meanings_of_one_common_sign():
    done = show("zhaoqing", "无此词")
    assert done.exception.allowed == say("cli.show.part", "en")


def test_a_chinese_word_that_nothing_holds_gets_the_nearest_meanings():
    done = show("zhaoqing", "督导")
    assert isinstance(done.exception, InputError)
    assert "督查" in done.exception.in_language("zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", ["80", "100"])
def test_the_list_fits_its_page_and_holds_every_parameter(lang, columns):
    done = show("zhaoqing", "--lang", lang, columns=columns)
    lines = done.stdout.splitlines()
    assert max(cell_len(line) for line in lines) <= int(columns)
    shown = {line.split()[0] for line in lines if line and not line.startswith(" ")}
    assert {info.key for info in parameters()} - {"title", "question", "extends"} <= shown


def test_the_source_and_the_meaning_are_chinese_where_the_rest_is():
    text = show("zhaoqing", "rank", "--lang", "zh").stdout
    info = next(info for info in parameters() if info.key == "stages.authority.rank")
    assert source_in(info.source, "zh") in text
    assert info.description["zh"] in text
    assert info.description["en"] not in text


def test_a_value_that_was_set_on_the_line_says_so():
    text = show("zhaoqing", "execution.oversight", "--set", "execution.oversight=0.5").stdout
    assert "--set" in text
    assert "0.5" in text
