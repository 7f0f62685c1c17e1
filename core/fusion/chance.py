"""A strategy's own source of chance."""

from __future__ import annotations

import torch
from torch import Tensor


class Chance:
    """Random numbers that no other code can shift, so that the same seed trains the same weights.

    It is seeded where the parameters are, from the generator that initialises them, and draws on the CPU, so
    that every device gets the same numbers.
    """

    def __init__(self) -> None:
        self._generator = torch.Generator().manual_seed(int(torch.randint(2**31, ())))

    def normal(self, shape: tuple[int, ...], like: Tensor) -> Tensor:
        """Return standard normal numbers of the device and dtype of ``like``."""
        return torch.randn(shape, generator=self._generator).to(like)

    def rows(self, count: int, most: int, like: Tensor) -> Tensor:
        """Return at most ``most`` different rows of ``count``, on the device of ``like``."""
        return torch.randperm(count, generator=self._generator)[:most].to(like.device)
