"""The form of a target file: the tables ``[calibration]``, ``[parameters]``, ``[settings]`` and ``[targets]``."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

from simulation.evidence.expression import Expression
from simulation.evidence.measuring import FACTS, Setting, metric_names
from simulation.evidence.targets import Calibration, Target, shipped_targets
from simulation.experiments.design.distributions import Choices, Range, parse_distribution
from simulation.experiments.design.factors import RESERVED
from simulation.files.errors import InputError, nearest
from simulation.files.reading import DEEPEST, bounded, read_toml, stands
from simulation.text import LANGUAGES

TABLES = ("title", "include", "calibration", "parameters", "settings", "targets")
_OPTIONS: dict[str, tuple[int, int]] = {
    "seed": (0, 2**53),
    "keep": (4, 100_000),
    "replicates": (1, 10_000),
    "budget": (1, 10_000_000),
    "check_vectors": (2, 10_000),
    "check_replicates": (2, 10_000),
}
_TARGET = ("claim", "setting", "expression", "value", "range", "tolerance", "source")
_SETTING = ("scenario", "ensemble", "values")
_COLUMNS = ("weight", "distance", "generation")
"""What the tables of results call their own columns."""
#: Most settings, and most targets, of a file with those it includes.
MOST = 200
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")


def targets_folder() -> Path:
    """Return the folder of the shipped target files."""
    from simulation.scenario.loading import shipped_folder

    return shipped_folder() / "targets"


def find(given: str | Path, asker: Path | None) -> Path:
    """Return the path of a target file, or of the shipped one of that name."""
    path = Path(given) if asker is None else asker.parent / given
    if path.suffix or stands(path):
        return path
    if str(given) not in shipped_targets():
        raise InputError(
            "there is no such target file",
            file=asker,
            given=str(given),
            allowed="a path that ends in .toml, or one of " + ", ".join(shipped_targets()),
            suggestion=nearest(str(given), shipped_targets()),
        )
    return targets_folder() / f"{given}.toml"


def read(path: Path) -> dict[str, Any]:
    """Return a target file's tables."""
    return read_toml(path, "there is no such target file")


def parse(table: Mapping[str, Any], file: Path | None) -> Calibration:
    """Return the calibration that a target file's tables describe; see ``Calibration.of``."""
    merged, names = _included(bounded(table, file=file), file, (), {})
    options = dict(_table(merged.get("calibration", {}), "calibration", file))
    for key, value in options.items():
        if key not in _OPTIONS:
            raise _unknown(f"calibration.{key}", key, _OPTIONS, file)
        low, high = _OPTIONS[key]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InputError(
                "a whole number", file=file, key=f"calibration.{key}", given=value, allowed=f"{low} to {high}"
            )
    for key in ("settings", "targets"):
        if len(_table(merged.get(key, {}), key, file)) > MOST:
            raise InputError("too many", file=file, key=key, given=len(merged[key]), allowed=f"at most {MOST}")
    settings = {
        name: _setting(name, given, file)
        for name, given in _table(merged.get("settings", {}), "settings", file).items()
    }
    targets = {
        name: _target(name, given, settings, file)
        for name, given in _table(merged.get("targets", {}), "targets", file).items()
    }
    if not targets:
        raise InputError("there is no finding to be met", file=file, key="targets", allowed="a table [targets.NAME]")
    unused = settings.keys() - {target.setting for target in targets.values()}
    if unused:
        raise InputError("no target is measured there", file=file, key=f"settings.{min(unused)}")
    parameters = _parameters(merged.get("parameters"), settings, file)
    for part, given in (("parameters", parameters), ("targets", targets)):
        for taken in sorted({*_COLUMNS, *RESERVED} & given.keys()):
            raise InputError("a column of the results has this name", file=file, key=f"{part}.{taken}", given=taken)
    for both in sorted(parameters.keys() & targets.keys()):
        raise InputError("a parameter and a target share a name", file=file, key=f"targets.{both}", given=both)
    name = names if file is None else file.stem
    return Calibration(
        name, parameters, settings, targets, **options, title=_words(merged.get("title"), "title", file),
        file=None if file is None else str(file),
    )  # fmt: skip


def _included(
    table: Mapping[str, Any], file: Path | None, chain: tuple[Path, ...], done: dict[Path, dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    """Return the file with what it includes laid under it; two files may say the same, not different things.

    ``done`` keeps each included file as it was read once: files that include one another many times over cost no more.
    """
    for key in table:
        if key not in TABLES:
            raise _unknown(key, key, TABLES, file)
    merged: dict[str, Any] = {}
    included = table.get("include", [])
    if not isinstance(included, Sequence) or isinstance(included, str) or len(included) > MOST:
        allowed = f"at most {MOST}"
        raise InputError("a list of target files", file=file, key="include", given=included, allowed=allowed)
    for given in included:
        path = find(str(given), file)
        place = Path(os.path.realpath(path))
        if place in chain or (file is not None and place == Path(os.path.realpath(file))):
            raise InputError("target files that include each other", file=file, key="include", given=given)
        if len(chain) >= DEEPEST:
            raise InputError("nested too deeply", file=file, key="include", allowed=f"at most {DEEPEST} files")
        if place not in done:
            done[place], _ = _included(read(path), path, (*chain, place), done)
        inner = done[place]
        for part in ("parameters", "settings", "targets"):
            _lay(merged.setdefault(part, {}), inner.get(part, {}), part, path)
    own = dict(table)
    for part in ("parameters", "settings", "targets"):
        if isinstance(own.get(part), Mapping):
            # A file that includes others names all that is free, or leaves it to them.
            own[part] = dict(own[part]) if part == "parameters" else {**merged.get(part, {}), **own[part]}
        elif part in merged and part not in own:
            own[part] = merged[part]
    return own, "calibration"


def _lay(under: dict[str, Any], given: Any, part: str, file: Path) -> None:
    if not isinstance(given, Mapping):
        raise InputError("a file that is included lists its parameters", file=file, key=part, given=given)
    for name, value in given.items():
        if name in under and under[name] != value:
            raise InputError("two included files differ in this", file=file, key=f"{part}.{name}")
        under[name] = value


def _setting(name: str, given: Any, file: Path | None) -> Setting:
    where = f"settings.{name}"
    table = _table(given, where, file)
    for key in table:
        if key not in _SETTING:
            raise _unknown(f"{where}.{key}", key, _SETTING, file)
    ensemble = table.get("ensemble")
    if not (ensemble is None or isinstance(ensemble, bool | Mapping)):
        raise InputError("true, or a table of distributions", file=file, key=f"{where}.ensemble", given=ensemble)
    values = _table(table.get("values", {}), f"{where}.values", file)
    draws = ensemble if isinstance(ensemble, Mapping) else {}
    try:
        return Setting(
            name, table.get("scenario", "zhaoqing"), flat(values), flat(draws) if ensemble else None, key=where
        )
    except InputError as error:
        inner = error.key if error.key and error.key.startswith(where) else f"{where}.{error.key or 'scenario'}"
        raise InputError(
            error.problem, file=file, key=inner, given=error.given, allowed=error.allowed, suggestion=error.suggestion
        ) from None


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as dotted keys; a table that is a distribution stays whole."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and not {"low", "high", "values"} & value.keys():
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def _target(name: str, given: Any, settings: Mapping[str, Setting], file: Path | None) -> Target:
    where = f"targets.{name}"
    table = _table(given, where, file)
    for key in table:
        if key not in _TARGET:
            raise _unknown(f"{where}.{key}", key, _TARGET, file)
    if not _NAME.fullmatch(name):
        raise InputError("letters, digits, - and _", file=file, key=where, given=name)
    setting = table.get("setting", "")
    if not isinstance(setting, str) or (settings and setting not in settings):
        raise _unknown(f"{where}.setting", setting, settings, file)
    valid = [*metric_names(), *FACTS] if settings else [name.replace("-", "_")]
    expression = Expression.parse(
        table.get("expression", None if settings else name.replace("-", "_")), valid, file=file,
        key=f"{where}.expression",
    )  # fmt: skip
    low, high = _range(table, where, file)
    tolerance = table.get("tolerance")
    if not _finite(tolerance) or tolerance <= 0:
        raise InputError("a number above 0", file=file, key=f"{where}.tolerance", given=tolerance)
    source = table.get("source", "")
    if not isinstance(source, str) or not source.strip():
        raise InputError("a finding says where it comes from", file=file, key=f"{where}.source", given=source)
    claim = _words(table.get("claim"), f"{where}.claim", file)
    return Target(name, setting, expression, low, high, float(tolerance), source, claim)


def _range(table: Mapping[str, Any], where: str, file: Path | None) -> tuple[float, float]:
    if ("value" in table) == ("range" in table):
        raise InputError(
            "a finding is a value or a range", file=file, key=where, allowed="value = x, or range = [a, b]"
        )
    if "value" in table:
        if not _finite(table["value"]):
            raise InputError("a number", file=file, key=f"{where}.value", given=table["value"])
        return float(table["value"]), float(table["value"])
    ends = table["range"]
    right = isinstance(ends, Sequence) and not isinstance(ends, str) and len(ends) == 2
    if right:
        right = all(isinstance(end, int | float) and not isinstance(end, bool) and end == end for end in ends)
    if not right or not ends[0] <= ends[1] or (math.isinf(ends[0]) and math.isinf(ends[1])):
        raise InputError("two numbers, the lower first; one may be inf", file=file, key=f"{where}.range", given=ends)
    return float(ends[0]), float(ends[1])


def _parameters(given: Any, settings: Mapping[str, Setting], file: Path | None) -> dict[str, Range]:
    if given is None or given == "assumptions":
        from simulation.experiments.design.assumptions import assumed_factors

        found = {one.name: one.drawn for one in assumed_factors() if isinstance(one.drawn, Range)}
        moved = {name: prior for name, prior in found.items() if not settings or _moves(name, settings)}
    else:
        moved = {}
        for name, prior in flat(_table(given, "parameters", file)).items():
            parsed = parse_distribution(prior, file=file, key=f"parameters.{name}")
            if isinstance(parsed, Choices):
                raise InputError("a free parameter is a number with a range", file=file, key=f"parameters.{name}")
            moved[name] = parsed
    for name, parsed in moved.items():
        for setting in settings.values():
            setting.check(name, parsed.ends(), file)
        if settings and not _moves(name, settings):
            raise InputError("every setting fixes or draws this parameter itself", file=file, key=f"parameters.{name}")
    if not moved:
        raise InputError("no parameter is free", file=file, key="parameters")
    return moved


def _moves(name: str, settings: Mapping[str, Setting]) -> bool:
    return any(name not in setting.fixed for setting in settings.values())


def _words(given: Any, key: str, file: Path | None) -> dict[str, str]:
    if given is None:
        return {}
    words = dict.fromkeys(LANGUAGES, given) if isinstance(given, str) else given
    if not isinstance(words, Mapping) or not all(isinstance(words.get(lang), str) for lang in LANGUAGES):
        raise InputError("a text, or one a language", file=file, key=key, given=given, allowed="{ en = …, zh = … }")
    return dict(words)


def _table(given: Any, key: str, file: Path | None) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise InputError("this is no table", file=file, key=key, given=given)
    return given


def _finite(given: Any) -> TypeGuard[float]:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _unknown(key: str, given: Any, valid: Any, file: Path | None) -> InputError:
    return InputError(
        "there is no such entry", file=file, key=key, given=given, allowed=", ".join(valid),
        suggestion=nearest(str(given), valid),
    )  # fmt: skip
