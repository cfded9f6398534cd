"""How much is run to find plausible worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulation.evidence.measuring import Setting


@dataclass(frozen=True)
class Budget:
    """Numbers of vectors and of runs.

    Parameters
    ----------
    trajectories : int
        Of the screening design.
    first, later, waves : int
        Vectors of the first wave and of each later one; waves, the first included.
    cities : int
        Ordinary cities that the waves' are drawn from.
    candidates, looked_at, at_once : int
        Candidates drawn for the check, how many of them are looked at, and those taken at a time.
    closing, rounds, wanted : int
        Vectors per round of closing in, most rounds, and good ones wanted.
    last : int
        Ordinary cities that those of the last check are drawn from.
    screen, wave, few, many : (int, int)
        Runs per vector and stage, the last check's as many as those of ``many``: in a setting of ordinary cities, whose
        cities differ, and in one of a single scenario, whose seeds differ less.
    """

    trajectories: int = 10
    first: int = 1600
    later: int = 600
    waves: int = 4
    cities: int = 300
    candidates: int = 2400
    looked_at: int = 900
    at_once: int = 60
    closing: int = 200
    rounds: int = 12
    wanted: int = 215
    last: int = 3000
    screen: tuple[int, int] = (8, 2)
    wave: tuple[int, int] = (8, 2)
    few: tuple[int, int] = (30, 6)
    many: tuple[int, int] = (300, 40)


def runs(settings: Mapping[str, Setting], each: tuple[int, int]) -> dict[str, int]:
    """Return the number of runs per vector in each setting."""
    return {name: each[0] if one.ensemble is not None else each[1] for name, one in settings.items()}


QUICK = Budget(
    trajectories=4, first=60, later=30, waves=2, cities=20, candidates=60, looked_at=60, at_once=20,
    closing=20, rounds=1, wanted=4, last=60,
    screen=(2, 1), wave=(3, 1), few=(4, 2), many=(6, 3),
)  # fmt: skip
"""A trial of the steps up to the check: so few vectors hold a good one only by luck, and without one it ends."""
