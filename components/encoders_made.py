"""What an encoder makes of one medium, drawn: cells of a picture, boxed words, seconds of a sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.html import esc, number
from components.i18n import Translator
from components.understood import wave_html
from components.why_parts import edges
from core.encoders import Box, Span, Stretch, TokenLabel
from core.encoding import Made

TOLD: Final = 3
"""How many parts are told to who does not see the shades."""

EVEN: Final = 0.4
"""How strongly parts are shaded that are all alike."""

CLEAR: Final = 0.2
"""Between cosines that lie this far apart, the shades are as different as they can be."""

Shade = tuple[TokenLabel, float | None, float]
"""A part, its cosine to the whole, and how strongly it is shaded, 0 to 1."""


def shades(made: Made) -> list[Shade]:
    """Return every part with its cosine and strength.

    The closest part has 1 and the farthest 0, unless all are so much alike that none should stand out.
    """
    known = [cosine for _, cosine in made.parts if cosine is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    width = max(high - low, 1e-9)
    contrast = min(1.0, width / CLEAR)
    return [
        (
            label,
            cosine,
            0.0 if cosine is None else contrast * (cosine - low) / width + (1 - contrast) * EVEN,
        )
        for label, cosine in made.parts
    ]


def notes_html(made: Made, t: Translator) -> str:
    """Say what the shades mean, and between which cosines they lie."""
    known = [cosine for _, cosine in made.parts if cosine is not None]
    if not made.parts:
        said = t("encoders.no_parts")
    elif len(made.parts) == 1:
        said = t("encoders.part_one")
    else:
        values = {"low": number(min(known, default=0)), "high": number(max(known, default=0))}
        said = t("encoders.parts", count=len(made.parts), **values)
    if len(known) < len(made.parts):
        said += " " + t("encoders.unknown_words")
    return f'<p class="tr-small tr-muted tr-enc-notes">{esc(said)}</p>'


def alternative(made: Made, text: str, t: Translator) -> str:
    """Say the closest parts in one line."""
    known = [(label, cosine) for label, cosine in made.parts if cosine is not None]
    best = sorted(known, key=lambda each: -each[1])[:TOLD]
    said = (f"{_where(label, made, text, t)} {number(cosine)}" for label, cosine in best)
    return t("encoders.alt", parts=t("punct.list").join(said))


def _where(label: TokenLabel, made: Made, text: str, t: Translator) -> str:
    if isinstance(label, Span):
        return t("parts.phrase", words=" ".join(text[label.start : label.end].split())[:48])
    if isinstance(label, Stretch):
        return t("parts.seconds", start=f"{label.start:.3g}", end=f"{label.end:.3g}")
    boxes = [b for b, _ in made.parts if isinstance(b, Box)]
    rows, columns = sorted({b.y0 for b in boxes}), sorted({b.x0 for b in boxes})
    return t("parts.cell", row=rows.index(label.y0) + 1, column=columns.index(label.x0) + 1)


def _tip(cosine: float | None, t: Translator) -> str:
    return t("encoders.unknown_words") if cosine is None else number(cosine)


def picture_html(made: Made, url: str, t: Translator) -> str:
    """Return a picture under the grid of its cells, each shaded."""
    cells = "".join(
        f'<i style="left:{100 * b.x0:.2f}%;top:{100 * b.y0:.2f}%;width:{100 * (b.x1 - b.x0):.2f}%;'
        f'height:{100 * (b.y1 - b.y0):.2f}%" title="{esc(_tip(cosine, t))}">'
        f'<b style="opacity:{0.78 * strength:.2f}"></b></i>'
        for b, cosine, strength in shades(made)
        if isinstance(b, Box)
    )
    alt = esc(alternative(made, "", t))
    return (
        f'<div class="tr-heat tr-grid" data-c="image"><img src="{esc(url)}" alt="{alt}">'
        f'<span aria-hidden="true">{cells}</span></div>'
    )


def words_html(made: Made, text: str, language: str, t: Translator) -> str:
    """Return a text with a box around each part that was read, shaded; what it says stays text."""
    out, at = [], 0
    spans = [(s, c, a) for s, c, a in shades(made) if isinstance(s, Span)]
    for span, cosine, strength in sorted(spans, key=lambda each: each[0].start):
        if span.start < at or not text[span.start : span.end].strip():
            continue
        out.append(esc(text[at : span.start]))
        kind = "none" if cosine is None else "up"
        out.append(
            f'<mark class="{kind}" style="--a:{4 + 62 * strength:.0f}%" '
            f'title="{esc(_tip(cosine, t))}">{esc(text[span.start : span.end])}</mark>'
        )
        at = span.end
    out.append(esc(text[at:]))
    alt = esc(alternative(made, text, t))
    return (
        f'<p class="tr-sr">{alt}</p><p class="tr-words tr-boxed" tabindex="0" data-c="text" '
        f'lang="{esc(language)}">{"".join(out) or esc(t("encoders.no_text"))}</p>'
    )


def sound_html(
    made: Made, seconds: float, envelope: Sequence[tuple[float, float]], url: str, t: Translator
) -> str:
    """Return the outline of a sound over its stretches, each shaded, and a player."""
    told = [(s, c, a) for s, c, a in shades(made) if isinstance(s, Stretch)]
    places = edges([s for s, _, _ in told]) if told else []
    cells = "".join(
        f'<i style="left:{100 * start / seconds:.2f}%;width:{100 * (end - start) / seconds:.2f}%" '
        f'title="{esc(_tip(cosine, t))}"><b style="opacity:{0.72 * strength:.2f}"></b></i>'
        for (_, cosine, strength), (start, end) in zip(told, places, strict=True)
    )
    alt = esc(alternative(made, "", t))
    return (
        f'<div class="tr-secs" data-c="audio" role="img" aria-label="{alt}">{cells}'
        f'{wave_html(envelope)}</div><p class="tr-axis">'
        f"<span>{esc(t('steps.fact.seconds', seconds=0))}</span>"
        f"<span>{esc(t('steps.fact.seconds', seconds=number(seconds, 1)))}</span></p>"
        f'<audio controls preload="none" src="{esc(url)}"></audio>'
    )


def names_html(made: Made, encoder: str, channel: str, t: Translator) -> str:
    """Return what it would call the medium: classes, tags, or words that were said."""
    if made.said is not None:
        said = t("encoders.said", text=made.said) if made.said else t("encoders.silence")
        return f'<p class="tr-enc-said">{esc(said)}</p>'
    if not made.names:
        return ""
    title = "encoders.names" if channel == "image" else "encoders.tags_line"
    rows = "".join(
        f"<li><span>{esc(_name(found, encoder, channel, t))}</span>"
        f'<span class="tr-meter"><i style="width:{100 * found["probability"]:.1f}%"></i></span>'
        f"<span>{100 * found['probability']:.0f} %</span></li>"
        for found in made.names
    )
    return (
        f'<p class="tr-small tr-muted">{esc(t(title))}</p>'
        f'<ul class="tr-labels" data-c="{esc(channel)}">{rows}</ul>'
    )


def _name(found: Mapping[str, Any], encoder: str, channel: str, t: Translator) -> str:
    if channel == "image":
        return t.label(found["index"], found["name"])
    known = t.word("encoders.tags", encoder).split(",")
    return known[found["index"]] if found["index"] < len(known) else str(found["name"])
