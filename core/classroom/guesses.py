"""Slows down who tries one code or key after another."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from core.errors import TriadError

WRONG: Final = 30
"""How many wrong guesses are forgiven within :data:`WITHIN` seconds; a class may share one address."""

WITHIN: Final = 60.0
_REMEMBERED: Final = 10_000
_COUNTED: Final = ("class_no_room", "class_wrong_key")


class Guesses:
    """Counts the wrong guesses of everybody in this process.

    Parameters
    ----------
    now : seconds that only grow
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._turn = threading.Lock()

    @contextmanager
    def guess(self, who: str) -> Iterator[None]:
        """Let somebody guess: an unknown room or a wrong key in the block counts.

        Raises
        ------
        TriadError
            ``class_too_many_guesses`` without entering the block
        """
        with self._turn:
            if len(self._recent(who)) >= WRONG:
                raise TriadError("class_too_many_guesses")
        try:
            yield
        except TriadError as error:
            if error.code in _COUNTED:
                with self._turn:
                    self._recent(who).append(self._now())
            raise

    def _recent(self, who: str) -> deque[float]:
        times = self._wrong.setdefault(who, deque(maxlen=WRONG))
        self._wrong.move_to_end(who)
        while len(self._wrong) > _REMEMBERED:
            self._wrong.popitem(last=False)
        while times and self._now() - times[0] > WITHIN:
            times.popleft()
        return times
