"""Remarks on how coarsely a case is simulated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fitted_cases import table, write

from simulation.cases import coarseness
from simulation.cases.case import Case
from simulation.cases.watching import watch

HEAD = "date,unit,domain,measure,value,sd\n"
SITES = HEAD + "2021-01-10,Ash,nimby,sites,2,{sd}\n"


def remarks(folder: Path, observed: str, **structure: object) -> tuple[Case, list[str]]:
    made = table()
    case = write(folder, observed, structure=made["structure"] | structure)
    return case, [str(one) for one in coarseness.notes(case)]


def test_a_city_of_which_every_community_is_simulated_has_no_remark(tmp_path: Path) -> None:
    case, found = remarks(tmp_path / "all", SITES.format(sd=0.5), citizens=2000)
    assert len(watch(case.spec, 0, [0]).model.world.population) == len(case.hierarchy.communities)
    assert found == []


@pytest.mark.parametrize(("sd", "coarse"), [(0.5, True), (100, False)])
def test_few_communities_and_sites_that_come_in_larger_steps_than_a_row_errs_are_told(
    tmp_path: Path, sd: float, coarse: bool
) -> None:
    case, found = remarks(tmp_path / "few", SITES.format(sd=sd), citizens=240)
    seen = watch(case.spec, 0, [60]).sites[0, case.hierarchy.units.index("Ash")]
    communities = watch(case.spec, 0, [0]).model.world.population
    few, *others = found
    assert few.startswith(f"The run has {len(communities)} of {len(case.hierarchy.communities)} communities.")
    assert bool(others) is coarse
    if coarse:
        step = float(others[0].split("coarsest: Ash, ")[1].split(" ")[0])
        assert seen.max() > 0
        assert np.round(seen / step) * step == pytest.approx(seen)
