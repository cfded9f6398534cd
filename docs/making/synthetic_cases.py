"""Make the synthetic rows of the shipped case `qingwan` and of the starter case, from the model itself.

    python docs/making/synthetic_cases.py

What is observed comes from one run under known values, with the errors that the rows state; all else is chosen by hand.
The files are the same at every run of this script.
"""

from __future__ import annotations

import csv
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.cases.case import Case
from simulation.cases.distances import Rows
from simulation.cases.observing import Observing
from simulation.cases.prior import Prior
from simulation.command.starter import make_case

ROOT = Path(__file__).resolve().parents[2]
QINGWAN = ROOT / "scenarios" / "cases" / "qingwan"
STARTER = ROOT / "simulation" / "command" / "starter_files" / "case"
HEAD = ("date", "unit", "domain", "measure", "value", "sd", "source", "note")
SEED = 20_190_401
"""Seed of the true runs; no fit uses it by itself."""


class Asked(NamedTuple):
    """A row to be: when and where somebody looks at what, and how exactly."""

    week: int
    unit: str
    domain: str
    measure: str
    sd: float | None = None


def rows_of(
    folder: Path,
    asked: Sequence[Asked],
    truth: Mapping[str, Any],
    words: Callable[[Asked], tuple[str, str]],
    name: str = "observed.csv",
) -> list[list[Any]]:
    """Return the rows that documents would hold after a run under the truth, errors of measurement included.

    Parameters
    ----------
    folder : Path
        The case; its observed table is written on the way.
    asked : sequence of Asked
        The rows to be; of an event the week is the last one in which somebody looks.
    truth : mapping
        Dotted key to value.
    words : callable
        Returns source and note of a row.
    name : str
        File of the observed rows.
    """
    start = Case.load(folder).start
    _write(folder / name, [_row(one, start, one.week, 0.0, *words(one)) for one in asked])
    case = Case.load(folder)
    rows = Rows.of(case)
    found = np.array(list(Observing(case)(truth, SEED).values()))
    found[(rows.kind == "event") & (found < 0)] = np.inf
    seen = rows.observed_again(found[None], np.random.default_rng([SEED, 1]))[0]
    made = []
    for one, value in zip(asked, seen.tolist(), strict=True):
        if one.measure in ("adopted", "withdrawn"):
            happened = math.isfinite(value) and value <= one.week
            week = max(0, round(value)) if happened else one.week
            made.append(_row(one, start, week, float(happened), *words(one)))
        else:
            made.append(_row(one, start, one.week, value, *words(one)))
    made.sort(key=lambda row: (row[0], row[3], row[1], row[2]))
    _write(folder / name, made)
    return made


def _row(one: Asked, start: date, week: int, value: float, source: str, note: str) -> list[Any]:
    day = start + timedelta(days=7 * week + 3)
    digits = 0 if one.measure in ("agenda", "adopted", "withdrawn", "sites") else 3
    number = round(value) if digits == 0 else round(value, digits)
    return [day.isoformat(), one.unit, one.domain, one.measure, number, "" if one.sd is None else one.sd, source, note]


def _write(file: Path, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(head)
        table.writerows(rows)


def truth_of(case: Case, free: Mapping[str, float]) -> dict[str, Any]:
    """Return a vector between plausible worlds, drawn as a fit draws it beforehand, with known free parameters."""
    prior = Prior.of(case)
    drawn = prior.values(prior.shape.draw(1, np.random.default_rng([SEED, 0])))[0]
    return {**drawn, **free}


def qingwan() -> None:
    """Make the case of a city that got an instruction and did not expand."""
    units = ("East Bank", "West Bank", "Stone Bridge", "White Sands", "South Terrace", "Old Ferry", "Cloud Ridge")
    others = ("old-estates", "farmland", "traffic", "elderly")
    scores = {
        "sewage": (0.75, 0.7, 0.9, 0.6, 0.55, 0.5, 0.4),
        "old-estates": (0.6, 0.45, 0.3, 0.25, 0.3, 0.35, 0.3),
        "farmland": (0.05, 0.2, 0.35, 0.4, 0.5, 0.4, 0.45),
        "traffic": (0.5, 0.55, 0.35, 0.25, 0.2, 0.2, 0.15),
        "elderly": (0.35, 0.3, 0.3, 0.35, 0.35, 0.4, 0.5),
    }
    _write(
        QINGWAN / "severity.csv",
        [
            [unit, domain, values[place], 0.08, f"problem survey of {unit}, synthetic", ""]
            for domain, values in scores.items()
            for place, unit in enumerate(units)
        ],
        ("unit", "domain", "severity", "sd", "source", "note"),
    )
    _write(
        QINGWAN / "capacity.csv",
        [
            [unit, ratio, zeal, "staff per community and work reports, synthetic", ""]
            for unit, ratio, zeal in zip(
                units, (1.1, 1.05, 0.9, 0.9, 0.85, 0.8, 0.75), (0.9, 0.9, 0.8, 0.7, 0.7, 0.6, 0.6), strict=True
            )
        ],
        ("unit", "capacity", "zeal", "source", "note"),
    )
    _write(
        QINGWAN / "signals.csv",
        [
            ["2019-04-03", "Party secretary of the province", "secretary", "written", "sewage", 0.25, "",
             "written instruction, synthetic", "foul waters, and half a sentence on residents' other worries"],
        ],
        ("date", "issuer", "rank", "channel", "domain", "wording", "cities", "source", "note"),
    )  # fmt: skip
    months = [date(2019 + month // 12, month % 12 + 1, 1) for month in range(3, 33)]
    _write(
        QINGWAN / "meetings.csv",
        [[f"{day:%Y-%m}", 1, "deputy", "minutes of the leading group, synthetic", ""] for day in months],
        ("month", "meetings", "head", "source", "note"),
    )
    asked = [Asked(week, "", "", "agenda", 0.3) for week in (30, 56, 82, 121)]
    asked += [Asked(121, "", domain, "agenda") for domain in others]
    asked += [Asked(121, unit, "sewage", "adopted") for unit in units]
    asked += [Asked(121, unit, domain, "adopted") for unit, domain in zip(units, 2 * others, strict=False)][:4]
    asked += [Asked(week, "", "sewage", "sites", 3.0) for week in (43, 69, 95, 121)]
    asked += [Asked(week, unit, "sewage", "sites") for unit in units[:4] for week in (69, 121)]
    asked += [Asked(week, unit, "sewage", "reported", 0.05) for unit in units[:5] for week in (69, 95, 121)]
    asked += [Asked(week, unit, "sewage", "participation", 0.04) for unit in units[:4] for week in (82, 121)]
    asked += [Asked(week, "", "", "participation", 0.02) for week in (43, 69, 95, 121)]
    asked += [Asked(121, unit, "sewage", "withdrawn") for unit in units[:2]]
    _write(QINGWAN / "observed.csv", [], HEAD)
    truth = truth_of(Case.load(QINGWAN), {"execution.oversight": 0.45, "scouting.breadth": 0.7})
    rows = rows_of(QINGWAN, asked, truth, lambda one: (SOURCES[one.measure], ""))
    lines = ["# The values under which the synthetic rows of this case were made, and the seed of that run.", ""]
    lines += [f"seed = {SEED}", "", "[truth]"]
    lines += [f'"{key}" = {value!r}' for key, value in sorted(truth.items())]
    (QINGWAN / "truth.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"qingwan: {len(rows)} rows")


SOURCES = {
    "agenda": "work plan of the city, synthetic",
    "adopted": "implementation plan of the county, synthetic",
    "withdrawn": "annual work report, synthetic",
    "sites": "list of sites, synthetic",
    "reported": "score sheet of the county, synthetic",
    "participation": "survey of residents, synthetic",
}


def starter(lang: str) -> None:
    """Make the observed rows of the starter case in one language; draws go by name, so the numbers differ."""
    units, domains, sources = STARTERS[lang]
    old, harbour, hills, fields, woods = units
    waste, housing, farmland, fire = domains
    asked = [Asked(week, "", "", "agenda", 0.3) for week in (22, 43, 95)]
    asked += [Asked(95, "", domain, "agenda") for domain in domains[1:]]
    pairs = ((harbour, waste), (old, housing), (fields, farmland), (woods, fire), (hills, farmland), (old, waste))
    asked += [Asked(95, *pair, "adopted") for pair in (*pairs, (hills, waste), (woods, farmland))]
    asked += [Asked(95, *pair, "withdrawn") for pair in pairs[:2]]
    asked += [Asked(week, *pair, "sites") for pair in pairs[:4] for week in (56, 95)]
    asked += [Asked(week, *pair, "reported") for pair in pairs[:4] for week in (69, 95)]
    asked += [Asked(95, *pair, "participation", 0.04) for pair in pairs[:3]]
    asked += [Asked(week, "", "", "participation", 0.02) for week in (43, 69, 95)]
    with tempfile.TemporaryDirectory() as made:
        folder = make_case(Path(made) / "case", lang)
        truth = truth_of(Case.load(folder), {"execution.oversight": 0.6, "scouting.breadth": 0.85})
        rows = rows_of(folder, asked, truth, lambda one: (sources[one.measure], ""))
        labels = {key: one.zh for key, one in Case.load(folder).spec.domains.items()} if lang == "zh" else {}
        _write(STARTER / lang / "observed.csv", [[*row[:2], labels.get(row[2], row[2]), *row[3:]] for row in rows])
    print(f"starter, {lang}: {len(rows)} rows")


STARTERS = {
    "en": (
        ("Old Town", "New Harbour", "East Hills", "South Fields", "West Woods"),
        ("waste", "old-housing", "farmland", "forest-fire"),
        {
            "agenda": "work plan of the city",
            "adopted": "implementation plan of the county",
            "withdrawn": "annual work report",
            "sites": "list of sites",
            "reported": "score sheet of the county",
            "participation": "survey of residents",
        },
    ),
    "zh": (
        ("老城区", "新港区", "东山县", "南田县", "西林县"),
        ("waste", "old-housing", "farmland", "forest-fire"),
        {
            "agenda": "市工作要点",
            "adopted": "区县实施方案",
            "withdrawn": "年度工作总结",
            "sites": "点位名单",
            "reported": "区县考核得分表",
            "participation": "居民问卷调查",
        },
    ),
}


def main() -> None:
    """Make all of them."""
    qingwan()
    for lang in STARTERS:
        starter(lang)


if __name__ == "__main__":
    main()
