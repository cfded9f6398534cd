"""A track: the weeks of one run, kept as the page shows them."""

from __future__ import annotations

import numpy as np
from shown import LIBRARY

from simulation.app.track import Track


def test_a_step_of_no_weeks_changes_nothing() -> None:
    track = Track(LIBRARY.load("classroom"), 0)
    track.step(3)
    before = {name: list(values) for name, values in track.series.items()}
    track.step(0)
    assert track.week == 3
    assert all(np.array_equal(track.series[name], before[name], equal_nan=True) for name in before)
