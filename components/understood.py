"""What was made of an upload: labels of the picture, language of the text, shape of the sound."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.html import esc, number
from components.i18n import Translator
from core.encoders.speech import Transcript
from core.media.limits import MAX_SECONDS

_RAMP: Final = np.array(
    [[17, 20, 24], [10, 58, 60], [0, 110, 90], [40, 170, 120], [170, 214, 140], [253, 246, 214]],
    float,
)
"""Dark to light through the colour of sound; lightness rises evenly, so it reads in grey too."""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %"


def picture_html(understood: Mapping[str, Any], t: Translator) -> str:
    """Return the five likeliest names of what is in the picture, with their probabilities."""
    size = t("understood.size", width=understood["width"], height=understood["height"])
    return _named(f"{t('understood.picture')} · {size}", understood, t)


def frames_html(
    understood: Mapping[str, Any], urls: Sequence[str], seconds: float | None, t: Translator
) -> str:
    """Return a video's frames with their times, and the names of what is in them on the whole.

    ``seconds`` is how long the video is; of a longer one than is read, that is said.
    """
    frames = understood["frames"]
    shown = "".join(
        f'<li><img src="{esc(url)}" alt="{esc(t.label(at["label"]["index"], at["label"]["name"]))}">'
        f"<span>{esc(t('steps.fact.seconds', seconds=number(float(at['start']), 1)))}</span></li>"
        for url, at in zip(urls, frames, strict=False)
    )
    longer = ""
    if seconds is not None and seconds > MAX_SECONDS:
        note = t("understood.longer", limit=number(MAX_SECONDS, 0))
        longer = f'<p class="tr-small">{esc(note)}</p>'
    lead = t("understood.frames", count=len(frames), seconds=number(frames[-1]["end"], 1))
    return f'<ol class="tr-frames">{shown}</ol>{longer}{_named(lead, understood, t)}'


def _named(lead: str, understood: Mapping[str, Any], t: Translator) -> str:
    rows = "".join(
        f"<li><span>{esc(t.label(found['index'], found['name']))}</span>"
        f'<span class="tr-meter" data-c="image"><i '
        f'style="width:{100 * found["probability"]:.1f}%"></i></span>'
        f"<span>{esc(_percent(found['probability']))}</span></li>"
        for found in understood["labels"]
    )
    return f'<p class="tr-small tr-muted">{esc(lead)}</p><ul class="tr-labels">{rows}</ul>'


def text_html(understood: Mapping[str, Any], t: Translator) -> str:
    """Return the language and length of the text."""
    language = t.word("language", str(understood["language"]))
    return (
        '<p class="tr-small tr-muted">'
        f"{esc(t('understood.text', language=language, count=understood['characters']))}</p>"
    )


def speech_html(said: Transcript, only_english: bool, t: Translator) -> str:
    """Return the words that were heard, their language and how sure that is; or that there are none."""
    if not said.text:
        lead = t("speech.none")
        if said.speech:
            lead = t("speech.english_only" if only_english else "speech.unsure")
        return f'<p class="tr-small tr-muted">{esc(lead)}</p>'
    language = t.word("language", said.language)
    lead = t("speech.said", language=language, sure=_percent(said.confidence))
    return (
        f'<p class="tr-small tr-muted">{esc(lead)}</p>'
        f'<p class="tr-quote" data-c="text" lang="{esc(said.language)}">{esc(said.text)}</p>'
    )


def wave_html(envelope: Sequence[tuple[float, float]]) -> str:
    """Return the outline of a sound; ``envelope`` is (lowest, highest) a stretch, in [-1, 1]."""
    peak = max((max(abs(low), abs(high)) for low, high in envelope), default=1.0) or 1.0
    step = 100 / max(1, len(envelope) - 1)
    top = [f"{x * step:.2f}% {50 - 49 * high / peak:.1f}%" for x, (_, high) in enumerate(envelope)]
    bottom = [f"{x * step:.2f}% {51 - 49 * low / peak:.1f}%" for x, (low, _) in enumerate(envelope)]
    outline = ",".join([*top, *reversed(bottom)])
    return f'<div class="tr-wave" data-c="audio" style="clip-path:polygon({outline})"></div>'


def spectrogram_png(mel_db: NDArray[np.float32], floor: float = -80.0) -> bytes:
    """Paint a (bands, frames) spectrogram in dB, low tones at the bottom, as PNG."""
    level = np.clip((mel_db[::-1] - floor) / -floor, 0, 1) * (len(_RAMP) - 1)
    below = np.minimum(level.astype(int), len(_RAMP) - 2)
    mix = (level - below)[..., None]
    pixels = (_RAMP[below] * (1 - mix) + _RAMP[below + 1] * mix).round().astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).resize((400, 128), Image.Resampling.BILINEAR).save(out, "PNG")
    return out.getvalue()


def sound_html(
    understood: Mapping[str, Any],
    envelope: Sequence[tuple[float, float]],
    mel_db: NDArray[np.float32],
    top_hertz: float,
    t: Translator,
) -> str:
    """Return waveform, spectrogram and the measured facts of a sound in words."""
    seconds = float(understood["seconds"])
    facts = t(
        "understood.sound",
        seconds=number(seconds, 1),
        loudness=number(float(understood["loudness_lufs"]), 0),
        onsets=number(float(understood["onsets_per_second"]), 1),
    )
    picture = base64.b64encode(spectrogram_png(mel_db)).decode()
    alt = t("understood.spectrogram", khz=number(top_hertz / 1000, 0))
    return (
        f'<p class="tr-small tr-muted">{esc(facts)}</p>{wave_html(envelope)}'
        f'<img class="tr-spec" alt="{esc(alt)}" title="{esc(alt)}" '
        f'src="data:image/png;base64,{picture}">'
        f'<p class="tr-axis"><span>{esc(t("steps.fact.seconds", seconds=0))}</span>'
        f"<span>{esc(t('understood.axis'))}</span>"
        f"<span>{esc(t('steps.fact.seconds', seconds=number(seconds, 1)))}</span></p>"
    )
