"""Make the gallery: every picture of the default scenario in both languages, a film, and `docs/gallery.md`.

Usage: python docs/making/gallery.py   (Chinese pictures need a Chinese font, such as Debian's fonts-wqy-microhei)
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from simulation import load_scenario, run
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


def main() -> None:
    spec = load_scenario("zhaoqing")
    result, other = run(spec, seed=0), run("all-at-once", seed=0)
    effects, front = switch_off_effects(spec), agenda_front(spec)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for lang in LANGUAGES:
            for name in figures():
                figure = draw(name, result, lang, switch_off=effects, front=front, other=other)
                figure.savefig(made / f"{name.replace('_', '-')}-{lang}.png", dpi=RESOLUTION)
            animate(run("classroom", seed=0), made / f"film-{lang}.gif", lang)
        if IMAGES.exists():
            shutil.rmtree(IMAGES)
        shutil.copytree(made, IMAGES)
    for name in README.values():
        for lang in LANGUAGES:
            shutil.copy(IMAGES / f"{name}-{lang}.png", DOCS / "images" / f"{name}-{lang}.png")
    (DOCS / "gallery.md").write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the gallery page."""
    lines = [
        "# Gallery",
        "",
        "This page shows every picture of `wushi run zhaoqing` (seed 0) in English and Chinese, the side-by-side",
        "picture with `all-at-once`, and the film of `wushi animate classroom`. Breadth against the core is shown with",
        "further runs, one set per agenda (`simulation.figures.front.agenda_front`); `wushi run` draws the path of its",
        "one run there. `python docs/making/gallery.py` makes this page.",
        "",
    ]
    for name, module in figures().items():
        title = say(module.TITLE, "en")
        lines += [f"## {module.NUMBER} · {title} · {say(module.TITLE, 'zh')}", ""]
        for lang in LANGUAGES:
            lines += [f"![{say(module.TITLE, lang)}](images/gallery/{name.replace('_', '-')}-{lang}.png)", ""]
    lines += [
        "## Film · 动画",
        "",
        "![The surface spreads in the classroom city](images/gallery/film-en.gif)",
        "",
        "![课堂小城：面的铺开](images/gallery/film-zh.gif)",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
