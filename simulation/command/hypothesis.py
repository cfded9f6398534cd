"""The command `wushi hypothesis`: verdicts on claims, with a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.failures import end_with
from simulation.command.options import (
    DaskOption,
    PlainLangOption,
    ProgressOption,
    RetryOption,
    WorkersOption,
    WorldsFileOption,
    chosen_language,
    chosen_worlds,
    kept,
    said,
    within,
)
from simulation.command.printing import print_lines, print_table
from simulation.command.telling import tell
from simulation.drawing.numbers import estimate
from simulation.text import say

if TYPE_CHECKING:
    from simulation.hypotheses.findings import Finding, Findings

ORDER = 120
_CLAIM = 1
"""Column of the claim in the report's table: too long for a table in a terminal, so it stands below."""
_MOST_PARTS = 8


def hypothesis(
    files: Annotated[list[str], typer.Argument(help=said("option.hypotheses"))],
    quick: Annotated[bool, typer.Option("--quick", help=said("option.quick"))] = False,
    report: Annotated[Path | None, typer.Option(help=said("option.report"))] = None,
    publish: Annotated[Path | None, typer.Option(help=said("option.publish"))] = None,
    workers: WorkersOption = None,
    dask: DaskOption = None,
    retry_failed: RetryOption = False,
    replicates_cap: Annotated[int | None, typer.Option(help=said("option.cap"))] = None,
    samples: Annotated[int | None, typer.Option(help=said("option.samples"))] = None,
    alternatives: Annotated[bool, typer.Option(help=said("option.alternatives"))] = True,
    worlds: Annotated[
        int,
        typer.Option(metavar="N", help=said("option.claims_worlds"), callback=within("--worlds", 0, 1_000_000)),
    ] = 0,
    worlds_file: WorldsFileOption = None,
    scenario: Annotated[str | None, typer.Option(help=said("option.under"))] = None,
    citizens: Annotated[int | None, typer.Option(help=said("option.citizens"))] = None,
    store: Annotated[Path | None, typer.Option(help=said("option.runs"))] = None,
    progress: ProgressOption = "auto",
    lang: PlainLangOption = None,
) -> None:
    """Test hypotheses: planned experiments, verdicts, robustness. The same command resumes."""
    from simulation.hypotheses import Battery, shipped_hypotheses
    from simulation.hypotheses.report import publish as publish_to
    from simulation.hypotheses.report import write

    tongue = chosen_language(lang)
    names: list[str] = []
    for name in files:
        names += shipped_hypotheses() if name == "all" else [name]
    battery = Battery(
        names,
        quick=quick,
        scenario=scenario,
        citizens=citizens,
        replicates_cap=replicates_cap,
        samples=samples,
        alternatives=alternatives,
        worlds=chosen_worlds(worlds, worlds_file) or (),
        store=store,
        workers=workers,
        dask=dask,
        retry_failed=retry_failed,
        progress=progress,
        lang=tongue,
        say=_announcer(tongue),
    )
    if report is not None:
        from simulation.files.output import check_target

        check_target(report)
    if quick:
        tell(say("hypotheses.quick", tongue), err=True)
    with kept(say("hypotheses.interrupted", tongue, store=battery.folder)):
        findings = battery.test()
    _show(findings, tongue)
    options = {
        "--scenario": scenario, "--citizens": citizens, "--replicates-cap": replicates_cap, "--samples": samples,
        "--worlds": worlds or None, "--worlds-file": worlds_file,
    }  # fmt: skip
    command = _command(files, quick, options, alternatives)
    if report is not None:
        from simulation.drawing.fonts import announce

        announce(tongue)
        write(findings, report, tongue, command)
        tell(say("hypotheses.written", tongue, path=report))
    if publish is not None:
        publish_to(findings, publish, tongue, command)
        tell(say("hypotheses.written", tongue, path=publish))
    end_with(findings.failures, findings.runs, tongue)


def _announcer(lang: str) -> Any:
    """Return a function that prints the plan before it is run."""

    def announce(key: str, **values: Any) -> None:
        plans = values.pop("plans", {})
        tell(say(f"hypotheses.{key}", lang, **values), err=True)
        for name, made in plans.items():
            shown = {
                "arms": made.arms,
                "replicates": made.replicates,
                "wanted": made.wanted,
                "power": estimate(made.power),
            }
            tell(say("hypotheses.planned_one", lang, id=name, **shown), err=True)

    return announce


def _command(files: list[str], quick: bool, options: dict[str, Any], alternatives: bool) -> str:
    words = ["wushi hypothesis", *files]
    words += ["--quick"] if quick else []
    words += [f"{name} {value}" for name, value in options.items() if value is not None]
    words += [] if alternatives else ["--no-alternatives"]
    return " ".join(words)


def _parts(one: Finding, lang: str) -> list[str]:
    """Return every part of a claim in words, the one on which the verdict rests first."""
    from simulation.hypotheses.wording import in_words

    parts = sorted(one.parts, key=lambda part: part is not one.part)
    more = len(parts) - _MOST_PARTS
    shown = [in_words(part, one, lang) for part in parts[:_MOST_PARTS]]
    return [*shown, *([say("hypotheses.more_parts", lang, number=more)] if more > 0 else [])]


def _show(findings: Findings, lang: str) -> None:
    from simulation.hypotheses.fate import fate
    from simulation.hypotheses.sections import edited_words
    from simulation.hypotheses.tables import battery_table

    grid = battery_table(findings, lang)
    head, *rows = [[cell for place, cell in enumerate(row) if place != _CLAIM] for row in (grid.head, *grid.rows)]
    print_table(head, rows, say("hypotheses.title", lang), fold=True)
    for row, one in zip(grid.rows, findings.values(), strict=True):
        edited = edited_words(one, lang)
        lines = [fate(one, lang), *([edited] if edited else []), *_parts(one, lang)]
        print_lines(f"{row[0]}  {row[_CLAIM]}", lines)
    for warning in findings.warnings:
        tell(say("hypotheses.warning", lang, text=warning), err=True)
    if findings.quick:
        tell(say("hypotheses.quick", lang))
