"""Planning of replicates: from the variance of a pilot set to the required power.

The pilot's runs decide the number (and, for curves, the break); they take no part in the test, which runs on fresh
seeds. The number is fixed before the test: no peeking. A test is planned to support an effect of twice the smallest one
of interest, and to refute an effect of zero, with the same power: both lie one smallest effect from where the verdict
turns. An effect of just the smallest size is undecided however many runs there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulation.hypotheses.evidence import EFFECT, MODES, NOTHING, Contrast, Evidence, Matrix, complete

FEWEST = 10
"""Replicates below which no interval is trusted."""
_ASSURANCE = 0.8
_SEARCH_TO = 1_000_000
_NO_HINT = 0.1


@dataclass(frozen=True)
class Need:
    """One part of a claim, as a plan sees it.

    Attributes
    ----------
    sd : float
        Standard deviation of a replicate, 0 or more.
    distance : float
        Distance from the value at which the verdict turns to the true value for which power is wanted, above 0.
    role : {'effect', 'not-worse', 'nothing'}
        A claim of nothing needs two tests at once.
    """

    sd: float
    distance: float
    role: str = EFFECT

    def power(self, n: int, level: float) -> float:
        """Return the power of n ≥ 2 replicates at a two-sided error rate."""
        test = power_to_equate if self.role == NOTHING else power_to_decide
        return test(n, self.sd, self.distance, level)


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
        Power with ``replicates``, to support at twice the smallest effect and to refute at zero, as far as the pilot's
        variance tells.
    needs : tuple of Need
        The claim's parts, and the share that must go with its mechanism; the deviations are the pilot's upper 80 %
        limits. None where the pilot had too few replicates.
    whole : float
        Share of the pilot's replicates in which every metric was defined.
    """

    pilot: int
    wanted: int
    replicates: int
    arms: int
    alpha: float
    power: float
    needs: tuple[Need, ...] = ()
    whole: float = 1.0

    def with_replicates(self, replicates: int) -> Plan:
        """Return the plan with another number of replicates, and with the power that this number has."""
        if not self.needs:
            return replace(self, replicates=replicates)
        left = max(2, int(replicates * self.whole))
        reached = 1 - sum(1 - need.power(left, self.alpha) for need in self.needs)
        return replace(self, replicates=replicates, power=max(0.0, reached))

    @property
    def sd(self) -> float:
        """Largest of the standard deviations."""
        return max((need.sd for need in self.needs), default=math.nan)

    @property
    def runs(self) -> int:
        """Runs of the test, those without the mechanism and without direct products left out."""
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


def power_to_decide(n: int, sd: float, distance: float, level: float) -> float:
    """Return the power of a test that the mean lies beyond a bound, when it lies ``distance`` beyond it, n ≥ 2.

    One side of a two-sided test at ``level``, by the noncentral t.
    """
    from scipy import stats

    if sd <= 0:
        return 1.0
    critical = float(stats.t.ppf(1 - level / 2, n - 1))
    shown = float(stats.nct.sf(critical, n - 1, distance * math.sqrt(n) / sd))
    return 0.0 if math.isnan(shown) else shown


def power_to_equate(n: int, sd: float, smallest: float, level: float) -> float:
    """Return the power to show that the mean lies within ± smallest when it is zero, n ≥ 2 (Schuirmann 1987)."""
    from scipy import stats

    if sd <= 0:
        return 1.0
    room = smallest * math.sqrt(n) / sd - float(stats.t.ppf(1 - level / 2, n - 1))
    return max(0.0, 2 * float(stats.t.cdf(room, n - 1)) - 1)


def replicates_for(need: Need, level: float, power: float) -> int:
    """Return the smallest number of replicates with the required power, `FEWEST` or more."""

    def enough(n: int) -> bool:
        return need.power(n, level) >= power

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
    gone: Sequence[Matrix] = (),
) -> Plan:
    """Plan a test from pilot outcomes of shape (replicates, arms).

    Parameters
    ----------
    pilot : array
        Outcomes; replicates with a missing one are left out.
    contrasts : sequence of Contrast
        The parts of the claim; the error 1 − power is shared among all that must be shown.
    smallest : float
        Smallest effect of interest, in the metric's units, above 0.
    alpha, power : float
        In (0, 1).
    cap : int
        Largest number of replicates.
    family : int
        Hypotheses in the battery.
    gone : sequence of arrays of shape (replicates,)
        Effect − 2 × effect without the mechanism, in the pilot: shown with the same power when an effect of twice the
        smallest size goes wholly, and when it stays wholly.
    """
    whole = complete(pilot)
    level = alpha / family
    if len(whole) < 3:
        return Plan(len(pilot), cap, cap, pilot.shape[1], level, math.nan)
    needs = [Need(upper_sd(one.values(whole)), smallest, one.role) for one in contrasts]
    needs += [Need(upper_sd(values), 2 * smallest) for values in gone if len(values) >= 3]
    share = 1 - (1 - power) / len(needs)
    # Replicates with an undefined metric are lost to the test, too.
    wanted = math.ceil(max(replicates_for(need, level, share) for need in needs) * len(pilot) / len(whole))
    sizes = (len(pilot), wanted, wanted, pilot.shape[1])
    made = Plan(*sizes, level, math.nan, tuple(needs), len(whole) / len(pilot))
    return made.with_replicates(min(wanted, cap))


def part_power(part: Evidence, n: int, smallest: float, alpha: float, level: float) -> float:
    """Return the chance of deciding a part, were its true value one smallest effect from where the verdict turns.

    That is an effect of twice the smallest size, or of zero. It rests on the spread that the test itself found, and not
    on the estimate: the part's own effect plays no role.

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
    if part.unit != "metric" or part.name == MODES or n < 2 or not math.isfinite(half):
        return math.nan
    sd = half * math.sqrt(n) / float(stats.t.ppf(1 - alpha / 2, n - 1))
    return Need(sd, smallest, part.role).power(n, level)


def would_take(part: Evidence, n: int, alpha: float, level: float) -> int | None:
    """Return about how many replicates would decide a part that n did not decide, if the estimate stayed the same.

    Parameters
    ----------
    part : Evidence
        The undecided part, its interval at 1 − ``alpha``.
    n : int
        Replicates behind it.
    alpha, level : float
        Error rate of the interval, and the corrected one that a decision has to meet.

    Returns
    -------
    int or None
        None when nothing points to a decision: an estimate, or a rank, exactly where the verdict turns.
    """
    from scipy import stats

    wanted = float(stats.norm.isf(level / 2))
    if part.unit == "metric":
        half = (part.high - part.low) / 2
        reached = float(stats.norm.isf(alpha / 2)) * part.distance / half if half > 0 else math.inf
    else:
        reached = float(stats.norm.isf(min(part.p_support, part.p_refute) / 2))
    return max(n + 1, math.ceil(n * (wanted / reached) ** 2)) if reached > _NO_HINT else None
