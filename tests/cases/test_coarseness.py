"""Remarks on how coarsely a case is simulated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fitted_cases import table, write

from simulation import load_scenario
from simulation.cases import coarseness
from simulation.cases.case import Case
from simulation.cases.watching import watch
from simulation.places.hierarchy import load_hierarchy

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


def test_the_advice_names_the_number_of_communities_where_the_case_sets_it(tmp_path: Path) -> None:
    _, (few, coarse) = remarks(tmp_path / "set", SITES.format(sd=0.5), citizens=2000, communities=6)
    assert "`structure.communities`" in few
    assert "`structure.communities`" in coarse
    _, found = remarks(tmp_path / "all", SITES.format(sd=0.5), citizens=2000, communities=22)
    assert found == []


def test_of_a_province_the_communities_of_the_cases_city_are_looked_at() -> None:
    case = Case.load("zhaoqing")
    province = load_scenario("guangdong").with_values({"structure.citizens": 8000})
    places = load_hierarchy(province)
    wide = replace(case, spec=province, hierarchy=places, city="Zhaoqing")
    few, *_ = [str(one) for one in coarseness.notes(wide)]
    assert few.startswith("The run has 16 of 1551 communities.")


def test_rows_of_the_whole_city_are_as_coarse_as_its_communities_are_on_average(tmp_path: Path) -> None:
    case, (_, coarse) = remarks(tmp_path / "few", HEAD + "2021-01-10,,nimby,sites,2,0.5\n", citizens=240)
    communities = len(watch(case.spec, 0, [0]).model.world.population)
    mean = len(case.hierarchy.communities) / communities
    assert f"coarsest: Bay City, {mean:.2f} sites" in coarse
