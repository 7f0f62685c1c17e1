"""What every fusion under every attention must keep."""

import json

import pytest
import torch

from core.errors import TriadError
from core.fusion import ATTENTIONS, FUSIONS, create_attention, create_fusion
from core.resources import ASSETS
from core.types import CHANNELS

LOCALES = ASSETS / "locales"

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


def loss_of(fused):
    """A loss that every output takes part in, with the auxiliary one as a trainer adds it."""
    weights = torch.randn(fused.z.shape, generator=torch.Generator().manual_seed(5))
    main = (fused.z * weights.to(fused.z)).sum()
    return main if fused.aux_loss is None else main + fused.aux_loss


@pytest.mark.parametrize(("fusion", "attention"), PAIRS)
def test_every_parameter_is_saved_and_trains(fusion, attention):
    module = make(fusion, attention)
    x, present = batch(EQUAL, rows=32)
    loss_of(module(x, present, torch.randn(32, WIDTH))).backward()
    saved = module.state_dict()
    for name, parameter in module.named_parameters():
        assert name in saved
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("fusion", "attention"), PAIRS)
def test_poison_in_absent_slots_changes_nothing(fusion, attention, training):
    x, present = batch(EQUAL)
    query = torch.randn(len(present), WIDTH)
    poisoned = {
        c: torch.where(present[:, i, None], v, torch.nan) for i, (c, v) in enumerate(x.items())
    }
    results = []
    for given in (x, poisoned):
        module = make(fusion, attention).train(
            training
        )  # anew: what is drawn by chance is then equal
        given = {c: v.clone().requires_grad_() for c, v in given.items()}
        fused = module(given, present, query)
        loss_of(fused).backward()
        gradients = {n: p.grad for n, p in module.named_parameters() if p.grad is not None}
        results.append((fused, gradients | {c: v.grad for c, v in given.items()}))
    (clean, clean_grad), (poison, poison_grad) = results
    assert torch.isfinite(poison.z).all()
    torch.testing.assert_close(poison.z, clean.z, rtol=0, atol=0)
    for name in ("weights", "aux_loss", "attention", "scalars"):
        torch.testing.assert_close(getattr(poison, name), getattr(clean, name), rtol=0, atol=0)
    torch.testing.assert_close(poison_grad, clean_grad, rtol=0, atol=0)
    for i, c in enumerate(x):
        assert (poison_grad[c][~present[:, i]] == 0).all()


SHOWN = {
    "everything": [True, True, True, True],
    "all but one": [True, True, False, True],
    "one": [False, False, True, False],
    "nothing": [False, False, False, False],
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("fusion", FUSIONS)
def test_any_part_of_the_channels_can_be_trained_on(fusion, shown, rows):
    module = make(fusion, "off")
    x, _ = batch(EQUAL, rows=max(rows, 3))
    x = {c: v[:rows].clone().requires_grad_() for c, v in x.items()}
    present = torch.tensor(shown).expand(rows, -1)
    fused = module(x, present, None)
    assert fused.z.shape == (rows, WIDTH)
    loss_of(fused).backward()
    for value in (fused.z, loss_of(fused), *(p.grad for p in module.parameters()), *x.values()):
        assert value is None or torch.isfinite(value).all()
    for value in (fused.scalars or {}).values():
        assert value.shape == ()
        assert not value.requires_grad
        assert torch.isfinite(value)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_chance_plays_in_training_only_and_is_its_own(fusion):
    x, present = batch(EQUAL, rows=12)
    module = make(fusion, "off").eval()
    first, second = module(x, present, None), module(x, present, None)
    torch.testing.assert_close(first.z, second.z, rtol=0, atol=0)
    assert first.aux_loss is None
    assert first.scalars is None
    trained = []
    for seed in (1, 2):
        module = make(fusion, "off")
        torch.manual_seed(seed)  # the global source must not matter
        fused = module(x, present, None)
        trained.append((fused.z, fused.aux_loss))
    torch.testing.assert_close(*trained, rtol=0, atol=0)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_gates_sum_to_one_over_the_present(fusion):
    x, present = batch()
    fused = create_fusion(fusion, DIMS, WIDTH)(x, present)  # channels of different sizes
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
    module = make(fusion, attention).eval()
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
    fused = module({c: v.double() for c, v in x.items()}, present)
    assert fused.z.dtype == torch.float64
    assert fused.aux_loss is None or fused.aux_loss.dtype == torch.float64


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fusion_has_a_name_and_a_line(language):
    words = json.loads((LOCALES / f"{language}.json").read_text(encoding="utf-8"))["fusion"]
    assert set(words) == set(FUSIONS)
    assert all(entry["name"] and entry["line"] for entry in words.values())
    assert len({entry["name"] for entry in words.values()}) == len(words)
