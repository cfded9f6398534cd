"""The part of docs/patterns.md that interprets the table: breadth, sources, order, ignition, strength."""

# ruff: noqa: E501 (the prose of the document, one source line per line)

from __future__ import annotations

import math

import pandas as pd
from pattern_words import mean, num, rows

from simulation.verification.patterns import AT_FIRST, SOURCES, ratio

#: A steep threshold, as in the world of the constants chosen by hand.
IGNITION = {"execution.h": 2.0}
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
    """Tabulate expansion, breadth under a strong and a weak group, and buck-passing, in one world."""
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
    agenda = [("domains on the agenda", "full group", "its core", "group × 0.6", "its core", "group × 0.4", "its core")]
    for number in AGENDAS:
        names = ("1.all" if number == 8 else f"1.{number}", f"4.x0.6-{number}", f"4.x0.4-{number}")
        agenda.append((number, *(cell for name in names for cell in (found(name), level(name, "core_effect", 2)))))
    return f"{rows(*group)}\n\n{rows(*agenda)}\n\n{_breadth(at)}"


def _breadth(at: pd.DataFrame) -> str:
    """Return what the tables say of breadth: the best forced agenda of each group, and what an endless span gives."""
    said = []
    for words, prefix in (("the full group", "1."), ("a group × 0.6", "4.x0.6-"), ("a group × 0.4", "4.x0.4-")):
        names = {n: "1.all" if (prefix == "1." and n == 8) else f"{prefix}{n}" for n in AGENDAS}
        best = max(names, key=lambda n: at.loc[names[n], "ratio"])
        whole, top = (at.loc[names[n]] for n in (8, best))
        if best == AGENDAS[-1]:
            said.append(f"under {words} all eight do best ({num(top['ratio'])})")
        elif top["ratio"] - whole["ratio"] <= math.hypot(top["half_width"], whole["half_width"]):
            said.append(f"under {words} all eight do as well as any other number, within their intervals")
        else:
            said.append(f"under {words} {best} do best ({num(top['ratio'])}), and all eight give {num(whole['ratio'])}")
    endless = at.loc["4.x0.4-8-endless", "ratio"]
    return f"Here {'; '.join(said)}. With an endless span all eight give {num(endless)} under a group × 0.4."


def section_sources(runs: dict[str, pd.DataFrame]) -> str:
    lines: list[tuple[object, ...]] = [("", *SOURCES)]
    for world, all_runs in runs.items():
        base = all_runs[all_runs["arm"] == "base"]
        lines.append((world, *(num(float(base[f"source_{name}"].mean()), 3) for name in SOURCES)))
    return rows(*lines)


def section_order(tables: dict[str, pd.DataFrame]) -> str:
    worlds = {world: table.set_index("id") for world, table in tables.items()}
    lines: list[tuple[object, ...]] = [
        ("both arms with", *(f"reversed ÷ its own null, {w}" for w in worlds), "published")
    ]
    names = ("12", "12.interlock", "12.scouting", "12.both")
    words = ("everything", "interlock 0", "scout_error 0", "interlock 0 and scout_error 0")

    def found(at: pd.DataFrame, name: str) -> str:
        return f"{num(at.loc[name, 'ratio'], 3)} ± {num(at.loc[name, 'half_width'], 3)}"

    for name, what in zip(names, words, strict=True):
        cells = [found(at, name) for at in worlds.values()]
        lines.append((what, *cells, num(next(iter(worlds.values())).loc[name, "published"])))
    at_once = "; ".join(
        f"{world} {found(at, '12.at-once')}, with scout_error 0 in both arms {found(at, '12.at-once-scouting')}"
        for world, at in worlds.items()
    )
    return rows(*lines) + "\n\n" + " ".join(_order(*item) for item in worlds.items()) + f" All five at once: {at_once}."


def _order(world: str, at: pd.DataFrame) -> str:
    """Return what the order is worth in one world, in words that follow the numbers."""
    place, whole = "By hand" if world == "by hand" else f"In the {world}", at.loc["12"]
    if abs(whole["ratio"] - 1) <= whole["half_width"]:
        return f"{place} reversing the stages changes effectiveness by nothing that these pairs show."
    if whole["ratio"] > 1:
        return f"{place} reversing the stages does not cost effectiveness: it adds {num(whole['ratio'] - 1, 3)}."
    lost = 1 - whole["ratio"]
    error, locked = (1 - at.loc[name, "ratio"] for name in ("12.scouting", "12.interlock"))
    return (
        f"{place} reversing the stages costs {num(lost, 3)}; without scouting error {num(error, 3)}, and "
        f"without interlock {num(locked, 3)}."
    )


def section_ignition(plain: pd.DataFrame, steep: pd.DataFrame, levels: tuple[float, float], h: float) -> str:
    one, two = plain.set_index("id"), steep.set_index("id")
    lines = [("#", "pattern", f"h = {h:g}", "h = 2", "apart")]
    for name in MAIN:
        a, b = one.loc[name], two.loc[name]
        apart = abs(a["ratio"] - b["ratio"]) > math.hypot(a["half_width"], b["half_width"])
        cells = (f"{num(x['ratio'], 3)} ± {num(x['half_width'], 3)}" for x in (a, b))
        lines.append((name, a["en"], *cells, "yes" if apart else ""))

    def side(row: pd.Series) -> int:
        return 0 if abs(row["ratio"] - 1) <= row["half_width"] else 1 if row["ratio"] > 1 else -1

    turned = [
        f"{name} ({num(one.loc[name, 'ratio'])} → {num(two.loc[name, 'ratio'])})"
        for name in MAIN
        if side(one.loc[name]) * side(two.loc[name]) < 0
    ]
    warning = (
        f" **Turned over by h = 2: {', '.join(turned)}.** These claims stand and fall with ignition."
        if turned
        else " No loss turns into a gain, and no gain into a loss."
    )
    return (
        f"Each ratio is to the base with the same h (effectiveness {num(levels[0], 3)} with h = {h:g}, "
        f"{num(levels[1], 3)} with h = 2).{warning}\n\n" + rows(*lines)
    )


def section_curve(curves: dict[str, pd.DataFrame], shown: str) -> str:
    """Tabulate effectiveness by the strength of the instruction, and say how far from proportional it is in one world."""
    lines = [
        ("instruction", *(f"{name}: effectiveness" for name in curves), *(f"{name}: ÷ that at 1" for name in curves))
    ]
    share: dict[tuple[str, float], float] = {}
    for strength in STRENGTHS:
        levels, ratios = [], []
        for name, runs in curves.items():
            by = {arm: part.sort_values("seed")["effectiveness"] for arm, part in runs.groupby("arm")}
            found, half = ratio(by["x1"], by[f"x{strength:g}"])
            share[name, strength] = found
            levels.append(mean(by[f"x{strength:g}"]))
            ratios.append(f"{num(found, 3)} ± {num(half, 3)}")
        lines.append((f"{strength:g}", *levels, *ratios))
    low, high = share[shown, STRENGTHS[0]], share[shown, STRENGTHS[-1]]
    return (
        f"{rows(*lines)}\n\nWith {shown} a twentieth of the instruction gives {num(low)} of the default, and four times as "
        f"much {num(high)}: eighty times the instruction gives {high / low:.1f} times the effect."
    )
