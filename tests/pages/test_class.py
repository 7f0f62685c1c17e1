"""The Class page without a browser: a teacher and students, each a session of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from components.class_result import counts_html, verdict_html
from components.i18n import translator
from core.classroom.results import round_result
from core.classroom.room import Choice, Round, State
from core.classroom.rooms import Rooms
from core.classroom.store import Store
from core.errors import TriadError

LANGUAGES = ("en", "zh")
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
APP = Path(__file__).resolve().parents[2] / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rooms]:
    """The rooms of the app under test, from outside."""
    url = f"sqlite:///{tmp_path / 'class.sqlite'}"
    monkeypatch.setenv("TRIAD_DATABASE_URL", url)
    store = Store(url)
    yield Rooms(store)
    store.close()


@pytest.fixture
def open_page(engine: type) -> Open:
    """Open a page at its own address: a session more, without the first page before it."""

    def open_(page: str, language: str = "en", **params: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=120).switch_page(f"pages/{page}.py")
        app.context = {"locale": LOCALES[language]}
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    return open_


@pytest.fixture
def browser_of(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What a browser says of itself when it connects; AppTest has no browser."""
    says = SimpleNamespace(cookies={}, remote_ip="10.0.0.1")
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: says)
    return says


pytestmark = [
    pytest.mark.usefixtures("rooms", "browser_of"),
    pytest.mark.parametrize("engine", ["fake"], indirect=True),
]


def markup(app: AppTest) -> str:
    lists = [json.loads(e.proto.json or "{}").get("html", "") for e in app.get("bidi_component")]
    return "\n".join([e.proto.body for e in app.get("html")] + lists)


def text(app: AppTest) -> str:
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", markup(app), flags=re.DOTALL))


def errors(app: AppTest) -> list[str]:
    assert not app.exception, [e.value for e in app.exception]
    return [e.value for e in app.error]


def vote(app: AppTest, side: str) -> None:
    next(w for w in app.get("button_group") if w.key.startswith("class_vote")).set_value(side).run()


def opened(open_page: Open, language: str = "en") -> AppTest:
    app = open_page("class", language)
    app.button(key="class_go").click().run()
    assert errors(app) == []
    return app


def code_of(app: AppTest) -> str:
    found = re.search(r'class="tr-class-code"[^>]*>(\w{5})<', markup(app))
    assert found is not None
    return found[1]


def key_of(app: AppTest) -> str:
    return str(next(iter(app.session_state["_class_keys"].values())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_class_from_opening_to_deleting(open_page: Open, rooms: Rooms, language: str) -> None:
    t, other = translator(language), translator("zh" if language == "en" else "en")
    teacher = opened(open_page, language)
    code, key = code_of(teacher), key_of(teacher)
    link = next(c.value for c in teacher.code if "key=" in c.value)
    assert link.endswith(f"?room={code}&key={key}")
    teacher.button(key="class_kept").click().run()
    assert not [c for c in teacher.code if "key=" in c.value]  # shown once
    assert key not in markup(teacher)

    student = open_page("class", other.language, room=code)
    assert errors(student) == []
    assert other("class.booth.title") in text(student)
    first, second = rooms.room(code).round.first, rooms.room(code).round.second
    for fusion in (first, second):
        assert other.name("fusion", fusion) not in text(student)  # blinded
    vote(student, "left")
    vote(student, "right")
    assert errors(student) == []
    assert other("class.counted", side=other("class.right")) in text(student)
    assert sum(rooms.counts(code)[1].values()) == 1

    teacher.run()
    assert t("class.votes_one") in text(teacher)
    assert t.name("fusion", first) not in text(teacher)
    teacher.button(key="class_open_1").click().run()
    student.run()
    assert other("class.closed") in text(student)
    teacher.button(key="class_closed_1").click().run()
    assert t.name("fusion", first) in text(teacher)
    student.run()
    for fusion in (first, second):
        assert other.name("fusion", fusion) in text(student)
    left, _ = rooms.room(code).sides(1, student.session_state["_student"])
    named = other("class.named", side=other("class.left"), fusion=other.name("fusion", left))
    assert named in text(student)
    teacher.button(key="class_revealed_1").click().run()
    student.run()
    assert other("class.place", number=2, count=3) in text(student)
    assert other("class.not_yet") in text(student)

    teacher.button(key="class_delete").click().run()
    assert t("class.open") in text(teacher)
    assert "room" not in teacher.query_params
    student.run()
    assert errors(student) == [TriadError("class_no_room", room=code).say(other.language)]
    assert other("class.join") in text(student)


def test_a_code_is_typed_as_it_comes(open_page: Open) -> None:
    code, language = code_of(opened(open_page)), "zh"
    app = open_page("class", language)
    submit = next(b for b in app.button if b.label == translator(language)("class.enter"))
    for typed, error in (("what?", "class_bad_code"), ("ZZZZZ", "class_no_room")):
        app.text_input(key="class_code").set_value(typed)
        submit.click().run()
        said = TriadError(error, length=5, room="ZZZZZ").say(language)
        assert errors(app) == [said]
        submit = next(b for b in app.button if b.label == translator(language)("class.enter"))
    app.text_input(key="class_code").set_value(f"{code[:3].lower()} {code[3:]}")
    submit.click().run()
    assert errors(app) == []
    assert app.query_params["room"] == code
    assert translator(language)("class.question") == app.get("button_group")[-1].label


def test_the_key_opens_the_wall_and_leaves_the_address(open_page: Open) -> None:
    teacher = opened(open_page)
    code, key = code_of(teacher), key_of(teacher)
    t = translator("en")
    again = open_page("class", room=code, key=key)
    assert "key" not in again.query_params
    assert t("class.wall.title") in text(again)
    guess = open_page("class", room=code, key="guess")
    assert "key" not in guess.query_params
    assert errors(guess) == [TriadError("class_wrong_key").say("en")]
    assert t("class.booth.title") in text(guess)
    guess.text_input(key="class_key").set_value(f" {key} ")
    guess.button(key="class_unlock").click().run()
    assert errors(guess) == []
    assert t("class.wall.title") in text(guess)


def test_the_cookie_brings_a_student_back_and_a_strange_one_does_not(
    open_page: Open, rooms: Rooms, browser_of: SimpleNamespace
) -> None:
    t, code = translator("en"), code_of(opened(open_page))
    student = open_page("class", room=code)
    vote(student, "same")
    written = [json.loads(e.proto.json) for e in student.get("bidi_component")]
    cookie = next(data for data in written if "token" in data)
    browser_of.cookies = {cookie["name"]: cookie["token"]}
    again = open_page("class", room=code)  # a reload: another session, the same browser
    assert t("class.counted", side=t("class.same")) in text(again)
    vote(again, "left")
    assert sum(rooms.counts(code)[1].values()) == 1
    browser_of.cookies = {cookie["name"]: "x; Path=/"}
    other = open_page("class", room=code)
    assert t("class.not_yet") in text(other)
    assert other.session_state["_student"] != "x; Path=/"


def test_a_late_vote_is_refused_in_one_sentence(open_page: Open, rooms: Rooms) -> None:
    teacher = opened(open_page)
    code = code_of(teacher)
    student = open_page("class", room=code)
    rooms.close(code, key_of(teacher), 1)
    vote(student, "left")
    assert rooms.counts(code) == {}
    assert translator("en")("class.counted", side="Left") not in text(student)


def test_large_type_hides_what_is_not_for_the_wall(open_page: Open) -> None:
    teacher = opened(open_page)
    code = code_of(teacher)
    wall = open_page("class", room=code, key=key_of(teacher), present="1")
    assert errors(wall) == []
    assert code in text(wall)
    assert wall.button(key="class_open_1")
    assert not [c for c in wall.code if "key=" in c.value]
    assert not [b for b in wall.button if b.key == "class_delete"]


def test_a_broken_database_is_one_sentence_and_the_room_is_kept(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise TriadError("class_database_down")

    student = open_page("class", room=code_of(opened(open_page)))
    with monkeypatch.context() as patch:
        patch.setattr(Rooms, "room", down)
        student.run()
    assert errors(student) == [TriadError("class_database_down").say("en")]
    student.run()
    assert translator("en")("class.booth.title") in text(student)


def test_the_same_fusion_twice_is_refused(open_page: Open) -> None:
    app = open_page("class")
    first = app.selectbox(key="class_shop_1_first").value
    app.selectbox(key="class_shop_1_second").set_value(first).run()
    assert translator("en")("class.identical") in text(app)
    app.button(key="class_go").click().run()
    assert errors(app) == [TriadError("class_same_fusion").say("en")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_says_who_won_or_that_nobody_did(engine: type, language: str) -> None:
    t = translator(language)
    shown = Round(1, "concat", "late", State.REVEALED)
    won = verdict_html(round_result(shown, {Choice.FIRST: 2, Choice.SECOND: 18}), t)
    assert t.name("fusion", "late") in won
    assert "90 %" in won
    assert "70–97 %" in won
    drawn = verdict_html(round_result(shown, {Choice.FIRST: 10, Choice.SECOND: 10}), t)
    assert t("class.undecided").split("{")[0] in drawn
    assert t("class.nobody") in verdict_html(round_result(shown, {Choice.SAME: 4}), t)
    hidden = counts_html(round_result(Round(1, "concat", "late"), {Choice.FIRST: 2}), t)
    assert t.name("fusion", "concat") not in hidden
    assert t("class.list_1") in hidden
