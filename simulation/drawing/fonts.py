"""Fonts that have Chinese: one list for every picture, of runs, experiments and calibrations alike."""

from __future__ import annotations

import functools

from matplotlib import font_manager

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


@functools.cache
def chinese_font() -> str | None:
    """Return the first family of `CHINESE` that matplotlib finds on this machine, or None."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in installed), None)
