"""How much an import may hold. Media have the limits of an upload besides: see :mod:`core.media.limits`."""

from __future__ import annotations

from typing import Final

MAX_FILES: Final = 200_000
"""Files in a folder, entries in an archive."""

MAX_FILE_BYTES: Final = 1024**3
"""Largest single file in an archive once unpacked, and largest feature file."""

MAX_UNPACKED_BYTES: Final = 4 * 1024**3
"""Everything in an archive together, once unpacked."""

MAX_RATIO: Final = 200
"""How many times larger a file may become by unpacking; tables and features reach about 20."""

SMALL_BYTES: Final = 1024**2
"""Below this size the ratio does not matter."""

MAX_TABLE_BYTES: Final = 256 * 1024**2
"""Largest table."""

MAX_ITEMS: Final = 200_000
"""Rows of a table of items."""

MAX_EVENTS: Final = 2_000_000
"""Rows of a table of interactions."""

MAX_TITLE: Final = 200
"""Characters of a title; longer ones are cut."""

MAX_LINE: Final = 140
"""Characters of a line on a card; a longer text becomes the description."""
