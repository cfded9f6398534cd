"""Hooks of MkDocs for building the site.

Equations become MathML, so that no page asks another host. Every page gets a place in the navigation. A page without a
Chinese version says so among the Chinese ones. Links from one language to the other are relative, so that they work
from a folder. Each language has a search index of its own.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import jieba
from latex2mathml.converter import convert
from mkdocs.plugins import event_priority

# Code first, so that a dollar sign inside it is left alone.
PARTS = re.compile(
    r"(?P<code>^```.*?^```|^(?: {4}|\t)(?![-*] )[^\n]*|`[^`\n]+`)"
    r"|\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<line>[^$\n]+?)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)
jieba.setLogLevel(logging.ERROR)  # or every build tells how long its dictionary took to load
RESULTS = "Results"
LONG = 40
OTHER = "zh"
#: Where the theme's search cuts a Chinese query into words of its index, it never looks at the last character.
CUT = re.compile(r"for\(let (\w)=(\w)\+1;\1<(?==?(\w)\.length;\1\+\+\)\3\.slice\(\2,\1\)in)(?!=)")
SEARCH = '<div class="md-search" data-md-component="search" role="dialog"'
NOT_YET = "!!! note\n\n    本页尚无中文版，以下为英文原文。\n\n"
BASE = re.compile(r'(<script id="__config" type="application/json">[^<]*?"base": ")([^"]+)"')


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
    more = [page for page in others if page not in known and not page.endswith(f".{OTHER}.md")]
    for entry in config["nav"]:
        if RESULTS in entry:
            entry[RESULTS] += more
    return config


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Take $…$ and $$…$$ out of the text and keep their MathML, so that Markdown does not look into it."""
    kept: list[str] = []

    def typeset(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        source = (found["block"] or found["line"]).strip()
        source = re.sub(r"\\texttt\{[^}]*\}", lambda name: name[0].replace(r"\_", "_"), source)
        source = source.replace(r"\mathrel{+}=", r"\;\text{+=}\;")
        equation = convert(source, display="block" if found["block"] else "inline")
        if found["block"]:  # what scrolls must be reached by keys
            equation = equation.replace("<math ", '<math tabindex="0" ', 1)
        if not found["block"] and len(source) > LONG:  # wider than a phone: it scrolls by itself
            equation = f'<span class="long-equation" tabindex="0">{equation}</span>'
        kept.append(equation)
        return f"equation{len(kept) - 1}here"

    text = PARTS.sub(typeset, markdown)
    page.meta["equations"] = kept
    if page.url.startswith(f"{OTHER}/") and page.file.locale != OTHER:
        return _below_the_title(text)
    return text


def _below_the_title(text: str) -> str:
    """Put the note that a page has no Chinese version below its first heading."""
    return re.sub(r"\A(.*?^# [^\n]*\n)", lambda found: f"{found[1]}\n{NOT_YET}", text, count=1, flags=re.DOTALL | re.M)


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Put the equations back."""
    kept = page.meta["equations"]
    return re.sub(r"equation(\d+)here", lambda found: kept[int(found[1])], html)


@event_priority(-100)
def on_page_context(context: Any, page: Any, config: Any, **_: Any) -> Any:
    """Make the links of the language switch relative; the plugin writes them from the root of a server."""
    for alternate in config["extra"]["alternate"]:
        alternate["link"] = alternate["link"].lstrip("/")
    return context


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Name the search, and let the theme look for a Chinese page's index in the folder of the Chinese pages."""
    chinese = page.url.startswith(f"{OTHER}/")
    output = output.replace(SEARCH, f'{SEARCH} aria-label="{"搜索" if chinese else "Search"}"', 1)
    if not chinese:
        return output
    return BASE.sub(lambda found: f'{found[1]}{found[2].removesuffix("..").rstrip("/") or "."}"', output)


@event_priority(-200)
def on_post_build(config: Any, **_: Any) -> None:
    """Give each language a search index of its own, as data and as a script for pages opened from a folder."""
    site = Path(config["site_dir"])
    for worker in site.glob("assets/javascripts/workers/search.*.js"):
        worker.write_text(CUT.sub(r"\g<0>=", worker.read_text(encoding="utf-8")), encoding="utf-8")
    whole = site / "search" / "search_index.json"
    index = json.loads(whole.read_text(encoding="utf-8"))
    ours = [entry for entry in index["docs"] if entry["location"].startswith(f"{OTHER}/")]
    theirs = [entry for entry in index["docs"] if not entry["location"].startswith(f"{OTHER}/")]
    for folder, entries in ((site, theirs), (site / OTHER, ours)):
        docs = [{**entry, "location": entry["location"].removeprefix(f"{OTHER}/")} for entry in entries]
        text = json.dumps({**index, "docs": docs}, ensure_ascii=False, separators=(",", ":"))
        (folder / "search").mkdir(parents=True, exist_ok=True)
        (folder / "search" / "search_index.json").write_text(text, encoding="utf-8")
        (folder / "search" / "search_index.js").write_text(f"var __index = {text}", encoding="utf-8")
