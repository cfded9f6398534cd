"""Reports are open to everybody: the accessibility rules find nothing serious, on a screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kit.languages import EACH
from kit.looks import findings, sideways
from playwright.sync_api import Browser

from simulation.evidence import calibrate
from simulation.experiments import sweep
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.report import write as write_hypotheses
from simulation.report import write_report
from simulation.report.calibration import write as write_calibration
from simulation.report.sweep import write_sweep_report

if TYPE_CHECKING:
    from simulation import RunResult

QUIET: dict[str, Any] = {"workers": 0, "progress": "quiet"}


def model(parameters: dict[str, float], seed: int) -> dict[str, float]:
    """Return a result that follows oversight, with a little chance."""
    oversight = parameters.get("execution.oversight", 0.5)
    return {"effectiveness": oversight**2 + seed % 7 / 700, "breadth": 4 * oversight}


def hypothesis_report(folder: Path, lang: str, _: RunResult) -> Path:
    claim = {
        "id": "T1",
        "kind": "difference",
        "scenario": "zhaoqing",
        "claim": {"en": "More oversight raises effectiveness.", "zh": "督查越强，治理效能越高。"},
        "source": "made",
        "metric": "effectiveness",
        "refuted_if": {"en": "it does not", "zh": "并不上升"},
        "smallest_effect": 0.1,
        "control": {"execution.oversight": 0.2},
        "treatment": {"execution.oversight": 0.8},
        "test": {"pilot": 6, "max_replicates": 12},
    }
    battery = Battery([Hypothesis.load(claim, model)], store=folder / "runs", **QUIET)
    return write_hypotheses(battery.test(), folder / "report", lang) / "report.html"


def calibration_report(folder: Path, lang: str, _: RunResult) -> Path:
    table = {
        "title": {"en": "Oversight", "zh": "督查"},
        "calibration": {"keep": 4, "budget": 12, "replicates": 1, "check_vectors": 2, "check_replicates": 2},
        "parameters": {"execution.oversight": {"low": 0.0, "high": 1.0}},
        "targets": {
            "effectiveness": {"value": 0.3, "tolerance": 0.1, "source": "made"},
            "breadth": {"range": [3.9, 5.0], "tolerance": 0.5, "source": "made"},
        },
    }
    found = calibrate(table, model, store=folder / "s.sqlite", defaults={"execution.oversight": 0.5}, **QUIET)
    return write_calibration(found, folder / "made", lang) / "report.html"


def sweep_report(folder: Path, lang: str, _: RunResult) -> Path:
    factors = {"execution.oversight": [0.2, 0.6, 1.0], "execution.capacity": [1.0, 3.0]}
    design = {"sweep": {"design": "grid", "replicates": 2}, "factors": factors}
    return write_sweep_report(sweep(design, model, store=folder / "s.sqlite", **QUIET), folder / "sweep.html", lang)


def run_report(folder: Path, lang: str, result: RunResult) -> Path:
    return write_report(result, folder / "report.html", lang)


REPORTS = (run_report, hypothesis_report, calibration_report, sweep_report)


@pytest.mark.parametrize("lang", EACH)
@pytest.mark.parametrize("make", REPORTS, ids=lambda make: make.__name__)
def test_a_report_shuts_nobody_out_and_is_no_wider_than_a_phone(
    browser: Browser, small_run: RunResult, tmp_path: Path, make: Callable[[Path, str, Any], Path], lang: str
) -> None:
    report = make(tmp_path, lang, small_run)
    for width, height in ((1366, 768), (390, 844)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(report.as_uri())
        assert page.locator("h2, h3").count() >= 1
        assert sideways(page) == 0
        assert findings(page) == []
        page.close()
