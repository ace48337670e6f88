"""One file from a server that is trusted only to be asked: with progress, resumed, checked.

Not through `fetch`: that is for strangers' addresses and small pictures. Here the address is the
administrator's, perhaps a mirror in the local network, and the proxy of the environment is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from lookalike.errors import ModelCorrupt, ModelUnavailable

MOST_BYTES = 8 * 1024**3  # of one file whose size is not known
_CHUNK_BYTES = 1024 * 1024
_TIMEOUT_S = 60.0  # without a byte
_ATTEMPTS = 4  # in a row that bring nothing
_WAIT_S = 1.0  # before the second attempt; doubled for each one after it
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be fetched; None where something is not known."""

    url: str
    size_bytes: int | None
    sha256: str | None


class Interrupted(Exception):
    """The caller wants no more; what has arrived stays and is gone on from."""


class Transfer:
    """Fetches files one after the other. `report` is told the bytes that a file has so far, and
    may raise Interrupted."""

    def __init__(
        self,
        report: Callable[[int, int | None], None] = lambda _have, _total: None,
        *,
        wait_s: float = _WAIT_S,
    ) -> None:
        self._report = report
        self._wait_s = wait_s
        self._opener = _make_opener()

    def fetch(self, wanted: Wanted, target: Path) -> None:
        """Fetches to `target`, which appears only when it is whole and right.

        Raises ModelUnavailable when the server cannot be reached or has no such file, and
        ModelCorrupt when what came is not what was wanted; then it is deleted.
        """
        part = target.with_name(f"{target.name}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        left = _ATTEMPTS
        while True:
            before = _size(part)
            try:
                self._continue(wanted, part)
                break
            except (OSError, http.client.HTTPException) as error:
                left = _ATTEMPTS if _size(part) > before else left - 1
                if not left or not _is_passing(error):
                    raise ModelUnavailable(
                        f"{wanted.url} cannot be fetched: {_why(error)}."
                    ) from error
                time.sleep(self._wait_s * 2 ** (_ATTEMPTS - left))
        _check(wanted, part)
        part.replace(target)
        _stamp(part).unlink(missing_ok=True)

    def _continue(self, wanted: Wanted, part: Path) -> None:
        """One attempt. Returns when the file is whole."""
        have = _size(part)
        if wanted.size_bytes is not None and have >= wanted.size_bytes:
            return
        stamp = _read_stamp(part)
        if have and not stamp and wanted.sha256 is None:
            have = 0  # nothing tells whether the rest would fit
        headers = {"Accept-Encoding": "identity", "User-Agent": "lookalike"}
        if have:
            headers["Range"] = f"bytes={have}-"
            if stamp:
                headers["If-Range"] = stamp
        request = urllib.request.Request(wanted.url, headers=headers)  # noqa: S310 - opener checks
        try:
            answer = self._opener.open(request, timeout=_TIMEOUT_S)
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 416:
                    raise
            part.unlink(missing_ok=True)  # it is longer than the file there
            raise OSError("the file on the server is shorter than what was here") from error
        with answer:
            start, total = _place(answer.status, answer.headers, have)
            _stamp(part).write_text(_etag(answer.headers), encoding="utf-8")
            with part.open("r+b" if start else "wb") as file:
                file.seek(start)
                file.truncate()
                self._copy(answer, file, wanted, start, total)

    def _copy(
        self, answer: Any, file: IO[bytes], wanted: Wanted, have: int, total: int | None
    ) -> None:
        most = wanted.size_bytes or min(total or MOST_BYTES, MOST_BYTES)
        expected = wanted.size_bytes or total
        if total is not None and total > most:
            raise ModelCorrupt(
                f"{wanted.url} has {total:,} bytes, not {most:,}: it is another file."
            )
        while chunk := answer.read1(_CHUNK_BYTES):
            have += len(chunk)
            if have > most:
                raise ModelCorrupt(f"{wanted.url} sent more than {most:,} bytes; nothing is kept.")
            file.write(chunk)
            file.flush()  # what was told is there, even when this process is killed
            self._report(have, expected)
        if total is not None and have < total:
            raise OSError(f"the connection ended after {have:,} of {total:,} bytes")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Hubs send large files from elsewhere; never from https to http, or to other schemes."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme != "https" and scheme != urlsplit(req.full_url).scheme:
            raise ModelUnavailable(f"{req.full_url} leads to {newurl}, which is not allowed.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _make_opener() -> urllib.request.OpenerDirector:
    """Only http and https, with the proxy of the environment."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _why(error: Exception) -> object:
    """Without the wrapping that urllib puts around the system's own words."""
    if isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError):
        return error.reason
    return error


def _is_passing(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in _PASSING
    return True


def _place(status: int, headers: Message, have: int) -> tuple[int, int | None]:
    """Where in the file the answer begins, and how long the file is."""
    found = _RANGE.fullmatch(headers.get("Content-Range", ""))
    if status == 206 and found and int(found[1]) == have:
        return have, None if found[3] == "*" else int(found[3])
    if status != 200:
        raise OSError(f"the server answered {status} with another part than was asked for")
    length = headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _etag(headers: Message) -> str:
    """What tells this content from a later one; weak tags do not."""
    tag = headers.get("ETag", "")
    return "" if tag.startswith("W/") else tag


def _check(wanted: Wanted, part: Path) -> None:
    size = _size(part)
    problem = ""
    if wanted.size_bytes is not None and size != wanted.size_bytes:
        problem = f"has {size:,} bytes, not {wanted.size_bytes:,}"
    elif wanted.sha256 is not None:
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != wanted.sha256:
            problem = f"has the sha256 {digest}, not {wanted.sha256}"
    if problem:
        part.unlink(missing_ok=True)
        _stamp(part).unlink(missing_ok=True)
        raise ModelCorrupt(f"{wanted.url} is not the file that was wanted: it {problem}.")


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _stamp(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def _read_stamp(part: Path) -> str:
    with contextlib.suppress(OSError):
        return _stamp(part).read_text(encoding="utf-8").strip()
    return ""
