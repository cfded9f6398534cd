"""The findings of a battery as plain data: per hypothesis and per alternative."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulation.experiments.failures import Failure
from simulation.hypotheses.claim import Claim
from simulation.hypotheses.elsewhere import VariantFinding, share_of, spread_of
from simulation.hypotheses.evidence import Evidence, Matrix
from simulation.hypotheses.mechanism import MOOT, REMAINS, VANISHES, Absence, Left
from simulation.hypotheses.planning import Plan
from simulation.hypotheses.registry import Registration
from simulation.hypotheses.robustness import STRUCTURE
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED, UNDECIDED, Judgement, label_of, robust_share

if TYPE_CHECKING:
    from simulation.experiments.turning import Turning


@dataclass(frozen=True)
class WithoutMechanism:
    """The claim without its mechanism.

    Attributes
    ----------
    finding : VariantFinding
        The verdict on the effect there, with as many replicates as the test.
    absence : Absence
        Evidence of what goes, and the share that is left.
    status : {'vanishes', 'remains', 'unclear', 'moot'}
        At the uncorrected error rate.
    """

    finding: VariantFinding
    absence: Absence
    status: str


@dataclass(frozen=True)
class Finding:
    """The verdict on one hypothesis, with its evidence.

    Attributes
    ----------
    hypothesis, plan : Hypothesis, Plan
        The tested hypothesis, and the plan of its test.
    verdict, effect : str
        supported, refuted or undecided, corrected over the battery: on the claim, and on its effect alone. They differ
        where the effect is shown, but does not go when the mechanism goes.
    judgement : Judgement
        The corrected p-values.
    part : Evidence or None
        The part that the table shows: the one on which the verdict on the effect depends, with its interval at 1 − α.
    parts, details : list of Evidence
        Every part of the claim; further contrasts.
    replicates : int
        Complete replicates in the test (``lost`` had an undefined metric or a failed run).
    crn : float
        Variance of the paired contrast ÷ unpaired.
    would_take : int or None
        When undecided: replicates that would decide, were the estimate to stay.
    variants, worlds : list of VariantFinding
        The alternatives, and the plausible worlds.
    mechanism : WithoutMechanism or None
        The claim without its mechanism.
    direct : VariantFinding or None
        The effect without the direct products, its verdict corrected over the battery.
    registration : Registration or None
        Entry in the battery's register; None for a quick trial.
    outcomes : array of shape (replicates, arms)
        The metric, for pictures.
    """

    hypothesis: Claim
    plan: Plan
    verdict: str
    effect: str
    judgement: Judgement
    part: Evidence | None
    parts: list[Evidence]
    details: list[Evidence]
    looked: dict[str, Any]
    replicates: int
    lost: int
    crn: float
    would_take: int | None
    variants: list[VariantFinding]
    worlds: list[VariantFinding]
    mechanism: WithoutMechanism | None
    direct: VariantFinding | None
    registration: Registration | None
    outcomes: Matrix = field(repr=False)

    @property
    def robust_share(self) -> float:
        """Share of the alternatives with the same verdict on the effect; NaN when none was run."""
        return robust_share(self.effect, [one.verdict for one in self.variants])

    @property
    def structures(self) -> tuple[int, int]:
        """Number of structural alternatives with the same verdict on the effect, and number of them all."""
        tried = [one for one in self.variants if one.variant.kind == STRUCTURE]
        return sum(one.verdict == self.effect for one in tried), len(tried)

    @property
    def structural(self) -> dict[str, int]:
        """Number of structural alternatives that find the effect as it is, the opposite of it, or neither."""
        verdicts = [one.verdict for one in self.variants if one.variant.kind == STRUCTURE]
        opposite = {SUPPORTED: REFUTED, REFUTED: SUPPORTED}.get(self.effect)
        counts = {"number": self.effect, "opposite": opposite, "undecided": UNDECIDED}
        return {name: sum(one == verdict for one in verdicts) for name, verdict in counts.items()}

    @property
    def flips(self) -> list[str]:
        """Names of the alternatives that turn support into refutation or the other way round."""
        opposite = {SUPPORTED: REFUTED, REFUTED: SUPPORTED}.get(self.effect)
        return [one.variant.name for one in self.variants if one.verdict == opposite]

    @property
    def mechanism_status(self) -> str | None:
        """vanishes, remains, unclear, moot, or None when no mechanism is named."""
        return None if self.mechanism is None else self.mechanism.status

    @property
    def mechanism_is_open(self) -> bool:
        """True if the mechanism's own test decides, and does so no longer after the correction over the battery."""
        return self.verdict == UNDECIDED and self.mechanism_status in (VANISHES, REMAINS)

    @property
    def left(self) -> Left | None:
        """Share of the effect that is left without the mechanism; None when it is unknown or there is no effect."""
        if self.mechanism is None or self.mechanism.status == MOOT:
            return None
        return self.mechanism.absence.share

    @property
    def label(self) -> str | None:
        """emergent, assumed or not-examined, by rule; None for a claim that is not supported."""
        examined = self.hypothesis.common.direct is not None
        return label_of(self.verdict, examined, None if self.direct is None else self.direct.verdict)

    @property
    def share_of_worlds(self) -> float:
        """Share of the worlds in which every part, by its estimate, lies where the claim says; NaN without worlds."""
        return share_of(self.worlds)

    @property
    def over_worlds(self) -> tuple[float, float, float]:
        """The 5 %, 50 % and 95 % quantiles over the worlds of the estimate of the part that the table shows."""
        return spread_of(self.worlds, self.part.name if self.part else "")

    @functools.cached_property
    def turning(self) -> Turning:
        """Rules that tell where among the worlds the claim stops to hold; the search takes seconds and is done once."""
        import pandas as pd

        from simulation.experiments.turning import find_turning

        measured = [one for one in self.worlds if one.holds is not None]
        points = pd.DataFrame([one.variant.setting for one in measured])
        return find_turning(points, [one.holds for one in measured])

    def share_judged(self, verdict: str) -> float:
        """Share of the worlds with this verdict on the effect; NaN without worlds."""
        return sum(one.verdict == verdict for one in self.worlds) / len(self.worlds) if self.worlds else math.nan

    def row(self) -> dict[str, Any]:
        """Return the row of ``battery.csv``."""
        part, left, (low, median, high) = self.part, self.left, self.over_worlds
        same, structures = self.structures
        return {
            "id": self.hypothesis.id,
            "kind": self.hypothesis.kind.name,
            "verdict": self.verdict,
            "estimate": part.estimate if part else math.nan,
            "low": part.low if part else math.nan,
            "high": part.high if part else math.nan,
            "replicates": self.replicates,
            "robust_share": self.robust_share,
            "label": self.label,
            "share_of_worlds": self.share_of_worlds,
            "effect": self.effect,
            "mechanism": self.mechanism_status,
            "left": left.share if left else math.nan,
            "left_low": left.low if left else math.nan,
            "left_high": left.high if left else math.nan,
            "without_products": self.direct.verdict if self.direct else None,
            "structures_same": same,
            "structures": structures,
            "worlds": len(self.worlds),
            "worlds_supported": self.share_judged(SUPPORTED),
            "worlds_refuted": self.share_judged(REFUTED),
            "worlds_undecided": self.share_judged(UNDECIDED),
            "worlds_q05": low,
            "worlds_q50": median,
            "worlds_q95": high,
        }


@dataclass(frozen=True)
class Findings(Mapping[str, Finding]):
    """A battery's findings by id, in its order.

    Attributes
    ----------
    found : dict
        Id to finding.
    quick : bool
        True if the battery ran with few replicates, without planning.
    runs : int
        Runs that the verdicts rest on.
    alpha : float
        The family's error rate (the largest of the hypotheses').
    provenance : dict
        Seeds, stores, versions, scenarios.
    warnings : list of str
        Warnings for the reader.
    failures : list of Failure
        The runs that failed, by reason.
    """

    found: dict[str, Finding]
    quick: bool
    runs: int
    provenance: dict[str, Any]
    warnings: list[str]
    failures: list[Failure] = field(default_factory=list)

    def __getitem__(self, key: str) -> Finding:
        return self.found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def table(self) -> Any:
        """Return ``battery.csv`` as a DataFrame."""
        import pandas as pd

        return pd.DataFrame([finding.row() for finding in self.values()])
