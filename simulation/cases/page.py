"""The page of a case's report: one file, offline, in English or Chinese; what a case's files say is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulation.cases import naming
from simulation.cases.asking import asked
from simulation.cases.journal import notes, parts
from simulation.cases.next_observation import SHOWN, target_of
from simulation.cases.sentences import adequacy_lines, coverage_lines, difference_lines, forecast_lines, pinned_line
from simulation.cases.sentences import paragraph as told_case
from simulation.drawing.numbers import UNDEFINED, count, decimals, percent, signed
from simulation.drawing.pages import address, render
from simulation.experiments import labels
from simulation.files.provenance import versions
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.reporting import Findings
    from simulation.drawing.sheet import Sheet

SECTIONS = ("case", "fit", "observed", "coverage", "pinned", "otherwise", "forecast", "next", "making", "rows")


def page(found: Findings, drawn: Mapping[str, Sheet], lang: str, command: str, *, with_word: bool) -> str:
    """Return the HTML.

    Parameters
    ----------
    found : Findings
        What the report says.
    drawn : mapping of str to Sheet
        Its pictures.
    lang : {'en', 'zh'}
        Language.
    command : str
        The command that repeats it.
    with_word : bool
        Was the table written for Word?
    """
    fit = found.fit
    shown = [_part(key, found, lang, command, with_word) for key in SECTIONS]
    addresses = {key: {"address": address(sheet, {}), "title": say(f"case.report.picture.{key}", lang)}
                 for key, sheet in drawn.items()}  # fmt: skip
    of_part = {"observed": "observed", "coverage": "residuals", "pinned": "pinned", "otherwise": "counterfactuals",
               "forecast": "forecast", "next": "next"}  # fmt: skip
    return render(
        "case.html",
        "simulation.cases.templates",
        lang=lang,
        name=say("case.report.name", lang),
        title=naming.title(fit.case, lang),
        fits=fit.fits,
        unfit=None if fit.fits else _unfit(found, lang),
        warning=say("case.report.quick", lang) if fit.quick else "",
        parts=[part | {"picture": addresses.get(of_part.get(part["key"], ""))} for part in shown],
    )


def _unfit(found: Findings, lang: str) -> dict[str, Any]:
    table = found.fit.adequacy
    bad = table[~table["fits"].astype(bool) & (table["measure"] != "all")]
    names = [naming.measure(name, lang) for name in bad["measure"]] or [say("case.report.unfit.all", lang)]
    return {
        "title": say("case.report.unfit.title", lang),
        "lines": [
            say("case.report.unfit.measures", lang, measures=say("case.report.comma", lang).join(names)),
            say("case.report.unfit.look", lang),
        ],
        "conditional": say("case.report.unfit.conditional", lang),
    }


def _part(key: str, found: Findings, lang: str, command: str, with_word: bool) -> dict[str, Any]:
    lines, tables = _BUILD[key](found, lang)
    if key == "making":
        lines = [*lines, say("case.report.word.there" if with_word else "case.report.word.missing", lang)]
    return {
        "key": key, "title": say(f"case.report.section.{key}", lang), "lines": lines, "tables": tables,
        "code": command if key == "making" else "", "folded": key == "rows",
        "conditional": not found.fit.fits and key in ("pinned", "otherwise", "forecast", "next"),
    }  # fmt: skip


type _Tables = list[dict[str, Any]]
type _Content = tuple[list[str], _Tables]


def _table(head: list[str], rows: list[list[str]], title: str = "") -> dict[str, Any]:
    return {"title": title, "head": head, "rows": rows}


def _heads(lang: str, *names: str) -> list[str]:
    return [say(f"case.report.head.{name}", lang) for name in names]


def _case(found: Findings, lang: str) -> _Content:
    return [told_case(found.fit, lang)], []


def _fit(found: Findings, lang: str) -> _Content:
    rows = [
        [
            say("case.report.all_rows", lang) if row.measure == "all" else naming.measure(row.measure, lang),
            count(int(row.rows)),
            decimals(float(row.distance), 2),
            percent(float(row.p), 1),
            say(f"case.report.fits.{'yes' if row.fits else 'no'}", lang),
        ]
        for row in found.fit.adequacy.itertuples()
    ]
    return adequacy_lines(found.fit, lang), [_table(_heads(lang, "measure", "rows", "distance", "p", "fits"), rows)]


def _observed(found: Findings, lang: str) -> _Content:
    last = naming.week(found.fit.case, found.predicted.horizon.last, lang)
    return [say("case.report.about.observed", lang, runs=count(found.predicted.rows.shape[0]), when=last)], []


def _coverage(found: Findings, lang: str) -> _Content:
    case = found.fit.case
    whole = parts(found.fit, found.coverage, found.differences, found.predicted, lang)[1]
    units = [
        [
            naming.unit(case, row.name, lang),
            count(row.rows),
            percent(row.inside),
            f"{percent(row.low)} – {percent(row.high)}",
        ]
        for row in found.coverage.units.itertuples(index=False)
        if row.name != "all"
    ]
    tables = [
        _table(list(whole.head), [list(row) for row in whole.rows]),
        _table(_heads(lang, "unit", "rows", "inside", "expected"), units),
    ]
    return coverage_lines(found.fit, found.coverage, lang), tables


def _pinned(found: Findings, lang: str) -> _Content:
    part = parts(found.fit, found.coverage, found.differences, found.predicted, lang)[0]
    tables = [_table(list(part.head), [list(row) for row in part.rows])] if part.rows else []
    return [pinned_line(found.fit, lang)], tables


def _otherwise(found: Findings, lang: str) -> _Content:
    part = parts(found.fit, found.coverage, found.differences, found.predicted, lang)[2]
    return difference_lines(found.fit, found.predicted, found.differences, lang), [
        _table(list(part.head), [list(row) for row in part.rows])
    ]


def _forecast(found: Findings, lang: str) -> _Content:
    return forecast_lines(found.fit, found.predicted, lang), []


def _next(found: Findings, lang: str) -> _Content:
    table, metric = found.following.head(SHOWN), labels.metric(target_of(found.fit.case, found.predicted), lang)
    if not len(table):
        return [say("case.report.next.nothing", lang)], []
    lines = [say("case.report.next.about", lang, metric=metric)]
    if table["beats"].any():
        first = next(table.itertuples())
        lines.append(
            say("case.report.next.best", lang, what=asked(found.fit.case, first, lang), gain=percent(first.gain))
        )
    else:
        lines.append(say("case.report.next.none", lang, chance=percent(float(table["chance"].iloc[0]))))
    rows = [
        [asked(found.fit.case, row, lang), percent(row.gain), percent(row.error, 1),
         say(f"case.report.beats.{'yes' if row.beats else 'no'}", lang)]
        for row in table.itertuples()
    ]  # fmt: skip
    return lines, [_table(_heads(lang, "ask", "gain", "error", "beats"), rows)]


def _making(found: Findings, lang: str) -> _Content:
    fit, about = found.fit, found.fit.about
    said = [
        say(
            "case.report.making", lang, seed=fit.seed, runs=count(int(about.get("runs", 0))),
            budget=count(int(about.get("budget", 0))), vectors=count(len(fit.vectors)),
            predicted=count(found.predicted.runs), failed=count(found.predicted.failed),
            draws=count(found.predicted.draws),
        ),
        say("case.report.digests", lang, case=fit.case.digest, scenario=fit.case.spec.digest,
            worlds=fit.case.worlds.digest),
        ", ".join(f"{name} {version}" for name, version in versions().items()),
    ]  # fmt: skip
    return [*notes(fit, found.predicted, lang)[:-1], *said], []


def _rows(found: Findings, lang: str) -> _Content:
    case = found.fit.case
    rows = [
        [
            str(row.row), row.date, naming.unit(case, row.unit, lang), naming.domain(case, row.domain, lang),
            naming.measure(row.measure, lang), *_values(row),
            say(f"case.report.inside.{'yes' if row.inside else 'no'}", lang), signed(float(row.residual), 1),
            observed.source,
        ]
        for row, observed in zip(found.coverage.rows.itertuples(), case.rows, strict=True)
    ]  # fmt: skip
    head = _heads(
        lang, "row", "date", "unit", "domain", "measure", "value", "predicted", "inside", "residual", "source"
    )
    return [], [_table(head, rows)]


def _values(row: Any) -> list[str]:
    """Return a row's value and predicted interval as text; events as dates, an en dash where there was none yet."""
    if row.event:
        low, high = row.q05_date or UNDEFINED, row.q95_date or UNDEFINED
        return [row.observed_date or UNDEFINED, f"[{low}, {high}]"]
    return [_short(row.value), f"[{_short(row.q05)}, {_short(row.q95)}]"]


def _short(value: float) -> str:
    return count(int(value)) if float(value).is_integer() else decimals(value, 2)


_BUILD = {
    "case": _case, "fit": _fit, "observed": _observed, "coverage": _coverage, "pinned": _pinned,
    "otherwise": _otherwise, "forecast": _forecast, "next": _next, "making": _making, "rows": _rows,
}  # fmt: skip
