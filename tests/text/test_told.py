"""Errors in the reader's language: no message is written in English alone, and each is said wholly in Chinese."""

from __future__ import annotations

import ast
import pickle
import re
import string
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

import simulation
from simulation.files.errors import InputError
from simulation.text import LANGUAGES, catalogue, say
from simulation.text.told import Told, in_language, listed, quoted, told

PACKAGE = Path(simulation.__file__).parent
ERRORS = {key: entry for key, entry in catalogue().items() if key.startswith("error.")}
#: Fields of the error that are sentences.
SENTENCES = {"problem": 0, "allowed": None}
#: What makes a text in all languages.
MAKERS = {"told", "listed", "quoted", "say", "numbers_in_words"}


def bare(node: ast.AST, names: dict[str, list[ast.AST]], seen: frozenset[str] = frozenset()) -> bool:
    """Return whether an expression can be a text written in one language; names are followed to what they stand for."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(re.search("[A-Za-z]{2}", node.value))
    if isinstance(node, ast.JoinedStr):
        return any(bare(part, names, seen) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.IfExp):
        return bare(node.body, names, seen) or bare(node.orelse, names, seen)
    if isinstance(node, ast.BoolOp):
        return any(bare(part, names, seen) for part in node.values)
    if isinstance(node, ast.BinOp):
        return bare(node.left, names, seen) or bare(node.right, names, seen)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
        return True
    if isinstance(node, ast.Name) and node.id not in seen:
        return any(bare(one, names, seen | {node.id}) for one in names.get(node.id, ()))
    return False


def values_of_names(tree: ast.AST) -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def helpers(tree: ast.AST) -> dict[str, dict[str, int | None]]:
    """Return the functions that hand a parameter on to the error: name to parameter and position of each sentence."""
    found: dict[str, dict[str, int | None]] = {"InputError": SENTENCES, "entry": {"allowed": None}}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        parameters = [one.arg for one in function.args.args if one.arg not in ("self", "cls")]
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and called(node) == "InputError":
                for sentence, argument in sentences(node, SENTENCES):
                    if isinstance(argument, ast.Name) and argument.id in parameters:
                        place = parameters.index(argument.id)
                        found.setdefault(function.name, {"allowed": None})[argument.id] = place
                        assert sentence in SENTENCES
    return found


def sentences(node: ast.Call, places: dict[str, int | None]) -> Iterator[tuple[str, ast.AST]]:
    for name, place in places.items():
        if place is not None and place < len(node.args):
            yield name, node.args[place]
    for word in node.keywords:
        if word.arg in places:
            yield word.arg, word.value


def one_language(source: str) -> list[str]:
    """Return line and sentence of every error that a module raises with a text in one language."""
    tree = ast.parse(source)
    names, known = values_of_names(tree), helpers(tree)
    return [
        f"{node.lineno}: {name} = {ast.unparse(argument)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in known
        for name, argument in sentences(node, known[called(node)])
        if bare(argument, names)
    ]


def test_no_error_is_written_in_one_language():
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line in one_language(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'raise InputError("not a seed")',
        'raise InputError(told("error.not_a_seed"), allowed=f"at most {most} bytes")',
        'problem = "not a seed" if bad else told("error.not_a_seed")\nraise InputError(problem)',
        'raise InputError(told("error.not_a_seed"), allowed=" or ".join(words))',
        'def refuse(why):\n    return InputError(why)\nraise refuse("not a seed")',
        'x = entry(3, allowed="a seed")',
    ],
)
def test_an_error_in_one_language_is_found(source):
    assert len(one_language(source)) == 1


def told_in(tree: ast.AST) -> Iterator[tuple[ast.Call, list[str], set[str | None]]]:
    """Yield every call that makes a text in all languages: the call, patterns of its keys, names of its values."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        later = called(node) == "partial" and isinstance(node.args[0], ast.Name) and node.args[0].id == "told"
        if later or called(node) == "told":
            keys = [pattern(key) for key in branches(node.args[1 if later else 0])]
            yield node, keys, {word.arg for word in node.keywords}


def fits(keys: list[str], values: set[str | None]) -> bool:
    """Return whether the catalogue has such labels, and together they use just these values.

    A key made from a name fits many labels: those count that need no other values.
    """
    groups = []
    for one in keys:
        used = [placeholders(entry["en"]) for key, entry in catalogue().items() if re.fullmatch(one, key)]
        groups.append([names for names in used if None in values or "[^.]+" not in one or names <= values])
    together = {name for group in groups for names in group for name in names}
    return all(groups) and (None in values or together == values)


def test_everything_that_is_told_stands_in_the_catalogue_with_its_placeholders():
    wrong, used = [], []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node, keys, values in told_in(ast.parse(path.read_text(encoding="utf-8"))):
            used += keys
            if not fits(keys, values):
                wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}")
    assert wrong == []
    # The parts of a message and the signs of a list are named by pieces.
    made = ("error.part.", "error.list.")
    assert [key for key in ERRORS if not re.fullmatch("|".join(used), key) and not key.startswith(made)] == []


@pytest.mark.parametrize(
    "source",
    [
        'told("error.no.such")',
        'told("error.limit.levels")',
        'told("error.limit.levels", most=1, more=2)',
        'told(f"e.{x}")',
    ],
)
def test_a_text_that_the_catalogue_lacks_or_has_with_other_placeholders_is_found(source):
    ((_, keys, values),) = told_in(ast.parse(source))
    assert not fits(keys, values)


def branches(key: ast.expr) -> Iterator[ast.expr]:
    if isinstance(key, ast.IfExp):
        yield from branches(key.body)
        yield from branches(key.orelse)
    else:
        yield key


def pattern(key: ast.expr) -> str:
    """Return the pattern of the keys that an expression can be; of a name alone, none."""
    if isinstance(key, ast.Constant):
        return re.escape(str(key.value))
    if isinstance(key, ast.JoinedStr):
        return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else "[^.]+" for part in key.values)
    return ".*"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", ERRORS)
def test_every_error_is_rendered_with_its_placeholders(key, lang):
    # One number fits placeholders of numbers and of texts.
    values = dict.fromkeys(placeholders(ERRORS[key]["en"]), 7)
    text = in_language(told(key, **values), lang)
    assert text == ERRORS[key][lang].format(**values)
    assert text.count("7") >= len(values)


def test_errors_in_chinese_are_chinese():
    def chinese(text: str) -> bool:
        return any("CJK" in unicodedata.name(sign, "") for sign in text)

    plain = [key for key, entry in ERRORS.items() if re.search("[A-Za-z]{3} [A-Za-z]{2}", entry["en"])]
    assert len(plain) > 200
    assert [key for key in plain if not chinese(ERRORS[key]["zh"])] == []


def test_a_told_text_is_the_english_one_to_everything_but_a_reader_of_chinese():
    text = told("error.limit.levels", most=32)
    assert text == "at most 32 levels"
    assert {text: 1}["at most 32 levels"] == 1
    assert in_language(text, "en") == "at most 32 levels"
    assert in_language(text, "zh") == "至多 32 层"
    assert in_language("a plain text", "zh") == "a plain text"
    assert in_language(pickle.loads(pickle.dumps(text)), "zh") == "至多 32 层"


def test_texts_inside_a_text_are_said_in_its_language():
    text = told("error.store.damaged_because", reason=told("error.store.lacks_tables"))
    assert text.zh == "结果库已损坏：结果库缺少部分数据表"
    assert say("cli.error", "zh", message=text) == "wushi：结果库已损坏：结果库缺少部分数据表"
    assert say("cli.error", "en", message=text) == "wushi: the store is damaged: the store lacks some of its tables"


def test_lists_have_the_signs_of_their_language():
    assert (listed(["a", "b", "c"]), listed(["a", "b", "c"]).zh) == ("a, b, c", "a、b、c")
    assert (quoted(["a", "b"], "or"), quoted(["a", "b"], "or").zh) == ("'a' or 'b'", "“a”或“b”")


def test_a_whole_error_is_said_in_chinese_with_chinese_signs():
    error = InputError(
        told("error.out_of_range"),
        file="own.toml",
        key="signals[2].week",
        given=-1,
        allowed=told("error.number.between", noun=told("error.noun.whole"), low=0, high=9),
        suggestion=("1", "2"),
    )
    assert error.message == (
        "own.toml: signals, entry 2: week: out of range (given: -1); allowed: a whole number from 0 to 9; "
        "did you mean '1' or '2'?"
    )
    chinese = "own.toml：signals 第 2 项：week：超出范围（给定值：-1）；允许：0 至 9 的整数；是否想写“1”或“2”？"
    assert error.in_language("zh") == chinese
    assert isinstance(error.message, Told)
    assert pickle.loads(pickle.dumps(error)).in_language("zh") == chinese


def test_labels_are_loaded_when_something_is_said_and_not_before():
    code = (
        "import simulation.scenario, simulation.experiments.design.design_file, simulation.hypotheses.schema\n"
        "from simulation.text import catalogue\n"
        "print(catalogue.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "0"
