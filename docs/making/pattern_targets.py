"""The part of docs/patterns.md that compares the defaults with the findings of other studies."""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

import pandas as pd
from pattern_words import mean, num, rows

from simulation.drawing.numbers import bounds
from simulation.evidence import Calibration, Ensemble
from simulation.evidence.measuring import Measuring
from simulation.evidence.targets import Target
from simulation.verification import patterns as table

CAMPAIGN = {"stages.authority.length": 40, "stages.publicity.length": 40, "weeks": 208}
CALIBRATION = {
    "campaign": CAMPAIGN | {"execution.routine": 0.0},
    "campaign with routine": CAMPAIGN,
    **{f"oversight {o:g}": {"execution.oversight": o} for o in (0.0, 0.2, 0.4, 0.8)},
}
#: Ordinary cities, drawn as `wushi ensemble` draws them.
CITIES = 300
FINDINGS = "case"
#: Draws by which ordinary cities are split into halves.
SPLIT = (
    "instruction.intensity",
    "instruction.wording",
    "stages.authority.coverage",
    "stages.authority.meetings_per_year",
    "execution.oversight",
    "execution.capacity",
    "structure.severity_matched",
)


def ordinary_cities(number: int, seed: int, citizens: int) -> list[table.Task]:
    """Return the tasks of ordinary cities."""
    drawn = Ensemble(values={"structure.citizens": citizens, "structure.communities": "auto"})
    return [
        (f"city {city}", drawn.changes(seed, city), seed + city, citizens, table.SCENARIO) for city in range(number)
    ]


def draws_of(number: int, seed: int) -> pd.DataFrame:
    """Return what was drawn for each ordinary city."""
    return pd.DataFrame([Ensemble().drawn(seed, city) for city in range(number)])


def measure_findings(number: int, seed: int) -> pd.DataFrame:
    """Measure every finding as `wushi calibrate case` does, at the defaults: one row per seed."""
    asked = Calibration.of(FINDINGS)
    measuring = Measuring(asked.settings, list(asked.targets.values()))
    return pd.DataFrame([measuring({}, seed + one) for one in range(number)])


def asked(findings: pd.DataFrame, target: Target) -> float:
    """Return a target's mean over runs, weighted as the target says."""
    values = findings[target.name]
    weights = values.notna() * (1.0 if target.weight is None else findings[target.columns[1]])
    return float((values.fillna(0.0) * weights).sum() / weights.sum()) if weights.sum() > 0 else float("nan")


def verdict(distance: float) -> str:
    return "met" if distance == 0 else "within tolerance" if distance <= 1 else "**failed**"


def reading(inside: bool) -> str:
    """Report a second reading of a target; a reading chosen in knowledge of the first one is no verdict."""
    return "second reading: inside" if inside else "second reading: outside"


def section_calibration(
    findings: pd.DataFrame,
    runs: pd.DataFrame,
    ordinary: pd.DataFrame,
    drawn: pd.DataFrame,
    citizens: int,
    patterns: pd.DataFrame,
) -> str:
    targets = Calibration.of(FINDINGS).targets
    lines: list[tuple[object, ...]] = [("target", "found by studies", "measured here", "verdict")]
    second = {
        "trial-rollout": [
            ("cities weighted equally", float(findings["trial-rollout"].mean())),
            (f"{citizens:,} citizens per city", float(ordinary["rolled_out"].sum() / max(ordinary["tried"].sum(), 1))),
        ],
        "scale-up": [("ordinary cities in which it is defined", float(ordinary["scale_up_gap"].mean()))],
        "false-reports": [("cities weighted equally", float(findings["false-reports"].mean()))],
        "responsiveness": [
            (
                "citizens at sites who take part, Zhaoqing",
                float(runs[runs["arm"] == "oversight 0.8"]["answered"].mean()),
            )
        ],
    }
    for name, target in targets.items():
        found = asked(findings, target)
        values = findings[name]
        wanted = f"{bounds(target.low, target.high)} (± {num(target.tolerance)})"
        shown = mean(values) if target.weight is None else f"{num(found, 3)}, weighted by {target.weight.text}"
        lines.append(
            (
                name,
                wanted,
                f"{shown} ({int(values.notna().sum())} of {len(values)} runs)",
                verdict(target.distance(found)),
            )
        )
        for words, value in second.get(name, []):
            lines.append((f"{name}, {words}", "the same", num(value, 3), reading(target.distance(value) <= 1)))
    taken_on = patterns[patterns["arm"] == "base"]["agenda"]
    lines.append(
        ("the case's own fact", "eight domains", f"{mean(taken_on, 1)} in the last week ({len(taken_on)} runs)", "–")
    )
    arm = dict(iter(runs.groupby("arm")))
    kept = rows(
        ("campaign", "share of the peak kept a year later", "in the last week"),
        *((name, mean(arm[name]["year_after_peak"], 2), mean(arm[name]["kept_of_peak"], 2)) for name in CAMPAIGNS),
    )
    oversight = rows(
        ("oversight", "true ÷ reported, all sites", "embellished sites alone"),
        *(
            (
                name.removeprefix("oversight "),
                mean(part["true_to_reported"], 2),
                mean(part["true_to_reported_hollow"], 2),
            )
            for name, part in arm.items()
            if name.startswith("oversight")
        ),
    )
    by_half: list[tuple[object, ...]] = [("drawn", "rolled out, lower half", "upper half")]
    for key in SPLIT:
        below = drawn[key] <= drawn[key].median()
        halves = (ordinary[part.to_numpy()] for part in (below, ~below))
        by_half.append((f"`{key}`", *(num(h["rolled_out"].sum() / max(h["tried"].sum(), 1)) for h in halves)))
    for rank in ("secretary", "deputy", "none"):
        part = ordinary[(drawn["stages.authority.rank"] == rank).to_numpy()]
        by_half.append((f"headed by: {rank}", num(part["rolled_out"].sum() / max(part["tried"].sum(), 1)), ""))
    met = sum(target.distance(asked(findings, target)) <= 1 for target in targets.values())
    return f"""{rows(*lines)}

Of the {len(targets)} findings {met} are met or within tolerance.

The findings are measured in the default world as `wushi calibrate {FINDINGS}` measures them: the mean over runs
or cities, weighted where the finding counts something else than cities. The file of findings fixes the size: an ordinary city of
trial-rollout has 4,000 citizens. [Plausible worlds](worlds.md#the-findings) measures the same findings on 300 other cities, with
standard errors; its numbers for the default differ from these by chance. A *second reading* measures the target in another way, chosen after the first reading was known. It does not count
as a target met. All tolerances are our own.

- *campaign-rebound* (Zhaoqing):

{kept}

- *trial-rollout*: a trial is a domain with pilot sites; rolled out means open beyond its pilot sites at the end. Trials of
  {len(ordinary)} ordinary cities with {citizens:,} citizens each, by what was drawn:

{rows(*by_half)}

- *false-reports* (Zhaoqing): "all sites" also counts sites with substantive execution, whose reports are true:

{oversight}

- *responsiveness*: the study counts county governments that answer a request, the model executors that execute in substance."""


CAMPAIGNS = ("campaign", "campaign with routine")
