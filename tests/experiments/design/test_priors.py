"""Prior distributions: read, drawn from, refused."""

from __future__ import annotations

import pytest

from simulation.experiments.design.distributions import Choices, Range, parse_distribution
from simulation.files.errors import InputError


def test_the_end_of_the_unit_interval_is_the_last_value():
    drawn = Choices(("a", "b", "c"), (0.1, 0.2, 0.7))
    assert drawn.at(1.0) == "c"
    assert drawn.at(0.0) == "a"


@pytest.mark.parametrize("made", [Range(0.0, 1.0), Choices((1, 2), (1.0, 1.0))])
def test_a_distribution_that_is_made_already_is_taken_as_it_is(made):
    assert parse_distribution(made) is made


@pytest.mark.parametrize("value", [None, [1], {"a": 1}])
def test_values_that_are_neither_numbers_nor_words_cannot_be_drawn(value):
    with pytest.raises(InputError, match="numbers, true or false, or words"):
        parse_distribution({"values": [1.0, value]})
