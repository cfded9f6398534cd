"""The command `wushi case`: a case of one's own, from coded documents to a fitted model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.options import (
    LANG,
    DaskOption,
    JsonOption,
    LangOption,
    SearchProgressOption,
    SearchWorkersOption,
    _seed,
    chosen_language,
    kept,
    said,
)
from simulation.command.telling import tell
from simulation.files.errors import InputError, told
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.cases.fitted import Fit

ORDER = 62
GROUP = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_CaseArgument = Annotated[str, typer.Argument(metavar="DIR", help=said("case.arg.case"))]
_FitOption = Annotated[Path | None, typer.Option("--fit", metavar="FOLDER", help=said("case.fit_folder"))]


@GROUP.command(help=said("case.init.help"))
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.arg.dir", LANG))],
    form: Annotated[str, typer.Option("--format", metavar="csv|xlsx|dta", help=said("case.form"))] = "csv",
    lang: LangOption = None,
) -> None:
    """Make a starter case that can be checked and fitted as it is."""
    from simulation.command.starter import make_case

    tongue = chosen_language(lang)
    made = make_case(folder, tongue, form)
    tell(say("cli.case.made", tongue, folder=made))


@GROUP.command(name="list", help=said("case.list.help"))
def list_cases(lang: LangOption = None) -> None:
    """List the shipped cases."""
    from simulation.cases.case import Case, shipped_cases
    from simulation.command.printing import print_plain

    tongue = chosen_language(lang)
    print_plain([[name, Case.load(name).spec.title.label(tongue)] for name in shipped_cases()])


@GROUP.command(help=said("case.check.help"))
def check(case: _CaseArgument, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Check every row of every table, and say what the case covers."""
    from simulation.cases.problems import ProblemsError

    tongue = chosen_language(lang)
    try:
        loaded = _loaded(case)
    except ProblemsError as wrong:
        if as_json:
            typer.echo(json.dumps({"case": case, "problems": wrong.fields(tongue)}, ensure_ascii=False))
        raise
    found = loaded.check()
    if as_json:
        tables = {row["table"]: int(row["rows"]) for row in found.tables.to_dict("records")}
        content = {"case": loaded.name, "digest": loaded.digest, "rows": tables, "notes": [*map(str, found.notes)]}
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    from simulation.command.case_words import print_check

    print_check(loaded, found, tongue)


@GROUP.command(help=said("case.fit.help"))
def fit(
    case: _CaseArgument,
    quick: Annotated[bool, typer.Option("--quick", help=said("case.quick"))] = False,
    seed: Annotated[int, typer.Option("--seed", help=said("case.seed"), callback=_seed)] = 0,
    budget: Annotated[int | None, typer.Option("--budget", metavar="RUNS", help=said("case.budget"))] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help=said("case.out"))] = None,
    workers: SearchWorkersOption = None,
    dask: DaskOption = None,
    progress: SearchProgressOption = "auto",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Weigh and refine the plausible worlds by what was observed."""
    tongue = chosen_language(lang)
    loaded = _loaded(case)
    folder = _fit_folder(loaded, case, out, "--out")
    options: dict[str, Any] = {"workers": workers, "dask": dask, "progress": progress, "lang": tongue}
    if quick and _holds_whole_fit(loaded, folder):
        tell(say("cli.case.replaces", tongue, folder=folder), err=True)
    with kept(say("cli.case.interrupted", tongue, folder=folder)):
        found = loaded.fit(quick=quick, seed=seed, budget=budget, folder=folder, **options)
    if as_json:
        content = {"case": loaded.name, "seed": seed, "fits": found.fits, "quick": found.quick, "out": str(folder)}
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    from simulation.command.case_words import print_fit

    print_fit(found, case if out is None else f"{case} --fit {out}", tongue)


@GROUP.command(help=said("case.report.help"))
def report(
    case: _CaseArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=said("case.report_out"))],
    fit_folder: _FitOption = None,
    form: Annotated[str, typer.Option("--format", metavar="csv|xlsx|dta", help=said("case.tables"))] = "csv",
    figures: Annotated[str, typer.Option("--figures", metavar="png,svg,pdf", help=said("case.figures"))] = "png,svg",
    workers: SearchWorkersOption = None,
    dask: DaskOption = None,
    progress: SearchProgressOption = "auto",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report of a fitted case: a page, tables and pictures."""
    from simulation.command.output_options import picture_formats
    from simulation.drawing.fonts import announce

    tongue = chosen_language(lang)
    kinds = picture_formats(figures)
    loaded = _loaded(case)
    found = _fitted(loaded, case, fit_folder)
    announce(tongue)
    options: dict[str, Any] = {"workers": workers, "dask": dask, "progress": progress}
    with kept(say("cli.case.interrupted", tongue, folder=found.place)):
        page = found.report(out, lang=tongue, figures=kinds, format=form, **options)
    if as_json:
        content = {"case": loaded.name, "fits": found.fits, "quick": found.quick, "out": str(out)}
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    if not found.fits:
        tell(say("cli.case.no_fit", tongue), err=True)
    tell(say("cli.written", tongue, folder=out))
    tell(say("cli.report", tongue, file=page))


@GROUP.command(help=said("case.agree.help"))
def agree(
    first: Annotated[Path, typer.Argument(metavar="FIRST", help=said("case.arg.coder"))],
    second: Annotated[Path, typer.Argument(metavar="SECOND", help=said("case.arg.coder"))],
    case: Annotated[str | None, typer.Option("--case", metavar="DIR", help=said("case.agree_case"))] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=said("case.disagreements"))] = None,
    lang: LangOption = None,
) -> None:
    """Compare two coders' tables: Cohen's kappa for each column."""
    from simulation.cases.coding import agreement
    from simulation.command.case_words import print_agreement
    from simulation.files.tables import checked_format, save_table

    tongue = chosen_language(lang)
    if out is not None:
        checked_format(out, None, "--out")
    if out is not None and out.resolve() in (first.resolve(), second.resolve()):
        raise InputError(told("error.coders.over"), key="--out", given=str(out))
    found = agreement(first, second, case)
    print_agreement(found, tongue)
    if out is not None:
        tell(say("cli.case.saved", tongue, file=save_table(found.disagreements, out)))


def _loaded(given: str) -> Case:
    from simulation.cases.case import Case

    return Case.load(given)


def _fit_folder(case: Case, given: str, out: Path | None, key: str) -> Path:
    """Return the folder of a fit; a shipped case needs one of the user's, since its own may not be written.

    Raises
    ------
    InputError
        For a shipped case without such a folder.
    """
    from simulation.cases.fitted import FOLDER

    if out is not None:
        return out
    if not Path(given).exists():
        allowed = told("error.case.shipped.allowed", name=case.name)
        raise InputError(told("error.case.shipped"), key=key, given=given, allowed=allowed)
    return case.folder / FOLDER


def _holds_whole_fit(case: Case, folder: Path) -> bool:
    """Tell whether a folder holds a fit of the case as it is that is no first look."""
    from simulation.cases.fitted import Fit

    try:
        return not Fit.load(case, folder).quick
    except InputError:
        return False


def _fitted(case: Case, given: str, folder: Path | None) -> Fit:
    from simulation.cases.fitted import Fit

    return Fit.load(case, _fit_folder(case, given, folder, "--fit"))
