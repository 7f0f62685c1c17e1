import pytest

from core.catalog.importers.source import Credit
from core.catalog.packs.formats.copyright import parse_copyright
from core.catalog.packs.formats.indented import parse_indented
from core.catalog.packs.formats.phrases import parse_phrases

PLANETS = """# comment
planet "Alta Hai"
\tattributes quarg "near earth" # home
\tdescription `He said "no".`
\t\tto display
\tdescription `\tAnd left.`

planet Ada
\tlandscape land/canyon4
"""


def test_indentation_makes_the_tree():
    hai, ada = parse_indented(PLANETS)
    assert (hai.line, hai.words, ada.line) == (2, ("planet", "Alta Hai"), 8)
    assert [node.words for node in hai.children] == [
        ("attributes", "quarg", "near earth"),
        ("description", 'He said "no".'),
        ("description", "\tAnd left."),
    ]
    assert hai.children[1].children[0].words == ("to", "display")


def test_a_quote_that_never_ends_ends_with_its_line():
    (node, other) = parse_indented('planet "Ada\nplanet `Bo')
    assert (node.words, other.words) == (("planet", "Ada"), ("planet", "Bo"))


def test_a_first_line_that_is_indented_and_deep_nesting_are_no_trouble():
    assert parse_indented("\t\tlost\nfound")[0].words == ("lost",)
    deep = parse_indented("\n".join("\t" * depth + "x" for depth in range(3000)))
    assert len(deep) == 1


def test_windows_line_ends_are_no_words():
    (node,) = parse_indented("planet Ada\r\n\tlandscape land/sea1\r\n")
    assert node.children[0].words == ("landscape", "land/sea1")


COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Source: https://example.org

Files: *
Copyright: 2002-2022 by Bill Kendrick <bill@example.org>
License: GPL-2

Files: images/land/*
Copyright: Various
License: public-domain
 Taken from somewhere.

Files:
 images/land/canyon0*
 images/land/city?2.*
Copyright: 2014, Ada Lovelace (commons.wikimedia.org/wiki/User:Ada)
           2016,2017 Grace Hopper (grace@example.org)
License: CC-BY-SA-3.0
Comment: Cropped.

License: GPL-2
 This program is free.
"""


@pytest.mark.parametrize(
    ("file", "author", "licence"),
    [
        ("data/map.txt", "Bill Kendrick", "GPL-2"),
        ("images/land/sky.jpg", "Various", "public-domain"),
        ("images/land/deeper/sky.jpg", "Various", "public-domain"),
        (
            "images/land/canyon01.jpg",
            "Ada Lovelace (commons.wikimedia.org/wiki/User:Ada), Grace Hopper",
            "CC-BY-SA-3.0",
        ),
        ("images/land/city12.jpg", None, "CC-BY-SA-3.0"),
        ("images/land/city112.jpg", None, "public-domain"),
    ],
)
def test_the_last_matching_paragraph_has_the_rights(file, author, licence):
    credit = parse_copyright(COPYRIGHT).of(file)
    assert credit.licence == licence
    assert author in (None, credit.author)
    assert credit.source == "https://example.org"


def test_globs_are_not_patterns():
    rights = parse_copyright("Files: a.b[c]\\*\nCopyright: X\nLicense: MIT\n")
    assert rights.of("a.b[c]*").licence == "MIT"
    assert rights.of("aXb[c]*") == rights.of("a.bc") == Credit()


@pytest.mark.parametrize("text", ["", "This package was debianised by hand.\n", "Files: *\n"])
def test_free_form_says_nothing(text):
    assert parse_copyright(text).of("x").licence == ""


def test_phrases_by_locale():
    text = "A crow.\r\nca@valencia.utf8=Un corb.\nzh_CN.utf8=乌鸦。 \nzh_TW.utf8=\nnonsense\n"
    assert parse_phrases(text) == {"en": "A crow.", "ca@valencia": "Un corb.", "zh_CN": "乌鸦。"}
    assert parse_phrases("") == {}
    assert parse_phrases("\nzh_CN.utf8=乌鸦") == {"zh_CN": "乌鸦"}
