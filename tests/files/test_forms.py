"""The form of a file: both ways of writing a key are one, and a wrong value is told in one message."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, Field, model_validator

from simulation.files.errors import InputError
from simulation.files.forms import BOTH_LANGUAGES, Form, Names, dotted, entry, names_of, nearest_key, nested, validated
from simulation.files.shipped import find_file

WORDS = st.text("abc", min_size=1, max_size=2)
TREES = st.recursive(st.integers(), lambda inner: st.dictionaries(WORDS, inner, min_size=1, max_size=3), max_leaves=8)


def _even(number: int) -> int:
    if number % 2:
        raise InputError("must be even", given=number, allowed="2, 4, …", suggestion="2")
    return number


class Said(Form):
    en: str
    zh: str


class Inner(Form):
    share: float = Field(default=0.5, ge=0, le=1)
    above: float = Field(default=0.5, gt=0, lt=1, allow_inf_nan=False)
    kind: Literal["left", "right"] = "left"
    count: Annotated[int, Field(ge=1)] | Literal["all"] = entry(1, allowed="a whole number from 1, or 'all'")
    pair: Annotated[int, AfterValidator(_even)] = 2


class Whole(Form):
    title: Annotated[Said, BOTH_LANGUAGES] = Said(en="", zh="")
    inner: Inner = Inner()
    named: dict[str, Inner] = Field(default_factory=dict, max_length=2)
    listed: list[float | int] = Field(default_factory=list)
    names: Names = ()
    needed: bool

    @model_validator(mode="after")
    def _together(self) -> Whole:
        if self.inner.kind == "right" and not self.needed:
            raise InputError("right is needed")
        return self


def refusal(table: dict[str, Any], **more: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        validated(Whole, {"needed": True, **table}, **more)
    return caught.value


@given(st.dictionaries(WORDS, TREES, max_size=4))
def test_dotted_keys_as_nested_tables_are_the_tables_again(tree):
    assert nested(dotted(tree, lambda _, inside: not inside)) == tree


def test_a_table_that_is_a_value_stays_whole_and_an_empty_one_leaves_nothing():
    table = {"a": {"b": {"low": 1}}, "c": {}, "d.e": 2}
    assert dotted(table, lambda _, inside: "low" in inside) == {"a.b": {"low": 1}, "d.e": 2}
    assert dotted(table, lambda name, _: name == "a") == {"a": {"b": {"low": 1}}, "d.e": 2}


@pytest.mark.parametrize(
    ("table", "key", "problem", "allowed"),
    [
        ({"inner": {"share": 2}}, "inner.share", "out of range", "a number from 0 to 1"),
        ({"inner": {"above": 1}}, "inner.above", "out of range", "a number above 0 and below 1"),
        ({"inner": {"above": math.nan}}, "inner.above", "must be a finite number", "a number above 0 and below 1"),
        ({"inner": {"share": "much"}}, "inner.share", "cannot be used", "a number from 0 to 1"),
        ({"inner": {"share": True}}, "inner.share", "cannot be used", "a number from 0 to 1"),
        ({"inner": {"kind": "lift"}}, "inner.kind", "cannot be used", "one of 'left', 'right'"),
        ({"inner": {"count": 0}}, "inner.count", "out of range", "a whole number from 1, or 'all'"),
        ({"inner": {"pair": 3}}, "inner.pair", "must be even", "2, 4, …"),
        ({"inner": 3}, "inner", "must be a table", None),
        ({"named": {"x": {"share": 2}}}, "named.x.share", "out of range", "a number from 0 to 1"),
        ({"named": {"x": 1}}, "named.x", "must be a table", None),
        ({"named": {"x": {}, "y": {}, "z": {}}}, "named", "too many", "at most 2"),
        ({"listed": 3}, "listed", "cannot be used", "a list"),
        ({"listed": [1, "a"]}, "listed[2]", "cannot be used", "a number"),
        ({"names": ["a", 3]}, "names[2]", "cannot be used", "a text"),
        ({"title": {"en": "only"}}, "title.zh", "required", "a text"),
        ({"title": 3}, "title", "must be a table", None),
        ({"needed": "yes"}, "needed", "cannot be used", "true or false"),
        ({"inner": {"kind": "right"}, "needed": False}, None, "right is needed", None),
    ],
)
def test_a_wrong_value_is_named_by_its_place_with_what_is_accepted(table, key, problem, allowed):
    error = refusal(table, file="a.toml")
    assert (error.file, error.key, error.problem, error.allowed) == ("a.toml", key, problem, allowed)


def test_a_required_value_that_is_missing_is_named():
    with pytest.raises(InputError) as caught:
        validated(Whole, {})
    assert (caught.value.key, caught.value.problem, caught.value.allowed) == ("needed", "required", "true or false")


@pytest.mark.parametrize(
    ("table", "key", "near", "allowed"),
    [
        ({"iner": {}}, "iner", "inner", "title, inner, named, listed, names, needed"),
        ({"inner": {"shar": 1}}, "inner.shar", "inner.share", "share, above, kind, count, pair"),
        ({"named": {"x": {"shar": 1}}}, "named.x.shar", "named.x.share", "share, above, kind, count, pair"),
        ({"share": 1, "inner": {"share": 2}}, "share", "inner.share", "title, inner, named, listed, names, needed"),
    ],
)
def test_an_unknown_key_comes_first_and_is_named_with_the_nearest_one(table, key, near, allowed):
    error = refusal(table)
    assert (error.problem, error.key, error.suggestion, error.allowed) == ("unknown key", key, near, allowed)


def test_keys_that_others_would_take_are_near_misses_too():
    assert refusal({"elsewere": 1}, known=["elsewhere"]).suggestion == "elsewhere"


@pytest.mark.parametrize(("given_word", "near"), [("rihgt", "right"), ("nothing at all", None)])
def test_a_misspelt_word_suggests_the_nearest(given_word, near):
    assert refusal({"inner": {"kind": given_word}}).suggestion == near


def test_several_findings_about_one_value_show_the_value_around_them():
    error = refusal({"title": {"en": 1, "zh": 2}, "listed": ["a", "b"]})
    assert (error.key, error.given) == ("title.en", 1)
    error = refusal({"listed": ["a", "b"]})
    assert (error.key, error.given) == ("listed", ["a", "b"])


def test_the_file_that_set_a_value_is_blamed_not_one_that_set_another():
    sources = {"inner.share": Path("base.toml"), "needed": Path("top.toml"), "named.x": Path("own.toml")}
    assert refusal({"inner": {"share": 2}}, sources=sources).file == "base.toml"
    assert refusal({"named": {"x": {"share": 2}}}, sources=sources).file == "own.toml"
    assert refusal({"inner": {"share": 2}}, sources={"needed": Path("top.toml")}).file is None
    assert refusal({"inner": 2}, sources=sources).file == "base.toml"


def test_the_names_of_a_form_are_those_of_its_fields_and_of_the_tables_inside():
    assert [name for name in names_of(Whole) if name.startswith("title")] == ["title", "title.en", "title.zh"]
    assert nearest_key("inner.kin", names_of(Whole)) == "inner.kind"


def test_an_error_says_where_it_comes_from_once_that_is_known():
    error = InputError("wrong", key="a", given=3, allowed="4", suggestion="b").replaced(file="f.toml", key="x.a")
    assert error.message == "f.toml: x.a: wrong (given: 3); allowed: 4; did you mean 'b'?"


def test_a_name_finds_the_shipped_file_and_a_path_the_file_beside_the_one_that_asks(tmp_path):
    asker = tmp_path / "asker.toml"
    assert find_file("one", tmp_path, ["one", "two"], "none") == tmp_path / "one.toml"
    assert find_file("one.toml", Path("elsewhere"), ["one"], "none", asker) == tmp_path / "one.toml"
    with pytest.raises(InputError) as caught:
        find_file("oen", tmp_path, ["one", "two"], "none", asker)
    assert (caught.value.file, caught.value.problem, caught.value.suggestion) == (str(asker), "none", "one")


@pytest.mark.parametrize(("written", "meant"), [("80%", "0.8"), ("0,2", "0.2"), ("80 ％", "0.8"), ("many", None)])
def test_a_share_written_another_way_is_told_the_number_that_it_must_mean(written, meant):
    assert refusal({"inner": {"share": written}}).suggestion == meant
