"""Runs the app's script against an engine, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import core.engine
from tests import fake_engine

APP = Path(__file__).resolve().parents[2] / "app.py"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


@pytest.fixture(params=["fake", "real"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[type]:
    """Put an engine behind the pages: the quick imitation, and the real one."""
    chosen: type = fake_engine.Engine if request.param == "fake" else core.engine.Engine
    monkeypatch.setattr("components.engine.Engine", chosen)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield chosen
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def open_page(engine: type) -> Callable[..., AppTest]:
    """Open a page in a language, with query parameters."""

    def open_(page: str = "discover", language: str = "en", **params: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=120)
        app.context = {"locale": LOCALES[language]}
        for name, value in params.items():
            app.query_params[name] = value
        app.run()
        return app if page == "discover" else app.switch_page(f"pages/{page}.py").run()

    return open_
