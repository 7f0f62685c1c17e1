"""The address codec: what it writes it reads back, and nothing it reads makes it fail."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.view import (
    MAX_COLUMNS,
    MAX_K,
    MIN_COLUMNS,
    NEWCOMER,
    Known,
    View,
    decode,
    encode,
    link,
    react,
)
from components.view_state import MAX_LESSON
from core.types import CHANNELS

ITEMS = ("shop-0001", "a,b", "ünï&=?", "<script>", "x y", "0")
VISITORS = ("v001", "zoë", "a.b")
KNOWN = Known(
    worlds=("shop", "social"),
    fusions=("concat", "late", "gated", "low.rank"),
    attentions=("off", "self", "user"),
    heads=("dot", "mlp"),
    visitors=lambda world: VISITORS,
    items=lambda world: ITEMS,
)

views = st.builds(
    View,
    world=st.sampled_from(KNOWN.worlds),
    visitor=st.sampled_from(("", NEWCOMER, *VISITORS)),
    likes=st.lists(st.sampled_from(ITEMS), unique=True).map(tuple),
    hidden=st.lists(st.sampled_from(ITEMS), unique=True).map(tuple),
    fusion=st.sampled_from(KNOWN.fusions),
    attention=st.sampled_from(KNOWN.attentions),
    head=st.sampled_from(KNOWN.heads),
    on=st.sets(st.sampled_from(CHANNELS)).map(lambda on: tuple(c for c in CHANNELS if c in on)),
    k=st.integers(1, MAX_K),
    language=st.sampled_from(("en", "zh")),
    columns=st.lists(
        st.tuples(st.sampled_from(KNOWN.fusions), st.sampled_from(KNOWN.attentions)),
        min_size=MIN_COLUMNS,
        max_size=MAX_COLUMNS,
    ).map(tuple),
    present=st.booleans(),
    item=st.sampled_from(("", *ITEMS)),
    encoder=st.sampled_from(("", "text.bag-of-words", "image.timm/vgg16.tv_in1k")),
    lesson=st.integers(0, MAX_LESSON),
    step=st.integers(1, MAX_LESSON),
    room=st.from_regex(r"[A-Z0-9]{0,8}", fullmatch=True),
)


@given(views, st.sampled_from(("en", "zh")))
def test_decode_inverts_encode(view: View, browser: str) -> None:
    assert decode(encode(view), KNOWN, browser) == (view, ())


@given(views)
def test_a_link_survives_the_query_string(view: View) -> None:
    query = urlsplit(link(view, "http://localhost:8501/compare")).query
    assert decode(parse_qs(query, keep_blank_values=True), KNOWN) == (view, ())


names = st.sampled_from(
    (
        *encode(View(likes=("0",), hidden=("0",), present=True, item="0", encoder="text.tf-idf")),
        *encode(View(lesson=1, room="A")),
        "visitor",
        "other",
    )
)


@given(st.dictionaries(names, st.lists(st.text(max_size=60), max_size=6)))
def test_garbage_never_raises_and_is_named(params: dict[str, list[str]]) -> None:
    view, notices = decode(params, KNOWN)
    assert decode(encode(view), KNOWN)[0] == view
    assert all(notice.values["name"] in params for notice in notices)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fusion", "nope"),
        ("k", "0"),
        ("k", "10²"),
        ("k", "999999999"),
        ("lang", "xx"),
        ("on", ""),
        ("col", "x"),
        ("item", "nobody"),
        ("lesson", "100"),
        ("lesson", "-1"),
        ("step", "0"),
        ("room", "abc"),
        ("room", "ABCDEFGHI"),
        ("room", "A\n"),
    ],
)
def test_an_unknown_value_gives_way_to_the_default_with_a_notice(name: str, value: str) -> None:
    view, notices = decode({name: [value]}, KNOWN)
    assert view == View()
    assert {notice.values["name"] for notice in notices} == {name}


def test_one_wrong_channel_does_not_lose_the_others() -> None:
    view, notices = decode({"on": ["image,smell"]}, KNOWN)
    assert view.on == ("image",)
    assert [notice.values["value"] for notice in notices] == ["smell"]


def test_a_long_value_is_shortened_in_its_notice() -> None:
    _, notices = decode({"fusion": ["x" * 5000]}, KNOWN)
    assert len(notices[0].values["value"]) == 40


def test_clicks_on_items() -> None:
    view = react(react(View(), "like", "a"), "like", "b")
    assert view.likes == ("a", "b")
    assert react(view, "like", "a").likes == ("a", "b")
    assert react(view, "unlike", "a").likes == ("b",)
    hidden = react(view, "hide", "a")
    assert (hidden.likes, hidden.hidden) == (("b",), ("a",))
    assert react(hidden, "restore", "").hidden == ()
    assert react(view, "something else", "a") == view
