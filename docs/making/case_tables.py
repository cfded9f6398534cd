"""Tables of the codebook, from the code, the coders' example and `docs/case_fits.json`; `docs.py` uses them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.cases.measures import Measure
    from simulation.cases.tables import Column

ROOT = Path(__file__).resolve().parents[2]
FITS = ROOT / "docs" / "case_fits.json"
CODERS = ROOT / "scenarios" / "cases" / "coders"
_NAMES = {"unit", "place", "domain"}

type Rows = list[list[str]]


def columns(lang: str) -> tuple[list[str], Rows]:
    """Return heading and rows of the table of all columns of all tables."""
    from simulation.cases.tables import COLUMN_WORDS, TABLES
    from simulation.text import catalogue, say

    rows = []
    for table in TABLES.values():
        for column in table.columns:
            own = f"case.column.{table.name}.{column.name}"
            meaning = say(own if own in catalogue() else f"case.column.{column.name}", lang)
            needed = say("case.kind.needed" if column.needed else "case.kind.optional", lang)
            chinese = "、".join(word for word, name in COLUMN_WORDS.items() if name == column.name)
            name = f"`{column.name}` {chinese}".rstrip()
            rows.append([f"`{table.name}`", name, needed, _allowed(column, lang), meaning])
    heads = {"en": ["table", "column", "needed", "allowed", "meaning"], "zh": ["表", "列", "必填", "允许取值", "含义"]}
    return heads[lang], rows


def _allowed(column: Column, lang: str) -> str:
    from simulation.cases.tables import UNBOUNDED
    from simulation.text import say

    if column.words:
        pair = "{} ({})" if lang == "en" else "{}（{}）"
        return (", " if lang == "en" else "、").join(pair.format(f"`{word}`", zh) for word, zh in column.words.items())
    if column.kind == "number":
        low, high = f"{column.low:g}", f"{column.high:.4g}"
        if column.high >= UNBOUNDED:
            least = ("above {}", "大于 {}") if column.above else ("{} or more", "{} 以上")
            return least[lang == "zh"].format(low)
        if column.above:
            return f"above {low}, up to {high}" if lang == "en" else f"大于 {low}，至 {high}"
        return f"{low} to {high}" if lang == "en" else f"{low} 至 {high}"
    kind = "name" if column.kind in _NAMES else "names" if column.kind == "cities" else column.kind
    return say(f"case.kind.{kind}", lang)


def measures(lang: str) -> tuple[list[str], Rows]:
    """Return heading and rows of the table of measures."""
    from simulation.cases.measures import MEASURES
    from simulation.cases.tables import TABLES
    from simulation.text import say

    chinese = TABLES["observed"].column("measure").words or {}
    rows = []
    for name, one in MEASURES.items():
        whom = "both" if one.of_city and one.of_unit else "city" if one.of_city else "unit"
        rows.append(
            [
                f"`{name}` {chinese[name]}",
                say(f"case.measure.of.{whom}", lang),
                say(f"case.measure.domain.{one.domain}", lang),
                say(f"case.measure.{name}", lang),
                _sd(one, lang),
            ]
        )
    heads = {"en": ["measure", "of", "domain", "value", "default sd"],
             "zh": ["观测指标", "对象", "领域", "数值", "默认标准差"]}  # fmt: skip
    return heads[lang], rows


def _sd(one: Measure, lang: str) -> str:
    from simulation.text import say

    number = f"{one.sd:g}"
    if one.kind == "event":
        return say("case.measure.sd.event", lang, number=number)
    return say("case.measure.sd.agenda", lang, number=number) if one.name == "agenda" else number


def coders(lang: str) -> tuple[list[str], Rows]:
    """Return heading and rows of Cohen's κ for the two coders of the example."""
    from simulation.cases.coding import agreement
    from simulation.text import say

    found = agreement(CODERS / "first.csv", CODERS / "second.csv")
    rows = []
    for row in found.table.itertuples():
        kappa = "–" if math.isnan(row.kappa) else f"{row.kappa:.2f} [{row.low:.2f}, {row.high:.2f}]"
        agreed = f"{row.agreement:.0%}".replace("%", " %" if lang == "en" else "%")
        scale = say(f"cli.case.scale.{row.scale}", lang)
        rows.append([f"`{row.column}`", scale, str(row.pairs), agreed, kappa.replace("-", "−")])
    return [say(f"cli.case.head.{name}", lang) for name in ("column", "scale", "pairs", "agreement", "kappa")], rows


def fits(lang: str) -> tuple[list[str], Rows]:
    """Return heading and rows of what a fit of each shipped case pins down, from `docs/case_fits.json`."""
    from simulation.cases.case import Case
    from simulation.text import say

    def row(name: str, one: dict[str, Any]) -> list[str]:
        title = Case.load(name).spec.title.label(lang)
        says = say("cli.case.yes" if one["fits"] else "cli.case.no", lang)
        counts = [str(one[key]) for key in ("rows", "parameters", "pinned", "narrowed", "free")]
        return [f"`{name}`: {title}" if lang == "en" else f"`{name}`：{title}", *counts, says]

    heads = {"en": ["case", "rows", "parameters", "pinned", "narrowed", "not pinned down", "does the model fit"],
             "zh": ["案例", "记录", "参数", "已确定", "有所收窄", "未能确定", "模型是否拟合"]}  # fmt: skip
    return heads[lang], [row(name, one) for name, one in json.loads(FITS.read_text("utf-8"))["cases"].items()]
