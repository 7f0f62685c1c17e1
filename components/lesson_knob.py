"""The knob of redundancy: what fusion gains when text and sound say more and more what the picture says.

Nothing is trained, so that the knob turns at once: an item is recommended by its likeness to what a visitor
took, summed over modalities. At a share r, text and sound are replaced by vectors of which the share r is the
picture's: their likeness is (1 - r) their own + r the picture's. At r = 1 three modalities are one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.engine import engine
from core.catalog import bundle
from core.evaluation.metrics import list_metrics, top_k
from core.evaluation.splits import split
from core.resources import ASSETS, data_dir
from core.types import MODALITIES, Modality

TOP = 10


@dataclass(frozen=True, eq=False)
class Bench:
    """``taken`` (U, I) is shown, ``wanted`` (U, I) is to be found; ``alike`` (I, I) cosines a modality."""

    taken: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    alike: dict[Modality, NDArray[np.float32]]


@st.cache_resource(max_entries=2, show_spinner=False)
def _bench(world: str) -> Bench:
    data = bundle.Bundle(bundle.find(world, ASSETS, data_dir())).dataset()
    parts = split(data)
    asked = parts.test.any(axis=1)
    alike = {}
    for modality, scaler in engine().scalers(world).items():
        has = np.array([[modality in item.modalities] for item in data.items])
        vectors = np.where(has, scaler(data.vectors[modality]), 0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-8)
        alike[modality] = (unit @ unit.T).astype(np.float32)
    return Bench((parts.train + parts.valid)[asked] > 0, parts.test[asked] > 0, alike)


@st.cache_data(max_entries=200, show_spinner=False)
def at(world: str, share: float) -> float:
    """Return NDCG@10 on held-out choices of all three modalities, at a share of redundancy."""
    bench = _bench(world)
    own, *others = (bench.alike[m] for m in MODALITIES)
    return _ndcg(bench, own + sum((1 - share) * other + share * own for other in others))


@st.cache_data(max_entries=12, show_spinner=False)
def single(world: str, modality: Modality) -> float:
    """Return NDCG@10 of one modality alone."""
    bench = _bench(world)
    return _ndcg(bench, bench.alike[modality])


def _ndcg(bench: Bench, alike: NDArray[np.float32]) -> float:
    scores = (bench.taken @ alike).astype(np.float32)
    lot = np.random.default_rng(0).permutation(scores.shape[1])
    top = top_k(scores, bench.taken, TOP, lot)
    return float(list_metrics(top, bench.wanted)[f"ndcg@{TOP}"].mean())
