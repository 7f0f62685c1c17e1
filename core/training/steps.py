"""What one training step is made of: who is shown what, and how it is scored."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from core.coalitions import COALITIONS, FULL, MEMBERS, coalition, pack
from core.fusion import Fused
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog
from core.training.config import TrainConfig
from core.types import CHANNELS, Channel


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


def thin(target: Tensor, generator: torch.Generator) -> Tensor:
    """Keep a random part of each visitor's likes, at least one; the share itself varies by visitor.

    A newcomer with a single upload is then as much in distribution as an old friend.
    """
    draw = torch.rand(target.shape, generator=generator).masked_fill(~target, 2.0)
    share = torch.rand(len(target), 1, generator=generator) * 0.8 + 0.1
    return (draw <= torch.maximum(share, draw.min(1, keepdim=True).values)) & target


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


def few_patterns(
    present: Tensor, candidates: Tensor, count: int, generator: torch.Generator
) -> Tensor:
    """Keep the candidates (N,) that have one of ``count`` drawn sets of channels; common sets come often.

    Every set of channels that a candidate may be heard by costs a pass over the history.
    """
    codes = torch.from_numpy(pack(present[candidates].numpy()))
    kinds, which, sizes = torch.unique(codes, return_inverse=True, return_counts=True)
    if len(kinds) <= count:
        return candidates
    drawn = torch.multinomial(sizes.double(), count, generator=generator)
    return candidates[torch.isin(which, drawn)]
