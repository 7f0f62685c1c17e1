"""The differentiable score is the recommender's own, for every method; the second baseline; channel phi."""

import numpy as np
import pytest
import torch

from core.coalitions import COALITIONS, FULL, MEMBERS
from core.explain.background import background, background_values, disagree
from core.explain.channel_phi import of_item, of_upload
from core.explain.scoring import embedded, heard, logits, popularity
from core.explain.shapley import shapley
from core.methods import every_method
from core.recommenders.neighbours import Neighbours
from core.types import CHANNELS, MODALITIES, Method, Modality

from .conftest import untrained

METHODS = [
    Method(),
    Method("transformer", "self"),
    Method("concat", "user"),
    Method("late", head="mlp"),
]


@pytest.mark.parametrize("method", tuple(every_method()), ids=str)
def test_it_is_the_score_of_the_recommender(method, catalog, entries):
    model = untrained(catalog, method)
    visitor = model.visitor(entries)
    rows = np.arange(len(catalog))
    codes = torch.from_numpy(heard(model, visitor, rows, FULL))
    index = torch.from_numpy(rows)
    with torch.inference_mode():
        found = logits(
            model.tower,
            visitor.vectors[codes],
            embedded(model, index),
            codes,
            popularity(model.tower, index),
        )
    np.testing.assert_allclose(found.numpy(), model.scores(visitor, FULL), atol=1e-4)


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_background_values_are_the_mean_over_hybrids(method, catalog, entries, complete):
    model = untrained(catalog, method)
    visitor, sample = model.visitor(entries), complete[10:14]
    row = int(complete[20])
    found = background_values(model, visitor, np.array([row]), FULL, sample)[:, 0]
    values = model.values(visitor, np.array([row]), FULL)
    assert found[FULL] == pytest.approx(values[FULL, 0], abs=1e-4)
    assert found[0] == pytest.approx(model.scores(visitor, FULL)[sample].mean(), abs=1e-4)
    # One coalition by hand: text and behaviour are the item's, image and audio each background item's.
    scores = []
    for other in sample:
        swap = {m: catalog.features[m][other][None] for m in (Modality.IMAGE, Modality.AUDIO)}
        index, code = torch.tensor([row]), torch.tensor([FULL])
        with torch.inference_mode():
            x = embedded(model, index, swap)
            scores.append(
                logits(model.tower, visitor.vectors[code], x, code, popularity(model.tower, index))
            )
    assert found[0b1010] == pytest.approx(float(torch.cat(scores).mean()), abs=1e-4)


def test_absent_channels_are_null_players_of_the_background_too(model, catalog, entries):
    visitor = model.visitor(entries)
    rows = np.flatnonzero(~catalog.present.numpy().all(1))[:6]
    assert len(rows)
    phi = shapley(background_values(model, visitor, rows, FULL, background(len(catalog), 8)))
    absent = ~catalog.present.numpy()[rows].T
    assert (phi[absent] == 0).all()
    assert (phi[~absent] != 0).all()


def test_likeness_has_a_background_too(catalog, entries, complete):
    model = Neighbours(catalog)
    visitor, sample, rows = model.visitor(entries), complete[:6], complete[6:9]
    found = background_values(model, visitor, rows, FULL, sample)
    phi, mean = shapley(found), shapley(model.values(visitor, sample, FULL)).mean(1)
    np.testing.assert_allclose(phi, shapley(model.values(visitor, rows, FULL)) - mean[:, None])


def test_the_background_is_fixed_by_its_seed():
    assert (background(100, 20, seed=4) == background(100, 20, seed=4)).all()
    assert (background(100, 20, seed=4) != background(100, 20, seed=5)).any()
    assert (background(7, 20) == np.arange(7)).all()


def test_signs_disagree_only_where_there_is_a_sign():
    first = np.array([[1.0], [-0.5], [0.001], [0.2]])
    second = np.array([[-1.0], [-0.7], [-0.9], [-0.3]])
    assert disagree(first, second)[:, 0].tolist() == [True, False, False, True]


@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("modality", MODALITIES)
def test_channel_phi_at_the_features_there_are_is_phi(method, modality, catalog, entries, complete):
    model = untrained(catalog, method)
    visitor, row = model.visitor(entries), int(complete[9])
    column = CHANNELS.index(modality)
    on = FULL & ~0b1000
    expected = shapley(model.values(visitor, np.array([row]), on))[column, 0]
    mine = catalog.features[modality][row]
    phi = of_item(model, visitor, row, on, modality)(torch.stack([mine, mine * 0]))
    assert float(phi[0].detach()) == pytest.approx(expected, abs=1e-4)
    which = int(np.flatnonzero(entries.present.numpy()[:, column])[0])
    theirs = entries.features[modality][which]
    phi = of_upload(model, entries, which, row, on, modality)(torch.stack([theirs, theirs * 2]))
    assert float(phi[0].detach()) == pytest.approx(expected, abs=1e-4)
    assert float(phi[1].detach()) != pytest.approx(expected, abs=1e-4)


def test_shap_computes_the_same_contributions(model, entries, complete):
    shap = pytest.importorskip("shap")
    values = model.values(model.visitor(entries), complete[:1], FULL)[:, 0]
    bits = 1 << np.arange(len(CHANNELS))
    explainer = shap.explainers.Exact(
        lambda shown: values[(shown > 0.5).astype(int) @ bits], np.zeros((1, len(CHANNELS)))
    )
    found = explainer(np.ones((1, len(CHANNELS))))
    np.testing.assert_allclose(found.values[0], shapley(values), atol=1e-6)
    assert found.base_values[0] == pytest.approx(values[0])


def test_shapiq_computes_the_same_contributions_of_the_tower(model, entries, complete):
    import shapiq

    values = model.values(model.visitor(entries), complete[:1], FULL)[:, 0]
    bits = 1 << np.arange(len(CHANNELS))
    exact = shapiq.ExactComputer(n_players=4, game=lambda s: values[np.asarray(s) @ bits])
    np.testing.assert_allclose(shapley(values), exact("SV").get_n_order_values(1), atol=1e-6)


def test_weighted_late_fusion_has_its_closed_form(catalog):
    """With fixed weights, phi is the weight times what the expert says beyond its absent token."""
    late = untrained(catalog, Method("late")).tower.double().offered.fusion
    generator = torch.Generator().manual_seed(0)
    x = {c: torch.randn(1, 16, generator=generator, dtype=torch.float64) for c in late.channels}
    u = torch.randn(16, generator=generator, dtype=torch.float64)
    weights = torch.softmax(late.theta, 0)
    with torch.no_grad():
        said = torch.stack([late.expert[c](x[c])[0] @ u for c in late.channels])
        absent = torch.stack([late.expert[c](x[c] * 0)[0] @ u for c in late.channels])
    shown = torch.from_numpy(MEMBERS)
    values = (weights * torch.where(shown, said, absent)).sum(1).detach().numpy()
    assert len(values) == COALITIONS
    np.testing.assert_allclose(
        shapley(values), (weights * (said - absent)).detach().numpy(), atol=1e-12
    )
