"""Graphs as sparse matrices: who took what, and which items are alike."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array, diags_array
from sklearn.neighbors import NearestNeighbors
from torch import Tensor


def bipartite(train: csr_array) -> csr_array:
    """Return the adjacency (U + I, U + I) of visitors and items: [[0, X], [X', 0]]."""
    joined: csr_array = block_array([[None, train], [train.T, None]], format="csr")
    return joined


def normalised(graph: csr_array) -> csr_array:
    """Return D^-1/2 A D^-1/2 of a graph A (N, N); rows and columns without edges stay zeros."""
    degree = np.asarray(graph.sum(axis=1), dtype=np.float64)
    scale = diags_array(np.divide(1, np.sqrt(degree), out=np.zeros_like(degree), where=degree > 0))
    balanced: csr_array = (scale @ graph @ scale).tocsr().astype(np.float32)
    return balanced


def alike(features: NDArray[np.float32], has: NDArray[np.bool_], neighbours: int) -> csr_array:
    """Return the graph (I, I) of each item's nearest others by cosine, where it is positive.

    Parameters
    ----------
    features : (I, D)
    has : (I,) which items have them; the others have no edges
    """
    rows = np.flatnonzero(has)
    count = min(neighbours, len(rows) - 1)
    shape = (len(has), len(has))
    if count < 1:
        return csr_array(shape, dtype=np.float32)
    index = NearestNeighbors(n_neighbors=count, metric="cosine", algorithm="brute")
    distances, nearest = index.fit(
        features[rows]
    ).kneighbors()  # without arguments, oneself is left out
    cosine = np.maximum(1 - distances, 0).astype(np.float32)
    graph = csr_array(
        (cosine.ravel(), (np.repeat(rows, count), rows[nearest].ravel())), shape=shape
    )
    graph.eliminate_zeros()
    return graph


def thinned(train: csr_array, share: float, seed: int) -> csr_array:
    """Keep a share of the interactions (U, I), at random, rather those that their ends have few of.

    The probability is in proportion to 1 / sqrt(degree of the visitor * degree of the item).
    """
    edges = train.tocoo()
    users, items = edges.coords
    degrees = [np.asarray(train.sum(axis=axis)) for axis in (1, 0)]
    rare = 1 / np.sqrt(degrees[0][users] * degrees[1][items])
    count = max(1, round(share * len(users)))
    kept = np.random.default_rng(seed).choice(
        len(users), size=count, replace=False, p=rare / rare.sum()
    )
    return csr_array((edges.data[kept], (users[kept], items[kept])), shape=train.shape)


def to_torch(graph: csr_array) -> Tensor:
    """Return the matrix in torch's CSR format."""
    with warnings.catch_warnings():  # "beta state"
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(
            torch.from_numpy(graph.indptr.astype(np.int64)),
            torch.from_numpy(graph.indices.astype(np.int64)),
            torch.from_numpy(graph.data.astype(np.float32)),
            size=graph.shape,
        )


def propagate(graph: Tensor, x: Tensor, layers: int) -> Tensor:
    """Return the mean of x, Ax, ..., A^layers x.

    Parameters
    ----------
    graph : (N, N) sparse A, symmetric
    x : (N, d)
    """
    total = x
    for _ in range(layers):
        x = graph @ x
        total = total + x
    return total / (layers + 1)
