import io
import zipfile

import pytest

from core.catalog.packs import packs
from core.media import decode
from core.types import ItemText, Media, Modality

LIBRARY = "sweethome3d/furniture/Demo.sh3f"
ENGLISH = r"""# PluginFurnitureCatalog.properties
id=Demo
license=Creative Commons

id#1=Demo CC-0#armchair
name#1=Armchair
tags#1=Blend Swap, Seat, \
       Living room
category#1=Office
icon#1=/demo/armchair.png
creator#1=Absfrm

id#2=Demo CC-0#bill
name#2=Bill 10\u20ac
category#2=Miscellaneous
icon#2=/demo/bill.png
license#2=CC-BY-4.0

id#3=Demo CC-0#door
name#3=Door
category#3=Doors and windows
icon#3=/demo/door.png

id#4=Demo CC-0#ghost
name#4=Ghost
category#4=Office
icon#4=/demo/ghost.png

id#5=Demo CC-0#nameless
icon#5=/demo/armchair.png

id#6=Demo CC-0#armchair
name#6=Armchair again
icon#6=/demo/armchair.png
"""
CHINESE = r"""name#1=\u6276\u624b\u6905
tags#1=Blend Swap
category#1=\u529e\u516c\u5ba4
name#2=Bill 10\u20ac
category#2=\u6742\u9879
"""


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def library(png):
    return {
        "PluginFurnitureCatalog.properties": ENGLISH.encode("latin-1"),
        "PluginFurnitureCatalog_zh_CN.properties": CHINESE.encode("latin-1"),
        "demo/armchair.png": png,
        "demo/bill.png": png,
    }


@pytest.fixture
def read(tmp_path):
    return lambda: packs()["furniture"].read(tmp_path)


def told(source):
    return [(problem.where, problem.code) for problem in source.problems]


def test_names_categories_and_tags_in_two_languages(write, library, read):
    write(LIBRARY, archive(library))
    source = read()
    chair, bill, ghost = source.items
    assert source.kind == "pack"
    assert [item.id for item in source.items] == [
        "Demo-CC-0.armchair",
        "Demo-CC-0.bill",
        "Demo-CC-0.ghost",
    ]
    assert chair.category == "Office"
    assert chair.texts == {
        "en": ItemText("Armchair", "Office, Seat, Living room"),
        "zh": ItemText("扶手椅", "办公室"),
    }
    assert bill.texts == {"en": ItemText("Bill 10€", "Miscellaneous")}
    assert ghost.media == {}
    assert told(source) == [
        ("Demo.sh3f, row 5", "text_missing"),
        ("Demo.sh3f, row 6", "id_twice"),
        ("Demo.sh3f, row 4", "media_missing"),
    ]


def test_pictures_are_read_when_asked_for(write, library, read, png):
    path = write(LIBRARY, archive(library))
    blob = read().items[0].media[Modality.IMAGE]
    assert (blob.name, blob.size, blob.read()) == ("demo/armchair.png", len(png), png)
    assert decode(Media(Modality.IMAGE, blob.read())).pixels.shape == (24, 32, 3)
    path.write_bytes(b"")
    with pytest.raises(OSError, match="damaged"):
        blob.read()


def test_credit_is_the_makers(write, library, read, copyright_of):
    write(LIBRARY, archive(library))
    chair, bill, ghost = (item.credit for item in read().items)
    assert (chair.author, chair.licence) == ("Absfrm", "Creative Commons")
    assert chair.source == packs()["furniture"].card.homepage
    copyright_of(
        "sweethome3d-furniture", "Files: Demo/*\nCopyright: 2014, The makers\nLicense: CC0"
    )
    chair, bill, ghost = (item.credit for item in read().items)
    assert (chair.author, chair.licence) == ("Absfrm", "CC0")
    assert (bill.author, bill.licence) == ("The makers", "CC-BY-4.0")
    assert (ghost.author, ghost.licence) == ("The makers", "CC0")
    assert ghost.source == "https://example.org/project"


def test_one_broken_archive_leaves_the_others(write, library, read):
    whole = archive(library)
    write(LIBRARY, whole)
    write("sweethome3d/furniture/Broken.sh3f", whole[: len(whole) // 2])
    write("sweethome3d/furniture/Empty.sh3f", archive({"readme.txt": "nothing"}))
    source = read()
    assert len(source.items) == 3
    assert {file for file, code in told(source) if code == "archive_unreadable"} == {
        "Broken.sh3f",
        "Empty.sh3f",
    }


def test_a_damaged_table_is_told_and_the_other_language_stands(write, library, read):
    chinese = "PluginFurnitureCatalog_zh_CN.properties"
    data = bytearray(archive(library))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        header = opened.getinfo(chinese).header_offset
    data[header + 30 + len(chinese) + 2] ^= 0xFF
    write(LIBRARY, bytes(data))
    source = read()
    assert [list(item.texts) for item in source.items] == [["en"]] * 3
    assert told(source)[0] == (chinese, "table_unreadable")


@pytest.mark.parametrize("kept", range(0, 700, 35))
def test_a_table_that_breaks_off_anywhere_can_be_read(write, library, read, kept):
    name = "PluginFurnitureCatalog.properties"
    write(LIBRARY, archive(library | {name: library[name][:kept]}))
    source = read()
    assert all(item.id and item.texts["en"].title for item in source.items)


def test_a_link_that_leaves_is_not_followed(write, library, read, tmp_path):
    (tmp_path / "sweethome3d" / "furniture").mkdir(parents=True)
    elsewhere = write("elsewhere/Demo.sh3f", archive(library))
    (tmp_path / LIBRARY).symlink_to(elsewhere)
    source = read()
    assert source.items == ()
    assert told(source) == [("Demo.sh3f", "link_not_followed")]


def test_installed_when_there_is_a_library(write, tmp_path):
    pack = packs()["furniture"]
    assert not pack.installed(tmp_path)
    write(LIBRARY, b"")
    assert pack.installed(tmp_path)
