"""Write the tables of the documentation that the code already knows; `--check` only compares.

A page holds blocks `<!-- made: NAME -->` … `<!-- end -->`; their content is made here, from the schema, the
state, the metrics, the ledger and the catalogue of labels, in the language of the page. A test fails when a page has
drifted. Measured numbers in the prose are quoted from `docs/limits.json`, which `limits.py` writes.

    python docs/making/docs.py            write
    python docs/making/docs.py --check    exit 1 and name the pages that differ
"""

from __future__ import annotations

import inspect
import json
import re
import runpy
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- made: ([\w:.-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)

#: A number that `limits.py` measured, such as `<!-- =default -->.146<!-- / -->`; `default:2` shows two decimals.
QUOTED = re.compile(r"(<!-- =([\w-]+)(?::(\d))? -->)[^<]*<!-- / -->")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _head(lang: str, *columns: str) -> list[str]:
    """Return the headings of a table's columns."""
    return [_HEADINGS[column] if lang == "zh" else column for column in columns]


_HEADINGS = {
    "parameter": "参数", "default": "默认值", "unit": "单位", "allowed": "允许取值", "meaning": "含义",
    "source": "出处", "name": "名称", "axes": "轴", "type": "类型", "metric": "指标", "label": "中文名称",
    "range": "范围", "account": "科目", "kind": "性质", "from": "自", "to": "至", "title": "标题", "question": "问题",
}  # fmt: skip


def _default(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:g}".replace("inf", "∞")
    if isinstance(value, (dict, tuple)):
        return "–" if not any(value.values() if isinstance(value, dict) else value) else f"`{value}`"
    return f"`{value}`" if isinstance(value, str) else ("–" if str(value) == "PydanticUndefined" else str(value))


def _unit(unit: str, lang: str) -> str:
    from simulation.text import say

    return say(f"scenario.unit.{unit}", lang) if unit else ""


#: The form of a table in a sentence; outside of code Markdown would take its braces for attributes.
_FORM = re.compile(r"(\w+ = [{\[].*[}\]])")


def _measured(value: str, unit: str, lang: str) -> str:
    """Return a value with its unit behind it."""
    left, right = ("（", "）") if lang == "zh" else (" (", ")")
    return f"{value}{left}{unit}{right}" if unit else value


#: What a parameter that is neither a number nor a word may be, in Chinese; the schema says it in English.
_SHAPES = {
    "text": "一段文字",
    "labels": "一段文字，或含 en 与 zh 的表",
    "names": "互不相同的名称列表",
    "flag": "true 或 false",
    "rows": "表的列表，每项含 unit、parent 与 tier",
    "facts": "表：`单位 = { 事实 = 0 至 1 的数, … }`",
    "severities": "表：`单位 = { 领域 = 0 至 1 的数, … }`",
    "capacities": "表：`单位 = 大于 0、至多 1000 的数`",
    "shares": "表：`单位 = 0 至 1 的数`",
    "weights": "表：`领域 = { 事实 = -10 至 10 的数, … }`",
    "domains": "各领域的表，每项含 en、zh、matched（单位名称列表）、lead 与 supporting",
    "departments": "各部门的表，每项含 en、zh 与 units（单位名称列表）",
    "signals": "表的列表，每项含 week，以及 issuer、channel、intensity、domain、wording、cities 中的任意几项",
    "assignment": "表：`单位 = [领域, …]`",
    "changes": "表的列表，每项含 week 或 when，以及 set，另可含 length、repeat、cities、units、title",
    "date": "日期，例如 2020-03-01",
}


def _allowed(info: Any, lang: str) -> str:
    """Return what a parameter may be, short enough for a column."""
    zh = lang == "zh"
    words = ("、" if zh else ", ").join(f"`{word}`" for word in info.choices)
    if info.kind == "word":
        return words
    if info.kind not in {"number", "whole"}:
        return _SHAPES[info.kind] if zh else _FORM.sub(r"`\1`", str(info.allowed))
    low = f"{info.low:.10g}".replace("-", "−")
    least, most = ("大于 {}", "{} 以上") if zh else ("above {}", "{} or more")
    if info.high is None:
        span = least.format(low) if info.above else most.format(low)
    else:
        left, joint = (
            (least.format(low), "，至 " if zh else ", up to ") if info.above else (low, " 至 " if zh else " to ")
        )
        span = f"{left}{joint}{info.high:.10g}"
    span += ("，整数" if zh else ", whole") if info.kind == "whole" else ""
    return span + (f"，或 {words}" if zh else f", or {words}") if words else span


def parameters(only: str = "", lang: str = "en") -> str:
    """Return the table of parameters, all or those whose dotted key starts with ``only``."""
    from simulation.scenario import parameters as known
    from simulation.scenario.sources import source_in

    rows = [
        [
            f"`{info.key}`",
            _measured(_default(info.default), _unit(info.unit, lang), lang),
            _allowed(info, lang),
            info.description[lang],
            source_in(info.source, lang, words=True),  # on a page S and A are stocks, and P is participation
        ]
        for info in known()
        if info.key.startswith(only)
    ]
    return table(_head(lang, "parameter", "default", "allowed", "meaning", "source"), rows)


_AXES = {
    "en": "Axes: c city, u unit, x executor (a town, or a unit's own staff), d domain, k community, j place (a "
    "community in a unit's jurisdiction), m department, body (a kind of body that takes part), t week. NEVER is −1.",
    "zh": "轴：c 城市，u 单位，x 执行者（乡镇街道，或单位的本级人员），d 领域，k 社区，"
    "j 所辖社区（某单位辖区内的社区），m 部门，body 参与主体的类别，flow 账本科目，t 周。NEVER 即 −1。",
}
_TYPES = {"real": "实数", "whole": "整数", "yes/no": "是/否", "64-bit key": "64 位键", "small whole": "小整数"}
_IN_CHINESE = {"as its stock": "同其存量", "weeks, c": "周, c"}


def state(lang: str = "en") -> str:
    """Return the tables of changing and of fixed arrays: axes and types from the code, meanings from the catalogue."""
    from simulation.world.fixed import World
    from simulation.world.state import State

    titles = {"en": ("Changes from week to week", "Fixed during a run"), "zh": ("逐周变化", "运行期间不变")}[lang]
    parts = [_AXES[lang] + "\n\n"]
    for title, prefix, kind in zip(titles, ("state", "world"), (State, World), strict=True):
        brackets = ("（", "）") if lang == "zh" else (" (", ")")
        parts.append(f"**{title}**{brackets[0]}`{kind.__module__}.{kind.__name__}`{brackets[1]}\n\n")
        parts.append(table(_head(lang, "name", "axes", "type", "meaning"), _fields(kind, prefix, lang)) + "\n")
    return "".join(parts)


def _fields(kind: type, prefix: str, lang: str) -> list[list[str]]:
    from simulation.text import say

    simple = {"Floats": "real", "Ints": "whole", "Flags": "yes/no", "Keys": "64-bit key", "int": "whole"}
    rows = []
    for line in inspect.getsource(kind).splitlines():
        found = re.match(r"\s{4}(\w+): ([^#]+?)(?:\s+# (?:\[([^\]]+)\] ?)?.*)?$", line)
        if found:
            name, types, axes = found.groups()
            axes = "as its stock" if re.fullmatch(r"d[SABQL]", name) else axes or ""
            short = simple.get(types.strip(), "small whole")
            if lang == "zh":
                axes, short = _IN_CHINESE.get(axes, axes), _TYPES[short]
            rows.append([f"`{name}`", axes, short, say(f"array.{prefix}.{name}", lang)])
    return rows


def metrics(lang: str = "en") -> str:
    """Return the table of metrics."""
    from simulation.metrics import METRICS
    from simulation.text import say

    rows = []
    for name, entry in METRICS.items():
        low, high = (f"{bound:g}".replace("inf", "∞") for bound in (entry.low, entry.high))
        if lang == "zh":
            meaning = [say(f"metric.{name}", lang), say(f"metric.{name}.meaning", lang)]
            unit = _unit(entry.unit, lang)
        else:
            meaning, unit = [(inspect.getdoc(entry.compute) or "").split("\n\n")[0].replace("\n", " ")], entry.unit
        rows.append([f"`{name}`", *meaning, unit, f"{low} – {high}"])
    labels = ["label"] if lang == "zh" else []
    return table(_head(lang, "metric", *labels, "meaning", "unit", "range"), rows)


_KINDS = {"source": "来源", "sink": "损耗", "passed": "传导", "delivered": "落地"}


def accounts(lang: str = "en") -> str:
    """Return the table of the ledger's accounts."""
    from simulation.ledger.accounts import FLOWS, OUTSIDE
    from simulation.scenario.windows import STAGES
    from simulation.text import say

    if lang == "en":
        where = {row: f"{row + 1} {name}" for row, name in enumerate(STAGES)} | {OUTSIDE: "outside"}
        rows = [[f"`{f.account}`", f.kind, where[f.origin], where[f.target]] for f in FLOWS]
        return table(["account", "kind", "from", "to"], rows)
    where = {row: f"{row + 1} {say(f'stage.{name}', lang)}" for row, name in enumerate(STAGES)} | {OUTSIDE: "外部"}
    rows = []
    for flow in FLOWS:
        label = "传至下一阶段" if flow.kind == "passed" else say(f"account.{flow.account}", lang)
        rows.append([f"`{flow.account}`", label, _KINDS[flow.kind], where[flow.origin], where[flow.target]])
    return table(_head(lang, "account", "label", "kind", "from", "to"), rows)


def glossary(lang: str = "en") -> str:
    """Return the glossary, in the order of the catalogue, with each term in both languages."""
    from simulation.text import catalogue

    labels = catalogue()
    keys = [key for key in labels if key.startswith("glossary.") and not key.endswith(".meaning")]
    other, header = ("zh", ["term", "中文", "meaning"]) if lang == "en" else ("en", ["术语", "英文", "释义"])
    return table(header, [[labels[key][lang], labels[key][other], labels[f"{key}.meaning"][lang]] for key in keys])


def terms(lang: str = "en") -> str:
    """Return the table of terms: one Chinese term per concept, and the forms that are not used for it."""
    known = tomllib.loads((DOCS / "terms.toml").read_text(encoding="utf-8"))["terms"]
    rows = [(term["zh"], term["en"], "、".join(form.strip("“”") for form in term["not"])) for term in known]
    if lang == "en":
        return table(["concept", "中文", "not"], [[en, zh, forms] for zh, en, forms in rows])
    return table(["术语", "英文", "不用"], [list(row) for row in rows])


def by_city(lang: str = "en") -> str:
    """Return the parameters whose change can be limited to cities, not to units; where all of a table, the table."""
    from simulation.scenario.changing import BY_CITY
    from simulation.scenario.keys import metas

    comma, all_of = (", ", "all of `{}`") if lang == "en" else ("、", "`{}` 的全部")
    return comma.join(f"`{name}`" if name in metas() else all_of.format(name) for name in BY_CITY)


def checks() -> str:
    """Return the table of the checks of `wushi verify`, without results."""
    from simulation.verification import checks as known

    rows = [
        [f"`{check.__module__.rpartition('.')[2]}`", (inspect.getdoc(check) or "").split("\n\n")[0].replace("\n", " ")]
        for check in known()
    ]
    return table(["file", "what is checked"], rows)


def scenarios(lang: str = "en") -> str:
    """Return the table of shipped scenarios."""
    from simulation.scenario import load_scenario, shipped

    rows = []
    for name in shipped():
        spec = load_scenario(name)
        rows.append([f"`{name}`", spec.title.label(lang), spec.question.label(lang)])
    return table(_head(lang, "name", "title", "question"), rows)


def plan_kinds() -> str:
    """Return the table of plan kinds."""
    from simulation.agents.plans import plan_kinds as known

    rows = []
    for name, planner in sorted(known().items()):
        first = (inspect.getdoc(inspect.getmodule(planner)) or "").split("\n\n")[0]
        rows.append([f"`{name}`", first.replace("\n", " ")])
    return table(["kind", "meaning"], rows)


def draws() -> str:
    """Return numbers that an implementation of the draws must give."""
    import numpy as np

    from simulation.compute import randomness as r

    unit, domain = r.name_keys(["Gaoyao"]), r.name_keys(["nimby"])
    key = r.keys(7, "severity", unit)
    both = r.pair(key, domain)[0]
    join = r.pair(r.keys(7, "join", r.name_keys(["Zhaoqing: finance"])), r.name_keys(["land"]))[0]
    body = r.keys(7, "body", r.pair(r.name_keys(["Gaoyao V001"]), r.name_keys(["volunteers"])))[0]
    rows = [
        ['hash("Gaoyao")', f"0x{int(unit[0]):016X}"],
        ["mix(1)", f"0x{int(r.mix(np.array([1], np.uint64))[0]):016X}"],
        ['stream(7, "severity")', f"0x{int(r.stream(7, 'severity')):016X}"],
        ['key(7, "severity", "Gaoyao")', f"0x{int(key[0]):016X}"],
        ['pair(key, "nimby")', f"0x{int(both[0]):016X}"],
        ["U(pair)", repr(float(r.uniform(both)[0]))],
        ["Z(pair)", f"{float(r.normal(both)[0]):.12f}"],
        ["U(week(pair, 3))", repr(float(r.uniform(r.week_keys(both, 3))[0]))],
        ['U(pair(key(7, "join", "Zhaoqing: finance"), "land"))', repr(float(r.uniform(join)[0]))],
        ['U(key(7, "body", pair(hash("Gaoyao V001"), "volunteers")))', repr(float(r.uniform(body)[0]))],
    ]
    return table(["expression", "value"], [[f"`{name}`", f"`{value}`"] for name, value in rows])


def _of_cases(name: str) -> Callable[..., str]:
    """Return a maker of a table of the codebook, which stands in `case_tables.py`."""
    return lambda lang="en": table(*runpy.run_path(str(DOCS / "making" / "case_tables.py"))[name](lang))


def _of_case_page(name: str) -> Callable[..., str]:
    """Return a maker of a part of docs/cases.md, which stands in `case_page.py`."""

    def make(lang: str = "en") -> str:
        parts = runpy.run_path(str(DOCS / "making" / "case_page.py"))
        return parts[name](lang) if name == "mistake" else parts[name](lang, table)

    return make


MAKERS: dict[str, Callable[..., str]] = {
    "parameters": parameters,
    "state": state,
    "metrics": metrics,
    "accounts": accounts,
    "glossary": glossary,
    "terms": terms,
    "checks": checks,
    "draws": draws,
    "scenarios": scenarios,
    "plan-kinds": plan_kinds,
    "by-city": by_city,
    "case-columns": _of_cases("columns"),
    "case-measures": _of_cases("measures"),
    "case-coders": _of_cases("coders"),
    "case-fits": _of_cases("fits"),
    "case-mistake": _of_case_page("mistake"),
    "case-tutorial": _of_case_page("tutorial"),
    "case-recovery": _of_case_page("recovery"),
}


#: The tables that a Chinese page can hold.
IN_CHINESE = {
    "parameters", "state", "metrics", "accounts", "glossary", "terms", "scenarios", "by-city",
    "case-columns", "case-measures", "case-coders", "case-fits",
    "case-mistake", "case-tutorial", "case-recovery",
}  # fmt: skip


def quoted(text: str, lang: str = "en") -> str:
    """Return a page with every number that it quotes from `limits.json`, as the language writes it: .146 or 0.146."""
    values: dict[str, float] = {}

    def shown(found: re.Match[str]) -> str:
        if not values:
            values.update(json.loads((DOCS / "limits.json").read_text(encoding="utf-8"))["values"])
        digits = f"{values[found[2]]:.{found[3] or 3}f}".replace("-", "−")
        if lang == "en":
            digits = re.sub(r"^(−?)0(?=\.)", r"\1", digits)
        return f"{found[1]}{digits}<!-- / -->"

    return QUOTED.sub(shown, text)


def language(page: Path) -> str:
    """Return the language of a page, by its name: `model.zh.md` is the Chinese `model.md`."""
    return "zh" if page.name.endswith(".zh.md") else "en"


def renewed(text: str, lang: str = "en") -> str:
    """Return a page with every block made anew; `parameters:stages.trend` narrows the table to a prefix."""

    def block(found: re.Match[str]) -> str:
        name, _, argument = found[2].partition(":")
        tongue = {"lang": lang} if name in IN_CHINESE else {}
        made = MAKERS[name](argument, **tongue) if argument else MAKERS[name](**tongue)
        return f"{found[1]}\n{made.strip()}\n\n{found[4]}"

    return quoted(BLOCK.sub(block, text), lang)


def main(words: list[str]) -> int:
    """Write or compare all pages; return the exit code."""
    drifted = []
    for page in sorted(DOCS.rglob("*.md")):
        old = page.read_text(encoding="utf-8")
        new = renewed(old, language(page))
        if new != old:
            drifted.append(page.relative_to(DOCS.parent))
            if "--check" not in words:
                page.write_text(new, encoding="utf-8")
    for page in drifted:
        print(f"{page}: {'differs from the code' if '--check' in words else 'written'}")
    return 1 if drifted and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
