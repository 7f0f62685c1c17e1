"""Bootstrapping: learning without any negatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.recommenders.base import EVERYTHING, RecommenderCard, register
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.inputs import Inputs
from core.recommenders.lightgcn import Smoothed
from core.recommenders.vbpr import Shown


def apart(online: Tensor, target: Tensor) -> Tensor:
    """Return 1 - cosine (B,) of predictions (B, d) and targets (B, d), which get no gradient."""
    return 1 - F.cosine_similarity(online, target.detach(), dim=1)


class Bootstrapped(Smoothed):
    """Two views of everything: what is learned, and the same with dropout, which it shall foretell.

    Parameters
    ----------
    layers : of the graph of visitors and items
    drop : dropout of the second view
    guide : weight of the modalities' losses
    """

    def __init__(self, inputs: Inputs, width: int, layers: int, drop: float, guide: float) -> None:
        super().__init__(inputs.train, width, layers)
        features = inputs.standardised()
        self.shown = nn.ModuleDict({m: Shown({m: x}, width) for m, x in features.items()})
        self.foretell = nn.Linear(width, width)
        self.drop, self.guide = drop, guide
        for m in features:
            self.register_buffer(f"has_{m}", torch.from_numpy(inputs.present[m]), persistent=False)

    def smooth(self) -> tuple[Tensor, Tensor]:
        """Return visitors (U, d) and items (I, d), an item's own vector counted once more."""
        visitors, items = super().tables()
        return visitors, items + self.item.weight

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return what visitors and items foretell."""
        visitors, items = self.smooth()
        return self.foretell(visitors), self.foretell(items)

    def objective(self, users: Tensor, taken: Tensor, other: Tensor) -> Tensor:
        """Ignore ``other``: nothing is pushed apart."""
        visitors, items = (
            table[rows] for table, rows in zip(self.smooth(), (users, taken), strict=True)
        )
        blurred = [F.dropout(x, self.drop) for x in (visitors, items)]
        total = apart(self.foretell(visitors), blurred[1]) + apart(self.foretell(items), blurred[0])
        for m, shown in self.shown.items():
            z = shown()[taken]
            mine = self.foretell(z)
            aligned = apart(mine, blurred[1]) + apart(mine, F.dropout(z, self.drop))
            # Where an item lacks the modality there is nothing to align; 0 would be a wrong target.
            total = total + self.guide * torch.where(
                self.get_buffer(f"has_{m}")[taken], aligned, 0.0
            )
        return total.mean()


@register
class Bm3(FactorRecommender):
    """Visitors and items that met shall foretell each other through noise; features shall agree.

    Parameters
    ----------
    layers, drop, guide : see :class:`Bootstrapped`
    channels : modalities to look at; None for all there are. Others as for every factor model
    """

    card = RecommenderCard(
        key="bm3",
        family="graph",
        formula=r"\min\ 2 - \cos(P e_u, \bar e_i) - \cos(P e_i, \bar e_u) + \lambda \sum_m "
        r"\big(2 - \cos(P z_m, \bar e_i) - \cos(P z_m, \bar z_m)\big)",
        source="Zhou et al., Bootstrap Latent Representations for Multi-modal Recommendation, 2023",
        year=2023,
        teaches="Learning without sampled negatives; the features only guide, and are not scored with.",
        uses=EVERYTHING,
        newcomers=False,
    )
    content_only: ClassVar[bool] = True
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        **FactorRecommender.space,
        "drop": (0.3, 0.5),
        "layers": (1, 2),
    }

    def __init__(
        self,
        *,
        width: int = 64,
        rate: float = 5e-3,
        decay: float = 1e-2,
        epochs: int = 200,
        batch: int = 2048,
        layers: int = 1,
        drop: float = 0.5,
        guide: float = 2.0,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(width=width, rate=rate, decay=decay, epochs=epochs, batch=batch)
        self.layers, self.drop, self.guide = layers, drop, guide
        self.channels = channels

    def _module(self, inputs: Inputs) -> Factors:
        return Bootstrapped(inputs, self.width, self.layers, self.drop, self.guide)
