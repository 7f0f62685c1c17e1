"""A visitor is the pooled, fused history: two towers, trained by a softmax over the catalog."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import TriadError
from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.fitting import Judge, Schedule, learn, seeded
from core.recommenders.inputs import Inputs
from core.types import Channel


class Side(nn.Module):
    """Projects every modality of every item, and adds a free vector an item.

    Parameters
    ----------
    features : modality -> (I, D), zeros where absent
    taken : (I,) bool; the free vector of an item nobody took is absent
    """

    def __init__(self, features: Mapping[str, Tensor], taken: Tensor, width: int) -> None:
        super().__init__()
        self.project = nn.ModuleDict(
            {m: nn.Linear(x.shape[1], width, bias=False) for m, x in features.items()}
        )
        self.behaviour = nn.Parameter(torch.randn(len(taken), width) * 0.02)
        self.register_buffer("taken", taken[:, None].float(), persistent=False)
        for m, x in features.items():
            self.register_buffer(f"of_{m}", x, persistent=False)

    def forward(self, on: Collection[str]) -> Tensor:
        """Return the items (I, width) as the channels ``on`` show them."""
        z: Tensor = self.behaviour * self.get_buffer("taken") * float(Channel.BEHAVIOUR in on)
        for m, project in self.project.items():
            if m in on:
                z = z + project(self.get_buffer(f"of_{m}"))
        return z


class Towers(nn.Module):
    """Liked items on one side, offered items on the other."""

    def __init__(self, features: Mapping[str, Tensor], taken: Tensor, width: int) -> None:
        super().__init__()
        self.liked = Side(features, taken, width)
        self.offered = Side(features, taken, width)
        self.mix = nn.Linear(width, width)
        self.popularity = nn.Parameter(torch.zeros(len(taken)))
        self.register_buffer("taken", taken, persistent=False)

    def forward(self, history: Tensor, on: Collection[str]) -> Tensor:
        """Return logits (B, I) of visitors by their history (B, I)."""
        pooled = history @ self.liked(on) / history.sum(1, keepdim=True).clamp(min=1).sqrt()
        logits: Tensor = torch.tanh(self.mix(pooled)) @ self.offered(on).T
        if Channel.BEHAVIOUR not in on:
            return logits
        # Popularity belongs to behaviour. Of an item nobody has met, the average is the best guess.
        taken = self.get_buffer("taken")
        average = self.popularity[taken].mean()
        return logits + torch.where(taken, self.popularity, average)


@register
class HistoryTower(Recommender):
    """The two-tower at its plainest: channels are projected and summed.

    Parameters
    ----------
    width : of the towers
    epochs, batch, rate : of Adam; a row is a visitor
    forget : share of the history that is hidden in a step, and has to be foretold
    drop : probability that a channel is off, as a whole, in a step; then any subset of channels is in
        distribution, at some cost for all of them together
    channels : what it listens to, with ``behaviour``; None for all there are
    """

    card = RecommenderCard(
        key="history-tower",
        family="two-tower",
        formula=r"s_{ui} = \tanh\Big(W \tfrac{1}{\sqrt{n_u}} \sum_{j \in H_u} z_j\Big) \cdot z'_i + b_i,"
        r"\quad z_i = v_i + \sum_m P_m f_{m,i}",
        source="Covington et al., Deep Neural Networks for YouTube Recommendations, 2016",
        year=2016,
        teaches="One network for behaviour and content, for newcomers and for new items.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "width": (64, 128, 256),
        "rate": (5e-4, 1e-3, 2e-3),
        "forget": (0.3, 0.5, 0.7),
        "drop": (0.0, 0.1, 0.2, 0.3),
    }

    def __init__(
        self,
        *,
        width: int = 256,
        epochs: int = 40,
        batch: int = 256,
        rate: float = 1e-3,
        forget: float = 0.5,
        drop: float = 0.1,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        self.width = width
        self.forget = forget
        self.drop = drop
        self.channels = channels
        self.schedule = Schedule(epochs=epochs, batch=batch, rate=rate, check=2)

    def _fit(self, inputs: Inputs, seed: int) -> None:
        behaviour = self.channels is None or Channel.BEHAVIOUR in self.channels
        self.on: tuple[str, ...] = (*inputs.features, *([Channel.BEHAVIOUR] if behaviour else []))
        if not self.on:
            raise TriadError("fit_no_features", key=self.card.key)
        taken = torch.from_numpy(np.asarray(inputs.train.sum(axis=0)) > 0)
        features = {m: torch.from_numpy(x) for m, x in inputs.standardised().items()}
        # Of a single like nothing can be foretold from the rest; but it may be all there is.
        sizes = np.asarray(inputs.train.sum(axis=1))
        known = inputs.train[np.flatnonzero(sizes > (1 if (sizes > 1).any() else 0))]
        with seeded(seed):
            self.towers = Towers(features, taken, self.width)

            def loss(batch: Tensor) -> Tensor:
                target = torch.from_numpy(known[batch.numpy()].toarray())
                shown = target * (torch.rand_like(target) >= self.forget)
                logits = self.towers(shown, self._drawn())[:, taken]
                log_p = F.log_softmax(logits, 1)
                return -((log_p * target[:, taken]).sum(1) / target.sum(1)).mean()

            judge = None if inputs.valid is None else Judge(inputs)
            look = None if judge is None else partial(judge, self._scores)
            learn(self.towers, known.shape[0], loss, self.schedule, look)

    def _drawn(self) -> tuple[str, ...]:
        """Return the channels that are on in a step, at least one."""
        kept = torch.rand(len(self.on)) >= self.drop
        if not kept.any():
            kept[torch.randint(len(self.on), ())] = True
        return tuple(c for c, keep in zip(self.on, kept.tolist(), strict=True) if keep)

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        return self.heard(history, self.on)

    @torch.no_grad()
    def heard(self, history: csr_array, on: Collection[str]) -> NDArray[np.float32]:
        """Return the logits (B, I) with only the channels ``on``; see :meth:`scores`.

        Channels that it was not fitted with are not heard.
        """
        dense = torch.from_numpy(history.toarray().astype(np.float32))
        on = [c for c in self.on if c in on]
        logits: Tensor = self.towers(dense, on)
        return logits.numpy()
