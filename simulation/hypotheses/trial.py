"""A trial: one hypothesis of a battery on its way from the pilot to the finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.hypotheses import planning, robustness
from simulation.hypotheses.claim import Claim
from simulation.hypotheses.evidence import Evidence, Matrix, Rule, complete, crn_gain
from simulation.hypotheses.findings import Finding, VariantFinding
from simulation.hypotheses.planning import Plan
from simulation.hypotheses.pool import Pool, arm_text
from simulation.hypotheses.robustness import Variant
from simulation.hypotheses.verdicts import NO_EVIDENCE, UNDECIDED, Judgement, headline, judge

QUICK_PILOT, QUICK_TEST, QUICK_VARIANT = 4, 10, 4
_MANY_ARMS, _QUICK_WITH_MANY = 50, 6
_RUNS_OF_A_VARIANT = 400
"""Approximate limit of runs for one alternative: an order with its 120 arms gets few replicates there."""
_FEWEST_OF_A_VARIANT = 6
_LOOKS = 8
"""Pilot runs in which an alternative may choose its own break or step."""

type Wanted = list[tuple[Variant | None, range]]
"""Alternatives (None: the scenario as it is) and the numbers of the replicates wanted under each."""


@dataclass
class Trial:
    """One hypothesis, its arms under every alternative, its plan, its samples and its finding.

    Attributes
    ----------
    hypothesis : Claim
        What is tested.
    quick : bool
        Whether few replicates are run, without planning.
    variants : list of Variant
        Other ways of building the model.
    mechanism : Variant or None
        The model without the mechanism that the claim rests on.
    pool : Pool
        Where its runs are; given before the pilot.
    plan : Plan
        Known after the pilot.
    looked : dict
        Choices that the claim leaves to the pilot: a break, a step.
    samples : array of shape (replicates, arms)
        The test's outcomes; known after the test.
    parts : list of Evidence
        What the samples say of each part of the claim.
    finding : Finding
        The verdict and all that stands behind it; known at the end.
    """

    hypothesis: Claim
    quick: bool
    variants: list[Variant]
    mechanism: Variant | None
    pool: Pool = field(init=False)
    plan: Plan = field(init=False)
    looked: dict[str, Any] = field(init=False, default_factory=dict)
    samples: Matrix = field(init=False)
    parts: list[Evidence] = field(init=False)
    finding: Finding = field(init=False)

    @classmethod
    def of(cls, hypothesis: Claim, quick: bool, alternatives: bool) -> Trial:
        """Return the trial of a hypothesis, with its alternatives if they are wanted and it is not quick.

        Raises
        ------
        InputError
            For an alternative or mechanism that cannot be used.
        """
        variants = robustness.variants(hypothesis) if alternatives and not quick else []
        return cls(hypothesis, quick, variants, robustness.mechanism(hypothesis))

    @property
    def elsewhere(self) -> list[Variant]:
        """The alternatives, the one without the mechanism last."""
        return [*self.variants, *([] if self.mechanism is None else [self.mechanism])]

    def arms(self, variant: Variant | None) -> list[str]:
        """Return the arms under an alternative, as the texts that name them in a store."""
        more = None if variant is None else variant.setting
        return [arm_text(setting) for setting in self.hypothesis.settings(more).values()]

    def wanted_for_pilot(self) -> Wanted:
        """Return the runs of the pilot."""
        return [(None, range(QUICK_PILOT if self.quick else self.hypothesis.common.test.pilot))]

    def wanted_for_test(self) -> Wanted:
        """Return the runs of the test: fresh ones, after the pilot's."""
        return [(None, range(self.plan.pilot, self.plan.pilot + self.plan.replicates))]

    def wanted_elsewhere(self) -> Wanted:
        """Return the runs under every alternative: of its test, and of its own look at the pilot's seeds."""
        numbers = (self._numbers_of_variant, range(_LOOKS if self.looked else 0))
        return [(variant, part) for variant in self.elsewhere for part in numbers]

    @property
    def _numbers_of_variant(self) -> range:
        return range(self.plan.pilot, self.plan.pilot + self._replicates_of_variant)

    @property
    def _replicates_of_variant(self) -> int:
        if self.quick:
            return QUICK_VARIANT
        room = max(_FEWEST_OF_A_VARIANT, _RUNS_OF_A_VARIANT // self.plan.arms)
        return min(self.plan.replicates, self.hypothesis.common.robustness.max_replicates, room)

    @property
    def cost(self) -> int:
        """Runs of the test and of the alternatives, the pilot's left out."""
        looks = _LOOKS if self.looked else 0
        return self.plan.runs + len(self.elsewhere) * self.plan.arms * (self._replicates_of_variant + looks)

    def make_plan(self, cap: int | None, family: int) -> None:
        """Look at the pilot's runs and plan the test.

        Parameters
        ----------
        cap : int, optional
            Most replicates, where that is below the file's own cap.
        family : int
            Hypotheses in the battery.
        """
        pilot = self._outcomes(*self.wanted_for_pilot()[0])
        kind, common = self.hypothesis.kind, self.hypothesis.common
        test, whole = common.test, complete(pilot)
        self.looked = kind.look(whole, common.expected) if len(whole) >= 2 else {}
        most = min(test.max_replicates, cap or test.max_replicates)
        made = planning.plan(
            pilot,
            kind.contrasts(self.looked, common.expected),
            smallest=float(common.smallest_effect),
            alpha=test.alpha,
            power=test.power,
            cap=most,
            family=family,
        )
        if self.quick:
            replicates = _QUICK_WITH_MANY if made.arms > _MANY_ARMS else QUICK_TEST
        else:
            replicates = min(most, max(made.replicates, kind.fewest))
        self.plan = made.with_replicates(replicates)

    def scale(self, share: float) -> None:
        """Plan only a share of the replicates, five at least."""
        self.plan = self.plan.with_replicates(max(5, int(self.plan.replicates * share)))

    def judge(self) -> Judgement:
        """Look at the test's runs and return what they say, before any correction over the battery."""
        self.samples = self._outcomes(*self.wanted_for_test()[0])
        self.parts = self._parts(self.samples, self.looked)
        return judge(self.parts)

    def conclude(self, judgement: Judgement) -> Finding:
        """Return, and keep, the finding under a judgement that was corrected over the battery."""
        kind, common, rule = self.hypothesis.kind, self.hypothesis.common, self._rule
        verdict = judgement.verdict(rule.alpha)
        part, whole = headline(self.parts, verdict), complete(self.samples)
        elsewhere = {variant.name: self._variant_finding(variant) for variant in self.elsewhere}
        lead = kind.contrasts(self.looked, common.expected)[0]
        takes = None
        if verdict == UNDECIDED and part is not None:
            takes = planning.would_take(part, len(whole), rule.smallest, rule.alpha, self.plan.alpha)
        without = elsewhere.pop(robustness.MECHANISM, None)
        self.finding = Finding(
            hypothesis=self.hypothesis,
            plan=self.plan,
            verdict=verdict,
            judgement=judgement,
            part=part,
            parts=self.parts,
            details=kind.details(whole, rule) if len(whole) >= 2 else [],
            looked=self.looked,
            replicates=len(whole),
            lost=len(self.samples) - len(whole),
            crn=crn_gain(lead, whole) if len(whole) >= 2 else float("nan"),
            would_take=takes,
            variants=list(elsewhere.values()),
            mechanism=without,
            outcomes=self.samples,
        )
        return self.finding

    def _variant_finding(self, variant: Variant) -> VariantFinding:
        outcomes = self._outcomes(variant, self._numbers_of_variant)
        looked = self.looked
        if looked:
            pilot = complete(self._outcomes(variant, range(_LOOKS)))
            kind, expected = self.hypothesis.kind, self.hypothesis.common.expected
            looked = kind.look(pilot, expected) if len(pilot) >= 2 else looked
        parts = self._parts(outcomes, looked)
        judgement = judge(parts) if parts else NO_EVIDENCE
        verdict = judgement.verdict(self._rule.alpha)
        return VariantFinding(variant, verdict, headline(parts, verdict), parts, len(complete(outcomes)))

    def _parts(self, outcomes: Matrix, looked: dict[str, Any]) -> list[Evidence]:
        whole = complete(outcomes)
        if len(whole) < 3:
            return []
        return self.hypothesis.kind.evidence(whole, looked, self.hypothesis.common.expected, self._rule)

    @property
    def _rule(self) -> Rule:
        common = self.hypothesis.common
        return Rule(common.test.alpha, float(common.smallest_effect), common.test.interval, common.seed)

    def _outcomes(self, variant: Variant | None, numbers: Sequence[int]) -> Matrix:
        return self.pool.outcomes(self.arms(variant), numbers, self.hypothesis.common.metric)
