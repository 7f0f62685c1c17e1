"""The augmented views of a rendered world, as features for training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from core import encoders
from core.build import item_media
from core.catalog import bundle as bundles
from core.catalog import worlds
from core.encoders.store import VectorStore
from core.encoders.views import encode_views
from core.errors import TriadError
from core.methods import catalog_of, fit_scalers
from core.resources import ASSETS, data_dir
from core.types import MODALITIES, Modality

SEED: Final = 0


def quiet(_: str) -> None:
    """Say nothing."""


def item_views(
    world: str, modality: Modality, count: int, say: Callable[[str], None] = quiet
) -> NDArray[np.float32]:
    """Return the vectors (count, I, D) of augmented views, zeros where an item lacks the modality.

    Vectors are kept in the cache folder: the first time takes minutes, and after a stop it goes on.

    Raises
    ------
    TriadError
        ``views_rendered_only`` where the media are not ours to draw again
    """
    bundle = bundles.Bundle(bundles.find(world, ASSETS, data_dir()))
    if bundle.manifest["kind"] != "rendered":
        raise TriadError("views_rendered_only", world=world)
    maker, plans = worlds.create(world), bundle.plans()
    encoder, store, rows = encoders.default(modality), VectorStore(), []
    for number, item in enumerate(bundle.dataset().items):
        has = modality in item.modalities
        media = item_media(maker, plans[item.id], modality) if has else ()
        rows.append(encode_views(encoder, [media], count, seed=SEED, store=store))
        if (number + 1) % 80 == 0:
            say(f"{modality}: views of {number + 1} items")
    return np.concatenate(rows, axis=1)


def views_of(world: str, count: int, say: Callable[[str], None] = quiet) -> dict[str, torch.Tensor]:
    """Return modality -> (1 + count, I, P): the features as they are, and of ``count`` views."""
    dataset = bundles.Bundle(bundles.find(world, ASSETS, data_dir())).dataset()
    scalers = fit_scalers(dataset)
    catalog = catalog_of(dataset, scalers)
    return {
        str(m): torch.stack(
            [
                catalog.features[m],
                *(torch.from_numpy(scalers[m](x)) for x in item_views(world, m, count, say)),
            ]
        )
        for m in MODALITIES
    }
