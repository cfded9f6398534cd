"""The shipped scenarios: complete, small, different from one another, and all of them run."""

from __future__ import annotations

import functools
import tomllib
from types import SimpleNamespace

import numpy as np
import pytest

from simulation import run
from simulation.evidence.worlds.space import space
from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import load_scenario, shipped
from simulation.scenario.loading import shipped_folder
from simulation.world.state import NEVER

STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
DIRECTIONS = ("leverage-upward", "leverage-sideways", "leverage-downward")
AGENDAS = ("agenda-of-four", "agenda-of-all")
SYNERGIES = tuple(f"synergy-{name}" for name in ("political", "self-governance", "law", "moral", "smart"))
PROMISED = {
    "zhaoqing", "zhaoqing-as-told", "zhaoqing-by-hand", "zhaoqing-from-facts", "zhaoqing-table", "point-only",
    "all-at-once", "matched",
    "random", "narrow-wording", "as-instructed", *AGENDAS, "deputy-in-charge", "overreach", "keep-the-point",
    *(f"without-{stage}" for stage in STAGES), "reversed-order", "simultaneous", "no-oversight", "campaign",
    "campaign-with-institution", "weak-leading-group", "meeting-heavy", "broad-shallow", "narrow-deep",
    "over-expansion", "buck-passing", "overloaded-towns", "one-tier-less", *DIRECTIONS, "leverage-all", *SYNERGIES,
    "synergies-all", "rival-campaigns", "low-capacity", "guangdong", "classroom",
}  # fmt: skip
#: Scenarios in which something changes while the run goes on: each has its own file of tests beside this one.
LATER = {
    "oversight-withdrawn", "deputy-in-year-two", "second-signal", "rival-campaign", "withdrawal-without-institution",
    "institution-then-withdrawal", "oversight-campaigns", "unwatched-counties",
}  # fmt: skip
PROMISED |= LATER
#: Scenarios with a full story of their own; every other scenario states only its changes.
WHOLE = {"zhaoqing", "classroom"}


def small(name):
    spec = load_scenario(name)
    return spec.with_values({"structure.citizens": 2000 if name == "guangdong" else 600})


def changes(name, base="zhaoqing"):
    """Return the values of a scenario that differ from those of its base."""
    before, after = load_scenario(base).values, load_scenario(name).values
    return {key: value for key, value in after.items() if value != before[key] and key not in ("title", "question")}


@functools.cache
def story(name, *metrics, seeds=4, hand=False):
    """Return a metric's means over seeds at the end, with so many citizens that towns have several communities."""
    spec = (by_hand(name) if hand else load_scenario(name)).with_values({"structure.citizens": 6000})
    ends = [run(spec, seed).summary for seed in range(seeds)]
    return SimpleNamespace(**{metric: float(np.mean([end[metric] for end in ends])) for metric in metrics})


def by_hand(name):
    """Return a scenario with the constants chosen by hand where it leaves the default's."""
    spec, default, hand = (load_scenario(one).values for one in (name, "zhaoqing", "zhaoqing-by-hand"))
    kept = {key: hand[key] for key in space() if spec[key] == default[key]}
    return load_scenario(name).with_values(kept)


FOUR = ("effectiveness", "core_effect", "depth", "agenda")


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
    assert changes("campaign-with-institution", "campaign") == {
        "execution.routine": load_scenario("zhaoqing").execution.routine
    }


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


def test_by_hand_a_deputy_takes_on_less_and_the_point_gains_while_the_whole_loses():
    secretary, deputy = story("zhaoqing-by-hand", *FOUR), story("deputy-in-charge", *FOUR, hand=True)
    assert changes("deputy-in-charge") == {"stages.authority.rank": "deputy"}
    assert deputy.agenda < secretary.agenda - 1
    assert deputy.core_effect > secretary.core_effect
    assert deputy.effectiveness < 0.85 * secretary.effectiveness


def test_by_hand_overreach_takes_on_more_than_the_same_group_would_and_loses_the_whole_the_point_and_depth():
    prudent, over = story("deputy-in-charge", *FOUR, hand=True), story("overreach", *FOUR, hand=True)
    assert changes("overreach", "deputy-in-charge") == {"agenda.optimism": 2.0}
    assert over.agenda > prudent.agenda + 2
    for metric in ("effectiveness", "core_effect", "depth"):
        assert getattr(over, metric) < 0.7 * getattr(prudent, metric)


def test_in_the_default_world_the_city_takes_on_all_eight_as_the_case_did_and_a_weak_group_a_few():
    chosen, weak = story("zhaoqing", *FOUR), story("weak-leading-group", *FOUR)
    assert chosen.agenda == 8
    assert weak.agenda < 3
    assert weak.effectiveness < 0.2 * chosen.effectiveness


def test_an_agenda_that_is_set_stays_and_the_narrow_one_keeps_the_point_at_the_cost_of_the_whole():
    narrow, chosen, whole = (story(name, *FOUR) for name in ("agenda-of-four", "zhaoqing", "agenda-of-all"))
    assert (narrow.agenda, whole.agenda) == (4.0, 8.0)
    assert 4 < chosen.agenda <= 8
    assert narrow.core_effect > 1.3 * chosen.core_effect
    assert narrow.effectiveness < 0.8 * chosen.effectiveness
    # Choosing loses nothing against taking on all: the two differ by less than a tenth.
    assert abs(whole.effectiveness - chosen.effectiveness) < 0.1 * chosen.effectiveness


def test_a_city_that_does_only_as_instructed_takes_on_what_each_instruction_names_when_it_comes():
    agenda = run(small("as-instructed"), seed=0).weekly["agenda"].to_numpy()
    assert agenda[[0, 25, 26, 51, 52, -1]].tolist() == [1, 1, 2, 2, 3, 3]
    told, free = story("as-instructed", *FOUR), story("zhaoqing", *FOUR)
    assert told.effectiveness < free.effectiveness
    assert told.core_effect > 2 * free.core_effect


def test_in_the_default_world_buck_passing_costs_co_operation_and_some_of_the_whole():
    base = story("zhaoqing", "effectiveness", "co_operation", seeds=12)
    alone = story("buck-passing", "effectiveness", "co_operation", seeds=12)
    assert base.co_operation > 0.95 > 0.9 > alone.co_operation
    assert alone.effectiveness < base.effectiveness


def test_by_hand_buck_passing_leaves_a_fifth_and_it_is_the_departments_that_do_it():
    base = story("zhaoqing-by-hand", "effectiveness", "co_operation")
    alone = story("buck-passing", "effectiveness", "co_operation", hand=True)
    assert base.co_operation > 0.9 > 0.2 > alone.co_operation
    assert alone.effectiveness < 0.3 * base.effectiveness
    spec = by_hand("buck-passing").with_values({"structure.citizens": 6000})

    def mean(**values):
        changed = spec.with_values(values)
        return np.mean([run(changed, seed).summary["effectiveness"] for seed in range(4)])

    assert mean(**{"departments.conflict": 0.0}) > 0.9 * base.effectiveness


def test_short_hands_cost_the_surface_and_every_domain_on_top_of_it_costs_substance():
    metrics = ("surface", "substantive", "selective")
    base, short, loaded = (story(name, *metrics) for name in ("zhaoqing", "low-capacity", "overloaded-towns"))
    assert short.surface < 0.8 * base.surface
    assert base.substantive > short.substantive > loaded.substantive
    assert loaded.selective > 1.5 * max(base.selective, short.selective)


def test_a_point_that_everybody_keeps_does_not_pay_for_breadth():
    base, kept = story("zhaoqing", *FOUR), story("keep-the-point", *FOUR)
    assert kept.core_effect > 1.5 * base.core_effect
    assert kept.effectiveness > base.effectiveness


def test_without_towns_every_county_executes_with_one_staff_and_by_hand_the_surface_is_wider():
    model = run(small("one-tier-less"), seed=0, weeks=2).model
    assert [town.is_staff for town in model.towns] == [True] * len(model.units)
    bare, base = (story(one, "surface", "agenda", hand=True) for one in ("one-tier-less", "zhaoqing"))
    assert bare.surface > 1.05 * base.surface
    assert bare.agenda > base.agenda


def test_a_city_that_follows_a_neighbour_takes_on_the_point_alone():
    spec = load_scenario("guangdong").with_values({"structure.citizens": 10_000})
    model = run(spec, seed=0, weeks=160).model
    begun = model.state.origin != NEVER
    zhaoqing = model.hierarchy.cities.index("Zhaoqing")
    agenda = model.state.active.sum(axis=1)
    assert begun.sum() > 10
    assert set(np.delete(agenda, zhaoqing)[np.delete(begun, zhaoqing)]) == {1}
    assert agenda[zhaoqing] > 4
