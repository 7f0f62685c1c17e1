"""What every page has around its content: style, language, heading, notices, sharing."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from components.engine import known, world_card
from components.html import esc
from components.i18n import FOLDER, LANGUAGE_NAMES, Translator
from components.icons import rules
from components.palette import variables
from components.view import View, change, current_view, link, notices, widget_key
from components.worlds import label, world_picker

WITHOUT_WORLD = ("catalogs", "about")
"""Pages on which no world is chosen."""


@st.cache_data(max_entries=2, show_spinner=False)
def _style() -> str:
    return variables() + rules() + (FOLDER.parent / "theme.css").read_text(encoding="utf-8")


def style(t: Translator) -> None:
    """Put our style sheet in place, and our words over Streamlit's English ones."""
    said = {
        "--tr-say-upload": t("upload.browse"),
        "--tr-say-limit": t("upload.limit"),
        "--tr-say-archive": t("import.limit"),
        "--tr-say-refused": t("upload.refused"),
        "--tr-say-photo": t("upload.take_photo"),
        "--tr-say-clear": t("upload.clear_photo"),
        "--tr-say-more": t("nav.more"),
    }
    quoted = "".join(f'{name}:"{value}";' for name, value in said.items())
    # Dialogs hang outside the element on which Streamlit says whether the theme is light or dark.
    scheme = st.context.theme.type or "light dark"
    st.html(f"<style>{_style()}:root{{color-scheme:{scheme};{quoted}}}</style>")


def language_switch() -> None:
    """Draw the switch between languages, at the top right of every page."""
    key = widget_key("language")

    def switch() -> None:
        change(language=st.session_state[key] or current_view().language)

    with st.container(key="language"):
        st.segmented_control(
            "Language / 语言",
            tuple(LANGUAGE_NAMES),
            default=current_view().language,
            format_func=lambda code: LANGUAGE_NAMES[code],
            required=True,
            label_visibility="collapsed",
            on_change=switch,
            key=key,
        )


def heading(
    t: Translator, page: str, view: View, links: Mapping[str, tuple[str, str]] | None = None
) -> Place:
    """Draw the page's heading, its one line, and the label of what is rendered and simulated.

    Parameters
    ----------
    links : page to go to -> (words, icon)

    Returns
    -------
    The place for :func:`share`, which is filled once the page's controls have spoken.
    """
    said = label(world_card(view.world), t)
    tag = "" if page in WITHOUT_WORLD else f'<span class="tr-tag">{esc(said)}</span>'
    lines = f"<h1>{esc(t(f'{page}.title'))}</h1><p>{esc(t(f'{page}.line'))}</p>{tag}"
    place = top(lines, t)
    if not view.present:
        if page not in WITHOUT_WORLD:
            world_picker(place, view, t, known().worlds)
        for name, (words, icon) in (links or {}).items():
            place.page_link(f"pages/{name}.py", label=words, icon=icon)
    return place


def top(lines: str, t: Translator) -> Place:
    """Draw the top of a page from its markup; return the place beside it for what can be done there.

    On a projector the top also has everything drawn in large type, and leads out of it.
    """
    large = current_view().present
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key="top",
    ):
        st.html(f'<header class="tr tr-head{" tr-large" if large else ""}">{lines}</header>')
        place = st.container(
            horizontal=True,
            width="content",
            gap="medium",
            vertical_alignment="center",
            key="actions",
        )
    if large:
        place.button(
            t("share.leave"),
            icon=":material/close_fullscreen:",
            type="tertiary",
            on_click=lambda: change(present=False),
        )
    return place


def show_notices(t: Translator) -> None:
    """Say once what in the address could not be used."""
    found = notices()
    if found:
        said = "".join(f"<p>{esc(t(notice.key, **notice.values))}</p>" for notice in found[:5])
        st.html(f'<div class="tr tr-notice" role="status">{said}</div>')


def share(place: Place, view: View, t: Translator) -> None:
    """Offer the link to exactly what is on screen, and the large type for a projector."""
    if view.present:
        return
    with place, st.popover(t("share.open"), icon=":material/link:", type="tertiary"):
        st.caption(t("share.line"))
        st.code(link(view, _page_address()), language=None, wrap_lines=True)
        st.button(
            t("share.present"),
            icon=":material/present_to_all:",
            type="tertiary",
            on_click=lambda: change(present=True),
        )


def _page_address() -> str:
    url = st.context.url or ""
    return url.split("?")[0].split("#")[0]
