"""Mixture of experts."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import AbsentTokens, Embeddings, Fused, Fusion, register
from core.registry import Card


@register
class MixtureOfExperts(Fusion):
    """Experts share the items among themselves, and a router learns whom to ask about which.

    The experts are not the channels: each sees all of them. So there are no gates of channels; how much each
    expert is heard is the map ``experts``. Left alone, a router soon asks one expert only, which learns the
    more for it; the load-balance loss (squared coefficient of variation of what the experts got over the
    batch) keeps the others in work.

    Parameters
    ----------
    experts : how many
    balance : weight of the load-balance loss
    """

    card = Card(
        key="moe",
        family="gate",
        formula=(
            r"z = \sum_k g_k E_k(x),\quad g = \mathrm{softmax}(W_g x),"
            r"\quad \mathcal{L} = \mathrm{CV}\big(\textstyle\sum_b g_b\big)^2"
        ),
        source="Jacobs et al., Adaptive Mixtures of Local Experts, 1991; load balance: Shazeer et al., 2017",
        year=1991,
    )

    def __init__(
        self, dims: Mapping[str, int], width: int, experts: int = 4, balance: float = 0.05
    ) -> None:
        super().__init__(dims, width)
        self.balance = balance
        self.absent = AbsentTokens(dims)
        total = sum(dims.values())
        self.router = nn.Linear(total, experts)
        # A router that starts undecided stays so: experts that are all asked alike learn alike.
        nn.init.normal_(self.router.weight, std=3 / total**0.5)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(total, width), nn.GELU(), nn.Linear(width, width))
            for _ in range(experts)
        )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. ``attention["experts"]`` is (B, experts)."""
        everything = torch.cat(list(self.absent(x, present).values()), dim=-1)
        share = torch.softmax(self.router(everything), dim=-1)
        said = torch.stack([expert(everything) for expert in self.experts], dim=1)
        z = torch.einsum("bk,bkd->bd", share, said)
        maps = {"experts": share}
        if not self.training:
            return Fused(z, attention=maps)
        load = share.mean(dim=0)
        uneven = load.var(unbiased=False) / load.mean().square()
        scalars = {"uneven": uneven.detach(), "busiest": load.detach().max()}
        return Fused(z, attention=maps, aux_loss=self.balance * uneven, scalars=scalars)
