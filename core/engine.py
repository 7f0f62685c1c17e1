"""The one door that pages, the command line and tests use."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from core.catalog import bundle as bundles
from core.catalog.dataset import Dataset
from core.coalitions import FULL, MEMBERS, coalition
from core.errors import TriadError
from core.explain import shapley
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

    from core.catalog.rendering import RenderedMedia
    from core.catalog.stored import StoredMedia
    from core.recommenders.features import Scaler
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import Catalog, Entries, TwoTower

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

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A bounded memory of values that are costly to make; each is made once, the oldest forgotten."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._turn = threading.RLock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of ``key``, making it if it is not there."""
        with self._turn:
            if key not in self._values:
                self._values[key] = make()
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]


@dataclass(frozen=True)
class WorldCard:
    """What the scenario picker shows.

    ``kind`` is rendered | real | yours; ``modalities`` counts the items that carry each.
    """

    key: str
    kind: str
    simulated: bool
    items: int
    visitors: int
    interactions: int
    modalities: Mapping[Modality, int]


@dataclass(frozen=True)
class MethodCard:
    """One registered method: ``family`` is encoder | fusion | attention | head, ``card`` plain JSON."""

    family: str
    key: str
    card: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class _World:
    """A loaded bundle: what all of its methods share."""

    bundle: bundles.Bundle
    dataset: Dataset
    media: RenderedMedia | StoredMedia
    scalers: Mapping[Modality, Scaler]
    catalog: Catalog
    seen: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Understood:
    """What is kept of an upload: its vector and a description, not its content."""

    vector: NDArray[np.float32]
    description: Mapping[str, Any]


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
        self._roots = (root, own or data_dir())
        # Keys carry the manifest's time, so that a world that was built or imported anew is read anew.
        self._worlds: Recent[tuple[Path, int], _World] = Recent(4)
        self._models: Recent[tuple[Path, int, str], TwoTower | Neighbours] = Recent(64)
        self._uploads: Recent[Media, _Understood] = Recent(64)
        self._cards: Recent[tuple[Path, int], WorldCard] = Recent(64)

    # What there is ------------------------------------------------------------------------------------

    def worlds(self) -> tuple[WorldCard, ...]:
        """Return the scenarios, from their manifests alone, the default one first."""
        keys = sorted(bundles.available(*self._roots), key=lambda key: key != Request().world)
        return tuple(map(self._card, keys))

    def _card(self, key: str) -> WorldCard:
        def make() -> WorldCard:
            manifest = bundles.Bundle(place[0]).manifest
            counts = manifest["counts"]
            return WorldCard(
                key,
                kind=manifest["kind"],
                simulated=manifest["simulated"],
                items=counts["items"],
                visitors=counts["visitors"],
                interactions=counts["interactions"],
                modalities={m: int(counts["modalities"][m]) for m in MODALITIES},
            )

        place = self._place(key)
        return self._cards.get(place, make)

    def _place(self, key: str) -> tuple[Path, int]:
        """Return where a world lies, and since when."""
        folder = bundles.find(key, *self._roots)
        return folder, (folder / "manifest.json").stat().st_mtime_ns

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
        return self._world(world).dataset.items

    def item(self, world: str, id: str) -> Item:
        """Return one item (``unknown_item``)."""
        dataset = self._world(world).dataset
        return dataset.items[_row(dataset, id)]

    def visitors(self, world: str) -> tuple[str, ...]:
        """Return the ids of the world's visitors."""
        return self._world(world).dataset.visitors

    def history(self, world: str, visitor: str) -> tuple[str, ...]:
        """Return what a visitor took, oldest first, without what is held out for testing."""
        dataset = self._world(world).dataset
        return tuple(dataset.items[row].id for row in self._history(world, visitor))

    def default_visitor(self, world: str) -> str:
        """Return the visitor who is shown first, or "" where there is none.

        Where it is known why visitors took what they took, it is one who cares for every modality;
        elsewhere the one who took most.
        """
        dataset = self._world(world).dataset
        if not dataset.visitors:
            return ""
        if dataset.truth is None:
            took = np.bincount(dataset.interactions.user, minlength=len(dataset.visitors))
            return dataset.visitors[int(took.argmax())]
        weights = np.where(dataset.truth.synergy[:, None], 0, dataset.truth.weights)
        return dataset.visitors[int(weights.min(axis=1).argmax())]

    def built(self, world: str) -> tuple[Method, ...]:
        """Return the methods that are trained for a world; none where nobody took anything yet.

        Such a world is recommended from by likeness alone, whatever method is asked for.
        """
        names = self._world(world).bundle.manifest["quality"]
        return tuple(Method(*name.split("-")) for name in names)

    def quality(self, world: str, method: Method) -> Mapping[str, float]:
        """Return what a method reached on the world's held-out interactions, from the manifest."""
        from core.methods import method_name

        quality = self._world(world).bundle.manifest["quality"]
        facts: Mapping[str, float] = quality.get(method_name(method), {})
        return facts

    # Media of items -----------------------------------------------------------------------------------

    def picture(self, world: str, id: str, size: int = 256) -> bytes:
        """Return an item's picture as WebP (``item_lacks`` where it has none)."""
        return self._shown(world, id, Modality.IMAGE).media.picture(id, size)

    def sound(self, world: str, id: str) -> bytes:
        """Return an item's sound as WAV (``item_lacks`` where it has none)."""
        return self._shown(world, id, Modality.AUDIO).media.sound(id)

    def credits(self, world: str) -> tuple[tuple[Item, Mapping[str, str]], ...]:
        """Return every item with its author, licence and source; nothing for media of our own making."""
        loaded = self._world(world)
        if "credits.json" not in loaded.bundle:
            return ()
        credits = loaded.bundle.json("credits.json")
        return tuple((item, credits[item.id]) for item in loaded.dataset.items)

    def shows(self, world: str) -> bool:
        """Return whether items have media to show; a catalog of features alone has none."""
        return bool(self._world(world).bundle.manifest.get("media", True))

    def _shown(self, world: str, id: str, modality: Modality) -> _World:
        loaded = self._world(world)
        item = loaded.dataset.items[_row(loaded.dataset, id)]
        if modality not in item.modalities or not self.shows(world):
            raise TriadError("item_lacks", id=id, modality=modality)
        return loaded

    # Answers ------------------------------------------------------------------------------------------

    def understand(self, media: Media) -> Mapping[str, Any]:
        """Return what was made of an upload, as plain JSON values; see ``core.encoders.describe``."""
        return self._understood(media, Stopwatch()).description

    def recommend(self, request: Request) -> Result:
        """Return the ``k`` best items with the contribution of every channel."""
        watch = Stopwatch()
        with watch.stage("total"):
            return self._recommend(request, watch)

    def compare(
        self, world: str, query: Query, methods: Sequence[Method], k: int = 10
    ) -> tuple[Result, ...]:
        """Answer the same query by several methods."""
        return tuple(self.recommend(Request(world, query, method, k)) for method in methods)

    def _recommend(self, request: Request, watch: Stopwatch) -> Result:
        on = self._check(request)
        loaded = self._world(request.world)
        dataset = loaded.dataset
        model = self.model(request.world, request.method)
        query = request.query
        understood = {}
        for media in query.media:
            if media.modality in understood:
                raise TriadError("two_of_modality", modality=media.modality)
            if str(media.modality) not in loaded.bundle.manifest["encoders"]:
                raise TriadError("cannot_encode", modality=media.modality, world=request.world)
            understood[media.modality] = self._understood(media, watch)
        understood = {m: understood[m] for m in MODALITIES if m in understood}

        visitor, likes = query.visitor, query.likes
        if visitor is None and not likes and not understood:
            visitor = self.default_visitor(request.world) or None
            if visitor is None:  # nobody took anything: begin from one item
                likes = (max(dataset.items, key=lambda item: len(item.modalities)).id,)
        rows = [_row(dataset, id) for id in likes]
        if visitor is not None:
            rows = list(dict.fromkeys([*self._history(request.world, visitor), *rows]))
        with watch.stage("fuse"):
            who = model.visitor(self._entries(loaded, rows, understood))
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
            visitor=visitor,
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
            timing_ms=watch.ms,
        )

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
        self, loaded: _World, rows: Sequence[int], understood: Mapping[Modality, _Understood]
    ) -> Entries:
        """Return likes and, as one more entry, what was uploaded."""
        import torch

        from core.recommenders.two_tower import Entries

        liked = Entries.liked(loaded.catalog, np.asarray(rows, dtype=np.int64))
        if not understood:
            return liked
        features = {
            str(m): torch.from_numpy(scaler(understood[m].vector[None]))
            if m in understood
            else torch.zeros(1, scaler.width)
            for m, scaler in loaded.scalers.items()
        }
        given = {Channel(m) for m in understood}
        present = torch.tensor([[c in given for c in CHANNELS]])
        return liked + Entries(features, torch.zeros(1, dtype=torch.int64), present)

    def _understood(self, media: Media, watch: Stopwatch) -> _Understood:
        """Decode and encode an upload; only its vector and description are remembered."""

        def make() -> _Understood:
            from core import encoders

            with watch.stage("decode"):
                clean = decode(media)
            with watch.stage("encode"):
                vector = encoders.default(media.modality).encode([clean]).pooled[0].numpy()
                return _Understood(vector, encoders.describe(media, clean))

        # The key carries the digest alone: the content itself must not outlive the visitor's session.
        key = replace(media, data=b"", name="")
        key.__dict__["digest"] = media.digest
        return self._uploads.get(key, make)

    # Loading ------------------------------------------------------------------------------------------

    def _history(self, world: str, visitor: str) -> list[int]:
        loaded = self._world(world)
        if visitor not in loaded.dataset.visitors:
            raise TriadError("unknown_visitor", visitor=visitor)
        row = loaded.dataset.visitors.index(visitor)
        seen = loaded.seen[row] > 0
        return [int(i) for i in loaded.dataset.history(row) if seen[i]]

    def _world(self, key: str) -> _World:
        def load() -> _World:
            from core.evaluation.splits import split
            from core.methods import catalog_of
            from core.recommenders.features import Scaler

            bundle = bundles.Bundle(place[0])
            dataset = bundle.dataset()
            stored = bundle.arrays("scalers.npz")
            scalers = {
                m: Scaler(
                    stored[f"{m}_mean"],
                    stored[f"{m}_scale"],
                    stored[f"{m}_axes"],
                    float(stored[f"{m}_cap"]),
                )
                for m in MODALITIES
            }
            parts = split(dataset)
            return _World(
                bundle=bundle,
                dataset=dataset,
                media=bundle.media(),
                scalers=scalers,
                catalog=catalog_of(dataset, scalers),
                seen=parts.train + parts.valid,
            )

        place = self._place(key)
        return self._worlds.get(place, load)

    def model(self, world: str, method: Method) -> TwoTower | Neighbours:
        """Return the trained model of a method (``not_built`` where there is none)."""
        from core.methods import method_name
        from core.recommenders.neighbours import Neighbours
        from core.recommenders.two_tower import TwoTower

        loaded, name, place = self._world(world), method_name(method), self._place(world)
        if not loaded.bundle.manifest["quality"]:
            return self._models.get((*place, ""), lambda: Neighbours(loaded.catalog))
        if f"{name}.safetensors" not in loaded.bundle:
            command = f"python -m core build {world} --fusion {method.fusion}"
            raise TriadError("not_built", world=world, method=name, command=command)
        return self._models.get(
            (*place, name),
            lambda: TwoTower.load(loaded.bundle.file(f"{name}.safetensors"), loaded.catalog),
        )


def _row(dataset: Dataset, id: str) -> int:
    if id not in dataset.rows:
        raise TriadError("unknown_item", id=id)
    return dataset.rows[id]


def _by_channel(values: NDArray[np.floating]) -> dict[Channel, float]:
    return {c: float(v) for c, v in zip(CHANNELS, values, strict=True)}
