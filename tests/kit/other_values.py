"""Values that a parameter may change to, for claims about all parameters."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from simulation.scenario import Scenario
from simulation.scenario.table import parameters

#: Values of parameters that are tables or lists, for the places of `kit.everything`.
_TABLES: dict[str, list[Any]] = {
    "instruction.cities": [["City", "Third"], []],
    "signals": [[{"week": 5, "issuer": "centre", "domain": "waste"}, {"week": 30}], []],
    "plan.table": [{"Ash": ["noise"], "Fir": ["water"]}],
}
_INFOS = {info.key: info for info in parameters()}


def other_values(key: str, spec: Scenario) -> st.SearchStrategy[Any]:
    """Return values near the present one that its range allows, and its words; never the present one.

    Some of them contradict values of other parameters.
    """
    info, now = _INFOS[key], spec.values[key]
    if key in _TABLES:
        return st.sampled_from([value for value in _TABLES[key] if value != now])
    if info.kind == "flag":
        return st.just(not now)
    words = [word for word in info.choices if word not in (now, "table") and not (word == "inf" and now == math.inf)]
    if info.kind == "word":
        return st.sampled_from(words)
    near = now if isinstance(now, int | float) and math.isfinite(now) else 1.0
    low = max(info.low, near - 2.0 * max(1.0, abs(near)))
    high = min(math.inf if info.high is None else info.high, near + 2.0 * max(1.0, abs(near)))
    numbers: st.SearchStrategy[Any]
    if info.kind == "whole":
        numbers = st.integers(math.ceil(low), math.floor(high))
    else:
        # Next to a bound that is outside the range, numbers overflow in every run.
        numbers = st.floats(max(low, near / 1000) if info.above else low, high)
    numbers = numbers.filter(lambda value: value != now)
    return numbers | st.sampled_from(words) if words else numbers
