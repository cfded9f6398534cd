"""Every result notes the revision of the code that made it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.files import provenance


def test_outside_a_checkout_there_is_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "simulation" / "provenance.py"))
    assert provenance.revision.__wrapped__() is None
