"""Within a modality: integrated gradients are efficient, and occlusion says by how much it is not."""

import numpy as np
import pytest
import torch

from core.coalitions import FULL
from core.encoders.base import Box, Encoded, Span
from core.explain.attribution import integrated_gradients, occlusion
from core.explain.channel_phi import of_item, of_upload
from core.explain.parts import Parts, parts_of, scaled
from core.types import Method, Modality

from .conftest import untrained


def some_parts(vector, count=6, *, noise=1.0, unit=False, seed=0):
    """Parts whose mean is ``vector``."""
    generator = torch.Generator().manual_seed(seed)
    spread = noise * torch.randn(count, len(vector), generator=generator)
    tokens = vector + spread - spread.mean(0)
    labels = tuple(Box(i / count, 0, (i + 1) / count, 1) for i in range(count))
    return Parts(tokens, vector, torch.ones(count), unit, labels)


@pytest.fixture
def case(planted, scalers, catalog, complete):
    row, modality = int(complete[3]), Modality.IMAGE
    vector = torch.from_numpy(planted.vectors[modality][row])
    return row, modality, scalers[modality], catalog.features[modality][row], vector


def test_the_scaler_in_torch_is_the_scaler(planted, scalers):
    for modality, scaler in scalers.items():
        x = 3 * planted.vectors[modality][:9]
        np.testing.assert_allclose(
            scaled(scaler, torch.from_numpy(x)).numpy(), scaler(x), atol=1e-4
        )


@pytest.mark.parametrize(
    "method", [Method(), Method("transformer", "self"), Method("lowrank", head="mlp")], ids=str
)
def test_integrated_gradients_sum_to_what_they_explain(method, case, catalog, entries):
    row, modality, scaler, features, vector = case
    model = untrained(catalog, method)
    phi = of_item(model, model.visitor(entries), row, FULL, modality)
    # A ReLU has kinks, which take more steps than what is smooth.
    steps = 1024 if method.head == "mlp" else 256
    found = integrated_gradients(phi, some_parts(vector), scaler, features, steps=steps)
    assert abs(found.phi - found.baseline) > 0.01
    assert found.values.sum() == pytest.approx(found.phi - found.baseline, abs=1e-3)
    assert abs(found.missing) < 1e-3
    assert found.gap < 1e-4


def test_integrated_gradients_of_an_upload_are_efficient_too(case, model, entries):
    row, modality, scaler, _, vector = case
    which = int(np.flatnonzero(entries.present.numpy()[:, 0])[0])
    phi = of_upload(model, entries, which, row, FULL, modality)
    features = entries.features[modality][which]
    found = integrated_gradients(phi, some_parts(vector), scaler, features, steps=256)
    assert np.abs(found.values).max() > 1e-4
    assert abs(found.missing) < 1e-3


def test_both_find_the_part_that_matters(case):
    """Phi is linear in one direction, and one part alone has anything in it."""
    _, _, scaler, features, _ = case
    direction = torch.from_numpy(scaler.axes[:, 0] * scaler.scale)
    parts = some_parts(torch.from_numpy(scaler.mean).clone(), noise=0)
    parts.tokens[2] += direction
    pooled = scaled(scaler, parts.tokens.mean(0))

    def phi(x):
        return 2 * x[:, 0]

    slopes = integrated_gradients(phi, parts, scaler, pooled)
    without = occlusion(phi, parts, scaler, pooled, mean=True)
    whole = float(2 * pooled[0])
    for found in (slopes, without):
        assert found.values[2] == pytest.approx(whole, rel=1e-3)
        np.testing.assert_allclose(np.delete(found.values, 2), 0, atol=1e-5)
        assert abs(found.missing) < 1e-4
    # Leaving it out changes the mean of the rest as well, and that is said.
    left_out = occlusion(phi, parts, scaler, pooled)
    assert left_out.values.argmax() == 2
    assert left_out.missing == pytest.approx(left_out.phi - left_out.values.sum())
    assert features.shape == pooled.shape


def test_parts_that_say_the_same_hide_each_other(case):
    """Occlusion promises no sum: with two equal parts neither is missed, and all of phi is missing."""
    _, _, scaler, _, vector = case
    parts = some_parts(vector, 2, noise=0)
    features = scaled(scaler, vector)
    found = occlusion(lambda x: x.sum(1), parts, scaler, features)
    np.testing.assert_allclose(found.values, 0, atol=1e-4)
    assert found.missing == pytest.approx(found.phi, abs=1e-3)


def test_without_its_only_part_a_modality_is_absent(case):
    _, _, scaler, features, vector = case
    found = occlusion(lambda x: x.sum(1), some_parts(vector, 1), scaler, features)
    assert found.values[0] == pytest.approx(found.phi)
    assert found.missing == pytest.approx(0)


def test_the_gap_says_when_the_mean_is_a_stand_in(case):
    _, _, scaler, features, vector = case
    parts = some_parts(vector)
    other = Parts(parts.tokens + 1, vector, parts.weights, False, parts.labels)
    assert occlusion(lambda x: x.sum(1), parts, scaler, features).gap < 1e-4
    assert occlusion(lambda x: x.sum(1), other, scaler, features).gap > 0.1


def test_parts_of_an_encoding_drop_the_padding_and_weigh_spans_by_length():
    tokens = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]])
    labels = ((Span(0, 3), Span(4, 5)),)
    parts = parts_of(Encoded(torch.tensor([[0.6, 0.8]]), tokens, labels), share=0.5)
    assert len(parts) == 2
    assert parts.unit
    pooled = parts.pooled(parts.tokens, torch.ones(2))
    np.testing.assert_allclose(pooled.numpy(), np.array([3, 1]) / 10**0.5, rtol=1e-6)
    with pytest.raises(ValueError, match="tokens=True"):
        parts_of(Encoded(torch.zeros(1, 2), None, ((),)))
