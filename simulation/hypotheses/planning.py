"""Planning of replicates: from the variance of a pilot set to the required power at the smallest effect of interest.

The pilot's runs decide the number (and, for curves, the break); they take no part in the test, which runs on fresh
seeds. The number is fixed before the test: no peeking.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulation.hypotheses.evidence import EFFECT, NOT_WORSE, NOTHING, Contrast, Evidence, Matrix, complete

FEWEST = 10
"""Replicates below which no interval is trusted."""
_ASSURANCE = 0.8
_SEARCH_TO = 1_000_000
_NO_HINT = 0.1


@dataclass(frozen=True)
class Plan:
    """The plan of a test.

    Attributes
    ----------
    pilot, wanted, replicates : int
        Runs per arm: in the pilot, for the required power, and after the cap.
    arms, runs : int
        Arms, and arms × replicates.
    alpha : float
        Error rate after Bonferroni over the battery: Holm's worst case.
    power : float
        Power at the smallest effect with ``replicates``, as far as the pilot's variance tells.
    sds : tuple of float
        Standard deviation of each contrast in the pilot (its upper 80 % limit, which is planned for); none where the
        pilot had too few replicates.
    smallest, shown : float
        The smallest effect of interest, and the error rate of the intervals that are shown.
    whole : float
        Share of the pilot's replicates in which every metric was defined.
    """

    pilot: int
    wanted: int
    replicates: int
    arms: int
    alpha: float
    power: float
    sds: tuple[float, ...] = ()
    smallest: float = math.nan
    shown: float = math.nan
    whole: float = 1.0

    def with_replicates(self, replicates: int) -> Plan:
        """Return the plan with another number of replicates, and with the power that this number has."""
        if not self.sds:
            return replace(self, replicates=replicates)
        left = max(2, int(replicates * self.whole))
        reached = 1 - sum(1 - power_to_support(left, sd, self.smallest, self.alpha, self.shown) for sd in self.sds)
        return replace(self, replicates=replicates, power=max(0.0, reached))

    @property
    def sd(self) -> float:
        """Largest of the standard deviations."""
        return max(self.sds, default=math.nan)

    @property
    def runs(self) -> int:
        """Runs of the test."""
        return self.arms * self.replicates

    @property
    def capped(self) -> bool:
        """True if the cap keeps the test below the required power."""
        return self.replicates < self.wanted


def upper_sd(values: Matrix) -> float:
    """Return the upper 80 % confidence limit of the standard deviation.

    A pilot that happens to be calm must not starve the test (Browne 1995, Stat. Med. 14).
    """
    from scipy import stats

    free = len(values) - 1
    return float(values.std(ddof=1)) * math.sqrt(free / float(stats.chi2.ppf(1 - _ASSURANCE, free)))


def power_to_support(n: int, sd: float, smallest: float, level: float, alpha: float) -> float:
    """Return a lower bound of P(supported) when the true effect is the smallest of interest, n ≥ 2.

    The noncentral t's power at the corrected ``level``, less α/2: the chance that the shown interval, at 1 − α, ends
    below that effect.
    """
    from scipy import stats

    if sd <= 0:
        return 1.0
    critical = float(stats.t.ppf(1 - level / 2, n - 1))
    shown = float(stats.nct.sf(critical, n - 1, smallest * math.sqrt(n) / sd))
    return max(0.0, (0.0 if math.isnan(shown) else shown) - alpha / 2)


def power_to_refute(n: int, sd: float, smallest: float, level: float) -> float:
    """Return P(refuted as equivalent) when the true effect is zero, n ≥ 2 (Schuirmann 1987)."""
    from scipy import stats

    if sd <= 0:
        return 1.0
    room = smallest * math.sqrt(n) / sd - float(stats.t.ppf(1 - level / 2, n - 1))
    return max(0.0, 2 * float(stats.t.cdf(room, n - 1)) - 1)


def replicates_for(sd: float, smallest: float, level: float, alpha: float, power: float, role: str = EFFECT) -> int:
    """Return the smallest number of replicates with the required power, both to support and to refute."""

    def enough(n: int) -> bool:
        reached = power_to_support(n, sd, smallest, level, alpha)
        if role != NOT_WORSE:
            reached = min(reached, power_to_refute(n, sd, smallest, level))
        return reached >= power

    # α/2 is lost for certain; a required power above the rest is met as nearly as possible.
    power = min(power, 1 - alpha)
    if enough(FEWEST):
        return FEWEST
    low, high = FEWEST, 2 * FEWEST
    while not enough(high) and high < _SEARCH_TO:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def plan(
    pilot: Matrix,
    contrasts: Sequence[Contrast],
    *,
    smallest: float,
    alpha: float,
    power: float,
    cap: int,
    family: int = 1,
) -> Plan:
    """Plan a test from pilot outcomes of shape (replicates, arms).

    Parameters
    ----------
    pilot : array
        Outcomes; replicates with a missing one are left out.
    contrasts : sequence of Contrast
        The parts of the claim; the error 1 − power is shared among them.
    smallest : float
        Smallest effect of interest, in the metric's units, above 0.
    alpha, power : float
        In (0, 1).
    cap : int
        Largest number of replicates.
    family : int
        Hypotheses in the battery.
    """
    whole = complete(pilot)
    level = alpha / family
    if len(whole) < 3:
        return Plan(len(pilot), cap, cap, pilot.shape[1], level, math.nan)
    share = 1 - (1 - power) / len(contrasts)
    deviations = [upper_sd(contrast.values(whole)) for contrast in contrasts]
    wanted = max(
        replicates_for(sd, smallest, level, alpha, share, contrast.role)
        for sd, contrast in zip(deviations, contrasts, strict=True)
    )
    # Replicates with an undefined metric are lost to the test, too.
    wanted = math.ceil(wanted * len(pilot) / len(whole))
    sizes = (len(pilot), wanted, wanted, pilot.shape[1])
    made = Plan(*sizes, level, math.nan, tuple(deviations), smallest, alpha, len(whole) / len(pilot))
    return made.with_replicates(min(wanted, cap))


def part_power(part: Evidence, n: int, smallest: float, alpha: float, level: float) -> float:
    """Return the chance of showing what the claim says of a part, were the effect the smallest of interest.

    It rests on the spread that the test itself found, and not on the estimate: the part's own effect plays no role.

    Parameters
    ----------
    part : Evidence
        The tested part, its interval at 1 − ``alpha``.
    n : int
        Replicates behind it.
    smallest, alpha, level : float
        Smallest effect of interest; error rate of the interval, and corrected over the battery.

    Returns
    -------
    float
        NaN for a rank and for groups of runs, which are not means.
    """
    from scipy import stats

    half = (part.high - part.low) / 2
    if part.unit != "metric" or part.name == "modes" or n < 2 or not math.isfinite(half):
        return math.nan
    sd = half * math.sqrt(n) / float(stats.t.ppf(1 - alpha / 2, n - 1))
    if part.role == NOTHING:
        return power_to_refute(n, sd, smallest, level)
    return power_to_support(n, sd, smallest, level, 0.0 if part.role == NOT_WORSE else alpha)


def would_take(part: Evidence, n: int, smallest: float, alpha: float, level: float) -> int | None:
    """Return about how many replicates would decide a part that n did not decide, if the estimate stayed the same.

    Parameters
    ----------
    part : Evidence
        The undecided part, its interval at 1 − ``alpha``.
    n : int
        Replicates behind it.
    level : float
        The corrected error rate that a decision has to meet.

    Returns
    -------
    int or None
        None when nothing points to a decision: a rank exactly at the claim's edge.
    """
    from scipy import stats

    wanted = float(stats.norm.isf(level / 2))
    if part.unit == "metric":
        half = (part.high - part.low) / 2
        distance = max(abs(part.estimate), abs(smallest - abs(part.estimate)))
        reached = float(stats.norm.isf(alpha / 2)) * distance / half if half > 0 else math.inf
    else:
        reached = float(stats.norm.isf(min(part.p_support, part.p_refute) / 2))
    return max(n + 1, math.ceil(n * (wanted / reached) ** 2)) if reached > _NO_HINT else None
