"""The command `wushi sweep`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.options import (
    DaskOption,
    PlainLangOption,
    ProgressOption,
    TimeoutOption,
    WorkersOption,
    chosen_language,
    kept,
    said,
)
from simulation.drawing.numbers import duration, significant
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.planning import Plan
    from simulation.experiments.store.reading import Experiment

ORDER = 90


@kept()
def sweep(
    design: Annotated[Path, typer.Argument(help=said("option.design"))],
    workers: WorkersOption = None,
    dask: DaskOption = None,
    out: Annotated[Path | None, typer.Option(help=said("option.sweep_out"))] = None,
    run_timeout: TimeoutOption = None,
    memory_limit: Annotated[float | None, typer.Option(help=said("option.memory"))] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help=said("option.retry"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=said("option.dry"))] = False,
    progress: ProgressOption = "auto",
    lang: PlainLangOption = None,
) -> None:
    """Run a design; the same command resumes it."""
    from simulation.experiments.design.design import Design
    from simulation.experiments.planning import plan
    from simulation.experiments.sweeping import store_path
    from simulation.experiments.sweeping import sweep as run

    tongue = chosen_language(lang)
    parsed = Design.of(shipped_design(design))
    if dry_run:
        typer.echo(_planned(plan(parsed, workers=workers), tongue))
        return
    path = store_path(parsed, out)
    with kept(say("experiments.interrupted", tongue, store=path)):
        experiment = run(
            parsed,
            store=path,
            workers=workers,
            dask=dask,
            run_timeout=run_timeout,
            memory_limit=None if memory_limit is None else int(memory_limit * 1e9),
            retry_failed=retry_failed,
            progress=progress,
            lang=tongue,
        )
    _report(experiment, tongue)


def shipped_design(given: Path) -> Path:
    """Return the path of a design file: the given path, or that of the shipped design of this name."""
    from simulation.scenario import shipped_folder

    if given.suffix or given.exists():
        return given
    shipped = Path(shipped_folder()) / "sweeps" / f"{given}.toml"
    return shipped if shipped.is_file() else given


def _planned(made: Plan, lang: str) -> str:
    return say(
        "experiments.plan",
        lang,
        points=made.points,
        replicates=made.replicates,
        runs=made.runs,
        run=significant(made.run_seconds),
        time=duration(made.seconds),
        workers=made.workers,
    )


def _report(experiment: Experiment, lang: str) -> None:
    counts = experiment.counts
    failed = counts.get("failed", 0) + counts.get("timeout", 0)
    words = {"done": counts.get("ok", 0), "total": counts["total"], "failed": failed, "store": experiment.path}
    typer.echo(say("experiments.done", lang, **words))
    for warning in experiment.warnings:
        typer.echo(say("experiments.warning", lang, text=warning), err=True)
    if failed:
        error = experiment.failed["error"].iloc[0]
        typer.echo(say("experiments.failures", lang, number=failed, error=error), err=True)
