"""Breadth against the core: a scenario with its agenda forced to one domain, two, and so on, and with the chosen one.

The runs are small, and all agendas are run on the same seeds, so that they share every draw that they all make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.scenario import Scenario

CHOSEN = "chosen"
MOST = 12
"""Forced agendas that are run; of more domains, so many numbers are taken, evenly spread."""


@dataclass(frozen=True)
class Taken:
    """The results of one agenda, by seed.

    Attributes
    ----------
    forced : int or None
        Number of domains that the city had to take on; None where its leading group chose.
    agenda, core, gain : tuple of float
        By seed, at the end: domains taken on, effect on the point, governance effectiveness.
    """

    forced: int | None
    agenda: tuple[float, ...]
    core: tuple[float, ...]
    gain: tuple[float, ...]


def agenda_front(spec: Scenario, seeds: Sequence[int] = range(8), citizens: int = 6000) -> list[Taken]:
    """Return what comes of every agenda: the point alone, the point and the next domain, … all, and the chosen one.

    Parameters
    ----------
    spec : Scenario
        The scenario; its own agenda is replaced.
    seeds : sequence of int
        Each agenda runs once with each; two or more, for an interval.
    citizens : int
        Simulated citizens of these runs, fewer than a full run's for speed.

    Returns
    -------
    list of Taken
        Forced agendas, the smallest first; the chosen one last.
    """
    small = spec.with_values({"structure.citizens": citizens, "structure.communities": "auto"})
    every = np.unique(np.linspace(1, len(spec.domains), min(MOST, len(spec.domains))).round().astype(int))
    return [*(_taken(small, int(number), seeds) for number in every), _taken(small, None, seeds)]


def _taken(spec: Scenario, forced: int | None, seeds: Sequence[int]) -> Taken:
    from simulation.results import run

    given = spec.with_values({"agenda.domains": CHOSEN if forced is None else forced})
    ends = [run(given, seed).summary for seed in seeds]
    agenda, core, gain = (tuple(end[name] for end in ends) for name in ("agenda", "core_effect", "effectiveness"))
    return Taken(forced, agenda, core, gain)
