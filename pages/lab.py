"""Lab: can I train it, and does fusion help here?"""

from __future__ import annotations

import streamlit as st

from components.after import afterwards
from components.chrome import heading, share
from components.engine import built, engine
from components.guard import guard
from components.html import esc, plain
from components.i18n import translator
from components.lab_board import Row, board_html, mine, references
from components.lab_curves import METRICS, follow, watch
from components.lab_found import compression_table, experiment, help_figure
from components.lab_recipe import recipe, seeds_of
from components.lab_runs import command_line, runs, start
from components.view import page_view
from core.errors import TriadError

view = page_view()
t = translator(view.language)
place = heading(t, "lab", view)
measured = experiment(f"quality-{view.world}") or {}
rows = references(measured, t)
alone = next((row for row in rows if row.name == t.word("lab.row", "behaviour_alone")), None)
left, right = st.columns([1, 2.1], gap="large")
with left, guard(t):
    view, config = recipe(view, t)
    count, go = st.columns([1, 1.6], vertical_alignment="bottom")
    seeds = count.selectbox(t("lab.seeds"), (1, 3, 5), help=t("lab.seeds_help"), key="lab_seeds")

    def train() -> None:
        try:
            for each in seeds_of(config, seeds):
                start(view.world, each)
        except TriadError as error:
            st.session_state["_lab_problem"] = error

    go.button(
        t("lab.train"),
        icon=":material/play_arrow:",
        type="primary",
        on_click=train,
        width="stretch",
    )
    problem = st.session_state.pop("_lab_problem", None)
    if problem is not None:
        st.error(plain(problem.say(t.language)), icon=":material/error:")
    with st.expander(t("lab.command"), icon=":material/terminal:"):
        st.code(command_line(view.world, config), language="bash", wrap_lines=True)
share(place, view, t)

with right:
    if not runs(view.world):
        st.html(f'<p class="tr tr-lab-empty">{esc(t("lab.nothing"))}</p>')
    curves = {m: cell.empty() for m, cell in zip(METRICS, st.columns(2), strict=True)}
    drawn = watch(view.world, t)

shipped = [
    Row(f"{t.name('fusion', m.fusion)}", "shipped", engine().quality(view.world, m)["ndcg@10"])
    for m in built(view.world)
    if (m.attention, m.head) == ("off", "dot") and engine().quality(view.world, m)
]
everyone = [*rows, *shipped, *mine(runs(view.world), t)]
board, redundancy, missing, smaller = st.tabs(
    [t("lab.tab.board"), t("lab.tab.redundancy"), t("lab.tab.missing"), t("lab.tab.smaller")]
)
with board:
    if everyone:
        st.html(board_html(everyone, alone, t))
    else:
        st.caption(t("lab.no_board"))
with redundancy:
    st.html(f'<p class="tr tr-prose">{esc(t("lab.redundancy_line"))}</p>')
    help_figure("redundancy", "missing", t)
with missing:
    st.html(f'<p class="tr tr-prose">{esc(t("lab.missing_line"))}</p>')
    help_figure("missing", "redundancy", t)
with smaller:
    compression_table(view.world, t)

if runs(view.world):
    afterwards(lambda: follow(curves, view.world, drawn, t))
