"""How recommenders are named on the command line.

``KEY[:MODALITY[,MODALITY]][*N]``: a recommender of the registry, ``two-tower/FUSION/ATTENTION/HEAD``, or
``oracle``; by some modalities only; the mean of N that differ by the seed. ``late=MEMBER+MEMBER``, likewise
``rank`` and ``stacking``: put together from others, of which ``KEY:each`` is one a modality.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.catalog.dataset import Dataset
from core.errors import TriadError
from core.evaluation.search import Entry
from core.types import MODALITIES

ORACLE: Final = "oracle"
METHOD: Final = ("fusion", "attention", "head")
"""What may follow ``two-tower/``, in this order."""
EACH: Final = "each"
BLENDS: Final[Mapping[str, str]] = {
    "late": "ease-features:each+item-knn+kernel-ridge:each+history-tower",
    "rank": "ease-features:each+item-knn+kernel-ridge:each+history-tower",
    "stacking": "ease-features:each+item-knn+kernel-ridge:each",
}
"""What an ensemble is put together from where that is not said. Stacking trains every member once a fold, so
it goes without the network."""
QUICK: Final = ("linear", "neighbours")
"""Families that are fitted in closed form. As members, only these are searched for their hyper-parameters."""


class Oracle:
    """Ranks by the utilities that were planted in a simulated world, without noise: the best there can be."""

    def __init__(self, utility: NDArray[np.float32]) -> None:
        self._utility = utility

    def fit(self, train: csr_array, *_: Any, **__: Any) -> Self:
        """Learn nothing."""
        return self

    def scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        """Return the utilities (B, I)."""
        return self._utility[users]


def entry(key: str, data: Dataset) -> Entry:
    """Return what a name stands for, as it takes part.

    Raises
    ------
    TriadError
        ``unknown_recommender``, ``no_oracle``, ``no_members``, ``no_channels``, ``unknown_channel``,
        ``bad_count``, ``unknown_fusion``, ``unknown_attention``, ``unknown_head``
    """
    if key == ORACLE:
        truth = data.truth
        if truth is None:
            raise TriadError("no_oracle", data=data.name)
        return Entry(key, lambda: Oracle(truth.utility), scores_unseen=True)
    name, _, given = key.partition("=")
    if given and name not in BLENDS:
        raise TriadError("no_members", key=name, known=", ".join(BLENDS))
    return _blend(key, name, given or BLENDS[name], data) if name in BLENDS else _single(key, data)


def _blend(key: str, name: str, given: str, data: Dataset) -> Entry:
    """Return an ensemble of the members that ``given`` names."""
    from core.recommenders.base import RECOMMENDERS

    found = RECOMMENDERS[name]
    named = [each for part in given.split("+") for each in _expanded(part, data)]
    members = tuple(_quick_or_fixed(_single(part, data)) for part in named)

    def make(**params: Mapping[str, Any]) -> Any:
        made = [member.make(**params.get(member.key, {})) for member in members]
        return found(members=made)  # type: ignore[call-arg]

    return Entry(key, make, found.card.scores_unseen, members=members)


def _expanded(name: str, data: Dataset) -> list[str]:
    """Return the name for every modality of the data where it says ``:each``."""
    key, colon, rest = name.partition(":")
    which, star, times = rest.partition("*")
    if which != EACH:
        return [name]
    there = [m for m in MODALITIES if m in data.vectors]
    return [f"{key}{colon}{modality}{star}{times}" for modality in there]


def _quick_or_fixed(member: Entry) -> Entry:
    """Return a member with nothing to choose where every trial would train a network."""
    from core.recommenders.base import RECOMMENDERS

    found = RECOMMENDERS[_base(member.key)]
    return (
        member
        if found.card.family in QUICK
        else Entry(member.key, member.make, member.scores_unseen)
    )


def _single(key: str, data: Dataset) -> Entry:
    """Return one recommender, or the mean of several of the same kind."""
    from core.recommenders.base import RECOMMENDERS

    name, star, times = key.partition("*")
    if star and not (times.isdecimal() and int(times)):
        raise TriadError("bad_count", name=f"{name}*", value=times, low=1)
    name, _, channels = name.partition(":")
    base, *parts = name.split("/")
    if base == "two-tower" and 1 <= len(parts) <= len(METHOD):
        fixed: dict[str, Any] = dict(zip(METHOD, parts, strict=False))
        _check_method(fixed)
    else:
        base, fixed = name, {}
    found = RECOMMENDERS[base]
    if channels:
        fixed["channels"] = _channels(channels, base, found, data)
    space = {k: v for k, v in found.space.items() if k not in fixed}
    make = partial(found, **fixed)
    if not star:
        return Entry(key, make, found.card.scores_unseen, space)

    def mean(**params: Any) -> Any:
        made = [make(**params) for _ in range(int(times))]
        return RECOMMENDERS["late"](members=made, weights=[1 / len(made)] * len(made))  # type: ignore[call-arg]

    return Entry(key, mean, found.card.scores_unseen, space)


def _base(key: str) -> str:
    """Return the key in the registry of what ``key`` names."""
    return key.partition("*")[0].partition(":")[0].partition("/")[0]


def _channels(given: str, key: str, found: type, data: Dataset) -> tuple[str, ...]:
    """Return the modalities that follow a colon."""
    if "channels" not in inspect.signature(found).parameters:
        raise TriadError("no_channels", key=key)
    there = [str(m) for m in MODALITIES if m in data.vectors]
    chosen = tuple(given.split(","))
    for channel in chosen:
        if channel not in there:
            raise TriadError("unknown_channel", key=channel, known=", ".join(there))
    return chosen


def _check_method(chosen: Mapping[str, str]) -> None:
    """Refuse a fusion, attention or head that is not registered (``unknown_fusion`` and the like)."""
    from core.fusion import ATTENTIONS, FUSIONS
    from core.recommenders.tower import HEADS

    FUSIONS[chosen["fusion"]]
    ATTENTIONS[chosen.get("attention", "off")]
    if chosen.get("head", "dot") not in HEADS:
        raise TriadError("unknown_head", key=chosen["head"], known=", ".join(HEADS))
