"""What a smaller model costs: size, time, accuracy, and whether its contributions still say the same."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.bench.measure import median_ms
from core.catalog import bundle as bundles
from core.coalitions import FULL
from core.evaluation.splits import Split
from core.evaluation.splits import split as split_of
from core.explain.shapley import shapley
from core.library import read_scalers
from core.methods import catalog_of, new_tower, train_config
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog, Entries, TwoTower
from core.resources import ASSETS, data_dir
from core.training.evaluate import held_out_ndcg
from core.training.train import batch_logits, full_scores, train
from core.types import Method

AXES = (64, 32, 16, 8)
WIDTHS = (32, 16)
DISTILL_EPOCHS = 60
ASKED = 100
TOP = 10


def compression(args: argparse.Namespace) -> dict[str, Any]:
    """Shrink a world's default model: half precision, int8, fewer axes, a distilled student."""
    bundle = bundles.Bundle(bundles.find(args.world, ASSETS, data_dir()))
    dataset = bundle.dataset()
    catalog, split = catalog_of(dataset, read_scalers(bundle)), split_of(dataset)
    method = Method()
    teacher = TwoTower.load(bundle.file(f"{method.name}.safetensors"), catalog)
    users = np.flatnonzero((split.train + split.valid).any(axis=1))[:ASKED]
    whole = _shown(teacher, split, users)
    rows: dict[str, Any] = {}
    for name, model, size in _smaller(teacher, split, method):
        shown = whole if model is teacher else _shown(model, split, users, whole)
        rows[name] = {
            "weights_kb": round(size / 1024, 1),
            "features_kb": round(_feature_bytes(model) / 1024, 1),
            "vectors_kb": round(_vector_bytes(model, name) / 1024, 1),
            "list_ms": round(_list_ms(model, split, users), 2),
            "ndcg@10": round(held_out_ndcg(model.tower, model.catalog, split), 4),
            **_drift(whole, shown),
        }
    return rows


def _smaller(
    teacher: TwoTower, split: Split, method: Method
) -> Iterator[tuple[str, TwoTower, int]]:
    """Yield every variant with its name and how many bytes its weights take."""
    state = teacher.tower.state_dict()
    numbers = sum(x.numel() for x in state.values())
    yield "fp32", teacher, 4 * numbers
    half = {k: x.half().float() for k, x in state.items()}
    yield "fp16", _with(teacher, half), 2 * numbers
    quantised, size = _int8(state)
    yield "int8", _with(teacher, quantised), size
    for axes in AXES:
        short, gone = _truncated(teacher, axes)
        yield f"{axes} axes a modality", short, 4 * (numbers - gone)
    for width in WIDTHS:
        for name, by in ((f"width {width}, alone", None), (f"width {width}, distilled", teacher)):
            student = _student(teacher, split, method, width, by)
            yield name, student, 4 * student.parameters


def _with(model: TwoTower, state: Mapping[str, Tensor]) -> TwoTower:
    tower = Tower(model.tower.config)
    tower.load_state_dict(dict(state))
    return TwoTower(tower, model.catalog)


def _int8(state: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], int]:
    """Round every row of every matrix to 8 bits with a scale of its own; vectors stay as they are.

    Returned are the weights that the 8 bits stand for, and the bytes they take. The arithmetic stays at full
    precision: at this size it would not be faster in integers.
    """
    read, size = {}, 0
    for name, x in state.items():
        if x.ndim < 2:
            read[name], size = x, size + 4 * x.numel()
            continue
        rows = x.flatten(1)
        scale = rows.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        read[name] = ((rows / scale).round() * scale).view_as(x)
        size += rows.numel() + 4 * len(scale)
    return read, size


def _truncated(model: TwoTower, axes: int) -> tuple[TwoTower, int]:
    """Keep the first axes of every modality, which PCA put in order; nothing is trained again.

    Returned with the model is how many weights have nothing to do any more.
    """
    features, gone = {}, 0
    for m, x in model.catalog.features.items():
        kept = x.clone()
        kept[:, axes:] = 0
        features[m] = kept
        gone += 2 * max(x.shape[1] - axes, 0) * model.tower.config.width  # on both sides
    return TwoTower(model.tower, Catalog(features, model.catalog.present)), gone


def _student(
    teacher: TwoTower, split: Split, method: Method, width: int, by: TwoTower | None
) -> TwoTower:
    """Train a narrow tower: on the likes, then towards the teacher's softmax if there is one."""
    catalog = teacher.catalog
    tower = new_tower(method, catalog, seed=0, width=width)
    config = train_config(method)
    for _ in train(tower, catalog, split.train, split.valid, config):
        pass
    if by is None:
        return TwoTower(tower, catalog)
    target = torch.from_numpy(split.train > 0)
    learners = torch.nonzero(target.sum(1) > 1).flatten()
    wanted = full_scores(by.tower, catalog, target).log_softmax(1)
    optimiser = torch.optim.AdamW(tower.parameters(), lr=config.rate / 4)
    generator = torch.Generator().manual_seed(0)
    everyone = torch.arange(len(catalog))
    tower.train()
    for _ in range(DISTILL_EPOCHS):
        order = learners[torch.randperm(len(learners), generator=generator)]
        for batch in order.split(config.batch):
            on = torch.full((len(batch),), FULL)
            got, _sides = batch_logits(tower, catalog, target[batch], everyone, catalog.present, on)
            loss = F.kl_div(
                got.log_softmax(1), wanted[batch], reduction="batchmean", log_target=True
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return TwoTower(tower.eval(), catalog)


def _entries(model: TwoTower, split: Split, user: int) -> Entries:
    known = split.train[user] + split.valid[user]
    return Entries.liked(model.catalog, np.flatnonzero(known > 0))


def _shown(
    model: TwoTower, split: Split, users: NDArray[np.int64], by: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return every asked visitor's top rows, and the contributions (U, K, C) to ``by``'s top, or to these."""
    tops, phis = [], []
    for n, user in enumerate(users):
        visitor = model.visitor(_entries(model, split, int(user)))
        scores = model.scores(visitor, FULL)
        scores = np.where(split.train[user] + split.valid[user] > 0, -np.inf, scores)
        top = np.argsort(-scores, kind="stable")[:TOP]
        tops.append(top)
        phis.append(shapley(model.values(visitor, top if by is None else by["top"][n], FULL)).T)
    return {"top": np.stack(tops), "phi": np.stack(phis)}


def _drift(whole: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, float]:
    """Compare a small model's lists and contributions with those of the whole one."""
    same = np.mean(
        [len(set(a) & set(b)) / TOP for a, b in zip(whole["top"], shown["top"], strict=True)]
    )
    a, b = whole["phi"], shown["phi"]
    share_a, share_b = (np.abs(x) / np.abs(x).sum(-1, keepdims=True).clip(1e-12) for x in (a, b))
    return {
        "same_top10": round(float(same), 3),
        "share_drift": round(float(np.abs(share_a - share_b).sum(-1).mean() / 2), 3),
        "same_leader": round(float((share_a.argmax(-1) == share_b.argmax(-1)).mean()), 3),
    }


def _feature_bytes(model: TwoTower) -> int:
    """Return what the catalog's features take: the axes that anything is on, at full precision."""
    return sum(4 * len(x) * int((x != 0).any(0).sum()) for x in model.catalog.features.values())


def _vector_bytes(model: TwoTower, name: str) -> int:
    """Return what the fused vectors of the catalog take, as this variant would store them."""
    width = model.tower.config.width
    each = {"int8": width + 4, "fp16": 2 * width}.get(name, 4 * width)
    return len(model.catalog) * each


def _list_ms(model: TwoTower, split: Split, users: NDArray[np.int64]) -> float:
    """Return how long one visitor's whole list takes, his likes pooled anew."""
    entries = _entries(model, split, int(users[0]))
    return median_ms(lambda: model.scores(model.visitor(entries), FULL), 50)
