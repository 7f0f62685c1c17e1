"""What a post says: caption, hashtags, the post itself and comments by others.

The texts know the topic, the mood, the form and the seed of a post, and nothing else about it.
Names, numbers and wordings are drawn once for both languages.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.catalog.worlds.base import Plan
from core.catalog.worlds.grammar import Pair, Parallel, item_text
from core.catalog.worlds.social.factors import FORM, MOOD, TOPIC
from core.catalog.worlds.social.texts.forms import FACTS, FORMS, FRAME
from core.catalog.worlds.social.texts.moods import MOODS
from core.catalog.worlds.social.texts.people import FRIENDS
from core.catalog.worlds.social.texts.topics import TOPICS
from core.types import LANGUAGES, ItemText

NUMBERS: Final = (4, 99)
"""The smallest and the largest number a post mentions."""
MOST_COMMENTS: Final = 5


@dataclass(frozen=True)
class Facts:
    """What a post is about in both languages; ``one`` and ``other`` are what a question weighs up."""

    doing: Pair
    friend: Pair
    thing: Pair
    number: int
    one: Pair
    other: Pair
    comments: int

    @classmethod
    def of(cls, topic: str, rng: random.Random) -> Facts:
        """Decide what a post about ``topic`` mentions."""
        about = TOPICS[topic]
        one, other = rng.sample(rng.choice(about.choices), 2)
        return cls(
            doing=about.doing,
            friend=rng.choice(FRIENDS),
            thing=rng.choice(about.things),
            number=rng.randint(*NUMBERS),
            one=one,
            other=other,
            comments=rng.randint(1, MOST_COMMENTS),
        )

    def in_language(self, language: str) -> dict[str, str]:
        """Return the facts as the grammar names them."""
        side = LANGUAGES.index(language)
        return {
            "doing": self.doing[side],
            "friend": self.friend[side],
            "thing": self.thing[side],
            "number": str(self.number),
            "one": self.one[side],
            "other": self.other[side],
        }


def write(plan: Plan) -> dict[str, ItemText]:
    """Write a post's texts in every language.

    Parameters
    ----------
    plan : the post; only its topic, its mood, its form and its seed matter
    """
    topic, mood, form = (f.values[plan.values[f.name]] for f in (TOPIC, MOOD, FORM))
    rng = random.Random(plan.seed)
    facts = Facts.of(topic, rng)
    writers = grammar(topic, mood, form).writers(
        rng, {language: facts.in_language(language) for language in LANGUAGES}
    )
    return {
        language: item_text(writer, "comment", facts.comments)
        for language, writer in writers.items()
    }


@cache
def grammar(topic: str, mood: str, form: str) -> Parallel:
    """Return the grammar for a topic, a mood and a form."""
    about = TOPICS[topic]
    rules = {
        **FRAME,
        **MOODS[mood],
        **FORMS[form],
        "tag": about.tags,
        "event": about.events,
        "advice": about.advice,
    }
    return Parallel(rules, FACTS, LANGUAGES)
