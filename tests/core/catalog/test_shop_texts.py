import random
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from core.catalog.worlds.base import Plan
from core.catalog.worlds.grammar import Grammar, sentence_case
from core.catalog.worlds.shop.factors import FACTORS, PRAISE, PRICE, TYPE
from core.catalog.worlds.shop.texts import PRICES, grammar, write
from core.catalog.worlds.shop.texts.products import AUDIENCES, NAMES, PRODUCTS
from core.types import LANGUAGES, MODALITIES, ItemText

LONGEST_LINE = {"en": 80, "zh": 30}
FORBIDDEN = {
    "en": re.compile(
        r"\b(?:glass\w*|wood\w*|timber|oak|steel\w*|metal\w*|iron|tin|copper|brass|silver\w*|gold\w*"
        r"|ceramic\w*|porcelain|clay|earthenware|plastic\w*|paper\w*|cardboard|material\w*"
        r"|colou?r\w*|red|blue|green|gr[ae]y|black|white|brown|yellow|orange|pink|purple|beige"
        r"|plain|bands?|stripe\w*|dot\w*|pattern\w*|glossy|matte?|shiny|transparent"
        r"|sound\w*|noise\w*|noisy|quiet\w*|loud\w*|hears?|heard|rings?|ringing|chime\w*|clink\w*"
        r"|tone\w*|thud\w*|rattle\w*|rustl\w*)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "玻璃|[木钢铁铜陶瓷塑纸]|金属|银|材质|材料|[红橙黄绿蓝紫粉黑白灰棕]|色|花纹|图案|条纹|圆点|波点|纯素"
        "|透明|光泽|哑光|[声响听音吵]|安静|清脆|叮"
    ),
}


def plan(seed: int = 0, **values: int) -> Plan:
    return Plan(
        id=f"shop-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


@cache
def collection() -> tuple[tuple[Plan, dict[str, ItemText]], ...]:
    """480 products with random factors."""
    rng = random.Random(0)
    plans = (
        plan(rng.randrange(2**31), **{f.name: rng.randrange(len(f.values)) for f in FACTORS})
        for _ in range(480)
    )
    return tuple((p, write(p)) for p in plans)


def sentences(text: ItemText) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?]) |(?<=[。！？])(?!”)|\n", text.whole) if s]


def test_same_plan_same_text_and_another_seed_another_text() -> None:
    assert write(plan(5)) == write(plan(5))
    assert write(plan(5))["en"].description != write(plan(6))["en"].description


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in (TYPE, PRAISE, PRICE)])
def test_other_factors_are_not_told(factor: str) -> None:
    first = plan(11, type=3, praise=2, price=1)
    assert write(first) == write(replace(first, values={**first.values, factor: 1}, index=99))


@pytest.mark.parametrize("factor", [TYPE.name, PRAISE.name, PRICE.name])
def test_own_factors_are_told(factor: str) -> None:
    first = plan(11)
    second = write(replace(first, values={**first.values, factor: 1}))
    assert all(write(first)[language].line != second[language].line for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_never_speak_of_what_other_modalities_show(language: str) -> None:
    for _, texts in collection():
        found = FORBIDDEN[language].search(texts[language].whole)
        assert found is None, (found, texts[language].whole)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_alternative_speaks_of_what_other_modalities_show(language: str) -> None:
    side = LANGUAGES.index(language)
    words = [name[side] for name in (*NAMES, *AUDIENCES)]
    words += [text[side] for p in PRODUCTS.values() for text in (p.noun, *p.uses)]
    for praise, price in product(PRAISE.values, PRICE.values):
        words += [text for rule in grammar(language, praise, price).rules.values() for text in rule]
    written = [re.sub(r"\{\w+\}", "", word) for word in words]
    assert [word for word in written if FORBIDDEN[language].search(word)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_complete(language: str) -> None:
    for _, texts in collection():
        text = texts[language]
        assert "{" not in text.whole
        assert "  " not in text.whole
        assert 1 <= len(text.reviews) <= 5
        assert len(sentences(ItemText("", "", text.description))) == 3
        assert len(text.line) <= LONGEST_LINE[language]
    latin = re.compile("[A-Za-z]")
    if language == "zh":
        assert not any(latin.search(texts[language].whole) for _, texts in collection())


def test_no_line_can_be_too_long() -> None:
    """The longest alternatives together still fit on a card, whatever the seed."""
    for praise, price in product(PRAISE.values, PRICE.values):
        for side, language in enumerate(LANGUAGES):
            rules = grammar(language, praise, price).rules
            longest = {name: max(rules[name], key=len) for name in ("adjective", "tier")}
            for item in PRODUCTS.values():
                facts = {"noun": item.noun[side], "use": max((u[side] for u in item.uses), key=len)}
                for line in rules["line"]:
                    length = len(line.format(**longest, **facts))
                    assert length <= LONGEST_LINE[language], line.format(**longest, **facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_repeats_within_a_page(language: str) -> None:
    """Neither on random pages nor on pages of products that are all praised for the same."""
    texts = [texts[language] for _, texts in collection()]
    alike = [t[language] for _, t in sorted(collection(), key=lambda x: x[0].values["praise"])]
    for order in (texts, alike):
        for start in range(0, len(order), 10):
            page = Counter(s for text in order[start : start + 10] for s in sentences(text))
            assert page.most_common(1)[0][1] == 1, page.most_common(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_nearly_unique(language: str) -> None:
    titles = [texts[language].title for _, texts in collection()[:320]]
    assert len(set(titles)) >= 0.97 * len(titles)


def test_both_languages_say_the_same_kind_of_things() -> None:
    for p, texts in collection():
        en, zh = texts["en"], texts["zh"]
        kind = PRODUCTS[TYPE.values[p.values["type"]]]
        assert len(en.reviews) == len(zh.reviews)
        assert kind.noun[0] in en.title.lower()
        assert kind.noun[1] in zh.title
        assert [u for u in kind.uses if u[0] in en.description and u[1] in zh.description]
        dollars, yuan = re.search(r"\$(\d+)", en.description), re.search(r"(\d+)元", zh.description)
        assert dollars is not None
        assert yuan is not None
        assert int(yuan[1]) == 7 * int(dollars[1])
        low, high = PRICES[PRICE.values[p.values["price"]]]
        assert low * kind.dollars - 1 <= int(dollars[1]) <= high * kind.dollars + 1


@pytest.mark.parametrize("praise", PRAISE.values)
@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_thousands_of_reviews(language: str, praise: str) -> None:
    assert grammar(language, praise, "low").count("review") > 100_000


def test_every_type_has_words() -> None:
    assert tuple(PRODUCTS) == TYPE.values


def test_price_bands_do_not_overlap() -> None:
    edges = [edge for band in PRICE.values for edge in PRICES[band]]
    assert edges == sorted(edges)
    assert len(np.unique(edges)) == len(edges)


def test_writer_deals_every_alternative_before_repeating_one() -> None:
    writer = Grammar({"word": ("a", "b", "c {x}")}, ["x"]).writer(random.Random(0), {"x": "d"})
    for _ in range(3):
        assert sorted(writer.write("word") for _ in range(3)) == ["a", "b", "c d"]


def test_grammar_counts_and_checks() -> None:
    assert Grammar({"s": ("{a} {a}", "x"), "a": ("1", "2", "3")}).count("s") == 10
    with pytest.raises(ValueError, match="neither a rule nor a fact"):
        Grammar({"s": ("{missing}",)})
    with pytest.raises(ValueError, match="no alternatives"):
        Grammar({"s": ()})


def test_sentence_case() -> None:
    assert sentence_case("one. two! it's $3.5 a kilo") == "One. Two! It's $3.5 a kilo"
