"""Weight files that arrive inside pip packages: found, and checked before anything reads them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from core.errors import TriadError
from core.resources import digest


def packaged(package: str, module: str, file: str, sha256: str) -> Path:
    """Return the path of a weight file if it is the one we know, without running package code.

    Parameters
    ----------
    package : what pip calls it, for the message
    module : what Python imports
    file : path of the weights below the module's folder
    sha256 : digest of the content, hexadecimal

    Raises
    ------
    TriadError
        ``weights_missing``, ``weights_changed``
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise TriadError("weights_missing", package=package)
    path = Path(spec.origin).parent / file
    try:
        found = digest(path)
    except OSError as error:
        raise TriadError("weights_missing", package=package) from error
    if found != sha256:
        raise TriadError("weights_changed", package=package)
    return path
