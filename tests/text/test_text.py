"""The catalogue of labels: both languages, equal placeholders, and every label that the program uses."""

from __future__ import annotations

import ast
import locale
import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulation
from simulation import text
from simulation.ledger.accounts import FLOWS
from simulation.metrics import METRICS
from simulation.scenario.windows import STAGES
from simulation.text import LANGUAGES, catalogue, say

PACKAGE = Path(simulation.__file__).parent


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_label_is_given_in_both_languages(lang):
    assert {key for key, entry in catalogue().items() if not str(entry.get(lang, "")).strip()} == set()


def test_labels_have_no_language_but_these():
    assert {key for key, entry in catalogue().items() if set(entry) != set(LANGUAGES)} == set()


def test_placeholders_agree_between_languages():
    differing = {key for key, entry in catalogue().items() if placeholders(entry["en"]) != placeholders(entry["zh"])}
    assert differing == set()


def test_placeholders_are_named():
    numbered = {key for key, entry in catalogue().items() if any(not name for name in placeholders(entry["en"]))}
    assert numbered == set()


@pytest.mark.parametrize("prefix", ["figure.", "report.", "metric.", "account.", "stage.", "mode."])
def test_chinese_labels_are_chinese(prefix):
    def chinese(text: str) -> bool:
        return any("CJK" in unicodedata.name(sign, "") for sign in text)

    entries = {key: entry["zh"] for key, entry in catalogue().items() if key.startswith(prefix)}
    assert entries
    # A list's comma, and two texts side by side, are labels of signs alone.
    assert {key for key, text in entries.items() if not chinese(text)} <= {"report.comma", "figure.interrupted.never"}


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_metric_has_a_label_and_a_meaning(name, lang):
    assert say(f"metric.{name}", lang) != say(f"metric.{name}.meaning", lang)


def test_every_account_stage_and_mode_has_a_label():
    from simulation.scenario.modes import MODES

    accounts = {f"account.{flow.account}" for flow in FLOWS if flow.kind != "passed"}
    wanted = accounts | {f"stage.{stage}" for stage in STAGES} | {f"mode.{mode}" for mode in MODES}
    assert wanted - catalogue().keys() == set()


def test_no_label_of_a_metric_or_account_is_left_over():
    metrics = {f"metric.{name}{end}" for name in METRICS for end in ("", ".meaning")}
    accounts = {f"account.{flow.account}" for flow in FLOWS}
    labelled = {key for key in catalogue() if key.startswith(("metric.", "account."))}
    assert labelled - metrics - accounts == set()


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and pattern of the key of every call of `say` whose key is written at the call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
            for key in branches(node.args[0]):
                if isinstance(key, ast.Constant):
                    yield node.lineno, re.escape(str(key.value))
                elif isinstance(key, ast.JoinedStr):
                    parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in key.values]
                    yield node.lineno, "".join(parts)


def branches(key: ast.expr) -> Iterator[ast.expr]:
    if isinstance(key, ast.IfExp):
        yield from branches(key.body)
        yield from branches(key.orelse)
    else:
        yield key


def test_everything_that_is_said_stands_in_the_catalogue():
    keys = "\n".join(catalogue())
    missing = [
        f"{path.relative_to(PACKAGE)}:{line} says {pattern}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, pattern in said(ast.parse(path.read_text(encoding="utf-8")))
        if not re.search(f"^{pattern}$", keys, re.MULTILINE)
    ]
    assert missing == []


def test_a_key_that_is_nowhere_is_found():
    tree = ast.parse('say("a.b" if x else "c.d", lang)\nsay(f"e.{name}", lang)')
    assert [pattern for _, pattern in said(tree)] == [r"a\.b", r"c\.d", r"e\..+"]


def test_the_report_says_only_what_the_catalogue_has():
    words = (PACKAGE / "report" / "words.py").read_text(encoding="utf-8")
    page = (PACKAGE / "report" / "run.html").read_text(encoding="utf-8")
    keys = {*re.findall(r'_say\("([^"{]+)"', words), *re.findall(r"\bt\([\"']([^\"'{]+)[\"']\s*[,)]", page)}
    assert len(keys) > 30
    assert {key for key in keys if f"report.{key}" not in catalogue()} == set()


def used(prefix: str) -> set[str]:
    """Return the catalogue's keys with a prefix that the package's own files mention, spelt out or by pattern."""
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".html"}]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    return {key for key in catalogue() if key.startswith(prefix) and (f'"{key}"' in text or f"'{key}'" in text)}


def test_every_label_of_a_figure_is_used():
    # Keys made from a place's or a series' name are spelt out here, since no file spells them.
    made = {
        "figure.surface.city",
        "figure.surface.county",
        "figure.effect_map.title.by_city",
        "figure.modes.title.by_city",
        *(f"figure.interrupted.{which}" for which in ("with", "without", "both", "too_many", "other_past")),
    }
    assert {key for key in catalogue() if key.startswith("figure.")} - used("figure.") - made == set()


def test_a_label_in_two_files_of_the_catalogue_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text('["one.key"]\nen = "one"\nzh = "一"\n', encoding="utf-8")
    monkeypatch.setattr(text.resources, "files", lambda _: tmp_path)
    assert text.catalogue.__wrapped__() == {"one.key": {"en": "one", "zh": "一"}}
    (tmp_path / "b.toml").write_text('["one.key"]\nen = "two"\nzh = "二"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.toml: the label 'one\.key'"):
        text.catalogue.__wrapped__()


def test_where_nothing_says_which_language_it_is_english(monkeypatch):
    for name in ("WUSHI_LANG", "LANG", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C")
        assert text.language() == "en"
        assert text.language("zh_CN") == "zh"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
