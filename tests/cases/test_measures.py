"""Each measure depends first of all on the parameters that it says it can inform."""

import numpy as np
import pytest

from simulation.cases.case import Case
from simulation.cases.measures import MEASURES, predictions
from simulation.cases.watching import watch
from simulation.evidence.worlds.space import space

SEEDS = 3


@pytest.fixture(scope="module")
def case():
    return Case.load("qingwan")


def told(case, values, measure, seed):
    """Return the predictions of a measure's rows where the agenda is a close choice, so that any rule can act."""
    tight = {"agenda.span": 4.0, "agenda.cost": 0.25}
    wide = {"signals": [], "instruction.intensity": 1.0, "instruction.wording": 0.7, "changes": []}
    authority = {"stages.authority.rank": "secretary", "stages.authority.meetings_per_year": 68}
    seen = watch(
        case.spec.with_values({**tight, **wide, **authority, **values}), seed, [spot.week for spot in case.spots]
    )
    rows = [place for place, row in enumerate(case.rows) if row.measure == measure]
    found = predictions(case.rows, case.spots, seen)[rows]
    return np.where(np.isfinite(found), found, -1.0)


def within(key, table):
    return key == table or key.startswith(f"{table}.")


@pytest.mark.parametrize("measure", [name for name in MEASURES if name != "withdrawn"])
def test_a_measure_moves_with_what_it_informs(case, measure):
    """In every table that it names some constant moves it, from end to end of its range under the same seeds."""
    axes = space()
    for table in MEASURES[measure].informs:
        keys = [key for key in axes if within(key, table)] or [table]
        ends = {key: axes[key].searched for key in keys if key in axes}
        assert any(
            not np.array_equal(told(case, {key: low}, measure, seed), told(case, {key: high}, measure, seed))
            for key in keys
            for low, high in [(ends[key].low, ends[key].high) if key in ends else (0.3, 1.0)]
            for seed in range(SEEDS)
        ), table


def test_a_unit_that_is_made_to_drop_its_domains_is_seen_to_withdraw(case):
    values = {"execution.modes.selective.reward": 50.0}
    seen = watch(case.spec.with_change(60, values), 1, [129])
    units = [case.hierarchy.units[u] for u, d in np.argwhere(seen.withdrawn >= 0)]
    assert units


def test_what_a_measure_informs_are_parameters_or_tables_of_them():
    from simulation.scenario import parameters

    keys = [info.key for info in parameters()]
    for measure in MEASURES.values():
        for table in measure.informs:
            assert any(within(key, table) for key in keys), table
