"""The comparison: choose on validation, fit, rank everything, look at test once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from core.catalog.dataset import Dataset
from core.evaluation.measure import Measured, measure
from core.evaluation.metrics import Bools, check_k
from core.evaluation.partitions import Parts, Splitter, splitter
from core.evaluation.search import Choice, Entry, Lessons, choose
from core.evaluation.significance import Comparison, Figure, compare
from core.types import MODALITIES


@dataclass(frozen=True)
class Row:
    """One recommender.

    Attributes
    ----------
    figures : metric -> mean over visitors, over seeds
    groups : ``light`` and ``heavy`` visitors (at most, and more than, the median number of training
        interactions), and items ``with`` and ``without`` a modality -> metric -> the same
    choices : what was chosen for each seed
    """

    recommender: str
    scores_unseen: bool
    figures: Mapping[str, Figure]
    groups: Mapping[str, Mapping[str, Figure]]
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Table:
    """The outcome: plain values, see :meth:`as_json`.

    ``users`` is how many visitors have something in test, for each seed; ``sizes`` the interactions in train,
    validation and test. ``histories`` are of training and validation (``known``) or of ``train`` alone.
    ``comparisons`` are of ``metric``, every pair.
    """

    data: str
    simulated: bool
    split: str
    histories: str
    k: int
    metric: str
    seeds: tuple[int, ...]
    budget: int
    items: int
    users: tuple[int, ...]
    sizes: tuple[tuple[int, int, int], ...]
    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the table as JSON values."""
        return asdict(self)


def evaluate(
    recommenders: Sequence[Entry],
    data: Dataset,
    split: str | Splitter,
    seeds: Sequence[int] = range(5),
    k: int = 20,
    *,
    budget: int = 1,
    metric: str = "ndcg",
    histories: str = "known",
    say: Callable[[str], None] = lambda _: None,
) -> Table:
    """Compare recommenders.

    Every seed splits (where the split draws lots), chooses, fits and ranks anew, all recommenders on the same
    parts; where a seed leaves training and validation as they were, the choice stands. All learn from
    training alone. At test, training and validation are masked. Cold items are ranked among themselves.

    Parameters
    ----------
    recommenders : with different keys
    data : whose vectors are the features. Behaviour is no feature: it would tell what is held out
    split : key of :data:`core.evaluation.partitions.SPLITS`, or a function like those
    seeds : one run each
    k : length of the lists
    budget : trials of a search, for each recommender that has something to choose; below 2, the defaults
    metric : by which is chosen and compared, without ``@k``
    histories : what visitors are known by at test: ``known``, training and validation together, as it would
        be in use; or ``train`` alone, as most published figures have it, which are lower for that
    say : told of progress

    Raises
    ------
    TriadError
        ``bad_k``, ``unknown_split``, ``split_no_times``, ``split_no_labels``, ``nothing_held_out``,
        ``scores_not_finite``, and what fitting raises
    """
    if len({entry.key for entry in recommenders}) < len(recommenders):
        raise ValueError("two recommenders have the same key")
    check_k(k, len(data.items))
    cut = splitter(split) if isinstance(split, str) else split
    modalities = [m for m in MODALITIES if m in data.vectors]
    features = {str(m): data.vectors[m] for m in modalities}
    present = data.present[:, [MODALITIES.index(m) for m in modalities]]
    groups = _item_groups(present, [str(m) for m in modalities])
    runs: dict[str, list[tuple[Choice, Measured, Parts]]] = {e.key: [] for e in recommenders}
    for seed in seeds:
        parts = cut(data, seed)
        lessons = Lessons(parts.train, parts.valid, features, present, parts.offered(parts.valid))
        for entry in recommenders:
            before = runs[entry.key][-1:]
            if before and _same(before[0][2], parts):
                choice = before[0][0]
            else:
                choice = choose(entry, lessons, budget, metric=metric, k=k, seed=seed)
            model = lessons.teach(entry, choice.params, seed)
            measured = measure(
                model,
                parts.train,
                parts.known,
                parts.test,
                k,
                key=entry.key,
                scores_unseen=entry.scores_unseen,
                groups=groups,
                offered=parts.offered(parts.test),
                shown=parts.train if histories == "train" else None,
                seed=seed,
            )
            runs[entry.key].append((choice, measured, parts))
            say(f"{entry.key}, seed {seed}: {measured.values[f'{metric}@{k}'].mean():.4f}")
    every = [parts for _, _, parts in next(iter(runs.values()), [])]
    name = f"{metric}@{k}"
    values = {
        key: np.stack([_by_user(m, name, p.test.shape[0]) for _, m, p in own])
        for key, own in runs.items()
    }
    return Table(
        data=data.name,
        simulated=data.simulated,
        split=every[0].name if every else str(split),
        histories=histories,
        k=k,
        metric=name,
        seeds=tuple(map(int, seeds)),
        budget=budget,
        items=len(data.items),
        users=tuple(int(np.count_nonzero(np.diff(p.test.indptr))) for p in every),
        sizes=tuple((int(p.train.nnz), int(p.valid.nnz), int(p.test.nnz)) for p in every),
        rows=tuple(_row(entry, runs[entry.key], k) for entry in recommenders),
        comparisons=compare(name, values),
    )


def _row(entry: Entry, runs: Sequence[tuple[Choice, Measured, Parts]], k: int) -> Row:
    overall, narrowed = [], []
    for _, measured, parts in runs:
        overall.append(_means(measured.values) | {f"coverage@{k}": measured.coverage})
        groups = {name: _means(values) for name, values in measured.groups.items()}
        taken = np.diff(parts.train.indptr)[measured.users]
        for name, members in (
            ("light", taken <= np.median(taken)),
            ("heavy", taken > np.median(taken)),
        ):
            groups[name] = _means({m: v[members] for m, v in measured.values.items()})
        narrowed.append(groups)
    return Row(
        entry.key,
        entry.scores_unseen,
        _figures(overall),
        {name: _figures([groups[name] for groups in narrowed]) for name in narrowed[0]},
        tuple(choice for choice, _, _ in runs),
    )


def _item_groups(present: Bools, modalities: Sequence[str]) -> dict[str, Bools]:
    """Return the items with and without each modality that some have and some lack."""
    return {
        f"{word} {modality}": present[:, column] == has
        for column, modality in enumerate(modalities)
        if len(set(present[:, column].tolist())) == 2
        for word, has in (("with", True), ("without", False))
    }


def _means(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the mean over the visitors for whom a metric is defined, NaN without any."""
    kept = {name: v[np.isfinite(v)] for name, v in values.items()}
    return {name: float(v.mean()) if len(v) else float("nan") for name, v in kept.items()}


def _figures(seeds: Sequence[Mapping[str, float]]) -> dict[str, Figure]:
    """Return the figures that are defined for every seed."""
    made = {name: Figure.of([values[name] for values in seeds]) for name in seeds[0]}
    return {name: figure for name, figure in made.items() if figure is not None}


def _by_user(measured: Measured, name: str, users: int) -> Any:
    out = np.full(users, np.nan)
    out[measured.users] = measured.values[name]
    return out


def _same(one: Parts, other: Parts) -> bool:
    return _equal(one.train, other.train) and _equal(one.valid, other.valid)


def _equal(one: csr_array, other: csr_array) -> bool:
    return bool(one.shape == other.shape and (one != other).nnz == 0)
