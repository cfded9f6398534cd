"""Write the box of the plausible worlds into the files that draw from it (a second): `--check` only compares.

The box holds, for each parameter, the smallest and the largest value over the shipped set. Alternatives to a verdict
(`[ranges]` of the structural alternatives) and the sensitivity study (`worlds-box`) draw from it.
"""

from __future__ import annotations

import sys
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path

from simulation.evidence.worlds import worlds

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
ALTERNATIVES = SCENARIOS / "hypotheses" / "alternatives" / "structural.toml"
SWEEP = SCENARIOS / "sweeps" / "worlds-box.toml"
DIGITS = 3
HEAD = {ALTERNATIVES: "[ranges]", SWEEP: "[factors]"}


def outward(value: float, up: bool) -> float:
    """Return a value in a few significant digits, never nearer to the middle than it was."""
    if not value:
        return 0.0
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
    return float(exact.quantize(step, rounding=ROUND_CEILING if up else ROUND_FLOOR))


def box() -> dict[str, tuple[float, float]]:
    """Return each parameter's smallest and largest value over the set, rounded outward inside what was searched."""
    found = worlds()
    assert found.about is not None
    table = found.table
    return {
        key: (
            max(outward(float(table[key].min()), up=False), one.prior_low),
            min(outward(float(table[key].max()), up=True), one.prior_high),
        )
        for key, one in found.about.parameters.items()
    }


def written(path: Path) -> str:
    """Return a file's text with the box behind its last heading."""
    head = HEAD[path]
    text = path.read_text(encoding="utf-8").partition(f"\n{head}\n")[0]
    rows = [f'"{key}" = {{ low = {low:g}, high = {high:g} }}' for key, (low, high) in box().items()]
    return "\n".join([text, head, *rows, ""])


def main(check: bool) -> int:
    """Write the files, or say which of them differ."""
    differ = [path for path in HEAD if path.read_text(encoding="utf-8") != written(path)]
    for path in differ:
        print(f"{path.name}: {'is not' if check else 'now has'} the box of the shipped set")
        if not check:
            path.write_text(written(path), encoding="utf-8")
    return int(check and bool(differ))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
