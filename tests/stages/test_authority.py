"""Stage 2 where few are engaged: what authority passes on, and what it does not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from kit.kernels import in_python

from simulation import MomentumModel, load_scenario
from simulation.ledger.accounts import FLOWS, PASSED_2
from simulation.stages.authority import convert
from simulation.world.parameters import compile_parameters


def test_authority_that_reaches_no_unit_is_not_booked_as_passed_on() -> None:
    alone = {"departments.conflict": 0.0, "stages.authority.fade": 0.1, "stages.authority.convert": 0.5}
    rows = compile_parameters(load_scenario("classroom").with_values(alone))
    state = SimpleNamespace(
        city_row=np.zeros(1, np.int64),
        A=np.array([2.0]),
        gate=np.ones((1, 5)),
        active=np.ones((1, 1), bool),
        co_operation=np.ones((1, 1)),
        engaged=np.zeros(2, np.int64),
        dA=np.zeros(1),
        dB=np.zeros(2),
        booked=np.zeros((1, len(FLOWS))),
    )
    in_python(convert)(rows, SimpleNamespace(city_unit=np.array([0, 2])), state)
    assert state.dB.tolist() == [0.0, 0.0]
    assert state.dA[0] == pytest.approx(-0.1 * 2.0)


def test_a_single_county_gets_what_authority_passes_on() -> None:
    units = [
        {"unit": "P", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        {"unit": "A", "parent": "C", "tier": "county", "residential": 3, "villages": 3, "population": 900},
    ]
    model = MomentumModel(
        load_scenario({"weeks": 40, "structure": {"units": units, "citizens": 200}, "domains": {"x": {}}}), rng=1
    )
    model.run_for(40)
    assert model.record.booked[:, 0, PASSED_2].sum() > 0.1
    assert model.record.booked.min() >= -1e-12
