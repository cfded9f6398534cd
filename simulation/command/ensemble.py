"""The command `wushi ensemble`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.failures import end_with
from simulation.command.options import (
    LangOption,
    RetryOption,
    SearchProgressOption,
    SearchSeedOption,
    SearchWorkersOption,
    chosen_language,
    kept,
    said,
    within,
)
from simulation.command.printing import print_table
from simulation.command.telling import tell
from simulation.drawing.numbers import finding
from simulation.text import say

if TYPE_CHECKING:
    from simulation.evidence.cities import Cities

ORDER = 160


def ensemble(
    cities: Annotated[
        int, typer.Option("--cities", help=said("ensemble.cities"), callback=within("--cities", 2, 1_000_000))
    ] = 100,
    seed: SearchSeedOption = 0,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=said("ensemble.out"))] = Path("out/ensemble"),
    citizens: Annotated[
        int,
        typer.Option("--citizens", help=said("ensemble.citizens"), callback=within("--citizens", 1, 2_000_000_000)),
    ] = 2000,
    draws: Annotated[Path | None, typer.Option("--draws", metavar="FILE", help=said("ensemble.draws"))] = None,
    workers: SearchWorkersOption = None,
    retry_failed: RetryOption = False,
    progress: SearchProgressOption = "auto",
    lang: LangOption = None,
) -> None:
    """Draw ordinary cities from stated distributions and run each once."""
    from simulation.evidence.cities import read_draws, run_cities
    from simulation.evidence.ensemble import Ensemble
    from simulation.experiments.failures import by_reason

    tongue = chosen_language(lang)
    chosen = Ensemble(
        read_draws(draws) if draws is not None else None, values={"structure.citizens": citizens}, file=draws
    )
    with kept(say("cli.calibrate.interrupted", tongue, store=out)):
        running = {"workers": workers, "retry_failed": retry_failed, "progress": progress, "lang": tongue}
        found = run_cities(chosen, cities, out, seed=seed, **running)
    _show_cities(found, tongue)
    tell(say("cli.written", tongue, folder=out))
    end_with(by_reason((error, {}) for error in found.errors), len(found.table), tongue)


def _show_cities(found: Cities, lang: str) -> None:
    head = [say(f"calibration.ensemble.{key}", lang) for key in ("metric", "mean", "sd", "quantiles")]
    shown = ("effectiveness", "core_effect", "site_effect", "surface", "participation", "substantive", "symbolic")
    counted = ("trials", "rolled_out")
    rows = []
    for name in (*shown, "reporting_gap", "scale_up_gap", *counted):
        values = found.table[name].dropna()
        low, middle, high = (finding(float(values.quantile(order))) for order in (0.05, 0.5, 0.95))
        label = say(f"{'calibration.ensemble' if name in counted else 'metric'}.{name}", lang)
        rows.append([label, finding(float(values.mean())), finding(float(values.std())), f"{low}, {middle}, {high}"])
    print_table(head, rows, say("calibration.ensemble.title", lang, cities=len(found.table)), fold=True)
