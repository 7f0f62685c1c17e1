"""Ratings, times and parts."""

import pytest

from core.catalog.importers import read


@pytest.fixture
def events(tree):
    """Read a table of interactions of the items 0 to 99, given as rows."""

    def taken(heading, *rows):
        items = "".join(f"{n},Item\n" for n in range(100))
        table = "\n".join([heading, *rows])
        return read(tree({"metadata.csv": f"id,title\n{items}", "interactions.csv": table}))

    return taken


def rated(events, ratings, heading="rating"):
    return events(f"user,item,{heading}", *(f"u,{n % 100},{r}" for n, r in enumerate(ratings)))


def codes(told):
    return [each.code for each in told]


@pytest.mark.parametrize(
    ("ratings", "mapped", "note"),
    [
        ([1, 2, 3.5, 5], [1, 2, 3.5, 5], []),
        ([3], [3], []),
        ([5, 5], [5, 5], []),
        ([1, 1, 1], [5, 5, 5], ["ratings_all_one"]),
        ([0, 0.5, 1], [1, 3, 5], ["ratings_mapped"]),
        ([-1, 1, 0], [1, 5, 3], ["ratings_mapped"]),
        ([0, 5, 2.5], [1, 5, 3], ["ratings_mapped"]),
        ([0.5, 5, 2.75], [1, 5, 3], ["ratings_mapped"]),
        ([1, 10, 5.5, 10], [1, 5, 3, 5], ["ratings_mapped"]),
        ([0, 10, 5, 7.5], [1, 5, 3, 4], ["ratings_mapped"]),
        ([0, 100, 50, 75], [1, 5, 3, 4], ["ratings_mapped"]),
        ([1, 7, 30_000, 45_000], [5, 5, 5, 5], ["ratings_no_scale"]),
        (["", "", ""], [5, 5, 5], []),
    ],
)
def test_a_whole_column_shows_its_scale(events, ratings, mapped, note):
    source = rated(events, ratings)
    assert [e.rating for e in source.events] == pytest.approx(mapped)
    assert codes(source.notes) == note
    assert source.problems == ()


def test_stars_are_what_they_say(events):
    source = rated(events, [1, 1], heading="stars")
    assert [e.rating for e in source.events] == [1, 1]
    assert source.notes == ()


@pytest.mark.parametrize(
    ("stray", "code"),
    [
        ("7", "rating_off_scale"),
        ("-3", "rating_off_scale"),
        ("nan", "rating_not_a_number"),
        ("inf", "rating_not_a_number"),
        ("-Infinity", "rating_not_a_number"),
        ("good", "rating_not_a_number"),
        ("1e999", "rating_not_a_number"),
        ("", "rating_missing"),
    ],
)
def test_a_stray_rating_costs_its_row_and_not_the_scale(events, stray, code):
    source = rated(events, [1, 2, stray, 4, 5])
    assert [e.rating for e in source.events] == [1, 2, 4, 5]
    assert [(p.where, p.code) for p in source.problems] == [("interactions.csv, row 4", code)]
    assert source.notes == ()


def test_up_to_a_tenth_beyond_five_are_strays(events):
    source = rated(events, [1, 5] * 45 + [9] * 10)
    assert [e.rating for e in source.events] == [1, 5] * 45
    assert sum(p.count for p in source.problems) == 10


def test_more_than_a_tenth_make_another_scale(events):
    source = rated(events, [1, 5] * 44 + [9] * 12)
    assert len(source.events) == 100
    assert {round(e.rating, 3) for e in source.events} == {1, 2.778, 4.556}


def test_a_stray_does_not_widen_a_scale_either(events):
    source = rated(events, [0, 10, 7, 99, 10, 5])
    assert [e.rating for e in source.events] == pytest.approx([1, 5, 3.8, 5, 3])
    assert [(p.row, p.code) for p in source.problems] == [(5, "rating_off_scale")]


@pytest.mark.parametrize(
    ("times", "seconds", "unit"),
    [
        (["978300760", "0", "-5"], [978300760, 0, -5], None),
        (["978300760.9", "1"], [978300760, 1], None),
        (["978300760000", "978300761999"], [978300760, 978300761], "ms"),
        (["978300760000000", "0"], [978300760000000 // 10**6, 0], "µs"),
        (["978300760123456789"], [978300760], "ns"),
        (["2001-01-01", "2001-01-01T01:00:00+01:00"], [978307200, 978307200], None),
        (["2001-01-01 00:00:01", "2001-01-01T00:00:02Z"], [978307201, 978307202], None),
        (["", ""], [0, 0], None),
    ],
)
def test_times(events, times, seconds, unit):
    source = events("user,item,timestamp", *(f"u,{n},{t}" for n, t in enumerate(times)))
    assert source.problems == ()
    assert [n.values["unit"] for n in source.notes] == [unit] * (unit is not None)
    assert [e.time for e in source.events] == seconds


@pytest.mark.parametrize("time", ["yesterday", "nan", "inf", "", "1e300", "9" * 30, "2001-13-01"])
def test_a_time_that_is_none_is_told_and_counts_as_the_earliest(events, time):
    source = events("user,item,timestamp", "u,1,100", f"u,2,{time}", "u,3,300")
    assert [e.time for e in source.events] == [100, 0, 300]
    assert [(p.row, p.code) for p in source.problems] == [(3, "time_unreadable")]


def test_parts(events):
    names = ["0", "1.0", "2", "train", "Valid", "validation", "test", "", "3"]
    source = events("user,item,x_label", *(f"u,{n},{name}" for n, name in enumerate(names)))
    assert [e.part for e in source.events] == [0, 1, 2, 0, 1, 1, 2, None, None]
    assert [(p.row, p.code) for p in source.problems] == [(10, "part_unknown")]


def test_whole_numbers_that_were_written_with_a_point_are_found(events):
    source = events("user,item", "u,7.0", "u,7.5")
    assert [e.item for e in source.events] == ["7"]
    assert codes(source.problems) == ["item_unknown"]


def test_no_interactions_is_fine(events, tree):
    assert events("user,item").events == ()
    assert read(tree({"metadata.csv": "id,title\na,A\n"}, "none")).events == ()
