"""A saved run that goes on from one of its weeks: as it was, or with other values from then on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation import interventions
from simulation.files.errors import InputError, told
from simulation.files.reading import stands
from simulation.files.saved_run import check_saved
from simulation.results import RunResult
from simulation.scenario.changing import refuse_fixed
from simulation.scenario.settings import with_settings_of_changes

if TYPE_CHECKING:
    import pandas as pd

    from simulation.model import MomentumModel
    from simulation.scenario import Scenario

STATE = "state.npz"
"""The saved state in a run's folder."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Parent:
    """A run in a folder, from which others branch.

    Attributes
    ----------
    folder : Path
        Its folder.
    result : RunResult
        The run as its files have it.
    weekly : DataFrame
        Its weekly table, to the last bit.
    """

    folder: Path
    result: RunResult
    weekly: pd.DataFrame

    @classmethod
    def open(cls, folder: str | Path) -> Parent:
        """Return the run in a folder.

        Raises
        ------
        InputError
            The folder is not a saved run, or its scenario is not the one that ran.
        """
        folder = Path(folder)
        check_saved(folder)
        result = RunResult.load(folder)
        if result.spec.digest != result.provenance.get("digest"):
            raise InputError(told("error.branch.digest"), file=folder, allowed=told("error.branch.again"))
        return cls(folder, result, exact_weekly(folder))

    @property
    def weeks(self) -> int:
        """Weeks that were run."""
        return len(self.weekly)

    @property
    def complete(self) -> bool:
        """True where the run came to its scenario's end."""
        return self.weeks >= self.result.spec.weeks


def exact_weekly(folder: Path) -> pd.DataFrame:
    """Return the weekly table of a run's folder, every number as it was written.

    Raises
    ------
    InputError
        When there is none.
    """
    import pandas as pd

    table, packed = folder / "weekly.csv", folder / "weekly.parquet"
    if not table.is_file() and packed.is_file():
        return pd.read_parquet(packed)
    return exact_table(table)


def exact_table(file: Path) -> pd.DataFrame:
    """Return a table of numbers from a CSV file, every number as it was written.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    import pandas as pd

    try:
        # Some versions of pandas read numbers rounded; Python's own reading is exact in all.
        texts = pd.read_csv(file, dtype=str, keep_default_na=False)
        if "week" not in texts:
            raise InputError(told("error.saved.no_part", part="week"), file=file)
        numbers = {name: [float(text or "nan") for text in texts[name]] for name in texts.columns}
        return pd.DataFrame({**numbers, "week": [int(week) for week in texts["week"]]})
    except InputError:
        raise
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise InputError(told("error.saved.table", name=file.stem, reason=reason), file=file.parent) from None


def check_week(week: int, weeks: int, key: str = "--at") -> None:
    """Raise InputError unless a run of so many weeks has this week."""
    if not 0 <= week < weeks:
        allowed = told("error.from_to", least=0, most=weeks - 1)
        raise InputError(told("error.out_of_range"), key=key, given=week, allowed=allowed)


def branched(
    spec: Scenario,
    week: int,
    settings: Mapping[str, Any],
    *,
    length: int | None = None,
    cities: Sequence[str] = (),
    units: Sequence[str] = (),
    title: str = "",
) -> Scenario:
    """Return a scenario with other values from a week on.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    week : int
        First week in which the values hold.
    settings : mapping
        Dotted key to value; ``execution.oversight@90`` holds from week 90 on, which is not before ``week``. None: the
        scenario itself.
    length, cities, units, title
        As for `Scenario.with_change`; they hold for every setting.

    Raises
    ------
    InputError
        A parameter that cannot change, a week before ``week`` or beyond the end, a value out of range.
    """
    check_week(week, spec.weeks)
    where: dict[str, Any] = {"length": length, "cities": tuple(cities), "units": tuple(units), "title": title}
    given = {name: value for name, value in where.items() if value not in (None, (), "")}
    if not settings:
        if given:
            allowed = told("error.branch.no_setting.allowed")
            raise InputError(told("error.branch.no_setting"), key=f"--{next(iter(given))}", allowed=allowed)
        return spec
    dated: dict[str, Any] = {}
    for key, value in settings.items():
        plain, at, later = key.partition("@")
        refuse_fixed(plain, tuple(cities), tuple(units))
        first = int(later) if at else week
        if not week <= first < spec.weeks:
            allowed = told("error.from_to", least=week, most=spec.weeks - 1)
            raise InputError(told("error.branch.week"), key=plain, given=first, allowed=allowed)
        dated[f"{plain}@{first}"] = value
    made = with_settings_of_changes(dated, spec.changes)["changes"]
    for one in made[len(spec.changes) :]:
        one |= given
    return spec.with_values({"changes": made})


def model_at(parent: Parent, week: int, threads: int = 1, progress: Progress | None = None) -> MomentumModel:
    """Return the model of a run as it was when a week opened.

    It comes from the saved state in the run's folder, where that is of this week or an earlier one; else it is run
    again from its scenario and seed. Either way its past must be that of the run's files.

    Parameters
    ----------
    parent : Parent
        The run.
    week : int
        The week that comes next.
    threads : int
        As of `MomentumModel`.
    progress : callable, optional
        Called after each week with weeks done and weeks to do.

    Raises
    ------
    InputError
        A state that cannot be used, or numbers that are not those of the run's files.
    """
    state = parent.folder / STATE
    model = None
    if parent.weeks <= week and stands(state):
        model = _from_state(state, parent, threads)
    if model is None:
        from simulation.model import MomentumModel

        model = MomentumModel(parent.result.spec, rng=parent.result.seed, threads=threads)
    advance(model, week, progress)
    _check_past(model, parent)
    return model


def _from_state(state: Path, parent: Parent, threads: int) -> MomentumModel:
    from simulation.saving import load_state

    try:
        model = load_state(state, threads=threads)
    except InputError as problem:
        raise problem.replaced(file=problem.file or state, allowed=told("error.branch.delete_state")) from None
    if (model.spec.digest, model.seed, model.week) != (parent.result.spec.digest, parent.result.seed, parent.weeks):
        raise InputError(told("error.branch.other_state"), file=state, allowed=told("error.branch.delete_state"))
    # The same scenario, but as the run's folder tells it: two ways to one future must not tell it differently.
    model.spec = parent.result.spec
    return model


def advance(model: MomentumModel, week: int, progress: Progress | None = None) -> None:
    """Run a model until a week comes next."""
    begun = model.week
    if progress is None:
        model.compute_ahead(max(week - begun, 0))
        return
    for done in range(week - begun):
        model.compute_ahead(1)
        progress(done + 1, week - begun)


def _check_past(model: MomentumModel, parent: Parent) -> None:
    """Raise InputError unless the weeks that both have are the same to the last bit."""
    from simulation.tables import weekly_table

    rows = min(model.week, parent.weeks)
    if not rows:
        return
    past, saved = weekly_table(model).head(rows), parent.weekly.head(rows)
    try:
        same = list(past.columns) == list(saved.columns) and past.astype(float).equals(saved.astype(float))
    except (ValueError, TypeError):  # words where numbers were
        same = False
    if not same:
        raise InputError(told("error.branch.past"), file=parent.folder, allowed=told("error.branch.again"))


def went_on(
    model: MomentumModel, parent: Parent, spec: Scenario, week: int, progress: Progress | None = None
) -> RunResult:
    """Let a model go on to its end under a scenario that `branched` made of its parent's.

    Parameters
    ----------
    model : MomentumModel
        What `model_at` returned for ``parent`` and ``week``, or a twin of it.
    parent : Parent
        The run that it branches from.
    spec : Scenario
        The parent's scenario, or that with further changes.
    week : int
        The week of the branch.
    progress : callable, optional
        As for `model_at`.

    Raises
    ------
    InputError
        A change that names no place of this run, or that cannot be made while others hold.
    """
    began = time.perf_counter()
    for number in range(len(parent.result.spec.changes) + 1, len(spec.changes) + 1):
        interventions.add(model, _first_changes(spec, number))
    advance(model, spec.weeks, progress)
    result = RunResult.of(model, time.perf_counter() - began)
    _tell_origin(result, parent, week)
    return result


def _first_changes(spec: Scenario, number: int) -> Scenario:
    """Return a scenario with its first changes alone."""
    if number == len(spec.changes):
        return spec
    return spec.with_values({"changes": [dict(one.__dict__) for one in spec.changes[:number]]})


def _tell_origin(result: RunResult, parent: Parent, week: int) -> None:
    """Let the provenance of a branch say what its parent's says, the changes since, and where it branched."""
    origin, told_of = parent.result.provenance, result.provenance
    told_of["scenario_name"] = origin.get("scenario_name", told_of["scenario_name"])
    places = origin["scenario"]["structure"]
    if "file" in places:
        told_of["scenario"]["structure"]["file"] = places["file"]
    listed = told_of["scenario"].get("changes", [])
    told_of["changes"] = {**origin.get("changes", {}), **({"changes": listed} if listed else {})}
    told_of["branch"] = {"of": origin["digest"], "week": week}
