"""The maps: PCA against a plain SVD, neighbours against brute force, fused against scored vectors."""

import importlib.util
import sys
import types

import numpy as np
import pytest

from core import atlas as maps
from core.atlas import FUSED, atlas, fused, neighbours, pca, space
from core.coalitions import FULL
from core.engine import Engine
from core.errors import TriadError
from core.methods import catalog_of, fit_scalers, new_tower
from core.recommenders.neighbours import Neighbours
from core.recommenders.two_tower import TwoTower
from core.types import CHANNELS, MODALITIES, Method


@pytest.fixture(scope="module")
def catalog(planted):
    return catalog_of(planted, fit_scalers(planted, axes=16))


@pytest.fixture(scope="module")
def model(catalog):
    return TwoTower(new_tower(Method(), catalog, seed=3, width=16), catalog)


class OneModel:
    """All that an atlas asks of an engine."""

    def __init__(self, model):
        self._model = model

    def model(self, world, method):
        return self._model


def cloud(rows=40, width=7, seed=0):
    x = np.random.default_rng(seed).normal(size=(rows, width)) * np.arange(1, width + 1)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def test_pca_is_the_svd_of_what_is_centred():
    x = cloud()
    centred = x - x.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    places, kept = pca(x)
    np.testing.assert_allclose(places, centred @ axes[:2].T, atol=1e-10)
    assert kept == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum())


def test_the_sign_does_not_depend_on_the_order_of_items():
    x = cloud()
    turned = np.random.default_rng(1).permutation(len(x))
    np.testing.assert_allclose(pca(x[turned])[0], pca(x)[0][turned], atol=1e-9)


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (2, 4), (5, 1)])
def test_a_tiny_space_has_a_map(shape):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = space(x, np.ones(shape[0], bool))
    assert found.places.shape == (shape[0], 2)
    assert np.isfinite(found.places).all()
    assert 0 <= found.kept <= 1


def test_neighbours_are_those_of_brute_force():
    x = np.random.default_rng(2).normal(size=(50, 6)).astype(np.float32)
    there = np.random.default_rng(3).random(50) < 0.8
    found = space(x, there)
    for row in range(50):
        near = neighbours(found, row, 5)
        if not there[row]:
            assert near == ()
            continue
        cosines = {
            other: float(x[row] @ x[other] / np.linalg.norm(x[row]) / np.linalg.norm(x[other]))
            for other in range(50)
            if there[other] and other != row
        }
        best = sorted(cosines, key=cosines.get, reverse=True)[:5]
        assert [n.row for n in near] == best
        np.testing.assert_allclose([n.cosine for n in near], [cosines[n] for n in best], atol=1e-5)


def test_what_a_modality_thinks_is_what_the_explanation_calls_nearest(catalog, model):
    """The Map and the evidence of an explanation speak of the same cosine."""
    from core.explain.evidence import nearest
    from core.recommenders.two_tower import Entries

    spaces = atlas(OneModel(model), "planted", Method())
    everything = Entries.liked(catalog, np.arange(len(catalog)))
    row = int(np.flatnonzero(catalog.present.numpy().all(axis=1))[0])
    for evidence in nearest(catalog, everything, row):
        (near,) = neighbours(spaces[evidence.modality], row, 1)
        assert near.row == evidence.entry
        assert near.cosine == pytest.approx(evidence.cosine, abs=1e-5)


def test_there_is_a_space_a_modality_and_one_of_what_is_fused(catalog, model):
    spaces = atlas(OneModel(model), "planted", Method())
    assert list(spaces) == [*map(str, MODALITIES), FUSED]
    present = catalog.present.numpy()
    for column, name in enumerate(MODALITIES):
        assert spaces[name].rows.tolist() == np.flatnonzero(present[:, column]).tolist()
    assert len(spaces[FUSED].rows) == len(catalog)


@pytest.mark.parametrize("on", [FULL, 1, 6, 8])
def test_fused_vectors_are_those_that_are_scored(model, on):
    np.testing.assert_allclose(fused(model, on), model._offered()[on].detach().numpy(), atol=1e-6)


def test_fused_vectors_are_measured_from_their_mean(model):
    found = atlas(OneModel(model), "planted", Method())[FUSED]
    z = fused(model, FULL)
    z = z - z.mean(axis=0)
    np.testing.assert_allclose(
        found.vectors, z / np.linalg.norm(z, axis=1, keepdims=True), atol=1e-4
    )


def test_switching_a_channel_off_leaves_out_who_has_no_other(catalog, model):
    only_text = Method(off=tuple(c for c in CHANNELS if c != "text"))
    spaces = atlas(OneModel(model), "planted", only_text)
    assert spaces[FUSED].rows.tolist() == np.flatnonzero(catalog.present.numpy()[:, 1]).tolist()


def test_without_training_the_fused_cosine_ranks_as_likeness_does(catalog):
    likeness = Neighbours(catalog)
    spaces = atlas(OneModel(likeness), "planted", Method())
    row = int(np.flatnonzero(catalog.present.numpy().all(axis=1))[0])
    (near,) = neighbours(spaces[FUSED], row, 1)
    sums = {
        other: sum(
            {n.row: n.cosine for n in neighbours(spaces[m], row, 999)}.get(other, 0.0)
            for m in MODALITIES
        )
        / catalog.present.numpy()[other, :3].sum() ** 0.5
        for other in range(len(catalog))
        if other != row
    }
    assert near.row == max(sums, key=sums.get)


def test_the_same_model_gives_the_same_maps_and_few_are_kept(model):
    engine = OneModel(model)
    assert atlas(engine, "planted", Method()) is atlas(engine, "planted", Method())
    assert maps._maps.cache_info().maxsize == 8


def test_umap_is_offered_only_where_it_is_installed(model, monkeypatch):
    asked = {}

    class Umap:
        def __init__(self, **options):
            asked.update(options)

        def fit_transform(self, x):
            return x[:, :2]

    real = importlib.util.find_spec
    engine = OneModel(model)
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == "umap" else real(n))
    assert maps.projections() == ("pca",)
    with pytest.raises(TriadError) as told:
        atlas(engine, "planted", Method(), "umap")
    assert told.value.code == "unknown_projection"
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: True if n == "umap" else real(n))
    monkeypatch.setitem(sys.modules, "umap", types.SimpleNamespace(UMAP=Umap))
    found = atlas(engine, "planted", Method(), "umap")
    assert maps.projections() == ("pca", "umap")
    assert asked["random_state"] == maps.SEED
    assert asked["metric"] == "cosine"
    assert found[FUSED].kept is None
    np.testing.assert_allclose(found[FUSED].places, found[FUSED].vectors[:, :2], atol=1e-6)


def test_with_everything_off_there_is_no_map(model):
    with pytest.raises(TriadError) as told:
        atlas(OneModel(model), "planted", Method(off=CHANNELS))
    assert told.value.code == "nothing_on"


def test_a_shipped_world_has_maps():
    spaces = atlas(Engine(), "shop", Method())
    assert list(spaces) == ["image", "text", "audio", FUSED]
    assert all(0.02 < s.kept < 1 for s in spaces.values())
