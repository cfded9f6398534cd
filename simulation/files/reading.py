"""Reading a user's TOML file; a file that is too large or too deep is refused before anything walks it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, told
from simulation.files.escaping import CONTROL, visible
from simulation.files.toml_faults import not_toml

#: Largest TOML file that is read, in bytes.
LARGEST_FILE = 1_000_000
#: Deepest nesting of tables and lists.
DEEPEST = 32

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
# The parser takes quadratic time over a dotted key of thousands of parts, so such a file must not reach it.
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DEEPEST}}}")


def read_toml(path: Path, missing: str | None = None) -> dict[str, Any]:
    """Return the tables of a TOML file in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : Path
        The file; larger than `LARGEST_FILE` bytes it is refused unread.
    missing : str, optional
        Message when there is no file; by default that there is none.

    Raises
    ------
    InputError
        No file, too large, no UTF-8, no TOML, nested more than `DEEPEST` deep, a number beyond 64 bits.
    """
    try:
        text = read_text(path, missing)
        if _LONG_KEY.search(text):
            raise InputError(
                told("error.nested_too_deeply"), file=path, allowed=told("error.limit.levels", most=DEEPEST)
            )
        return bounded(tomllib.loads(text), file=path)
    except InputError:
        raise
    except tomllib.TOMLDecodeError as error:
        raise not_toml(error, text, path) from None
    except RecursionError:
        raise InputError(
            told("error.nested_too_deeply"), file=path, allowed=told("error.limit.levels", most=DEEPEST)
        ) from None
    except ValueError as error:
        raise InputError(told("error.not_toml", reason=error), file=path) from None


def read_text(path: Path, missing: str | None = None, most: int = LARGEST_FILE) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path : Path
        The file; a device, a pipe, and a file larger than ``most`` bytes are refused unread.
    missing : str, optional
        Message when there is no file; by default that there is none.
    most : int
        Largest file that is read, in bytes.

    Raises
    ------
    InputError
        No file, too large, no UTF-8.
    """
    try:
        return read_bytes(path, missing, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(told("error.not_utf8"), file=path) from None


def read_bytes(path: Path, missing: str | None = None, most: int = LARGEST_FILE) -> bytes:
    """Return what a file holds; parameters and errors are those of `read_text`, but for the encoding."""
    try:
        if not path.is_file():
            raise InputError(
                told("error.not_a_file") if path.exists() else missing or told("error.there_is_no_such_file"), file=path
            )
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except InputError:
        raise
    except OSError as error:
        raise InputError(told("error.cannot_be_read", reason=error.strerror or error), file=path) from None
    except ValueError:
        raise InputError(told("error.not_a_path"), file=path) from None
    if len(content) > most:
        raise InputError(told("error.too_large_file"), file=path, allowed=told("error.limit.bytes", most=most))
    return content


def read_json(path: Path, most: int = 32 * LARGEST_FILE) -> Any:
    """Return the content of a JSON file; a table is checked as by `bounded`.

    Raises
    ------
    InputError
        No file, larger than ``most`` bytes, no UTF-8, no JSON, nested more than `DEEPEST` deep.
    """
    try:
        found = json.loads(read_text(path, most=most))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(told("error.not_json", reason=error), file=path) from None
    return bounded(found, file=path) if isinstance(found, dict) else found


def toml_value(text: str) -> Any:
    """Return the value that a text means in TOML.

    Raises
    ------
    ValueError
        When the text is no TOML value.
    """
    if len(text.splitlines()) > 1 or _LONG_KEY.search(text):
        raise ValueError("not a value")
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except RecursionError:
        raise ValueError("nested too deeply") from None


def stands(path: Path) -> bool:
    """Return whether there is such a file or folder; a name that the system cannot even ask for is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def bounded(table: Mapping[Any, Any], *, file: str | Path | None = None) -> dict[str, Any]:
    """Return a copy whose nested mappings are dicts, checked for content that would break later readers.

    Raises
    ------
    InputError
        A key that is no text, a text that is no Unicode or holds signs that control what shows it, nesting beyond
        `DEEPEST` (a table that contains itself included), a whole number beyond 64 bits.
    """
    return {key: _bounded(value, key, 1, file) for key, value in _keys(table, "", file)}


def _keys(table: Mapping[Any, Any], place: str, file: str | Path | None) -> list[tuple[str, Any]]:
    for key in table:
        if not isinstance(key, str):
            raise InputError(told("error.key_no_text"), file=file, key=place or None, given=key)
        _text(key, place, file)
    return list(table.items())


def _bounded(value: Any, place: str, depth: int, file: str | Path | None) -> Any:
    if depth > DEEPEST:
        raise InputError(
            told("error.nested_too_deeply"), file=file, key=place, allowed=told("error.limit.levels", most=DEEPEST)
        )
    if isinstance(value, Mapping):
        return {key: _bounded(one, f"{place}.{key}", depth + 1, file) for key, one in _keys(value, place, file)}
    if type(value) in (list, tuple):
        return type(value)(_bounded(one, place, depth + 1, file) for one in value)
    if isinstance(value, str):
        _text(value, place, file)
    elif isinstance(value, int) and value.bit_length() > 64:
        raise InputError(
            told("error.number_beyond_bounds"), file=file, key=place, given=value, allowed=told("error.allowed.bits")
        )
    return value


def _text(text: str, place: str, file: str | Path | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(told("error.not_unicode"), file=file, key=place or None, given=text) from None
    found = CONTROL.search(text)
    if found:
        sign = visible(found.group())
        raise InputError(told("error.control_sign", sign=sign), file=file, key=place or None, given=text)
