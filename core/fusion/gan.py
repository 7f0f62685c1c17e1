"""Adversarial imputation of absent channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from core.fusion.base import Embeddings, Fused, Fusion, clean, register
from core.fusion.chance import Chance
from core.registry import Card


@dataclass(frozen=True, eq=False)
class Game:
    """How the game stands; scalars.

    Attributes
    ----------
    discriminator, generator : losses of the two players, in nats; both log 2 = 0.69 when the judge can
        only guess
    distance : of generated from real, L1 relative to the size of the real
    accuracy : how often the judge is right, fake and real counted equally; 0.5 is guessing
    """

    discriminator: Tensor
    generator: Tensor
    distance: Tensor
    accuracy: Tensor


@register
class Adversarial(Fusion):
    """A generator invents what an absent channel might have been, and a judge learns to see through it.

    Every channel has a generator G_m(x_-m, noise) and a discriminator D_m(x_m, x_-m). Absent channels are
    filled by the generators, and an MLP reads real and invented ones side by side. In eval mode the noise is
    its mean, 0.

    Parameters
    ----------
    noise : how many random numbers a generator gets
    adversarial, closeness : weights of the players' losses and of the L1 term
    most : rows of a batch on which the game is played
    """

    card = Card(
        key="gan",
        family="generative",
        formula=(
            r"\tilde x_m = x_m \text{ or } G_m(x_{-m}, \epsilon),\quad z = \mathrm{MLP}([\tilde x_1; \dots;"
            r"\tilde x_M]),\quad \min_G \max_D \log D_m(x_m, x_{-m}) + \log(1 - D_m(G_m, x_{-m}))"
            r" + \lambda \lVert x_m - G_m \rVert_1"
        ),
        source=(
            "Goodfellow et al., Generative Adversarial Nets, 2014; conditional: Mirza and Osindero, 2014; "
            "with L1: Isola et al., 2017"
        ),
        year=2014,
    )

    def __init__(
        self,
        dims: Mapping[str, int],
        width: int,
        noise: int = 8,
        adversarial: float = 0.05,
        closeness: float = 0.2,
        most: int = 256,
    ) -> None:
        super().__init__(dims, width)
        self.noise, self.most = noise, most
        self.adversarial, self.closeness = adversarial, closeness
        total = sum(dims.values())
        known = total + len(self.channels)
        self.generator = nn.ModuleDict(
            {
                str(c): nn.Sequential(
                    nn.Linear(known + noise, width), nn.GELU(), nn.Linear(width, d)
                )
                for c, d in dims.items()
            }
        )
        self.discriminator = nn.ModuleDict(
            {
                str(c): nn.Sequential(
                    nn.Linear(known, width), nn.LeakyReLU(0.2), nn.Linear(width, 1)
                )
                for c in dims
            }
        )
        self.mlp = nn.Sequential(
            nn.Linear(total, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        self.chance = Chance()

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        x = clean(x, present, self.channels)
        filled = []
        for i, c in enumerate(self.channels):
            rows = (~present[:, i]).nonzero().squeeze(1)
            some = {n: v[rows] for n, v in x.items()}
            filled.append(x[c].index_copy(0, rows, self.impute(c, some, present[rows])))
        z = self.mlp(torch.cat(filled, dim=-1))
        if not self.training:
            return Fused(z)
        rows = self.chance.rows(len(z), self.most, z)
        game = self.play({c: v[rows] for c, v in x.items()}, present[rows])
        loss = (
            self.adversarial * (game.discriminator + game.generator)
            + self.closeness * game.distance
        )
        return Fused(z, aux_loss=loss, scalars={k: v.detach() for k, v in vars(game).items()})

    def impute(self, channel: str, x: Mapping[str, Tensor], present: Tensor) -> Tensor:
        """Invent a channel (B, D) from the others; ``x`` is clean, and its own ``channel`` is not read."""
        i = self.channels.index(channel)
        one = x[channel]
        noise = (
            self.chance.normal((len(one), self.noise), one)
            if self.training
            else one.new_zeros(len(one), self.noise)
        )
        known = _beside(channel, i, torch.zeros_like(one), x, present)
        invented: Tensor = self.generator[channel](torch.cat([known, noise], dim=-1))
        return invented

    def play(self, x: Mapping[str, Tensor], present: Tensor) -> Game:
        """Play every channel on the rows that have it and at least one other, and average the channels.

        The game is about the channel vectors and not played by them: they are detached, since a network
        that could move the real vectors would make them easy to imitate (all alike) instead of imitating.

        Parameters
        ----------
        x : channel -> (B, D), zeros where absent
        present : (B, M) bool
        """
        x = {c: v.detach() for c, v in x.items()}
        games = []
        for i, c in enumerate(self.channels):
            rows = (present[:, i] & (present.sum(dim=1) > 1)).nonzero().squeeze(1)
            if len(rows):
                games.append(
                    self.play_channel(c, {n: v[rows] for n, v in x.items()}, present[rows])
                )
        if not games:
            zero = next(iter(x.values())).new_zeros(())
            return Game(zero, zero, zero, zero)
        return Game(*(torch.stack(one).mean() for one in zip(*map(_scores, games), strict=True)))

    def play_channel(self, channel: str, x: Mapping[str, Tensor], present: Tensor) -> Game:
        """Play one channel on rows that all have it.

        One backward pass trains both players, so each must be kept out of the other's loss.
        """
        i = self.channels.index(channel)
        judge = self.discriminator[channel]
        real, fake = x[channel], self.impute(channel, x, present)
        true = judge(_beside(channel, i, real, x, present))
        # The judge's loss stops here: it must not teach the generator to be easy to catch.
        false = judge(_beside(channel, i, fake.detach(), x, present))
        # The generator's loss goes through the judge but leaves it as it is. Non-saturating: it maximises
        # log D(fake), whose gradient does not vanish while the judge is still sure.
        frozen = {k: p.detach() for k, p in judge.named_parameters()}
        fooled = functional_call(judge, frozen, (_beside(channel, i, fake, x, present),))
        right = torch.cat([true > 0, false <= 0]).to(real.dtype)
        return Game(
            discriminator=(F.softplus(-true).mean() + F.softplus(false).mean()) / 2,
            generator=F.softplus(-fooled).mean(),
            distance=(fake - real).abs().mean() / real.abs().mean().clamp(min=1e-6),
            accuracy=right.mean(),
        )


def _scores(game: Game) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return game.discriminator, game.generator, game.distance, game.accuracy


def _beside(
    channel: str, column: int, value: Tensor, x: Mapping[str, Tensor], present: Tensor
) -> Tensor:
    """Lay all channels side by side with ``value`` in the place of one, and which others there are."""
    others = present.to(value.dtype).clone()
    others[:, column] = 0
    return torch.cat([value if c == channel else v for c, v in x.items()] + [others], dim=-1)
