"""The planted factors of the social world: what a post is about, shows, sounds like and feels like.

Value *k* of ``scene``, of ``mood`` and of ``ambience`` go together: the world's redundancy says
how often they agree.
"""

from __future__ import annotations

from typing import Final

from core.catalog.worlds.base import Factor
from core.types import Modality

TOPIC: Final = Factor(
    name="topic",
    values=(
        "camping",
        "cycling",
        "pets",
        "cooking",
        "kites",
        "stargazing",
        "photography",
        "music",
    ),
)
"""What the post is about: a thing in the foreground of the picture, and the subject of the text."""

SCENE: Final = Factor(
    name="scene",
    values=("sea", "mountain", "city", "forest", "desert", "snow"),
    modality=Modality.IMAGE,
    main=True,
)
"""The landscape in the picture."""

HOUR: Final = Factor(name="hour", values=("dawn", "noon", "dusk", "night"), modality=Modality.IMAGE)
"""The time of day in the picture: sky, light and colours."""

MOOD: Final = Factor(
    name="mood",
    values=("calm", "daring", "thrilled", "curious", "nostalgic", "cosy"),
    modality=Modality.TEXT,
    main=True,
)
"""How the author and the comments feel."""

FORM: Final = Factor(name="form", values=("moment", "question", "tip"), modality=Modality.TEXT)
"""What kind of post it is."""

AMBIENCE: Final = Factor(
    name="ambience",
    values=("waves", "rain", "traffic", "birds", "crickets", "wind"),
    modality=Modality.AUDIO,
    main=True,
)
"""What is heard around."""

BUSTLE: Final = Factor(name="bustle", values=("still", "lively", "busy"), modality=Modality.AUDIO)
"""How much happens in the sound: few events or many."""

FACTORS: Final[tuple[Factor, ...]] = (TOPIC, SCENE, HOUR, MOOD, FORM, AMBIENCE, BUSTLE)
