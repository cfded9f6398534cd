"""Cheap models with known answers, and a target file's form for them."""

from __future__ import annotations

import random


def product(parameters, seed):
    """Return a product of two parameters and a third parameter, each with a little noise."""
    luck = random.Random(seed)
    return {
        "both": parameters["a"] * parameters["b"] + 0.02 * luck.gauss(0, 1),
        "third": parameters["c"] + 0.02 * luck.gauss(0, 1),
    }


def failing(parameters, seed):
    """Fail wherever the third parameter is large."""
    if parameters["c"] > 0.8:
        raise ValueError("no such city")
    return product(parameters, seed)


def stopping(parameters, seed):
    """Raise an interrupt once the third parameter is close enough, so that a search stops in the middle."""
    if abs(parameters["c"] - 0.5) < 0.02:
        raise KeyboardInterrupt
    return product(parameters, seed)


TARGETS = {
    "title": "Known",
    "calibration": {"keep": 30, "budget": 600, "replicates": 2, "check_vectors": 6, "check_replicates": 4},
    "parameters": {
        "a": {"low": 0.2, "high": 5.0, "scale": "log"},
        "b": {"low": 0.2, "high": 5.0, "scale": "log"},
        "c": {"low": 0.0, "high": 1.0},
        "idle": {"low": 1.0, "high": 2.0},
    },
    "targets": {
        "both": {"value": 1.0, "tolerance": 0.1, "source": "made for the test"},
        "third": {"range": [0.48, 0.52], "tolerance": 0.05, "source": "made for the test"},
    },
}
