"""The pointing game: whether the part that counted most is where the thing is that the visitor likes.

In a rendered world it is known what a simulated visitor likes. So media are put together from what he likes
and what he does not: two pictures side by side or four in a square, reviews one after the other, sounds one
after the other. An explanation points at the part with the highest value; it hits as far as that part lies
in the place of the one that he likes.

References
----------
Zhang et al., Top-down Neural Attention by Excitation Backprop, 2016 (the game);
Arras et al., CLEVR-XAI: A benchmark dataset for the ground truth evaluation of neural network explanations,
2022 (media put together so that the truth is known).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from core import encoders
from core.bench.faithfulness import paired
from core.bench.together import SIDE, inside, together
from core.catalog import bundle as bundles
from core.catalog.dataset import Dataset
from core.coalitions import FULL
from core.engine import Engine
from core.errors import TriadError
from core.evaluation.splits import split
from core.explain.channel_phi import of_item
from core.explain.masked import measured
from core.explain.parts import parts_of, scaled
from core.explain.scoring import embedded, heard, members
from core.explain.within import Look, report_of
from core.media import decode
from core.recommenders.two_tower import Entries, TwoTower, Visitor
from core.resources import ASSETS, data_dir
from core.types import CHANNELS, MODALITIES, Clean, Media, Method, Modality, Passage

CASES: Final = 60
"""Visitors for each modality: those who care for little else."""
CARES: Final = 0.75
"""Least weight of a modality for such a visitor."""
PLACES: Final = (2, 4)
"""How many things are put together; one of them is liked."""
METHODS: Final = (Method(), Method("gated", "self"), Method("transformer"))
"""With gates, with attention between channels, with a token that attends to them."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A visitor, and rows of items in the order in which they are put together; one of them he likes."""

    user: int
    rows: tuple[int, ...]
    liked: int

    @property
    def row(self) -> int:
        """The row of what he likes."""
        return self.rows[self.liked]


def pointing(args: argparse.Namespace) -> dict[str, Any]:
    """Play the pointing game with parts of pictures, texts and sounds, against chance and attention."""
    rows: dict[str, Any] = {}
    for modality in MODALITIES:
        for places in PLACES:
            rows |= play(Engine(), args.world, modality, places)
    return rows


def play(
    engine: Engine, world: str, modality: Modality, places: int, cases: int = CASES
) -> dict[str, Any]:
    """Play with one modality.

    Returns
    -------
    "modality, 1 of places, method" -> what :func:`told` says
    """
    dataset = bundles.Bundle(bundles.find(world, ASSETS, data_dir())).dataset()
    if dataset.truth is None or dataset.kind != "rendered":
        raise TriadError("not_rendered", world=world)
    parts = split(dataset)
    seen = parts.train + parts.valid
    chosen = list(cases_of(dataset, seen, modality, places, cases))
    methods = [method for method in METHODS if method in engine.built(world)]
    models = {method: cast(TwoTower, engine.model(world, method)) for method in methods}
    found: dict[Method, list[Mapping[str, float]]] = {method: [] for method in methods}
    for case in chosen:
        shown = [clean_of(engine, world, dataset, row, modality) for row in case.rows]
        board = Board(engine, world, modality, shown)
        for method, model in models.items():
            who = model.visitor(Entries.liked(model.catalog, np.flatnonzero(seen[case.user] > 0)))
            outcome = Game(model, who, case, board).outcome(masked=method == METHODS[0])
            found[method].append(outcome)
    return {
        f"{modality}, 1 of {places}, {method.fusion} {method.attention}": told(outcomes)
        for method, outcomes in found.items()
    }


def cases_of(
    dataset: Dataset, seen: NDArray[np.float32], modality: Modality, places: int, count: int
) -> Iterator[Case]:
    """Yield cases: of one kind of thing what a visitor would like best, and what he would like least.

    He has had neither. What is liked takes every place equally often.
    """
    truth = dataset.truth
    assert truth is not None
    column, rng = MODALITIES.index(modality), np.random.default_rng(0)
    has = dataset.present[:, column]
    kinds = np.array([item.category for item in dataset.items])
    cares = (truth.weights[:, column] >= CARES) & ~truth.synergy & (seen.sum(1) > 0)
    for number, user in enumerate(rng.permutation(np.flatnonzero(cares))[:count]):
        utility = np.where(has & (seen[user] == 0), truth.utility[user], np.nan)
        spread = {
            kind: np.nanmax(utility[kinds == kind]) - np.nanmin(utility[kinds == kind])
            for kind in np.unique(kinds)
            if np.isfinite(utility[kinds == kind]).sum() >= places
        }
        of_kind = np.flatnonzero(
            (kinds == max(spread, key=lambda k: spread[k])) & ~np.isnan(utility)
        )
        order = of_kind[np.argsort(utility[of_kind])]
        liked = number % places
        rows = [int(row) for row in order[: places - 1]]
        rows.insert(liked, int(order[-1]))
        yield Case(int(user), tuple(rows), liked)


def clean_of(engine: Engine, world: str, dataset: Dataset, row: int, modality: Modality) -> Clean:
    """Return a picture, one review or the sound of an item."""
    item = dataset.items[row]
    if modality is Modality.TEXT:
        text = item.text("en")
        return Passage(text.reviews[0] if text.reviews else text.description or text.line, "en")
    if modality is Modality.IMAGE:
        return decode(Media(modality, engine.picture(world, item.id, SIDE), item.id))
    return decode(Media(modality, engine.sound(world, item.id), item.id))


# One case -------------------------------------------------------------------------------------------------


class Board:
    """Media put together, and what the world's encoder makes of them.

    Attributes
    ----------
    whole : the media put together
    regions : the place of each
    features : (P,) of the whole
    alone : (N, P) of each alone
    """

    def __init__(
        self, engine: Engine, world: str, modality: Modality, shown: Sequence[Clean]
    ) -> None:
        self.modality = modality
        self.encoder = encoders.named(engine.encoders(world)[modality], modality)
        self.scaler = engine.scalers(world)[modality]
        self.whole, self.regions = together(shown)
        vectors = self.encoder.encode([self.whole, *shown]).pooled.numpy()
        every = torch.from_numpy(self.scaler(vectors))
        self.features, self.alone = every[0], every[1:]


class Game:
    """One case played by one model."""

    def __init__(self, model: TwoTower, who: Visitor, case: Case, board: Board) -> None:
        self.model, self.who, self.case, self.board = model, who, case, board
        self.phi = of_item(model, who, case.row, FULL, board.modality)

    def outcome(self, *, masked: bool) -> dict[str, float]:
        """Return how far each way of pointing hits, and what else is to be told of the case."""
        board, liked = self.board, self.case.liked
        with torch.no_grad():
            alone = self.phi(board.alone).numpy()
        look = Look(board.encoder, (board.whole,), self.phi, board.scaler, board.features, "item")
        report = report_of(look)
        values: dict[str, Floats] = {
            "gradient": np.array([part.gradient for part in report.parts]),
            "occlusion": np.array([part.occlusion for part in report.parts]),
        }
        told = {"model agrees": float(alone.argmax() == liked)}
        if masked:
            *_, report = measured(look, report)
            values["masked"] = np.array([part.masked for part in report.parts])
            told |= compared(values["masked"], values["occlusion"], "masked with occlusion")
            told |= compared(values["masked"], values["gradient"], "masked with gradient")
            told["masked sum / phi"] = float(values["masked"].sum() / report.phi)
        values |= self.internal()
        hits = np.array([inside(part.label, board.regions[liked]) for part in report.parts])
        told["chance"] = float(hits.mean())
        return told | {name: pointed(value, hits) for name, value in values.items()}

    @torch.inference_mode()
    def internal(self) -> dict[str, Floats]:
        """Return what the model itself weighs each part by, (T,), when the channel shows that part alone.

        ``activation`` is how far the encoder's token is from the average item's, which asks no visitor.
        """
        board = self.board
        parts = parts_of(board.encoder.encode([board.whole], tokens=True))
        features = scaled(board.scaler, parts.tokens)
        count = len(features)
        rows = torch.full((count,), self.case.row)
        codes = torch.from_numpy(heard(self.model, self.who, rows.numpy(), FULL))
        x = embedded(self.model, rows, {board.modality: features})
        query = self.who.vectors[codes] if self.model.tower.asks else None
        fused = self.model.tower.offered.fuse(x, members(codes), query)
        column = CHANNELS.index(board.modality)
        found = {"activation": features.norm(dim=1)}
        if fused.weights is not None:
            found["gates"] = fused.weights[:, column]
        for name, weights in (fused.attention or {}).items():
            if weights.shape[-1] == len(CHANNELS):
                mean = weights.mean(1) if weights.ndim == 3 else weights
                found[f"attention {name}"] = mean[:, column]
        return {name: value.double().numpy() for name, value in found.items()}


def pointed(values: Floats, hits: Floats) -> float:
    """Return how far the strongest part hits; equally strong ones share."""
    return float(hits[np.isclose(values, values.max(), rtol=0, atol=1e-12)].mean())


def compared(first: Floats, second: Floats, name: str) -> dict[str, float]:
    """Return the rank correlation of two values of the same parts, where there is one."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return {}
    return {name: float(spearmanr(first, second).statistic)}


def told(outcomes: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Sum up cases: means, hits where the model itself prefers what is liked, and p against chance."""
    names = dict.fromkeys(name for each in outcomes for name in each)
    agree = [each for each in outcomes if each["model agrees"]]
    mean = partial(_mean, outcomes)
    found: dict[str, Any] = {"cases": len(outcomes)} | {name: mean(name) for name in names}
    for name in ("gradient", "occlusion", "masked"):
        if name in names:
            found[f"{name} where it agrees"] = _mean(agree, name) if agree else None
            better = np.array([each[name] - each["chance"] for each in outcomes])
            found[f"{name} p"] = paired(better)["p"]
    return found


def _mean(outcomes: Sequence[Mapping[str, float]], name: str) -> float:
    values = [each[name] for each in outcomes if name in each]
    middle = np.median if name.endswith("phi") else np.mean
    return round(float(middle(values)), 3)
