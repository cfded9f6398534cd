"""From point to surface: what a city takes on, who co-operates, and what runs out (model, agenda to signals)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from kit.cities import city_with_towns, finished, plain_city, zhaoqing

from simulation import MomentumModel, load_scenario, run
from simulation.agents.agenda import attention_needed, choose_agenda, divided, expected_authority, perceive, span_of
from simulation.agents.department import co_operate
from simulation.ledger.accounts import BUCK_PASSING, FLOWS, INSTRUCTION, NEED, PASSED_4, SPOTLIGHT
from simulation.scenario import Scenario
from simulation.world.parameters import compile_parameters

SMALL = {"structure.citizens": 600, "weeks": 60}


def _by_hand(values: dict[str, Any], citizens: int = 600) -> Scenario:
    """Return the case with the constants chosen by hand, whose plan leaves domains out that routine lets in later."""
    return load_scenario("zhaoqing-by-hand").with_values({"structure.citizens": citizens, **values})


def _agendas(
    values: dict[str, Any], seeds: int = 6, world: Callable[[dict[str, Any]], Scenario] = zhaoqing
) -> tuple[float, float]:
    """Return the mean number of domains taken on at the plan and in the end."""
    runs = [run(world(SMALL | values), seed).weekly["agenda"] for seed in range(seeds)]
    return float(np.mean([series.iloc[16] for series in runs])), float(np.mean([series.iloc[-1] for series in runs]))


def test_an_instruction_that_names_one_point_and_nothing_else_expands_nothing() -> None:
    for values in ({"instruction.wording": 0.0}, {"instruction.intensity": 0.0}, {"stages.authority.intensity": 0.0}):
        assert _agendas(values, 2) == (1.0, 1.0)


def test_breadth_falls_with_a_weaker_group_signal_and_wording() -> None:
    for key, values in {
        "stages.authority.intensity": (0.25, 0.5, 0.85),
        "instruction.intensity": (0.1, 0.25, 1.0),
        "instruction.wording": (0.0, 0.3, 0.7),
    }.items():
        first = [_agendas({key: value})[0] for value in values]
        assert first == sorted(first), key
        assert first[0] < first[-1], key


@pytest.mark.parametrize("wanted", [1, 3, 8, "all"])
def test_a_forced_agenda_is_the_point_and_the_next_of_the_file_and_stays(wanted: int | str) -> None:
    model = MomentumModel(zhaoqing(SMALL | {"agenda.domains": wanted}), rng=1)
    model.run_for(60)
    assert model.cities[0].agenda == list(model.spec.planned_domains)
    assert len(model.cities[0].agenda) == (8 if wanted == "all" else wanted)


@pytest.mark.parametrize("attention", ["smooth", "kink"])
@pytest.mark.parametrize("seed", range(4))
def test_the_agenda_is_the_best_of_all_that_enter_in_order_of_worth(seed: int, attention: str) -> None:
    model = MomentumModel(zhaoqing(SMALL | {"agenda.attention": attention, "agenda.cost": 0.25}), rng=seed)
    model.run_for(16)
    p, g, s, week = model.parameters, model.world, model.state, 16
    worth = model.cities[0].worth()
    names = sorted(set(worth) - {model.spec.point}, key=lambda name: (-worth[name], name))
    utilities = []
    for number in range(len(names) + 1):
        taken = [model.spec.point, *names[:number]]
        needed = sum(attention_needed(p, g, s, 0, model.domain_index(name)) for name in taken)
        span = span_of(p, s, 0, week) * p.agenda.optimism
        share = min(1.0, span / needed) if attention == "kink" else 1 / (1 + (needed / span) ** 2)
        total = sum(worth[name] for name in taken)
        utilities.append(total * expected_authority(p, s, 0, week) * share - p.agenda.cost * needed)
    seen, chosen = np.zeros(g.severity.shape), s.active[0].copy()
    perceive(p, g, s, 0, seen)
    assert choose_agenda(p, g, s, 0, week, seen, chosen) == int(np.argmax(utilities))


def test_a_signal_lends_half_of_its_authority_at_g_half() -> None:
    values = {
        "instruction.intensity": 0.37,
        "instruction.wording": 0.4,
        "scouting.scout_error": 0.0,
        "bodies.voice": 0.0,
    }
    spec = zhaoqing(SMALL | values)
    model = MomentumModel(spec, rng=0)
    model.run_for(1)
    a, g = spec.agenda, model.world
    for name, worth in model.cities[0].worth().items():
        column = model.domain_index(name)
        worst = np.sort(g.severity[:, column])[-int(9 / a.worst) :].mean()  # the one in `worst` of nine units
        tau = 1.0 if name == spec.point else 0.4
        assert worth == pytest.approx(0.5 * tau * (a.credit + a.local * worst))


def test_attention_is_whole_without_a_limit_and_falls_with_what_is_taken_on() -> None:
    free = MomentumModel(zhaoqing(SMALL | {"agenda.span": float("inf")}), rng=0)
    free.run_for(60)
    assert (free.state.attention == 1).all()
    p = compile_parameters(zhaoqing())[0]
    shares = [divided(p, needed, 6.0) for needed in (0.0, 1.0, 3.0, 6.0, 12.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[3] == pytest.approx(0.5)
    assert divided(p, 2.0, 0.0) == 0.0


def test_routine_frees_attention_and_the_agenda_grows_after_the_plan_in_the_world_by_hand() -> None:
    early, late = _agendas({"weeks": 156}, 6, _by_hand)
    without = _agendas({"weeks": 156, "agenda.save": 0.0}, 6, _by_hand)
    assert late > early
    # Problems are also seen anew at each review; most of the growth is what routine frees.
    assert late - early > 3 * (without[1] - without[0])


def test_in_the_world_by_hand_a_late_domain_goes_to_one_unit_or_to_all_and_departments_have_not_joined() -> None:
    for kind, several in (("division", False), ("uniform", True)):
        spec = _by_hand({"weeks": 156, "plan.kind": kind, "diffusion.adopt": 0.0})
        entered = 0
        for seed in range(6):
            model = MomentumModel(spec, rng=seed)
            model.run_for(17)
            for _ in range(139):
                before = model.state.active[0].copy()
                model.step()
                for d in np.flatnonzero(model.state.active[0] & ~before):
                    assert (model.week - 1) % 13 == 0
                    assert (model.state.has[:, d].sum() > 1) == several
                    assert model.state.co_operation[0, d] == pytest.approx(1 - spec.departments.conflict)
                    entered += 1
        assert entered > 0


def test_every_unit_that_has_the_point_may_keep_it() -> None:
    for keep in (False, True):
        model = MomentumModel(zhaoqing(SMALL | {"plan.keep_point": keep}), rng=0)
        model.run_for(18)
        assert model.state.has[:, model.world.point].all() == keep


def test_departments_decide_by_logit_on_last_months_decisions() -> None:
    # Without example and workload the odds depend on nothing that moves: the share over many weeks is the logistic's.
    values = {"departments.w_join": 0.0, "departments.w_busy": 0.0, "agenda.domains": "all", "weeks": 20}
    model = finished(city_with_towns(values), 2)
    g, s = model.world, model.state
    joined = np.zeros(s.joins.shape)
    weeks = 4000
    s.level[0, 1], s.attention[0] = 0.3, 0.9
    for week in range(100, 100 + weeks):
        co_operate(model.numbers, g, s, week)
        joined += s.joins
    d = model.spec.departments
    for department in model.departments:
        for domain in department.domains:
            column = model.domain_index(domain)
            odds = (d.w_authority * 0.27 + d.w_lead * (domain in department.leads) - d.turf) / d.noise
            own = department.key == "bureau" and s.has[-1, column]
            exact = 1.0 if own else 1 / (1 + np.exp(-odds))
            error = 5 * np.sqrt(max(exact * (1 - exact), 1e-9) / weeks)
            assert joined[department.index, column] / weeks == pytest.approx(exact, abs=error + 1e-9)


def test_every_agent_but_a_units_staff_stands_on_the_tree() -> None:
    model = MomentumModel(city_with_towns(), rng=0)
    for agent in model.agents:
        if not getattr(agent, "is_staff", False) and getattr(agent, "key", "") != "bureau":
            assert agent.name in model.graph, agent
    police = next(one for one in model.departments if one.key == "police")
    assert list(model.graph.predecessors(police.name)) == [police.city.name]
    assert set(model.graph.nodes[police.name]["domains"]) == set(police.domains)
    assert model.graph.nodes["Bureau"]["leads"] == ("waste",)  # a department that is a unit keeps the unit's place
    assert set(model.hierarchy.graph) < set(model.graph)


def test_what_departments_hold_up_is_booked_as_buck_passing() -> None:
    model = MomentumModel(city_with_towns({"departments.turf": 1000.0, "departments.conflict": 0.6}), rng=0)
    model.run_for(60)
    booked = model.record.booked[1:, 0].sum(axis=0)
    no_bureau = booked[PASSED_4] + booked[BUCK_PASSING]
    assert 0 < booked[BUCK_PASSING] <= 0.6 * no_bureau + 1e-12
    free = MomentumModel(city_with_towns({"departments.conflict": 0.0}), rng=0)
    free.run_for(60)
    assert free.record.booked[:, :, BUCK_PASSING].sum() == 0
    assert (free.state.co_operation == 1).all()


def test_without_departments_there_is_nobody_to_pass_the_buck() -> None:
    model = finished(plain_city({"departments.conflict": 0.9}), 1)
    assert len(model.departments) == 0
    assert np.isnan(model.metric("co_operation"))
    assert model.record.booked[:, :, BUCK_PASSING].sum() == 0


def test_county_groups_follow_the_city_at_their_own_zeal_and_departments_fully() -> None:
    values = {"transmission.follow": 0.25, "transmission.zeal_low": 0.5, "transmission.zeal_high": 0.7}
    model = MomentumModel(city_with_towns(values), rng=3)
    before = model.state.group.copy()
    for _ in range(40):
        model.step()
        aim = model.world.zeal * model.state.level[0, 1]
        np.testing.assert_allclose(model.state.group, before + 0.25 * (aim - before), rtol=1e-12)
        before = model.state.group.copy()
    zeal = model.world.zeal
    assert ((zeal[~model.world.is_department] >= 0.5) & (zeal[~model.world.is_department] <= 0.7)).all()
    assert (zeal[model.world.is_department] == 1).all()


def test_local_resources_are_shared_and_endless_ones_give_what_is_demanded() -> None:
    needs = []
    for budget in (0.01, 0.05, 1.0, 1e9, float("inf")):
        model = MomentumModel(city_with_towns({"execution.budget": budget, "weeks": 30}), rng=1)
        model.run_for(24)
        needs.append(float(model.record.booked[:, 0, NEED].sum()))
        per_week = model.record.booked[:, 0, NEED].max()
        assert per_week <= budget * len(model.units)
    assert needs == sorted(needs)
    assert needs[-2] == pytest.approx(needs[-1], rel=1e-6)


def test_equal_towns_do_what_one_staff_does_where_all_execute_substantively() -> None:
    # Every place is a site, so that every town's coverage is whole, as its county's would be.
    values = {
        "execution.w_need": 100.0, "execution.noise": 0.01, "execution.routine": 0.0, "plan.pilot_share": 1.0,
        "structure.severity_low": 0.5, "bodies.voice": 0.0,
    }  # fmt: skip
    one = finished(city_with_towns(values | {"structure.towns": "none"}), 2)
    many = finished(city_with_towns(values), 2)
    assert len(many.towns) > len(one.towns)
    assert many.metric("substantive") == one.metric("substantive") == 1.0
    np.testing.assert_allclose(many.record.stock, one.record.stock, rtol=1e-9)
    np.testing.assert_allclose(many.record.effect, one.record.effect, rtol=1e-9)


@pytest.mark.parametrize(
    ("values", "metric"),
    [
        ({"structure.towns": "none"}, "effectiveness"),
        ({"departments.conflict": 0.0}, "effectiveness"),
        ({"transmission.follow": 1.0, "transmission.zeal_low": 1.0}, "effectiveness"),
        ({"execution.spotlight": 0.0}, "scale_up_gap"),
    ],
)
def test_deleting_a_part_of_the_world_by_hand_changes_results_beyond_noise(values: dict[str, Any], metric: str) -> None:
    # Bodies as agents do not move effectiveness by more than noise; what they change is said in docs/expansion.md.
    spec = _by_hand({}, citizens=6000)
    shifts = [run(spec.with_values(values), s).summary[metric] - run(spec, s).summary[metric] for s in range(16)]
    assert abs(np.mean(shifts)) > 2.1 * np.std(shifts, ddof=1) / np.sqrt(16)


def test_pilot_sites_are_favoured_until_their_domain_is_proven() -> None:
    for values, favoured in (({}, True), ({"execution.spotlight": 0.0}, False), ({"scouting.strength": 0.0}, False)):
        model = MomentumModel(city_with_towns(values | {"evaluation.proven_at": 1.0}), rng=1)
        model.run_for(50)
        assert (model.record.booked[:, 0, SPOTLIGHT].sum() > 0) == favoured
    model = MomentumModel(city_with_towns({"evaluation.proven_at": 0.05, "evaluation.proof": "once"}), rng=1)
    model.run_for(50)
    assert model.state.proven[0, model.state.active[0]].all()
    assert model.record.booked[48:50, 0, SPOTLIGHT].sum() == 0


def test_proof_that_must_be_kept_takes_a_second_review() -> None:
    weeks = {}
    for proof in ("once", "kept"):
        model = MomentumModel(city_with_towns({"evaluation.proven_at": 0.05, "evaluation.proof": proof}), rng=1)
        while not model.state.proven.any():
            model.step()
        weeks[proof] = model.week - 1
    assert weeks["kept"] == weeks["once"] + 13


def test_signals_add_issuer_times_channel_in_their_week_and_name_their_domain() -> None:
    signals = [
        {"week": 3, "issuer": "centre", "channel": "speech", "domain": "water", "wording": 0.9},
        {"week": 5, "intensity": 0.25, "domain": "waste"},
    ]
    model = MomentumModel(city_with_towns({"signals": signals, "instruction.intensity": 0.0}), rng=0)
    model.run_for(8)
    booked = model.record.booked[:8, 0, INSTRUCTION]
    assert booked[[3, 5]].tolist() == pytest.approx([2 * 0.6, 0.25])
    assert booked.sum() == pytest.approx(booked[[3, 5]].sum())
    assert model.state.origin[0] == 3  # the clock starts with the first signal
    assert model.state.named[0].tolist() == [False, True, True]
    assert model.state.wording[0] == 0.9  # the widest so far
    assert model.state.strength[0] == pytest.approx(1.45)


def test_the_instruction_is_shorthand_for_a_signal() -> None:
    one = finished(city_with_towns({"instruction.intensity": 0.8, "instruction.wording": 0.6}), 1)
    listed = [{"week": 0, "intensity": 0.8, "wording": 0.6, "domain": "noise"}]
    other = finished(city_with_towns({"instruction.intensity": 0.0, "signals": listed}), 1)
    for name, series in one.record._asdict().items():
        np.testing.assert_array_equal(series, getattr(other.record, name), err_msg=name)


def test_stages_open_one_after_the_other_when_each_is_ready() -> None:
    model = MomentumModel(city_with_towns({"stages.opening": "ready", "stages.ready_at": 0.4}), rng=0)
    model.run_for(60)
    opened, level = model.state.opened[0], model.record.level[:, 0]
    assert opened[0] == 0
    for stage, week in enumerate(opened[1:], 1):
        assert week == int(np.flatnonzero(level[:, stage - 1] >= 0.4)[0]) + 1
        assert not level[:week, stage].any()


def test_bodies_arise_where_a_domain_comes_to_a_community_and_party_coverage_stirs_them() -> None:
    shares = []
    for coverage in (0.0, 0.5, 1.0):
        model = MomentumModel(city_with_towns({"citizens.coverage": coverage, "bodies.found": 0.1}), rng=1)
        start = model.bodies.get("present").sum()
        model.run_for(60)
        assert model.bodies.get("present").sum() > start
        assert not (model.bodies.get("active") & ~model.bodies.get("present")).any()
        shares.append(model.bodies.get("active").sum() / model.bodies.get("present").sum())
    assert shares == sorted(shares)
    assert shares[2] > shares[0] + 0.2


def test_active_bodies_speak_up_for_a_problem_that_nobody_has_taken_on() -> None:
    seen = {}
    for voice in (0.0, 0.5):
        values = {"bodies.voice": voice, "bodies.b0": 50.0, "agenda.domains": 1, "scouting.scout_error": 0.0}
        model = MomentumModel(city_with_towns(values), rng=1)
        model.run_for(20)
        seen[voice] = model.cities[0].scout()
    rise = seen[0.5] - seen[0.0]
    severest = model.world.severity.argmax(axis=1)
    for u in range(3):
        d = severest[u]
        k = slice(*np.searchsorted(model.world.community_county, [u, u + 1]))
        people, silent = model.world.population[k], ~model.state.covered[k, d]
        share = (model.state.bodies_active[k] * people * silent).sum() / people.sum()
        assert rise[u, d] == pytest.approx(0.5 * share)
        assert np.delete(rise[u], d).tolist() == [0.0, 0.0]
    assert rise.max() > 0
    assert not rise[3].any()  # a department has no communities of its own


@pytest.mark.parametrize(("towns", "departments"), list(itertools.product(["given", "none"], [True, False])))
def test_any_number_of_tiers_runs_and_balances(towns: str, departments: bool) -> None:
    values = {"structure.towns": towns, "departments.conflict": 0.9, "agenda.span": 3.0}
    model = finished((city_with_towns if departments else plain_city)(values), 4)
    assert model.week == 60  # a week that does not balance stops the run
    assert {flow.account for flow in FLOWS} >= {"buck_passing", "spotlight"}


@pytest.mark.parametrize(
    ("change", "key", "suggested"),
    [
        ({"domains": {"noise": {"lead": "polise"}}}, "domains.noise.lead", "police"),
        ({"domains": {"noise": {"lead": "police", "supporting": ["police"]}}}, "domains.noise.supporting", None),
        ({"signals": [{"week": 3, "domain": "nois"}]}, "signals[1].domain", "noise"),
        ({"signals": [{"week": 5}, {"week": 3}]}, "signals[2].week", None),
    ],
)
def test_what_names_something_unknown_or_out_of_order_is_refused(change: Any, key: str, suggested: str | None) -> None:
    from simulation import InputError

    base = {
        "structure": {"units": city_with_towns().structure.units, "citizens": 200},
        "domains": {"noise": {}},
        "departments": {"named": {"police": {}}},
    }
    with pytest.raises(InputError) as refused:
        load_scenario(base | change)
    assert refused.value.key == key
    assert refused.value.suggestion == suggested
