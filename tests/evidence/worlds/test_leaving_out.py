"""One finding left out: vectors that meet all others, whatever they give of it."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import InputError
from simulation.evidence.expression import Expression
from simulation.evidence.targets import Calibration, Target
from simulation.evidence.worlds.form import About
from simulation.evidence.worlds.leaving_out import asked_of, from_stores, meeting_the_others, without
from simulation.evidence.worlds.measuring import Measurer
from simulation.evidence.worlds.waves import match

QUIET = {"workers": 0, "progress": "quiet"}
PARAMETERS = {
    "effect.gain": {"low": 20.0, "high": 60.0, "scale": "log"},
    "execution.oversight": {"low": 0.2, "high": 0.8},
}


def each_alone(unit):
    """Two findings, each the value of one parameter."""
    return unit[:, :2].copy(), np.full((len(unit), 2), 0.01)


@pytest.fixture(scope="module")
def matched():
    where = Expression.parse("x", ["x"])
    targets = [Target(name, "made", where, 0.5, 0.5, 0.05, "made") for name in ("first", "second")]
    return match(targets, 2, each_alone, first=50, later=0, waves=1, seed=1)


def test_without_a_finding_its_parameter_is_free_again_and_the_others_stay_bound(matched) -> None:
    both = matched.candidates(200, 1.25, 5)
    assert np.ptp(both, axis=0).max() < 0.25
    left = without(matched, "second")
    assert [target.name for target in left.targets] == ["first"]
    drawn = left.candidates(200, 1.25, 5)
    assert np.abs(drawn[:, 0] - 0.5).max() < 0.12
    assert np.quantile(drawn[:, 1], [0.1, 0.9]) == pytest.approx([0.1, 0.9], abs=0.08)


def test_a_finding_is_predicted_only_by_vectors_that_meet_the_others_when_they_run(matched) -> None:
    candidates = np.array([[0.5, 0.1], [0.9, 0.5], [0.52, 0.7], [0.5, 0.9], [0.1, 0.1]])
    values, errors, looked_at = meeting_the_others(matched, "second", candidates, each_alone, 99, 2)
    assert values.tolist() == [0.1, 0.7, 0.9], "0.9 and 0.1 of the first finding are not .5"
    assert errors.tolist() == [0.01] * 3
    assert looked_at == 5
    values, _, looked_at = meeting_the_others(matched, "second", candidates, each_alone, 1, 2)
    assert (values.tolist(), looked_at) == ([0.1], 2), "enough is enough"


def test_a_finding_that_is_not_there_is_refused(matched) -> None:
    with pytest.raises(InputError) as caught:
        without(matched, "secnd")
    assert (caught.value.given, caught.value.suggestion) == ("secnd", "second")


def test_the_stores_of_a_search_give_what_its_waves_measured(tmp_path) -> None:
    asked = Calibration.of({"findings": ["trial-rollout", "campaign-rebound"], "parameters": PARAMETERS})
    measurer = Measurer(asked, tmp_path, "wave", {"ordinary": 2, "campaign": 1}, among=3, **QUIET)
    unit = np.random.default_rng(4).random((24, 2))
    first, then = measurer(measurer.values(unit[:20])), measurer(measurer.values(unit[20:]))
    found = from_stores(asked, tmp_path)
    assert np.allclose(found.unit, unit, atol=1e-4), "rounded to the digits of a file"
    assert np.array_equal(found.means, np.vstack([first[0], then[0]]), equal_nan=True)
    assert np.array_equal(found.errors, np.vstack([first[1], then[1]]), equal_nan=True)
    assert [target.name for target in found.targets] == ["trial-rollout", "campaign-rebound"]
    other = Calibration.of({"findings": ["responsiveness"], "parameters": {"effect.wear": {"low": 0.02, "high": 0.08}}})
    with pytest.raises(InputError):
        from_stores(other, tmp_path)


def test_priors_are_those_of_the_search_and_not_of_the_defaults() -> None:
    row = {"median": 0.05, "low": 0.04, "high": 0.06, "variance_ratio": 0.4, "verdict": "pinned"}
    about = About.model_validate(
        {
            "edition": "2", "made": "2026-01-01", "command": "made", "code": "0", "seed": 3, "cities": 300,
            "runs": {}, "findings": {},
            "parameters": {"effect.gain": row | {"prior_low": 0.5, "prior_high": 9.0, "scale": "log"}},
        }
    )  # fmt: skip
    asked = asked_of(about)
    assert asked.seed == 3
    assert vars(asked.parameters["effect.gain"]) | {"low": 0.5, "high": 9.0, "scale": "log"} == vars(
        asked.parameters["effect.gain"]
    )
