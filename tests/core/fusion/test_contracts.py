"""What every fusion under every attention must keep."""

import pytest
import torch

from core.errors import TriadError
from core.fusion import ATTENTIONS, FUSIONS, create_attention, create_fusion
from core.types import CHANNELS

DIMS = {str(c): d for c, d in zip(CHANNELS, (5, 7, 3, 4), strict=True)}
WIDTH = 8
EQUAL = dict.fromkeys(DIMS, WIDTH)
PAIRS = [(f, a) for f in FUSIONS for a in ATTENTIONS]


def batch(dims=DIMS, rows=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = {c: torch.randn(rows, d, generator=generator) for c, d in dims.items()}
    present = torch.rand(rows, len(dims), generator=generator) < 0.6
    present[0] = True
    present[1] = False
    present[2] = torch.tensor([False, False, True, False])
    return x, present


class Pair(torch.nn.Module):
    """A fusion behind an attention, as a tower uses them."""

    def __init__(self, fusion, attention):
        super().__init__()
        self.attention = create_attention(attention, tuple(EQUAL), WIDTH)
        self.fusion = create_fusion(fusion, EQUAL, WIDTH)

    def forward(self, x, present, query):
        return self.fusion(self.attention(x, present, query).x, present, query)


def make(fusion, attention):
    torch.manual_seed(0)
    return Pair(fusion, attention)


@pytest.mark.parametrize(("fusion", "attention"), PAIRS)
def test_every_parameter_is_saved_and_trains(fusion, attention):
    module = make(fusion, attention)
    x, present = batch(EQUAL, rows=32)
    fused = module(x, present, torch.randn(32, WIDTH))
    (fused.z * torch.randn_like(fused.z)).sum().backward()
    saved = module.state_dict()
    for name, parameter in module.named_parameters():
        assert name in saved
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize(("fusion", "attention"), PAIRS)
def test_poison_in_absent_slots_changes_nothing(fusion, attention):
    module = make(fusion, attention)
    x, present = batch(EQUAL)
    query = torch.randn(len(present), WIDTH)
    poisoned = {
        c: torch.where(present[:, i, None], v, torch.nan) for i, (c, v) in enumerate(x.items())
    }
    results = []
    for given in (x, poisoned):
        module.zero_grad()
        given = {c: v.clone().requires_grad_() for c, v in given.items()}
        fused = module(given, present, query)
        fused.z.square().sum().backward()
        results.append((fused, {n: p.grad.clone() for n, p in module.named_parameters()}))
    (clean, clean_grad), (poison, poison_grad) = results
    assert torch.isfinite(poison.z).all()
    torch.testing.assert_close(poison.z, clean.z, rtol=0, atol=0)
    if clean.weights is not None:
        torch.testing.assert_close(poison.weights, clean.weights, rtol=0, atol=0)
    for name, gradient in clean_grad.items():
        torch.testing.assert_close(poison_grad[name], gradient, rtol=0, atol=0)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_gates_sum_to_one_over_the_present(fusion):
    x, present = batch()
    fused = create_fusion(fusion, DIMS, WIDTH)(x, present)
    assert fused.z.shape == (len(present), WIDTH)
    if fused.weights is not None:
        torch.testing.assert_close(fused.weights.sum(1), present.any(1).float())
        assert (fused.weights[~present] == 0).all()
        assert (fused.weights >= 0).all()


@pytest.mark.parametrize(("fusion", "attention"), PAIRS)
def test_order_of_the_dict_and_company_in_the_batch_change_nothing(fusion, attention):
    module = make(fusion, attention).eval()
    x, present = batch(EQUAL)
    query = torch.randn(len(present), WIDTH)
    whole = module(x, present, query).z
    backwards = module(dict(reversed(x.items())), present, query).z
    torch.testing.assert_close(backwards, whole, rtol=0, atol=0)
    for row in range(len(present)):
        alone = module(
            {c: v[row : row + 1] for c, v in x.items()},
            present[row : row + 1],
            query[row : row + 1],
        ).z
        torch.testing.assert_close(alone[0], whole[row], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("fusion", "attention"), PAIRS)
def test_every_present_channel_is_heard(fusion, attention):
    module = make(fusion, attention)
    x, _ = batch(EQUAL)
    present = torch.ones(6, len(CHANNELS), dtype=torch.bool)
    before = module(x, present, None).z
    for c in x:
        moved = {**x, c: x[c] + 1}
        assert (module(moved, present, None).z - before).abs().max() > 1e-5, c


@pytest.mark.parametrize("fusion", FUSIONS)
def test_device_and_dtype_follow_the_input(fusion):
    x, present = batch()
    module = create_fusion(fusion, DIMS, WIDTH).double()
    assert module({c: v.double() for c, v in x.items()}, present).z.dtype == torch.float64


def test_user_attention_hears_the_visitor():
    attention = create_attention("user", tuple(EQUAL), WIDTH)
    x, _ = batch(EQUAL)
    present = torch.ones(6, len(CHANNELS), dtype=torch.bool)
    first, second = torch.randn(2, 6, WIDTH).unbind()
    maps = [attention(x, present, q).map for q in (first, second)]
    assert (maps[0] - maps[1]).abs().max() > 1e-3
    torch.testing.assert_close(maps[0].sum(1), torch.ones(6))


def test_an_unknown_key_names_the_known_ones():
    with pytest.raises(TriadError, match="concat"):
        create_fusion("nonsense", DIMS, WIDTH)
    with pytest.raises(TriadError, match="user"):
        create_attention("nonsense", tuple(EQUAL), WIDTH)


@pytest.mark.parametrize("card", [*FUSIONS.cards(), *ATTENTIONS.cards()], ids=lambda c: c.key)
def test_cards_are_complete(card):
    assert card.key.isidentifier()
    assert card.formula
    assert card.source
    assert card.family
