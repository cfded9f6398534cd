"""Printed results of `wushi case`: the coverage of a case, the result of a fit, the agreement of two coders."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeGuard

from simulation.command.printing import print_lines, print_table
from simulation.command.telling import tell
from simulation.drawing.numbers import count, decimals, percent, significant
from simulation.text import say
from simulation.text.told import in_language

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.cases.checked import Checked
    from simulation.cases.coding import Agreement
    from simulation.cases.fitted import Fit

_FREE = "free"
_SHOWN = 12
"""Constants of behaviour that are listed after a fit."""


def print_check(case: Case, found: Checked, lang: str) -> None:
    """Print what a case holds, which measures it has, what they can inform, and remarks."""
    from simulation.scenario.calendar import told_week

    spec = case.spec
    words = {"name": case.name, "start": case.start.isoformat(), "last": told_week(spec, spec.weeks - 1, lang)}
    tell(say("cli.case.right", lang, **words))
    rows = [[say(f"case.table.{row.table}", lang), row.file or "–", count(row.rows)] for row in found.by_table]
    print_table(_heads(("table", "file", "rows"), lang), rows, say("cli.case.tables_title", lang), numbers=True)
    telling = _told_by(found)
    rows = [
        [
            say(f"measure.{row.measure}", lang),
            count(row.rows),
            count(row.units),
            count(row.domains),
            row.first.isoformat(),
            row.last.isoformat(),
            count(telling.get(row.measure, 0)),
        ]
        for row in found.by_measure
    ]
    if rows:
        head = _heads(("measure", "rows", "units", "domains", "first", "last", "informs"), lang)
        print_table(head, rows, say("cli.case.measures_title", lang), numbers=True)
        told_by = [one for one in found.by_parameter if one.measures]
        lines = [
            say(
                "cli.case.informed",
                lang,
                number=count(len(told_by)),
                all=count(len(found.by_parameter)),
            )
        ]
        for one in found.by_parameter:
            names = say("case.list_joint", lang).join(
                say(f"measure.{name}", lang) for name in one.measures.split(", ") if name
            )
            if one.free:
                said = "cli.case.free_by" if names else "cli.case.free_silent"
                lines.append(say(said, lang, key=one.parameter, measures=names))
        print_lines(say("cli.case.informs_title", lang), lines)
    print_lines(say("cli.case.notes_title", lang), [in_language(note, lang) for note in found.notes])


def print_fit(found: Fit, given: str, lang: str) -> None:
    """Print whether any world fits, what the data pin down, and how to go on."""
    about = found.about
    words = {"runs": count(about["runs"]), "vectors": count(len(found.vectors)), "seed": found.seed}
    tell(say("cli.case.fitted", lang, name=found.case.name, **words))
    if found.quick:
        tell(say("cli.case.is_quick", lang))
    tell(say("cli.case.fits" if found.fits else "cli.case.no_fit", lang), err=not found.fits)
    rows = [
        [
            say("case.all_measures", lang) if row.measure == "all" else say(f"measure.{row.measure}", lang),
            count(row.rows),
            decimals(row.p, 3),
            say("cli.case.yes" if row.fits else "cli.case.no", lang),
        ]
        for row in found.adequacy.itertuples()
    ]
    head = _heads(("measure", "rows", "p", "fits"), lang)
    print_table(head, rows, say("cli.case.adequacy_title", lang), numbers=True)
    moved = found.parameters.sort_values("variance_ratio", kind="stable")
    mine = moved[moved["parameter"].isin(found.case.free)]
    others = moved[~moved["parameter"].isin(found.case.free) & (moved["verdict"] != _FREE)].head(_SHOWN)
    rows = [
        [
            row.parameter,
            _interval(row.prior_median, row.prior_low, row.prior_high),
            _interval(row.median, row.low, row.high),
            decimals(row.variance_ratio, 2),
            say(f"calibration.verdict.{row.verdict}", lang),
        ]
        for part in (mine, others)
        for row in part.itertuples()
    ]
    if rows:
        head = _heads(("parameter", "prior", "posterior", "ratio", "verdict"), lang)
        print_table(head, rows, say("cli.case.pinned_title", lang), numbers=True, fold=True)
    left = int((found.parameters["verdict"] == _FREE).sum())
    tell(say("cli.case.left", lang, number=count(left), all=count(len(found.parameters))))
    tell(say("cli.written", lang, folder=found.place))
    tell(say("cli.case.next", lang, case=given))


def print_agreement(found: Agreement, lang: str, *, named: bool) -> None:
    """Print Cohen's κ of each column, and what only one coder has."""
    rows = [
        [
            row.column,
            say(f"cli.case.scale.{row.scale}", lang),
            count(row.pairs),
            percent(row.agreement),
            "–"
            if math.isnan(row.kappa)
            else f"{decimals(row.kappa, 2)} [{decimals(row.low, 2)}, {decimals(row.high, 2)}]".replace("-", "−"),
        ]
        for row in found.table.itertuples()
    ]
    head = _heads(("column", "scale", "pairs", "agreement", "kappa"), lang)
    print_table(head, rows, say("cli.case.agreement_title", lang, table=found.kind), numbers=True)
    words = {
        "first": count(found.only_first),
        "second": count(found.only_second),
        "number": count(len(found.disagreements)),
    }
    tell(say("cli.case.apart", lang, **words))
    if len(found.alone) and not named:
        tell(say("cli.case.names_apart", lang))


def agreement_content(found: Agreement) -> dict[str, Any]:
    """Return the agreement as plain data: columns, rows of one coder alone, number of cells that differ.

    A number that is not defined is None.
    """
    columns = [
        {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in found.table.to_dict("records")
    ]
    return {
        "table": found.kind,
        "columns": columns,
        "only_first": found.only_first,
        "only_second": found.only_second,
        "disagreements": len(found.disagreements),
    }


def _interval(median: object, low: object, high: object) -> str:
    """Return a median and its interval with two digits, so that a line of 80 columns holds two of them.

    Of words and truth values there is no median: the middle value and the ends are shown as they are, once where they
    are the same.
    """
    middle, *ends = (_value(value) for value in (median, low, high))
    return middle if [middle, middle] == ends and not _is_number(median) else f"{middle} [{', '.join(ends)}]"


def _value(value: object) -> str:
    from simulation.cases.positions import shown_value

    return significant(value, 2).replace("-", "−") if _is_number(value) else shown_value(value)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _heads(names: tuple[str, ...], lang: str) -> list[str]:
    return [say(f"cli.case.head.{name}", lang) for name in names]


def _told_by(found: Checked) -> dict[str, int]:
    """Return how many searched parameters each measure depends on first of all."""
    counts: dict[str, int] = {}
    for one in found.by_parameter:
        for name in filter(None, one.measures.split(", ")):
            counts[name] = counts.get(name, 0) + 1
    return counts
