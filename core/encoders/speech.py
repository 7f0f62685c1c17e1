"""Speech to text, and nothing to nothing: words are written down only where they were said.

Whisper was trained on subtitles. Of music, noise or a language that it does not know it makes fluent
sentences that nobody said. So a transcript has to pass: speech must be detected first, the text must
not turn in circles, and the model must be sure of it, or write the same when it hears the recording
again slightly slower and slightly faster.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.hearing import as_sound, heard_at
from core.encoders.menu import MENU
from core.encoders.sources import hub_here
from core.encoders.whisper import RATE, SHIPPED, WhisperSound, whisper
from core.media.audio import resample
from core.types import Sound

SURE: Final = 0.55
"""Confidence from which a text is believed without listening again."""

ENOUGH: Final = 0.3
"""Least confidence of a text that is returned."""

CIRCLES: Final = 2.0
"""How far zlib may compress a text; sentences stay below, loops of the same words do not."""

_TEMPI: Final = (0.93, 1.07)
"""How fast the recording is played when it is heard again."""

_SPARE_TOKENS, _TOKENS_A_SECOND, _MOST_TOKENS = 16, 8, 224  # what a loop can cost

_SUBTITLES: Final = re.compile(r"thanks? (you )?.*for watching|see you (in the )?next|subscribe")
"""What Whisper writes where it heard nothing it knows: ends of the videos that it learned from."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SpeechCard:
    """What the shipped model is; ``languages`` are ISO 639-1 codes of what it can write down."""

    id: str
    source: str
    revision: str
    licence: str
    languages: tuple[str, ...]


CARD: Final = SpeechCard(
    id="whisper-tiny-en",
    source=WhisperSound.card.source,
    revision=WhisperSound.card.revision,
    licence=WhisperSound.card.licence,
    languages=("en",),
)


def models() -> tuple[str, ...]:
    """Return the models that work without a network: the shipped one, then those of the menu in the cache."""
    there = (each for each in MENU if each.library == "whisper")
    return (SHIPPED, *(each.id for each in there if hub_here(each.id, patterns=each.files)))


def only_english(model: str) -> bool:
    """Say whether a model knows no other language, which its name tells."""
    return model.endswith(".en")


@dataclass(frozen=True)
class Segment:
    """What was said between two times in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Transcript:
    """What was said in a recording.

    Attributes
    ----------
    text : all of it, or ``""`` where no speech was heard or none that the model can be sure of
    language : ISO 639-1 code; ``"und"`` without a text. A model of one language says that language
    confidence : 0 to 1, the probability of a piece of the text, times that of speech, times how far
        the text stayed the same when it was heard again
    segments : parts of the text in the order of time
    speech : whether somebody seems to speak: with an empty ``text``, probably in another language
    """

    text: str = ""
    language: str = "und"
    confidence: float = 0.0
    segments: tuple[Segment, ...] = ()
    speech: bool = False


@dataclass(frozen=True)
class _Heard:
    """One hearing: segments of faster-whisper, the language, and whether speech was detected."""

    segments: tuple[Any, ...]
    language: str
    speech: bool

    @property
    def text(self) -> str:
        return " ".join(each.text.strip() for each in self.segments)

    @property
    def certainty(self) -> float:
        """Probability of a piece of the text times that of speech, or 0 for known inventions."""
        if not self.segments or _SUBTITLES.search(self.text.lower()):
            return 0.0
        if max(each.compression_ratio for each in self.segments) > CIRCLES:
            return 0.0
        weights = [len(each.tokens) for each in self.segments]
        surprise = np.average([each.avg_logprob for each in self.segments], weights=weights)
        speech = 1 - max(each.no_speech_prob for each in self.segments)
        return float(np.exp(surprise) * speech)


def transcribe(sound: Sound, model: str = SHIPPED) -> Transcript:
    """Write down what is said in a sound.

    Parameters
    ----------
    sound : any length; the media layer keeps 30 seconds
    model : see :func:`core.encoders.whisper.whisper`. The shipped one knows English only, and speech
        in another language gives no text; models without ``.en`` tell the language themselves

    Raises
    ------
    TriadError
        as :func:`core.encoders.whisper.whisper`

    References
    ----------
    Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision, 2022; Koenecke et al.,
    Careless Whisper: Speech-to-Text Hallucination Harms, 2024.
    """
    samples = heard_at(as_sound(sound), RATE)
    with whisper(model) as listener:
        heard = _hear(listener, samples, None)
        confidence = heard.certainty
        if ENOUGH <= confidence < SURE:
            confidence *= _agreement(listener, samples, heard)
    if confidence < ENOUGH:
        return Transcript(speech=heard.speech)
    segments = tuple(
        Segment(round(each.start, 2), round(min(each.end, sound.seconds), 2), each.text.strip())
        for each in heard.segments
    )
    return Transcript(heard.text, heard.language, round(confidence, 3), segments, True)


def _hear(listener: Any, samples: Floats, language: str | None) -> _Heard:
    """Listen once. Without chance: the likeliest text, not one that was drawn until it passed."""
    budget = _SPARE_TOKENS + int(_TOKENS_A_SECOND * len(samples) / RATE)
    found, about = listener.transcribe(
        samples,
        language=language,
        beam_size=5,
        temperature=0.0,
        vad_filter=True,
        condition_on_previous_text=False,
        max_new_tokens=min(_MOST_TOKENS, budget),
        no_speech_threshold=None,  # what is enough is decided here, not there
        log_prob_threshold=None,
        compression_ratio_threshold=None,
    )
    speech = about.duration_after_vad > 0
    return _Heard(tuple(found) if speech else (), about.language, speech)


def _agreement(listener: Any, samples: Floats, heard: _Heard) -> float:
    """Return what share of the words stays, at worst, when the tempo (and the pitch) change a little."""
    again = (
        _hear(listener, resample(samples, round(RATE * tempo), RATE), heard.language)
        for tempo in _TEMPI
    )
    return min(alike(_words(heard.text), _words(each.text)) for each in again)


def alike(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the share of words, 0 to 1, that two texts have in common in the same order."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0


def _words(text: str) -> list[str]:
    """Words in lower case; of scripts without spaces, characters."""
    return re.findall(r"[぀-ヿ㐀-鿿]|[^\W_぀-ヿ㐀-鿿]+", text.lower())
