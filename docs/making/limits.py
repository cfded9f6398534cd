"""Measure the numbers of "Known limits" and "What lapses with authority" in `docs/model.md` (two or three minutes).

    python docs/making/limits.py         writes docs/limits.json; then run docs/making/docs.py

The pages quote them, in both languages, between `<!-- =NAME -->` and `<!-- / -->`; `NAME:2` shows two decimals. A test
compares the digest of the default scenario, so that a changed default asks for new numbers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from simulation import RunResult, load_scenario, run
from simulation.places.sampling import CITIZENS_EACH
from simulation.scenario import Scenario

FILE = Path(__file__).resolve().parents[1] / "limits.json"
SEEDS, CITIZENS, YEAR = 10, 6000, 52
#: Campaigns differ more from seed to seed: as many runs, of the same size, as docs/patterns.md has for the finding.
CAMPAIGN_SEEDS, CAMPAIGN = 300, {"structure.citizens": 4000, "weeks": 208}
BASE = load_scenario("zhaoqing").with_values({"structure.citizens": CITIZENS})
STRENGTH = BASE.stages.authority.effective_intensity
INFINITE = math.inf


#: The runs of every setting that was asked for: scenario and changed values.
_RUNS: dict[tuple[str, tuple[tuple[str, Any], ...]], tuple[RunResult, ...]] = {}


def runs(values: Mapping[str, Any] | None = None, name: str = "zhaoqing", seeds: int = SEEDS) -> tuple[RunResult, ...]:
    """Return the runs of a scenario with changed values, one per seed; each setting is run once."""
    key = (name, tuple(sorted((values or {}).items())))
    if key not in _RUNS:
        spec: Scenario = load_scenario(name).with_values({"structure.citizens": CITIZENS} | dict(values or {}))
        _RUNS[key] = tuple(run(spec, seed=seed) for seed in range(seeds))
    return _RUNS[key]


def digest() -> str:
    """Return the beginning of the default scenario's digest, by which a page names what it measured."""
    return load_scenario("zhaoqing").digest[:16]


#: Half of the 95 % interval of each mean that was asked for, by metric.
_WIDTHS: dict[str, list[float]] = {}


def mean(values: Mapping[str, Any] | None = None, metric: str = "effectiveness", name: str = "zhaoqing") -> float:
    """Return a metric's mean over the seeds."""
    found = [one.summary[metric] for one in runs(values, name)]
    _WIDTHS.setdefault(metric, []).append(1.96 * float(np.std(found, ddof=1)) / math.sqrt(len(found)))
    return float(np.mean(found))


def at_the_plan(values: Mapping[str, Any] | None = None) -> float:
    """Return how many domains the city takes on when it draws up its plan."""
    found = [one.weekly["agenda"].to_numpy() for one in runs(values)]
    return float(np.mean([series[math.ceil(BASE.stages.settlement.start)] for series in found]))


def kept(values: Mapping[str, Any] | None = None) -> float:
    """Return the share of a campaign's peak that is left a year later."""
    series = [
        one.weekly["effectiveness"].to_numpy()
        for one in runs(CAMPAIGN | dict(values or {}), "campaign", CAMPAIGN_SEEDS)
    ]
    return float(np.mean([one[int(one.argmax()) + YEAR] / one.max() for one in series]))


def need_share() -> float:
    """Return the part of `need` in all that enters the ledger of the default run."""
    shares = []
    for one in runs():
        sources = one.ledger[one.ledger["kind"] == "source"]
        amounts = sources.groupby("account")["amount"].sum()
        shares.append(amounts["need"] / amounts.sum())
    return float(np.mean(shares))


def communities(count: int) -> dict[str, Any]:
    """Return the values for a number of sampled communities with 40 citizens each."""
    return {"structure.citizens": count * CITIZENS_EACH, "structure.communities": count}


WEAK, WEAKEST = ({"stages.authority.intensity": share * STRENGTH} for share in (0.6, 0.3))
ALL = {"agenda.domains": "all"}
UNIFORM = {"plan.kind": "uniform"}
NO_RIVALRY = {"transmission.rivalry_sites": 0.0}
NONE = {"stages.authority.rank": "none"}
BY_HAND = "zhaoqing-by-hand"
BY_HAND_WEAK = {"stages.authority.intensity": 0.6 * load_scenario(BY_HAND).stages.authority.effective_intensity}
NO_TOWNS = {"structure.towns": "none"}
QUOTED: dict[str, Callable[[], float]] = {
    "default": mean,
    "weak-all": lambda: mean(WEAK | ALL),
    "weak-chosen": lambda: mean(WEAK),
    "weakest-chosen-core": lambda: mean(WEAKEST, "core_effect"),
    "weakest-all": lambda: mean(WEAKEST | ALL),
    "weakest-all-core": lambda: mean(WEAKEST | ALL, "core_effect"),
    "weakest-all-endless": lambda: mean(WEAKEST | ALL | {"agenda.span": INFINITE}),
    "by-hand-weak-all": lambda: mean(BY_HAND_WEAK | ALL, name=BY_HAND),
    "by-hand-weak-chosen": lambda: mean(BY_HAND_WEAK, name=BY_HAND),
    "uniform": lambda: mean(UNIFORM),
    "four-per-unit": lambda: mean({"plan.per_county": 4}),
    "random": lambda: mean({"plan.kind": "random"}),
    "uniform-budget": lambda: mean(UNIFORM | {"execution.budget": INFINITE}),
    "budget": lambda: mean({"execution.budget": INFINITE}),
    "core": lambda: mean(metric="core_effect"),
    "point-only-core": lambda: mean(metric="core_effect", name="point-only"),
    "keep-point-core": lambda: mean({"plan.keep_point": True}, "core_effect"),
    "gap": lambda: mean(metric="scale_up_gap"),
    "gap-no-rivalry": lambda: mean(NO_RIVALRY, "scale_up_gap"),
    "by-hand-gap": lambda: mean(metric="scale_up_gap", name=BY_HAND),
    "by-hand-gap-no-rivalry": lambda: mean(NO_RIVALRY, "scale_up_gap", BY_HAND),
    "gap-of-spotlight": lambda: mean(metric="scale_up_gap") - mean({"execution.spotlight": 0.0}, "scale_up_gap"),
    "need-share": need_share,
    "no-unlock": lambda: mean({"execution.unlock": 0.0}),
    "four-times": lambda: mean({"instruction.intensity": 4.0}),
    "quarter": lambda: mean({"instruction.intensity": 0.25}),
    "tenth": lambda: mean({"instruction.intensity": 0.1}),
    "agenda": at_the_plan,
    "agenda-four-times": lambda: at_the_plan({"instruction.intensity": 4.0}),
    "agenda-quarter": lambda: at_the_plan({"instruction.intensity": 0.25}),
    "agenda-tenth": lambda: at_the_plan({"instruction.intensity": 0.1}),
    "no-conflict": lambda: mean({"departments.conflict": 0.0}),
    "weakest-no-conflict": lambda: mean(WEAKEST | {"departments.conflict": 0.0}),
    "no-group": lambda: mean(NONE),
    "no-group-no-conflict": lambda: mean(NONE | {"departments.conflict": 0.0}),
    "weakest": lambda: mean(WEAKEST),
    "communities-80": lambda: mean(communities(80)),
    "communities-310": lambda: mean(communities(310)),
    "communities-620": lambda: mean(communities(620)),
    "no-towns": lambda: mean(NO_TOWNS),
    "no-towns-620": lambda: mean(communities(620) | NO_TOWNS),
    "reversed": lambda: mean(name="reversed-order"),
    "reversed-core": lambda: mean(metric="core_effect", name="reversed-order"),
    "reversed-seeing": lambda: mean({"scouting.scout_error": 0.0}, name="reversed-order"),
    "seeing": lambda: mean({"scouting.scout_error": 0.0}),
    "h-2": lambda: mean({"execution.h": 2.0}),
    "from-facts": lambda: mean(name="zhaoqing-from-facts"),
    "campaign": kept,
    "campaign-no-conflict": lambda: kept({"departments.conflict": 0.0}),
    "campaign-little-wear": lambda: kept({"effect.wear": 0.01}),
    "campaign-no-oversight": lambda: kept({"execution.oversight": 0.0}),
    "campaign-no-doubt": lambda: kept({"transmission.doubt": 0.0}),
}


def main() -> None:
    """Measure everything and write the file."""
    values = {name: round(measure(), 6) for name, measure in QUOTED.items()}
    values |= {f"widest-{metric}": round(max(widths), 6) for metric, widths in _WIDTHS.items()}
    found = {"digest": digest(), "seeds": SEEDS, "citizens": CITIZENS, "values": values}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(FILE.name)


if __name__ == "__main__":
    main()
