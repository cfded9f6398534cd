"""Measure what each part of expansion does, and write `docs/expansion.md` with its picture (some minutes).

    python docs/making/expansion.py            all of it
    python docs/making/expansion.py --quick    few seeds and cities, to see that it works

Every number on the page is made here. Ratios are of means over seeds that both settings share.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from docs import table
from simulation import load_scenario, run
from simulation.drawing.colours import BLUE, ORANGE, SOFT
from simulation.drawing.sheet import Sheet
from simulation.evidence.ensemble import Ensemble
from simulation.model import MomentumModel
from simulation.places.hierarchy import load_hierarchy
from simulation.places.sampling import CITIZENS_EACH
from simulation.scenario import Scenario

DOCS = Path(__file__).resolve().parents[1]
CITIZENS, COMMUNITIES = 6000, (155, 620)
RANKS = ("secretary", "deputy", "none")
INFINITE = float("inf")

#: A setting, and the values that make it.
INTENSITIES = (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.0)
AGENDAS: tuple[Any, ...] = (1, 2, 3, 4, 6, "all")
SIGNALS = (0.0, 0.1, 0.25, 0.5, 1.0, 4.0)
WORDINGS = (0.0, 0.3, 0.5, 0.7, 1.0)
DELETED: dict[str, Mapping[str, Any]] = {
    "towns (counties execute through a staff)": {"structure.towns": "none"},
    "departments (buck-passing costs nothing)": {"departments.conflict": 0.0},
    "county groups (the city's authority everywhere)": {
        "transmission.follow": 1.0, "transmission.zeal_low": 1.0, "transmission.zeal_high": 1.0,
    },
    "bodies as agents (only their share)": {"bodies.rule": "share"},
    "favour for pilot sites": {"execution.spotlight": 0.0},
    "limits of local resources": {"execution.budget": INFINITE},
    "limits of attention": {"agenda.span": INFINITE},
}  # fmt: skip


class Study:
    """The default city, run with changed values under the same seeds."""

    def __init__(self, seeds: int) -> None:
        self.seeds = range(seeds)
        self.base = load_scenario("zhaoqing").with_values({"structure.citizens": CITIZENS})
        self.strength = self.base.stages.authority.effective_intensity
        self.plain = self.found({})

    def found(self, values: Mapping[str, Any], base: Any = None) -> pd.DataFrame:
        """Return one row per seed: the summary, and the agenda at the plan."""
        spec = (self.base if base is None else base).with_values(values)
        start = int(spec.stages.settlement.start)
        rows = []
        for seed in self.seeds:
            result = run(spec, seed)
            rows.append(result.summary | {"at the plan": float(result.weekly["agenda"].iloc[start])})
        return pd.DataFrame(rows)

    def row(self, label: str, values: Mapping[str, Any]) -> list[str]:
        """Return a line of a table: label, ratio of effectiveness, core, agenda at the plan and in the end."""
        changed = self.found(values)
        return [
            label,
            ratio(changed.effectiveness, self.plain.effectiveness),
            mean(changed.core_effect),
            f"{changed['at the plan'].mean():.1f}",
            f"{changed.agenda.mean():.1f}",
        ]


def ratio(changed: pd.Series, base: pd.Series) -> str:
    """Return mean ÷ mean with its 95 % interval, by resampling the seeds that both share."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(base), (2000, len(base)))
    means = changed.to_numpy()[drawn].mean(axis=1) / base.to_numpy()[drawn].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{changed.mean() / base.mean():.2f} [{low:.2f}, {high:.2f}]"


def mean(values: Iterable[float]) -> str:
    """Return a mean with half of its 95 % interval."""
    array = np.asarray(list(values), float)
    array = array[np.isfinite(array)]
    if len(array) < 2:
        return "–"
    return f"{array.mean():.3f} ± {1.96 * array.std(ddof=1) / np.sqrt(len(array)):.3f}"


def _domains(number: Any) -> str:
    return {1: "the point alone", "all": "all eight"}.get(number, f"{number} domains")


HEADER = ["setting", "effectiveness ÷ default", "core effect", "agenda at the plan", "agenda at the end"]


def second(base: Scenario, domain: str) -> dict[str, Any]:
    """Return the domains with one of them moved behind the point: a forced agenda takes them in this order."""
    order = [base.point, domain, *(key for key in base.domains if key not in (base.point, domain))]
    return {key: base.domains[key].model_dump() for key in order}


def directions(study: Study) -> str:
    """Return the tables of one changed thing at a time."""
    authority = "stages.authority.intensity"
    parts = [
        (
            "The leading group's intensity",
            [study.row(f"× {i:g}", {authority: i * study.strength}) for i in INTENSITIES],
        ),
        ("The instruction's intensity", [study.row(f"{i:g}", {"instruction.intensity": i}) for i in SIGNALS]),
        ("The wording", [study.row(f"{w:g}", {"instruction.wording": w}) for w in WORDINGS]),
        ("A forced agenda", [study.row(_domains(n), {"agenda.domains": n}) for n in AGENDAS]),
    ]
    for factor in (0.6, 0.4):
        weak = {authority: factor * study.strength}
        rows = [study.row(_domains(n), weak | {"agenda.domains": n}) for n in AGENDAS]
        rows += [
            study.row(f"{_domains(n)}, span ∞", weak | {"agenda.domains": n, "agenda.span": INFINITE})
            for n in (4, "all")
        ]
        rows.append(study.row("its own choice", weak))
        rows.append(study.row("its own choice, optimism 2", weak | {"agenda.optimism": 2.0}))
        parts.append((f"A forced agenda under a group of × {factor:g}", rows))
        other = weak | {"domains": second(study.base, "environment")}
        rows = [study.row(_domains(n), other | {"agenda.domains": n}) for n in AGENDAS]
        parts.append((f"The same under × {factor:g}, with `environment` second in the order", rows))
    return "\n".join(f"### {title}\n\n{table(HEADER, rows)}" for title, rows in parts)


def buck_passing(study: Study) -> str:
    """Return effectiveness with and without conflict between departments, by the leading group's intensity."""
    rows = []
    for factor in (1.0, 0.6, 0.3, 0.0):
        values = {"stages.authority.intensity": factor * study.strength}
        with_, without = study.found(values), study.found(values | {"departments.conflict": 0.0})
        cells = [ratio(found.effectiveness, study.plain.effectiveness) for found in (with_, without)]
        rows.append([f"× {factor:g}", *cells, mean(with_.co_operation)])
    return table(["leading group", "with conflict", "without", "share of departments that co-operate"], rows)


def equal_counties(base: Scenario) -> dict[str, Any]:
    """Return the city with its counties replaced by as many equal, anonymous ones, with equal towns."""
    places = load_hierarchy(base)
    counties = [unit for unit, own in zip(places.units, places.unit_is_department, strict=True) if not own]
    departments = [unit for unit, own in zip(places.units, places.unit_is_department, strict=True) if own]
    anonymous = {name: f"County {number + 1}" for number, name in enumerate(counties)}
    share = 1 / len(counties)
    villages = int(places.community_is_village.sum() * share)
    rows: list[dict[str, Any]] = [{"unit": "City", "parent": "", "tier": "city"}]
    for name in anonymous.values():
        rows.append(
            {
                "unit": name,
                "parent": "City",
                "tier": "county",
                "population": float(places.community_population.sum() * share),
                "urban_share": float(places.community_population[~places.community_is_village].sum())
                / float(places.community_population.sum()),
                "residential": int(len(places.communities) * share) - villages,
                "villages": villages,
            }
        )
        for number in range(round(len(places.towns) * share)):
            kind = "subdistrict" if number < 2 else "town"
            rows.append({"unit": f"{name}, town {number + 1}", "parent": name, "tier": "town", "kind": kind})
    rows += [{"unit": name, "parent": "City", "tier": "department"} for name in departments]
    domains = {
        key: {"lead": entry.lead, "supporting": entry.supporting}
        | {"matched": tuple(anonymous.get(unit, unit) for unit in entry.matched)}
        for key, entry in base.domains.items()
    }
    return {"structure.units": rows, "domains": domains, "instruction.cities": ("City",)}


def deletions(study: Study) -> str:
    """Return what deleting a part of the world does, for coarse and fine samples of communities."""
    rows: list[list[str]] = []
    idle: dict[str, int] = {}
    shapeless = {"the hierarchy's shape (eight equal, anonymous counties)": equal_counties(study.base)}
    for communities in COMMUNITIES:
        base = study.base.with_values(sampled(communities))
        plain = study.found({}, base)
        for label, values in (DELETED | shapeless).items():
            changed = study.found(values, base)
            shift = changed.effectiveness - plain.effectiveness
            rows.append([label, str(communities), ratio(changed.effectiveness, plain.effectiveness), mean(shift)])
            within = abs(shift.mean()) <= 1.96 * shift.std(ddof=1) / np.sqrt(len(shift))
            idle[label] = idle.get(label, 0) + within
    still = [label for label, times in idle.items() if times == len(COMMUNITIES)]
    reading = f"Within noise in both samples: {'; '.join(still)}." if still else "None is within noise in both samples."
    return table(["deleted", "communities", "effectiveness ÷ with it", "difference"], rows) + f"\n{reading}\n"


def sampled(communities: int) -> dict[str, Any]:
    """Return the values that simulate so many communities, with as many citizens in each as by default."""
    return {"structure.communities": communities, "structure.citizens": CITIZENS_EACH * communities}


def granularity(study: Study) -> str:
    """Return how results depend on the number of simulated communities."""
    rows = []
    for communities in (80, 155, 310, 620):
        found = study.found(sampled(communities))
        rows.append([str(communities), *(mean(found[name]) for name in ("effectiveness", "core_effect", "surface"))])
    return table(["communities", "effectiveness", "core effect", "surface"], rows)


def ordinary(cities: int) -> pd.DataFrame:
    """Return the agendas of ordinary cities, one row per city, severity and strength of the signal."""
    ensemble, rows = Ensemble(), []
    for number in range(cities):
        city = ensemble.city(1, number).with_values({"structure.citizens": 600, "weeks": 17})
        for severity in (0.45, 0.9):
            for signal in (0.15, 1.0):
                values = {"structure.severity_matched": severity, "structure.severity_high": severity - 0.2}
                spec = city.with_values(
                    values | {"structure.severity_low": severity - 0.3, "instruction.intensity": signal}
                )
                model = MomentumModel(spec, rng=number)
                model.compute_ahead(17)
                taken = float(model.state.active[0].sum())
                rows.append(
                    {
                        "city": number,
                        "rank": city.stages.authority.rank,
                        "wording": city.instruction.wording,
                        "severity": "heavy" if severity > 0.5 else "light",
                        "signal": "strong" if signal > 0.5 else "weak",
                        "taken": (taken - 1) / (len(city.domains) - 1),
                    }
                )
    return pd.DataFrame(rows)


def interaction(found: pd.DataFrame) -> str:
    """Return the 2 × 2 of signal and severity, and the interaction with its interval over cities."""
    wide = found.pivot_table(index="city", columns=["signal", "severity"], values="taken")
    rows = [
        [f"{signal} signal", *(mean(wide[signal, severity]) for severity in ("light", "heavy"))]
        for signal in ("weak", "strong")
    ]
    cross = (wide["strong", "heavy"] - wide["strong", "light"]) - (wide["weak", "heavy"] - wide["weak", "light"])
    text = table(["", "light problems", "heavy problems"], rows)
    half = 1.96 * cross.std(ddof=1) / np.sqrt(len(cross))
    reading = (
        "the interval includes 0, so on this scale the two add up and do not reinforce each other"
        if abs(cross.mean()) <= half
        else f"heavy problems add {'more' if cross.mean() > 0 else 'less'} under a strong signal than under a weak one"
    )
    return f"{text}\nThe interaction (the second difference) is {mean(cross)} over {len(wide)} cities: {reading}.\n"


def by_rank(found: pd.DataFrame) -> str:
    """Return the distribution of agendas by the rank of the group's head and the wording."""
    rows = []
    wide = pd.cut(found.wording, [0, 0.5, 0.7, 1.0], labels=["narrow (< .5)", "middle", "wide (> .7)"])
    for rank in RANKS:
        for word in wide.cat.categories:
            taken = found.taken[(found["rank"] == rank) & (wide == word)]
            if taken.empty:
                continue
            quarters = np.quantile(taken, [0.25, 0.5, 0.75])
            cells = [mean(taken), *(f"{q:.2f}" for q in quarters), f"{(taken == 0).mean():.2f}"]
            rows.append([rank, str(word), str(len(taken)), *cells])
    return table(
        ["head of the group", "wording", "runs", "mean", "lower quarter", "median", "upper quarter", "share with none"],
        rows,
    )


def picture(found: pd.DataFrame, lang: str) -> None:
    """Draw the distribution of agendas by rank, under weak and strong signals."""
    words = {
        "en": ("Share of further problems taken on", "weak signal", "strong signal", "Share of cities",
               {"secretary": "headed by the secretary", "deputy": "headed by a deputy", "none": "no head"}),
        "zh": ("承接其他领域的比例", "弱信号", "强信号", "城市占比",
               {"secretary": "书记任组长", "deputy": "副职任组长", "none": "无组长"}),
    }[lang]  # fmt: skip
    sheet = Sheet(f"agendas-{lang}", lang, 9.0, 3.4)
    bins = np.linspace(0, 1, 9)
    with sheet.styled():
        panels = sheet.subplots(1, 2, sharey=True)
        for axes, signal, title in zip(panels, ("weak", "strong"), words[1:3], strict=True):
            for rank, colour in zip(RANKS, (BLUE, ORANGE, SOFT), strict=True):
                taken = found.taken[(found["rank"] == rank) & (found.signal == signal)]
                share, _ = np.histogram(np.clip(taken, 0, 0.999), bins)
                axes.stairs(share / len(taken), bins, label=words[4][rank], linewidth=1.8, color=colour)
            axes.set_title(title)
            axes.set_xlabel(words[0])
        panels[0].set_ylabel(words[3])
        panels[1].legend()
        sheet.savefig(DOCS / "images" / f"agendas-{lang}.png", dpi=110)


PAGE = """# Expansion: what decides how far a city goes, and what each part does

An instruction names one problem. This page shows what the model's default world does with it, one changed thing
at a time. `python docs/making/expansion.py` writes every number here. A ratio compares effectiveness with the
default's {default} under the same {seeds} seeds, with {citizens:,} citizens and 156 weeks. Brackets hold the
95 % interval over seeds. None of it is a fact about Zhaoqing: the numbers follow from [the rules](model.md) and
their assumptions.

## One thing at a time

{directions}

**What the tables show.** Breadth is chosen. A city takes on fewer domains where its leading group or the
instruction is weaker, and where the wording is narrower. Overreach costs effectiveness where authority is weak,
and it costs the core too. That there is such a point is assumed: with an endless span of attention (span ∞)
breadth pays, except where the group is very weak. A forced agenda takes the domains in the order of the file, and
one of them is unlike the others: `environment` is executed by the procuratorate, whose own staff follows the city's
group fully and always co-operates. In a weak city most of what breadth adds is this one domain, as the tables with
another order show. It is not assumed that a group which knows its span stays short of this point, nor that a group
which believes it has twice the span does not.

## What buck-passing decides

{buck_passing}

Conflict between departments decides what becomes of a city whose leading group is weak, and hardly matters
under a strong one, because there nearly all departments co-operate.

## How many problems an ordinary city takes on

The table shows {cities} ordinary cities, drawn as for [calibration](calibration.md). Each is run with light and
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

{deletions}

### How far results depend on the number of communities

{granularity}
"""


def main(quick: bool) -> None:
    """Measure and write the page."""
    seeds, cities = (3, 40) if quick else (20, 600)
    study, found = Study(seeds), ordinary(cities)
    for lang in ("en", "zh"):
        picture(found, lang)
    text = PAGE.format(
        default=mean(study.plain.effectiveness),
        seeds=seeds,
        citizens=CITIZENS,
        directions=directions(study),
        buck_passing=buck_passing(study),
        cities=cities,
        by_rank=by_rank(found),
        interaction=interaction(found),
        deletions=deletions(study),
        granularity=granularity(study),
    )
    (DOCS / "expansion.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
