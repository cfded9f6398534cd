"""The battery of hypotheses under calibrated parameters, beside the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.running.task import ModelTask
from simulation.hypotheses import Battery
from simulation.hypotheses.claim import shipped_hypotheses
from simulation.hypotheses.hypothesis import Hypothesis

if TYPE_CHECKING:
    import pandas as pd

SLOW = ("order",)
"""Left out unless asked for: 120 arms, as many runs as all the others together."""
DEFAULTS = "defaults"


def verdicts(
    vectors: Sequence[Mapping[str, Any]],
    hypotheses: Iterable[Hypothesis | str | Path] | None = None,
    *,
    citizens: int = 1000,
    folder: str | Path = Path("out", "calibration", "verdicts"),
    **options: Any,
) -> pd.DataFrame:
    """Test hypotheses under the defaults and under each vector, quickly: few replicates, no robustness.

    Parameters
    ----------
    vectors : sequence of mappings
        Parameters that override each hypothesis's scenario; values that the hypothesis itself sets or varies override
        them.
    hypotheses : iterable, optional
        By default the shipped ones but ``SLOW``.
    citizens : int
        Simulated citizens per run.
    folder : path
        Folder of the batteries' stores; a stopped comparison continues there.
    **options
        As for ``Battery``: workers, progress, lang.

    Returns
    -------
    DataFrame
        One row per hypothesis: ``id``, ``claim_en``, ``claim_zh``, ``defaults`` (a verdict), one column per vector
        (``vector 1`` …), and ``same``, the share of vectors with the verdict of the defaults.
    """
    import pandas as pd

    given = [name for name in shipped_hypotheses() if name not in SLOW] if hypotheses is None else list(hypotheses)
    loaded = [one if isinstance(one, Hypothesis) else Hypothesis.load(one) for one in given]
    columns: dict[str, dict[str, str]] = {}
    for place, vector in enumerate([{}, *vectors]):
        label = DEFAULTS if place == 0 else f"vector {place}"
        moved = [_under(one, vector) for one in loaded]
        found = Battery(moved, quick=True, citizens=citizens, store=Path(folder), **options).test()
        columns[label] = {name: finding.verdict for name, finding in found.items()}
    rows = []
    for one in loaded:
        judged = {label: verdict[one.id] for label, verdict in columns.items()}
        others = [verdict for label, verdict in judged.items() if label != DEFAULTS]
        same = sum(verdict == judged[DEFAULTS] for verdict in others) / len(others) if others else float("nan")
        claim = {f"claim_{lang}": text for lang, text in dict(one.common.claim).items()}
        rows.append({"id": one.id, **claim, **judged, "same": same})
    return pd.DataFrame(rows)


def _under(one: Hypothesis, vector: Mapping[str, Any]) -> Hypothesis:
    if not vector or not isinstance(one.task, ModelTask):
        return one
    return replace(one, task=ModelTask(one.task.scenario.with_values(dict(vector)), one.task.weekly))
