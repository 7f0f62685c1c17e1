"""A full room on one server, by visitors who speak to it as browsers do."""

from core.bench.room.bench import room

__all__ = ["room"]
