"""The shipped scenarios: complete, small, different from one another, and all of them run."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from simulation import run
from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import load_scenario, shipped
from simulation.scenario.loading import shipped_folder
from simulation.world.state import NEVER

STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
DIRECTIONS = ("leverage-upward", "leverage-sideways", "leverage-downward")
SYNERGIES = tuple(f"synergy-{name}" for name in ("political", "self-governance", "law", "moral", "smart"))
PROMISED = {
    "zhaoqing", "zhaoqing-table", "point-only", "all-at-once", "matched", "random", "narrow-wording",
    *(f"without-{stage}" for stage in STAGES), "reversed-order", "simultaneous", "no-oversight", "campaign",
    "campaign-with-institution", "weak-leading-group", "meeting-heavy", "broad-shallow", "narrow-deep",
    "over-expansion", *DIRECTIONS, "leverage-all", *SYNERGIES, "synergies-all", "rival-campaigns", "low-capacity",
    "guangdong", "classroom",
}  # fmt: skip
#: Scenarios with a full story of their own; every other scenario states only its changes.
WHOLE = {"zhaoqing", "classroom"}


def small(name):
    spec = load_scenario(name)
    return spec.with_values({"structure.citizens": 2000 if name == "guangdong" else 600})


def changes(name, base="zhaoqing"):
    """Return the values of a scenario that differ from those of its base."""
    before, after = load_scenario(base).values, load_scenario(name).values
    return {key: value for key, value in after.items() if value != before[key] and key not in ("title", "question")}


def test_the_shipped_set_holds_every_scenario_that_is_promised():
    assert set(shipped()) >= PROMISED


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_every_scenario_runs_to_its_end_with_a_balanced_ledger(name):
    result = run(small(name), seed=1, weeks=80)
    ledger = result.ledger
    total = ledger.groupby("kind")["amount"].sum()
    left = ledger[(ledger["kind"] == "stock") & (ledger["week"] == 79)]["amount"].sum()
    assert total["source"] > 0
    assert np.isclose(total["source"] - total["delivered"] - total["sink"], left, rtol=1e-9)
    assert 0 <= result.summary["effectiveness"] <= 1
    assert result.cells["effect"].between(0, 1).all()


@pytest.mark.parametrize("name", sorted(PROMISED - WHOLE))
def test_a_scenario_extends_another_and_says_only_what_it_changes(name):
    raw = tomllib.loads((shipped_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    assert raw["extends"] in PROMISED
    # `matched` and `campaign-with-institution` name a default on purpose; all others change something.
    assert changes(name, raw["extends"]) or name == "matched"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_two_scenarios_share_a_title_or_a_question(lang):
    specs = [load_scenario(name) for name in sorted(PROMISED)]
    for words in ([spec.title.label(lang) for spec in specs], [spec.question.label(lang) for spec in specs]):
        assert len(set(words)) == len(words)


def test_matched_is_the_base_case_under_another_name():
    assert load_scenario("matched").digest == load_scenario("zhaoqing").digest


@pytest.mark.parametrize("stage", STAGES)
def test_leaving_a_stage_out_changes_its_intensity_and_nothing_else(stage):
    assert changes(f"without-{stage}") == {f"stages.{stage}.intensity": 0.0}


def test_reversing_the_order_swaps_the_starts_and_keeps_the_lengths():
    base, reversed_ = load_scenario("zhaoqing").stages, load_scenario("reversed-order").stages
    assert [s.start for s in reversed_.in_order()] == [s.start for s in base.in_order()][::-1]
    assert [s.length for s in reversed_.in_order()] == [s.length for s in base.in_order()]
    assert {s.start for s in load_scenario("simultaneous").stages.in_order()} == {0}


def test_routine_is_all_that_tells_a_campaign_with_institutions_from_one_without():
    assert changes("campaign-with-institution", "campaign") == {"execution.routine": 0.025}


@pytest.mark.parametrize(("whole", "parts"), [("leverage-all", DIRECTIONS), ("synergies-all", SYNERGIES)])
def test_all_together_is_the_sum_of_its_parts(whole, parts):
    together = [item for name in parts for item in changes(name).items()]
    assert changes(whole) == dict(together)
    assert all(len(changes(name)) == 1 for name in parts)


def test_the_paper_s_table_has_ten_pilots_in_nine_units_over_eight_domains():
    spec = load_scenario("zhaoqing-table")
    table = spec.plan.table
    assert len(table) == 9
    assert sum(map(len, table.values())) == 10
    assert {domain for assigned in table.values() for domain in assigned} == set(spec.domains)
    matched = {unit: {d for d, entry in spec.domains.items() if unit in entry.matched} for unit in table}
    assert {unit: set(assigned) for unit, assigned in table.items()} == matched


def test_guangdong_has_the_real_cities_and_counties_and_one_instruction():
    spec = load_scenario("guangdong")
    hierarchy = load_hierarchy(spec)
    assert len(hierarchy.cities) == 21
    assert (~hierarchy.unit_is_department).sum() == 124
    assert spec.instruction.cities == ("Zhaoqing",)


def test_in_guangdong_the_reform_reaches_other_cities_only_after_proof_and_only_by_diffusion():
    spec = load_scenario("guangdong").with_values({"structure.citizens": 10_000})
    model = run(spec, seed=0, weeks=120).model
    zhaoqing = model.hierarchy.cities.index("Zhaoqing")
    proven = np.flatnonzero(model.record.proven[: model.week, zhaoqing] > 0)[0]
    followers = np.delete(model.state.origin, zhaoqing)
    assert model.state.origin[zhaoqing] == 0
    assert (followers > proven).sum() >= 10
    alone = run(spec.with_values({"diffusion.adopt": 0.0}), seed=0, weeks=120).model
    assert (np.delete(alone.state.origin, zhaoqing) == NEVER).all()


def test_in_guangdong_a_city_that_nobody_instructs_or_convinces_has_no_effect():
    spec = load_scenario("guangdong").with_values({"structure.citizens": 2000, "diffusion.adopt": 0.0})
    cells = run(spec, seed=0, weeks=80).cells
    by_city = cells.groupby("city")["effect"].max()
    assert by_city.pop("Zhaoqing") > 0.2
    assert (by_city == 0).all()
