"""Hooks of MkDocs for building the site: equations become MathML, so that no page asks another host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

# Code first, so that a dollar sign inside it is left alone.
PARTS = re.compile(
    r"(?P<code>^```.*?^```|^(?: {4}|\t)(?![-*] )[^\n]*|`[^`\n]+`)"
    r"|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<line>[^$\n]+?)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)


RESULTS = "Results"


def _pages(nav: list[Any]) -> set[str]:
    found: set[str] = set()
    for entry in nav:
        for value in entry.values() if isinstance(entry, dict) else [entry]:
            found |= _pages(value) if isinstance(value, list) else {value}
    return found


def on_config(config: Any) -> Any:
    """Put every page that the navigation does not name under one heading, so that none is lost."""
    folder = Path(config["docs_dir"])
    known = _pages(config["nav"])
    others = sorted(str(page.relative_to(folder).as_posix()) for page in folder.rglob("*.md"))
    more = [page for page in others if page not in known]
    for entry in config["nav"]:
        if RESULTS in entry:
            entry[RESULTS] += more
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Take $…$ and $$…$$ out of the text and keep their MathML, so that Markdown does not look into it."""
    kept: list[str] = []

    def typeset(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        source = (found["block"] or found["line"]).strip()
        source = re.sub(r"\\texttt\{[^}]*\}", lambda name: name[0].replace(r"\_", "_"), source)
        source = source.replace(r"\mathrel{+}=", r"\;\text{+=}\;")
        kept.append(convert(source, display="block" if found["block"] else "inline"))
        return f"equation{len(kept) - 1}here"

    text = PARTS.sub(typeset, markdown)
    page.meta["equations"] = kept
    return text


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Put the equations back."""
    kept = page.meta["equations"]
    return re.sub(r"equation(\d+)here", lambda found: kept[int(found[1])], html)
