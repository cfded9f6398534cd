"""Measure the pattern table and write docs/patterns.md: python docs/making/patterns.py [--pairs 60] [--out FILE]."""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from pattern_agreement import PUBLISHED_PAIRS, section_differences, section_levels, section_table
from pattern_labels import SMALLEST, labels, section_labels
from pattern_readings import (
    IGNITION,
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
    patterns_in,
    run_arms,
    run_tasks,
    table_of,
)
from simulation.verification.patterns.labels import without_products

#: Pairs by hand, where agreement with published numbers is judged; seeds per file of kept runs.
BY_HAND, BLOCK = 60, 10


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


def measured_arms(
    args: argparse.Namespace, name: str, changes: Mapping[str, table.Values], pairs: int, scenario: str = table.SCENARIO
) -> pd.DataFrame:
    """Return the runs of all arms in one world, in order of arm and seed; blocks of seeds are kept one by one."""

    def block(first: int, end: int) -> pd.DataFrame:
        number, seed = end - first, args.seed + first
        world = table.base_scenario(args.citizens, scenario).digest[:8]
        return kept(
            args.keep,
            f"{name}-{world}-{seed}-{number}",
            lambda: run_arms(changes, number, seed, args.citizens, args.workers, scenario),
        )

    blocks = [block(first, min(first + BLOCK, pairs)) for first in range(0, pairs, BLOCK)]
    order = {arm: number for number, arm in enumerate(changes)}
    return pd.concat(blocks, ignore_index=True).sort_values(
        ["arm", "seed"], key=lambda column: column.map(order) if column.name == "arm" else column, ignore_index=True
    )


def document(args: argparse.Namespace) -> str:
    def arms(name: str, changes: Mapping[str, table.Values]) -> pd.DataFrame:
        return measured_arms(args, name, changes, args.pairs)

    hand_patterns = patterns_in(table.PUBLISHED_SCENARIO)
    by_hand = measured_arms(
        args, "patterns-by-hand", table.arms_of(hand_patterns, {}), args.by_hand, table.PUBLISHED_SCENARIO
    )
    runs = arms("patterns", table.arms_of(PATTERNS, {}))
    measured, as_published = table_of(runs, PATTERNS), table_of(by_hand, hand_patterns)
    bare = without_products(PATTERNS)
    bare_runs = arms("patterns-without-products", table.arms_of(bare, {}))
    left = table_of(bare_runs, bare)
    found = labels(PATTERNS, measured, left)
    at = measured.set_index("id")
    drawn = draws_of(args.cities, args.seed)
    main = [pattern for pattern in PATTERNS if pattern.id in MAIN]
    steep_runs = arms("ignition", table.arms_of(main, IGNITION))
    steep = table_of(steep_runs, main)
    strengths = {f"x{s:g}": {"instruction.intensity": s} for s in STRENGTHS}
    spec, hand = (table.base_scenario(args.citizens, name) for name in (table.SCENARIO, table.PUBLISHED_SCENARIO))
    h = spec.execution.h
    curves = {
        f"h = {h:g}": arms("strengths", strengths),
        "h = 2": arms("strengths-ignition", {k: v | IGNITION for k, v in strengths.items()}),
    }
    calibration = arms("calibration", CALIBRATION)
    tasks = ordinary_cities(args.cities, args.seed, args.citizens)
    drawn_from = f"{spec.digest[:8]}-{args.seed}-{args.cities}"
    cities = kept(args.keep, f"ordinary-cities-{drawn_from}", lambda: run_tasks(tasks, args.workers))
    findings = kept(args.keep, f"findings-{drawn_from}", lambda: measure_findings(args.cities, args.seed))
    levels = tuple(float(of[of["arm"] == "base"]["effectiveness"].mean()) for of in (runs, steep_runs))
    communities = spec.structure.communities or round(args.citizens / 40)
    used = ", ".join(f"{name} {version}" for name, version in versions().items())
    return f"""# The pattern table

This page shows how the model responds to one change at a time. `make patterns` writes it (`python docs/making/patterns.py --pairs {args.pairs}
--by-hand {args.by_hand} --seed {args.seed} --citizens {args.citizens} --cities {args.cities}`); only the published numbers are typed by hand.

- **Two worlds.** *Default world*: scenario `{table.SCENARIO}`, one of many [plausible worlds](worlds.md); digest at this size `{spec.digest[:16]}`.
  *By hand*: `{table.PUBLISHED_SCENARIO}`, the constants chosen before the search; digest `{hand.digest[:16]}`. The published
  numbers were made with these constants, so agreement with them is judged there. What the model shows is the default world.
- Both have {args.citizens:,} citizens in about {communities} communities, and {spec.weeks} weeks.
- {args.pairs} pairs in the default world, {args.by_hand} by hand: both arms of a pair run under one seed ({args.seed}, {args.seed + 1}, …) and share every draw that both make.
- *Ratio*: mean effectiveness in the last week ÷ that of the null in the same world. Its interval is Student's t, 95 %, of changed − ratio ×
  null (the delta method for paired means); *difference* is the difference of the two means, with its own t interval.
- *Published*: an independent implementation of those equations, {PUBLISHED_PAIRS} pairs, about ± {num(PUBLISHED_HALF_WIDTH)}.
- *Labels* are measured in the default world. *–*: the difference is not wholly beyond ± {num(SMALLEST)}, the smallest effect of the [hypotheses](hypotheses.md).
  *emergent*: it is, and it still is, on the same side, without any direct product between the change and effectiveness; *assumed*: without
  these it is not. *switch-off*: one mechanism is removed or replaced, so no label is needed. [Labels](#labels) lists what was taken away.
- Expansion trades one result against another. `core_effect` (the point), `depth` (mean effect over the agenda) and `agenda` (their
  number at the end) stand beside effectiveness.
- Machine: {host()["system"]} {host()["machine"]}, {os.cpu_count()} processors. Versions: {used}.

## Levels of the base scenario

{section_levels(runs, by_hand)}

## All patterns

The column *label* and the column *default world*, the ratio, are of the default world. All further columns are by hand.

{section_table(measured, found, as_published, by_hand, args.by_hand)}

## Labels

{section_labels(PATTERNS, found, measured, left, bare_runs)}

## Where our numbers and the published ones differ

Our numbers are those by hand.

{section_differences(as_published, by_hand, args.by_hand)}

## Breadth, authority and buck-passing

In each world, the first table weakens the leading group (ratios of effectiveness to that world's base). The second forces a number
of domains on a strong and on weak groups. That breadth beyond the span of attention harms is assumed; a world's span says where.

### In the default world

{section_expansion(measured, runs)}

### By hand

{section_expansion(as_published, by_hand)}

## Where momentum comes from

Amounts per 1.0 of the first instruction, over the whole run; local effort that a programme mobilises (need) is counted in the
unit of momentum. They are bookkeeping, not causation: read the switch-offs of pattern 21 beside the shares.

{section_sources({"default world": runs, "by hand": by_hand})}

## What the order of the stages is worth

{section_order({"default world": measured, "by hand": as_published})}

## Ignition: the default beside h = 2

With h = 2 a programme must ignite; with h = 1 it need not. The default world has h = {h:g}. This is an assumption, and every
difference between the two columns rests on it. {section_ignition(measured, steep, levels, h)}

## The strength of the instruction

In the default world: does twice the instruction give twice the effect? A fuel would give twice, a switch would give the same.

{section_curve(curves, f"h = {h:g}")}

## Calibration targets

The table lists findings of other studies (`scenarios/findings/findings.toml` has the sources), and says whether the default world
meets them. It was chosen because it does, within the tolerances, so that meeting them is no independent evidence.

{section_calibration(findings, calibration, cities, drawn, args.citizens, runs)}

We found no study of how a leading group's rank, the cadence of meetings and the half-life of an instruction work in reality, so
they are not compared. They are swept in the sensitivity study. The share of better-off places among real trials (over four
in five) is an option of the model (`plan.sites = "better-off"`), not a result of it.

## What the table cannot show

The paper has one case, no measured outcome and no control: the table describes the model, it does not validate effects. Without
the drive of local need a share of {num(at.loc["21.need", "ratio"])} of effectiveness is left in the default world (21.need). No promotion tournament and no money is modelled.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="pairs of runs per pattern in the default world")
    parser.add_argument("--by-hand", type=int, default=BY_HAND, help="pairs of runs per pattern by hand")
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
