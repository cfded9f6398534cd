"""Results are what they were: every shipped scenario gives the numbers that were kept for it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from take import FILE, measured, rounded

from simulation.scenario import shipped

KEPT = json.loads(FILE.read_text(encoding="utf-8"))


def differences(kept: Any, today: Any, place: str = "") -> list[str]:
    """Return the places in which two trees of numbers differ by more than a part in 10⁹; None equals None."""
    if isinstance(kept, dict) and isinstance(today, dict):
        found = [f"{place}.{key}: only in one" for key in sorted(kept.keys() ^ today.keys())]
        for key in kept.keys() & today.keys():
            found += differences(kept[key], today[key], f"{place}.{key}")
        return found
    if isinstance(kept, list) and isinstance(today, list) and len(kept) == len(today):
        return [
            text for n, pair in enumerate(zip(kept, today, strict=True)) for text in differences(*pair, f"{place}[{n}]")
        ]
    if isinstance(kept, int | float) and isinstance(today, int | float):
        return [] if math.isclose(kept, today, rel_tol=1e-9) else [f"{place}: {kept} → {today}"]
    return [] if kept is None and today is None else [f"{place}: {kept} → {today}"]


def test_every_shipped_scenario_has_its_values_and_nothing_else_has() -> None:
    assert sorted(KEPT) == sorted(shipped())


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_scenario_gives_what_it_gave(name: str) -> None:
    assert differences(KEPT[name], json.loads(json.dumps(measured(name)))) == []


@pytest.mark.parametrize(
    ("today", "found"),
    [
        ({"a": [1.0, None], "b": {"w": 3}}, []),
        ({"a": [1.0 + 1e-10, None], "b": {"w": 3}}, []),
        ({"a": [1.0 + 1e-8, None], "b": {"w": 3}}, [".a[0]: 1.0 → 1.00000001"]),
        ({"a": [1.0, 0.0], "b": {"w": 3}}, [".a[1]: None → 0.0"]),
        ({"a": [1.0], "b": {"w": 3}}, [".a: [1.0, None] → [1.0]"]),
        ({"a": [1.0, None], "b": {"x": 3}}, [".b.w: only in one", ".b.x: only in one"]),
    ],
)
def test_a_difference_is_found_and_named(today: Any, found: list[str]) -> None:
    assert differences({"a": [1.0, None], "b": {"w": 3}}, today) == found


def test_numbers_keep_twelve_digits_and_nothing_is_none() -> None:
    assert rounded(1 / 3) == 0.333333333333
    assert rounded(math.nan) is None
