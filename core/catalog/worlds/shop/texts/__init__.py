"""What is written about a product: title, one line, description and customers' reviews.

The texts know the type, the praise, the price and the seed of a product, and nothing else about
it. What is said (use, audience, price, how many reviews of what kind) is drawn once and shared by
both languages; how it is said is left to the grammar of each, ``english.py`` and ``chinese.py``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Final

from core.catalog.worlds.base import Plan
from core.catalog.worlds.grammar import Grammar, sentence_case
from core.catalog.worlds.shop.factors import PRAISE, PRICE, TYPE
from core.catalog.worlds.shop.texts import chinese, english
from core.catalog.worlds.shop.texts.products import AUDIENCES, NAMES, PRODUCTS, SERIES, Pair
from core.types import LANGUAGES, ItemText

GRAMMARS: Final[Mapping[str, ModuleType]] = {"en": english, "zh": chinese}

PRICES: Final[Mapping[str, tuple[float, float]]] = {
    "low": (0.35, 0.60),
    "mid": (0.85, 1.25),
    "high": (2.0, 3.2),
}
"""The lowest and the highest price of a band, over the usual price of such a product."""

_YUAN: Final = 7
"""Yuan to the dollar, so that both figures mean the same."""
_AFTERTHOUGHT: Final = {None: 0.50, "recommend": 0.30, "quibble": 0.20}
"""What follows the praise in a review, and how often."""


@dataclass(frozen=True)
class Facts:
    """What both languages say about a product. ``reviews`` holds the afterthought of each."""

    type: str
    praise: str
    price: str
    name: Pair
    use: Pair
    audience: Pair
    figure: Pair
    reviews: tuple[str | None, ...]

    @classmethod
    def of(cls, plan: Plan, rng: random.Random) -> Facts:
        """Decide what to say about the product of a plan."""
        kind = TYPE.values[plan.values[TYPE.name]]
        price = PRICE.values[plan.values[PRICE.name]]
        name, series = rng.choice(NAMES), rng.choice(SERIES)
        dollars = max(1, round(PRODUCTS[kind].dollars * rng.uniform(*PRICES[price])))
        return cls(
            type=kind,
            praise=PRAISE.values[plan.values[PRAISE.name]],
            price=price,
            name=(name[0] + series[0], name[1] + series[1]),
            use=rng.choice(PRODUCTS[kind].uses),
            audience=rng.choice(AUDIENCES),
            figure=(f"${dollars}", f"{_YUAN * dollars}元"),
            reviews=tuple(
                rng.choices(
                    tuple(_AFTERTHOUGHT), tuple(_AFTERTHOUGHT.values()), k=rng.randint(1, 5)
                )
            ),
        )

    def in_language(self, language: str) -> dict[str, str]:
        """Return the facts as the grammar of a language names them."""
        product = PRODUCTS[self.type]
        side = LANGUAGES.index(language)
        return {
            "noun": product.noun[side],
            "one": product.one,
            "this": product.this,
            "name": self.name[side],
            "use": self.use[side],
            "audience": self.audience[side],
            "figure": self.figure[side],
        }


def write(plan: Plan) -> dict[str, ItemText]:
    """Write a product's texts in every language.

    Parameters
    ----------
    plan : the product; only its type, its praise, its price and its seed matter
    """
    rng = random.Random(plan.seed)
    facts = Facts.of(plan, rng)
    return {language: compose(facts, language, rng) for language in LANGUAGES}


def compose(facts: Facts, language: str, rng: random.Random) -> ItemText:
    """Write one language's text about the facts."""
    writer = grammar(language, facts.praise, facts.price).writer(rng, facts.in_language(language))
    gap = " " if language == "en" else ""
    reviews = (
        gap.join(writer.write(part) for part in ("review", afterthought) if part)
        for afterthought in facts.reviews
    )
    return ItemText(
        title=sentence_case(writer.write("title")),
        line=sentence_case(writer.write("line")),
        description=sentence_case(writer.write("description")),
        reviews=tuple(map(sentence_case, reviews)),
    )


@cache
def grammar(language: str, praise: str, price: str) -> Grammar:
    """Return the grammar for a language, a praise and a price band."""
    source = GRAMMARS[language]
    rules = {
        **source.FRAME,
        **source.PRAISE[praise],
        "tier": source.FRAME[f"tier_{price}"],
        "band": source.FRAME[f"band_{price}"],
        **source.TOGETHER.get((praise, price), {}),
    }
    return Grammar(rules, source.FACTS)
