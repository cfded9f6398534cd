"""Make the gallery: every picture of the default scenario, a film, and the page that shows them, in both languages.

Usage: python docs/making/gallery.py         pictures and pages (Chinese needs a font, such as fonts-wqy-microhei)
       python docs/making/gallery.py page    the pages alone
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from simulation import load_scenario, run
from simulation.experiments import fan
from simulation.figures import draw, figures
from simulation.figures.animation import animate
from simulation.figures.front import agenda_front
from simulation.figures.switch_off import switch_off_effects
from simulation.text import LANGUAGES, say

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
IMAGES = DOCS / "images" / "gallery"
README = {"surface": "surface"}
RESOLUTION = 110


#: Title, introduction and end of the page.
WORDS = {
    "en": (
        "Gallery",
        "This page shows every picture of `wushi run zhaoqing` (the default world, seed 0), the side-by-side picture "
        "with `all-at-once`, the interrupted series of a run whose oversight ends in week 80, the fan of "
        "`wushi run zhaoqing --seeds 100`, and the film of `wushi animate classroom`. Breadth against the core is "
        "shown with further runs, one set per agenda (`simulation.figures.front.agenda_front`); "
        "`wushi run` draws the path of its one run there. `python docs/making/gallery.py` makes this page.",
        "Film",
        "The surface spreads in the classroom city",
    ),
    "zh": (
        "图集",
        "本页展示 `wushi run zhaoqing --lang zh`（默认世界，种子 0）的全部图、与 `all-at-once` 的并列图、"
        "自第 80 周起停止督查的间断时间序列、`wushi run zhaoqing --seeds 100` 的扇形图，"
        "以及 `wushi animate classroom --lang zh` 生成的动画。“拓展与核心的取舍”一图另作了若干次运行，"
        "每种议程一组（`simulation.figures.front.agenda_front`）；`wushi run` 只在该图中画出一次运行的路径。"
        "本页由 `python docs/making/gallery.py` 生成。",
        "动画",
        "课堂小城：面的铺开",
    ),
}


def main() -> None:
    """Draw everything and write the pages."""
    if sys.argv[1:] != ["page"]:
        pictures()
    for lang in LANGUAGES:
        (DOCS / f"gallery{'.zh' if lang == 'zh' else ''}.md").write_text(page(lang), encoding="utf-8")


def pictures() -> None:
    """Draw every picture and the film in both languages."""
    spec = load_scenario("zhaoqing")
    result, other = run(spec, seed=0), run("all-at-once", seed=0)
    effects, front = switch_off_effects(spec), agenda_front(spec)
    seeds = fan(seeds=100, own=result)
    title = {"en": "Oversight ends", "zh": "督查停止"}
    interrupted = run(spec.with_change(80, {"execution.oversight": 0}, title=title), seed=0)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for lang in LANGUAGES:
            for name in figures():
                shown = interrupted if name == "interrupted" else result
                figure = draw(name, shown, lang, switch_off=effects, front=front, other=other, fan=seeds)
                figure.savefig(made / f"{name.replace('_', '-')}-{lang}.png", dpi=RESOLUTION)
            animate(run("classroom", seed=0), made / f"film-{lang}.gif", lang)
        if IMAGES.exists():
            shutil.rmtree(IMAGES)
        shutil.copytree(made, IMAGES)
    for name in README.values():
        for lang in LANGUAGES:
            shutil.copy(IMAGES / f"{name}-{lang}.png", DOCS / "images" / f"{name}-{lang}.png")


def page(lang: str) -> str:
    """Return the gallery page in a language."""
    title, introduction, film, caption = WORDS[lang]
    lines = [f"# {title}", "", introduction, ""]
    for name, module in figures().items():
        label = say(module.TITLE, lang)
        lines += [f"## {module.NUMBER} · {label}", ""]
        lines += [f"![{label}](images/gallery/{name.replace('_', '-')}-{lang}.png)", ""]
    lines += [f"## {film}", "", f"![{caption}](images/gallery/film-{lang}.gif)", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
