"""Write `docs/sensitivity.md` from the stores of two Morris studies (seconds).

Usage: wushi sweep worlds-box --out out/sweeps/worlds-box.sqlite                    (two or three minutes)
       wushi sweep assumptions-morris --out out/sweeps/assumptions-morris.sqlite    (as long again)
       python docs/making/sensitivity.py out/sweeps/worlds-box.sqlite out/sweeps/assumptions-morris.sqlite
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from docs import table
from simulation.evidence.worlds import worlds
from simulation.experiments import Experiment, Sensitivity, read_store, sensitivity
from simulation.files.provenance import host, versions
from simulation.scenario import parameters

DOCS = Path(__file__).resolve().parents[1]
MAIN = "effectiveness"
SHOWN = 20
TOP = 5
LARGE, SMALL, TOGETHER = 0.02, 0.01, 1.5
LABEL = {info.key: info.description["en"] for info in parameters()}


@dataclass(frozen=True)
class Study:
    """A Morris study: its runs, and the analysis of each metric."""

    experiment: Experiment
    found: dict[str, Sensitivity]

    @classmethod
    def read(cls, store: Path) -> Study:
        """Return the study of a store."""
        experiment = read_store(store)
        metrics = [metric for metric in experiment.metrics if metric in experiment.runs]
        return cls(experiment, {metric: sensitivity(experiment, metric) for metric in metrics})

    @property
    def effects(self) -> pd.DataFrame:
        """The factors, those that move the main metric most first."""
        return self.found[MAIN].table.sort_values("mu_star", ascending=False)

    def size(self) -> str:
        """Return in a sentence how large the study is and how much of it is noise."""
        counts, noise = self.experiment.counts, self.found[MAIN].noise.record()
        done = counts.get("ok", 0)
        failed, mean = counts["total"] - done, self.experiment.runs[MAIN].mean()
        return (
            f"{len(self.effects)} factors, {counts['total']:,} runs ({done:,} finished, {failed} failed or refused). "
            f"Mean `{MAIN}` over points: {mean:.3f}. Of a single run's variance, {noise['parameters.share']:.0%} comes "
            f"from the parameters, {noise['seeds.share']:.0%} from the seed alone, {noise['chance.share']:.0%} from "
            "their interplay."
        )

    def matters(self) -> pd.DataFrame:
        """Return the factors whose effect is surely large."""
        return self.effects[self.effects["mu_star.low"] > LARGE]

    def idle(self) -> list[str]:
        """Return the factors whose effect is surely small."""
        return list(self.effects.loc[self.effects["mu_star.high"] < SMALL, "factor"])

    def together(self) -> list[str]:
        """Return the factors whose effect depends mainly on others."""
        effects = self.effects
        apart = (effects["sigma"] > TOGETHER * effects["mu"].abs()) & (effects["mu_star.low"] > SMALL)
        return list(effects.loc[apart, "factor"])

    def warnings(self) -> list[str]:
        """Return what the analysis warns of, with the metric that it is about."""
        return [f"`{metric}`: {text}" for metric, one in self.found.items() for text in one.warnings]


def document(box: Study, around: Study) -> str:
    """Return the page; every number in it comes from the stores."""
    number = len(worlds())
    return "\n".join(
        [
            "# Sensitivity: which assumptions the conclusions rest on",
            "",
            "Two studies by Morris's elementary effects, Zhaoqing with 6,000 citizens and 156 weeks. The first",
            "moves the constants of behaviour that matter through the *box of the plausible worlds*: each from its",
            f"smallest to its largest value in the [set](worlds.md) of {number}. Not every point of the box is",
            "plausible: the worlds lie in it unevenly. The second moves every number that the",
            "schema marks as an assumption, the situation too, within 40 % of the default world. After",
            "`wushi sweep worlds-box --out BOX` and `wushi sweep assumptions-morris --out AROUND`,",
            "`python docs/making/sensitivity.py BOX AROUND` writes this page.",
            "",
            f"- *The box.* {box.size()}",
            f"- *Around the default.* {around.size()}",
            f"- {host()['system']} {host()['machine']}, Python {versions()['python']}, numpy {versions()['numpy']}.",
            "",
            "`mu_star` is the mean size of the change in the metric when a factor moves over its whole range,",
            "whatever the others are, with its 95 % interval. `mu` keeps the sign. `sigma` is large where the change",
            "depends on the others. The intervals often do not separate neighbouring ranks: read the intervals,",
            "not the order. *Interplay* is the part of a run's variance that belongs to one seed at one point alone:",
            "chance, which more replicates would average out.",
            "",
            "![Elementary effects on effectiveness, over the box of the plausible worlds](images/sensitivity-morris.png)",  # noqa: E501 (one line of Markdown)
            "",
            "## Over the box of the plausible worlds",
            "",
            *_study(box),
            "## Around the default world",
            "",
            *_study(around),
            "## Warnings of the analysis",
            "",
            *(
                f"- {name}, {text}"
                for name, one in (("Box", box), ("Around the default", around))
                for text in one.warnings()
            ),
            "",
        ]
    )


def _study(one: Study) -> list[str]:
    matters, effects = one.matters(), one.effects
    return [
        f"{len(matters)} of {len(effects)} factors move `{MAIN}` by more than {LARGE}, by the lower bound of their "
        f"interval{f' (the largest {SHOWN} are shown)' if len(matters) > SHOWN else ''}:",
        "",
        table(
            ["factor", "meaning", "mu_star [95 %]", "mu", "sigma"],
            [
                [
                    f"`{row['factor']}`",
                    LABEL.get(row["factor"], ""),
                    f"{row['mu_star']:.3f} \\[{row['mu_star.low']:.3f}, {row['mu_star.high']:.3f}\\]",
                    f"{row['mu']:+.3f}",
                    f"{row['sigma']:.3f}",
                ]
                for row in matters.head(SHOWN).to_dict("records")
            ],
        ),
        "",
        f"{len(one.idle())} factors move it by less than {SMALL}, by the upper bound of their interval: "
        f"{_listed(one.idle())}.",
        "",
        f"These act mainly together with others (sigma above {TOGETHER} × |mu|, mu_star's lower bound "
        f"above {SMALL}), so that no single effect of theirs should be quoted: {_listed(one.together())}.",
        "",
        f"The {TOP} largest `mu_star` for each metric:",
        "",
        table(["metric", "factors (mu_star)"], [[f"`{metric}`", _top(found)] for metric, found in one.found.items()]),
        "",
    ]


def _top(found: Sensitivity) -> str:
    first = found.table.sort_values("mu_star", ascending=False).head(TOP)
    return ", ".join(f"`{name}` ({size:.3f})" for name, size in zip(first["factor"], first["mu_star"], strict=True))


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def main(box: Path, around: Path) -> None:
    """Write the page and draw its picture."""
    first, second = Study.read(box), Study.read(around)
    first.found[MAIN].plot("indices", "en").savefig(DOCS / "images" / "sensitivity-morris.png", dpi=110)
    (DOCS / "sensitivity.md").write_text(document(first, second), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:3]))
