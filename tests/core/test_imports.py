"""From files to a scenario that recommends, and what happens when that is cut short."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from core import imports
from core.catalog import bundle, importers
from core.engine import Engine
from core.errors import TriadError
from core.training.train import TrainConfig
from core.types import Channel, Media, Method, Modality, Query, Request

QUICK = TrainConfig(epochs=1, batch=64)


def picture(colour):
    out = io.BytesIO()
    Image.new("RGB", (48, 40), colour).save(out, "PNG")
    return out.getvalue()


def sound(hertz):
    out = io.BytesIO()
    t = np.arange(16_000) / 16_000
    soundfile.write(out, 0.3 * np.sin(2 * np.pi * hertz * t), 16_000, format="WAV")
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Twelve items: pictures of two colours, a few sounds, texts in two languages."""
    home = tmp_path / "mine"
    home.mkdir()
    rows = ["id,file_name,audio,title,title_zh"]
    for n in range(12):
        (home / f"{n}.png").write_bytes(picture((20 * n, 200 if n % 2 else 20, 90)))
        tone = ""
        if n < 5:
            tone = f"{n}.wav"
            (home / tone).write_bytes(sound(220 + 110 * n))
        rows.append(f"item-{n},{n}.png,{tone},A {'green' if n % 2 else 'red'} thing {n},东西 {n}")
    (home / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    return home


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """No vector of another test is found."""
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def engine(tmp_path):
    return Engine(tmp_path / "nothing", own=tmp_path / "own")


def take(folder, tmp_path, name="mine", **more):
    return imports.import_source(
        importers.read(folder), name, root=tmp_path / "own", config=QUICK, visitors=64, **more
    )


def test_without_interactions_likeness_recommends_and_adds_up(folder, tmp_path, engine):
    made = take(folder, tmp_path)
    assert (made.items, made.interactions, made.methods) == (12, 0, ())
    card = engine.worlds()[0]
    assert (card.kind, card.simulated, card.visitors) == ("yours", False, 0)
    assert card.modalities == {"image": 12, "text": 12, "audio": 5}
    assert engine.built("mine") == ()
    assert engine.default_visitor("mine") == ""
    result = engine.recommend(Request("mine", Query(likes=("item-3",)), k=5))
    for item in result.items:
        assert item.base + sum(item.contributions.values()) == pytest.approx(item.score, abs=1e-6)
        assert item.contributions[Channel.BEHAVIOUR] == 0
    assert result.items[0].item.id in {f"item-{n}" for n in (1, 5, 7, 9, 11)}, "green, as liked"
    upload = Query(media=(Media(Modality.IMAGE, (folder / "4.png").read_bytes()),))
    assert engine.recommend(Request("mine", upload, k=1)).items[0].item.id == "item-4"
    assert engine.recommend(Request("mine", k=3)).likes, "begins from an item where nobody is known"


def test_media_are_shown_and_missing_ones_are_said_to_be(folder, tmp_path, engine):
    take(folder, tmp_path)
    with Image.open(io.BytesIO(engine.picture("mine", "item-3", 64))) as image:
        assert max(image.size) <= 64
        assert image.convert("RGB").getpixel((image.width // 2, image.height // 2))[1] > 150
    samples, _ = soundfile.read(io.BytesIO(engine.sound("mine", "item-2")))
    assert np.abs(samples).max() > 0.1
    with pytest.raises(TriadError, match="item-7"):
        engine.sound("mine", "item-7")


def test_with_simulated_visitors_methods_are_trained_and_labelled(folder, tmp_path, engine):
    made = take(folder, tmp_path, simulated=True)
    assert made.methods == ("gated-off-dot", "concat-off-dot", "late-off-dot")
    assert engine.worlds()[0].simulated
    assert Method("late") in engine.built("mine")
    result = engine.recommend(Request("mine", method=Method("late"), k=3))
    for item in result.items:
        assert item.base + sum(item.contributions.values()) == pytest.approx(item.score, abs=1e-5)


def test_a_medium_that_cannot_be_decoded_costs_itself_and_is_reported(folder, tmp_path):
    (folder / "3.png").write_text("not a picture")
    (folder / "1.wav").write_bytes(sound(0))
    made = take(folder, tmp_path)
    assert made.items == 12
    said = importers.report(imports.replace(importers.read(folder), problems=made.problems), "en")
    assert sum("3.png" in line for line in said) == 1
    assert sum("1.wav" in line for line in said) == 1
    assert sorted(p.code for p in made.problems) == ["image_unreadable", "sound_silent"]


def test_stopped_half_way_it_keeps_the_old_scenario_and_goes_on_where_it_was(
    folder, tmp_path, engine, monkeypatch
):
    take(folder, tmp_path)
    before = (tmp_path / "own" / "worlds" / "mine" / "manifest.json").read_bytes()
    for n in range(12):
        (folder / f"{n}.png").write_bytes(picture((9, 9, 9 + n)))
    asked = iter([False] * 6)
    with pytest.raises(imports.ImportStopped):
        take(folder, tmp_path, stop=lambda: next(asked, True))
    assert (tmp_path / "own" / "worlds" / "mine" / "manifest.json").read_bytes() == before
    assert [c.key for c in engine.worlds()] == ["mine"], "half an import is no scenario"

    decoded = []
    monkeypatch.setattr(
        imports,
        "decode",
        lambda media, was=imports.decode: decoded.append(media.name) or was(media),
    )
    take(folder, tmp_path)
    assert "0.png" not in decoded
    assert "9.png" in decoded
    assert [p.name for p in (tmp_path / "own" / "worlds").iterdir()] == ["mine"]


def test_killed_between_two_moves_the_old_scenario_comes_back(
    folder, tmp_path, engine, monkeypatch
):
    take(folder, tmp_path)
    before = (tmp_path / "own" / "worlds" / "mine" / "manifest.json").read_bytes()
    moves = iter([True])

    def rename(self, target, was=Path.rename):
        if self.name.startswith(".mine-") and self.name != ".mine-old" and next(moves, False):
            raise KeyboardInterrupt
        return was(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(KeyboardInterrupt):
            take(folder, tmp_path)
    assert not (tmp_path / "own" / "worlds" / "mine").exists()
    assert [c.key for c in engine.worlds()] == ["mine"]
    assert (tmp_path / "own" / "worlds" / "mine" / "manifest.json").read_bytes() == before


def test_a_vector_that_was_written_half_is_made_again(folder, tmp_path):
    stopped = iter([False] * 3)
    with pytest.raises(imports.ImportStopped):
        take(folder, tmp_path, stop=lambda: next(stopped, True))
    kept = sorted((tmp_path / "cache" / "vectors").glob("*/*"))
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:50])
    assert take(folder, tmp_path).items == 12


def test_export_and_import_give_the_same_scenario(folder, tmp_path):
    made = take(folder, tmp_path, simulated=True)
    importers.write(imports.source_of(bundle.Bundle(made.path)), tmp_path / "out")
    again = take(tmp_path / "out", tmp_path, name="again")
    one, two = (bundle.Bundle(m.path).dataset() for m in (made, again))
    assert one.items == two.items
    for modality in Modality:
        np.testing.assert_allclose(one.vectors[modality], two.vectors[modality], atol=1e-5)
    took = [
        {(d.visitors[u], d.items[i].id) for u, i in zip(x.user, x.item, strict=True)}
        for d in (one, two)
        for x in (d.interactions,)
    ]
    assert took[0] == took[1]


def test_features_without_media_recommend_and_refuse_what_they_cannot_encode(tmp_path, engine):
    home = tmp_path / "features"
    home.mkdir()
    rng = np.random.default_rng(0)
    np.save(home / "text_feat.npy", rng.normal(size=(30, 8)).astype(np.float32))
    lines = ["userID\titemID\trating\tx_label"]
    lines += [f"{u}\t{i}\t1\t{(u + i) % 3}" for u in range(40) for i in rng.permutation(30)[:9]]
    (home / "f.inter").write_text("\n".join(lines))
    made = take(home, tmp_path, name="features")
    assert made.items == 30
    assert not engine.shows("features")
    assert len(engine.recommend(Request("features", method=Method("gated"), k=4)).items) == 4
    with pytest.raises(TriadError, match="text features of its own"):
        engine.recommend(Request("features", Query(media=(Media(Modality.TEXT, b"hello"),))))
    with pytest.raises(TriadError):
        engine.picture("features", "1")


@pytest.mark.parametrize("name", ["shop", "Shop", "../x", "", "a" * 41, ".x", "a b", "商店"])
def test_names_that_cannot_be(name, folder, tmp_path):
    with pytest.raises(TriadError):
        take(folder, tmp_path, name=name)
    assert not (tmp_path / "own").exists()


def test_problems_are_kept_with_the_scenario(folder, tmp_path):
    (folder / "2.png").unlink()
    made = take(folder, tmp_path)
    kept = json.loads((made.path / "problems.json").read_text("utf-8"))
    assert [p["code"] for p in kept] == ["media_missing"]
