"""The check of draws itself."""

from __future__ import annotations

import numpy as np
from kit.kernels import in_python

from simulation.verification import draws


def test_compiled_choices_are_those_of_the_python_they_were_compiled_from():
    values, counts = np.array([0.3, -0.2, 0.5, 0.1]), np.zeros((2, 4), np.int64)
    draws._choices(values, 0.5, counts[0], 500)
    in_python(draws._choices)(values, 0.5, counts[1], 500)
    assert counts[0].tolist() == counts[1].tolist()
    assert counts[0].sum() == 500
