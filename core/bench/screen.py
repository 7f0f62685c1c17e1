"""How long a visitor waits for the page, in a real browser on a fresh server."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import TriadError
from core.resources import ASSETS

FRESH = 3
"""How many servers are started."""
CLICKS = 12
"""How many times a channel is switched."""


def screen(args: argparse.Namespace) -> dict[str, Any]:
    """Time the first list of a fresh server, and a click until the list is drawn anew, in Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        raise TriadError("browser_missing")
    first, complete, clicks = [], [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(FRESH):
            with server() as address:
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                started = time.perf_counter()
                page.goto(f"{address}/?world={args.world}")
                page.wait_for_function("document.querySelectorAll('.tr-card').length == 10")
                first.append(time.perf_counter() - started)
                page.wait_for_function("document.querySelectorAll('.tr-card img').length >= 8")
                page.wait_for_function("!document.querySelector('.tr-cards .tr-wait')")
                complete.append(time.perf_counter() - started)
                page.wait_for_selector("[data-test-script-state=notRunning]")
                switch = page.locator("button[data-variant=pills]").nth(2)
                for _ in range(CLICKS):
                    before = page.locator(".tr-cards").inner_text()
                    started = time.perf_counter()
                    switch.click()
                    page.wait_for_function(
                        "b => document.querySelector('.tr-cards').innerText != b", arg=before
                    )
                    clicks.append(time.perf_counter() - started)
                    page.wait_for_selector("[data-test-script-state=notRunning]")
                page.close()
        browser.close()
    return {
        "first list on a fresh server, s": [round(x, 2) for x in first],
        "all its pictures there, s": [round(x, 2) for x in complete],
        "click on a channel to list drawn anew, median, ms": round(
            statistics.median(clicks) * 1000
        ),
        "click on a channel to list drawn anew, slowest, ms": round(max(clicks) * 1000),
    }


@dataclass(frozen=True)
class Served:
    """A running app: its address, and its process."""

    address: str
    process: int

    def megabytes(self) -> float:
        """Return how much memory the server holds now, without what it started."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def server() -> Iterator[str]:
    """Start the app in a process of its own, with an empty cache, and yield its address."""
    with serve({}) as served:
        yield served.address


@contextmanager
def serve(environment: Mapping[str, str]) -> Iterator[Served]:
    """Do the same with some environment variables of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--server.port={port}", "--server.headless=true", "--server.address=127.0.0.1"]
    with tempfile.TemporaryDirectory() as cache:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ASSETS.parent,
            env={**os.environ, "TRIAD_CACHE_DIR": cache, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health", process)
            yield Served(address, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TriadError("server_silent")
