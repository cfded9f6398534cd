"""Texts of users are shown and do nothing else: Markdown, tables and terminals, over whatever a text may hold."""

from __future__ import annotations

import html
import io
import re
import unicodedata
from html.parser import HTMLParser

import markdown as python_markdown
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from simulation.drawing.document import Code, Grid, Heading, Items, Paragraph, Picture, markdown
from simulation.drawing.pages import marked
from simulation.drawing.terminal import Screen
from simulation.files.escaping import LAYOUT, begins_formula, cell, markdown_cell, markdown_line, visible
from simulation.files.tables import harmless

#: Pieces that mean something to one of the media; a drawn text is a row of them and of any other signs.
PIECES = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;", "&#60;script&#62;", "<!--", "-->", "</p>",
    "[x](javascript:alert(1))", "![x](http://e/x.png)", "[x]: javascript:1", "[^1]", "<http://e>", "{: onclick=a }",
    "{#id}", "*a*", "**a**", "_a_", "__a__", "a_b", "~~a~~", "~~~", "```", "`", "``", "`a|b`", "|", "\\", "\\\\", "$a$",
    "$$", "# ", "## a", "- ", "+ ", "* ", "1. ", "2) ", "> ", "=", "===", "---", "!!! note", "??? note", "\n", "\n\n",
    "\r\n", "\t", "    ", "a\n    b", ":::", ": ", ":smile:", "--8<-- \"x\"", "/// x", "\x1b[31m", "\x1b]0;t\x07",
    "\x9b", "\0", "\u202e", "\u200b", "\ufeff", "\u2028", "\ud800", "[/]", "[bold]", "[link=file:///etc/passwd]a[/link]",
    "+1", "-1", "@SUM(A1)", "＝1", "'", '"', "{{7*7}}", "{% raw %}", "a", "势能", " ", "10:30:05", "1.5", "-0.3",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=6).map("".join)
#: As the site reads Markdown.
EXTENSIONS = ["tables", "attr_list", "def_list", "footnotes", "admonition", "md_in_html", "fenced_code", "toc"]


class Read(HTMLParser):
    """Collects the elements, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(name, value) for name, value in attrs if name not in ("id", "style")]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read(page: str) -> Read:
    found = Read()
    found.feed(page)
    found.close()
    return found


def readings(text: str) -> list[Read]:
    return [
        read(MarkdownIt("gfm-like", {"linkify": False}).render(text)),
        read(python_markdown.markdown(text, extensions=EXTENSIONS)),
    ]


def told(text: str) -> str:
    """Return the text that a reader should see, without spaces and backticks."""
    return re.sub(r"[\s`]", "", visible(" ".join(text.split())))


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
@example("<script>alert(1)</script>")
@example("a `b` c ` <img src=x>")
def test_markdown_shows_a_line_and_makes_nothing_of_it(text: str) -> None:
    for page in readings(f"before\n\n{markdown_line(text)}\n\nafter\n"):
        assert page.elements <= {"p", "code"}
        assert page.attributes == []
        assert re.sub(r"[\s`]", "", page.text) == f"before{told(text)}after"


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
def test_markdown_shows_a_cell_and_keeps_the_columns_of_the_table(text: str) -> None:
    for page in readings(f"| a | b |\n| --- | --- |\n| {markdown_cell(text)} | end |\n"):
        assert page.elements <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
        assert page.attributes == []
        assert re.sub(r"[\s`]", "", page.text) == f"ab{told(text)}end"


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_a_document_of_nothing_but_hostile_texts_holds_its_own_elements_only(text: str) -> None:
    blocks = [Heading(text), Paragraph(text), Paragraph(text, strong=True), Items([text, text]), Code(text)]
    for page in readings(markdown([*blocks, Grid([text, "b"], [[text, text]]), Picture("T.1", text)])):
        own = {"h2", "p", "strong", "ul", "li", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "img"}
        assert page.elements <= own
        assert {name for name, _ in page.attributes} <= {"src", "alt"}
        assert {value for name, value in page.attributes if name == "src"} <= {"T.1.svg"}


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_a_page_shows_a_text_and_makes_nothing_of_it(text: str) -> None:
    page = read(str(marked(text)))
    assert page.elements <= {"code"}
    assert page.attributes == []
    assert page.text == re.sub("`", "", visible(text, LAYOUT)).replace("\r\n", "\n")


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
def test_a_cell_that_begins_a_formula_behind_signs_that_are_not_seen_gets_an_apostrophe(text: str) -> None:
    written = cell(text)
    assert isinstance(written, str)
    assert written.removeprefix("'") == text.removeprefix("'")
    if not written.startswith("'"):
        seen = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "CZ" and not sign.isspace())
        assert not seen.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("before", ["", "\x00", "\x01", "\u200b", "\ufeff", "\u2060", "\u00ad", " ", "\u3000", "\n"])
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_nothing_that_is_not_seen_hides_a_formula(before: str, formula: str) -> None:
    assert begins_formula(before + formula)
    table = harmless(pd.DataFrame({before + formula: [before + formula, 1.5, None]}))
    assert [str(name)[0] for name in table.columns] == ["'"]
    assert list(table.iloc[:2, 0]) == [f"'{before}{formula}", 1.5]


@pytest.mark.parametrize("text", ["", "a=1", "10", "五势", "'=1", "a-b", " plain"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_a_terminal_shows_a_text_and_obeys_none_of_it(text: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=text)
    table.add_column(text)
    table.add_row(text)
    for shown in (text, table, Text(text)):
        stream = io.StringIO()
        Screen(file=stream, width=4000, markup=False, emoji=False, highlight=False, force_terminal=True).print(shown)
        plain = re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue())  # rich's own styles of title and head
        assert [sign for sign in plain if unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign not in "\n"] == []
        # Of a text that is rich's own already, rich leaves some signs out.
        for line in visible(text, LAYOUT).splitlines() if not isinstance(shown, Text) else ():
            assert re.sub(r"\s", "", line) in re.sub(r"\s", "", plain)


def test_markdown_leaves_ordinary_prose_as_it_is() -> None:
    for text in ("The `plan.kind` of a_city is 3 - 4 (see [1]? no).", "本轮：势能 0.3，区间 (0.1, 0.5)。", "a_b = c"):
        plain = markdown_line(text).replace("\\[", "[").replace("\\]", "]")
        assert plain == text
    assert html.unescape(markdown_line("A & B < C")) == "A & B < C"
