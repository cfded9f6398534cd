"""Finding plausible worlds: screening, waves, check, centre. A stopped search goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.findings import all_findings, finding_keys
from simulation.evidence.measuring import Setting
from simulation.evidence.targets import Calibration
from simulation.evidence.worlds.budget import Budget, runs
from simulation.evidence.worlds.centre import from_the_centre, in_round_numbers
from simulation.evidence.worlds.checking import Checked, check, distinct, judge
from simulation.evidence.worlds.closing import close_in
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH
from simulation.evidence.worlds.measuring import Measurer
from simulation.evidence.worlds.screening import screen
from simulation.evidence.worlds.seen import Seen
from simulation.evidence.worlds.space import space
from simulation.evidence.worlds.waves import Matched, NothingLeftError, match
from simulation.experiments.design.distributions import Range
from simulation.files.errors import InputError, told
from simulation.scenario import load_scenario
from simulation.scenario.under import BASE

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]
type Report = Callable[..., None]

OUTCOMES = (
    "effectiveness", "core_effect", "agenda", "surface", "participation", "substantive", "reporting_gap",
    "scale_up_gap",
)  # fmt: skip
"""Metrics of Zhaoqing that a parameter may move without moving any finding: it matters to conclusions all the same."""
CUT = 1.25
"""Emulated implausibility up to which vectors become candidates: somewhat beyond what is good enough."""
_CENTRES = 12


@dataclass(frozen=True)
class Made:
    """A set of plausible worlds and all that is known of how it was found.

    Attributes
    ----------
    asked : Calibration
        Findings and priors of the parameters that matter.
    screened : DataFrame
        See ``screen``; one row per constant of behaviour.
    matched : Matched
        The waves.
    checked : Checked
        Candidates on many cities.
    again : Seen
        Those that were good enough there, on fresh cities of their own: the members are the good ones among them.
    unit : array, shape (n, k)
        The members in the unit cube, the default first.
    values : list of dict
        The members as parameters, the default first.
    means, errors : array, shape (n, targets)
        Their findings on fresh cities, and the standard errors of these.
    runs, vectors : dict of str to int
        Stage to model runs, and to vectors run.
    """

    asked: Calibration
    screened: pd.DataFrame
    matched: Matched
    checked: Checked
    again: Seen
    unit: Array
    values: list[dict[str, float]]
    means: Array
    errors: Array
    runs: dict[str, int]
    vectors: dict[str, int]


def screened(
    folder: Path, budget: Budget, seed: int, **options: Any
) -> tuple[pd.DataFrame, dict[str, Range], Measurer]:
    """Return the screening's table, the ranges of the parameters that matter, and what measured them."""
    whole = space()
    place = all_findings().findings["eight-domains"].setting
    outcomes = {
        f"outcome-{name.replace('_', '-')}": {
            "setting": place, "expression": name, "range": (-1e9, 1e9), "tolerance": 1.0, "source": "A",
        }
        for name in OUTCOMES
    }  # fmt: skip
    searched = {name: axis.searched for name, axis in whole.items()}
    asked = _asked(searched, seed, outcomes)
    measurer = Measurer(asked, folder, "screen", runs(asked.settings, budget.screen), **options)
    usual = measurer([{name: axis.at for name, axis in whole.items()}])[0][0]
    table = screen(
        list(whole), asked.targets, list(outcomes), lambda unit: measurer(measurer.values(unit))[0], usual,
        number=budget.trajectories, seed=seed,
    )  # fmt: skip
    kept = {name: searched[name] for name in table.loc[table["matters"], "parameter"]}
    return table, kept, measurer


def make(
    folder: str | Path,
    *,
    budget: Budget | None = None,
    seed: int = 0,
    report: Report = lambda *_, **__: None,
    **options: Any,
) -> Made:
    """Find the plausible worlds.

    Parameters
    ----------
    folder : path
        Gets the stores; the same call finds its runs there.
    budget : Budget, optional
        How much is run.
    seed : int
        Of everything.
    report : callable, optional
        Gets each step as a text key with its values.
    **options
        As for ``sweep``: workers, dask, progress, lang.

    Raises
    ------
    InputError
        When the findings leave nothing, or no candidate was good enough.
    """
    folder, budget = Path(folder), budget or Budget()
    table, kept, first = screened(folder, budget, seed, **options)
    report("screened", parameters=len(kept), of=len(table), runs=first.made)
    asked = _asked(kept, seed, {})
    targets = list(asked.targets.values())

    def measurer(stage: str, each: tuple[int, int], among: int | None = None) -> Measurer:
        return Measurer(asked, folder, stage, runs(asked.settings, each), among, **options)

    wave, few, many = (
        measurer("wave", budget.wave, budget.cities), measurer("few", budget.few), measurer("many", budget.many),
    )  # fmt: skip
    try:
        matched = match(
            targets, len(kept), lambda unit: wave(wave.values(unit)),
            first=budget.first, later=budget.later, waves=budget.waves, seed=seed,
            say=lambda number, known: report("wave", number=number, share=known.shares[-1], vectors=len(known.unit)),
        )  # fmt: skip
    except NothingLeftError:
        raise InputError(told("error.worlds.nothing_left")) from None

    def on_few(unit: Array) -> tuple[Array, Array]:
        return few(few.values(unit))

    def on_many(unit: Array) -> tuple[Array, Array]:
        return many(many.values(unit))

    candidates = distinct(matched.candidates(budget.candidates, CUT, seed))[: budget.looked_at]
    checked = check(targets, candidates, on_few, on_many, budget.wanted, budget.at_once)
    report("checked", good=int(checked.good.sum()), of=len(checked.few))
    # The first wave's vectors lie everywhere; later ones where the findings do not rule them out.
    later = Seen(matched.unit, matched.means, matched.errors)[np.arange(len(matched.unit)) >= budget.first]
    checked = close_in(
        targets, later, checked, on_few, on_many,
        wanted=budget.wanted, at_once=budget.closing, rounds=budget.rounds, seed=seed,
        say=lambda number, so_far: report(
            "round", number=number, good=int(so_far.good.sum()), of=len(so_far.many), looked_at=len(so_far.few)
        ),
    )  # fmt: skip
    if not checked.good.any():
        raise InputError(told("error.worlds.none_good"))
    # Closing in learned from the cities that judge: other cities say whether a vector is good. One in ten of these
    # served the waves too, which is too few to move what is found (docs/worlds.md).
    last = measurer("last", budget.many, budget.last)
    good = checked.many[checked.good]
    again = Seen(good.unit, *last(last.values(good.unit)))
    stay = again[judge(targets, again.means, again.errors) <= GOOD_ENOUGH]
    report("last", good=len(stay), of=len(good))
    if not len(stay):
        raise InputError(told("error.worlds.none_good"))
    members, means, errors = stay.unit, stay.means, stay.errors
    values = last.values(members)
    order = from_the_centre(members)
    default, at, found = _default(targets, last, [values[place] for place in order[:_CENTRES]], kept)
    rest = [int(place) for place in order if place != order[at]]
    rest = [rest[place] for place in np.random.default_rng([seed, 7]).permutation(len(rest))]
    stages = {"screen": first, "wave": wave, "few": few, "many": many, "last": last}
    return Made(
        asked, table, matched, checked, again,
        np.vstack([members[order[at]], members[rest]]), [default, *(values[place] for place in rest)],
        np.vstack([found[0], means[rest]]), np.vstack([found[1], errors[rest]]),
        {name: one.made for name, one in stages.items()}, {name: one.vectors for name, one in stages.items()},
    )  # fmt: skip


def _asked(searched: dict[str, Range], seed: int, more: dict[str, Any]) -> Calibration:
    priors = {name: {"low": one.low, "high": one.high, "scale": one.scale} for name, one in searched.items()}
    tables = {"findings": finding_keys(), "parameters": priors, "targets": more, "calibration": {"seed": seed}}
    asked = Calibration.of(tables)
    return asked.replace(settings={name: _before_the_search(one) for name, one in asked.settings.items()})


def _before_the_search(setting: Setting) -> Setting:
    """Return a setting with the values that screening starts from: the default that comes of a search moves nothing."""
    usual = load_scenario(BASE).values
    here = setting.base.values
    return setting.over({key: axis.at for key, axis in space().items() if here[key] == usual[key]})


def _default(
    targets: list[Any], last: Measurer, central: list[dict[str, float]], searched: dict[str, Range]
) -> tuple[dict[str, float], int, tuple[Array, Array]]:
    """Return the most central member that stays good enough in round numbers, its place, and what it gave."""
    for place, values in enumerate(central):
        plain = in_round_numbers(values, searched)
        means, errors = last([plain])
        if judge(targets, means, errors)[0] <= GOOD_ENOUGH:
            return plain, place, (means[0], errors[0])
    means, errors = last([central[0]])
    return central[0], 0, (means[0], errors[0])
