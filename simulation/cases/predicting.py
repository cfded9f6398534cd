"""Runs of a fitted case: as it was and otherwise, up to the last observation and on into the forecast."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation._version import EDITION
from simulation.cases.adequacy import drawn_by_weight
from simulation.cases.arms import AS_IT_WAS, Arm, arms
from simulation.cases.candidates import Candidate, candidates, value_of
from simulation.cases.case_file import SMALLEST
from simulation.cases.distances import Rows
from simulation.cases.fit_folder import PREDICTED, clear
from simulation.cases.horizon import Horizon, horizon
from simulation.cases.measures import MEASURES, predictions
from simulation.cases.observing import NEVER_SEEN
from simulation.cases.panels import series
from simulation.cases.watching import WATCHED, Seen, look, watch
from simulation.experiments.design.design import Design
from simulation.experiments.design.design_file import list_of_points
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.running.task import warm_model
from simulation.experiments.store.reading import Experiment
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import numbers_in_words
from simulation.metrics import METRICS
from simulation.model import MomentumModel

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.cases.fitted import Fit
    from simulation.scenario import Scenario

type Array = NDArray[np.float64]

STORE = PREDICTED
HEADLINES = (
    *("agenda", "depth", "core_effect", "effectiveness", "site_effect"),
    *("breadth", "surface", "participation", "reporting_gap"),
)
"""The same metrics as in the table that ends `wushi run`."""
DRAWS, QUICK_DRAWS = 200, 40
"""Vectors drawn from the posterior, each under seeds of its own that all arms share."""
SEEDS = 1
"""Seeds per vector. With more, averages over them would leave out a part of what chance does to one city."""
LOOKS = 60
"""Weeks, evenly spread, in which a run is looked at beside those with observed rows."""
_ARM, _DRAW = "arm", "draw"
_ROWS, _CANDIDATES, _PANEL = "rows", "candidates", "panel."
_STREAM = 7


def metric_names(case: Case) -> tuple[str, ...]:
    """Return the headline metrics, and those of which the case says what difference matters."""
    return tuple(dict.fromkeys((*HEADLINES, *smallest(case))))


def smallest(case: Case) -> dict[str, float]:
    """Return the smallest differences that matter, by metric: the case's own, or the standard ones."""
    return dict(case.settings.smallest) or dict(SMALLEST)


class Predicting:
    """A task (see `experiments.running.protocol`): a vector, ``arm`` and ``draw`` to metrics and series.

    Metrics are named ``now.METRIC`` and ``end.METRIC``. Series hold metrics and panels by week, and, in the arm as it
    was, the predicted observed rows and candidates one after another. Each draw has seeds of its own: the same ones in
    all arms, so that differences between arms are no differences between seeds.

    Parameters
    ----------
    case : Case
        The case.
    content : str
        Digest of the points, by which a store knows them.
    """

    def __init__(self, case: Case, content: str = "") -> None:
        self.case, self.content = case, content
        self.horizon = horizon(case)
        self.run = max(self.horizon.end, Rows.of(case).last) + 1
        self.arms = {arm.name: arm for arm in arms(case)}
        self.shown = metric_names(case)
        observed = {row.measure for row in case.rows}
        self.panels = tuple(f"{_PANEL}{name}" for name in MEASURES if name in observed)

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Run one arm."""
        last, end = self.horizon
        # The case as it was runs on to the week in which the last observed row can still be told.
        weeks = self.run if parameters[_ARM] == AS_IT_WAS else end + 1
        spec, seed = self._laid(parameters, seed, weeks)
        more: dict[str, list[float]] = {}
        if parameters[_ARM] == AS_IT_WAS:
            looked = sorted({spot.week for spot in self.case.spots} | set(grid(end)))
            seen = watch(spec, seed, [week for week in looked if week <= last])
            model = seen.model
            panels, asked = self._onward(seen, looked)
            model.compute_ahead(self.run - model.week)
            more = panels | {_ROWS: self._rows(seen), _CANDIDATES: asked}
        else:
            model = MomentumModel(spec, rng=seed)
        model.compute_ahead(end + 1 - model.week)
        weekly = _weekly(model, self.shown, self.case)
        metrics = {f"{time}.{name}": float(weekly[name][week])
                   for time, week in (("now", last), ("end", end)) for name in self.shown}  # fmt: skip
        lacking: dict[str, list[float]] = {key: [] for key in (*self.panels, _ROWS, _CANDIDATES)}
        return metrics, {name: weekly[name][: end + 1].tolist() for name in self.shown} | lacking | more

    def scenario(self, parameters: Mapping[str, Any], seed: int) -> tuple[Scenario, int]:
        """Return the scenario of one run, as long as the report is, and the seed under which it is run."""
        return self._laid(parameters, seed, self.horizon.end + 1)

    def _laid(self, parameters: Mapping[str, Any], seed: int, weeks: int) -> tuple[Scenario, int]:
        values = dict(parameters)
        arm, draw = self.arms[str(values.pop(_ARM))], int(values.pop(_DRAW))
        seed = int(np.random.SeedSequence([seed, draw]).generate_state(1, np.uint64)[0] >> 11)
        return self.case.scenario_for({**values, "weeks": weeks, **arm.values_for(values)}, seed), seed

    def _rows(self, seen: Seen) -> list[float]:
        """Return the observed rows' predictions; −1 for events that had not happened by the model's end."""
        late = look(seen.model)
        seen = replace(seen, since=late.since, withdrawn=late.withdrawn)
        time = {week: place for place, week in enumerate(seen.weeks)}
        spots = [spot._replace(time=time[spot.week]) for spot in self.case.spots]
        values = predictions(self.case.rows, spots, seen)
        return np.where(np.isfinite(values), values, NEVER_SEEN).tolist()

    def _onward(self, seen: Seen, looked: Sequence[int]) -> tuple[dict[str, list[float]], list[float]]:
        """Return the panels by week and the candidates; runs the model on."""
        end = self.horizon.end
        asked = candidates(self.case)
        by_panel = {name: np.full(end + 1, np.nan) for name in series(self.case, seen)}

        def keep(at: Seen) -> None:
            for name, values in series(self.case, at).items():
                by_panel[name][list(at.weeks)] = values

        keep(seen)
        found: dict[Candidate, float] = {}
        for week in sorted({week for week in looked if week > self.horizon.last} | {one.week for one in asked}):
            seen.model.compute_ahead(week + 1 - seen.model.week)
            at = look(seen.model)
            keep(at)
            found |= {one: value_of(self.case, one, at) for one in asked if one.week == week}
        return (
            {f"{_PANEL}{name}": _held(values).tolist() for name, values in by_panel.items()},
            [found[one] for one in asked],
        )

    @staticmethod
    def warm_up() -> None:
        """Import and compile the model."""
        warm_model()

    @property
    def identity(self) -> dict[str, Any]:
        """Plain data by which a store knows the task."""
        held = {name: [arm.values, arm.instead] for name, arm in self.arms.items()}
        return {
            "model": "wushi", "edition": EDITION, "watched": WATCHED,
            "case": self.case.name, "digest": self.case.digest, "weeks": self.horizon.end + 1,
            "arms": json.dumps(held, sort_keys=True, default=str), "content": self.content,
            "shown": ", ".join(self.shown),
        }  # fmt: skip


def grid(end: int) -> range:
    """Return the weeks, evenly spread, in which runs are looked at."""
    return range(0, end + 1, max(1, -(-(end + 1) // LOOKS)))


def _held(values: Array) -> Array:
    """Return a series whose gaps hold the value before them."""
    place = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))
    return np.asarray(values[place], dtype=np.float64)


def _weekly(model: MomentumModel, names: Sequence[str], case: Case) -> dict[str, Array]:
    """Return the metrics of the case's city by week."""
    outcome = model.outcome(case.hierarchy.cities.index(case.city))
    return {name: METRICS[name].compute(outcome) for name in names}


@dataclass(frozen=True)
class Predicted:
    """Runs of a posterior, all equally likely. Axes: a arm, s sample (draw × seed), w week, r row, c candidate.

    Attributes
    ----------
    arms : tuple of Arm
        As it was, then the counterfactuals.
    horizon : Horizon
        Last observed week, and last one that was run.
    now, end : dict of str to array, [a, s]
        Each metric at the last observed week and at the end; nan where a run failed.
    weekly : dict of str to array, [s, w]
        Each metric as it was, and each panel, named ``panel.MEASURE``.
    rows : array, [s, r]
        Predicted values of the observed rows; events as weeks, infinite where they never happened.
    candidates : tuple of Candidate
        What could be observed next.
    asked : array, [s, c]
        Their values.
    draws : int
        Vectors drawn; samples of one draw stand side by side.
    failed : int
        Runs that failed.
    """

    arms: tuple[Arm, ...]
    horizon: Horizon
    now: dict[str, Array]
    end: dict[str, Array]
    weekly: dict[str, Array]
    rows: Array
    candidates: tuple[Candidate, ...]
    asked: Array
    draws: int
    failed: int

    @property
    def runs(self) -> int:
        """Number of runs, failed ones included."""
        return int(next(iter(self.now.values())).size)


def predict(fit: Fit, **options: Any) -> Predicted:
    """Run vectors of the posterior in every arm, going on where an earlier attempt stopped.

    Parameters
    ----------
    fit : Fit
        The fit.
    **options
        As for ``sweep``: workers, dask, executor, run_timeout, progress, lang.

    Raises
    ------
    InputError
        When every run as it was fails, or the store cannot be used.
    """
    case = fit.case
    points = _points(fit)
    number, seeds = _size(fit)
    content = hashlib.sha256(json.dumps([points, seeds, fit.seed], default=str).encode()).hexdigest()
    task = Predicting(case, content)
    fit.place.mkdir(parents=True, exist_ok=True)
    clear(fit.place, [STORE], task.identity, fit.seed)
    factors, rows = list_of_points(points)
    design = Design(
        factors=factors, kind="list", rows=rows, replicates=seeds, seed=fit.seed, paired=True,
        weekly=(*task.shown, *task.panels, _ROWS, _CANDIDATES), name=f"{case.name}-predicted", file=str(case.folder),
    )  # fmt: skip
    return _gathered(task, sweep(design, task, store=fit.place / STORE, **options), number, seeds)


def one_run(fit: Fit, draw: int, arm: str, replicate: int) -> tuple[Scenario, int]:
    """Return scenario and seed of one run of a fit's report; see `simulation.cases.fitted.Fit.scenario`."""
    draws, seeds = _size(fit)
    for key, given, most in (("draw", draw, draws), ("replicate", replicate, seeds)):
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < most:
            raise InputError(
                told("error.out_of_range"), key=key, given=given, allowed=numbers_in_words(True, 0, most - 1)
            )
    points = {(point[_ARM], point[_DRAW]): point for point in _points(fit)}
    if (arm, draw) not in points:
        names = [one.name for one in arms(fit.case)]
        problem = told("error.case.arm")
        raise InputError(problem, key="arm", given=arm, allowed=listed(names), suggestion=nearest(str(arm), names))
    return Predicting(fit.case).scenario(points[arm, draw], run_seed(fit.seed, replicate, None))


def _size(fit: Fit) -> tuple[int, int]:
    """Return the number of vectors that are drawn, and of seeds of each."""
    return (QUICK_DRAWS if fit.quick else DRAWS), SEEDS


def _points(fit: Fit) -> list[dict[str, Any]]:
    """Return every vector that is drawn from the posterior in every arm."""
    keys = [name for name in fit.vectors.columns if name != "weight"]
    rng = np.random.default_rng([fit.seed, _STREAM])
    chosen = drawn_by_weight(fit.vectors["weight"].to_numpy(np.float64), _size(fit)[0], rng)
    vectors = [{key: _value(fit.vectors[key].iloc[place]) for key in keys} for place in chosen]
    names = [arm.name for arm in arms(fit.case)]
    return [{_ARM: name, _DRAW: draw, **vector} for draw, vector in enumerate(vectors) for name in names]


def _value(given: Any) -> Any:
    return given.item() if hasattr(given, "item") else given


def _gathered(task: Predicting, made: Experiment, draws: int, seeds: int) -> Predicted:
    runs = made.runs
    number, samples, end = len(task.arms), draws * seeds, task.horizon.end
    arm = {name: place for place, name in enumerate(task.arms)}
    places = (runs["arm"].map(arm).to_numpy(), (runs["draw"].astype(int) * seeds + runs["replicate"]).to_numpy())
    tables: dict[str, dict[str, Array]] = {"now": {}, "end": {}}
    for time, found in tables.items():
        for name in task.shown:
            table = np.full((number, samples), np.nan)
            if f"{time}.{name}" in runs:
                table[places] = runs[f"{time}.{name}"].to_numpy(np.float64)
            found[name] = table
    mine = runs[runs["arm"] == AS_IT_WAS]
    if not (mine["status"] == "ok").any():
        first = mine["error"].iloc[0] if len(mine) else ""
        raise InputError(told("error.case.all_failed", first=first), file=made.path)
    sample_of = dict(zip(zip(mine["point"], mine["replicate"], strict=True), places[1][mine.index], strict=True))
    length = {_ROWS: len(task.case.rows), _CANDIDATES: len(candidates(task.case))}
    names = (*task.shown, *task.panels, _ROWS, _CANDIDATES)
    weekly = {name: np.full((samples, length.get(name, end + 1)), np.nan) for name in names}
    for key, part in made.weekly.groupby(["point", "replicate"], sort=False):
        if key in sample_of:
            for name in names:
                values = part[name].to_numpy(np.float64)
                width = min(len(values), weekly[name].shape[1])
                weekly[name][sample_of[key], :width] = values[:width]
    rows, asked = weekly.pop(_ROWS), weekly.pop(_CANDIDATES)
    events = np.array([MEASURES[row.measure].kind == "event" for row in task.case.rows], dtype=bool)
    rows[:, events] = np.where(rows[:, events] == NEVER_SEEN, np.inf, rows[:, events])
    return Predicted(
        tuple(task.arms.values()), task.horizon, tables["now"], tables["end"], weekly, rows,
        candidates(task.case), asked, draws, int((runs["status"] != "ok").sum()),
    )  # fmt: skip
