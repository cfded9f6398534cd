"""A trial: one hypothesis of a battery on its way from the pilot to the finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulation.hypotheses import planning, robustness
from simulation.hypotheses.claim import Claim
from simulation.hypotheses.elsewhere import VariantFinding
from simulation.hypotheses.evidence import Evidence, Matrix, Rule, complete, crn_gain
from simulation.hypotheses.findings import Finding, WithoutMechanism
from simulation.hypotheses.mechanism import Absence, absence, differences, join
from simulation.hypotheses.planning import FEWEST, Plan
from simulation.hypotheses.pool import Pool, arm_text
from simulation.hypotheses.registry import Registration
from simulation.hypotheses.robustness import Variant
from simulation.hypotheses.verdicts import NO_EVIDENCE, SUPPORTED, UNDECIDED, Judgement, headline, judge

QUICK_PILOT, QUICK_TEST, QUICK_VARIANT, QUICK_WORLD = 4, 10, 4, 4
_MANY_ARMS, _QUICK_WITH_MANY = 50, 6
_RUNS_OF_A_VARIANT = 400
"""Approximate limit of runs for one alternative: an order with its 120 arms gets few replicates there."""
_FEWEST_OF_A_VARIANT = 6
_IN_A_WORLD, _IN_A_WORLD_WITH_MANY = 8, 3
"""Replicates in one plausible world: the share of worlds comes from many of them, not from each."""
_LOOKS = 8
"""Pilot runs in which an alternative may choose its own break or step."""
_FEWEST_PARTS = 3

type Wanted = list[tuple[Variant | None, range]]
"""Variants (None: the scenario as it is) and the numbers of the replicates wanted under each."""


@dataclass
class Trial:
    """One hypothesis, its arms in every variant of the model, its plan, its samples and its finding.

    Attributes
    ----------
    hypothesis : Claim
        The claim to test.
    quick : bool
        True if few replicates are run, without planning.
    variants : list of Variant
        Other ways of building the model.
    worlds : list of Variant
        Plausible worlds.
    mechanism, direct : Variant or None
        The model without the mechanism that the claim rests on, and without the direct products.
    pool : Pool
        The store of its runs; given before the pilot.
    plan : Plan
        Known after the pilot.
    looked : dict
        Choices that the claim leaves to the pilot: a break, a step.
    samples : array of shape (replicates, arms)
        The test's outcomes; known after the test.
    parts : list of Evidence
        Evidence of the samples on each part of the claim.
    effect : Judgement
        Of these parts, the mechanism left out, before correction.
    without : Absence or None
        Evidence on the mechanism.
    away : VariantFinding or None
        Evidence without the direct products.
    registration : Registration or None
        Entry in the battery's register; None for a quick trial.
    finding : Finding
        The verdict and all that stands behind it; known at the end.
    """

    hypothesis: Claim
    quick: bool
    variants: list[Variant]
    worlds: list[Variant]
    mechanism: Variant | None
    direct: Variant | None
    pool: Pool = field(init=False)
    plan: Plan = field(init=False)
    looked: dict[str, Any] = field(init=False, default_factory=dict)
    samples: Matrix = field(init=False)
    parts: list[Evidence] = field(init=False)
    effect: Judgement = field(init=False)
    without: Absence | None = field(init=False, default=None)
    away: VariantFinding | None = field(init=False, default=None)
    registration: Registration | None = field(init=False, default=None)
    finding: Finding = field(init=False)

    @classmethod
    def of(cls, hypothesis: Claim, quick: bool, alternatives: bool, worlds: Sequence[Mapping[str, Any]] = ()) -> Trial:
        """Return the trial of a hypothesis, with its alternatives if they are wanted and it is not quick.

        Raises
        ------
        InputError
            For an alternative, mechanism, direct product or world that cannot be used.
        """
        return cls(
            hypothesis,
            quick,
            robustness.variants(hypothesis) if alternatives and not quick else [],
            robustness.worlds(hypothesis, worlds),
            robustness.mechanism(hypothesis),
            robustness.direct(hypothesis),
        )

    @property
    def removed(self) -> list[Variant]:
        """The variants that run with the test's own replicates, on its seeds."""
        return [one for one in (self.mechanism, self.direct) if one is not None]

    @property
    def elsewhere(self) -> list[Variant]:
        """The variants with fewer replicates: alternatives, then worlds."""
        return [*self.variants, *self.worlds]

    def arms(self, variant: Variant | None) -> list[str]:
        """Return the arms under a variant, as the texts that name them in a store."""
        more = None if variant is None else variant.setting
        return [arm_text(setting) for setting in self.hypothesis.settings(more).values()]

    def wanted_for_pilot(self) -> Wanted:
        """Return the runs of the pilot: those without the mechanism tell how far its absence varies."""
        numbers = range(QUICK_PILOT if self.quick else self.hypothesis.common.test.pilot)
        return [(None, numbers), *([] if self.mechanism is None else [(self.mechanism, numbers)])]

    def wanted_for_test(self) -> Wanted:
        """Return the runs of the test: fresh ones, after the pilot's."""
        return [(variant, self._numbers) for variant in (None, *self.removed)]

    def wanted_elsewhere(self) -> Wanted:
        """Return the runs under every variant: of its test, and of its own look at the pilot's seeds."""
        tested = [(variant, self._numbers_in(variant)) for variant in self.elsewhere]
        return [*tested, *((variant, self._looks) for variant in self._looking)]

    @property
    def _looking(self) -> list[Variant]:
        """The variants that choose their own break or step."""
        return [*self.elsewhere, *([] if self.direct is None else [self.direct])] if self.looked else []

    @property
    def _numbers(self) -> range:
        return range(self.plan.pilot, self.plan.pilot + self.plan.replicates)

    @property
    def _looks(self) -> range:
        return range(min(_LOOKS, self.plan.pilot))

    def _numbers_in(self, variant: Variant) -> range:
        return range(self.plan.pilot, self.plan.pilot + self._replicates_in(variant))

    def _replicates_in(self, variant: Variant) -> int:
        if variant in self.removed:
            return self.plan.replicates
        # Two modes, say, are not seen in fewer replicates than their kind needs.
        fewest = self.hypothesis.kind.fewest
        least = fewest if fewest > FEWEST and not self.quick else 0
        if variant.kind == robustness.WORLD:
            many = self.plan.arms > _MANY_ARMS
            few = _IN_A_WORLD_WITH_MANY if many else QUICK_WORLD if self.quick else _IN_A_WORLD
            return min(self.plan.replicates, max(least, few))
        if self.quick:
            return QUICK_VARIANT
        room = max(_FEWEST_OF_A_VARIANT, _RUNS_OF_A_VARIANT // self.plan.arms)
        few = min(self.hypothesis.common.robustness.max_replicates, room)
        return min(self.plan.replicates, max(least, few))

    @property
    def cost(self) -> int:
        """Runs of the test and of all variants, the pilot's left out."""
        wanted = [*self.wanted_for_test(), *self.wanted_elsewhere()]
        return self.plan.arms * sum(len(numbers) for _, numbers in wanted)

    @property
    def pilot_cost(self) -> int:
        """Runs of the pilot."""
        return self.plan.arms * sum(len(numbers) for _, numbers in self.wanted_for_pilot())

    def make_plan(self, cap: int | None, family: int) -> None:
        """Look at the pilot's runs and plan the test.

        Parameters
        ----------
        cap : int, optional
            Most replicates, where that is below the file's own cap.
        family : int
            Hypotheses in the battery.
        """
        (_, numbers), *_ = self.wanted_for_pilot()
        pilot = self._outcomes(None, numbers)
        kind, common = self.hypothesis.kind, self.hypothesis.common
        test, whole = common.test, complete(pilot)
        self.looked = kind.look(whole, common.expected) if len(whole) >= 2 else {}
        most = min(test.max_replicates, cap or test.max_replicates)
        gone: list[Matrix] = []
        if self.mechanism is not None:
            effects = kind.effects(self.looked, common.expected)
            gone = differences(effects, pilot, self._outcomes(self.mechanism, numbers))
        made = planning.plan(
            pilot,
            kind.contrasts(self.looked, common.expected),
            smallest=float(common.smallest_effect),
            alpha=test.alpha,
            power=test.power,
            cap=most,
            family=family,
            gone=gone,
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
        self.samples = self._outcomes(None, self._numbers)
        self.parts = self._parts(self.samples, self.looked)
        self.effect = judge(self.parts)
        if self.direct is not None:
            self.away = self._variant_finding(self.direct)
        if self.mechanism is None:
            return self.effect
        removed = self._outcomes(self.mechanism, self._numbers)
        kind, expected = self.hypothesis.kind, self.hypothesis.common.expected
        self.without = absence(kind, self.looked, expected, self.samples, removed, self._rule)
        return join(self.effect, self.without, self._rule.alpha)

    @property
    def judged_away(self) -> Judgement:
        """The judgement on the effect without the direct products, before correction."""
        return judge(self.away.parts) if self.away is not None else NO_EVIDENCE

    def conclude(self, judgement: Judgement, effect: Judgement, away: Judgement) -> Finding:
        """Return, and keep, the finding under judgements that were corrected over the battery.

        Parameters
        ----------
        judgement, effect, away : Judgement
            On the claim, on its effect alone, and on its effect without the direct products.
        """
        kind, common, rule = self.hypothesis.kind, self.hypothesis.common, self._rule
        verdict, shown = judgement.verdict(rule.alpha), effect.verdict(rule.alpha)
        part, whole = headline(self.parts, shown), complete(self.samples)
        lead = kind.contrasts(self.looked, common.expected)[0]
        hangs = part
        if verdict != shown and self.without is not None:
            hangs = self.without.part
        takes = None
        if verdict == UNDECIDED and hangs is not None:
            takes = planning.would_take(hangs, len(whole), rule.alpha, self.plan.alpha)
        self.finding = Finding(
            hypothesis=self.hypothesis,
            plan=self.plan,
            verdict=verdict,
            effect=shown,
            judgement=judgement,
            part=part,
            parts=self.parts,
            details=kind.details(whole, rule) if len(whole) >= 2 else [],
            looked=self.looked,
            replicates=len(whole),
            lost=len(self.samples) - len(whole),
            crn=crn_gain(lead, whole) if len(whole) >= 2 else float("nan"),
            would_take=takes,
            variants=[self._variant_finding(variant) for variant in self.variants],
            worlds=[self._variant_finding(variant) for variant in self.worlds],
            mechanism=self._mechanism_finding(),
            direct=None if self.away is None else replace(self.away, verdict=away.verdict(rule.alpha)),
            registration=self.registration,
            outcomes=self.samples,
        )
        return self.finding

    def _mechanism_finding(self) -> WithoutMechanism | None:
        if self.mechanism is None or self.without is None:
            return None
        shown = self.effect.verdict(self._rule.alpha) == SUPPORTED
        status = self.without.status(self._rule.alpha, shown)
        return WithoutMechanism(self._variant_finding(self.mechanism), self.without, status)

    def _variant_finding(self, variant: Variant) -> VariantFinding:
        outcomes = self._outcomes(variant, self._numbers_in(variant))
        looked = self.looked
        if variant in self._looking:
            pilot = complete(self._outcomes(variant, self._looks))
            kind, expected = self.hypothesis.kind, self.hypothesis.common.expected
            looked = kind.look(pilot, expected) if len(pilot) >= 2 else looked
        parts = self._parts(outcomes, looked)
        judgement = judge(parts) if parts else NO_EVIDENCE
        verdict = judgement.verdict(self._rule.alpha)
        return VariantFinding(variant, verdict, headline(parts, verdict), parts, len(complete(outcomes)))

    def _parts(self, outcomes: Matrix, looked: dict[str, Any]) -> list[Evidence]:
        whole = complete(outcomes)
        if len(whole) < _FEWEST_PARTS:
            return []
        return self.hypothesis.kind.evidence(whole, looked, self.hypothesis.common.expected, self._rule)

    @property
    def _rule(self) -> Rule:
        common = self.hypothesis.common
        return Rule(common.test.alpha, float(common.smallest_effect), common.test.interval, common.seed)

    def _outcomes(self, variant: Variant | None, numbers: Sequence[int]) -> Matrix:
        return self.pool.outcomes(self.arms(variant), numbers, self.hypothesis.common.metric)
