"""The app's own two-tower, any fusion under any attention, as one recommender of the comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.features import Scaler
from core.recommenders.inputs import Inputs
from core.recommenders.two_tower import Catalog
from core.types import CHANNELS, MODALITIES, Channel, Method


@register
class FusedTower(Recommender):
    """A two-tower whose items and visitors are fused by a strategy, trained as the shipped worlds are.

    Parameters
    ----------
    fusion, attention, head : keys of the method
    epochs : at most; by default as many as a world's methods are trained for
    width : of the fused vector
    channels : which modalities it reads of those it is given; None for all
    """

    card = RecommenderCard(
        key="two-tower",
        family="two-tower",
        formula=r"s_{ui} = u^\top (z_i - \bar z) + b_i,\quad z_i = \mathrm{fuse}(x_{i1}, \ldots, x_{iM})",
        source="after Covington et al., Deep Neural Networks for YouTube Recommendations, 2016",
        year=2016,
        teaches="What the fusion strategy itself changes, everything else being equal.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space: ClassVar[dict[str, tuple[Any, ...]]] = {
        "fusion": ("sum", "gated", "concat", "attention"),
        "rate": (1e-3, 2e-3, 4e-3),
        "width": (64, 128, 256),
    }

    def __init__(
        self,
        *,
        fusion: str = "gated",
        attention: str = "off",
        head: str = "dot",
        epochs: int | None = None,
        rate: float | None = None,
        width: int = 64,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        self.channels = channels
        self.method = Method(fusion, attention, head)
        self._epochs, self._rate, self._width = epochs, rate, width

    def _fit(self, inputs: Inputs, seed: int) -> None:
        from core.methods import new_tower, train_config
        from core.training.train import TrainConfig, train

        config = train_config(self.method, replace(TrainConfig(), seed=seed))
        config = replace(
            config, epochs=self._epochs or config.epochs, rate=self._rate or config.rate
        )
        self._catalog = _catalog(inputs)
        self._tower = new_tower(self.method, self._catalog, seed=seed, width=self._width)
        valid = None if inputs.valid is None else inputs.valid.toarray()
        for _ in train(self._tower, self._catalog, inputs.train.toarray(), valid, config):
            pass

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        from core.training.train import full_scores

        with torch.inference_mode():
            known = torch.from_numpy(history.toarray() > 0)
            return full_scores(self._tower, self._catalog, known).numpy()


def _catalog(inputs: Inputs) -> Catalog:
    """Scale the features as a world's are, and say what is there: behaviour once anybody took the item."""
    present = np.zeros((inputs.items, len(CHANNELS)), dtype=np.bool_)
    present[:, CHANNELS.index(Channel.BEHAVIOUR)] = inputs.train.sum(axis=0) > 0
    features = {}
    for modality in MODALITIES:
        x, has = inputs.features.get(modality), inputs.present.get(modality)
        if x is None or has is None:
            features[str(modality)] = torch.zeros(inputs.items, Scaler.nothing().width)
            continue
        present[:, CHANNELS.index(Channel(modality))] = has
        features[str(modality)] = torch.from_numpy(Scaler.fit(x[has], 128)(x))
    return Catalog(features, torch.from_numpy(present))
