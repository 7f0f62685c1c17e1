"""Rows that are lost by themselves, encodings, and how many are told one by one."""

import pytest

from core.catalog.importers import read
from core.catalog.importers.log import SHOWN


def titles(source):
    return [item.texts["und"].title for item in source.items]


def wheres(source):
    return [(p.where, p.code, dict(p.values)) for p in source.problems]


def test_broken_rows_cost_only_themselves_and_are_counted_as_a_spreadsheet_does(tree):
    rows = [
        "id,title",
        "a,A",
        '"b"x,B',  # row 3: something behind the closing quotation mark
        "c",  # row 4: too few
        "d,D,more",  # row 5: too many
        "",  # row 6: empty, and no loss
        "e,E,,",  # row 7: empty cells at the end are no loss
        '"f","F\nof two lines"',  # row 8
        "g\0,G",  # row 9
        "h,H",
    ]
    source = read(tree({"metadata.csv": "\n".join(rows)}))
    assert titles(source) == ["A", "E", "F of two lines", "H"]
    assert wheres(source) == [
        ("metadata.csv, row 3", "row_broken", {"lines": 1}),
        ("metadata.csv, row 4", "row_ragged", {"found": 1, "expected": 2}),
        ("metadata.csv, row 5", "row_ragged", {"found": 3, "expected": 2}),
        ("metadata.csv, row 9", "row_nul", {}),
    ]


def test_a_quotation_that_is_never_closed_is_told_with_all_the_lines_it_costs(tree):
    source = read(tree({"metadata.csv": 'id,title\na,A\nb,"B\nc,C\nd,D\n'}))
    assert titles(source) == ["A"]
    assert wheres(source) == [("metadata.csv, row 3", "row_broken", {"lines": 3})]


def test_a_cell_that_is_far_too_long_costs_its_row(tree):
    source = read(tree({"metadata.csv": f"id,title\na,{'x' * 200_000}\nb,B\n"}))
    assert titles(source) == ["B"]
    assert [p.code for p in source.problems] == ["row_broken"]


@pytest.mark.parametrize(
    ("encoding", "notes"), [("utf-8", []), ("utf-8-sig", []), ("gb18030", ["GB18030"])]
)
def test_encodings(tree, encoding, notes):
    text = "id,title,text\na,青花瓷杯,“轻便”，随身带着一点也不累。\n"
    source = read(tree({"metadata.csv": text.encode(encoding)}))
    assert titles(source) == ["青花瓷杯"]
    assert source.items[0].id == "a"
    assert [n.values["encoding"] for n in source.notes] == notes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_dialects_of_spreadsheets(tree, end, separator):
    rows = [["id", "title"], ["a", '"x, y; z"'], ["b", "B"]]
    text = end.join(separator.join(row) for row in rows) + end
    source = read(tree({"metadata.csv": text}))
    assert titles(source) == ["x, y; z", "B"]


@pytest.mark.parametrize("count", [1, SHOWN, SHOWN + 1, 500])
def test_many_problems_of_a_kind_are_counted_exactly(tree, count):
    events = "".join(f"u,gone-{n}\n" for n in range(count))
    source = read(
        tree(
            {"metadata.csv": "id,title\na,A\n", "interactions.csv": f"user,item\n{events},a\nu,a\n"}
        )
    )
    unknown = [p for p in source.problems if p.code == "item_unknown"]
    more = [p for p in source.problems if p.code == "more"]
    assert [p.row for p in unknown] == list(range(2, 2 + min(count, SHOWN)))
    assert [p.values["count"] for p in more] == [count - SHOWN] * (count > SHOWN)
    assert sum(p.count for p in source.problems) == count + 1
    assert source.problems[-1].code == "user_missing"
    assert len(source.events) == 1


def test_foreign_text_in_messages_is_short_and_on_one_line(tree):
    name = "x\n\x1b[31m" + "y" * 200
    source = read(tree({"metadata.csv": f'id,title,image\na,A,"{name}.png"\n'}))
    shown = source.problems[0].values["name"]
    assert len(shown) == 80
    assert shown.isprintable()
