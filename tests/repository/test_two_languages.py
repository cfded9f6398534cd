"""The science pages say the same in English and in Chinese, section by section.

Words differ; numbers, code, equations, links, pictures, tables and lists do not. So neither language can drift away
from the other: whoever changes a number in one must change it in the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
#: The pages of the model and of its use in research. Pages that guide a newcomer are written freely in each language.
SCIENCE = {
    "model", "concepts", "experiments", "hypotheses-tutorial", "calibration", "glossary", "howto", "codebook",
    *(f"stages/{stage}" for stage in STAGES),
}  # fmt: skip
MADE = re.compile(r"<!-- made: ([\w:.-]+) -->.*?<!-- end -->", re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?:(?<=\n\n)|\A)((?: {4}[^\n]*\n|\n(?= {4}))+)", re.MULTILINE)
EQUATION = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$(?!\d)", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)")
#: "Stage 3" is 第三势 in Chinese, and its gate is 第三势的闸门.
STAGE = re.compile(r"(?:[Ss]tages?|[Gg]ate) \d(?: (?:to|and) \d)?")
NUMBER = re.compile(r"(?<![A-Za-z\d.])(−? ?)(\d[\d,]*\d(?![\d.])|\.?\d[\d.]*)")


def page(name: str, lang: str) -> str:
    path = DOCS / f"{name}{'.zh' if lang == 'zh' else ''}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def sections(text: str) -> list[tuple[str, str]]:
    """Return level and body of each section, the part before the first heading included."""
    text = FENCED.sub(lambda found: "\n" + re.sub("^", "    ", found[1], flags=re.MULTILINE).rstrip(" ") + "\n", text)
    pieces = HEADING.split(text)
    parts = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    return [("", pieces[0]), *((level, f"{title}\n{body}") for level, title, body in parts)]


def plain(line: str) -> str:
    """Return code without its comment and without the choice of a language, in a command or in Python."""
    return re.sub(r"(^|\s+)#.*$| --lang zh|, lang=\"zh\"|(?<=\()\"zh\"(?=\))", "", line).rstrip()


def equation(source: str) -> str:
    """Return an equation without the words in it, which are translated, and without the sentence's punctuation."""
    bare = re.sub(r"\s+", "", re.sub(r"\\text\{[^}]*\}", r"\\text{}", source)).rstrip(",.")
    return bare.replace(r",\text{}", r"\text{}")


def number(found: re.Match[str]) -> str:
    digits = found[2].replace(",", "").rstrip(".")
    return ("-" if found[1].startswith("−") else "") + ("0" if digits.startswith(".") else "") + digits


def content(body: str) -> dict[str, Counter[str]]:
    """Return what a section holds that no translation changes, each kind counted."""
    kept: dict[str, list[str]] = {"tables from the code": MADE.findall(body)}
    body = MADE.sub("", body)
    kept["lines of code"] = [plain(line) for block in INDENTED.findall(body) for line in block.splitlines()]
    kept["lines of code"] = [line for line in kept["lines of code"] if line]
    body = INDENTED.sub("\n", body)
    kept["code"] = [plain(code) for code in CODE.findall(body)]
    body = CODE.sub(" x ", body)
    kept["equations"] = [equation(one or other) for one, other in EQUATION.findall(body)]
    body = EQUATION.sub(" x ", body)
    kept["links"] = [re.sub(r"\.zh(?=\.md)|-(?:en|zh)(?=\.png)", "", target) for _, target in LINK.findall(body)]
    body = re.sub(r"<[^>]+>", " ", LINK.sub(r"\1", body))
    kept["numbers"] = [number(found) for found in NUMBER.finditer(STAGE.sub("", body))]
    rows = [line for line in body.splitlines() if line.startswith("|")]
    kept["tables"] = [str(line.count("|")) for line in rows]
    kept["items of lists"] = [line.lstrip()[0] for line in body.splitlines() if re.match(r"\s*(?:- |\d+\. )", line)]
    return {kind: Counter(map(str, found)) for kind, found in kept.items()}


def differences(english: str, chinese: str) -> list[str]:
    """Return what one language has and the other has not, named by section."""
    ours, theirs = sections(english), sections(chinese)
    if [level for level, _ in ours] != [level for level, _ in theirs]:
        return ["the headings differ in number or level"]
    found = []
    for (_, one), (_, other) in zip(ours, theirs, strict=True):
        title = one.splitlines()[0] if one.strip() else "(top)"
        left, right = content(one), content(other)
        for kind in left:
            more, less = left[kind] - right[kind], right[kind] - left[kind]
            if more or less:
                found.append(f"{title}: {kind}: only English {dict(more)}, only Chinese {dict(less)}")
    return found


@pytest.mark.parametrize("name", sorted(SCIENCE))
def test_a_science_page_stands_in_chinese(name):
    assert page(name, "zh").startswith("# ")


@pytest.mark.parametrize("name", sorted(SCIENCE))
def test_both_languages_hold_the_same_numbers_code_equations_and_links(name):
    assert differences(page(name, "en"), page(name, "zh")) == []


ENGLISH = """# A page

It rose by .14 (± .02) in 2020, see [there](model.md#the-ledger) and `agenda.span`: $a + \\text{so}$.

    wushi run zhaoqing   # runs it

## Part

- one of 7,280
"""
CHINESE = """# 某页

2020 年上升 0.14（± 0.02），见[该处](model.zh.md#the-ledger)与 `agenda.span`：$a + \\text{如此}$。

    wushi run zhaoqing --lang zh   # 运行

## 部分

- 7280 之一
"""


def test_a_true_translation_is_accepted():
    assert differences(ENGLISH, CHINESE) == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("0.14", "0.15", "numbers"),
        ("（± 0.02）", "", "numbers"),
        ("7280", "728", "numbers"),
        ("0.14", "−0.14", "numbers"),
        ("`agenda.span`", "注意力幅度", "code"),
        ("$a +", "$b +", "equations"),
        ("#the-ledger", "", "links"),
        ("run zhaoqing", "run classroom", "lines of code"),
        ("- 7280", "7280", "items of lists"),
        ("## 部分", "### 部分", "headings"),
    ],
)
def test_a_translation_that_drifts_is_noticed(old, new, kind):
    assert old in CHINESE
    assert any(kind in line for line in differences(ENGLISH, CHINESE.replace(old, new)))


# --- the Chinese itself ---


def chinese_prose(name: str) -> str:
    text = FENCED.sub("", MADE.sub("", page(name, "zh")))
    return LINK.sub(r"\1", EQUATION.sub("x", CODE.sub("x", INDENTED.sub("\n", text))))


@pytest.mark.parametrize("name", sorted(SCIENCE))
def test_a_chinese_page_is_punctuated_in_chinese(name):
    def chinese(sign: str) -> bool:
        return "CJK" in unicodedata.name(sign, "")

    prose = chinese_prose(name)
    wrong = [
        prose[max(0, at - 8) : at + 8]
        for at, sign in enumerate(prose[1:-1], 1)
        if sign in ",;:?!()" and (chinese(prose[at - 1]) or chinese(prose[at + 1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(SCIENCE))
def test_emphasis_on_a_chinese_page_ends_where_every_reader_of_markdown_sees_it(name):
    # CommonMark takes asterisks between a punctuation mark and a letter for text: a space must follow them.
    prose = chinese_prose(name)
    wrong = [
        found[0]
        for found in re.finditer(r"(?<!\*)(\*{1,2})(?!\*)([^*\n]+)\1(?!\*)", prose)
        if found[2] != found[2].strip()
        or (found[2][-1] in "，。；：？！）”》" and re.match(r"[^\W_]", prose[found.end() : found.end() + 1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(SCIENCE))
def test_a_chinese_page_leaves_no_english_sentence(name):
    # Names of people, journals and products stay; five English words in a row that are no name do not.
    rows = [line for line in chinese_prose(name).splitlines() if not line.startswith(("参考文献", "（One must"))]
    assert re.findall(r"\b[a-z]+(?: [a-z]+){4,}\b", "\n".join(rows)) == []
