"""A battery: several hypotheses planned together, run on shared runs, and judged with one error rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulation.experiments.failures import by_reason
from simulation.experiments.running.task import ModelTask
from simulation.files.errors import InputError, told
from simulation.hypotheses.claim import Claim, shipped_hypotheses
from simulation.hypotheses.findings import Findings
from simulation.hypotheses.planning import Plan
from simulation.hypotheses.pool import Pool
from simulation.hypotheses.registry import register
from simulation.hypotheses.trial import Trial, Wanted
from simulation.hypotheses.verdicts import correct

MOST_RUNS = 300_000
"""Most runs of a battery, its pilot left out: about 50 minutes on two processors at 20 ms each."""


class Battery:
    """Hypotheses tested together.

    Parameters
    ----------
    hypotheses : sequence of Hypothesis, names or paths
        The hypotheses to test; their ids must differ. ``Battery.shipped()`` has those that are shipped.
    quick : bool
        True for few replicates, no planning and no alternatives but those without the mechanism and without the direct
        products: a trial that decides nothing and is not registered.
    scenario : str or path, optional
        Replaces the scenario of every hypothesis on the model; values that a file sets override it.
    citizens : int, optional
        Simulated citizens per run, in every hypothesis on the model; by default as the files say.
    replicates_cap : int, optional
        Lowers every file's own cap.
    samples : int, optional
        Number of points drawn from the parameters' ranges, instead of the files' numbers; 0: structural alternatives
        only, which is the default where worlds are given.
    alternatives : bool
        True to also test other ways of building the model.
    worlds : sequence of mappings
        Plausible worlds: dotted key to value. Every claim is also tested in each of them, with few replicates. A world
        leaves alone what a claim and its scenario set themselves.
    store : path, optional
        Folder of the stores (one per scenario) and of the register of claims; by default ``out/hypotheses/runs``. A
        stopped battery continues there.
    workers, executor, dask, retry_failed, progress, lang
        As for ``sweep``.
    say : callable, optional
        Gets the plan, as text keys and values, before anything runs.

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
        worlds: Sequence[Mapping[str, Any]] = (),
        store: str | Path | None = None,
        workers: int | None = None,
        executor: Executor | None = None,
        dask: str | None = None,
        retry_failed: bool = False,
        progress: Any = "auto",
        lang: str = "en",
        say: Callable[..., None] | None = None,
    ) -> None:
        loaded = [one if isinstance(one, Claim) else Claim.load(one) for one in hypotheses]
        moved = loaded if scenario is None else [_moved(one, scenario) for one in loaded]
        if samples is None and worlds:
            samples = 0
        self.hypotheses = [_resized(one, citizens, samples) for one in moved]
        ids = [one.id for one in self.hypotheses]
        for place, name in enumerate(ids):
            if name in ids[:place]:
                raise InputError(told("error.hypothesis.same_id"), file=loaded[place].file, key="id", given=name)
        if not ids:
            raise InputError(told("error.hypothesis.none"))
        if replicates_cap is not None and replicates_cap < 5:
            raise InputError(
                told("error.hypothesis.few"),
                key="--replicates-cap",
                given=replicates_cap,
                allowed=told("error.hypothesis.from_5"),
            )
        self.quick = quick
        self.cap = replicates_cap
        self.say = say or (lambda *_, **__: None)
        self.folder = Path(store) if store is not None else Path("out", "hypotheses", "runs")
        self.trials = [Trial.of(one, quick, alternatives, worlds) for one in self.hypotheses]
        self._loaded = loaded
        self._laid_over = {"scenario": None if scenario is None else str(scenario), "citizens": citizens}
        self._options = {
            "workers": workers, "executor": executor, "dask": dask, "retry_failed": retry_failed,
            "progress": progress, "lang": lang,
        }  # fmt: skip
        self._pools: dict[str, Pool] = {}
        self._planned = False

    @classmethod
    def shipped(cls, **options: Any) -> Battery:
        """Return the battery of the shipped hypotheses."""
        return cls(shipped_hypotheses(), **options)

    def plan(self) -> dict[str, Plan]:
        """Run the pilots and return id → plan; the second call returns the same."""
        if not self._planned:
            for trial in self.trials:
                trial.pool = self._pool(trial.hypothesis)
            pilots = self._requests(Trial.wanted_for_pilot)
            arms = sum(len(one.kind.arms()) for one in self.hypotheses)
            missing = sum(pool.missing(request) for pool, request in pilots)
            self.say("begin", hypotheses=len(self.hypotheses), arms=arms, runs=missing)
            self._run(Trial.wanted_for_pilot)
            for trial in self.trials:
                trial.make_plan(self.cap, len(self.trials))
            self._fit()
            self._planned = True
        return self._plans()

    def _plans(self) -> dict[str, Plan]:
        return {trial.hypothesis.id: trial.plan for trial in self.trials}

    def _fit(self) -> None:
        """Scale the tests down to the most runs that a battery may take, alternatives included."""
        total = sum(trial.cost for trial in self.trials)
        if total > MOST_RUNS:
            for trial in self.trials:
                trial.scale(MOST_RUNS / total)
            total = sum(trial.cost for trial in self.trials)
        wanted = [*self._requests(Trial.wanted_for_test), *self._requests(Trial.wanted_elsewhere)]
        missing = sum(pool.missing(request) for pool, request in wanted)
        worlds = len(self.trials[0].worlds)
        self.say("planned", plans=self._plans(), runs=total, missing=missing, worlds=worlds, most=MOST_RUNS)

    def test(self) -> Findings:
        """Run the planned tests and return the findings."""
        self.plan()
        if not self.quick:
            for trial, one in zip(self.trials, self._loaded, strict=True):
                trial.registration = register(self.folder, one, trial.plan, self._laid_over)
        self._run(Trial.wanted_for_test)
        self._run(Trial.wanted_elsewhere)
        judged = correct([trial.judge() for trial in self.trials])
        effects = correct([trial.effect for trial in self.trials])
        examined = [trial for trial in self.trials if trial.away is not None]
        away = dict(zip(map(id, examined), correct([trial.judged_away for trial in examined]), strict=True))
        found = {
            trial.hypothesis.id: trial.conclude(judgement, effect, away.get(id(trial), trial.judged_away))
            for trial, judgement, effect in zip(self.trials, judged, effects, strict=True)
        }
        runs = sum(trial.cost + trial.pilot_cost for trial in self.trials)
        warnings = [text for pool in self._pools.values() for text in pool.warnings]
        failed = sum(len(pool.errors) for pool in self._pools.values())
        if failed:
            first = next(text for pool in self._pools.values() for text in pool.errors.values())
            warnings.append(told("hypotheses.failed", number=failed, first=first))
        failures = by_reason((error, {"arm": arm}) for (arm, _), error in sorted(self._errors().items()))
        return Findings(found, self.quick, runs, self._provenance(), warnings, failures)

    def _errors(self) -> dict[tuple[str, int], str]:
        """Return the errors of the runs that failed, by arm and seed."""
        return {run: error for pool in self._pools.values() for run, error in pool.errors.items()}

    def _run(self, wanted: Callable[[Trial], Wanted]) -> None:
        for pool, request in self._requests(wanted):
            pool.ensure(request)

    def _requests(self, wanted: Callable[[Trial], Wanted]) -> list[tuple[Pool, dict[str, set[int]]]]:
        """Return the runs that each store must hold; equal arms of several hypotheses count once."""
        found: dict[int, tuple[Pool, dict[str, set[int]]]] = {}
        for trial in self.trials:
            request = found.setdefault(id(trial.pool), (trial.pool, {}))[1]
            for variant, numbers in wanted(trial):
                for text in trial.arms(variant):
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
                trial.hypothesis.id: {
                    "scenario": getattr(getattr(trial.hypothesis.task, "scenario", None), "digest", None),
                    "seed": trial.hypothesis.common.seed,
                    "pilot": trial.plan.pilot,
                    "replicates": trial.plan.replicates,
                    "worlds": len(trial.worlds),
                    "registered": None if trial.registration is None else trial.registration.as_data(),
                }
                for trial in self.trials
            },
            "stores": [str(path) for pool in self._pools.values() for path in pool.stores],
            "versions": versions(),
            "revision": revision(),
            "platform": host(),
        }


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
            raise InputError(
                told("error.hypothesis.points"), key="--samples", given=samples, allowed=told("error.hypothesis.from_0")
            )
        changes["robustness"] = one.common.robustness.model_copy(update={"samples": samples})
    return replace(one, common=one.common.model_copy(update=changes)) if changes else one
