"""The planted factors of the music world: a track's genre, cover, what listeners praise, and its feel.

Value *k* of ``palette``, of ``praise`` and of ``feel`` go together: the world's redundancy says how
often the calm track has a calm cover.
"""

from __future__ import annotations

from typing import Final

from core.catalog.worlds.base import Factor
from core.types import Modality

GENRE: Final = Factor(
    name="genre",
    values=("ambient", "chamber", "folk", "hiphop", "house", "jazz", "rock", "synthwave"),
)
"""The genre: instruments and rhythm of the sound, tags of the text, an emblem on the cover."""

PALETTE: Final = Factor(
    name="palette",
    values=("mist", "dusk", "pastel", "sunny", "neon", "ember"),
    modality=Modality.IMAGE,
    main=True,
)
"""The colours of the cover."""

COMPOSITION: Final = Factor(
    name="composition",
    values=("grid", "arcs", "waves", "halftone", "shape"),
    modality=Modality.IMAGE,
)
"""How the cover is laid out."""

PRAISE: Final = Factor(
    name="praise",
    values=("soothing", "moving", "immersive", "uplifting", "danceable", "raw"),
    modality=Modality.TEXT,
    main=True,
)
"""What listeners praise."""

RELEASE: Final = Factor(name="release", values=("single", "album", "live"), modality=Modality.TEXT)
"""What kind of release it is."""

FEEL: Final = Factor(
    name="feel",
    values=("calm", "melancholy", "dreamy", "bright", "driving", "wild"),
    modality=Modality.AUDIO,
    main=True,
)
"""How the track feels: tempo, mode, density and brightness, in every genre."""

LEAD: Final = Factor(name="lead", values=("keys", "strings", "flute"), modality=Modality.AUDIO)
"""Which instrument leads."""

FACTORS: Final[tuple[Factor, ...]] = (GENRE, PALETTE, COMPOSITION, PRAISE, RELEASE, FEEL, LEAD)
