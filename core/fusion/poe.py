"""Product of experts."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, Projection, register
from core.fusion.chance import Chance
from core.registry import Card


@register
class ProductOfExperts(Fusion):
    """Each channel is a Gaussian guess at the item; multiplied, the surer ones count more.

    A standard normal prior is one more expert, so nothing present is the prior and few channels stay near
    it. Training reads a sample and pays the divergence from the prior; in eval mode z is the mean.

    ``weights`` are the channels' shares of the precision (without the prior's), averaged over features.

    Parameters
    ----------
    divergence : weight of the KL divergence, in nats a feature
    """

    card = Card(
        key="poe",
        family="probabilistic",
        formula=(
            r"z \sim \mathcal{N}(\mu, 1/T),\quad T = 1 + \sum_m T_m,"
            r"\quad \mu = \frac{1}{T} \sum_m T_m \mu_m,\quad T_m = 1 / \sigma_m^2"
        ),
        source="Wu and Goodman, Multimodal Generative Models for Scalable Weakly-Supervised Learning, 2018",
        year=2018,
    )

    def __init__(self, dims: Mapping[str, int], width: int, divergence: float = 0.01) -> None:
        super().__init__(dims, width)
        self.divergence = divergence
        self.guess = Projection(dims, 2 * width)
        # Experts start sure of themselves (variance 1/20): a sample that is mostly noise teaches nothing.
        for linear in self.guess.of.values():
            nn.init.constant_(linear.get_parameter("bias")[width:], 3.0)
        self.chance = Chance()

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        mean, raw = self.guess(x, present).chunk(2, dim=-1)
        precision = raw.clamp(-8, 8).exp().masked_fill(~present[..., None], 0.0)
        heard = precision.sum(dim=1)
        total = 1 + heard
        mu = (precision * mean).sum(dim=1) / total
        tiny = torch.finfo(heard.dtype).tiny
        weights = (precision / heard.clamp(min=tiny)[:, None]).mean(dim=-1)
        if not self.training:
            return Fused(mu, weights)
        z = mu + self.chance.normal(mu.shape, mu) * total.rsqrt()
        kl = 0.5 * (mu.square() + 1 / total - 1 + total.log()).mean()
        return Fused(z, weights, aux_loss=self.divergence * kl, scalars={"kl": kl.detach()})
