"""A hub of our own, in a thread of this process: what huggingface_hub asks is answered from a dict."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Repositories by id, each ``{file: content}``; ``asked`` keeps ``METHOD path`` of every request."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.asked: list[str] = []
        self.broken = False
        self.endpoint = ""

    def fetched(self) -> set[str]:
        """Names of the files whose content was asked for."""
        gets = (line.split(" ", 1)[1] for line in self.asked if line.startswith("GET "))
        return {path.split(f"/resolve/{COMMIT}/")[1] for path in gets if "/resolve/" in path}

    def answer(self, method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append(f"{method} {path}")
        for id, files in self.repositories.items():
            if path.startswith(f"/api/models/{id}/revision/"):
                return 200, json.dumps({"id": id, "sha": COMMIT, "siblings": []}).encode(), {}
            if path.startswith(f"/api/models/{id}/tree/"):
                return 200, json.dumps([_entry(*each) for each in files.items()]).encode(), {}
            if path.startswith(f"/{id}/resolve/{COMMIT}/"):
                content = files[path.split(f"/resolve/{COMMIT}/")[1]]
                return 200, content, {"X-Repo-Commit": COMMIT, "ETag": f'"{_oid(content)}"'}
        if path == "/":
            return 200, b"", {}
        return 404, b"", {"X-Error-Code": "RepoNotFound"}


def _oid(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def _entry(name: str, content: bytes) -> dict[str, object]:
    return {"type": "file", "path": name, "size": len(content), "oid": _oid(content)}


@contextmanager
def running() -> Iterator[Hub]:
    """Serve until the block ends."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            path = unquote(urlsplit(self.path).path)
            status, content, headers = hub.answer(self.command, path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                cut = hub.broken and "/resolve/" in path
                self.wfile.write(content[: len(content) // 2] if cut else content)

        do_GET = do_HEAD = _reply

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
