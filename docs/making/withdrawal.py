"""Draw `docs/images/withdrawal-week-*.png`: run the shipped sweep of that name, or read it where it is done.

python docs/making/withdrawal.py [STORE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from simulation.experiments import sweep
from simulation.experiments.pictures.maps import surface

ROOT = Path(__file__).resolve().parents[2]
WEEK, LEFT = "changes.1.week", "changes.1.set.execution.oversight"


def main(store: str | None = None) -> None:
    done = sweep(ROOT / "scenarios" / "sweeps" / "withdrawal-week.toml", store=store)
    for lang in ("en", "zh"):
        sheet = surface(done, WEEK, LEFT, "effectiveness", lang=lang)
        sheet.savefig(ROOT / "docs" / "images" / f"withdrawal-week-{lang}.png", dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:2])
