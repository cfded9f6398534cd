"""A starter folder: a city, a scenario and a hypothesis of the user's own, each with comments."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from simulation.files.errors import InputError, listed, told
from simulation.files.output import fresh_folder
from simulation.text import LANGUAGES

SCENARIO = "scenario.toml"
FILES = ("README.md", "city.csv", SCENARIO, "my-hypothesis.toml")


def make_starter(folder: str | Path, lang: str) -> str:
    """Write the starter files into a new or empty folder, all or none.

    Parameters
    ----------
    folder : path
        Made where it does not exist, with the folders above it.
    lang : {"en", "zh"}
        Language of comments and explanations. In Chinese the places have Chinese names.

    Returns
    -------
    str
        Path of the scenario, as to be given to ``wushi run``.

    Raises
    ------
    InputError
        For a folder that holds something, a file in its place, or a place that cannot be written.
    """
    if lang not in LANGUAGES:
        raise InputError(told("error.unknown_language"), key="--lang", given=lang, allowed=listed(LANGUAGES, "or"))
    target = Path(folder)
    if target.is_dir() and any(target.iterdir()):
        raise InputError(
            told("error.folder_not_empty"),
            file=target,
            key="DIR",
            allowed=told("error.new_folder"),
        )
    if target.exists() and not target.is_dir():
        raise InputError(told("error.file_of_this_name"), file=target, key="DIR", allowed=told("error.new_folder"))
    texts = resources.files(__package__) / "starter_files" / lang
    with fresh_folder(target) as made:
        for name in FILES:
            # A spreadsheet takes a table for UTF-8 only when it begins with a byte order mark.
            mark = b"\xef\xbb\xbf" if name.endswith(".csv") else b""
            (made / name).write_bytes(mark + (texts / name).read_bytes())
    return str(target / SCENARIO)
