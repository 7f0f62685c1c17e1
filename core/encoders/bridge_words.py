"""The words of the label bridge, in English and Chinese: what can be recognised, put into words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.musicnn_tags import MILLION_SONG
from core.resources import ASSETS

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """L words that a listener or looker can say, each as (English, Chinese)."""

    words: tuple[tuple[str, str], ...]

    def say(self, index: int, language: str) -> str:
        """Return a word, in Chinese for ``zh`` and else in English."""
        return self.words[index][language == "zh"]


@lru_cache(maxsize=1)
def imagenet() -> Vocabulary:
    """Return the 1000 ImageNet-1k classes in index order."""
    from core.encoders.image import imagenet_names

    chinese = json.loads((ASSETS / "locales" / "imagenet.zh.json").read_text(encoding="utf-8"))
    return Vocabulary(tuple(zip(imagenet_names(), chinese, strict=True)))


@dataclass(frozen=True)
class Trait:
    """How a sound can be: its words, and which statistics of ``sound_features`` rise (1) or fall (-1)."""

    english: str
    chinese: str
    signs: Mapping[int, int]


CENTROID, SPREAD, ROLLOFF, FLATNESS = 228, 229, 230, 231
BUSY, REGULAR = 244, 245
ATTACK, DECAY, CREST, ACTIVE, FLOOR = 246, 247, 248, 249, 251
PULSE, FLUTTER = 252, 255

USUAL: Final[Mapping[int, tuple[float, float]]] = {
    CENTROID: (0.219, 0.148),
    SPREAD: (0.118, 0.048),
    ROLLOFF: (0.315, 0.192),
    FLATNESS: (-0.393, 0.184),
    BUSY: (0.585, 0.417),
    REGULAR: (0.387, 0.164),
    ATTACK: (1.435, 0.826),
    DECAY: (-0.596, 0.766),
    CREST: (1.691, 0.311),
    ACTIVE: (0.850, 0.244),
    FLOOR: (-0.672, 0.547),
    PULSE: (0.480, 0.134),
    FLUTTER: (0.259, 0.113),
}
"""Mean and deviation of each statistic over the 886 sounds of the rendered worlds."""

TRAITS: Final = (
    Trait("bright, high, shrill", "明亮尖细的高音", {CENTROID: 1, ROLLOFF: 1}),
    Trait("deep, dark, low bass", "低沉浑厚的低音", {CENTROID: -1, ROLLOFF: -1}),
    Trait(
        "noise, hissing and rustling, like rain or wind",
        "噪声，沙沙作响，像下雨刮风",
        {FLATNESS: 1, SPREAD: 1},
    ),
    Trait("a clear tone, a melody", "清澈的乐音，旋律", {FLATNESS: -1, SPREAD: -1}),
    Trait("a sudden knock, hit or click", "突然的敲击声", {ATTACK: -1, CREST: 1}),
    Trait("soft, gentle, slowly swelling", "轻柔，缓缓涌起", {ATTACK: 1, CREST: -1}),
    Trait("long ringing, like a bell or glass", "余音悠长，像铃声或玻璃", {DECAY: 1, FLATNESS: -1}),
    Trait("short, dry and dull, like wood", "短促干涩，像木头", {DECAY: -1, ACTIVE: -1}),
    Trait("fast, lively, many beats", "快速，热闹，节拍密集", {BUSY: 1}),
    Trait("slow, calm, still", "缓慢，平静，安静", {BUSY: -1}),
    Trait("a steady rhythm, drums, a dance beat", "稳定的节奏，鼓点，舞曲", {REGULAR: 1}),
    Trait("irregular, natural sounds", "不规则的自然声响", {REGULAR: -1}),
    Trait("continuous, without a pause", "持续不断", {FLOOR: -1, ACTIVE: 1}),
    Trait("swelling and fading like waves", "像海浪一样起伏", {PULSE: 1}),
    Trait("chirping, trembling, fluttering", "鸣叫，颤动", {FLUTTER: 1}),
)

SOUNDS: Final = Vocabulary(tuple((trait.english, trait.chinese) for trait in TRAITS))

_TAGS: Final = (
    "摇滚,流行,另类,独立,电子,女歌手,舞曲,2000年代,另类摇滚,爵士,优美,金属,弛放,男歌手,"
    "经典摇滚,灵魂,独立摇滚,柔和,电子乐,80年代,民谣,90年代,放松,纯器乐,朋克,怀旧金曲,布鲁斯,"
    "硬摇滚,氛围,原声,实验,女声,吉他,嘻哈,70年代,派对,乡村,轻音乐,性感,抓耳,放克,电音,"
    "重金属,前卫摇滚,60年代,节奏布鲁斯,独立流行,悲伤,浩室,快乐"
)
TAGS: Final = Vocabulary(
    tuple(
        (f"{english.lower()} music", f"{chinese}音乐")
        for english, chinese in zip(MILLION_SONG, _TAGS.split(","), strict=True)
    )
)
"""The tags of musicnn; alone, half of them say nothing of music."""

_ENOUGH: Final = 20
"""From so many sounds on, what is usual is told from themselves."""


def heard(statistics: Floats, among: Floats | None = None) -> Floats:
    """Put sounds into words: how much of each trait they have.

    Parameters
    ----------
    statistics : (B, 256) of ``sound-statistics``
    among : (N, 256) sounds that they are heard among, against which one is bright or dark; otherwise,
        and where they are few, against ``USUAL``

    Returns
    -------
    (B, 15), rows sum to 1
    """
    places = list(USUAL)
    mean, deviation = np.array(list(USUAL.values()), dtype=np.float32).T
    if among is not None and len(among) >= _ENOUGH:
        mean, deviation = among[:, places].mean(axis=0), among[:, places].std(axis=0)
    scores = np.clip((statistics[:, places] - mean) / np.maximum(deviation, 1e-6), -3, 3)
    column = {place: n for n, place in enumerate(places)}
    traits = [
        np.mean([sign * scores[:, column[place]] for place, sign in trait.signs.items()], axis=0)
        for trait in TRAITS
    ]
    return softmax(np.stack(traits, axis=1))


def softmax(logits: Floats) -> Floats:
    """Softmax over the last axis of (B, L)."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True), dtype=np.float32)
