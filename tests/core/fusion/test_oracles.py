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


def projected(fusion, x):
    """(M, B, width) of the strategies that begin with a linear map a channel."""
    return torch.stack([x[c] @ m.weight.T + m.bias for c, m in in_order(fusion.project.of)])


def in_order(modules):
    return [(c, modules[c]) for c in DIMS]


def test_sum_mean_max_and_product_are_elementwise():
    x, present = given()
    here = present.T[..., None]
    fusion = new("sum")
    torch.testing.assert_close(fusion(x, present).z, (projected(fusion, x) * here).sum(0))
    fusion = new("mean")
    expected = torch.einsum(
        "mbd,bm->bd", projected(fusion, x), present.double() / present.sum(1)[:, None]
    )
    torch.testing.assert_close(fusion(x, present).z, expected)
    fusion = new("max")
    expected = torch.where(here, projected(fusion, x), -torch.inf).max(0).values
    torch.testing.assert_close(fusion(x, present).z, expected)
    fusion = new("product")
    torch.testing.assert_close(
        fusion(x, present).z, torch.where(here, projected(fusion, x), 1.0).prod(0) + fusion.bias
    )


def test_nothing_is_the_neutral_element():
    x, present = given()
    nothing = torch.zeros_like(present)
    for key, neutral in (("sum", 0.0), ("mean", 0.0), ("max", 0.0), ("product", 0.0)):
        assert (new(key)(x, nothing).z == neutral).all(), key


def test_attention_scores_each_channel_by_itself():
    fusion, (x, present) = new("attention"), given()
    h = projected(fusion, x)
    first, _, last = fusion.score
    s = torch.einsum("mbk,k->bm", torch.tanh(h @ first.weight.T + first.bias), last.weight[0])
    a = s.exp() * present / (s.exp() * present).sum(1, keepdim=True)
    fused = fusion(x, present)
    torch.testing.assert_close(fused.weights, a)
    torch.testing.assert_close(fused.z, torch.einsum("bm,mbd->bd", a, h))


def test_moe_is_the_routed_sum_of_its_experts():
    fusion, (x, present) = new("moe"), given()
    present[:] = True
    flat = torch.cat(list(x.values()), 1)
    g = torch.softmax(torch.einsum("bi,ki->bk", flat, fusion.router.weight) + fusion.router.bias, 1)
    said = torch.stack([expert(flat) for expert in fusion.experts])
    torch.testing.assert_close(fusion(x, present).z, torch.einsum("bk,kbd->bd", g, said))
    load = fusion.train()(x, present).aux_loss
    torch.testing.assert_close(
        load, fusion.balance * (g.sum(0).std(correction=0) / g.sum(0).mean()) ** 2
    )


def test_moe_pays_for_asking_one_expert_only():
    fusion, (x, present) = new("moe").train(), given()
    fusion.router.weight.data.zero_()
    fusion.router.bias.data.zero_()
    assert fusion(x, present).aux_loss < 1e-12
    fusion.router.bias.data[0] = 20.0
    torch.testing.assert_close(
        fusion(x, present).aux_loss, fusion.balance * torch.tensor(3.0).double(), rtol=1e-6, atol=0
    )


def test_film_modulates_each_channel_by_the_mean_of_the_others():
    fusion, (x, present) = new("film"), given()
    present[:] = True
    h = projected(fusion, x)
    others = (torch.ones(3, 3).double() - torch.eye(3).double()) / 2
    c = torch.einsum("mn,nbd->mbd", others, h)
    weight = torch.stack([m.weight for _, m in in_order(fusion.modulate)])
    bias = torch.stack([m.bias for _, m in in_order(fusion.modulate)])
    gamma, beta = (torch.einsum("mbi,moi->mbo", c, weight) + bias[:, None]).chunk(2, -1)
    torch.testing.assert_close(fusion(x, present).z, ((1 + gamma) * h + beta).mean(0))
    alone = torch.tensor([False, True, False]).expand_as(present)
    gamma, beta = fusion.modulate["text"].bias.chunk(2)
    torch.testing.assert_close(fusion(x, alone).z, (1 + gamma) * h[1] + beta)


def test_tensor_is_the_outer_product_and_absent_is_one_and_zeros():
    fusion, (x, present) = new("tensor"), given()
    s = projected(fusion, x) * present.T[..., None]
    i, j, k = torch.cat([torch.ones(3, len(present), 1).double(), s], 2)
    weight = fusion.read.weight.view(WIDTH, i.shape[1], i.shape[1], i.shape[1])
    torch.testing.assert_close(
        fusion(x, present).z, torch.einsum("bi,bj,bk,wijk->bw", i, j, k, weight)
    )


def test_poe_is_the_product_of_gaussians():
    fusion, (x, present) = new("poe"), given()
    mean, raw = torch.stack(
        [x[c] @ m.weight.T + m.bias for c, m in in_order(fusion.guess.of)]
    ).chunk(2, -1)
    precision = raw.exp()
    line = torch.linspace(-12, 12, 4001, dtype=torch.float64)
    log = -(line**2) / 2 + torch.einsum(
        "mbd,mbdx,bm->bdx", precision, -((line - mean[..., None]) ** 2) / 2, present.double()
    )
    density = torch.softmax(log, -1)
    mu = density @ line
    torch.testing.assert_close(fusion(x, present).z, mu, rtol=1e-6, atol=1e-8)
    # In training z is a sample of it, and the divergence from N(0, 1) is paid.
    variance = density @ line**2 - mu**2
    fused = fusion.train()(x, present)
    kl = 0.5 * (mu**2 + variance - 1 - variance.log()).mean()
    torch.testing.assert_close(fused.aux_loss, fusion.divergence * kl, rtol=1e-5, atol=0)
    many = {c: v.repeat(4000, 1) for c, v in x.items()}
    z = fusion(many, present.repeat(4000, 1)).z.view(4000, *mu.shape)
    torch.testing.assert_close(z.mean(0), mu, rtol=0, atol=0.08)
    torch.testing.assert_close(z.var(0), variance, rtol=0.15, atol=0)


def test_poe_without_anything_is_the_prior():
    fusion, (x, present) = new("poe"), given()
    nothing = torch.zeros_like(present)
    assert (fusion(x, nothing).z == 0).all()
    assert fusion.train()(x, nothing).aux_loss == 0


def attended(block, queries, keys):
    """What torch's own attention makes of it."""
    reference = torch.nn.MultiheadAttention(
        queries.shape[-1], block.heads, batch_first=True
    ).double()
    reference.in_proj_weight.data = torch.cat([block.query.weight, block.key_value.weight]).data
    reference.in_proj_bias.data = torch.cat([block.query.bias, block.key_value.bias]).data
    reference.out_proj.load_state_dict(block.out.state_dict())
    normed = block.before(keys)
    return queries + reference(block.before(queries), normed, normed)[0]


def shake(fusion):
    """Move every parameter away from where a quiet start makes branches hard to see."""
    for parameter in fusion.parameters():
        parameter.data += 0.5 * torch.randn_like(parameter)
    return fusion


def test_bottleneck_is_a_transformer_a_channel_with_shared_tokens():
    fusion, (x, present) = shake(new("bottleneck")), given()
    z = {c: m(x[c])[:, None] for c, m in in_order(fusion.project)}
    shared = fusion.shared.expand(len(present), -1, -1)

    def block(name, queries, keys):
        return fusion.think[name](attended(fusion.attend[name], queries, keys))

    both = {c: torch.cat([z[c], shared], 1) for c in DIMS}
    both = {c: block(f"{c}-0", v, v) for c, v in both.items()}
    share = (present / present.sum(1, keepdim=True)).double()
    shared = torch.einsum("bm,mbtd->btd", share, torch.stack([v[:, 1:] for v in both.values()]))
    last = [
        block(f"{c}-1", v[:, :1], torch.cat([v[:, :1], shared], 1))[:, 0] for c, v in both.items()
    ]
    expected = fusion.out(torch.einsum("bm,mbd->bd", share, torch.stack(last)))
    torch.testing.assert_close(fusion(x, present).z, expected)


def test_channels_meet_in_the_bottleneck_only():
    """With the bottleneck cut, the mixed second derivative of any two channels is zero."""
    torch.manual_seed(3)
    fusion, (x, present) = shake(create_fusion("bottleneck", DIMS, 16).double()), given()
    present[:] = True

    def mixed():
        both = {c: v.clone().requires_grad_() for c, v in x.items()}
        z = fusion(both, present).z.sum()
        (slope,) = torch.autograd.grad(z, both["image"], create_graph=True)
        (cross,) = torch.autograd.grad(slope.square().sum(), both["text"], allow_unused=True)
        return 0.0 if cross is None else float(cross.abs().max())

    assert mixed() > 1e-4
    fusion.layers = 1
    assert mixed() == 0


def test_mult_reads_each_channel_from_each_other():
    fusion, (x, present) = shake(new("mult")), given()
    parts = {c: 3 * torch.softmax(fusion.deal[c], 0) for c in DIMS}
    tokens = {
        c: torch.einsum("bd,td->btd", x[c], parts[c]) @ m.weight.T + m.bias
        for c, m in in_order(fusion.project)
    }
    # Two heads of size 1: (B, T, heads)
    q, k, v = ({c: fusion.ask[c](t).chunk(3, -1)[n] for c, t in tokens.items()} for n in range(3))
    said = []
    for i, a in enumerate(DIMS):
        found = torch.zeros_like(tokens[a])
        for j, b in enumerate(DIMS):
            weights = torch.softmax(torch.einsum("bth,bsh->bhts", q[a], k[b]), -1)
            if a != b:
                both = (present[:, i] & present[:, j])[:, None, None]
                found = found + both * torch.einsum("bhts,bsh->bth", weights, v[b])
        others = (present.sum(1) - present[:, i].long()).clamp(min=1)[:, None, None]
        mine = tokens[a] + fusion.out[a](found / others)
        said.append(fusion.read[a](fusion.think[a](mine).mean(1)))
    share = (present / present.sum(1, keepdim=True)).double()
    torch.testing.assert_close(
        fusion(x, present).z, torch.einsum("bm,mbd->bd", share, torch.stack(said))
    )


def test_mult_takes_tokens_where_there_are_some():
    fusion, (x, present) = new("mult"), given()
    parts = torch.einsum("bd,td->btd", x["text"], 3 * torch.softmax(fusion.deal["text"], 0))
    torch.testing.assert_close(fusion({**x, "text": parts}, present).z, fusion(x, present).z)
    more = torch.cat([parts, torch.randn(len(parts), 4, DIMS["text"]).double()], 1)
    fused = fusion({**x, "text": more}, present)
    assert set(fused.attention) == {f"{b}>{a}" for a in DIMS for b in DIMS if a != b}
    read = fused.attention["text>image"]
    assert read.shape == (len(parts), 3, 7)
    assert fused.attention["image>text"].shape == (len(parts), 7, 3)
    torch.testing.assert_close(read.sum(2), present[:, :1].double().expand(-1, 3))
