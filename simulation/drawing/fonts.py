"""Fonts for both languages: Chinese only where a font can draw it, and one notice where none can."""

from __future__ import annotations

import functools
import sys
import warnings

from matplotlib import font_manager

from simulation.text import say

LATIN, GENERIC = "DejaVu Sans", "sans-serif"
PACKAGE = "fonts-wqy-microhei"
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
"""Families that have simplified Chinese, those that read best in small print first."""


class NoChineseFontWarning(UserWarning):
    """Chinese pictures were asked for and this machine has no font for them."""


@functools.cache
def chinese_font() -> str | None:
    """Return the first family of `CHINESE` on this machine, or None.

    matplotlib keeps a list of the machine's fonts and never looks again. So where its list has none of these families
    the folders of fonts are searched anew: a font that was installed yesterday counts.
    """
    known = font_manager.fontManager.ttflist
    return _first({font.name for font in known}) or _first(_added({font.fname for font in known}))


def _first(names: set[str]) -> str | None:
    return next((name for name in CHINESE if name in names), None)


def _added(known: set[str]) -> set[str]:
    """Make known to matplotlib the fonts with Chinese that it does not list, and return the names of their families."""
    names = set()
    for file in sorted(set(font_manager.findSystemFonts()) - known):
        try:
            name = font_manager.get_font(file).family_name
            if name in CHINESE:
                font_manager.fontManager.addfont(file)
                names.add(name)
        except (OSError, RuntimeError):
            continue  # a damaged file, or a kind of font that cannot be read, is none
    return names


@functools.cache
def has_bold(family: str) -> bool:
    """Tell whether a family has a bold face on this machine."""
    faces = [font.weight for font in font_manager.fontManager.ttflist if font.name == family]
    return any(weight == "bold" or (isinstance(weight, int) and weight >= 600) for weight in faces)


@functools.cache
def _once() -> list[str]:
    return [say("figure.no_font", "en", package=PACKAGE) + " " + say("figure.no_font", "zh", package=PACKAGE)]


def notice(lang: str) -> str | None:
    """Return, once, advice on the font to install if pictures in ``lang`` fall back to English; else None."""
    if drawn_in(lang) == lang or not _once():
        return None
    return _once().pop()


def announce(lang: str) -> None:
    """Print the `notice` on standard error, the first time only; for commands, before they draw."""
    message = notice(lang)
    if message:
        print(message, file=sys.stderr)


def drawn_in(lang: str) -> str:
    """Return the language in which pictures for ``lang`` ('en' or 'zh') can be drawn here."""
    return "en" if lang == "zh" and chinese_font() is None else lang


def checked(lang: str) -> str:
    """Return `drawn_in`, and warn once when it is not the requested language."""
    message = notice(lang)
    if message:
        warnings.warn(message, NoChineseFontWarning, stacklevel=3)
    return drawn_in(lang)


def families(lang: str) -> list[str]:
    """Return font families for a language that can be drawn; Chinese place names survive in English pictures.

    The last one is whatever a reader's machine has: an SVG names its fonts and does not hold them.
    """
    chinese = chinese_font()
    if chinese is None:
        return [LATIN, GENERIC]
    return [chinese, LATIN, GENERIC] if lang == "zh" else [LATIN, chinese, GENERIC]
