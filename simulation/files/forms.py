"""The form of a user's file: nested tables as dotted keys, and one message for what a form does not take.

`simulation.files.reading` reads the file. Each kind of file declares its form as pydantic models over `Form`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from simulation.files.errors import InputError, nearest

_RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
_NO_TABLE = {"model_type", "model_attributes_type", "dict_type"}
#: Longest list of valid keys that a message shows.
_MOST_SHOWN = 16

#: Before a model with ``en`` and ``zh``: one text stands for both.
BOTH_LANGUAGES = BeforeValidator(lambda given: {"en": given, "zh": given} if isinstance(given, str) else given)
#: What such a model takes, for messages.
TEXT = "a text, or a table with en and zh"
#: Several texts: a list in a file, any sequence in Python.
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Form(BaseModel):
    """A table of a file: unknown keys are refused, nothing is converted, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def entry(default: Any = ..., *, allowed: str, words: Sequence[str] = (), **more: Any) -> Any:
    """Declare a field whose accepted values are said in words.

    Parameters
    ----------
    default : object
        By default the field is required.
    allowed : str
        What is accepted, for messages.
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


#: Keys of the first edition, and what says the same today.
RENAMED = {"transmission.fragment": "departments.conflict", "plan.domains": "agenda.domains"}


def nearest_key(key: str, names: Iterable[str]) -> str | None:
    """Return the valid dotted key nearest to ``key``: a renamed one, in the same table, then by its last part."""
    names = list(names)
    if RENAMED.get(key) in names:
        return RENAMED[key]
    table, _, leaf = key.rpartition(".")
    siblings = {name.rpartition(".")[2]: name for name in names if name.rpartition(".")[0] == table}
    close = nearest(leaf, siblings)
    if close:
        return siblings[close]
    same_leaf = [name for name in names if name.rpartition(".")[2] == leaf]
    return same_leaf[0] if len(same_leaf) == 1 else nearest(key, names)


def numbers_in_words(noun: str, low: float | None, high: float | None, *, above: bool = False) -> str:
    """Return an interval in words: "a number above 0 to 1"; ``above`` leaves ``low`` itself out."""
    text = noun
    if low is not None:
        text += f" {'above' if above else 'from'} {low:.12g}"
    return text if high is None else f"{text} to {high:.12g}"


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
        return _unknown(form, path, file, known)
    if isinstance(cause, InputError):
        key = ".".join([*path, *([cause.key] if cause.key else [])])
        return cause.replaced(file=file, key=key or None)
    owner, field = _owner(form, path)
    allowed = _allowed(field, path[len(owner) :])
    if finding["type"] == "missing":
        return InputError("required", file=file, key=".".join(path), allowed=allowed)
    if finding["type"] == "too_long":
        length = finding["ctx"]["actual_length"] or len(finding["input"])
        most = _extra(field).get("allowed") or f"at most {finding['ctx']['max_length']}"
        return InputError("too many", file=file, key=".".join(path), given=length, allowed=most)
    value = finding.get("input")
    if finding["type"] in _NO_TABLE and "allowed" not in _extra(field) and _tables(field):
        return InputError("must be a table", file=file, key=".".join(path), given=value)
    same = [one for one in found if _path(one, given)[: len(owner)] == owner]
    if len(same) > 1:
        # Several findings about one value: none of them says it all, and the value around them does.
        path = _common([_path(one, given) for one in same])
        value = _at(path, given)
    words = [*_words(field.annotation), *_extra(field).get("words", ())] if field else []
    near = nearest(value, words) if isinstance(value, str) and words else None
    return InputError(
        _problem(finding["type"], same), file=file, key=".".join(path), given=value, allowed=allowed, suggestion=near
    )


def _problem(kind: str, same: Sequence[Any]) -> str:
    if kind == "finite_number":
        return "must be a finite number"
    return "out of range" if any(one["type"] in _RANGE for one in same) else "cannot be used"


def _unknown(form: type[BaseModel], path: Sequence[str], file: str | Path | None, known: Iterable[str]) -> InputError:
    key, table = ".".join(path), "".join(f"{part}." for part in path[:-1])
    inside = _model_at(form, path[:-1])
    beside = list(inside.model_fields) if inside else []
    names = dict.fromkeys([*(f"{table}{name}" for name in beside), *known, *names_of(form)])
    shown = ", ".join(beside) if len(beside) <= _MOST_SHOWN else None
    return InputError("unknown key", file=file, key=key, allowed=shown, suggestion=nearest_key(key, names))


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
    said = _extra(field).get("allowed")
    if said:
        return str(said)
    annotation: Any = field.annotation
    for _ in inside:
        annotation = _entries(annotation)
    names = ("ge", "gt", "le", "lt")
    limits = {name: getattr(one, name, None) for one in field.metadata for name in names if hasattr(one, name)}
    bounds = {} if inside else {name: limit for name, limit in limits.items() if limit is not None}
    options = _options(annotation)
    if float in options:
        options = [one for one in options if one is not int]
    parts = [text for one in options if (text := _in_words(one, bounds))]
    return " or ".join(dict.fromkeys(parts)) or None


def _in_words(annotation: Any, bounds: Mapping[str, float]) -> str:
    origin = get_origin(annotation) or annotation
    if origin is Literal:
        return "one of " + ", ".join(f"'{word}'" for word in get_args(annotation))
    if origin in (int, float):
        noun = "a whole number" if origin is int else "a number"
        text = numbers_in_words(noun, bounds.get("gt", bounds.get("ge")), bounds.get("le"), above="gt" in bounds)
        return text + (f" and below {bounds['lt']:g}" if "lt" in bounds else "")
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return "a table with " + ", ".join(origin.model_fields)
    return _KINDS.get(origin, "")


_KINDS: dict[Any, str] = {bool: "true or false", str: "a text", list: "a list", tuple: "a list", dict: "a table"}


def _words(annotation: Any) -> list[str]:
    literals = [one for one in _options(annotation) if get_origin(one) is Literal]
    return [word for one in literals for word in get_args(one) if isinstance(word, str)]
