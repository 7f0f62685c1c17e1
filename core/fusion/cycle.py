"""Cyclic translation between channels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, clean, masked_mean, register
from core.fusion.chance import Chance
from core.registry import Card


@register
class Cycle(Fusion):
    """A channel is translated into another and back; the code that survives the round trip is fused.

    Each channel has one encoder into the joint code and one decoder out of it, so that M of each make all
    M(M - 1) translations. The codes of the present channels are averaged.

    Parameters
    ----------
    translation : weight of the translation losses
    most : rows of a batch that are translated
    """

    card = Card(
        key="cycle",
        family="generative",
        formula=(
            r"j_a = E_a(x_a),\quad \hat x_b = D_b(j_a),\quad \hat x_a = D_a(E_b(\hat x_b)),"
            r"\quad \mathcal{L} = \lVert \hat x_b - x_b \rVert^2 + \lVert \hat x_a - x_a \rVert^2,"
            r"\quad z = \mathrm{mean}_{a \in P}\, j_a"
        ),
        source="Pham et al., Found in Translation (MCTN), 2019",
        year=2019,
    )

    def __init__(
        self, dims: Mapping[str, int], width: int, translation: float = 0.1, most: int = 256
    ) -> None:
        super().__init__(dims, width)
        self.translation, self.most = translation, most
        self.encode = nn.ModuleDict({str(c): _mlp(d, width, width) for c, d in dims.items()})
        self.decode = nn.ModuleDict({str(c): _mlp(width, width, d) for c, d in dims.items()})
        self.chance = Chance()

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        x = clean(x, present, self.channels)
        codes = torch.stack([self.encode[c](x[c]) for c in self.channels], dim=1)
        z = masked_mean(codes, present)
        if not self.training:
            return Fused(z)
        rows = self.chance.rows(len(z), self.most, z)
        there, back = self.translate({c: v[rows] for c, v in x.items()}, codes[rows], present[rows])
        scalars = {"there": there.detach(), "back": back.detach()}
        return Fused(z, aux_loss=self.translation * (there + back), scalars=scalars)

    def translate(self, x: Embeddings, codes: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Return the losses of a -> b and of a -> b -> a, averaged over pairs and rows that have both.

        Each is the squared error relative to the squared size of what should have come out: 0 is
        perfect, 1 is as good as saying nothing. Targets are detached, or the channels would learn to be easy
        to translate (all alike) instead of the translators learning to translate.

        Parameters
        ----------
        x : channel -> (n, D), zeros where absent
        codes : (n, M, width)
        present : (n, M) bool
        """
        there, back, pairs = codes.new_zeros(()), codes.new_zeros(()), 0
        for (i, a), (j, b) in permutations(enumerate(self.channels), 2):
            rows = (present[:, i] & present[:, j]).nonzero().squeeze(1)
            if not len(rows):
                continue
            translated = self.decode[b](codes[rows, i])
            returned = self.decode[a](self.encode[b](translated))
            there = there + _error(translated, x[b][rows].detach())
            back = back + _error(returned, x[a][rows].detach())
            pairs += 1
        return there / max(pairs, 1), back / max(pairs, 1)


def _mlp(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs))


def _error(guess: Tensor, target: Tensor) -> Tensor:
    return (guess - target).square().mean() / target.square().mean().clamp(min=1e-6)
