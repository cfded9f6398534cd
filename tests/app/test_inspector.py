"""The page explains the unit or community that is picked, and its reasons."""

from __future__ import annotations

import numpy as np
import pytest
from shown import at

from simulation.agents import county
from simulation.app.inspector import _because, explain
from simulation.app.views import Scene


def test_a_unit_without_instructions_and_a_community_without_sites_are_said_to_be_so() -> None:
    session = at(0)
    session.pick("unit:0")
    scene = Scene(session.a, picked="unit:0")
    session.a.model.state.has[0] = False
    assert scene.say("inspect.nothing") in explain(scene)
    session.a.model.state.covered[2] = False
    assert scene.say("inspect.no_site") in explain(Scene(session.a, picked="community:2"))
    session.a.model.state.covered[2, 0] = True
    assert scene.say("inspect.no_site") not in explain(Scene(session.a, picked="community:2"))


@pytest.mark.parametrize(("load", "pressure", "reason"), [(99.0, 0.9, "overload"), (0.0, 0.1, "no_pressure")])
def test_overload_weighs_before_pressure_and_too_little_pressure_is_a_reason(
    load: float, pressure: float, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(at(10).a)
    model = scene.model
    monkeypatch.setattr(county.CountyPilot, "load", property(lambda unit: load))
    monkeypatch.setattr(county.CountyPilot, "pressure", lambda unit, domain: pressure)
    utilities = model.units[0].utilities(next(iter(model.spec.domains)))
    model.state.mode[0, 0] = int(np.argmax(list(utilities.values())))
    assert _because(scene, 0, 0) == scene.say(f"because.{reason}")
