"""Who sits here: the rooms of this server, a student's token, a teacher's keys.

A student is a random token. The session has it, and a cookie brings it back after a reload. It is not in the
address: who passes the address of a room on to a neighbour would pass the vote on with it. Where a browser
keeps no cookies, a reload makes a new student; so would a second browser, and no anonymous vote can tell.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st

from components.html import plain
from components.i18n import Translator
from components.view import change
from core.classroom.room import Room
from core.classroom.rooms import IDLE, Rooms
from core.classroom.store import Store
from core.errors import TriadError

COOKIE: Final = "triad_student"
SAID: Final = 10.0
"""For how many seconds a refusal stays on the page."""

_log = logging.getLogger(__name__)
_TOKEN: Final = re.compile(r"[\w-]{22}", re.ASCII)

_SCRIPT: Final = """export default function ({ data }) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.name}=${data.token}; Path=/; Max-Age=${data.age}; SameSite=Lax${secure}`;
}"""

_cookie = st.components.v2.component("triad_student", js=_SCRIPT)


@st.cache_resource(max_entries=1, show_spinner=False)
def rooms() -> Rooms:
    """Return the rooms of this server, in the database that its environment names."""
    return Rooms(Store())


def who() -> str:
    """Return whose guesses are counted together: those of one address of the network."""
    return st.context.ip_address or "here"


def enter_room(code: str) -> Room | None:
    """Return the room of a code, or None and leave it to :func:`say` why not.

    Who is in already is not held up by the wrong guesses of others at the same address. A room that is gone
    is dropped from the view; one that only cannot be reached is not.
    """
    known = code == st.session_state.get("_class_in")
    try:
        room = rooms().room(code) if known else rooms().find(code, who())
    except TriadError as error:
        if error.code in ("class_no_room", "class_bad_code"):
            change(room="")
        st.session_state["_class_said"] = (error, time.monotonic())
        return None
    st.session_state["_class_in"] = room.code
    return room


def moved_on(seen: Room) -> bool:
    """Return whether a room is not any more what it was when it was drawn."""
    try:
        return rooms().room(seen.code) != seen
    except TriadError as error:
        return error.code == "class_no_room"


def student() -> str:
    """Return this student's token, and have the browser keep it for a day."""
    token: str = st.session_state.get("_student") or st.context.cookies.get(COOKIE, "")
    if not _TOKEN.fullmatch(token):
        token = secrets.token_urlsafe(16)
    st.session_state["_student"] = token
    with st.container(key="class_cookie"):
        _cookie(key="student", data={"name": COOKIE, "token": token, "age": int(IDLE)})
    return token


def key_of(room: Room) -> str:
    """Return the key that this session has shown for a room, or ""."""
    keys: dict[str, str] = st.session_state.get("_class_keys", {})
    return keys.get(room.code, "")


def keep_key(code: str, key: str) -> None:
    """Remember in this session that a room is ours; "" to forget it."""
    keys: dict[str, str] = st.session_state.get("_class_keys", {})
    st.session_state["_class_keys"] = {**keys, code: key}


def take_key(code: str) -> None:
    """Take a teacher's key out of the address, before it comes onto a wall or into a history."""
    key = st.query_params.get("key", "")
    if key:
        del st.query_params["key"]
        act(lambda: keep_key(rooms().enter(code, key, who()).code, key))


def base_address() -> str:
    """Return the address of this page, without what it asks for."""
    return (st.context.url or "").split("?")[0].split("#")[0]


def act(work: Callable[[], object]) -> None:
    """Do what a button or an address asks for; :func:`say` tells why not, if it was refused."""
    st.session_state.pop("_class_said", None)
    try:
        work()
    except Exception as error:
        if not isinstance(error, TriadError):
            _log.exception("unexpected error in the class")
        st.session_state["_class_said"] = (error, time.monotonic())


def say(t: Translator) -> None:
    """Say why what was asked for could not be done: a while, for the page is redrawn as pictures arrive."""
    error, since = st.session_state.get("_class_said", (None, 0.0))
    if error is not None and time.monotonic() - since < SAID:
        said = error.say(t.language) if isinstance(error, TriadError) else t("error.unexpected")
        st.error(plain(said), icon=":material/error:")


@contextmanager
def told(t: Translator) -> Iterator[None]:
    """Say in one sentence why something cannot be done, and go on with the page."""
    try:
        yield
    except TriadError as error:
        st.error(plain(error.say(t.language)), icon=":material/error:")
