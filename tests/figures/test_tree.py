"""The tree of units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.drawing.sheet import Sheet
from simulation.figures import tree


def test_a_unit_at_work_everywhere_has_words_in_place_of_its_communities() -> None:
    sheet = Sheet("tree", "en", 4.0, 3.0)
    axis = sheet.subplots()
    drawn = tree._Drawn()
    tree._strip(axis, drawn, tree.Row("Bureau", "City", 1.0, 0.5, np.zeros(0)), 0.0, 0.0, 0.3, 4, sheet)
    assert [text.get_text() for text in axis.texts] != []
    assert drawn.squares == []


def test_communities_stand_by_town_best_first_in_both() -> None:
    cells = pd.DataFrame({"township": ["A", "B", "A", "C"], "community": list("abcd"), "effect": [0.1, 0.5, 0.3, 0.4]})
    parts, ends = tree._by_town(cells.set_index(["township", "community"])["effect"])
    assert parts.tolist() == [0.5, 0.4, 0.3, 0.1]
    assert ends == (1, 2)


def test_a_gap_stands_between_towns_and_none_where_there_are_no_towns() -> None:
    sheet = Sheet("tree", "en", 4.0, 3.0)
    for ends in ((), (1, 3)):
        axis = sheet.subplots()
        row = tree.Row("County", "City", 1.0, 0.5, np.array([0.4, 0.3, 0.2, 0.1]), ends)
        drawn = tree._Drawn()
        tree._strip(axis, drawn, row, 0.0, 0.0, 0.3, 4, sheet)
        gaps = [segment[0][0] for lines in axis.collections for segment in lines.get_segments()]
        assert gaps == [0.36 * end for end in ends]
        assert drawn.effects == [0.4, 0.3, 0.2, 0.1]
