"""About says what becomes of uploads, votes and statistics, and says what is so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st

from components.i18n import translator
from core.classroom.rooms import IDLE

STATISTICS = "browser.gatherUsageStats"


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
@pytest.mark.parametrize(("language", "counted"), [("en", False), ("zh", True)])
def test_privacy_names_votes_and_the_statistics_of_this_very_server(
    open_page: Callable, monkeypatch: pytest.MonkeyPatch, language: str, counted: bool
) -> None:
    asked = st.get_option
    monkeypatch.setattr(st, "get_option", lambda n: counted if n == STATISTICS else asked(n))
    page = "\n".join(e.proto.body for e in open_page("about", language).get("html"))
    t = translator(language)
    assert t("about.privacy_votes", hours=int(IDLE) // 3600) in page
    assert (t("about.privacy_counted") in page) is counted
    assert (t("about.privacy_quiet") in page) is not counted
