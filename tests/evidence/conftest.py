"""Fixtures of the tests of calibration."""

from __future__ import annotations

import copy

import pytest
from known_models import TARGETS

QUIET = {"workers": 0, "progress": "quiet"}


@pytest.fixture
def targets():
    """A copy of the known model's target file, to be changed at will."""
    return copy.deepcopy(TARGETS)


@pytest.fixture
def quiet():
    """Options of a calibration in this process, without a display."""
    return dict(QUIET)
