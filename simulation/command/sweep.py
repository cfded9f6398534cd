"""The command `wushi sweep`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.failures import end_with
from simulation.command.options import (
    DaskOption,
    MemoryOption,
    PlainLangOption,
    ProgressOption,
    RetryOption,
    TimeoutOption,
    WorkersOption,
    chosen_language,
    kept,
    said,
)
from simulation.command.telling import tell
from simulation.drawing.numbers import duration, significant
from simulation.text import say
from simulation.text.told import in_language

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
    memory_limit: MemoryOption = None,
    retry_failed: RetryOption = False,
    attempts: Annotated[int, typer.Option(help=said("option.attempts"), min=1, max=100)] = 3,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=said("option.dry"))] = False,
    report: Annotated[bool, typer.Option("--report/--no-report", help=said("option.sweep_report"))] = True,
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
        tell(_planned(plan(parsed, workers=workers, lang=tongue), tongue))
        return
    path = store_path(parsed, out)
    with kept(say("experiments.interrupted", tongue, store=path)):
        experiment = run(
            parsed,
            store=path,
            workers=workers,
            dask=dask,
            run_timeout=run_timeout,
            memory_limit=None if memory_limit is None else memory_limit * 1e9,
            retry_failed=retry_failed,
            attempts=attempts,
            progress=progress,
            lang=tongue,
        )
    if report:
        _write_report(experiment, tongue)
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


def _write_report(experiment: Experiment, lang: str) -> None:
    from simulation.drawing.fonts import announce
    from simulation.report.sweep import write_sweep_report

    announce(lang)
    tell(say("cli.report", lang, file=write_sweep_report(experiment, lang=lang)))


def _report(experiment: Experiment, lang: str) -> None:
    from simulation.experiments.failures import failures

    counts = experiment.counts
    failed = counts.get("failed", 0) + counts.get("timeout", 0)
    words = {"done": counts.get("ok", 0), "total": counts["total"], "failed": failed, "store": experiment.path}
    tell(say("experiments.done", lang, **words))
    for warning in experiment.warnings:
        tell(say("experiments.warning", lang, text=in_language(warning, lang)), err=True)
    if failed:
        end_with(failures(experiment.failed, experiment.design.names), counts["total"], lang)
