"""Make the English and the Chinese notebook of each lesson from one source, so that they cannot drift apart.

Usage: python docs/making/notebooks.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "notebooks" / "source"
LANGUAGES = ("en", "zh")
MARK = "%%% "


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the source's blocks as (kind, text); kind is 'en', 'zh' or 'code'."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith(MARK):
            found.append((line.removeprefix(MARK).strip(), []))
        else:
            found[-1][1].append(line)
    return [(kind, "\n".join(lines).strip()) for kind, lines in found]


def notebook(text: str, lang: str) -> str:
    """Return one language's notebook as JSON text; the code is the same in both but for ``LANG``."""
    cells, coded = [], False
    for kind, content in blocks(text):
        if kind == "code":
            if not coded:
                cells.append(nbformat.v4.new_code_cell(f'LANG = "{lang}"'))
            coded = True
            cells.append(nbformat.v4.new_code_cell(content))
        elif kind == lang:
            cells.append(nbformat.v4.new_markdown_cell(content))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.validate(made)
    return nbformat.writes(made) + "\n"


def wanted() -> dict[Path, str]:
    """Return every notebook's path and content."""
    return {
        ROOT / "notebooks" / lang / f"{source.stem}.ipynb": notebook(source.read_text(encoding="utf-8"), lang)
        for source in sorted(SOURCE.glob("*.md"))
        for lang in LANGUAGES
    }


def main() -> int:
    stale = [path for path, text in wanted().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what its source makes")
        return 1 if stale else 0
    for path, text in wanted().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
