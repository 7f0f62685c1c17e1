"""What was measured beforehand: when fusion helps, what missing modalities cost, what smaller models cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from components.html import esc, number
from components.i18n import Translator
from components.palette import CHANNEL_INK, SURFACE_INK
from core.resources import ASSETS


@st.cache_data(max_entries=8, show_spinner=False)
def experiment(name: str) -> Mapping[str, Any] | None:
    """Return the figures that ``bench ... --write`` kept, or None where it never ran or they are damaged."""
    path = ASSETS / "experiments" / f"{name}.json"
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # the page then names the command that makes them
        return None
    return found


def _lines(
    found: Mapping[str, Any],
    over: str,
    fixed: str,
    at: float,
    fusions: tuple[str, ...],
    t: Translator,
) -> go.Figure:
    """Draw NDCG over ``over`` (redundancy or missing) with ``fixed`` held: fusions and baselines."""
    dark = st.context.theme.type == "dark"
    chart = go.Figure()
    inks = list(CHANNEL_INK.values())

    def add(name: str, rows: list[Mapping[str, Any]], ink: Any, dash: str) -> None:
        rows = sorted(rows, key=lambda r: float(r[over]))
        chart.add_scatter(
            x=[r[over] for r in rows],
            y=[r["mean"] for r in rows],
            error_y={"type": "data", "array": [r["sd"] or 0 for r in rows], "thickness": 1},
            name=name,
            mode="lines+markers",
            line={"color": ink.dark if dark else ink.light, "dash": dash, "width": 2},
        )

    for n, key in enumerate(fusions):
        rows = [r for r in found["rows"] if r["fusion"] == key and r[fixed] == at]
        add(t.name("fusion", key), rows, inks[n % 4], "solid" if n < 4 else "dashdot")
    for name, dash in (("single", "dash"), ("behaviour", "dot"), ("popularity", "longdash")):
        rows = [r for r in found["baselines"] if r["name"] == name and r[fixed] == at]
        add(t.word("lab.row", name), rows, SURFACE_INK["muted"], dash)
    chart.update_layout(
        height=340,
        margin={"l": 8, "r": 8, "t": 10, "b": 8},
        legend={"orientation": "h", "y": -0.2},
        hovermode="x unified",
    )
    chart.update_xaxes(title_text=t(f"lab.axis.{over}"))
    chart.update_yaxes(title_text="NDCG@10", rangemode="tozero")
    return chart


def help_figure(over: str, fixed: str, t: Translator) -> None:
    """Draw the experiment of ``bench fusion`` over one of its axes, and say how it was made."""
    found = experiment("fusion")
    if found is None:
        st.caption(t("lab.not_measured", command="python -m core bench fusion --write"))
        return
    config = found["config"]
    levels = sorted({r[fixed] for r in found["rows"]})
    keys = tuple(dict.fromkeys(r["fusion"] for r in found["rows"]))
    pick, level = st.columns([2.4, 1], gap="medium")
    plain = tuple(k for k in ("concat", "late", "gated", "sum") if k in keys) or keys[:4]
    chosen = pick.multiselect(
        t("lab.which"),
        keys,
        default=plain,
        format_func=lambda key: t.name("fusion", key),
        max_selections=8,
        key=f"lab_which_{over}",
    )
    at = level.segmented_control(
        t(f"lab.axis.{fixed}"), levels, default=levels[0], required=True, key=f"lab_at_{fixed}"
    )
    st.plotly_chart(
        _lines(found, over, fixed, at, tuple(chosen), t),
        config={"displayModeBar": False},
        key=f"lab_{over}",
    )
    best = _verdicts(found, fixed, at, over, t)
    st.html(f'<p class="tr tr-prose">{esc(best)}</p>')
    st.caption(
        t("lab.planted", seeds=config["seeds"], command="python -m core bench fusion --write")
    )


def _verdicts(found: Mapping[str, Any], fixed: str, at: float, over: str, t: Translator) -> str:
    """Say, level by level, how many fusions are surely above the best single modality."""
    parts = []
    for level in sorted({r[over] for r in found["rows"]}):
        rows = [r for r in found["rows"] if r[fixed] == at and r[over] == level]
        above = sum(r["over"]["single"][1] > 0 for r in rows)
        parts.append(t(f"lab.above_{over}", level=f"{level:g}", above=above, all=len(rows)))
    return t("punct.stop").join(parts)


COLUMNS = ("weights_kb", "features_kb", "list_ms", "ndcg@10", "same_top10", "share_drift")


def compression_table(world: str, t: Translator) -> None:
    """Draw what smaller models cost in this world."""
    found = experiment(f"compression-{world}")
    command = f"python -m core bench compression --world {world} --write"
    if found is None:
        st.caption(t("lab.not_measured", command=command))
        return
    heads = "".join(f'<th class="num" scope="col">{esc(t(f"lab.small.{c}"))}</th>' for c in COLUMNS)
    body = "".join(
        f'<tr><th scope="row">{esc(_variant(name, t))}</th>'
        + "".join(f'<td class="num">{number(row[c], _digits(c))}</td>' for c in COLUMNS)
        + "</tr>"
        for name, row in found.items()
    )
    st.html(
        f'<div class="tr-scroll"><table class="tr tr-table"><caption>{esc(t("lab.small.line"))}</caption>'
        f'<thead><tr><th scope="col">{esc(t("lab.small.name"))}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    st.caption(t("lab.measured_by", command=command))


def _variant(name: str, t: Translator) -> str:
    """Return what a variant is called: ``64 axes a modality``, ``width 16, distilled``."""
    words = name.split()
    numbers = [w.strip(",") for w in words if w.strip(",").isdigit()]
    if not numbers:
        return name
    kind = "axes" if "axes" in words else words[-1]
    return t(f"lab.small.{kind}", n=numbers[0])


def _digits(column: str) -> int:
    return {"weights_kb": 0, "features_kb": 0, "list_ms": 1}.get(column, 3)
