import numpy as np

from core.recommenders.features import Scaler


def test_features_keep_distances_up_to_one_factor():
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, size=(40, 200)).astype(np.float32)
    scaler = Scaler.fit(x)
    features = scaler(x)
    assert features.shape == (40, scaler.width)
    assert scaler.width <= 40
    standard = (x - x.mean(0)) / x.std(0)
    inside = np.linalg.norm(features, axis=1) < scaler.cap * 0.999
    ratio = np.linalg.norm(features[inside], axis=1) / np.linalg.norm(standard[inside], axis=1)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)


def test_the_average_item_is_zero_and_the_scale_is_one():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 64)).astype(np.float32) * rng.uniform(0.1, 10, 64).astype(np.float32)
    scaler = Scaler.fit(x)
    np.testing.assert_allclose(scaler(x.mean(0, keepdims=True)), 0, atol=1e-4)
    assert 0.9 < np.sqrt((scaler(x) ** 2).mean()) <= 1.01


def test_an_upload_from_far_outside_is_held_to_what_the_catalog_shows():
    x = np.random.default_rng(2).normal(size=(50, 20)).astype(np.float32)
    scaler = Scaler.fit(x)
    far = scaler(1000 * x[:1])
    assert np.linalg.norm(far) <= scaler.cap * 1.0001
