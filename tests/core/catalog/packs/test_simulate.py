import numpy as np
import pytest

from core.catalog.packs.simulate import cluster, simulate
from core.types import MODALITIES, Modality

ITEMS, GROUPS = 300, 6


@pytest.fixture(scope="module")
def catalog():
    """Groups of items that look alike, other groups that read alike, and sound in a third of them."""
    rng = np.random.default_rng(5)
    vectors, groups = {}, {}
    for modality in MODALITIES:
        centres = rng.normal(size=(GROUPS, 16))
        groups[modality] = rng.integers(GROUPS, size=ITEMS)
        noise = 0.05 * rng.normal(size=(ITEMS, 16))
        vectors[modality] = (centres[groups[modality]] + noise).astype(np.float32)
    present = np.ones((ITEMS, len(MODALITIES)), bool)
    present[:, 2] = rng.random(ITEMS) < 1 / 3
    vectors[Modality.AUDIO][~present[:, 2]] = np.nan  # must never be looked at
    return vectors, present, groups


@pytest.fixture(scope="module")
def crowd(catalog):
    return simulate(*catalog[:2], visitors=600, seed=1)


def test_weights_are_on_the_simplex(crowd):
    _, truth = crowd
    assert truth.weights.shape == (600, 3)
    assert (truth.weights >= 0).all()
    np.testing.assert_allclose(truth.weights.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(truth.weights.mean(axis=0), 1 / 3, atol=0.06)
    assert not truth.synergy.any()
    assert np.isfinite(truth.utility).all()


def test_same_seed_same_visitors(catalog, crowd):
    taken, truth = simulate(*catalog[:2], visitors=600, seed=1)
    np.testing.assert_array_equal(taken.item, crowd[0].item)
    np.testing.assert_array_equal(taken.rating, crowd[0].rating)
    np.testing.assert_array_equal(truth.utility, crowd[1].utility)
    other, _ = simulate(*catalog[:2], visitors=600, seed=2)
    assert not np.array_equal(other.item[:500], taken.item[:500])


def test_what_is_taken_follows_taste(crowd):
    """Taken items stand high in the visitor's own order, and chance level in another's."""
    taken, truth = crowd
    share = truth.utility.argsort(axis=1).argsort(axis=1) / (ITEMS - 1)
    own = share[taken.user, taken.item].mean()
    others = share[(taken.user + 1) % len(share), taken.item].mean()
    assert own > 0.8
    assert abs(others - 0.5) < 0.05


@pytest.mark.parametrize("column", range(len(MODALITIES)))
def test_who_cares_for_a_modality_takes_what_is_alike_in_it(catalog, crowd, column):
    """How often two things that a visitor took are of one planted group: who cares, and who does not."""
    _, present, groups = catalog
    taken, truth = crowd
    group = groups[MODALITIES[column]]

    def together(visitors):
        pairs = same = 0
        for u in np.flatnonzero(visitors):
            mine = taken.item[taken.user == u]
            counts = np.bincount(group[mine[present[mine, column]]])
            same += (counts * (counts - 1)).sum()
            pairs += counts.sum() * (counts.sum() - 1)
        return same / pairs

    weight = truth.weights[:, column]
    assert together(weight > 0.9) > 1.7 * together(weight < 0.1)
    assert abs(together(weight < 0.1) - 1 / GROUPS) < 0.04


def test_nobody_cares_for_what_the_catalog_lacks(catalog):
    vectors, present, _ = catalog
    present = present.copy()
    present[:, 2] = False
    _, truth = simulate(vectors, present, visitors=50)
    assert (truth.weights[:, 2] == 0).all()
    np.testing.assert_allclose(truth.weights.sum(axis=1), 1, atol=1e-5)
    without = {m: v for m, v in vectors.items() if m is not Modality.AUDIO}
    np.testing.assert_array_equal(simulate(without, present, visitors=50)[1].utility, truth.utility)


def test_items_without_anything_can_be_simulated():
    taken, truth = simulate({}, np.zeros((30, 3), bool), visitors=20)
    np.testing.assert_allclose(truth.weights.sum(axis=1), 1, atol=1e-5)
    assert len(taken) > 0


def test_clusters_are_by_direction_and_about_the_square_root(catalog):
    vectors, _, groups = catalog
    labels = cluster(vectors[Modality.IMAGE] * np.arange(1, ITEMS + 1)[:, None])
    assert labels.max() + 1 == round(ITEMS**0.5)
    for label in range(labels.max() + 1):
        assert len(set(groups[Modality.IMAGE][labels == label])) == 1


def test_vectors_that_are_all_alike_are_one_cluster():
    assert set(cluster(np.ones((9, 4), np.float32))) == {0}
    assert set(cluster(np.zeros((9, 4), np.float32))) == {0}
