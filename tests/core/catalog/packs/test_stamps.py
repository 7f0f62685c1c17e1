import pytest

from core.catalog.packs import packs
from core.media import decode
from core.types import ItemText, Media, Modality

STAMPS = "tuxpaint/stamps"
TALL = '<svg xmlns="http://www.w3.org/2000/svg" width="30pt" height="120pt"/>'


@pytest.fixture
def stamp(write, png):
    def stamp(name, text="A thing.\nde.utf8=Ein Ding.\nzh_CN.utf8=东西。\n", **files):
        if text is not None:
            write(f"{STAMPS}/{name}.txt", text)
        for suffix, content in (files or {"png": png}).items():
            write(f"{STAMPS}/{name}.{suffix}", content)

    return stamp


@pytest.fixture
def read(tmp_path):
    return lambda: packs()["stamps"].read(tmp_path)


def told(source):
    return [(problem.where, problem.code) for problem in source.problems]


def test_picture_phrase_and_sound(stamp, read, png):
    stamp("animals/birds/crow", png=png, ogg=b"OggS", dat=b"noflip")
    (crow,) = read().items
    assert (crow.id, crow.category) == ("animals.birds.crow", "animals")
    assert crow.texts == {"en": ItemText("A thing", ""), "zh": ItemText("东西", "")}
    assert crow.media[Modality.IMAGE].read() == png
    assert crow.media[Modality.AUDIO].name == "animals/birds/crow.ogg"


def test_spoken_words_are_no_sound_of_the_thing(stamp, write, read, png):
    stamp("animals/crow")
    for spoken in ("_desc", "_desc_fr", "_desc_pt_BR"):
        write(f"{STAMPS}/animals/crow{spoken}.ogg", b"OggS")
    stamp("seasonal/hanukkah/dreydl-nun", png=png, ogg=b"OggS")
    source = read()
    assert [set(item.media) for item in source.items] == [{Modality.IMAGE}] * 2
    assert told(source) == []


def test_letters_and_turned_pictures_are_left_out(stamp, write, read, png):
    stamp("symbols/math/7")
    stamp("town/sign")
    write(f"{STAMPS}/town/sign_mirror.png", png)
    stamp("town/rear_mirror")  # turns nothing
    assert [item.id for item in read().items] == ["town.rear_mirror", "town.sign"]


def test_a_drawing_becomes_a_picture_of_its_shape(stamp, read):
    stamp("household/fork", svg=TALL)
    blob = read().items[0].media[Modality.IMAGE]
    assert blob.name == "household/fork.png"
    assert decode(Media(Modality.IMAGE, blob.read())).pixels.shape == (512, 128, 3)


def test_pixels_go_before_a_drawing(stamp, read, png):
    stamp("household/fork", svg=TALL, png=png)
    (item,) = read().items
    assert item.media[Modality.IMAGE].read() == png


def test_a_drawing_that_is_none_fails_when_it_is_read(stamp, read):
    stamp("household/fork", svg="<svg")
    with pytest.raises(OSError, match="damaged"):
        read().items[0].media[Modality.IMAGE].read()


def test_what_is_missing_is_told(stamp, read, png):
    stamp("a/silent", text=None)
    stamp("a/empty", text="\n")
    stamp("a/german", text="\nde.utf8=Ein Ding.\n")
    stamp("a/latin", text=b"Caf\xe9")
    stamp("a/unseen", ogg=b"OggS")
    source = read()
    assert [(item.id, set(item.media)) for item in source.items] == [("a.unseen", {Modality.AUDIO})]
    assert set(told(source)) == {
        ("a/silent.txt", "text_missing"),
        ("a/empty.txt", "text_missing"),
        ("a/german.txt", "text_missing"),
        ("a/latin.txt", "table_unreadable"),
        ("a/unseen.txt", "media_missing"),
    }


def test_a_link_that_leaves_is_not_followed(stamp, write, read, tmp_path):
    stamp("a/thing")
    picture = tmp_path / STAMPS / "a/thing.png"
    picture.unlink()
    picture.symlink_to(write("secret.png", b"secret"))
    source = read()
    assert source.items[0].media == {}
    assert told(source) == [
        ("a/thing.png", "link_not_followed"),
        ("a/thing.txt", "media_missing"),
    ]


def test_credit(stamp, read, copyright_of):
    stamp("a/thing")
    assert read().items[0].credit.licence == "GPL-2"
    copyright_of(
        "tuxpaint-stamps-default",
        "Files: *\nCopyright: 2002-2022 by Bill Kendrick <b@example.org>\nLicense: GPL-2+",
    )
    credit = read().items[0].credit
    assert (credit.author, credit.licence) == ("Bill Kendrick", "GPL-2+")


def test_installed_when_there_is_a_folder(stamp, tmp_path):
    assert not packs()["stamps"].installed(tmp_path)
    stamp("a/thing")
    assert packs()["stamps"].installed(tmp_path)
