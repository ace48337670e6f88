"""A model hub on loopback: HTTP ranges, and every way in which a transfer goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Hub:
    """Serves the files of `folder` as REPOSITORY/resolve/REVISION/PATH, by their last part.

    `cut_after`: each answer ends after so many bytes of a file (0: all of it is sent).
    `gate`: when it is given, an answer waits for it after the first `cut_after` bytes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cut_after = 0
        self.takes_ranges = True
        self.status = 200
        self.redirect = ""
        self.tag = '"one"'
        self.gate: threading.Event | None = None
        self.asked: list[tuple[str, str]] = []  # path and Range of each request
        self.url = ""

    @contextmanager
    def serving(self) -> Iterator[Hub]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            if self.gate is not None:
                self.gate.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "")
        self.asked.append((request.path, wanted))
        request.close_connection = True
        if self.redirect and not request.path.startswith("/cdn/"):
            request.send_response(302)
            request.send_header("location", self.redirect + "/cdn" + request.path)
            request.send_header("content-length", "0")
            request.end_headers()
            return
        file = self.folder / request.path.rpartition("/")[2]
        if self.status != 200 or not file.is_file():
            request.send_error(self.status if self.status != 200 else 404)
            return
        data = file.read_bytes()
        tag = request.headers.get("If-Range", self.tag)
        start = int(wanted[6:].rstrip("-")) if wanted and self.takes_ranges else 0
        start = start if tag == self.tag else 0
        if start and start >= len(data):
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        if start:
            request.send_header("content-range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        request.send_header("content-length", str(len(data) - start))
        request.send_header("etag", self.tag)
        request.end_headers()
        end = start + self.cut_after if self.cut_after else len(data)
        request.wfile.write(data[start:end])
        request.wfile.flush()
        if self.gate is not None and end < len(data):
            self.gate.wait()
