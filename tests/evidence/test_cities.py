"""Cities drawn and written as scenarios."""

from __future__ import annotations

import math

import pytest

from simulation.evidence.cities import _toml


@pytest.mark.parametrize(
    ("value", "written"), [(True, "true"), (False, "false"), (1, "1"), (0.5, "0.5"), (math.inf, "inf")]
)
def test_a_value_is_written_as_toml_has_it(value, written):
    assert _toml(value) == written
    assert _toml({"a": [value], "b": None}) == f"{{ a = [{written}] }}"
