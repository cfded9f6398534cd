"""Every user-visible label, in English and Chinese, from one catalogue.

The catalogue is the union of the TOML files beside this module: one table per key, with ``en`` and ``zh`` in each.
"""

from __future__ import annotations

import functools
import locale
import os
import tomllib
from collections.abc import Mapping
from importlib import resources

from simulation.text.bilingual import Told, in_language

LANGUAGES = ("en", "zh")


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return all labels: key to language to text. Raises ValueError when a key stands in two files."""
    labels: dict[str, dict[str, str]] = {}
    for part in sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name):
        if not part.name.endswith(".toml"):
            continue
        for key, entry in tomllib.loads(part.read_text(encoding="utf-8")).items():
            if key in labels:
                raise ValueError(f"{part.name}: the label '{key}' stands in another file too")
            labels[key] = entry
    return labels


def say(key: str, lang: str = "en", /, **values: object) -> str:
    """Return the label ``key`` in ``lang`` ('en' or 'zh'), its placeholders filled from ``values``.

    A value that is a `Told` is filled in as ``lang`` has it.
    """
    text = catalogue()[key][lang]
    return text.format(**filled(values, lang)) if values else text


def filled(values: Mapping[str, object], lang: str) -> dict[str, object]:
    """Return values for a label's placeholders, each `Told` as ``lang`` has it."""
    return {name: in_language(value, lang) if isinstance(value, Told) else value for name, value in values.items()}


def language(asked: str | None = None) -> str:
    """Return 'en' or 'zh': the requested language, else ``WUSHI_LANG``, else the locale, else English."""
    for candidate in (asked, os.environ.get("WUSHI_LANG"), locale.getlocale()[0], os.environ.get("LANG")):
        if candidate:
            return "zh" if candidate.lower().startswith(("zh", "chinese")) else "en"
    return "en"
