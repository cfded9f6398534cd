"""The part of docs/patterns.md that interprets the table: sources, the order of the stages, ignition, strength."""

from __future__ import annotations

import math

import pandas as pd
from pattern_words import mean, num, rows

from simulation.verification.patterns import BASE_SOURCES, SOURCES, ratio

IGNITION_FREE = {"execution.h": 1.0}
MAIN = (
    *("1", "2", "3.2", "3.4", "3.6", "4.4", "5", "6.depth", "6.breadth"),
    *("7.trend", "7.authority", "7.publicity", "7.settlement", "7.leverage"),
    *("8", "8.interlock", "8.scouting", "9", "10", "11.campaign", "11.routine", "12", "13.neither", "13.no-adoption"),
    *("15.need", "15.citizens"),
)
STRENGTHS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)


def section_sources(runs: pd.DataFrame) -> str:
    base = runs[runs["arm"] == "base"]
    return rows(
        ("", *SOURCES),
        ("measured", *(num(float(base[f"source_{name}"].mean()), 3) for name in SOURCES)),
        ("published", *(f"{BASE_SOURCES[name]:g}" for name in SOURCES)),
    )


def section_order(measured: pd.DataFrame) -> str:
    at = measured.set_index("id")
    loss = {name: 1 - at.loc[name, "ratio"] for name in ("8", "8.interlock", "8.scouting", "8.both")}
    lines = [("both arms with", "reversed ÷ its own null", "lost", "published")]
    words = ("everything", "interlock 0", "scout_error 0", "interlock 0 and scout_error 0")
    for (name, lost), what in zip(loss.items(), words, strict=True):
        row = at.loc[name]
        half = num(row["half_width"], 3)
        lines.append((what, f"{num(row['ratio'], 3)} ± {half}", num(lost, 3), num(row["published"])))
    whole = loss["8"]
    late, locked = ((whole - loss[key]) / whole if whole else math.nan for key in ("8.scouting", "8.interlock"))
    return (
        rows(*lines)
        + f"\n\nWithout scouting error {late:.0%} of the loss of {num(whole, 3)} disappears, without interlock "
        f"{locked:.0%} (the two overlap, so they need not add up). Most of the effect of order is "
        "scouting that comes too late for the plan, not the order of momentum as such. All five at once with "
        f"scout_error 0 in both arms: {num(at.loc['9.scouting', 'ratio'], 3)} ± "
        f"{num(at.loc['9.scouting', 'half_width'], 3)}; with the error: {num(at.loc['9', 'ratio'], 3)}."
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
