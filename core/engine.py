"""The one door that pages, the command line and tests use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from core import clips, encoders, first
from core.catalog.dataset import Dataset
from core.coalitions import FULL, MEMBERS, coalition
from core.encoders.speech import Transcript
from core.encoders.whisper import SHIPPED
from core.errors import TriadError
from core.explain import shapley
from core.library import Library, Recent, Shelf, WorldCard
from core.media import decode
from core.resources import ASSETS, data_dir
from core.types import (
    CHANNELS,
    MODALITIES,
    Channel,
    Item,
    Media,
    Method,
    Modality,
    Query,
    Recommendation,
    Request,
    Result,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.encoders.base import Encoder
    from core.explain.report import Explanation
    from core.explain.what_if import Outcome, Supposed
    from core.recommenders.features import Scaler
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import Entries, TwoTower

T = TypeVar("T")
MAX_K = 100
HEADS: Mapping[str, Mapping[str, str]] = {
    "dot": {
        "formula": r"s = u^\top (z - \bar z) + b",
        "loss": r"-\log \mathrm{softmax}_i(s)",
        "source": "two-tower retrieval; Covington et al., 2016",
    },
    "mlp": {
        "formula": r"\hat y = \sigma(\mathrm{MLP}([u; z; u \odot z]) + w^\top (u \odot z))",
        "loss": r"-y \log \hat y - (1 - y) \log(1 - \hat y)",
        "source": "the classical formulation: MLP, sigmoid, binary cross-entropy, Adam; with the linear "
        "path of He et al., Neural Collaborative Filtering, 2017",
    },
}


@dataclass(frozen=True)
class MethodCard:
    """One registered method: ``family`` is encoder | fusion | attention | head, ``card`` plain JSON."""

    family: str
    key: str
    card: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class _Understood:
    """What is kept of an upload: its vector and a description, not its content."""

    vector: NDArray[np.float32]
    description: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class _Asked:
    """Who asks: a known visitor or None, rows of items he likes, and what he brought."""

    visitor: str | None
    rows: list[int]
    understood: Mapping[Modality, _Understood]


class Stopwatch:
    """Milliseconds by stage, in the order of the five layers."""

    def __init__(self) -> None:
        self.ms = dict.fromkeys(("decode", "encode", "fuse", "score", "explain", "total"), 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.ms[name] += (time.perf_counter() - started) * 1000


class Engine:
    """Answers requests. Thread-safe, cheap to construct; loads nothing until asked.

    Parameters
    ----------
    root : assets folder
    own : where imported catalogs lie; by default the user's data folder
    """

    def __init__(self, root: Path = ASSETS, own: Path | None = None) -> None:
        self._library = Library(root, own or data_dir())
        self._uploads: Recent[tuple[Media, str, str], _Understood] = Recent(64)

    # What there is ------------------------------------------------------------------------------------

    def worlds(self) -> tuple[WorldCard, ...]:
        """Return the scenarios, from their manifests alone, the default one first.

        Left out are those of :meth:`damaged`.
        """
        keys = sorted(self._library.worlds(), key=lambda key: key != Request().world)
        return tuple(card for card in map(self._card, keys) if isinstance(card, WorldCard))

    def damaged(self) -> Mapping[str, TriadError]:
        """Return the scenarios whose manifest cannot be read, and what each has to say to that."""
        found = {key: self._card(key) for key in self._library.worlds()}
        return {key: error for key, error in found.items() if isinstance(error, TriadError)}

    def _card(self, key: str) -> WorldCard | TriadError:
        try:
            return self._library.card(key)
        except TriadError as error:
            return error

    def methods(self) -> tuple[MethodCard, ...]:
        """Return everything registered, with its card."""
        from core import encoders
        from core.fusion import ATTENTIONS, FUSIONS

        return (
            *(MethodCard("encoder", c.id, asdict(c)) for c in encoders.cards()),
            *(MethodCard("fusion", c.key, asdict(c)) for c in FUSIONS.cards()),
            *(MethodCard("attention", c.key, asdict(c)) for c in ATTENTIONS.cards()),
            *(MethodCard("head", key, {"key": key, **card}) for key, card in HEADS.items()),
        )

    def items(self, world: str) -> tuple[Item, ...]:
        """Return the items of a world."""
        return self._library.shelf(world).dataset.items

    def item(self, world: str, id: str) -> Item:
        """Return one item (``unknown_item``)."""
        dataset = self._library.shelf(world).dataset
        return dataset.items[_row(dataset, id)]

    def visitors(self, world: str) -> tuple[str, ...]:
        """Return the ids of the world's visitors."""
        return self._library.shelf(world).dataset.visitors

    def history(self, world: str, visitor: str) -> tuple[str, ...]:
        """Return what a visitor took, oldest first, without what is held out for testing."""
        dataset = self._library.shelf(world).dataset
        return tuple(dataset.items[row].id for row in self._history(world, visitor))

    def default_visitor(self, world: str) -> str:
        """Return the visitor who is shown first, or "" where there is none.

        A built world names one. Elsewhere it is the first of :meth:`all_round_visitors`, or the one who took
        most where nobody knows why visitors took what they took.
        """
        shelf = self._library.shelf(world)
        dataset = shelf.dataset
        if not dataset.visitors:
            return ""
        if "opens_with" in shelf.bundle.manifest:
            return str(shelf.bundle.manifest["opens_with"])
        if dataset.truth is None:
            took = np.bincount(dataset.interactions.user, minlength=len(dataset.visitors))
            return dataset.visitors[int(took.argmax())]
        return self.all_round_visitors(world)[0]

    def all_round_visitors(self, world: str) -> tuple[str, ...]:
        """Return the visitors of a simulated world, first those who care for every modality."""
        dataset = self._library.shelf(world).dataset
        assert dataset.truth is not None
        weights = np.where(dataset.truth.synergy[:, None], 0, dataset.truth.weights)
        order = np.argsort(-weights.min(axis=1), kind="stable")
        return tuple(dataset.visitors[int(u)] for u in order)

    def built(self, world: str) -> tuple[Method, ...]:
        """Return the methods that are trained for a world; none where nobody took anything yet.

        Such a world is recommended from by likeness alone, whatever method is asked for.
        """
        return tuple(self._library.quality(world))

    def quality(self, world: str, method: Method) -> Mapping[str, float]:
        """Return what a method reached on the world's held-out interactions, from the manifest."""
        return self._library.quality(world).get(replace(method, off=()), {})

    # Media of items -----------------------------------------------------------------------------------

    def picture(self, world: str, id: str, size: int = 256) -> bytes:
        """Return an item's picture as WebP (``item_lacks`` where it has none)."""
        return self._shown(world, id, Modality.IMAGE).media.picture(id, size)

    def sound(self, world: str, id: str) -> bytes:
        """Return an item's sound as WAV (``item_lacks`` where it has none)."""
        return self._shown(world, id, Modality.AUDIO).media.sound(id)

    def credits(self, world: str) -> tuple[tuple[Item, Mapping[str, str]], ...]:
        """Return every item with its author, licence and source; nothing for media of our own making."""
        shelf = self._library.shelf(world)
        if "credits.json" not in shelf.bundle:
            return ()
        credits = shelf.bundle.json("credits.json")
        return tuple((item, credits[item.id]) for item in shelf.dataset.items)

    def shows(self, world: str) -> bool:
        """Return whether items have media to show; a catalog of features alone has none."""
        return bool(self._library.shelf(world).bundle.manifest.get("media", True))

    def _shown(self, world: str, id: str, modality: Modality) -> Shelf:
        shelf = self._library.shelf(world)
        item = shelf.dataset.items[_row(shelf.dataset, id)]
        if modality not in item.modalities or not self.shows(world):
            raise TriadError("item_lacks", id=id, modality=modality)
        return shelf

    # Answers ------------------------------------------------------------------------------------------

    def understand(self, media: Media) -> Mapping[str, Any]:
        """Return what was made of an upload, as plain JSON values; see ``core.encoders.describe``."""
        return self._understood(media, encoders.default(media.modality), Stopwatch()).description

    def transcribe(self, media: Media, model: str = SHIPPED) -> Transcript:
        """Return what is said in a sound; it is not remembered, and takes seconds where somebody speaks."""
        return clips.listened(media, model)

    def recommend(self, request: Request) -> Result:
        """Return the ``k`` best items with the contribution of every channel."""
        watch = Stopwatch()
        with watch.stage("total"):
            result = self._steadily(
                request.world, lambda: self._first(request) or self._recommend(request, watch)
            )
        return replace(result, timing_ms=watch.ms)

    def compare(
        self, world: str, query: Query, methods: Sequence[Method], k: int = 10
    ) -> tuple[Result, ...]:
        """Answer the same query by several methods."""
        return tuple(self.recommend(Request(world, query, method, k)) for method in methods)

    def explain(
        self, request: Request, item: str, *, parts: bool = True, language: str = "en"
    ) -> Explanation:
        """Return why one item is where it is; see :func:`core.explain.report.explain`."""
        from core.explain.report import explain

        return self._steadily(
            request.world, lambda: explain(self, request, item, parts=parts, language=language)
        )

    def what_if(self, request: Request, item: str, supposed: Supposed) -> Outcome:
        """Return what becomes of an item and its list; see :func:`core.explain.what_if.what_if`."""
        from core.explain.what_if import what_if

        return self._steadily(request.world, lambda: what_if(self, request, item, supposed))

    def entries(self, request: Request) -> Entries:
        """Return what the visitor of a request is made of: ``Result.likes`` in order, then the upload."""
        self._check(request)
        asked = self._asked(request, Stopwatch())
        return self._entries(request.world, asked.rows, asked.understood)

    def scalers(self, world: str) -> Mapping[Modality, Scaler]:
        """Return what turns encoder vectors into features, by modality."""
        return self._library.learned(world).scalers

    def encoders(self, world: str) -> Mapping[Modality, str]:
        """Return the ids of the encoders that made the world's vectors."""
        return self._library.shelf(world).dataset.encoders

    def _asked(self, request: Request, watch: Stopwatch) -> _Asked:
        """Look at who asks, and understand what was uploaded."""
        shelf = self._library.shelf(request.world)
        dataset, query = shelf.dataset, request.query
        understood = {}
        for media in query.media:
            if media.modality in understood:
                raise TriadError("two_of_modality", modality=media.modality)
            if str(media.modality) not in shelf.bundle.manifest["encoders"]:
                raise TriadError("cannot_encode", modality=media.modality, world=request.world)
            encoder = self._library.encoder(request.world, media.modality)
            understood[media.modality] = self._understood(media, encoder, watch)
        understood = {m: understood[m] for m in MODALITIES if m in understood}

        visitor, likes = query.visitor, query.likes
        if visitor is None and not likes and not understood:
            visitor = self.default_visitor(request.world) or None
            if visitor is None:  # nobody took anything: begin from one item
                likes = (max(dataset.items, key=lambda item: len(item.modalities)).id,)
        rows = [_row(dataset, id) for id in likes]
        if visitor is not None:
            rows = list(dict.fromkeys([*self._history(request.world, visitor), *rows]))
        return _Asked(visitor, rows, understood)

    def _recommend(self, request: Request, watch: Stopwatch) -> Result:
        on = self._check(request)
        dataset = self._library.shelf(request.world).dataset
        model = self.model(request.world, request.method)
        asked = self._asked(request, watch)
        rows, understood = asked.rows, asked.understood
        with watch.stage("fuse"):
            who = model.visitor(self._entries(request.world, rows, understood))
        with watch.stage("score"):
            scores = model.scores(who, on)
            scores[rows] = -np.inf
            best = np.argsort(-scores, kind="stable")[
                : min(request.k, len(scores) - len(set(rows)))
            ]
        with watch.stage("explain"):
            values = model.values(who, best, on)
            phi = shapley(values)
            gates = model.gates(who, best, on)
        heard = MEMBERS[on & who.channels]
        shown = dataset.present[best] & heard
        return Result(
            request=request,
            visitor=asked.visitor,
            likes=tuple(dataset.items[row].id for row in rows),
            understood={m: u.description for m, u in understood.items()},
            base=float(values[0, 0]) if len(best) else 0.0,
            items=tuple(
                Recommendation(
                    item=dataset.items[row],
                    rank=rank + 1,
                    score=float(values[FULL, rank]),
                    base=float(values[0, rank]),
                    contributions=_by_channel(phi[:, rank]),
                    present={c: bool(p) for c, p in zip(CHANNELS, shown[rank], strict=True)},
                    weights=None if gates is None else _by_channel(gates[rank]),
                )
                for rank, row in enumerate(best)
            ),
            timing_ms={},
        )

    def _first(self, request: Request) -> Result | None:
        """Return the list that the world opens with, as long as its model is not in memory."""
        if request.world not in self._library.worlds():
            return None
        shelf = self._library.shelf(request.world)
        if first.FILE not in shelf.bundle or self._library.has_model(request.world, request.method):
            return None
        return first.result_of(shelf.bundle.json(first.FILE), shelf.dataset, request)

    def _check(self, request: Request) -> int:
        """Return the coalition that is on, or say what is wrong with the request."""
        from core.fusion import ATTENTIONS, FUSIONS

        method = request.method
        FUSIONS[method.fusion]
        ATTENTIONS[method.attention]
        if method.head not in HEADS:
            raise TriadError("unknown_head", key=method.head, known=", ".join(HEADS))
        if not 1 <= request.k <= MAX_K:
            raise TriadError("bad_k", k=request.k, limit=MAX_K)
        on = FULL & ~coalition(method.off)
        if not on:
            raise TriadError("nothing_on")
        return on

    def _entries(
        self, world: str, rows: Sequence[int], understood: Mapping[Modality, _Understood]
    ) -> Entries:
        """Return likes and, as one more entry, what was uploaded."""
        import torch

        from core.recommenders.two_tower import Entries

        learned = self._library.learned(world)
        liked = Entries.liked(learned.catalog, np.asarray(rows, dtype=np.int64))
        if not understood:
            return liked
        features = {
            str(m): torch.from_numpy(scaler(understood[m].vector[None]))
            if m in understood
            else torch.zeros(1, scaler.width)
            for m, scaler in learned.scalers.items()
        }
        given = {Channel(m) for m in understood}
        present = torch.tensor([[c in given for c in CHANNELS]])
        return liked + Entries(features, torch.zeros(1, dtype=torch.int64), present)

    def _understood(self, media: Media, encoder: Encoder, watch: Stopwatch) -> _Understood:
        """Decode and encode an upload; only its vector and description are remembered."""

        def make() -> _Understood:
            with watch.stage("decode"):
                clean = decode(media)
                frames = clips.frames_of(media)
            with watch.stage("encode"):
                if frames is not None:
                    vector = clips.encode(frames, encoder).pooled[0].numpy()
                    return _Understood(vector, clips.describe(frames))
                vector = encoder.encode([clean]).pooled[0].numpy()
                return _Understood(vector, encoders.describe(media, clean))

        # The key carries the digest alone: the content itself must not outlive the visitor's session.
        key = replace(media, data=b"", name="")
        key.__dict__["digest"] = media.digest
        return self._uploads.get((key, encoder.card.id, encoder.card.revision), make)

    # Loading ------------------------------------------------------------------------------------------

    def warm(self, world: str, method: Method) -> None:
        """Load a model, and torch with it, before somebody waits for it."""
        self.model(world, method)

    def model(self, world: str, method: Method) -> TwoTower | Neighbours:
        """Return the trained model of a method; see :meth:`Library.model`."""
        return self._library.model(world, method)

    def _steadily(self, world: str, make: Callable[[], T]) -> T:
        """Return what is made of one state of a world: where it was replaced meanwhile, make it anew.

        Else a model could be asked about the items of another build, or a file be compared with the digest
        that it had before.
        """
        for _ in range(3):
            since = self._library.since(world)
            try:
                made = make()
            except Exception:
                if self._library.since(world) == since:
                    raise
                continue
            if self._library.since(world) == since:
                return made
        return make()

    def _history(self, world: str, visitor: str) -> list[int]:
        shelf = self._library.shelf(world)
        if visitor not in shelf.dataset.visitors:
            raise TriadError("unknown_visitor", visitor=visitor)
        row = shelf.dataset.visitors.index(visitor)
        seen = shelf.seen[row] > 0
        return [int(i) for i in shelf.dataset.history(row) if seen[i]]


def _row(dataset: Dataset, id: str) -> int:
    if id not in dataset.rows:
        raise TriadError("unknown_item", id=id)
    return dataset.rows[id]


def _by_channel(values: NDArray[np.floating]) -> dict[Channel, float]:
    return {c: float(v) for c, v in zip(CHANNELS, values, strict=True)}
