"""What is refused as a whole, each with its sentence."""

import importlib
import io
import stat
import struct
import sys
import zipfile

import numpy as np
import pytest

from core.catalog.importers import limits as importer_limits
from core.catalog.importers import read
from core.errors import TriadError
from core.types import Modality

TABLE = "id,title\na,A\n"
ZEROS = bytes(2 * 1024**2)


def entry(name, mode=0):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "name",
    ["../up.png", "a/../../up.png", "/etc/a.png", "a\\b.png", "C:/a.png", "c:a.png", "..", "//h/a"],
)
def test_names_that_lead_out_of_an_archive(pack, refused, name):
    assert refused(pack({"metadata.csv": TABLE, entry(name): "x"})) == "zip_unsafe_name"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_entries_that_are_no_files(pack, refused, kind):
    path = pack({"metadata.csv": TABLE, entry("a.png", kind | 0o777): "/etc/passwd"})
    assert refused(path) == "zip_link"


def test_two_entries_of_one_name(pack, refused):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = pack({entry("metadata.csv"): TABLE, entry("metadata.csv", 0o100644): TABLE})
    assert refused(path) == "zip_twice"


def test_a_bomb(pack, refused):
    assert refused(pack({"metadata.csv": TABLE, "a.png": ZEROS})) == "zip_bomb"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_a_bound(pack, refused, method):
    assert refused(pack({"metadata.csv": TABLE}, method=method)) == "zip_method"


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("MAX_FILES", 1, "too_many_files"),
        ("MAX_FILE_BYTES", 20, "zip_too_large"),
        ("MAX_UNPACKED_BYTES", 40, "zip_too_large"),
    ],
)
def test_limits_of_an_archive(pack, refused, monkeypatch, limit, value, code):
    path = pack({"metadata.csv": TABLE, "a.txt": "x" * 30})
    assert read(path).items
    monkeypatch.setattr(importlib.import_module("core.catalog.importers.archive"), limit, value)
    assert refused(path) == code


def test_the_limits_are_of_a_size_that_a_machine_can_bear():
    assert importer_limits.MAX_FILE_BYTES <= importer_limits.MAX_UNPACKED_BYTES <= 2**33


def test_too_many_files_in_a_folder(tree, refused, monkeypatch):
    monkeypatch.setattr(importlib.import_module("core.catalog.importers.folder"), "MAX_FILES", 1)
    assert refused(tree({"metadata.csv": TABLE, "a.txt": "x"})) == "too_many_files"


def patched(path, place, form, value, entry=0):
    """Overwrite a field in the archive's directory."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    for _ in range(entry):
        at = data.find(b"PK\x01\x02", at + 1)
    struct.pack_into(form, data, at + place, value)
    path.write_bytes(data)
    return path


def test_encryption(pack, refused):
    assert refused(patched(pack({"metadata.csv": TABLE}), 8, "<H", 1)) == "zip_encrypted"


def test_entries_that_share_their_data(pack, refused):
    path = pack({"metadata.csv": TABLE, "a.png": "x" * 99})
    assert refused(patched(path, 42, "<I", 0, entry=1)) == "zip_damaged"


def test_entries_beyond_the_end(pack, refused):
    path = pack({"metadata.csv": TABLE, "a.png": "x"})
    assert refused(patched(path, 20, "<I", 10**6, entry=1)) == "zip_damaged"


@pytest.mark.parametrize("claimed", [3, 5_000])
def test_a_member_that_lies_about_its_size_is_an_error_and_no_more_memory(pack, claimed):
    path = pack({"metadata.csv": "id,image\na,a.png\n", "a.png": b"x" * 4000})
    blob = read(patched(path, 24, "<I", claimed, entry=1)).items[0].media[Modality.IMAGE]
    assert blob.size == claimed
    with pytest.raises(OSError, match="damaged"):
        blob.read()


@pytest.mark.parametrize("damage", [b"\xff" * 8, b"PK\x01\x02" + b"\0" * 4])
def test_a_member_whose_data_are_damaged_is_an_error(pack, damage):
    path = pack({"metadata.csv": "id,image\na,a.png\n", "a.png": bytes(range(256)) * 4})
    blob = read(path).items[0].media[Modality.IMAGE]
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x03\x04")
    for start in (at, at + 30 + len("a.png")):
        broken = bytearray(data)
        broken[start : start + 8] = damage
        path.write_bytes(broken)
        with pytest.raises(OSError, match="damaged"):
            blob.read()


def test_a_table_that_is_damaged_in_its_archive(pack, refused):
    path = pack({"metadata.csv": TABLE})
    assert refused(patched(path, 16, "<I", 12345)) == "table_unreadable"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"PK\x05\x06" + b"\xff" * 18, b"text"])
def test_archives_that_are_none(tmp_path, refused, data):
    (tmp_path / "data.zip").write_bytes(data)
    assert refused(tmp_path / "data.zip") == "zip_damaged"


def test_names_in_gbk_are_read_as_chinese(tmp_path):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.csv", "id,image\na,图片/杯.png\n")
        archive.writestr("@@@@/##.png", "x")
    data = path.read_bytes().replace(b"@@@@/##", "图片/杯".encode("gb18030"))
    path.write_bytes(data)
    assert read(path).items[0].media[Modality.IMAGE].name == "图片/杯.png"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "import_unknown"),
        ({"a.png": "x", "table.csv": TABLE}, "import_unknown"),
        ({"a/metadata.csv": TABLE, "b/metadata.csv": TABLE}, "import_several"),
        ({"a.inter": "userID\titemID\n0\t0\n", "b.inter": "userID\titemID\n"}, "import_several"),
        ({"a.inter": "u:token\n", "b.inter": "u:token\n"}, "import_several"),
        ({"metadata.csv": ""}, "table_empty"),
        ({"metadata.csv": " \n\n"}, "table_empty"),
        ({"metadata.jsonl": "\n"}, "table_empty"),
        ({"metadata.jsonl": '[\n{"id": 1,\n"title": "A"}]'}, "table_not_json"),
        ({"metadata.csv": "id,title\n"}, "no_items"),
        ({"metadata.csv": "id,title\na,\n"}, "no_items"),
        ({"metadata.csv": "id,price\na,3\n"}, "columns_missing"),
        ({"metadata.csv": '"id,title\na,A\n'}, "table_heading"),
        ({"metadata.csv": TABLE.encode("utf-16")}, "table_encoding"),
        ({"metadata.csv": TABLE.encode("utf-16-le")}, "table_encoding"),
        ({"metadata.csv": "id,title\na,décor modérne\n".encode("latin-1")}, "table_encoding"),
        ({"metadata.csv": "id,title\na,お茶のコップ\n".encode("shift-jis")}, "table_encoding"),
        ({"metadata.csv": "id,title\na,繁體中文的標題\n".encode("big5")}, "table_encoding"),
        ({"metadata.csv": "id,title\na,вода\n".encode("cp1251")}, "table_encoding"),
        ({"metadata.csv": TABLE, "interactions.csv": "user,thing\n"}, "columns_missing"),
        ({"metadata.csv": TABLE, "interactions.csv": ""}, "table_empty"),
        ({"metadata.parquet": "PAR1 torn"}, "parquet_broken"),
        ({"x.inter": "user_id:token\trating:float\n1\t2\n"}, "columns_missing"),
        ({"x.inter": "user_id:token\titem_id:token\n", "x.item": "n:token\n"}, "columns_missing"),
        ({"x.inter": "user_id:token\titem_id:token\n"}, "no_items"),
        ({"x.inter": "userID\titemID\n"}, "no_items"),
        ({"x.inter": "userID\trating\n1\t1\n"}, "columns_missing"),
    ],
)
def test_catalogs_that_are_none(tree, refused, files, code):
    assert refused(tree(files)) == code


def test_paths_that_are_none(tmp_path, refused):
    (tmp_path / "notes.txt").write_text("x")
    assert refused(tmp_path / "gone") == "file_missing"
    assert refused(tmp_path / "notes.txt") == "import_unknown"


@pytest.mark.parametrize(
    ("limit", "code"), [("MAX_TABLE_BYTES", "table_too_big"), ("MAX_ITEMS", "table_too_long")]
)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_limits_of_a_table(tree, refused, monkeypatch, limit, code, kind):
    folder = tree({})
    if kind == "parquet":
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        # All rows share one string: little in the file, much once it is a table.
        table = pandas.DataFrame({"id": range(50), "title": ["x" * 1000] * 50})
        table.to_parquet(folder / "metadata.parquet")
        small = 10_000
        assert (folder / "metadata.parquet").stat().st_size < small
    else:
        row = "{}{},{}\n" if kind == "csv" else '{}{{"id":{},"title":"{}"}}\n'
        rows = "".join(row.format("", i, "x" * 1000) for i in range(50))
        head = "id,title\n" if kind == "csv" else ""
        (folder / f"metadata.{kind}").write_text(head + rows)
        small = 10_000
    assert len(read(folder).items) == 50
    readers = {"csv": "tables", "jsonl": "tables", "parquet": "parquet"}
    place = readers[kind] if limit == "MAX_TABLE_BYTES" else "catalog"
    module = importlib.import_module(f"core.catalog.importers.{place}")
    monkeypatch.setattr(module, limit, small if limit == "MAX_TABLE_BYTES" else 49)
    assert refused(folder) == code


def test_parquet_without_its_library(tree, refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert refused(tree({"metadata.parquet": "x"})) == "parquet_missing"


def raw_npy(header, data=b""):
    head = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data


FLOATS = "{'descr': '<f4', 'fortran_order': False, 'shape': %s}"


@pytest.mark.parametrize(
    ("features", "code"),
    [
        (np.array([["a", None]], dtype=object), "features_kind"),
        (np.array([["a"]]), "features_kind"),
        (np.zeros((2, 2), dtype=complex), "features_kind"),
        (np.ones(4), "features_rank"),
        (np.ones((2, 2, 2)), "features_rank"),
        (np.float32(1), "features_rank"),
        (np.ones((2, 0)), "features_rank"),
        (np.ones((5, 2)), "features_rows"),
        (b"", "features_broken"),
        (b"\x93NUMPY", "features_broken"),
        (b"PK\x03\x04 an npz", "features_broken"),
        (raw_npy(FLOATS % "(2, 2)", b"\0" * 12), "features_broken"),
        (raw_npy(FLOATS % "(2, 2)", b"\0" * 20), "features_broken"),
        (raw_npy(FLOATS % "(100000, 10000000000)"), "features_broken"),
        (raw_npy(FLOATS % "(10000000000, 1)"), "table_too_long"),
        (raw_npy(FLOATS % "(-2, -2)", b"\0" * 16), "features_rank"),
        (raw_npy("__import__('os').abort()"), "features_broken"),
        (raw_npy("{'descr': '<f4'}"), "features_broken"),
    ],
)
def test_features_that_are_none(tree, refused, npy, features, code):
    data = features if isinstance(features, bytes) else npy(features)
    files = {"metadata.csv": "id,title\na,A\nb,B\n", "text_feat.npy": data}
    assert refused(tree(files)) == code


def test_features_of_different_lengths(tree, refused, npy):
    files = {"x.inter": "userID\titemID\n0\t0\n"}
    files |= {"text_feat.npy": npy(np.ones((3, 2))), "image_feat.npy": npy(np.ones((4, 2)))}
    assert refused(tree(files)) == "features_disagree"


def test_pickles_are_never_run(tree, npy):
    """An array of objects is a pickle, and unpickling this one would call ``exit``."""

    class Exit:
        def __reduce__(self):
            return sys.exit, (3,)

    array = np.array([[Exit()]], dtype=object)
    with pytest.raises(SystemExit):
        np.load(io.BytesIO(npy(array)), allow_pickle=True)
    with pytest.raises(TriadError, match="object"):
        read(tree({"metadata.csv": TABLE, "text_feat.npy": npy(array)}))
