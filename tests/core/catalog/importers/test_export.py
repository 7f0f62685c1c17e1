"""What is written reads as the same."""

import tempfile
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.importers import Blob, Credit, Event, Found, Source, read, write
from core.errors import TriadError
from core.types import ItemText, Modality

letters = st.one_of(
    st.sampled_from(list(",;\"'\t\n\\|=杯子，。🙂é\u2028{}[]")),
    st.characters(exclude_categories=["Cs", "Cc"]),
)
blocks = st.text(letters, max_size=40).map(str.strip)
lines = blocks.map(lambda text: " ".join(text.split()))
ids = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", fullmatch=True)
texts = st.builds(
    ItemText,
    title=lines.filter(bool),
    line=lines,
    description=blocks,
    reviews=st.lists(blocks.filter(bool), max_size=2).map(tuple),
)
languages = st.sampled_from(["und", "en", "zh", "fr", "id", "yue"])


def blob(name, data):
    return Blob(name, len(data), lambda: data)


media = st.fixed_dictionaries(
    {},
    optional={
        Modality.IMAGE: st.binary(min_size=1, max_size=40).map(lambda data: blob("x.PNG", data)),
        Modality.AUDIO: st.binary(min_size=1, max_size=40).map(lambda data: blob("y.mp3", data)),
    },
)


@st.composite
def sources(draw):
    names = draw(st.lists(ids, min_size=1, max_size=5, unique=True))
    items = tuple(
        Found(
            name,
            # Two languages that no heading can name would need two tables.
            draw(
                st.dictionaries(languages, texts, min_size=1, max_size=3).filter(
                    lambda found: len(found.keys() & {"und", "id", "yue"}) <= 1
                )
            ),
            draw(lines),
            draw(media),
            Credit(draw(lines), draw(lines), draw(lines)),
        )
        for name in names
    )
    events = st.builds(
        Event,
        user=blocks.filter(bool),
        item=st.sampled_from(names),
        rating=st.floats(1, 5) | st.just(1.0),
        time=st.integers(-(10**9), 4 * 10**9),
        part=st.sampled_from([None, 0, 1, 2]),
    )
    numbers = st.floats(-10, 10, width=32)
    vectors = {
        modality: np.array(
            draw(st.lists(st.tuples(numbers, numbers), min_size=len(names), max_size=len(names))),
            dtype=np.float32,
        )
        for modality in draw(st.sets(st.sampled_from(Modality)))
    }
    return Source("folder", items, tuple(draw(st.lists(events, max_size=4))), vectors)


def same(one, other):
    assert len(one.items) == len(other.items)
    for a, b in zip(one.items, other.items, strict=True):
        assert a.id == b.id
        assert dict(a.texts) == dict(b.texts)
        assert a.category == b.category
        assert a.credit == b.credit
        assert {m: x.read() for m, x in a.media.items()} == {
            m: x.read() for m, x in b.media.items()
        }
    assert [astuple(e) for e in one.events] == [astuple(e) for e in other.events]
    assert one.vectors.keys() == other.vectors.keys()
    for modality, matrix in one.vectors.items():
        np.testing.assert_array_equal(matrix, other.vectors[modality])


@settings(deadline=None, max_examples=60)
@given(sources())
def test_what_is_written_reads_as_the_same(source):
    with tempfile.TemporaryDirectory() as place:
        write(source, Path(place) / "out")
        again = read(Path(place) / "out")
        same(source, again)
        assert {p.code for p in again.problems} <= {"features_zero"}
        assert again.notes == ()
        write(again, Path(place) / "twice")
        same(again, read(Path(place) / "twice"))


ITEM = Found("a", {"en": ItemText("A", "")}, media={Modality.IMAGE: blob("p/a.jpeg", b"jpeg")})


def test_the_convention_is_that_of_the_importer(tmp_path):
    note = Found(
        "B", {"zh": ItemText("乙", "一行"), "en": ItemText("B", "")}, credit=Credit("Bo", "CC0")
    )
    source = Source("mmrec", (ITEM, note), (Event("u", "a", 4, 7), Event("u", "B", 3.5)))
    write(source, tmp_path / "out")
    written = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert written["image/1-a.jpeg"] == b"jpeg"
    assert written["metadata.csv"].decode().splitlines() == [
        "id,title,language,image,text,title_en,author,license",
        "a,A,en,image/1-a.jpeg,,,,",
        "B,乙,zh,,一行,B,Bo,CC0",
    ]
    assert written["interactions.csv"].decode().splitlines() == [
        "user,item,rating,timestamp",
        "u,a,4,7",
        "u,B,3.5,0",
    ]
    assert len(written) == 3


def test_ids_that_differ_in_case_only_keep_their_own_files(tmp_path):
    items = tuple(
        Found(i, {"und": ItemText(i, "")}, media={Modality.IMAGE: blob("x.png", i.encode())})
        for i in ("a", "A")
    )
    write(Source("folder", items), tmp_path / "out")
    names = [path.name.lower() for path in (tmp_path / "out/image").iterdir()]
    assert len(set(names)) == 2


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    write(Source("folder", (ITEM,)), folder)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(TriadError, match="already") as caught:
        write(Source("folder", (ITEM,)), folder)
    assert caught.value.code == "export_exists"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TriadError) as caught:
        write(Source("folder", (ITEM,)), tmp_path / "out")
    assert caught.value.code == "export_exists"
    assert not list((tmp_path / "elsewhere").iterdir())


def test_nothing_is_left_behind_if_a_medium_cannot_be_read(tmp_path):
    def fail():
        raise OSError("gone")

    broken = replace(ITEM, id="b", media={Modality.AUDIO: Blob("b.wav", 3, fail)})
    with pytest.raises(TriadError, match=r"b\.wav") as caught:
        write(Source("folder", (ITEM, broken)), tmp_path / "out")
    assert caught.value.code == "media_unreadable"
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(TriadError) as caught:
        write(Source("folder", (ITEM,)), tmp_path / "no" / "out")
    assert caught.value.code == "export_failed"
    assert not list(tmp_path.iterdir())
