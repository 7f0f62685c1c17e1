"""A server of our own and a real browser. Skips where there is none, unless told not to."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

HERE = Path(__file__).resolve().parent
ARTIFACTS = HERE / "artifacts"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
SIZES = {1440: 900, 390: 844}

# What keeps a page from standing still: marks of waiting, pictures on their way, or no heading yet.
_AMISS = """() => [
    ...(document.querySelector('[data-test-script-state=running]') ? ['a run'] : []),
    ...(document.querySelector('.tr-head') ? [] : ['no heading: ' + document.body.innerText]),
    ...[...document.querySelectorAll(
        '[data-testid=stSkeleton], [data-stale=true], .stSpinner, .tr-mount:empty, .tr-wait'
    )].map((mark) => mark.outerHTML.slice(0, 300)),
    ...[...document.images].filter((image) => !image.complete).map((image) => image.outerHTML),
]"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, with a microphone and a camera that are not there."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("TRIAD_REQUIRE_BROWSER") == "1":
            pytest.fail("TRIAD_REQUIRE_BROWSER=1, but there is no chromium")
        pytest.skip("there is no chromium here")
    with sync_playwright() as play:
        started = play.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
            ],
        )
        yield started
        started.close()


@dataclass(frozen=True)
class Server:
    """A fresh server of the app."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def where(self) -> str:
        """Have it write down where every thread is, and return the end of its log."""
        before = self.log.stat().st_size
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(50):
            if self.log.stat().st_size > before:
                break
            threading.Event().wait(0.1)
        return self.log.read_text(errors="replace")[-12_000:]


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fresh server; ``TRIAD_TEST_ENGINE=fake`` puts the imitation behind it."""
    port, log = _free_port(), tmp_path_factory.mktemp("server") / "log.txt"
    kind = os.environ.get("TRIAD_TEST_ENGINE", "real")
    command = [sys.executable, str(HERE / "serve.py"), str(port), kind]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health", process, log)
        yield Server(address, process, log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


class Visit:
    """One visitor's browser window, with the waiting that Streamlit needs."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server

    def open(self, path: str = "") -> Page:
        """Go to a page of the app, or to a full address, and wait until it stands still."""
        self.page.goto(path if path.startswith("http") else f"{self.server.address}/{path}")
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has run, everything is drawn and every picture is loaded."""
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=120_000
        )
        try:
            self.page.wait_for_function(f"() => !({_AMISS})().length", timeout=120_000)
        except PlaywrightTimeout:
            amiss = self.page.evaluate(f"({_AMISS})()")
            pytest.fail(f"the page never stood still: {amiss}\n{self.server.where()}")
        return self.page

    def changes(self, selector: str, act: Callable[[], None]) -> Page:
        """Do something and wait until what a selector finds reads differently."""
        before = self.page.locator(selector).first.inner_text()
        act()
        self.page.wait_for_function(
            "([s, b]) => document.querySelector(s) && document.querySelector(s).innerText !== b",
            arg=[selector, before],
            timeout=60_000,
        )
        return self.settle()

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Open a window: language, theme and width as asked, own cookies."""
    contexts = []

    def open_(language: str = "en", theme: str = "light", width: int = 1440) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": SIZES[width]},
            locale=LOCALES[language],
            color_scheme=theme,
            permissions=["clipboard-read", "clipboard-write", "microphone", "camera"],
        )
        contexts.append(context)
        return Visit(context.new_page(), server)

    yield open_
    for context in contexts:
        context.close()
