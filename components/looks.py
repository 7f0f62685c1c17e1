"""A medium between two steps of its preparation, drawn small: picture, outline and spectrogram, text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.html import esc, number
from components.i18n import Translator
from components.media import address, webp
from components.understood import spectrogram_png
from core.media import spectrogram, waveform
from core.media.steps import Look, Value
from core.types import Sound

PIXELS: Final = 280
"""Longest side of a drawn picture."""

CHARACTERS: Final = 320
"""Of a long text this much is shown, around the first place that differs."""

_LEAD: Final = 60
"""How many characters are shown before that place."""

_CHECKS: Final = 12
"""Side in pixels of the squares that show through transparent parts."""


@dataclass(frozen=True)
class Sketch:
    """A drawn :class:`Look`: a few kilobytes in place of megabytes, in no language.

    Attributes
    ----------
    facts : what was measured
    picture : WebP of a picture, PNG of a sound's spectrogram; empty for a text or a file
    outline : CSS points of a sound's outline, empty for anything else
    text : a text or its pieces
    """

    facts: Mapping[str, Value]
    picture: bytes = b""
    outline: str = ""
    text: str | tuple[str, ...] | None = None


def sketch(look: Look, full: float = 1.0) -> Sketch:
    """Draw a medium; ``full`` is the value that fills the height of a sound's outline."""
    value = look.value
    if not isinstance(value, np.ndarray):
        return Sketch(look.facts, text=value)
    if value.ndim > 1:
        return Sketch(look.facts, webp(_drawable(value), PIXELS))
    sound = Sound(value, int(look.facts["rate"]))
    outline = _outline(waveform(sound, min(240, len(value))), full)
    return Sketch(look.facts, spectrogram_png(spectrogram(sound)[0]), outline)


def sketch_html(drawn: Sketch, t: Translator) -> str:
    """Return a drawn medium."""
    if isinstance(drawn.text, tuple):
        return pieces_html(drawn.text, t)
    if drawn.text is not None:
        return text_pair_html(drawn.text, drawn.text, t)[0]
    if drawn.outline:
        url, alt = address(drawn.picture, "image/png"), t("steps.spectrogram")
        return (
            '<div class="tr-look-wave" data-c="audio" '
            f'style="clip-path:polygon({drawn.outline})"></div>'
            f'<img class="tr-look-spec" src="{esc(url)}" alt="{esc(alt)}">'
        )
    if drawn.picture:
        url, alt = address(drawn.picture, "image/webp"), facts_text(drawn.facts, t)
        return f'<img class="tr-look" src="{esc(url)}" alt="{esc(alt)}">'
    return f'<div class="tr-look-file">{esc(facts_text(drawn.facts, t))}</div>'


def _drawable(pixels: NDArray[np.generic]) -> Image.Image:
    if pixels.ndim == 2:  # more than 8 bits of grey
        wide = pixels.astype(np.float64)
        return Image.fromarray((255 * wide / max(1.0, wide.max())).astype(np.uint8))
    if pixels.dtype != np.uint8:  # scaled to [-1, 1]
        pixels = ((pixels.astype(np.float32) + 1) * 127.5).round().astype(np.uint8)
    image = Image.fromarray(pixels)
    if image.mode != "RGBA":
        return image
    image.thumbnail((PIXELS, PIXELS))  # before the squares, so that these keep their size
    y, x = np.indices((image.height, image.width)) // _CHECKS
    ground = np.where((x + y) % 2, 176, 214).astype(np.uint8)
    checked = Image.fromarray(ground).convert("RGBA")
    return Image.alpha_composite(checked, image).convert("RGB")


def _outline(envelope: NDArray[np.float32], full: float) -> str:
    """Return CSS points around (T, 2) lowest and highest values; silence is a thin line."""
    step = 100 / max(1, len(envelope) - 1)
    high = 50 - 49 * np.clip(envelope[:, 1] / full, -1, 1)
    low = 51 - 49 * np.clip(envelope[:, 0] / full, -1, 1)
    top = [f"{x * step:.1f}% {y:.1f}%" for x, y in enumerate(high.tolist())]
    bottom = [f"{x * step:.1f}% {y:.1f}%" for x, y in enumerate(low.tolist())]
    return ",".join([*top, *reversed(bottom)])


def text_pair_html(
    before: str, after: str, t: Translator, *, blanks: bool = True
) -> tuple[str, str]:
    """Return two texts; what the first alone has is marked as removed, what the second, as added.

    ``blanks`` says whether blanks among that are spelled out, for where they are what matters.
    """
    start = max(0, first_difference(before, after) - _LEAD)
    old, new = before[start : start + CHARACTERS], after[start : start + CHARACTERS]
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        # The last stretch may differ only because one of the two was cut off there.
        tail = kind != "equal" and (b == len(old) < len(before) or d == len(new) < len(after))
        if b > a:
            left.append(_marked(old[a:b], "" if kind == "equal" or tail else "del", blanks))
        if d > c:
            right.append(_marked(new[c:d], "" if kind == "equal" or tail else "ins", blanks))
    return tuple(  # type: ignore[return-value]
        _quoted("".join(parts), start, len(whole) - start - CHARACTERS, t)
        for parts, whole in ((left, before), (right, after))
    )


def first_difference(one: str, other: str) -> int:
    """Return where two texts begin to differ; 0 where they do not."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
    return 0 if one == other else at


def _quoted(html: str, start: int, rest: int, t: Translator) -> str:
    more = t("steps.more", count=rest) if rest > 0 else ""
    lead = "…" if start else ""
    tail = f' <span class="tr-muted">{esc(more)}</span>' if more else ""
    return f'<div class="tr-look-text"><bdi>{lead}{html}</bdi>{tail}</div>'


def _marked(text: str, tag: str, blanks: bool) -> str:
    """Return escaped text, in a tag if one is given; there, blanks may be spelled out."""
    inner = "".join(map(_visible, text)) if tag and blanks else _calmed(text)
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _calmed(text: str) -> str:
    """Escape; invisible marks, some of which would turn the line around, are spelled out."""
    return "".join(_visible(mark) if _invisible(mark) else esc(mark) for mark in text)


def _invisible(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Co", "Cn") and mark not in "\n\t"


def _visible(mark: str) -> str:
    if mark in "\r\n\u2028\u2029\x0b\x0c\x85":
        return "↵\n" if mark == "\n" else "↵"
    if mark == "\t":
        return "⇥"
    if mark.isspace():
        return "␣"
    return f'<span class="tr-code">U+{ord(mark):04X}</span>' if _invisible(mark) else esc(mark)


def pieces_html(pieces: tuple[str, ...], t: Translator) -> str:
    """Return the pieces into which a text was cut, as many as fit."""
    shown, length = [], 0
    for piece in pieces:
        if length >= CHARACTERS:
            break
        shown.append(f"<li>{_calmed(piece[: CHARACTERS - length])}</li>")
        length += len(piece)
    rest = sum(map(len, pieces)) - min(length, CHARACTERS)
    more = f'<li class="tr-muted">{esc(t("steps.more", count=rest))}</li>' if rest > 0 else ""
    return f'<ul class="tr-look-pieces">{"".join(shown)}{more}</ul>'


def facts_text(
    facts: Mapping[str, Value], t: Translator, other: Mapping[str, Value] | None = None
) -> str:
    """Return what was measured, in words; with ``other`` only what differs, if anything does."""
    whole = facts
    if other is not None:
        kept = {k: v for k, v in facts.items() if other.get(k) != v}
        facts = kept if kept.keys() - {"lines"} else facts
    said = []
    if "bytes" in facts:
        said.append(t("steps.file", size=number(int(facts["bytes"]) / 1000, 1)))
    if {"width", "height"} & facts.keys():
        size = {k: whole[k] for k in ("width", "height")}
        said.append(t("steps.fact.size", **size))
    if "mode" in facts:
        said.append(str(facts["mode"]))
    if {"low", "high"} & facts.keys():
        ends = {k: _short(whole[k]) for k in ("low", "high")}
        said.append(t("steps.fact.range", **ends))
    for name in ("seconds", "rate", "channels", "peak", "loudness", "characters", "pieces"):
        if name in facts and (name, facts[name]) != ("channels", 1):
            value = float(facts[name]) / (1000 if name == "rate" else 1)
            said.append(t(f"steps.fact.{name}", **{name: _short(value)}))
    if "language" in facts:
        said.append(t.word("language", str(facts["language"])))
    return " · ".join(said)


def _short(value: Value) -> str:
    """Return a number with two digits at most, without idle zeros."""
    return re.sub(r"\.?0+$", "", text) if "." in (text := number(float(value))) else text
