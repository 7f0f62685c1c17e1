"""Training a tower in one go; what can be stopped and taken up again is :mod:`core.training.run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog
from core.training.config import TrainConfig
from core.training.loop import Epoch, Loop
from core.training.measures import ndcg_at
from core.training.steps import batch_logits, full_scores

__all__ = ["Epoch", "TrainConfig", "batch_logits", "full_scores", "ndcg_at", "train"]

DEFAULT: Final = TrainConfig()


def train(
    tower: Tower,
    catalog: Catalog,
    seen: NDArray[np.float32],
    valid: NDArray[np.float32] | None,
    config: TrainConfig = DEFAULT,
    stop: Callable[[], bool] = lambda: False,
    views: Mapping[str, Tensor] | None = None,
) -> Iterator[Epoch]:
    """Train in place, yielding after every epoch; ends with the best weights by validation NDCG@10.

    Parameters
    ----------
    seen, valid : (U, I) 0/1 matrices; without ``valid`` the last weights stand
    stop : asked after every epoch; True ends training with the best weights so far
    views : modality -> (K, I, P), of which every step draws one an item; validation reads ``catalog``

    Raises
    ------
    TriadError
        ``loss_not_finite``
    """
    loop = Loop(tower, catalog, seen, valid, config, views)
    for event in loop.epochs():
        yield event
        if stop():
            break
    loop.settle()
