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
    WorldsFileOption,
    WorldsOption,
    chosen_language,
    chosen_worlds,
    kept,
    said,
)
from simulation.command.printing import print_lines, print_records
from simulation.command.telling import tell
from simulation.drawing.numbers import count, duration, interval, measured, percent, significant
from simulation.text import say
from simulation.text.told import in_language

if TYPE_CHECKING:
    from simulation.experiments.planning import Plan
    from simulation.experiments.store.reading import Experiment

ORDER = 90


@kept()
def sweep(
    design: Annotated[Path, typer.Argument(help=said("option.design"))],
    worlds: WorldsOption = 0,
    worlds_file: WorldsFileOption = None,
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
    chosen = chosen_worlds(worlds, worlds_file)
    if chosen is not None:
        cost = {"points": parsed.size, "seeds": parsed.replicates, "worlds": len(chosen)}
        total = parsed.size * parsed.replicates * len(chosen)
        tell(say("worlds.cost.crossed", tongue, total=count(total), **cost), err=True)
    if dry_run:
        tell(_planned(plan(parsed, worlds=chosen, workers=workers, lang=tongue), tongue))
        return
    path = store_path(parsed if chosen is None else parsed.replace(name=f"{parsed.name}-worlds"), out)
    with kept(say("experiments.interrupted", tongue, store=path)):
        experiment = run(
            parsed,
            worlds=chosen,
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
    if chosen is not None:
        _print_effects(experiment, tongue)
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


def _print_effects(experiment: Experiment, lang: str) -> None:
    """Print, and write beside the store, in what share of worlds the effect of each factor holds."""
    import pandas as pd

    from simulation.experiments import labels
    from simulation.experiments.effects import over_worlds
    from simulation.files.tables import save_table

    every = [name for name in experiment.metrics if name in (experiment.design.metrics or ("effectiveness",))]
    tables = [over_worlds(experiment, name) for name in every]
    for metric, table in zip(every, tables, strict=True):
        rows = [
            {
                say("worlds.factor", lang): labels.factor(row["factor"], lang),
                say("worlds.ends", lang): " → ".join(
                    labels.value(row["factor"], row[end], lang) for end in ("low", "high")
                ),
                say("worlds.effect", lang): measured(row["effect"]),
                say("worlds.share", lang): percent(row["share_of_worlds"]),
                say("worlds.spread", lang): interval(row["q05"], row["q95"], measured),
            }
            for row in table.to_dict("records")
        ]
        print_records(rows, say("worlds.effects", lang, metric=labels.metric(metric, lang)))
    if tables:
        keys = ("effect", "effect_share", "spread")
        print_lines(say("experiments.columns", lang), [say(f"worlds.column.{key}", lang) for key in keys])
        file = save_table(pd.concat(tables), experiment.path.with_name(f"{experiment.path.stem}-effects.csv"))
        tell(say("experiments.written", lang, path=file))


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
