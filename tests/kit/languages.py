"""Languages for tests that look at Chinese signs in pictures: these need a font that has them."""

from __future__ import annotations

import pytest

DRAWN = ["en", pytest.param("zh", marks=pytest.mark.chinese_font)]
"""Values of ``lang`` for a test that draws and is no test of what happens without a Chinese font."""

#: Both languages, for a long test that does the same in each: CI and `make coverage` leave the second one out.
EACH = ["en", pytest.param("zh", marks=pytest.mark.again)]
