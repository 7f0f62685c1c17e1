import numpy as np

from core.evaluation.splits import by_time


def test_parts_do_not_overlap_and_lose_nothing(planted):
    split = by_time(planted)
    together = split.train + split.valid + split.test
    whole = planted.interactions.matrix(len(planted.visitors), len(planted.items))
    np.testing.assert_array_equal(together, whole)


def test_test_comes_after_validation_after_training(planted):
    split = by_time(planted)
    time = np.zeros_like(split.train, dtype=np.int64)
    data = planted.interactions
    time[data.user, data.item] = data.time
    for u in range(len(planted.visitors)):
        parts = [time[u][part[u] > 0] for part in (split.train, split.valid, split.test)]
        assert all(len(p) for p in parts)
        assert parts[0].max() <= parts[1].min()
        assert parts[1].max() <= parts[2].min()
