"""Building a world's bundle: render, encode, simulate, train, measure, write."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core import encoders, first
from core.catalog import bundle, worlds
from core.catalog.dataset import Dataset
from core.catalog.rendering import rasterise
from core.catalog.worlds.plan import plan_items
from core.catalog.worlds.visitors import Crowd, utilities, visit
from core.durable import beside
from core.engine import Engine
from core.errors import TriadError
from core.evaluation.splits import split as split_of
from core.library import read_scalers
from core.methods import catalog_of, fit_scalers, new_tower, shipped_methods, train_config
from core.recommenders.two_tower import Catalog, TwoTower
from core.resources import ASSETS, write_json
from core.training.evaluate import held_out_ndcg
from core.training.train import TrainConfig, train
from core.types import LANGUAGES, Clean, Item, Method, Modality, Passage, Query, Request

PICTURE_SIZE: Final = 256
"""Pixels at which items are rendered for the encoder."""

DEFAULT: Final = TrainConfig()

OPENERS: Final = 40
"""Among how many visitors the one is sought whom a world opens with."""

NOTHING: Final[Mapping[Modality, str]] = MappingProxyType({})

Say = Callable[[str], None]


def item_media(world: worlds.World, plan: worlds.Plan, modality: Modality) -> tuple[Clean, ...]:
    """Return what an encoder gets of one item; a text comes in each language.

    The vectors of several are averaged, so that an item is the same in every language of the page.
    """
    if modality is Modality.IMAGE:
        return (rasterise(world.picture(plan), PICTURE_SIZE),)
    if modality is Modality.AUDIO:
        return (world.sound(plan),)
    texts = world.text(plan)
    return tuple(Passage(texts[language].whole, language) for language in LANGUAGES)


def encoder_of(
    world: worlds.World, plans: Sequence[worlds.Plan], modality: Modality, id: str | None
) -> encoders.Encoder:
    """Return the encoder of this id, by default the modality's own; one that must be is fitted on all texts.

    Raises
    ------
    TriadError
        ``unknown_encoder``
    """
    if id in {card.id for card in encoders.fittable(modality)}:
        described = (world.text(plan) for plan in plans if modality in plan.modalities)
        return encoders.fit(id, [text.whole for texts in described for text in texts.values()])
    return encoders.named(id, modality) if id else encoders.default(modality)


def encode_items(
    world: worlds.World,
    plans: Iterable[worlds.Plan],
    modality: Modality,
    say: Say = lambda _: None,
    encoder: encoders.Encoder | None = None,
) -> NDArray[np.float32]:
    """Return the vectors (I, D) of one modality, zeros where an item lacks it."""
    encoder = encoder or encoders.default(modality)
    plans = tuple(plans)
    out = np.zeros((len(plans), encoder.card.dim), dtype=np.float32)
    for row, plan in enumerate(plans):
        if modality in plan.modalities:
            media = item_media(world, plan, modality)
            out[row] = encoder.encode(media).pooled.mean(0).numpy()
        if (row + 1) % 80 == 0:
            say(f"{modality}: {row + 1} of {len(plans)} encoded")
    return out


def render_dataset(
    key: str,
    *,
    items: int = 320,
    visitors: int = 800,
    seed: int | None = None,
    by: Mapping[Modality, str] = NOTHING,
    say: Say = lambda _: None,
) -> tuple[Dataset, tuple[worlds.Plan, ...], dict[Modality, encoders.Encoder]]:
    """Render, encode and simulate a world; ``seed`` is by default the one that ships.

    ``by`` names encoders that are not the default ones. Returned with the dataset are the plans of its items
    and the encoders.
    """
    if key not in worlds.worlds():
        raise TriadError("unknown_world", world=key, known=", ".join(worlds.worlds()))
    world = worlds.create(key)
    seed = world.seed if seed is None else seed
    plans = plan_items(world, items, seed=seed)
    crowd = Crowd(visitors=visitors)
    truth = utilities(world, plans, crowd, seed=seed)
    made = {m: encoder_of(world, plans, m, by.get(m)) for m in Modality}
    kind = next(f for f in world.factors if f.name == world.category)
    dataset = Dataset(
        name=key,
        kind="rendered",
        simulated=True,
        items=tuple(
            Item(p.id, world.text(p), kind.values[p.values[kind.name]], p.modalities) for p in plans
        ),
        visitors=tuple(f"visitor-{u:04d}" for u in range(visitors)),
        interactions=visit(truth, crowd, seed=seed),
        # Rounded to what the bundle stores, so that weights are trained on what they will meet.
        vectors={
            m: encode_items(world, plans, m, say, encoder).astype(np.float16).astype(np.float32)
            for m, encoder in made.items()
        },
        encoders={m: encoder.card.id for m, encoder in made.items()},
        truth=truth,
    )
    return dataset, plans, made


def train_method(
    dataset: Dataset,
    catalog: Catalog,
    method: Method,
    config: TrainConfig,
    views: Mapping[str, torch.Tensor] | None = None,
) -> tuple[TwoTower, dict[str, float]]:
    """Train one method on a dataset; return it and what it reached on the test split.

    ``views`` are augmented ones to train on, see :func:`core.training.train.train`.
    """
    split = split_of(dataset)
    tower = new_tower(method, catalog, seed=config.seed)
    started = time.perf_counter()
    epochs = list(train(tower, catalog, split.train, split.valid, config, views=views))
    model = TwoTower(tower, catalog)
    facts = {
        "ndcg@10": round(held_out_ndcg(tower, catalog, split, config.channels), 4),
        "valid_ndcg@10": round(np.nanmax([e.ndcg for e in epochs]), 4),
        "parameters": model.parameters,
        "epochs": len(epochs),
        "seconds": round(time.perf_counter() - started, 1),
    }
    return model, facts


def _train_and_save(
    dataset: Dataset, catalog: Catalog, method: Method, config: TrainConfig, folder: Path
) -> tuple[str, dict[str, float]]:
    model, facts = train_method(dataset, catalog, method, config)
    name = method.name
    model.save(folder / f"{name}.safetensors")
    return name, facts


def _train_all(
    methods: list[Method],
    arguments: Callable[[Method], tuple[Dataset, Catalog, Method, TrainConfig, Path]],
    jobs: int,
    say: Say,
) -> Iterator[tuple[str, dict[str, float]]]:
    """Train methods side by side, one thread each: small matrices gain little from more."""
    if jobs == 1:  # a process more would only take time to start
        for method in methods:
            name, facts = _train_and_save(*arguments(method))
            say(_line(name, facts))
            yield name, facts
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, as_worker) as pool:
        running = [pool.submit(_train_and_save, *arguments(method)) for method in methods]
        for done in as_completed(running):
            name, facts = done.result()
            say(_line(name, facts))
            yield name, facts


def _line(name: str, facts: Mapping[str, float]) -> str:
    return f"{name}: " + ", ".join(f"{k} {v}" for k, v in facts.items())


def as_worker() -> None:
    """Work on one thread, and not outlive the process that wants it: a killed one cannot say goodbye."""
    torch.set_num_threads(1)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def build(
    key: str,
    *,
    fusions: tuple[str, ...] = (),
    items: int = 320,
    visitors: int = 800,
    seed: int | None = None,
    by: Mapping[Modality, str] = NOTHING,
    name: str | None = None,
    jobs: int | None = None,
    config: TrainConfig = DEFAULT,
    root: Path = ASSETS,
    say: Say = lambda _: None,
) -> Path:
    """Build the bundle of a world, replacing the old one only when the new one is whole.

    Parameters
    ----------
    key : world
    seed : of the world, by default the one that ships; methods are trained from seed ``config.seed``
    fusions : which fusions to train; all by default
    by : ids of encoders that are not the default ones, see ``core.encoders.named``
    name : what the built world is called, by default ``key``
    jobs : how many methods are trained at once; by default one a core
    root : assets folder to write into
    say : told of progress

    Raises
    ------
    TriadError
        ``unknown_world``, ``unknown_encoder``, ``unwritable``
    """
    if key not in worlds.worlds():
        raise TriadError("unknown_world", world=key, known=", ".join(worlds.worlds()))
    goal = bundle.folder(name or key, root)
    with beside(goal) as scratch:  # before anything is made: a place that cannot be written is told
        dataset, plans, made = render_dataset(
            key, items=items, visitors=visitors, seed=seed, by=by, say=say
        )
        scalers = fit_scalers(dataset)
        catalog = catalog_of(dataset, scalers)
        work = bundle.folder(goal.name, scratch)
        bundle.write_dataset(work, dataset, plans)
        bundle.write_scalers(work, scalers)
        for modality, encoder in made.items():
            if isinstance(encoder, encoders.Fitted):
                encoder.save(work / f"encoder-{modality}.npz")
        quality = dict(
            _train_all(
                [m for m in shipped_methods(key) if not fusions or m.fusion in fusions],
                lambda m: (dataset, catalog, m, train_config(m, config), work),
                jobs or os.cpu_count() or 1,
                say,
            )
        )
        bundle.write_manifest(
            work,
            **facts_of(dataset),
            seed=worlds.create(key).seed if seed is None else seed,
            encoders={
                str(m): {"id": e.card.id, "revision": e.card.revision, "dim": e.card.dim}
                for m, e in made.items()
            },
            crowd=asdict(Crowd(visitors=visitors)),
            training=asdict(config),
            quality=quality,
            made_with={name: version(name) for name in ("torch", "numpy", "timm", "torchaudio")},
        )
        write_opening(work)
        bundle.put_in_place(work, goal)
    return goal


def add(
    key: str,
    *,
    fusions: tuple[str, ...] = (),
    jobs: int | None = None,
    config: TrainConfig = DEFAULT,
    root: Path = ASSETS,
    say: Say = lambda _: None,
) -> Path:
    """Train what a built world does not have yet, and leave everything else in it as it is.

    This is what a new fusion needs: rendering and encoding are not done again.

    Parameters
    ----------
    fusions : which fusions to train, there already or not; by default those that ship and are missing
    """
    goal = bundle.find(key, root)
    old = bundle.Bundle(goal)
    dataset, scalers = old.dataset(), read_scalers(old)
    catalog = catalog_of(dataset, scalers)
    quality = dict(old.manifest["quality"])
    wanted = [
        m
        for m in shipped_methods(key)
        if (m.fusion in fusions if fusions else m.name not in quality)
    ]
    with beside(goal) as scratch:
        work = bundle.folder(key, scratch)
        shutil.copytree(goal, work)
        quality |= _train_all(
            wanted,
            lambda m: (dataset, catalog, m, train_config(m, config), work),
            jobs or os.cpu_count() or 1,
            say,
        )
        facts = {k: v for k, v in old.manifest.items() if k not in ("format", "files")}
        bundle.write_manifest(work, **{**facts, "quality": quality})
        write_opening(work)
        bundle.put_in_place(work, goal)
    return goal


def write_opening(folder: Path) -> None:
    """Choose the visitor whom a built world opens with, and write his list into the bundle.

    It is one who cares for every modality, and the first three of whose list can be seen, read and heard.
    """
    request = Request(folder.name)
    engine = Engine(folder.parent.parent)
    facts = dict(bundle.Bundle(folder).manifest)
    facts = {k: v for k, v in facts.items() if k not in ("format", "files")}
    if request.method in engine.built(request.world):
        all_round = engine.all_round_visitors(request.world)[:OPENERS]
        facts["opens_with"] = next(
            filter(partial(_opens_well, engine, request), all_round), all_round[0]
        )
        bundle.write_manifest(folder, **facts)
        engine.warm(request.world, request.method)  # computed, not read from an older file
        write_json(folder / first.FILE, first.as_plain(engine.recommend(request)))
    bundle.write_manifest(folder, **facts)


def _opens_well(engine: Engine, request: Request, visitor: str) -> bool:
    result = engine.recommend(replace(request, query=Query(visitor)))
    return all(len(r.item.modalities) == len(Modality) for r in result.items[:3])


def facts_of(dataset: Dataset) -> dict[str, Any]:
    """Return what a manifest says about any dataset."""
    return {
        "world": dataset.name,
        "kind": dataset.kind,
        "simulated": dataset.simulated,
        "counts": {
            "items": len(dataset.items),
            "visitors": len(dataset.visitors),
            "interactions": len(dataset.interactions),
            "modalities": {str(m): sum(m in i.modalities for i in dataset.items) for m in Modality},
        },
    }
