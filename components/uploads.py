"""What the visitor brought: kept in the session only, never written down, gone with the tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import TriadError
from core.types import MODALITIES, Media, Modality


def uploads() -> dict[Modality, Media]:
    """Return the session's uploads by modality, in canonical order."""
    kept: dict[Modality, Media] = st.session_state.setdefault("_uploads", {})
    return {m: kept[m] for m in MODALITIES if m in kept}


def problem(modality: Modality) -> TriadError | None:
    """Return what was wrong with the last upload of a modality."""
    found: TriadError | None = st.session_state.setdefault("_problems", {}).get(modality)
    return found


def keep(media: Media, understand: Any) -> None:
    """Keep an upload if it can be understood; otherwise keep only what was wrong with it.

    Parameters
    ----------
    understand : function of the media that raises ``TriadError``
    """
    drop(media.modality)
    try:
        understand(media)
    except TriadError as error:
        st.session_state["_problems"][media.modality] = error
    else:
        st.session_state["_uploads"][media.modality] = media


def drop(modality: Modality) -> None:
    """Forget the upload of a modality, and what was wrong with it."""
    for store in ("_uploads", "_problems"):
        st.session_state.setdefault(store, {}).pop(modality, None)


def clear() -> None:
    """Forget all uploads, and make the uploaders fresh."""
    for modality in MODALITIES:
        drop(modality)
    st.session_state["_round"] = upload_round() + 1


def upload_round() -> int:
    """Return a number for the uploaders' keys: a new one empties them."""
    number: int = st.session_state.setdefault("_round", 0)
    return number


def fill(samples: Mapping[Modality, bytes], name: str, understand: Any) -> None:
    """Replace all uploads by the media of a sample."""
    clear()
    for modality, data in samples.items():
        keep(Media(modality, data, name), understand)
