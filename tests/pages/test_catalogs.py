"""The Catalogs page: a folder becomes a scenario, and what goes wrong is one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.i18n import translator
from core.errors import TriadError
from core.resources import data_dir

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAD_ALLOW_IMPORT", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "plates"
    home.mkdir()
    lines = ["id,image,title,author,license"]
    for n in range(6):
        Image.new("RGB", (40, 40), (40 * n, 90, 200 - 30 * n)).save(home / f"{n}.png")
        lines.append(f"plate-{n},{n}.png,<b>Plate {n}</b>,Ann <script>,CC0-1.0")
    lines.append("plate-9,none.png,Nothing to see,,")
    (home / "metadata.csv").write_text("\n".join(lines))
    return home


def form(app: AppTest, path: str, name: str) -> AppTest:
    app.text_input[0].set_value(path)
    app.text_input[1].set_value(name)
    next(b for b in app.button if b.label == translator("en")("import.start")).click()
    return app.run()


def said(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("engine", ["real"], indirect=True)
def test_a_folder_becomes_a_scenario(open_page: Open, folder: Path) -> None:
    app = form(open_page("catalogs"), str(folder), "plates")
    app.session_state["_import"].done.wait()
    app.run()
    assert not app.exception
    t = translator("en")
    assert [s.value for s in app.success] == [t("import.done", name="plates", items=7)]
    assert "none.png" in said(app)
    assert "<script>" not in said(app)
    app.query_params.clear()
    app.query_params["world"] = "plates"
    app.switch_page("pages/discover.py").run()
    assert not app.exception
    assert not app.error
    assert t("world.yours") in said(app)
    assert t("bar.untrained") in said(app)
    again = open_page("catalogs")
    assert not again.exception
    assert list(again.dataframe[0].value[t("catalogs.licence")]) == ["CC0-1.0"] * 6


@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        ("", "x", "import_what"),
        ("/nowhere", "../x", "bad_name"),
        ("/nowhere", "shop", "name_taken"),
    ],
)
def test_what_cannot_be_imported(open_page: Open, path: str, name: str, code: str) -> None:
    app = form(open_page("catalogs"), path, name)
    assert not app.exception
    values = {"name": name} if code != "import_what" else {}
    assert [e.value for e in app.error] == [TriadError(code, **values).say("en")]


def test_who_may_not_import_is_told_where_to(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAD_ALLOW_IMPORT", "0")
    app = open_page("catalogs")
    assert translator("en")("import.elsewhere") in said(app)
    assert not app.text_input


def test_a_path_that_is_not_there(open_page: Open) -> None:
    app = form(open_page("catalogs"), "/nowhere/at/all", "mine")
    app.session_state["_import"].done.wait()
    app.run()
    assert not app.exception
    assert [e.value for e in app.error] == [
        TriadError("file_missing", path="/nowhere/at/all").say()
    ]
    assert not (data_dir() / "worlds" / "mine").exists()
