"""The command `wushi calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.failures import end_with
from simulation.command.options import (
    LANG,
    LangOption,
    SearchProgressOption,
    SearchWorkersOption,
    chosen_language,
    kept,
    said,
)
from simulation.command.printing import print_table
from simulation.command.telling import tell
from simulation.drawing.numbers import significant
from simulation.files.errors import InputError, told
from simulation.text import say

if TYPE_CHECKING:
    from simulation.evidence.calibrate import Calibrated

ORDER = 150
SHIPPED = "attainable, campaign-rebound, case, false-reports, responsiveness, scale-up, trial-rollout"


def calibrate(
    targets: Annotated[str, typer.Argument(metavar="TARGETS", help=say("cli.calibrate.targets", LANG, names=SHIPPED))],
    out: Annotated[Path | None, typer.Option("--out", metavar="STORE", help=said("calibrate.out"))] = None,
    budget: Annotated[int | None, typer.Option("--budget", help=said("calibrate.budget"))] = None,
    workers: SearchWorkersOption = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help=said("calibrate.report"))] = None,
    seed: Annotated[int | None, typer.Option("--seed", help=said("calibrate.seed"))] = None,
    first_look: Annotated[int, typer.Option("--first-look", metavar="N", help=said("calibrate.first_look"))] = 0,
    battery: Annotated[int, typer.Option("--battery", metavar="N", help=said("calibrate.battery"))] = 0,
    progress: SearchProgressOption = "auto",
    lang: LangOption = None,
) -> None:
    """Calibrate: from findings to a set of good-enough parameters."""
    from simulation.evidence.calibrate import calibrate as search
    from simulation.evidence.targets import Calibration

    tongue = chosen_language(lang)
    asked = Calibration.of(targets)
    asked = asked if seed is None else asked.replace(seed=seed)
    if battery < 0:
        raise InputError(
            told("error.vectors.number"), key="--battery", given=battery, allowed=told("error.vectors.from_0")
        )
    if report is not None:
        from simulation.files.output import check_target

        check_target(report)
    store = out if out is not None else Path("out", "calibration", f"{asked.name}.sqlite")
    options: dict[str, Any] = {"workers": workers, "progress": progress, "lang": tongue}
    with kept(say("cli.calibrate.interrupted", tongue, store=store)):
        if first_look:
            from simulation.evidence.optimise import first_look as look

            seen = look(asked, trials=first_look, store=store.with_suffix(".first-look.sqlite"), **options)
            values = ", ".join(f"{name} = {significant(value)}" for name, value in seen.parameters.items())
            done = say(
                "cli.calibrate.first_look_done",
                tongue,
                tried=seen.tried,
                distance=significant(seen.distance),
                values=values,
            )
            tell(done)
        found = search(asked, store=store, budget=budget, **options)
        if battery:
            found.test_hypotheses(battery, folder=store.with_suffix(".verdicts"), **options)
    _show(found, tongue)
    if report is not None:
        from simulation.drawing.fonts import announce
        from simulation.report.calibration import write

        announce(tongue)
        write(found, report, tongue, _command(targets, budget, seed, battery))
        tell(say("cli.written", tongue, folder=report))
    _end(found, tongue)


def _end(found: Calibrated, lang: str) -> None:
    """Say which runs of the search and of its check failed, if any."""
    from simulation.experiments import read_store
    from simulation.experiments.failures import failures

    stores = [read_store(path) for path in (found.store, found.check_store) if path.is_file()]
    failed = [failure for store in stores for failure in failures(store.failed, store.design.names)]
    end_with(failed, sum(store.counts["total"] for store in stores), lang, "anew")


def _command(targets: str, budget: int | None, seed: int | None, battery: int) -> str:
    words = ["wushi calibrate", targets]
    words += [] if budget is None else [f"--budget {budget}"]
    words += [] if seed is None else [f"--seed {seed}"]
    words += [f"--battery {battery}"] if battery else []
    return " ".join(words)


def _show(found: Calibrated, lang: str) -> None:
    from simulation.evidence import report

    tell(report.headline(found, lang))
    for key in found.warnings:
        tell(say(f"calibration.warning.{key}", lang), err=True)
    for part, made in (
        ("targets", report.target_rows(found, lang)),
        ("parameters", report.parameter_rows(found, lang)),
        ("products", report.product_rows(found, lang)),
        ("verdicts", report.verdict_rows(found, lang)),
    ):
        if not made[1]:
            continue
        print_table(*made, say(f"calibration.part.{part}", lang), fold=True)
    for line in report.conflict_lines(found, lang):
        tell(line)
