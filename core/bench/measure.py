"""How benchmarks time things, and the name of the machine they ran on."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch


def machine() -> str:
    """Name the machine, for the reader of a figure."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            cpu = next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        cpu = platform.processor() or platform.machine()
    return f"{cpu}, {os.cpu_count()} cores, torch {torch.__version__}"


def median_ms(run: Callable[[], Any], times: int) -> float:
    """Return the median time of ``times`` runs after one that is not counted, in milliseconds."""
    run()
    seen = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        seen.append((time.perf_counter() - started) * 1000)
    return statistics.median(seen)
