"""Numbers that several documents quote come from one measured place, and agree with what the code gives."""

from __future__ import annotations

import importlib.util
import json
import math
import re
import sys
from pathlib import Path
from statistics import mean

import pytest

from simulation import load_scenario, run, worlds

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
READMES = ("README.md", "README.zh.md")
FINDINGS = ("trial-rollout", "scale-up", "campaign-rebound", "false-reports", "responsiveness")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- findings of other studies: docs/patterns.md measures them ---


def measured() -> dict[str, tuple[float, bool]]:
    """Return, for each finding, the share that the pattern table measured and whether the finding is met."""
    rows = re.findall(
        r"^\| ([a-z-]+) \| [^|]+ \| ([.\d]+)[^|]* \| ([^|]+) \|$", text_of("docs/patterns.md"), re.MULTILINE
    )
    return {name: (float(share), verdict == "met") for name, share, verdict in rows if name in FINDINGS}


def test_the_pattern_table_measures_every_finding() -> None:
    assert set(measured()) == set(FINDINGS)


def test_validation_quotes_the_shares_of_the_pattern_table() -> None:
    page = text_of("docs/validation.md")
    quoted = re.findall(r"\| ([.\d]+) in setting [^|]+\| ([^|]+) \|$", page, re.MULTILINE)
    assert [(float(share), verdict == "met") for share, verdict in quoted] == [measured()[name] for name in FINDINGS]


@pytest.mark.parametrize("name", ["docs/calibration.md", "docs/calibration.zh.md"])
def test_calibration_quotes_no_measured_finding_and_leads_to_the_places_that_measure_them(name: str) -> None:
    page = text_of(name)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert [row for row in rows if any(finding in row for finding in FINDINGS)] == []
    assert "](patterns.md#calibration-targets)" in page
    assert re.search(r"\]\(worlds(\.zh)?\.md#the-findings\)", page)


# --- samples of citizens: docs/performance.json ---


def test_the_page_of_performance_shows_what_its_raw_numbers_give_and_no_other_level() -> None:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        spec = importlib.util.spec_from_file_location("page", ROOT / "benchmarks" / "page.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    found, page = json.loads(text_of("docs/performance.json")), text_of("docs/performance.md")
    shown = module.agreement(found)
    assert shown in page
    assert "effectiveness |" not in page.replace(shown, "")


def test_a_level_of_the_page_of_performance_is_what_the_model_gives() -> None:
    found = json.loads(text_of("docs/performance.json"))["agreement"][0]
    values = {"structure.citizens": found["citizens"], "structure.communities": found["communities"]}
    for seed in (0, 1):
        now = run(load_scenario("zhaoqing-by-hand").with_values(values), seed=seed).summary
        assert {name: now[name] for name in found["runs"][seed]} == pytest.approx(found["runs"][seed], rel=1e-9)


# --- the READMEs ---


def table(name: str) -> dict[str, list[float]]:
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]* \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", text_of(name), re.MULTILINE)
    return {scenario: [float(number) for number in numbers] for scenario, *numbers in rows}


def test_both_readmes_show_the_same_numbers() -> None:
    assert len(table("README.md")) == 8
    assert table("README.md") == table("README.zh.md")


@pytest.mark.slow
@pytest.mark.parametrize("name", list(table("README.md")))
def test_a_row_of_the_readme_is_what_twenty_seeds_give(name: str) -> None:
    spec = load_scenario(name).with_values({"structure.citizens": 20000})
    found = [run(spec, seed=seed).summary for seed in range(20)]
    agenda, core, effect = (mean(one[metric] for one in found) for metric in ("agenda", "core_effect", "effectiveness"))
    assert table("README.md")[name] == [
        pytest.approx(agenda, abs=0.051),
        pytest.approx(core, abs=0.0051),
        pytest.approx(effect, abs=0.0051),
    ]


@pytest.fixture(scope="module")
def by_default() -> float:
    return effectiveness("zhaoqing", {})


def effectiveness(name: str, values: dict[str, float]) -> float:
    spec = load_scenario(name).with_values({"structure.citizens": 20000, **values})
    return mean(run(spec, seed=seed).summary["effectiveness"] for seed in range(20))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("english", "chinese", "name", "values"),
    [
        ("(without it: 1.01)", "（去掉它：1.01）", "zhaoqing", {"agenda.span": math.inf}),
        ("(.51 of the default)", "为默认的 0.51", "random", {}),
        ("does no worse (1.09)", "也不更差（1.09）", "all-at-once", {}),
        ("loses nothing (1.04)", "并无损失（1.04）", "one-tier-less", {}),
        ("a twentieth achieves .15", "达到默认的 0.15", "zhaoqing", {"instruction.intensity": 0.05}),
        ("a tenth .74", "十分之一达到 0.74", "zhaoqing", {"instruction.intensity": 0.1}),
        ("a quarter .93", "四分之一达到 0.93", "zhaoqing", {"instruction.intensity": 0.25}),
        ("four times as much 1.11", "四倍达到 1.11", "zhaoqing", {"instruction.intensity": 4}),
        ("(reversed: 1.04)", "（倒序：1.04）", "reversed-order", {}),
        ("nor does trend (1.01)", "趋势也不影响（1.01）", "without-trend", {}),
    ],
)
def test_a_ratio_in_the_readme_is_what_twenty_seeds_give(
    english: str, chinese: str, name: str, values: dict[str, float], by_default: float
) -> None:
    assert english in text_of("README.md")
    assert chinese in text_of("README.zh.md")
    quoted = float(re.findall(r"\d?\.\d+", english)[-1])
    assert quoted == pytest.approx(effectiveness(name, values) / by_default, abs=0.0051)


def test_what_the_readmes_say_of_a_campaign_is_what_the_limits_of_the_model_measured() -> None:
    limits = json.loads(text_of("docs/limits.json"))["values"]
    kept, united = (f"{limits[name]:.2f}" for name in ("campaign", "campaign-no-conflict"))
    assert f"{kept[1:]} of it is left. If buck-passing cost nothing, {united[1:]}" in text_of("README.md")
    assert f"只剩 {kept}；若部门推诿不造成损失，则剩 {united}" in text_of("README.zh.md")


def test_what_the_readmes_say_of_overreach_is_what_the_limits_of_the_model_measured() -> None:
    limits = json.loads(text_of("docs/limits.json"))["values"]
    whole, chosen = (f"{limits[name]:.2f}" for name in ("weakest-all", "weakest"))
    english, chinese = " ".join(text_of("README.md").split()), text_of("README.zh.md")
    assert f"everything gives {whole[1:]} where the group's own choice gives {chosen[1:]}" in english
    assert f"全部承接得 {whole}，由小组自行选择得 {chosen}" in chinese
    assert limits["by-hand-weak-all"] < 0.5 * limits["by-hand-weak-chosen"]  # "at six tenths … already"
    assert limits["weak-all"] > 0.9 * limits["weak-chosen"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("english", "chinese", "name", "values", "metric"),
    [
        (
            "A tenth of the instruction still brings 5.6",
            "仍承接 5.6 个",
            "zhaoqing",
            {"instruction.intensity": 0.1},
            "agenda",
        ),
        ("the city achieves .001", "城市只得 0.001", "without-authority", {}, "effectiveness"),
        ("it would achieve .019", "可得 0.019", "without-authority", {"departments.conflict": 0.0}, "effectiveness"),
        ("rises from .04", "由 0.04 升至", "zhaoqing", {}, "symbolic"),
        ("to .23", "升至 0.23", "no-oversight", {}, "symbolic"),
    ],
)
def test_a_level_in_the_bullets_is_what_twenty_seeds_give(
    english: str, chinese: str, name: str, values: dict[str, float], metric: str
) -> None:
    assert english in " ".join(text_of("README.md").split())
    assert chinese in text_of("README.zh.md")
    spec = load_scenario(name).with_values({"structure.citizens": 20000, **values})
    found = mean(run(spec, seed=seed).summary[metric] for seed in range(20))
    quoted = re.findall(r"\d?\.\d+", english)[-1]
    assert float(quoted) == pytest.approx(found, abs=0.51 * 10 ** -len(quoted.partition(".")[2]))


# --- weeks and data files: one wording ---


def test_the_weeks_are_explained_once_in_each_readme_and_no_page_counts_a_week_156() -> None:
    assert text_of("README.md").count("counted from 0") == 1
    assert text_of("README.zh.md").count("从 0 起计") == 1
    pages = [*(ROOT / name for name in READMES), *DOCS.rglob("*.md"), *(ROOT / "notebooks" / "source").glob("*.md")]
    assert len(pages) > 40
    assert [page.name for page in pages if re.search(r"week 156|第 ?156 ?周", page.read_text(encoding="utf-8"))] == []


def test_what_is_equal_byte_for_byte_is_called_the_data_files_everywhere() -> None:
    places = ("README.md", "docs/verification.md", "docs/platforms.md")
    for name in places:
        for sentence in re.findall(r"[^.|]*byte for byte", text_of(name)):
            assert "data files" in sentence, (name, sentence)
    assert "数据文件逐字节相同" in text_of("README.zh.md")


# --- lessons ---


@pytest.mark.parametrize(("lang", "page"), [("en", "lessons.md"), ("zh", "lessons.zh.md")])
def test_the_page_of_the_lessons_names_each_by_its_title(lang: str, page: str) -> None:
    listed = re.findall(r"^\| (\S+ · [^|]+) \|", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    titles = []
    for source in sorted((ROOT / "notebooks" / "source").glob("*.md")):
        part = source.read_text(encoding="utf-8").split(f"%%% {lang}\n", 1)[1]
        titles.append(re.sub(r"^# (?:Lesson |第)(\S+?)课? · ", r"\1 · ", part.splitlines()[0]))
    assert listed == titles


# --- the set of plausible worlds ---


@pytest.mark.parametrize(
    ("name", "whole", "others"),
    [
        ("README.md", r"one of (\d+) \[plausible worlds\]", r"(\d+) other worlds meet them"),
        ("README.zh.md", r"(\d+) 个\[可信世界\]", r"另有 (\d+) 个世界同样符合"),
    ],
)
def test_the_readme_counts_the_shipped_worlds(name: str, whole: str, others: str) -> None:
    page = text_of(name)
    (all_of_them,), (rest,) = re.findall(whole, page), re.findall(others, page)
    assert (int(all_of_them), int(rest)) == (len(worlds()), len(worlds()) - 1)
