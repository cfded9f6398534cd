"""Read what `make coverage` measured, and fail unless enough branches were taken: python scripts/branches.py 95.

Branches are counted by themselves: coverage.py's own total adds statements, of which there are four times as many.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def totals() -> dict[str, float]:
    """Return coverage.py's totals of the data in this folder."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)], check=True)
        return dict(json.loads(report.read_text(encoding="utf-8"))["totals"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("least", type=float, help="percent of branches that must have been taken")
    least = parser.parse_args().least
    found = totals()
    if not found["num_branches"]:
        sys.exit("no branch was measured: run `make coverage`")
    taken = 100 * found["covered_branches"] / found["num_branches"]
    print(f"branches: {found['covered_branches']:,.0f} of {found['num_branches']:,.0f} taken, {taken:.2f} %")
    print(f"statements: {found['covered_lines']:,.0f} of {found['num_statements']:,.0f}")
    if taken < least:
        sys.exit(f"fewer than {least:g} % of the branches were taken")


if __name__ == "__main__":
    main()
