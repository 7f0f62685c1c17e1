"""A visitor's browser without its screen: one session of the app, over the same wire as the real one.

It opens the web socket, keeps what the server drew, answers with the widgets' values, uploads by HTTP with
the XSRF token, and fetches the pictures that the page names. Streamlit's message classes are looked up when
they are needed: nothing else in ``core`` knows of Streamlit.
"""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlencode

from core.errors import TriadError

PATIENCE_S: Final = 60.0
"""After so long without an answer the visitor has left."""

MEDIA: Final = re.compile(rb"/media/[0-9a-f]+\.[a-z0-9]+")


def message(module: str, name: str) -> Any:
    """Return one of Streamlit's message classes."""
    return getattr(import_module(f"streamlit.proto.{module}_pb2"), name)


@dataclass
class Shown:
    """What one run of a page left on the screen.

    Attributes
    ----------
    elements : place -> element, of this run only
    seconds : from the click to the end of the run, pictures not counted
    """

    elements: dict[tuple[int, ...], Any] = field(default_factory=dict)
    seconds: float = 0.0

    def widget(self, key: str) -> Any:
        """Return the first widget whose key contains ``key``.

        Raises
        ------
        LookupError
            Where there is none
        """
        for element in self.elements.values():
            kind = element.WhichOneof("type")
            found = getattr(element, kind) if kind else None
            if key in getattr(found, "id", ""):
                return found
        raise LookupError(key)

    @property
    def broken(self) -> bool:
        """Whether the page shows an exception."""
        return any(e.WhichOneof("type") == "exception" for e in self.elements.values())


class Session:
    """One visitor.

    Parameters
    ----------
    address : of the server, ``http://host:port``
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.id = ""
        self.pages: dict[str, str] = {}
        self.page = ""
        self.query: dict[str, Any] = {}
        self.shown = Shown()
        self.values: dict[str, Any] = {}
        self.cookie = ""
        self._fetched: set[bytes] = set()

    async def __aenter__(self) -> Self:
        client = import_module("websockets.asyncio.client")
        self.cookie = await asyncio.to_thread(self._xsrf)
        self._socket = await client.connect(
            self.address.replace("http", "ws") + "/_stcore/stream",
            subprotocols=["streamlit", self.token],
            additional_headers={"Cookie": self.cookie},
            origin=self.address,
            max_size=None,
            open_timeout=PATIENCE_S,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()

    @property
    def token(self) -> str:
        """The XSRF token that the server gave."""
        return self.cookie.partition("=")[2].strip('"')

    async def open(self, page: str, **query: str | Sequence[str]) -> Shown:
        """Go to a page by its address; an empty name is the first page."""
        self.values = {}
        return await self._run(self._state(query, page))

    async def press(self, key: str) -> Shown:
        """Press a button."""
        button = self.shown.widget(key)
        return await self._with(
            message("WidgetStates", "WidgetState")(id=button.id, trigger_value=True)
        )

    async def choose(self, key: str, options: Sequence[int]) -> Shown:
        """Switch a group of buttons to exactly these, by their places."""
        group = self.shown.widget(key)
        chosen = message("WidgetStates", "WidgetState")(id=group.id)
        chosen.string_array_value.data.extend(group.options[i].content for i in options)
        return await self._with(chosen, keep=True)

    async def select(self, key: str, option: int) -> Shown:
        """Choose from a menu."""
        menu = self.shown.widget(key)
        text = menu.options[option % len(menu.options)]
        return await self._with(
            message("WidgetStates", "WidgetState")(id=menu.id, string_value=text), keep=True
        )

    async def write(self, key: str, text: str) -> Shown:
        """Fill in a text field."""
        place = self.shown.widget(key)
        return await self._with(
            message("WidgetStates", "WidgetState")(id=place.id, string_value=text), keep=True
        )

    async def upload(self, key: str, name: str, data: bytes) -> Shown:
        """Give a file to an uploader."""
        place = self.shown.widget(key)
        ask = message("BackMsg", "BackMsg")()
        ask.file_urls_request.request_id = name
        ask.file_urls_request.file_names.append(name)
        ask.file_urls_request.session_id = self.id
        await self._socket.send(ask.SerializeToString())
        urls = (await self._until("file_urls_response")).file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, urls.upload_url, name, data)
        given = message("WidgetStates", "WidgetState")(id=place.id)
        info = given.file_uploader_state_value.uploaded_file_info.add(name=name, size=len(data))
        info.file_id = urls.file_id
        info.file_urls.CopyFrom(urls)
        return await self._with(given, keep=True)

    async def _with(self, value: Any, keep: bool = False) -> Shown:
        if keep:
            self.values[value.id] = value
            return await self._run(self._state(self.query, self.page))
        state = self._state(self.query, self.page)
        state.rerun_script.widget_states.widgets.append(value)
        return await self._run(state)

    def _state(self, query: dict[str, Any], page: str = "") -> Any:
        self.query, self.page = query, page
        back = message("BackMsg", "BackMsg")()
        back.rerun_script.query_string = urlencode(query, doseq=True)
        back.rerun_script.page_script_hash = self.pages.get(page, "")
        back.rerun_script.page_name = page  # the hashes arrive with the first run
        back.rerun_script.widget_states.widgets.extend(self.values.values())
        return back

    async def _run(self, back: Any) -> Shown:
        """Send, and read until the run it started is over; runs that gave way to another do not count."""
        started = time.perf_counter()
        await self._socket.send(back.SerializeToString())
        elements: dict[tuple[int, ...], Any] = {}
        media: set[bytes] = set()
        while True:
            forward = await self._next()
            kind = forward.WhichOneof("type")
            if kind == "new_session":
                elements, self.id = {}, forward.new_session.initialize.session_id
            elif kind == "navigation":
                self.pages = {
                    p.url_pathname: p.page_script_hash for p in forward.navigation.app_pages
                }
            elif kind == "page_info_changed":
                self.query = dict(parse_qs(forward.page_info_changed.query_string))
            elif kind == "delta" and forward.delta.WhichOneof("type") == "new_element":
                elements[tuple(forward.metadata.delta_path)] = forward.delta.new_element
                media |= set(MEDIA.findall(forward.delta.SerializeToString()))
            elif kind == "script_finished" and forward.script_finished in (0, 3):
                break
        self.shown = Shown(elements, time.perf_counter() - started)
        await self._fetch(media - self._fetched)
        return self.shown

    async def _next(self) -> Any:
        try:
            data = await asyncio.wait_for(self._socket.recv(), PATIENCE_S)
        except TimeoutError:
            raise TriadError("server_silent") from None
        forward = message("ForwardMsg", "ForwardMsg")()
        forward.ParseFromString(data)
        return forward

    async def _until(self, kind: str) -> Any:
        while (forward := await self._next()).WhichOneof("type") != kind:
            pass
        return forward

    async def _fetch(self, media: set[bytes]) -> None:
        """Get the pictures and sounds that are new, as a browser does."""
        self._fetched |= media
        await asyncio.gather(*(asyncio.to_thread(self._get, path.decode()) for path in media))

    def _get(self, path: str) -> None:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE_S) as answer:
            answer.read()

    def _xsrf(self) -> str:
        with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=PATIENCE_S) as answer:
            cookies = answer.headers.get_all("Set-Cookie") or []
        return next((c.partition(";")[0] for c in cookies if "xsrf" in c), "")

    def _put(self, path: str, name: str, data: bytes) -> None:
        edge = "triad-upload"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        request = urllib.request.Request(
            self.address + path,
            head.encode() + data + f"\r\n--{edge}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Cookie": self.cookie,
                "X-Xsrftoken": self.token,
            },
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()
