"""Failed runs on the terminal: how many, why, how to run them again, and exit code 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from simulation.command.telling import tell
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.experiments.failures import Failure

FAILED = 1
"""Exit code of a command some of whose runs failed."""
_SHOWN = 8


def end_with(failed: Sequence[Failure], total: int, lang: str, again: str = "retry") -> None:
    """Say which runs failed and how to run them again, and end the command with 1; do nothing when none failed.

    Parameters
    ----------
    failed : sequence of Failure
        The failed runs by reason.
    total : int
        All runs.
    lang : {'en', 'zh'}
        Language.
    again : {'retry', 'same', 'sweep', 'anew'}
        How they are run again: the same command with ``--retry-failed``; the same command, where nothing is kept; the
        sweep that made the store; or another search, where each step rests on the ones before.
    """
    if not failed:
        return
    number = sum(failure.runs for failure in failed)
    tell(say("experiments.failures", lang, number=number, total=total), err=True)
    for failure in failed[:_SHOWN]:
        words = {"runs": failure.runs, "reason": failure.reason, "example": failure.words}
        key = "experiments.failure" if failure.example else "experiments.failure.bare"
        tell(say(key, lang, **words), err=True)
    if len(failed) > _SHOWN:
        rest = failed[_SHOWN:]
        words = {"reasons": len(rest), "runs": sum(failure.runs for failure in rest)}
        tell(say("experiments.failure.more", lang, **words), err=True)
    tell(say(f"experiments.failures.{again}", lang), err=True)
    raise typer.Exit(FAILED)


def end_with_runs(runs: pd.DataFrame, factors: Sequence[str], options: Mapping[str, Any], lang: str) -> None:
    """Do as `end_with` for a table of runs, which are kept only where the options name a store."""
    from simulation.experiments.failures import failures

    end_with(failures(runs, factors), len(runs), lang, "retry" if options["store"] else "same")
