"""Hooks of MkDocs that show the lessons' notebooks, with their outputs, as pages of the site, and offer the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "notebooks" / "source").glob("*.md"))
OVERVIEW = "lessons.md"
OPEN = {
    "en": "[Download the notebook]({address}), or open it with `make lessons`: [how](../lessons.md).",
    "zh": "[下载笔记本]({address})，或用 `make lessons WUSHI_LANG=zh` 打开：[方法](../lessons.md)。",
}


def on_config(config: Any) -> Any:
    """Put the lessons into the navigation, below their overview."""
    for entry in config["nav"]:
        for pages in entry.values() if isinstance(entry, dict) else ():
            if isinstance(pages, list) and OVERVIEW in pages and f"lessons/{NAMES[0]}.md" not in pages:
                place = pages.index(OVERVIEW) + 1
                pages[place:place] = [f"lessons/{name}.md" for name in NAMES]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add a page for each lesson and language, and the notebooks themselves."""
    for name in NAMES:
        for lang, ending in (("en", ".md"), ("zh", ".zh.md")):
            files.append(File(f"lessons/{name}{ending}", config["docs_dir"], config["site_dir"], False))
            files.append(File(f"notebooks/{lang}/{name}.ipynb", str(ROOT), config["site_dir"], False))
    return files


def on_page_read_source(page: Any, config: Any) -> str | None:
    """Return the text of a lesson's page."""
    folder, _, name = page.file.src_uri.rpartition("/")
    if folder != "lessons":
        return None
    lang = "zh" if name.endswith(".zh.md") else "en"
    stem = name.removesuffix(".md").removesuffix(".zh")
    book = json.loads((ROOT / "notebooks" / lang / f"{stem}.ipynb").read_text(encoding="utf-8"))
    return "\n\n".join(parts(book, OPEN[lang].format(address=f"../notebooks/{lang}/{stem}.ipynb")))


def parts(book: dict[str, Any], how_to_open: str) -> Iterator[str]:
    """Yield a notebook's cells as Markdown; the line that says how to open it stands below the title."""
    first, *others = book["cells"]
    title, _, rest = "".join(first["source"]).partition("\n")
    yield f"{title}\n\n{how_to_open}\n{rest}"
    for cell in others:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield source.replace("<details>", '<details markdown="1">')
            continue
        yield f"```python\n{source}\n```"
        for output in cell["outputs"]:
            yield from shown(output, title.lstrip("# "))


def shown(output: dict[str, Any], title: str) -> Iterator[str]:
    """Yield an output of a cell as Markdown: its picture, or else its plain text."""
    data = output.get("data", {})
    if "image/png" in data:
        yield f"![{title}](data:image/png;base64,{''.join(data['image/png']).strip()})"
    elif text := "".join(output.get("text", data.get("text/plain", []))).rstrip():
        yield f"```text\n{text}\n```"
