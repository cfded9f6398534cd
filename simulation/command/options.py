"""Parts that several commands share: the language of the command line, common options, the way to name a scenario."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from simulation.command.telling import tell
from simulation.drawing.numbers import count
from simulation.files.errors import InputError, listed, told
from simulation.files.reading import stands
from simulation.text import LANGUAGES, language, say
from simulation.text.told import in_language

if TYPE_CHECKING:
    from simulation.evidence.worlds import Worlds


def _language_of(words: list[str]) -> str:
    """Return the language that the command line asks for, before anything is parsed, so that help speaks it too."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--lang" and following in LANGUAGES:
            return following
        if word.startswith("--lang=") and word[7:] in LANGUAGES:
            return word[7:]
    return language()


LANG = _language_of(sys.argv[1:])


def said(key: str) -> str:
    """Return the label ``cli.<key>`` in the language of the command line."""
    return say(f"cli.{key}", LANG)


LARGEST_SEED = 2**63 - 1
MOST_REPLICATES = 100_000
MOST_SEEDS = 10_000
"""The same as in `simulation.experiments.fans`, which is not imported to print help."""
CASE_FILE = "case.toml"
"""The same as in `simulation.cases.case`, which is imported only for a case."""


def within(key: str, low: float, high: float, *, whole: bool = True, above: bool = False) -> Callable[[Any], Any]:
    """Return the check of an option that is a number: the number itself, or an InputError that names the option.

    Parameters
    ----------
    key : str
        The option, such as ``--seed``.
    low, high : float
        The bounds; ``above`` leaves ``low`` itself out.
    whole : bool
        True where the message should speak of whole numbers.
    """

    def check(value: Any) -> Any:
        # Not a number is within nothing.
        if value is None or ((low < value if above else low <= value) and value <= high):
            return value
        from simulation.files.forms import numbers_in_words

        allowed = numbers_in_words(whole, low, high, above=above)
        raise InputError(told("error.out_of_range"), key=key, given=value, allowed=allowed)

    return check


def _workers(value: Any) -> Any:
    if value is not None:
        from simulation.experiments.running.processes import check_workers

        check_workers(value)
    return value


def _seed(value: Any) -> Any:
    if value is not None and not 0 <= value <= LARGEST_SEED:
        raise InputError(told("error.not_a_seed"), key="--seed", given=value, allowed=told("error.seed.words"))
    return value


# Of the commands that concern one scenario.
ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help=say("cli.arg.scenario", LANG))]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=say("cli.opt.set", LANG))]
SharedOption = Annotated[bool, typer.Option("--shared", help=say("cli.opt.shared", LANG))]
LangOption = Annotated[str | None, typer.Option("--lang", metavar="en|zh", help=say("cli.opt.lang", LANG))]
SeedOption = Annotated[int, typer.Option("--seed", help=say("cli.opt.seed", LANG), callback=_seed)]
SeedsOption = Annotated[
    int | None,
    typer.Option("--seeds", metavar="N", help=said("opt.seeds"), callback=within("--seeds", 1, MOST_SEEDS)),
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", help=say("cli.opt.threads", LANG), callback=within("--threads", 1, 1024))
]
JsonOption = Annotated[bool, typer.Option("--json", help=say("cli.opt.json", LANG))]

# Of the commands that run the model many times.
MetricOption = Annotated[list[str] | None, typer.Option("--metric", "-m", help=said("option.metric"))]
WorkersOption = Annotated[int | None, typer.Option(help=said("option.workers"), callback=_workers)]
PrecisionOption = Annotated[
    float | None,
    typer.Option(help=said("option.precision"), callback=within("--precision", 0, 1e9, whole=False, above=True)),
]
DaskOption = Annotated[str | None, typer.Option(help=said("option.dask"))]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--run-timeout",
        help=said("option.timeout"),
        callback=within("--run-timeout", 0, 1e7, whole=False, above=True),
    ),
]
MemoryOption = Annotated[
    float | None,
    typer.Option(
        "--memory-limit",
        help=said("option.memory"),
        # The libraries alone take nearly one; with less every run would be stored as failed.
        callback=within("--memory-limit", 1, 1e6, whole=False),
    ),
]
RetryOption = Annotated[bool, typer.Option("--retry-failed", help=said("option.retry"))]
OutOption = Annotated[Path | None, typer.Option(help=said("option.out"))]
ProgressOption = Annotated[str, typer.Option(help=said("option.progress"))]
PlainLangOption = Annotated[str | None, typer.Option(help=said("option.lang"))]

WorldsOption = Annotated[
    int, typer.Option("--worlds", metavar="N", help=said("option.worlds"), callback=within("--worlds", 0, 1_000_000))
]
WorldsFileOption = Annotated[
    Path | None, typer.Option("--worlds-file", metavar="FILE", help=said("option.worlds_file"))
]

# Of the commands that search for parameters and draw cities; they word the same things differently in Chinese.
SearchWorkersOption = Annotated[
    int | None, typer.Option("--workers", help=said("calibrate.workers"), callback=_workers)
]
SearchSeedOption = Annotated[int, typer.Option("--seed", help=said("ensemble.seed"), callback=_seed)]
SearchProgressOption = Annotated[str, typer.Option("--progress", help=said("calibrate.progress"))]


def chosen_language(asked: str | None) -> str:
    """Return the requested language; raises InputError for an unknown one."""
    if asked is not None and asked not in LANGUAGES:
        raise InputError(told("error.unknown_language"), key="--lang", given=asked, allowed=listed(LANGUAGES, "or"))
    return language(asked)


def resolved(scenario: str, assignments: list[str] | None = None, shared: bool = False, **values: Any) -> Any:
    """Return the scenario with ``--set`` and other options applied; see ``load_scenario`` for ``shared``.

    A case's folder, or its ``case.toml``, stands for its scenario with all that its tables say.
    """
    from simulation.scenario import load_scenario, parse_assignments

    changes = {**parse_assignments(assignments or []), **{k: v for k, v in values.items() if v is not None}}
    path = Path(scenario)
    if not shared and stands(path if path.name == CASE_FILE else path / CASE_FILE):
        from simulation.cases.case import Case

        spec = Case.load(scenario).spec
    else:
        spec = load_scenario(scenario, shared=shared)
    return spec.with_values(changes) if changes else spec


@contextlib.contextmanager
def kept(interrupted: str = "") -> Iterator[None]:
    """Turn a full disk and a lost cluster into exit 1, an interrupt into exit 130, without a traceback.

    Parameters
    ----------
    interrupted : str
        Message after an interrupt, which says where the finished runs are kept.
    """
    from simulation.experiments.running.engines import EngineError
    from simulation.experiments.store.database import StoreError

    try:
        yield
    except (StoreError, EngineError) as error:
        tell(in_language(error.args[0], LANG), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        if interrupted:
            tell(interrupted, err=True)
        raise typer.Exit(130) from None


def with_options(shared: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of ``shared`` after its own; it gets their values as the mapping ``options``.

    Parameters
    ----------
    shared : callable
        Its parameters, annotated for typer, are the options; it is never called.
    """
    added = inspect.signature(shared).parameters

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = {name: one for name, one in inspect.signature(command).parameters.items() if name != "options"}

        @functools.wraps(command)
        def wrapped(**given: Any) -> None:
            options = {name: given.pop(name) for name in added}
            command(**given, options=options)

        hints = get_type_hints(command, include_extras=True) | get_type_hints(shared, include_extras=True)
        parameters = [one.replace(annotation=hints[name]) for name, one in {**own, **added}.items()]
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = {one.name: one.annotation for one in parameters}
        return wrapped

    return decorate


def paired(
    metric: MetricOption = None,
    replicates: Annotated[
        int, typer.Option(help=said("option.replicates"), callback=within("--replicates", 2, MOST_REPLICATES))
    ] = 30,
    seed: Annotated[int, typer.Option(help=said("option.seed"), callback=_seed)] = 0,
    interval: Annotated[str, typer.Option("--interval", help=said("option.interval"))] = "auto",
    worlds: WorldsOption = 0,
    world_replicates: Annotated[
        int,
        typer.Option(
            "--world-replicates",
            help=said("option.world_replicates"),
            callback=within("--world-replicates", 2, MOST_REPLICATES),
        ),
    ] = 10,
    worlds_file: WorldsFileOption = None,
    store: Annotated[Path | None, typer.Option(help=said("option.keep"))] = None,
    workers: WorkersOption = None,
    dask: DaskOption = None,
    run_timeout: TimeoutOption = None,
    retry_failed: RetryOption = False,
    out: OutOption = None,
    progress: ProgressOption = "auto",
    lang: PlainLangOption = None,
) -> None:
    """Hold the options of `compare` and `ablate`, whose runs are paired; see `with_options`."""


def chosen_worlds(number: int, file: Path | None) -> Worlds | None:
    """Return the plausible worlds that are asked for: the first so many, or all of a file; None where none are."""
    if not number and file is None:
        return None
    from simulation.evidence.worlds import worlds

    return worlds(number or None, file)


def tell_cost(own: int, each: int, worlds: Sized | None, replicates: int, lang: str) -> None:
    """Say, before anything runs, how many runs the worlds add; nothing without worlds.

    Parameters
    ----------
    own : int
        Runs in the default world.
    each : int
        Runs per world and seed.
    worlds : sized, optional
        The worlds.
    replicates : int
        Seeds per world.
    lang : {'en', 'zh'}
        Language.
    """
    if worlds is None:
        return
    more = each * len(worlds) * replicates
    words = {"own": count(own), "more": count(more), "total": count(own + more)}
    tell(say("worlds.cost", lang, worlds=len(worlds), seeds=replicates, **words), err=True)


def paired_arguments(options: dict[str, Any]) -> tuple[dict[str, Any], Path | None, str]:
    """Return from the options of `paired`: arguments of the library's function, folder to write to, language."""
    tongue = chosen_language(options["lang"])
    taken = {name: value for name, value in options.items() if name not in ("interval", "worlds_file", "out", "lang")}
    taken["worlds"] = chosen_worlds(options["worlds"], options["worlds_file"])
    taken |= {"metric": options["metric"] or "effectiveness", "interval_method": options["interval"], "lang": tongue}
    return taken, options["out"], tongue
