"""The table of `wushi run`: the momentum that entered, what became of it, what came of it, and how to read this."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

from simulation.command.printing import print_lines
from simulation.drawing.lettering import capital
from simulation.drawing.numbers import UNDEFINED, count, decimals, momentum, percent, plain
from simulation.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from simulation.experiments.fans import Fan
    from simulation.results import RunResult

#: The first four belong together: breadth is bought with depth, and the point's effect with the whole's.
ACHIEVED = (
    "agenda",
    "depth",
    "core_effect",
    "effectiveness",
    "site_effect",
    "breadth",
    "surface",
    "participation",
    "reporting_gap",
)
#: Their names alone do not say what they are.
EXPLAINED = ("depth", "surface", "reporting_gap")
WIDTH = 100
"""Columns of a page that is not a terminal's and for which COLUMNS says nothing."""
SMALL = 0.01
"""Share of all that entered below which losses are shown as one."""
CHANGES = 12
"""Changes during a run that are told one by one."""

type Row = tuple[str, str, str]


def print_run(result: RunResult, lang: str) -> None:
    """Print the table of a run and how to read it."""
    from rich.table import Table
    from rich.text import Text

    from simulation.drawing.terminal import screen
    from simulation.scenario.calendar import told_span
    from simulation.scenario.variation import with_changes

    spec = result.spec
    title = with_changes(spec.title.label(lang), spec.overrides, lang)
    citizens = count(len(result.model.citizens))
    words = {"title": title, "seed": result.seed, "citizens": citizens}
    words["span"] = told_span(spec, _weeks(result, lang), lang)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column(justify="right")
    book = Ledger(result)
    for row in (*_flows(book, result, lang), *_achieved(result, lang)):
        table.add_row(*row, style="" if row[0].startswith(" ") else "bold")
    width = None if os.environ.get("COLUMNS") else WIDTH
    console = screen(width)
    console.print(Text(say("cli.table.title", lang, **words), style="bold"))
    console.print(table)
    if result.has("changes"):
        print_lines(say("cli.table.changes", lang), _changes(result, lang), width=width)
    print_lines(say("cli.table.reading", lang), list(_reading(book, result, lang)), width=width)


def print_stop(until: int, weeks: int, folder: Path, lang: str) -> None:
    """Say in which week a run stopped, and how to go on; or where the state at its end is."""
    from simulation.command.telling import tell
    from simulation.experiments.branching import STATE

    if until == weeks:
        tell(say("cli.until.ended", lang, weeks=weeks, file=folder / STATE))
    else:
        tell(say("cli.until.stopped", lang, done=until, weeks=weeks, next=until, folder=folder))


def _weeks(result: RunResult, lang: str) -> str:
    """Return the weeks of a run, and of how many, where it stopped before its end."""
    done, weeks = len(result.weekly), result.spec.weeks
    return str(weeks) if done == weeks else say("cli.until.title", lang, done=done, weeks=weeks)


def _changes(result: RunResult, lang: str) -> list[str]:
    """Return a sentence for each change during the run, the first `CHANGES` of them."""
    from simulation.figures.told_changes import told_changes

    sentences = [change.sentence(lang) for change in told_changes(result, lang)]
    more = len(sentences) - CHANGES
    return [*sentences[:CHANGES], say("cli.table.more_changes", lang, n=more)] if more > 0 else sentences


def print_fan(fan: Fan, lang: str) -> None:
    """Print where a run lies among other seeds, one line per headline metric."""
    from rich.table import Table
    from rich.text import Text

    from simulation.drawing.terminal import screen
    from simulation.report import under_seeds

    head = [say("cli.fan.metric", lang), *(say(f"report.fan.{column}", lang) for column in under_seeds.COLUMNS)]
    title = say("cli.fan.title", lang, **under_seeds.numbers(fan))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="")
    for place, name in enumerate(head):
        table.add_column(name, justify="right" if place else "left", overflow="fold")
    for row in under_seeds.rows(fan, lang):
        table.add_row(*row)
    console = screen(None if os.environ.get("COLUMNS") else WIDTH)
    console.print(Text(title, style="bold"))
    console.print(table)


class Ledger:
    """The sums of a run's ledger, in instructions.

    Attributes
    ----------
    sources, sinks : Series
        Account to amount, the largest first; accounts that moved nothing are left out.
    entered, delivered, still : float
        All that entered, what reached communities, and what is at work at the end.
    """

    def __init__(self, result: RunResult) -> None:
        ledger = result.ledger
        self.sources, self.sinks = (_sums(ledger, kind) for kind in ("source", "sink"))
        self.entered = float(self.sources.sum())
        self.delivered = float(ledger.loc[ledger["kind"] == "delivered", "amount"].sum())
        last = ledger[(ledger["kind"] == "stock") & (ledger["week"] == ledger["week"].max())]
        self.still = float(last["amount"].sum())

    def share(self, amount: float) -> str:
        """Return an amount as a share of all that entered."""
        return percent(amount / self.entered, 1) if self.entered > 0 else UNDEFINED


def _sums(ledger: pd.DataFrame, kind: str) -> pd.Series:
    sums = ledger[ledger["kind"] == kind].groupby("account", sort=False)["amount"].sum()
    return sums[sums > 0].sort_values(ascending=False, kind="stable")


def _flows(book: Ledger, result: RunResult, lang: str) -> Iterator[Row]:
    """Yield what entered, what each stage passed on, what was lost and what is left, each with its share."""
    from simulation.scenario.windows import STAGES

    def row(name: str, amount: float) -> Row:
        return f"  {name}", momentum(amount), book.share(amount)

    yield say("cli.table.momentum", lang), say("cli.table.amount", lang), say("cli.table.share", lang)
    yield say("cli.table.entered", lang), momentum(book.entered), book.share(book.entered)
    for account, amount in book.sources.items():
        yield row(say(f"account.{account}", lang), float(amount))
    yield say("cli.table.passed", lang), "", ""
    for number, stage in enumerate(STAGES, start=1):
        name = f"{number} {say(f'stage.{stage}', lang)}"
        key = "cli.table.last_stage" if number == len(STAGES) else "cli.table.stage"
        yield row(say(key, lang, stage=name), float(result.weekly[f"passed_{number}"].sum()))
    lost = float(book.sinks.sum())
    yield say("cli.table.lost", lang), momentum(lost), book.share(lost)
    small = book.sinks[book.sinks < SMALL * book.entered]
    shown = book.sinks if len(small) < 2 else book.sinks.drop(small.index)
    for account, amount in shown.items():
        yield row(say(f"account.{account}", lang), float(amount))
    if len(small) > 1:
        yield row(say("cli.table.smaller", lang, number=len(small)), float(small.sum()))
    yield say("cli.table.still", lang), momentum(book.still), book.share(book.still)


def _achieved(result: RunResult, lang: str) -> Iterator[Row]:
    """Yield what came of it, each number with the most that it could be."""
    from simulation.metrics import METRICS

    yield say("cli.table.achieved", lang), "", say("cli.table.scale", lang)
    for name in ACHIEVED:
        whole = METRICS[name].unit == "domains"
        most = say("cli.table.of", lang, most=len(result.spec.domains) if whole else 1)
        scale = say("cli.table.honest", lang) if name == "reporting_gap" else most
        yield f"  {say(f'metric.{name}', lang)}", decimals(result.summary[name], 1 if whole else 3), scale


def _reading(book: Ledger, result: RunResult, lang: str) -> Iterator[str]:
    """Yield how to read the table, in sentences with this run's numbers."""
    from simulation.metrics import WORKING

    yield say("cli.table.unit", lang)
    if book.entered > 0:
        words = {
            "entered": momentum(book.entered),
            "delivered": book.share(book.delivered),
            "lost": book.share(float(book.sinks.sum())),
            "still": book.share(book.still),
        }
        yield say("cli.table.shares", lang, **words)
    yield from _growth(result, lang)
    numbers = {name: decimals(result.summary[name], 3) for name in ("site_effect", "effectiveness")}
    if math.isnan(result.summary["site_effect"]):
        yield say("cli.table.no_site", lang)
    else:
        words = {
            "working": plain(WORKING),
            "surface": percent(result.summary["surface"]),
            "breadth": decimals(result.summary["breadth"], 0),
            "domains": str(len(result.spec.domains)),
        }
        yield say("cli.table.much", lang, **numbers, **words)
    for name in EXPLAINED:
        meaning = say(f"metric.{name}.meaning", lang)
        yield say("cli.table.meaning", lang, name=capital(say(f"metric.{name}", lang)), meaning=meaning)
    yield say("cli.table.bookkeeping", lang)


def _growth(result: RunResult, lang: str) -> Iterator[str]:
    """Yield why a stage passes on more than the stage before it: the sources that joined there."""
    from simulation.scenario.windows import STAGES

    if not result.has("flows"):
        return
    flows = result.flows
    joined = flows[flows["kind"] == "source"].groupby(["to", "account"])["amount"].sum()
    passed = [float(result.weekly[f"passed_{number}"].sum()) for number in range(1, len(STAGES) + 1)]
    broadcast = False
    for place in range(1, len(STAGES)):
        stage, before = STAGES[place], STAGES[place - 1]
        if passed[place] <= passed[place - 1] or stage not in joined.index.get_level_values("to"):
            continue
        sources = joined[stage].sort_values(ascending=False)
        sources = sources[sources > 0]
        broadcast |= "broadcast" in sources.index
        listed = [
            say("cli.table.source", lang, account=say(f"account.{account}", lang), amount=momentum(float(amount)))
            for account, amount in sources.items()
        ]
        words = {"stage": say(f"stage.{stage}", lang), "before": say(f"stage.{before}", lang)}
        yield say("cli.table.growth", lang, **words, sources=say("cli.table.comma", lang).join(listed))
    if broadcast:
        yield say("cli.table.broadcast", lang, name=capital(say("account.broadcast", lang)))
