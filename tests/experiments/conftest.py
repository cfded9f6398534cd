"""Fixtures of the tests of experiments."""

from __future__ import annotations

import sqlite3

import known_functions as known
import pytest
from outcomes import DESIGN

from simulation.experiments import sweep
from simulation.experiments.store.store import Store


@pytest.fixture
def rows():
    """Return the part of a store's rows that must not depend on how it was made."""

    def read(path):
        db = sqlite3.connect(path)
        try:
            names = [row[1] for row in db.execute("PRAGMA table_info(runs)")]
            metrics = sorted(set(names) - {"point", "replicate", "seed", "status", "error", "seconds", "host"})
            columns = ", ".join(["point", "replicate", "seed", "status", "error", *metrics])
            runs = db.execute(f"SELECT {columns} FROM runs ORDER BY point, replicate").fetchall()
            points = db.execute("SELECT * FROM points ORDER BY point").fetchall()
        finally:
            db.close()
        return points, runs

    return read


@pytest.fixture(scope="session")
def pairs(tmp_path_factory):
    """A Sobol sample with pairs of factors, of a sum with one product in it."""
    design = {"sweep": {"design": "sobol", "samples": 16, "second_order": True}, "factors": known.UNIT_CUBE}
    return sweep(design, known.linear_with_product, store=tmp_path_factory.mktemp("sobol") / "s", workers=0)


@pytest.fixture
def opened(tmp_path):
    """A new store that is open for writing."""
    with Store(tmp_path / "s", DESIGN, {}) as made:
        yield made
