"""What recommenders that learn by steps share: the loop, when to stop, and the pairwise objective."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn import functional as F

from core.recommenders.inputs import Inputs


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes
    ----------
    epochs : at most
    batch : rows a step
    rate : of Adam
    check : validation is looked at every so many epochs
    patience : looks without a better one before training stops
    """

    epochs: int
    batch: int
    rate: float
    check: int = 5
    patience: int = 4


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make torch's randomness a function of ``seed`` inside, and leave it as it was outside."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def ndcg(
    scores: NDArray[np.float32],
    taken: csr_array,
    wanted: csr_array,
    k: int = 20,
    offered: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return NDCG@k (B,) of scores (B, I), with what was taken left out; 0 for who wants nothing.

    ``offered`` (I,) narrows the list to some items.
    """
    withheld = taken.toarray() > 0
    if offered is not None:
        withheld |= ~offered
    masked = np.where(withheld, -np.inf, scores)
    relevant = wanted.toarray() > 0
    k = min(k, masked.shape[1])
    top = np.argpartition(-masked, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(masked, top, 1), axis=1, kind="stable")
    hits = np.take_along_axis(relevant, np.take_along_axis(top, order, 1), 1)
    gain = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(gain)])[np.minimum(relevant.sum(1), k)]
    gained = np.zeros(len(ideal))
    np.divide(hits @ gain, ideal, out=gained, where=ideal > 0)
    return gained


class Judge:
    """Mean NDCG@20 on validation of whatever scores, over those who have both history and validation.

    At most ``limit`` visitors are asked, always the same. Where validation asks only for items that nobody
    took in training, it asks how new items compare with each other, and only those are ranked: among all
    others they would only show that they are new.
    """

    def __init__(self, inputs: Inputs, limit: int = 2000) -> None:
        assert inputs.valid is not None, "there is something to judge by"
        both = (inputs.train.sum(axis=1) > 0) & (inputs.valid.sum(axis=1) > 0)
        users = np.flatnonzero(both)
        if len(users) > limit:
            users = np.sort(np.random.default_rng(0).choice(users, limit, replace=False))
        self.users = users
        self.history, self.wanted = inputs.train[users], inputs.valid[users]
        asked = np.asarray(inputs.valid.sum(axis=0)) > 0
        known = np.asarray(inputs.train.sum(axis=0)) > 0
        self.offered = None if (asked & known).any() else asked

    def __call__(
        self, scores: Callable[[NDArray[np.int64], csr_array], NDArray[np.float32]]
    ) -> float:
        """Judge a function of (users, history)."""
        return self.of(scores(self.users, self.history))

    def of(self, scores: NDArray[np.float32]) -> float:
        """Judge scores (B, I) of :attr:`users`."""
        if not len(self.users):
            return 0.0
        found = ndcg(scores, self.history, self.wanted, offered=self.offered)
        return float(found.mean())


def learn(
    module: nn.Module,
    rows: int,
    loss: Callable[[Tensor], Tensor],
    schedule: Schedule,
    judge: Callable[[], float] | None,
    each_epoch: Callable[[], None] = lambda: None,
) -> None:
    """Train ``module`` in place with Adam, and leave it in eval mode at its best by ``judge``.

    Parameters
    ----------
    rows : how many there are to learn from
    loss : of a batch of row numbers (B,); a scalar
    judge : higher is better; without one, the last weights stand
    each_epoch : called before each
    """
    optimiser = torch.optim.Adam(module.parameters(), lr=schedule.rate, fused=True)
    best, best_state, since = -1.0, None, 0
    for epoch in range(1, schedule.epochs + 1):
        module.train()
        each_epoch()
        for batch in torch.randperm(rows).split(schedule.batch):  # type: ignore[no-untyped-call]
            optimiser.zero_grad()
            loss(batch).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        if judge is None or (epoch % schedule.check and epoch < schedule.epochs):
            continue
        module.eval()
        score = judge()
        since += 1
        if score > best:
            best, since = score, 0
            best_state = {k: v.clone() for k, v in module.state_dict().items()}
        if since >= schedule.patience:
            break
    if best_state is not None:
        module.load_state_dict(best_state)
    module.eval()


def pairwise_loss(positive: Tensor, negative: Tensor) -> Tensor:
    """Return the mean of -log sigmoid(positive - negative), both (B,).

    Raises
    ------
    ValueError
        For any other shape: (B,) and (B, 1) would broadcast to all pairs, and train on nonsense in silence.
    """
    if positive.ndim != 1 or positive.shape != negative.shape:
        raise ValueError(f"two (B,) are needed, not {positive.shape} and {negative.shape}")
    return -F.logsigmoid(positive - negative).mean()


def untaken(
    train: csr_array, users: NDArray[np.int64], rng: np.random.Generator, tries: int = 4
) -> NDArray[np.int64]:
    """Draw for each of ``users`` (B,) an item that he did not take, uniformly.

    A visitor who took nearly everything may after some tries still be left with one that he took.
    """
    items = rng.integers(train.shape[1], size=len(users))
    for _ in range(tries):
        clash = np.flatnonzero(train[users, items])
        if not len(clash):
            break
        items[clash] = rng.integers(train.shape[1], size=len(clash))
    return items
