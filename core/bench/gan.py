"""What the generative fusions invent, and how their game goes.

A fifth of the items that have a modality and another one are held out for it: in training they lack it. Then
it is generated from their other channels, and sought among all items' real vectors of that modality by
cosine, both measured from the mean. ``place`` is that of the true item, as a share of all places: 0 is first,
.5 is chance, and what the mean gets, which points nowhere. Ridge and nearest neighbours see exactly what the
generator sees. All vectors are the tower's own projections, of both sides.

**L1 is no measure of this.** With s the length of a guess relative to the truth and c their cosine, its
squared error is 1 - 2cs + s^2 of the mean's: more than the mean's wherever s > 2c. Who has to look real, as
the generator has, cannot answer with a short vector. So ``l1``, ``length`` and ``cosine`` stand together.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.build import as_worker
from core.catalog import bundle as bundles
from core.evaluation.splits import split as split_of
from core.fusion.base import masked_mean
from core.fusion.cycle import Cycle
from core.fusion.gan import Adversarial
from core.methods import catalog_of, fit_scalers, new_tower, train_config
from core.recommenders.tower import Side, Tower
from core.recommenders.two_tower import Catalog
from core.resources import ASSETS, data_dir
from core.training.train import TrainConfig, train
from core.types import CHANNELS, MODALITIES, Method, Modality

FUSIONS: Final = ("gan", "cycle")
FOLDS: Final = 5
NEIGHBOURS: Final = 10
LOOKS: Final = (1, 5, 10, 35)
"""After which epochs the game is told of; training may stop early, but not before the last of these."""
QUICK_EPOCHS: Final = 10

Numbers = dict[str, float]


def gan(args: argparse.Namespace) -> dict[str, Any]:
    """Retrieve items by what the GAN invents of them, beside mean, neighbours and ridge; its game."""
    epochs = QUICK_EPOCHS if args.quick else TrainConfig().epochs
    jobs = [(args.world, epochs, key, seed) for key in FUSIONS for seed in range(args.seeds)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, as_worker) as pool:
        reached = list(pool.map(imputed, *zip(*jobs, strict=True)))
    rows: dict[str, Any] = {}
    for key in FUSIONS:
        own = [found for (_, _, k, _), found in zip(jobs, reached, strict=True) if k == key]
        for name in own[0]:
            rows[f"{key}: {name}"] = {
                figure: round(statistics.mean(found[name][figure] for found in own), 3)
                for figure in own[0][name]
            }
    return rows


def imputed(world: str, epochs: int, key: str, seed: int) -> dict[str, Numbers]:
    """Train one fusion with holes and return what it makes of them, and how its game stood on the way."""
    dataset = bundles.Bundle(bundles.find(world, ASSETS, data_dir())).dataset()
    whole, split = catalog_of(dataset, fit_scalers(dataset)), split_of(dataset)
    held = holes(whole.present[:, : len(MODALITIES)].numpy(), seed)
    seen = whole.present.clone()
    seen[:, : len(MODALITIES)] &= ~torch.from_numpy(held)
    catalog = Catalog(whole.features, seen)
    method = Method(key)
    config = replace(train_config(method, TrainConfig(seed=seed)), epochs=epochs)
    tower = new_tower(method, catalog, seed=seed)
    rows: dict[str, Numbers] = {}
    for event in train(tower, catalog, split.train, split.valid, config):
        if event.epoch + 1 in LOOKS:
            rows[f"the game after epoch {event.epoch + 1}"] = dict(event.scalars)
    for modality in MODALITIES:
        hole = torch.from_numpy(held[:, MODALITIES.index(modality)])
        sides = [_compared(side, whole, seen, hole, modality) for side in _sides(tower)]
        for name in sides[0]:
            rows[f"{modality}, {name}"] = _mean([side[name] for side in sides])
    for name, found in rows.items():
        print(key, seed, name, found, file=sys.stderr, flush=True)
    return rows


def holes(has: NDArray[np.bool_], seed: int) -> NDArray[np.bool_]:
    """Return what is held out (I, M): a fifth of each modality, at most one an item, never its only one."""
    lot = np.random.default_rng([seed, 0x601E]).permutation(len(has)) % FOLDS
    turn = lot[:, None] == np.arange(has.shape[1])
    return np.asarray(has & turn & (has.sum(1, keepdims=True) > 1))


@torch.no_grad()
def _compared(
    side: Side, whole: Catalog, seen: Tensor, hole: Tensor, modality: Modality
) -> dict[str, Numbers]:
    """Return what each way of imputing comes to on one side, for one modality.

    ``seen`` (I, C) is what was there in training, ``hole`` (I,) which items lacked the modality.
    """
    column = CHANNELS.index(modality)
    x = side.embed(whole.features, torch.arange(len(whole)), whole.present)
    others = seen.clone()
    others[:, column] = False
    heard = torch.where(others[..., None], x, 0.0)
    real = x[:, column]
    learn, ask = seen[:, column] & others.any(1), hole & others.any(1)
    has = whole.present[:, column]
    mean = real[learn].mean(0)
    given = torch.cat([heard.flatten(1), others.to(heard.dtype)], dim=1)
    ways: dict[str, Tensor] = {
        "mean": mean.expand(int(ask.sum()), -1),
        "neighbours": _neighbours(given[learn], real[learn], given[ask]),
        "ridge": _ridge(given[learn], real[learn], given[ask]),
        "generated": invent(side.fusion, heard[ask], others[ask], column),
    }
    place = (has.cumsum(0) - 1)[ask]
    rows = {name: judged(guess - mean, real[has] - mean, place) for name, guess in ways.items()}
    known = invent(side.fusion, heard[learn], others[learn], column)
    place = (has.cumsum(0) - 1)[learn]
    rows["generated, of items met in training"] = judged(known - mean, real[has] - mean, place)
    if isinstance(side.fusion, Adversarial):
        for name, which in (("judge, items met", learn), ("judge, items held out", ask)):
            every = torch.where(
                (others | has[:, None] & (torch.arange(len(CHANNELS)) == column))[..., None], x, 0.0
            )
            game = side.fusion.play_channel(str(modality), _named(every[which]), others[which])
            rows[name] = {"right": float(game.accuracy)}
    return rows


def invent(fusion: Any, heard: Tensor, others: Tensor, column: int) -> Tensor:
    """Return what a generative fusion makes of one channel (B, D).

    ``heard`` is (B, C, D), zeros where ``others`` (B, C) is False, as it is in the channel itself.
    """
    channel = str(CHANNELS[column])
    if isinstance(fusion, Cycle):
        codes = torch.stack(
            [fusion.encode[c](heard[:, i]) for i, c in enumerate(fusion.channels)], 1
        )
        translated: Tensor = fusion.decode[channel](masked_mean(codes, others))
        return translated
    made: Tensor = fusion.impute(channel, _named(heard), others)
    return made


def judged(guess: Tensor, real: Tensor, place: Tensor) -> Numbers:
    """Judge guesses (B, D) by the real vectors (N, D), of which row ``place`` (B,) is each one's own.

    Both are measured from the mean. Ties count half, so a guess of nothing has place .5.
    """
    near = F.normalize(guess, dim=-1) @ F.normalize(real, dim=-1).T
    own = near.gather(1, place[:, None])
    above = (near > own).sum(1) + ((near == own).sum(1) - 1) / 2
    truth = real[place]
    return {
        "place": float((above / max(len(real) - 1, 1)).mean()),
        "among the first ten": float((above < 10).double().mean()),
        "cosine": float(own.mean()),
        "length": float((guess.norm(dim=1) / truth.norm(dim=1).clamp(min=1e-9)).mean()),
        "l1": float((guess - truth).abs().sum() / truth.abs().sum()),
        "items": float(len(place)),
    }


def _ridge(x: Tensor, y: Tensor, asked: Tensor) -> Tensor:
    """Return ridge regression's answers; its penalty is chosen by leave-one-out on what it learns from."""
    from sklearn.linear_model import RidgeCV

    model = RidgeCV(np.logspace(0, 5, 11)).fit(x.numpy(), y.numpy())
    return torch.from_numpy(np.asarray(model.predict(asked.numpy()), dtype=np.float32))


def _neighbours(x: Tensor, y: Tensor, asked: Tensor) -> Tensor:
    near = F.normalize(asked, dim=-1) @ F.normalize(x, dim=-1).T
    return y[near.topk(min(NEIGHBOURS, len(x)), dim=1).indices].mean(1)


def _named(x: Tensor) -> dict[str, Tensor]:
    return dict(zip((str(c) for c in CHANNELS), x.unbind(1), strict=True))


def _sides(tower: Tower) -> tuple[Side, Side]:
    return tower.liked, tower.offered


def _mean(found: list[Numbers]) -> Numbers:
    return {name: statistics.mean(each[name] for each in found) for name in found[0]}
