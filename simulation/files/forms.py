"""The form of a user's file: nested tables as dotted keys, and one message for what a form does not take.

`simulation.files.reading` reads the file. Each kind of file declares its form as pydantic models over `Form`.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from simulation.files.errors import InputError, Told, listed, nearest, quoted, told
from simulation.files.meant_number import LEAST_PERCENTAGE, meant_number
from simulation.files.names import nearest_key

_RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
_NO_TABLE = {"model_type", "model_attributes_type", "dict_type"}
#: Longest list of valid keys that a message shows.
_MOST_SHOWN = 16

#: Before a model with ``en`` and ``zh``: one text stands for both.
BOTH_LANGUAGES = BeforeValidator(lambda given: {"en": given, "zh": given} if isinstance(given, str) else given)
#: What such a model takes, for messages.
TEXT = functools.partial(told, "error.kind.labels")
#: Several texts: a list in a file, any sequence in Python.
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Form(BaseModel):
    """A table of a file: unknown keys are refused, nothing is converted, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def entry(default: Any = ..., *, allowed: str | Callable[[], str], words: Sequence[str] = (), **more: Any) -> Any:
    """Declare a field whose accepted values are said in words.

    Parameters
    ----------
    default : object
        By default the field is required.
    allowed : str or callable
        What is accepted, for messages; called when a message needs it, so that a form can be declared without labels.
    words : sequence of str
        Words among what is accepted, for near misses; by default those of the annotation.
    **more
        As for pydantic's ``Field``.
    """
    extra = {**more.pop("json_schema_extra", {}), "allowed": allowed, "words": list(words)}
    return Field(default, json_schema_extra=extra, **more)


def dotted(
    table: Mapping[str, Any], whole: Callable[[str, Mapping[str, Any]], bool], prefix: str = ""
) -> dict[str, Any]:
    """Return nested tables as dotted keys.

    Parameters
    ----------
    table : mapping
        As a file has it; dotted keys and nested tables may be mixed.
    whole : callable
        Takes a dotted key and the table that stands there, and says whether that table is a value by itself. An empty
        table that is none leaves nothing.
    prefix : str
        Stands before every key.
    """
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and not whole(name, value):
            flat |= dotted(value, whole, f"{name}.")
        else:
            flat[name] = value
    return flat


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted keys as nested tables; no key may be another one's table."""
    found: dict[str, Any] = {}
    for key, value in flat.items():
        *tables, leaf = key.split(".")
        place = found
        for table in tables:
            place = place.setdefault(table, {})
        place[leaf] = value
    return found


def validated[T: BaseModel](
    form: type[T],
    given: Mapping[str, Any],
    *,
    file: str | Path | None = None,
    sources: Mapping[str, Path] | None = None,
    known: Iterable[str] = (),
) -> T:
    """Return what a file says as its form.

    Parameters
    ----------
    form : type
        The pydantic model.
    given : mapping
        Nested tables.
    file : str or Path, optional
        Named in errors.
    sources : mapping, optional
        Dotted key to the file that set it, where several files are laid over one another.
    known : iterable of str
        Keys that would be right beside the form's own, for near misses.

    Raises
    ------
    InputError
        For the finding that says the most: an unknown key, else the first wrong value.
    """
    try:
        return form.model_validate(dict(given))
    except ValidationError as error:
        raise _refusal(form, error, given, file, sources or {}, known) from None


@functools.cache
def names_of(form: type[BaseModel]) -> tuple[str, ...]:
    """Return the dotted names of a form's fields, tables included."""
    found: list[str] = []
    for name, field in form.model_fields.items():
        found.append(name)
        for model in _models(field.annotation):
            found += [f"{name}.{inner}" for inner in names_of(model)]
    return tuple(found)


def numbers_in_words(whole: bool, low: float | None, high: float | None, *, above: bool = False) -> Told:
    """Return an interval in words: "a number above 0, up to 1"; ``above`` leaves ``low`` itself out."""
    noun = told("error.noun.whole" if whole else "error.noun.number")
    ends = {name: f"{end:.12g}" for name, end in (("low", low), ("high", high)) if end is not None}
    if low is None:
        return noun if high is None else told("error.number.to", noun=noun, **ends)
    if high is None:
        return told("error.number.above" if above else "error.number.from", noun=noun, **ends)
    return told("error.number.above_to" if above else "error.number.between", noun=noun, **ends)


def _refusal(
    form: type[BaseModel],
    error: ValidationError,
    given: Mapping[str, Any],
    file: str | Path | None,
    sources: Mapping[str, Path],
    known: Iterable[str],
) -> InputError:
    found = error.errors(include_url=False)
    finding = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    path = _path(finding, given)
    file = file or _source(path, sources)
    cause = finding.get("ctx", {}).get("error")
    if finding["type"] == "extra_forbidden":
        return _unknown(form, path, given, file, known)
    if isinstance(cause, InputError):
        key = ".".join(part for part in (_key(path, given), cause.key) if part)
        return cause.replaced(file=file, key=key or None)
    owner, field = _owner(form, path)
    allowed = _allowed(field, path[len(owner) :])
    if finding["type"] == "missing":
        return InputError(told("error.required"), file=file, key=_key(path, given), allowed=allowed)
    if finding["type"] == "too_long":
        length = finding["ctx"]["actual_length"] or len(finding["input"])
        most = _said(field) or told("error.limit.number", most=finding["ctx"]["max_length"])
        return InputError(told("error.too_many"), file=file, key=_key(path, given), given=length, allowed=most)
    value = finding.get("input")
    if finding["type"] in _NO_TABLE and "allowed" not in _extra(field) and _tables(field):
        return InputError(told("error.must_be_table"), file=file, key=_key(path, given), given=value)
    same = [one for one in found if _path(one, given)[: len(owner)] == owner]
    if len(same) > 1:
        # Several findings about one value: none of them says it all, and the value around them does.
        path = _common([_path(one, given) for one in same])
        value = _at(path, given)
    words = [*_words(field.annotation), *_extra(field).get("words", ())] if field else []
    near = nearest(value, words) if isinstance(value, str) and words else None
    if isinstance(value, str) and near is None and field and (bounds := _bounds(field)):
        near = meant_number(value, bounds.get("le", bounds.get("lt", math.inf)))
    problem = _problem(finding["type"], same)
    if _is_percentage(field, value):
        problem, near = told("error.share"), f"{value / 100:.12g}"
    return InputError(problem, file=file, key=_key(path, given), given=value, allowed=allowed, suggestion=near)


def _problem(kind: str, same: Sequence[Any]) -> Told:
    if kind == "finite_number":
        return told("error.finite_number")
    return told("error.out_of_range" if any(one["type"] in _RANGE for one in same) else "error.cannot_be_used")


def _is_percentage(field: FieldInfo | None, value: Any) -> bool:
    """Return whether a share is given as a percentage: 98 in place of .98."""
    if field is None or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return _bounds(field) in _SHARES and LEAST_PERCENTAGE <= value <= 100


def _unknown(
    form: type[BaseModel],
    path: Sequence[str],
    given: Mapping[str, Any],
    file: str | Path | None,
    known: Iterable[str],
) -> InputError:
    key, table = ".".join(path), "".join(f"{part}." for part in path[:-1])
    inside = _model_at(form, path[:-1])
    beside = list(inside.model_fields) if inside else []
    names = dict.fromkeys([*(f"{table}{name}" for name in beside), *known, *names_of(form)])
    near = nearest_key(key, names, table=isinstance(_at(path, given), Mapping))
    if isinstance(near, str) and table and near.startswith(table):
        near = _key([*path[:-1], *near.removeprefix(table).split(".")], given)
    # Where nothing is near, the list is the only help.
    shown = listed(beside) if len(beside) <= _MOST_SHOWN or near is None else None
    return InputError(told("error.unknown_key"), file=file, key=_key(path, given), allowed=shown, suggestion=near)


def _key(path: Sequence[str], given: Any) -> str:
    """Return a place as a dotted key; entries of a list are counted from 1: ``signals[2].week``."""
    text, place = "", given
    for part in path:
        if isinstance(place, list | tuple):
            text += f"[{int(part) + 1}]"
            place = place[int(part)] if int(part) < len(place) else None
        else:
            text += f".{part}" if text else part
            place = place.get(part) if isinstance(place, Mapping) else None
    return text


def _source(path: Sequence[str], sources: Mapping[str, Path]) -> Path | None:
    """Return the file that set the key, a table around it, or something inside it."""
    for depth in range(len(path), 0, -1):
        source = sources.get(".".join(path[:depth]))
        if source is not None:
            return source
    table = ".".join(path) + "."
    return next((source for name, source in sources.items() if name.startswith(table)), None)


def _path(finding: Any, given: Any) -> list[str]:
    """Return where a finding is, without the names that pydantic gives to the types of a union."""
    place, path = given, []
    for depth, part in enumerate(finding["loc"], 1):
        if _holds(place, part):
            place = place[part]
        elif finding["type"] != "missing" or depth < len(finding["loc"]):
            continue
        path.append(str(part))
    return path


def _common(paths: Sequence[Sequence[str]]) -> list[str]:
    """Return the place that all paths share."""
    levels = itertools.takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False))
    return [parts[0] for parts in levels]


def _holds(place: Any, part: Any) -> bool:
    if isinstance(place, list | tuple):
        return isinstance(part, int) and part < len(place)
    return isinstance(place, Mapping) and part in place


def _at(path: Sequence[str], given: Any) -> Any:
    for part in path:
        given = given[int(part)] if isinstance(given, list | tuple) else given[part]
    return given


def _owner(form: type[BaseModel], path: Sequence[str]) -> tuple[list[str], FieldInfo | None]:
    """Return the innermost field on the path that says in words what it accepts; without one, the innermost."""
    owner: list[str] = []
    found: FieldInfo | None = None
    for depth in range(1, len(path) + 1):
        model = _model_at(form, path[: depth - 1])
        field = model.model_fields.get(path[depth - 1]) if model else None
        if field is not None and ("allowed" in _extra(field) or "allowed" not in _extra(found)):
            owner, found = list(path[:depth]), field
    return owner, found


def _model_at(form: type[BaseModel], path: Sequence[str]) -> type[BaseModel] | None:
    """Return the model of the table at a place of the file, entries of lists and of tables of tables included."""
    annotation: Any = form
    for part in path:
        models = _models(annotation)
        field = models[0].model_fields.get(part) if models else None
        annotation = field.annotation if field else _entries(annotation)
    models = _models(annotation)
    return models[0] if models else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [one for one in _options(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]


def _entries(annotation: Any) -> Any:
    """Return the type of the entries of a list or table; None for anything else."""
    for one in _options(annotation):
        if get_origin(one) in (dict, list, tuple):
            return get_args(one)[1 if get_origin(one) is dict else 0]
    return None


def _options(annotation: Any) -> list[Any]:
    """Return the types of a union, without what stands around them."""
    if isinstance(annotation, TypeAliasType):
        return _options(annotation.__value__)
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [inner for one in get_args(annotation) for inner in _options(one)]
    return [annotation]


def _extra(field: FieldInfo | None) -> dict[str, Any]:
    extra = None if field is None else field.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _tables(field: FieldInfo | None) -> bool:
    if field is None:
        return True
    options = [one for one in _options(field.annotation) if one is not type(None)]
    return all(_models(one) or one is dict or get_origin(one) is dict for one in options)


def _allowed(field: FieldInfo | None, inside: Sequence[str]) -> str | None:
    """Return what a field, or the place inside its list or table, accepts: in its own words, else by its type."""
    if field is None:
        return None
    said = _said(field)
    if said:
        return said
    annotation: Any = field.annotation
    for _ in inside:
        annotation = _entries(annotation)
    bounds = _bounds_within(annotation) if inside else _bounds(field)
    options = _options(annotation)
    if float in options:
        options = [one for one in options if one is not int]
    parts = [text for one in options if (text := _in_words(one, bounds))]
    return listed(dict.fromkeys(parts), "or") if parts else None


def _said(field: FieldInfo | None) -> str | None:
    """Return what a field declares that it accepts, in words; None if it declares nothing."""
    said = _extra(field).get("allowed")
    return said() if callable(said) else said


def _bounds(field: FieldInfo) -> dict[str, float]:
    names = ("ge", "gt", "le", "lt")
    limits = {name: getattr(one, name, None) for one in field.metadata for name in names if hasattr(one, name)}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _bounds_within(annotation: Any) -> dict[str, float]:
    """Return the bounds that stand in the type of an entry of a list or table."""
    given = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return {name: end for one in given if isinstance(one, FieldInfo) for name, end in _bounds(one).items()}


#: Bounds of a share.
_SHARES = ({"ge": 0, "le": 1}, {"gt": 0, "le": 1}, {"ge": 0, "lt": 1}, {"gt": 0, "lt": 1})


def _in_words(annotation: Any, bounds: Mapping[str, float]) -> str:
    origin = get_origin(annotation) or annotation
    if origin is Literal:
        return told("error.one_of", words=quoted(get_args(annotation)))
    if origin in (int, float):
        low = bounds.get("gt", bounds.get("ge"))
        numbers = numbers_in_words(origin is int, low, bounds.get("le"), above="gt" in bounds)
        return told("error.number.below", numbers=numbers, high=f"{bounds['lt']:g}") if "lt" in bounds else numbers
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return told("error.table_with", names=listed(origin.model_fields))
    return told(f"error.kind.{_KINDS[origin]}") if origin in _KINDS else ""


_KINDS: dict[Any, str] = {bool: "flag", str: "text", list: "list", tuple: "list", dict: "table"}


def _words(annotation: Any) -> list[str]:
    literals = [one for one in _options(annotation) if get_origin(one) is Literal]
    return [word for one in literals for word in get_args(one) if isinstance(word, str)]
