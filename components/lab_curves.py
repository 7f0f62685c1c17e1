"""How a run is going: its loss and what validation says, epoch by epoch, and the way to stop it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from components.i18n import Translator
from components.lab_runs import Run, queue, resume, runs
from components.palette import CHANNEL_INK, Ink
from core.lab.jobs import OVER, State

LOOK: Final = 0.25
"""How often a run that is followed is looked at, in seconds."""
HEIGHT: Final = 250
SHOWN: Final = 6
"""How many runs are drawn, the latest."""
METRICS: Final = ("loss", "ndcg")


def name_of(run: Run, t: Translator) -> str:
    """Return what a run trains, in words."""
    config = run.config
    parts = [t.name("fusion", config.fusion)]
    if config.attention != "off":
        parts.append(t.name("attention", config.attention))
    if config.head != "dot":
        parts.append(t.name("head", config.head))
    if len(config.channels) < len(CHANNEL_INK):
        parts.append("+".join(t.name("channel", c) for c in config.channels))
    return t("punct.list").join([*parts, t("lab.seed_of", seed=config.seed)])


def _ink(n: int) -> Ink:
    return list(CHANNEL_INK.values())[n % len(CHANNEL_INK)]


def _dash(n: int) -> str:
    return "solid" if n < len(CHANNEL_INK) else "dot"


def figure(metric: str, shown: Sequence[Run], t: Translator, *, dark: bool) -> go.Figure:
    """Return a curve a run: its ``loss``, or ``ndcg`` on validation."""
    chart = go.Figure()
    for n, run in enumerate(shown):
        ink = _ink(n)
        seen = [e for e in run.epochs if _number(e.get(metric))]
        chart.add_scatter(
            x=[e["epoch"] for e in seen],
            y=[e[metric] for e in seen],
            name=name_of(run, t),
            mode="lines" if metric == "loss" else "lines+markers",
            line={"color": ink.dark if dark else ink.light, "width": 2, "dash": _dash(n)},
        )
    chart.update_layout(
        height=HEIGHT,
        title={"text": t(f"lab.{metric}"), "font": {"size": 14}, "x": 0},
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        showlegend=False,
        hovermode="x unified",
    )
    chart.update_xaxes(title_text=t("lab.epoch"), rangemode="tozero")
    return chart


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def follow(
    places: Mapping[str, Place],
    world: str,
    drawn: Sequence[State],
    t: Translator,
) -> None:
    """Draw the curves again and again while anything trains; ends when a click comes.

    For the end of a run of the page, see :mod:`components.after`. Where a run is not where the page says it
    is, the page is drawn again.

    Parameters
    ----------
    places : metric -> where its curve goes
    drawn : the states of the runs as the page shows them
    """
    dark = st.context.theme.type == "dark"
    counted = -1
    while True:
        mine = runs(world)
        states = [run.job.state for run in mine]  # once: they change beside us
        if states != list(drawn):
            st.rerun()
        count = sum(len(run.epochs) for run in mine)
        if count != counted:
            counted = count
            for metric, place in places.items():
                place.plotly_chart(
                    figure(metric, mine[-SHOWN:], t, dark=dark),
                    config={"displayModeBar": False},
                    key=f"lab_{metric}_{time.monotonic_ns()}",
                )
        if all(state in OVER for state in states):
            return
        time.sleep(LOOK)
        st.session_state.get("_view")  # any access lets Streamlit end a run that is out of date


def watch(world: str, t: Translator) -> list[State]:
    """Draw a line about each of this session's latest runs, with a way to stop it or go on.

    Returns
    -------
    The states of all its runs in this world, as they are drawn
    """
    mine = runs(world)
    drawn = [run.job.state for run in mine]
    for n, (run, state) in list(enumerate(zip(mine[-SHOWN:], drawn[-SHOWN:], strict=True)))[::-1]:
        _row(n, run, state, t)
    return drawn


def _row(n: int, run: Run, state: State, t: Translator) -> None:
    """Draw one line about a run, and its button."""
    key = f"{id(run):x}"
    said, button = st.columns([5, 1.3], vertical_alignment="center")
    words = t(f"lab.state.{state}")
    if state is State.WAITING:
        words = t("lab.state.waiting_behind", count=queue().ahead(run.job) + 1)
    elif state is State.FAILED and run.job.said:
        words = run.job.said[-1]
    elif state is State.DONE and run.reached:
        words = t("lab.reached", ndcg=f"{run.reached['ndcg@10']:.3f}", epochs=len(run.epochs))
    mark = "●" if _dash(n) == "solid" else "○"
    said.markdown(f":{_ink(n).word}[{mark}] **{name_of(run, t)}** · {words}")
    if not run.job.over:
        button.button(
            t("lab.stop"),
            icon=":material/stop:",
            on_click=queue().stop,
            args=(run.job,),
            key=f"lab_stop_{key}",
            width="stretch",
        )
    elif state is State.STOPPED:
        button.button(
            t("lab.resume"),
            icon=":material/play_arrow:",
            on_click=resume,
            args=(run,),
            key=f"lab_resume_{key}",
            width="stretch",
        )
