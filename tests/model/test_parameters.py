"""No parameter is declared and never read: changing any one of them changes some output of a run."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from kit.cities import IN_CHARGE, NAMED, counties, finished, make, with_towns

from simulation import load_scenario
from simulation.evidence.worlds.space import space
from simulation.results import RunResult
from simulation.scenario import Scenario
from simulation.scenario.signals import CHANNELS, ISSUERS
from simulation.scenario.table import ParameterInfo, parameters

WEEKS = 78

#: Values that must be set for a parameter to act, beside the busy city below.
HELP: dict[str, dict[str, Any]] = {
    "rivals.length": {"rivals.rate": 3.0},
    "leverage.downward_at": {"leverage.downward": 1.0},
    "citizens.threshold_low": {"citizens.rule": "threshold"},
    "citizens.threshold_high": {"citizens.rule": "threshold", "citizens.threshold_low": -0.5},
    "synergies.smart": {"execution.oversight": 0.3},
    "evaluation.inflate": {"execution.oversight": 0.3},
    "execution.modes.symbolic.pressure": {"execution.oversight": 0.3},
    "stages.authority.deputy": {"stages.authority.intensity": None, "stages.authority.rank": "deputy"},
    "synergies.political_oversight": {"synergies.political": 1.0},
    "synergies.self_governance_platform": {"synergies.self_governance": 1.0},
    "synergies.law_oversight": {"synergies.law": 1.0},
    "synergies.moral_trust": {"synergies.moral": 1.0},
    "synergies.smart_reports": {"synergies.smart": 0.5, "execution.oversight": 0.3},
    "leverage.expert_help": {"leverage.horizontal": 1.0},
    "turnover.confidence_kept": {"turnover.rate": 3.0},
    "turnover.routine_kept": {"turnover.rate": 3.0},
    "turnover.level_kept": {"turnover.rate": 3.0},
    "plan.table": {"plan.kind": "table", "plan.table": {"Ash": ["noise"]}},
    "stages.authority.rank": {"stages.authority.intensity": None},
    "structure.units": {"instruction.cities": []},
    "transmission.rivalry_domains": {"plan.per_county": 2},
    "transmission.meeting_cost": {"plan.kind": "uniform"},
    "structure.severity_matched": {"domains": {"noise": {"matched": ["Ash"]}, "water": {}, "waste": {}}},
}
FACTS: dict[str, Any] = {
    "structure.severity": "facts",
    "structure.facts": {"Ash": {"old": 1.0}, "Elm": {"old": 0.5}},
    "structure.weights": {"noise": {"old": 0.3}},
}
#: A span that is short and attention that is dear: how many domains a city takes on is then a close choice.
TIGHT: dict[str, Any] = {"agenda.span": 3.0, "agenda.cost": 0.25}
HELP |= {
    **{f"agenda.{name}": TIGHT for name in ("credit", "local", "g_half", "cost", "optimism")},
    "agenda.worst": TIGHT | {"structure.severity_low": 0.0, "structure.severity_high": 1.0},
    # A domain enters late whose problem is worst in the unit that already has two.
    "agenda.crowd": {
        "agenda.span": 5.0,
        "agenda.cost": 0.4,
        "agenda.save": 1.0,
        "execution.routine": 0.3,
        "plan.kind": "table",
        "plan.table": {"Ash": ["noise", "water"], "Birch": ["noise"]},
        "scouting.scout_error": 0.0,
        "domains": {"noise": {}, "water": {"matched": ["Birch", "Cedar"]}, "waste": {"matched": ["Ash"]}},
    },
    "departments.w_busy": {"departments.w_busy": 5.0},
    "departments.capacity": {"departments.w_busy": 5.0},
    "departments.named": {"departments.turf": 20.0, "plan.kind": "uniform", "agenda.domains": "all"},
    "bodies.voice": TIGHT | {"bodies.b0": 5.0},
    "synergies.smart_scouting": {"synergies.smart": 1.0, "scouting.scout_error": 2.0},
    "leverage.expert_scouting": {"leverage.horizontal": 1.0, "scouting.scout_error": 2.0},
    "structure.severity": {key: value for key, value in FACTS.items() if key != "structure.severity"},
    "structure.facts": FACTS,
    "structure.weights": FACTS,
    "structure.severity_noise": FACTS,
    "stages.ready_at": {"stages.opening": "ready"},
    "execution.q_ref": {"execution.budget": 10.0},
    **{f"issuers.{issuer}": {"signals": [{"week": 0, "issuer": issuer}]} for issuer in ISSUERS},
    **{f"channels.{channel}": {"signals": [{"week": 0, "channel": channel}]} for channel in CHANNELS},
}
# One mechanism of diffusion acts alone, so that its absence shows.
MECHANISMS = ("learn", "coerce", "follow", "salient", "compete")
HELP |= {
    f"diffusion.{name}": {f"diffusion.{other}": float(other == name) for other in MECHANISMS} for name in MECHANISMS
}
#: The value to change to, where half or twice the present one will not do.
OTHER: dict[str, Any] = {
    "title": "another title",
    "question": "another question",
    "weeks": WEEKS + 1,
    "structure.citizens": 500,
    "structure.communities": 12,
    "structure.units": counties("Ash", "Birch", "Cedar", "Oak", departments=("Bureau",)),
    "structure.severity_low": 0.3,
    "structure.severity_high": 0.7,
    "domains": {"noise": {}, "water": {}},
    "instruction.domain": "water",
    "instruction.cities": ["City", "Neighbour"],
    "instruction.week": 2,
    "stages.authority.intensity": 0.4,
    "stages.authority.length": 40.0,
    "stages.settlement.length": 40.0,
    "stages.leverage.length": 40.0,
    "transmission.meeting_cost": 0.01,
    "execution.w_peer": 20.0,
    "plan.per_county": 2,
    "agenda.domains": 2,
    "plan.table": {"Ash": ["water"]},
    "evaluation.proven_at": 0.9,
    "agenda.worst": 1.0,
    "agenda.crowd": 0.0,
    "bodies.voice": 10.0,
    "departments.named": NAMED | {"bureau": {"en": "Bureau", "zh": "局"}},
    "signals": [{"week": 3, "issuer": "centre", "domain": "waste"}],
    "changes": [{"week": 3, "set": {"execution.oversight": 0.1}}],
    "start_date": "2021-05-01",
    "structure.facts": {"Ash": {"old": 0.2}},
    "structure.weights": {"waste": {"old": 0.3}},
    "structure.severities": {"Ash": {"waste": 0.9}},
    "structure.capacities": {"Ash": 0.4},
    "structure.zeal": {"Ash": 0.2},
    "leverage.downward": 1.0,
    "leverage.downward_at": 0.9,
    "citizens.threshold_low": -0.2,
    "citizens.contacts": 4,
    **{f"diffusion.{name}": 0.0 for name in MECHANISMS},
}


def _busy() -> Scenario:
    """Return two cities of which one is instructed, whose reform spreads: most parameters act in it.

    With the constants chosen by hand: under those of the default world fewer choices are close.
    """
    default, by_hand = load_scenario("zhaoqing").values, load_scenario("zhaoqing-by-hand").values
    constants = {key: by_hand[key] for key in space() if by_hand[key] != default[key]}
    rows = with_towns(counties("Ash", "Birch", "Cedar", departments=("Bureau",)))
    rows += with_towns(counties("Elm", "Fir", city="Neighbour"))[1:]
    matched = {"noise": ["Ash"], "water": ["Birch"], "waste": ["Bureau"]}
    return make(
        constants | {"weeks": WEEKS, "evaluation.proven_at": 0.2, "diffusion.adopt": 1.0, "citizens.across": 0.05},
        structure={"units": rows, "citizens": 400},
        domains={key: {"matched": units, **IN_CHARGE[key]} for key, units in matched.items()},
        departments={"named": NAMED},
        instruction={"cities": ["City"]},
    )  # fmt: skip


def _changed(info: ParameterInfo, spec: Scenario) -> Any:
    if info.key in OTHER:
        return OTHER[info.key]
    now = spec.values[info.key]
    if info.kind == "flag":
        return not now
    if info.kind == "word":
        return next(word for word in info.choices if word not in {now, "table"})
    if now == 0:
        return (0.5 if info.high is None else min(0.5, info.high)) if info.kind == "number" else 1
    for value in (now * 2, now / 2):
        if info.low <= value and (info.high is None or value <= info.high) and value != now:
            return value if info.kind == "number" else int(value)
    return now * 0.5


@functools.cache
def _fingerprint(spec: Scenario) -> tuple[Any, ...]:
    model = finished(spec, seed=1)
    result = RunResult.of(model)
    return (
        tuple(series.tobytes() for series in model.record),
        result.provenance["scenario"]["title"]["en"],
        result.provenance["scenario"]["question"]["en"],
        result.provenance["scenario"].get("start_date"),
        tuple(sorted(result.cells.community)),
    )


@pytest.mark.parametrize("info", parameters(), ids=lambda info: info.key)
def test_changing_a_parameter_changes_the_run(info: ParameterInfo) -> None:
    if info.key == "structure.file":
        # The file is the structure: the same city under another structure is another city.
        one = load_scenario("zhaoqing").with_values({"weeks": 20, "structure.citizens": 1000})
        other = one.with_values({"structure.file": "structures/guangdong.csv", "instruction.cities": ["Zhaoqing"]})
        assert finished(one).hierarchy.units != finished(other).hierarchy.units
        return
    spec = _busy().with_values(HELP.get(info.key, {}))
    other = spec.with_values({info.key: _changed(info, spec)})
    assert other.values[info.key] != spec.values[info.key]
    assert _fingerprint(spec) != _fingerprint(other)
