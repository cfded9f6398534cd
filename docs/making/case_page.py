"""Measured parts of docs/cases.md: a mistake and its message, results of the steps, recovery of known truths."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
STEPS, RECOVERY = DOCS / "case_tutorial.json", DOCS / "case_recovery.json"
MISTAKE = "2021-13-01,Old Twon,waste,adopted,1,,,"

type Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def mistake(lang: str) -> str:
    """Return the message for the row with a mistake, as a block of text."""
    from simulation.cases.case import Case
    from simulation.cases.problems import ProblemsError
    from simulation.command.starter import make_case
    from simulation.text import say

    with tempfile.TemporaryDirectory() as folder:
        case = make_case(Path(folder) / "willow", "en")
        with (case / "observed.csv").open("a", encoding="utf-8") as file:
            file.write(f"{MISTAKE}\n")
        try:
            Case.load(case)
        except ProblemsError as error:
            message = say("cli.error", lang, message=error.in_language(lang)).replace(f"{folder}/", "")
            return f"```text\n{message}\n```\n"
    raise SystemExit("the mistake was not found")


def tutorial(lang: str, table: Table) -> str:
    """Return the table of counterfactuals, and a sentence on what is pinned down."""
    from simulation.cases.arms import arms
    from simulation.cases.case import Case
    from simulation.command.starter import make_case
    from simulation.drawing.numbers import signed
    from simulation.text import say

    said = json.loads(STEPS.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        case = Case.load(make_case(Path(folder) / "willow", "en"))
        labels = {arm.name: arm.title(lang) for arm in arms(case)}
    rows = [
        [
            labels[one["arm"]],
            say(f"metric.{one['metric']}", lang),
            f"{signed(one['median'], 3)} [{signed(one['low'], 3)}, {signed(one['high'], 3)}]",
            f"{one['smallest']:g}",
            say(f"case.report.verdict.{one['verdict']}", lang),
        ]
        for one in said["counterfactuals"]
        if one["time"] == "now"
    ]
    heads = {
        "en": ["had it gone otherwise", "metric", "difference [90 %]", "smallest that matters", "verdict"],
        "zh": ["反事实", "指标", "差异 [90%]", "有意义的最小差异", "结论"],
    }
    count = said["verdicts"]
    words = {
        "en": f"Of {sum(count.values())} parameters {count['pinned']} is pinned down and {count['narrowed']} narrowed; "
        f"{said['p']:.0%} of replications lie as far from the fit as the rows do ({said['runs']:,} runs, seed "
        f"{said['seed']}).".replace("%", " %"),
        "zh": f"{sum(count.values())} 个参数中，{count['pinned']} 个得到确定，{count['narrowed']} 个有所收窄；"
        f"{said['p']:.0%} 的重复运行与拟合的距离不小于观测记录（运行 {said['runs']:,} 次，种子 {said['seed']}）。",
    }
    return f"{table(heads[lang], rows)}\n{words[lang]}\n"


def recovery(lang: str, table: Table) -> str:
    """Return the table of how often fits of synthetic cases find the truth again."""
    kinds: dict[str, dict[str, Any]] = json.loads(RECOVERY.read_text("utf-8"))["kinds"]
    named = {
        "en": {"complete": "complete", "third missing": "a third of the rows missing",
               "inflated reports": "inflated reports", "wrong: shuffled": "wrong model: rows shuffled",
               "wrong: contrary": "wrong model: rows contradict it"},
        "zh": {"complete": "完整", "third missing": "缺失三分之一的记录", "inflated reports": "虚报严重",
               "wrong: shuffled": "错误模型：记录打乱", "wrong: contrary": "错误模型：记录与模型相悖"},
    }  # fmt: skip
    heads = {
        "en": ["synthetic cases", "number", "free parameters", "constants", "true outcomes", "said not to fit"],
        "zh": ["合成案例", "数量", "自由参数", "行为常数", "真实结果", "被判为不拟合"],
    }

    def told(entry: dict[str, Any], key: str) -> str:
        if key not in entry:
            return "–"
        percent = "%" if lang == "zh" else " %"
        return f"{100 * entry[key]['share']:.0f}{percent} (± {100 * entry[key]['error']:.0f})"

    rows = [
        [
            named[lang][kind],
            str(entry["named as not fitting"]["cases"]),
            *(told(entry, key) for key in ("free", "constants", "all quantities", "named as not fitting")),
        ]
        for kind, entry in kinds.items()
    ]
    note = {
        "en": "Shares of 90 % intervals that hold the truth, with their Monte Carlo error. True outcomes are "
        "effectiveness, agenda, depth and effect at sites at the end of the true run. With inflated reports units "
        "embellish much and are watched little, which the fit is not told.",
        "zh": "数字为 90% 区间包含真值的比例及其蒙特卡洛误差。真实结果指真实运行末期的治理效能、议程、深度与点位成效。"
        "“虚报严重”指单位虚报多而督查少，拟合时并不知情。",
    }
    return f"{table(heads[lang], rows)}\n{note[lang]}\n"
