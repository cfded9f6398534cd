"""A battery: several hypotheses planned together, run on shared runs, and judged with one error rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulation.experiments.running.task import ModelTask
from simulation.files.errors import InputError
from simulation.hypotheses import planning, robustness
from simulation.hypotheses.claim import Claim, shipped_hypotheses
from simulation.hypotheses.evidence import Evidence, Matrix, Rule, complete, crn_gain
from simulation.hypotheses.findings import Finding, Findings, VariantFinding
from simulation.hypotheses.planning import Plan
from simulation.hypotheses.pool import Pool, arm_text
from simulation.hypotheses.robustness import Variant
from simulation.hypotheses.verdicts import (
    NO_EVIDENCE,
    UNDECIDED,
    Judgement,
    correct,
    headline,
    judge,
)

MOST_RUNS = 100_000
QUICK_PILOT, QUICK_TEST, QUICK_VARIANT = 4, 10, 4
_MANY_ARMS, _QUICK_WITH_MANY = 50, 6
_RUNS_OF_A_VARIANT = 400
"""About so many runs may one alternative take: an order with its 120 arms gets few replicates there."""
_FEWEST_OF_A_VARIANT = 6
_LOOKS = 8
"""Pilot runs in which an alternative may choose its own break or step."""


class Battery:
    """Hypotheses tested together.

    Parameters
    ----------
    hypotheses : sequence of Hypothesis, names or paths
        What is tested; ids must differ. ``Battery.shipped()`` has the fourteen.
    quick : bool
        Few replicates, no planning, only the alternative without the mechanism: to see that it works, not to decide.
    scenario : str or path, optional
        Stands in for the scenario of every hypothesis on the model; what a file sets goes over it.
    citizens : int, optional
        Citizens simulated a run, in every hypothesis on the model; by default as the files say.
    replicates_cap : int, optional
        Lowers every file's own cap.
    samples : int, optional
        Points drawn from the parameters' ranges, instead of what the files say; 0: structural alternatives only.
    alternatives : bool
        Whether to test other ways of building the model, beside the one without the mechanism.
    store : path, optional
        Folder of the stores (one a scenario); by default ``out/hypotheses/runs``. A stopped battery goes on there.
    workers, executor, dask, progress, lang
        As for ``sweep``.
    say : callable, optional
        Is told the plan, as text keys and values, before anything runs.

    Raises
    ------
    InputError
        For two equal ids, or a file that cannot be used.
    """

    def __init__(
        self,
        hypotheses: Iterable[Claim | str | Path],
        *,
        quick: bool = False,
        scenario: str | Path | None = None,
        citizens: int | None = None,
        replicates_cap: int | None = None,
        samples: int | None = None,
        alternatives: bool = True,
        store: str | Path | None = None,
        workers: int | None = None,
        executor: Executor | None = None,
        dask: str | None = None,
        progress: Any = "auto",
        lang: str = "en",
        say: Callable[..., None] | None = None,
    ) -> None:
        loaded = [one if isinstance(one, Claim) else Claim.load(one) for one in hypotheses]
        moved = loaded if scenario is None else [_moved(one, scenario) for one in loaded]
        self.hypotheses = [_resized(one, citizens, samples) for one in moved]
        ids = [one.id for one in self.hypotheses]
        for place, name in enumerate(ids):
            if name in ids[:place]:
                raise InputError("two hypotheses have this id", file=loaded[place].file, key="id", given=name)
        if not ids:
            raise InputError("no hypothesis is given")
        if replicates_cap is not None and replicates_cap < 5:
            raise InputError("too few", key="--replicates-cap", given=replicates_cap, allowed="5, 6, …")
        self.quick = quick
        self.cap = replicates_cap
        self.say = say or (lambda *_, **__: None)
        self.folder = Path(store) if store is not None else Path("out", "hypotheses", "runs")
        self._variants = {
            one.id: robustness.variants(one) if alternatives and not quick else [] for one in self.hypotheses
        }
        self._mechanisms = {one.id: robustness.mechanism(one) for one in self.hypotheses}
        self._options = {
            "workers": workers, "executor": executor, "dask": dask, "progress": progress, "lang": lang
        }  # fmt: skip
        self._pools: dict[str, Pool] = {}
        self._plans: dict[str, Plan] = {}
        self._looked: dict[str, dict[str, Any]] = {}

    @classmethod
    def shipped(cls, **options: Any) -> Battery:
        """Return the battery of the shipped hypotheses."""
        return cls(shipped_hypotheses(), **options)

    def plan(self) -> dict[str, Plan]:
        """Run the pilots and return id → plan; the second call returns the same."""
        if self._plans:
            return self._plans
        pilots = {one.id: QUICK_PILOT if self.quick else one.common.test.pilot for one in self.hypotheses}
        arms = sum(len(one.kind.arms()) for one in self.hypotheses)
        self.say("begin", hypotheses=len(self.hypotheses), arms=arms, runs=self._count(pilots))
        self._run({one.id: [(None, range(pilots[one.id]))] for one in self.hypotheses})
        for one in self.hypotheses:
            outcomes = self._outcomes(one, None, range(pilots[one.id]))
            self._plans[one.id] = self._planned(one, outcomes)
        self._fit()
        return self._plans

    def _count(self, pilots: Mapping[str, int]) -> int:
        wanted = {one.id: [(None, range(pilots[one.id]))] for one in self.hypotheses}
        return sum(pool.missing(request) for pool, request in self._requests(wanted))

    def _planned(self, one: Claim, pilot: Matrix) -> Plan:
        test, whole = one.common.test, complete(pilot)
        expected = one.common.expected
        looked = one.kind.look(whole, expected) if len(whole) >= 2 else {}
        self._looked[one.id] = looked
        cap = min(test.max_replicates, self.cap or test.max_replicates)
        made = planning.plan(
            pilot,
            one.kind.contrasts(looked, expected),
            smallest=float(one.common.smallest_effect),
            alpha=test.alpha,
            power=test.power,
            cap=cap,
            family=len(self.hypotheses),
        )
        if self.quick:
            replicates = _QUICK_WITH_MANY if made.arms > _MANY_ARMS else QUICK_TEST
        else:
            replicates = min(cap, max(made.replicates, one.kind.fewest))
        return replace(made, replicates=replicates)

    def _fit(self) -> None:
        """Scale the tests down to the most runs that a battery may take, alternatives included."""
        total = sum(self._cost(one) for one in self.hypotheses)
        if total > MOST_RUNS:
            share = MOST_RUNS / total
            for name, made in self._plans.items():
                kept = max(5, int(made.replicates * share))
                self._plans[name] = replace(made, replicates=kept)
            total = sum(self._cost(one) for one in self.hypotheses)
        self.say("planned", plans=self._plans, runs=total, most=MOST_RUNS)

    def _cost(self, one: Claim) -> int:
        made = self._plans[one.id]
        elsewhere = len(self._variants[one.id]) + (self._mechanisms[one.id] is not None)
        looks = _LOOKS if self._looked[one.id] else 0
        return made.runs + elsewhere * made.arms * (self._replicates_of_variant(one) + looks)

    def _replicates_of_variant(self, one: Claim) -> int:
        made = self._plans[one.id]
        if self.quick:
            return QUICK_VARIANT
        room = max(_FEWEST_OF_A_VARIANT, _RUNS_OF_A_VARIANT // made.arms)
        return min(made.replicates, one.common.robustness.max_replicates, room)

    def test(self) -> Findings:
        """Run what is planned and return the findings."""
        self.plan()
        self._run({one.id: [(None, self._fresh(one))] for one in self.hypotheses})
        self._run({one.id: self._wanted_elsewhere(one) for one in self.hypotheses})
        parts, outcomes = {}, {}
        for one in self.hypotheses:
            outcomes[one.id] = self._outcomes(one, None, self._fresh(one))
            parts[one.id] = self._parts(one, outcomes[one.id], self._looked[one.id])
        judged = correct([judge(parts[one.id]) for one in self.hypotheses])
        found = {
            one.id: self._finding(one, outcomes[one.id], parts[one.id], judgement)
            for one, judgement in zip(self.hypotheses, judged, strict=True)
        }
        runs = sum(
            self._cost(one) + made.pilot * made.arms
            for one, made in zip(self.hypotheses, self._plans.values(), strict=True)
        )
        warnings = [text for pool in self._pools.values() for text in pool.warnings]
        failed = sum(len(pool.errors) for pool in self._pools.values())
        if failed:
            first = next(text for pool in self._pools.values() for text in pool.errors.values())
            warnings.append(f"{failed} runs failed; the first: {first}")
        return Findings(found, self.quick, runs, self._provenance(), warnings)

    def _wanted_elsewhere(self, one: Claim) -> list[tuple[Variant | None, range]]:
        start, few = self._plans[one.id].pilot, self._replicates_of_variant(one)
        look = range(_LOOKS if self._looked[one.id] else 0)
        numbers = (range(start, start + few), look)
        return [(variant, part) for variant in self._elsewhere(one) for part in numbers]

    def _fresh(self, one: Claim) -> range:
        made = self._plans[one.id]
        return range(made.pilot, made.pilot + made.replicates)

    def _elsewhere(self, one: Claim) -> list[Variant]:
        without = self._mechanisms[one.id]
        return [*self._variants[one.id], *([] if without is None else [without])]

    def _finding(self, one: Claim, outcomes: Matrix, parts: list[Evidence], judgement: Judgement) -> Finding:
        made, rule = self._plans[one.id], self._rule(one)
        verdict = judgement.verdict(rule.alpha)
        part, whole = headline(parts, verdict), complete(outcomes)
        start, few = made.pilot, self._replicates_of_variant(one)
        elsewhere = {
            variant.name: self._variant_finding(one, variant, range(start, start + few))
            for variant in self._elsewhere(one)
        }
        lead = one.kind.contrasts(self._looked[one.id], one.common.expected)[0]
        takes = None
        if verdict == UNDECIDED and part is not None:
            takes = planning.would_take(part, len(whole), rule.smallest, rule.alpha, made.alpha)
        without = elsewhere.pop(robustness.MECHANISM, None)
        return Finding(
            hypothesis=one,
            plan=made,
            verdict=verdict,
            judgement=judgement,
            part=part,
            parts=parts,
            details=one.kind.details(whole, rule) if len(whole) >= 2 else [],
            looked=self._looked[one.id],
            replicates=len(whole),
            lost=len(outcomes) - len(whole),
            crn=crn_gain(lead, whole) if len(whole) >= 2 else float("nan"),
            would_take=takes,
            variants=list(elsewhere.values()),
            mechanism=without,
            outcomes=outcomes,
        )

    def _variant_finding(self, one: Claim, variant: Variant, numbers: range) -> VariantFinding:
        outcomes = self._outcomes(one, variant, numbers)
        looked = self._looked[one.id]
        if looked:
            pilot = complete(self._outcomes(one, variant, range(_LOOKS)))
            looked = one.kind.look(pilot, one.common.expected) if len(pilot) >= 2 else looked
        parts = self._parts(one, outcomes, looked)
        judgement = judge(parts) if parts else NO_EVIDENCE
        verdict = judgement.verdict(one.common.test.alpha)
        return VariantFinding(variant, verdict, headline(parts, verdict), parts, len(complete(outcomes)))

    def _parts(self, one: Claim, outcomes: Matrix, looked: dict[str, Any]) -> list[Evidence]:
        whole = complete(outcomes)
        if len(whole) < 3:
            return []
        return one.kind.evidence(whole, looked, one.common.expected, self._rule(one))

    @staticmethod
    def _rule(one: Claim) -> Rule:
        test = one.common.test
        return Rule(test.alpha, float(one.common.smallest_effect), test.interval, one.common.seed)

    def _outcomes(self, one: Claim, variant: Variant | None, numbers: range) -> Matrix:
        return self._pool(one).outcomes(_texts(one, variant), numbers, one.common.metric)

    def _run(self, wanted: Mapping[str, Sequence[tuple[Variant | None, range]]]) -> None:
        for pool, request in self._requests(wanted):
            pool.ensure(request)

    def _requests(
        self, wanted: Mapping[str, Sequence[tuple[Variant | None, range]]]
    ) -> list[tuple[Pool, dict[str, set[int]]]]:
        """Return what each store must hold; equal arms of several hypotheses are one."""
        found: dict[int, tuple[Pool, dict[str, set[int]]]] = {}
        for one in self.hypotheses:
            pool = self._pool(one)
            request = found.setdefault(id(pool), (pool, {}))[1]
            for variant, numbers in wanted[one.id]:
                for text in _texts(one, variant):
                    request.setdefault(text, set()).update(numbers)
        return list(found.values())

    def _pool(self, one: Claim) -> Pool:
        name = self._store_name(one)
        if name not in self._pools:
            self._pools[name] = Pool(one.task, self.folder, name, one.common.seed, **self._options)
        return self._pools[name]

    @staticmethod
    def _store_name(one: Claim) -> str:
        """Return a name that changes with the scenario and the seed: stores never mix two."""
        if isinstance(one.task, ModelTask):
            return f"{one.task.scenario.name}-{one.task.scenario.digest[:8]}-{one.common.seed}"
        return f"{getattr(one.task, '__name__', 'task').strip('<>')}-{one.common.seed}"

    def _provenance(self) -> dict[str, Any]:
        from simulation.files.output import TOOL
        from simulation.files.provenance import host, revision, versions

        return {
            "tool": TOOL,
            "hypotheses": {
                one.id: {
                    "scenario": getattr(getattr(one.task, "scenario", None), "digest", None),
                    "seed": one.common.seed,
                    "pilot": self._plans[one.id].pilot,
                    "replicates": self._plans[one.id].replicates,
                }
                for one in self.hypotheses
            },
            "stores": [str(path) for pool in self._pools.values() for path in pool.stores],
            "versions": versions(),
            "revision": revision(),
            "platform": host(),
        }


def _texts(one: Claim, variant: Variant | None) -> list[str]:
    more = None if variant is None else variant.setting
    return [arm_text(setting) for setting in one.settings(more).values()]


def _moved(one: Claim, scenario: str | Path) -> Claim:
    """Return the hypothesis on another scenario, which must take all its settings."""
    if not isinstance(one.task, ModelTask):
        return one
    task = ModelTask(scenario, one.task.weekly)
    for setting in one.settings().values():
        task.scenario.with_values(setting)
    return replace(one, task=task, common=one.common.model_copy(update={"scenario": task.scenario.name}))


def _resized(one: Claim, citizens: int | None, samples: int | None) -> Claim:
    """Return the hypothesis with another number of citizens and of points from the ranges."""
    changes: dict[str, Any] = {}
    if citizens is not None and isinstance(one.task, ModelTask):
        changes["setting"] = {**one.common.setting, "structure.citizens": citizens}
        one.task.scenario.with_values(changes["setting"])
    if samples is not None:
        if samples < 0:
            raise InputError("no such number of points", key="--samples", given=samples, allowed="0, 1, …")
        changes["robustness"] = one.common.robustness.model_copy(update={"samples": samples})
    return replace(one, common=one.common.model_copy(update=changes)) if changes else one
