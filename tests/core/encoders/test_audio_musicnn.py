"""musicnn: what it hears, where its weights are here; the rest without them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from core import encoders
from core.catalog.worlds.base import Plan
from core.catalog.worlds.music import factors
from core.catalog.worlds.music.sounds import play
from core.encoders.musicnn import MusicnnMagna, MusicnnMillionSong, patch_starts, patches
from core.encoders.musicnn_net import MusicnnNet, load
from core.encoders.sources import resolve, whereabouts
from core.types import MODALITIES, Sound

# Downloading is not a test's business; python -m core weights musicnn-magnatagatune --fetch does it.
needs_wheel = pytest.mark.skipif(
    not all(whereabouts(each.needs).here for each in (MusicnnMagna, MusicnnMillionSong)),
    reason="the weights of musicnn are not in the cache folder",
)


@cache
def track(genre: str, feel: str, seed: int = 0) -> Sound:
    values = {
        "genre": factors.GENRE.values.index(genre),
        "feel": factors.FEEL.values.index(feel),
        "lead": factors.LEAD.values.index("keys"),
    }
    return play(Plan("track", seed, seed, values, frozenset(MODALITIES)))


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
    ("encoder", "tag", "value", "sums"),
    [
        (MusicnnMagna, 3, 0.742403, [2.195134, 140.1374]),
        (MusicnnMillionSong, 4, 0.455582, [1.571721, 11.0555]),
    ],
)
def test_outputs_equal_tensorflows(encoder, tag, value, sums):
    """Figures of TensorFlow 2.21 on the graph of the wheel itself, fed with the same patch."""
    t, band = np.mgrid[:187, :96]
    patch = 1.5 + np.sin(t * 0.37) * np.cos(band * 0.11) + 0.5 * np.sin(t * band * 0.01)
    with torch.inference_mode():
        heard = load(resolve(encoder.needs))(torch.from_numpy(patch.astype(np.float32))[None])
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
