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
    chosen_language,
    kept,
    said,
)
from simulation.command.printing import print_lines, print_table
from simulation.command.telling import tell
from simulation.drawing.numbers import estimate
from simulation.text import say

if TYPE_CHECKING:
    from simulation.hypotheses.findings import Finding, Findings

ORDER = 120
_CLAIM = 1
_SHOWN = (0, 4, 8, 9, 10, 11)
"""Columns of the report's table that fit a terminal."""
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
    command = _command(files, quick, scenario, citizens, replicates_cap, samples, alternatives)
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


def _command(
    files: list[str],
    quick: bool,
    scenario: str | None,
    citizens: int | None,
    cap: int | None,
    samples: int | None,
    alternatives: bool,
) -> str:
    words = ["wushi hypothesis", *files]
    words += ["--quick"] if quick else []
    words += [] if scenario is None else [f"--scenario {scenario}"]
    words += [] if citizens is None else [f"--citizens {citizens}"]
    words += [] if cap is None else [f"--replicates-cap {cap}"]
    words += [] if samples is None else [f"--samples {samples}"]
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
    from simulation.hypotheses.report import battery_table

    grid = battery_table(findings, lang)
    head, *rows = [[row[place] for place in _SHOWN] for row in (grid.head, *grid.rows)]
    print_table(head, rows, say("hypotheses.title", lang))
    for row, one in zip(grid.rows, findings.values(), strict=True):
        print_lines(f"{row[0]}  {row[_CLAIM]}", _parts(one, lang))
    for warning in findings.warnings:
        tell(say("hypotheses.warning", lang, text=warning), err=True)
    if findings.quick:
        tell(say("hypotheses.quick", lang))
