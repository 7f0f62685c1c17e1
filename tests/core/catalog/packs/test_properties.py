import pytest

from core.catalog.packs.formats.properties import parse_properties


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name#1=Bed", {"name#1": "Bed"}),
        ("  name = Bed side ", {"name": "Bed side "}),
        ("name:Bed\nicon /bed.png", {"name": "Bed", "icon": "/bed.png"}),
        ("a=1\rb=2\r\nc=3", {"a": "1", "b": "2", "c": "3"}),
        ("# name=no\n! name=no\n\n \t\f\nname=yes", {"name": "yes"}),
        ("name=first\nname=last", {"name": "last"}),
        ("name", {"name": ""}),
        ("path=a=b:c", {"path": "a=b:c"}),
        (r"a\ b\:c\=d=e", {"a b:c=d": "e"}),
        (r"name=\u6276\u624b\u6905", {"name": "扶手椅"}),
        (r"name=\ud83d\ude80", {"name": "🚀"}),
        (r"name=tab\there\\and \q", {"name": "tab\there\\and q"}),
        ("tags=Chair, \\\n    Seat,\\\r\n\tOffice", {"tags": "Chair, Seat,Office"}),
        ("a=1\\\n# 2\nb=3", {"a": "1# 2", "b": "3"}),  # a comment can't begin inside a value
        ("a=1\\\\\nb=2", {"a": "1\\", "b": "2"}),  # an even number of backslashes continues nothing
        ("licence=© 2008\x85 Kator", {"licence": "© 2008\x85 Kator"}),  # NEL ends no line in Java
        ("", {}),
    ],
)
def test_reads_what_java_reads(text, expected):
    assert parse_properties(text) == expected


@pytest.mark.parametrize("broken", ["\\u62", "\\u62xy", "\\u"])
def test_a_broken_escape_costs_one_character(broken):
    assert parse_properties(f"a=x{broken}\nb=2") == {"a": f"x�{broken[2:]}", "b": "2"}


def test_a_half_of_a_pair_is_no_character():
    assert parse_properties(r"a=x\ud83d") == {"a": "x�"}


def test_a_table_that_breaks_off_keeps_what_came_before():
    assert parse_properties("name#1=Bed\nicon#1=/a.png\nname#2=Ch\\") == {
        "name#1": "Bed",
        "icon#1": "/a.png",
        "name#2": "Ch",
    }
