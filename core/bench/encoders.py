"""What encoders weigh, how long they take, and what the fast paths save and cost."""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from PIL import Image

from core import encoders as registry
from core.build import PICTURE_SIZE
from core.catalog import bundle as bundles
from core.catalog import worlds
from core.catalog.rendering import rasterise
from core.encoders import Encoder, efficientnet
from core.encoders.hub_about import quietly
from core.encoders.sources import works
from core.encoders.text_minilm import MiniLm
from core.types import MODALITIES, Clean, Modality, Passage, Picture

BATCH: Final = 32
SINGLES: Final = 12
"""Items that are encoded one at a time."""
ROUNDS: Final = 5
"""Times that contenders take turns; the median of their ratios is what counts."""

FAST: Final = {
    Modality.IMAGE: ("efficientnet-lite0-torch", "efficientnet-lite0", "efficientnet-lite0-int8"),
    Modality.TEXT: ("minilm-l6-v2", "minilm-l6-v2-onnx", "minilm-l6-v2-int8"),
}
"""The same network by several ways; the first is the original."""

Run = Callable[[Sequence[Clean]], Any]


def encoders(args: argparse.Namespace) -> dict[str, Any]:
    """Weigh and time every encoder that works offline, on one thread; compare the fast paths."""
    with _one_thread():
        samples = {modality: _samples(args.world, modality) for modality in MODALITIES}
        rows: dict[str, Any] = {
            id: _facts(registry.get(id), samples[registry.get(id).card.modality]) for id in works()
        }
        plain = {Modality.IMAGE: _plain_timm(), Modality.TEXT: _plain_transformers()}
        names = {Modality.IMAGE: "a loop over timm", Modality.TEXT: "a loop over transformers"}
        for modality, ids in FAST.items():
            items = samples[modality]
            runs = {id: registry.get(id).encode for id in ids}
            for size in (1, BATCH):
                for id, ratio in _ratios(plain[modality], runs, items, size).items():
                    rows[f"{id}, batch {size}, times as fast as {names[modality]}"] = ratio
            original = runs[ids[0]](items).pooled
            for id in ids[1:]:
                found = torch.cosine_similarity(original, runs[id](items).pooled)
                rows[f"{id}, least cosine to the original"] = round(float(found.min()), 4)
    return rows


@contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _samples(key: str, modality: Modality) -> list[Clean]:
    """Return items of a world as the encoder gets them when the world is built."""
    bundle, world = bundles.Bundle(bundles.folder(key)), worlds.create(key)
    plans = [plan for plan in bundle.plans().values() if modality in plan.modalities]
    chosen = plans[:: max(1, len(plans) // BATCH)][:BATCH]
    if modality is Modality.TEXT:
        written = {item.id: item.text("en").whole for item in bundle.dataset().items}
        return [Passage(written[plan.id], "en") for plan in chosen]
    if modality is Modality.IMAGE:
        return [rasterise(world.picture(plan), PICTURE_SIZE) for plan in chosen]
    return [world.sound(plan) for plan in chosen]


def _facts(encoder: Encoder, items: Sequence[Clean]) -> dict[str, Any]:
    """Return size and speed of an encoder. No batch comes twice: some remember the last."""
    encoder.encode(items[-1:])
    card = encoder.card
    singles = [_ms(encoder.encode, items[n : n + 1]) for n in range(min(SINGLES, len(items)))]
    megabytes = card.megabytes or (encoder.needs.mb if encoder.needs else 0)
    return {
        "modality": str(card.modality),
        "dim": card.dim,
        "parameters": card.parameters or _counted(encoder) or None,
        "MB": round(megabytes, 1),
        "ms an item": round(statistics.median(singles), 1),
        f"ms an item, batch {BATCH}": round(_ms(encoder.encode, items) / len(items), 1),
    }


def _counted(encoder: Encoder) -> int:
    networks = [each for each in vars(encoder).values() if isinstance(each, torch.nn.Module)]
    return sum(weight.numel() for network in networks for weight in network.parameters())


def _ms(run: Run, items: Sequence[Clean]) -> float:
    started = time.perf_counter()
    run(items)
    return (time.perf_counter() - started) * 1000


def _ratios(
    plain: Run, runs: Mapping[str, Run], items: Sequence[Clean], size: int
) -> dict[str, float]:
    """Let all take turns on the same items, so that what else the machine does meets them alike."""
    contenders = {"": plain, **runs}
    turn = itertools.cycle(range(len(items)))
    for run in contenders.values():
        run(items[:1])
    seen: dict[str, list[float]] = {id: [] for id in runs}
    for _ in range(ROUNDS * (3 if size == 1 else 1)):
        start = next(turn)
        part = [*items[start:], *items[:start]][:size]
        took = {id: _ms(run, part) for id, run in contenders.items()}
        for id in runs:
            seen[id].append(took[""] / took[id])
    return {id: round(statistics.median(found), 2) for id, found in seen.items()}


def _plain_timm() -> Run:
    """Return what one would write with timm alone: its own transform, its model, vectors and maps."""
    from timm.data import create_transform, resolve_data_config

    model: Any = efficientnet.load()
    transform: Any = create_transform(**resolve_data_config(model=model))

    def run(items: Sequence[Clean]) -> Any:
        pictures = [Image.fromarray(each.pixels) for each in items if isinstance(each, Picture)]
        with torch.inference_mode():
            maps = model.forward_features(torch.stack([transform(each) for each in pictures]))
            return model.get_classifier()(model.forward_head(maps, pre_logits=True))

    return run


def _plain_transformers() -> Run:
    """Return what one would write with transformers alone: pad, run, take the mean."""
    from transformers import AutoModel, AutoTokenizer

    folder = MiniLm()._folder()
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    with quietly():
        model: Any = AutoModel.from_pretrained(folder, use_safetensors=True).eval()

    def run(items: Sequence[Clean]) -> Any:
        texts = [each.text for each in items if isinstance(each, Passage)]
        pieces = tokenizer(
            texts, padding=True, truncation=True, max_length=256, return_tensors="pt"
        )
        with torch.inference_mode():
            mask = pieces["attention_mask"][..., None]
            return (model(**pieces).last_hidden_state * mask).sum(1) / mask.sum(1)

    return run
