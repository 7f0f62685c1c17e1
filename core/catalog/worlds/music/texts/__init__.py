"""What is written about a track: title and artist, one line with tags, a blurb and listeners' reviews.

The texts know the genre, the praise, the release and the seed of a track, and nothing else about
it. Names, numbers and wordings are drawn once for both languages.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.catalog.worlds.base import Plan
from core.catalog.worlds.grammar import Pair, Parallel, item_text
from core.catalog.worlds.music.factors import GENRE, PRAISE, RELEASE
from core.catalog.worlds.music.texts.credits import (
    BAND_KINDS,
    BAND_WORDS,
    FIRST_NAMES,
    LAST_NAMES,
    MODIFIERS,
    THINGS,
    VENUES,
)
from core.catalog.worlds.music.texts.genres import GENRES
from core.catalog.worlds.music.texts.praises import PRAISES
from core.catalog.worlds.music.texts.releases import FACTS, FRAME, RELEASES
from core.types import LANGUAGES, ItemText

NUMBERS: Final = (21, 99)
"""The smallest and the largest number a text mentions."""
MOST_REVIEWS: Final = 5


@dataclass(frozen=True)
class Facts:
    """What a track is, in both languages."""

    track: Pair
    record: Pair
    artist: Pair
    venue: Pair
    number: int
    genre: str
    reviews: int

    @classmethod
    def of(cls, genre: str, rng: random.Random) -> Facts:
        """Decide what to mention of a track."""
        (track, record), things = rng.sample(MODIFIERS, 2), rng.sample(THINGS, 2)
        return cls(
            track=_join(track, things[0]),
            record=_join(record, things[1]),
            artist=_artist(rng),
            venue=rng.choice(VENUES),
            number=rng.randint(*NUMBERS),
            genre=genre,
            reviews=rng.randint(1, MOST_REVIEWS),
        )

    def in_language(self, language: str) -> dict[str, str]:
        """Return the facts as the grammar names them."""
        side = LANGUAGES.index(language)
        return {
            "track": self.track[side],
            "record": self.record[side],
            "artist": self.artist[side],
            "venue": self.venue[side],
            "number": str(self.number),
            "genre": GENRES[self.genre].noun[side],
            "a_genre": GENRES[self.genre].a,
        }


def _join(first: Pair, second: Pair) -> Pair:
    return (first[0] + second[0], first[1] + second[1])


def _artist(rng: random.Random) -> Pair:
    if rng.random() < 0.5:
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        return (f"{first[0]} {last[0]}", f"{first[1]}·{last[1]}")
    return _join(rng.choice(BAND_WORDS), rng.choice(BAND_KINDS))


def write(plan: Plan) -> dict[str, ItemText]:
    """Write a track's texts in every language.

    Parameters
    ----------
    plan : the track; only its genre, its praise, its release and its seed matter
    """
    genre, praise, release = (f.values[plan.values[f.name]] for f in (GENRE, PRAISE, RELEASE))
    rng = random.Random(plan.seed)
    facts = Facts.of(genre, rng)
    writers = grammar(genre, praise, release).writers(
        rng, {language: facts.in_language(language) for language in LANGUAGES}
    )
    return {
        language: item_text(writer, "review", facts.reviews) for language, writer in writers.items()
    }


@cache
def grammar(genre: str, praise: str, release: str) -> Parallel:
    """Return the grammar for a genre, a praise and a release."""
    about = GENRES[genre]
    rules = {
        **FRAME,
        **PRAISES[praise],
        **RELEASES[release],
        "tag": about.tags,
        "kin": about.kin,
        "fans": about.fans,
        "part": about.parts,
        "craft": about.craft,
    }
    return Parallel(rules, FACTS, LANGUAGES)
