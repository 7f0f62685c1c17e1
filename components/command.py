"""The command that reproduces what is on screen."""

from __future__ import annotations

import shlex

from core.types import Modality, Request


def command_line(request: Request) -> str:
    """Return the ``python -m core recommend`` call that gives the same list."""
    words = ["python", "-m", "core", "recommend", "--world", request.world]
    if request.query.visitor:
        words += ["--visitor", request.query.visitor]
    for media in request.query.media:
        text = media.modality is Modality.TEXT
        words += [
            f"--{media.modality}",
            media.data.decode("utf-8", "replace") if text else media.name,
        ]
    for id in request.query.likes:
        words += ["--like", id]
    method = request.method
    words += ["--fusion", method.fusion, "--attention", method.attention]
    if method.head != "dot":
        words += ["--head", method.head]
    for channel in method.off:
        words += ["--off", channel]
    return shlex.join([*words, "-k", str(request.k)])
