"""Training the two-tower: softmax over the catalog, or the classical pointwise BCE, with channel dropout."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.coalitions import COALITIONS, FULL, MEMBERS, coalition, pack
from core.fusion import Fused
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog
from core.types import CHANNELS, Channel


@dataclass(frozen=True)
class TrainConfig:
    """How a tower is trained.

    Attributes
    ----------
    full : share of visitors for whom every channel is on in a step; for the others a random non-empty
        coalition is, so that every v(S) is in distribution
    coalitions : how many different ones are drawn a step
    cold : share of items whose behaviour is hidden in a step
    candidates : how many items are scored a step where every pair costs a pass of its own
    negatives : sampled for every like, with the BCE loss
    check : validation is looked at every so many epochs, and after the last
    validate : on at most so many visitors, where every pair costs a pass of its own
    patience : epochs without a better validation before training stops
    channels : which the model has at all (for baselines)
    """

    epochs: int = 45
    batch: int = 128
    rate: float = 4e-3
    decay: float = 1e-4
    full: float = 0.4
    coalitions: int = 3
    cold: float = 0.1
    candidates: int = 320
    negatives: int = 4
    check: int = 5
    validate: int = 256
    patience: int = 30
    channels: tuple[Channel, ...] = CHANNELS
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """One event of the training stream."""

    epoch: int
    loss: float
    ndcg: float
    seconds: float


def batch_logits(
    tower: Tower,
    catalog: Catalog,
    history: Tensor,
    candidates: Tensor,
    present: Tensor,
    on: Tensor,
) -> tuple[Tensor, dict[str, Fused]]:
    """Score candidates for visitors.

    Parameters
    ----------
    history : (B, I) bool
    candidates : (N,) rows of items
    present : (I, C) bool
    on : (B,) the coalition that is switched on for each visitor

    Returns
    -------
    (B, N) logits, and what the two sides' fusions gave, whose auxiliary losses a trainer adds. The pass of
    the average item is not among them: it is no item.
    """
    everyone = torch.arange(len(present))
    has = torch.from_numpy(pack(present.numpy()))
    coalitions, group = torch.unique(on, return_inverse=True)  # (G,), (B,)
    codes = coalitions[:, None] & has[candidates]  # (G, N): what is heard of a candidate
    distinct, which = torch.unique(codes, return_inverse=True)
    members = torch.from_numpy(MEMBERS)
    heard = members[distinct]  # (K, C)

    liked = tower.liked.embed(catalog.features, everyone, present)
    sides = {"liked": tower.liked.fused_under(liked, present, heard)}
    visitors = tower.visitor(sides["liked"].z, history)  # (K, B, d)
    offered = tower.offered.embed(catalog.features, everyone, present)[candidates]
    if tower.asks:
        logits, sides["offered"] = _asked(tower, visitors, offered, candidates, which[group], heard)
        return logits, sides

    sides["offered"] = tower.offered.fused_under(offered, present[candidates], members[coalitions])
    z = sides["offered"].z  # (G, N, d)
    if tower.config.head != "dot":
        rows = torch.arange(len(history))[:, None]
        return tower.judge(visitors[which[group], rows], z[group]), sides
    average = tower.offered.average().expand(len(heard), -1, -1)
    above = z - tower.offered.fuse(average, heard).z[which]
    logits = visitors.new_empty(len(history), len(candidates))
    for g in range(len(coalitions)):
        mine = group == g
        every = visitors[:, mine] @ above[g].T  # (K, B_g, N)
        logits[mine] = every.gather(0, which[g].expand(1, every.shape[1], -1))[0]
    popular = tower.popular(candidates) * heard[which][..., CHANNELS.index(Channel.BEHAVIOUR)]
    return logits + popular[group], sides


def _asked(
    tower: Tower,
    visitors: Tensor,
    offered: Tensor,
    candidates: Tensor,
    which: Tensor,
    heard: Tensor,
) -> tuple[Tensor, Fused]:
    """Score candidates where every visitor sees every item differently: one fusion a pair.

    ``visitors`` is (K, B, d), ``offered`` (N, C, width), ``which`` (B, N) into ``heard`` (K, C).
    """
    count, people = len(candidates), visitors.shape[1]
    rows = torch.arange(people)[:, None]
    u = visitors[which, rows]  # (B, N, d)
    shown = heard[which]  # (B, N, C)
    fused = tower.offered.fuse(
        offered.expand(people, *offered.shape).flatten(0, 1), shown.flatten(0, 1), u.flatten(0, 1)
    )
    z = fused.z.view(people, count, -1)
    if tower.config.head != "dot":
        return tower.judge(u, z), fused
    middle = tower.offered.fuse(
        tower.offered.average().expand(len(heard) * people, -1, -1),
        heard.repeat_interleave(people, 0),
        visitors.flatten(0, 1),
    ).z.view(len(heard), people, -1)[which, rows]
    behaviour = shown[..., CHANNELS.index(Channel.BEHAVIOUR)]
    return (u * (z - middle)).sum(-1) + tower.popular(candidates) * behaviour, fused


def thin(target: Tensor, generator: torch.Generator) -> Tensor:
    """Keep a random part of each visitor's likes, at least one; the share itself varies by visitor.

    A newcomer with a single upload is then as much in distribution as an old friend.
    """
    draw = torch.rand(target.shape, generator=generator).masked_fill(~target, 2.0)
    share = torch.rand(len(target), 1, generator=generator) * 0.8 + 0.1
    return (draw <= torch.maximum(share, draw.min(1, keepdim=True).values)) & target


def softmax_loss(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy against the likes that the tower was not shown; those shown are left out.

    ``logits``, ``target`` and ``known`` are (B, N); returns (B,) losses.
    """
    hidden = (target & ~known).to(logits.dtype)
    log_p = F.log_softmax(logits.masked_fill(known, torch.finfo(logits.dtype).min), dim=1)
    return -(log_p * hidden).sum(1) / hidden.sum(1).clamp(min=1)


def bce_loss(
    logits: Tensor, target: Tensor, known: Tensor, negatives: int, generator: torch.Generator
) -> Tensor:
    """Binary cross-entropy of hidden likes against ``negatives`` sampled others each; returns (B,)."""
    hidden = target & ~known
    rate = negatives * hidden.sum(1, keepdim=True) / (~target).sum(1, keepdim=True).clamp(min=1)
    drawn = ~target & (torch.rand(logits.shape, generator=generator) < rate)
    used = (hidden | drawn).to(logits.dtype)
    pointwise = F.binary_cross_entropy_with_logits(
        logits, hidden.to(logits.dtype), reduction="none"
    )
    return (pointwise * used).sum(1) / used.sum(1).clamp(min=1)


def ndcg_at(score: Tensor, target: Tensor, k: int = 10) -> Tensor:
    """Return NDCG@k (B,) of scores (B, I) against binary relevance (B, I) with at least one hit a row."""
    gain = 1 / torch.log2(torch.arange(2, k + 2, dtype=score.dtype))
    hits = target.to(score.dtype).gather(1, score.topk(k, dim=1).indices)
    ideal = torch.cumsum(gain, 0)[target.sum(1).clamp(max=k).long() - 1]
    return (hits * gain).sum(1) / ideal


@torch.no_grad()
def full_scores(tower: Tower, catalog: Catalog, history: Tensor, on: int = FULL) -> Tensor:
    """Return the logits (B, I) of every item, in batches of visitors."""
    everyone = torch.arange(len(catalog))
    step = 64 if tower.asks else 256
    tower.eval()
    parts = [
        batch_logits(tower, catalog, part, everyone, catalog.present, torch.full((len(part),), on))[
            0
        ]
        for part in history.split(step)
    ]
    return torch.cat(parts)


def draw_coalitions(config: TrainConfig, rng: np.random.Generator, count: int) -> Tensor:
    """Draw which channels are on for each of ``count`` visitors.

    A step has few different coalitions, since every one of them is another pass over the catalog.
    """
    allowed = coalition(config.channels)
    every = [s for s in range(1, COALITIONS) if s & ~allowed == 0]
    some = rng.choice(every, size=config.coalitions)
    drawn = np.where(rng.random(count) < config.full, allowed, rng.choice(some, size=count))
    return torch.from_numpy(drawn)


def draw_views(
    views: Mapping[str, Tensor], catalog: Catalog, generator: torch.Generator
) -> Catalog:
    """Return the catalog with one of K views in place of the features, drawn by item and modality.

    ``views`` are modality -> (K, I, P); a modality without views keeps its features.
    """
    rows = torch.arange(len(catalog))
    features = {
        m: x[torch.randint(len(x), rows.shape, generator=generator), rows] for m, x in views.items()
    }
    return Catalog({**catalog.features, **features}, catalog.present)


def train(
    tower: Tower,
    catalog: Catalog,
    seen: NDArray[np.float32],
    valid: NDArray[np.float32] | None,
    config: TrainConfig = TrainConfig(),
    stop: Callable[[], bool] = lambda: False,
    views: Mapping[str, Tensor] | None = None,
) -> Iterator[Epoch]:
    """Train in place, yielding after every epoch; ends with the best weights by validation NDCG@10.

    Parameters
    ----------
    seen, valid : (U, I) 0/1 matrices; without ``valid`` the last weights stand
    stop : asked after every epoch; True ends training with the best weights so far
    views : modality -> (K, I, P), of which every step draws one an item; validation reads ``catalog``
    """
    rng = np.random.default_rng(config.seed)
    generator = torch.Generator().manual_seed(config.seed)
    target = torch.from_numpy(seen > 0)
    learners = torch.nonzero(target.sum(1) > 1).flatten()
    optimiser = torch.optim.AdamW(tower.parameters(), lr=config.rate, weight_decay=config.decay)
    steps = config.epochs * -(-len(learners) // config.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(steps, 1))
    items = len(catalog)
    behaviour = CHANNELS.index(Channel.BEHAVIOUR)
    allowed = coalition(config.channels)
    pairwise = tower.asks or tower.config.head != "dot"
    best, best_state, since, started = -1.0, None, 0, time.perf_counter()
    check = torch.from_numpy(valid > 0) if valid is not None else None
    for epoch in range(config.epochs):
        tower.train()
        total = 0.0
        batches = learners[torch.randperm(len(learners), generator=generator)].split(config.batch)
        for batch in batches:
            likes = target[batch]
            known = thin(likes, generator)
            present = catalog.present.clone()
            present[torch.rand(items, generator=generator) < config.cold, behaviour] = False
            if pairwise and config.candidates < items:
                candidates = torch.randperm(items, generator=generator)[: config.candidates]
            else:
                candidates = torch.arange(items)
            on = draw_coalitions(config, rng, len(batch))
            heard = catalog if views is None else draw_views(views, catalog, generator)
            logits, sides = batch_logits(tower, heard, known, candidates, present, on)
            chosen, shown = likes[:, candidates], known[:, candidates]
            if tower.config.head == "dot":
                losses = softmax_loss(logits, chosen, shown)
            else:
                losses = bce_loss(logits, chosen, shown, config.negatives, generator)
            loss = losses.mean() + sum(s.aux_loss for s in sides.values() if s.aux_loss is not None)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        score = float("nan")
        if check is not None and ((epoch + 1) % config.check == 0 or epoch + 1 == config.epochs):
            rows = torch.nonzero((check.sum(1) > 0) & (target.sum(1) > 0)).flatten()
            if pairwise:
                rows = rows[: config.validate]
            scores = full_scores(tower, catalog, target[rows], allowed)
            score = float(ndcg_at(scores.masked_fill(target[rows], -torch.inf), check[rows]).mean())
            if score > best:
                best, since = score, 0
                best_state = {k: v.clone() for k, v in tower.state_dict().items()}
            else:
                since += config.check
        yield Epoch(epoch, total / max(len(batches), 1), score, time.perf_counter() - started)
        if since >= config.patience or stop():
            break
    if best_state is not None:
        tower.load_state_dict(best_state)
    tower.eval()
