"""Closed-form strategies against a few lines of einsum at double precision."""

import torch

from core.fusion import create_attention, create_fusion

DIMS = {"image": 5, "text": 7, "audio": 3}
WIDTH = 4


def given(rows=6):
    generator = torch.Generator().manual_seed(1)
    x = {c: torch.randn(rows, d, dtype=torch.float64, generator=generator) for c, d in DIMS.items()}
    present = torch.rand(rows, len(DIMS), generator=generator) < 0.7
    present[0] = True
    present[:, 1] = True
    return x, present


def new(key):
    torch.manual_seed(3)
    return create_fusion(key, DIMS, WIDTH).double().eval()


def test_late_is_the_weighted_sum_that_it_says():
    fusion, (x, present) = new("late"), given()
    fusion.theta.data = torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64)
    fused = fusion(x, present)
    w = fusion.theta.exp() * present
    w = w / w.sum(1, keepdim=True)
    said = torch.stack([fusion.expert[c](x[c]) for c in DIMS])
    torch.testing.assert_close(fused.weights, w)
    torch.testing.assert_close(fused.z, torch.einsum("bm,mbd->bd", w, said))


def test_gated_is_the_formula_on_its_card():
    fusion, (x, present) = new("gated"), given()
    present[:] = True
    h = torch.stack(
        [torch.tanh(x[c] @ fusion.hidden[c].weight.T + fusion.hidden[c].bias) for c in DIMS]
    )
    g = torch.softmax(torch.cat(list(x.values()), 1) @ fusion.gate.weight.T + fusion.gate.bias, 1)
    torch.testing.assert_close(fusion(x, present).z, torch.einsum("bm,mbd->bd", g, h))


def test_concat_reads_the_channels_side_by_side():
    fusion, (x, present) = new("concat"), given()
    present[:] = True
    first, _, last = fusion.mlp
    parts = first.weight.split(list(DIMS.values()), dim=1)
    hidden = sum(torch.einsum("bd,hd->bh", x[c], w) for c, w in zip(DIMS, parts, strict=True))
    expected = last(torch.nn.functional.gelu(hidden + first.bias))
    torch.testing.assert_close(fusion(x, present).z, expected)


def test_concat_puts_the_learned_token_in_an_absent_slot():
    fusion, (x, present) = new("concat"), given()
    present[:] = torch.tensor([False, True, False])
    filled = {**x, **{c: fusion.absent.token[c].expand_as(x[c]) for c in ("image", "audio")}}
    everything = torch.ones_like(present)
    torch.testing.assert_close(fusion(x, present).z, fusion(filled, everything).z)


def test_lowrank_is_the_full_tensor_that_it_factorises():
    fusion, (x, present) = new("lowrank"), given()
    present[:] = True
    factors = {
        c: torch.cat([fusion.constant[c][:, None], fusion.factor[c]], 1) for c in DIMS
    }  # (R, 1 + D, width)
    weight = torch.einsum("r,riw,rjw,rkw->ijkw", fusion.mix, *factors.values())
    one = torch.ones(len(present), 1, dtype=torch.float64)
    extended = [torch.cat([one, x[c]], 1) for c in DIMS]
    expected = torch.einsum("bi,bj,bk,ijkw->bw", *extended, weight) + fusion.bias
    torch.testing.assert_close(fusion(x, present).z, expected)


def test_transformer_attends_as_torch_does():
    fusion, (x, present) = new("transformer"), given()
    reference = torch.nn.MultiheadAttention(WIDTH, fusion.heads, batch_first=True).double()
    reference.in_proj_weight.data = fusion.query_key_value.weight.data
    reference.in_proj_bias.data = fusion.query_key_value.bias.data
    reference.out_proj.load_state_dict(fusion.out.state_dict())
    tokens = torch.stack(
        [fusion.summary.expand(len(present), -1)] + [fusion.project[c](x[c]) for c in DIMS], 1
    )
    normed = fusion.before(tokens)
    padding = torch.cat([torch.zeros(len(present), 1, dtype=torch.bool), ~present], 1)
    read, _ = reference(normed[:, :1], normed, normed, key_padding_mask=padding)
    z = tokens[:, 0] + read[:, 0]
    torch.testing.assert_close(fusion(x, present).z, z + fusion.feed(z))


def test_even_user_weights_change_nothing():
    attention = create_attention("user", tuple(DIMS), WIDTH).double()
    attention.score.weight.data.zero_()
    attention.score.bias.data.zero_()
    x = {c: torch.randn(5, WIDTH, dtype=torch.float64) for c in DIMS}
    present = torch.ones(5, len(DIMS), dtype=torch.bool)
    query = torch.randn(5, WIDTH, dtype=torch.float64)
    for c, value in attention(x, present, query).x.items():
        torch.testing.assert_close(value, x[c])
