"""The pattern table: the response of the model to one change at a time, on common random numbers.

Each pattern is one entry of ``patterns.toml``: the change, its baseline, the value from an independent implementation
of the same equations, and the direct products between the change and effectiveness, by which it is labelled.
"""

from __future__ import annotations

import functools
import math
import multiprocessing
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.metrics import WEEKS_AFTER
from simulation.results import run
from simulation.scenario import Scenario, load_scenario
from simulation.verification.patterns.direct import Direct, direct_of, read_direct

if TYPE_CHECKING:
    import pandas as pd

#: The default world; and the world with whose constants the published numbers were made.
SCENARIO, PUBLISHED_SCENARIO = "zhaoqing", "zhaoqing-by-hand"
PAIRS, CITIZENS = 30, 6_000
#: Number of communities in the published measurement with its 6,000 citizens.
COMMUNITIES = 155
METRICS = (
    "effectiveness",
    "core_effect",
    "depth",
    "agenda",
    "site_effect",
    "pilot_effect",
    "surface",
    "co_operation",
    "participation",
    "proven",
    "substantive",
    "symbolic",
    "persistence",
    "scale_up_gap",
)
#: Number of domains that the plan takes on; the metric ``agenda`` is that at the end.
AT_FIRST = "agenda_at_first"
SOURCES = ("instruction", "renewal", "broadcast", "need", "spotlight", "participation", "diffusion")

Values = Mapping[str, Any]
#: Arm, changes, seed, citizens, scenario that is changed.
Task = tuple[str, dict[str, Any], int, int, str]


@dataclass(frozen=True)
class Pattern:
    """One line of the table.

    Attributes
    ----------
    id : str
        Number of the pattern and, after a dot, the name of the case.
    en, zh : str
        The change, in words.
    overrides : mapping
        Dotted keys and values, relative to the base scenario of the world that the patterns were asked for.
    published : float or None
        Effectiveness ÷ that of the null, as published with the equations (±.03), in the world of
        ``PUBLISHED_SCENARIO``; None where nothing was published.
    direct : Direct or None
        The direct products between the change and effectiveness; None for the removal or replacement of one mechanism.
    null : mapping
        The baseline, relative to the base scenario; empty for the base scenario itself.
    levels : mapping
        Published levels of other metrics, or of ``AT_FIRST``, under this change.
    """

    id: str
    en: str
    zh: str
    overrides: Values
    published: float | None
    direct: Direct | None
    null: Values = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)


_DATA = tomllib.loads(resources.files(__package__).joinpath("patterns.toml").read_text(encoding="utf-8"))


def _changes(name: str | None, values: dict[str, Any]) -> dict[str, Any]:
    """Return values over those that a named scenario, if there is one, sets itself."""
    if name is None:
        return values
    scenario = load_scenario(name)
    own = [key for key, origin in scenario.origins.items() if origin == f"{name}.toml"]
    return {key: scenario.values[key] for key in own if key not in ("title", "question")} | values


def _group(share: float | None, strength: float) -> dict[str, Any]:
    """Return the intensity of a share of a world's leading group, rounded to the decimal that is meant."""
    return {} if share is None else {"stages.authority.intensity": round(share * strength, 9)}


@functools.cache
def patterns_in(scenario: str = SCENARIO) -> tuple[Pattern, ...]:
    """Return the patterns of the table as changes of one world, whose own leading group their shares refer to."""
    base = load_scenario(scenario)
    strength, paths = base.stages.authority.effective_intensity, read_direct(_DATA["direct"], base.values)
    return tuple(
        Pattern(
            entry["id"],
            entry["en"],
            entry["zh"],
            _changes(entry.get("scenario"), _group(entry.get("group"), strength) | entry.get("set", {})),
            entry.get("published"),
            direct_of(entry, paths),
            _changes(entry.get("null_scenario"), entry.get("null", {})),
            entry.get("levels", {}),
        )
        for entry in _DATA["pattern"]
    )


#: The patterns as changes of the default world.
PATTERNS: tuple[Pattern, ...] = patterns_in(SCENARIO)
#: Published levels of the base scenario.
BASE_LEVELS: dict[str, float] = _DATA["base"]
#: Approximate uncertainty of the published ratios.
PUBLISHED_HALF_WIDTH: float = _DATA["half_width"]


@functools.cache
def base_scenario(citizens: int = CITIZENS, scenario: str = SCENARIO) -> Scenario:
    """Return the scenario that patterns change, with fewer citizens: a world of Zhaoqing."""
    communities = COMMUNITIES if citizens == CITIZENS else "auto"
    return load_scenario(scenario).with_values({"structure.citizens": citizens, "structure.communities": communities})


def _one(task: Task) -> dict[str, Any]:
    arm, overrides, seed, citizens, scenario = task
    result = run(base_scenario(citizens, scenario).with_values(overrides), seed=seed)
    ledger, cells, state = result.ledger, result.cells, result.model.state
    path = result.weekly["effectiveness"].to_numpy()
    peak = int(path.argmax())
    amounts = ledger[ledger["kind"] == "source"].groupby("account")["amount"].sum()
    sites = cells[cells["site_since"].notna()]
    embellished = sites[sites["reported"] > sites["effect"] + 1e-12]
    covered, piloted = (series[-1] for series in (result.model.record.covered, result.model.record.piloted))
    planned = np.clip(state.plan_week, 0, result.spec.weeks - 1)
    taken_on = result.model.record.active[planned, np.arange(len(planned))].sum(axis=1)
    return {
        "arm": arm,
        "seed": seed,
        **{name: result.summary[name] for name in METRICS},
        AT_FIRST: float(taken_on.mean()),
        **{f"source_{name}": float(amounts[name]) for name in SOURCES},
        "kept_of_peak": _quotient(path[-1], path[peak]),
        "year_after_peak": _quotient(path[peak + WEEKS_AFTER], path[peak])
        if peak + WEEKS_AFTER < len(path)
        else math.nan,
        "true_to_reported": _quotient(sites["effect"].sum(), sites["reported"].sum()),
        "true_to_reported_hollow": _quotient(embellished["effect"].sum(), embellished["reported"].sum()),
        "answered": float(sites["participation"].mean()),
        "tried": int((piloted > 0).sum()),
        "proven_trials": int((state.proven & (piloted > 0)).sum()),
        "rolled_out": int(((piloted > 0) & (covered > piloted)).sum()),
    }


def _quotient(above: float, below: float) -> float:
    return float(above) / float(below) if below > 0 else math.nan


def run_arms(
    arms: Mapping[str, Values],
    pairs: int,
    seed: int = 0,
    citizens: int = CITIZENS,
    workers: int = 1,
    scenario: str = SCENARIO,
) -> pd.DataFrame:
    """Run every arm under the seeds ``seed`` … ``seed + pairs − 1``, in order of arm and seed.

    Parameters
    ----------
    arms : mapping
        Name to the change of the base scenario.
    pairs : int
        Runs per arm; run r of every arm has the same seed.
    seed, citizens : int
        First seed; simulated citizens.
    workers : int
        Processes; no influence on the numbers.
    scenario : str
        Name of the base scenario, the world in which every arm runs.

    Returns
    -------
    DataFrame
        One row per run: arm, seed, metrics, sources, roll-out counts.
    """
    tasks = [(arm, dict(values), seed + r, citizens, scenario) for arm, values in arms.items() for r in range(pairs)]
    return run_tasks(tasks, workers)


def run_tasks(tasks: list[Task], workers: int = 1) -> pd.DataFrame:
    """Run (name, changes, seed, citizens, scenario) each and return one row per run, in the given order."""
    import pandas as pd

    if workers == 1:
        return pd.DataFrame([_one(task) for task in tasks])
    from pebble import ProcessPool

    with ProcessPool(max_workers=workers, context=multiprocessing.get_context("spawn")) as pool:
        return pd.DataFrame(list(pool.map(_one, tasks, chunksize=8).result()))


def ratio(null: Any, changed: Any, level: float = 0.95) -> tuple[float, float]:
    """Return the ratio of two paired means and the half-width of its interval.

    The interval is Student's t on changed − ratio × null (the delta method for a ratio of paired means).
    """
    from simulation.experiments.statistics import critical

    below, above = np.asarray(null, dtype=float), np.asarray(changed, dtype=float)
    middle, number = float(below.mean()), len(below)
    if not middle > 0:
        return math.nan, math.nan
    found = float(above.mean()) / middle
    if number < 2:
        return found, math.nan
    error = float((above - found * below).std(ddof=1)) / math.sqrt(number) / middle
    return found, critical(level, number) * error


def arms_of(patterns: Iterable[Pattern], common: Values) -> dict[str, dict[str, Any]]:
    """Return every different set of changes once, under its name: patterns and their nulls, base first."""
    arms: dict[str, dict[str, Any]] = {"base": dict(common)}
    for pattern in patterns:
        arms.setdefault(_null_name(pattern), dict(common) | dict(pattern.null))
        arms[pattern.id] = dict(common) | dict(pattern.overrides)
    return arms


def _null_name(pattern: Pattern) -> str:
    changed = ", ".join(f"{key} {value}" for key, value in pattern.null.items() if not isinstance(value, Mapping))
    return f"base with {changed}" if changed else "base"


def measure(
    pairs: int = PAIRS,
    seed: int = 0,
    citizens: int = CITIZENS,
    *,
    patterns: Iterable[Pattern] = PATTERNS,
    common: Values | None = None,
    workers: int = 1,
    scenario: str = SCENARIO,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure patterns; return the table (one row per pattern) and the runs behind it.

    Parameters
    ----------
    pairs, seed, citizens, workers, scenario
        See `run_arms`.
    patterns : iterable of Pattern
        The patterns to measure; by default all.
    common : mapping, optional
        Changes made in both arms of every pair, such as ``{"execution.h": 1.0}``.

    Returns
    -------
    table : DataFrame
        id, en, zh, published, null (its name), difference, low, high (95 %), ratio, half_width.
    runs : DataFrame
        See `run_arms`.
    """
    patterns = tuple(patterns)
    runs = run_arms(arms_of(patterns, common or {}), pairs, seed, citizens, workers, scenario)
    return table_of(runs, patterns), runs


def table_of(runs: pd.DataFrame, patterns: Iterable[Pattern]) -> pd.DataFrame:
    """Return one row per pattern from the runs of all arms."""
    import pandas as pd

    from simulation.experiments.statistics import paired

    by_arm = {name: part.sort_values("seed")["effectiveness"].to_numpy() for name, part in runs.groupby("arm")}
    rows = []
    for pattern in patterns:
        null, changed = by_arm[_null_name(pattern)], by_arm[pattern.id]
        found, half = ratio(null, changed)
        gap = paired(null, changed, method="t")
        rows.append(
            {
                "id": pattern.id,
                "en": pattern.en,
                "zh": pattern.zh,
                "published": pattern.published,
                "null": _null_name(pattern),
                "difference": gap.mean,
                "low": gap.low,
                "high": gap.high,
                "ratio": found,
                "half_width": half,
            }
        )
    return pd.DataFrame(rows)
