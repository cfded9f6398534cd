"""A document as a list of blocks, written as Markdown or as one HTML file."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


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
class Picture:
    """A picture file, named without its ending, relative to the document."""

    name: str
    caption: str


type Block = Heading | Paragraph | Items | Grid | Picture


def markdown(blocks: Sequence[Block], pictures: bool = True) -> str:
    """Return the document as Markdown; without pictures when it is to stand alone."""
    return "\n".join(_markdown(block) for block in blocks if pictures or not isinstance(block, Picture))


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {text}\n"
        case Paragraph(text, strong):
            return f"**{text}**\n" if strong else f"{text}\n"
        case Items(lines):
            return "\n".join(f"- {line}" for line in lines) + "\n"
        case Grid(head, rows):
            table = [head, ["---", *["---"] * (len(head) - 1)], *rows]
            return "\n".join("| " + " | ".join(_cell(one) for one in row) + " |" for row in table) + "\n"
        case _:
            return f"![{block.caption}]({block.name}.svg)\n"


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


_STYLE = """body{font:16px/1.55 system-ui,"Noto Sans CJK SC",sans-serif;color:#222}
body{max-width:62rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;font-size:.9rem;display:block;overflow-x:auto}
th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}
th{border-bottom:2px solid #444}img{max-width:100%}.strong{background:#fff3cd;padding:.6rem .8rem;font-weight:600}"""


def page(blocks: Sequence[Block], folder: Path, lang: str) -> str:
    """Return the document as one HTML file, its pictures inside; ``folder`` holds them as PNG."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body = "\n".join(_html(block, folder) for block in blocks)
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
    language = "zh-CN" if lang == "zh" else "en"
    return f'<!doctype html>\n<html lang="{language}"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _html(block: Block, folder: Path) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_inline(text)}</h{level}>"
        case Paragraph(text, strong):
            mark = ' class="strong"' if strong else ""
            return f"<p{mark}>{_inline(text)}</p>"
        case Items(lines):
            return "<ul>" + "".join(f"<li>{_inline(line)}</li>" for line in lines) + "</ul>"
        case Grid(head, rows):
            top = "".join(f"<th>{_inline(one)}</th>" for one in head)
            body = "".join("<tr>" + "".join(f"<td>{_inline(one)}</td>" for one in row) + "</tr>" for row in rows)
            return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
        case _:
            data = base64.b64encode((folder / f"{block.name}.png").read_bytes()).decode()
            return f'<img alt="{html.escape(block.caption)}" src="data:image/png;base64,{data}">'


def _inline(text: str) -> str:
    """Escape a text and show `code` as code."""
    pieces = html.escape(str(text)).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))
