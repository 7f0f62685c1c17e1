import pytest

from core.catalog.packs import packs
from core.types import ItemText, Modality

GAME = "games/endless-sky"
MAP = """# Copyright
system Sol
\tobject
\t\tplanet Earth

planet "Ablub's Invention"
\tattributes arach "near earth"
\tlandscape land/beach10-harro
\tdescription `An ancient world.`
\tdescription `\tIt is "quiet".`
\tspaceport `Busy.`

planet Oasis
\tlandscape land/myrabella3
\tdescription "Palms."

planet Lost
\tlandscape land/nowhere1
\tdescription `Nobody took a photo.`

planet "Ember Wormhole"
\tattributes "requires: quantum keystone"
"""
LATER = """planet Oasis
\tdescription "Ruins."

event "war"
\tplanet Lost
\t\tlandscape land/beach10-harro
"""


@pytest.fixture
def game(write, png):
    write(f"{GAME}/data/map.txt", MAP)
    write(f"{GAME}/data/new/later.txt", LATER)
    write(f"{GAME}/images/land/beach10-harro.jpg", png)
    write(f"{GAME}/images/land/myrabella3.jpg", png)
    write(f"{GAME}/images/land/notes.md", "no picture")


@pytest.fixture
def read(tmp_path):
    return lambda: packs()["places"].read(tmp_path)


def told(source):
    return [(problem.where, problem.code) for problem in source.problems]


def test_places_with_photo_and_description(game, read):
    source = read()
    invention, _, lost = source.items
    assert [item.id for item in source.items] == ["Ablubs-Invention", "Oasis", "Lost"]
    assert invention.texts == {
        "en": ItemText(
            "Ablub's Invention", "arach, near earth", 'An ancient world.\nIt is "quiet".'
        )
    }
    assert invention.category == "beach"
    assert invention.media[Modality.IMAGE].name == "images/land/beach10-harro.jpg"
    assert lost.media == {}
    assert told(source) == [("data/map.txt, row 17", "media_missing")]


def test_a_later_file_changes_what_it_names_only(game, read):
    oasis = read().items[1]
    assert oasis.texts["en"].description == "Ruins."
    assert Modality.IMAGE in oasis.media


def test_a_family_named_after_its_maker_is_no_category(game, read):
    assert read().items[1].category == ""


def test_credit_names_photo_and_text(game, read, copyright_of):
    assert read().items[0].credit.licence == packs()["places"].card.licence
    copyright_of(
        "endless-sky-data",
        "Files: *\nCopyright: M Z <mz@example.org>\nLicense: GPL-3+",
        "Files: images/land/*-harro*\nCopyright: @harro.eu (c@harro.eu)\nLicense: CC-BY-SA-4.0",
    )
    invention, _, lost = (item.credit for item in read().items)
    assert invention.author == "@harro.eu (photo), M Z (text)"
    assert invention.licence == "CC-BY-SA-4.0 (photo), GPL-3+ (text)"
    assert invention.source == "https://example.org/project"
    assert (lost.author, lost.licence) == ("M Z (text)", "GPL-3+ (text)")


def test_a_file_that_is_no_text_leaves_the_others(game, write, read):
    write(f"{GAME}/data/broken.txt", b"planet \xff\xfe")
    source = read()
    assert len(source.items) == 3
    assert ("data/broken.txt", "table_unreadable") in told(source)


def test_a_link_that_leaves_is_not_followed(game, write, read, tmp_path):
    photo = tmp_path / GAME / "images/land/beach10-harro.jpg"
    photo.unlink()
    photo.symlink_to(write("elsewhere.jpg", b"secret"))
    source = read()
    assert source.items[0].media == {}
    assert ("images/land/beach10-harro.jpg", "link_not_followed") in told(source)
    assert ("data/map.txt, row 6", "media_missing") in told(source)


def test_a_landscape_cannot_lead_out(write, read, png):
    write("games/other/x.jpg", png)
    write(f"{GAME}/images/land/sea0.jpg", png)
    write(f"{GAME}/data/map.txt", "planet Ada\n\tlandscape land/../../../other/x\n")
    source = read()
    assert source.items[0].media == {}
    assert told(source) == [("data/map.txt, row 1", "media_missing")]


def test_installed_when_texts_and_photos_are_there(write, tmp_path):
    pack = packs()["places"]
    write(f"{GAME}/data/map.txt", "")
    assert not pack.installed(tmp_path)
    write(f"{GAME}/images/land/a.jpg", b"")
    assert pack.installed(tmp_path)
