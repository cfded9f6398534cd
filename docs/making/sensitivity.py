"""Write `docs/sensitivity.md` from the store of the Morris study.

Usage: wushi sweep assumptions-morris --out out/sweeps/assumptions-morris.sqlite
       python docs/making/sensitivity.py out/sweeps/assumptions-morris.sqlite
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from simulation.experiments import read_store, sensitivity
from simulation.files.provenance import host, versions
from simulation.scenario import parameters

DOCS = Path(__file__).resolve().parents[1]
MAIN = "effectiveness"
SHOWN = 25


def main(store: Path) -> None:
    experiment = read_store(store)
    metrics = [metric for metric in experiment.metrics if metric in experiment.runs]
    found = {metric: sensitivity(experiment, metric) for metric in metrics}
    figure = found[MAIN].plot("indices", "en")
    figure.savefig(DOCS / "images" / "sensitivity-morris.png", dpi=110)
    (DOCS / "sensitivity.md").write_text(document(experiment, found), encoding="utf-8")


def document(experiment: object, found: dict[str, object]) -> str:
    """Return the document; every number in it comes from the store."""
    table: pd.DataFrame = found[MAIN].table.sort_values("mu_star", ascending=False)  # type: ignore[attr-defined]
    label = {info.key: info.description["en"] for info in parameters()}
    base = experiment.runs[MAIN].mean()  # type: ignore[attr-defined]
    noise = found[MAIN].noise.record()  # type: ignore[attr-defined]
    counts = experiment.counts  # type: ignore[attr-defined]
    matters = table[table["mu_star.low"] > 0.02]
    idle = table[table["mu_star.high"] < 0.01]
    product = table[(table["sigma"] > 1.5 * table["mu"].abs()) & (table["mu_star.low"] > 0.01)]
    lines = [
        "# Sensitivity: which assumptions the conclusions rest on",
        "",
        "This page shows Morris's elementary effects of every number that the scenario schema marks as an assumption.",
        "Each varies within 40 % of its default (inside what the schema allows), on four levels. After",
        "`wushi sweep assumptions-morris --out STORE`, `python docs/making/sensitivity.py STORE` writes the page; no",
        "number is typed by hand.",
        "",
        f"- {len(table)} factors, {counts['total']} runs ({counts.get('ok', 0)} finished, "
        f"{counts['total'] - counts.get('ok', 0)} failed or refused), Zhaoqing with 6,000 citizens, 156 weeks.",
        f"- Mean `{MAIN}` over points: {base:.3f}. Of a single run's variance, {noise['parameters.share']:.0%} "
        f"comes from the parameters, {noise['seeds.share']:.0%} from the seed alone, {noise['chance.share']:.0%} "
        "from their interplay.",
        f"- {host()['system']} {host()['machine']}, Python {versions()['python']}, numpy {versions()['numpy']}.",
        "",
        "`mu_star` is the mean size of the change in the metric when a factor moves by two thirds",
        "of its range, whatever the",
        "others are, with its 95 % interval; `mu` keeps the sign; `sigma` is large where the",
        "change depends on the others.",
        "The intervals often do not separate neighbouring ranks: read the intervals, not the order.",
        "",
        "![Elementary effects on effectiveness](images/sensitivity-morris.png)",
        "",
        "## What the conclusions rest on",
        "",
        f"{len(matters)} of {len(table)} assumptions move effectiveness by more than .02, by the lower bound of their "
        "interval:",
        "",
        *rows(matters.head(SHOWN), label),
        "",
        "## What hardly matters",
        "",
        f"{len(idle)} assumptions move it by less than .01, by the upper bound of their interval:",
        "",
        ", ".join(f"`{name}`" for name in idle["factor"]) or "none",
        "",
        "## What only matters together with others",
        "",
        "These factors act mainly together with others (sigma above 1.5 × |mu|, mu_star's lower bound above .01). Do",
        "not quote a single effect for any of them.",
        "",
        ", ".join(f"`{name}`" for name in product["factor"]) or "none",
        "",
        "## Other outcomes",
        "",
        "The five largest `mu_star` for each metric:",
        "",
        "| metric | factors (mu_star) |",
        "|---|---|",
    ]
    for metric, one in found.items():
        top = one.table.sort_values("mu_star", ascending=False).head(5)  # type: ignore[attr-defined]
        shown = ", ".join(f"`{f}` ({m:.3f})" for f, m in zip(top["factor"], top["mu_star"], strict=True))
        lines.append(f"| `{metric}` | {shown} |")
    warnings = sorted({text for one in found.values() for text in one.warnings})  # type: ignore[attr-defined]
    lines += ["", "## Warnings of the analysis", "", *(f"- {text}" for text in warnings or ["none"]), ""]
    return "\n".join(lines)


def rows(table: pd.DataFrame, label: dict[str, str]) -> list[str]:
    """Return a Markdown table of factors."""
    head = ["| factor | meaning | mu_star [95 %] | mu | sigma |", "|---|---|---|---|---|"]
    return head + [
        f"| `{row['factor']}` | {label.get(row['factor'], '')} | {row['mu_star']:.3f} "
        f"[{row['mu_star.low']:.3f}, {row['mu_star.high']:.3f}] | {row['mu']:+.3f} | {row['sigma']:.3f} |"
        for row in table.to_dict("records")
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
