import re

import pytest

from core.catalog.packs import packs
from core.catalog.packs.ids import make_ids
from core.resources import ASSETS


def test_every_pack_has_its_card():
    assert list(packs()) == ["furniture", "places", "stamps"]
    for key, pack in packs().items():
        assert pack.card.key == key
        assert pack.card.package
        assert pack.card.licence
        assert pack.card.homepage.startswith("https://")


def test_the_hosts_that_read_packages_txt_install_all_packs():
    listed = (ASSETS.parent / "packages.txt").read_text().split()
    assert {pack.card.package for pack in packs().values()} <= set(listed)


@pytest.mark.parametrize("key", packs())
def test_an_empty_machine_has_no_packs(key, tmp_path):
    assert not packs()[key].installed(tmp_path)
    assert packs()[key].read(tmp_path).items == ()


def test_ids_are_safe_different_and_stable():
    names = [
        "animals/birds/crow",
        "Alta Hai",
        "Alta-Hai",
        "Ablub's",
        "椅子",
        "桌子",
        "x" * 99,
        "..",
    ]
    ids = make_ids(names)
    assert ids[:4] == ["animals.birds.crow", "Alta-Hai", "Alta-Hai-2", "Ablubs"]
    assert len(set(ids)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", id) for id in ids)
    assert make_ids(names) == ids
