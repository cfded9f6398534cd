"""A digest of the code that a set of worlds was made with: everything between a parameter and a finding."""

from __future__ import annotations

import hashlib
from pathlib import Path

import simulation

ROOMS = (
    "agents", "citizens", "compute", "ledger", "places", "scenario", "stages", "world",
    "metrics.py", "model.py", "record.py", "steps.py",
    "evidence/ensemble.py", "evidence/evaluating.py", "evidence/expression.py", "evidence/measuring.py",
)  # fmt: skip


def code_digest() -> str:
    """Return sixteen hexadecimal digits that change with any line of the model or of the measurement of findings."""
    root = Path(simulation.__file__).parent
    found = hashlib.sha256()
    for room in ROOMS:
        place = root / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            found.update(path.relative_to(root).as_posix().encode())
            # A checkout may end its lines otherwise.
            found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:16]
