"""The social world's texts: repeatable, varied, the same in both languages, readable by an encoder."""

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
from core.catalog.worlds.grammar import Pair, Parallel
from core.catalog.worlds.plan import plan_items
from core.catalog.worlds.social.factors import FACTORS, FORM, MOOD, TOPIC
from core.catalog.worlds.social.texts import grammar, write
from core.catalog.worlds.social.texts.forms import FORMS
from core.catalog.worlds.social.texts.moods import MOODS
from core.catalog.worlds.social.texts.people import FRIENDS, NAMES, PERSONS
from core.catalog.worlds.social.texts.topics import TOPICS
from core.encoders import default
from core.types import LANGUAGES, MODALITIES, ItemText, Modality, Passage
from tests.core.catalog.sentences import repeats

OWN = (TOPIC, MOOD, FORM)
LONGEST_LINE = {"en": 105, "zh": 40}
FORBIDDEN = {
    "en": re.compile(
        r"\b(?:seas?|seaside|ocean|beach\w*|shores?|coast\w*|waves?|tides?|islands?|mountains?|peaks?"
        r"|summits?|hills?|valleys?|cliffs?|city|cities|towns?|streets?|skyline|buildings?|forests?"
        r"|woods|trees?|leaf|deserts?|dunes?|sandy?|cactus|snow\w*|ice|icy|frost\w*|winter\w*|lakes?"
        r"|rivers?|meadows?|sky|scenery|landscapes?|views?|horizon"
        r"|dawn|sunrise|mornings?|noon|midday|afternoons?|dusk|sunset|evenings?|nights?|tonight"
        r"|midnight|moon(?:light)?|sun|sunny|sunshine|dark\w*"
        r"|rain\w*|storm\w*|clouds?|cloudy|fog\w*|winds?|windy|breez\w*|weather|traffic|cars?|birds?"
        r"|birdsong|crickets?|chirp\w*|sounds?|nois[ey]|hears?|heard|listen\w*|quiet\w*|silen\w*"
        r"|loud\w*|aloud|busy|lively|bustl\w*|stillness)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "海|浪|沙(?!发)|山|城|街|林|树|漠|雪|冰|冬|(?<!银)河|湖|天空|风景|景色"
        "|黎明|清晨|早[上晨]|上午|中午|正午|下午|傍晚|黄昏|夜|晚|日[落出]|月亮|阳光|太阳"
        "|(?<!流星)雨|云|雾|风(?![筝琴])|天气|车流|汽车|喇叭|鸟|虫|蟋蟀|声(?!部)|[听响吵]"
        "|安静|寂静|宁静|热闹|繁忙"
    ),
}


def plan(seed: int = 0, **values: int) -> Plan:
    return Plan(
        id=f"social-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


@cache
def collection() -> tuple[tuple[Plan, dict[str, ItemText]], ...]:
    """The texts of the world at its usual size."""
    return tuple((p, write(p)) for p in plan_items(create("social"), 320, redundancy=0.3))


def test_same_plan_same_text_and_another_seed_another_text() -> None:
    assert write(plan(5)) == write(plan(5))
    assert write(plan(5))["en"].description != write(plan(6))["en"].description


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in OWN])
def test_other_factors_are_not_told(factor: str) -> None:
    first = plan(11, topic=3, mood=2, form=1)
    assert write(first) == write(replace(first, values={**first.values, factor: 1}, index=99))


@pytest.mark.parametrize("factor", OWN, ids=lambda f: f.name)
def test_own_factors_are_told(factor: Factor) -> None:
    for seed in range(8):
        told = [write(plan(seed, **{factor.name: k})) for k in range(len(factor.values))]
        for language in LANGUAGES:
            assert len({t[language].description for t in told}) == len(told)
            assert len({t[language].line for t in told}) > 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_alternative_speaks_of_what_other_modalities_show(language: str) -> None:
    side = LANGUAGES.index(language)
    words = {name[side] for name in (*FRIENDS, *NAMES, *PERSONS)}
    for about in TOPICS.values():
        pairs = (about.doing, *about.things, *(x for choice in about.choices for x in choice))
        words |= {pair[side] for pair in pairs}
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
        assert len(re.findall("#", text.line)) == 2
        assert len(text.line) <= LONGEST_LINE[language], text.line
        assert len(text.whole) < 1500
        ends = {"en": ".!", "zh": "。！"}[language]
        assert all(review[-1] in ends for review in text.reviews)
        if language == "zh":
            assert re.search(r"[A-Za-z,;:?!]", text.whole) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_hashtags_are_words(language: str) -> None:
    word = {"en": r"#[a-z]+", "zh": r"#[\u4e00-\u9fff]+"}[language]
    for _, texts in collection():
        tags = [part for part in texts[language].line.split() if part.startswith("#")]
        assert all(re.fullmatch(word, tag) for tag in tags), tags
        assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_repeats_among_all_items(language: str) -> None:
    assert repeats((texts[language] for _, texts in collection()), language) == []


def test_hardly_any_page_of_posts_alike_repeats_a_sentence() -> None:
    """Ten posts of the same topic, mood and form, two hundred times."""
    rng = random.Random(0)
    repeating: Counter[str] = Counter()
    for _ in range(200):
        values = {f.name: rng.randrange(len(f.values)) for f in OWN}
        page = [write(plan(rng.randrange(2**31), **values)) for _ in range(10)]
        for language in LANGUAGES:
            repeating[language] += bool(repeats((texts[language] for texts in page), language))
    assert max(repeating.values()) <= 1


def mentions(pair: Pair, texts: dict[str, ItemText]) -> tuple[int, int]:
    """How often a name appears in English and in Chinese."""
    english = len(re.findall(rf"\b{re.escape(pair[0])}\b", texts["en"].whole))
    return english, texts["zh"].whole.count(pair[1])


def test_both_languages_say_the_same() -> None:
    for _, texts in collection():
        english, chinese = texts["en"], texts["zh"]
        assert len(english.reviews) == len(chinese.reviews)
        assert sorted(re.findall(r"\d+", english.whole)) == sorted(
            re.findall(r"\d+", chinese.whole)
        )
        for name in (*FRIENDS, *NAMES):
            assert len(set(mentions(name, texts))) == 1, (name, texts)
        for mood, rules in MOODS.items():
            tags = [pair for pair in rules["moodtag"] if pair[0] in english.line.split()]
            assert all(pair[1] in chinese.line.split() for pair in tags), (mood, tags)


def test_names_are_unique() -> None:
    for side in range(len(LANGUAGES)):
        names = [name[side] for name in (*FRIENDS, *NAMES)]
        assert len(set(names)) == len(names)


def test_a_question_asks_for_the_better_of_two() -> None:
    for p, texts in collection():
        asks = FORM.values[p.values["form"]] == "question"
        assert asks == ("?" in texts["en"].description) == ("？" in texts["zh"].description)
        if asks:
            choices = (x for c in TOPICS[TOPIC.values[p.values["topic"]]].choices for x in c)
            titles = texts["en"].title.lower(), texts["zh"].title
            assert sum(x[0].lower() in titles[0] and x[1] in titles[1] for x in choices) >= 2


@pytest.mark.parametrize("mood", MOOD.values)
@pytest.mark.parametrize("form", FORM.values)
def test_there_are_millions_of_comments(form: str, mood: str) -> None:
    for language in LANGUAGES:
        assert grammar("camping", mood, form).grammars[language].count("comment") > 1_000_000


def test_every_value_has_words() -> None:
    assert tuple(TOPICS) == TOPIC.values
    assert tuple(MOODS) == MOOD.values
    assert tuple(FORMS) == FORM.values


def test_an_encoder_reads_the_factors() -> None:
    """A linear probe names topic, mood and form of items that it was not trained on."""
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


def test_parallel_rules_deal_both_languages_the_same() -> None:
    """Also where the languages come to the rules in different order."""
    words = tuple((str(k), chr(ord("a") + k)) for k in range(9))
    rules = {"s": (("{x} {x} {y}", "{y} {x} {x}"),), "x": words, "y": words}
    texts = Parallel(rules, (), LANGUAGES).writers(random.Random(3), {k: {} for k in LANGUAGES})
    for _ in range(20):
        first, second, third = texts["en"].write("s").split()
        want = [dict(words)[k] for k in (third, first, second)]
        assert texts["zh"].write("s").split() == want


def test_parallel_writers_deal_every_alternative_before_repeating_one() -> None:
    words = (("1", "a"), ("2", "b"), ("3", "c"))
    writer = Parallel({"x": words}, (), LANGUAGES).writers(
        random.Random(0), {k: {} for k in LANGUAGES}
    )["zh"]
    for _ in range(3):
        assert sorted(writer.write("x") for _ in range(3)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "rules",
    [
        {"s": (("{x}", ""),), "x": (("1", "a"),)},
        {"s": (("{x} {x}", "{x}"),), "x": (("1", "a"),)},
        {
            "s": (("{x} {y}", "{y} {x}"),),
            "x": (("{z}", "{z}"),),
            "y": (("{z}", "{z}"),),
            "z": (("1", "a"),),
        },
    ],
    ids=["missing", "once instead of twice", "order of slots that share a deck"],
)
def test_parallel_rules_must_agree(rules: dict[str, tuple[Pair, ...]]) -> None:
    with pytest.raises(ValueError, match="differs between languages"):
        Parallel(rules, (), LANGUAGES)


def test_parallel_facts_need_not_agree() -> None:
    rules = {"s": (("a {f}", "乙"),)}
    facts = {"en": {"f": "b"}, "zh": {"f": "丙"}}
    writers = Parallel(rules, ("f",), LANGUAGES).writers(random.Random(0), facts)
    assert [writer.write("s") for writer in writers.values()] == ["a b", "乙"]
