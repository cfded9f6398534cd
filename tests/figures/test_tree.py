"""The tree of units."""

from __future__ import annotations

import numpy as np

from simulation.drawing.sheet import Sheet
from simulation.figures import tree


def test_a_unit_at_work_everywhere_has_words_in_place_of_its_communities() -> None:
    sheet = Sheet("tree", "en", 4.0, 3.0)
    axis = sheet.subplots()
    tree._strip(axis, tree.Row("Bureau", "City", 1.0, 0.5, np.zeros(0)), 0.0, 0.0, 0.3, 4, sheet)
    assert [text.get_text() for text in axis.texts] != []
    assert len(axis.collections) == 0
