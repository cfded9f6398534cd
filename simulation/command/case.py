"""The command `wushi case`: a case of one's own, from coded documents to a fitted model."""

from __future__ import annotations

import json
import shlex
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
    with_options,
)
from simulation.command.telling import tell
from simulation.files.errors import InputError, told
from simulation.text import say
from simulation.text.told import in_language

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
_FitOption = Annotated[str | None, typer.Option("--fit", metavar="FOLDER", help=said("case.fit_folder"))]


def _running(
    workers: SearchWorkersOption = None,
    dask: DaskOption = None,
    progress: SearchProgressOption = "auto",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold the options of `fit` and `report`; see `with_options`."""


def _taken(options: dict[str, Any]) -> tuple[str, bool, dict[str, Any]]:
    """Return from the options of `_running`: language, whether JSON is wanted, and what says where runs are made."""
    engine = {name: options[name] for name in ("workers", "dask", "progress")}
    return chosen_language(options["lang"]), options["as_json"], engine


@GROUP.command(help=said("case.init.help"))
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.arg.dir", LANG))],
    form: Annotated[str, typer.Option("--format", metavar="csv|xlsx|dta", help=said("case.form"))] = "csv",
    lang: LangOption = None,
) -> None:
    """Make a starter case that can be checked and fitted as it is."""
    from simulation.command.starter import make_case

    tongue = chosen_language(lang)
    try:
        made = make_case(folder, tongue, form)
    except InputError as problem:
        raise (problem.replaced(key="DIR") if problem.key == "--out" else problem) from None
    tell(say("cli.case.made", tongue, folder=made, case=shlex.quote(str(made))))


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
        found = loaded.check()
    except InputError as wrong:
        if as_json:
            every = wrong if isinstance(wrong, ProblemsError) else ProblemsError([wrong])
            typer.echo(json.dumps({"case": case, "problems": every.fields(tongue)}, ensure_ascii=False))
        raise
    if as_json:
        tables = {one.table: one.rows for one in found.by_table}
        notes = [in_language(note, tongue) for note in found.notes]
        content = {"case": loaded.name, "digest": loaded.digest, "rows": tables, "notes": notes}
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    from simulation.command.case_words import print_check

    print_check(loaded, found, tongue)


@GROUP.command(help=said("case.fit.help"))
@with_options(_running)
def fit(
    case: _CaseArgument,
    quick: Annotated[bool, typer.Option("--quick", help=said("case.quick"))] = False,
    seed: Annotated[int, typer.Option("--seed", help=said("case.seed"), callback=_seed)] = 0,
    budget: Annotated[int | None, typer.Option("--budget", metavar="RUNS", help=said("case.budget"))] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="FOLDER", help=said("case.out"))] = None,
    *,
    options: dict[str, Any],
) -> None:
    """Weigh and refine the plausible worlds by what was observed."""
    tongue, as_json, engine = _taken(options)
    loaded = _loaded(case)
    folder = _fit_folder(loaded, case, out, "--out")
    _tell_of_earlier(loaded, folder, seed, quick, tongue)
    with kept(say("cli.case.interrupted", tongue, folder=folder)):
        found = loaded.fit(quick=quick, seed=seed, budget=budget, folder=folder, lang=tongue, **engine)
    if as_json:
        content = {"case": loaded.name, "seed": seed, "fits": found.fits, "quick": found.quick, "out": str(folder)}
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    from simulation.command.case_words import print_fit

    print_fit(found, shlex.join([case] if out is None else [case, "--fit", out]), tongue)


@GROUP.command(help=said("case.report.help"))
@with_options(_running)
def report(
    case: _CaseArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=said("case.report_out"))],
    fit_folder: _FitOption = None,
    form: Annotated[str, typer.Option("--format", metavar="csv|xlsx|dta|parquet", help=said("case.tables"))] = "csv",
    figures: Annotated[str, typer.Option("--figures", metavar="png,svg,pdf", help=said("case.figures"))] = "png,svg",
    *,
    options: dict[str, Any],
) -> None:
    """Write the report of a fitted case: a page, tables and pictures."""
    from simulation.command.output_options import picture_formats
    from simulation.drawing.fonts import announce

    tongue, as_json, engine = _taken(options)
    kinds = picture_formats(figures)
    loaded = _loaded(case)
    found = _fitted(loaded, case, fit_folder)
    announce(tongue)
    with kept(say("cli.case.interrupted", tongue, folder=found.place)):
        page = found.report(out, lang=tongue, figures=kinds, format=form, given=case, **engine)
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
    as_json: JsonOption = False,
) -> None:
    """Compare two coders' tables: Cohen's kappa for each column."""
    from simulation.cases.coding import agreement
    from simulation.command.case_words import agreement_content, print_agreement
    from simulation.files.tables import checked_format, save_table

    tongue = chosen_language(lang)
    if out is not None:
        checked_format(out, None, "--out")
    if out is not None and out.resolve() in (first.resolve(), second.resolve()):
        raise InputError(told("error.coders.over"), key="--out", given=str(out))
    found = agreement(first, second, case)
    if as_json:
        typer.echo(json.dumps(agreement_content(found), ensure_ascii=False))
    else:
        print_agreement(found, tongue, named=case is not None)
    if out is not None:
        saved = save_table(found.to_settle, out)
        tell(say("cli.case.saved", tongue, file=saved), err=as_json)


def _loaded(given: str) -> Case:
    from simulation.cases.case import Case

    return Case.load(given)


def _fit_folder(case: Case, given: str, folder: str | None, key: str) -> Path:
    """Return the folder of a fit; a shipped case needs one of the user's, since its own may not be written.

    Raises
    ------
    InputError
        For a shipped case without such a folder, or a folder whose name is empty.
    """
    from simulation.cases.fit_folder import folder_of, is_shipped

    if folder is None and is_shipped(case):
        allowed = told("error.case.shipped.allowed", name=case.name)
        raise InputError(told("error.case.shipped"), key=key, given=given, allowed=allowed)
    return folder_of(case, folder, key)


def _tell_of_earlier(case: Case, folder: Path, seed: int, quick: bool, lang: str) -> None:
    """Say that a finished fit that is no first look is about to be replaced by another one."""
    from simulation.cases.fit_folder import earlier

    old = earlier(case, folder)
    if old is None or old.get("quick") is not False:
        return
    if old.get("digest") != case.digest:
        tell(say("cli.case.replaces_edited", lang, folder=folder), err=True)
    elif old.get("seed") != seed:
        tell(say("cli.case.replaces_seed", lang, folder=folder, old=old.get("seed"), new=seed), err=True)
    elif quick:
        tell(say("cli.case.replaces", lang, folder=folder), err=True)


def _fitted(case: Case, given: str, folder: str | None) -> Fit:
    from simulation.cases.fitted import Fit

    return Fit.load(case, _fit_folder(case, given, folder, "--fit"))
