"""The part of docs/expansion.md on ordinary cities: how many problems they take on, and its picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from expansion_study import mean

from docs import table
from simulation.drawing.colours import BLUE, ORANGE, SOFT
from simulation.drawing.sheet import Sheet
from simulation.evidence.ensemble import Ensemble
from simulation.model import MomentumModel

RANKS = ("secretary", "deputy", "none")


def ordinary(cities: int) -> pd.DataFrame:
    """Return the agendas of ordinary cities, one row per city, severity and strength of the signal."""
    ensemble, rows = Ensemble(), []
    for number in range(cities):
        city = ensemble.city(1, number).with_values({"structure.citizens": 600, "weeks": 17})
        for severity in (0.45, 0.9):
            for signal in (0.15, 1.0):
                values = {"structure.severity_matched": severity, "structure.severity_high": severity - 0.2}
                spec = city.with_values(
                    values | {"structure.severity_low": severity - 0.3, "instruction.intensity": signal}
                )
                model = MomentumModel(spec, rng=number)
                model.compute_ahead(17)
                taken = float(model.state.active[0].sum())
                rows.append(
                    {
                        "city": number,
                        "rank": city.stages.authority.rank,
                        "wording": city.instruction.wording,
                        "severity": "heavy" if severity > 0.5 else "light",
                        "signal": "strong" if signal > 0.5 else "weak",
                        "taken": (taken - 1) / (len(city.domains) - 1),
                    }
                )
    return pd.DataFrame(rows)


def interaction(found: pd.DataFrame) -> str:
    """Return the 2 × 2 of signal and severity, and the interaction with its interval over cities."""
    wide = found.pivot_table(index="city", columns=["signal", "severity"], values="taken")
    rows = [
        [f"{signal} signal", *(mean(wide[signal, severity]) for severity in ("light", "heavy"))]
        for signal in ("weak", "strong")
    ]
    cross = (wide["strong", "heavy"] - wide["strong", "light"]) - (wide["weak", "heavy"] - wide["weak", "light"])
    text = table(["", "light problems", "heavy problems"], rows)
    half = 1.96 * cross.std(ddof=1) / np.sqrt(len(cross))
    reading = (
        "the interval includes 0, so on this scale the two add up and do not reinforce each other"
        if abs(cross.mean()) <= half
        else f"heavy problems add {'more' if cross.mean() > 0 else 'less'} under a strong signal than under a weak one"
    )
    return f"{text}\nThe interaction (the second difference) is {mean(cross)} over {len(wide)} cities: {reading}.\n"


def by_rank(found: pd.DataFrame) -> str:
    """Return the distribution of agendas by the rank of the group's head and the wording."""
    rows = []
    wide = pd.cut(found.wording, [0, 0.5, 0.7, 1.0], labels=["narrow (< .5)", "middle", "wide (> .7)"])
    for rank in RANKS:
        for word in wide.cat.categories:
            taken = found.taken[(found["rank"] == rank) & (wide == word)]
            if taken.empty:
                continue
            quarters = np.quantile(taken, [0.25, 0.5, 0.75])
            cells = [mean(taken), *(f"{q:.2f}" for q in quarters), f"{(taken == 0).mean():.2f}"]
            rows.append([rank, str(word), str(len(taken)), *cells])
    return table(
        ["head of the group", "wording", "runs", "mean", "lower quarter", "median", "upper quarter", "share with none"],
        rows,
    )


def picture(found: pd.DataFrame, lang: str, images: Path) -> None:
    """Draw the distribution of agendas by rank, under weak and strong signals."""
    words = {
        "en": ("Share of further problems taken on", "weak signal", "strong signal", "Share of cities",
               {"secretary": "headed by the secretary", "deputy": "headed by a deputy", "none": "no head"}),
        "zh": ("承接其他领域的比例", "弱信号", "强信号", "城市占比",
               {"secretary": "书记任组长", "deputy": "副职任组长", "none": "无组长"}),
    }[lang]  # fmt: skip
    sheet = Sheet(f"agendas-{lang}", lang, 9.0, 3.4)
    bins = np.linspace(0, 1, 9)
    with sheet.styled():
        panels = sheet.subplots(1, 2, sharey=True)
        for axes, signal, title in zip(panels, ("weak", "strong"), words[1:3], strict=True):
            for rank, colour in zip(RANKS, (BLUE, ORANGE, SOFT), strict=True):
                taken = found.taken[(found["rank"] == rank) & (found.signal == signal)]
                share, _ = np.histogram(np.clip(taken, 0, 0.999), bins)
                axes.stairs(share / len(taken), bins, label=words[4][rank], linewidth=1.8, color=colour)
            axes.set_title(title)
            axes.set_xlabel(words[0])
        panels[0].set_ylabel(words[3])
        panels[1].legend()
        sheet.savefig(images / f"agendas-{lang}.png", dpi=110)
