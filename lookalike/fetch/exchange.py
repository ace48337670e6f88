"""One request and its answer over a connection that is open already, within limits."""

from __future__ import annotations

import http.client
import io
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ssrfguard import Target

from lookalike.errors import FetchError, TooManyBytes, UpstreamStatus
from lookalike.fetch.addresses import host_of

REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK_BYTES = 64 * 1024
# What headers and chunk framing may add to the body on the wire.
OVERHEAD_BYTES = 1024 * 1024

HEADERS = {
    "User-Agent": "Lookalike (fetches one picture at a person's request)",
    "Accept": "image/*,*/*;q=0.5",
    # Nothing compressed: a small answer must not unfold into a large one.
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True)
class Moved:
    """Where a redirect points."""

    url: str


class Deadline:
    """One moment at which everything must be done."""

    def __init__(self, timeout_s: float) -> None:
        self._at = time.monotonic() + timeout_s

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError when none are."""
        left_s = self._at - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the deadline has passed")
        return left_s


class Wire(io.RawIOBase):
    """A connection as http.client wants it, under the deadline and a cap on received bytes.

    A timeout for each read would not stop a server that sends a byte now and then, so every
    read gets only what is left of the whole.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, max_bytes: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._left = max_bytes + OVERHEAD_BYTES

    def sendall(self, data: bytes) -> None:
        """Sends the request."""
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Receives what there is."""
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise _too_many_bytes(self._max_bytes)
        return count


def ask(wire: Wire, target: Target, url: str) -> http.client.HTTPResponse:
    """Sends the request and reads the headers of the answer."""
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe="%/:@!$&'()*+,;=~")
    if parts.query:
        path += "?" + quote(parts.query, safe="%/?:@!$&'()*+,;=~[]")
    headers = {"Host": _host_header(target), **HEADERS}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    wire.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    response = http.client.HTTPResponse(wire, method="GET")  # type: ignore[arg-type]
    try:
        response.begin()
    except BaseException:
        response.close()
        raise
    return response


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host.rstrip(".")
    usual = {"http": 80, "https": 443}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"


def read_answer(response: http.client.HTTPResponse, url: str, max_bytes: int) -> bytes | Moved:
    """The body, or where a redirect points. Raises UpstreamStatus, TooManyBytes, FetchError."""
    location = response.getheader("Location")
    if response.status in REDIRECTS and location:
        return Moved(urljoin(url, _as_text(location)))
    if response.status != 200:
        raise UpstreamStatus(f"{host_of(url)} answered with status {response.status}.")
    encodings = {
        response.getheader("Content-Encoding", "").strip().lower(),
        response.getheader("Transfer-Encoding", "").strip().lower(),
    }
    if not encodings <= {"", "identity", "chunked"}:
        raise FetchError(f"{host_of(url)} sent a compressed answer, which is not unpacked.")
    return _body(response, url, max_bytes)


def _body(response: http.client.HTTPResponse, url: str, max_bytes: int) -> bytes:
    if response.length is not None and response.length > max_bytes:
        raise _too_many_bytes(max_bytes)
    body = bytearray()
    while part := response.read(CHUNK_BYTES):
        body += part
        if len(body) > max_bytes:
            raise _too_many_bytes(max_bytes)
    if response.length or not body:
        raise FetchError(f"{host_of(url)} broke off before the end of the picture. Try again.")
    return bytes(body)


def _too_many_bytes(max_bytes: int) -> TooManyBytes:
    mebibytes = max_bytes / 1024 / 1024
    size = f"{mebibytes:g} MB" if mebibytes >= 1 else f"{max_bytes} bytes"
    return TooManyBytes(
        f"The picture at this URL is larger than {size}, the most that is fetched. "
        "Use a smaller one, or download it and search by the file."
    )


def _as_text(header: str) -> str:
    """http.client reads headers as Latin-1; addresses in them are often raw UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except ValueError:
        return header
