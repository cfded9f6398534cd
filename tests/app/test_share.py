"""Links that show the same page again."""

from __future__ import annotations

import pytest
from shown import LIBRARY

from simulation import InputError
from simulation.app import share


def test_a_link_that_nobody_would_type_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="too long"):
        share.read("set=" + "x" * share.LONGEST, LIBRARY, "en")
