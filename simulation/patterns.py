"""The pattern table: what the model does when one thing is changed, on common random numbers (model §9).

Each pattern is one line of data: what is changed, against what, what an independent implementation of the same
equations found, and whether the pattern follows from an equation (assumed) or is the model's own claim (emergent).
"""

from __future__ import annotations

import functools
import math
import multiprocessing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulation.accounts import STAGES
from simulation.results import run
from simulation.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd

SCENARIO = "zhaoqing"
PAIRS, CITIZENS = 40, 6_000
#: As many as the published measurement has for its 6,000 citizens.
COMMUNITIES = 155
METRICS = (
    "effectiveness", "core_effect", "site_effect", "pilot_effect", "surface", "participation", "proven", "symbolic",
    "persistence", "scale_up_penalty",
)  # fmt: skip
SOURCES = ("instruction", "renewal", "broadcast", "need", "participation", "diffusion")

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Pattern:
    """One line of the table.

    Attributes
    ----------
    id : str
        Number of the pattern, and after a dot which of its cases.
    en, zh : str
        What is changed, in words.
    overrides : mapping
        Dotted keys and values, relative to the base scenario.
    published : float or None
        Effectiveness ÷ that of the null, as published with the equations (±.03); None where nothing was.
    status : {"emergent", "assumed", "half assumed", "switch-off"}
        Whether it follows almost directly from an equation.
    null : mapping
        What it is compared with, relative to the base scenario; empty for the base scenario itself.
    levels : mapping
        Published levels of other metrics under this change.
    """

    id: str
    en: str
    zh: str
    overrides: Values
    published: float | None
    status: str
    null: Values = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)


def _stage(name: str, key: str, value: float) -> dict[str, float]:
    return {f"stages.{name}.{key}": value}


def _all_stages(key: str, values: Iterable[float]) -> dict[str, float]:
    return {f"stages.{name}.{key}": value for name, value in zip(STAGES, values, strict=True)}


_ZH = dict(zip(STAGES, ("趋势", "权势", "声势", "定势", "借势"), strict=True))
_REVERSED = _all_stages("start", (20, 16, 8, 4, 0))
_CAMPAIGN = _stage("authority", "length", 40) | _stage("publicity", "length", 40)
_RIVALRY = {f"transmission.rivalry_{step}": 1.0 for step in ("units", "domains", "sites")}
_NO_LOCK, _NO_ERROR = {"transmission.interlock": 0.0}, {"scouting.scout_error": 0.0}
_NO_ADOPTION = {"diffusion.adopt": 0.0}

PATTERNS: tuple[Pattern, ...] = (
    Pattern("1", "the point alone instead of the surface", "只治一点，不拓面", {"plan.kind": "point"}, 0.33,
            "emergent", levels={"core_effect": 0.71}),
    Pattern("2", "every unit does all domains at once", "各单位同时铺开全部领域", {"plan.kind": "uniform"}, 0.31,
            "half assumed"),
    *(Pattern(f"3.{n}", f"{n} domains per county", f"每县 {n} 个领域", {"plan.per_county": n}, ratio, "emergent")
      for n, ratio in ((2, 1.20), (3, 1.16), (4, 0.93), (6, 0.51), (8, 0.31))),
    *(Pattern(f"4.{n}", f"{n} domains in the plan", f"方案含 {n} 个领域", {"plan.domains": n}, ratio, "emergent")
      for n, ratio in ((2, 0.51), (4, 0.69), (6, 0.83))),
    Pattern("5", "random instead of matched assignment", "随机分工代替因地制宜", {"plan.kind": "random"}, 0.70, "emergent"),
    Pattern("6.depth", "scouting without depth", "踩点不深", {"scouting.depth": 0.0}, 0.87, "emergent"),
    Pattern("6.breadth", "scouting breadth .4", "选点广度 .4", {"scouting.breadth": 0.4}, 0.47, "assumed"),
    Pattern("6.strength", "scouting strength .3", "定点力度 .3", {"scouting.strength": 0.3}, 0.93, "emergent"),
    *(Pattern(f"7.{name}", f"without {name}", f"缺少{_ZH[name]}", _stage(name, "intensity", 0.0), ratio, status)
      for name, ratio, status in zip(STAGES, (0.88, 0.07, 0.11, 0.05, 0.77),
                                     ("emergent", "emergent", "assumed", "assumed", "emergent"), strict=True)),
    Pattern("8", "stages reversed", "五势倒序", _REVERSED, 0.83, "emergent"),
    Pattern("8.interlock", "stages reversed, interlock 0 in both", "五势倒序（两组均无连锁）",
            _REVERSED | _NO_LOCK, 0.87, "emergent", null=_NO_LOCK),
    Pattern("8.scouting", "stages reversed, scout_error 0 in both", "五势倒序（两组踩点均无误差）",
            _REVERSED | _NO_ERROR, 0.97, "emergent", null=_NO_ERROR),
    Pattern("8.both", "stages reversed, interlock 0 and scout_error 0 in both", "五势倒序（两组均无连锁、无误差）",
            _REVERSED | _NO_LOCK | _NO_ERROR, None, "emergent", null=_NO_LOCK | _NO_ERROR),
    Pattern("9", "all five stages at once from week 0", "五势齐发", _all_stages("start", (0,) * 5), 0.96, "emergent"),
    Pattern("9.scouting", "all five at once, scout_error 0 in both", "五势齐发（两组踩点均无误差）",
            _all_stages("start", (0,) * 5) | _NO_ERROR, None, "emergent", null=_NO_ERROR),
    Pattern("10", "no oversight", "没有督查", {"execution.oversight": 0.0}, 0.48, "emergent",
            levels={"symbolic": 0.36}),
    Pattern("11.campaign", "a campaign: authority and publicity for 40 weeks, no routine", "运动式治理：40 周，无制度化",
            _CAMPAIGN | {"execution.routine": 0.0}, 0.38, "emergent"),
    Pattern("11.routine", "the campaign with routine", "运动与制度化并举", _CAMPAIGN, 0.49, "emergent"),
    Pattern("12", "narrow wording (0)", "措辞狭窄（0）", {"instruction.wording": 0.0}, 0.19, "assumed"),
    Pattern("13.neither", "no roll-out and no adoption", "不推广、不采纳", {"evaluation.rollout": 0.0} | _NO_ADOPTION, 0.07,
            "assumed", levels={"pilot_effect": 0.99}),
    Pattern("13.no-adoption", "no adoption", "不采纳", _NO_ADOPTION, 0.69, "emergent"),
    *(Pattern(f"14.x{f:g}", f"instruction × {f:g}", f"批示强度 × {f:g}", {"instruction.intensity": f}, ratio, "emergent")
      for f, ratio in ((0.1, 0.18), (0.25, 0.63), (0.5, 0.88), (2.0, 1.04), (4.0, 1.06))),
    Pattern("15.need", "no drive from local need (unlock 0)", "无地方需求驱动", {"execution.unlock": 0.0}, 0.04, "switch-off"),
    Pattern("15.citizens", "no citizens", "无公民参与", {"citizens.rule": "none"}, 0.54, "switch-off"),
    Pattern("15.co-production", "no co-production", "无共同生产", {"effect.coproduce": 0.0}, 0.98, "switch-off"),
    Pattern("15.rivalry", "rivalry all 1: signals are divided", "信号全被分摊", _RIVALRY, 0.56, "switch-off"),
    Pattern("15.renewal", "no renewal", "批示不再续", {"instruction.renewal": 0.0}, 0.96, "switch-off"),
    Pattern("15.h", "h = 1: no ignition", "h = 1：无点火", {"execution.h": 1.0}, 1.01, "switch-off"),
)  # fmt: skip
#: Levels published for the base scenario: metric to level.
BASE_LEVELS = {
    "effectiveness": 0.302, "site_effect": 0.75, "surface": 0.31, "participation": 0.17, "proven": 8.0,
    "core_effect": 0.36, "symbolic": 0.08,
}  # fmt: skip
BASE_SD = 0.020
#: Published amounts relative to the first instruction.
BASE_SOURCES = dict(zip(SOURCES, (1.0, 0.38, 41.0, 50.0, 17.0, 0.67), strict=True))
PUBLISHED_HALF_WIDTH = 0.03


@functools.cache
def base_scenario(citizens: int = CITIZENS) -> Scenario:
    """Return the scenario that patterns change: Zhaoqing with fewer citizens."""
    communities = COMMUNITIES if citizens == CITIZENS else "auto"
    return load_scenario(SCENARIO).with_values(
        {"structure.citizens": citizens, "structure.communities": communities}
    )


def _one(task: tuple[str, dict[str, Any], int, int]) -> dict[str, Any]:
    arm, overrides, seed, citizens = task
    result = run(base_scenario(citizens).with_values(overrides), seed=seed)
    ledger = result.ledger
    amounts = ledger[ledger["kind"] == "source"].groupby("account")["amount"].sum()
    record = result.model.record
    reported = float(record.reported[-1].sum())
    return {
        "arm": arm,
        "seed": seed,
        **{name: result.summary[name] for name in METRICS},
        **{f"source_{name}": float(amounts[name]) for name in SOURCES},
        "true_to_reported": float(record.true[-1].sum()) / reported if reported > 0 else math.nan,
        "peak": float(result.weekly["effectiveness"].max()),
        "tried": int((record.piloted[-1] > 0).sum()),
        "proven_trials": int((record.proven[-1] & (record.piloted[-1] > 0)).sum()),
        "rolled_out": int((record.proven[-1] & (record.covered[-1] > record.piloted[-1])).sum()),
    }


def run_arms(
    arms: Mapping[str, Values], pairs: int, seed: int = 0, citizens: int = CITIZENS, workers: int = 1
) -> pd.DataFrame:
    """Run every arm under the seeds ``seed`` … ``seed + pairs − 1``, in order of arm and seed.

    Parameters
    ----------
    arms : mapping
        Name to what is changed in the base scenario.
    pairs : int
        Runs an arm; run r of every arm has the same seed.
    seed, citizens : int
        First seed; simulated citizens.
    workers : int
        Processes; no influence on the numbers.

    Returns
    -------
    DataFrame
        One row a run: arm, seed, metrics, sources, roll-out counts.
    """
    tasks = [(arm, dict(values), seed + r, citizens) for arm, values in arms.items() for r in range(pairs)]
    return run_tasks(tasks, workers)


def run_tasks(tasks: list[tuple[str, dict[str, Any], int, int]], workers: int = 1) -> pd.DataFrame:
    """Run (name, changes, seed, citizens) each and return one row a run, in the order given."""
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
    import numpy as np
    from scipy import stats

    below, above = np.asarray(null, dtype=float), np.asarray(changed, dtype=float)
    middle, number = float(below.mean()), len(below)
    if not middle > 0:
        return math.nan, math.nan
    found = float(above.mean()) / middle
    if number < 2:
        return found, math.nan
    error = float((above - found * below).std(ddof=1)) / math.sqrt(number) / middle
    return found, float(stats.t.ppf((1 + level) / 2, number - 1)) * error


def arms_of(patterns: Iterable[Pattern], common: Values) -> dict[str, dict[str, Any]]:
    """Return every different set of changes once, under its name: patterns and their nulls, base first."""
    arms: dict[str, dict[str, Any]] = {"base": dict(common)}
    for pattern in patterns:
        arms.setdefault(_null_name(pattern), dict(common) | dict(pattern.null))
        arms[pattern.id] = dict(common) | dict(pattern.overrides)
    return arms


def _null_name(pattern: Pattern) -> str:
    return "base" if not pattern.null else "base with " + ", ".join(f"{k} {v:g}" for k, v in pattern.null.items())


def measure(
    pairs: int = PAIRS,
    seed: int = 0,
    citizens: int = CITIZENS,
    *,
    patterns: Iterable[Pattern] = PATTERNS,
    common: Values | None = None,
    workers: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure patterns; return the table (one row a pattern) and the runs that it is made of.

    Parameters
    ----------
    pairs, seed, citizens, workers
        See `run_arms`.
    patterns : iterable of Pattern
        Which; all by default.
    common : mapping, optional
        Changes made in both arms of every pair, such as ``{"execution.h": 1.0}``.

    Returns
    -------
    table : DataFrame
        id, en, zh, status, published, null (its name), difference, low, high (95 %), ratio, half_width.
    runs : DataFrame
        See `run_arms`.
    """
    patterns = tuple(patterns)
    runs = run_arms(arms_of(patterns, common or {}), pairs, seed, citizens, workers)
    return table_of(runs, patterns), runs


def table_of(runs: pd.DataFrame, patterns: Iterable[Pattern]) -> pd.DataFrame:
    """Return one row a pattern from the runs of all arms."""
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
                "status": pattern.status,
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
