"""The page shows a run's losses account by account."""

from __future__ import annotations

import pytest
from shown import LIBRARY

from simulation.app import switchoffs
from simulation.app.switchoffs import BESIDE, SWITCHES
from simulation.app.track import Track
from simulation.app.views import Scene, views
from simulation.text import catalogue


def test_an_account_without_a_run_of_its_own_has_no_number() -> None:
    assert switchoffs.by_account({"pilot": 0.25, "execution": -0.5}) == {
        "pilot": 0.25,
        **{account: -0.5 for account, mechanism in switchoffs.JOINT.items() if mechanism == "execution"},
    }
    assert switchoffs.by_account({}) == {}


def test_accounts_that_the_same_values_end_share_one_run_and_its_number() -> None:
    names = switchoffs.mechanisms(LIBRARY.load("zhaoqing"))
    assert SWITCHES["fragmentation"] == SWITCHES["buck_passing"]
    assert len({"fragmentation", "buck_passing"} & set(names)) == 1
    assert switchoffs.by_account({"fragmentation": 0.25}) == {"fragmentation": 0.25, "buck_passing": 0.25}


def test_attention_departments_towns_local_resources_and_bodies_are_switched_off() -> None:
    names = switchoffs.mechanisms(LIBRARY.load("zhaoqing"))
    assert {"span", "fragmentation", "towns", "budget", "bodies"} <= set(names)
    assert {"span", "fragmentation", "buck_passing", "towns", "budget", "bodies", "spotlight"}.isdisjoint(
        switchoffs.mechanisms(LIBRARY.load("zhaoqing-as-told"))
    )


@pytest.mark.parametrize("name", BESIDE)
def test_a_mechanism_without_an_account_is_the_difference_of_two_runs_and_stands_under_the_ledger(name: str) -> None:
    spec = LIBRARY.load("zhaoqing", {"structure.citizens": 1000})
    track = Track(spec, 0)
    track.step(60)
    without = Track(spec.with_values(BESIDE[name]), 0)
    without.step(60)
    change = switchoffs.change(spec, 0, 60, name, track.now("effectiveness"))
    assert change == without.now("effectiveness") - track.now("effectiveness")
    assert change != 0
    ledger = next(view for view in views() if view.name == "ledger")
    label = catalogue()[f"app.mechanism.{name}"]["en"]
    shown = ledger.draw(Scene(track, off={name: 0.123}))
    assert f">{label}<" in shown
    assert "+12.3" in shown
    assert f">{label}<" not in ledger.draw(Scene(track, off={}))
