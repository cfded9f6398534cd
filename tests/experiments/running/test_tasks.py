"""Tasks: what the protocol asks, and which hooks each task of the house offers."""

from __future__ import annotations

import inspect

import pytest

from simulation.evidence.evaluating import Staged
from simulation.evidence.targets import Calibration
from simulation.experiments.running.protocol import Around, Hooks, identify, warm_up
from simulation.experiments.running.task import ModelTask, Switches
from simulation.hypotheses.pool import SettingTask

HOOKS = [name for name in vars(Hooks) if not name.startswith("_")]


def plain(parameters, seed):
    return {"a": parameters["a"] + seed}


class Warm:
    """A task that says what it is and counts how often it was warmed up."""

    identity = {"task": "warm"}  # noqa: RUF012 - read only

    def __init__(self) -> None:
        self.warmed = 0

    def __call__(self, parameters, seed):
        return {"a": float(seed)}

    def warm_up(self) -> None:
        self.warmed += 1


def test_the_model_offers_every_hook_and_the_protocol_lists_five():
    assert sorted(HOOKS) == ["check", "check_point", "identity", "names", "warm_up"]
    for name in HOOKS:
        assert inspect.getattr_static(ModelTask, name, None) is not None, name


def test_a_plain_function_needs_no_hook_and_is_known_by_its_name():
    warm_up(plain)
    assert identify(plain) == {"task": f"{__name__}.plain"}


@pytest.mark.parametrize(
    "around",
    [
        SettingTask,
        lambda task: Switches(task, {"x": {"x": 0}}),
        lambda task: Staged(task, Calibration("c", {}, {}, {}), "search"),
    ],
)
def test_a_task_around_another_warms_it_up_and_carries_its_identity(around):
    inner = Warm()
    made = around(inner)
    warm_up(made)
    assert inner.warmed == 1
    assert isinstance(made, Around)
    assert identify(made).items() >= {"task": "warm"}.items()
