"""Parts taken out of the media: what goes, what stays, and that the model is asked about just that."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.clips import of_video
from core.coalitions import FULL
from core.encoders.base import Box, Encoded, Encoder, EncoderCard, Span, Stretch
from core.engine import Engine
from core.explain.attribution import occlusion
from core.explain.channel_phi import of_item
from core.explain.door import pair_of
from core.explain.masked import AROUND, AT_ONCE, eraser, masking, measured
from core.explain.parts import mean_of, parts_of
from core.explain.report import explain
from core.explain.within import Look, looks, report_of
from core.types import Channel, Media, Method, Modality, Passage, Picture, Query, Request, Sound
from tests.core.spoken import movie

WORDS = "one two three four five six seven eight nine ten"


class Words(Encoder):
    """A text is the mean of its words, each a fixed random vector: what phrases do, tokens do exactly."""

    def __init__(self, width):
        super().__init__()
        self.card = EncoderCard("words", Modality.TEXT, width, "-", "1", "MIT")
        self.seen = []

    def _encode(self, batch, tokens):
        self.seen += [each.text for each in batch]
        found = [[(w, at) for w, at in _words(each.text)] for each in batch]
        vectors = [torch.stack([self._vector(w) for w, _ in words]) for words in found]
        pooled = torch.stack([x.mean(0) for x in vectors])
        labels = tuple(tuple(Span(at, at + 1) for _, at in words) for words in found)
        padded = torch.nn.utils.rnn.pad_sequence(vectors, batch_first=True)
        return Encoded(pooled, padded if tokens else None, labels if tokens else ((),) * len(batch))

    def _vector(self, word):
        generator = torch.Generator().manual_seed(sum(map(ord, word)))
        return torch.randn(self.card.dim, generator=generator)


def _words(text):
    at = 0
    for word in text.split():
        at = text.index(word, at)
        yield word, at
        at += len(word)


@pytest.fixture
def look(planted, scalers, catalog, complete, model, entries):
    row, width = int(complete[3]), planted.vectors[Modality.TEXT].shape[1]
    phi = of_item(model, model.visitor(entries), row, FULL, Modality.TEXT)
    features = catalog.features[Modality.TEXT][row]
    text = Passage("a b c d e f g h i j k l", "en")
    return Look(Words(width), (text,), phi, scalers[Modality.TEXT], features, "item")


def test_deleting_words_is_occlusion_where_the_vector_is_their_mean(look):
    """The two methods are one for such an encoder, so each is the other's oracle."""
    encoded = look.encoder.encode(look.media, tokens=True)
    tokens = occlusion(look.phi, parts_of(encoded), look.scaler, look.features)
    *_, report = measured(look, report_of(look))
    assert [part.masked for part in report.parts] == pytest.approx(tokens.values, abs=1e-4)
    assert np.ptp(tokens.values) > 0.01
    assert report.masked_missing == pytest.approx(tokens.missing, abs=1e-3)


def test_it_can_be_stopped_and_goes_on_without_measuring_anything_twice(look):
    first = next(measured(look, report_of(look)))
    done = [part.masked is not None for part in first.parts]
    assert done == [True] * AT_ONCE + [False] * (len(done) - AT_ONCE)
    assert first.masked_missing is None
    look.encoder.seen.clear()
    *_, last = measured(look, first)
    assert len(look.encoder.seen) == 1 + len(done) - AT_ONCE  # the whole once, and what was missing
    assert [p.masked for p in last.parts[:AT_ONCE]] == [p.masked for p in first.parts[:AT_ONCE]]
    assert None not in {part.masked for part in last.parts}
    assert list(measured(look, last)) == []


def test_a_share_of_the_vector_moves_it_by_that_share(look):
    """Of a text in one of two languages, half is explained: a linear phi loses half as much."""
    linear = replace(look, phi=lambda x: x.sum(-1))
    *_, whole = measured(linear, report_of(linear))
    half = replace(linear, share=0.5)
    *_, part = measured(half, report_of(half))
    assert [p.masked for p in part.parts] == pytest.approx(
        [p.masked / 2 for p in whole.parts], abs=1e-5
    )


def test_without_its_only_part_a_modality_is_absent(look):
    single = replace(look, media=(Passage("alone", "en"),))
    *_, report = measured(single, report_of(replace(single)))
    # Its only token is its first character; with all of it gone there is no text.
    whole = replace(report.parts[0], label=Span(0, 5), masked=None)
    *_, gone = measured(single, replace(report, parts=(whole,)))
    assert gone.parts[0].masked == pytest.approx(gone.phi)
    assert gone.masked_missing == pytest.approx(0, abs=1e-6)


# What is taken out ----------------------------------------------------------------------------------------


def test_a_cell_is_blurred_with_its_surroundings_and_nothing_else():
    pixels = np.random.default_rng(0).integers(0, 256, (70, 140, 3), dtype=np.uint8)
    picture = Picture(pixels)
    cell = Box(3 / 7, 2 / 7, 4 / 7, 3 / 7)
    changed = (eraser(picture)(cell).pixels != pixels).any(-1)
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    assert (rows.min(), rows.max()) == (20 - 10 * AROUND, 29 + 10 * AROUND)
    assert (columns.min(), columns.max()) == (60 - 20 * AROUND, 79 + 20 * AROUND)
    assert changed[10:40, 40:100].mean() > 0.9
    plain = Picture(np.full((70, 140, 3), 200, np.uint8))
    assert np.array_equal(eraser(plain)(Box(0, 0, 1 / 7, 1 / 7)).pixels, plain.pixels)


def test_words_are_deleted_and_a_text_without_any_is_none():
    text = Passage(WORDS, "en")
    left = eraser(text)(Span(WORDS.index("three"), WORDS.index("six")))
    assert left.text.split() == ["one", "two", *WORDS.split()[5:]]
    assert left.language == "en"
    assert eraser(Passage("轻便。", "zh"))(Span(0, 2)) is None


def test_seconds_are_silent_and_a_sound_without_any_left_is_none():
    rate = 8000
    sound = Sound(np.sin(np.arange(2 * rate)).astype(np.float32), rate)
    left = eraser(sound)(Stretch(0.5, 1.0))
    inside = slice(rate // 2, rate)
    assert not left.samples[inside].any()
    outside = np.r_[0 : rate // 2 - 100, rate + 100 : 2 * rate]
    assert np.array_equal(left.samples[outside], sound.samples[outside])
    assert np.abs(np.diff(left.samples)).max() <= np.abs(np.diff(sound.samples)).max() + 1e-3
    assert eraser(sound)(Stretch(0.0, 2.0)) is None


# On the shipped world -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(own=tmp_path_factory.mktemp("own"))


def test_step_by_step_is_all_at_once(engine):
    off = tuple(c for c in Channel if c is not Channel.AUDIO)
    request = Request("shop", Query(likes=("shop-0003", "shop-0017")), Method(off=off))
    item = engine.recommend(request).items[0].item.id
    plain = explain(engine, request, item)
    steps = list(masking(engine, request, item, plain.parts, "en"))
    total = len(plain.parts[0].parts)
    assert [step.done for step in steps] == [*range(0, total, AT_ONCE), total]
    assert {step.total for step in steps} == {total}
    assert steps[0].reports == plain.parts
    found = explain(engine, request, item, masked=True)
    assert found.parts == steps[-1].reports
    (report,) = found.parts
    assert (report.frames, report.parts[0].frame) == ((), None)
    assert report.masked_missing == pytest.approx(report.phi - sum(p.masked for p in report.parts))
    assert any(abs(p.masked) > 1e-4 for p in report.parts)
    assert [replace(p, masked=None) for p in report.parts] == list(plain.parts[0].parts)


def test_all_frames_of_a_video_are_looked_into(engine):
    film = of_video(movie(seconds=1, fps=3))[0]
    off = tuple(c for c in Channel if c is not Channel.IMAGE)
    request = Request("shop", Query(media=(film,)), Method(off=off))
    item = engine.recommend(request).items[0].item.id
    pair = pair_of(engine, request, item)
    look = next(look for look in looks(engine, pair, "en") if look.of == "upload")
    report = report_of(look)
    count = len(report.frames)
    assert count > 1
    assert len(report.parts) == 49 * count
    assert sorted({part.frame for part in report.parts}) == list(range(count))
    assert report.gap < 1e-3  # the mean over cells and time is what the engine was given
    assert abs(report.gradient_missing) < 0.02
    first = next(measured(look, report))
    assert all(part.masked is not None for part in first.parts[:AT_ONCE])
    # Blurring a cell of one frame is blurring it in the mean: as the engine would have it.
    part = first.parts[0]
    pictures = [eraser(look.media[0])(part.label), *look.media[1:]]
    vectors = look.encoder.encode(pictures).pooled
    features = look.scaler(mean_of(vectors, look.weights)[None].numpy())
    with torch.no_grad():
        lost = report.phi - float(look.phi(torch.from_numpy(features))[0])
    assert part.masked == pytest.approx(lost, abs=1e-3)


def test_media_are_what_the_door_gives(engine):
    """A visitor's text is masked as it was typed."""
    said = Media(Modality.TEXT, b"Light and warm. It is durable.")
    request = Request("shop", Query(media=(said,)), Method(off=(Channel.IMAGE, Channel.AUDIO)))
    item = next(r.item.id for r in engine.recommend(request).items if r.present[Channel.TEXT])
    found = explain(engine, request, item, masked=True)
    upload = next(report for report in found.parts if report.of == "upload")
    assert upload.text == said.data.decode()
    assert None not in {part.masked for part in upload.parts}
