"""The table for a journal: posterior, coverage and counterfactuals, as CSV, LaTeX and Word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.cases import naming
from simulation.cases.positions import shown_value
from simulation.drawing.numbers import UNDEFINED, count, percent
from simulation.experiments import labels
from simulation.files.extras import missing
from simulation.files.output import whole_file
from simulation.files.tables import save_table
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.coverage import Coverage
    from simulation.cases.fitted import Fit
    from simulation.cases.predicting import Predicted

EXTRA = "word"
_NUMBER = re.compile(r"[+−-]?\d[\d,]*(?:\.\d+)?")
_INTERVAL = re.compile(rf"\[({_NUMBER.pattern}), ({_NUMBER.pattern})\]")
_LEAST = 2.8
"""Least share of a column of LaTeX, on the scale of the root of its longest text."""
_BETWEEN = 0.018
"""Room between columns, as a share of a narrow text's width."""
_LATEX = {letter: f"\\{letter}" for letter in "&%_#${}"} | {
    UNDEFINED: "--",
    "−": "$-$",
    "≥": r"$\geq$",
    "÷": r"$\div$",
    "√": r"$\surd$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "\n": " ",
    "\r": " ",
}


@dataclass(frozen=True)
class Part:
    """One part of the table, all as text: its title, the heads of its columns, its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(fit: Fit, found: Coverage, table: pd.DataFrame, predicted: Predicted, lang: str) -> tuple[Part, ...]:
    """Return the parts: parameters of the case and those that are pinned or narrowed, coverage, counterfactuals."""
    return (_posterior(fit, lang), _coverage(found, lang), _differences(fit, table, predicted, lang))


def notes(fit: Fit, predicted: Predicted, lang: str) -> list[str]:
    """Return the table's notes: seed, runs, version, digests."""
    from simulation._version import __version__

    said = [] if fit.fits else [say("case.report.unfit.title", lang)]
    said += [say("case.report.quick", lang)] if fit.quick else []
    if failed := int(fit.about.get("failed", 0)):
        share = percent(int(fit.about.get("refused", 0)) / max(int(fit.about.get("particles", 1)), 1))
        said.append(say("case.report.failed", lang, failed=count(failed), share=share))
    said.append(
        say(
            "case.report.table.notes", lang,
            vectors=count(len(fit.vectors)), runs=count(int(fit.about.get("runs", 0))), seed=fit.seed,
            predicted=count(predicted.runs), version=__version__, case=fit.case.digest[:12],
            worlds=fit.case.worlds.digest[:12],
        )
    )  # fmt: skip
    return said


def interval(low: object, high: object) -> str:
    """Return an interval of two parameter values; one value where both are the same."""
    first, last = shown_value(low), shown_value(high)
    return first if first == last else f"[{first}, {last}]"


def _posterior(fit: Fit, lang: str) -> Part:
    table = fit.parameters
    mine = table[table["parameter"].isin(list(fit.case.free)) | table["verdict"].isin(["pinned", "narrowed"])]
    rows = tuple(
        (
            labels.factor(row.parameter, lang),
            interval(row.prior_low, row.prior_high),
            shown_value(row.median),
            interval(row.low, row.high),
            say(f"calibration.verdict.{row.verdict}", lang),
        )
        for row in mine.itertuples()
    )
    heads = ("parameter", "prior", "median", "interval", "verdict")
    return Part(say("case.report.table.posterior", lang), _heads(heads, lang), rows)


def _coverage(found: Coverage, lang: str) -> Part:
    rows = tuple(
        (
            say("case.report.all_rows", lang) if row.name == "all" else naming.measure(row.name, lang),
            count(row.rows),
            percent(row.inside),
            f"{percent(row.low)} – {percent(row.high)}",
        )
        for row in found.measures.itertuples(index=False)
    )
    heads = ("measure", "rows", "inside", "expected")
    return Part(say("case.report.table.coverage", lang), _heads(heads, lang), rows)


def _differences(fit: Fit, table: pd.DataFrame, predicted: Predicted, lang: str) -> Part:
    titles = {arm.name: arm.title(lang) for arm in predicted.arms}
    rows = tuple(
        (
            titles[row.arm],
            labels.metric(row.metric, lang),
            naming.week(fit.case, row.week, lang),
            naming.difference(row.metric, row.median),
            f"[{naming.difference(row.metric, row.low)}, {naming.difference(row.metric, row.high)}]",
            shown_value(row.smallest),
            percent(row.beyond),
            say(f"case.report.verdict.{row.verdict}", lang),
        )
        for row in table.itertuples()
    )
    heads = ("arm", "metric", "week", "median", "interval", "smallest", "beyond", "verdict")
    return Part(say("case.report.table.differences", lang), _heads(heads, lang), rows)


def _heads(names: Sequence[str], lang: str) -> tuple[str, ...]:
    return tuple(say(f"case.report.head.{name}", lang) for name in names)


def write(folder: Path, shown: Sequence[Part], said: Sequence[str]) -> bool:
    """Write ``table.csv``, ``table.tex`` and, where python-docx is installed, ``table.docx``; tell whether it is."""
    save_table(_long(shown), folder / "table.csv")
    (folder / "table.tex").write_text(latex(shown, said), encoding="utf-8", newline="\n")
    if missing(EXTRA):
        return False
    with whole_file(folder / "table.docx") as path:
        _word(path, shown, said)
    return True


def _long(shown: Sequence[Part]) -> pd.DataFrame:
    import pandas as pd

    cells = [
        {"part": part.title, "row": number, "column": head, "value": _numeric(cell)}
        for part in shown
        for number, row in enumerate(part.rows, 1)
        for head, cell in zip(part.head, row, strict=True)
    ]
    return pd.DataFrame(cells, columns=["part", "row", "column", "value"])


def _numeric(cell: str) -> str | float:
    """Return a cell as programs read it: a number as one, an interval with the minus of a keyboard, a text as it is."""
    if _NUMBER.fullmatch(cell):
        return float(_plain(cell))
    found = _INTERVAL.fullmatch(cell)
    return f"[{_plain(found[1])}, {_plain(found[2])}]" if found else cell


def _plain(number: str) -> str:
    return number.removeprefix("+").replace("−", "-").replace(",", "")


def latex(shown: Sequence[Part], said: Sequence[str]) -> str:
    """Return the parts as tables as wide as the text; every text is escaped.

    They need the packages booktabs and array, which the first line says, and Chinese a class such as ctexart.
    """
    return "% \\usepackage{array, booktabs}\n" + "\n".join(
        f"\\begin{{table}}\n\\caption{{{escaped(part.title)}}}\n\\footnotesize\n\\setlength{{\\tabcolsep}}{{3pt}}\n"
        f"\\begin{{tabular}}{{{_columns(part)}}}\n\\toprule\n"
        + _line(part.head)
        + "\\midrule\n"
        + "".join(_line(row) for row in part.rows)
        + "\\bottomrule\n\\end{tabular}\n"
        + "".join(f"\\par\\footnotesize {escaped(line)}\n" for line in said)
        + "\\end{table}\n"
        for part in shown
    )


def _columns(part: Part) -> str:
    """Return columns that share the width of the text by their longest words and a part of their lengths."""
    texts = [[head, *(row[place] for row in part.rows)] for place, head in enumerate(part.head)]
    wanted = [max(_LEAST, max(len(text) for text in column) ** 0.5) for column in texts]
    room = 1 - _BETWEEN * len(wanted)
    return "".join(rf">{{\raggedright\arraybackslash}}p{{{room * one / sum(wanted):.3f}\textwidth}}" for one in wanted)


def _line(cells: Sequence[str]) -> str:
    # A row that begins with a bracket would be read as the option of the line's end before it.
    return " & ".join(f"{{{escaped(cell)}}}" if cell.startswith("[") else escaped(cell) for cell in cells) + " \\\\\n"


def escaped(text: str) -> str:
    """Return a text as LaTeX shows it."""
    return "".join(_LATEX.get(letter, letter if letter.isprintable() else " ") for letter in text)


def _word(path: Path, shown: Sequence[Part], said: Sequence[str]) -> None:
    from datetime import datetime

    import docx

    document = docx.Document()
    for part in shown:
        document.add_paragraph(_sayable(part.title), style="Caption")
        grid = document.add_table(rows=1, cols=len(part.head), style="Light List")
        for cell, text in zip(grid.rows[0].cells, part.head, strict=True):
            cell.text = _sayable(text)
        for row in part.rows:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = _sayable(text)
    for line in said:
        document.add_paragraph(_sayable(line))
    # Equal tables are equal but for the library's own template.
    document.core_properties.author = "wushi"
    document.core_properties.created = document.core_properties.modified = datetime(2000, 1, 1)
    document.save(str(path))


def _sayable(text: str) -> str:
    """Return a text without signs that no XML file may hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
