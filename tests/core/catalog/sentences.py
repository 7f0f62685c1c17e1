"""What the tests of texts share: sentences, and which of them are written twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from core.types import ItemText


def sentences(text: ItemText, language: str) -> list[str]:
    """Return the sentences of more than three words."""
    parts = re.split(r"(?<=[.!?]) |(?<=[。！？])|\n", text.whole)
    return [s for s in parts if (len(s.split()) > 3 if language == "en" else len(s) > 6)]


def repeats(texts: Iterable[ItemText], language: str) -> list[str]:
    """Return the sentences that stand in the texts more than once."""
    count = Counter(s for text in texts for s in sentences(text, language))
    return [sentence for sentence, times in count.items() if times > 1]
