"""Write the tables of the documentation that the code already knows; `--check` only compares.

A page holds blocks `<!-- made: NAME -->` … `<!-- end -->`; their content is made here, from the schema, the
state, the metrics, the ledger and the catalogue of labels. A test fails when a page has drifted.

    python docs/making/docs.py            write
    python docs/making/docs.py --check    exit 1 and name the pages that differ
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- made: ([\w:.-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _default(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:g}".replace("inf", "∞")
    if isinstance(value, (dict, tuple)):
        return "–" if not any(value.values() if isinstance(value, dict) else value) else f"`{value}`"
    return f"`{value}`" if isinstance(value, str) else ("–" if str(value) == "PydanticUndefined" else str(value))


#: The marks of sources in words: on a page S and A are stocks, and P is participation.
_MARKS = {"P": "paper", "S": "source", "A": "assumed"}


def _source(marked: str) -> str:
    """Return where a number comes from, with its marks in words."""
    return re.sub(r"\b([PSA])(?=[:;]|$)", lambda mark: _MARKS[mark[1]], marked)


def parameters(only: str = "") -> str:
    """Return the table of parameters, all or those whose dotted key starts with ``only``."""
    from simulation.scenario import parameters as known

    rows = []
    for info in known():
        if info.key.startswith(only):
            meaning = f"{info.description['en']} · {info.description['zh']}"
            cells = [f"`{info.key}`", _default(info.default), info.unit, info.allowed, meaning, _source(info.source)]
            rows.append(cells)
    return table(["parameter", "default", "unit", "allowed", "meaning", "source"], rows)


def state() -> str:
    """Return the tables of fixed and of changing arrays, from the comments beside the fields."""
    from simulation.world.fixed import World
    from simulation.world.state import State

    parts = []
    for title, kind in (("Changes from week to week", State), ("Fixed during a run", World)):
        parts.append(f"**{title}** (`{kind.__module__}.{kind.__name__}`)\n\n")
        parts.append(table(["name", "axes", "type", "meaning"], _fields(kind)) + "\n")
    return (
        "Axes: c city, u unit, x executor (a town, or a unit's own staff), d domain, k community, j place (a community "
        "in a unit's jurisdiction), m department, body (a kind of body that takes part), t week. NEVER is −1.\n\n"
        + "".join(parts)
    )


def _fields(kind: type) -> list[list[str]]:
    rows = []
    for line in inspect.getsource(kind).splitlines():
        found = re.match(r"\s{4}(\w+): ([^#]+?)(?:\s+# (?:\[([^\]]+)\] ?)?(.*))?$", line)
        if found:
            name, types, axes, meaning = found.groups()
            if re.fullmatch(r"d[SABQL]", name):
                axes, meaning = "as its stock", "change of the stock this week"
            simple = {"Floats": "real", "Ints": "whole", "Flags": "yes/no", "Keys": "64-bit key", "int": "whole"}
            short = simple.get(types.strip(), "small whole")
            rows.append([f"`{name}`", axes or "", short, _MEANINGS.get(name, meaning or "")])
    return rows


#: Meanings of arrays whose field has none beside it, or one that a page puts otherwise.
_MEANINGS = {
    "level": "levels a₁ … a₅ of the five activities",
    "gate": "gates of the five stages",
    "engaged": "unit takes part",
    "mode": "mode of execution: 0 substantive, 1 adaptive, 2 symbolic, 3 selective, −1 none",
    "open": "unit has a site in the place",
    "confidence": "cadres' confidence κ",
    "routine": "routine r",
    "effect": "governance effect e",
    "site_since": "week in which the first site opened, −1 if none has",
    "proven": "domain is proven",
    "sites": "number of open sites",
    "severity": "severity s",
    "share": "share ξ of its communities that the unit works, as decided",
    "push": "this week's delivered momentum times the unit's number of pilot sites, summed over units",
    "strongest": "highest routine, before this week's change, among executors with an open site there",
    "plan_week": "week of the plan; NEVER before",
    "active": "domain on the city's agenda; before the plan those that a signal has named",
    "executor_unit": "unit of each executor",
    "place_city": "city of each place's unit",
    "department_city": "city of each department",
    "city_province": "province of each city",
    "join_key": "key of the draws of co-operating",
    "body_key": "key of the weekly draws of bodies",
    "unit_turnover_key": "key of the draws of a unit's new leader",
    "city_turnover_key": "key of the draws of a city's new leader",
    "neighbour_key": "key of the draws of following a neighbouring city",
    "unit_city": "city of each unit",
    "is_department": "unit is a municipal department",
    "place_community": "community of each place",
    "community_city": "city of each community",
    "mode_key": "key of the draws of modes",
    "revise_key": "key of the draws of reconsidering",
    "adopt_key": "key of the draws of adopting",
    "downward_key": "key of the draws of sites from below",
}


def metrics() -> str:
    """Return the table of metrics."""
    from simulation.metrics import METRICS

    rows = []
    for name, entry in METRICS.items():
        low, high = (f"{bound:g}".replace("inf", "∞") for bound in (entry.low, entry.high))
        meaning = inspect.getdoc(entry.compute) or ""
        rows.append([f"`{name}`", meaning.split("\n\n")[0].replace("\n", " "), entry.unit, f"{low} – {high}"])
    return table(["metric", "meaning", "unit", "range"], rows)


def accounts() -> str:
    """Return the table of the ledger's accounts."""
    from simulation.ledger.accounts import FLOWS, OUTSIDE
    from simulation.scenario.windows import STAGES

    where = {row: f"{row + 1} {name}" for row, name in enumerate(STAGES)} | {OUTSIDE: "outside"}
    rows = [[f"`{f.account}`", f.kind, where[f.origin], where[f.target]] for f in FLOWS]
    return table(["account", "kind", "from", "to"], rows)


def glossary() -> str:
    """Return the glossary, in the order of the catalogue."""
    from simulation.text import catalogue

    labels = catalogue()
    keys = [key for key in labels if key.startswith("glossary.") and not key.endswith(".meaning")]
    rows = []
    for key in keys:
        name, meaning = labels[key], labels[f"{key}.meaning"]
        rows.append([name["en"], name["zh"], meaning["en"], meaning["zh"]])
    return table(["term", "中文", "meaning", "释义"], rows)


def checks() -> str:
    """Return the table of the checks of `wushi verify`, without results."""
    from simulation.verification import checks as known

    rows = [
        [f"`{check.__module__.rpartition('.')[2]}`", (inspect.getdoc(check) or "").split("\n\n")[0].replace("\n", " ")]
        for check in known()
    ]
    return table(["file", "what is checked"], rows)


def scenarios() -> str:
    """Return the table of shipped scenarios."""
    from simulation.scenario import load_scenario, shipped

    rows = []
    for name in shipped():
        spec = load_scenario(name)
        rows.append([f"`{name}`", f"{spec.title.en} · {spec.title.zh}", spec.question.en])
    return table(["name", "title", "question"], rows)


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


MAKERS: dict[str, Callable[..., str]] = {
    "parameters": parameters,
    "state": state,
    "metrics": metrics,
    "accounts": accounts,
    "glossary": glossary,
    "checks": checks,
    "draws": draws,
    "scenarios": scenarios,
    "plan-kinds": plan_kinds,
}


def renewed(text: str) -> str:
    """Return a page with every block made anew; `parameters:stages.trend` narrows the table to a prefix."""

    def block(found: re.Match[str]) -> str:
        name, _, argument = found[2].partition(":")
        made = MAKERS[name](argument) if argument else MAKERS[name]()
        return f"{found[1]}\n{made.strip()}\n\n{found[4]}"

    return BLOCK.sub(block, text)


def main(words: list[str]) -> int:
    """Write or compare all pages; return the exit code."""
    drifted = []
    for page in sorted(DOCS.rglob("*.md")):
        old = page.read_text(encoding="utf-8")
        new = renewed(old)
        if new != old:
            drifted.append(page.relative_to(DOCS.parent))
            if "--check" not in words:
                page.write_text(new, encoding="utf-8")
    for page in drifted:
        print(f"{page}: {'differs from the code' if '--check' in words else 'written'}")
    return 1 if drifted and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
