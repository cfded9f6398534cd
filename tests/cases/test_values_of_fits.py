"""Values of a saved fit are read as the fit had them: numbers, words, true and false."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fitted_cases import write
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reported_cases import fit_of

from simulation.cases.fitted import Fit
from simulation.experiments.design.distributions import Choices, Range
from simulation.files.errors import InputError

SEARCH = pd.DataFrame({"generation": [0], "tolerance": [1.0], "acceptance": [float("nan")], "runs": [32]})
TABLES_OF_VALUES = ("vectors", "prior", "parameters")
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False, width=64)
WORDS = st.sampled_from(("inf", "-inf", "nan", "NA", "", "none", "true", "1e5 %", "0x1", "省委书记", "a, b"))
VALUES = st.lists(NUMBERS | WORDS | st.booleans(), min_size=1, max_size=4, unique=True)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return write(tmp_path_factory.mktemp("values") / "case", case={"worlds": 4})


def kinds(table: pd.DataFrame) -> list[list[type]]:
    return [[type(value) for value in table[name].tolist()] for name in table]


@settings(max_examples=50)
@given(free=st.lists(VALUES, min_size=1, max_size=3), number=st.integers(2, 12))
@example(free=[[52, "inf"]], number=8)
@example(free=[[1, 2.5], [True, False], [True, "inf", 3]], number=8)
def test_every_value_is_read_again_with_its_kind(case, free, number):
    drawn = {f"free.{place}": Choices(tuple(values)) for place, values in enumerate(free)}
    fit = fit_of(replace(case, free=drawn | {"whole": Range(1, 9, integer=True)}), number)
    with tempfile.TemporaryDirectory() as folder:
        made = replace(fit, search=SEARCH, folder=Path(folder))
        made.save()
        again = Fit.load(made.case, folder)
    for name in TABLES_OF_VALUES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(made, name), check_exact=True)
        assert kinds(getattr(again, name)) == kinds(getattr(made, name))


@settings(max_examples=20)
@given(values=st.lists(st.floats(0.01, 1.0), min_size=8, max_size=8))
def test_numbers_of_a_range_keep_their_last_digit(case, values):
    fit = fit_of(replace(case, free={"free": Range(0.0, 1.0)}))
    with tempfile.TemporaryDirectory() as folder:
        weights = np.array(values) / np.sum(values)
        vectors = fit.vectors.assign(free=values, weight=weights)
        replace(fit, vectors=vectors, search=SEARCH, folder=Path(folder)).save()
        again = Fit.load(fit.case, folder)
    assert again.vectors["free"].tolist() == values
    assert again.vectors["weight"].tolist() == weights.tolist()


@pytest.mark.parametrize("name", ["vectors", "prior", "parameters"])
def test_a_value_that_is_no_choice_is_damage(case, name, tmp_path):
    fit = replace(fit_of(replace(case, free={"free": Choices((52, "inf"))})), search=SEARCH, folder=tmp_path)
    table = getattr(fit, name)
    column = "median" if name == "parameters" else "free"
    table = table.astype({column: object})
    table.loc[0, column] = "secretary"
    replace(fit, **{name: table}).save()
    with pytest.raises(InputError, match="incomplete or damaged"):
        Fit.load(fit.case, tmp_path)
