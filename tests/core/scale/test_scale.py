"""A catalog embedded in shards: failures, cuts, equality with the other ways, and life without daft."""

import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from core import encoders, imports
from core.__main__ import main
from core.build import item_media
from core.catalog import importers, worlds
from core.catalog.bundle import Bundle, find
from core.encoders import registry
from core.encoders.base import Encoded, Encoder, EncoderCard
from core.encoding import space
from core.engine import Engine
from core.errors import TriadError
from core.resources import ASSETS
from core.scale import embed as embedding
from core.scale import places, runner, shards
from core.scale.embed import embed
from core.scale.listing import list_folder, list_world
from core.scale.runner import Runner
from core.scale.score import score
from core.training.train import TrainConfig
from core.types import Channel, Method, Modality, Query, Request

HAS_DAFT = importlib.util.find_spec("daft") is not None
needs_daft = pytest.mark.skipif(not HAS_DAFT, reason="daft is not installed")
ITEMS = 30


class Letters(Encoder):
    """Counts letters: a text encoder that costs nothing."""

    card = EncoderCard("letters", Modality.TEXT, 26, "test", "1", "Apache-2.0")

    def _encode(self, batch, tokens):
        counts = [[p.text.lower().count(chr(97 + n)) for n in range(26)] for p in batch]
        return Encoded(torch.tensor(counts, dtype=torch.float32), None, ())


def picture(n):
    out = io.BytesIO()
    pixels = np.random.default_rng(n % 7).integers(0, 30 + 7 * n, (40, 48, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def sound(n):
    out = io.BytesIO()
    t = np.arange(8_000) / 16_000
    soundfile.write(out, 0.3 * np.sin(2 * np.pi * (220 + 40 * n) * t), 16_000, format="WAV")
    return out.getvalue()


@pytest.fixture(scope="module")
def small():
    """The encoders of small worlds: no weights."""
    with pytest.MonkeyPatch.context() as patch:
        letters = Letters()
        patch.setitem(registry.DEFAULTS, Modality.IMAGE, "colour-histogram-lbp")
        patch.setitem(registry.DEFAULTS, Modality.TEXT, "letters")
        was = encoders.named

        def named(id, modality):
            return letters if id == "letters" else was(id, modality)

        patch.setattr(encoders, "named", named)
        get = registry.get
        patch.setattr(registry, "get", lambda id: letters if id == "letters" else get(id))
        yield letters


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Thirty items with pictures; every third has a sound, most a text; one picture is damaged."""
    home = tmp_path_factory.mktemp("scale") / "mine"
    home.mkdir()
    rows = ["id,file_name,audio,title"]
    for n in range(ITEMS):
        (home / f"{n}.png").write_bytes(picture(n))
        tone = ""
        if n % 3 == 0:
            tone = f"{n}.wav"
            (home / tone).write_bytes(sound(n))
        title = "" if n % 5 == 4 else f"A {'green' if n % 2 else 'red'} thing, {'xyz'[n % 3] * n}"
        rows.append(f'item-{n},{n}.png,{tone},"{title}"')
    (home / "7.png").write_text("not a picture")
    (home / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def world(folder, small, tmp_path_factory):
    """The same folder as a world with three trained methods, of simulated visitors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        own = tmp_path_factory.mktemp("own")
        quick = TrainConfig(epochs=1, batch=64)
        imports.import_source(
            importers.read(folder), "mine", root=own, config=quick, visitors=60, simulated=True
        )
        yield (own / "nothing", own)


@pytest.fixture(scope="module")
def done(world, tmp_path_factory):
    """The world, embedded."""
    out = tmp_path_factory.mktemp("embedded") / "out"
    return embed(list_world("mine", {}, *world), out, count=4)


def vectors(out, modality):
    """Return id -> vector of all items of a folder that have one."""
    parquet = pytest.importorskip("pyarrow.parquet")
    _, paths = shards.read(out)
    rows = [row for path in paths for row in parquet.read_table(path).to_pylist()]
    assert [row["row"] for row in rows] == list(range(len(rows)))
    return {
        row["id"]: np.array(row[modality], np.float32) for row in rows if row[shards.has(modality)]
    }


@needs_daft
def test_vectors_are_those_of_the_world_and_of_its_encoding(world, done):
    engine = Engine(*world)
    assert (done.items, done.shards, done.skipped) == (ITEMS, 4, 0)
    for modality, id in engine.encoders("mine").items():
        there = space(engine, "mine", encoders.named(id, modality), roots=world)
        found = vectors(done.folder, modality)
        names = [engine.items("mine")[row].id for row in there.rows]
        assert sorted(found) == sorted(names)
        np.testing.assert_allclose([found[n] for n in names], there.vectors, atol=1e-6)
    assert len(vectors(done.folder, "audio")) == 10
    import pyarrow.parquet

    _, paths = shards.read(done.folder)
    assert str(pyarrow.parquet.read_schema(paths[0]).field("text").type) == (
        "fixed_size_list<element: float>[26]"
    )


@needs_daft
@pytest.mark.parametrize(
    "method", [Method("gated"), Method("late"), Method("gated", off=(Channel.TEXT,))]
)
def test_the_ranking_is_the_engine_s(world, done, method):
    request = Request("mine", Query(likes=("item-3", "item-8")), method, k=12)
    expected = Engine(*world).recommend(request)
    found = score(done.folder, request, roots=world)
    assert [each.id for each in found] == [each.item.id for each in expected.items]
    assert [each.score for each in found] == pytest.approx(
        [each.score for each in expected.items], abs=1e-5
    )


@needs_daft
def test_where_nothing_is_trained_likeness_ranks_alike(world, folder, small, tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path / "cache"))
    imports.import_source(importers.read(folder), "plain", root=tmp_path)
    roots = (tmp_path / "nothing", tmp_path)
    done = embed(list_world("plain", {}, *roots), tmp_path / "out", count=3)
    request = Request("plain", Query(likes=("item-3", "item-6")), k=9)
    expected = Engine(*roots).recommend(request).items
    found = score(done.folder, request, roots=roots)
    assert [each.score for each in found] == pytest.approx([e.score for e in expected], abs=1e-5)


def test_a_worker_draws_and_plays_what_a_rendered_world_shows():
    plans = Bundle(find("shop", ASSETS)).plans()
    listed = next(item for item in list_world("shop").items() if len(item.places) == 3)
    for modality, place in listed.places.items():
        made = item_media(worlds.create("shop"), plans[listed.id], modality)
        for one, two in zip(places.media(modality, place), made, strict=True):
            for name, value in vars(one).items():
                np.testing.assert_array_equal(value, getattr(two, name))


@needs_daft
def test_a_folder_is_judged_as_items_that_nobody_has_met(world, folder, small, tmp_path):
    done = embed(list_folder(folder), tmp_path / "out", count=2)
    assert done.failed == 1
    assert done.errors[0].startswith("item-7: This file cannot be read as a picture")
    assert "item-7" in vectors(done.folder, "text")
    assert "item-7" not in vectors(done.folder, "image")
    found = score(done.folder, Request("mine", Query(likes=("item-3",)), k=ITEMS), roots=world)
    assert sorted(each.id for each in found) == sorted(f"item-{n}" for n in range(ITEMS))
    assert all(np.isfinite(each.score) for each in found)


@needs_daft
def test_a_cut_run_goes_on_and_what_changed_is_done_again(folder, small, tmp_path, monkeypatch):
    out, listing = tmp_path / "out", list_folder(folder)
    write, written = shards.write_shard, []

    def cut(path, *rest):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path.name)
        write(path, *rest)

    planned = shards.plan(listing, out, 5)
    worker = embedding.Embedder({str(m): id for m, id in listing.encoders.items()})
    with monkeypatch.context() as patch:
        patch.setattr(shards, "write_shard", cut)
        with pytest.raises(KeyboardInterrupt):
            [worker.shard(shard.items, shard.goal, shard.digest) for shard in planned]
    with pytest.raises(TriadError, match="3 of 5 shards"):
        shards.read(out)
    planned[1].goal.write_bytes(planned[1].goal.read_bytes()[:-40])  # killed while writing in place

    done = embed(listing, out, count=5)
    assert (done.skipped, done.items) == (1, 24)
    assert done.failed == 1, "also what failed before the cut is reported"
    whole = {m: vectors(out, m) for m in Modality}
    assert embed(listing, out, count=5).skipped == 5

    was = (folder / "20.png").read_bytes()
    try:
        (folder / "20.png").write_bytes(picture(2))
        assert embed(list_folder(folder), out, count=5).skipped == 4
    finally:
        (folder / "20.png").write_bytes(was)
    changed = vectors(out, Modality.IMAGE)
    differ = [id for id, x in changed.items() if np.abs(x - whole[Modality.IMAGE][id]).max() > 1e-6]
    assert differ == ["item-20"]
    assert embed(list_folder(folder), out, count=3).skipped == 0
    assert len(list((out / "shards").iterdir())) == 3, "shards of the old division are gone"


@needs_daft
def test_a_worker_that_dies_is_tried_again_but_not_for_ever(folder, small, tmp_path, monkeypatch):
    listing, said = list_folder(folder), []
    run, deaths = embedding._run, [1, 1]

    def dying(daft, how, listing, left):
        yield from run(daft, how, listing, left[:1] if deaths else left)
        if deaths:
            deaths.pop()
            raise RuntimeError("UDF process has terminated")

    with monkeypatch.context() as patch:
        patch.setattr(embedding, "_run", dying)
        done = embed(listing, tmp_path / "out", count=6, say=said.append)
    assert (done.items, sum("going on" in line for line in said)) == (ITEMS, 2)

    def dead(*_):
        raise RuntimeError("cannot start")
        yield

    monkeypatch.setattr(embedding, "_run", dead)
    with pytest.raises(TriadError, match="6 shards left: RuntimeError: cannot start"):
        embed(listing, tmp_path / "other", count=6)


@needs_daft
def test_one_strange_medium_does_not_stop_the_others(folder, small, tmp_path, monkeypatch):
    def odd(batch, tokens, was=small._encode):
        if "zz" in batch[0].text:
            raise RuntimeError("matrix of no size")
        return was(batch, tokens)

    monkeypatch.setattr(small, "_encode", odd)
    done = embed(list_folder(folder), tmp_path / "out", count=1)
    assert done.failed > 1
    assert any("RuntimeError: matrix of no size" in line for line in done.errors)
    assert len(vectors(done.folder, "image")) == ITEMS - 1


@needs_daft
def test_command_line(folder, small, tmp_path, capsys):
    out = str(tmp_path / "out")
    argv = ["embed", str(folder), "--out", out, "--shards", "2", "--workers", "0"]
    assert main(argv) == 0
    said = capsys.readouterr()
    assert said.out.strip() == out
    assert "item-7: This file cannot be read" in said.err
    assert main(["score", out, "--history", "shop-0001"]) == 2
    assert "Embed again with that encoder" in capsys.readouterr().err


def test_what_cannot_be_is_said_in_a_sentence(folder, small, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    (tmp_path / "packed.zip").write_bytes(b"PK")
    listing = list_folder(folder)
    for code, run in {
        "scale_other": lambda: shards.plan(listing, tmp_path / "full", 2),
        "bad_count": lambda: shards.plan(listing, tmp_path / "out", 0),
        "scale_packed": lambda: list_folder(tmp_path / "packed.zip"),
        "scale_not_embedded": lambda: shards.read(tmp_path / "full"),
        "scale_runner": lambda: Runner("spark").start(),
        "scale_address": lambda: Runner("native", "ray://head:10001").start(),
        "unknown_world": lambda: list_world("nowhere"),
    }.items():
        with pytest.raises(TriadError) as caught:
            run()
        assert caught.value.code == code
        assert caught.value.say("zh") != caught.value.say("en")
    assert (tmp_path / "full" / "thesis.txt").read_text() == "mine"


@needs_daft
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_a_cluster_that_does_not_answer_is_not_waited_for():
    with pytest.raises(
        TriadError, match=r"127\.0\.0\.1:1 cannot be joined: ConnectionRefusedError"
    ):
        Runner("ray", "ray://127.0.0.1:1").start()


def test_without_daft_a_sentence_says_what_to_install(folder, small, tmp_path, monkeypatch, capsys):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(runner.importlib, "import_module", missing)
    assert main(["embed", str(folder), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert said.err.strip().endswith("Run: pip install -r requirements-scale.txt")
    assert not (tmp_path / "out").exists()


@needs_daft
@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("TRIAD_REQUIRE_RAY") != "1", reason="starts a Ray cluster: TRIAD_REQUIRE_RAY=1"
)
def test_two_workers_on_ray_make_the_same_vectors(folder, tmp_path):
    quiet = folder.parent / "wordless"
    quiet.mkdir()
    (quiet / "metadata.csv").write_text("file_name\n" + "".join(f"{n}.png\n" for n in range(9)))
    for n in range(9):
        (quiet / f"{n}.png").write_bytes((folder / f"{n}.png").read_bytes())
    for kind in ("native", "ray"):
        argv = ["embed", str(quiet), "--out", str(tmp_path / kind), "--shards", "3"]
        argv += ["--image-encoder", "colour-histogram-lbp", "--runner", kind, "--workers", "2"]
        root = Path(__file__).parents[3]
        subprocess.run([sys.executable, "-m", "core", *argv], cwd=root, check=True, timeout=200)
    one, two = (vectors(tmp_path / kind, "image") for kind in ("native", "ray"))
    assert len(one) == 8
    assert one.keys() == two.keys()
    for id, x in one.items():
        np.testing.assert_allclose(x, two[id], atol=1e-6)
