"""The commands `wushi calibrate` and `wushi ensemble`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.options import LANG, LangOption, chosen_language, kept
from simulation.files.errors import InputError
from simulation.text import say

if TYPE_CHECKING:
    from simulation.evidence.calibrate import Calibrated
    from simulation.evidence.cities import Cities

SHIPPED = "attainable, campaign-rebound, case, false-reports, responsiveness, scale-up, trial-rollout"

_Targets = Annotated[str, typer.Argument(metavar="TARGETS", help=say("cli.calibrate.targets", LANG, names=SHIPPED))]
_Store = Annotated[Path | None, typer.Option("--out", metavar="STORE", help=say("cli.calibrate.out", LANG))]
_Budget = Annotated[int | None, typer.Option("--budget", help=say("cli.calibrate.budget", LANG))]
_Workers = Annotated[int | None, typer.Option("--workers", help=say("cli.calibrate.workers", LANG))]
_Report = Annotated[Path | None, typer.Option("--report", metavar="DIR", help=say("cli.calibrate.report", LANG))]
_Seed = Annotated[int | None, typer.Option("--seed", help=say("cli.calibrate.seed", LANG))]
_Look = Annotated[int, typer.Option("--first-look", metavar="N", help=say("cli.calibrate.first_look", LANG))]
_Battery = Annotated[int, typer.Option("--battery", metavar="N", help=say("cli.calibrate.battery", LANG))]
_Progress = Annotated[str, typer.Option("--progress", help=say("cli.calibrate.progress", LANG))]
_Number = Annotated[int, typer.Option("--cities", help=say("cli.ensemble.cities", LANG))]
_EnsembleSeed = Annotated[int, typer.Option("--seed", help=say("cli.ensemble.seed", LANG))]
_Citizens = Annotated[int, typer.Option("--citizens", help=say("cli.ensemble.citizens", LANG))]
_Draws = Annotated[Path | None, typer.Option("--draws", metavar="FILE", help=say("cli.ensemble.draws", LANG))]
_Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help=say("cli.ensemble.out", LANG))]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("calibrate", help=say("cli.calibrate.help", LANG))(calibrate_command)
    app.command("ensemble", help=say("cli.ensemble.help", LANG))(ensemble_command)


def calibrate_command(
    targets: _Targets,
    out: _Store = None,
    budget: _Budget = None,
    workers: _Workers = None,
    report: _Report = None,
    seed: _Seed = None,
    first_look: _Look = 0,
    battery: _Battery = 0,
    progress: _Progress = "auto",
    lang: LangOption = None,
) -> None:
    """Calibrate; see the help text in `simulation/text/calibration.toml`."""
    from simulation.evidence.calibrate import calibrate
    from simulation.evidence.targets import Calibration

    tongue = chosen_language(lang)
    asked = Calibration.of(targets)
    asked = asked if seed is None else asked.replace(seed=seed)
    if battery < 0:
        raise InputError("a number of vectors", key="--battery", given=battery, allowed="0, 1, 2, …")
    if report is not None:
        from simulation.files.output import check_target

        check_target(report)
    store = out if out is not None else Path("out", "calibration", f"{asked.name}.sqlite")
    options: dict[str, Any] = {"workers": workers, "progress": progress, "lang": tongue}
    with kept(say("cli.calibrate.interrupted", tongue, store=store)):
        if first_look:
            from simulation.evidence.optimise import first_look as look

            seen = look(asked, trials=first_look, store=store.with_suffix(".first-look.sqlite"), **options)
            values = ", ".join(f"{name} = {value:.3g}" for name, value in seen.parameters.items())
            done = say(
                "cli.calibrate.first_look_done",
                tongue,
                tried=seen.tried,
                distance=f"{seen.distance:.3g}",
                values=values,
            )
            typer.echo(done)
        found = calibrate(asked, store=store, budget=budget, **options)
        if battery:
            found.test_hypotheses(battery, folder=store.with_suffix(".verdicts"), **options)
    _show(found, tongue)
    if report is not None:
        from simulation.drawing.families import notice
        from simulation.report.calibration import write

        message = notice(tongue)
        if message:
            typer.echo(message, err=True)
        write(found, report, tongue, _command(targets, budget, seed, battery))
        typer.echo(say("cli.written", tongue, folder=report))


def ensemble_command(
    cities: _Number = 100,
    seed: _EnsembleSeed = 0,
    out: _Folder = Path("out/ensemble"),
    citizens: _Citizens = 2000,
    draws: _Draws = None,
    workers: _Workers = None,
    progress: _Progress = "auto",
    lang: LangOption = None,
) -> None:
    """Draw and run cities; see the help text in `simulation/text/calibration.toml`."""
    from simulation.evidence.cities import read_draws, run_cities
    from simulation.evidence.ensemble import Ensemble

    tongue = chosen_language(lang)
    chosen = Ensemble(
        read_draws(draws) if draws is not None else None, values={"structure.citizens": citizens}, file=draws
    )
    with kept(say("cli.calibrate.interrupted", tongue, store=out)):
        found = run_cities(chosen, cities, out, seed=seed, workers=workers, progress=progress, lang=tongue)
    _show_cities(found, tongue)
    typer.echo(say("cli.written", tongue, folder=out))


def _command(targets: str, budget: int | None, seed: int | None, battery: int) -> str:
    words = ["wushi calibrate", targets]
    words += [] if budget is None else [f"--budget {budget}"]
    words += [] if seed is None else [f"--seed {seed}"]
    words += [f"--battery {battery}"] if battery else []
    return " ".join(words)


def _show(found: Calibrated, lang: str) -> None:
    from simulation.evidence import report

    typer.echo(report.headline(found, lang))
    for key in found.warnings:
        typer.echo(say(f"calibration.warning.{key}", lang), err=True)
    for part, made in (
        ("targets", report.target_rows(found, lang)),
        ("parameters", report.parameter_rows(found, lang)),
        ("products", report.product_rows(found, lang)),
        ("verdicts", report.verdict_rows(found, lang)),
    ):
        if not made[1]:
            continue
        _print(say(f"calibration.part.{part}", lang), *made)
    for line in report.conflict_lines(found, lang):
        typer.echo(line)


def _show_cities(found: Cities, lang: str) -> None:
    from simulation.evidence.report import number

    head = [say(f"calibration.ensemble.{key}", lang) for key in ("metric", "mean", "sd", "quantiles")]
    shown = ("effectiveness", "core_effect", "site_effect", "surface", "participation", "substantive", "symbolic")
    rows = []
    for name in (*shown, "reporting_gap", "scale_up_penalty", "trials", "rolled_out"):
        values = found.table[name].dropna()
        low, middle, high = (number(float(values.quantile(order))) for order in (0.05, 0.5, 0.95))
        label = name if name in ("trials", "rolled_out") else say(f"metric.{name}", lang)
        rows.append([label, number(float(values.mean())), number(float(values.std())), f"{low}, {middle}, {high}"])
    _print(say("calibration.ensemble.title", lang, cities=len(found.table)), head, rows)
    if found.errors:
        failed = say(
            "calibration.ensemble.failed",
            lang,
            failed=len(found.errors),
            cities=len(found.table),
            error=found.errors[0],
        )
        typer.echo(failed, err=True)


def _print(title: str, head: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
