"""Closed forms and propagation against what the formula says, in dense arithmetic and a few lines."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.kernel_ridge import KernelRidge as KernelRegression
from sklearn.linear_model import Ridge as RidgeRegression
from sklearn.metrics import ndcg_score, roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize

from core.recommenders.base import Recommender, RecommenderCard, create_recommender
from core.recommenders.bm3 import apart
from core.recommenders.bpr import Biased
from core.recommenders.ensemble import zscored
from core.recommenders.fitting import ndcg, pairwise_loss, untaken
from core.recommenders.graph import alike, bipartite, normalised, propagate, thinned, to_torch
from core.recommenders.inputs import prepare
from core.recommenders.late import select
from core.recommenders.lattice import Likeness
from core.recommenders.lightgcn import Smoothed
from core.recommenders.mgcn import info_nce
from core.recommenders.vbpr import Visual
from tests.core.recommenders.small_worlds import everybody


def fit(key, world, **options):
    recommender = create_recommender(key, **options)
    return recommender.fit(world.train, world.features, world.present, valid=world.valid)


def scores(key, world, **options):
    return fit(key, world, **options).scores(everybody(world.train), world.train)


def z(world):
    """Standardised features side by side, by the definition."""
    parts = []
    for column, x in enumerate(world.features.values()):
        has = world.present[:, column]
        zs = (x - x[has].mean(0)) / x[has].std(0) / np.sqrt(x.shape[1])
        parts.append(np.where(has[:, None], zs, 0))
    return np.hstack(parts)


def ease_by_definition(x, decay):
    p = np.linalg.inv(x.T @ x + decay * np.eye(x.shape[1]))
    b = np.eye(len(p)) - p @ np.diag(1 / np.diag(p))
    np.fill_diagonal(b, 0)
    return b


def test_popular_counts(world):
    expected = np.tile(world.train.toarray().sum(0), (world.train.shape[0], 1))
    np.testing.assert_array_equal(scores("popular", world), expected)


def test_ease_is_the_direct_formula(world):
    x = world.train.toarray().astype(np.float64)
    expected = x @ ease_by_definition(x, 7.0)
    np.testing.assert_allclose(scores("ease", world, decay=7.0), expected, atol=1e-6)


def test_ease_with_features_is_ease_of_the_stacked_matrix(world):
    x = world.train.toarray().astype(np.float64)
    stacked = np.vstack([x, np.sqrt(5.0) * z(world).T])
    expected = x @ ease_by_definition(stacked, 7.0)
    found = scores("ease-features", world, decay=7.0, weight=5.0)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_ease_without_features_is_ease(world):
    nothing = create_recommender("ease-features", decay=7.0).fit(world.train, {})
    np.testing.assert_array_equal(
        nothing.scores(everybody(world.train), world.train), scores("ease", world, decay=7.0)
    )


def test_item_knn_with_all_neighbours_is_the_sum_of_cosines(world):
    x = world.train.toarray()
    cosine = cosine_similarity(x.T)
    np.fill_diagonal(cosine, 0)
    np.testing.assert_allclose(
        scores("item-knn", world, neighbours=1000), x @ cosine, rtol=1e-5, atol=1e-5
    )


def test_item_knn_keeps_the_nearest_of_each_item(world):
    similarity = fit("item-knn", world, neighbours=4).similarity.toarray()
    cosine = cosine_similarity(world.train.toarray().T)
    np.fill_diagonal(cosine, 0)
    kept = np.sort(similarity, axis=1)[:, -4:]
    np.testing.assert_allclose(kept, np.sort(cosine, axis=1)[:, -4:], atol=1e-6)
    assert ((similarity > 0).sum(1) <= 4).all()


def test_content_knn_is_the_sum_of_cosines_of_features(world):
    x = world.train.toarray()
    cosine = cosine_similarity(z(world))
    np.fill_diagonal(cosine, 0)
    found = scores("knn-content", world, neighbours=1000)
    np.testing.assert_allclose(found, x @ cosine, rtol=1e-4, atol=1e-4)


def test_ridge_is_one_regression_a_visitor(world):
    x, features = world.train.toarray(), normalize(z(world))
    taken = x.sum(0) > 0
    model = RidgeRegression(alpha=2.0, fit_intercept=False).fit(features[taken], x[:, taken].T)
    expected = model.predict(features).T
    np.testing.assert_allclose(scores("ridge", world, decay=2.0), expected, atol=1e-5)


def test_kernel_ridge_is_kernel_regression_on_what_ease_says(world):
    """By scikit-learn's regression on a precomputed kernel; absent modalities count nothing."""
    x = world.train.toarray().astype(np.float64)
    taken = x.sum(0) > 0
    known = x[:, taken]
    precision = np.linalg.inv(known.T @ known + 30 * np.eye(known.shape[1]))
    says = -precision / np.diag(precision)
    np.fill_diagonal(says, 0.5)
    kernel = np.zeros((x.shape[1], x.shape[1]))
    at = 0
    for column, f in enumerate(world.features.values()):
        z_m = z(world)[:, at : at + f.shape[1]]
        at += f.shape[1]
        has = world.present[:, column]
        kernel += np.exp(2 * (cosine_similarity(z_m) - 1)) * np.outer(has, has) / 2
    model = KernelRegression(alpha=0.7, kernel="precomputed")
    model.fit(kernel[np.ix_(taken, taken)], (known @ says).T)
    expected = model.predict(kernel[:, taken]).T
    options = {"decay": 0.7, "sharpness": 2.0, "smoothing": 30.0, "own": 0.5}
    np.testing.assert_allclose(scores("kernel-ridge", world, **options), expected, atol=1e-4)


def dense_smooth(x, free, layers):
    users, items = x.shape
    a = np.zeros((users + items, users + items))
    a[:users, users:], a[users:, :users] = x, x.T
    degree = a.sum(1)
    scale = np.diag(np.where(degree > 0, 1 / np.sqrt(np.maximum(degree, 1)), 0))
    a = scale @ a @ scale
    return sum(np.linalg.matrix_power(a, k) @ free for k in range(layers + 1)) / (layers + 1)


def test_lightgcn_propagates_like_dense_matrices(world):
    torch.manual_seed(0)
    module = Smoothed(world.train, width=5, layers=3)
    free = torch.cat([module.user.weight, module.item.weight]).detach().numpy()
    expected = dense_smooth(world.train.toarray(), free, 3)
    found = torch.cat(module.tables()).detach().numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_gradients_pass_through_the_sparse_graph(world):
    graph = normalised(bipartite(world.train))
    x = torch.randn(graph.shape[0], 3, generator=torch.Generator().manual_seed(0))
    grads = []
    for a in (to_torch(graph), torch.from_numpy(graph.toarray())):
        leaf = x.clone().requires_grad_()
        propagate(a, leaf, 2).square().sum().backward()
        grads.append(leaf.grad)
    torch.testing.assert_close(grads[0], grads[1], rtol=1e-4, atol=1e-5)


def test_the_graph_of_likeness_joins_the_nearest_that_have_features(world):
    x, has = world.features["text"], world.present[:, 0]
    graph = alike(np.where(has[:, None], x, np.nan), has, 3).toarray()
    cosine = np.where(has[:, None] & has, cosine_similarity(x), -1)
    np.fill_diagonal(cosine, -1)
    np.testing.assert_allclose(
        np.sort(graph, 1)[has, -3:], np.maximum(np.sort(cosine, 1)[has, -3:], 0), atol=1e-5
    )
    assert not graph[~has].any()
    assert not graph[:, ~has].any()


def test_bpr_adds_popularity_once(world):
    module = Biased(4, 6, 3)
    torch.nn.init.normal_(module.bias)
    users, items = module.tables()
    expected = module.user.weight @ module.item.weight.T + module.bias
    torch.testing.assert_close(users @ items.T, expected)


def test_vbpr_is_its_formula(world):
    x = {m: f.astype(np.float32) for m, f in world.features.items()}
    module = Visual(4, len(world.kind), 3, x)
    torch.nn.init.normal_(module.bias)
    users, items = module.tables()
    expected = module.user.weight @ module.item.weight.T + module.bias
    for m, f in x.items():
        e, b = module.shown.project[m].weight, module.appeal.project[m].weight
        f = torch.from_numpy(f)
        expected = expected + module.taste.weight @ (f @ e.T).T + (f @ b.T)[:, 0]
    torch.testing.assert_close(users @ items.T, expected)


@pytest.mark.parametrize("key", ["bpr", "vbpr"])
def test_objective_and_penalty_of_the_same_rows_are_what_they_are_apart(world, key):
    inputs = prepare(world.train, world.features, world.present, None)
    module = create_recommender(key, width=4)._module(inputs)
    torch.nn.init.normal_(module.bias)
    users, taken, other = torch.arange(8), torch.arange(8), torch.arange(8) + 9
    objective, penalty = module.terms(users, taken, other)
    torch.testing.assert_close(objective, module.objective(users, taken, other))
    torch.testing.assert_close(penalty, module.ego(users, torch.cat([taken, other])))


def test_every_parameter_is_saved_and_gets_a_gradient(world):
    inputs = prepare(world.train, world.features, world.present, None)
    users, items = torch.arange(8), torch.arange(8)
    for key in ("bpr", "vbpr", "lightgcn", "lattice", "freedom", "bm3", "mgcn"):
        module = create_recommender(key, width=4)._module(inputs)
        module.refresh()
        module.objective(users, items, items + 9).backward()
        for name, parameter in module.named_parameters():
            assert name in module.state_dict()
            assert parameter.grad is not None, (key, name)
            assert parameter.grad.abs().sum() > 0, (key, name)


def test_pairwise_loss_is_its_formula_and_refuses_to_broadcast():
    positive, negative = torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0])
    expected = -np.log(1 / (1 + np.exp(-np.array([0.5, 3.0])))).mean()
    assert float(pairwise_loss(positive, negative)) == pytest.approx(expected, rel=1e-6)
    for bad in (negative[:, None], negative[:1], negative.sum()):
        with pytest.raises(ValueError, match=r"two \(B,\)"):
            pairwise_loss(positive, bad)
        with pytest.raises(ValueError, match=r"two \(B,\)"):
            pairwise_loss(bad, positive)
    with pytest.raises(ValueError, match=r"two \(B,\)"):
        pairwise_loss(positive[:, None], negative[:, None])


def test_sampled_negatives_were_not_taken_and_are_spread_evenly():
    train = csr_array(np.array([[1, 1, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]]))
    users = np.repeat([0, 1], 6000)
    items = untaken(train, users, np.random.default_rng(0), tries=30)
    assert not train.toarray()[users, items].any()
    counts = np.bincount(items[:6000], minlength=6)[[2, 3, 5]]
    assert (abs(counts - 2000) < 200).all()


def test_ndcg_agrees_with_the_library():
    rng = np.random.default_rng(0)
    wanted = (rng.random((12, 40)) < 0.2).astype(np.float32)
    found = rng.normal(size=(12, 40)).astype(np.float32)
    taken = csr_array((12, 40), dtype=np.float32)
    assert ndcg(found, taken, csr_array(wanted)).mean() == pytest.approx(
        ndcg_score(wanted, found, k=20), abs=1e-9
    )


def test_ndcg_leaves_out_what_was_taken():
    taken, wanted = csr_array([[1, 0, 0.0]]), csr_array([[0, 0, 1.0]])
    assert ndcg(np.array([[9.0, 1, 2]]), taken, wanted)[0] == 1
    assert ndcg(np.array([[9.0, 2, 1]]), taken, wanted)[0] == pytest.approx(1 / np.log2(3))
    assert ndcg(np.array([[9.0, 2, 1]]), taken, csr_array((1, 3)))[0] == 0


class Said(Recommender):
    """Says what it is told to say."""

    card = RecommenderCard(key="said", family="test", formula="-", source="-")

    def __init__(self, scores):
        self.given = np.asarray(scores, dtype=np.float32)
        self.seeds, self.trains = [], []

    def _fit(self, inputs, seed):
        self.seeds.append(seed)
        self.trains.append(inputs.train.toarray())

    def _scores(self, users, history):
        return self.given[users]


def ask(recommender, train, valid=None):
    return recommender.fit(train, {}, valid=valid).scores(everybody(train), train)


def test_reciprocal_rank_fusion_by_hand():
    train = csr_array([[1, 0, 0, 0.0]])
    a, b = Said([[9, 3, 2, 1]]), Said([[0, 10, 30, 20]])
    found = ask(create_recommender("rank", members=(a, b), k=60), train)[0]
    expected = [1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 63 + 1 / 62]
    np.testing.assert_allclose(found[1:], expected, rtol=1e-6)
    assert found[0] < found[1:].min()


def test_reciprocal_rank_fusion_of_equals_by_hand():
    train = csr_array([[1, 0, 0, 0.0]])
    found = ask(create_recommender("rank", members=(Said([[0, 5, 5, 1]]),), k=1), train)[0]
    np.testing.assert_allclose(found[1:], [1 / 2.5, 1 / 2.5, 1 / 4], rtol=1e-6)


def test_late_is_the_weighted_sum_that_it_says():
    rng = np.random.default_rng(0)
    train = csr_array((rng.random((5, 7)) < 0.3).astype(np.float32))
    a, b = rng.normal(size=(5, 7)), 100 * rng.normal(size=(5, 7)) + 40
    found = ask(create_recommender("late", members=(Said(a), Said(b)), weights=(0.3, 0.7)), train)
    expected = sum(
        w * (s - s.mean(1, keepdims=True)) / s.std(1, keepdims=True)
        for w, s in ((0.3, a), (0.7, b))
    )
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_member_that_tells_nothing_apart_is_not_heard():
    np.testing.assert_array_equal(zscored(np.full((2, 3), 7.0, np.float32)), np.zeros((2, 3)))


def test_late_finds_the_member_to_trust_on_validation_and_not_on_training():
    rng = np.random.default_rng(0)
    train, valid = np.zeros((30, 60)), np.zeros((30, 60))
    for row in range(30):
        items = rng.permutation(60)
        train[row, items[:5]], valid[row, items[5:8]] = 1, 1
    noise = rng.normal(size=train.shape)
    knows, overfits = Said(valid + 0.1 * noise), Said(train + 0.1 * rng.normal(size=train.shape))
    late = create_recommender("late", members=(overfits, knows))
    ask(late, csr_array(train), csr_array(valid))
    np.testing.assert_allclose(late.weights, [0, 1])
    without = create_recommender("late", members=(overfits, knows))
    ask(without, csr_array(train))
    np.testing.assert_allclose(without.weights, [0.5, 0.5])


def test_greedy_selection_mixes_members_that_err_differently():
    class Half:
        """Best where both halves are known."""

        def of(self, scores):
            return float(np.minimum(scores[0, 0], scores[0, 1]))

    opinions = [np.array([[1.0, 0, 0]]), np.array([[0, 1.0, 0]]), np.array([[0, 0, 1.0]])]
    np.testing.assert_allclose(select(opinions, Half(), 6), [0.5, 0.5, 0])


def test_members_are_fitted_with_seeds_of_their_own():
    members = (Said([[1, 2]]), Said([[1, 2]]), Said([[1, 2]]))
    create_recommender("late", members=members).fit(csr_array([[1, 0.0]]), {}, seed=7)
    assert [m.seeds for m in members] == [[7], [8], [9]]


def test_stacking_fits_on_folds_that_members_did_not_see(world):
    member = Said(np.random.default_rng(0).normal(size=world.train.shape))
    create_recommender("stacking", members=(member,), folds=4).fit(world.train, {})
    *parts, whole = member.trains
    full = world.train.toarray()
    np.testing.assert_array_equal(whole, full)
    assert len(parts) == 4
    np.testing.assert_array_equal(sum(full - p for p in parts), full)  # each is hidden once


@pytest.mark.parametrize("combiner", ["logistic", "boosting"])
def test_stacking_trusts_who_foretells_what_was_hidden(world, combiner):
    rng = np.random.default_rng(0)
    right = (world.taste[:, None] == world.kind).astype(np.float32)
    members = (Said(rng.normal(size=right.shape)), Said(right + 0.1 * rng.normal(size=right.shape)))
    stack = create_recommender("stacking", members=members, combiner=combiner)
    found = ask(stack, world.train)
    assert roc_auc_score(right.ravel() > 0, found.ravel()) > 0.95
    assert roc_auc_score(right.ravel() > 0, members[0].given.ravel()) < 0.6
    if combiner == "logistic":
        noise, signal = stack.g.coef_[0]
        assert signal > 10 * abs(noise)


def test_thinning_keeps_the_share_and_rather_rare_edges():
    rng = np.random.default_rng(0)
    train = csr_array((rng.random((60, 40)) < np.linspace(0.02, 0.6, 40)).astype(np.float32))
    kept = sum(thinned(train, 0.2, seed).toarray() for seed in range(60))
    assert set(np.unique(thinned(train, 0.2, 0).data)) == {1}
    assert thinned(train, 0.2, 0).nnz == round(0.2 * train.nnz)
    assert not kept[train.toarray() == 0].any()
    often = kept.sum(0) / train.toarray().sum(0).clip(1)
    assert often[:8].mean() > 1.3 * often[-8:].mean()


def test_freedom_adds_the_mean_of_the_modalities_graphs(world):
    inputs = prepare(world.train, world.features, world.present, None)
    module = create_recommender("freedom", width=4, layers=2, neighbours=3)._module(inputs).eval()
    free = torch.cat([module.user.weight, module.item.weight]).detach().numpy()
    smooth = dense_smooth(world.train.toarray(), free, 2)
    users = world.train.shape[0]
    graphs = []
    for m, x in inputs.standardised().items():
        a = alike(x, inputs.present[m], 3).toarray()
        d = a.sum(1)
        s = np.where(d > 0, 1 / np.sqrt(np.where(d > 0, d, 1)), 0)
        graphs.append(s[:, None] * a * s)
    smooth[users:] += np.mean(graphs, 0) @ free[users:]
    found = torch.cat(module.tables()).detach().numpy()
    np.testing.assert_allclose(found, smooth, atol=1e-5)


def test_lattices_learned_graph_is_the_dense_one(world):
    x, has = z(world)[:, :6].astype(np.float32), world.present[:, 0]
    likeness = Likeness(x, has, 5, 4, keep=0.0)
    unit = torch.nn.functional.normalize(likeness.project(torch.from_numpy(x)), dim=1)
    cosine = np.where(has[:, None] & has, (unit @ unit.T).detach().numpy(), -1)
    np.fill_diagonal(cosine, -1)
    nearest = np.argsort(-cosine, 1)[:, :4]
    a = np.zeros_like(cosine)
    np.put_along_axis(a, nearest, np.take_along_axis(cosine, nearest, 1).clip(0), 1)
    a[~has] = 0
    scale = 1 / np.sqrt(a.sum(1).clip(1e-6))
    items = torch.randn(len(x), 3)
    expected = (scale[:, None] * a * scale) @ items.numpy()
    np.testing.assert_allclose(likeness(items).detach().numpy(), expected, rtol=1e-3, atol=1e-5)


def test_info_nce_is_its_formula():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5, 3))
    cosine = cosine_similarity(a, b) / 0.2
    expected = -np.mean(np.diag(cosine) - np.log(np.exp(cosine).sum(1)))
    assert float(info_nce(torch.tensor(a), torch.tensor(b))) == pytest.approx(expected)


def test_bootstrapping_gives_no_gradient_to_targets():
    online, target = (torch.randn(4, 3, requires_grad=True) for _ in range(2))
    loss = apart(online, target)
    assert loss.shape == (4,)
    loss.sum().backward()
    assert online.grad is not None
    assert target.grad is None
    np.testing.assert_allclose(apart(online, 3 * online).detach(), 0, atol=1e-6)


def test_the_tower_by_subsets_of_channels(world):
    tower = fit("history-tower", world, width=8, epochs=4)
    everything = tower.scores(everybody(world.train), world.train)
    every = ("text", "audio", "behaviour")
    np.testing.assert_array_equal(tower.heard(world.train, every), everything)
    alone = {on: tower.heard(world.train, (on,)) for on in every}
    for on, found in alone.items():
        assert np.abs(found - everything).max() > 1e-3, on
    # What an item lacks says nothing of it: the same for all items that lack it.
    lacking = ~world.present[:, 1]
    assert lacking.sum() > 1
    assert np.ptp(alone["audio"][:, lacking], axis=1).max() == 0
    assert np.ptp(tower.heard(world.train, ()), axis=1).max() == 0


def test_the_tower_is_its_formula(world):
    tower = fit("history-tower", world, width=8, epochs=2, channels=("text", "behaviour"))
    t, x, h = tower.towers, z(world)[:, :6], world.train.toarray()
    taken = (h.sum(0) > 0)[:, None]

    def side(s):
        w = s.project["text"].weight.detach().numpy()
        return s.behaviour.detach().numpy() * taken + x @ w.T

    size = np.maximum(h.sum(1, keepdims=True), 1)
    mix, bias = (p.detach().numpy() for p in (t.mix.weight, t.mix.bias))
    popular = t.popularity.detach().numpy()
    popular = np.where(taken[:, 0], popular, popular[taken[:, 0]].mean())
    u = np.tanh(h @ side(t.liked) / np.sqrt(size) @ mix.T + bias)
    expected = u @ side(t.offered).T + popular
    np.testing.assert_allclose(tower.scores(everybody(h), world.train), expected, atol=1e-5)
