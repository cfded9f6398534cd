"""The built site: two languages, a search that works in Chinese and from a folder, pages that fit their window."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from kit import looks
from playwright.sync_api import Browser, Page
from test_docs import check_site

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CHINESE = sorted(page.relative_to(DOCS).as_posix().removesuffix(".zh.md") for page in DOCS.rglob("*.zh.md"))
PAGES = sorted(
    page.relative_to(DOCS).as_posix().removesuffix(".md")
    for page in DOCS.rglob("*.md")
    if not page.name.endswith(".zh.md") and "making" not in page.parts
)
LESSONS = sorted(f"lessons/{source.stem}" for source in (ROOT / "notebooks" / "source").glob("*.md"))
NOTE = "本页尚无中文版"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it, strictly."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def html(site: Path, name: str) -> str:
    return (site / f"{name}.html").read_text(encoding="utf-8")


def test_nothing_is_fetched_elsewhere_and_every_link_leads_somewhere_in_both_languages(site: Path) -> None:
    assert check_site.problems(site) == []


def test_every_page_stands_in_both_languages_and_says_where_it_is_not_translated(site: Path) -> None:
    assert len(CHINESE) >= 14
    for name in [*PAGES, *LESSONS]:
        translated = name in CHINESE or name in LESSONS
        assert (NOTE in html(site, f"zh/{name}")) is not translated, name
        assert NOTE not in html(site, name)
        assert 'lang="zh"' in html(site, f"zh/{name}")[:300]


def test_every_page_links_to_itself_in_the_other_language(site: Path) -> None:
    for name in [*PAGES, *LESSONS]:
        for lang, other in (("", "zh/"), ("zh/", "")):
            found = re.findall(r'<a href="([^"]+)" hreflang="(\w+)"', html(site, f"{lang}{name}"))
            (link,) = [address for address, tongue in found if tongue == (other.strip("/") or "en")]
            target = ((site / f"{lang}{name}.html").parent / link).resolve()
            assert target == (site / f"{other}{name}.html").resolve()


def test_the_navigation_is_translated(site: Path) -> None:
    for word in ("开始使用", "教学", "理解模型", "检验论断", "可信程度"):
        assert word in html(site, "zh/index")
        assert word not in html(site, "index")


def test_the_lessons_stand_in_the_site_with_their_pictures_and_can_be_downloaded(site: Path) -> None:
    for lang in ("en", "zh"):
        for name in LESSONS:
            text = html(site, name if lang == "en" else f"zh/{name}")
            assert f"notebooks/{lang}/{Path(name).name}.ipynb" in text
            assert (site / "notebooks" / lang / f"{Path(name).name}.ipynb").exists()
    assert "data:image/png;base64," in html(site, LESSONS[0])


@pytest.mark.parametrize(
    ("start", "query", "within", "expected"),
    [
        ("zh/index", "政治势能", "/zh/", "glossary.html"),
        ("zh/model", "部门推诿", "/zh/", "stages/authority.html"),
        ("zh/stages/trend", "向上借势", "/zh/", "stages/leverage.html"),
        ("index", "buck-passing", "", "expansion.html"),
        ("stages/trend", "批示", "", "glossary.html"),
    ],
)
def test_the_search_finds_words_in_a_site_opened_from_a_folder(
    site: Path, page: Page, start: str, query: str, within: str, expected: str
) -> None:
    page.goto((site / f"{start}.html").as_uri())
    page.fill(".md-search__input", query)
    page.press(".md-search__input", "Shift")  # the search listens to keys, not to a text that is put in
    page.wait_for_selector(".md-search-result__link", state="attached", timeout=60_000)
    found = [link.get_attribute("href") for link in page.locator(".md-search-result__link").all()]
    assert any(f"{within}{expected}" in address for address in found), found
    assert all(("/zh/" in address) == bool(within) for address in found)
    page.goto(found[0])
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("width", [pytest.param(1366, marks=pytest.mark.thorough), 390])
def test_no_page_is_wider_than_its_window(site: Path, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 768})
    page, wide = context.new_page(), {}
    for file in sorted(site.rglob("*.html")):
        page.goto(file.as_uri(), wait_until="load")
        if looks.sideways(page):
            wide[file.relative_to(site).as_posix()] = looks.sideways(page)
    context.close()
    assert wide == {}


@pytest.mark.parametrize("name", ["index", "zh/index", "patterns", "zh/model", "lessons/1-one-instruction", "api"])
def test_the_accessibility_rules_find_nothing_moderate_or_serious(site: Path, page: Page, name: str) -> None:
    page.goto((site / f"{name}.html").as_uri())
    assert looks.findings(page) == []
