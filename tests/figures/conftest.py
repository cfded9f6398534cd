"""Runs that are drawn."""

from kit.drawn_runs import any_run, classroom, no_chinese_font, other

__all__ = ["any_run", "classroom", "no_chinese_font", "other"]
