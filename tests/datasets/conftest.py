"""A publisher on this machine, which can be made to misbehave."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Publisher:
    """Serves ``files`` by path; the ``troubles`` of a path come first, one a request.

    A trouble is a status code, ``("status", code, headers)``, ``("cut", bytes)``: that
    many bytes of the rest and then silence, ``"silence"``, or bytes to send instead.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.troubles: dict[str, list] = defaultdict(list)
        self.requests: list[tuple[str, str | None]] = []
        self.resumable = True
        self.closing = threading.Event()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.01,), daemon=True
        )
        self.thread.start()

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.requests.append((path, handler.headers.get("Range")))
        trouble = self.troubles[path].pop(0) if self.troubles[path] else None
        if isinstance(trouble, int):
            trouble = ("status", trouble, {})
        if trouble == "silence":
            self.closing.wait(5)
            return
        if isinstance(trouble, bytes):
            self.send(handler, 200, trouble, {})
        elif trouble and trouble[0] == "status":
            self.send(handler, trouble[1], b"sorry", trouble[2])
        elif path not in self.files:
            self.send(handler, 404, b"nothing here", {})
        else:
            self.send_file(handler, self.files[path], trouble[1] if trouble else None)

    def send_file(
        self, handler: BaseHTTPRequestHandler, content: bytes, cut: int | None
    ) -> None:
        version = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
        headers = {"ETag": version} if self.resumable else {}
        wanted = handler.headers.get("Range")
        status, start = 200, 0
        if self.resumable and wanted and handler.headers.get("If-Range") == version:
            status, start = 206, int(wanted.removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.send(handler, status, content[start:], headers, cut)

    def send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        content: bytes,
        headers: dict[str, str],
        cut: int | None = None,
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:cut])
        handler.close_connection = True


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    running = Publisher()
    yield running
    running.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses between attempts, which are not waited for."""
    taken: list[float] = []
    monkeypatch.setattr("unigauge.datasets.builders.downloads.time.sleep", taken.append)
    return taken
