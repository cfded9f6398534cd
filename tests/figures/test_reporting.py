"""The picture of true and reported effect."""

from __future__ import annotations

import math

from simulation import RunResult
from simulation.figures import draw
from simulation.text import say


def test_a_run_without_sites_says_so_where_reports_are_compared(small_run: RunResult) -> None:
    silent = small_run.detached()
    silent.cells["site_since"] = math.nan
    words = [text.get_text() for axis in draw("reporting", silent).axes for text in axis.texts]
    assert " ".join(words[0].split()) == say("figure.reporting.none", "en")
