"""Measuring vectors: which runs stand behind a mean, and that none is made twice."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from simulation.evidence.targets import Calibration
from simulation.evidence.worlds.measuring import DIGITS, Among, Measurer, rounded
from simulation.experiments.design.distributions import Range

QUIET = {"workers": 0, "progress": "quiet"}
ASKED = {
    "calibration": {"seed": 4},
    "parameters": {
        "execution.q_half": {"low": 0.005, "high": 0.02, "scale": "log"},
        "bodies.b0": {"low": -4.0, "high": -1.0},
    },
    "settings": {
        "town": {"scenario": "zhaoqing"},
        "country": {"scenario": "zhaoqing", "values": {"execution.oversight": 0.2}},
    },
    "targets": {
        "second": {"setting": "country", "expression": "agenda", "value": 1, "tolerance": 1, "source": "made"},
        "first": {"setting": "town", "expression": "surface", "value": 1, "tolerance": 1, "source": "made"},
        "third": {"setting": "country", "expression": "depth", "value": 1, "tolerance": 1, "source": "made"},
    },
}


class Known:
    """In the place of the model: returns what is known of each finding, and remembers its runs."""

    ran: ClassVar[list[tuple[tuple[str, ...], dict, int]]] = []
    identity: ClassVar[dict[str, str]] = {"task": "known"}

    def __init__(self, settings, targets):
        self.names = [target.name for target in targets]

    def __call__(self, parameters, seed):
        Known.ran.append((tuple(self.names), dict(parameters), seed))
        place = {"first": 1, "second": 2, "third": 3}
        return {name: place[name] * parameters["execution.q_half"] + (seed % 2) for name in self.names}


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr("simulation.evidence.worlds.measuring.Measuring", Known)
    Known.ran = []


def measurer(folder, stage="wave", among=None, runs=None):
    return Measurer(Calibration.of(ASKED), folder, stage, runs or {"town": 3, "country": 2}, among, **QUIET)


UNIT = np.array([[0.1, 0.2], [0.9, 0.5], [0.3, 0.3]])


@pytest.mark.parametrize(
    ("value", "digits", "expected"), [(0.0123456, 3, 0.0123), (0.019999, 2, 0.0199), (0.005001, 2, 0.0051)]
)
def test_rounding_never_leaves_the_range(value, digits, expected):
    assert rounded(value, Range(0.0051, 0.0199, "log"), digits) == expected


def test_a_cities_task_runs_under_the_seeds_of_so_many_cities_alone():
    seeds = []
    task = Among(lambda parameters, seed: seeds.append(seed) or {}, 7)
    for seed in range(100, 130):
        task({}, seed)
    assert set(seeds) == set(range(7))
    assert task.identity["among"] == 7


def test_each_finding_is_the_mean_of_its_own_settings_runs(tmp_path):
    one = measurer(tmp_path)
    vectors = one.values(UNIT)
    means, errors = one(vectors)
    for names, parameters, _ in Known.ran:
        assert set(names) in ({"first"}, {"second", "third"})
        assert parameters in vectors
    for column, (name, place, number) in enumerate((("second", 2, 2), ("first", 1, 3), ("third", 3, 2))):
        for row, vector in enumerate(vectors):
            odd = [seed % 2 for names, parameters, seed in Known.ran if name in names and parameters == vector]
            assert len(odd) == number
            assert means[row, column] == pytest.approx(place * vector["execution.q_half"] + np.mean(odd))
            assert errors[row, column] == pytest.approx(np.std(odd, ddof=1) / np.sqrt(number))


def test_vectors_are_run_in_as_many_digits_as_files_hold(tmp_path):
    for vector in measurer(tmp_path).values(np.random.default_rng(0).random((50, 2))):
        assert all(value == float(f"{value:.{DIGITS}g}") for value in vector.values())


def test_the_same_call_again_finds_its_runs_and_so_does_another_process(tmp_path):
    one = measurer(tmp_path)
    first = one(one.values(UNIT))
    number = len(Known.ran)
    again, other = one(one.values(UNIT)), measurer(tmp_path)(one.values(UNIT))
    assert len(Known.ran) == number == 3 * (3 + 2)
    assert one.made == number
    for found in (again, other):
        assert np.array_equal(found[0], first[0])
        assert np.array_equal(found[1], first[1])


def test_what_vectors_give_does_not_depend_on_those_run_before(tmp_path):
    together, alone = measurer(tmp_path / "a", among=50), measurer(tmp_path / "b", among=50)
    both = together(together.values(UNIT))[0]
    assert np.array_equal(alone(alone.values(UNIT[1:]))[0], both[1:])


def test_without_among_every_vector_meets_the_same_cities(tmp_path):
    one = measurer(tmp_path)
    one(one.values(UNIT))
    by_vector = {}
    for names, parameters, seed in Known.ran:
        if names == ("first",):
            by_vector.setdefault(parameters["bodies.b0"], []).append(seed)
    assert len({tuple(sorted(seeds)) for seeds in by_vector.values()}) == 1


def test_with_among_every_vector_meets_cities_of_its_own_out_of_so_many(tmp_path):
    one = measurer(tmp_path, among=40)
    one(one.values(np.random.default_rng(1).random((60, 2))))
    seeds = [seed for names, _, seed in Known.ran if names == ("first",)]
    assert set(seeds) <= set(range(40))
    assert len(set(seeds)) > 35
    assert len({tuple(sorted(seeds[n : n + 3])) for n in range(0, 180, 3)}) > 50


def test_stages_have_seeds_of_their_own(tmp_path):
    seeds = {}
    for stage in ("few", "many"):
        Known.ran = []
        one = measurer(tmp_path, stage)
        one(one.values(UNIT))
        seeds[stage] = {seed for _, _, seed in Known.ran}
    assert not seeds["few"] & seeds["many"]


def test_findings_or_priors_other_than_those_of_a_store_are_refused(tmp_path):
    from simulation.files.errors import InputError

    one = measurer(tmp_path)
    one(one.values(UNIT))
    changed = Calibration.of(ASKED | {"targets": ASKED["targets"] | {
        "first": ASKED["targets"]["first"] | {"tolerance": 2}
    }})  # fmt: skip
    with pytest.raises(InputError):
        Measurer(changed, tmp_path, "wave", {"town": 3, "country": 2}, **QUIET)(one.values(UNIT))
