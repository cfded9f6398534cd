"""The fronts of the package: each public name is imported when it is asked for, and stays what it is."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

FRONTS = ("simulation", "simulation.experiments", "simulation.hypotheses", "simulation.evidence")


@pytest.mark.parametrize("front", FRONTS)
def test_every_public_name_of_a_front_is_there_and_listed(front):
    module = importlib.import_module(front)
    assert len(module.__all__) >= 3
    assert set(module.__all__) <= set(dir(module))
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        module.no_such_name  # noqa: B018  # asking is the test


def test_the_front_of_the_package_brings_nothing_heavy():
    code = "import sys, simulation; print({'numpy', 'mesa', 'pandas', 'typer', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "first", ["import simulation.evidence.calibrate", "from simulation.evidence.calibrate import Calibrated"]
)
def test_a_function_is_not_hidden_by_the_module_of_its_name(first):
    code = f"{first}\nfrom simulation.evidence import calibrate\nprint(callable(calibrate), calibrate.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "calibrate"]
