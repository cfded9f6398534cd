"""Take the pictures of the classroom page that the documentation shows: ``python docs/making/screenshots.py``.

Needs Chromium, a Chinese font and the extras ``app`` and ``test``.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# name: query, width, height, what is clicked first
PICTURES = {
    "app-en": ("?week=90&lang=en", 1920, 1080, ""),
    "app-zh": ("?week=90&lang=zh", 1920, 1080, ""),
    "app-compare": ("?week=120&lang=en&compare=all-at-once", 1920, 1400, ""),
    "app-why": ("?week=90&lang=zh", 1920, 1080, "[data-test=view-hierarchy] [data-pick='unit:2']"),
    "app-first": ("?lang=en", 1366, 768, ""),
    "app-tour": ("?scenario=zhaoqing&lang=zh", 1366, 768, "[data-test=tour]"),
    "app-phone": ("?week=90&lang=zh", 390, 844, ""),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the page did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--out", type=Path, default=IMAGES)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-c", "from simulation.command.main import main; main()", "app"]
    server = subprocess.Popen([*command, "--port", str(port), "--no-browser"])
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
            for name, (query, width, height, click) in PICTURES.items():
                page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
                page.goto(f"http://127.0.0.1:{port}/{query}")
                page.wait_for_selector("[data-test=view-cascade] svg", state="attached", timeout=120_000)
                if click:
                    page.click(click)
                page.wait_for_timeout(1500)
                page.screenshot(path=given.out / f"{name}.png")
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
