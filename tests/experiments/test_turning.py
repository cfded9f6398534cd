"""Where a result turns around: a known box is found, noise is not taken for one, and little is not judged."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from simulation.experiments import turning as module
from simulation.experiments.rules import in_words, within
from simulation.experiments.turning import FEW, FOUND, LACKING, NO_RULE, ONE_KIND, find_turning, turning
from simulation.text import say

NAMES = [f"a.b{place}" for place in range(8)]


def drawn(number, seed):
    return pd.DataFrame(np.random.default_rng(seed).random((number, len(NAMES))), columns=NAMES)


def in_corner(points):
    return ((points["a.b1"] < 0.4) & (points["a.b4"] > 0.5)).to_numpy()


@functools.cache
def corner(number=150, seed=1):
    points = drawn(number, seed)
    return points, in_corner(points), find_turning(points, ~in_corner(points))


def test_a_known_box_is_found_by_both_methods_and_holds_on_points_that_it_has_not_seen():
    _points, fails, found = corner()
    assert found.status == FOUND
    assert found.fails
    fresh = drawn(4000, 99)
    truth = in_corner(fresh)
    for rule in (found.box, found.tree):
        said = np.any([within(region, fresh) for region in rule.regions], axis=0)
        assert (said & truth).sum() / truth.sum() > 0.85  # recall
        assert (said & truth).sum() / said.sum() > 0.85  # precision
        assert {limit.key for region in rule.regions for limit in region} == {"a.b1", "a.b4"}
        assert rule.accuracy > found.base
    assert found.rare == fails.sum()


def test_the_numbers_of_a_box_are_those_of_the_points_in_it():
    points, fails, found = corner()
    inside = within(found.box.regions[0], points)
    assert (found.box.inside, found.box.caught) == (inside.sum(), (inside & fails).sum())
    assert found.density == found.box.caught / inside.sum()
    assert found.coverage == found.box.caught / fails.sum()


def test_a_result_that_mostly_fails_is_described_by_where_it_holds():
    points, rare, _ = corner()
    found = find_turning(points, rare)
    assert not found.fails
    assert all("mainly where" in line for line in found.sentences("en")[:-1])
    assert "unless" in corner()[2].sentences("en")[0]


def test_a_box_is_found_through_noise():
    points, fails, _ = corner()
    flipped = np.random.default_rng(5).random(len(points)) < 0.06
    found = find_turning(points, ~(fails ^ flipped))
    assert found.status == FOUND
    fresh = drawn(4000, 98)
    regions = (found.tree or found.box).regions
    said = np.any([within(region, fresh) for region in regions], axis=0)
    assert np.mean(said == in_corner(fresh)) > 0.9


def test_one_parameter_that_decides_is_named_alone():
    points = drawn(50, 3)
    found = find_turning(points, points["a.b2"] > 0.2)
    assert {limit.key for region in found.tree.regions for limit in region} == {"a.b2"}
    assert found.leading[0] == "a.b2"
    assert "`a.b2` is below 0.2" in " ".join(found.sentences("en"))


def test_no_rule_is_found_where_there_is_none():
    found = [find_turning(drawn(60, seed), np.random.default_rng(seed).random(60) < 0.7) for seed in range(100, 108)]
    assert sum(one.status == FOUND for one in found) <= 1
    none = next(one for one in found if one.status == NO_RULE)
    assert none.box is None
    assert none.tree is None
    assert none.sentences("en")[0].startswith("No rule was found")
    assert "未找到" in none.sentences("zh")[0]


@pytest.mark.parametrize(("holds", "word"), [(True, "all 30"), (False, "none of the 30")])
def test_points_of_one_kind_have_no_turning(holds, word):
    found = find_turning(drawn(30, 1), np.full(30, holds))
    assert found.status == ONE_KIND
    assert word in found.sentences("en")[0]


@pytest.mark.parametrize(("number", "fails"), [(19, 8), (60, 2), (0, 0)])
def test_too_few_points_are_not_judged(number, fails):
    found = find_turning(drawn(number, 1), np.arange(number) >= fails)
    assert found.status == FEW
    assert str(module.SMALLEST) in found.sentences("en")[0]


def test_points_that_do_not_vary_are_not_judged():
    assert find_turning(pd.DataFrame({"x": np.ones(40)}), np.arange(40) > 20).status == FEW


def test_the_smallest_number_of_points_is_enough_for_a_clear_rule():
    points = drawn(module.SMALLEST, 2)
    found = find_turning(points, points["a.b3"] > points["a.b3"].sort_values().iloc[6])
    assert found.status == FOUND


def test_a_word_can_be_what_decides():
    points = drawn(60, 4).assign(kind=np.where(np.arange(60) % 3 == 0, "uniform", "matched"))
    found = find_turning(points, points["kind"] == "matched")
    assert "`kind` is" in found.sentences("en")[0]
    assert found.box.accuracy == 1


def test_the_same_points_give_the_same_rules_and_their_global_state_is_left_alone():
    import matplotlib as mpl

    points, fails, found = corner()
    np.random.seed(7)  # noqa: NPY002 a library that drew from it would show
    before, cycle = np.random.get_state()[1].copy(), mpl.rcParams["axes.prop_cycle"]  # noqa: NPY002
    again = find_turning(points.copy(), ~fails)
    assert (again.box, again.tree) == (found.box, found.tree)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert mpl.rcParams["axes.prop_cycle"] == cycle


def test_truth_values_may_be_a_list_and_must_be_as_many_as_the_points():
    points, fails, found = corner()
    assert turning(points, [not one for one in fails], "zh") == found.sentences("zh")
    with pytest.raises(ValueError, match="150 points, but 3 truth values"):
        find_turning(points, [True, False, True])


def test_without_the_libraries_the_answer_says_how_to_get_them(monkeypatch):
    points, fails, _ = corner()
    monkeypatch.setattr(module, "missing", lambda extra: ["ema_workbench"])
    found = find_turning(points, ~fails)
    assert found.status == LACKING
    assert "pip install" in found.sentences("en")[0]
    assert "ema-workbench" in found.sentences("zh")[0]


def test_the_answer_is_said_in_both_languages_with_its_numbers():
    _, _, found = corner()
    for lang, word in (("en", "worlds there fail"), ("zh", "不成立")):
        lines = found.sentences(lang)
        assert word in lines[0]
        assert f"{found.box.caught}" in lines[0]
        assert f"{found.base:.2g}" in lines[-1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_answer_in_a_few_words_names_the_same_rule(lang):
    points, fails, found = corner()
    inside = within(found.box.regions[0], points)
    for one, holds in ((found, ~fails), (find_turning(points, fails), fails)):
        numbers = {"held": int((inside & holds).sum()), "inside": int(inside.sum())}
        rest = {"rest": int((~inside & holds).sum()), "outside": int((~inside).sum())}
        rule = in_words(one.box.regions, lang)
        assert one.where(lang) == say("worlds.where.rule", lang, rule=rule, **numbers, **rest)
    thirty = drawn(30, 1)
    assert find_turning(thirty, np.full(30, True)).where(lang) == say("worlds.where.all", lang)
    assert find_turning(thirty, np.full(30, False)).where(lang) == say("worlds.where.none", lang)
    assert find_turning(thirty, np.arange(30) > 1).where(lang) == say("worlds.where.few", lang, rare=2)
    assert find_turning(drawn(10, 1), np.arange(10) > 4).where(lang) == say("worlds.where.few_worlds", lang)
