"""Measure the numbers of `docs/validation.md`, and write its tables (a minute or two)."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

import numpy as np
from pattern_targets import FINDINGS

from simulation import RunResult, load_scenario, run
from simulation.drawing.numbers import bounds
from simulation.evidence import Calibration
from simulation.scenario import Scenario
from simulation.verification.pilots import found_again, summary

PAGE = Path(__file__).resolve().parents[1] / "validation.md"
SEEDS = 30
PATTERNS = PAGE.parent / "patterns.md"
BASE, WEAK = (
    load_scenario(name).with_values({"structure.citizens": 6000}) for name in ("zhaoqing", "weak-leading-group")
)
STRENGTH = BASE.stages.authority.effective_intensity
#: Leading groups from strong to weak.
GROUPS = {
    "secretary": BASE,
    "deputy": BASE.with_values({"stages.authority.rank": "deputy"}),
    **{f"× {share:g}": BASE.with_values({"stages.authority.intensity": share * STRENGTH}) for share in (0.6, 0.3)},
    "`weak-leading-group`": WEAK,
}


def runs(spec: Scenario, seeds: int = SEEDS) -> list[RunResult]:
    return [run(spec, seed=seed) for seed in range(seeds)]


def mean(found: list[RunResult], metric: str) -> float:
    return float(np.nanmean([one.summary[metric] for one in found]))


def spread(values: list[float], digits: int = 2) -> str:
    """Return mean and 95 % interval of the mean."""
    half = 1.96 * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return f"{np.mean(values):.{digits}f} ± {half:.{digits}f}"


def pilots(name: str) -> str:
    """Return how many of the ten pilots of 2020 the plan makes, against assignment by lot."""
    found = summary(found_again(name))
    chance = f"p = {found['p']:.3f}" if found["p"] > 0 else "no plan by lot finds as many"
    return f"{found['assigned']:.1f} of the ten pairs, {found['by lot']:.1f} by lot ({chance})"


def at_first(found: list[RunResult]) -> float:
    """Return the mean number of domains that the plan takes on."""
    return float(np.mean([one.model.record.active[one.model.state.plan_week[0]].sum() for one in found]))


def breadth(spec: Scenario) -> tuple[float, float, bool]:
    """Return effectiveness with all eight domains and with the group's own choice, and if the first is surely less."""
    broad, chosen = (
        np.array([one.summary["effectiveness"] for one in runs(spec.with_values(values), 15)])
        for values in ({"agenda.domains": "all"}, {})
    )
    harm = chosen - broad
    surely = harm.mean() > 1.96 * harm.std(ddof=1) / math.sqrt(len(harm))
    return float(broad.mean()), float(chosen.mean()), bool(surely)


def reached(met: bool) -> str:
    return "reached" if met else "**not reached**"


def findings() -> dict[str, tuple[str, str]]:
    """Return, for every finding of other studies, its share and verdict as the pattern table measured them."""
    rows = re.findall(r"^\| ([a-z-]+) \| [^|]+ \| ([.\d]+)[^|]* \| ([^|]+) \|$", PATTERNS.read_text("utf-8"), re.M)
    return {name: (share, verdict) for name, share, verdict in rows}


def facts() -> str:
    default = runs(BASE)
    more = {n: mean(runs(BASE.with_values({"plan.per_county": n}), 15), "effectiveness") for n in (2, 4, 8)}
    groups = {name: breadth(spec) for name, spec in GROUPS.items()}
    hurt = [name for name, (*_, harmed) in groups.items() if harmed]
    breadths = ", ".join(f"{name} {all_eight:.3f} and {chosen:.3f}" for name, (all_eight, chosen, _) in groups.items())
    base = mean(default, "effectiveness")
    targets, shares = Calibration.of(FINDINGS).targets, findings()
    ratios = ", ".join(f"{value / base:.2f}" for value in more.values())
    modes = f"substantive {mean(default, 'substantive'):.2f}, symbolic {mean(default, 'symbolic'):.2f}"
    rows = [
        (
            "one instruction on one domain became a programme in eight (P)",
            f"{at_first(default):.1f} domains on the agenda at first, {mean(default, 'agenda'):.1f} after three years; "
            f"in {mean(default, 'breadth'):.1f} of them the mean site is above .4 then",
            f"the number is chosen; eight {reached(mean(default, 'agenda') > 7.5)}",
        ),
        (
            "the city matched units and domains as in the plan of 2020 (P)",
            pilots("zhaoqing"),
            "built in: the plan of 2020 tells which unit has which problem",
        ),
        (
            "the same, with severities from facts that do not know the plan",
            pilots("zhaoqing-from-facts"),
            "the weights of the facts are assumed",
        ),
        (
            "nine units ran ten pilots (P)",
            "at most one domain per unit in the plan (Duanzhou gets one, not two)",
            '**not reached** by default; `plan.kind = "table"` can state the ten',
        ),
        (
            "pilots worked within the first two years (P)",
            f"the first sites of four domains exceed .4 on average in week {mean(default, 'weeks_to_breadth_4'):.0f}",
            "the speed follows from assumed rates",
        ),
        (
            "units did more than they were told, not less (P)",
            f"{modes} of (executor, domain) pairs",
            reached(mean(default, "substantive") > 0.5),
        ),
        (
            "over-expansion blurs and weakens (P, as a warning)",
            f"all eight domains and the group's own choice give: {breadths}; 2, 4, 8 domains per unit over 1: {ratios}",
            f"over a group's span {reached(bool(hurt))} ({', '.join(hurt) or 'nowhere'}), which is assumed; "
            f"within a county {reached(more[8] < base)}",
        ),
        *(
            (
                f"{target.claim['en']} ({target.source.partition(';')[0]})",
                f"{shares[target.name][0]} in setting *{target.setting}* "
                "([patterns](patterns.md#calibration-targets)), "
                f"wanted {bounds(target.low, target.high)} (± {target.tolerance:g})",
                shares[target.name][1],
            )
            for target in targets.values()
        ),
        (
            "effect of the leading group's rank, of meeting cadence, half-life of an instruction",
            "no study found",
            "swept, not validated",
        ),
    ]
    lines = ["| fact | what the model gives | verdict |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {a} | {b} | {c} |" for a, b, c in rows])


def length() -> str:
    long = [run(BASE.with_values({"weeks": 520}), seed=seed).weekly["effectiveness"].to_numpy() for seed in range(10)]
    path = np.mean(long, axis=0)
    lines = ["| week | effectiveness | change in the last quarter |", "| --- | --- | --- |"]
    weeks = (26, 52, 104, 155, 208, 312, 416, 519)
    rows = [f"| {week} | {path[week]:.3f} | {path[week] - path[week - 13]:+.4f} |" for week in weeks]
    peak, end = int(path.argmax()), BASE.weeks - 1
    grows = "is still rising" if path[end] > path[end - 13] else "falls"
    text = (
        f"Effectiveness {grows} in week {end}, the last week of the default, peaks in week {peak} ({path[peak]:.3f}), "
        f"and has fallen to {path[-1]:.3f} in week {len(path) - 1}. It reaches no equilibrium within ten years."
    )
    return "\n".join([*lines, *rows, "", text])


def replicates() -> str:
    """Return how many replicates a difference needs, paired and not."""
    lines = [
        "| compared with the default | mean difference | sd of a pair's difference | sd if unpaired "
        "| pairs for ± .01 | unpaired |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    base = np.array([one.summary["effectiveness"] for one in runs(BASE)])
    saved = {}
    for name, values in (
        ("random assignment", {"plan.kind": "random"}),
        ("no oversight", {"execution.oversight": 0.0}),
        ("three domains per unit", {"plan.per_county": 3}),
        ("instruction × .5", {"instruction.intensity": 0.5}),
    ):
        other = np.array([one.summary["effectiveness"] for one in runs(BASE.with_values(values))])
        paired = float((other - base).std(ddof=1))
        free = float(np.hypot(other.std(ddof=1), base.std(ddof=1)))
        needed = [math.ceil((1.96 * sd / 0.01) ** 2) for sd in (paired, free)]
        saved[name] = needed
        lines.append(
            f"| {name} | {np.mean(other - base):+.3f} | {paired:.3f} | {free:.3f} | {needed[0]} | {needed[1]} |"
        )
    lines.append(
        f"\nDefault: {spread(base.tolist(), 3)} over {SEEDS} seeds, standard deviation {base.std(ddof=1):.3f}."
    )
    most, least = (pick(saved, key=lambda name: saved[name][0] / saved[name][1]) for pick in (min, max))
    lines.append(
        f"\nPairing saves most where the two runs make nearly the same draws ({most}: {saved[most][0]} pairs instead "
        f"of {saved[most][1]}), and least where the change moves most of them ({least}: {saved[least][0]} instead of "
        f"{saved[least][1]})."
    )
    return "\n".join(lines)


def main(asked: list[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for make in (facts, length, replicates):
        name = make.__name__
        if asked and name not in asked:
            continue
        block = f"<!-- measured: {name} -->\n\n{make()}\n\n<!-- /measured -->"
        pattern = rf"<!-- measured: {name} -->.*?<!-- /measured -->"
        text = re.sub(pattern, lambda _, block=block: block, text, flags=re.DOTALL)
        print(name)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
