"""Check the built documentation: nothing is fetched from another host, every inner link and anchor leads somewhere.

python docs/making/check_site.py site
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

FOREIGN = re.compile(r"^(?:[a-z]+:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')]+)", re.IGNORECASE)
NOT_FETCHED = {"canonical", "prev", "next", "alternate"}


class Page(HTMLParser):
    """The addresses that a page fetches and links to, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.classes: set[str] = set()
        self.equations = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag refers to."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.classes |= set(given.get("class", "").split())
        self.equations += tag == "math"
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel", "") not in NOT_FETCHED:
            self.fetched.append(given.get("href", ""))
        elif tag not in {"a", "link"}:
            self.fetched += [given[name] for name in ("src", "data", "poster") if name in given]
        self.fetched += IN_STYLE.findall(given.get("style", ""))


def problems(site: Path) -> list[str]:
    """Return everything that is wrong with a built site."""
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    if not pages:
        return [f"{site}: no pages"]
    found = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        found += [f"{name}: fetches {address}" for address in page.fetched if FOREIGN.match(address)]
        if "mermaid" in page.classes:  # the theme would fetch a script for it
            found.append(f"{name}: holds a diagram that needs a script from another host")
        if path.name != "404.html":
            found += [f"{name}: {link} leads nowhere" for link in page.links if not leads(path, link, pages)]
    if not sum(page.equations for page in pages.values()):
        found.append("no equation is typeset")
    for path in site.rglob("*.css"):
        found += [f"{path.name}: fetches {address}" for address in IN_STYLE.findall(path.read_text(encoding="utf-8"))]
    return found


def leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Return whether an inner link has a target; links to other sites are not followed."""
    if FOREIGN.match(link) or link.startswith(("mailto:", "javascript:")):
        return True
    place, _, anchor = unquote(link).partition("#")
    target = (path.parent / place).resolve() if place else path
    target = target / "index.html" if target.is_dir() else target
    if target not in pages:
        return target.exists()
    return not anchor or anchor in pages[target].anchors


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]))
    print("\n".join(wrong) or "nothing is fetched from another host, and every link leads somewhere")
    sys.exit(bool(wrong))
