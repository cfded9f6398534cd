"""Make the lessons' notebooks, English and Chinese, with their outputs, from one source each in notebooks/source/.

A source is Markdown with marks on lines of their own::

    %%% en        English text
    %%% zh        the same in Chinese
    %%% code      a cell, shown and run in both languages
    %%% check     run and not shown: values that the text quotes, and what must hold for the text to be true

Text quotes a number as ``{{ expression }}``, as in an f-string: ``{{ share:.0%}}``. The expression is evaluated where
the text stands, after all cells above it. So a sentence shows what its cells give, and a check that fails stops the
making. ``{{ a if b else c }}`` needs parentheses when a format follows.

Usage: python docs/making/notebooks.py [--check] [LESSON]...
``--check`` writes nothing and says which notebooks are not what their sources make; pictures are not compared, because
their bytes depend on the version of the drawing library.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "notebooks" / "source"
LANGUAGES = ("en", "zh")
MARK = "%%% "
QUOTED = re.compile(r"\{\{(.+?)\}\}(?!\})", re.DOTALL)


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the source's blocks as (kind, text); kind is 'en', 'zh', 'code' or 'check'."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith(MARK):
            found.append((line.removeprefix(MARK).strip(), []))
        else:
            found[-1][1].append(line)
    return [(kind, "\n".join(lines).strip()) for kind, lines in found]


def cells(text: str, lang: str) -> Iterator[tuple[str, str]]:
    """Yield one language's cells as (kind, content); the code is the same in both but for ``LANG``."""
    coded = False
    for kind, content in blocks(text):
        if kind in {"code", "check"} and not coded:
            yield "code", f'LANG = "{lang}"'
            coded = True
        if kind in {"code", "check", lang}:
            yield kind, content


def notebook(text: str, lang: str) -> str:
    """Return one language's executed notebook as JSON text.

    Raises
    ------
    CellExecutionError
        When a cell or a check fails.
    """
    planned = list(cells(text, lang))
    worked = nbformat.v4.new_notebook(cells=[_working(kind, content) for kind, content in planned])
    worked.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = copy.deepcopy(worked)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            worked,
            timeout=600,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # how often a cell's output is flushed depends on how busy the machine is
            resources={"metadata": {"path": folder}},
        ).execute()
    made.cells = [
        cell
        for (kind, content), ran in zip(planned, worked.cells, strict=True)
        if (cell := _shown(kind, content, ran)) is not None
    ]
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    _count(made)
    nbformat.validate(made)
    return nbformat.writes(made) + "\n"


def _working(kind: str, content: str) -> nbformat.NotebookNode:
    """Return the cell that is run in the place of a block: for a text, one that prints the numbers it quotes."""
    if kind in {"code", "check"}:
        return nbformat.v4.new_code_cell(content)
    values = ", ".join(f"f'''{{{expression.strip()}}}'''" for expression in QUOTED.findall(content))
    return nbformat.v4.new_code_cell(f"print(__import__('json').dumps([{values}]))" if values else "")


def _shown(kind: str, content: str, ran: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """Return the cell that the reader sees, or None for a check."""
    if kind == "check":
        return None
    if kind == "code":
        return nbformat.v4.new_code_cell(content, outputs=[_clean(output) for output in ran.outputs])
    values = iter(json.loads(ran.outputs[0]["text"]) if ran.outputs else [])
    return nbformat.v4.new_markdown_cell(QUOTED.sub(lambda _: next(values).replace("%", " %"), content))


def _clean(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    output.pop("execution_count", None)
    if output.output_type == "execute_result":
        output["execution_count"] = None
    return output


def _count(made: nbformat.NotebookNode) -> None:
    """Give the cells the numbers that they have in Jupyter when they are run from top to bottom."""
    coded = [cell for cell in made.cells if cell.cell_type == "code"]
    for number, cell in enumerate(coded, 1):
        cell["execution_count"] = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output["execution_count"] = number


def without_pictures(text: str) -> dict:
    """Return a notebook with each picture's bytes left out, to compare two makings of it."""
    made = json.loads(text)
    for cell in made["cells"]:
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    output["data"][kind] = "picture"
    return made


def lessons(names: list[str]) -> dict[Path, tuple[Path, str]]:
    """Return, for every notebook of the lessons named (all if none is), its source and language."""
    return {
        ROOT / "notebooks" / lang / f"{source.stem}.ipynb": (source, lang)
        for source in sorted(SOURCE.glob("*.md"))
        if not names or any(source.stem.startswith(name) for name in names)
        for lang in LANGUAGES
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("lessons", nargs="*", help="a lesson's number or name; all if left out")
    options = parser.parse_args()
    stale = []
    for path, (source, lang) in lessons(options.lessons).items():
        text = notebook(source.read_text(encoding="utf-8"), lang)
        if options.check:
            if not path.exists() or without_pictures(path.read_text(encoding="utf-8")) != without_pictures(text):
                stale.append(path)
                print(f"{path.relative_to(ROOT)} is not what its source makes")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
