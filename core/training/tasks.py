"""Several tasks on one tower: what a visitor likes, how he rates it, and what kind of thing an item is.

The heads are scaffolding: they shape what the two sides say while they are trained, and the tower is scored
and saved without them. How much each task counts is learned (Kendall et al.).

References
----------
Kendall, Gal, Cipolla: Multi-Task Learning Using Uncertainty to Weigh Losses, 2018.
Cao, Mirjalili, Raschka: Rank consistent ordinal regression (CORAL), 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from core.catalog.dataset import Dataset
from core.coalitions import MEMBERS, coalition
from core.recommenders.tower import Side, Tower
from core.recommenders.two_tower import Catalog
from core.training.config import TrainConfig
from core.training.loop import Epoch, Loop
from core.training.steps import thin
from core.types import CHANNELS, MODALITIES

TASKS: Final = ("rating", "category")
"""What can be learned beside likes."""

PLAIN: Final = TrainConfig()


@dataclass(frozen=True, eq=False)
class Labels:
    """What there is to learn beside likes.

    Attributes
    ----------
    rating : (U, I) int64, 1 to ``levels``; 0 where it is not known
    category : (I,) int64, -1 where it is not known
    levels, categories : how many different ones there are
    simulated : whether the visitors who rated are
    """

    rating: Tensor
    category: Tensor
    levels: int
    categories: int
    simulated: bool

    @classmethod
    def of(cls, dataset: Dataset, seen: NDArray[np.float32]) -> Self:
        """Return the labels of a dataset; ratings only of the interactions in ``seen`` (U, I)."""
        data = dataset.interactions
        rating = np.zeros(seen.shape, dtype=np.int64)
        rating[data.user, data.item] = data.rating
        names = sorted({item.category for item in dataset.items})
        return cls(
            torch.from_numpy(np.where(seen > 0, rating, 0)),
            torch.tensor([names.index(item.category) for item in dataset.items]),
            int(data.rating.max()),
            len(names),
            dataset.simulated,
        )

    def tasks(self) -> tuple[str, ...]:
        """Return the tasks that can be learned: with a single rating, or a single category, there is none."""
        ratings = self.rating[self.rating > 0].unique()
        kinds = self.category[self.category >= 0].unique()
        there = {"rating": len(ratings) > 1, "category": len(kinds) > 1}
        return tuple(task for task in TASKS if there[task])


class Tasks(nn.Module):
    """The heads of further tasks, and how much each task counts.

    A loss is weighted by exp(-s) and pays s / 2 for it, where s is a learned log variance: a task that stays
    hard is heard less. ``like``, the tower's own task, is weighted so as well.

    Parameters
    ----------
    width : of the fused vectors
    labels : to learn
    tasks : of ``TASKS``, those that are switched on
    seed : of the heads' first weights, and of which likes a visitor is read from
    """

    def __init__(
        self, width: int, labels: Labels, tasks: tuple[str, ...] = TASKS, *, seed: int = 0
    ) -> None:
        super().__init__()
        self.labels, self.on = labels, tasks
        self._generator = torch.Generator().manual_seed(seed)
        self.doubt = nn.ParameterDict(
            {task: nn.Parameter(torch.zeros(())) for task in ("like", *tasks)}
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            if "category" in tasks:
                self.kind = nn.Linear(width, labels.categories)
            if "rating" in tasks:
                self.agree = nn.Parameter(torch.randn(width) / width**0.5)
                self.good = nn.Linear(width, 1)
                self.first = nn.Parameter(torch.tensor(-1.0))
                self.steps = nn.Parameter(torch.zeros(labels.levels - 2))

    def weighed(self, task: str, loss: Tensor) -> Tensor:
        """Return exp(-s) loss + s / 2, of the shape of ``loss``."""
        doubt = self.doubt[task]
        weighted: Tensor = torch.exp(-doubt) * loss + doubt / 2
        return weighted

    def weights(self) -> dict[str, float]:
        """Return how much each task counts, exp(-s)."""
        return {task: float(torch.exp(-s.detach())) for task, s in self.doubt.items()}

    def losses(
        self, tower: Tower, catalog: Catalog, likes: Tensor, visitors: Tensor
    ) -> dict[str, Tensor]:
        """Return the loss of every task that is on, a scalar in nats, not yet weighted.

        Ratings are foretold of likes that the visitor was not read from. The kind of an item is read from its
        modalities only: from its behaviour vector, which is free, it would be learned by heart.

        Parameters
        ----------
        likes : (B, I) bool, what the visitors of a step like in training
        visitors : (B,) which visitors they are
        """
        found = {}
        if "rating" in self.on:
            known = thin(likes, self._generator)
            level = self.rating(*self._pair(tower, catalog, known))
            rating = self.labels.rating[visitors]
            hidden = (rating > 0) & likes & ~known
            above = (rating[hidden][:, None] > torch.arange(1, self.labels.levels)).to(level.dtype)
            loss = F.binary_cross_entropy_with_logits(level[hidden], above, reduction="sum")
            found["rating"] = loss / max(above.numel(), 1)
        if "category" in self.on:
            kind = self.labels.category
            logits = self.category(tower, catalog)
            there = (kind >= 0) & catalog.present[:, : len(MODALITIES)].any(1)
            loss = F.cross_entropy(logits[there], kind[there], reduction="sum")
            found["category"] = loss / there.sum().clamp(min=1)
        return found

    def rating(self, u: Tensor, z: Tensor) -> Tensor:
        """Return the logits (B, I, levels - 1) of ``u`` (B, width) rating ``z`` (I, width) above each level.

        One answer and ordered thresholds: what is likely above 4 is likelier above 3.
        """
        cuts = torch.cat([self.first[None], F.softplus(self.steps)]).cumsum(0)
        answer = (u * self.agree) @ z.T + self.good(z)[:, 0]
        logits: Tensor = answer[..., None] - cuts
        return logits

    @torch.no_grad()
    def foretold(self, tower: Tower, catalog: Catalog, history: Tensor) -> Tensor:
        """Return the expected rating (B, I) of every item by the visitors with ``history`` (B, I) bool."""
        return 1 + torch.sigmoid(self.rating(*self._pair(tower, catalog, history))).sum(-1)

    def category(self, tower: Tower, catalog: Catalog) -> Tensor:
        """Return the logits (I, categories) of what kind of thing every item is."""
        logits: Tensor = self.kind(_fused(tower.offered, catalog, coalition(MODALITIES)))
        return logits

    def _pair(self, tower: Tower, catalog: Catalog, history: Tensor) -> tuple[Tensor, Tensor]:
        everything = coalition(CHANNELS)
        u = tower.visitor(_fused(tower.liked, catalog, everything), history)
        return u, _fused(tower.offered, catalog, everything)


class TaskLoop(Loop):
    """The training loop with further tasks; its heads are trained and chosen by validation with the tower."""

    def __init__(
        self,
        tower: Tower,
        catalog: Catalog,
        seen: NDArray[np.float32],
        valid: NDArray[np.float32] | None,
        config: TrainConfig,
        tasks: Tasks,
    ) -> None:
        tower.add_module("tasks", tasks)  # so that optimiser and best weights include the heads
        super().__init__(tower, catalog, seen, valid, config)
        self.tasks = tasks

    def _losses(self, logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
        start = self.at.step * self.config.batch
        visitors = self.order[start : start + self.config.batch]
        further = self.tasks.losses(self.tower, self.catalog, self.target[visitors], visitors)
        losses = self.tasks.weighed("like", super()._losses(logits, target, known))
        for task, loss in further.items():
            losses = losses + self.tasks.weighed(task, loss)
            self._add(task, float(loss.detach()))
        for task, weight in self.tasks.weights().items():
            self._add(f"weight of {task}", weight)
        return losses

    def _add(self, name: str, value: float) -> None:
        sums = self.at.scalars.setdefault(name, [0.0, 0])
        sums[0] += value
        sums[1] += 1


def train_tasks(
    tower: Tower,
    catalog: Catalog,
    seen: NDArray[np.float32],
    valid: NDArray[np.float32] | None,
    tasks: Tasks,
    config: TrainConfig = PLAIN,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Epoch]:
    """Train a tower as :func:`core.training.train.train` does, with further tasks.

    The tower ends without the heads, as it began: it is scored and saved like any other. The losses of the
    tasks, in nats, and how much each counts are in the events' ``scalars``.
    """
    loop = TaskLoop(tower, catalog, seen, valid, config, tasks)
    try:
        for event in loop.epochs():
            yield event
            if stop():
                break
        loop.settle()
    finally:
        del tower.tasks


def _fused(side: Side, catalog: Catalog, on: int) -> Tensor:
    """Return every item (I, width) with the channels of coalition ``on``."""
    x = side.embed(catalog.features, torch.arange(len(catalog)), catalog.present)
    return side.under(x, catalog.present, torch.from_numpy(MEMBERS)[[on]])[0]
