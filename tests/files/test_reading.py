"""Reading files: what costs too much, what is no file, and marks before the first byte."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from kit.odd import told
from long.targets import a_result

from simulation.evidence import Calibration
from simulation.experiments.design.design import Design
from simulation.files.errors import InputError
from simulation.files.output import is_ours
from simulation.files.reading import DEEPEST, LARGEST_FILE, read_toml
from simulation.hypotheses.hypothesis import Hypothesis
from simulation.places.hierarchy import load_hierarchy
from simulation.results import RunResult
from simulation.scenario import load_scenario

if sys.platform != "win32":  # pipes with names are a matter of Unix

    @pytest.mark.usefixtures("no_hang")
    @pytest.mark.parametrize(
        "name", ["provenance.json", "summary.json", "weekly.csv", "points.csv", "a.toml", "city.csv"]
    )
    def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
        for other, content in a_result().items():
            (tmp_path / other).write_bytes(content)
        (tmp_path / "list.toml").write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
        (tmp_path / name).unlink(missing_ok=True)
        os.mkfifo(tmp_path / name)
        assert told(lambda: Design.of(tmp_path / "list.toml"))
        for load in (load_scenario, Design.of, Hypothesis.load, Calibration.of):
            assert told(lambda load=load: load(tmp_path / "a.toml"))
        table = {"domains": {"d": {}}, "structure": {"file": str(tmp_path / "city.csv")}}
        assert told(lambda: load_hierarchy(load_scenario(table)))
        assert is_ours(tmp_path) == (name != "provenance.json")
        if name.endswith(".json"):
            assert told(lambda: RunResult.load(tmp_path))
        elif name == "weekly.csv":
            loaded = RunResult.load(tmp_path)
            assert len(loaded.cells) > 0


@pytest.mark.parametrize(
    "content",
    [
        "a" + ".a" * 400_000 + " = 1",
        "[" + "a." * 400_000 + "a]",
        '"a"' + " . 'a'" * 100_000 + " = 1",
        "a" * (LARGEST_FILE - 1),
        "a = " + "[" * 300_000,
        "a = " + "{ a = " * 100_000,
        "weeks = " + "9" * 5000,
        "weeks = 0x" + "f" * 500_000,
        "a = [" + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1) + "]",
        "#" * (LARGEST_FILE + 1),
        "a = '" + "." * 300_000,
    ],
    ids=lambda content: content[:8],
)
def test_a_file_made_to_cost_time_or_memory_is_refused_before_it_does(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cost.toml"
    path.write_text(content, encoding="utf-8")
    assert told(lambda: read_toml(path))


def test_texts_with_many_dots_are_still_texts(tmp_path: Path) -> None:
    path = tmp_path / "dots.toml"
    path.write_text(
        'a = "..............................................."\nb = [' + "1.5, " * 500 + "]\n", encoding="utf-8"
    )
    assert len(read_toml(path)["b"]) == 500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = = 3", "第 1 行第 5 列：取值缺失或无效"),
        ("a", "文件末尾：键名之后缺少 ="),
        ("a = 1 2", "第 1 行第 7 列：同一行的取值之后另有内容"),
        ("a = 2021-3-1", "第 1 行第 9 列：月和日各须两位数字：请写成 2021-03-01"),
        ("a = 2021-03-1", "第 1 行第 9 列：月和日各须两位数字：请写成 2021-03-01"),
        ('a = "x" b = 2021-13-01', "第 1 行第 9 列：同一行的取值之后另有内容"),
        ("a = 2021-13-01", "第 1 行第 9 列：日期无效"),
        ("a = 2021-02-30", "第 1 行第 5 列：日期无效"),
        ("[a", "文件末尾：表名之后缺少 ]"),
        ("a = [1", "文件末尾：列表之后缺少 ]"),
        ('a = "b', "文件末尾：文本之后缺少引号"),
        ("a = 1\na = 2\n[b]", "第 2 行第 6 列：同一个键出现两次"),
        ("[a]\nb = 1\n[a]", "第 3 行第 3 列：同一个表出现两次"),
        ('a = "C:\\Users"', "第 1 行第 10 列：文本中有反斜杠：请写成两个"),
    ],
)
def test_what_is_no_toml_is_said_in_chinese_by_line_and_column(text, said, tmp_path):
    file = tmp_path / "a.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_toml(file)
    assert caught.value.problem.startswith("not valid TOML: ")
    assert caught.value.in_language("zh").startswith(f"{file}：不是有效的 TOML：{said}")


@pytest.mark.parametrize(("line", "signs"), [("kind = “point”", "“ ”"), ("weeks＝3", "＝"), ('a = ["b"，"c"]', "，")])
def test_signs_of_a_chinese_keyboard_are_named(line, signs, tmp_path):
    file = tmp_path / "a.toml"
    file.write_text(f"[plan]\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_toml(file)
    assert caught.value.given == line
    assert caught.value.allowed.endswith(f" in place of {signs}")
    assert f"不用 {signs}" in caught.value.in_language("zh")
