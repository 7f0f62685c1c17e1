"""Texts to vectors by a transformer whose files lie in a folder."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.encoders.base import Encoded, Encoder, Span
from core.encoders.pooling import Pooling, read_pooling
from core.encoders.segment import text_of, words
from core.types import Clean

if TYPE_CHECKING:
    from torch import Tensor
