"""A document as a list of blocks, written as Markdown or as one HTML file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from simulation.drawing.pages import address, files_of, render
from simulation.files.escaping import markdown_cell, markdown_line, markdown_words, visible


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a strong one warns."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Items:
    """A list."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """A table; the first column is left-aligned."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Code:
    """A line to type."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A picture file, named without its ending, relative to the document; Markdown shows the one of ``ending``."""

    name: str
    caption: str
    ending: str = "svg"


type Block = Heading | Paragraph | Items | Grid | Code | Picture


def markdown(blocks: Sequence[Block], pictures: bool = True) -> str:
    """Return the document as Markdown; without pictures when it is to stand alone."""
    return "\n".join(_markdown(block) for block in blocks if pictures or not isinstance(block, Picture))


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {markdown_line(text)}\n"
        case Paragraph(text, strong):
            words = markdown_words(text).strip()
            return f"**{words}**\n" if strong and words else f"{markdown_line(text)}\n"
        case Items(lines):
            return "\n".join(f"- {markdown_line(line)}" for line in lines) + "\n"
        case Grid(head, rows):
            ruled = [head, ["---"] * len(head), *rows]
            return "\n".join("| " + " | ".join(markdown_cell(one) for one in row) + " |" for row in ruled) + "\n"
        case Code(text):
            fence = max(re.findall(r"`+", text), key=len, default="") + "```"
            return f"{fence}\n{visible(text)}\n{fence}\n"
        case _:
            return f"![{markdown_words(block.caption)}]({quote(block.name)}.{block.ending})\n"


def page(blocks: Sequence[Block], folder: Path, lang: str) -> str:
    """Return the document as one HTML file, its pictures inside; ``folder`` holds them as SVG and PNG."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    names = [block.name for block in blocks if isinstance(block, Picture)]
    addresses = {name: address(None, files_of(folder / name)) for name in names}
    return render(
        "document.html",
        lang=lang,
        title=title,
        blocks=[(type(block).__name__, block) for block in blocks],
        addresses=addresses,
    )
