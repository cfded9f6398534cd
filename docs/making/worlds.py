"""Write the tables of `docs/worlds.md` and `docs/worlds.zh.md` from the shipped set, and draw its picture (seconds).

The set itself is made anew by the command that it names: hours.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from docs import table
from simulation.drawing.numbers import bounds, count, finding, percent
from simulation.evidence.findings import CASE, all_findings
from simulation.evidence.worlds import summary, worlds
from simulation.evidence.worlds.writing import MEASURED
from simulation.report.worlds import picture

DOCS = Path(__file__).resolve().parents[1]
PAGES = {"en": DOCS / "worlds.md", "zh": DOCS / "worlds.zh.md"}
STAGES = ("screen", "wave", "few", "many", "last")
WORDS = {
    "en": {
        "head": ["finding", "what was found", "measured in", "range", "tolerance", "default", "median of worlds [90 %]",
                 "met by default", "met in worlds", "standard error of a world's value"],
        "ordinary": "ordinary cities", "weak-oversight": "ordinary cities, oversight weak",
        "campaign": "a campaign in Zhaoqing", "zhaoqing": "Zhaoqing",
        "case": " (Zhaoqing's own fact)", "yes": "yes", "no": "**no**",
        "stages": ["stage", "vectors", "runs"],
        "screen": "screening", "wave": "waves", "few": "candidates, a few cities",
        "many": "candidates, {} cities",
        "last": "last check, {} fresh cities per vector",
        "sum": "together", "left": "Share of the space that is not ruled out after each wave: {}. ",
        "comma": ", ", "semicolon": "; ",
        "good": "Of the {2} candidates checked on many cities {1} were good enough there. {0} of these {1} ({3}) are "
        "so on fresh cities of their own too: these are the worlds.",
        "parameters": ["parameter", "searched", "default", "median [90 %]", "ratio", "verdict"],
        "counts": "Of {} parameters {} are pinned down and {} narrowed.",
        "products": "Products that are pinned down: {}.", "none": "No product of parameters is pinned down.",
    },
    "zh": {
        "head": ["发现", "研究所见", "测量之处", "范围", "容差", "默认", "各世界中位数［90%］", "默认是否符合",
                 "符合的世界", "单个世界取值的标准误"],
        "ordinary": "普通城市", "weak-oversight": "督查薄弱的普通城市",
        "campaign": "肇庆的一场运动", "zhaoqing": "肇庆",
        "case": "（肇庆自身的事实）", "yes": "是", "no": "**否**",
        "stages": ["步骤", "参数组数", "运行次数"],
        "screen": "筛查", "wave": "各轮", "few": "候选，少数城市", "many": "候选，{} 个城市",
        "last": "末次复核，每组参数另抽 {} 个新城市",
        "sum": "合计", "left": "每轮之后未被排除的空间比例：{}。", "comma": "、", "semicolon": "；",
        "good": "在多个城市上复核的 {2} 个候选中，{1} 个在那里足够好；"
        "其中 {0} 个（{3}）在各自另抽的新城市上仍足够好，即为可信世界。",
        "parameters": ["参数", "搜索范围", "默认", "中位数［90%］", "方差比", "判定"],
        "counts": "{} 个参数中，得以确定的有 {} 个，有所收窄的有 {} 个。",
        "products": "得以确定的乘积：{}。", "none": "没有得以确定的参数乘积。",
    },
}  # fmt: skip


def findings(lang: str) -> str:
    found, words, known = worlds(), WORDS[lang], all_findings().findings
    rows = []
    for key, row in found.findings.items():
        outside = max(row.low - row.default, row.default - row.high, 0.0)
        rows.append(
            [
                f"`{key}`" + (words["case"] if known[key].use == CASE else ""),
                getattr(known[key].claim, lang),
                words[known[key].setting],
                bounds(row.low, row.high),
                f"± {finding(row.tolerance)}",
                finding(row.default),
                f"{finding(row.median)} \\[{finding(row.low90)}, {finding(row.high90)}\\]",
                words["yes"] if outside <= row.tolerance else words["no"],
                percent(row.share_met, 1),
                finding(row.error),
            ]
        )
    return table(words["head"], rows)


def search(lang: str) -> str:
    found, words = worlds(), WORDS[lang]
    about = found.about
    assert about is not None
    runs = about.runs
    rows = [[words[stage].format(about.cities), count(about.vectors[stage]), count(runs[stage])] for stage in STAGES]
    rows.append([words["sum"], "", count(sum(runs.values()))])
    left = words["comma"].join(percent(share) for share in about.left)
    assert about.rechecked
    assert about.passed
    good = words["good"].format(len(found), about.passed, about.rechecked, percent(len(found) / about.passed))
    return f"{table(words['stages'], rows)}\n\n{words['left'].format(left)}{good}"


def parameters(lang: str) -> str:
    found, words = worlds(), WORDS[lang]
    rows = [[f"`{key}`", *rest] for key, *rest in summary.parameter_rows(found, lang)[1]]
    pinned = summary.products(found, lang)
    last = words["products"].format(words["semicolon"].join(f"`{one}`" for one in pinned)) if pinned else words["none"]
    verdicts = [row.verdict for row in (found.about.parameters.values() if found.about else ())]
    counts = words["counts"].format(len(verdicts), verdicts.count("pinned"), verdicts.count("narrowed"))
    return f"{table(words['parameters'], rows)}\n\n{counts}\n\n{last}"


def main() -> None:
    measured = pd.read_csv(worlds().path.with_name(MEASURED))
    for lang, page in PAGES.items():
        picture(worlds(), measured, lang).savefig(DOCS / "images" / f"worlds-{lang}.png", dpi=110)
        text = page.read_text(encoding="utf-8")
        for make in (findings, search, parameters):
            name = make.__name__
            block = f"<!-- measured: {name} -->\n\n{make(lang)}\n\n<!-- /measured -->"
            pattern = rf"<!-- measured: {name} -->.*?<!-- /measured -->"
            text = re.sub(pattern, lambda _, block=block: block, text, flags=re.DOTALL)
        page.write_text(text, encoding="utf-8")
        print(page.name)


if __name__ == "__main__":
    main()
