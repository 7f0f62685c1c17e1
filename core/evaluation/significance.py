"""Whether a difference is more than luck.

References
----------
Smucker, Allan, Carterette: A comparison of statistical significance tests for information retrieval
evaluation, 2007. Holm: A simple sequentially rejective multiple test procedure, 1979.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, ttest_rel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A metric over seeds. ``sd`` is the sample's standard deviation, None for a single seed."""

    mean: float
    sd: float | None
    seeds: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure | None:
        """Summarise one value a seed; None where any of them is undefined."""
        if not len(values) or not np.isfinite(values).all():
            return None
        sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
        return cls(float(np.mean(values)), sd, tuple(map(float, values)))


@dataclass(frozen=True)
class Comparison:
    """``first`` minus ``second`` on the same visitors.

    Attributes
    ----------
    difference : mean over visitors
    low, high : its 95 % interval, by paired bootstrap over visitors
    p : of the paired t-test, two-sided
    p_holm : the same, corrected for how many pairs were compared
    users : how many visitors both were asked for
    """

    metric: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    users: int


def paired_p(difference: Floats) -> float:
    """Return the two-sided p of the paired t-test on differences (N,); 1 where there are none."""
    if len(difference) < 2 or not difference.any():
        return 1.0
    if (difference == difference[0]).all():
        return 0.0
    return float(ttest_rel(difference, np.zeros_like(difference)).pvalue)


def paired_interval(
    difference: Floats, *, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """Return the bootstrap interval (percentile) of the mean of differences (N,) that belong to visitors."""
    found = bootstrap(
        (difference,),
        np.mean,
        n_resamples=resamples,
        batch=100,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Return p-values corrected for being several, in the given order."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    out = np.empty_like(values)
    out[order] = np.minimum(stepped, 1.0)
    return tuple(out.tolist())


def compare(metric: str, values: Mapping[str, Floats], seed: int = 0) -> tuple[Comparison, ...]:
    """Compare every pair.

    Parameters
    ----------
    metric : what it is called
    values : name -> (S, U), one row a seed, NaN where a visitor was not asked. A visitor's value is the mean
        over seeds, so the test asks whether the difference holds for other visitors; how much it depends on
        the seed is what :class:`Figure` shows
    seed : of the bootstrap

    Returns
    -------
    one entry a pair that has at least two visitors in common
    """
    found = []
    for first, second in combinations(values, 2):
        both = values[first] - values[second]
        asked = np.isfinite(both)
        count = asked.sum(axis=0)
        difference = np.where(asked, both, 0).sum(axis=0)[count > 0] / count[count > 0]
        if len(difference) > 1:
            found.append((first, second, difference))
    p = [paired_p(difference) for _, _, difference in found]
    return tuple(
        Comparison(
            metric,
            first,
            second,
            float(difference.mean()),
            *paired_interval(difference, seed=seed),
            raw,
            corrected,
            len(difference),
        )
        for (first, second, difference), raw, corrected in zip(found, p, holm(p), strict=True)
    )
