"""Links that show the same page again, and that ask for no more than the page can run."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shown import LIBRARY

from simulation import InputError
from simulation.app import share
from simulation.app.controls import KEYS
from simulation.app.library import MOST_CITIZENS, MOST_WEEKS
from simulation.text import say


def query(*assignments: str, **fields: str) -> str:
    return urlencode([*fields.items(), *(("set", one) for one in assignments)])


def test_a_link_that_nobody_would_type_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="too long"):
        share.read("set=" + "x" * share.LONGEST, LIBRARY, "en")


def test_a_link_of_too_many_values_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="too many values"):
        share.read("&".join(["a=1"] * (share.MOST_FIELDS + 1)), LIBRARY, "en")


@pytest.mark.parametrize("value", ['"all"', "all", "2000000000", str(MOST_CITIZENS + 1)])
def test_a_link_gets_no_more_citizens_than_the_control_and_is_told(value: str) -> None:
    choice, limited = share.read(query(f"structure.citizens={value}", scenario="guangdong"), LIBRARY, "en")
    assert choice.changes == {"structure.citizens": MOST_CITIZENS}
    assert len(limited) == 1
    assert limited[0].startswith("structure.citizens: ")
    assert f"{MOST_CITIZENS:,}" in limited[0]


def test_a_link_within_the_bounds_is_told_nothing() -> None:
    link = query(f"structure.citizens={MOST_CITIZENS}", 'agenda.domains="all"', "agenda.span=inf", scenario="zhaoqing")
    choice, limited = share.read(link, LIBRARY, "en")
    assert limited == []
    assert choice.changes["agenda.domains"] == "all"


NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(['"all"', '"inf"', "all", "[1, 2]", "{a = 1}", "[" * 3000, "1e999", "9" * 5000, "true", "'", "\0"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(KEYS)), NUMBERS), max_size=3),
    st.sampled_from(["classroom", "guangdong", "zhaoqing"]),
)
def test_whatever_a_link_asks_for_is_refused_or_small_enough_to_run(pairs: list[tuple[str, Any]], name: str) -> None:
    link = query(*(f"{key}={value}" for key, value in pairs), scenario=name)
    try:
        choice, _ = share.read(link, LIBRARY, "en")
    except InputError:
        return
    spec = LIBRARY.load(choice.scenario, choice.changes)
    assert int(spec.structure.citizens) <= MOST_CITIZENS
    assert spec.weeks <= MOST_WEEKS
    for key, value in choice.changes.items():
        most = share.CONTROLS[key].most if key in share.CONTROLS else 1
        assert isinstance(value, str | bool) or value <= most


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("lang=zh", "zh"),
        ("scenario=nowhere&lang=zh&seed=1", "zh"),
        ("scenario=a", "en"),
        ("lang=xx", "en"),
        ("glang=zh", "en"),
    ],
)
def test_a_refused_link_is_answered_in_the_language_that_it_names(words: str, named: str) -> None:
    assert share.language_of(words, "en") == named


def test_the_refusal_of_a_link_is_wholly_chinese() -> None:
    with pytest.raises(InputError) as caught:
        share.read(query(scenario="nowhere", lang="zh"), LIBRARY, "en")
    said = say("app.link.refused", share.language_of("lang=zh", "en"), reason=caught.value.message)
    assert "本页没有这个情景（给定值：'nowhere'）；允许：" in said
