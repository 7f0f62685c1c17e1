"""Strategies that learn from a second loss: what the loss is, whom it moves, and that it is won."""

import pytest
import torch
from torch.nn import functional

from core.fusion import create_fusion

DIMS = {"image": 6, "text": 6, "audio": 6}


def related(rows=64, seed=0, dims=DIMS):
    """Channels that are noisy views of one cause: each can be guessed from the others."""
    draw = torch.Generator().manual_seed(seed)
    mix = torch.Generator().manual_seed(99)
    cause = torch.randn(rows, 3, generator=draw)
    x = {c: cause @ torch.randn(3, d, generator=mix) for c, d in dims.items()}
    return {c: v + 0.1 * torch.randn(v.shape, generator=draw) for c, v in x.items()}


def new(key, width=16, **options):
    torch.manual_seed(0)
    fusion = create_fusion(key, DIMS, width)
    for name, value in options.items():
        setattr(fusion, name, value)
    return fusion


def everything(x):
    return torch.ones(len(next(iter(x.values()))), len(DIMS), dtype=torch.bool)


def learn(fusion, parameters, steps=150, rate=1e-2):
    optimiser = torch.optim.Adam(parameters, lr=rate)
    for step in range(steps):
        x = related(seed=step)
        optimiser.zero_grad()
        fused = fusion(x, everything(x))
        fused.aux_loss.backward()
        optimiser.step()
    return fused.scalars


def test_contrastive_is_the_symmetric_cross_entropy():
    fusion, x = new("contrastive", alignment=1.0), related(rows=8)
    h = {c: functional.normalize(fusion.project.of[c](x[c]), dim=-1) for c in DIMS}
    right, losses = torch.arange(8), []
    for a, b in (("image", "text"), ("image", "audio"), ("text", "audio")):
        near = torch.einsum("id,jd->ij", h[a], h[b]) / 0.07
        losses += [functional.cross_entropy(near, right), functional.cross_entropy(near.T, right)]
    torch.testing.assert_close(fusion(x, everything(x)).aux_loss, torch.stack(losses).mean())


def test_an_item_is_no_negative_of_itself():
    fusion, x = new("contrastive"), related(rows=2)
    item = {c: v[:1].expand(8, -1) for c, v in x.items()}
    assert fusion(item, everything(item)).aux_loss == 0
    scaled = {c: v * torch.arange(1, 9)[:, None] for c, v in item.items()}  # as user attention does
    assert fusion(scaled, everything(scaled)).aux_loss == 0
    assert fusion(x, everything(x)).aux_loss > 0


def test_absent_channels_are_no_negatives():
    fusion, x = new("contrastive"), related(rows=8)
    more = {c: torch.cat([v, torch.randn(5, 6)]) for c, v in x.items()}
    present = torch.cat([everything(x), torch.eye(3, dtype=torch.bool)[[0, 1, 2, 0, 1]]])
    once = fusion(x, everything(x)).aux_loss
    torch.testing.assert_close(fusion(more, present).aux_loss, once)


def test_alignment_finds_the_partner():
    fusion = new("contrastive")
    before = fusion(related(seed=-1), everything(related())).scalars["matched"]
    after = learn(fusion, fusion.parameters())["matched"]
    assert before < 0.3
    assert after > 0.8


def test_each_player_is_moved_by_its_own_loss_only():
    fusion, x = new("gan"), related()
    x = {c: v.requires_grad_() for c, v in x.items()}
    game = fusion.play(x, everything(x))
    players = {
        "discriminator": list(fusion.discriminator.parameters()),
        "generator": list(fusion.generator.parameters()),
    }
    for loss, mover in (
        ("discriminator", "discriminator"),
        ("generator", "generator"),
        ("distance", "generator"),
    ):
        for player, parameters in players.items():
            gradients = torch.autograd.grad(
                getattr(game, loss), parameters, retain_graph=True, allow_unused=True
            )
            assert all((g is not None) == (player == mover) for g in gradients), (loss, player)
    fused = fusion(x, everything(x))
    # Nothing is absent here, so the game could reach the channel vectors only through its own losses.
    gradients = torch.autograd.grad(fused.aux_loss, list(x.values()), allow_unused=True)
    assert all(g is None or (g == 0).all() for g in gradients)


def test_the_players_losses_are_those_of_the_papers():
    fusion, x = new("gan").eval(), related()
    zero, known = torch.zeros(64, 6), torch.tensor([1.0, 0.0, 1.0]).expand(64, 3)
    given = torch.cat([x["image"], zero, x["audio"], known, torch.zeros(64, fusion.noise)], 1)
    fake = fusion.generator["text"](given)
    real_p, fake_p = (
        torch.sigmoid(
            fusion.discriminator["text"](torch.cat([x["image"], text, x["audio"], known], 1))
        )
        for text in (x["text"], fake)
    )
    game = fusion.play_channel("text", x, everything(x))
    value = real_p.log().mean() + (1 - fake_p).log().mean()
    torch.testing.assert_close(game.discriminator, -value / 2)
    torch.testing.assert_close(game.generator, -fake_p.log().mean())
    torch.testing.assert_close(
        game.distance, (fake - x["text"]).abs().sum() / x["text"].abs().sum()
    )
    accuracy = ((real_p > 0.5).float().mean() + (fake_p <= 0.5).float().mean()) / 2
    torch.testing.assert_close(game.accuracy, accuracy)


def test_the_judge_learns_to_tell_and_the_generator_to_fool_it():
    fusion = new("gan")
    guessing = fusion.play(related(seed=-1), everything(related()))
    learn(fusion, fusion.discriminator.parameters())
    caught = fusion.play(related(seed=-1), everything(related()))
    assert guessing.accuracy < 0.65
    assert caught.accuracy > 0.85
    learn(fusion, fusion.generator.parameters())
    fooled = fusion.play(related(seed=-1), everything(related()))
    assert fooled.accuracy < caught.accuracy - 0.2
    assert fooled.generator < caught.generator


def test_an_absent_channel_is_imputed_from_the_others():
    fusion, x = new("gan"), related(seed=-1)
    learn(fusion, fusion.parameters())
    fusion.eval()
    invented = fusion.impute("text", x, everything(x))
    unexplained = (invented - x["text"]).square().sum() / x["text"].square().sum()
    assert unexplained < 0.2
    absent = torch.tensor([True, False, True]).expand(64, 3)
    z = fusion({**x, "text": invented}, everything(x)).z
    torch.testing.assert_close(fusion(x, absent).z, z)


def test_the_generator_is_random_in_training_only():
    fusion, x = new("gan"), related()
    absent = torch.tensor([True, False, True]).expand(64, 3)
    assert not torch.equal(fusion(x, absent).z, fusion(x, absent).z)
    fusion.eval()
    assert torch.equal(fusion(x, absent).z, fusion(x, absent).z)


def test_translations_there_and_back_are_the_errors_they_say():
    fusion, x = new("cycle"), related()
    e, d = fusion.encode, fusion.decode
    there, back = [], []
    for a in DIMS:
        for b in DIMS:
            if a != b:
                translated = d[b](e[a](x[a]))
                there.append((translated - x[b]).square().sum() / x[b].square().sum())
                returned = d[a](e[b](translated))
                back.append((returned - x[a]).square().sum() / x[a].square().sum())
    fused = fusion(x, everything(x))
    torch.testing.assert_close(fused.scalars["there"], torch.stack(there).mean())
    torch.testing.assert_close(fused.scalars["back"], torch.stack(back).mean())
    total = torch.stack(there).mean() + torch.stack(back).mean()
    torch.testing.assert_close(fused.aux_loss, fusion.translation * total)
    torch.testing.assert_close(fused.z, torch.stack([e[c](x[c]) for c in DIMS]).mean(0))


def test_translators_learn_and_targets_stand_still():
    fusion = new("cycle")
    scalars = learn(fusion, fusion.parameters())
    assert scalars["there"] < 0.15
    assert scalars["back"] < 0.15
    x = {c: v.requires_grad_() for c, v in related().items()}
    present = torch.tensor([True, True, False]).expand(64, 3)
    codes = torch.stack([fusion.encode[c](x[c].detach()) for c in DIMS], 1)
    there, back = fusion.translate(x, codes, present)
    # With the codes given, the channel vectors are targets only.
    gradients = torch.autograd.grad(there + back, list(x.values()), allow_unused=True)
    assert all(g is None for g in gradients)


@pytest.mark.parametrize("key", ["contrastive", "gan", "cycle"])
def test_the_cost_of_a_game_is_bounded(key):
    fusion, x = new(key, most=7), related()
    seen = []
    name = {"contrastive": "align", "gan": "play", "cycle": "translate"}[key]
    original = getattr(fusion, name)
    setattr(fusion, name, lambda x, *rest: seen.append(len(rest[-1])) or original(x, *rest))
    assert torch.isfinite(fusion(x, everything(x)).aux_loss)
    assert seen == [7]
