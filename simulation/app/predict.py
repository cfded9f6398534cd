"""Predict first: questions about a run that nobody has seen yet, and the answers that the run gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from simulation.app.track import Track
from simulation.ledger.accounts import FLOWS
from simulation.scenario.modes import ACCOUNTS

#: Accounts of loss on the way to the sites, as students are asked about them. What stays idle on site comes after.
LOSSES = {
    "attention": ("attention",),
    "buck_passing": ("fragmentation", "buck_passing"),
    "wording": ("stretch", "undirected"),
    "execution": tuple(account for account in ACCOUNTS if account is not None),
    "overload": ("overload",),
}


@dataclass(frozen=True)
class Question:
    """One question with its choices.

    Attributes
    ----------
    key : str
        Name in the catalogue: ``app.predict.<key>``.
    choices : tuple of str
        Names of the choices: ``app.predict.<key>.<choice>``.
    measure : callable
        The number that decides the answer, taken from a finished run.
    choose : callable
        Maps that number to the position of the right choice.
    noted : bool
        True if a note says what the measure is: ``app.predict.<key>.note``.
    """

    key: str
    choices: tuple[str, ...]
    measure: Callable[[Track], float]
    choose: Callable[[float], int]
    noted: bool = False

    def answer(self, track: Track) -> int:
        """Return the position of the choice that came true."""
        return self.choose(self.measure(track))


def _above(*bounds: float) -> Callable[[float], int]:
    def choose(value: float) -> int:
        return 0 if math.isnan(value) else sum(value >= bound for bound in bounds)

    return choose


def _domains(track: Track) -> float:
    return track.now("breadth") / len(track.model.spec.domains)


def _agenda(track: Track) -> float:
    """Return the domains that cities have taken on beyond the point, as a share of all others."""
    others = len(track.model.spec.domains) - 1
    return (track.now("agenda") - 1) / others if others else 1.0


def largest_loss(track: Track) -> float:
    """Return the position in `LOSSES` of the largest loss of momentum on its way to the sites."""
    totals = track.model.record.booked[: track.week].sum(axis=(0, 1))
    lost = [
        sum(float(totals[row]) for row, flow in enumerate(FLOWS) if flow.kind == "sink" and flow.account in names)
        for names in LOSSES.values()
    ]
    return float(lost.index(max(lost)))


def _gap(track: Track) -> float:
    return track.now("reporting_gap")


QUESTIONS = (
    Question(
        "effectiveness",
        ("tenth", "quarter", "four", "more"),
        lambda track: track.now("effectiveness"),
        _above(0.1, 0.25, 0.4),
        noted=True,
    ),
    Question("agenda", ("point", "half", "most", "all"), _agenda, _above(1e-9, 0.5, 0.999)),
    Question("breadth", ("few", "half", "most", "all"), _domains, _above(0.25, 0.5, 0.999)),
    Question("loss", tuple(LOSSES), largest_loss, int),
    Question("gap", ("honest", "some", "much"), _gap, _above(0.02, 0.05)),
)
