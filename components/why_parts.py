"""Which patches, words and seconds counted: laid over the picture, the text and the sound."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from components.html import WAITING, channel_label, esc, picture, signed
from components.i18n import Translator
from core.encoders.base import Box, Span, Stretch, TokenLabel

if TYPE_CHECKING:
    from core.explain.within import Part, PartsReport

MEASURES: Final = ("gradient", "occlusion", "masked")
FAINT: Final = 0.04
"""A part with less than this share of the strongest one is not shaded."""
FAINT_WORDS: Final = 0.12
"""The same for words, which are to be read as well."""
TOLD: Final = 8
"""How many parts the table tells."""
NEAR: Final = 0.1
"""Values that miss less than this share of phi nearly sum to it."""
FAR: Final = 0.1
"""From this gap on, the parts are a stand-in for what the encoder does; see ``PartsReport.gap``."""


def value_of(part: Part, measure: str) -> float:
    """Return what a part counts by one of :data:`MEASURES`, in logits."""
    if measure == "masked":
        return part.masked or 0.0
    return part.gradient if measure == "gradient" else part.occlusion


def shades(report: PartsReport, measure: str) -> list[tuple[Part, float, float]]:
    """Return every part with its value and its strength in [0, 1]."""
    values = [value_of(part, measure) for part in report.parts]
    top = max(map(abs, values), default=0.0) or 1.0
    return [(p, v, abs(v) / top) for p, v in zip(report.parts, values, strict=True)]


def _sign(value: float) -> str:
    return "up" if value > 0 else "down"


def where(part: Part, report: PartsReport, t: Translator) -> str:
    """Say in words which part it is."""
    said = _where(part.label, report, t)
    if part.frame is None:
        return said
    return t("parts.in_frame", part=said, **_seconds(report.frames[part.frame]))


def _seconds(stretch: Stretch) -> dict[str, str]:
    return {"start": f"{stretch.start:.3g}", "end": f"{stretch.end:.3g}"}


def _where(label: TokenLabel, report: PartsReport, t: Translator) -> str:
    if isinstance(label, Span):
        said = " ".join(report.text[label.start : label.end].split())
        return t("parts.phrase", words=said if len(said) <= 48 else said[:47] + "…")
    if isinstance(label, Stretch):
        return t("parts.seconds", start=f"{label.start:g}", end=f"{label.end:g}")
    boxes = [p.label for p in report.parts if isinstance(p.label, Box)]
    rows, columns = sorted({b.y0 for b in boxes}), sorted({b.x0 for b in boxes})
    return t("parts.cell", row=rows.index(label.y0) + 1, column=columns.index(label.x0) + 1)


def strongest(report: PartsReport, measure: str, count: int = TOLD) -> list[tuple[Part, float]]:
    """Return the parts that count most, either way."""
    told = sorted(shades(report, measure), key=lambda shade: -shade[2])
    return [(part, value) for part, value, _ in told[:count]]


def alternative(report: PartsReport, measure: str, t: Translator) -> str:
    """Say the strongest parts in one line, for who does not see the shading."""
    said = (f"{where(p, report, t)} {signed(v, 3)}" for p, v in strongest(report, measure, 3))
    return t("parts.alt", parts=t("punct.list").join(said))


def sum_words(report: PartsReport, measure: str, t: Translator) -> list[str]:
    """Say what the parts sum to, whether that is promised, and how far they are a stand-in."""
    total = sum(value_of(part, measure) for part in report.parts)
    both = {"parts": signed(total), "phi": signed(report.phi)}
    if measure == "gradient":
        values = {"base": report.baseline, "parts": total, "phi": report.phi}
        said = [t("parts.sum_gradient", **{k: signed(v) for k, v in values.items()})]
        if abs(report.gradient_missing) >= 0.005:
            said.append(t("parts.off_by", value=signed(report.gradient_missing, 3)))
    elif measure == "masked":
        return [_masked_words(report, both, t)]
    else:
        said = [t("parts.sum_occlusion", **both)]
    if report.gap >= FAR:
        said.append(t("parts.gap", percent=f"{100 * report.gap:.0f}"))
    return said


def _masked_words(report: PartsReport, both: dict[str, str], t: Translator) -> str:
    """Say whether masked parts sum to phi. There is no stand-in here: the encoder read everything itself."""
    if report.masked_missing is None:
        done = sum(part.masked is not None for part in report.parts)
        return t("parts.sum_masked_part", done=done, total=len(report.parts))
    near = abs(report.masked_missing) <= NEAR * abs(report.phi)
    return t("parts.sum_masked_near" if near else "parts.sum_masked", **both)


def notes_html(report: PartsReport, measure: str, t: Translator) -> str:
    """Return the sum and the table of the strongest parts."""
    shown = [m for m in MEASURES if m != "masked" or report.parts[0].masked is not None]
    rows = "".join(
        f'<tr><th scope="row">{esc(where(p, report, t))}</th>'
        + "".join(f'<td class="num">{signed(value_of(p, m), 3)}</td>' for m in shown)
        + "</tr>"
        for p, _ in strongest(report, measure)
    )
    heads = "".join(f'<th scope="col" class="num">{esc(t(f"parts.{key}"))}</th>' for key in shown)
    first, *more = sum_words(report, measure, t)
    also = "".join(f'<p class="tr-small tr-muted">{esc(words)}</p>' for words in more)
    return (
        f'<p class="tr-small tr-parts-sum">{esc(first)}</p>{also}'
        f'<details class="tr-small"><summary>{esc(t("parts.table"))}</summary><table class="tr-table">'
        f'<thead><tr><th scope="col">{esc(t("parts.part"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def title_html(report: PartsReport, t: Translator) -> str:
    """Return whose modality it is, and its contribution."""
    of = t(f"parts.of_{report.of}")
    return (
        f'<p class="tr-parts-title">{channel_label(t, report.modality)} '
        f'<span class="tr-small tr-muted">{esc(of)} · {signed(report.phi)}</span></p>'
    )


def picture_html(report: PartsReport, measure: str, url: str | None, t: Translator) -> str:
    """Return a picture under a shade for each of its cells."""
    if not url or url == WAITING:
        return f'<div class="tr-heat tr-heat-none">{picture(url, t)}</div>'
    return _heat(shades(report, measure), url, alternative(report, measure, t))


def _heat(shaded: Sequence[tuple[Part, float, float]], url: str, alt: str) -> str:
    cells = "".join(
        f'<i class="{_sign(v)}" title="{signed(v, 3)}" style="{_place(p.label)};opacity:{0.82 * a:.2f}"></i>'
        for p, v, a in shaded
        if a >= FAINT and isinstance(p.label, Box)
    )
    return (
        f'<div class="tr-heat" data-c="image"><img src="{esc(url)}" alt="{esc(alt)}">'
        f'<span aria-hidden="true">{cells}</span></div>'
    )


def strip_html(report: PartsReport, measure: str, urls: Sequence[str], t: Translator) -> str:
    """Return the frames of a video in order, shaded on one scale, each with its seconds and its sum."""
    every, frames = shades(report, measure), []
    for n, (url, stretch) in enumerate(zip(urls, report.frames, strict=True)):
        mine = [shade for shade in every if shade[0].frame == n]
        seconds, sum_ = (
            t("parts.seconds", **_seconds(stretch)),
            signed(sum(v for _, v, _ in mine), 3),
        )
        frames.append(
            f'<li style="margin:0;list-style:none">{_heat(mine, url, f"{seconds} {sum_}")}'
            f'<p class="tr-axis"><span>{esc(seconds)}</span><span>{sum_}</span></p></li>'
        )
    line = esc(t("parts.frames_line", count=len(frames)))
    return (
        f'<p class="tr-sr">{esc(alternative(report, measure, t))}</p>'
        f'<ol style="display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:.6rem;'
        f'margin:0;padding:0">{"".join(frames)}</ol><p class="tr-small tr-muted tr-gap">{line}</p>'
    )


def _place(box: Box) -> str:
    return (
        f"left:{100 * box.x0:.2f}%;top:{100 * box.y0:.2f}%;"
        f"width:{100 * (box.x1 - box.x0):.2f}%;height:{100 * (box.y1 - box.y0):.2f}%"
    )


def words_html(report: PartsReport, measure: str, language: str, t: Translator) -> str:
    """Return a text whose phrases are shaded; whatever it says stays text."""
    out, at = [], 0
    spans = [(p.label, v, a) for p, v, a in shades(report, measure) if isinstance(p.label, Span)]
    for span, value, strength in sorted(spans, key=lambda each: each[0].start):
        if span.start < at or strength < FAINT_WORDS:
            continue
        out.append(esc(report.text[at : span.start]))
        out.append(
            f'<mark class="{_sign(value)}" style="--a:{6 + 64 * strength:.0f}%;--s:{strength:.2f}" '
            f'title="{signed(value, 3)}">{esc(report.text[span.start : span.end])}</mark>'
        )
        at = span.end
    out.append(esc(report.text[at:]))
    alt = esc(alternative(report, measure, t))
    return (
        f'<p class="tr-sr">{alt}</p>'
        f'<p class="tr-words" tabindex="0" data-c="text" lang="{esc(language)}">{"".join(out)}</p>'
    )


def edges(stretches: Sequence[Stretch]) -> list[tuple[float, float]]:
    """Return from where to where each stretch is drawn, in seconds: they overlap, drawings do not."""
    middles = [(s.start + s.end) / 2 for s in stretches]
    cuts = [(a + b) / 2 for a, b in pairwise(middles)]
    starts = [stretches[0].start, *cuts]
    return list(zip(starts, [*cuts, stretches[-1].end], strict=True))


def sound_html(
    report: PartsReport, measure: str, seconds: float, png: bytes, t: Translator, *, plays: bool
) -> str:
    """Return a spectrogram with its stretches shaded, and a signed bar under each.

    Parameters
    ----------
    seconds : length of the sound
    png : its spectrogram
    plays : whether stretches are buttons from which it plays; see ``components.why_sound``
    """
    told = [s for s in shades(report, measure) if isinstance(s[0].label, Stretch)]
    places = edges([s[0].label for s in told if isinstance(s[0].label, Stretch)]) if told else []
    cells, bars = [], []
    for (part, value, strength), (start, end) in zip(told, places, strict=True):
        at = f"left:{100 * start / seconds:.2f}%;width:{100 * (end - start) / seconds:.2f}%"
        name = f"{where(part, report, t)} {signed(value, 3)}"
        shade = f'<i class="{_sign(value)}" style="opacity:{0.75 * strength:.2f}"></i>'
        words = esc(t("parts.play", part=name) if plays else name)
        cells.append(
            f'<button type="button" data-at="{start:.3f}" style="{at}" aria-label="{words}" '
            f'title="{words}">{shade}</button>'
            if plays
            else f'<span class="tr-cell" style="{at}" title="{words}">{shade}</span>'
        )
        bars.append(
            f'<i class="{_sign(value)}" style="{at};height:{50 * strength:.1f}%" title="{esc(name)}"></i>'
        )
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    alt = esc(alternative(report, measure, t))
    return (
        f'<div class="tr-heard" data-c="audio"><div class="tr-heat tr-heat-sound" '
        f'data-seconds="{seconds:.3f}"><img src="{source}" alt="{alt}">{"".join(cells)}'
        f'<u class="tr-head-line" hidden></u></div>'
        f'<div class="tr-beats" aria-hidden="true">{"".join(bars)}<u></u></div>'
        f'<p class="tr-axis"><span>{esc(t("steps.fact.seconds", seconds=0))}</span>'
        f"<span>{esc(t('understood.axis'))}</span>"
        f"<span>{esc(t('steps.fact.seconds', seconds=f'{seconds:.1f}'))}</span></p></div>"
    )


def key_html(t: Translator) -> str:
    """Return the key to the shades."""
    keys = (("up", t("parts.up")), ("down", t("parts.down")), ("dashed", t("parts.down_words")))
    rows = "".join(
        f'<li><span class="tr-shade {kind}"></span>{esc(words)}</li>' for kind, words in keys
    )
    return f'<div class="tr"><ul class="tr-legend">{rows}</ul></div>'
