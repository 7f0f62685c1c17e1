"""The chain is the implementation: what is traced is what is decoded, and its name says how."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from core.errors import TriadError
from core.media import decode, fingerprint, trace
from core.media.audio import AUDIO_CHAIN
from core.media.image import IMAGE_CHAIN
from core.media.limits import MAX_SIDE
from core.media.steps import Look, Op, Stage, trace_ops
from core.media.text import TEXT_CHAIN
from core.types import Media, Modality

CHAINS = (IMAGE_CHAIN, TEXT_CHAIN, AUDIO_CHAIN)


def text(said: str) -> Media:
    return Media(Modality.TEXT, said.encode())


def step(media: Media, key: str):
    return next(each for each in trace(media) if each.key == key)


def media_of_all_kinds(make_scene, make_tone, save, write) -> list[Media]:
    exif = Image.Exif()
    exif[274] = 6
    clear = make_scene().convert("RGBA")
    clear.putalpha(make_scene().convert("L"))
    note = make_tone(0.4, 44_100)
    return [
        save(make_scene(1500, 1100), "JPEG", exif=exif),
        save(clear, "PNG"),
        save(make_scene().convert("P"), "PNG"),
        save(make_scene().convert("CMYK"), "JPEG"),
        write(np.stack([note, -note / 3], axis=1), 44_100, "wav"),
        write(9 * note, 32_000, "wav-float"),
        write(note, 48_000, "m4a"),
        text("Cafe\u0301  \u200bmug\r\n\r\n 很好看 "),
    ]


def test_the_last_look_is_what_decoding_returns(make_scene, make_tone, save, write) -> None:
    for media in media_of_all_kinds(make_scene, make_tone, save, write):
        last, clean = trace(media)[-1].after, decode(media)
        match media.modality:
            case Modality.IMAGE:
                assert np.array_equal(last.value, clean.pixels)
            case Modality.AUDIO:
                assert np.array_equal(last.value, clean.samples)
                assert last.facts["rate"] == clean.rate
            case Modality.TEXT:
                assert last.value == clean.text
                assert last.facts["language"] == clean.language


def test_steps_follow_one_another(make_scene, make_tone, save, write) -> None:
    for media in media_of_all_kinds(make_scene, make_tone, save, write):
        steps = trace(media)
        assert [steps[0].key, steps[0].before.facts] == ["decode", {"bytes": len(media.data)}]
        for one, other in pairwise(steps):
            assert one.after is other.before


def test_what_is_clean_already_is_left_alone(make_scene, make_tone, save, write) -> None:
    for media in (
        save(make_scene(), "PNG"),
        write(make_tone(0.5, 32_000), 32_000, "wav"),
        text("A fine mug"),
    ):
        changed = [each.key for each in trace(media) if each.changed]
        assert changed in (["decode"], ["decode", "language"])


def test_a_turned_photo_is_seen_before_and_after(make_scene, save) -> None:
    exif = Image.Exif()
    exif[274] = 3
    turn = step(save(make_scene(), "PNG", exif=exif), "upright")
    assert np.array_equal(turn.after.value, turn.before.value[::-1, ::-1])


def test_a_step_that_works_in_place_is_seen_before_and_after(make_scene, save) -> None:
    shrunk = step(save(make_scene(2000, 1000), "PNG"), "shrink")
    assert (shrunk.before.facts["width"], shrunk.after.facts["width"]) == (2000, MAX_SIDE)


def test_facts_of_a_sound(make_tone, write) -> None:
    note = make_tone(1.0, 48_000)
    loud = write(np.stack([4 * note, 4 * note], axis=1), 48_000, "wav-float")
    peak = step(loud, "peak")
    assert peak.before.facts["channels"] == 2
    assert peak.before.facts["peak"] == pytest.approx(4 * np.abs(note).max(), abs=1e-3)
    assert peak.after.facts["peak"] == 1
    fell = peak.before.facts["loudness"] - peak.after.facts["loudness"]
    assert fell == pytest.approx(20 * np.log10(4 * np.abs(note).max()), abs=0.11)
    assert step(loud, "rate").after.facts["rate"] == 32_000


def test_what_is_removed_from_a_text_is_removed_by_its_step() -> None:
    media = text("a\u200bb  c\u0301")
    keys = ("compose", "visible", "blanks")
    counts = [step(media, key).after.facts["characters"] for key in keys]
    assert counts == [6, 5, 4]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + b"x" * 40, b"junk"])
def test_tracing_refuses_what_decoding_refuses(data) -> None:
    for modality in Modality:
        media = Media(modality, data, "file")
        codes = []
        for open_ in (decode, trace):
            try:
                open_(media)
                codes.append("fine")
            except TriadError as error:
                codes.append(error.code)
        assert codes[0] == codes[1]


def test_a_damaged_picture_is_refused_by_both(make_scene, save) -> None:
    whole = save(make_scene(), "PNG")
    for open_ in (decode, trace):
        with pytest.raises(TriadError) as caught:
            open_(replace(whole, data=whole.data[: len(whole.data) // 2]))
        assert caught.value.code == "image_truncated"


@pytest.mark.parametrize("chain", CHAINS)
def test_a_fingerprint_tells_of_every_change(chain) -> None:
    first, *rest = chain.ops
    others = [
        replace(chain, version=chain.version + 1),
        replace(chain, parameters={**chain.parameters, "more": 1}),
        replace(chain, ops=tuple(rest)),
        replace(chain, ops=(*rest, first)),
        replace(chain, ops=(replace(first, parameters={"other": 2}), *rest)),
        replace(chain, ops=(replace(first, key="other"), *rest)),
    ]
    prints = {chain.fingerprint, *(each.fingerprint for each in others)}
    assert len(prints) == len(others) + 1
    assert replace(chain).fingerprint == chain.fingerprint


def test_each_modality_has_its_own_fingerprint() -> None:
    assert len({fingerprint(m) for m in Modality}) == len(Modality)
    assert [fingerprint(m) for m in Modality] == [c.fingerprint for c in CHAINS]


def wav_of(samples: np.ndarray, rate: int) -> bytes:
    body = samples.astype("<f4").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, rate, 4 * rate, 4, 32)
    data = struct.pack("<4sI", b"data", len(body)) + body
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def test_a_change_of_the_output_needs_a_new_fingerprint(save) -> None:
    """The digests are of what was decoded before there were steps.

    Whoever has to change one of them has changed what vectors are made of, and counts ``version`` up.
    """
    ramp = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
    picture = decode(save(Image.fromarray(ramp), "PNG"))
    sound = decode(
        Media(Modality.AUDIO, wav_of(2 * np.sin(np.arange(6400, dtype=np.float64) / 9), 32_000))
    )
    passage = decode(text("\ufeffCafe\u0301  mug\u200b \r\n\n 很好看"))
    assert np.array_equal(picture.pixels, ramp)
    assert hashlib.sha256((sound.samples * 2**12).round().tobytes()).hexdigest() == SOUND_DIGEST
    assert (passage.text, passage.language) == ("Café mug\n很好看", "zh")
    assert [c.version for c in CHAINS] == [1, 1, 1]


SOUND_DIGEST = "dde90f91367e0893eccadfbdfaee8b70e3bd36706142a2a35ca2f7ee23406e09"


def test_tracing_runs_each_step_once() -> None:
    calls = []
    ops = tuple(
        Op(str(n), Stage.CLEAN, lambda x, n=n: (calls.append(n), x + n)[1]) for n in (1, 2, 3)
    )
    steps = list(trace_ops(10, ops, lambda x: Look(str(x), {"is": x})))
    assert calls == [1, 2, 3]
    assert [s.after.value for s in steps] == ["11", "13", "16"]
    assert all(s.changed for s in steps)
