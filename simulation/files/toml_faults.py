"""Faults in the syntax of a TOML file, said in every language; the parser itself says them in English only."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

from simulation.files.errors import InputError, Told, told

_PLACE = re.compile(r"(?P<words>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
#: A date of which the parser reads the year and stops: it has one digit for month or day, or a month that there is not.
_YEAR, _REST = re.compile(r"\d{4}$"), re.compile(r"-(\d{1,2})-(\d{1,2})\b")
#: Signs of Chinese keyboards that stand where TOML takes its own.
_WIDE = "“”‘’＝，。：；［］｛｝【】（）＂＇＃　"
#: The parser's words, as far as they go, and the label that says the same.
_WORDS = {
    "Invalid value": "value",
    "Expected '=' after a key": "equals",
    "Expected newline or end of document": "newline",
    "Expected ']'": "bracket",
    "Invalid initial character for a key": "key",
    "Invalid statement": "statement",
    "Illegal character": "character",
    "Found invalid character": "character",
    "Unterminated string": "string",
    "Unescaped": "escape",
    "Invalid hex value": "escape",
    "Unclosed array": "array",
    "Unclosed inline table": "inline",
    "Duplicate inline table key": "twice",
    "Cannot overwrite a value": "twice",
    "Cannot declare": "table_twice",
    "Cannot mutate": "table_twice",
    "Cannot redefine": "table_twice",
    "Cannot add to table": "table_twice",
    "Invalid date or datetime": "date",
}


def not_toml(error: tomllib.TOMLDecodeError, text: str, file: Path) -> InputError:
    """Return the error of a file that is no TOML: what the parser met, where, and the wide sign that is to blame.

    Parameters
    ----------
    error : TOMLDecodeError
        The parser's.
    text : str
        Content of the file.
    file : Path
        The file.
    """
    found = _PLACE.fullmatch(str(error))
    words = found["words"] if found else str(error)
    label = next((label for begin, label in _WORDS.items() if words.startswith(begin)), None)
    lines = text.splitlines()
    number = int(found["line"]) if found and found["line"] else len(lines)
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    said = told(f"error.toml.{label}") if label else Told(words, words)
    if label == "newline" and found is not None and found["column"]:
        said = _of_date(line, int(found["column"]) - 1) or said
    place = _place(found)
    reason = told("error.toml_at", place=place, words=said) if place else said
    wide = [sign for sign in dict.fromkeys(line.partition("#")[0]) if sign in _WIDE]
    return InputError(
        told("error.not_toml", reason=reason),
        file=file,
        given=line.strip() if wide else None,
        allowed=told("error.toml_wide", signs=" ".join(wide)) if wide else None,
    )


def _of_date(line: str, stop: int) -> Told | None:
    """Return what is wrong with a date at which the parser stopped after the year; None where there is none."""
    year, rest = _YEAR.search(line[:stop]), _REST.match(line[stop:])
    if year is None or rest is None:
        return None
    try:
        day = date(int(year[0]), int(rest[1]), int(rest[2]))
    except ValueError:
        return told("error.toml.date")
    return told("error.toml.date_digits", date=day.isoformat())


def _place(found: re.Match[str] | None) -> Told | None:
    if found is None:
        return None
    if found["line"] is None:
        return told("error.toml.end")
    return told("error.toml_place", line=found["line"], column=found["column"])
