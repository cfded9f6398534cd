"""Regions in words: the shortest number that parts the same points, and what is said of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.experiments.rules import Limit, columns, cut, in_words, within

NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=30, unique=True)


@given(NUMBERS, st.data(), st.booleans())
def test_a_limit_parts_the_points_as_the_number_did_that_it_was_made_from(values, data, above):
    points = pd.DataFrame({"x": values})
    at = data.draw(st.sampled_from(values))
    inside = points["x"] >= at if above else points["x"] <= at
    limit = cut(points, "x", at, above=above)
    if inside.all():
        assert limit is None
    else:
        assert limit.holds(points).tolist() == inside.tolist()


def test_the_number_has_no_more_digits_than_it_takes_to_part_the_points():
    points = pd.DataFrame({"x": [0.0091237, 0.0298761]})
    assert cut(points, "x", 0.0091237, above=False) == Limit("x", above=False, at=0.02)
    assert cut(points, "x", 0.0298761, above=True) == Limit("x", above=True, at=0.02)
    assert cut(pd.DataFrame({"x": [4, 5, 6]}), "x", 4, above=False).at == 5


def test_points_in_a_region_meet_all_its_limits():
    points = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 1.0, 0.0]})
    region = (Limit("x", above=True, at=1.5), Limit("y", above=True, at=0.5))
    assert within(region, points).tolist() == [False, True, False]
    assert within((), points).all()


def test_regions_are_said_in_both_languages():
    low, high = Limit("execution.q_half", above=False, at=0.009), Limit("plan.kind=uniform", above=True, at=0.5)
    other = Limit("agenda.cost", above=True, at=3.0)
    assert in_words([(low, high), (other,)], "en") == (
        "`execution.q_half` is below 0.009 and `plan.kind` is uniform, or where `agenda.cost` is above 3"
    )
    assert in_words([(low, high), (other,)], "zh") == (
        "`execution.q_half` 低于 0.009 且 `plan.kind` 为 uniform，或 `agenda.cost` 高于 3"
    )
    assert "is not uniform" in Limit("plan.kind=uniform", above=False, at=0.5).words("en")


def test_words_become_columns_of_their_own_and_columns_without_variation_go():
    points = pd.DataFrame(
        {"x": [1, 2, 3], "flag": [True, False, True], "word": ["a", "b", "a"], "same": [1.0, 1.0, 1.0]}
    )
    found = columns(points)
    assert list(found.columns) == ["x", "flag", "word=a", "word=b"]
    assert found["word=a"].tolist() == [1.0, 0.0, 1.0]
    assert found["flag"].tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_column_that_is_not_finite_everywhere_is_left_out(bad):
    assert list(columns(pd.DataFrame({"x": [1.0, bad], "y": [1.0, 2.0]})).columns) == ["y"]
