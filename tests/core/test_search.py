"""Search by a sentence, on the bundles that ship."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest

from core import search_command, search_index
from core.catalog import bundle
from core.encoders import bridge
from core.encoders.bridge_words import TAGS
from core.engine import Engine
from core.errors import TriadError
from core.resources import ASSETS
from core.search import listen, search
from core.types import MODALITIES, Modality

IMAGE, TEXT, AUDIO = Modality.IMAGE, Modality.TEXT, Modality.AUDIO


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        search_index.forget()
        yield
    search_index.forget()


@pytest.fixture(scope="module")
def engine():
    return Engine()


def precision(engine, world, words, modality):
    hits = [
        found.item.category == category
        for category, word in words.items()
        for found in search(engine, world, word, modalities=(modality,))
    ]
    return np.mean(hits)


SHOP = {
    "teapot": ("teapot", "茶壶"),
    "umbrella": ("umbrella", "雨伞"),
    "vase": ("vase", "花瓶"),
    "piggy_bank": ("piggy bank", "存钱罐"),
    "rocking_chair": ("rocking chair", "摇椅"),
}


@pytest.mark.parametrize("language", [0, 1], ids=["en", "zh"])
@pytest.mark.parametrize("modality", [TEXT, IMAGE])
def test_well_above_chance(engine, modality, language):
    """Chance is 1/16."""
    words = {category: pair[language] for category, pair in SHOP.items()}
    assert precision(engine, "shop", words, modality) > 0.8


def test_texts_of_the_other_worlds_are_found(engine):
    """Chance is 1/8."""
    assert precision(engine, "social", {"camping": "露营", "cycling": "cycling"}, TEXT) > 0.8
    assert precision(engine, "music", {"jazz": "爵士", "folk": "folk"}, TEXT) > 0.8


def test_both_languages_find_overlapping_items(engine):
    for modality in (IMAGE, TEXT):
        for english, chinese in SHOP.values():
            both = [
                {f.item.id for f in search(engine, "shop", word, modalities=(modality,), k=20)}
                for word in (english, chinese)
            ]
            assert len(both[0] & both[1]) >= 8, (english, modality)


def test_what_is_found_is_sound(engine):
    found = search(engine, "shop", "a teapot for long talks", k=30)
    assert len({f.item.id for f in found}) == 30
    cosines = [f.cosine for f in found]
    assert cosines == sorted(cosines, reverse=True)
    assert all(-1 <= cosine <= 1 for cosine in cosines)
    assert all(f.modality in f.item.modalities for f in found)
    assert found == search(engine, "shop", "a teapot for long talks", k=30)


def test_an_item_is_found_by_its_nearest_modality(engine):
    """The search over all modalities is the maximum of the searches over each."""
    alone = {}
    for modality in MODALITIES:
        for f in search(engine, "shop", "ringing glass", modalities=(modality,), k=100):
            alone.setdefault(f.item.id, []).append((f.cosine, modality))
    for f in search(engine, "shop", "ringing glass", k=10):
        assert max(alone[f.item.id]) == (pytest.approx(f.cosine), f.modality)


def test_words_are_in_the_language_of_the_sentence_and_of_the_item(engine):
    (found,) = search(engine, "shop", "茶壶", modalities=(IMAGE,), k=1)
    assert found.words[0] == "茶壶"
    (found,) = search(engine, "shop", "teapot", modalities=(IMAGE,), k=1)
    assert found.words[0] == "teapot"
    (found,) = search(engine, "shop", "teapot", modalities=(TEXT,), k=1)
    assert found.words[0] in found.item.texts["en"].whole
    (found,) = search(engine, "shop", "茶壶", modalities=(TEXT,), k=1)
    assert found.words[0] in found.item.texts["zh"].whole


def test_sounds_are_found_by_how_they_sound(engine):
    """In the shop a sound tells the substance, which no sentence names: glass rings, in either language."""
    plans = bundle.Bundle(bundle.folder("shop", ASSETS)).plans()
    for sentence in ("glass", "玻璃"):
        found = search(engine, "shop", sentence, modalities=(AUDIO,))
        assert sum(plans[f.item.id].values["substance"] == 0 for f in found) >= 6  # chance: 2
        assert all(f.words for f in found)


BAD = {
    "": "text_no_words",
    " \n\t": "text_no_words",
    "😀🎉": "text_no_words",
    "?!…": "text_no_words",
    "a" * 2**20: "text_too_long",
    "a" * 2**25: "text_too_long",
    "\udcff mug": "text_not_utf8",
    "\ud800": "text_not_utf8",
}


@pytest.mark.parametrize("sentence", BAD, ids=lambda s: ascii(s[:8]))
def test_a_bad_sentence_is_one_clear_error(engine, sentence):
    with pytest.raises(TriadError) as caught:
        search(engine, "shop", sentence)
    assert caught.value.code == BAD[sentence]
    for language in ("en", "zh"):
        said = caught.value.say(language)
        assert "\n" not in said
        assert len(said) < 200


def test_other_bad_requests(engine):
    for wrong, code in (
        ({"world": "nowhere"}, "unknown_world"),
        ({"k": 0}, "bad_k"),
        ({"k": 101}, "bad_k"),
        ({"modalities": ()}, "search_nothing"),
    ):
        with pytest.raises(TriadError) as caught:
            search(engine, **{"world": "shop", "sentence": "a mug"} | wrong)
        assert caught.value.code == code
        assert caught.value.say("zh")


def test_a_world_with_vectors_of_another_is_looked_at_once(engine, monkeypatch, tmp_path):
    """The vectors that are made from the media then agree with those that the bundle stores."""
    few = 6
    source = bundle.Bundle(bundle.folder("shop", ASSETS))
    dataset = source.dataset()
    root = tmp_path / "assets"
    folder = bundle.folder("shop", root)
    folder.mkdir(parents=True)
    rows = source.json("items.json")[:few]
    (folder / "items.json").write_text(json.dumps(rows))
    for name in ("visitors.json", "interactions.npz", "vectors.npz", "scalers.npz"):
        (folder / name).write_bytes(source.file(name).read_bytes())
    facts = {k: v for k, v in source.manifest.items() if k not in ("files", "format", "encoders")}
    bundle.write_manifest(folder, **facts, encoders={})

    class Shown(Engine):
        shown = 0

        def items(self, world):
            return dataset.items[:few]

        def shows(self, world):
            return True

        def picture(self, world, id, size=256):
            Shown.shown += 1
            return engine.picture(world, id, size)

        def sound(self, world, id):
            raise AssertionError("nobody asked for sounds")

    monkeypatch.setattr(search_index, "ENOUGH", 10**9)
    asked = {"modalities": (IMAGE, TEXT), "k": few, "roots": (root,)}
    found = search(Shown(), "shop", "a teapot", **asked)
    looked_at = Shown.shown
    assert looked_at == sum(IMAGE in item.modalities for item in dataset.items[:few])
    search_index.forget()
    assert search(Shown(), "shop", "a teapot", **asked) == found
    assert Shown.shown == looked_at
    stored = {f.item.id: f for f in search(engine, "shop", "a teapot", modalities=(IMAGE,), k=100)}
    for f in found:
        if f.modality is IMAGE and f.item.id in stored:
            assert f.cosine == pytest.approx(stored[f.item.id].cosine, abs=0.02)


def test_what_musicnn_heard_is_kept_and_used(monkeypatch):
    engine = Engine()
    items = engine.items("music")
    heard = []

    def tag(sounds):
        heard.append(sounds)
        jazz = items_with_sound[len(heard) - 1].category == "jazz"
        tags = np.full((1, len(TAGS.words)), 0.05, dtype=np.float32)
        tags[0, 9 if jazz else 12] = 0.9
        return tags

    items_with_sound = [item for item in items if AUDIO in item.modalities]
    monkeypatch.setattr(bridge, "tag", tag)
    monkeypatch.setattr("core.search.media_of", lambda *_: [])
    told = []
    listen(engine, "music", say=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(items_with_sound), len(items_with_sound))
    for sentence in ("jazz", "爵士"):
        found = search(engine, "music", sentence, modalities=(AUDIO,))
        assert {f.item.category for f in found} == {"jazz"}
        assert found[0].words[0] in ("jazz music", "爵士音乐")


def run(*given):
    parser = argparse.ArgumentParser()
    search_command.add_arguments(parser)
    search_command.run(parser.parse_args(given))


def test_the_command(capsys, engine):
    run("茶壶", "--modality", "image", "-k", "3", "--lang", "zh", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["world"], answer["sentence"]) == ("shop", "茶壶")
    found = search(engine, "shop", "茶壶", modalities=(IMAGE,), k=3)
    assert [item["id"] for item in answer["items"]] == [f.item.id for f in found]
    assert answer["items"][0] == {
        "id": found[0].item.id,
        "title": found[0].item.text("zh").title,
        "modality": "image",
        "cosine": pytest.approx(found[0].cosine, abs=1e-4),
        "words": list(found[0].words),
    }
    run("teapot", "-k", "2")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "shop-" in lines[0]
    assert "teapot" in lines[0]
