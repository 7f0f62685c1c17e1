"""The preparation of uploads on the Your item page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from components.i18n import translator
from tests.pages.test_pages import healthy, jpeg, markup, wav, widget

pytestmark = pytest.mark.parametrize("engine", ["fake"], indirect=True)
Open = Callable[..., AppTest]


def bring(app: AppTest, said: str = "杯子很好看，握着也暖，冬天喝咖啡特别舒服。") -> AppTest:
    widget(app, "file_uploader", "file_image").set_value(("a.jpg", jpeg(), "image/jpeg")).run()
    widget(app, "file_uploader", "file_audio").set_value(("a.wav", wav(), "audio/wav")).run()
    app.text_area[0].set_value(said).run()
    return app


def unfold(app: AppTest) -> AppTest:
    app.session_state["prep"] = True
    app.run()
    healthy(app)
    return app


def words(app: AppTest) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", markup(app)))


def test_without_uploads_there_is_nothing_to_look_into(open_page: Open) -> None:
    app = open_page("upload")
    assert not app.get("expander") or translator("en")("steps.title") not in [
        e.label for e in app.get("expander")
    ]


def test_nothing_is_drawn_until_asked(open_page: Open) -> None:
    app = bring(open_page("upload"))
    healthy(app)
    assert "tr-prep" not in markup(app).replace(
        next(iter(re.findall(r"<style>.*?</style>", markup(app), re.DOTALL)), ""), ""
    )
    assert "_prep_steps" not in app.session_state


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_upload_shows_its_steps_and_views(open_page: Open, language: str) -> None:
    app = unfold(bring(open_page("upload", language)))
    t, html = translator(language), markup(app)
    assert html.count('class="tr-prep-steps"') == 3
    assert [len(x) for x in re.findall(r'class="tr-prep-views"', html)] == [21] * 3
    for key in ("image.frame", "image.scale", "audio.rate", "audio.loudness", "text.language"):
        assert t(f"steps.{key}.name") in words(app)
    assert html.count("<audio") == 4


def test_the_button_makes_other_views(open_page: Open) -> None:
    app = unfold(bring(open_page("upload")))
    t = translator("en")
    before = markup(app)
    assert t("steps.views.seed", seed=0) in words(app)
    app.button(key="prep_again").click().run()
    healthy(app)
    assert t("steps.views.seed", seed=1) in words(app)
    cut = 'class="tr-prep-views"'
    assert markup(app).split(cut)[1:] != before.split(cut)[1:]
    assert markup(app).count('class="tr-prep-step"') == before.count('class="tr-prep-step"')


def test_what_a_visitor_wrote_never_becomes_markup(open_page: Open) -> None:
    app = unfold(bring(open_page("upload"), "<script>alert(1)</script>\u202e nice  mug"))
    assert "<script>" not in markup(app)
    assert "alert(1)" in words(app)
    assert "\u202e" not in markup(app)


def test_what_is_removed_is_forgotten(open_page: Open) -> None:
    app = unfold(bring(open_page("upload")))
    assert set(app.session_state["_prep_steps"]) == {"image", "text", "audio"}
    app.button(key="remove_audio").click().run()
    healthy(app)
    assert set(app.session_state["_prep_steps"]) == {"image", "text"}
    assert set(app.session_state["_prep_views"]) == {"image", "text"}
    assert "<audio" not in markup(app)
