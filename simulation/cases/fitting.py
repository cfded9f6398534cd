"""Fitting a case: plausible worlds and free parameters, refined by what was observed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.cases import adequacy
from simulation.cases.distances import Rows, Scales, distances, floor_of, scales_of
from simulation.cases.fit_folder import (
    CHECK,
    QUICKLY,
    RUNS,
    check_folder,
    check_writable,
    clear,
    damaged_anew,
    folder_of,
    is_shipped,
)
from simulation.cases.fitted import Fit
from simulation.cases.observing import NEVER_SEEN, Observing
from simulation.cases.pinning import parameter_table
from simulation.cases.prior import Prior
from simulation.cases.search import Found, Latents, search
from simulation.evidence.replaying import Replay
from simulation.experiments.arms import LARGEST_SEED
from simulation.experiments.design.distributions import Range
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.kept import Kept
from simulation.experiments.running.protocol import Around, Results
from simulation.experiments.running.worker import OK
from simulation.files.errors import InputError, told

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case

type Array = NDArray[np.float64]

GENERATION, PARTICLE = "generation", "particle"
"""Factors beside the vector: each particle of each generation has a seed of its own, also where a vector returns."""
_MOST = 1_000_000
_ERRORS, _FLOOR, _DRAWN, _REPLICATED = range(4)
"""Streams of numbers drawn beside the search."""


class Size(NamedTuple):
    """Particles, and runs of a whole search."""

    particles: int
    budget: int


NORMAL, QUICK = Size(1_000, 16_000), Size(250, 1_250)
"""Sizes of a fit; a quick one has three generations after the first, and says that it is quick."""


class Turn(Around):
    """The task of a fit's stores: a case under a vector, whichever generation and particle it belongs to.

    Parameters
    ----------
    task : Observing
        The case as a task.
    prior : Prior
        Part of what stores are known by.
    particles : int
        Part of what stores are known by: with other numbers the search goes elsewhere.
    """

    def __init__(self, task: Observing, prior: Prior, particles: int) -> None:
        super().__init__(task)
        self._identity = {**super().identity, "particles": particles, "prior": prior.spec()}

    def __call__(self, parameters: dict[str, Any], seed: int) -> Results:
        """Run it."""
        return self.task({key: value for key, value in parameters.items() if key not in (GENERATION, PARTICLE)}, seed)

    @property
    def identity(self) -> dict[str, Any]:
        """Plain data that describes what runs."""
        return self._identity


@dataclass
class Runs:
    """Runs of a case on a store.

    Attributes
    ----------
    replay : Replay
        Runs the points.
    columns : list of str
        Names of the predictions.
    rows : Rows
        The observed rows.
    failed : int
        Runs that failed so far.
    """

    replay: Replay
    columns: list[str]
    rows: Rows
    failed: int = 0

    def __call__(self, generation: int, vectors: list[dict[str, Any]]) -> Array:
        """Return predictions, shape (vectors, rows), of one run each: nan where it failed, events in weeks."""
        points = [{GENERATION: generation, PARTICLE: place, **vector} for place, vector in enumerate(vectors)]
        runs = self.replay(points, self.columns)
        mine = runs[runs[GENERATION] == generation].sort_values(PARTICLE)
        self.failed += int((mine["status"] != OK).sum())
        found = mine[self.columns].to_numpy(np.float64, copy=True)
        found[(self.rows.kind == "event") & (found == NEVER_SEEN)] = np.inf
        found[(mine["status"] != OK).to_numpy()] = np.nan
        return found


@dataclass
class Search:
    """The search of a fit: predictions of a generation to distances, with scales from the first.

    Attributes
    ----------
    scales : Scales or None
        Scales of the residuals; None before generation 0.
    floor : float
        Smallest tolerance that the errors of the rows justify.
    first : Latents or None
        Vectors of generation 0, drawn from the prior, without those that could not be run: where the scenario refuses
        some values together, the prior is what it accepts.
    """

    prior: Prior
    runs: Runs
    seed: int
    scales: Scales | None = None
    floor: float = 0.0
    first: Latents | None = field(default=None, repr=False)

    def __call__(self, generation: int, latents: Latents) -> Array:
        """Return distances; those of generation 0 under two seeds, shape (n, 2)."""
        vectors, rows = self.prior.values(latents), self.runs.rows
        if generation:
            assert self.scales is not None
            return distances(rows, self.scales, self.runs(generation, vectors))
        one, two = np.split(self.runs(0, vectors + vectors), 2)
        whole = ~(np.isnan(one) | np.isnan(two)).any(axis=1)
        if not whole.any():
            self._refuse()
        self.first = latents.at(~(np.isnan(one) & np.isnan(two)).any(axis=1))
        self.scales = scales_of(rows, one, two, self._rng(_ERRORS))
        self.floor = floor_of(rows, self.scales, one, two, self._rng(_FLOOR))
        return np.column_stack([distances(rows, self.scales, found) for found in (one, two)])

    def _refuse(self) -> None:
        stored = self.runs.replay.stored
        failed = None if stored is None else stored.failed
        first = failed["error"].iloc[0] if failed is not None and len(failed) else ""
        raise InputError(told("error.case.all_failed", first=first), file=self.runs.replay.store)

    def _rng(self, stream: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stream, _MOST])


def fit(
    case: Case,
    *,
    quick: bool = False,
    seed: int = 0,
    budget: int | None = None,
    folder: str | Path | None = None,
    **options: Any,
) -> Fit:
    """Fit a case, going on where an earlier attempt stopped, and save the fit into its folder.

    Parameters
    ----------
    case : Case
        The case, with observed rows.
    quick : bool
        True for a first look: fewer vectors, three generations.
    seed : int
        Seed of the search and of its runs.
    budget : int, optional
        Largest number of runs of the search; by default that of `NORMAL` or `QUICK`. A larger one goes on.
    folder : path, optional
        Gets the fit; by default ``fit`` in the case's folder. It is new or empty, or holds a fit of the case, which is
        replaced, or one that was stopped, which goes on.
    **options
        As for ``sweep``: workers, dask, executor, run_timeout, progress, lang.

    Raises
    ------
    InputError
        No observed row, a budget too small, every run fails, a folder that holds something else or cannot be written,
        or a store that cannot be used.
    KeyboardInterrupt
        When interrupted; finished runs are kept.
    """
    size = QUICK if quick else NORMAL
    budget = _checked(case, size, seed, budget)
    if folder is None and is_shipped(case):
        allowed = told("error.case.shipped.allowed", name=case.name)
        raise InputError(told("error.case.shipped"), key="folder", given=case.name, allowed=allowed)
    folder = folder_of(case, folder)
    check_folder(case, folder)
    check_writable(folder, "--out")
    rows, prior, observing = Rows.of(case), Prior.of(case), Observing(case)
    task = Turn(observing, prior, size.particles)
    # A first look leaves the runs of a whole fit as they are.
    stores = {name: f"{QUICKLY}{name}" if quick else name for name in (RUNS, CHECK)}
    clear(folder, stores.values(), task.identity, seed)
    with damaged_anew(folder / name for name in stores.values()), Kept() as kept:
        options = {**options, "kept": kept}

        def on(store: str, replay: bool) -> Runs:
            replays = Replay(
                task, folder / store, seed, False, 1, options, replay, name=f"{case.name}-{Path(store).stem}",
                file=str(case.folder), factors=_factors(prior),
            )  # fmt: skip
            return Runs(replays, observing.columns, rows)

        looking = Search(prior, on(stores[RUNS], replay=True), seed)
        found = search(
            looking,
            prior.shape,
            particles=size.particles,
            budget=budget,
            seed=seed,
            floor=lambda: looking.floor,
        )
        checked = _check(prior, found, looking, on(stores[CHECK], replay=False))
    made = _fit(case, prior, found, looking, checked, quick, budget, folder)
    made.save()
    return made


def _checked(case: Case, size: Size, seed: int, budget: int | None) -> int:
    if not case.rows:
        raise InputError(told("error.case.unobserved"), file=case.folder, allowed=told("error.case.unobserved.allowed"))
    least = 3 * size.particles
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int) or budget < least):
        raise InputError(
            told("error.case.budget"),
            key="--budget",
            given=budget,
            allowed=told("error.case.budget.allowed", least=least),
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise InputError(
            told("error.not_a_seed"), key="--seed", given=seed, allowed=told("error.seed.bounds", most=LARGEST_SEED)
        )
    return size.budget if budget is None else budget


def _factors(prior: Prior) -> tuple[Factor, ...]:
    counters = (Factor(name, Range(0, _MOST, integer=True)) for name in (GENERATION, PARTICLE))
    return (*counters, *prior.factors)


def _check(prior: Prior, found: Found, looking: Search, runs: Runs) -> pd.DataFrame:
    """Run vectors of the posterior anew, and compare them with what was observed."""
    assert looking.scales is not None
    seed, rows = looking.seed, runs.rows
    chosen = adequacy.drawn_by_weight(found.weights, adequacy.VECTORS, looking._rng(_DRAWN))
    vectors = prior.values(found.latents.at(chosen))
    # Numbered by the runs so far: checks of searches that went on longer stand beside these, with seeds of their own.
    predicted = runs(found.generations[-1].runs, vectors * adequacy.SEEDS).reshape(
        adequacy.SEEDS, len(vectors), len(rows.value)
    )
    rng = np.random.default_rng([seed, _REPLICATED, _MOST])
    return adequacy.adequacy(rows, looking.scales, predicted.swapaxes(0, 1), rng)


def _fit(
    case: Case, prior: Prior, found: Found, looking: Search, checked: pd.DataFrame, quick: bool, budget: int,
    folder: Path,
) -> Fit:  # fmt: skip
    import pandas as pd

    assert looking.first is not None
    assert looking.scales is not None
    names, particles = prior.names, (QUICK if quick else NORMAL).particles
    vectors = pd.DataFrame(prior.values(found.latents), columns=names)
    vectors["weight"] = found.weights
    steps = pd.DataFrame(found.generations).rename_axis("generation").reset_index()
    about = {
        "budget": budget,
        "runs": found.generations[-1].runs,
        "particles": particles,
        "refused": particles - len(looking.first.world),
        "failed": looking.runs.failed,
        "generations": len(found.generations),
        "reason": found.reason,
        "tolerance": found.tolerance,
        "floor": looking.floor,
        "effective_size": found.effective_size,
        "worlds": prior.shape.worlds,
        "worlds_left": len(set(found.latents.world.tolist())),
        "smoothing": prior.smoothing,
        "gaps": {name: gap._asdict() for name, gap in looking.scales.gaps.items()},
    }
    return Fit(
        case, vectors, pd.DataFrame(prior.values(looking.first), columns=names),
        parameter_table(prior, looking.first, found.latents, found.weights), steps, checked,
        looking.scales.rows, looking.seed, quick, about, folder,
    )  # fmt: skip
