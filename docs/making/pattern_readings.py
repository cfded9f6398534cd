"""The part of docs/patterns.md that interprets the table: breadth, sources, order, ignition, strength."""

from __future__ import annotations

import math

import pandas as pd
from pattern_words import mean, num, rows

from simulation.verification.patterns import AT_FIRST, SOURCES, ratio

IGNITION_FREE = {"execution.h": 1.0}
MAIN = (
    *("1.1", "1.4", "1.all", "2.x0.6", "2.x0.3", "2.x0", "3.x0.3", "4.x0.6-4", "4.x0.6-8", "5", "6.x0.1", "7.0"),
    *("9.2", "9.4", "9.8", "9.uniform", "10", "12", "12.scouting", "13.campaign", "13.routine", "14", "15"),
    *("18.depth", "18.breadth", "19.trend", "19.publicity", "19.settlement", "19.leverage"),
    *("20.neither", "20.no-adoption", "21.need", "21.citizens"),
)
STRENGTHS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
WEAKER = (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.0)
AGENDAS = (1, 2, 3, 4, 6, 8)


def section_expansion(measured: pd.DataFrame, runs: pd.DataFrame) -> str:
    """Tabulate expansion, breadth under a strong and a weak group, and buck-passing."""
    at, by_arm = measured.set_index("id"), runs.groupby("arm")

    def found(name: str) -> str:
        return "1" if name == "base" else f"{num(at.loc[name, 'ratio'])} ± {num(at.loc[name, 'half_width'])}"

    def level(name: str, column: str, digits: int = 1) -> str:
        return num(float(by_arm.get_group(name)[column].mean()), digits)

    group = [("leading group ×", "agenda at first", "at the end", "effectiveness", "core", "without conflict")]
    for share in WEAKER:
        name = "base" if share == 1 else f"2.x{share:g}"
        cells = (level(name, AT_FIRST), level(name, "agenda"), found(name), level(name, "core_effect", 2))
        group.append((f"{share:g}", *cells, found(f"3.x{share:g}")))
    agenda = [
        ("domains on the agenda", "default group", "its core", "group × 0.6", "its core", "group × 0.4", "its core")
    ]
    for number in AGENDAS:
        names = ("1.all" if number == 8 else f"1.{number}", f"4.x0.6-{number}", f"4.x0.4-{number}")
        agenda.append((number, *(cell for name in names for cell in (found(name), level(name, "core_effect", 2)))))
    return f"{rows(*group)}\n\n{rows(*agenda)}"


def section_sources(runs: pd.DataFrame) -> str:
    base = runs[runs["arm"] == "base"]
    return rows(("", *SOURCES), ("measured", *(num(float(base[f"source_{name}"].mean()), 3) for name in SOURCES)))


def section_order(measured: pd.DataFrame) -> str:
    at = measured.set_index("id")
    loss = {name: 1 - at.loc[name, "ratio"] for name in ("12", "12.interlock", "12.scouting", "12.both")}
    lines = [("both arms with", "reversed ÷ its own null", "lost", "published")]
    words = ("everything", "interlock 0", "scout_error 0", "interlock 0 and scout_error 0")
    for (name, lost), what in zip(loss.items(), words, strict=True):
        row = at.loc[name]
        half = num(row["half_width"], 3)
        lines.append((what, f"{num(row['ratio'], 3)} ± {half}", num(lost, 3), num(row["published"])))
    whole = loss["12"]
    late, locked = ((whole - loss[key]) / whole if whole else math.nan for key in ("12.scouting", "12.interlock"))
    return (
        rows(*lines)
        + f"\n\nOf the loss of {num(whole, 3)} without scouting error {late:.0%} disappears, and without interlock "
        f"{locked:.0%} (the two overlap, so they need not add up; above 100 % a loss becomes a gain). "
        f"All five at once with scout_error 0 in both arms: {num(at.loc['12.at-once-scouting', 'ratio'], 3)} ± "
        f"{num(at.loc['12.at-once-scouting', 'half_width'], 3)}; "
        f"with the error: {num(at.loc['12.at-once', 'ratio'], 3)}."
    )


def section_ignition(with_: pd.DataFrame, without: pd.DataFrame, levels: tuple[float, float]) -> str:
    two, one = with_.set_index("id"), without.set_index("id")
    lines = [("#", "pattern", "h = 2", "h = 1", "apart")]
    for name in MAIN:
        a, b = two.loc[name], one.loc[name]
        apart = abs(a["ratio"] - b["ratio"]) > math.hypot(a["half_width"], b["half_width"])
        cells = (f"{num(x['ratio'], 3)} ± {num(x['half_width'], 3)}" for x in (a, b))
        lines.append((name, a["en"], *cells, "yes" if apart else ""))
    turned = [
        f"{name} ({num(two.loc[name, 'ratio'])} → {num(one.loc[name, 'ratio'])})"
        for name in MAIN
        if (
            two.loc[name, "ratio"] + two.loc[name, "half_width"]
            < 1
            < one.loc[name, "ratio"] - one.loc[name, "half_width"]
        )
    ]
    warning = (
        f" **Turned from a loss into a gain by h = 1: {', '.join(turned)}.** These claims stand and fall with ignition."
        if turned
        else " No loss turns into a gain."
    )
    return (
        f"Each ratio is to the base with the same h (effectiveness {num(levels[0], 3)} with h = 2, "
        f"{num(levels[1], 3)} with h = 1).{warning}\n\n" + rows(*lines)
    )


def section_curve(curves: dict[str, pd.DataFrame]) -> str:
    lines = [
        ("instruction", *(f"{name}: effectiveness" for name in curves), *(f"{name}: ÷ that at 1" for name in curves))
    ]
    for strength in STRENGTHS:
        levels, ratios = [], []
        for runs in curves.values():
            by = {arm: part.sort_values("seed")["effectiveness"] for arm, part in runs.groupby("arm")}
            found, half = ratio(by["x1"], by[f"x{strength:g}"])
            levels.append(mean(by[f"x{strength:g}"]))
            ratios.append(f"{num(found, 3)} ± {num(half, 3)}")
        lines.append((f"{strength:g}", *levels, *ratios))
    return rows(*lines)
