"""Draw the pictures of the documentation and write the rows of `wushi verify` into `docs/verification.md`.

python docs/making/pictures.py            all pictures and the table
python docs/making/pictures.py stages     only those of one group: stages, verification, table
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from simulation.drawing.colours import BLUE, FAINT, GREEN, GREY, RED
from simulation.drawing.sheet import Sheet

DOCS = Path(__file__).resolve().parents[1]
IMAGES = DOCS / "images"
RESOLUTION = 110
LINE: dict[str, Any] = {"color": BLUE}
OTHER: dict[str, Any] = {"color": RED, "linestyle": "--"}
POINTS: dict[str, Any] = {"color": RED, "marker": "o", "linestyle": "", "markersize": 3.5, "fillstyle": "none"}
NAMES = ("trend", "authority", "publicity", "settlement", "leverage")

#: The words of the stages' pictures: window, level, gate, week, momentum, stock, flow; and the left panel's title.
WORDS = {
    "en": ("window", "level a", "gate g", "week", "momentum (instructions)", "stock", "passed on in the week"),
    "zh": ("窗口", "水平 a", "闸门 g", "周次", "势能（批示当量）", "存量", "当周传出"),
}
ACTIVITY = {"en": "stage {number}: activity", "zh": "第{numeral}势（{name}）：活动"}


def save(sheet: Sheet) -> None:
    sheet.savefig(IMAGES / f"{sheet.name}.png", dpi=RESOLUTION)
    print(f"docs/images/{sheet.name}.png")


@contextmanager
def panels(name: str, count: int, lang: str = "en") -> Iterator[Any]:
    """Yield so many panels side by side in the style of every picture, and save them."""
    sheet = Sheet(name if lang == "en" else f"{name}-{lang}", lang, 3.6 * count, 2.9)
    with sheet.styled():
        yield sheet.subplots(1, count)
    save(sheet)


def stages() -> None:
    """Draw, for each stage, its level and gate and its stock and flow in the default run, in both languages."""
    from simulation import load_scenario, run
    from simulation.ledger.accounts import FLOWS
    from simulation.text import say

    model = run(load_scenario("zhaoqing").with_values({"structure.citizens": 6000}), seed=0).model
    record, q = model.record, model.parameters
    weeks = np.arange(len(record.level))
    for k, name in enumerate(NAMES):
        start, length = q.activity.start[k], q.activity.length[k]
        gate = q.transmission.gate_base + (1 - q.transmission.gate_base) * record.level[:, 0, k]
        rows = [row for row, f in enumerate(FLOWS) if f.origin == k and f.kind in {"passed", "delivered"}]
        flow = record.booked[:, 0, rows].sum(axis=1)
        for lang, (window, level, gated, week, momentum, stock, passed) in WORDS.items():
            title = ACTIVITY[lang].format(number=k + 1, numeral="一二三四五"[k], name=say(f"stage.{name}", lang))
            with panels(f"stage-{k + 1}-{name}", 2, lang) as (left, right):
                left.axvspan(start, min(start + length, len(weeks)), color=FAINT, alpha=0.55, linewidth=0, label=window)
                left.plot(weeks, record.level[:, 0, k], **LINE, label=level)
                left.plot(weeks, gate, color=GREEN, linestyle="-.", label=gated)
                left.set(xlabel=week, ylim=(0, 1), title=title)
                left.legend(fontsize=7, loc="lower right" if record.level[-1, 0, k] > 0.3 else "upper right")
                right.plot(weeks, record.stock[:, 0, k], **LINE, label=stock)
                right.plot(weeks, flow, **OTHER, label=passed)
                right.set(xlabel=week, title=momentum, ylim=(0, None))
                right.legend(fontsize=7)


def verification() -> None:
    """Draw analytic lines and simulated points."""
    chain_and_levels()
    who_takes_part()
    ignition_and_spread()


def chain_and_levels() -> None:
    from scipy.stats import nbinom

    from simulation.verification import chain
    from simulation.verification._kit import STAGE_NAMES, after, small_city

    _, delivered = chain._chain((0.2,) * 5, 80)
    week = np.arange(80)
    open_windows = {f"stages.{n}.length": "inf" for n in STAGE_NAMES} | {f"stages.{n}.start": 0 for n in STAGE_NAMES}
    model = after(small_city({"transmission.interlock": 0.0} | open_windows), 60)
    q = model.parameters
    with panels("verify-chain-and-levels", 2) as (left, right):
        left.plot(week, nbinom.pmf(week - 4, 5, 0.2), **LINE, label="sum of five geometric waits")
        left.plot(week[::2], delivered[::2], **POINTS, label="model")
        left.set(xlabel="week", title="delivery of one instruction")
        left.legend(fontsize=7)
        for k in range(1, 6):
            gain = q.activity.build[k - 1] * q.activity.intensity[k - 1]
            rate = gain + q.activity.relax[k - 1]
            right.plot(week[:60], gain / rate * (1 - (1 - rate) ** (week[:60] + 1)), **LINE)
            right.plot(week[:60:3], model.record.level[:60:3, 0, k - 1], **POINTS)
        right.set(xlabel="week", title="stage levels without interlock", ylim=(0, 1))


def who_takes_part() -> None:
    from scipy.special import expit

    from simulation.verification import participation

    p = np.linspace(0, 1, 200)
    seen, after_week = [], []
    for share in np.linspace(0.02, 0.98, 15):
        crowd = participation._crowd(20_000, participation._logit(-3.0, 6.0))
        crowd.citizens.set("took_part", np.arange(20_000) < share * 20_000)
        seen.append(share)
        after_week.append(participation._weeks(crowd, 1)[0])
    degrees = np.array([0.5, 0.8, 0.95, 1.1, 1.3, 2, 3, 4, 5, 5.5, 6, 6.5, 7, 8])
    with panels("verify-participation", 2) as (left, right):
        left.plot(p, expit(-3 + 6 * p), **LINE, label="σ(−3 + 6p)")
        left.plot(p, p, color=GREY, linewidth=0.8, label="as many as now")
        left.plot(seen, after_week, **POINTS, label="model, next week")
        left.set(xlabel="share taking part", title="logit participation, complete mixing")
        left.legend(fontsize=7)
        right.axvspan(1.02, 5.76, color=FAINT, alpha=0.55, linewidth=0, label="cascade window (Watts 2002)")
        right.plot(degrees, [participation._cascade(z) for z in degrees], **POINTS, label="model, 10 seeds of 10,000")
        right.set(xlabel="mean degree", title="share reached, threshold .18", ylim=(-0.03, 1.03))
        right.legend(fontsize=7)


def ignition_and_spread() -> None:
    import networkx

    from simulation.verification import ignition, participation

    loss, half = 0.055, 0.05
    needs = np.linspace(1.0, 2.2, 60) * 2 * loss * half
    middle = needs / (2 * loss)
    tried = np.array([0.7, 0.9, 0.98, 1.02, 1.1, 1.3, 1.6, 2.0]) * 2 * loss * half
    graph = networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(61, 61, periodic=True))
    thresholds = np.full(61 * 61, 0.25)
    thresholds[0] = 0.0
    crowd = participation._crowd(61 * 61, {"citizens.rule": "threshold"}, network=graph, thresholds=thresholds)
    counts = np.array(participation._weeks(crowd, 28)) * 61 * 61
    t = np.arange(28)
    with panels("verify-ignition-and-spread", 2) as (left, right):
        left.plot(needs, middle + np.sqrt(middle**2 - half**2), **LINE, label="upper root")
        left.plot(needs, middle - np.sqrt(middle**2 - half**2), **LINE, linestyle=":", label="lower root")
        left.plot(tried, [ignition._stock(float(need), 4.0) for need in tried], **POINTS, label="model")
        left.set(xlabel="unlock · severity · gconf", title="where a programme settles, h = 2", ylim=(-0.005, None))
        left.legend(fontsize=7)
        right.plot(t, 2 * t**2 + 2 * t + 1, **LINE, label="2t² + 2t + 1")
        right.plot(t, counts, **POINTS, label="model, grid")
        right.set(xlabel="weeks", title="spread from one seed, threshold ¼")
        right.legend(fontsize=7)


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
