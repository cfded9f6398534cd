"""With everything new switched off, the second edition gives the first edition's numbers, scenario by scenario.

`tests/golden/first-edition.json` was taken from the first edition's code, with `transmission.fragment` at 0 and 600
citizens. Two scenarios differ by intention: an adopting county becomes engaged (`narrow-deep`), and meetings cost
capacity only where there are any (`without-authority`).
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from simulation import load_scenario, run

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))

from take import CITIZENS, aggregates  # noqa: E402  # the tables are summed up as they were

FIRST = json.loads((GOLDEN / "first-edition.json").read_text(encoding="utf-8"))
MENDED = {"narrow-deep", "without-authority"}
GONE = {"scale_up_penalty"}
#: Values of a scenario's own that were chosen anew for the second edition, as the first had them.
OWN = {"low-capacity": {"execution.capacity": 2.2}, "campaign-with-institution": {"execution.routine": 0.025}}
#: A vector over `zhaoqing-as-told` that the values were taken for, and that is no scenario.
VECTORS = {
    "calibrated": {
        "stages.authority.relax": 0.07, "stages.settlement.convert": 0.075, "execution.q_half": 0.015,
        "execution.w_need": 1.6, "execution.w_effort": 0.55, "execution.unlock": 0.065, "execution.lapse": 0.87,
        "effect.rebound": 0.075, "evaluation.proven_at": 0.49, "evaluation.inflate": 0.1,
    }
}  # fmt: skip


def off(name):
    """Return a scenario of the first edition with everything new switched off, where it sets nothing itself."""
    told = load_scenario("zhaoqing-as-told")
    if name in VECTORS:
        return told.with_values(VECTORS[name] | {"structure.citizens": CITIZENS})
    spec = load_scenario(name)
    own = {key for key, origin in spec.origins.items() if origin not in ("default", "zhaoqing.toml")}
    switched = {key for key, origin in told.origins.items() if origin == "zhaoqing-as-told.toml"}
    values = {key: value for key, value in told.values.items() if key in switched - own - {"title", "question"}}
    return spec.with_values(values | OWN.get(name, {}) | {"structure.citizens": CITIZENS})


@pytest.mark.parametrize("name", sorted(set(FIRST) - MENDED))
def test_everything_new_off_gives_the_first_editions_numbers(name):
    result = run(off(name), seed=0)
    for table, columns in FIRST[name].items():
        if table == "summary":
            for metric, value in columns.items():
                if metric not in GONE:
                    now = result.summary[metric]
                    assert (value is None and math.isnan(now)) or now == pytest.approx(value, rel=1e-9, abs=1e-12), (
                        metric
                    )
            continue
        frame = getattr(result, table)
        if table == "ledger":
            frame = frame[~frame["account"].isin(["buck_passing", "spotlight"])].reset_index(drop=True)
        for column, expected in columns.items():
            if column not in GONE:
                found = aggregates(frame[column])
                same = found == expected or found == pytest.approx(expected, rel=1e-9, abs=1e-9)
                assert same, (table, column)
