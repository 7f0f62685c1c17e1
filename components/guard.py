"""No traceback ever reaches the page: what went wrong is one sentence."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.html import plain
from components.i18n import Translator
from core.errors import TriadError

_log = logging.getLogger(__name__)


@contextmanager
def guard(t: Translator) -> Iterator[None]:
    """Show what a visitor can put right as its own sentence; log and excuse anything else."""
    try:
        yield
    except TriadError as error:
        st.error(plain(error.say(t.language)), icon=":material/error:")
    except Exception:
        _log.exception("unexpected error in a page")
        st.error(t("error.unexpected"), icon=":material/error:")
