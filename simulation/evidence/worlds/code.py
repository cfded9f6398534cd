"""A digest of the code that a set of worlds was made with: everything between a parameter and a finding."""

from __future__ import annotations

from simulation.files.code import digest_of_code

ROOMS = (
    "agents", "citizens", "compute", "ledger", "places", "scenario", "stages", "world",
    "interventions.py", "metrics.py", "model.py", "record.py", "schedule.py", "steps.py",
    "evidence/ensemble.py", "evidence/evaluating.py", "evidence/expression.py", "evidence/measuring.py",
)  # fmt: skip


def code_digest() -> str:
    """Return sixteen hexadecimal digits that change with any line of the model or of the measurement of findings."""
    return digest_of_code(ROOMS)
