"""One encoder at a time: what it makes of a medium, what lies near it in a world, and what it costs.

Any encoder can be asked, whichever made the world's own vectors. A world is encoded once by each, item by
item; the vectors are kept in the :class:`~core.encoders.store.VectorStore`, so what was stopped goes on.
"""

from __future__ import annotations

from core.encoding.cost import Cost, cost
from core.encoding.made import Made, made_of
from core.encoding.near import Near, closeness, nearest
from core.encoding.space import Space, opened, sources, space

__all__ = [
    "Cost",
    "Made",
    "Near",
    "Space",
    "closeness",
    "cost",
    "made_of",
    "nearest",
    "opened",
    "sources",
    "space",
]
