"""Choosing hyper-parameters by validation. Nothing here is ever given the test part."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.evaluation.measure import Recommender, measure


@dataclass(frozen=True, eq=False)
class Entry:
    """A recommender that takes part.

    Attributes
    ----------
    key : its name in the table
    make : hyper-parameters -> a recommender that is not fitted yet; without any, its defaults
    scores_unseen : whether it can tell items apart that nobody took in training
    space : hyper-parameter -> the values to try, in order where they have one
    members : what it is put together from; then ``make`` takes member -> its hyper-parameters
    """

    key: str
    make: Callable[..., Recommender]
    scores_unseen: bool = False
    space: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    members: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Trial:
    """Hyper-parameters that were tried, and what validation said."""

    params: Mapping[str, Any]
    value: float


@dataclass(frozen=True)
class Choice:
    """What was chosen, and everything that was tried. ``budget`` is how many trials were allowed.

    Of what is put together from members, ``params`` are member -> its hyper-parameters, and the budget is
    that of each member.
    """

    params: Mapping[str, Any]
    metric: str
    budget: int
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True, eq=False)
class Lessons:
    """What a recommender may learn from and be chosen by: everything but test.

    Attributes
    ----------
    train, valid : (U, I)
    features : modality -> (I, D)
    present : (I, M) bool in the order of ``features``
    offered : (I,) bool, the items that validation ranks; None for all
    chosen : what was chosen already, by key: what stands alone and as a member is searched once
    """

    train: csr_array
    valid: csr_array
    features: Mapping[str, NDArray[np.float32]]
    present: NDArray[np.bool_]
    offered: NDArray[np.bool_] | None = None
    chosen: dict[str, Choice] = field(default_factory=dict)

    def teach(self, entry: Entry, params: Mapping[str, Any], seed: int) -> Recommender:
        """Return the recommender, fitted."""
        return entry.make(**params).fit(
            self.train, self.features, self.present, valid=self.valid, seed=seed
        )


def choose(
    entry: Entry, lessons: Lessons, budget: int, *, metric: str = "ndcg", k: int = 20, seed: int = 0
) -> Choice:
    """Try at most ``budget`` settings and return the best by validation; of equals, the first.

    The defaults are tried first, so a search never chooses worse than they are, by validation. A space that
    the budget covers is tried whole; a larger one by the tree-structured Parzen estimator (Bergstra et al.,
    2011). Members are chosen one by one.

    Raises
    ------
    TriadError
        ``nothing_held_out`` where there is no validation
    """
    name = f"{metric}@{k}"
    if entry.members and budget > 1:
        chosen = {
            m.key: choose(m, lessons, budget, metric=metric, k=k, seed=seed) for m in entry.members
        }
        return Choice(
            {key: choice.params for key, choice in chosen.items() if choice.params},
            name,
            budget,
            tuple(Trial({key: t.params}, t.value) for key, c in chosen.items() for t in c.trials),
        )
    size = math.prod(len(values) for values in entry.space.values()) if entry.space else 0
    if not size or budget < 2:
        return Choice({}, name, 0)
    if entry.key in lessons.chosen:
        return lessons.chosen[entry.key]

    def value(params: Mapping[str, Any]) -> float:
        model = lessons.teach(entry, params, seed)
        measured = measure(
            model,
            lessons.train,
            lessons.train,
            lessons.valid,
            k,
            key=entry.key,
            scores_unseen=entry.scores_unseen,
            offered=lessons.offered,
            seed=seed,
        )
        return float(measured.values[name].mean())

    tried = [Trial({}, value({}))]
    if size <= budget - 1:
        settings = (dict(zip(entry.space, v, strict=True)) for v in product(*entry.space.values()))
        tried += [Trial(params, value(params)) for params in settings]
    else:
        tried += _sample(entry.space, value, budget - 1, seed)
    best = max(tried, key=lambda trial: trial.value)
    choice = lessons.chosen[entry.key] = Choice(best.params, name, budget, tuple(tried))
    return choice


def _sample(
    space: Mapping[str, Sequence[Any]],
    value: Callable[[Mapping[str, Any]], float],
    budget: int,
    seed: int,
) -> list[Trial]:
    """Try ``budget`` different settings of a space that has more."""
    import optuna  # takes a second, and only a search needs it

    tried: dict[tuple[int, ...], Trial] = {}

    def objective(trial: optuna.Trial) -> float:
        # Places rather than values: they may be of any type, and their order is told to the sampler.
        places = {name: trial.suggest_int(name, 0, len(v) - 1) for name, v in space.items()}
        at = tuple(places.values())
        if at not in tried:
            params = {name: space[name][place] for name, place in places.items()}
            tried[at] = Trial(params, value(params))
        return tried[at].value

    def enough(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
        if len(tried) >= budget:
            study.stop()

    loud = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(
            direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed)
        )
        # The sampler comes back to what was good; that costs nothing here, and may not go on for ever.
        study.optimize(objective, n_trials=20 * budget, callbacks=[enough])
    finally:
        optuna.logging.set_verbosity(loud)
    return list(tried.values())
