"""Many weeks in one call are the weeks of `step`: the same numbers, the same clock, the same errors."""

from __future__ import annotations

import numpy as np
import pytest
from kit.cities import small_city

from simulation import MomentumModel, RunResult, load_scenario, run
from simulation.ledger import LedgerError

SPREADING = {
    "structure.citizens": 6000,
    "weeks": 60,
    "evaluation.proven_at": 0.05,
    "diffusion.adopt": 1.0,
    "turnover.rate": 2.0,
    "leverage.downward": 0.5,
    "instruction.week": 3,
}


def same(one: MomentumModel, other: MomentumModel) -> bool:
    weeks = one.week
    kept = zip((*one.record, *one.state), (*other.record, *other.state), strict=True)
    return other.week == weeks and all(
        np.array_equal(a[: len(b)] if a.ndim and len(a) > len(b) else a, b, equal_nan=a.dtype.kind == "f")
        for a, b in kept
    )


@pytest.mark.parametrize("parts", [(60,), (1, 2, 1, 56), (17, 0, 43)])
def test_weeks_computed_at_once_equal_weeks_stepped(parts: tuple[int, ...]) -> None:
    spec = load_scenario("guangdong").with_values(SPREADING)
    stepped, computed = MomentumModel(spec, rng=1), MomentumModel(spec, rng=1)
    stepped.run_for(60)
    for weeks in parts:
        computed.compute(weeks)
    assert (stepped.state.origin >= 0).sum() > 1, "a neighbouring city has begun"
    assert same(stepped, computed)


def test_the_clock_goes_with_the_weeks_and_a_step_goes_on_from_there() -> None:
    model = MomentumModel(small_city(), rng=0)
    model.step()
    model.compute(20)
    assert (model.week, model.time, model.steps) == (21, 21, 21)
    model.step()
    model.run_for(3)
    assert (model.week, model.time, model.steps) == (25, 25, 25)


def test_a_run_s_model_can_be_stepped_further() -> None:
    result = run(small_city({"weeks": 30}), seed=0)
    assert (result.model.time, result.model.week) == (30, 30)
    result.model.step()
    assert (result.model.time, result.model.week) == (31, 31)


def test_a_class_with_a_step_of_its_own_is_stepped() -> None:
    class Watched(MomentumModel):
        def step(self) -> None:
            super().step()
            self.seen = [*getattr(self, "seen", []), self.week]

    model = Watched(small_city(), rng=0)
    model.compute(4)
    assert model.seen == [1, 2, 3, 4]


@pytest.mark.parametrize("spoilt", [0, 5, 12])
def test_a_broken_ledger_stops_in_its_week_and_the_clock_stands_there(spoilt: int) -> None:
    model = MomentumModel(small_city(), rng=0)
    model.compute(20 + spoilt)
    model.stocks[0, 3] += 1e-3
    with pytest.raises(LedgerError, match=rf"week {20 + spoilt}, City: .*settlement"):
        model.compute(10)
    assert model.time == model.week


@pytest.mark.parametrize("weeks", [-1, 2.0, True, "3"])
def test_no_number_of_weeks_is_refused(weeks: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        MomentumModel(small_city(), rng=0).compute(weeks)


def test_a_run_saved_without_flows_is_loaded_drawn_and_saved_again(tmp_path) -> None:
    from simulation.figures import save_all

    run(small_city({"weeks": 20}), seed=0).save(tmp_path / "earlier")
    (tmp_path / "earlier" / "flows.csv").unlink()
    loaded = RunResult.load(tmp_path / "earlier")
    assert not loaded.has("flows")
    loaded.save(tmp_path / "again")
    names = {path.name for path in save_all(loaded, tmp_path / "pictures", formats=("png",))}
    assert "1-stages.png" in names or any("stages" in name for name in names)
    assert not any("ledger" in name for name in names)
    assert loaded.detached().summary == pytest.approx(loaded.summary, nan_ok=True)


def test_any_changed_parameter_changes_the_digest() -> None:
    spec = load_scenario("zhaoqing")
    own = spec.values["execution.modes.symbolic.reward"]
    assert spec.with_values({"execution.modes.symbolic.reward": own}).digest == spec.digest
    for key, value in {"execution.modes.symbolic.reward": own / 2, "agenda.span": 10.0, "issuers.centre": 3.0}.items():
        assert spec.with_values({key: value}).digest != spec.digest
