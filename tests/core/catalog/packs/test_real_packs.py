"""What the packages of Debian 12 hold. Another version may hold more, hardly less."""

import os
from collections import Counter

import pytest

from core.catalog.packs import packs
from core.errors import TriadError
from core.media import decode
from core.types import Media, Modality

DEBIAN_12 = {"furniture": (746, 271, 0), "places": (321, 0, 0), "stamps": (703, 529, 103)}
"""Items, those with Chinese, those with a sound."""


@pytest.fixture(scope="module", params=DEBIAN_12)
def installed(request):
    pack = packs()[request.param]
    if not pack.installed():
        if request.param in os.environ.get("TRIAD_REQUIRE_PACKS", "").split():
            pytest.fail(f"TRIAD_REQUIRE_PACKS names {request.param}, which is not installed")
        pytest.skip(f"{pack.card.package} is not installed")
    return request.param, pack.read()


def test_counts(installed):
    key, source = installed
    chinese = sum("zh" in item.texts for item in source.items)
    found = (len(source.items), chinese, int(source.has(Modality.AUDIO).sum()))
    assert all(have >= 0.95 * known for have, known in zip(found, DEBIAN_12[key], strict=True))
    assert found == DEBIAN_12[key]


def test_items_are_whole(installed):
    key, source = installed
    assert len({item.id for item in source.items}) == len(source.items)
    for item in source.items:
        assert item.texts["en"].title
        assert item.credit.licence
        assert item.credit.author
        assert item.credit.source.startswith("http")
    assert source.has(Modality.IMAGE).sum() == len(source.items) - len(source.problems)
    assert Counter(problem.code for problem in source.problems) == (
        {"media_missing": 2} if key == "stamps" else {}
    )


def test_every_tenth_medium_can_be_decoded(installed):
    _, source = installed
    for item in source.items[::10]:
        for modality, blob in item.media.items():
            decode(Media(modality, blob.read(), blob.name))


@pytest.mark.parametrize("installed", ["stamps"], indirect=True)
def test_four_sounds_of_the_stamps_are_silent(installed):
    _, source = installed
    refused = {}
    for item in source.items:
        if sound := item.media.get(Modality.AUDIO):
            try:
                decode(Media(Modality.AUDIO, sound.read(), sound.name))
            except TriadError as error:
                refused[item.id] = error.code
    assert set(refused.values()) == {"sound_silent"}
    assert len(refused) == 4


@pytest.mark.parametrize("installed", ["places"], indirect=True)
def test_places_are_worth_reading(installed):
    _, source = installed
    lengths = sorted(len(item.texts["en"].description) for item in source.items)
    assert lengths[0] > 100
    assert 400 < lengths[len(lengths) // 2] < 700
    assert len({item.media[Modality.IMAGE].name for item in source.items}) == 250
