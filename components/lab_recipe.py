"""What a visitor trains: the method from the View, the rest from menus of this page."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from components.engine import known, world_card
from components.i18n import Translator
from components.methods import channel_switches, menu
from components.view import View, change, current_view, renew_widgets, widget_key
from core.recommenders.tower import HEADS
from core.training.config import RunConfig
from core.training.losses import LOSSES
from core.training.presets import preset

EPOCHS: Final = (3, 90)
SHARES: Final = (0.1, 1.0)
LOOKS: Final = 12
"""How often a run looks at validation, about."""
VIEWS: Final = (0, 2, 4)
PRESETS_SHOWN: Final = ("quick", "full", "classical")


def recipe(view: View, t: Translator) -> tuple[View, RunConfig]:
    """Draw the controls and return what they say.

    Raises
    ------
    TriadError
        ``nothing_on``
    """
    view = _by_preset(t)
    name = st.session_state["lab_preset"] or PRESETS_SHOWN[0]
    view = channel_switches(view, t, "lab")
    offered = known()
    one, other = st.columns(2, gap="small")
    with one:
        fusion = menu("fusion", view.fusion, offered.fusions, t, widget_key("lab_fusion"))
        head = menu("head", view.head, HEADS, t, widget_key("lab_head"))
    with other:
        attention = menu(
            "attention", view.attention, offered.attentions, t, widget_key("lab_attention")
        )
        usual = "softmax" if head == "dot" else "bce"
        loss = menu("loss", usual, LOSSES, t, f"lab_loss_{head}_{name}")
    view = change(fusion=fusion, attention=attention, head=head)
    plain = preset(name, fusion=fusion, attention=attention, head=head)
    epochs = st.slider(t("lab.epochs"), *EPOCHS, plain.epochs, key=f"lab_epochs_{plain.epochs}")
    with st.expander(t("lab.more"), icon=":material/tune:"):
        full = st.slider(
            t("lab.full"), *SHARES, plain.full, help=t("lab.full_help"), key="lab_full"
        )
        cold = st.slider(
            t("lab.cold"), 0.0, 0.9, plain.cold, help=t("lab.cold_help"), key="lab_cold"
        )
        negatives = st.slider(
            t("lab.negatives"),
            1,
            20,
            plain.negatives,
            help=t("lab.negatives_help"),
            key=f"lab_negatives_{plain.negatives}",
        )
        views = 0
        if world_card(view.world).kind == "rendered":
            views = st.segmented_control(
                t("lab.views"), VIEWS, default=0, help=t("lab.views_help"), key="lab_views"
            )
        seed = int(st.number_input(t("lab.seed"), 0, 999, 0, key="lab_seed"))
    config = preset(
        name,
        fusion=fusion,
        attention=attention,
        head=head,
        loss=loss,
        epochs=epochs,
        check=max(1, epochs // LOOKS),
        full=full,
        cold=cold,
        negatives=negatives,
        views=views or 0,
        seed=seed,
        channels=view.on,
    )
    return view, config


def _by_preset(t: Translator) -> View:
    """Draw the choice of ready-made settings; the classical one brings its method with it."""

    def choose() -> None:
        if st.session_state["lab_preset"] == "classical":
            change(fusion="concat", attention="off", head="mlp")
            renew_widgets()

    st.segmented_control(
        t("lab.preset"),
        PRESETS_SHOWN,
        default=PRESETS_SHOWN[0],
        format_func=lambda name: t(f"lab.presets.{name}"),
        help=t("lab.preset_help"),
        required=True,
        on_change=choose,
        key="lab_preset",
    )
    return current_view()


def seeds_of(config: RunConfig, count: int) -> list[RunConfig]:
    """Return the same run from several seeds."""
    return [replace(config, seed=config.seed + n) for n in range(count)]
