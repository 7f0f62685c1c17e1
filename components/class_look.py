"""The style sheet of the Class page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

_SHEET: Final = Path(__file__).with_name("class.css").read_text(encoding="utf-8")


def style() -> None:
    """Put the style sheet in place."""
    st.html(f"<style>{_SHEET}</style>")
