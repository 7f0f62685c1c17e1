"""The training loop, step by step, with a state that can be put away and taken up again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.coalitions import coalition
from core.errors import TriadError
from core.fusion import Fused
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog
from core.training.config import TrainConfig
from core.training.losses import bce_loss, bpr_loss, softmax_loss
from core.training.measures import ndcg_at, pointwise
from core.training.steps import (
    batch_logits,
    draw_coalitions,
    draw_views,
    few_patterns,
    full_scores,
    thin,
)
from core.types import CHANNELS, Channel


@dataclass(frozen=True)
class Epoch:
    """One event of the training stream.

    Attributes
    ----------
    epoch : from 0
    loss : mean over the epoch's steps, auxiliary losses included
    ndcg : NDCG@10 on validation, NaN in epochs in which it was not looked at
    seconds : of training so far, over all sittings
    accuracy, auc : on validation against sampled others, with the BCE loss; see ``measures.pointwise``
    scalars : what the fusion tells of its own game (a GAN's two losses and more), mean over the steps
    """

    epoch: int
    loss: float
    ndcg: float
    seconds: float
    accuracy: float | None = None
    auc: float | None = None
    scalars: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the event as plain values, with what was not measured as null. Epochs count from 1."""
        plain = {**asdict(self), "epoch": self.epoch + 1, "ndcg": number(self.ndcg)}
        return {"event": "epoch", **plain}


def number(value: float) -> float | None:
    """Return a value as JSON knows it: NaN is null."""
    return None if math.isnan(value) else value


@dataclass
class Progress:
    """The numbers of a loop that change as it goes; plain JSON values.

    ``step`` counts within the epoch, ``since`` the epochs without a better validation.
    """

    epoch: int = 0
    step: int = 0
    total: float = 0.0
    best: float = -1.0
    since: int = 0
    seconds: float = 0.0
    scalars: dict[str, list[float]] = field(default_factory=dict)


class Loop:
    """Training of one tower in place.

    Its memory does not grow with the epochs: beside the tower and the optimiser's moments it keeps one copy
    of the weights that were best on validation.

    Parameters
    ----------
    tower : trained in place
    seen, valid : (U, I) 0/1 matrices; without ``valid`` the last weights stand
    views : modality -> (K, I, P), of which every step draws one an item; validation reads ``catalog``
    """

    def __init__(
        self,
        tower: Tower,
        catalog: Catalog,
        seen: NDArray[np.float32],
        valid: NDArray[np.float32] | None,
        config: TrainConfig,
        views: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.tower, self.catalog, self.config, self.views = tower, catalog, config, views
        self.loss = config.loss_under(tower.config.head)
        self.rng = np.random.default_rng(config.seed)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.target = torch.from_numpy(seen > 0)
        self.check = torch.from_numpy(valid > 0) if valid is not None else None
        self.learners = torch.nonzero(self.target.sum(1) > 1).flatten()
        kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
        self.optimiser = kind(
            tower.parameters(), lr=config.rate, weight_decay=config.decay, fused=True
        )
        steps = config.epochs * self.steps
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimiser, max(steps, 1))
        self.pairwise = tower.asks or tower.config.head != "dot"
        self.at = Progress()
        self.best: dict[str, Tensor] | None = None
        self.order = self.learners

    @property
    def steps(self) -> int:
        """Number of steps an epoch."""
        return -(-len(self.learners) // self.config.batch)

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to do: all epochs are over, or validation no longer gets better."""
        return self.at.epoch >= self.config.epochs or self.at.since >= self.config.patience

    def epochs(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Epoch]:
        """Go on from where it stands to the end, yielding after every epoch.

        ``stop`` is asked before every step; after it said True, another call goes on as if nothing had been.

        Raises
        ------
        TriadError
            ``loss_not_finite``; the state is then of no more use
        """
        while not self.finished:
            while self.at.step < self.steps:  # none where nobody has anything to learn from
                if stop():
                    return
                started = time.perf_counter()
                self._step()
                self.at.seconds += time.perf_counter() - started
            yield self._close()

    def settle(self) -> None:
        """Leave the tower with the weights that were best on validation, in eval mode."""
        if self.best is not None:
            self.tower.load_state_dict(self.best)
        self.tower.eval()

    def _step(self) -> None:
        config, tower, generator, items = self.config, self.tower, self.generator, len(self.catalog)
        tower.train()
        if not self.at.step:
            order = torch.randperm(len(self.learners), generator=generator)
            self.order = self.learners[order]
        start = self.at.step * config.batch
        batch = self.order[start : start + config.batch]
        likes = self.target[batch]
        known = thin(likes, generator)
        present = self.catalog.present.clone()
        cold = torch.rand(items, generator=generator) < config.cold
        present[cold, CHANNELS.index(Channel.BEHAVIOUR)] = False
        if (self.pairwise or self.loss == "sampled") and config.candidates < items:
            candidates = torch.randperm(items, generator=generator)[: config.candidates]
        else:
            candidates = torch.arange(items)
        if config.patterns:
            candidates = few_patterns(present, candidates, config.patterns, generator)
        on = draw_coalitions(config, self.rng, len(batch))
        heard = (
            self.catalog if self.views is None else draw_views(self.views, self.catalog, generator)
        )
        logits, sides = batch_logits(tower, heard, known, candidates, present, on)
        losses = self._losses(logits, likes[:, candidates], known[:, candidates])
        loss = losses.mean() + sum(s.aux_loss for s in sides.values() if s.aux_loss is not None)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TriadError("loss_not_finite", epoch=self.at.epoch + 1, rate=config.rate)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.schedule.step()
        self.at.total += value
        self.at.step += 1
        self._note(sides)

    def _losses(self, logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
        if self.loss == "bce":
            return bce_loss(logits, target, known, self.config.negatives, self.generator)
        if self.loss == "bpr":
            return bpr_loss(logits, target, known, self.config.negatives, self.generator)
        return softmax_loss(logits, target, known)

    def _note(self, sides: Mapping[str, Fused]) -> None:
        """Add what the fusions tell to the epoch's sums: name -> [sum, count]."""
        for side in sides.values():
            for name, value in (side.scalars or {}).items():
                sums = self.at.scalars.setdefault(name, [0.0, 0])
                sums[0] += float(value)
                sums[1] += 1

    def _close(self) -> Epoch:
        """End an epoch: look at validation where it is due."""
        at, config, started = self.at, self.config, time.perf_counter()
        due = (at.epoch + 1) % config.check == 0 or at.epoch + 1 == config.epochs
        found = self._validate() if self.check is not None and due else {}
        at.seconds += time.perf_counter() - started
        event = Epoch(
            at.epoch,
            loss=at.total / max(self.steps, 1),
            ndcg=found.get("ndcg", math.nan),
            seconds=at.seconds,
            accuracy=found.get("accuracy"),
            auc=found.get("auc"),
            scalars={name: total / count for name, (total, count) in at.scalars.items()},
        )
        at.epoch, at.step, at.total, at.scalars = at.epoch + 1, 0, 0.0, {}
        return event

    def _validate(self) -> dict[str, float]:
        assert self.check is not None, "there is something to judge by"
        rows = torch.nonzero((self.check.sum(1) > 0) & (self.target.sum(1) > 0)).flatten()
        if self.pairwise:
            rows = rows[: self.config.validate]
        taken, wanted = self.target[rows], self.check[rows]
        scores = full_scores(self.tower, self.catalog, taken, coalition(self.config.channels))
        ndcg = float(ndcg_at(scores.masked_fill(taken, -torch.inf), wanted).mean())
        if ndcg > self.at.best:
            self.at.best, self.at.since = ndcg, 0
            self.best = {k: v.clone() for k, v in self.tower.state_dict().items()}
        else:
            self.at.since += self.config.check
        if self.loss != "bce":
            return {"ndcg": ndcg}
        accuracy, area = pointwise(scores, wanted, taken, self.config.negatives, self.config.seed)
        return {"ndcg": ndcg, "accuracy": accuracy, "auc": area}
