"""The music world's texts: repeatable, varied, the same in both languages, readable by an encoder."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from core.catalog.worlds import create
from core.catalog.worlds.base import Factor, Plan
from core.catalog.worlds.music.factors import FACTORS, GENRE, PRAISE, RELEASE
from core.catalog.worlds.music.texts import credits, grammar, write
from core.catalog.worlds.music.texts.genres import GENRES
from core.catalog.worlds.music.texts.praises import PRAISES
from core.catalog.worlds.music.texts.releases import RELEASES
from core.catalog.worlds.plan import plan_items
from core.encoders import default
from core.types import LANGUAGES, MODALITIES, ItemText, Modality, Passage
from tests.core.catalog.sentences import repeats

OWN = (GENRE, PRAISE, RELEASE)
NAMES = (
    credits.MODIFIERS,
    credits.THINGS,
    credits.FIRST_NAMES,
    credits.LAST_NAMES,
    credits.BAND_WORDS,
    credits.BAND_KINDS,
    credits.VENUES,
)
LONGEST_LINE = {"en": 105, "zh": 40}
FORBIDDEN = {
    "en": re.compile(
        r"\b(?:calm\w*|melanchol\w*|dream\w*|bright\w*|driving|drives?|wild\w*|slow\w*|fast\w*|tempo"
        r"|bpm|upbeat|major|minor|energ\w*|lively|gentle|quiet\w*|loud|sad\w*|mellow"
        r"|keys?|keyboards?|pian\w*|organ|strings?|violins?|cellos?|violas?|guitars?|harps?|flutes?"
        r"|woodwinds?|colou?r\w*|red|blue|green|gr[ae]y|black|white|brown|yellow|orange|pink|purple"
        r"|beige|gold\w*|silver\w*|cover|artwork|sleeve|grid|arcs?|waves?|halftone|shapes?|mist|misty"
        r"|dusk|pastel|sunny|neon|embers?)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "平静|宁静|安静|忧郁|忧伤|悲伤|梦|明亮|明快|狂野|奔放|慢|快(?!给)|速度|大调|小调|能量|活力"
        "|钢琴|键盘|(?<!和)弦|琴|吉他|笛|箫|[红橙黄绿蓝紫粉白灰棕]|黑(?!胶)|(?<!音)色|封面|网格|圆"
        "|波点|雾|暮|霓虹|阳光"
    ),
}


def plan(seed: int = 0, **values: int) -> Plan:
    return Plan(
        id=f"music-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


@cache
def collection() -> tuple[tuple[Plan, dict[str, ItemText]], ...]:
    """The texts of the world at its usual size."""
    return tuple((p, write(p)) for p in plan_items(create("music"), 320, redundancy=0.3))


def test_same_plan_same_text_and_another_seed_another_text() -> None:
    assert write(plan(5)) == write(plan(5))
    assert write(plan(5))["en"].description != write(plan(6))["en"].description


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in OWN])
def test_other_factors_are_not_told(factor: str) -> None:
    first = plan(11, genre=3, praise=2, release=1)
    assert write(first) == write(replace(first, values={**first.values, factor: 1}, index=99))


@pytest.mark.parametrize("factor", OWN, ids=lambda f: f.name)
def test_own_factors_are_told(factor: Factor) -> None:
    for seed in range(8):
        told = [write(plan(seed, **{factor.name: k})) for k in range(len(factor.values))]
        for language in LANGUAGES:
            assert len({t[language].line for t in told}) == len(told)
            assert len({t[language].description for t in told}) == len(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_alternative_speaks_of_what_other_modalities_show(language: str) -> None:
    side = LANGUAGES.index(language)
    words = {pair[side] for names in NAMES for pair in names}
    for values in product(*(f.values for f in OWN)):
        rules = grammar(*values).grammars[language].rules
        words |= {re.sub(r"\{\w+\}", "", text) for rule in rules.values() for text in rule}
    assert sorted(word for word in words if FORBIDDEN[language].search(word)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_complete(language: str) -> None:
    for _, texts in collection():
        text = texts[language]
        assert "{" not in text.whole
        assert "  " not in text.whole
        assert 1 <= len(text.reviews) <= 5
        assert len(re.findall(r"[.!?](?: |$)|[。！？]", text.description)) == 3
        assert len(text.line) <= LONGEST_LINE[language], text.line
        assert len(text.whole) < 1500
        ends = {"en": ".!", "zh": "。！"}[language]
        assert all(review[-1] in ends for review in text.reviews)
        if language == "zh":
            assert re.search(r"[A-Za-z,;:?!()]", text.whole) is None
        else:
            assert re.search(r"\ba [aeio]", text.whole) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_names_the_genre_in_words_and_as_a_tag(language: str) -> None:
    side = LANGUAGES.index(language)
    for p, texts in collection():
        about = GENRES[GENRE.values[p.values["genre"]]]
        line = texts[language].line
        assert about.noun[side] in line.lower()
        assert {tag[side] for tag in about.tags} & set(line.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_repeats_among_all_items(language: str) -> None:
    assert repeats((texts[language] for _, texts in collection()), language) == []


def test_hardly_any_page_of_tracks_alike_repeats_a_sentence() -> None:
    """Ten tracks of the same genre, praise and release, two hundred times."""
    rng = random.Random(0)
    repeating: Counter[str] = Counter()
    for _ in range(200):
        values = {f.name: rng.randrange(len(f.values)) for f in OWN}
        page = [write(plan(rng.randrange(2**31), **values)) for _ in range(10)]
        for language in LANGUAGES:
            repeating[language] += bool(repeats((texts[language] for texts in page), language))
    assert max(repeating.values()) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_unique(language: str) -> None:
    titles = [texts[language].title for _, texts in collection()]
    assert len(set(titles)) == len(titles)


def test_both_languages_say_the_same() -> None:
    for _, texts in collection():
        english, chinese = texts["en"], texts["zh"]
        assert len(english.reviews) == len(chinese.reviews)
        assert sorted(re.findall(r"\d+", english.whole)) == sorted(
            re.findall(r"\d+", chinese.whole)
        )
        for name in (*credits.LAST_NAMES, *credits.BAND_WORDS, *credits.VENUES):
            times = english.whole.count(name[0]), chinese.whole.count(name[1])
            assert len(set(times)) == 1, (name, texts)


def test_title_names_the_artist_that_the_blurb_is_about() -> None:
    for _, texts in collection():
        artist = re.split(r" \(|, ", texts["en"].title.split(" – ")[1])[0]
        assert artist in texts["en"].description
        assert texts["zh"].title.split("《")[0] in texts["zh"].description


@pytest.mark.parametrize("praise", PRAISE.values)
@pytest.mark.parametrize("release", RELEASE.values)
def test_there_are_many_reviews(release: str, praise: str) -> None:
    for language in LANGUAGES:
        assert grammar("jazz", praise, release).grammars[language].count("review") > 100_000


def test_every_value_has_words() -> None:
    assert tuple(GENRES) == GENRE.values
    assert tuple(PRAISES) == PRAISE.values
    assert tuple(RELEASES) == RELEASE.values


def test_an_encoder_reads_the_factors() -> None:
    """A linear probe names genre, praise and release of items that it was not trained on."""
    encoder = default(Modality.TEXT)
    items = collection()[:120]
    x = np.stack(
        [
            encoder.encode([Passage(t[k].whole, k) for k in LANGUAGES]).pooled.mean(0).numpy()
            for _, t in items
        ]
    )
    for factor in OWN:
        y = np.array([p.values[factor.name] for p, _ in items])
        probe = LogisticRegression(C=100, max_iter=2000)
        assert cross_val_score(probe, x, y, cv=5).mean() >= 0.9, factor.name
