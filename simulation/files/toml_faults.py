"""Faults in the syntax of a TOML file, said in every language; the parser itself says them in English only."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from simulation.files.errors import InputError, Told, told

_PLACE = re.compile(r"(?P<words>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
#: A date whose month there is not; the parser reads a year and meets something else.
_NO_MONTH = re.compile(r"=\s*\d{4}-(?!(?:0[1-9]|1[0-2])\b)\d{1,2}-\d{1,2}\b")
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
    if label == "newline" and _NO_MONTH.search(line):
        label = "date"
    said = told(f"error.toml.{label}") if label else Told(words, words)
    place = _place(found)
    reason = told("error.toml_at", place=place, words=said) if place else said
    wide = [sign for sign in dict.fromkeys(line.partition("#")[0]) if sign in _WIDE]
    return InputError(
        told("error.not_toml", reason=reason),
        file=file,
        given=line.strip() if wide else None,
        allowed=told("error.toml_wide", signs=" ".join(wide)) if wide else None,
    )


def _place(found: re.Match[str] | None) -> Told | None:
    if found is None:
        return None
    if found["line"] is None:
        return told("error.toml.end")
    return told("error.toml_place", line=found["line"], column=found["column"])
