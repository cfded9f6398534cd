"""The commands that run the model many times: compare, ablate, sweep, sensitivity, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.options import chosen_language, kept, said, with_options
from simulation.command.printing import index_rows, number, print_table, save_figure, share, span, with_span

if TYPE_CHECKING:
    from simulation.experiments.planning import Plan
    from simulation.experiments.store.reading import Experiment

_Metric = Annotated[list[str] | None, typer.Option("--metric", "-m", help=said("option.metric"))]
_Replicates = Annotated[int, typer.Option(help=said("option.replicates"))]
_Seed = Annotated[int, typer.Option(help=said("option.seed"))]
_Workers = Annotated[int | None, typer.Option(help=said("option.workers"))]
_Dask = Annotated[str | None, typer.Option(help=said("option.dask"))]
_Out = Annotated[Path | None, typer.Option(help=said("option.out"))]
_Lang = Annotated[str | None, typer.Option(help=said("option.lang"))]
_Progress = Annotated[str, typer.Option(help=said("option.progress"))]
_Interval = Annotated[str, typer.Option("--interval", help=said("option.interval"))]
_Timeout = Annotated[float | None, typer.Option("--run-timeout", help=said("option.timeout"))]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command in (compare, ablate, sweep, sensitivity, export):
        app.command(help=said(f"command.{command.__name__}"))(command)


def _paired(
    metric: _Metric = None,
    replicates: _Replicates = 30,
    seed: _Seed = 0,
    interval: _Interval = "auto",
    store: Annotated[Path | None, typer.Option(help=said("option.keep"))] = None,
    workers: _Workers = None,
    dask: _Dask = None,
    run_timeout: _Timeout = None,
    out: _Out = None,
    progress: _Progress = "auto",
    lang: _Lang = None,
) -> None:
    """Hold the options of `compare` and `ablate`: runs paired on common random numbers."""


def _asked(options: dict[str, Any]) -> tuple[dict[str, Any], Path | None, str]:
    """Return what `compare` and `ablate` of the library take, the folder to write to, and the language."""
    tongue = chosen_language(options["lang"])
    taken = {name: value for name, value in options.items() if name not in ("interval", "out", "lang")}
    taken |= {"metric": options["metric"] or "effectiveness", "interval_method": options["interval"], "lang": tongue}
    return taken, options["out"], tongue


@kept()
@with_options(_paired)
def compare(
    scenarios: Annotated[list[str], typer.Argument(help=said("option.scenarios"))],
    precision: Annotated[float | None, typer.Option(help=said("option.precision"))] = None,
    options: Any = None,
) -> None:
    """Compare scenarios on common random numbers: difference, interval, effect size."""
    from simulation.experiments import compare as run

    taken, out, tongue = _asked(options)
    found = run(scenarios, precision=precision, **taken)
    from simulation.text import say

    for name, rows in found.table.groupby("metric", sort=False):
        method = "/".join(rows["method"].unique())
        shown = [
            {
                say("experiments.arm", tongue): row["arm"],
                say("experiments.difference_short", tongue): number(row["mean"]),
                say("experiments.interval", tongue, level=f"{found.level:.0%}", method=method): span(
                    row["low"], row["high"]
                ),
                say("experiments.effect", tongue): f"{row['d']:.2f}",
                say("experiments.share_pairs", tongue): f"{row['share']:.0%}",
                say("experiments.needed", tongue): f"{row['replicates']} (±{row['precision']:.1g})"
                if row["replicates"]
                else "–",
            }
            for row in rows.to_dict("records")
        ]
        pairs = int(rows["n"].min())
        title = say("experiments.compare_title", tongue, metric=name, baseline=found.baseline, n=pairs)
        print_table(shown, title)
    _save(found, out, tongue)


@kept()
@with_options(_paired)
def ablate(
    scenario: Annotated[str, typer.Argument(help=said("option.ablated"))],
    options: Any = None,
) -> None:
    """Switch the stages off in all 32 combinations: what each contributes."""
    from simulation.experiments import ablate as run
    from simulation.text import say

    taken, out, tongue = _asked(options)
    found = run(scenario, **taken)
    for total in found.total.to_dict("records"):
        rows = found.table[found.table["metric"] == total["metric"]]
        shown = [
            {
                say("experiments.stage", tongue): say(f"experiments.stage.{row['mechanism']}", tongue),
                say("experiments.shapley_short", tongue): with_span(row, "shapley"),
                say("experiments.share", tongue): f"{row['share']:.1%}",
                say("experiments.removed", tongue): with_span(row, "removed"),
                say("experiments.alone", tongue): with_span(row, "alone"),
            }
            for row in rows.to_dict("records")
        ]
        print_table(shown, say("experiments.shapley", tongue, metric=total["metric"]))
        numbers = {key: number(total[key]) for key in ("sum", "all", "none")}
        typer.echo(say("experiments.sum", tongue, **numbers))
    _save(found, out, tongue)


@kept()
def sweep(
    design: Annotated[Path, typer.Argument(help=said("option.design"))],
    workers: _Workers = None,
    dask: _Dask = None,
    out: Annotated[Path | None, typer.Option(help=said("option.sweep_out"))] = None,
    run_timeout: _Timeout = None,
    memory_limit: Annotated[float | None, typer.Option(help=said("option.memory"))] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help=said("option.retry"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=said("option.dry"))] = False,
    progress: _Progress = "auto",
    lang: _Lang = None,
) -> None:
    """Run a design; the same command resumes it."""
    from simulation.experiments.design.design import Design
    from simulation.experiments.planning import plan
    from simulation.experiments.sweeping import store_path
    from simulation.experiments.sweeping import sweep as run
    from simulation.text import say

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
    """Return a design file: the one given, or the shipped one of that name."""
    from simulation.scenario import shipped_folder

    if given.suffix or given.exists():
        return given
    shipped = Path(shipped_folder()) / "sweeps" / f"{given}.toml"
    return shipped if shipped.is_file() else given


def _planned(made: Plan, lang: str) -> str:
    from simulation.experiments.running.progress import clock
    from simulation.text import say

    return say(
        "experiments.plan",
        lang,
        points=made.points,
        replicates=made.replicates,
        runs=made.runs,
        run=f"{made.run_seconds:.3g}",
        time=clock(made.seconds),
        workers=made.workers,
    )


def _report(experiment: Experiment, lang: str) -> None:
    from simulation.text import say

    counts = experiment.counts
    failed = counts.get("failed", 0) + counts.get("timeout", 0)
    typer.echo(
        say(
            "experiments.done",
            lang,
            done=counts.get("ok", 0),
            total=counts["total"],
            failed=failed,
            store=experiment.path,
        )
    )
    for warning in experiment.warnings:
        typer.echo(say("experiments.warning", lang, text=warning), err=True)
    if failed:
        error = experiment.failed["error"].iloc[0]
        typer.echo(say("experiments.failures", lang, number=failed, error=error), err=True)


@kept()
def sensitivity(
    store: Annotated[Path, typer.Argument(help=said("option.analysed"))],
    metric: _Metric = None,
    out: _Out = None,
    lang: _Lang = None,
) -> None:
    """Sobol or Morris indices with intervals, and pictures."""
    from simulation.experiments import read_store
    from simulation.experiments import sensitivity as analyse
    from simulation.text import say

    tongue = chosen_language(lang)
    experiment = read_store(store)
    for name in metric or [experiment.check_metric(None)]:
        found = analyse(experiment, name)
        print_table(index_rows(found.table, say("experiments.factor", tongue)), name)
        if found.pairs is not None:
            print_table(index_rows(found.pairs, None), say("experiments.second", tongue))
        record = found.noise.record()
        shares = {key: share(record[f"{key}.share"]) for key in ("parameters", "seeds", "chance")}
        typer.echo(say("experiments.noise", tongue, **shares))
        for warning in found.warnings:
            typer.echo(say("experiments.warning", tongue, text=warning), err=True)
        folder = (out or store.with_suffix("")) / name
        found.save(folder)
        for kind in ("indices", "tornado", "scatter"):
            save_figure(found.plot(kind, tongue), folder / kind)
        if len(found.table) > 1:
            for kind in ("surface", "phase"):
                save_figure(found.plot(kind, tongue), folder / kind)
        typer.echo(say("experiments.written", tongue, path=folder))


@kept()
def export(
    store: Annotated[Path, typer.Argument(help=said("option.store"))],
    out: Annotated[Path, typer.Option(help=said("option.file"))],
    format: Annotated[str | None, typer.Option(help=said("option.format"))] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help=said("option.weekly"))] = False,
    lang: _Lang = None,
) -> None:
    """Write a store's runs, joined with their points, as one table."""
    from simulation.experiments import read_store
    from simulation.files.tables import save_table
    from simulation.text import say

    tongue = chosen_language(lang)
    experiment = read_store(store)
    path = save_table(experiment.weekly if weekly else experiment.runs, out, format)
    typer.echo(say("experiments.written", tongue, path=path))


def _save(found: Any, out: Path | None, lang: str) -> None:
    """Write tables and a picture when a folder is named."""
    from simulation.text import say

    if out is not None:
        found.save(out)
        for name in found.table["metric"].unique():
            save_figure(found.plot(name, lang), out / f"{name}")
        typer.echo(say("experiments.written", lang, path=out))
