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
    from simulation.cases.naming import difference
    from simulation.command.starter import make_case
    from simulation.text import say

    def told(one: dict[str, Any], key: str) -> str:
        return difference(one["metric"], one[key])

    said = json.loads(STEPS.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        case = Case.load(make_case(Path(folder) / "willow", "en"))
        labels = {arm.name: arm.title(lang) for arm in arms(case)}
    rows = [
        [
            labels[one["arm"]],
            say(f"metric.{one['metric']}", lang),
            f"{told(one, 'median')} [{told(one, 'low')}, {told(one, 'high')}]",
            f"{one['smallest']:g}",
            say(f"case.report.verdict.{one['verdict']}", lang),
        ]
        for one in said["counterfactuals"]
        if one["time"] == "now"
    ]
    heads = {
        "en": ["had it gone otherwise", "metric", "difference [90 %]", "smallest that matters", "does it matter?"],
        "zh": ["反事实", "指标", "差异 [90%]", "有实际意义的最小差异", "判断"],
    }
    count = said["verdicts"]
    words = {
        "en": f"Parameters: {sum(count.values())}; pinned down: {count['pinned']}; narrowed: {count['narrowed']}. "
        f"{said['p']:.0%} of replications lie at least as far from the fit as the rows do ({said['runs']:,} runs, seed "
        f"{said['seed']}).".replace("%", " %"),
        "zh": f"{sum(count.values())} 个参数中，{count['pinned']} 个得以确定，{count['narrowed']} 个有所收窄；"
        f"{said['p']:.0%} 的重复观测与拟合的距离不小于实际观测（运行 {said['runs']:,} 次，种子 {said['seed']}）。",
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
        "en": [
            "synthetic cases",
            "number",
            "unknown facts",
            "constants of behaviour",
            "true outcomes",
            "judged not to fit",
        ],
        "zh": ["合成案例", "数量", "未知的事实", "行为常数", "真实结果", "判为不拟合"],
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
        "en": "Columns 3 to 5: share of 90 % intervals that hold the truth. Last column: share of cases. In brackets: "
        "Monte Carlo error. True outcomes: effectiveness, agenda, depth and effect at sites at the end of the true "
        "run. Inflated reports: units embellish much and are watched little, and the fit is not told.",
        "zh": "第三至五列为包含真值的 90% 区间所占比例，末列为案例所占比例，括号内为蒙特卡洛误差。"
        "真实结果指真实运行末期的治理效能、议程、深度与点位成效。"
        "“虚报严重”指单位虚报多而督查少，拟合时并不知情。",
    }
    return f"{table(heads[lang], rows)}\n{note[lang]}\n"
