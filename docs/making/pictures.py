"""Draw the pictures of the documentation and write the rows of `wushi verify` into `docs/verification.md`.

python docs/making/pictures.py            all pictures and the table
python docs/making/pictures.py stages     only those of one group: stages, verification, table
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

DOCS = Path(__file__).resolve().parents[1]
IMAGES = DOCS / "images"
LINE: dict[str, Any] = {"color": "#0072B2"}
POINTS: dict[str, Any] = {"color": "#D55E00", "marker": "o", "linestyle": "", "markersize": 3.5, "fillstyle": "none"}
NAMES = ("trend", "authority", "publicity", "settlement", "leverage")


def save(figure: Figure, name: str) -> None:
    figure.savefig(IMAGES / f"{name}.png", dpi=110, metadata={"Software": None})
    plt.close(figure)
    print(f"docs/images/{name}.png")


def panels(count: int) -> tuple[Figure, Any]:
    figure, axes = plt.subplots(1, count, figsize=(3.6 * count, 2.9), layout="constrained", squeeze=False)
    for axis in axes[0]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes[0]


#: Words in the pictures of the stages. A Chinese picture stands beside the English one, with -zh after its name.
WORDS = {
    "en": ("window", "level a", "gate g", "week", "stage {k}: activity", "stock", "passed on in the week",
           "momentum (instructions)"),
    "zh": ("窗口", "水平 a", "闸门 g", "周次", "第{k}势（{name}）：活动", "存量", "当周传出", "势能（份批示）"),
}  # fmt: skip


def stages() -> None:
    """Draw, for each stage, its level and gate and its stock and flow in the default run, in both languages."""
    from simulation import load_scenario, run
    from simulation.drawing.fonts import families

    model = run(load_scenario("zhaoqing").with_values({"structure.citizens": 6000}), seed=0).model
    for lang in WORDS:
        with mpl.rc_context({"font.family": families(lang)}):
            for k in range(len(NAMES)):
                stage(model, k, lang)


def stage(model: Any, k: int, lang: str) -> None:
    """Draw one stage."""
    from simulation.ledger.accounts import FLOWS
    from simulation.text import say

    window, level, opening, week, title, stock, passed, momentum = WORDS[lang]
    record, q = model.record, model.parameters
    weeks = np.arange(len(record.level))
    figure, (left, right) = panels(2)
    start, length = q.activity.start[k], q.activity.length[k]
    left.axvspan(start, min(start + length, len(weeks)), color="#eeeeee", label=window)
    left.plot(weeks, record.level[:, 0, k], **LINE, label=level)
    gate = q.transmission.gate_base + (1 - q.transmission.gate_base) * record.level[:, 0, k]
    left.plot(weeks, gate, color="#009E73", linestyle="--", label=opening)
    ordinal = "一二三四五"[k] if lang == "zh" else k + 1
    left.set(xlabel=week, ylim=(0, 1), title=title.format(k=ordinal, name=say(f"stage.{NAMES[k]}", lang)))
    left.legend(fontsize=7, loc="lower right")
    rows = [row for row, f in enumerate(FLOWS) if f.origin == k and f.kind in {"passed", "delivered"}]
    right.plot(weeks, record.stock[:, 0, k], **LINE, label=stock)
    flow = record.booked[:, 0, rows].sum(axis=1)
    right.plot(weeks, flow, color="#D55E00", linestyle="--", label=passed)
    right.set(xlabel=week, title=momentum, ylim=(0, None))
    right.legend(fontsize=7)
    save(figure, f"stage-{k + 1}-{NAMES[k]}{'-zh' if lang == 'zh' else ''}")


def verification() -> None:
    """Draw analytic lines and simulated points."""
    from scipy.special import expit

    from simulation.verification import chain, ignition, participation
    from simulation.verification._kit import STAGE_NAMES, after, small_city

    figure, (left, right) = panels(2)
    _, delivered = chain._chain((0.2,) * 5, 80)
    week = np.arange(1, 81)
    from scipy.stats import nbinom

    left.plot(week, nbinom.pmf(week - 5, 5, 0.2), **LINE, label="sum of five geometric waits")
    left.plot(week[::2], delivered[::2], **POINTS, label="model")
    left.set(xlabel="week, counting from 1", title="delivery of one instruction")
    left.legend(fontsize=7)
    open_windows = {f"stages.{n}.length": "inf" for n in STAGE_NAMES} | {f"stages.{n}.start": 0 for n in STAGE_NAMES}
    model = after(small_city({"transmission.interlock": 0.0} | open_windows), 60)
    q = model.parameters
    for k in range(1, 6):
        gain = q.activity.build[k - 1] * q.activity.intensity[k - 1]
        rate = gain + q.activity.relax[k - 1]
        right.plot(week[:60], gain / rate * (1 - (1 - rate) ** week[:60]), **LINE)
        right.plot(week[:60:3], model.record.level[:60:3, 0, k - 1], **POINTS)
    right.set(xlabel="week", title="stage levels without interlock", ylim=(0, 1))
    save(figure, "verify-chain-and-levels")

    figure, (left, right) = panels(2)
    p = np.linspace(0, 1, 200)
    left.plot(p, expit(-3 + 6 * p), **LINE, label="σ(−3 + 6p)")
    left.plot(p, p, color="#999999", linewidth=0.8)
    seen, after_week = [], []
    for share in np.linspace(0.02, 0.98, 15):
        crowd = participation._crowd(20_000, participation._logit(-3.0, 6.0))
        crowd.citizens.set("took_part", np.arange(20_000) < share * 20_000)
        seen.append(share)
        after_week.append(participation._weeks(crowd, 1)[0])
    left.plot(seen, after_week, **POINTS, label="model, next week")
    left.set(xlabel="share taking part", title="logit participation, complete mixing")
    left.legend(fontsize=7)
    degrees = np.array([0.5, 0.8, 0.95, 1.1, 1.3, 2, 3, 4, 5, 5.5, 6, 6.5, 7, 8])
    right.axvspan(1.02, 5.76, color="#dcebf5", label="cascade window (Watts 2002)")
    right.plot(degrees, [participation._cascade(z) for z in degrees], **POINTS, label="model, 10 seeds of 10,000")
    right.set(xlabel="mean degree", title="share reached, threshold .18", ylim=(-0.03, 1.03))
    right.legend(fontsize=7)
    save(figure, "verify-participation")

    figure, (left, right) = panels(2)
    loss, half = 0.055, 0.05
    needs = np.linspace(1.0, 2.2, 60) * 2 * loss * half
    middle = needs / (2 * loss)
    left.plot(needs, middle + np.sqrt(middle**2 - half**2), **LINE, label="upper root")
    left.plot(needs, middle - np.sqrt(middle**2 - half**2), **LINE, linestyle=":", label="lower root")
    tried = np.array([0.7, 0.9, 0.98, 1.02, 1.1, 1.3, 1.6, 2.0]) * 2 * loss * half
    left.plot(tried, [ignition._stock(float(need), 4.0) for need in tried], **POINTS, label="model")
    left.set(xlabel="unlock · severity · gconf", title="where a programme settles, h = 2", ylim=(-0.005, None))
    left.legend(fontsize=7)
    import networkx

    graph = networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(61, 61, periodic=True))
    thresholds = np.full(61 * 61, 0.25)
    thresholds[0] = 0.0
    crowd = participation._crowd(61 * 61, {"citizens.rule": "threshold"}, network=graph, thresholds=thresholds)
    counts = np.array(participation._weeks(crowd, 28)) * 61 * 61
    t = np.arange(28)
    right.plot(t, 2 * t**2 + 2 * t + 1, **LINE, label="2t² + 2t + 1")
    right.plot(t, counts, **POINTS, label="model, grid")
    right.set(xlabel="weeks", title="spread from one seed, threshold ¼")
    right.legend(fontsize=7)
    save(figure, "verify-ignition-and-spread")


def table() -> None:
    """Write the rows of `wushi verify` into the page."""
    from simulation.verification import verify

    lines = ["| claim | expected | got | tolerance | holds |", "| --- | --: | --: | --: | --- |"]
    for row in verify():
        numbers = " | ".join(f"{value:.5g}" for value in (row.expected, row.got, row.tolerance))
        lines.append(f"| {row.claim('en')} | {numbers} | {'yes' if row.passed else '**no**'} |")
    page = DOCS / "verification.md"
    text = page.read_text(encoding="utf-8")
    block = "<!-- verified -->\n\n" + "\n".join(lines) + "\n\n<!-- /verified -->"
    page.write_text(re.sub(r"<!-- verified -->.*<!-- /verified -->", lambda _: block, text, flags=re.DOTALL), "utf-8")
    print("docs/verification.md")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for make in (stages, verification, table):
        if len(sys.argv) == 1 or make.__name__ in sys.argv[1:]:
            make()
