"""Every point of a design is checked before anything runs, and steps keep whole numbers on their grid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import known_functions as known
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.experiments import plan, sweep
from simulation.experiments.design import validity
from simulation.experiments.design.design import Design, from_spec
from simulation.experiments.design.distributions import Range, parse_distribution
from simulation.experiments.design.factors import Factor, parse_factor
from simulation.experiments.design.validity import check_points, refused_points
from simulation.experiments.running.task import ModelTask
from simulation.experiments.sweeping import prepare
from simulation.files.errors import InputError
from simulation.model import MomentumModel
from simulation.scenario import shipped_folder

ROOT = Path(__file__).parents[3]
ODD = {
    "sweep": {"scenario": "classroom", "design": "lhs", "samples": 40},
    "factors": {
        "citizens.contacts": {"low": 4, "high": 12, "integer": True},
        "execution.oversight": {"low": 0.2, "high": 1.0},
    },
}


def examples(page):
    """Return the designs that a page shows: indented blocks with both tables."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    return [tomllib.loads(block) for block in blocks if "[sweep]" in block and "[factors]" in block]


@pytest.mark.parametrize("page", ["experiments.md", "experiments.zh.md"])
def test_the_documentations_design_passes_a_dry_run_whole(page):
    (table,) = examples(page)
    made = plan(table, workers=2)
    # Discrete factors make some of the 512 · (3 + 2) points equal.
    assert 512 < made.points <= 512 * 5
    assert made.runs == made.points * 10
    design = Design.of(table)
    contacts = design.names.index("citizens.contacts")
    assert {values[contacts] for values in design.points()} == {4, 6, 8, 10, 12}


def test_a_design_with_points_that_cannot_be_run_is_refused_with_their_number_reason_and_an_example(
    tmp_path, monkeypatch
):
    def build(*given, **options):
        pytest.fail("a model was built")

    monkeypatch.setattr(MomentumModel, "__init__", build)
    design, task = prepare(ODD, None)
    number, (group,) = refused_points(design, task)
    contacts = [values[0] for values in design.points()]
    assert number == 40
    assert group.points == sum(value % 2 for value in contacts) > 10
    assert group.example["citizens.contacts"] == next(value for value in contacts if value % 2)
    for use in (lambda: plan(ODD), lambda: sweep(ODD, store=tmp_path / "s", workers=0)):
        with pytest.raises(InputError) as caught:
            use()
        said = str(caught.value)
        assert f"{group.points} of 40 points cannot be run: citizens.contacts: must be even" in said
        assert f"for example citizens.contacts = {group.example['citizens.contacts']}, execution.oversight = " in said
        assert "step = 2" in said
    assert list(tmp_path.iterdir()) == []
    assert f"40 个设计点中有 {group.points} 个无法运行：citizens.contacts：" in caught.value.in_language("zh")


def test_a_step_mends_it_and_every_point_was_looked_at():
    mended = {**ODD, "factors": ODD["factors"] | {"citizens.contacts": {**CONTACTS, "step": 2}}}
    looked = []
    design, task = prepare(mended, None)
    check = task.check_point
    task.check_point = lambda point: looked.append(point) or check(point)
    assert check_points(design, task) == 40
    assert [tuple(point.values()) for point in looked] == list(design.points())


CONTACTS = {"low": 4, "high": 12, "integer": True}


def test_reasons_are_told_apart_counted_and_given_by_their_frequency():
    class Picky:
        def __call__(self, parameters, seed):
            return {"y": 1.0}

        def check_point(self, point):
            if point["a"] % 3 == 0:
                raise InputError(f"{point['a']} is a multiple of three", key="a")
            if point["a"] > 18:
                raise InputError("too large", key="a", allowed="at most 18")

    number, groups = refused_points(Design.of({"factors": {"a": list(range(1, 21))}}), Picky())
    assert number == 20
    assert [(group.points, group.example["a"]) for group in groups] == [(6, 3), (2, 19)]


def test_more_reasons_than_anybody_reads_are_counted_together(monkeypatch):
    class Picky:
        def __call__(self, parameters, seed):
            return {"y": 1.0}

        def check_point(self, point):
            raise InputError(f"no {point['a']}", key=str(point["a"]))

    letters = list("abcdefghijklmnopqrstuvwxyzäöü")
    design = Design.of({"factors": {"a": letters}})
    _, groups = refused_points(design, Picky())
    assert len(groups) == validity.MOST_REASONS + 1
    assert groups[0].reason is None
    assert sum(group.points for group in groups) == len(letters)
    with pytest.raises(InputError, match=rf"{len(letters)} of {len(letters)} points.*other reasons.*16 more reasons"):
        check_points(design, Picky())


def test_equal_points_are_counted_and_checked_once():
    looked = []

    class Picky:
        def __call__(self, parameters, seed):
            return {"y": 1.0}

        def check_point(self, point):
            looked.append(point)

    design = Design.of({"sweep": {"design": "random", "samples": 50}, "factors": {"a": [1, 2], "b": [True, False]}})
    assert check_points(design, Picky()) == len(looked) == 4


def test_a_plain_function_refuses_no_point():
    assert check_points(Design.of({"factors": {"a": [1, 2], "b": [1]}}), known.plain) == 2


@pytest.mark.parametrize("path", sorted(Path(shipped_folder(), "sweeps").glob("*.toml")), ids=lambda path: path.stem)
def test_every_point_of_every_shipped_design_can_be_run(path):
    design, task = prepare(path, None)
    assert isinstance(task, ModelTask)
    assert check_points(design, task) > 1


@given(st.integers(-50, 50), st.integers(1, 9), st.integers(1, 12), st.floats(0, 1))
def test_a_step_draws_low_plus_whole_multiples_up_to_high_each_as_often(low, step, steps, unit):
    drawn = Range(low, low + step * steps, integer=True, step=step)
    value = drawn.at(unit)
    assert isinstance(value, int)
    assert drawn.low <= value <= drawn.high
    assert (value - low) % step == 0
    wanted = [low + step * k for k in range(steps + 1)]
    assert [drawn.at((k + 0.5) / (steps + 1)) for k in range(steps + 1)] == wanted
    factor = Factor("a", drawn)
    assert list(factor.values()) == wanted
    assert factor.count() == steps + 1


@pytest.mark.parametrize("kind", ["grid", "random", "lhs", "sobol", "morris"])
def test_every_design_keeps_to_the_steps_and_reaches_both_ends(kind):
    table = {
        "sweep": {"design": kind, "samples": 64},
        "factors": {"a": {"low": 3, "high": 15, "integer": True, "step": 4}, "b": [1, 2]},
    }
    design = Design.of(table)
    assert {values[0] for values in design.points()} == {3, 7, 11, 15}
    assert len(list(design.points())) == design.size
    again = from_spec(design.spec())
    assert again.factors == design.factors


def test_a_store_goes_on_only_with_the_same_step(tmp_path):
    table = {"factors": {"a": {"low": 2, "high": 6, "integer": True, "step": 2}, "b": [1]}}
    assert sweep(table, known.plain, store=tmp_path / "s", workers=0).runs["a"].tolist() == [2, 4, 6]
    assert sweep(table, known.plain, store=tmp_path / "s", workers=0).complete
    finer = {"factors": {"a": {"low": 2, "high": 6, "integer": True}, "b": [1]}}
    assert len(sweep(finer, known.plain, store=tmp_path / "s", workers=0).runs) == 5
    with pytest.raises(InputError, match="step"):
        sweep(table, known.plain, store=tmp_path / "s", workers=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"low": 0, "high": 1, "step": 0.1}, "integer = true"),
        ({"low": 0, "high": 10, "step": 2}, "integer = true"),
        ({"low": 0, "high": 10, "integer": True, "step": 0}, "1 or more"),
        ({"low": 0, "high": 10, "integer": True, "step": -2}, "1 or more"),
        ({"low": 0, "high": 10, "integer": True, "step": 2.0}, "1 or more"),
        ({"low": 0, "high": 10, "integer": True, "step": True}, "1 or more"),
        ({"low": 0, "high": 10, "integer": True, "step": "2"}, "1 or more"),
        ({"low": 4, "high": 13, "integer": True, "step": 2}, "12 or 14"),
        ({"low": 4, "high": 13, "integer": True, "step": 20}, "4 or 24"),
    ],
)
def test_a_step_that_makes_no_grid_is_refused_by_designs_and_priors(given, said):
    for parse in (lambda: parse_factor("a", given), lambda: parse_distribution(given, key="a")):
        with pytest.raises(InputError, match=re.escape(said)):
            parse()


def test_a_step_is_for_the_linear_scale_and_no_normal_distribution():
    for more in ({"scale": "log"}, {"mean": 5, "sd": 1}):
        with pytest.raises(InputError, match="linear scale"):
            parse_distribution({"low": 2, "high": 8, "integer": True, "step": 2, **more}, key="a")


@pytest.mark.parametrize(("mean", "sd"), [(-40, 1), (40, 1), (1.0, 1e9), (0.0, 1e-320)])
def test_a_normal_distribution_that_has_nothing_between_its_ends_is_refused(mean, sd):
    with pytest.raises(InputError, match="lies between low and high"):
        parse_distribution({"low": 0.2, "high": 0.9, "mean": mean, "sd": sd}, key="a")


@pytest.mark.parametrize("mean", [-3.0, 0.5, 4.0])
def test_a_normal_distribution_with_enough_between_its_ends_reaches_both(mean):
    drawn = parse_distribution({"low": 0.2, "high": 0.9, "mean": mean, "sd": 1}, key="a")
    assert isinstance(drawn, Range)
    assert (drawn.at(0), drawn.at(1)) == (pytest.approx(0.2), pytest.approx(0.9))
