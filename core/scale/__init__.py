"""Beyond one machine: a catalog embedded and scored shard by shard, by many workers, with daft.

:func:`core.scale.embed.embed` makes vectors of every medium of a catalog, and :func:`core.scale.score.score`
ranks what was embedded for a visitor. Both run on daft's native runner or on a Ray cluster. Nothing else
needs daft: see ``requirements-scale.txt``. Importing this package imports neither daft nor torch.
"""
