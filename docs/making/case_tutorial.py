"""Run the steps of docs/cases.md on the starter case, and keep what they say for the page.

    python docs/making/case_tutorial.py       about a minute of two cores

Writes `docs/case_tutorial.json`: what the quick fit of Willow City pins down, and its counterfactuals.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.cases import Case, Fit
from simulation.command.starter import make_case

OUT = Path(__file__).resolve().parents[1] / "case_tutorial.json"


def said(fit: Fit, report: Path) -> dict[str, Any]:
    """Return what the page quotes of a fit and its report."""
    counterfactuals = pd.read_csv(report / "counterfactuals.csv")
    following = pd.read_csv(report / "next.csv")
    verdicts = fit.parameters["verdict"].value_counts()
    return {
        "digest": fit.case.digest,
        "seed": fit.seed,
        "rows": len(fit.case.rows),
        "runs": fit.about["runs"],
        "fits": fit.fits,
        "p": round(float(fit.adequacy.iloc[0]["p"]), 3),
        "verdicts": {name: int(verdicts.get(name, 0)) for name in ("pinned", "narrowed", "free")},
        "counterfactuals": json.loads(counterfactuals.to_json(orient="records")),
        "next": json.loads(following.head(3).to_json(orient="records")),
    }


def main() -> None:
    """Fit, report, and write the numbers."""
    with tempfile.TemporaryDirectory() as folder:
        case = Case.load(make_case(Path(folder) / "willow", "en"))
        fit = case.fit(quick=True)
        report = Path(folder) / "report"
        fit.report(report)
        OUT.write_text(json.dumps(said(fit, report), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(OUT)


if __name__ == "__main__":
    main()
