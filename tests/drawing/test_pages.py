"""Pages and documents: one layout for every report, every text escaped, pictures inside, Markdown and HTML alike."""

from __future__ import annotations

import base64

from simulation.drawing.document import Code, Grid, Heading, Items, Paragraph, Picture, markdown, page
from simulation.drawing.pages import marked

NASTY = "</script><b>{{ 7 * 7 }} | `x<y`"
BLOCKS = [
    Heading(NASTY, 1),
    Paragraph(NASTY, strong=True),
    Items([NASTY]),
    Grid(["id", NASTY], [["1", NASTY], ["2", "two\nlines"]]),
    Code("wushi <x>"),
    Picture("drawn", NASTY),
]


def test_a_document_escapes_every_text_and_shows_code_as_code(tmp_path):
    for ending in ("svg", "png"):
        (tmp_path / f"drawn.{ending}").write_bytes(ending.encode())
    made = page(BLOCKS, tmp_path, "zh")
    assert "<b>" not in made
    assert "</script>" not in made
    assert "{{ 7 * 7 }}" in made
    assert made.count("<code>x&lt;y</code>") == 5, "heading, paragraph, list, head and cell"
    assert '<html lang="zh-Hans">' in made
    assert f"data:image/svg+xml;base64,{base64.b64encode(b'svg').decode()}" in made
    assert "<code>wushi &lt;x&gt;</code>" in made


def test_a_document_is_markdown_too_and_may_leave_its_pictures_out():
    text = markdown(BLOCKS)
    assert "| 1 | &lt;/script&gt;&lt;b&gt;\\{\\{ 7 \\* 7 \\}\\} \\| `x<y` |" in text
    assert "</script>" not in text
    assert "| 2 | two lines |" in text
    assert "```\nwushi <x>\n```\n" in text
    assert "(drawn.svg)" in text
    assert markdown(BLOCKS, pictures=False) == text[: text.index("![")].rstrip("\n") + "\n"


def test_what_is_between_backticks_is_code_and_escaped():
    assert str(marked("a `b<c` d<e")) == "a <code>b&lt;c</code> d&lt;e"
    assert str(marked(7)) == "7"
