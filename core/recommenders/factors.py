"""What models with a vector a visitor and a vector an item share, whatever these are made of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn import functional as F

from core.recommenders.base import Recommender
from core.recommenders.fitting import Judge, Schedule, learn, pairwise_loss, seeded, untaken
from core.recommenders.inputs import Inputs


class Factors(nn.Module):
    """Free vectors of visitors and items, scored by their dot product. The others build on it.

    Parameters
    ----------
    users, items : how many
    width : size of a vector
    """

    def __init__(self, users: int, items: int, width: int) -> None:
        super().__init__()
        self.user = nn.Embedding(users, width)
        self.item = nn.Embedding(items, width)
        for table in (self.user, self.item):
            nn.init.normal_(table.weight, std=0.1)

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return what is compared: visitors (U, d) and items (I, d)."""
        return self.user.weight, self.item.weight

    def ego(self, users: Tensor, items: Tensor) -> Tensor:
        """Return the squared norm of the parameters that stand for these visitors and items; a scalar."""
        penalty: Tensor = self.user(users).square().sum() + self.item(items).square().sum()
        return penalty

    def objective(self, users: Tensor, taken: Tensor, other: Tensor) -> Tensor:
        """Return the loss of visitors, items that they took and items that they did not, each (B,)."""
        mine, one, two = self.looked_up(users, taken, other)
        return pairwise_loss((mine * one).sum(1), (mine * two).sum(1))

    def looked_up(
        self, users: Tensor, taken: Tensor, other: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return rows of :meth:`tables`, each (B, d). The gradient of indexing would cost twice as much."""
        visitors, items = self.tables()
        return F.embedding(users, visitors), F.embedding(taken, items), F.embedding(other, items)

    def terms(self, users: Tensor, taken: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
        """Return :meth:`objective`, and :meth:`ego` of all that is in it."""
        return self.objective(users, taken, other), self.ego(users, torch.cat([taken, other]))

    def refresh(self) -> None:
        """Do what is to be done before each epoch."""


class FactorRecommender(Recommender):
    """Learned by the module's objective, with one sampled other item for every one that was taken.

    Parameters
    ----------
    width : size of a vector
    rate : of Adam
    decay : of the squared norms of the batch's own parameters
    epochs : at most; fewer when validation stops to get better
    batch : pairs a step
    """

    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "width": (32, 64, 128),
        "rate": (5e-4, 1e-3, 2e-3, 5e-3),
        "decay": (1e-5, 1e-4, 1e-3, 1e-2),
    }

    def __init__(
        self,
        *,
        width: int = 64,
        rate: float = 5e-3,
        decay: float = 1e-2,
        epochs: int = 200,
        batch: int = 2048,
    ) -> None:
        self.width = width
        self.decay = decay
        self.schedule = Schedule(epochs=epochs, batch=batch, rate=rate)

    @abstractmethod
    def _module(self, inputs: Inputs) -> Factors:
        """Return the untrained model."""

    def _fit(self, inputs: Inputs, seed: int) -> None:
        rng = np.random.default_rng(seed)
        pairs = inputs.train.tocoo()
        users, items = (np.asarray(c, dtype=np.int64) for c in pairs.coords)
        with seeded(seed):
            module = self._module(inputs)

            def loss(batch: Tensor) -> Tensor:
                rows = batch.numpy()
                drawn = untaken(inputs.train, users[rows], rng)
                u, i, j = (torch.from_numpy(x) for x in (users[rows], items[rows], drawn))
                objective, penalty = module.terms(u, i, j)
                return objective + self.decay * penalty / (2 * len(u))

            judge = None if inputs.valid is None else Judge(inputs)

            def look() -> float:
                self._keep(module)
                assert judge is not None
                return judge(self._scores)

            learn(
                module,
                len(users),
                loss,
                self.schedule,
                None if judge is None else look,
                module.refresh,
            )
            self._keep(module)

    @torch.no_grad()
    def _keep(self, module: Factors) -> None:
        users, items = module.tables()
        self.users, self.items = users.numpy().copy(), items.numpy().copy()

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self.users[users] @ self.items.T
        return scores
