"""Measure what each part of expansion does, and write `docs/expansion.md` with its picture (some minutes).

    python docs/making/expansion.py                all of it
    python docs/making/expansion.py --quick        few seeds and cities, to see that it works
    python docs/making/expansion.py --keep FOLDER  finished runs are stored there, so that a stopped run goes on

Every number on the page is made here. Ratios are of means over seeds that both settings share.
"""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pandas as pd
from expansion_agendas import buck_passing, compared, directions
from expansion_ordinary import by_rank, interaction, ordinary, picture
from expansion_parts import deletions, granularity
from expansion_study import BY_HAND, CITIZENS, DEFAULT, Study, mean, pool_of

from simulation.scenario import load_scenario

DOCS = Path(__file__).resolve().parents[1]

PAGE = """# Expansion: what decides how far a city goes, and what each part does

An instruction names one problem. This page shows what the model's default world (scenario `zhaoqing`, one of many
[plausible worlds](worlds.md)) does with it, one changed thing at a time. `python docs/making/expansion.py` writes every
number here. A ratio compares effectiveness with the default's {default} under the same {seeds} seeds, with
{citizens:,} citizens and {weeks} weeks. Brackets hold the 95 % interval over seeds. None of it is a fact about Zhaoqing:
the numbers follow from [the rules](model.md) and their assumptions.

Columns and rows *by hand* show the world of the constants chosen by hand (scenario `zhaoqing-by-hand`), as ratios to
its own base, {by_hand}. {compared}

## One thing at a time

{directions}

## What buck-passing decides

{buck_passing}

## How many problems an ordinary city takes on

In the default world, {cities} ordinary cities are drawn as for [calibration](calibration.md). Each is run with light and
with heavy problems, and with a weak (.15) and a strong (1) signal. It gives the share of the problems other than
the point that a city takes on at the plan.

![How far ordinary cities go](images/agendas-en.png)

{by_rank}

The paper (§3.3) says that authority lent from above and the pressure of local problems work *together*. In the
model the worth of a domain is the product of the two, and the agenda is a choice among domains by their worth.
The share of further problems taken on comes out as follows:

{interaction}

## What each part of the world does

A part that can be deleted without changing an outcome does no work on it. Differences of effectiveness are
paired by seed. Two samples of communities show how much of a difference comes from the coarseness of the sample.
The numbers are those of the default world; the last column shows the coarse sample by hand.

{deletions}

### How far results depend on the number of communities

In the default world:

{granularity}
"""


def ordinary_kept(cities: int, keep: Path | None) -> pd.DataFrame:
    """Return the agendas of ordinary cities, stored in a folder where there is one."""
    path = None if keep is None else keep / f"ordinary-{load_scenario(DEFAULT).digest[:8]}-{cities}.csv"
    if path is None:
        return ordinary(cities)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        ordinary(cities).to_csv(path, index=False)
    return pd.read_csv(path, keep_default_na=False)  # 'none' is a rank


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description="Write docs/expansion.md.")
    parser.add_argument("--quick", action="store_true", help="few seeds, cities and citizens")
    parser.add_argument("--seeds", type=int, help="runs per setting")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--keep", type=Path, help="folder for the runs: stored there, and read from there again")
    parser.add_argument("--out", type=Path, default=DOCS / "expansion.md")
    args = parser.parse_args()
    seeds, cities, citizens = (3, 40, 600) if args.quick else (20, 600, CITIZENS)
    seeds = args.seeds or seeds
    with pool_of(args.workers) as pool:
        default, hand = (Study(world, seeds, pool, args.keep, citizens) for world in (DEFAULT, BY_HAND))
        found = ordinary_kept(cities, args.keep)
        text = PAGE.format(
            default=mean(default.plain.effectiveness),
            compared=compared(default, hand),
            by_hand=mean(hand.plain.effectiveness),
            seeds=seeds,
            citizens=citizens,
            weeks=default.base.weeks,
            directions=directions(default, hand),
            buck_passing=buck_passing(default, hand),
            cities=cities,
            by_rank=by_rank(found),
            interaction=interaction(found),
            deletions=deletions(default, hand),
            granularity=granularity(default),
        )
    images = args.out.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "zh"):
        picture(found, lang, images)
    args.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
