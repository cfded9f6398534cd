"""The words of the recovery block of `docs/worlds.md` and `docs/worlds.zh.md`."""

# ruff: noqa: E501 (the prose of the pages)

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from recovery_truths import CITIZENS, FINDINGS, PRIORS, WEEKS

from docs import table
from simulation.drawing.numbers import count, percent
from simulation.evidence.worlds.implausibility import NOT_RULED_OUT

DOCS = Path(__file__).resolve().parents[1]
PAGES = {"en": DOCS / "worlds.md", "zh": DOCS / "worlds.zh.md"}


@dataclass(frozen=True)
class Plan:
    """The numbers of the comparison: vectors and runs per search, limits of regions, fresh cities, the yardstick."""

    vectors: int
    runs: int
    waves: int
    cut: float
    region: float
    truth: tuple[int, int]
    checked_on: int
    pooled: int
    pooled_runs: int
    probed: int


@dataclass(frozen=True)
class Outcome:
    """How a search did on one truth.

    Attributes
    ----------
    kept : tuple of bool
        True where the truth is inside: after each wave, and inside the final region.
    covered : float
        Share of the good vectors (by the yardstick) that lie inside the final region.
    pure : float
        Share of the final region that is good, by the yardstick.
    volume : float
        Share of the prior that is the final region.
    good, checked : int
        Vectors that are good enough on fresh cities, and vectors that were run there.
    vectors : int
        Vectors that the search ran.
    """

    kept: tuple[bool, ...]
    covered: float
    pure: float
    volume: float
    good: int
    checked: int
    vectors: int


@dataclass(frozen=True)
class Found:
    """The outcomes of both searches by truth, the good share of the prior by truth, the yardstick's own errors."""

    history: list[Outcome]
    other: list[Outcome]
    goods: list[float]
    off: list[float]


WORDS = {
    "en": {
        "head": ["", "history matching", "sequential search (`simulation.evidence.abc`)"],
        "every": "truth not ruled out (implausibility ≤ {limit:g}) at any wave",
        "inside": "truth inside the final region",
        "volume": "the region's share of the prior, median",
        "covered": "share of all good vectors that it covers, mean",
        "pure": "share of the region that is good, mean",
        "good": "vectors handed over that are good enough on {cities} fresh cities",
        "rate": "good ones per 1,000 runs of the search, of 30 handed over",
        "of": "{hits} of {of} [{low}, {high}]",
        "about": """Searches are compared on known truths, with the model itself at a small size: {citizens} citizens, {weeks} weeks,
{parameters} free parameters, {findings} findings in two settings (cities that differ less than ordinary ones, and Zhaoqing).
{truths} truths were drawn from the prior. The findings of each are its means over {cities} fresh cities and {seeds} seeds of
Zhaoqing, each with an error drawn evenly from within its tolerance. Both searches may run {vectors} vectors with {runs} runs
each: {budget} runs per truth. Brackets are 95 % intervals of the counts, ± those of the mean over truths.""",
        "reading": """The final region of history matching is where emulated implausibility is at most {cut:g}. That of the
sequential search is the ellipsoid that holds {region} of its kept vectors; each is measured against the others, as the truth is
against all. One yardstick says for both which vectors are good: emulators of {pooled} vectors drawn from the prior with
{pooled_runs} runs each, asked at {probed} other vectors. Under vectors left out these emulators err by {least:.1f} to
{most:.1f} tolerances, so that the line between good and not is blurred by as much. Between {rarest} and {commonest} of the prior
is good.""",
        "limits": """A larger budget, more parameters or rarer good vectors may change the comparison. Three seeds were used in
turn, so that some truths share their first vectors.""",
    },
    "zh": {
        "head": ["", "历史匹配", "序贯搜索（`simulation.evidence.abc`）"],
        "every": "真值在各轮中均未被排除（不可信度 ≤ {limit:g}）",
        "inside": "真值位于最终区域之内",
        "volume": "该区域占先验的比例，中位数",
        "covered": "足够好的参数组中被该区域覆盖的比例，平均",
        "pure": "该区域之内足够好的比例，平均",
        "good": "交出的参数组中，在 {cities} 个新城市上足够好的",
        "rate": "搜索每运行 1,000 次所得的足够好的参数组数（以交出 30 组计）",
        "of": "{hits}/{of}［{low}，{high}］",
        "about": """在已知真值上比较两种搜索，所用的是小规模的本模型：{citizens} 名居民、{weeks} 周、{parameters} 个自由参数，
两种场合（差异小于普通城市的一批城市，以及肇庆）中的 {findings} 项发现。真值共 {truths} 个，抽自先验。每个真值所对应的发现，
是它在 {cities} 个新城市上与肇庆 {seeds} 个种子上的均值，各加一个在容差之内均匀抽取的误差。两种搜索都可运行 {vectors} 组参数，
每组 {runs} 次，即每个真值 {budget} 次运行。方括号为计数的 95% 区间，± 为对各真值所取均值的 95% 区间。""",
        "reading": """历史匹配的最终区域，是代理模型给出的不可信度不超过 {cut:g} 的部分。序贯搜索的最终区域，是包含其所保留参数组 {region} 的椭球；
每组所保留的参数都对照其余各组来衡量，正如真值对照全部各组来衡量。哪些参数组足够好，对两种搜索用同一把尺子判断：
用抽自先验的 {pooled} 组参数（每组 {pooled_runs} 次运行）拟合代理模型，再由它判断另外 {probed} 组参数。
就留出的参数组而言，这些代理模型的误差为 {least:.1f} 至 {most:.1f} 个容差，足够好与否的界线也因此有同样程度的模糊。
先验中足够好的占 {rarest} 至 {commonest}。""",
        "limits": "预算更大、参数更多，或足够好的参数组更稀少时，比较的结果可能不同。三个种子轮流使用，因此部分真值的最初一批参数组相同。",
    },
}  # fmt: skip
_HANDED_OVER = 30


def text(found: Found, plan: Plan, lang: str) -> str:
    """Return the block in a language."""
    words = WORDS[lang]
    both = (found.history, found.other)
    kept = [sum(all(one.kept[: plan.waves]) for one in found.history)]

    def row(key: str, cell: Callable[[list[Outcome]], str]) -> list[str]:
        said = words[key].format(limit=NOT_RULED_OUT, cities=plan.checked_on)
        return [said, *(cell(outcomes) for outcomes in both)]

    rows = [
        [words["every"].format(limit=NOT_RULED_OUT), interval(kept[0], len(found.history), lang), "–"],
        row("inside", lambda ones: interval(sum(one.kept[-1] for one in ones), len(ones), lang)),
        row("volume", lambda ones: percent(float(np.median([one.volume for one in ones])), 1)),
        row("covered", lambda ones: spread([one.covered for one in ones])),
        row("pure", lambda ones: spread([one.pure for one in ones])),
        row("good", lambda ones: _good(ones, lang)),
        row("rate", lambda ones: spread([_HANDED_OVER * _share(one) / one.vectors / plan.runs * 1000 for one in ones])),
    ]
    about = words["about"].format(
        citizens=count(CITIZENS), weeks=WEEKS, parameters=len(PRIORS), findings=len(FINDINGS),
        truths=len(found.history), cities=plan.truth[0], seeds=plan.truth[1], vectors=plan.vectors, runs=plan.runs,
        budget=count(plan.vectors * plan.runs),
    )  # fmt: skip
    reading = words["reading"].format(
        cut=plan.cut, region=percent(plan.region), pooled=plan.pooled, pooled_runs=plan.pooled_runs,
        probed=count(plan.probed), least=min(found.off), most=max(found.off), rarest=percent(min(found.goods), 1),
        commonest=percent(max(found.goods), 1),
    )  # fmt: skip
    parts = [part if lang == "en" else part.replace("\n", "") for part in (about, reading, words["limits"])]
    return "\n\n".join([parts[0], table(list(words["head"]), rows).rstrip(), *parts[1:]])


def interval(hits: int, of: int, lang: str) -> str:
    """Return a share of cases with its 95 % interval (Clopper and Pearson)."""
    from scipy.stats import binomtest

    low, high = binomtest(hits, of).proportion_ci(0.95)
    return WORDS[lang]["of"].format(hits=hits, of=of, low=f"{low:.2f}", high=f"{high:.2f}")


def spread(values: list[float]) -> str:
    """Return a mean over truths with half of its 95 % interval (Student)."""
    from scipy.stats import t

    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):.2f} ± {half:.2f}"


def _share(one: Outcome) -> float:
    return one.good / max(one.checked, 1)


def _good(ones: list[Outcome], lang: str) -> str:
    return interval(sum(one.good for one in ones), sum(one.checked for one in ones), lang)


def write(found: Found, plan: Plan) -> None:
    """Put the block into both pages."""
    for lang, page in PAGES.items():
        block = f"<!-- measured: recovery -->\n\n{text(found, plan, lang)}\n\n<!-- /measured -->"
        whole = page.read_text(encoding="utf-8") if page.exists() else f"{block}\n"
        whole = re.sub(
            r"<!-- measured: recovery -->.*?<!-- /measured -->", lambda _, b=block: b, whole, flags=re.DOTALL
        )
        page.write_text(whole, encoding="utf-8")
