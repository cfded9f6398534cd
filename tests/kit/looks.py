"""Measures of a page as it is seen: size of letters, texts over one another, findings of the accessibility rules."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Smallest letters that a back row, or an eye on a phone, is asked to read; in pixels on the screen.
SMALLEST = 12.0

_SMALL = """least => [...document.querySelectorAll('body *')].flatMap(e => {
  const own = [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  if (!own || e.closest('style, script') || e.tagName.toLowerCase() === 'title') return [];
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || getComputedStyle(e).visibility === 'hidden') return [];
  let size = parseFloat(getComputedStyle(e).fontSize);
  if (e.getScreenCTM) size *= e.getScreenCTM().a;
  return size < least ? [`${size.toFixed(1)} px: ${e.textContent.trim().slice(0, 60)}`] : [];
})"""

_OVERLAPS = """() => [...document.querySelectorAll('svg.picture')].flatMap(svg => {
  const frame = svg.getBoundingClientRect(), name = svg.getAttribute('aria-label'), bad = [];
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent)
    .map(t => [t.textContent, t.getBoundingClientRect()]);
  texts.forEach(([said, a], i) => {
    const out = a.left < frame.left - 1 || a.right > frame.right + 1 || a.bottom > frame.bottom + 2;
    if (out) bad.push(`${name}: "${said}" leaves the picture`);
    for (const [other, b] of texts.slice(i + 1)) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1.5 && high > 4.5) bad.push(`${name}: "${said}" over "${other}"`);
    }
  });
  return bad;
})"""


def texts(page: Page) -> int:
    """Return the number of texts in pictures: a measure of them is empty where nothing is drawn."""
    return page.locator("svg.picture text").count()


def small(page: Page, least: float = SMALLEST) -> list[str]:
    """Return every visible text in letters under ``least`` pixels, after scaling."""
    found: list[str] = page.evaluate(_SMALL, least)
    return found


def overlaps(page: Page) -> list[str]:
    """Return the texts of pictures that are printed over one another, or leave their picture."""
    found: list[str] = page.evaluate(_OVERLAPS)
    return found


def sideways(page: Page) -> int:
    """Return the pixels by which the page is wider than its window, once it has come to rest."""
    with suppress(TimeoutError):  # what stays wider is told below
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth", timeout=3000)
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(wider, 0)


def findings(page: Page, within: str = "") -> list[str]:
    """Return what the accessibility rules find that is more than minor, with the first place of each.

    Under an open dialog the page is dimmed and cannot be used: then the rules are applied ``within`` the dialog.
    """
    answer: dict[str, Any] = Axe().run(page, context={"include": [[within]]} if within else None).response
    assert answer["passes"], "no rule was applied"
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['html'][:200]}"
        for found in answer["violations"]
        if found["impact"] != "minor"
    ]
