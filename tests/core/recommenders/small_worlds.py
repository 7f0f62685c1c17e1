"""A small world of three tastes: who likes one thing of a kind likes the others; features show the kind."""

import inspect
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.recommenders.base import RECOMMENDERS, create_recommender

USERS, ITEMS, KINDS = 48, 30, 3


@dataclass(frozen=True, eq=False)
class World:
    train: csr_array
    valid: csr_array
    features: dict
    present: np.ndarray
    kind: np.ndarray  # of items (I,)
    taste: np.ndarray  # of visitors (U,)


def make_world(seed=0, users=USERS, items=ITEMS):
    rng = np.random.default_rng(seed)
    kind, taste = np.arange(items) % KINDS, np.arange(users) % KINDS
    likes = np.where(taste[:, None] == kind, 0.6, 0.04) > rng.random((users, items))
    likes[:, -KINDS:] = False  # the last item of each kind has not been taken by anybody
    held = likes & (rng.random(likes.shape) < 0.2)
    centres = {"text": rng.normal(size=(KINDS, 6)), "audio": rng.normal(size=(KINDS, 4))}
    features = {
        m: (c[kind] + 0.3 * rng.normal(size=(items, c.shape[1]))).astype(np.float32)
        for m, c in centres.items()
    }
    present = rng.random((items, 2)) < 0.8
    present[0] = False
    present[-KINDS:] = True
    return World(
        csr_array((likes & ~held).astype(np.float32)),
        csr_array(held.astype(np.float32)),
        features,
        present,
        kind,
        taste,
    )


def quick(key, epochs=3, **options):
    """A recommender that is fitted in a moment: few epochs, and members without any."""
    taken = inspect.signature(RECOMMENDERS[key]).parameters
    if "epochs" in taken:
        options = {"epochs": epochs, "width": 8, **options}
    if "members" in taken:
        options = {"members": ("ease-features", "knn-content"), **options}
    return create_recommender(key, **options)


def everybody(matrix):
    """The rows of all visitors of (U, I)."""
    return np.arange(matrix.shape[0])
