"""Measure how often fits of synthetic cases with a known truth find it again.

    python docs/making/case_recovery.py [FOLDER] [--cases 20] [--workers 2]     about 20 minutes of two cores

Each case is a small city that ran once under a vector drawn from the prior. Its 60 rows are seen with the errors that
they state, and a quick fit knows nothing else. FOLDER keeps what was found; the script goes on where it stopped.
Writes `docs/case_recovery.json`: shares of 90 % intervals that hold the truth, and of wrong models that are named, each
with its Monte Carlo error. Cases of one kind share nothing, so errors are over cases.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tomli_w

from simulation import run
from simulation.cases.case import Case
from simulation.cases.distances import Rows
from simulation.cases.observing import NEVER_SEEN, Observing
from simulation.cases.prior import Prior

START, WEEKS, LAST = date(2020, 3, 2), 130, 120
UNITS = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple")
DOMAINS = ("nimby", "land", "villages", "environment", "traffic", "ageing")
FREE = {"execution.oversight": {"low": 0.2, "high": 0.95}, "scouting.breadth": {"low": 0.4, "high": 1.0}}
QUANTITIES = ("effectiveness", "agenda", "depth", "site_effect")
KINDS = ("complete", "third missing", "inflated reports", "wrong: shuffled", "wrong: contrary")
INFLATED = {"evaluation.inflate": (0.7, 0.95), "execution.oversight": (0.05, 0.3)}
"""Parts of their ranges from which the truth of cases with inflated reports is drawn; the fit has the whole ranges."""
DRAWS, SEED = 59, 19
HELD = 0.9
OUT = Path(__file__).resolve().parents[1] / "case_recovery.json"


class Seen(NamedTuple):
    """One observed row to be."""

    week: int
    unit: str
    domain: str
    measure: str
    sd: float | None


def scenario() -> dict[str, Any]:
    """Return the city's case file."""
    places: list[dict[str, Any]] = [
        {"unit": "River Province", "parent": "", "tier": "province"},
        {"unit": "Bay City", "parent": "River Province", "tier": "city"},
        {"unit": "Plant Quarter", "parent": "Ash", "tier": "community", "kind": "resident", "pilot": "nimby"},
    ]
    for place, name in enumerate(UNITS):
        places.append(
            {"unit": name, "parent": "Bay City", "tier": "county", "population": 60_000 + 12_000 * place,
             "urban_share": round(0.25 + 0.08 * place, 2), "residential": 3 + place, "villages": 10 - place}
        )  # fmt: skip
    return {
        "weeks": WEEKS,
        "start_date": START.isoformat(),
        "structure": {"citizens": 2000, "units": places},
        "domains": {key: {"en": key, "zh": key, "matched": [UNITS[place]]} for place, key in enumerate(DOMAINS)},
        "instruction": {"cities": ["Bay City"]},
        "case": {"free": FREE},
    }


def layout() -> list[Seen]:
    """Return the 60 rows that every case has, of all measures; the same for all."""
    rng = np.random.default_rng(SEED)
    pairs = [(unit, domain) for unit in UNITS for domain in DOMAINS]
    pairs = [pairs[place] for place in rng.permutation(len(pairs))]
    rows = [Seen(LAST, unit, domain, "adopted", None) for unit, domain in pairs[:18]]
    rows += [Seen(LAST, unit, domain, "withdrawn", None) for unit, domain in pairs[18:24]]
    rows += [Seen(week, "", "", "agenda", None) for week in (30, 60, 90, LAST)]
    rows += [Seen(95, "", domain, "agenda", None) for domain in DOMAINS[1:4]]
    weeks = (70, 85, 100, 112, LAST)
    for first, number, measure, sd in (
        (0, 10, "sites", None),
        (10, 10, "reported", 0.05),
        (5, 7, "participation", 0.05),
    ):
        rows += [
            Seen(weeks[place % len(weeks)], unit, domain, measure, sd)
            for place, (unit, domain) in enumerate(pairs[first : first + number])
        ]
    return [*rows, Seen(60, "", "", "participation", 0.03), Seen(LAST, "", "", "participation", 0.03)]


def written(folder: Path, rows: Sequence[Seen], values: Sequence[float]) -> Case:
    """Write a case; an event's value is its week, infinite where it never happened."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(tomli_w.dumps(scenario()), encoding="utf-8")
    with (folder / "observed.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["date", "unit", "domain", "measure", "value", "sd", "source"])
        for row, value in zip(rows, values, strict=True):
            week, written_value = row.week, value
            if row.measure in ("adopted", "withdrawn"):
                week, written_value = (int(value), 1) if value <= LAST else (row.week, 0)
            day = START + timedelta(days=7 * week + 3)
            table.writerow([day, row.unit, row.domain, row.measure, written_value, row.sd or "", ""])
    return Case.load(folder)


def truth(kind: str, number: int, prior: Prior) -> dict[str, Any]:
    """Return a vector drawn from the prior, for inflated reports in their part of it."""
    rng = np.random.default_rng([SEED, KINDS.index(kind), number])
    latents = prior.shape.draw(1, rng)
    values = prior.values(latents)[0]
    if kind == "inflated reports":
        drawn = {**prior.free, **prior.ranges}
        for name, (low, high) in INFLATED.items():
            values[name] = drawn[name].at(float(rng.uniform(low, high)))
    return values


def observed(kind: str, number: int, case: Case, values: Mapping[str, Any], seed: int) -> list[float]:
    """Return what documents say of a run, in the order of the layout."""
    rng = np.random.default_rng([SEED, KINDS.index(kind), number, 1])
    rows, found = Rows.of(case), np.array(list(Observing(case)(values, seed).values()))
    found[(rows.kind == "event") & (found == NEVER_SEEN)] = np.inf
    seen = rows.observed_again(found[None], rng)[0]
    if kind == "wrong: shuffled":
        # Each measure's values go to other units, and what came first comes last.
        for measure, sort in sorted(set(zip(rows.measure.tolist(), rows.kind.tolist(), strict=True))):
            mine = np.flatnonzero((rows.measure == measure) & (rows.kind == sort))
            seen[mine] = seen[rng.permutation(mine)]
        events = (rows.kind == "event") & (seen <= LAST)
        seen[events] = LAST - seen[events]
    if kind == "wrong: contrary":
        # Everything on the agenda at once and nobody takes anything on; no sites, yet glowing reports and full halls.
        said = {"agenda": 6.0, "adopted": np.inf, "withdrawn": np.inf, "sites": 0.0, "reported": 0.95,
                "participation": 0.85}  # fmt: skip
        seen = np.array([said[measure] for measure in rows.measure])
        seen[rows.kind == "state"] = 1.0
    return [float(value) for value in seen]


def one(task: tuple[str, int, Path]) -> dict[str, Any]:
    """Make a case, fit it and compare with its truth."""
    kind, number, folder = task
    kept = folder / f"{KINDS.index(kind)}-{number}.json"
    if kept.exists():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    place, rows = folder / f"case-{KINDS.index(kind)}-{number}", layout()
    blank = written(place, rows, [0.0] * len(rows))
    values = truth(kind, number, Prior.of(blank))
    seed = 1_000_000 * KINDS.index(kind) + number
    said = observed(kind, number, blank, values, seed)
    if kind == "third missing":
        left = np.sort(np.random.default_rng([SEED, number, 2]).permutation(len(rows))[: len(rows) * 2 // 3])
        rows, said = [rows[place] for place in left], [said[place] for place in left]
    case = written(place, rows, said)
    fit = case.fit(quick=True, seed=number, workers=0, progress="quiet")
    found = {
        "kind": kind, "number": number, "fits": fit.fits,
        "p": {row.measure: row.p for row in fit.adequacy.itertuples()},
        "effective_size": fit.about["effective_size"], "runs": fit.about["runs"],
    }  # fmt: skip
    if not kind.startswith("wrong"):
        found |= {"held": held(case, fit, values), "quantities": quantities(case, fit, values, seed)}
    kept.write_text(json.dumps(found), encoding="utf-8")
    shutil.rmtree(place)
    return found


def held(case: Case, fit: Any, values: Mapping[str, Any]) -> dict[str, list[bool]]:
    """Return whether each parameter's 90 % interval holds the truth, free ones and constants apart."""
    table = fit.parameters.set_index("parameter")
    inside = {name: bool(row["low"] <= values[name] <= row["high"]) for name, row in table.iterrows()}
    return {
        "free": [inside[name] for name in case.free],
        "constants": [inside[name] for name in inside if name not in case.free],
    }


def quantities(case: Case, fit: Any, values: Mapping[str, Any], seed: int) -> dict[str, bool]:
    """Return whether runs of the posterior hold what the true run came to.

    Of 59 runs and one more of the same distribution, the last lies between the third and the 57th of the others with a
    probability of exactly 90 %: the share needs no correction for a small number of runs.
    """
    names = [name for name in fit.vectors if name != "weight"]
    weights = fit.vectors["weight"].to_numpy()
    chosen = np.random.default_rng(seed).choice(len(weights), DRAWS, p=weights / weights.sum())
    rows = fit.vectors[names].iloc[chosen].to_dict("records")
    runs = [run(case.scenario_for(row), seed=seed + 1000 * (place + 1)).summary for place, row in enumerate(rows)]
    came = run(case.scenario_for(values), seed=seed).summary
    found, outside = {}, round((1 - HELD) / 2 * (DRAWS + 1))
    for name in QUANTITIES:
        seen = np.sort([summary[name] for summary in runs])
        found[name] = bool(seen[outside - 1] <= came[name] <= seen[-outside])
    return found


def share(flags: Sequence[Sequence[bool]]) -> dict[str, float]:
    """Return the mean over cases of shares, and its Monte Carlo error."""
    each = np.array([np.mean(one) for one in flags])
    mean = float(each.mean())
    spread = float(each.std(ddof=1)) if len(each) > 1 else 0.0
    if set(each.tolist()) <= {0.0, 1.0}:
        # A share of 0 or 1 is not exact: Agresti & Coull (1998).
        adjusted = (each.sum() + 2) / (len(each) + 4)
        spread = math.sqrt(adjusted * (1 - adjusted))
    return {"share": round(mean, 4), "error": round(spread / math.sqrt(len(each)), 4), "cases": len(each)}


def summary(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the table of all kinds."""
    made: dict[str, Any] = {"interval": HELD, "rows": len(layout()), "seed": SEED, "quick": True, "kinds": {}}
    for kind in KINDS:
        mine = [one for one in found if one["kind"] == kind]
        if not mine:
            continue
        entry: dict[str, Any] = {"named as not fitting": share([[not one["fits"]] for one in mine])}
        if "held" in mine[0]:
            entry |= {part: share([one["held"][part] for one in mine]) for part in ("free", "constants")}
            entry |= {name: share([[one["quantities"][name]] for one in mine]) for name in QUANTITIES}
            entry["all quantities"] = share([list(one["quantities"].values()) for one in mine])
        entry["runs"] = sum(one["runs"] for one in mine)
        made["kinds"][kind] = entry
    return made


def main() -> None:
    """Run what is missing, and write what was found."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", nargs="?", type=Path, default=Path("out", "case-recovery"))
    asked.add_argument("--cases", type=int, default=20)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--out", type=Path, default=OUT)
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    # The two kinds of wrong models count together.
    numbers = {kind: given.cases // 2 if kind.startswith("wrong") else given.cases for kind in KINDS}
    tasks = [(kind, number, given.folder) for number in range(given.cases) for kind in KINDS if number < numbers[kind]]
    found: list[dict[str, Any]] = []
    with multiprocessing.get_context("spawn").Pool(given.workers) as pool:
        for one_found in pool.imap_unordered(one, tasks):
            found.append(one_found)
            print(f"{len(found)}/{len(tasks)} {one_found['kind']} {one_found['number']}: p {one_found['p']['all']:.3f}",
                  flush=True)  # fmt: skip
            ordered = sorted(found, key=lambda case: (KINDS.index(case["kind"]), case["number"]))
            given.out.write_text(json.dumps(summary(ordered), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
