"""Fit every shipped case and keep how much its rows pin down (some minutes per case on two cores).

    python docs/making/case_fits.py [FOLDER]      writes docs/case_fits.json; then run docs/making/docs.py

The fits stay in FOLDER, where a later call goes on; without one they are thrown away. The codebook and the README files
of the cases show the numbers. A test compares the digest of each case, so that a changed case asks for new numbers.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from simulation.cases.case import Case, shipped_cases

FILE = Path(__file__).resolve().parents[1] / "case_fits.json"
SEED = 0
VERDICTS = ("pinned", "narrowed", "free")


def measured(name: str, folder: Path) -> dict[str, Any]:
    """Return what a fit of a shipped case pins down: counts of parameters by verdict, and how well it fits.

    Parameters
    ----------
    name : str
        The case.
    folder : Path
        Gets the fit.
    """
    case = Case.load(name)
    fit = case.fit(seed=SEED, folder=folder)
    table = fit.parameters
    whole = fit.adequacy.set_index("measure").loc["all"]
    return {
        "digest": case.digest,
        "rows": len(case.rows),
        "runs": int(fit.about["runs"]),
        "worlds": int(fit.about["worlds"]),
        "worlds_left": int(fit.about["worlds_left"]),
        "fits": bool(fit.fits),
        "p": round(float(whole["p"]), 3),
        "parameters": len(table),
        **{verdict: int((table["verdict"] == verdict).sum()) for verdict in VERDICTS},
        "moved": sorted(table.loc[table["verdict"] != "free", "parameter"]),
    }


def main(words: list[str]) -> None:
    """Measure all shipped cases."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(words[0] if words else made)
        found = {name: measured(name, folder / name) for name in shipped_cases()}
    FILE.write_text(json.dumps({"seed": SEED, "cases": found}, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
