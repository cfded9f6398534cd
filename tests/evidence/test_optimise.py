"""A first look at which values come near."""

from __future__ import annotations

import numpy as np
import pytest
from known_models import product

from simulation.evidence import calibrate
from simulation.evidence.optimise import first_look
from simulation.files.errors import InputError


def broken(parameters, seed):
    raise ZeroDivisionError("nobody lives there")


@pytest.mark.parametrize("trials", [0, -1])
def test_a_first_look_at_nothing_is_refused(targets, tmp_path, quiet, trials):
    with pytest.raises(InputError) as caught:
        first_look(targets, product, trials=trials, store=tmp_path / "f.sqlite", **quiet)
    assert caught.value.key == "--first-look"
    assert list(tmp_path.iterdir()) == []


def test_a_first_look_at_which_nothing_runs_says_where_the_errors_are(targets, tmp_path, quiet):
    with pytest.raises(InputError, match="no vector ran") as caught:
        first_look(targets, broken, trials=10, store=tmp_path / "f.sqlite", **quiet)
    assert caught.value.file == str(tmp_path / "f.sqlite")


def test_a_first_look_comes_nearer_than_chance_and_resumes(targets, tmp_path, quiet):
    seen = first_look(targets, product, trials=60, store=tmp_path / "f.sqlite", **quiet)
    again = first_look(targets, product, trials=60, store=tmp_path / "f.sqlite", **quiet)
    assert seen == again
    chance = calibrate(targets, product, store=tmp_path / "s.sqlite", budget=60, **quiet)
    assert seen.distance < np.median(chance.vectors["distance"])
    assert product(seen.parameters, 0)["both"] == pytest.approx(seen.values["both"], abs=0.1)
