"""The findings of a battery as plain data: per hypothesis and per alternative."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.experiments.failures import Failure
from simulation.hypotheses.claim import Claim
from simulation.hypotheses.evidence import Evidence, Matrix
from simulation.hypotheses.planning import Plan
from simulation.hypotheses.robustness import Variant
from simulation.hypotheses.verdicts import Judgement, kept_share, mechanism_status, robust_share


@dataclass(frozen=True)
class VariantFinding:
    """The verdict under one alternative, at the uncorrected error rate."""

    variant: Variant
    verdict: str
    part: Evidence | None
    parts: list[Evidence]
    replicates: int


@dataclass(frozen=True)
class Finding:
    """The verdict on one hypothesis, with its evidence.

    Attributes
    ----------
    hypothesis, plan : Hypothesis, Plan
        The tested hypothesis, and the plan of its test.
    verdict : str
        supported, refuted or undecided, corrected over the battery.
    judgement : Judgement
        The corrected p-values.
    part : Evidence or None
        The part that the table shows: the one on which the verdict depends, with its interval at 1 − α.
    parts, details : list of Evidence
        Every part of the claim; further contrasts.
    replicates : int
        Complete replicates in the test (``lost`` had an undefined metric or a failed run).
    crn : float
        Variance of the paired contrast ÷ unpaired.
    would_take : int or None
        When undecided: replicates that would decide, were the estimate to stay.
    variants : list of VariantFinding
        The alternatives; the one without the mechanism is ``mechanism``.
    outcomes : array of shape (replicates, arms)
        The metric, for pictures.
    """

    hypothesis: Claim
    plan: Plan
    verdict: str
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
    mechanism: VariantFinding | None
    outcomes: Matrix = field(repr=False)

    @property
    def robust_share(self) -> float:
        """Share of the alternatives in which the verdict holds; NaN when none was run."""
        return robust_share(self.verdict, [one.verdict for one in self.variants])

    @property
    def flips(self) -> list[str]:
        """Names of the alternatives that turn support into refutation or the other way round."""
        opposite = {"supported": "refuted", "refuted": "supported"}.get(self.verdict)
        return [one.variant.name for one in self.variants if one.verdict == opposite]

    @property
    def mechanism_status(self) -> str | None:
        """vanishes, remains, unclear, moot, or None when no mechanism is named or it was not run."""
        if self.mechanism is None:
            return None
        return mechanism_status(self.verdict, self.mechanism.verdict, self.kept)

    @property
    def kept(self) -> float:
        """Share of its size that the most shrinking part keeps without the mechanism; NaN when unknown."""
        return math.nan if self.mechanism is None else kept_share(self.parts, self.mechanism.parts)

    def row(self) -> dict[str, Any]:
        """Return the row of ``battery.csv``."""
        part = self.part
        return {
            "id": self.hypothesis.id,
            "kind": self.hypothesis.kind.name,
            "verdict": self.verdict,
            "estimate": part.estimate if part else math.nan,
            "low": part.low if part else math.nan,
            "high": part.high if part else math.nan,
            "replicates": self.replicates,
            "robust_share": self.robust_share,
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
