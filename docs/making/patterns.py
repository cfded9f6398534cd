"""Measure the pattern table and write docs/patterns.md: python docs/making/patterns.py [--pairs 60] [--out FILE]."""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from pattern_agreement import PUBLISHED_PAIRS, section_differences, section_levels, section_table
from pattern_readings import (
    IGNITION_FREE,
    MAIN,
    STRENGTHS,
    section_curve,
    section_expansion,
    section_ignition,
    section_order,
    section_sources,
)
from pattern_targets import CALIBRATION, CITIES, draws_of, measure_findings, ordinary_cities, section_calibration
from pattern_words import num

from simulation.files.provenance import host, versions
from simulation.verification import patterns as table
from simulation.verification.patterns import (
    CITIZENS,
    PAIRS,
    PATTERNS,
    PUBLISHED_HALF_WIDTH,
    run_arms,
    run_tasks,
    table_of,
)


def kept(folder: Path | None, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return the runs stored under a name, else make and store them, so that the text can change without new runs."""
    path = None if folder is None else folder / f"{name}.csv"
    if path is not None and path.exists():
        return pd.read_csv(path, engine="python")  # reads every digit, in every version of pandas
    made = make()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.to_csv(path, index=False)
    return made


def document(args: argparse.Namespace) -> str:
    shared = {"seed": args.seed, "citizens": args.citizens, "workers": args.workers}

    def arms(name: str, changes: Mapping[str, table.Values]) -> pd.DataFrame:
        return kept(args.keep, name, lambda: run_arms(changes, args.pairs, **shared))

    runs = arms("patterns", table.arms_of(PATTERNS, {}))
    measured = table_of(runs, PATTERNS)
    base = runs[runs["arm"] == "base"]
    drawn = draws_of(args.cities, args.seed)
    main = [pattern for pattern in PATTERNS if pattern.id in MAIN]
    flat_runs = arms("ignition-free", table.arms_of(main, IGNITION_FREE))
    flat = table_of(flat_runs, main)
    strengths = {f"x{s:g}": {"instruction.intensity": s} for s in STRENGTHS}
    curves = {
        "h = 2": arms("strengths", strengths),
        "h = 1": arms("strengths-ignition-free", {k: v | IGNITION_FREE for k, v in strengths.items()}),
    }
    calibration = arms("calibration", CALIBRATION)
    tasks = ordinary_cities(args.cities, args.seed, args.citizens)
    cities = kept(args.keep, "ordinary-cities", lambda: run_tasks(tasks, args.workers))
    findings = kept(args.keep, "findings", lambda: measure_findings(args.cities, args.seed))
    spec = table.base_scenario(args.citizens)
    flat_base = flat_runs[flat_runs["arm"] == "base"]["effectiveness"].mean()
    levels = (float(base["effectiveness"].mean()), float(flat_base))
    communities = spec.structure.communities or round(args.citizens / 40)
    used = ", ".join(f"{name} {version}" for name, version in versions().items())
    return f"""# The pattern table

This page shows how the model responds to one change at a time. `make patterns` writes it (`python docs/making/patterns.py --pairs {args.pairs}
--seed {args.seed} --citizens {args.citizens} --cities {args.cities}`); only the published numbers are typed by hand.

- Base: scenario `{table.SCENARIO}`, {args.citizens:,} citizens in about {communities} communities, {spec.weeks} weeks; digest
  `{spec.digest[:16]}`.
- {args.pairs} pairs: both arms of a pair run under one seed ({args.seed} … {args.seed + args.pairs - 1}) and share every draw that both make.
- *Ratio*: mean effectiveness in the last week ÷ that of the null. Its interval is Student's t, 95 %, of changed − ratio ×
  null (the delta method for paired means); *difference* is the difference of the two means, with its own t interval.
- *Published*: an independent implementation of those equations, {PUBLISHED_PAIRS} pairs, about ± {num(PUBLISHED_HALF_WIDTH)}.
- *emergent*: the model's claim; *half assumed*: the place of a turn is assumed, and not what follows from it; *assumed*:
  follows almost directly from an equation; *switch-off*: one mechanism removed or replaced.
- Expansion trades one result against another. `core_effect` (the point), `depth` (mean effect over the agenda) and `agenda` (their
  number at the end) stand beside effectiveness.
- Machine: {host()["system"]} {host()["machine"]}, {os.cpu_count()} processors. Versions: {used}.

## Levels of the base scenario

{section_levels(runs)}

## All patterns

{section_table(measured, runs, args.pairs)}

## Where the two differ

This section compares our numbers with the published ones.

{section_differences(measured, runs, args.pairs)}

## Breadth, authority and buck-passing

A weaker leading group takes on fewer domains (first table; ratios of effectiveness to the default). What a number of domains
does under a strong and under a weak group is in the second. That breadth beyond the span of attention harms is assumed.

{section_expansion(measured, runs)}

## Where momentum comes from

Amounts per 1.0 of the first instruction, over the whole run; local effort that a programme mobilises (need) is counted in the
unit of momentum. They are bookkeeping, not causation: read the switch-offs of pattern 21 beside the shares.

{section_sources(runs)}

## What the order of the stages is worth

{section_order(measured)}

## Ignition: h = 1 beside h = 2

With h = 2 a programme must ignite; with h = 1 it need not. This is an assumption, and every difference between the two columns
rests on it. {section_ignition(measured, flat, levels)}

## The strength of the instruction

The rows show whether a stronger instruction adds as much as it has more: a fuel would, a switch would not.

{section_curve(curves)}

## Calibration targets

The table lists findings of other studies (see the documentation of the case for the sources), and says whether the defaults
meet them. The defaults were chosen with these findings in view, so that meeting them is no independent evidence.

{section_calibration(findings, calibration, cities, drawn, args.citizens)}

We found no study of how a leading group's rank, the cadence of meetings and the half-life of an instruction work in reality, so
they are not compared. They are swept in the sensitivity study. The share of better-off places among real trials (over four
in five) is an option of the model (`plan.sites = "better-off"`), not a result of it.

## What the table cannot show

The paper has one case, no measured outcome and no control: the table describes the model, it does not validate effects. Without
the drive of local need (21.need) almost nothing is left. No promotion tournament and no money is modelled.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of runs per pattern")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--citizens", type=int, default=CITIZENS, help="simulated citizens")
    parser.add_argument("--cities", type=int, default=CITIES, help="ordinary cities drawn")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--keep", type=Path, help="folder for the runs: stored there, and read from there again")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "patterns.md")
    args = parser.parse_args()
    text = document(args)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = args.out.with_name(args.out.name + ".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(args.out)
    print(f"{args.out} written")


if __name__ == "__main__":
    main()
