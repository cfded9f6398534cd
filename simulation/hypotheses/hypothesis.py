"""A hypothesis by itself: its claim, and the plan, the test and the report of it alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulation.hypotheses.battery import Battery
from simulation.hypotheses.claim import Claim
from simulation.hypotheses.findings import Finding, Findings
from simulation.hypotheses.planning import Plan


class Hypothesis(Claim):
    """A claim that can be tested by itself. Build it with ``Hypothesis.load``.

    A battery tests several claims together, on shared runs and with one error rate.
    """

    def plan(self, **options: Any) -> Plan:
        """Run the pilot and return what the test would do; see ``Battery`` for the options."""
        return Battery([self], **options).plan()[self.id]

    def test(self, **options: Any) -> Finding:
        """Run what is planned and return the verdict; see ``Battery`` for the options."""
        return Battery([self], **options).test()[self.id]

    def report(self, folder: str | Path, lang: str = "en", **options: Any) -> Findings:
        """Test, write the report into a folder, and return the findings."""
        # Its pictures take matplotlib, and most hypotheses are only loaded or tested.
        from simulation.hypotheses.report import write

        findings = Battery([self], **options).test()
        write(findings, folder, lang)
        return findings
