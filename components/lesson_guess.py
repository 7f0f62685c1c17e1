"""How well the adversarial fusion guesses a channel that is missing, on the items of a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from components.engine import engine
from core.types import CHANNELS, Channel, Method


@dataclass(frozen=True)
class Guess:
    """How often a guess is closer to its own item than to another one, and how often it is the closest."""

    closer: float
    first: float


@st.cache_data(max_entries=4, show_spinner=False)
def guesses(world: str) -> Mapping[Channel, Guess]:
    """Hide each channel of every item in turn, have it guessed from the others, and compare.

    Closeness is the cosine of how a guess and a real one differ from the average real one.
    """
    import torch
    from torch.nn.functional import normalize

    from core.fusion.base import clean
    from core.fusion.gan import Adversarial
    from core.recommenders.two_tower import TwoTower

    model = engine().model(world, Method("gan"))
    assert isinstance(model, TwoTower)
    side, catalog = model.tower.offered, model.catalog
    fusion, found = side.fusion, {}
    assert isinstance(fusion, Adversarial)
    with torch.inference_mode():
        stacked = side.embed(catalog.features, torch.arange(len(catalog)), catalog.present)
        for column, channel in enumerate(CHANNELS):
            rows = catalog.present[:, column].nonzero().squeeze(1)
            here = dict(zip(map(str, CHANNELS), stacked[rows].unbind(1), strict=True))
            shown = catalog.present[rows].clone()
            shown[:, column] = False
            guess = fusion.impute(channel, clean(here, shown, fusion.channels), shown)
            real = here[channel]
            near = normalize(guess - real.mean(0), dim=1) @ normalize(real - real.mean(0), dim=1).T
            own = near.diagonal()[:, None]
            closer = (near < own).float().sum(1) / max(1, len(rows) - 1)
            first = (near <= own).all(dim=1).float()
            found[channel] = Guess(float(closer.mean()), float(first.mean()))
    return found
