"""Labels of patterns: the rule at its borders, the direct products that the file names, labels made from runs."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from simulation.files.errors import InputError
from simulation.verification.patterns import PATTERNS, base_scenario, measure, table_of
from simulation.verification.patterns.direct import SWITCH_OFF, Direct, direct_of, read_direct
from simulation.verification.patterns.labels import (
    ASSUMED,
    EMERGENT,
    NO_EFFECT,
    Interval,
    label,
    labels_of,
    without_products,
)

SMALLEST = 0.01
VALUES = base_scenario().values
WORDS = {"en": "nothing multiplies", "zh": "无乘积项"}
WHOLE = {"label": WORDS, "set": {"agenda.span": math.inf}}
NONE = {"none": WORDS}


def around(mean, half=0.002):
    return Interval(mean, mean - half, mean + half)


# --- the rule ---


@pytest.mark.parametrize(
    ("effect", "left", "expected"),
    [
        (around(0.05), around(0.04), EMERGENT),
        (around(-0.05), around(-0.04), EMERGENT),
        (around(-0.05), around(-0.2), EMERGENT),
        (around(0.05), around(0.0), ASSUMED),
        (around(0.05), around(-0.04), ASSUMED),
        (around(-0.05), around(0.04), ASSUMED),
        (around(0.05), None, EMERGENT),
        (around(0.005), None, NO_EFFECT),
        (around(0.005), around(0.05), NO_EFFECT),
        (around(0.05, 0.045), around(0.05), NO_EFFECT),
        (around(0.05), around(0.05, 0.045), ASSUMED),
    ],
)
def test_a_label_needs_the_effect_and_then_what_is_left_of_it_wholly_beyond_the_smallest(effect, left, expected):
    assert label(effect, left, SMALLEST) == expected


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("end", "beyond"), [(SMALLEST, 0), (math.nextafter(SMALLEST, 1), 1)])
def test_an_interval_that_touches_the_smallest_effect_does_not_lie_beyond_it(sign, end, beyond):
    ends = sorted((sign * end, sign * 0.05))
    assert Interval(sign * 0.03, *ends).beyond(SMALLEST) == sign * beyond


def test_an_interval_that_cannot_be_computed_shows_no_effect():
    assert label(Interval(0.5, math.nan, math.nan), None, SMALLEST) == NO_EFFECT


# --- labels from runs ---


def runs_of(patterns, level):
    """Return three runs per arm of patterns and nulls at given levels, with a little noise that all arms share."""
    rows = [
        {"arm": arm, "seed": seed, "effectiveness": value + 0.001 * seed}
        for arm, value in level.items()
        for seed in range(3)
    ]
    return table_of(pd.DataFrame(rows), patterns)


@pytest.mark.parametrize(
    ("changed", "changed_without", "expected"),
    [(0.3, 0.3, EMERGENT), (0.3, 0.1, ASSUMED), (0.3, 0.05, ASSUMED), (0.1, 0.3, NO_EFFECT), (0.11, 0.3, NO_EFFECT)],
)
def test_labels_follow_the_runs_with_and_without_the_products(changed, changed_without, expected):
    path = Direct("span", "attention", "注意力", {"agenda.span": math.inf})
    one = replace(PATTERNS[0], direct=path, null={})
    bare = without_products([one])
    measured = runs_of([one], {"base": 0.1, one.id: changed})
    left = runs_of(bare, {"base with agenda.span inf": 0.1, one.id: changed_without})
    assert labels_of([one], measured, left, SMALLEST) == {one.id: expected}


def test_a_pattern_without_products_is_labelled_by_its_effect_and_a_switched_off_mechanism_keeps_its_kind():
    free, off = replace(PATTERNS[0], direct=Direct("none", "none", "没有")), replace(PATTERNS[1], direct=None)
    assert without_products([free, off]) == ()
    measured = runs_of([free, off], {"base": 0.1, free.id: 0.3, off.id: 0.3})
    assert labels_of([free, off], measured, measured[:0], SMALLEST) == {free.id: EMERGENT, off.id: SWITCH_OFF}


def test_the_removal_is_laid_over_both_arms_and_wins():
    path = Direct("both", "both", "两者", {"agenda.span": math.inf, "departments.conflict": 0.0})
    changed, null = {"agenda.domains": 2, "departments.conflict": 0.3}, {"departments.conflict": 0.6}
    (bare,) = without_products([replace(PATTERNS[0], overrides=changed, null=null, direct=path)])
    assert bare.overrides == {"agenda.domains": 2, **path.set}
    assert bare.null == path.set


def test_a_small_city_shows_that_the_number_of_domains_works_through_the_mean_over_domains():
    (one,) = (pattern for pattern in PATTERNS if pattern.id == "1.1")
    effect = measure(3, 0, 600, patterns=[one])[0].iloc[0]
    left = measure(3, 0, 600, patterns=without_products([one]))[0].iloc[0]
    assert effect["high"] < -SMALLEST
    assert left["difference"] == 0


# --- the file ---


def test_every_pattern_names_its_direct_products_or_switches_a_mechanism_off():
    assert {pattern.id for pattern in PATTERNS if pattern.direct is None} >= {"11", "12.ready", "16", "17", "21.need"}
    for path in {pattern.direct.name: pattern.direct for pattern in PATTERNS if pattern.direct}.values():
        assert not any("一" <= sign <= "鿿" for sign in path.en)
        assert any("一" <= sign <= "鿿" for sign in path.zh)


@pytest.mark.parametrize("bare", without_products(PATTERNS), ids=lambda pattern: pattern.id)
def test_a_removal_is_valid_and_leaves_in_place_what_the_pattern_changes(bare):
    spec = base_scenario()
    assert spec.with_values(bare.overrides).digest != spec.with_values(bare.null).digest


@pytest.mark.parametrize("table", [{}, WHOLE | NONE, {"label": WORDS}, {"set": WHOLE["set"]}, WHOLE | {"set": {}}])
def test_a_path_that_removes_nothing_and_gives_no_reason_or_does_both_is_refused(table):
    with pytest.raises(InputError) as caught:
        read_direct({"span": table}, VALUES)
    assert (caught.value.file, caught.value.key) == ("patterns.toml", "direct.span")
    assert "none" in caught.value.allowed


@pytest.mark.parametrize("table", [NONE | {"none": {"en": "only"}}, WHOLE | {"label": {"zh": "仅中文"}}])
def test_a_path_in_one_language_is_refused(table):
    with pytest.raises(InputError, match=r"direct\.span"):
        read_direct({"span": table}, VALUES)


def test_a_key_that_no_scenario_has_is_refused_with_the_nearest():
    with pytest.raises(InputError) as caught:
        read_direct({"span": WHOLE | {"set": {"agenda.spam": 1}}}, VALUES)
    assert caught.value.key == "direct.span.set.agenda.spam"
    assert "agenda.span" in caught.value.suggestion


def test_a_path_that_the_file_does_not_have_is_refused_with_the_nearest():
    paths = read_direct({"span": WHOLE, "depth": NONE}, VALUES)
    assert direct_of({"id": "1", "direct": "span"}, paths) is paths["span"]
    assert direct_of({"id": "1", "kind": "switch-off"}, paths) is None
    with pytest.raises(InputError) as caught:
        direct_of({"id": "1", "direct": "spam"}, paths)
    assert (caught.value.given, caught.value.suggestion) == ("spam", "span")


@pytest.mark.parametrize(
    "entry",
    [{}, {"direct": "span", "kind": "switch-off"}, {"kind": "emergent"}, {"direct": "span", "kind": "emergent"}],
)
def test_a_pattern_with_neither_or_both_or_with_a_typed_label_is_refused(entry):
    with pytest.raises(InputError, match="pattern 1"):
        direct_of({"id": "1"} | entry, read_direct({"span": WHOLE}, VALUES))
