"""A folder or an archive of one's own."""

import json
import unicodedata
import zipfile

import numpy as np
import pytest

from core.catalog.importers import Credit, read
from core.media.limits import MAX_BYTES, MAX_CHARACTERS
from core.types import ItemText, Modality

PNG = b"\x89PNG picture"
WAV = b"RIFF sound"

CATALOG = {
    "metadata.csv": (
        "id,image,audio,title,text,title_zh,text_zh,category,license,author,source\n"
        'cup,img/cup.png,snd/cup.wav,Cup,"Blue, small",杯子,"蓝色，小巧",kitchen,CC0,Ada,https://a.example\n'
        "bell,,snd/bell.mp3,Bell,Rings,,,,,,\n"
        "note,,,Note,Only text,,,,,,\n"
    ),
    "interactions.csv": "user,item,rating,timestamp\nann,cup,5,100\nann,note,2,90\nbo,bell,3.5,80\n",
    "img/cup.png": PNG,
    "snd/cup.wav": WAV,
    "snd/bell.mp3": b"ID3 bell",
}


def codes(told):
    return [each.code for each in told]


def wheres(told):
    return [(each.where, each.code) for each in told]


def check_catalog(source):
    assert source.kind == "folder"
    cup, bell, note = source.items
    assert (cup.id, bell.id, note.id) == ("cup", "bell", "note")
    assert cup.texts == {
        "und": ItemText("Cup", "Blue, small"),
        "zh": ItemText("杯子", "蓝色，小巧"),
    }
    assert note.texts == {"und": ItemText("Note", "Only text")}
    assert cup.category == "kitchen"
    assert cup.credit == Credit("Ada", "CC0", "https://a.example")
    assert {m: b.read() for m, b in cup.media.items()} == {
        Modality.IMAGE: PNG,
        Modality.AUDIO: WAV,
    }
    assert list(bell.media) == [Modality.AUDIO]
    assert [(e.user, e.item, e.rating, e.time) for e in source.events] == [
        ("ann", "cup", 5, 100),
        ("ann", "note", 2, 90),
        ("bo", "bell", 3.5, 80),
    ]
    assert source.vectors == {}
    assert source.problems == ()
    assert source.notes == ()
    assert source.has(Modality.IMAGE).tolist() == [True, False, False]
    assert source.has(Modality.TEXT).all()


def test_a_folder_is_read(tree):
    check_catalog(read(tree(CATALOG)))


def test_an_archive_is_read_without_unpacking(pack, tmp_path):
    path = pack(CATALOG)
    source = read(path)
    check_catalog(source)
    assert list(tmp_path.iterdir()) == [path]


def test_an_archive_of_stored_files_is_read(pack):
    check_catalog(read(pack(CATALOG, method=zipfile.ZIP_STORED)))


@pytest.mark.parametrize("depth", ["mine/", "a/b/"])
def test_the_folder_inside_is_found(tree, pack, depth):
    nested = {depth + path: content for path, content in CATALOG.items()}
    check_catalog(read(tree(nested)))
    check_catalog(read(pack({**nested, "__MACOSX/mine/._metadata.csv": "x", ".DS_Store": "x"})))


def test_headings_are_found_by_their_usual_names_in_any_case(tree):
    source = read(
        tree(
            {
                "metadata.csv": "Item ID,File_Name,Caption,NAME,Licence\n7,a.png,red,Ball,CC0\n",
                "interactions.csv": "User_ID;Item-ID;Score\nu;7;4\n",
                "a.png": PNG,
            }
        )
    )
    assert source.items[0].texts == {"und": ItemText("Ball", "red")}
    assert list(source.items[0].media) == [Modality.IMAGE]
    assert source.items[0].credit.licence == "CC0"
    assert [(e.user, e.item, e.rating) for e in source.events] == [("u", "7", 4)]


def test_columns_of_no_use_are_named(tree):
    source = read(tree({"metadata.csv": ",id,title,price,Title\n0,a,A,3,B\n"}))
    assert source.items[0].texts["und"].title == "A"
    assert [(n.code, dict(n.values)) for n in source.notes] == [
        ("columns_not_used", {"columns": "price"})
    ]
    assert codes(source.problems) == ["column_twice"]


def test_json_lines_are_read(tree):
    rows = [
        {"id": 1, "title": "One", "reviews": ["good", "small"]},
        {"id": 2.0, "title": "Two", "extra": {"a": 1}},
        {"id": 3, "title": {"en": "Three"}},
        {"id": "4\ud800", "title": "Four\u2028lines"},
        [5],
    ]
    text = "\n".join(json.dumps(row) for row in rows) + "\n\n{broken\n"
    source = read(tree({"metadata.jsonl": text}))
    assert [item.id for item in source.items[:2]] == ["1", "2"]
    assert source.items[0].texts["und"].reviews == ("good", "small")
    assert source.items[2].texts["und"].title == "Four lines"
    assert wheres(source.problems) == [
        ("metadata.jsonl, row 3", "cell_not_plain"),
        ("metadata.jsonl, row 5", "row_not_json"),
        ("metadata.jsonl, row 7", "row_not_json"),
    ]


def test_parquet_is_read_with_numbers_as_ids(tree):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    folder = tree({"a.png": PNG})
    table = {"id": [1.0, 2.0], "image": ["a.png", None], "title": ["A", "乙"]}
    table |= {"n": [[1], [2]], "audio": [{"bytes": b"x"}, None]}
    pandas.DataFrame(table).to_parquet(folder / "metadata.parquet")
    pandas.DataFrame({"user": ["u"], "item": [2], "rating": [4.5]}).to_parquet(
        folder / "interactions.parquet"
    )
    source = read(folder)
    assert [(i.id, i.texts["und"].title, len(i.media)) for i in source.items] == [
        ("1", "A", 1),
        ("2", "乙", 0),
    ]
    assert [(e.item, e.rating) for e in source.events] == [("2", 4.5)]
    assert [(p.code, p.values["column"]) for p in source.problems] == [
        ("column_not_plain", "audio")
    ]
    assert [(n.code, n.values["columns"]) for n in source.notes] == [("columns_not_used", "n")]


def test_ids_are_made_from_files_and_rows_unique_and_stable(tree):
    folder = tree(
        {
            "metadata.csv": "file_name,text\na/x.png,one\nb/x.png,two\n,three\n图.png,four\n",
            "interactions.csv": "user,item\nu,x\nu,b/x.png\nu,row-4\nu,图\n",
            **dict.fromkeys(("a/x.png", "b/x.png", "图.png"), PNG),
        }
    )
    source = read(folder)
    ids = [item.id for item in source.items]
    assert ids[:3] == ["x", "x-2", "row-4"]
    assert ids[3].startswith("item-")
    assert ids == [item.id for item in read(folder).items]
    assert [e.item for e in source.events] == ids
    assert [(n.code, n.values["count"]) for n in source.notes] == [("ids_made", 4)]


def test_a_made_id_leaves_the_given_ones_alone(tree):
    source = read(
        tree({"metadata.csv": "id,file_name,title\n,x.png,made\nx,,given\n", "x.png": PNG})
    )
    assert [(i.id, i.texts["und"].title) for i in source.items] == [("x-2", "made"), ("x", "given")]


def test_strange_ids_are_made_safe_apart_and_told(tree):
    strange = ["a/b", "a:b", "🙂", "../up", ".", "杯子", "x" * 65, "-dash"]
    rows = "".join(f"{raw},Title\n" for raw in strange)
    events = "".join(f"u,{raw}\n" for raw in strange)
    source = read(
        tree({"metadata.csv": f"id,title\n{rows}", "interactions.csv": f"user,item\n{events}"})
    )
    ids = [item.id for item in source.items]
    assert len(set(ids)) == len(strange)
    for made in ids:
        assert 1 <= len(made) <= 64
        assert made[0].isalnum()
        assert made.isascii()
        assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert [e.item for e in source.events] == ids
    assert codes(source.notes) == ["id_made_safe"] * len(strange)
    assert [n.values["id"] for n in source.notes] == ids


def test_the_second_of_two_ids_is_lost_and_told(tree):
    source = read(tree({"metadata.csv": "id,title\na,First\na,Second\n"}))
    assert [i.texts["und"].title for i in source.items] == ["First"]
    assert wheres(source.problems) == [("metadata.csv, row 3", "id_twice")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("gone.png", "media_missing"),
        ("../secret.png", "media_outside"),
        ("/etc/secret.png", "media_outside"),
        ("C:\\secret.png", "media_outside"),
        ("https://example.com/a.png", "media_address"),
        ("table.xls", "media_extension"),
        ("sound.wav", "media_extension"),
        ("plain", "media_extension"),
        ("empty.png", "media_empty"),
        ("large.png", "media_too_big"),
    ],
)
def test_an_item_goes_without_a_medium_that_cannot_be_taken(tree, cell, code):
    folder = tree(
        {
            "metadata.csv": f"id,title,image\na,A,{cell}\nb,B,good.png\n",
            **dict.fromkeys(("good.png", "sound.wav", "table.xls", "plain"), PNG),
            "empty.png": b"",
        }
    )
    (folder.parent / "secret.png").write_bytes(PNG)
    with (folder / "large.png").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    source = read(folder)
    assert [list(item.media) for item in source.items] == [[], [Modality.IMAGE]]
    assert wheres(source.problems)[0] == ("metadata.csv, row 2", code)


def test_a_row_with_nothing_left_is_lost(tree):
    source = read(tree({"metadata.csv": "id,title,image\na,,gone.png\nb,B,\n"}))
    assert [item.id for item in source.items] == ["b"]
    assert codes(source.problems) == ["media_missing", "item_empty"]


def test_paths_are_found_as_other_systems_write_them(tree):
    accented = unicodedata.normalize("NFD", "é.png")
    source = read(
        tree(
            {
                "metadata.csv": "id,image\na,.\\pics\\A.PNG\nb,é.png\nc,./pics//a.png\n",
                "pics/a.png": PNG,
                accented: PNG,
            }
        )
    )
    assert [len(item.media) for item in source.items] == [1, 1, 1]
    assert source.problems == ()


def test_files_that_nothing_uses_are_told_but_documents_are_not(tree):
    source = read(tree({**CATALOG, "img/extra.png": PNG, "metadata.jsonl": "{}", "README.md": "x"}))
    assert {(p.file, p.code) for p in source.problems} == {
        ("img/extra.png", "file_not_taken"),
        ("metadata.jsonl", "file_not_taken"),
    }


def test_links_are_followed_only_inside(tree):
    folder = tree({"metadata.csv": "id,title,image\na,A,in.png\nb,B,out.png\nc,C,up/o.png\n"})
    outside = tree({"o.png": PNG}, "outside")
    (folder / "real.png").write_bytes(PNG)
    (folder / "in.png").symlink_to(folder / "real.png")
    (folder / "out.png").symlink_to(outside / "o.png")
    (folder / "up").symlink_to(outside)
    (folder / "nowhere.png").symlink_to(folder / "gone.png")
    source = read(folder)
    assert [len(item.media) for item in source.items] == [1, 0, 0]
    links = {p.file for p in source.problems if p.code == "link_not_followed"}
    assert links == {"out.png", "up", "nowhere.png"}
    assert codes(source.problems).count("media_missing") == 2


def test_a_file_that_changes_after_the_reading_is_an_error(tree):
    folder = tree(CATALOG)
    blob = read(folder).items[0].media[Modality.IMAGE]
    (folder / "img/cup.png").write_bytes(PNG + b" and more")
    with pytest.raises(OSError, match="changed"):
        blob.read()


def test_the_language_is_what_the_table_says(tree):
    source = read(
        tree(
            {
                "metadata.csv": (
                    "id,title,language,title_zh,title_fr\n"
                    "a,A,en,甲,\nb,乙,zh-CN,,\nc,丙,中文,三,\nd,D,klingon!,,Dé\ne,,,戊,\n"
                )
            }
        )
    )
    assert [{k: t.title for k, t in item.texts.items()} for item in source.items] == [
        {"en": "A", "zh": "甲"},
        {"zh": "乙"},
        {"und": "丙", "zh": "三"},
        {"und": "D", "fr": "Dé"},
        {"zh": "戊"},
    ]
    assert wheres(source.problems) == [("metadata.csv, row 5", "language_unknown")]


def test_texts_fit_their_places(tree):
    long = "word " * 50
    huge = "x" * (MAX_CHARACTERS + 100)
    source = read(
        tree(
            {
                "metadata.csv": (
                    "id,title,text,description\n"
                    f"a,,{long},\nb,,One line.,More.\nc,{'t' * 300},,\nd,D,short,{huge}\n"
                )
            }
        )
    )
    a, b, c, d = (item.texts["und"] for item in source.items)
    assert (a.line, a.description) == ("", long.strip())
    assert a.title.startswith("word word")
    assert len(a.title) <= 60
    assert b == ItemText("One line.", "One line.", "More.")
    assert len(c.title) == 200
    assert len(d.whole) <= MAX_CHARACTERS
    assert wheres(source.problems) == [
        ("metadata.csv, row 4", "title_cut"),
        ("metadata.csv, row 5", "text_cut"),
    ]


def test_reviews_are_kept_as_far_as_they_fit(tree):
    reviews = ["r" * 100] * 60
    row = json.dumps({"id": "a", "title": "T", "description": "d" * 1000, "reviews": reviews})
    lone = json.dumps({"id": "b", "reviews": "just one"})
    source = read(tree({"metadata.jsonl": f"{row}\n{lone}\n"}))
    text = source.items[0].texts["und"]
    assert len(text.reviews) == 39
    assert MAX_CHARACTERS - 101 < len(text.whole) <= MAX_CHARACTERS
    assert source.items[1].texts["und"] == ItemText("just one", "", reviews=("just one",))
    assert [(p.row, p.code) for p in source.problems] == [(1, "text_cut")]


def test_a_title_without_letters_is_no_text(tree):
    source = read(tree({"metadata.csv": "id,title\na,!?\nb,b\nc,c!\n"}))
    assert source.has(Modality.TEXT).tolist() == [False, False, True]


def test_features_may_stand_beside_a_table(tree, npy):
    features = np.array([[1, 0], [2, 2], [0, 0], [np.nan, 1]], dtype=np.float64)
    source = read(
        tree(
            {
                "metadata.csv": "id,title\na,A\na,again\nb,\nc,C\n",
                "audio_feat.npy": npy(features),
            }
        )
    )
    assert [item.id for item in source.items] == ["a", "b", "c"]
    assert source.items[1].texts == {"und": ItemText("b", "")}
    np.testing.assert_array_equal(source.vectors[Modality.AUDIO], [[1, 0], [0, 0], [0, 0]])
    assert source.vectors[Modality.AUDIO].dtype == np.float32
    assert source.has(Modality.AUDIO).tolist() == [True, False, False]
    assert codes(source.problems) == ["id_twice", "features_zero", "features_not_finite"]
