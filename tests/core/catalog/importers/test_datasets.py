"""Feature datasets: RecBole and MMRec."""

from pathlib import Path

import numpy as np
import pytest

from core.catalog.importers import read
from core.types import ItemText, Modality

LFM2K = Path(__file__).resolve().parents[5] / "shared" / "data" / "lfm2k"

RECBOLE = {
    "ml.inter": (
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "1\t10\t4\t978300760\n1\t11\t2\t978300761.0\n2\t99\t3\t1\n2\t10\t5\t2\n2\t10\tbad\t3\n"
    ),
    "ml.item": (
        "item_id:token\tmovie_title:token_seq\tclass:token_seq\tyear:token\t"
        "image_emb:float_seq\tother:float_seq\n"
        '10\tThe "Big" One\tComedy Drama\t1999\t0.5 1 2\t1\n'
        "11\tSmall\tDrama\t2000\t\t1\n"
        "12\tTorn\t\t\t1 2\t1\n"
        "13\t\t\t\t1 nan 2\t1\n"
        "10\tAgain\t\t\t1 2 3\t1\n"
        "\tNameless\t\t\t1 2 3\t1\n"
    ),
    "ml.user": "user_id:token\n1\n",
}


def check_recbole(source):
    assert source.kind == "recbole"
    assert [item.id for item in source.items] == ["10", "11", "12", "13"]
    assert source.items[0].texts == {"und": ItemText('The "Big" One', "")}
    assert source.items[3].texts == {"und": ItemText("13", "")}
    assert source.items[0].category == "Comedy Drama"
    np.testing.assert_array_equal(
        source.vectors[Modality.IMAGE], [[0.5, 1, 2], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    )
    assert list(source.vectors) == [Modality.IMAGE]
    assert source.has(Modality.TEXT).tolist() == [True, True, True, False]
    assert [(e.user, e.item, e.rating, e.time) for e in source.events] == [
        ("1", "10", 4, 978300760),
        ("1", "11", 2, 978300761),
        ("2", "10", 5, 2),
    ]
    assert {(p.where, p.code) for p in source.problems} == {
        ("ml.item, row 3", "features_unusable"),
        ("ml.item, row 4", "features_unusable"),
        ("ml.item, row 5", "features_unusable"),
        ("ml.item, row 6", "id_twice"),
        ("ml.item, row 7", "id_missing"),
        ("ml.inter, row 4", "item_unknown"),
        ("ml.inter, row 6", "rating_not_a_number"),
        ("ml.user", "file_not_taken"),
    }
    assert [n.values["columns"] for n in source.notes] == ["year:token, other:float_seq"]


def test_recbole_is_read(tree, pack):
    check_recbole(read(tree(RECBOLE)))
    check_recbole(read(pack(RECBOLE)))


def test_recbole_without_items_has_those_of_the_interactions(tree):
    source = read(tree({"x.inter": "item_id:token\tuser_id:token\nb\tu\na/1\tu\nb\tv\n"}))
    b, a = source.items
    assert (b.id, b.texts) == ("b", {"und": ItemText("b", "")})
    assert a.id.startswith("a-1-")
    assert [(e.user, e.item) for e in source.events] == [("u", "b"), ("u", a.id), ("v", "b")]
    assert not source.has(Modality.TEXT).any()
    assert [n.code for n in source.notes] == ["id_made_safe"]


def test_recbole_keeps_the_split_of_its_authors(tree):
    head = "user_id:token\titem_id:token\n"
    files = {
        "x.test.inter": f"{head}u\tc\n",
        "x.train.inter": f"{head}u\ta\n",
        "x.valid.inter": f"{head}u\tb\n",
    }
    assert [(e.item, e.part) for e in read(tree(files)).events] == [("a", 0), ("b", 1), ("c", 2)]
    source = read(tree({**files, "x.inter": f"{head}u\tz\n"}, "whole"))
    assert [(e.item, e.part) for e in source.events] == [("z", None)]
    assert [p.code for p in source.problems] == ["file_not_taken"] * 3


@pytest.fixture
def mmrec(npy):
    image = np.array([[1, 2], [0, 0], [np.inf, 1], [3, 4]], dtype=np.float64)
    text = np.asfortranarray(np.arange(1, 9).reshape(4, 2))
    return {
        "baby.inter": (
            "userID\titemID\trating\ttimestamp\tx_label\n"
            "0\t0\t5\t10\t0\n0\t3\t4\t20\t1\n1\t2\t1\t30\t2\n1\t4\t1\t30\t0\n1\t-1\t1\t30\t0\n"
        ),
        "image_feat.npy": npy(image),
        "text_feat.npy": npy(text),
    }


def check_mmrec(source):
    assert source.kind == "mmrec"
    assert [item.id for item in source.items] == ["0", "1", "2", "3"]
    np.testing.assert_array_equal(source.vectors[Modality.IMAGE], [[1, 2], [0, 0], [0, 0], [3, 4]])
    np.testing.assert_array_equal(source.vectors[Modality.TEXT], [[1, 2], [3, 4], [5, 6], [7, 8]])
    assert {x.dtype for x in source.vectors.values()} == {np.dtype(np.float32)}
    assert source.has(Modality.IMAGE).tolist() == [True, False, False, True]
    assert not source.has(Modality.AUDIO).any()
    assert [(e.user, e.item, e.rating, e.time, e.part) for e in source.events] == [
        ("0", "0", 5, 10, 0),
        ("0", "3", 4, 20, 1),
        ("1", "2", 1, 30, 2),
    ]
    assert {(p.where, p.code) for p in source.problems} >= {
        ("baby.inter, row 5", "item_unknown"),
        ("baby.inter, row 6", "item_unknown"),
        ("image_feat.npy", "features_zero"),
        ("image_feat.npy", "features_not_finite"),
    }


def test_mmrec_is_read(tree, pack, mmrec):
    for source in (read(tree(mmrec)), read(pack(mmrec))):
        check_mmrec(source)
        assert len(source.problems) == 4
        assert source.items[1].texts == {"und": ItemText("1", "")}


def test_mmrec_takes_titles_from_a_table(tree, mmrec):
    titles = "itemID,title,title_zh,price\n0,Bottle,奶瓶,3\n2,,,\n9,Gone,,\n0,Again,,\n"
    source = read(tree({**mmrec, "metadata.csv": titles}))
    check_mmrec(source)
    assert source.items[0].texts == {"und": ItemText("Bottle", ""), "zh": ItemText("奶瓶", "")}
    assert source.items[2].texts == {"und": ItemText("2", "")}
    assert [(p.where, p.code) for p in source.problems if p.file == "metadata.csv"] == [
        ("metadata.csv, row 4", "item_unknown"),
        ("metadata.csv, row 5", "id_twice"),
    ]


def test_mmrec_without_features_has_the_items_of_the_interactions(tree):
    source = read(tree({"x.inter": "userID\titemID\n0\t7\n1\t3\n"}))
    assert source.kind == "mmrec"
    assert [item.id for item in source.items] == ["7", "3"]
    assert source.vectors == {}


@pytest.mark.skipif(not LFM2K.is_dir(), reason="shared data are not here")
def test_lastfm_is_read_as_it_is():
    source = read(LFM2K)
    assert source.kind == "mmrec"
    assert len(source.items) == 1425
    assert source.items[7].texts == {"und": ItemText("7", "")}
    assert {m: x.shape for m, x in source.vectors.items()} == {
        Modality.TEXT: (1425, 384),
        Modality.AUDIO: (1425, 128),
    }
    assert [sum(e.part == part for e in source.events) for part in range(3)] == [44327, 4799, 7219]
    assert {e.rating for e in source.events} == {5.0}
    assert [(p.where, p.code) for p in source.problems] == [
        ("audio_whisper_feat.npy", "file_not_taken")
    ]
    assert [n.code for n in source.notes] == ["ratings_all_one"]
